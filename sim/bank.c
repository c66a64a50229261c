/*
 * The bank's cards and machines, made from their index.
 *
 * Invariants: every card number is valid by Luhn and none occurs twice; machine names are unique per
 * country; an account of a customer never falls below zero. spec: ISO/IEC 7812-1 annex B (check digit),
 * ISO/IEC 7813 (track 2).
 */
#include "bank.h"

#include "base/text.h"
#include "event/money.h"

#include <stdlib.h>

static const struct cs_country countries[] = {
#define X(alpha, numeric, currency, rate, utc, note, city, acquirer)                                                   \
	{alpha, numeric, currency, rate, utc, note, city, acquirer},
#include "country.def"
#undef X
};

static const char *const bins[CS_BANK_BINS] = {"400000", "411111", "520000", "222300"};
static const char *const shop_names[] = {"MARKET", "BOOKS", "FUEL", "HOTEL", "BAKERY", "SHOES", "PHARMACY", "CAFE"};
static const uint16_t shop_mccs[] = {5411, 5942, 5541, 7011, 5462, 5661, 5912, 5814};

unsigned
cs_country_n(void)
{
	return sizeof countries / sizeof countries[0];
}

const struct cs_country *
cs_country_at(unsigned country)
{
	CS_ASSERT(country < cs_country_n());
	return &countries[country];
}

unsigned
cs_country_of_currency(uint16_t currency)
{
	unsigned i = 0;
	while (i < cs_country_n() && countries[i].currency != currency)
		i++;
	return i;
}

static int64_t
power10(unsigned n)
{
	int64_t out = 1;
	while (n-- > 0)
		out *= 10;
	return out;
}

int64_t
cs_country_from_home(unsigned country, int64_t home_minor)
{
	const struct cs_country *c = cs_country_at(country);
	return home_minor * c->rate_milli * power10(cs_currency_exponent(c->currency)) / 100000;
}

int64_t
cs_country_to_home(unsigned country, int64_t local_minor)
{
	const struct cs_country *c = cs_country_at(country);
	return local_minor * 100000 / (c->rate_milli * power10(cs_currency_exponent(c->currency)));
}

enum cs_error
cs_bank_open(struct cs_bank *bank, uint64_t seed, uint32_t card_n, uint32_t spare_n)
{
	if (card_n == 0 || card_n > CS_BANK_CARDS_MAX || spare_n > CS_BANK_CARDS_MAX)
		return CS_E_RANGE;
	bank->balance_minor = malloc(((size_t)card_n + spare_n) * sizeof *bank->balance_minor);
	if (bank->balance_minor == NULL)
		return CS_E_MEMORY;
	bank->seed = seed;
	bank->card_n = card_n;
	bank->spare_n = spare_n;
	bank->payday_n = 0;
	for (uint32_t i = 0; i < card_n; i++)
		bank->balance_minor[i] = (int64_t)(20000 + cs_dice_mix(seed, i) % 600000);
	for (uint32_t i = card_n; i < card_n + spare_n; i++)
		bank->balance_minor[i] = 0;
	return CS_OK;
}

void
cs_bank_close(struct cs_bank *bank)
{
	free(bank->balance_minor);
	bank->balance_minor = NULL;
}

static char
check_digit(const char *digits, unsigned n)
{
	unsigned sum = 0;
	for (unsigned i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0') * (i % 2 == 0 ? 2 : 1);
		sum += d > 9 ? d - 9 : d;
	}
	return (char)('0' + (10 - sum % 10) % 10);
}

void
cs_bank_card(const struct cs_bank *bank, uint32_t index, struct cs_plastic *out)
{
	uint64_t facts = cs_dice_mix(bank->seed ^ 0xca4d, index);
	struct cs_text pan = cs_text_over(out->pan, sizeof out->pan);
	cs_text_put(&pan, bins[index % CS_BANK_BINS]);
	/* 387420489 is prime to 10^9, so no two indexes share a number */
	cs_text_put_padded(&pan, ((uint64_t)index + 1) * 387420489 % 1000000000, 9);
	cs_text_put_char(&pan, check_digit(out->pan, 15));
	struct cs_text expiry = cs_text_over(out->expiry, sizeof out->expiry);
	cs_text_put_padded(&expiry, 27 + facts % 4, 2);
	cs_text_put_padded(&expiry, 1 + facts / 16 % 12, 2);
	struct cs_text track = cs_text_over(out->track2, sizeof out->track2);
	cs_text_put(&track, out->pan);
	cs_text_put_char(&track, '=');
	cs_text_put(&track, out->expiry);
	cs_text_put(&track, "201");
	cs_text_put_padded(&track, facts >> 20 & 0xfffffff, 9);
	out->sequence = (uint8_t)(facts >> 60 & 1);
}

static void
put_place(struct cs_machine *out, const char *name, const struct cs_country *country)
{
	memset(out->place, ' ', 40);
	out->place[40] = '\0';
	memcpy(out->place, name, strlen(name) < 25 ? strlen(name) : 25);
	memcpy(out->place + 25, country->city, strlen(country->city) < 13 ? strlen(country->city) : 13);
	memcpy(out->place + 38, country->alpha, 2);
}

static void
put_names(struct cs_machine *out, const char *kind, uint32_t index, unsigned country, uint32_t merchant)
{
	struct cs_text terminal = cs_text_over(out->terminal, sizeof out->terminal);
	cs_text_put(&terminal, country == 0 ? kind : cs_country_at(country)->alpha);
	if (country != 0)
		cs_text_put_char(&terminal, kind[0]);
	cs_text_put_padded(&terminal, index % 100000, 5);
	struct cs_text text = cs_text_over(out->merchant, sizeof out->merchant);
	cs_text_put(&text, cs_country_at(country)->alpha);
	cs_text_put_padded(&text, merchant, 13);
	out->country = (uint8_t)country;
}

void
cs_bank_atm(const struct cs_bank *bank, uint32_t index, unsigned country, struct cs_machine *out)
{
	(void)bank;
	put_names(out, "ATM", index, country, cs_country_at(country)->acquirer);
	put_place(out, "CASH MACHINE", cs_country_at(country));
	out->mcc = 6011;
}

void
cs_bank_shop(const struct cs_bank *bank, uint32_t index, unsigned country, struct cs_machine *out)
{
	unsigned kind = cs_dice_mix(bank->seed ^ 0x5409, index) % (sizeof shop_mccs / sizeof shop_mccs[0]);
	put_names(out, "POS", index, country, 1000000 + index);
	put_place(out, shop_names[kind], cs_country_at(country));
	out->mcc = shop_mccs[kind];
}

int64_t
cs_bank_balance(const struct cs_bank *bank, uint32_t index)
{
	CS_ASSERT(index < bank->card_n + bank->spare_n);
	return bank->balance_minor[index];
}

void
cs_bank_debit(struct cs_bank *bank, uint32_t index, int64_t amount_minor)
{
	CS_ASSERT(index < bank->card_n + bank->spare_n);
	if (index >= bank->card_n)
		return; /* a lifted limit: the account is not asked */
	if (bank->balance_minor[index] < amount_minor) {
		bank->balance_minor[index] += 250000 + amount_minor;
		bank->payday_n++;
	}
	bank->balance_minor[index] -= amount_minor;
}
