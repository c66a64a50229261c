/*
 * The table of countries. Numeric codes are less than 1000, so that one look finds a row.
 */
#include "event/country.h"

#include "base/error.h"

enum { NUMBERS_N = 1000 };

static const struct cs_country countries[] = {
#define X(number, name, latitude, longitude, radius_km) {number, name, latitude, longitude, radius_km},
#include "event/country.def"
#undef X
};

enum { COUNTRY_N = sizeof countries / sizeof countries[0] };

/* By number: the row of countries + 1. */
enum {
#define X(number, name, latitude, longitude, radius_km) ROW_OF_##number,
#include "event/country.def"
#undef X
};

static const uint8_t rows[NUMBERS_N] = {
#define X(number, name, latitude, longitude, radius_km) [number] = ROW_OF_##number + 1,
#include "event/country.def"
#undef X
};
_Static_assert(COUNTRY_N < UINT8_MAX, "a row fits a byte");

const struct cs_country *
cs_country_of(unsigned number)
{
	return number < NUMBERS_N && rows[number] ? &countries[rows[number] - 1] : NULL;
}

const struct cs_country *
cs_country_by_code(struct cs_span code)
{
	if (code.len == 3) {
		unsigned number = 0;
		for (unsigned i = 0; i < 3; i++) {
			if (code.at[i] < '0' || code.at[i] > '9')
				return NULL;
			number = number * 10 + (unsigned)(code.at[i] - '0');
		}
		return cs_country_of(number);
	}
	for (unsigned i = 0; code.len == 2 && i < COUNTRY_N; i++)
		if (code.at[0] == (uint8_t)countries[i].name[0] && code.at[1] == (uint8_t)countries[i].name[1])
			return &countries[i];
	return NULL;
}
