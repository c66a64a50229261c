/*
 * Countries by their codes (ISO 3166), and about where they are. Rows of country.def.
 */
#ifndef CS_EVENT_COUNTRY_H
#define CS_EVENT_COUNTRY_H

#include "base/span.h"

struct cs_country {
	uint16_t number;
	char name[3];      /* alpha-2 */
	int32_t latitude;  /* of its middle, 1e-5 degree, north is positive */
	int32_t longitude; /* ... east is positive */
	uint32_t radius_km;
};

/* cs_country_of finds a country by its numeric code; NULL when there is none. Static. */
const struct cs_country *cs_country_of(unsigned number);

/* cs_country_by_code finds a country by "DE" or "276"; NULL when there is none. Static. */
const struct cs_country *cs_country_by_code(struct cs_span code);

#endif
