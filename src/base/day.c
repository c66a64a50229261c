/*
 * Counted from 1 March, so that the leap day comes last (Howard Hinnant, days_from_civil).
 */
#include "base/day.h"

int64_t
cs_day_of(int64_t year, unsigned month, unsigned day)
{
	int64_t y = year - (month <= 2);
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 719468;
}

bool
cs_day_is(unsigned year, unsigned month, unsigned day)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return year >= 1970 && year <= 2500 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= days[month - 1] + (unsigned)(leap && month == 2);
}

bool
cs_day_time(const unsigned part[6], uint64_t *seconds)
{
	if (!cs_day_is(part[0], part[1], part[2]) || part[3] >= 24 || part[4] >= 60 || part[5] >= 60)
		return false;
	*seconds = (uint64_t)cs_day_of(part[0], part[1], part[2]) * 86400 + part[3] * 3600 + part[4] * 60 + part[5];
	return true;
}
