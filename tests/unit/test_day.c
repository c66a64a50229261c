/*
 * Goal: each day has the number it has, and what is no day is none.
 * Method: every day of 530 years in order, counted along; the borders; moments by hand.
 */
#include "check.h"

#include "base/day.c"

/* Holds the days of a month against NUMBER and the ones behind it; gives the next. */
static int64_t
count_month(unsigned year, unsigned month, int64_t number)
{
	for (unsigned day = 0; day <= 32; day++)
		if (cs_day_is(year, month, day))
			assert_int_equal(cs_day_of(year, month, day), number++);
	return number;
}

static void
days_follow_one_another(void **state)
{
	(void)state;
	int64_t number = 0;
	for (unsigned year = 1970; year <= 2500; year++)
		for (unsigned month = 0; month <= 13; month++)
			number = count_month(year, month, number);
	/* 531 years, 129 of them leap years (1972 to 2496, less 2100, 2200 and 2300) */
	assert_int_equal(number, 531 * 365 + 129);
	assert_int_equal(cs_day_of(1969, 12, 31), -1);
}

static void
what_is_no_day_is_none(void **state)
{
	(void)state;
	assert_true(cs_day_is(2024, 2, 29));
	assert_true(cs_day_is(2000, 2, 29));
	assert_false(cs_day_is(2026, 2, 29));
	assert_false(cs_day_is(2100, 2, 29));
	assert_false(cs_day_is(2026, 4, 31));
	assert_false(cs_day_is(2026, 0, 1));
	assert_false(cs_day_is(2026, 13, 1));
	assert_false(cs_day_is(1969, 12, 31));
	assert_false(cs_day_is(2501, 1, 1));
}

static void
moments(void **state)
{
	(void)state;
	uint64_t seconds = 0;
	assert_true(cs_day_time((const unsigned[]){2026, 3, 2, 13, 18, 59}, &seconds));
	assert_int_equal(seconds, 1772457539);
	assert_false(cs_day_time((const unsigned[]){2026, 3, 2, 24, 0, 0}, &seconds));
	assert_false(cs_day_time((const unsigned[]){2026, 3, 2, 0, 60, 0}, &seconds));
	assert_false(cs_day_time((const unsigned[]){2026, 3, 2, 0, 0, 60}, &seconds));
	assert_false(cs_day_time((const unsigned[]){2026, 2, 30, 0, 0, 0}, &seconds));
	assert_int_equal(seconds, 1772457539);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_follow_one_another),
		cmocka_unit_test(what_is_no_day_is_none),
		cmocka_unit_test(moments),
	};
	return cmocka_run_group_tests_name("day", tests, NULL, NULL);
}
