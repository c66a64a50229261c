/*
 * Goal: answers are written as plain numbers, exact to nine decimals, and nothing is written when there is none.
 * Method: answers made by hand, of each type.
 */
#include "check.h"

#include "detect/feature.c"

static const char *
put(uint8_t kind, uint8_t type, __int128_t num, uint64_t den)
{
	static char at[64];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_aggregate aggregate = {.kind = kind, .type = type, .currency = 978};
	struct cs_profile_value value = {.num = num, .den = den, .kind = kind, .flags = CS_PROFILE_PRESENT};
	cs_feature_put(&text, &aggregate, &value);
	return at;
}

static void
test_numbers(void **state)
{
	(void)state;
	assert_string_equal(put(CS_AGGREGATE_COUNT, CS_VALUE_NUMBER, 125, 1), "125");
	assert_string_equal(put(CS_AGGREGATE_SHARE, CS_VALUE_NUMBER, 1, 3), "0.333333333");
	assert_string_equal(put(CS_AGGREGATE_SHARE, CS_VALUE_NUMBER, 2, 3), "0.666666667");
	assert_string_equal(put(CS_AGGREGATE_MEAN, CS_VALUE_NUMBER, -1, 2), "-0.500000000");
	assert_string_equal(put(CS_AGGREGATE_MEAN, CS_VALUE_NUMBER, 9999999999, 10000000000), "1.000000000");
	assert_string_equal(put(CS_AGGREGATE_MEAN, CS_VALUE_NUMBER, -1, 10000000000), "0.000000000");
	assert_string_equal(put(CS_AGGREGATE_MEAN, CS_VALUE_NUMBER, 1, UINT64_MAX), "0.000000000");
	assert_string_equal(put(CS_AGGREGATE_SUM, CS_VALUE_NUMBER, (__int128_t)1 << 100, 1), "");
}

static void
test_money_and_time(void **state)
{
	(void)state;
	assert_string_equal(put(CS_AGGREGATE_SUM, CS_VALUE_MONEY, 43178, 1), "431.78");
	assert_string_equal(put(CS_AGGREGATE_SUM, CS_VALUE_MONEY, -5, 1), "-0.05");
	assert_string_equal(put(CS_AGGREGATE_MEAN, CS_VALUE_MONEY, 43178, 6), "71.963333333");
	assert_string_equal(put(CS_AGGREGATE_SINCE_LAST, CS_VALUE_DURATION, 1500000000, 1), "1.500000000");
	assert_string_equal(put(CS_AGGREGATE_FIRST_SEEN, CS_VALUE_TIME, (__int128_t)1522540831 * 1000000000, 1),
			    "2018-04-01T00:00:31.000000000Z");
}

static void
test_texts(void **state)
{
	(void)state;
	struct cs_short text = {"ATM 7"}, longer = {"a long terminal"};
	assert_string_equal(put(CS_AGGREGATE_LAST, CS_VALUE_TEXT, cs_feed_code(&text), 1), "ATM 7");
	const char *hash = put(CS_AGGREGATE_LAST, CS_VALUE_TEXT, cs_feed_code(&longer), 1);
	assert_int_equal(strlen(hash), 17);
	assert_int_equal(hash[0], '#');
}

static void
test_missing(void **state)
{
	(void)state;
	char at[64];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_aggregate aggregate = {.kind = CS_AGGREGATE_MEAN, .type = CS_VALUE_NUMBER};
	struct cs_profile_value value = {.den = 1, .kind = CS_PROFILE_MEAN, .flags = CS_PROFILE_OVERFLOW};
	cs_feature_put(&text, &aggregate, &value);
	assert_string_equal(at, "");
	/* a bound is a number like any other */
	value.flags = CS_PROFILE_PRESENT | CS_PROFILE_BOUNDED | CS_PROFILE_AT_LEAST;
	cs_feature_put(&text, &aggregate, &value);
	assert_string_equal(at, "0.000000000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_money_and_time),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
