/*
 * Currencies, places and business days as tables; parties and banks made from a seed.
 *
 * Invariants: the same seed makes the same party; an IBAN has its country's length and valid check digits; every BIC is
 * invented and marked as a test BIC by its eighth character 0. spec: ISO 13616-1 (check digits: ISO/IEC 7064,
 * MOD 97-10), ISO 9362.
 */
#include "pay_place.h"

#include "calendar.h"
#include "dice.h"

#include "base/day.h"
#include "base/error.h"
#include "base/text.h"

static const struct cs_pay_currency_facts currencies[CS_PAY_CURRENCY_N] = {
	{"EUR", 2, 1000, 0, 15 * 60},   {"USD", 2, 1100, 1, 16 * 60}, {"GBP", 2, 850, 0, 14 * 60},
	{"JPY", 0, 160000, 2, 10 * 60}, {"KWD", 3, 330, 2, 10 * 60},
};

static const struct cs_pay_place places[] = {
#define X(country, iban, letters, digits, eur, usd, gbp, jpy, kwd, town, other, form)                                  \
	{country, iban, letters, digits, {eur, usd, gbp, jpy, kwd}, {town, other}, form},
#include "pay_place.def"
#undef X
};

static const struct {
	uint8_t currency, month, day;
} holidays[] = {
#define X(currency, month, day) {CS_PAY_##currency, month, day},
#include "pay_holiday.def"
#undef X
};

static const char *const firsts[] = {"ANNA", "BELA",  "CARLA", "DAVID", "ELENA", "FRITZ", "GRETA", "HUGO",
				     "IRIS", "JONAS", "KIRA",  "LUKAS", "MARA",  "NILS",  "OLGA",  "PAUL"};
static const char *const lasts[] = {"ALTMANN", "BRANDT", "CORDES", "DORN",   "EBERT",   "FALK",  "GERBER", "HOLST",
				    "ILGNER",  "JANSEN", "KRUSE",  "LORENZ", "MERTENS", "NOLTE", "OTT",    "PETERS"};
static const char *const leads[] = {"NORD",  "WALD",   "STEIN", "BLAU",   "RIVER", "KLAR",   "HOLM",  "FELD",
				    "ROSEN", "SOMMER", "OST",   "LINDEN", "MARK",  "SILBER", "GRUEN", "HAFEN"};
static const char *const trades[] = {"WERK",  "LOGISTIK", "TECHNIK", "BAU",     "TEXTIL", "CHEMIE", "FOODS",  "TRADING",
				     "OPTIK", "MARINE",   "PAPIER",  "MOTOREN", "ENERGY", "MEDIA",  "SAATEN", "GLAS"};
static const char *const streets[] = {"HAUPTSTRASSE", "BERGWEG",     "SEEALLEE",   "AM MARKT",
				      "LINDENWEG",    "RINGSTRASSE", "HAFENGASSE", "PARK LANE"};

const struct cs_pay_currency_facts *
cs_pay_currency(enum cs_pay_currency currency)
{
	CS_ASSERT(currency < CS_PAY_CURRENCY_N);
	return &currencies[currency];
}

unsigned
cs_pay_place_n(void)
{
	return sizeof places / sizeof places[0];
}

const struct cs_pay_place *
cs_pay_place(unsigned place)
{
	CS_ASSERT(place < cs_pay_place_n());
	return &places[place];
}

unsigned
cs_pay_place_of(const char *country)
{
	for (unsigned i = 0; i < cs_pay_place_n(); i++)
		if (strcmp(places[i].country, country) == 0)
			return i;
	return CS_PAY_HOME;
}

unsigned
cs_pay_place_drawn(enum cs_pay_currency currency, uint64_t draw)
{
	unsigned left = (unsigned)(draw % 100);
	for (unsigned i = 0; i < cs_pay_place_n(); i++) {
		if (left < places[i].share[currency])
			return i;
		left -= places[i].share[currency];
	}
	CS_ASSERT(false); /* the shares of a currency are 100 in all */
	return CS_PAY_HOME;
}

/* --- days --- */

bool
cs_pay_open(enum cs_pay_currency currency, int64_t day)
{
	unsigned weekday = (unsigned)((day + 4) % 7); /* 0 is a Sunday */
	bool rests = currency == CS_PAY_KWD ? weekday == 5 || weekday == 6 : weekday == 6 || weekday == 0;
	struct cs_calendar date = cs_calendar_at((uint64_t)day * 24 * CS_HOUR, 0);
	for (unsigned i = 0; !rests && i < sizeof holidays / sizeof holidays[0]; i++)
		rests = date.year == 2026 && holidays[i].currency == currency && holidays[i].month == date.month &&
			holidays[i].day == date.day;
	return !rests;
}

int64_t
cs_pay_open_from(enum cs_pay_currency currency, int64_t day)
{
	while (!cs_pay_open(currency, day))
		day++;
	return day;
}

int64_t
cs_pay_open_after(enum cs_pay_currency currency, int64_t day, unsigned n)
{
	day = cs_pay_open_from(currency, day);
	for (; n > 0; n--)
		day = cs_pay_open_from(currency, day + 1);
	return day;
}

int64_t
cs_pay_value_day(enum cs_pay_currency currency, uint64_t time_ns)
{
	int64_t day = (int64_t)(time_ns / (24 * CS_HOUR));
	bool late = time_ns % (24 * CS_HOUR) >= currencies[currency].cutoff_minute * CS_MINUTE;
	return cs_pay_open_after(currency, late ? day + 1 : day, currencies[currency].settle_days);
}

/* --- banks and parties --- */

void
cs_pay_bic(unsigned place, uint64_t draw, char out[CS_PAY_BIC_BYTES])
{
	static const char consonants[] = "BDFGKLMNPRSTVZ", vowels[] = "AEIOU", towns[] = "2BHLMT";
	uint64_t bank = draw % 6;
	uint64_t bits = cs_dice_mix(bank + 7, place + 1000);
	struct cs_text text = cs_text_over(out, CS_PAY_BIC_BYTES);
	for (unsigned i = 0; i < 4; i++, bits >>= 8)
		cs_text_put_char(&text, i % 2 ? vowels[(bits & 255) % 5] : consonants[(bits & 255) % 14]);
	cs_text_put(&text, places[place].country);
	cs_text_put_char(&text, towns[bank]);
	cs_text_put_char(&text, '0');
}

/* The remainder by 97 of TEXT read as a number, letters as 10 to 35, going on from REST. */
static unsigned
remainder_97(unsigned rest, const char *text)
{
	for (; *text; text++) {
		if (*text >= 'A')
			rest = (rest * 100 + (unsigned)(*text - 'A') + 10) % 97;
		else
			rest = (rest * 10 + (unsigned)(*text - '0')) % 97;
	}
	return rest;
}

static void
make_account(uint64_t seed, unsigned place, const char *bank, char out[CS_PAY_LINE_BYTES])
{
	char national[CS_PAY_LINE_BYTES];
	struct cs_text text = cs_text_over(national, sizeof national);
	if (places[place].letters)
		cs_text_put_span(&text, (struct cs_span){(const uint8_t *)bank, 4});
	for (unsigned i = 0; i < places[place].digits; i++)
		cs_text_put_char(&text, (char)('0' + cs_dice_mix(seed, 50 + i) % 10));
	struct cs_text account = cs_text_over(out, CS_PAY_LINE_BYTES);
	if (places[place].iban) {
		unsigned rest = remainder_97(remainder_97(remainder_97(0, national), places[place].country), "00");
		cs_text_put(&account, places[place].country);
		cs_text_put_padded(&account, 98 - rest, 2);
	}
	cs_text_put(&account, national);
	CS_ASSERT(!account.overflowed);
}

static void
make_rest(uint64_t seed, unsigned place, const char *bank, struct cs_pay_party *out)
{
	uint64_t bits = cs_dice_mix(seed, 3);
	struct cs_text street = cs_text_over(out->street, sizeof out->street);
	cs_text_put(&street, streets[bits & 7]);
	cs_text_put_char(&street, ' ');
	cs_text_put_u64(&street, 1 + (bits >> 8) % 120);
	struct cs_text town = cs_text_over(out->town, sizeof out->town);
	cs_text_put(&town, places[place].town[bits >> 20 & 1]);
	memcpy(out->country, places[place].country, sizeof out->country);
	if (bank == NULL)
		cs_pay_bic(place, bits >> 24, out->bank);
	else
		memcpy(out->bank, bank, strlen(bank) + 1);
	make_account(seed, place, out->bank, out->account);
}

void
cs_pay_person(uint64_t seed, unsigned place, const char *bank, struct cs_pay_party *out)
{
	uint64_t bits = cs_dice_mix(seed, 1);
	struct cs_text name = cs_text_over(out->name, sizeof out->name);
	cs_text_put(&name, firsts[bits & 15]);
	cs_text_put_char(&name, ' ');
	cs_text_put_char(&name, (char)('A' + (bits >> 8) % 26));
	cs_text_put_char(&name, ' ');
	cs_text_put(&name, lasts[bits >> 16 & 15]);
	make_rest(seed, place, bank, out);
}

void
cs_pay_company(uint64_t seed, unsigned place, const char *bank, struct cs_pay_party *out)
{
	uint64_t bits = cs_dice_mix(seed, 2);
	struct cs_text name = cs_text_over(out->name, sizeof out->name);
	cs_text_put(&name, leads[bits & 15]);
	cs_text_put(&name, bits >> 4 & 1 ? " " : "");
	cs_text_put(&name, trades[bits >> 8 & 15]);
	if (bits >> 12 & 1) {
		cs_text_put_char(&name, ' ');
		cs_text_put(&name, places[place].town[bits >> 13 & 1]);
	}
	cs_text_put_char(&name, ' ');
	cs_text_put(&name, places[place].form);
	make_rest(seed, place, bank, out);
}
