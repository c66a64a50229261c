/*
 * Attacks on payments as the files of a bank show them: messages nobody ordered, honest ones that were changed, traces that
 * were taken away.
 *
 * Invariants: only rows are added, or marked on honest rows; no honest chance is drawn here. What comes of them is booked
 * as the correspondent would book it. Nothing is connected to, and no file but those of the simulator is touched.
 * Sources: docs/threats.md.
 */
#include "calendar.h"
#include "pay.h"

#include "base/text.h"

struct at_work {
	struct cs_pay_world *world;
	const struct cs_pay_attack *attack;
	int32_t index;
	struct cs_dice dice;
};

static bool
is_plain(const struct cs_pay *pay)
{
	return (pay->form == CS_PAY_SERIAL || pay->form == CS_PAY_STP) && pay->attack < 0 && pay->ordered &&
	       !pay->rejected && !pay->twice && pay->about == CS_PAY_NOBODY && pay->batch == 0;
}

/* The first honest payment from TIME_NS on that nothing was done to. */
static struct cs_pay *
honest_from(struct cs_pay_world *world, uint64_t time_ns)
{
	struct cs_pay *found = NULL;
	for (size_t i = 0; i < world->pay_n; i++) {
		struct cs_pay *pay = &world->pay[i];
		if (is_plain(pay) && pay->sent_ns >= time_ns && (!found || pay->sent_ns < found->sent_ns))
			found = pay;
	}
	return found;
}

/* One of the honest payments before TIME_NS. */
static size_t
honest_before(const struct at_work *work, uint64_t time_ns, uint64_t nth)
{
	const struct cs_pay_world *world = work->world;
	size_t found = world->pay_n;
	uint64_t best = 0;
	for (size_t i = 0; i < world->pay_n; i++) {
		uint64_t lot = cs_dice_mix(world->pay[i].seed, (uint64_t)work->index * 1000 + nth);
		if (!is_plain(&world->pay[i]) || world->pay[i].sent_ns >= time_ns ||
		    (found < world->pay_n && lot <= best))
			continue;
		found = i;
		best = lot;
	}
	return found;
}

static int64_t
amount_drawn(struct at_work *work)
{
	uint64_t low = work->attack->low_major ? work->attack->low_major : 250000;
	uint64_t high = work->attack->low_major ? work->attack->high_major : 2000000;
	int64_t minor = (int64_t)cs_dice_between(&work->dice, low, high);
	for (unsigned n = cs_pay_currency((enum cs_pay_currency)work->attack->currency)->decimals; n > 0; n--)
		minor *= 10;
	return minor;
}

static uint8_t
account_in(const struct cs_pay_world *world, uint8_t currency)
{
	uint8_t i = 0;
	while (i + 1U < world->account_n && world->account[i].currency != currency)
		i++;
	return i;
}

/* What all messages of the thieves have; their numbers follow the highest of the day. */
static void
mark(struct at_work *work, struct cs_pay *pay, uint64_t sent_ns)
{
	pay->attack = work->index;
	pay->lau = work->attack->lau;
	pay->hidden = work->attack->hidden;
	pay->erased = work->attack->erased;
	pay->unconfirmed = work->attack->unconfirmed;
	pay->misspelt = work->attack->misspelt;
	pay->ordered = false;
	pay->sent_ns = pay->order_ns = sent_ns;
	pay->seed = cs_dice_u64(&work->dice);
}

static void
renumber(struct at_work *work, struct cs_pay *pay)
{
	struct cs_pay_world *world = work->world;
	uint64_t seed = pay->seed;
	int64_t day = (int64_t)(pay->sent_ns / CS_PAY_DAY);
	world->number = 0;
	for (size_t i = 0; i < world->pay_n; i++)
		if (world->pay[i].number_day == day && world->pay[i].number > world->number)
			world->number = world->pay[i].number;
	cs_pay_identify(world, pay, day);
	pay->seed = seed;
	cs_pay_make_uetr(seed, pay->uetr);
}

static void
to_thieves(struct at_work *work, struct cs_pay *pay)
{
	pay->payee = cs_dice_u64(&work->dice);
	pay->place = (uint8_t)cs_pay_place_of(work->attack->country);
	pay->person = work->attack->persons;
}

static void
ask(struct at_work *work, size_t about)
{
	uint64_t wait = cs_dice_between(&work->dice, 40, 120) * CS_MINUTE;
	struct cs_pay *query = cs_pay_add(work->world);
	*query = work->world->pay[about];
	query->form = CS_PAY_QUERY;
	query->about = (uint32_t)about;
	query->sent_ns += wait;
}

static void
forge(struct at_work *work, uint64_t time_ns)
{
	struct cs_pay_world *world = work->world;
	size_t at = world->pay_n;
	struct cs_pay *pay = cs_pay_add(world);
	pay->form = work->attack->kind == CS_PAY_ATTACK_FREE ? CS_PAY_FREE : CS_PAY_SERIAL;
	mark(work, pay, time_ns);
	pay->type = pay->form == CS_PAY_FREE ? work->attack->type : 0;
	pay->ordered_minor = pay->sent_minor = amount_drawn(work);
	pay->account = account_in(world, work->attack->currency);
	pay->value_day = cs_pay_value_day((enum cs_pay_currency)work->attack->currency, time_ns);
	pay->payer = cs_dice_mix(world->seed, 200000); /* in the name of the first customer */
	to_thieves(work, pay);
	renumber(work, pay);
	if (work->attack->queried && !world->no_memory)
		ask(work, at);
}

/* Refused by the network, looked at, and sent again. */
static void
forge_twice(struct at_work *work, uint64_t time_ns)
{
	struct cs_pay_world *world = work->world;
	size_t at = world->pay_n;
	forge(work, time_ns);
	if (world->no_memory || !work->attack->rejected)
		return;
	struct cs_pay *again = cs_pay_add(world);
	world->pay[at].rejected = true;
	*again = world->pay[at];
	again->rejected = false;
	again->about = (uint32_t)at;
	again->seed = cs_dice_u64(&work->dice);
	again->sent_ns += 50 * CS_MINUTE;
	renumber(work, again);
}

/* What was before, again: its reference, its bytes or its UETR. */
static void
repeat(struct at_work *work, uint64_t time_ns, uint64_t nth)
{
	struct cs_pay_world *world = work->world;
	size_t at = honest_before(work, time_ns, nth);
	if (at == world->pay_n)
		return;
	struct cs_pay *pay = cs_pay_add(world);
	*pay = world->pay[at];
	mark(work, pay, time_ns);
	pay->about = (uint32_t)at;
	if (work->attack->kind == CS_PAY_ATTACK_REPLAYED) {
		pay->replayed = true;
		return;
	}
	pay->value_day = cs_pay_value_day(world->account[pay->account].currency, time_ns);
	char uetr[CS_PAY_UETR_BYTES];
	memcpy(uetr, pay->uetr, sizeof uetr);
	if (work->attack->kind == CS_PAY_ATTACK_SAME_UETR) {
		renumber(work, pay);
		memcpy(pay->uetr, uetr, sizeof uetr);
		return;
	}
	to_thieves(work, pay);
	cs_pay_make_uetr(pay->seed, pay->uetr);
	if (work->attack->low_major != 0) {
		pay->account = account_in(world, work->attack->currency);
		pay->ordered_minor = pay->sent_minor = amount_drawn(work);
	}
}

static void
change(struct at_work *work, uint64_t time_ns)
{
	struct cs_pay *pay = honest_from(work->world, time_ns);
	if (pay == NULL)
		return;
	pay->attack = work->index;
	pay->lau = work->attack->lau;
	pay->hidden = work->attack->hidden;
	pay->unconfirmed = work->attack->unconfirmed || work->attack->kind == CS_PAY_ATTACK_UNCONFIRMED;
	pay->smuggled = work->attack->kind == CS_PAY_ATTACK_SMUGGLED;
	pay->altered = work->attack->kind == CS_PAY_ATTACK_ALTERED;
	if (pay->altered)
		pay->sent_minor = pay->ordered_minor * work->attack->factor;
}

/* The bank itself calls back what was paid, the forged ones first; that is ordered, and stays without an answer. */
static void
recall(struct at_work *work, uint64_t time_ns, uint64_t nth)
{
	struct cs_pay_world *world = work->world;
	size_t at = honest_before(work, time_ns, nth);
	for (size_t i = 0, seen = 0; i < world->pay_n; i++)
		if (world->pay[i].attack >= 0 && world->pay[i].form == CS_PAY_SERIAL && !world->pay[i].rejected &&
		    world->pay[i].sent_ns < time_ns && seen++ == nth)
			at = i;
	if (at == world->pay_n)
		return;
	struct cs_pay *pay = cs_pay_add(world);
	*pay = world->pay[at];
	mark(work, pay, time_ns);
	pay->lau = CS_PAY_LAU_RIGHT;
	pay->form = CS_PAY_RECALL;
	pay->about = (uint32_t)at;
	pay->ordered = true;
	pay->order_ns = time_ns - CS_MINUTE;
	char uetr[CS_PAY_UETR_BYTES];
	memcpy(uetr, pay->uetr, sizeof uetr);
	renumber(work, pay);
	memcpy(pay->uetr, uetr, sizeof uetr);
	pay->clerk = 1;
	pay->head = 1;
}

static void
act(struct at_work *work, uint64_t time_ns, uint64_t nth)
{
	switch (work->attack->kind) {
	case CS_PAY_ATTACK_FORGED:
	case CS_PAY_ATTACK_FREE:
		forge_twice(work, time_ns);
		break;
	case CS_PAY_ATTACK_REISSUED:
	case CS_PAY_ATTACK_REPLAYED:
	case CS_PAY_ATTACK_SAME_UETR:
		repeat(work, time_ns, nth);
		break;
	case CS_PAY_ATTACK_ALTERED:
	case CS_PAY_ATTACK_SMUGGLED:
	case CS_PAY_ATTACK_UNCONFIRMED:
		change(work, time_ns);
		break;
	case CS_PAY_ATTACK_UNANSWERED:
		recall(work, time_ns, nth);
		break;
	case CS_PAY_ATTACK_GAP:
	case CS_PAY_ATTACK_SILENCE:
	case CS_PAY_ATTACK_N:
		break;
	}
}

void
cs_pay_plan_attacks(struct cs_pay_world *world)
{
	const struct cs_pay_story *story = &world->story->pay;
	for (unsigned i = 0; i < story->attack_n; i++) {
		const struct cs_pay_attack *attack = &story->attack[i];
		struct at_work work = {.world = world, .attack = attack, .index = (int32_t)i};
		cs_dice_seed(&work.dice, world->seed, CS_PAY_STREAM_ATTACK + i);
		uint64_t start_ns = (uint64_t)world->first_day * CS_PAY_DAY + attack->at_ns;
		if (attack->kind == CS_PAY_ATTACK_GAP) {
			struct cs_pay_item *item = cs_pay_item_add(world, CS_PAY_ITEM_GAP, start_ns);
			item->pay = attack->message_n;
			item->attack = (int32_t)i;
		}
		for (uint64_t nth = 0; nth < attack->message_n && !world->no_memory; nth++) {
			uint64_t jitter = cs_dice_below(&work.dice, 20) * CS_SECOND;
			act(&work, start_ns + attack->for_ns * nth / attack->message_n / CS_SECOND * CS_SECOND + jitter,
			    nth);
		}
	}
}
