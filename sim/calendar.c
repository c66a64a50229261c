/*
 * The civil calendar in integers: days are counted from 1 March so that the leap day comes last.
 */
#include "calendar.h"

#include "base/day.h"

uint64_t
cs_calendar_ns(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute)
{
	return (uint64_t)cs_day_of(year, month, day) * 24 * CS_HOUR + hour * CS_HOUR + minute * CS_MINUTE;
}

struct cs_calendar
cs_calendar_at(uint64_t time_ns, int offset_minutes)
{
	int64_t seconds = (int64_t)(time_ns / CS_SECOND) + offset_minutes * 60;
	uint64_t days = (uint64_t)(seconds / 86400) + 719468;
	unsigned rest = (unsigned)(seconds % 86400);
	uint64_t era = days / 146097;
	uint64_t in_era = days % 146097;
	uint64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	uint64_t from_march = in_era - (365 * year + year / 4 - year / 100);
	unsigned shifted = (unsigned)((5 * from_march + 2) / 153);
	struct cs_calendar out = {.hour = rest / 3600, .minute = rest / 60 % 60, .second = rest % 60};
	out.day = (unsigned)from_march - (153 * shifted + 2) / 5 + 1;
	out.month = shifted < 10 ? shifted + 3 : shifted - 9;
	out.year = (unsigned)(year + era * 400) + (out.month <= 2);
	int64_t today = cs_day_of(out.year, out.month, out.day);
	out.day_of_year = (unsigned)(today - cs_day_of(out.year, 1, 1)) + 1;
	return out;
}
