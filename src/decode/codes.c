/*
 * Tables out of the lists of codes, and the two codes that check themselves.
 */
#include "decode/codes.h"

#include "event/country.h"
#include "event/money.h"

#include <string.h>

enum { NUMBERS_N = 1000 };

#define REDUCE_AT UINT64_C(1000000000000000) /* of a remainder by 97: the next step still fits */

static const char *const withdrawn[] = {
#define X(code) code,
#include "decode/currency_withdrawn.def"
#undef X
};

static const struct {
	char country[3];
	uint8_t len;
} ibans[] = {
#define X(country, len) {country, len},
#include "decode/iban.def"
#undef X
};

static unsigned
place2(const char *name)
{
	return cs_codes_letters2((const uint8_t *)name);
}

static unsigned
place3(const char *name)
{
	return cs_codes_letters3((const uint8_t *)name);
}

void
cs_codes_fill(struct cs_codes *codes)
{
	for (uint16_t i = 1; i < NUMBERS_N; i++) {
		const char *currency = cs_currency_name(i);
		const struct cs_country *country = cs_country_of(i);
		if (currency) {
			codes->decimals[place3(currency)] = (uint8_t)(cs_currency_exponent(i) + 1);
			codes->numeric[place3(currency)] = i;
		}
		if (country)
			codes->country[place2(country->name)] = CS_CODES_COUNTRY;
	}
	for (unsigned i = 0; i < sizeof withdrawn / sizeof withdrawn[0]; i++)
		codes->decimals[place3(withdrawn[i])] |= CS_CODES_WITHDRAWN | 3;
	codes->country[place2("XK")] = CS_CODES_COUNTRY;
	for (unsigned i = 0; i < sizeof ibans / sizeof ibans[0]; i++)
		codes->iban_len[place2(ibans[i].country)] = ibans[i].len;
}

/* With its first four characters moved to the end and letters as two digits, it is 1 modulo 97. */
bool
cs_codes_iban_digits(struct cs_span iban)
{
	uint64_t rest = 0;
	for (size_t i = 0; i < iban.len; i++) {
		uint8_t c = iban.at[i + 4 < iban.len ? i + 4 : i + 4 - iban.len];
		rest = c <= '9' ? rest * 10 + (uint64_t)(c - '0') : rest * 100 + (uint64_t)((c | 0x20) - 'a') + 10;
		if (rest >= REDUCE_AT)
			rest %= 97;
	}
	return rest % 97 == 1;
}

bool
cs_codes_is_uetr(struct cs_span value)
{
	static const char form[] = "hhhhhhhh-hhhh-4hhh-vhhh-hhhhhhhhhhhh";
	bool good = value.len == sizeof form - 1;
	for (size_t i = 0; good && i < sizeof form - 1; i++) {
		uint8_t c = value.at[i];
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
		if (form[i] == 'v')
			good = c == '8' || c == '9' || c == 'a' || c == 'b';
		else
			good = form[i] == 'h' ? hex : c == (uint8_t)form[i];
	}
	return good;
}
