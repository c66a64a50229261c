/*
 * Days and hours from nanoseconds since 1970, proleptic Gregorian, without the C library's clocks.
 */
#ifndef CS_SIM_CALENDAR_H
#define CS_SIM_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#define CS_MS     UINT64_C(1000000)
#define CS_SECOND UINT64_C(1000000000)
#define CS_MINUTE (60 * CS_SECOND)
#define CS_HOUR   (60 * CS_MINUTE)

struct cs_calendar {
	unsigned year, month, day; /* month and day from 1 */
	unsigned day_of_year;      /* from 1 */
	unsigned hour, minute, second;
};

/* cs_calendar_at tells TIME_NS on a clock OFFSET_MINUTES east of Greenwich. */
struct cs_calendar cs_calendar_at(uint64_t time_ns, int offset_minutes);

/* cs_calendar_ns gives the nanoseconds since 1970 of a day (year >= 1970), hour and minute in UTC. */
uint64_t cs_calendar_ns(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute);

#endif
