/*
 * Goal: a value passes when XML Schema says so, and not otherwise.
 * Method: simple types made in the test, values by hand on both sides of each border.
 */
#include "check.h"

#include "../../src/decode/mx_value.c"

static const struct cs_mx_simple amount = {.kind = CS_MX_DECIMAL, .digits = 18, .decimals = 5, .least = 1};

static bool
is(const struct cs_mx_simple *simple, const char *text)
{
	bool wide = false;
	for (const char *p = text; *p; p++)
		wide |= (uint8_t)*p >= 0x80;
	struct cs_mx_value value = cs_mx_value_check(simple, cs_span_text(text), wide);
	assert_true(!value.why == !value.code);
	return value.why == NULL;
}

static bool
of(enum cs_mx_kind kind, const char *text)
{
	const struct cs_mx_simple simple = {.kind = (uint8_t)kind};
	return is(&simple, text);
}

static void
decimals(void **state)
{
	(void)state;
	static const char *const good[] = {"0",
					   "0.0",
					   "-0",
					   "+5",
					   ".5",
					   "5.",
					   "000012.50",
					   " 7.5\n",
					   "123456789012345678",
					   "1234567890123.45678",
					   "1.0000000",
					   "000000000000000000000001"};
	static const char *const bad[] = {"",         " ",
					  ".",        "-",
					  "+",        "+-5",
					  "-5",       "1e3",
					  "INF",      "NaN",
					  "1,5",      "1 000",
					  "5.5.5",    "1234567890123456789",
					  "0.123456", "12345678901234.12345",
					  "\xC3\xA9"};
	for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(is(&amount, good[i]));
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(is(&amount, bad[i]));
	const struct cs_mx_simple free = {.kind = CS_MX_DECIMAL, .decimals = 255};
	assert_true(is(&free, "-12345678901234567890.123456789"));
	const struct cs_mx_simple positive = {.kind = CS_MX_DECIMAL, .digits = 18, .least = 2};
	assert_true(is(&positive, "1"));
	assert_false(is(&positive, "0"));
	assert_false(is(&positive, "1.5"));
}

static void
units(void **state)
{
	(void)state;
	cs_mx_units out = 0;
	assert_true(cs_mx_value_units(cs_span_text("12.5"), &out) && out == 1250000);
	assert_true(cs_mx_value_units(cs_span_text("-0.00001"), &out) && out == -1);
	assert_true(cs_mx_value_units(cs_span_text("+.5"), &out) && out == 50000);
	assert_true(cs_mx_value_units(cs_span_text("1.000000"), &out) && out == 100000);
	assert_true(cs_mx_value_units(cs_span_text("999999999999999999"), &out));
	assert_true(out == (cs_mx_units)999999999999999999 * 100000);
	assert_false(cs_mx_value_units(cs_span_text("0.000001"), &out));
	assert_false(cs_mx_value_units(cs_span_text("12345678901234567890123456"), &out));
	assert_false(cs_mx_value_units(cs_span_text("x"), &out));
}

static void
days_and_times(void **state)
{
	(void)state;
	static const char *const good[] = {"2026-02-28",  "2024-02-29",       "2000-02-29",
					   "2026-12-31Z", "2026-01-01+14:00", "2026-01-01-13:59",
					   "12026-01-01", "-0001-01-01",      " 2026-01-01 "};
	static const char *const bad[] = {"2026-02-29",
					  "1900-02-29",
					  "2026-13-01",
					  "2026-00-01",
					  "2026-01-00",
					  "2026-01-32",
					  "2026-04-31",
					  "26-01-01",
					  "02026-01-01",
					  "0000-01-01",
					  "2026-1-1",
					  "2026-01-01+14:01",
					  "2026-01-01+15:00",
					  "2026-01-01+01",
					  "2026-01-01z",
					  "2026/01/01",
					  "2026-01-01T00:00:00",
					  "+2026-01-01",
					  "",
					  "2026-01-01Z Z"};
	for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(of(CS_MX_DATE, good[i]));
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(of(CS_MX_DATE, bad[i]));
	assert_true(of(CS_MX_DATE_TIME, "2026-01-01T23:59:59.999999999Z"));
	assert_true(of(CS_MX_DATE_TIME, "2026-01-01T24:00:00"));
	assert_true(of(CS_MX_DATE_TIME, "2026-01-01T24:00:00.000"));
	assert_false(of(CS_MX_DATE_TIME, "2026-01-01T24:00:00.001"));
	assert_false(of(CS_MX_DATE_TIME, "2026-01-01T24:00:01"));
	assert_false(of(CS_MX_DATE_TIME, "2026-01-01T23:59:60"));
	assert_false(of(CS_MX_DATE_TIME, "2026-01-01T23:60:00"));
	assert_false(of(CS_MX_DATE_TIME, "2026-01-01T10:00:00."));
	assert_false(of(CS_MX_DATE_TIME, "2026-01-01T10:00"));
	assert_false(of(CS_MX_DATE_TIME, "2026-01-01 10:00:00"));
	assert_false(of(CS_MX_DATE_TIME, "2026-01-01"));
	assert_true(of(CS_MX_TIME, "10:00:00+01:00"));
	assert_false(of(CS_MX_TIME, "10:00"));
	assert_true(of(CS_MX_YEAR, "2026") && of(CS_MX_YEAR, "2026Z"));
	assert_false(of(CS_MX_YEAR, "26"));
	assert_true(of(CS_MX_YEAR_MONTH, "2026-12"));
	assert_false(of(CS_MX_YEAR_MONTH, "2026-13"));
}

static void
texts(void **state)
{
	(void)state;
	const struct cs_mx_simple max4 = {.kind = CS_MX_STRING, .shortest = 1, .longest = 4};
	assert_true(is(&max4, "a") && is(&max4, "abcd") && is(&max4, " ") &&
		    is(&max4, "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80x"));
	assert_false(is(&max4, "") || is(&max4, "abcde") || is(&max4, "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"));
	assert_true(of(CS_MX_BOOLEAN, "true") && of(CS_MX_BOOLEAN, " 0 ") && of(CS_MX_BOOLEAN, "1"));
	assert_false(of(CS_MX_BOOLEAN, "TRUE") || of(CS_MX_BOOLEAN, "") || of(CS_MX_BOOLEAN, "yes"));
	const struct cs_mx_simple binary = {.kind = CS_MX_BASE64, .shortest = 1, .longest = 3};
	assert_true(is(&binary, "QUJD") && is(&binary, "QUI=") && is(&binary, "QQ==") && is(&binary, " Q Q = = "));
	assert_false(is(&binary, "") || is(&binary, "QUJDQQ==") || is(&binary, "QUJ") || is(&binary, "QQ=Q") ||
		     is(&binary, "QR==") || is(&binary, "QUJ=") || is(&binary, "Q===") || is(&binary, "QU-D"));
}

int
main(void)
{
	const struct CMUnitTest points[] = {
		cmocka_unit_test(decimals),
		cmocka_unit_test(units),
		cmocka_unit_test(days_and_times),
		cmocka_unit_test(texts),
	};
	return cmocka_run_group_tests_name("mx_value", points, NULL, NULL);
}
