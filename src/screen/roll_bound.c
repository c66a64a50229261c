/*
 * What a form of a roll can come to at most, told from which words are alike: see score.c, whose sums this bounds from above.
 *
 * A part of the query agrees with a word that is like it (by its weight, times how alike), or agrees with one that is less alike
 * than any that is listed (`low`), or is left over, or contradicts. Whatever the score may take away besides is not counted.
 */
#include "screen/roll_bound.h"

enum {
	LOW_LEAST = 500,
	ROUNDING = 64,
	LEFT_RAISED = 300,
	NEED_MOST = 1000000, /* no sum is so large */
	LOOSE_WEIGHT = 40,   /* tenths of a bit that an initial, or two, or a consonant can agree by */
};

/* Parts of the query that a form agrees with, and what that costs. */
struct agreement {
	unsigned agreed; /* tenths of a bit */
	int32_t cost, more;
	uint32_t open;  /* parts that are like nothing */
	unsigned flags; /* of the form's brief */
};

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

static int32_t
least(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int32_t
most(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* Is it looked at by itself? */
#define IS_COUNTED(e)                                                                                                  \
	((e) == CS_SCORE_BASE || (e) == CS_SCORE_AGREE || (e) == CS_SCORE_FAMILY || (e) == CS_SCORE_TRADE_SAME ||      \
	 (e) == CS_SCORE_DATE_SAME || (e) == CS_SCORE_COUNTRY_SAME)
#define ADDS(e, weight) +((weight) > 0 && !IS_COUNTED(e) ? (weight) : 0)

/* What evidence adds that bounds do not look at otherwise, by column; nothing, as long as it all takes away. */
static const int32_t sum_of_others[CS_SCORE_COLUMNS] = {0
#define E(symbol, words, person, organisation, vessel) ADDS(CS_SCORE_##symbol, person)
#include "screen/score.def"
#undef E
							,
							0
#define E(symbol, words, person, organisation, vessel) ADDS(CS_SCORE_##symbol, organisation)
#include "screen/score.def"
#undef E
							,
							0
#define E(symbol, words, person, organisation, vessel) ADDS(CS_SCORE_##symbol, vessel)
#include "screen/score.def"
#undef E
};

static bool
is_coded(uint8_t class)
{
	return class == CS_NAME_PLACE || class == CS_NAME_TRADE || class == CS_NAME_NUMBER;
}

void
cs_roll_ask_turn(struct cs_roll_ask *ask, unsigned kind)
{
	ask->kind = kind;
	ask->fixed = weight(ask, CS_SCORE_BASE) + ROUNDING + sum_of_others[kind];
	ask->fixed += ask->born ? most(weight(ask, CS_SCORE_DATE_SAME), 0) : 0;
	ask->fixed += ask->country ? most(weight(ask, CS_SCORE_COUNTRY_SAME), 0) : 0;
	for (unsigned i = 0; i < ask->part_n; i++) {
		struct cs_roll_part *part = &ask->part[i];
		enum cs_score_evidence more = is_coded(part->class) ? CS_SCORE_TRADE_SAME : CS_SCORE_FAMILY;
		part->more = is_coded(part->class) || part->term->family[0] ? most(weight(ask, more), 0) : 0;
		if (part->loose)
			ask->fixed += weight(ask, CS_SCORE_AGREE) * LOOSE_WEIGHT / (LOOSE_WEIGHT + CS_SCORE_HALF_AGREE);
	}
}

void
cs_roll_ask_begin(const struct cs_name *query, const struct cs_score_facts *facts, uint16_t line,
		  struct cs_roll_ask *out)
{
	out->need = least(most(cs_score_least_sum(line), -NEED_MOST), NEED_MOST);
	out->part_n = 0;
	out->all = out->runs = 0;
	out->total = 0;
	out->loose = out->truncated = false;
	out->born = facts && facts->born_from, out->country = facts && facts->country;
	for (unsigned i = 0; i < query->part_n; i++) {
		const struct cs_name_part *from = &query->part[i];
		struct cs_roll_part *part = &out->part[out->part_n];
		if (from->class > CS_NAME_TRADE)
			continue;
		const struct cs_term *term = &query->token[from->token];
		*part = (struct cs_roll_part){.term = term, .weight = from->weight, .class = from->class};
		part->free = from->marks & CS_NAME_ASIDE;
		out->all |= UINT32_C(1) << out->part_n++;
		out->total += part->weight;
	}
	for (unsigned i = 0; i < out->part_n; i++)
		out->part[i].rest = (uint16_t)(out->total - out->part[i].weight);
	cs_roll_ask_turn(out, query->kind == CS_NAME_VESSEL ? 2 : query->kind == CS_NAME_ORGANISATION);
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
		cost = least(price(ask, CS_SCORE_LEFT_WORD) * amount / 1000, price(ask, CS_SCORE_OTHER_INITIAL) / 2);
		return flags & CS_ROLL_MIXES ? least(cost, mixed) : cost;
	case CS_NAME_PATRONYMIC:
		return least(price(ask, CS_SCORE_LEFT_PATRONYMIC) * amount / 1000,
			     price(ask, CS_SCORE_OTHER_PATRONYMIC) / 2);
	case CS_NAME_INITIAL:
		return least(least(price(ask, CS_SCORE_LEFT_INITIAL), price(ask, CS_SCORE_INITIAL)),
			     price(ask, CS_SCORE_OTHER_INITIAL) / 2);
	case CS_NAME_NUMBER:
		return least(price(ask, CS_SCORE_LEFT_NUMBER), price(ask, CS_SCORE_OTHER_NUMBER) / 2);
	case CS_NAME_PLACE:
		cost = least(price(ask, CS_SCORE_LEFT_PLACE) * (amount + LEFT_RAISED) / 1000,
			     price(ask, CS_SCORE_OTHER_PLACE) / 2);
		return least(cost, mixed);
	case CS_NAME_TRADE:
		cost = least(price(ask, CS_SCORE_LEFT_TRADE) * (amount + LEFT_RAISED) / 1000,
			     price(ask, CS_SCORE_OTHER_TRADE) / 2);
		return least(cost, mixed);
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

/* The sum, when LOW of the open parts agree a little and the others are left over. */
static int32_t
sum_with(const struct cs_roll_ask *ask, const struct agreement *a, uint32_t low)
{
	int32_t cost = 0, doubt = price(ask, CS_SCORE_DOUBT) * (1000 - CS_ROLL_LOW_MOST) / 1000;
	unsigned agreed = a->agreed;
	int32_t more = a->more + a->cost * -1;
	for (uint32_t left = low; left; left &= left - 1) {
		const struct cs_roll_part *part = &ask->part[__builtin_ctz(left)];
		agreed += part->weight * CS_ROLL_LOW_MOST / 1000u;
		more -= doubt;
	}
	for (uint32_t left = a->open & ~low; left; left &= left - 1)
		cost += cost_of_left(ask, &ask->part[__builtin_ctz(left)], agreed, a->flags & ~CS_ROLL_MIXES);
	if (a->flags & CS_ROLL_MIXES) {
		/* the first word that stands against a trade or a place costs twice as much as the others */
		int32_t mixed = price(ask, CS_SCORE_MIXED) / 2;
		for (uint32_t left = a->open & ~low; left && mixed < cost; left &= left - 1)
			mixed += cost_of_left(ask, &ask->part[__builtin_ctz(left)], agreed, a->flags);
		cost = least(cost, mixed);
	}
	return ask->fixed + agree(ask, agreed) + more - least(cost, price(ask, CS_SCORE_OTHER_WORD));
}

/* The heaviest open parts that may agree a little with something; any others are taken to do so and to be left over, whichever is
 * better. */
static uint32_t
low_parts(const struct cs_roll_ask *ask, struct agreement *a)
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
		a->agreed += ask->part[__builtin_ctz(proper)].weight * CS_ROLL_LOW_MOST / 1000u;
	return set;
}

/* The most that it comes to when at least one part agrees a little, and when none does. */
static void
sums_of(const struct cs_roll_ask *ask, struct agreement a, int32_t *with_low, int32_t *without)
{
	struct agreement all = a;
	uint32_t parts = low_parts(ask, &all);
	*with_low = INT32_MIN;
	*without = sum_with(ask, all.agreed != a.agreed ? &all : &a, 0);
	for (uint32_t low = parts; low; low = (low - 1) & parts)
		*with_low = most(*with_low, sum_with(ask, &all, low));
	if (all.agreed != a.agreed)
		*with_low = most(*with_low, *without);
}

static struct agreement
agreement_of_set(const struct cs_roll_ask *ask, uint32_t set, unsigned flags)
{
	struct agreement a = {.open = ask->all & ~set, .flags = flags};
	for (uint32_t left = set & ask->all; left; left &= left - 1) {
		a.agreed += ask->part[__builtin_ctz(left)].weight;
		a.more += ask->part[__builtin_ctz(left)].more;
	}
	return a;
}

/* What counts of what the form leaves over. */
static enum cs_roll_left
left_of(const struct cs_roll_ask *ask, const struct agreement *a)
{
	bool words = false, others = false;
	for (uint32_t open = a->open; open; open &= open - 1) {
		const struct cs_roll_part *part = &ask->part[__builtin_ctz(open)];
		bool free = part->free || (part->small && a->flags & CS_ROLL_SMALL);
		words |= !free && part->class == CS_NAME_PROPER;
		others |= !free && part->class != CS_NAME_PROPER;
	}
	if (ask->loose)
		return CS_ROLL_LEFT_NOTHING;
	return words ? CS_ROLL_LEFT_OTHER : others ? CS_ROLL_LEFT_NOTHING : CS_ROLL_LEFT_EACH;
}

/* The sum, when what is left over of both is another word. */
static int32_t
sum_with_other(const struct cs_roll_ask *ask, const struct agreement *a)
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
	cost = least(cost, price(ask, CS_SCORE_OTHER_WORD));
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
	struct agreement a = agreement_of_set(ask, set, flags);
	sums_of(ask, a, &limit->low, &limit->without);
	limit->low = limit->low == INT32_MIN ? -1 : limit->low - ask->need;
	limit->without -= ask->need;
	limit->other = sum_with_other(ask, &a) - ask->need;
	limit->left = (uint8_t)left_of(ask, &a);
	limit->agreed = (uint16_t)(a.agreed < UINT16_MAX ? a.agreed : UINT16_MAX);
	limit->search = ask->search;
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
	}
	ask->slope = (int32_t)((int64_t)weight(ask, CS_SCORE_AGREE) * CS_SCORE_HALF_AGREE * 256 /
			       ((int64_t)(ask->total + CS_SCORE_HALF_AGREE) * (ask->total + CS_SCORE_HALF_AGREE)));
	if (ask->part_n > CS_ROLL_TABLE_PARTS)
		weigh_steps(ask);
}

int32_t
cs_roll_cost_left(unsigned column, unsigned left, unsigned agreed)
{
	return -least(cs_score_weights[CS_SCORE_LEFT_WORD][column], 0) * amount_left(left, agreed) / 1000;
}

unsigned
cs_roll_left_for(unsigned column, int32_t cost, unsigned agreed)
{
	int32_t all = -least(cs_score_weights[CS_SCORE_LEFT_WORD][column], 0);
	int64_t amount = all ? ((int64_t)cost * 1000 + all - 1) / all : UINT16_MAX;
	if (amount > CS_SCORE_LEFT_MOST)
		return UINT16_MAX;
	return (unsigned)((amount * (agreed + CS_SCORE_LEFT_BESIDE) + 999) / 1000);
}

int32_t
cs_roll_cost_of(const struct cs_roll_ask *ask, unsigned tier, unsigned permille)
{
	int32_t missing = 1000 - (int32_t)permille;
	switch (tier) {
	case CS_ROLL_BONES:
		return price(ask, CS_SCORE_DOUBT_BONES) * missing / 1000;
	case CS_ROLL_EDIT_1:
	case CS_ROLL_EDIT_2:
	case CS_ROLL_EDIT_3:
	case CS_ROLL_EDIT_4:
		return price(ask, CS_SCORE_DOUBT) * missing / 1000;
	case CS_ROLL_SHORTENED:
		return price(ask, CS_SCORE_SHORTENED);
	case CS_ROLL_INITIAL:
		return price(ask, CS_SCORE_INITIAL);
	default:
		return 0;
	}
}

static int32_t
cost_of_near(const struct cs_roll_ask *ask, const struct cs_roll_part *part, unsigned tier, unsigned permille)
{
	/* it may be left over all the same */
	return least(cs_roll_cost_of(ask, tier, permille), part->left);
}

enum { INITIAL_WEIGHT = 25, BONE_WEIGHT = 25 }; /* tenths of a bit, as in name.c and align.h */

unsigned
cs_roll_agrees_by(const struct cs_roll_part *part, unsigned tier, unsigned permille)
{
	unsigned most_weight = part->weight, bones = part->term->bones_len * BONE_WEIGHT;
	if (tier == CS_ROLL_INITIAL && most_weight > INITIAL_WEIGHT)
		most_weight = INITIAL_WEIGHT;
	if (tier == CS_ROLL_BONES && most_weight > bones)
		most_weight = bones;
	return most_weight * permille / 1000;
}

int32_t
cs_roll_price_of(const struct cs_roll_ask *ask, const struct cs_roll_part *part, unsigned tier, unsigned permille)
{
	if (tier == CS_ROLL_PIECE)
		return 0;
	int32_t cost = cs_roll_cost_of(ask, tier, permille) +
		       loss(ask, part->weight - cs_roll_agrees_by(part, tier, permille));
	return least(cost, part->most);
}

/* What is made of a look at a form. */
struct look {
	const struct cs_roll_ask *ask;
	const struct cs_roll_met *met;
	struct agreement a;
	uint32_t set;   /* parts that it agrees with */
	uint32_t whole; /* those that it agrees with in another way than by a word */
	unsigned agrees[CS_NAME_PARTS_MAX];
	int32_t cost[CS_NAME_PARTS_MAX];
	uint32_t equal;  /* parts that stand in the form as they are: no other word for the same */
	uint32_t tested; /* parts that were held against words side by side */
	bool loose;      /* what is left over is not known */
	uint64_t taken;  /* features that some part is like: one bit each */
};

/* Looks for words of the form side by side that are TERM written apart, and takes them; false: there are none. */
static bool
take_run(struct look *look, const struct cs_term *term)
{
	struct cs_name name = cs_roll_form_name(look->met->roll, look->met->form);
	unsigned first = 0;
	bool found = false;
	for (unsigned at = 0; at + 1 < name.part_n; at++) {
		struct cs_roll_joined joined = {.len = 0};
		unsigned feature = first;
		first += name.part[at].class <= CS_NAME_TRADE;
		for (unsigned n = 0; n < CS_ROLL_RUN_MAX && at + n < name.part_n; n++) {
			if (!cs_roll_join(&joined, &name.token[name.part[at + n].token]))
				break;
			if (name.part[at + n].class <= CS_NAME_TRADE)
				joined.features |= UINT64_C(1) << (feature++ & 63);
			if (n == 0 || !cs_roll_is_joined(&joined, term))
				continue;
			look->taken |= joined.features;
			found = true;
		}
	}
	return found;
}

/* Agrees a part with words of the form that stand side by side. */
static void
agree_run(struct look *look, unsigned i)
{
	if (!(look->tested >> i & 1) && take_run(look, look->ask->part[i].term))
		look->whole |= UINT32_C(1) << i;
	look->tested |= UINT32_C(1) << i;
}

static void
agree_by(struct look *look, unsigned i, unsigned agrees, int32_t cost)
{
	bool before = look->set >> i & 1;
	look->set |= UINT32_C(1) << i;
	look->agrees[i] = before && look->agrees[i] > agrees ? look->agrees[i] : agrees;
	look->cost[i] = before ? least(look->cost[i], cost) : cost;
}

/* Agrees a part with a feature of the form by which it was marked. */
static bool
agree_feature(struct look *look, unsigned i, const struct cs_roll_feature *feature, bool free)
{
	const struct cs_roll_part *part = &look->ask->part[i];
	const struct cs_roll_near *near = part->alike.near, *end = near + part->alike.at[CS_ROLL_TIERS_ALL];
	bool listed = false, agreed = false;
	for (; near < end; near++) {
		if (near->feature != feature->feature || near->form)
			continue;
		listed = true;
		if (near->tier == CS_ROLL_PIECE) {
			agree_run(look, i);
			continue;
		}
		unsigned by = cs_roll_agrees_by(part, near->tier, near->permille);
		unsigned cap = cs_roll_weight_most(feature->weight) * near->permille / 1000u;
		look->equal |= near->tier == CS_ROLL_SAME && near->permille == 1000 ? UINT32_C(1) << i : 0;
		agree_by(look, i, by < cap ? by : cap, cost_of_near(look->ask, part, near->tier, near->permille));
		agreed = true;
	}
	for (unsigned c = 0; c < part->code_n; c++)
		if (part->code[c] == feature->feature) {
			look->whole |= UINT32_C(1) << i, agreed = listed = true;
			look->loose |= part->class == CS_NAME_PROPER; /* its letters are the first ones of others */
		}
	if (!listed || (free && look->ask->runs >> i & 1)) /* it is like the part and others together */
		look->whole |= UINT32_C(1) << i;
	return agreed || !listed;
}

/* Agrees what is listed as alike; gives what the form leaves over. */
static unsigned
agree_listed(struct look *look, const struct cs_roll_mark *mark)
{
	const struct cs_roll_met *met = look->met;
	unsigned left = 0;
	if (met->extra && take_run(look, met->extra_term))
		look->whole |= met->extra & look->ask->all;
	for (unsigned f = 0; f < met->n; f++) {
		uint32_t set = mark[met->feature[f].feature].set;
		bool free = mark[met->feature[f].feature].cost == 0;
		bool agreed = (set & ~look->ask->all) != 0;
		for (set &= look->ask->all; set; set &= set - 1)
			agreed |= agree_feature(look, (unsigned)__builtin_ctz(set), &met->feature[f], free);
		look->taken |= agreed ? UINT64_C(1) << (f & 63) : 0;
	}
	for (unsigned f = 0; f < met->n; f++)
		left += look->taken >> (f & 63) & 1 ? 0 : cs_roll_weight_left(met->feature[f].weight);
	look->set |= look->whole;
	look->a.open = look->ask->all & ~look->set;
	for (uint32_t set = look->set; set; set &= set - 1) {
		unsigned i = (unsigned)__builtin_ctz(set);
		bool whole = look->whole >> i & 1;
		look->a.agreed += whole ? look->ask->part[i].weight : look->agrees[i];
		look->a.cost += whole ? 0 : look->cost[i];
		look->a.more += look->equal >> i & 1 ? 0 : look->ask->part[i].more;
	}
	return left;
}

/* Agrees a part with words of the form that are less alike than any listed; gives what these had been left over with. */
static unsigned
agree_low(struct look *look, unsigned i)
{
	const struct cs_roll_part *part = &look->ask->part[i];
	unsigned best = 0, found = 0;
	for (unsigned f = 0; f < look->met->n && part->class == CS_NAME_PROPER; f++) {
		const struct cs_roll_feature *feature = &look->met->feature[f];
		if (feature->feature >= look->met->roll->word_n)
			continue;
		struct cs_term_likeness like =
			cs_term_compare(part->term, &look->met->roll->word[feature->feature], LOW_LEAST);
		best = like.permille > best ? like.permille : best;
		if (!like.permille || look->taken >> (f & 63) & 1)
			continue;
		look->taken |= UINT64_C(1) << (f & 63);
		found += cs_roll_weight_left(feature->weight);
	}
	if (!best)
		return 0;
	look->a.open &= ~(UINT32_C(1) << i);
	look->a.agreed += part->weight * best / 1000;
	look->a.more += part->more;
	look->a.cost += cost_of_near(look->ask, part, CS_ROLL_EDIT_4, best);
	return found;
}

/* What it comes to, when so much is left over. */
static int32_t
sum_of_look(const struct look *look, unsigned left, int32_t sum)
{
	const struct cs_roll_ask *ask = look->ask;
	enum cs_roll_left how = left && !look->loose ? left_of(ask, &look->a) : CS_ROLL_LEFT_NOTHING;
	if (how == CS_ROLL_LEFT_EACH)
		return sum - cs_roll_cost_left(ask->kind, left, look->a.agreed);
	return how == CS_ROLL_LEFT_OTHER ? least(sum, sum_with_other(ask, &look->a)) : sum;
}

int32_t
cs_roll_bound_of(const struct cs_roll_ask *ask, const struct cs_roll_mark *mark, const struct cs_roll_met *met)
{
	struct look look = {.ask = ask, .met = met, .a = {.flags = met->flags}};
	unsigned left = agree_listed(&look, mark);
	int32_t low, without;
	sums_of(ask, look.a, &low, &without);
	without = sum_of_look(&look, left, without);
	if (low < ask->need || low <= without || ask->part_n > CS_ROLL_TABLE_PARTS)
		return without;
	for (uint32_t open = look.a.open; open; open &= open - 1)
		left -= agree_low(&look, (unsigned)__builtin_ctz(open));
	return most(without, sum_of_look(&look, left, sum_with(ask, &look.a, 0)));
}
