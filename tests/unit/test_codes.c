/*
 * Goal: codes check themselves, and tables know what lists say.
 * Method: published and made-up IBANs, each with every digit changed; UUIDs with every character changed; some rows.
 */
#include "check.h"

#include "decode/codes.c"

#include <stdio.h>

static struct cs_codes codes;

static int
set_up(void **state)
{
	(void)state;
	cs_codes_fill(&codes);
	return 0;
}

static void
test_check_digits(void **state)
{
	(void)state;
	static const char *const right[] = {"DE89370400440532013000", "FR1420041010050500013M02606", "be71096123456769",
					    "MT84MALT011000012345MTLCAST001S"};
	for (unsigned i = 0; i < sizeof right / sizeof right[0]; i++) {
		char text[40];
		snprintf(text, sizeof text, "%s", right[i]);
		assert_true(cs_codes_iban_digits(cs_span_text(text)));
		for (char *at = text + 2; *at; at++) {
			char was = *at;
			*at = was == '9' ? '0' : (char)(was + 1); /* the next letter, or digit */
			if (was != 'z' && was != 'Z')
				assert_false(cs_codes_iban_digits(cs_span_text(text)));
			*at = was;
		}
	}
}

static void
test_uetr(void **state)
{
	(void)state;
	char text[] = "3f1c6a52-8b0e-4c59-9d0a-1c2b3d4e5f60";
	assert_true(cs_codes_is_uetr(cs_span_text(text)));
	assert_false(cs_codes_is_uetr((struct cs_span){(const uint8_t *)text, sizeof text - 2}));
	for (char *at = text; *at; at++) {
		char was = *at;
		*at = 'G';
		assert_false(cs_codes_is_uetr(cs_span_text(text)));
		*at = 'A';
		assert_false(cs_codes_is_uetr(cs_span_text(text)));
		*at = was;
	}
	text[14] = '1';
	assert_false(cs_codes_is_uetr(cs_span_text(text)));
}

static void
test_tables(void **state)
{
	(void)state;
	assert_int_equal(codes.decimals[place3("EUR")], 3);
	assert_int_equal(codes.decimals[place3("JPY")], 1);
	assert_int_equal(codes.decimals[place3("KWD")], 4);
	assert_int_equal(codes.decimals[place3("QQQ")], 0);
	assert_true(codes.decimals[place3("ADP")] & CS_CODES_WITHDRAWN);
	assert_int_equal(codes.numeric[place3("EUR")], 978);
	assert_int_equal(codes.numeric[place3("ADP")], 0);
	assert_true(codes.country[place2("DE")] && codes.country[place2("XK")] && !codes.country[place2("QQ")]);
	assert_int_equal(codes.iban_len[place2("DE")], 22);
	assert_int_equal(codes.iban_len[place2("US")], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_digits),
		cmocka_unit_test(test_uetr),
		cmocka_unit_test(test_tables),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
