/*
 * Codes that payment messages of every family are made of: currencies, countries, IBANs, UETRs.
 *
 * Spec: ISO 4217, ISO 3166-1, ISO 13616, RFC 4122 (version 4).
 */
#ifndef CS_DECODE_CODES_H
#define CS_DECODE_CODES_H

#include "base/span.h"

#include <stdbool.h>

enum {
	CS_CODES_WITHDRAWN = 128, /* bit of decimals: no longer in ISO 4217; archived messages have them */
	CS_CODES_COUNTRY = 1,     /* bit of country; the others are for whoever keeps the table */
};

/* By letters, for looking up at once. Made once, read only. */
struct cs_codes {
	uint8_t decimals[26 * 26 * 26]; /* of a currency + 1; 0: never was one */
	uint16_t numeric[26 * 26 * 26]; /* of a currency; 0: not in ISO 4217 now */
	uint8_t country[26 * 26];       /* in ISO 3166, and XK: BICs of Kosovo bear it */
	uint8_t iban_len[26 * 26];      /* of a country's IBANs; 0: not known */
};

/* cs_codes_fill makes the tables. CODES is zeroed. */
void cs_codes_fill(struct cs_codes *codes);

/* cs_codes_letters2 and cs_codes_letters3 turn capital letters into a place of the tables. */
static inline unsigned
cs_codes_letters2(const uint8_t *at)
{
	return (unsigned)(at[0] - 'A') * 26 + (unsigned)(at[1] - 'A');
}

static inline unsigned
cs_codes_letters3(const uint8_t *at)
{
	return cs_codes_letters2(at) * 26 + (unsigned)(at[2] - 'A');
}

/* cs_codes_iban_digits says whether the check digits of IBAN, five or more letters and digits, are right. */
bool cs_codes_iban_digits(struct cs_span iban);

/* cs_codes_is_uetr says whether VALUE is a UUID of version 4 in small letters. */
bool cs_codes_is_uetr(struct cs_span value);

#endif
