/*
 * What a form of a roll can come to at most, told from which words are alike: see score.c, whose sums this bounds from above.
 *
 * A part of the query agrees with a word that is like it (by its weight, times how alike), or agrees with one that is less alike
 * than any that is listed (`low`), or is left over, or contradicts. Whatever the score may take away besides is not counted.
 */
#include "screen/roll_bound.h"

enum { LEFT_RAISED = 300, NEVER = -10000000 };

static int32_t
weight(const struct cs_roll_ask *ask, enum cs_score_evidence evidence)
{
	return cs_score_weights[evidence][ask->kind];
}

/* What evidence takes away at least. */
static int32_t
price(const struct cs_roll_ask *ask, enum cs_score_evidence evidence)
{
	return weight(ask, evidence) < 0 ? -weight(ask, evidence) : 0;
}

/* What is left over, in thousandths of what agrees. */
static int32_t
amount_left(unsigned left, unsigned agreed)
{
	unsigned amount = left * 1000 / (agreed + CS_SCORE_LEFT_BESIDE);
	return (int32_t)(amount < CS_SCORE_LEFT_MOST ? amount : CS_SCORE_LEFT_MOST);
}

/* What it costs at least that a part is like nothing. */
static int32_t
cost_of_left(const struct cs_roll_ask *ask, const struct cs_roll_part *part, unsigned agreed, unsigned flags)
{
	int32_t amount = amount_left(part->weight, agreed), mixed = price(ask, CS_SCORE_MIXED) / 2, cost;
	if (part->free || (part->small && flags & CS_ROLL_SMALL))
		return 0;
	switch (part->class) {
	case CS_NAME_PROPER:
		amount += ask->kind == 1 ? LEFT_RAISED : 0;
		cost = cs_roll_lesser(price(ask, CS_SCORE_LEFT_WORD) * amount / 1000,
				      price(ask, CS_SCORE_OTHER_INITIAL) / 2);
		return flags & CS_ROLL_MIXES ? cs_roll_lesser(cost, mixed) : cost;
	case CS_NAME_PATRONYMIC:
		return cs_roll_lesser(price(ask, CS_SCORE_LEFT_PATRONYMIC) * amount / 1000,
				      price(ask, CS_SCORE_OTHER_PATRONYMIC) / 2);
	case CS_NAME_INITIAL:
		return cs_roll_lesser(cs_roll_lesser(price(ask, CS_SCORE_LEFT_INITIAL), price(ask, CS_SCORE_INITIAL)),
				      price(ask, CS_SCORE_OTHER_INITIAL) / 2);
	case CS_NAME_NUMBER:
		return cs_roll_lesser(price(ask, CS_SCORE_LEFT_NUMBER), price(ask, CS_SCORE_OTHER_NUMBER) / 2);
	case CS_NAME_PLACE:
		cost = cs_roll_lesser(price(ask, CS_SCORE_LEFT_PLACE) * (amount + LEFT_RAISED) / 1000,
				      price(ask, CS_SCORE_OTHER_PLACE) / 2);
		return cs_roll_lesser(cost, mixed);
	case CS_NAME_TRADE:
		cost = cs_roll_lesser(price(ask, CS_SCORE_LEFT_TRADE) * (amount + LEFT_RAISED) / 1000,
				      price(ask, CS_SCORE_OTHER_TRADE) / 2);
		return cs_roll_lesser(cost, mixed);
	default:
		return 0;
	}
}

static int32_t
agree(const struct cs_roll_ask *ask, unsigned agreed)
{
	return (int32_t)((int64_t)weight(ask, CS_SCORE_AGREE) *
			 (int32_t)(agreed * 1000 / (agreed + CS_SCORE_HALF_AGREE)) / 1000);
}

/* What the sum loses at least when so much less agrees: agreement bends down, so it is least when all else agrees. */
static int32_t
loss(const struct cs_roll_ask *ask, unsigned less)
{
	return ask->all_agree - agree(ask, ask->total - less);
}

/* What a part agrees by, at most, with a word that is less alike than any that is listed, and what that costs at least. */
static unsigned
weight_of_low(const struct cs_roll_part *part)
{
	return part->weight * part->low / 1000u;
}

static int32_t
doubt_of_low(const struct cs_roll_ask *ask, const struct cs_roll_part *part)
{
	return price(ask, CS_SCORE_DOUBT) * (1000 - part->low) / 1000;
}

int32_t
cs_roll_sum_with(const struct cs_roll_ask *ask, const struct cs_roll_agreement *a, uint32_t low)
{
	int32_t cost = 0;
	unsigned agreed = a->agreed;
	int32_t more = a->more + a->cost * -1;
	for (uint32_t left = low; left; left &= left - 1) {
		const struct cs_roll_part *part = &ask->part[__builtin_ctz(left)];
		agreed += weight_of_low(part);
		more -= doubt_of_low(ask, part);
	}
	for (uint32_t left = a->open & ~low; left; left &= left - 1)
		cost += cost_of_left(ask, &ask->part[__builtin_ctz(left)], agreed, a->flags & ~CS_ROLL_MIXES);
	if (a->flags & CS_ROLL_MIXES) {
		/* the first word that stands against a trade or a place costs twice as much as the others */
		int32_t mixed = price(ask, CS_SCORE_MIXED) / 2;
		for (uint32_t left = a->open & ~low; left && mixed < cost; left &= left - 1)
			mixed += cost_of_left(ask, &ask->part[__builtin_ctz(left)], agreed, a->flags);
		cost = cs_roll_lesser(cost, mixed);
	}
	return ask->fixed + agree(ask, agreed) + more - cs_roll_lesser(cost, price(ask, CS_SCORE_OTHER_WORD));
}

/* The heaviest open parts that may agree a little with something; any others are taken to do so and to be left over, whichever is
 * better. */
static uint32_t
low_parts(const struct cs_roll_ask *ask, struct cs_roll_agreement *a)
{
	uint32_t set = 0, proper = 0;
	for (uint32_t left = a->open; left; left &= left - 1)
		if (ask->part[__builtin_ctz(left)].class == CS_NAME_PROPER)
			proper |= left & -left;
	for (unsigned n = 0; n < CS_ROLL_LOW_PARTS && proper; n++) {
		unsigned best = (unsigned)__builtin_ctz(proper);
		for (uint32_t left = proper; left; left &= left - 1)
			if (ask->part[__builtin_ctz(left)].weight > ask->part[best].weight)
				best = (unsigned)__builtin_ctz(left);
		set |= UINT32_C(1) << best;
		proper &= ~(UINT32_C(1) << best);
	}
	for (; proper; proper &= proper - 1)
		a->agreed += weight_of_low(&ask->part[__builtin_ctz(proper)]);
	return set;
}

void
cs_roll_sums_of(const struct cs_roll_ask *ask, struct cs_roll_agreement a, int32_t *with_low, int32_t *without)
{
	struct cs_roll_agreement all = a;
	uint32_t parts = low_parts(ask, &all);
	*with_low = INT32_MIN;
	*without = cs_roll_sum_with(ask, all.agreed != a.agreed ? &all : &a, 0);
	for (uint32_t low = parts; low; low = (low - 1) & parts)
		*with_low = cs_roll_more(*with_low, cs_roll_sum_with(ask, &all, low));
	if (all.agreed != a.agreed)
		*with_low = cs_roll_more(*with_low, *without);
}

/* What it comes to at most when LOW of the open parts agree a little and the form leaves words over. */
static void
weigh_low_left(const struct cs_roll_ask *ask, const struct cs_roll_agreement *a, uint32_t low,
	       struct cs_roll_limit *out)
{
	struct cs_roll_agreement with = *a;
	int32_t sum = cs_roll_sum_with(ask, a, low) - ask->need;
	for (uint32_t left = low; left; left &= left - 1) {
		with.agreed += weight_of_low(&ask->part[__builtin_ctz(left)]);
		with.cost += doubt_of_low(ask, &ask->part[__builtin_ctz(left)]);
	}
	with.open &= ~low;
	switch (cs_roll_left_of(ask, &with)) {
	case CS_ROLL_LEFT_EACH:
		out->low_each = cs_roll_more(out->low_each, sum);
		out->low_agreed =
			(uint16_t)cs_roll_more(out->low_agreed, cs_roll_lesser((int32_t)with.agreed, UINT16_MAX));
		return;
	case CS_ROLL_LEFT_OTHER:
		sum = cs_roll_lesser(sum, cs_roll_sum_with_other(ask, &with) - ask->need);
		out->low_other = cs_roll_more(out->low_other, sum);
		return;
	case CS_ROLL_LEFT_NOTHING:
		out->low_other = cs_roll_more(out->low_other, sum);
	}
}

/* The same, whichever of them agree a little. */
static void
weigh_lows_left(const struct cs_roll_ask *ask, const struct cs_roll_agreement *a, struct cs_roll_limit *out)
{
	struct cs_roll_agreement all = *a;
	uint32_t parts = low_parts(ask, &all);
	out->low_each = out->low_other = NEVER;
	out->low_agreed = 0;
	if (out->low < 0)
		return;
	if (all.agreed != a->agreed) { /* there are too many to tell */
		out->low_other = out->low;
		return;
	}
	for (uint32_t low = parts; low; low = (low - 1) & parts)
		weigh_low_left(ask, a, low, out);
}

static struct cs_roll_agreement
agreement_of_set(const struct cs_roll_ask *ask, uint32_t set, unsigned flags)
{
	struct cs_roll_agreement a = {.open = ask->all & ~set, .flags = flags};
	for (uint32_t left = set & ask->all; left; left &= left - 1) {
		a.agreed += ask->part[__builtin_ctz(left)].weight;
		a.more += ask->part[__builtin_ctz(left)].more;
	}
	return a;
}

enum cs_roll_left
cs_roll_left_of(const struct cs_roll_ask *ask, const struct cs_roll_agreement *a)
{
	bool words = false, others = false;
	for (uint32_t open = a->open; open; open &= open - 1) {
		const struct cs_roll_part *part = &ask->part[__builtin_ctz(open)];
		bool free = part->free || (part->small && a->flags & CS_ROLL_SMALL);
		words |= !free && part->class == CS_NAME_PROPER;
		others |= !free && part->class != CS_NAME_PROPER;
	}
	return words ? CS_ROLL_LEFT_OTHER : others ? CS_ROLL_LEFT_NOTHING : CS_ROLL_LEFT_EACH;
}

int32_t
cs_roll_sum_with_other(const struct cs_roll_ask *ask, const struct cs_roll_agreement *a)
{
	return ask->fixed + agree(ask, a->agreed) + a->more - a->cost - price(ask, CS_SCORE_OTHER_WORD);
}

/* What parts cost that are left over, by steps of what agrees. */
static void
weigh_steps(struct cs_roll_ask *ask)
{
	for (unsigned step = 0; step <= CS_ROLL_STEPS; step++) {
		ask->left_all[step] = 0;
		for (unsigned i = 0; i < ask->part_n; i++) {
			unsigned agreed = ask->total * step / CS_ROLL_STEPS;
			int32_t cost = cost_of_left(ask, &ask->part[i], agreed, CS_ROLL_MIXES | CS_ROLL_SMALL);
			if (!ask->kind)
				cost = cost_of_left(ask, &ask->part[i], agreed, CS_ROLL_SMALL);
			ask->left_each[step][i] = cost;
			ask->left_all[step] += cost;
		}
	}
}

/* A name of very many parts is held against a form in short: nothing that is less alike than what is listed counts, nor what the form
 * leaves over. */
static const struct cs_roll_limit *
limit_in_short(struct cs_roll_ask *ask, uint32_t set)
{
	unsigned agreed = 0;
	int32_t more = 0;
	for (uint32_t left = set; left; left &= left - 1) {
		agreed += ask->part[__builtin_ctz(left)].weight;
		more += ask->part[__builtin_ctz(left)].more;
	}
	unsigned step = ask->total ? (agreed * CS_ROLL_STEPS + ask->total - 1) / ask->total : 0;
	int32_t cost = ask->left_all[step];
	for (uint32_t left = set; left; left &= left - 1)
		cost -= ask->left_each[step][__builtin_ctz(left)];
	cost = cs_roll_lesser(cost, price(ask, CS_SCORE_OTHER_WORD));
	ask->latest.without = ask->fixed + agree(ask, agreed) + more - cost - ask->need;
	ask->latest.low = -1;
	ask->latest.left = CS_ROLL_LEFT_NOTHING;
	return &ask->latest;
}

const struct cs_roll_limit *
cs_roll_limit_of(struct cs_roll_ask *ask, uint32_t set, unsigned flags)
{
	if (ask->part_n > CS_ROLL_TABLE_PARTS)
		return limit_in_short(ask, set & ask->all);
	unsigned way = (flags & CS_ROLL_MIXES ? 1 : 0) | (flags & CS_ROLL_SMALL ? 2 : 0);
	struct cs_roll_limit *limit = &ask->table[ask->kind][way][set & ask->all];
	if (limit->search == ask->search)
		return limit;
	struct cs_roll_agreement a = agreement_of_set(ask, set, flags);
	cs_roll_sums_of(ask, a, &limit->low, &limit->without);
	limit->low = limit->low == INT32_MIN ? -1 : limit->low - ask->need;
	limit->without -= ask->need;
	limit->other = cs_roll_sum_with_other(ask, &a) - ask->need;
	limit->left = (uint8_t)cs_roll_left_of(ask, &a);
	limit->agreed = (uint16_t)(a.agreed < UINT16_MAX ? a.agreed : UINT16_MAX);
	limit->search = ask->search;
	weigh_lows_left(ask, &a, limit);
	return limit;
}

const struct cs_roll_limit *
cs_roll_limit_by(struct cs_roll_ask *ask, unsigned column, uint32_t set, unsigned flags)
{
	unsigned kind = ask->kind, way = (flags & CS_ROLL_MIXES ? 1 : 0) | (flags & CS_ROLL_SMALL ? 2 : 0);
	const struct cs_roll_limit *limit = &ask->table[column][way][set & ask->all];
	if (limit->search == ask->search)
		return limit;
	cs_roll_ask_turn(ask, column);
	limit = cs_roll_limit_of(ask, set, flags);
	cs_roll_ask_turn(ask, kind);
	return limit;
}

/* What a part costs at least of which it is known that no listed word agrees with it. */
static void
weigh_lacking(const struct cs_roll_ask *ask, struct cs_roll_part *part)
{
	int32_t low = doubt_of_low(ask, part) + loss(ask, part->weight - weight_of_low(part));
	part->lost = cs_roll_lesser(loss(ask, part->weight), low);
	part->lacked = cs_roll_lesser(part->most, low);
}

void
cs_roll_ask_weigh(struct cs_roll_ask *ask)
{
	unsigned flags = ask->kind ? CS_ROLL_MIXES | CS_ROLL_SMALL : CS_ROLL_SMALL;
	cs_roll_ask_turn(ask, ask->kind);
	ask->all_agree = agree(ask, ask->total);
	for (unsigned i = 0; i < ask->part_n; i++) {
		struct cs_roll_part *part = &ask->part[i];
		part->left = cost_of_left(ask, part, part->rest, flags);
		part->most = part->left + loss(ask, part->weight);
		weigh_lacking(ask, part);
	}
	ask->slope = (int32_t)((int64_t)weight(ask, CS_SCORE_AGREE) * CS_SCORE_HALF_AGREE * 256 /
			       ((int64_t)(ask->total + CS_SCORE_HALF_AGREE) * (ask->total + CS_SCORE_HALF_AGREE)));
	if (ask->part_n > CS_ROLL_TABLE_PARTS)
		weigh_steps(ask);
}

int32_t
cs_roll_cost_left(unsigned column, unsigned left, unsigned agreed)
{
	return -cs_roll_lesser(cs_score_weights[CS_SCORE_LEFT_WORD][column], 0) * amount_left(left, agreed) / 1000;
}

unsigned
cs_roll_left_for(unsigned column, int32_t cost, unsigned agreed)
{
	int32_t all = -cs_roll_lesser(cs_score_weights[CS_SCORE_LEFT_WORD][column], 0);
	int64_t amount = all ? ((int64_t)cost * 1000 + all - 1) / all : UINT16_MAX;
	if (amount > CS_SCORE_LEFT_MOST)
		return UINT16_MAX;
	return (unsigned)((amount * (agreed + CS_SCORE_LEFT_BESIDE) + 999) / 1000);
}

int32_t
cs_roll_cost_of_near(const struct cs_roll_ask *ask, const struct cs_roll_part *part, unsigned tier, unsigned permille)
{
	/* it may be left over all the same */
	return cs_roll_lesser(cs_roll_cost_of(ask, tier, permille), part->left);
}

int32_t
cs_roll_price_of(const struct cs_roll_ask *ask, const struct cs_roll_part *part, unsigned tier, unsigned permille)
{
	if (tier == CS_ROLL_PIECE)
		return 0;
	int32_t cost = cs_roll_cost_of(ask, tier, permille) +
		       loss(ask, part->weight - cs_roll_agrees_by(part, tier, permille));
	return cs_roll_lesser(cost, part->most);
}
