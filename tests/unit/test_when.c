/*
 * Goal: what a person writes for a date, a time span or a size is read as meant, or refused.
 * Method: known values, the text writer as a witness for dates, and near misses.
 */
#include "check.h"

#include "app/when.c"
#include "base/text.h"

static void
test_dates(void **state)
{
	(void)state;
	uint64_t at = 0;
	assert_true(cs_when_date("1970-01-01", &at));
	assert_int_equal(at, 0);
	assert_true(cs_when_date("2026-03-02T13:18:07Z", &at));
	assert_int_equal(at, UINT64_C(1772457487) * second_ns);
	for (uint64_t day = 0; day < 100000; day += 17) {
		char text_at[40];
		struct cs_text text = cs_text_over(text_at, sizeof text_at);
		cs_text_put_time(&text, day * 86400 * second_ns);
		text_at[10] = '\0';
		assert_true(cs_when_date(text_at, &at));
		assert_int_equal(at, day * 86400 * second_ns);
	}
}

static void
test_dates_that_are_none(void **state)
{
	(void)state;
	static const char *const wrong[] = {"",
					    "2026",
					    "2026-13-01",
					    "2026-02-29",
					    "2026-00-10",
					    "2026-04-31",
					    "1969-12-31",
					    "2026-3-02",
					    "2026/03/02",
					    "2026-03-02T24:00:00Z",
					    "2026-03-02T13:18:00",
					    "2026-03-02 13:18:00Z"};
	uint64_t at = 7;
	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(cs_when_date(wrong[i], &at));
	assert_int_equal(at, 7);
	assert_true(cs_when_date("2024-02-29", &at));
}

static void
test_spans_and_sizes(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"", "d", "0d", "90", "90 d", "-1d", "1.5d", "90days", "99999999999999999999d", "18446744073709551615y"};
	uint64_t at = 0;
	assert_true(cs_when_span("90d", &at));
	assert_int_equal(at, 90 * 86400 * second_ns);
	assert_true(cs_when_span("10y", &at));
	assert_int_equal(at, 3650 * 86400 * second_ns);
	assert_true(cs_when_size("100GiB", &at));
	assert_int_equal(at, UINT64_C(100) << 30);
	at = 7;
	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(cs_when_span(wrong[i], &at) || cs_when_size(wrong[i], &at));
	assert_int_equal(at, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_dates_that_are_none),
		cmocka_unit_test(test_spans_and_sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
