/*
 * Money: integer minor units with an ISO 4217 currency. No other type carries an amount.
 *
 * The raw members are touched in money.c only (the tidy test looks). Arithmetic is checked and must be used.
 */
#ifndef CS_EVENT_MONEY_H
#define CS_EVENT_MONEY_H

#include "base/error.h"
#include "base/padding.h"
#include "base/text.h"

CS_PADDING_NAMED_BEGIN
struct cs_money {
	int64_t raw_minor;     /* minor units, signed */
	uint16_t raw_currency; /* ISO 4217 numeric code; 0 = not known */
	uint16_t raw_pad[3];
};
CS_PADDING_NAMED_END

/* cs_money_of makes an amount from minor units and a numeric currency code (0 = not known). */
struct cs_money cs_money_of(int64_t minor, uint16_t currency);

/* cs_money_minor and cs_money_currency read the two halves. */
int64_t cs_money_minor(struct cs_money money);
uint16_t cs_money_currency(struct cs_money money);

/* cs_money_same says whether two amounts are equal in value and currency; an unknown currency equals
 * only an unknown one. */
bool cs_money_same(struct cs_money a, struct cs_money b);

/* cs_money_add adds two amounts of one currency; CS_E_RANGE on overflow or different currencies. */
CS_MUST_USE enum cs_error cs_money_add(struct cs_money a, struct cs_money b, struct cs_money *out);

/* cs_money_order sets *OUT to -1, 0 or 1; CS_E_RANGE when the currencies differ. */
CS_MUST_USE enum cs_error cs_money_order(struct cs_money a, struct cs_money b, int *out);

/* cs_money_put writes "500.00 EUR"; with an unknown currency minor units and "?". */
void cs_money_put(struct cs_text *text, struct cs_money money);

/* cs_currency_by_code gives the numeric code of "EUR" or "978" (any length-3 span); 0 when not known. */
uint16_t cs_currency_by_code(struct cs_span code);

/* cs_currency_name gives "EUR" for 978, or NULL. Static. */
const char *cs_currency_name(uint16_t currency);

/* cs_currency_exponent gives the number of decimals of a currency (ISO 4217); 2 when not known. */
unsigned cs_currency_exponent(uint16_t currency);

#endif
