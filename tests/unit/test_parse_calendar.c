/*
 * Goal: weekends, nights, zones and holidays are kept as written, and every mistake in them is named.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_calendar.c"

#include "policy_text.h"

/* What makes a policy one of behaviour. */
#define KEPT LINKS "profile p by card { n = count() over 1h }\n"

static const struct complaint_row rows[] = {
	{KEPT "calendar c { weekend satturday }",
	 "p:4:22: no day is called \"satturday\"; did you mean \"saturday\"?\n"},
	{KEPT "calendar c { weekend 6 }",
	 "p:4:22: expected a day of the week, found \"6\"; write: weekend saturday, sunday\n"},
	{KEPT "calendar c { night 22:00 }", "p:4:26: expected \"..\", found \"}\"; write: night 22:00..06:00\n"},
	{KEPT "calendar c { night 22..06 }",
	 "p:4:20: expected a time of day, found \"22\"; write: night 22:00..06:00\n"},
	{KEPT "calendar c { night 25:00..06:00 }",
	 "p:4:20: 25:00 is no day or time of day; write a day as 2027-06-30, a time as 22:00\n"},
	{KEPT "calendar c { night 06:00..06:00 }",
	 "p:4:20: this night is over when it begins; write: night 22:00..06:00\n"},
	{KEPT "calendar c { zone cet }",
	 "p:4:19: expected utc, local, or how far from UTC, found \"cet\"; write: zone +01:00\n"},
	{KEPT "calendar c { zone +15:00 }", "p:4:20: no place is 15:00 from UTC; write 14:00 at most\n"},
	{KEPT "calendar c { holiday 2026-02-30 }",
	 "p:4:22: 2026-02-30 is no day or time of day; write a day as 2027-06-30, a time as 22:00\n"},
	{KEPT "calendar c { holiday 2026-12-26..2026-12-25 }",
	 "p:4:34: these days end before they begin; write: holiday 2026-12-25..2026-12-26 \"Christmas\", 2027-01-01\n"},
	{KEPT "calendar c { holiday christmas }", "p:4:22: expected a day, found \"christmas\"; write: holiday "
						  "2026-12-25..2026-12-26 \"Christmas\", 2027-01-01\n"},
	{KEPT "calendar c { holdiay 2026-12-25 }",
	 "p:4:14: no clause of \"calendar\" is called \"holdiay\"; did you mean \"holiday\"?\n"},
	{KEPT "calendar c { } calendar c { }", "p:4:25: the name c is taken already; give this one another name\n"},
	{KEPT "calendar p { }", "p:4:10: the name p is taken already; give this one another name\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
all_clauses_are_kept(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave =
		compiled(KEPT "calendar a { weekend friday, saturday night 22:30..06:00 zone -03:30\n"
			      "holiday 2026-12-25..2026-12-26 \"Christmas\", 2027-01-01 holiday 2027-05-01 }\n"
			      "calendar b { zone local } calendar c { zone utc } calendar d { zone +05:45 }")
			->behave;
	assert_int_equal(behave->calendar_n, 4);
	const struct cs_calendar_clause *calendar = &behave->calendar[0];
	assert_string_equal(calendar->name, "a");
	assert_int_equal(calendar->weekend, 1 << 4 | 1 << 5);
	assert_true(calendar->night);
	assert_int_equal(calendar->night_from, 22 * 60 + 30);
	assert_int_equal(calendar->night_to, 6 * 60);
	assert_int_equal(calendar->zone_minutes, -210);
	assert_int_equal(calendar->holiday_n, 3);
	assert_int_equal(calendar->holiday[0].first_day, 20812);
	assert_int_equal(calendar->holiday[0].last_day, 20813);
	assert_int_equal(calendar->holiday[1].first_day, calendar->holiday[1].last_day);
	assert_int_equal(calendar->holiday[2].first_day, 20939);
	assert_true(behave->calendar[1].by_local_time);
	assert_false(behave->calendar[2].by_local_time);
	assert_int_equal(behave->calendar[2].zone_minutes, 0);
	assert_int_equal(behave->calendar[3].zone_minutes, 345);
	assert_false(behave->calendar[3].night);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_clauses_are_kept),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_calendar", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
