/*
 * Days of the civil calendar (proleptic Gregorian) by number, 1970-01-01 is 0. For the way back see cs_text_put_when.
 */
#ifndef CS_BASE_DAY_H
#define CS_BASE_DAY_H

#include <stdbool.h>
#include <stdint.h>

/* cs_day_of numbers a day; MONTH and DAY count from 1, and YEAR is one of our era. */
int64_t cs_day_of(int64_t year, unsigned month, unsigned day);

/* cs_day_is says whether there is such a day, and it lies between 1970 and 2500. */
bool cs_day_is(unsigned year, unsigned month, unsigned day);

/* cs_day_time gives the seconds since 1970 of a year, month, day, hour, minute and second; false when there is no such
 * moment between 1970 and 2500. */
bool cs_day_time(const unsigned part[6], uint64_t *seconds);

#endif
