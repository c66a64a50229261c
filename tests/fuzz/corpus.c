/*
 * A fuzz target as an ordinary test: feeds every file of a corpus folder, and every prefix of the small ones, to the
 * target and prints one TAP point per file. It exists so that what fuzzing once found stays found in every build,
 * sanitized or not, without clang. A crash of the target is a crash of this program, which the harness counts as a
 * failure. An empty folder fails: a target without seeds proves nothing.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A seed larger than this is a mistake in the corpus, not an input. */
#define INPUT_MAX_BYTES (1 << 20)
/* Prefixes are tried up to this length only, so that the cost stays linear for the large ones. */
#define PREFIX_MAX_BYTES 512
#define SEEDS_MAX_N      4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Each input is given in a heap block of exactly its size, so that a sanitizer sees the first byte read past it. */
static void
feed(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	if (!copy)
		abort();
	for (size_t i = 0; i < len; i++)
		copy[i] = data[i];
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static bool
replay(const char *path)
{
	static uint8_t data[INPUT_MAX_BYTES];
	FILE *file = fopen(path, "rb");
	if (!file)
		return false;
	size_t len = fread(data, 1, sizeof data, file);
	bool whole = feof(file) && !ferror(file);
	(void)fclose(file);
	if (!whole)
		return false;
	feed(data, len);
	for (size_t n = 0; n < len && n < PREFIX_MAX_BYTES; n++)
		feed(data, n);
	return true;
}

static int
is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
	struct dirent **seeds = NULL;
	int n = argc == 2 ? scandir(argv[1], &seeds, is_seed, alphasort) : -1;
	if (n <= 0 || n > SEEDS_MAX_N) {
		printf("1..1\nnot ok 1 - no seeds in %s\n", argc > 1 ? argv[1] : "(no folder named)");
		return 1;
	}
	printf("1..%d\n", n);
	bool good = true;
	for (int i = 0; i < n; i++) {
		char path[4096];
		(void)snprintf(path, sizeof path, "%s/%s", argv[1], seeds[i]->d_name);
		bool read = replay(path);
		printf("%sok %d - %s\n", read ? "" : "not ", i + 1, seeds[i]->d_name);
		(void)fflush(stdout);
		good = good && read;
		free(seeds[i]);
	}
	free(seeds);
	return good ? 0 : 1;
}
