/*
 * A small bank: its cards, and the machines all over the world that they are put into.
 *
 * Nothing here is real: card numbers stand in ranges used for tests, and every fact about a card or a
 * machine follows from its index and the seed, so that the tables stay small.
 */
#ifndef CS_SIM_BANK_H
#define CS_SIM_BANK_H

#include "base/error.h"
#include "dice.h"

enum { CS_BANK_BINS = 4, CS_BANK_HOME_CURRENCY = 978, CS_BANK_CARDS_MAX = 2000000 };

struct cs_country {
	const char *alpha;
	uint16_t numeric;
	uint16_t currency;
	uint32_t rate_milli; /* local units for one unit of the home currency, times 1000 */
	int utc_minutes;
	uint32_t note_minor; /* smallest banknote, in minor units */
	const char *city;
	uint32_t acquirer;
};

struct cs_bank {
	uint64_t seed;
	uint32_t card_n; /* customers; the cards behind them belong to thieves */
	uint32_t spare_n;
	uint32_t atm_n;
	uint32_t shop_n;
	uint64_t payday_n;      /* times an account was filled up again */
	int64_t *balance_minor; /* home currency, by card */
};

struct cs_plastic { /* what is on a card */
	char pan[17];
	char expiry[5]; /* YYMM */
	char track2[38];
	uint8_t sequence;
};

struct cs_machine { /* an ATM or a till */
	char terminal[9];
	char merchant[16];
	char place[41]; /* DE43: name, city, country */
	uint16_t mcc;
	uint8_t country;
};

/* cs_bank_open makes the accounts: CARD_N of customers and SPARE_N of thieves; CS_E_MEMORY, CS_E_RANGE. */
CS_MUST_USE enum cs_error cs_bank_open(struct cs_bank *bank, uint64_t seed, uint32_t card_n, uint32_t spare_n);
void cs_bank_close(struct cs_bank *bank);

/* cs_bank_card tells what is on card INDEX (< card_n + spare_n). */
void cs_bank_card(const struct cs_bank *bank, uint32_t index, struct cs_plastic *out);

/* cs_bank_atm and cs_bank_shop describe machine INDEX in COUNTRY. */
void cs_bank_atm(const struct cs_bank *bank, uint32_t index, unsigned country, struct cs_machine *out);
void cs_bank_shop(const struct cs_bank *bank, uint32_t index, unsigned country, struct cs_machine *out);

/* cs_bank_balance is what is on the account of card INDEX; cs_bank_debit takes from it, and fills the
 * account up again (a salary) when little is left. */
int64_t cs_bank_balance(const struct cs_bank *bank, uint32_t index);
void cs_bank_debit(struct cs_bank *bank, uint32_t index, int64_t amount_minor);

/* cs_country_at describes COUNTRY (< cs_country_n(); 0 is home); static. */
unsigned cs_country_n(void);
const struct cs_country *cs_country_at(unsigned country);

/* cs_country_of_currency finds the first country with CURRENCY; cs_country_n() when there is none. */
unsigned cs_country_of_currency(uint16_t currency);

/* cs_country_from_home turns minor units of the home currency into minor units of COUNTRY's; cs_country_to_home
 * turns them back, rounding down. */
int64_t cs_country_from_home(unsigned country, int64_t home_minor);
int64_t cs_country_to_home(unsigned country, int64_t local_minor);

#endif
