/*
 * Weekends, nights and holidays, in the time of a zone or of the place itself.
 *
 * `zone local`: messages tell the time where the card was used (data elements 12 and 13: hhmmss and MMDD, or one of
 * YYMMDDhhmmss in 1993). The year of MMDD is the one that brings it nearest to the event's time. Where they say nothing
 * that can be read, the calendar's zone is taken. Days are counted from 1970, which began on a Thursday.
 */
#include "base/day.h"
#include "detect/behave_parts.h"

enum { DAYS_MAX = 64 }; /* that a time is counted over, free ones and others */

enum { MINUTES_OF_DAY = 1440, THURSDAY = 3, LONG_TIME = 12 };

struct moment {
	int64_t day; /* since 1970 */
	unsigned minute;
};

static bool
two_digits(const char *at, unsigned most, unsigned *out)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return false;
	*out = (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
	return *out <= most;
}

static struct moment
moment_of(const struct cs_calendar_clause *calendar, uint64_t time_ns)
{
	int64_t minutes = (int64_t)(time_ns / (60 * cs_second_ns)) + calendar->zone_minutes;
	minutes = minutes < 0 ? 0 : minutes;
	return (struct moment){minutes / MINUTES_OF_DAY, (unsigned)(minutes % MINUTES_OF_DAY)};
}

static int64_t
distance_of(int64_t a, int64_t b)
{
	return a < b ? b - a : a - b;
}

static int64_t
nearest_day(int64_t near, unsigned month, unsigned day)
{
	int64_t year = 1970 + near * 400 / 146097, best = cs_day_of(year - 1, month, day);
	for (int64_t i = year; i <= year + 1; i++)
		if (distance_of(cs_day_of(i, month, day), near) < distance_of(best, near))
			best = cs_day_of(i, month, day);
	return best;
}

static bool
read_date(const char *at, unsigned *month, unsigned *day)
{
	return two_digits(at, 12, month) && two_digits(at + 2, 31, day) && *month > 0 && *day > 0;
}

static bool
local_moment(const struct cs_event *event, struct moment *moment)
{
	unsigned year, month, day, hour, minute;
	/* A record keeps names of its own in these fields. */
	if (event->kind == CS_KIND_RECORD || !cs_event_has(event, CS_FIELD_LOCAL_TIME))
		return false;
	const char *time = event->text[CS_FIELD_LOCAL_TIME].at;
	bool dated = cs_event_text(event, CS_FIELD_LOCAL_TIME).len == LONG_TIME;
	const char *clock = dated ? time + 6 : time;
	if (!two_digits(clock, 23, &hour) || !two_digits(clock + 2, 59, &minute))
		return false;
	if (dated) {
		if (!two_digits(time, 99, &year) || !read_date(time + 2, &month, &day))
			return false;
		moment->day = cs_day_of(2000 + (int64_t)year, month, day);
	} else {
		if (!cs_event_has(event, CS_FIELD_LOCAL_DATE) ||
		    !read_date(event->text[CS_FIELD_LOCAL_DATE].at, &month, &day))
			return false;
		moment->day = nearest_day(moment->day, month, day);
	}
	moment->minute = hour * 60 + minute;
	return true;
}

static bool
is_night(const struct cs_calendar_clause *calendar, unsigned minute)
{
	if (!calendar->night)
		return false;
	if (calendar->night_from <= calendar->night_to)
		return minute >= calendar->night_from && minute < calendar->night_to;
	return minute >= calendar->night_from || minute < calendar->night_to;
}

static bool
is_holiday(const struct cs_calendar_clause *calendar, int64_t day)
{
	for (unsigned i = 0; i < calendar->holiday_n; i++)
		if (day >= calendar->holiday[i].first_day && day <= calendar->holiday[i].last_day)
			return true;
	return false;
}

bool
cs_calendar_free(const struct cs_calendar_clause *calendar, int64_t day)
{
	return calendar->weekend >> (day + THURSDAY) % 7 & 1 || is_holiday(calendar, day);
}

uint64_t
cs_calendar_after(const struct cs_calendar_clause *calendar, uint64_t time_ns, uint64_t span_ns)
{
	static const uint64_t day_ns = UINT64_C(86400000000000);
	if (!calendar)
		return time_ns + span_ns;
	bool west = calendar->zone_minutes < 0;
	uint64_t zone_ns = (uint64_t)(west ? -calendar->zone_minutes : calendar->zone_minutes) * 60 * cs_second_ns;
	uint64_t local_ns = west ? cs_since_minus(time_ns, zone_ns) : time_ns + zone_ns;
	for (unsigned i = 0; i < DAYS_MAX; i++) {
		uint64_t day = local_ns / day_ns, rest_ns = (day + 1) * day_ns - local_ns;
		bool is_free = cs_calendar_free(calendar, (int64_t)day);
		if (!is_free && span_ns <= rest_ns)
			break;
		span_ns -= is_free ? 0 : rest_ns;
		local_ns += rest_ns;
	}
	local_ns += span_ns;
	return west ? local_ns + zone_ns : cs_since_minus(local_ns, zone_ns);
}

bool
cs_calendar_holds(const struct cs_calendar_clause *calendar, enum cs_calendar_part part, const struct cs_event *event)
{
	struct moment moment = moment_of(calendar, event->origin.time_ns);
	if (calendar->by_local_time)
		(void)local_moment(event, &moment);
	if (part == CS_CALENDAR_WEEKEND)
		return calendar->weekend >> (moment.day + THURSDAY) % 7 & 1;
	if (part == CS_CALENDAR_NIGHT)
		return is_night(calendar, moment.minute);
	CS_ASSERT(part == CS_CALENDAR_HOLIDAY);
	return is_holiday(calendar, moment.day);
}
