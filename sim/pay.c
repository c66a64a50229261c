/*
 * The rows of days of payments, and what can be told of one of them alone.
 *
 * Invariant: rows are only added; what is lent is lent until the next row is added.
 */
#include "pay.h"

#include "calendar.h"

#include "base/text.h"

#include <stdlib.h>

static const struct {
	enum cs_pay_currency currency;
	const char *bic, *country;
	unsigned type, share;
	int64_t opening_thousands;
} account_rows[] = {
#define X(currency, bic, country, type, share, opening) {CS_PAY_##currency, bic, country, type, share, opening},
#include "pay_account.def"
#undef X
};

void
cs_pay_open_world(struct cs_pay_world *world, const struct cs_story *story, uint64_t seed)
{
	*world = (struct cs_pay_world){.story = story, .seed = seed};
	world->first_day = (int64_t)(story->start_ns / CS_PAY_DAY);
	world->day_n = (story->minutes + 24 * 60 - 1) / (24 * 60);
	world->account_n = sizeof account_rows / sizeof account_rows[0];
	for (unsigned i = 0; i < world->account_n; i++) {
		struct cs_pay_account *account = &world->account[i];
		int64_t unit = 1000;
		for (unsigned n = cs_pay_currency(account_rows[i].currency)->decimals; n > 0; n--)
			unit *= 10;
		*account = (struct cs_pay_account){.currency = account_rows[i].currency,
						   .bic = account_rows[i].bic,
						   .country = account_rows[i].country,
						   .type = account_rows[i].type,
						   .share = account_rows[i].share,
						   .balance_minor = account_rows[i].opening_thousands * unit};
		struct cs_text number = cs_text_over(account->number, sizeof account->number);
		cs_text_put_padded(&number, 400000000 + cs_dice_mix(i, 77) % 99999999, 10);
		account->statement_n = 31 + (unsigned)(cs_dice_mix(seed, 900 + i) % 40);
		account->interim_n = account->statement_n;
	}
	struct cs_pay_account *newest = &world->account[world->account_n - 1];
	newest->opens_day = world->first_day + (int64_t)(story->pay.opens_ns / CS_PAY_DAY);
	newest->statement_n = newest->interim_n = 0;
	if (story->pay.opens_ns == 0)
		world->account_n--;
}

void
cs_pay_close_world(struct cs_pay_world *world)
{
	free(world->pay);
	free(world->item);
	free(world->entry);
}

/* Room for one row more; the old array when there is none. */
static void *
grown(void *at, size_t n, size_t *cap, size_t row_bytes)
{
	if (n < *cap)
		return at;
	size_t more = *cap ? *cap * 2 : 1024;
	void *new_at = realloc(at, more * row_bytes);
	if (new_at != NULL)
		*cap = more;
	return new_at ? new_at : at;
}

struct cs_pay *
cs_pay_add(struct cs_pay_world *world)
{
	static struct cs_pay lost;
	world->pay = grown(world->pay, world->pay_n, &world->pay_cap, sizeof *world->pay);
	world->no_memory |= world->pay_n == world->pay_cap;
	struct cs_pay *pay = world->no_memory ? &lost : &world->pay[world->pay_n++];
	*pay = (struct cs_pay){.about = CS_PAY_NOBODY, .attack = -1};
	return pay;
}

struct cs_pay_item *
cs_pay_item_add(struct cs_pay_world *world, enum cs_pay_item_kind kind, uint64_t time_ns)
{
	static struct cs_pay_item lost;
	world->item = grown(world->item, world->item_n, &world->item_cap, sizeof *world->item);
	world->no_memory |= world->item_n == world->item_cap;
	struct cs_pay_item *item = world->no_memory ? &lost : &world->item[world->item_n++];
	*item = (struct cs_pay_item){.kind = (uint8_t)kind, .time_ns = time_ns, .attack = -1};
	return item;
}

struct cs_pay_entry *
cs_pay_entry_add(struct cs_pay_world *world)
{
	static struct cs_pay_entry lost;
	world->entry = grown(world->entry, world->entry_n, &world->entry_cap, sizeof *world->entry);
	world->no_memory |= world->entry_n == world->entry_cap;
	struct cs_pay_entry *entry = world->no_memory ? &lost : &world->entry[world->entry_n++];
	*entry = (struct cs_pay_entry){.type = "NMSC"};
	return entry;
}

void
cs_pay_make_uetr(uint64_t seed, char out[CS_PAY_UETR_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	uint64_t bits[2] = {cs_dice_mix(seed, 11), cs_dice_mix(seed, 12)};
	for (unsigned i = 0; i < CS_PAY_UETR_BYTES - 1; i++) {
		unsigned nibble = (unsigned)(bits[i & 1] & 15);
		bits[i & 1] = bits[i & 1] >> 4 ^ cs_dice_mix(bits[i & 1], i);
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		out[i] = dash ? '-' : i == 14 ? '4' : digits[i == 19 ? 8 | (nibble & 3) : nibble];
	}
	out[CS_PAY_UETR_BYTES - 1] = '\0';
}

static void
put_reference(struct cs_text *text, const char *lead, const struct cs_pay *pay)
{
	struct cs_calendar date = cs_calendar_at((uint64_t)pay->number_day * CS_PAY_DAY, 0);
	cs_text_put(text, lead);
	cs_text_put_padded(text, date.year % 100 * 10000 + date.month * 100 + date.day, 6);
	cs_text_put_padded(text, pay->number, 6);
}

void
cs_pay_identify(struct cs_pay_world *world, struct cs_pay *pay, int64_t day)
{
	pay->number = ++world->number;
	pay->number_day = day;
	pay->seed = cs_dice_mix(cs_dice_mix(world->seed, (uint64_t)day), 1000000 + pay->number);
	struct cs_text reference = cs_text_over(pay->reference, sizeof pay->reference);
	put_reference(&reference, "FT", pay);
	cs_pay_make_uetr(pay->seed, pay->uetr);
}

void
cs_pay_cover_reference(const struct cs_pay *pay, char out[CS_PAY_REFERENCE_BYTES])
{
	struct cs_text reference = cs_text_over(out, CS_PAY_REFERENCE_BYTES);
	put_reference(&reference, "CV", pay);
}

bool
cs_pay_is_out(const struct cs_pay *pay)
{
	return pay->form <= CS_PAY_FREE;
}

bool
cs_pay_is_payment(const struct cs_pay *pay)
{
	return pay->form <= CS_PAY_OWN;
}

bool
cs_pay_is_free(const struct cs_pay *pay)
{
	return pay->form == CS_PAY_RECALL || pay->form == CS_PAY_FREE;
}

unsigned
cs_pay_type_of(const struct cs_pay *pay)
{
	static const unsigned types[CS_PAY_FORM_N] = {
		[CS_PAY_SERIAL] = 103,   [CS_PAY_STP] = 103,     [CS_PAY_COVER] = 103,    [CS_PAY_BANK] = 202,
		[CS_PAY_OWN] = 202,      [CS_PAY_RECALL] = 192,  [CS_PAY_FREE] = 199,     [CS_PAY_IN_SERIAL] = 103,
		[CS_PAY_IN_COVER] = 103, [CS_PAY_IN_BANK] = 910, [CS_PAY_RETURNED] = 910, [CS_PAY_QUERY] = 199,
		[CS_PAY_REPLY] = 196,
	};
	return pay->form == CS_PAY_FREE && pay->type ? pay->type : types[pay->form];
}

void
cs_pay_our_side(const struct cs_pay *pay, struct cs_pay_party *out)
{
	if (pay->payer_person)
		cs_pay_person(pay->payer, CS_PAY_HOME, CS_PAY_OUR_BIC, out);
	else
		cs_pay_company(pay->payer, CS_PAY_HOME, CS_PAY_OUR_BIC, out);
}

/* Two letters of the name change places, as in the case of the misspelt foundation. */
static void
misspell(char *name)
{
	size_t at = strlen(name) / 2;
	while (at > 1 && (name[at] == ' ' || name[at - 1] == ' ' || name[at] == name[at - 1]))
		at--;
	char letter = name[at];
	name[at] = name[at - 1];
	name[at - 1] = letter;
}

void
cs_pay_other_side(const struct cs_pay *pay, struct cs_pay_party *out)
{
	if (pay->person)
		cs_pay_person(pay->payee, pay->place, NULL, out);
	else
		cs_pay_company(pay->payee, pay->place, NULL, out);
	if (pay->misspelt)
		misspell(out->name);
}
