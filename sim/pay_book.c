/*
 * The correspondents' books: when each payment is posted and confirmed, and what arrives when.
 *
 * Invariants: a line is posted on a business day of its currency, never before its value date, and before the statement of
 * that day is made; each payment is posted once. Its times come from its own chance.
 */
#include "calendar.h"
#include "pay.h"

#include "base/text.h"

#include <stdlib.h>

enum { LATE_PPM = 20000, NEXT_DAY_PPM = 20000, CLOSE_MINUTE = 20 * 60 + 30, STATEMENT_MINUTE = 21 * 60 + 30 };

static void
bank_reference(const struct cs_pay_account *account, uint64_t seed, char out[CS_PAY_REFERENCE_BYTES])
{
	struct cs_text text = cs_text_over(out, CS_PAY_REFERENCE_BYTES);
	cs_text_put_span(&text, (struct cs_span){(const uint8_t *)account->bic, 2});
	cs_text_put_padded(&text, cs_dice_mix(seed, 61) % UINT64_C(100000000000), 11);
}

/* When PAY is posted at its correspondent. */
static uint64_t
posted_ns(const struct cs_pay_world *world, const struct cs_pay *pay, uint8_t account, struct cs_dice *dice)
{
	enum cs_pay_currency currency = world->account[account].currency;
	int64_t sent_day = (int64_t)(pay->sent_ns / CS_PAY_DAY);
	uint64_t soon = cs_dice_between(dice, 3 * 60, 25 * 60) * CS_SECOND;
	uint64_t morning = cs_dice_between(dice, 330, 480) * CS_MINUTE + cs_dice_below(dice, 60) * CS_SECOND;
	bool slow = cs_dice_chance(dice, NEXT_DAY_PPM) && !world->story->pay.calm;
	bool in_time = pay->sent_ns % CS_PAY_DAY < CLOSE_MINUTE * CS_MINUTE;
	if (pay->value_day <= sent_day && in_time && cs_pay_open(currency, sent_day))
		return pay->sent_ns + soon;
	int64_t earliest = in_time ? sent_day : sent_day + 1;
	int64_t day = cs_pay_open_after(currency, pay->value_day > earliest ? pay->value_day : earliest, slow);
	uint64_t time_ns = (uint64_t)day * CS_PAY_DAY + morning;
	return time_ns > pay->sent_ns ? time_ns : pay->sent_ns + soon;
}

static struct cs_pay_entry *
post(struct cs_pay_world *world, uint32_t at, uint8_t account, uint64_t time_ns)
{
	struct cs_pay_entry *entry = cs_pay_entry_add(world);
	const struct cs_pay *pay = &world->pay[at];
	entry->pay = at;
	entry->account = account;
	entry->time_ns = time_ns;
	entry->day = (int64_t)(time_ns / CS_PAY_DAY);
	entry->value_day = pay->value_day;
	entry->minor = pay->sent_minor;
	memcpy(entry->reference, pay->reference, sizeof entry->reference);
	bank_reference(&world->account[account], cs_dice_mix(pay->seed, account), entry->bank_reference);
	return entry;
}

static void
confirm(struct cs_pay_world *world, struct cs_dice *dice)
{
	uint32_t at = (uint32_t)(world->entry_n - 1);
	uint64_t wait = cs_dice_between(dice, 60, 480) * CS_SECOND;
	if (world->no_memory)
		return;
	struct cs_pay_item *item = cs_pay_item_add(world, CS_PAY_ITEM_CONFIRM, world->entry[at].time_ns + wait);
	item->pay = world->entry[at].pay;
	item->entry = at;
}

static void
book_out(struct cs_pay_world *world, uint32_t at, struct cs_dice *dice)
{
	struct cs_pay pay = world->pay[at];
	uint64_t time_ns = posted_ns(world, &pay, pay.account, dice);
	struct cs_pay_entry *entry = post(world, at, pay.account, time_ns);
	entry->type = pay.form == CS_PAY_SERIAL || pay.form == CS_PAY_STP ? "S103" : "S202";
	entry->cover = pay.form == CS_PAY_COVER;
	if (entry->cover)
		cs_pay_cover_reference(&pay, entry->reference);
	confirm(world, dice);
	if (pay.form != CS_PAY_OWN)
		return;
	entry = post(world, at, pay.other_account, time_ns + 2 * CS_MINUTE);
	entry->type = "S202";
	entry->credit = true;
	confirm(world, dice);
}

static void
book_in(struct cs_pay_world *world, uint32_t at, struct cs_dice *dice)
{
	struct cs_pay pay = world->pay[at];
	bool exact = pay.form == CS_PAY_RETURNED || pay.form == CS_PAY_CHARGE;
	uint64_t time_ns = exact ? pay.sent_ns : posted_ns(world, &pay, pay.account, dice);
	struct cs_pay_entry *entry = post(world, at, pay.account, time_ns);
	entry->credit = pay.form != CS_PAY_CHARGE;
	entry->type = pay.form == CS_PAY_CHARGE      ? "NCHG"
		      : pay.form == CS_PAY_RETURNED  ? "NRTI"
		      : pay.form == CS_PAY_IN_SERIAL ? "S103"
						     : "S202";
	if (pay.form == CS_PAY_CHARGE && pay.about == CS_PAY_NOBODY)
		memcpy(entry->reference, "NONREF", sizeof "NONREF");
	if (pay.form != CS_PAY_CHARGE && pay.form != CS_PAY_IN_SERIAL)
		confirm(world, dice);
}

static void
send(struct cs_pay_world *world, uint32_t at)
{
	struct cs_pay pay = world->pay[at];
	struct cs_pay_item *item = cs_pay_item_add(world, CS_PAY_ITEM_OUT, pay.sent_ns);
	item->pay = at;
	item->lost = pay.twice;
	if (pay.twice) {
		item = cs_pay_item_add(world, CS_PAY_ITEM_OUT, pay.sent_ns + 5 * CS_MINUTE);
		item->pay = at;
		item->again = true;
	}
	if (pay.form == CS_PAY_COVER && !pay.rejected)
		cs_pay_item_add(world, CS_PAY_ITEM_OUT_COVER, pay.sent_ns + CS_SECOND)->pay = at;
}

static void
book(struct cs_pay_world *world, uint32_t at)
{
	const struct cs_pay *pay = &world->pay[at];
	struct cs_dice dice;
	cs_dice_seed(&dice, pay->seed, CS_PAY_STREAM_LATE);
	bool message_in = pay->form == CS_PAY_IN_SERIAL || pay->form == CS_PAY_IN_COVER || pay->form == CS_PAY_QUERY ||
			  pay->form == CS_PAY_REPLY;
	if (pay->ordered)
		cs_pay_item_add(world, CS_PAY_ITEM_ORDER, pay->order_ns)->pay = at;
	if (cs_pay_is_out(pay))
		send(world, at);
	if (message_in)
		cs_pay_item_add(world, CS_PAY_ITEM_IN, pay->sent_ns)->pay = at;
	if (cs_pay_is_payment(pay) && !pay->rejected)
		book_out(world, at, &dice);
	else if (pay->form >= CS_PAY_IN_SERIAL && pay->form != CS_PAY_QUERY && pay->form != CS_PAY_REPLY)
		book_in(world, at, &dice);
}

/* Statements of each business day, one every evening; a few arrive on the next morning only. */
static void
state(struct cs_pay_world *world, uint32_t account, int64_t day)
{
	struct cs_dice dice;
	cs_dice_seed(&dice, cs_dice_mix(world->seed, (uint64_t)day * CS_PAY_ACCOUNTS_MAX + account),
		     CS_PAY_STREAM_LATE);
	uint64_t minute = STATEMENT_MINUTE + account * 7 + cs_dice_below(&dice, 6);
	uint64_t second = cs_dice_below(&dice, 60);
	bool late = cs_dice_chance(&dice, LATE_PPM) && !world->story->pay.calm;
	uint64_t time_ns = (uint64_t)day * CS_PAY_DAY + (minute + (late ? 600 : 0)) * CS_MINUTE + second * CS_SECOND;
	struct cs_pay_item *item = cs_pay_item_add(world, CS_PAY_ITEM_STATEMENT, time_ns);
	item->pay = account;
	item->entry = (uint32_t)(day - world->first_day);
	if (account != 0)
		return;
	item = cs_pay_item_add(world, CS_PAY_ITEM_INTERIM,
			       (uint64_t)day * CS_PAY_DAY + 13 * CS_HOUR + second * CS_SECOND);
	item->pay = account;
	item->entry = (uint32_t)(day - world->first_day);
}

static int
order_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
order_items(const void *a, const void *b)
{
	const struct cs_pay_item *x = a, *y = b;
	int order = order_u64(x->time_ns, y->time_ns);
	order = order ? order : order_u64(x->kind, y->kind);
	order = order ? order : order_u64(x->pay, y->pay);
	return order ? order : order_u64(x->entry, y->entry);
}

static int
order_entries(const void *a, const void *b)
{
	const struct cs_pay_entry *x = a, *y = b;
	int order = order_u64(x->account, y->account);
	order = order ? order : order_u64((uint64_t)x->day, (uint64_t)y->day);
	order = order ? order : order_u64(x->time_ns, y->time_ns);
	order = order ? order : order_u64(x->pay, y->pay);
	return order ? order : order_u64(x->credit, y->credit);
}

/* Confirmations lead to their entries: where each comes to lie in order is noted in the entry's item. */
static bool
sort_entries(struct cs_pay_world *world)
{
	struct cs_pay_entry *before = malloc((world->entry_n + 1) * sizeof *before);
	if (before == NULL)
		return false;
	memcpy(before, world->entry, world->entry_n * sizeof *before);
	if (world->entry_n > 0)
		qsort(world->entry, world->entry_n, sizeof *world->entry, order_entries);
	for (size_t i = 0; i < world->item_n; i++) {
		struct cs_pay_item *item = &world->item[i];
		if (item->kind != CS_PAY_ITEM_CONFIRM)
			continue;
		const struct cs_pay_entry *found = bsearch(&before[item->entry], world->entry, world->entry_n,
							   sizeof *world->entry, order_entries);
		CS_ASSERT(found != NULL);
		item->entry = (uint32_t)(found - world->entry);
	}
	free(before);
	return true;
}

void
cs_pay_book(struct cs_pay_world *world)
{
	for (size_t i = 0; i < world->pay_n && !world->no_memory; i++)
		book(world, (uint32_t)i);
	for (int64_t day = world->first_day; day < world->first_day + world->day_n; day++)
		for (uint32_t account = 0; account < world->account_n; account++)
			if (day >= world->account[account].opens_day &&
			    cs_pay_open(world->account[account].currency, day))
				state(world, account, day);
	if (world->no_memory || !sort_entries(world)) {
		world->no_memory = true;
		return;
	}
	if (world->item_n > 0)
		qsort(world->item, world->item_n, sizeof *world->item, order_items);
}

const struct cs_pay_entry *
cs_pay_entries_of(const struct cs_pay_world *world, unsigned account, int64_t day, size_t *n)
{
	size_t low = 0, high = world->entry_n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct cs_pay_entry *entry = &world->entry[middle];
		if (entry->account < account || (entry->account == account && entry->day < day))
			low = middle + 1;
		else
			high = middle;
	}
	*n = 0;
	while (low + *n < world->entry_n && world->entry[low + *n].account == account &&
	       world->entry[low + *n].day == day)
		++*n;
	return &world->entry[low];
}
