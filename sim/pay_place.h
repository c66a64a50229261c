/*
 * Currencies, places, business days, and the invented parties and banks that live there.
 */
#ifndef CS_SIM_PAY_PLACE_H
#define CS_SIM_PAY_PLACE_H

#include <stdbool.h>
#include <stdint.h>

enum cs_pay_currency { CS_PAY_EUR, CS_PAY_USD, CS_PAY_GBP, CS_PAY_JPY, CS_PAY_KWD, CS_PAY_CURRENCY_N };

enum { CS_PAY_HOME = 0, CS_PAY_BIC_BYTES = 12, CS_PAY_LINE_BYTES = 36 };

#define CS_PAY_OUR_BIC "CNTSDEF0"

struct cs_pay_currency_facts {
	char name[4];
	unsigned decimals;
	unsigned milli;         /* units for 1000 EUR: round figures of the right size, not quotations */
	unsigned settle_days;   /* business days from order to value */
	unsigned cutoff_minute; /* of the day, UTC; later is the next business day's */
};

struct cs_pay_place {
	char country[3];
	bool iban;
	bool letters; /* the account begins with the bank's four letters */
	uint8_t digits;
	uint8_t share[CS_PAY_CURRENCY_N];
	const char *town[2];
	const char *form; /* legal form of companies */
};

struct cs_pay_party {
	char name[CS_PAY_LINE_BYTES];
	char street[CS_PAY_LINE_BYTES];
	char town[CS_PAY_LINE_BYTES];
	char country[3];
	char account[CS_PAY_LINE_BYTES];
	char bank[CS_PAY_BIC_BYTES];
};

/* cs_pay_currency and cs_pay_place lend a row of their table; cs_pay_place_n counts the places. */
const struct cs_pay_currency_facts *cs_pay_currency(enum cs_pay_currency currency);
const struct cs_pay_place *cs_pay_place(unsigned place);
unsigned cs_pay_place_n(void);

/* cs_pay_place_of finds a country; home when it is not there. */
unsigned cs_pay_place_of(const char *country);

/* cs_pay_place_drawn turns DRAW into a place that honest payments in this currency go to, by the shares. */
unsigned cs_pay_place_drawn(enum cs_pay_currency currency, uint64_t draw);

/* cs_pay_open says whether CURRENCY is settled on DAY (days since 1970). */
bool cs_pay_open(enum cs_pay_currency currency, int64_t day);

/* cs_pay_open_from gives the first such day from DAY on; cs_pay_open_after counts N further ones. */
int64_t cs_pay_open_from(enum cs_pay_currency currency, int64_t day);
int64_t cs_pay_open_after(enum cs_pay_currency currency, int64_t day, unsigned n);

/* cs_pay_value_day gives the value date of an order at TIME_NS: cut-off, settlement days, weekends, holidays. */
int64_t cs_pay_value_day(enum cs_pay_currency currency, uint64_t time_ns);

/* cs_pay_bic makes the BIC of a bank of a place out of DRAW; a place has six. */
void cs_pay_bic(unsigned place, uint64_t draw, char out[CS_PAY_BIC_BYTES]);

/* cs_pay_person and cs_pay_company make somebody out of SEED, with an account at BANK (NULL: a bank of that place). */
void cs_pay_person(uint64_t seed, unsigned place, const char *bank, struct cs_pay_party *out);
void cs_pay_company(uint64_t seed, unsigned place, const char *bank, struct cs_pay_party *out);

#endif
