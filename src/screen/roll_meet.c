/*
 * Meeting forms, and looking closer at some: see roll_parts.h and roll_seek.c.
 *
 * A form is met in three steps, each of which few get through. Beside its number in the postings stands what else it has (cs_roll_beside): when
 * nothing of that is marked and too much would be left over, it is passed by without a look at it. What its marks come to is told from its
 * brief, half a cache line. What is left is bounded from how alike its words are (roll_bound.c).
 */
#include "screen/roll_meet.h"
#include "base/prefetch.h"

enum {
	MET = 32, /* forms, and features, that are asked for in one go */
	WALKS = 32,
	BESIDE_A_LINE = 4,
	NEVER = UINT16_MAX, /* no form is passed by */
	NAMES_MOST = 64,    /* names of a form whose facts are looked at */
};

/* Parts that a form has written apart, and what it has: a part, or from CS_NAME_PARTS_MAX on words of the query together. */
struct extra {
	uint32_t set;
	uint8_t term;
};

/* What the marks of a form come to. */
struct sight {
	uint32_t set;
	int32_t cost;
	unsigned left, marked, n, codes;
	bool apart; /* it has parts written apart */
	bool begun; /* a word that it leaves over may agree with an initial: that is not in `left` */
};

/* What a form may come to at most beyond what is needed: when parts agree with words that are not listed as alike, and without that. */
struct margin {
	int32_t low, without;
};

int32_t
cs_roll_cost_of_kind(unsigned column, enum cs_roll_other how)
{
	static const int32_t amount[CS_ROLL_OTHERS] = {[CS_ROLL_KIND_WHOLE] = CS_SCORE_KIND_WHOLE,
						       [CS_ROLL_KIND_GUESSED] = CS_SCORE_KIND_GUESSED,
						       [CS_ROLL_KIND_SAID] = 1000};
	return cs_score_weights[CS_SCORE_OTHER_KIND][column] * amount[how] / 1000;
}

/* The column of weights for the query and forms of KIND, as in score_parts.h. */
static unsigned
column_with(const struct cs_roll_seeking *s, unsigned kind)
{
	if (s->query->kind == CS_NAME_VESSEL || kind == CS_NAME_VESSEL)
		return 2;
	return s->query->kind == CS_NAME_ORGANISATION || kind == CS_NAME_ORGANISATION;
}

void
cs_roll_meet_begin(struct cs_roll_seeking *s)
{
	s->said = !s->query->guessed || s->query->kind == CS_NAME_ORGANISATION;
	s->in_tables = s->ask->part_n <= CS_ROLL_TABLE_PARTS;
	s->signed_parts = 0;
	unsigned codes = 0;
	for (unsigned i = 0; i < s->ask->part_n; i++)
		codes += s->ask->part[i].code_n;
	for (unsigned how = 0; how < CS_ROLL_OTHERS; how++)
		s->others[how] = false;
	for (unsigned kind = CS_NAME_PERSON; kind <= CS_NAME_VESSEL; kind++) {
		unsigned column = column_with(s, kind);
		int32_t most = cs_roll_all_agree(s->ask, column);
		for (unsigned how = 0; how < CS_ROLL_OTHERS; how++)
			s->others[how] |=
				kind != s->query->kind && most + cs_roll_cost_of_kind(column, how) >= s->ask->need;
	}
	/* it leaves words over: two of those beside which it stands at least, as CS_ROLL_MANY has it */
	s->never_long = !codes && !s->others[CS_ROLL_KIND_GUESSED] && !s->others[CS_ROLL_KIND_SAID];
}

/* The features of a form, all of them. */
static unsigned
features_of(const struct cs_roll *roll, uint32_t form, struct cs_roll_feature out[CS_ROLL_FEATURES_MAX])
{
	const struct cs_roll_brief *brief = &roll->brief[form];
	unsigned here = brief->n > CS_ROLL_BRIEF_MAX ? CS_ROLL_BRIEF_MAX - 1 : brief->n;
	for (unsigned i = 0; i < here; i++)
		out[i] = (struct cs_roll_feature){brief->feature[i], brief->weight[i]};
	if (brief->n > here)
		memcpy(out + here, roll->rest + brief->feature[here], (brief->n - here) * sizeof *out);
	return brief->n;
}

/* Puts a form in; when there are too many the worst goes, and false is told. */
static bool
put_look(struct cs_roll_heap *heap, struct cs_roll_look look)
{
	struct cs_roll_look *on = heap->at;
	unsigned at;
	if (heap->n < heap->cap) {
		for (at = heap->n++; at > 0 && look.bound < on[(at - 1) / 2].bound; at = (at - 1) / 2)
			on[at] = on[(at - 1) / 2];
		on[at] = look;
		return true;
	}
	if (look.bound <= on[0].bound)
		return false;
	for (at = 0; at * 2 + 1 < heap->cap;) {
		unsigned under = at * 2 + 1;
		under += under + 1 < heap->cap && on[under + 1].bound < on[under].bound;
		if (look.bound <= on[under].bound)
			break;
		on[at] = on[under];
		at = under;
	}
	on[at] = look;
	return false;
}

static inline void
sight_feature(const struct cs_roll_seeking *s, struct sight *sight, uint32_t feature, uint8_t weight)
{
	const struct cs_roll_mark *mark = &s->desk->mark[feature];
	if (feature >= s->roll->word_n) { /* the word stands beside it */
		sight->set |= mark->set;
		sight->codes += mark->set != 0;
		return;
	}
	sight->n++;
	if (!mark->set) {
		if (s->ask->loose_n && cs_roll_is_begun(s->roll, s->ask, feature))
			sight->begun = true;
		else
			sight->left += cs_roll_weight_left(weight);
		return;
	}
	unsigned most = cs_roll_weight_most(weight);
	sight->set |= mark->set;
	sight->marked++;
	sight->cost += mark->cost;
	if (mark->agrees > most)
		sight->cost += (int32_t)(mark->agrees - most) * s->ask->slope >> 8;
}

/* What the marks of a form come to; EXTRA: parts that it has written apart. */
static struct sight
see_form(const struct cs_roll_seeking *s, uint32_t form, uint32_t extra)
{
	const struct cs_roll_brief *brief = &s->roll->brief[form];
	struct sight sight = {.set = extra, .apart = extra != 0};
	unsigned here = brief->n > CS_ROLL_BRIEF_MAX ? CS_ROLL_BRIEF_MAX - 1 : brief->n;
	for (unsigned i = 0; i < here; i++)
		sight_feature(s, &sight, brief->feature[i], brief->weight[i]);
	for (unsigned i = here; i < brief->n; i++) {
		const struct cs_roll_feature *rest = s->roll->rest + brief->feature[CS_ROLL_BRIEF_MAX - 1] + (i - here);
		sight_feature(s, &sight, rest->feature, rest->weight);
	}
	if (extra) /* what it leaves over is not known yet */
		sight.left = 0, sight.cost = 0, sight.begun = true;
	return sight;
}

/* Are parts of the query left over for certain, when a form is like those of SET? */
static bool
leaves_parts(const struct cs_roll_seeking *s, uint32_t set)
{
	for (uint32_t open = s->ask->all & ~set; open; open &= open - 1) {
		const struct cs_roll_part *part = &s->ask->part[__builtin_ctz(open)];
		if (!part->small && !part->free)
			return true;
	}
	return false;
}

/* How a form of another kind that is seen so is of another kind. FLAGS of its brief. */
static enum cs_roll_other
kind_of(const struct cs_roll_seeking *s, const struct sight *sight, unsigned flags)
{
	if (s->said && flags & CS_ROLL_SAID)
		return CS_ROLL_KIND_SAID;
	unsigned forgiven = sight->codes + (flags & CS_ROLL_SHIP ? CS_ROLL_SHIP_WORDS : 0);
	bool left = !sight->apart && !sight->begun && sight->n - sight->marked > forgiven;
	return left || leaves_parts(s, sight->set) ? CS_ROLL_KIND_GUESSED : CS_ROLL_KIND_WHOLE;
}

/* Does it have more words that are like the query's than parts that these are like? */
static bool
is_twice(const struct cs_roll_seeking *s, const struct sight *sight)
{
	unsigned parts = 0;
	for (uint32_t set = sight->set & s->ask->all; set; set &= set - 1)
		parts++;
	return sight->marked > parts;
}

/* A limit for a form, the column of weights that it is of, and what the form costs in that column. */
struct limit {
	const struct cs_roll_limit *of; /* NULL: it is not known */
	unsigned column;
	int32_t cost;
	bool low_counts;
};

/* Finds the limit for a form that is seen so. FLAGS of its brief. False: it cannot reach the line. */
static bool
limit_for(struct cs_roll_seeking *s, const struct sight *sight, unsigned flags, struct limit *out)
{
	unsigned kind = flags & CS_ROLL_KIND;
	if (kind == s->query->kind) {
		bool twice = is_twice(s, sight); /* some word will be left over after all */
		out->of = cs_roll_limit_of(s->ask, sight->set, flags);
		out->column = s->ask->kind;
		out->cost = twice ? 0 : sight->cost;
		out->low_counts = twice || sight->marked < sight->n;
		out->cost += sight->begun ? 0 : (int32_t)s->ask->loose_n * cs_roll_loose_value(out->column);
		return true;
	}
	enum cs_roll_other how = kind_of(s, sight, flags);
	if (!s->others[how])
		return false;
	out->column = column_with(s, kind);
	out->of = s->in_tables ? cs_roll_limit_by(s->ask, out->column, sight->set, flags) : NULL;
	out->cost = -cs_roll_cost_of_kind(out->column, how); /* its words may cost less by these weights */
	out->cost += sight->begun ? 0 : (int32_t)s->ask->loose_n * cs_roll_loose_value(out->column);
	out->low_counts = true;
	return true;
}

static struct margin
margin_of(const struct limit *limit, unsigned left)
{
	const struct cs_roll_limit *of = limit->of;
	if (!of)
		return (struct margin){-1, 0};
	struct margin out = {limit->low_counts ? of->low - limit->cost : -1, of->without - limit->cost};
	if (out.without >= 0 && left && of->left == CS_ROLL_LEFT_OTHER)
		out.without = of->other - limit->cost;
	else if (out.without >= 0 && left && of->left == CS_ROLL_LEFT_EACH)
		out.without -= cs_roll_cost_left(limit->column, left, of->agreed);
	return out;
}

/* How much a form must leave over so that it cannot reach the line; NEVER: that does not help, or is not KNOWN. */
static unsigned
left_least(const struct limit *limit, bool known)
{
	struct margin none = margin_of(limit, 0), some = margin_of(limit, 1);
	if (none.low >= 0)
		return NEVER;
	if (none.without < 0)
		return 0;
	if (!known)
		return NEVER;
	if (limit->of && limit->of->left == CS_ROLL_LEFT_EACH)
		return cs_roll_left_for(limit->column, none.without + 1, limit->of->agreed);
	return some.without < 0 ? 1 : NEVER;
}

static const struct cs_roll_sign *
sign_of(struct cs_roll_seeking *s, unsigned part)
{
	if (!(s->signed_parts >> part & 1))
		s->sign[part] = cs_roll_sign_of(s->ask->part[part].term);
	s->signed_parts |= UINT32_C(1) << part;
	return &s->sign[part];
}

/* May an open part be alike by LEAST to one of the words of a form? */
static bool
may_be_low(struct cs_roll_seeking *s, const struct cs_roll_feature *feature, unsigned n, uint32_t open, unsigned least)
{
	for (; open; open &= open - 1) {
		unsigned part = (unsigned)__builtin_ctz(open);
		if (s->ask->part[part].class != CS_NAME_PROPER)
			continue;
		const struct cs_roll_sign *sign = sign_of(s, part);
		for (unsigned f = 0; f < n; f++)
			if (feature[f].feature < s->roll->word_n &&
			    cs_roll_sign_ways(sign, &s->roll->sign[feature[f].feature], least))
				return true;
	}
	return false;
}

/* Can parts agree with words that are not listed as alike, so that it comes to LOW more than is needed, when each is as alike as it may be? */
static bool
is_low(struct cs_roll_seeking *s, uint32_t form, uint32_t set, const struct limit *limit, int32_t low)
{
	struct cs_roll_feature feature[CS_ROLL_FEATURES_MAX];
	int32_t doubt = -cs_score_weights[CS_SCORE_DOUBT][limit->column], less = low * 1000 / doubt;
	unsigned n = features_of(s->roll, form, feature), open = 0, least = CS_ROLL_LOW_LEAST;
	for (uint32_t left = s->ask->all & ~set; left; left &= left - 1)
		open += s->ask->part[__builtin_ctz(left)].class == CS_NAME_PROPER;
	if (open <= CS_ROLL_LOW_PARTS && less < CS_ROLL_LOW_MOST - CS_ROLL_LOW_LEAST)
		least = CS_ROLL_LOW_MOST - (unsigned)less;
	return may_be_low(s, feature, n, s->ask->all & ~set, least);
}

static void
put_sight(struct cs_roll_seeking *s, uint32_t form, struct extra extra, int32_t bound)
{
	if (!put_look(&s->sights, (struct cs_roll_look){form, extra.set, bound, extra.term}))
		s->desk->answer->cut = true;
}

/* What the facts that are known of a form add beyond what bounds take them to add: nothing at most. */
static int32_t
beyond_facts(const struct cs_roll_seeking *s, uint32_t form, unsigned column)
{
	if (!s->desk->ask->facts || s->roll->named_at[form + 1] - s->roll->named_at[form] > NAMES_MOST)
		return 0;
	return cs_roll_facts_most(s->roll, s->desk->ask, form, column) - cs_roll_ask_facts(s->ask, column);
}

/* Meets a form: is it worth a closer look? */
static void
meet(struct cs_roll_seeking *s, uint32_t form, struct extra extra)
{
	const struct cs_roll_brief *brief = &s->roll->brief[form];
	struct limit limit;
	if ((brief->flags & CS_ROLL_KIND) != s->query->kind && !s->others[CS_ROLL_KIND_WHOLE])
		return;
	struct sight sight = see_form(s, form, extra.set);
	if (!limit_for(s, &sight, brief->flags, &limit))
		return;
	struct margin margin = margin_of(&limit, sight.left);
	if (margin.low >= 0 && margin.low > margin.without && !is_low(s, form, sight.set, &limit, margin.low))
		margin.low = -1;
	int32_t most = cs_roll_more(margin.low, margin.without);
	if (most >= 0)
		most += beyond_facts(s, form, limit.column);
	if (most >= 0)
		put_sight(s, form, extra, most);
}

/* Features whose forms are to be met, and places in the postings of forms that must be: all of them are asked for before any is read. */
struct round {
	uint32_t feature[WALKS], at[MET];
	unsigned n, met;
};

/* Meets the forms that wait for it. */
static void
meet_waiting(struct cs_roll_seeking *s, struct round *round)
{
	const struct cs_roll *roll = s->roll;
	for (unsigned i = 0; i < round->met; i++)
		cs_prefetch(&roll->brief[roll->posting[round->at[i]]]);
	for (unsigned i = 0; i < round->met; i++)
		meet(s, roll->posting[round->at[i]], (struct extra){0, 0});
	round->met = 0;
}

/* Forms of a feature that have nothing else which is marked: how much they must leave over to be passed by, by their flags. */
struct passing {
	uint64_t known[CS_ROLL_BESIDE_FLAGS / 64]; /* flags for which it was found out: one bit each */
	uint16_t left[CS_ROLL_BESIDE_FLAGS];
};

static bool
is_passed(struct cs_roll_seeking *s, struct passing *passing, uint32_t feature, const struct cs_roll_beside *beside)
{
	unsigned flags = beside->flags, left = beside->left;
	if (passing->known[flags >> 6] >> (flags & 63) & 1)
		return left >= passing->left[flags];
	const struct cs_roll_mark *mark = &s->desk->mark[feature];
	const bool word = feature < s->roll->word_n, more = flags & CS_ROLL_MORE;
	struct sight sight = {.set = mark->set, .cost = word ? mark->cost : 0, .marked = word, .n = word + more};
	struct limit limit;
	sight.codes = !word;
	sight.begun = s->ask->loose_n && more; /* it is not known */
	passing->left[flags] = 0;
	if (limit_for(s, &sight, flags, &limit))
		passing->left[flags] = (uint16_t)left_least(&limit, !s->ask->loose_n);
	passing->known[flags >> 6] |= UINT64_C(1) << (flags & 63);
	return left >= passing->left[flags];
}

/* Must a form be met for what it has beside a feature, as far as that is told? */
static inline bool
is_marked(const struct cs_roll_seeking *s, const struct cs_roll_beside *beside)
{
	const uint64_t *marked = s->desk->marked;
	if (beside->tag[0] == CS_ROLL_MANY && !(s->never_long && (beside->flags & CS_ROLL_KIND) != s->query->kind))
		return true;
	if (cs_roll_is_noted(beside->tag, marked))
		return true;
	return beside->tag[3] && cs_roll_is_noted(beside->tag + 3, marked);
}

/* Meets the forms of a feature, but for those that are passed by. */
static void
walk(struct cs_roll_seeking *s, struct round *round, uint32_t feature)
{
	const struct cs_roll *roll = s->roll;
	uint32_t from = roll->posting_at[feature], to = roll->posting_at[feature + 1];
	struct passing passing;
	memset(passing.known, 0, sizeof passing.known);
	for (uint32_t i = from; i < to; i++) {
		round->at[round->met] = i;
		round->met += is_marked(s, &roll->beside[i]) || !is_passed(s, &passing, feature, &roll->beside[i]);
		if (round->met == MET)
			meet_waiting(s, round);
	}
	s->desk->answer->seen_n += to - from;
}

static void
walk_waiting(struct cs_roll_seeking *s, struct round *round)
{
	const struct cs_roll *roll = s->roll;
	for (unsigned i = 0; i < round->n; i++) {
		uint32_t from = roll->posting_at[round->feature[i]];
		cs_prefetch(&roll->beside[from]);
		cs_prefetch(&roll->beside[from + BESIDE_A_LINE]);
		cs_prefetch(&roll->posting[from]);
	}
	for (unsigned i = 0; i < round->n; i++)
		walk(s, round, round->feature[i]);
	round->n = 0;
}

static void
walk_later(struct cs_roll_seeking *s, struct round *round, uint32_t feature)
{
	cs_prefetch(&s->roll->posting_at[feature]);
	round->feature[round->n++] = feature;
	if (round->n == WALKS)
		walk_waiting(s, round);
}

/* Sees the forms of a word, or the form itself. */
static void
see_near(struct cs_roll_seeking *s, struct round *round, const struct cs_roll_near *near, struct extra extra)
{
	if (!near->form) {
		walk_later(s, round, near->feature);
		return;
	}
	meet(s, near->feature, extra);
	s->desk->answer->seen_n++;
}

static void
walk_part(struct cs_roll_seeking *s, struct round *round, unsigned i)
{
	const struct cs_roll_part *part = &s->ask->part[i];
	for (unsigned tier = 0; tier < CS_ROLL_TIERS; tier++) {
		if (!(part->walked >> tier & 1))
			continue;
		for (unsigned k = part->alike.at[tier]; k < part->alike.at[tier + 1]; k++)
			see_near(s, round, &part->alike.near[k], (struct extra){UINT32_C(1) << i, (uint8_t)i});
	}
	for (unsigned c = 0; c < part->code_n && part->walked & 1 << CS_ROLL_SAME; c++)
		walk_later(s, round, part->code[c]);
}

/* The most that a form can come to. */
static int32_t
bound_of(struct cs_roll_seeking *s, const struct cs_roll_met *met, enum cs_roll_other how)
{
	unsigned kind = s->ask->kind, column = column_with(s, met->flags & CS_ROLL_KIND);
	if ((met->flags & CS_ROLL_KIND) == s->query->kind)
		return cs_roll_bound_of(s->ask, s->desk->mark, met);
	cs_roll_ask_turn(s->ask, column);
	int32_t bound = cs_roll_bound_of(s->ask, s->desk->mark, met);
	cs_roll_ask_turn(s->ask, kind);
	return bound + cs_roll_cost_of_kind(column, how);
}

/* Looks closer at a form that may reach the line by its marks. */
static void
look_at(struct cs_roll_seeking *s, const struct cs_roll_look *sight)
{
	const struct cs_roll_brief *brief = &s->roll->brief[sight->form];
	unsigned term = sight->term;
	struct cs_roll_met met;
	if (s->desk->seen[sight->form] == s->desk->search)
		return;
	met.roll = s->roll, met.form = sight->form, met.flags = brief->flags, met.extra = sight->extra;
	met.extra_term = term < CS_NAME_PARTS_MAX ? s->ask->part[term].term : &s->runs.terms[term - CS_NAME_PARTS_MAX];
	met.n = features_of(s->roll, sight->form, met.feature);
	struct sight seen = see_form(s, sight->form, sight->extra);
	int32_t bound = bound_of(s, &met, kind_of(s, &seen, brief->flags));
	if (bound >= s->ask->need)
		bound += beyond_facts(s, sight->form, column_with(s, brief->flags & CS_ROLL_KIND));
	if (bound < s->ask->need)
		return;
	s->desk->seen[sight->form] = s->desk->search;
	if (!put_look(&s->looks, (struct cs_roll_look){.form = sight->form, .bound = bound}))
		s->desk->answer->cut = true;
}

void
cs_roll_meet_all(struct cs_roll_seeking *s)
{
	unsigned n = s->ask->part_n, cap = n > 3 ? CS_ROLL_SIGHTS * 3 / n : CS_ROLL_SIGHTS;
	s->sights = (struct cs_roll_heap){s->desk->sight, 0, cap > CS_ROLL_SIGHTS_MIN ? cap : CS_ROLL_SIGHTS_MIN};
	s->looks = (struct cs_roll_heap){s->desk->look, 0, CS_ROLL_LOOKS};
	struct round round = {.n = 0};
	for (unsigned i = 0; i < s->runs.n; i++)
		see_near(s, &round, &s->runs.near[i],
			 (struct extra){s->runs.set[i], (uint8_t)(CS_NAME_PARTS_MAX + s->runs.term[i])});
	for (unsigned i = 0; i < n; i++)
		walk_part(s, &round, i);
	walk_waiting(s, &round);
	meet_waiting(s, &round);
	for (unsigned i = 0; i < s->sights.n; i++)
		look_at(s, &s->sights.at[i]);
}
