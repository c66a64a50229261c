/*
 * Goal: no card number, track or PIN block comes through the mask, wherever in the message it stands.
 * Method: values by hand, masked in place.
 */
#include "check.h"

#include "../../src/app/mask.c"

#define PAN "4761739001010119"

static void
is_masked(struct cs_mask mask, unsigned field, const char *value, const char *wanted)
{
	char text[128];
	size_t len = strlen(value);
	memcpy(text, value, len + 1);
	cs_mask_value(&mask, field, text, len);
	assert_string_equal(text, wanted);
}

static const struct cs_mask known = {PAN, 16};
static const struct cs_mask unknown = {{0}, 0};

static void
fields_that_hold_secrets(void **state)
{
	(void)state;
	is_masked(known, 2, PAN, "476173******0119");
	is_masked(known, 2, "476173900101", "************");
	is_masked(known, 52, "7434F67813BAE545", "****************");
	is_masked(known, 35, PAN "=27122011234", "476173******0119************");
	is_masked(known, 35, PAN "D27122011234", "476173******0119************");
	is_masked(known, 45, "B" PAN "^DOE/J^2712", "*476173******0119***********");
	is_masked(known, 35, "no digits here", "**************");
	is_masked(unknown, 55, "9F260811", "********");
	is_masked(known, 35, "", "");
}

static void
echoes_elsewhere(void **state)
{
	(void)state;
	is_masked(known, 48, "ID" PAN "X", "ID476173******0119X");
	is_masked(known, 55, "5A08" PAN "9F26", "5A08476173******01199F26");
	is_masked(known, 55, "5713" PAN "D2712201123456789F0F9F26", "5713476173******0119**********************26");
	is_masked(known, 62, "34373631373339303031303130313139", "343736313733************30313139");
	is_masked(known, 62, "F4F7F6F1F7F3F9F0F0F1F0F1F0F1F1F9", "F4F7F6F1F7F3************F0F1F1F9");
	is_masked(unknown, 48, "ref " PAN "=2712", "ref 476173******0119*****");
	is_masked(known, 102, "0012345678901234", "0012345678901234");
	is_masked(known, 4, "000000050000", "000000050000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_that_hold_secrets),
		cmocka_unit_test(echoes_elsewhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
