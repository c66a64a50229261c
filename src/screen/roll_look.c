/*
 * A closer look at a form: what it can come to at most, told from how alike each of its words is. See roll_bound.c.
 */
#include "screen/roll_bound.h"

/* What is made of a look at a form. */
struct look {
	const struct cs_roll_ask *ask;
	const struct cs_roll_met *met;
	struct cs_roll_agreement a;
	uint32_t set;   /* parts that it agrees with */
	uint32_t whole; /* those that it agrees with in another way than by a word */
	unsigned agrees[CS_NAME_PARTS_MAX];
	int32_t cost[CS_NAME_PARTS_MAX];
	uint32_t equal;  /* parts that stand in the form as they are: no other word for the same */
	uint32_t tested; /* parts that were held against words side by side */
	bool loose;      /* what is left over is not known */
	uint64_t taken;  /* features that some part is like: one bit each */
};

/* The features of a form that are those of N of its parts, from part AT on: one bit each. */
static uint64_t
features_from(const struct cs_name_part *part, unsigned at, unsigned n)
{
	unsigned feature = 0;
	uint64_t set = 0;
	for (unsigned i = 0; i < at; i++)
		feature += part[i].class <= CS_NAME_TRADE;
	for (unsigned i = at; i < at + n; i++)
		if (part[i].class <= CS_NAME_TRADE)
			set |= UINT64_C(1) << (feature++ & 63);
	return set;
}

/* Looks for words of the form side by side that are TERM written apart, and takes them; false: there are none. */
static bool
take_run(struct look *look, const struct cs_term *term)
{
	const struct cs_roll *roll = look->met->roll;
	const struct cs_name_part *part = roll->part + roll->form[look->met->form].part_at;
	struct cs_roll_apart walk = {.form = look->met->form, .term = term, .unvowelled = cs_term_is_unvowelled(term)};
	bool found = false;
	while (cs_roll_next_apart(roll, &walk)) {
		look->taken |= features_from(part, walk.at, walk.n);
		found = true;
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
	look->cost[i] = before ? cs_roll_lesser(look->cost[i], cost) : cost;
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
		agree_by(look, i, by < cap ? by : cap,
			 cs_roll_cost_of_near(look->ask, part, near->tier, near->permille));
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

/* What the form leaves over; a word with which an initial may agree is not. */
static unsigned
left_over(struct look *look)
{
	const struct cs_roll_met *met = look->met;
	unsigned left = 0;
	bool begun = false;
	for (unsigned f = 0; f < met->n; f++) {
		if (look->taken >> (f & 63) & 1)
			continue;
		if (look->ask->loose_n && cs_roll_is_begun(met->roll, look->ask, met->feature[f].feature))
			begun = true;
		else
			left += cs_roll_weight_left(met->feature[f].weight);
	}
	look->a.cost += begun ? 0 : (int32_t)look->ask->loose_n * cs_roll_loose_value(look->ask->kind);
	return left;
}

/* Agrees what is listed as alike; gives what the form leaves over. */
static unsigned
agree_listed(struct look *look, const struct cs_roll_mark *mark)
{
	const struct cs_roll_met *met = look->met;
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
	unsigned left = left_over(look);
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
			cs_term_compare(part->term, &look->met->roll->word[feature->feature], CS_ROLL_LOW_LEAST);
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
	look->a.cost += cs_roll_cost_of_near(look->ask, part, CS_ROLL_EDIT_4, best);
	return found;
}

/* What it comes to, when so much is left over. */
static int32_t
sum_of_look(const struct look *look, unsigned left, int32_t sum)
{
	const struct cs_roll_ask *ask = look->ask;
	enum cs_roll_left how = left && !look->loose ? cs_roll_left_of(ask, &look->a) : CS_ROLL_LEFT_NOTHING;
	if (how == CS_ROLL_LEFT_EACH)
		return sum - cs_roll_cost_left(ask->kind, left, look->a.agreed);
	return how == CS_ROLL_LEFT_OTHER ? cs_roll_lesser(sum, cs_roll_sum_with_other(ask, &look->a)) : sum;
}

int32_t
cs_roll_bound_of(const struct cs_roll_ask *ask, const struct cs_roll_mark *mark, const struct cs_roll_met *met)
{
	struct look look = {.ask = ask, .met = met, .a = {.flags = met->flags}};
	unsigned left = agree_listed(&look, mark);
	int32_t low, without;
	cs_roll_sums_of(ask, look.a, &low, &without);
	without = sum_of_look(&look, left, without);
	if (low < ask->need || low <= without || ask->part_n > CS_ROLL_TABLE_PARTS)
		return without;
	for (uint32_t open = look.a.open; open; open &= open - 1)
		left -= agree_low(&look, (unsigned)__builtin_ctz(open));
	return cs_roll_more(without, sum_of_look(&look, left, cs_roll_sum_with(ask, &look.a, 0)));
}
