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

/* The card number of 16 digits at VALUE[AT], STRIDE characters each, shows six and four digits at most. */
static void
is_hidden(struct cs_mask mask, const char *value, size_t at, size_t stride)
{
	char text[128];
	size_t len = strlen(value);
	memcpy(text, value, len + 1);
	cs_mask_value(&mask, 48, text, len);
	for (size_t i = 6 * stride; i < 12 * stride; i++)
		assert_int_equal(text[at + i], '*');
	for (size_t i = 0; i < len; i++)
		assert_true(text[i] == '*' || text[i] == value[i]);
}

/* A card number of somebody else, in every place and form it may take. */
static void
lookalikes(void **state)
{
	(void)state;
	is_masked(unknown, 48, "4000001234567890124", "400000*********0124");
	is_masked(unknown, 48, "4761739001010118", "4761739001010118");
	is_masked(known, 48, PAN "X5413330089020011", "476173******0119X541333******0011");
	is_hidden(known, PAN "5413330089020011", 16, 1);
	is_hidden(unknown, PAN "5413330089020011", 0, 1);
	is_hidden(unknown, "0012" PAN "0000", 4, 1);
	is_hidden(unknown, "DF01084761739001010119DF02", 6, 1);
	is_hidden(unknown, "0134373631373339303031303130313139FF", 2, 2);
	is_hidden(unknown, "x34373631373339303031303130313139", 1, 2);
	is_hidden(unknown, "C1F4F7F6F1F7F3F9F0F0F1F0F1F0F1F1F940", 2, 2);
	is_hidden(unknown, "F0F0F1F4F7F6F1F7F3F9F0F0F1F0F1F0F1F1F9F0", 6, 2);
}

/* A run of many digits: nothing of 13 to 19 of them with a right check digit is left, and it does not take long. */
static void
long_runs(void **state)
{
	(void)state;
	enum { LEN = 100000 };
	static char text[LEN], digits[LEN];
	for (size_t i = 0; i < LEN; i++)
		text[i] = digits[i] = (char)('0' + i * i / 7 % 10);
	memcpy(text + 5000, PAN, 16);
	cs_mask_value(&unknown, 48, text, LEN);
	assert_memory_equal(text + 5006, "******", 6);
	memcpy(digits + 5000, PAN, 16);
	for (size_t i = 0; i < LEN; i++)
		assert_true(text[i] == '*' || text[i] == digits[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_that_hold_secrets),
		cmocka_unit_test(echoes_elsewhere),
		cmocka_unit_test(lookalikes),
		cmocka_unit_test(long_runs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
