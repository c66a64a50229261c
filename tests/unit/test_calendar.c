/*
 * Goal: weekend, night and holiday are those of the place, whatever the zone, the year and the side of midnight.
 * Method: dates that are known, in zones; local times of messages, read and unreadable.
 */
#include "check.h"

#include "detect/calendar.c"

enum { SATURDAY_SUNDAY = 1 << 5 | 1 << 6, FRIDAY_SATURDAY = 1 << 4 | 1 << 5 };

/* 2026-03-07 is a Saturday. */
static struct cs_event
at(int64_t day, unsigned minute)
{
	struct cs_event event = {.kind = CS_KIND_RESPONSE};
	event.origin.time_ns = ((uint64_t)day * 1440 + minute) * 60 * cs_second_ns;
	return event;
}

static void
days_are_counted_right(void **state)
{
	(void)state;
	assert_int_equal(cs_day_of(1970, 1, 1), 0);
	assert_int_equal(cs_day_of(2000, 2, 29), 11016);
	assert_int_equal(cs_day_of(2000, 3, 1), 11017);
	assert_int_equal(cs_day_of(2026, 3, 7), 20519);
	assert_int_equal(cs_day_of(2100, 3, 1) - cs_day_of(2100, 2, 28), 1);
}

static void
weekends_by_zone(void **state)
{
	(void)state;
	struct cs_calendar_clause calendar = {.weekend = SATURDAY_SUNDAY};
	int64_t saturday = cs_day_of(2026, 3, 7);
	struct cs_event event = at(saturday - 1, 1439);
	assert_false(cs_calendar_holds(&calendar, CS_CALENDAR_WEEKEND, &event));
	calendar.zone_minutes = 1;
	assert_true(cs_calendar_holds(&calendar, CS_CALENDAR_WEEKEND, &event));
	event = at(saturday + 2, 0);
	assert_false(cs_calendar_holds(&calendar, CS_CALENDAR_WEEKEND, &event));
	calendar.zone_minutes = -300;
	assert_true(cs_calendar_holds(&calendar, CS_CALENDAR_WEEKEND, &event));
	calendar.weekend = FRIDAY_SATURDAY;
	assert_false(cs_calendar_holds(&calendar, CS_CALENDAR_WEEKEND, &event));
}

static void
nights_may_pass_midnight(void **state)
{
	(void)state;
	struct cs_calendar_clause calendar = {.night = true, .night_from = 22 * 60, .night_to = 6 * 60};
	static const struct {
		unsigned minute;
		bool night, small;
	} rows[] = {{0, true, true},     {359, true, true},    {360, false, true},  {419, false, true},
		    {420, false, false}, {1319, false, false}, {1320, true, false}, {1439, true, false}};
	struct cs_calendar_clause small = {.night = true, .night_from = 0, .night_to = 420};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cs_event event = at(20000, rows[i].minute);
		assert_int_equal(cs_calendar_holds(&calendar, CS_CALENDAR_NIGHT, &event), rows[i].night);
		assert_int_equal(cs_calendar_holds(&small, CS_CALENDAR_NIGHT, &event), rows[i].small);
	}
	calendar.night = false;
	struct cs_event event = at(20000, 0);
	assert_false(cs_calendar_holds(&calendar, CS_CALENDAR_NIGHT, &event));
}

static void
holidays_have_a_first_and_a_last_day(void **state)
{
	(void)state;
	const struct cs_holiday days[] = {{20000, 20000}, {20010, 20012}};
	struct cs_calendar_clause calendar = {.holiday_n = 2, .holiday = days};
	static const struct {
		int64_t day;
		bool is;
	} rows[] = {{19999, false}, {20000, true}, {20001, false}, {20009, false},
		    {20010, true},  {20012, true}, {20013, false}};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cs_event event = at(rows[i].day, 600);
		assert_int_equal(cs_calendar_holds(&calendar, CS_CALENDAR_HOLIDAY, &event), rows[i].is);
	}
}

static void
set(struct cs_event *event, enum cs_field field, const char *text)
{
	cs_event_set_text(event, field, cs_span_text(text));
}

/* It is noon here, and night there; over a new year the nearest year is the right one. */
static void
local_time_of_the_message(void **state)
{
	(void)state;
	struct cs_calendar_clause calendar = {
		.weekend = SATURDAY_SUNDAY, .night = true, .night_from = 60, .night_to = 120, .by_local_time = true};
	struct cs_event event = at(cs_day_of(2026, 12, 31), 1430);
	const struct cs_holiday new_year = {(uint32_t)cs_day_of(2027, 1, 1), (uint32_t)cs_day_of(2027, 1, 1)};
	calendar.holiday_n = 1;
	calendar.holiday = &new_year;
	assert_false(cs_calendar_holds(&calendar, CS_CALENDAR_NIGHT, &event));
	set(&event, CS_FIELD_LOCAL_TIME, "013000");
	set(&event, CS_FIELD_LOCAL_DATE, "0101");
	assert_true(cs_calendar_holds(&calendar, CS_CALENDAR_NIGHT, &event));
	assert_true(cs_calendar_holds(&calendar, CS_CALENDAR_HOLIDAY, &event));
	set(&event, CS_FIELD_LOCAL_DATE, "1301"); /* no month */
	assert_false(cs_calendar_holds(&calendar, CS_CALENDAR_NIGHT, &event));
	set(&event, CS_FIELD_LOCAL_TIME, "270102013000"); /* 1993: a Saturday */
	assert_true(cs_calendar_holds(&calendar, CS_CALENDAR_NIGHT, &event));
	assert_true(cs_calendar_holds(&calendar, CS_CALENDAR_WEEKEND, &event));
	event.kind = CS_KIND_RECORD; /* keeps something else there */
	assert_false(cs_calendar_holds(&calendar, CS_CALENDAR_NIGHT, &event));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_are_counted_right),    cmocka_unit_test(weekends_by_zone),
		cmocka_unit_test(nights_may_pass_midnight),  cmocka_unit_test(holidays_have_a_first_and_a_last_day),
		cmocka_unit_test(local_time_of_the_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
