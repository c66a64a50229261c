/*
 * Goal: the sanitizer builds would notice. Method: three deliberate faults, one chosen by name; sanitizers.py runs each
 * and wants the complaint. Built in sanitized builds only.
 */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Kept out of the optimiser's sight, so that the faults happen. */
static volatile size_t past_the_end = 8;
static void *volatile kept;

static int
overflow(void)
{
	uint8_t *at = malloc(8);
	if (!at)
		return 2;
	kept = at;
	memset(at, 0, past_the_end + 1);
	free(kept);
	return 0;
}

static int
leak(void)
{
	kept = malloc(64);
	kept = NULL;
	return 0;
}

static int
undefined(void)
{
	volatile int most = INT_MAX;
	most = most + (int)past_the_end;
	return 0;
}

int
main(int argc, char **argv)
{
	const char *fault = argc > 1 ? argv[1] : "none";
	if (strcmp(fault, "overflow") == 0)
		return overflow();
	if (strcmp(fault, "leak") == 0)
		return leak();
	if (strcmp(fault, "undefined") == 0)
		return undefined();
	return 0;
}
