/*
 * The search: see roll.h.
 *
 * For each word of the query the words of the roll that are like it are found (roll_near.c) and marked. A plan (roll_bound.c)
 * says of which of them the forms must be looked at, so that no other form can reach the line; commoner words are not walked
 * as long as a form with them has to have rarer ones, too. A form that is met is told by its marks alone, in one half of a
 * cache line; what is left is bounded from how alike its words are, and scored, the best first.
 */
#include "base/prefetch.h"
#include "screen/roll_run.h"

#include <stdlib.h>

enum {
	SEARCHES_MAX = 1 << 20, /* each is a few hundred looks for words at most */
	AHEAD = 8,
	SMALL_MIN = 3, /* letters of a title, a particle or a form that a word may be taken for */
	VOWELS = 1 << 0 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20, /* as in cs_term.letters */
};

/* Parts that a form has written apart, and what it has: a part, or from CS_NAME_PARTS_MAX on words of the query together. */
struct extra {
	uint32_t set;
	uint8_t term;
};

/* Forms by their bounds, the worst first, of which the best stay. */
struct heap {
	struct cs_roll_look *at;
	unsigned n, cap;
};

/* How a form is of another kind: it may be, and no word is left over; it may be; it is said. */
enum other_kind { KIND_WHOLE, KIND_GUESSED, KIND_SAID };

/* What is looked for. */
struct seeking {
	const struct cs_roll *roll;
	struct cs_roll_desk *desk;
	const struct cs_name *query;
	struct cs_roll_ask *ask;
	struct cs_roll_runs runs;
	struct cs_roll_alike small[CS_NAME_PARTS_MAX]; /* like titles and so on of the query */
	unsigned small_n;
	struct heap sights, looks;
	uint32_t forgiven;     /* the mark of those words */
	int32_t other_kind[3]; /* what another kind costs: enum other_kind */
	bool others[3];        /* may such a form reach the line? */
};

/* May forms of another kind reach the line at all? */
static void
begin_kinds(struct seeking *s)
{
	static const int32_t amount[3] = {
		[KIND_WHOLE] = CS_SCORE_KIND_WHOLE, [KIND_GUESSED] = CS_SCORE_KIND_GUESSED, [KIND_SAID] = 1000};
	for (unsigned how = 0; how < 3; how++) {
		s->others[how] = false;
		s->other_kind[how] = INT32_MIN;
		for (unsigned kind = 0; kind < CS_SCORE_COLUMNS; kind++) {
			int32_t cost = cs_score_weights[CS_SCORE_OTHER_KIND][kind] * amount[how] / 1000;
			s->other_kind[how] = cost > s->other_kind[how] ? cost : s->other_kind[how];
			s->others[how] |= cs_roll_all_agree(s->ask, kind) + cost >= s->ask->need;
		}
	}
}

/* A part that can agree with words that are not listed as alike. */
static bool
is_loose(const struct seeking *s, const struct cs_roll_part *part)
{
	const struct cs_term *term = part->term;
	bool letters = s->query->kind == CS_NAME_PERSON && term->len == 2 && !(term->letters & VOWELS);
	bool sign = cs_roll_is_unvowelled(term) && term->bones_len == 1;
	return part->class == CS_NAME_INITIAL || term->len == 1 || letters || sign;
}

static void
add_code(struct seeking *s, struct cs_roll_part *part, uint32_t key)
{
	uint32_t feature;
	if (!cs_roll_code_feature(s->roll, key, &feature))
		return;
	part->code[part->code_n++] = feature;
	part->code_mass += s->roll->posting_at[feature + 1] - s->roll->posting_at[feature];
}

static void
begin_part(struct seeking *s, unsigned i, unsigned code)
{
	struct cs_roll_part *part = &s->ask->part[i];
	const struct cs_term *term = part->term;
	cs_roll_alike_to(s->roll, s->desk, term, &part->alike);
	s->ask->truncated |= part->alike.cut;
	part->small = part->alike.small;
	if (is_loose(s, part)) {
		s->ask->loose = true;
		part->free = part->loose = true;
	}
	if (part->class == CS_NAME_PLACE || part->class == CS_NAME_TRADE || part->class == CS_NAME_NUMBER)
		add_code(s, part, cs_roll_code_key(part->class, code));
	if (s->query->kind == CS_NAME_ORGANISATION && term->len >= 3 && term->len <= 6)
		add_code(s, part, cs_roll_letters_key(term->text, term->len));
}

static void
begin_parts(struct seeking *s)
{
	unsigned n = 0;
	for (unsigned i = 0; i < s->query->part_n; i++) {
		const struct cs_name_part *part = &s->query->part[i];
		const struct cs_term *term = &s->query->token[part->token];
		if (part->class <= CS_NAME_TRADE)
			begin_part(s, n++, part->code);
		else if (term->len >= SMALL_MIN)
			cs_roll_alike_to(s->roll, s->desk, term, &s->small[s->small_n++]);
	}
	s->forgiven = n < CS_NAME_PARTS_MAX ? UINT32_C(1) << (CS_NAME_PARTS_MAX - 1) : 0;
}

static void
mark(struct cs_roll_mark *mark, uint32_t set, unsigned cost, unsigned agrees)
{
	if (!mark->set)
		mark->cost = mark->agrees = UINT16_MAX;
	mark->set |= set;
	mark->cost = (uint16_t)(cost < mark->cost ? cost : mark->cost);
	mark->agrees = (uint16_t)(agrees < mark->agrees ? agrees : mark->agrees);
}

/* Marks the words of one list. */
static void
mark_alike(struct seeking *s, const struct cs_roll_alike *alike, const struct cs_roll_part *part, uint32_t set)
{
	for (unsigned k = 0; k < alike->at[CS_ROLL_TIERS_ALL]; k++) {
		const struct cs_roll_near *near = &alike->near[k];
		if (near->form)
			continue;
		bool whole = !part || near->tier == CS_ROLL_PIECE || part->code_n;
		unsigned cost = whole ? 0 : (unsigned)cs_roll_price_of(s->ask, part, near->tier, near->permille);
		if (part && part->code_n && near->tier == CS_ROLL_SAME && near->permille == 1000)
			cost = (unsigned)part->more; /* it stands there as it is, not as another word for the same */
		unsigned agrees = whole ? 0 : cs_roll_agrees_by(part, near->tier, near->permille);
		mark(&s->desk->mark[near->feature], set, cost, agrees);
	}
}

static void
mark_all(struct seeking *s)
{
	for (unsigned i = 0; i < s->ask->part_n; i++) {
		const struct cs_roll_part *part = &s->ask->part[i];
		mark_alike(s, &part->alike, part, UINT32_C(1) << i);
		for (unsigned c = 0; c < part->code_n; c++)
			mark(&s->desk->mark[part->code[c]], UINT32_C(1) << i, 0, 0);
	}
	for (unsigned i = 0; i < s->small_n; i++)
		mark_alike(s, &s->small[i], NULL, s->forgiven);
	for (unsigned i = 0; i < s->runs.n; i++)
		if (!s->runs.near[i].form)
			mark(&s->desk->mark[s->runs.near[i].feature], s->runs.set[i], 0, 0);
}

/* Takes the marks of one list away. */
static void
clear_alike(struct seeking *s, const struct cs_roll_alike *alike)
{
	const struct cs_roll_mark none = {0, 0, 0};
	for (unsigned k = 0; k < alike->at[CS_ROLL_TIERS_ALL]; k++)
		if (!alike->near[k].form)
			s->desk->mark[alike->near[k].feature] = none;
}

static void
clear_all(struct seeking *s)
{
	const struct cs_roll_mark none = {0, 0, 0};
	for (unsigned i = 0; i < s->ask->part_n; i++) {
		const struct cs_roll_part *part = &s->ask->part[i];
		clear_alike(s, &part->alike);
		for (unsigned c = 0; c < part->code_n; c++)
			s->desk->mark[part->code[c]] = none;
	}
	for (unsigned i = 0; i < s->small_n; i++)
		clear_alike(s, &s->small[i]);
	for (unsigned i = 0; i < s->runs.n; i++)
		if (!s->runs.near[i].form)
			s->desk->mark[s->runs.near[i].feature] = none;
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
put_look(struct heap *heap, struct cs_roll_look look)
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

/* Holds a form of another kind against the bounds, whatever weights are used. */
static int32_t
bound_of_other(struct seeking *s, const struct cs_roll_met *met, enum other_kind how)
{
	unsigned kind = s->ask->kind;
	int32_t best = INT32_MIN;
	for (unsigned column = 0; column < CS_SCORE_COLUMNS; column++) {
		cs_roll_ask_turn(s->ask, column);
		int32_t bound = cs_roll_bound_of(s->ask, s->desk->mark, met);
		best = bound > best ? bound : best;
	}
	cs_roll_ask_turn(s->ask, kind);
	return best + s->other_kind[how];
}

/* What the marks of a form come to. */
struct sight {
	uint32_t set;
	int32_t cost;
	unsigned left, marked, n, codes;
	bool apart; /* it has parts written apart */
};

static inline void
sight_feature(const struct seeking *s, struct sight *sight, uint32_t feature, uint8_t weight)
{
	const struct cs_roll_mark *mark = &s->desk->mark[feature];
	if (feature >= s->roll->word_n) { /* the word stands beside it */
		sight->set |= mark->set;
		sight->codes += mark->set != 0;
		return;
	}
	sight->n++;
	if (!mark->set) {
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
see_form(const struct seeking *s, uint32_t form, uint32_t extra)
{
	const struct cs_roll_brief *brief = &s->roll->brief[form];
	struct sight sight = {.set = extra, .apart = extra != 0};
	unsigned here = brief->n > CS_ROLL_BRIEF_MAX ? CS_ROLL_BRIEF_MAX - 1 : brief->n;
	for (unsigned i = 0; i < here; i++)
		sight_feature(s, &sight, brief->feature[i], brief->weight[i]);
	const struct cs_roll_feature *rest = s->roll->rest + brief->feature[CS_ROLL_BRIEF_MAX - 1];
	for (unsigned i = here; i < brief->n; i++, rest++)
		sight_feature(s, &sight, rest->feature, rest->weight);
	if (extra) /* what it leaves over is not known yet */
		sight.left = 0, sight.cost = 0;
	return sight;
}

/* How a form of another kind that is seen so is of another kind. */
static enum other_kind
kind_of(const struct seeking *s, const struct sight *sight, const struct cs_roll_brief *brief)
{
	bool said = !s->query->guessed || s->query->kind == CS_NAME_ORGANISATION;
	if (said && brief->flags & CS_ROLL_SAID)
		return KIND_SAID;
	uint32_t open = s->ask->all & ~sight->set;
	for (uint32_t set = open; set; set &= set - 1)
		if (s->ask->part[__builtin_ctz(set)].small || s->ask->part[__builtin_ctz(set)].free)
			open &= ~(set & -set);
	bool left = !sight->apart && sight->n - sight->marked > sight->codes;
	return open || left ? KIND_GUESSED : KIND_WHOLE;
}

/* Looks closer at a form that may reach the line by its marks. */
static void
look_at(struct seeking *s, const struct cs_roll_look *sight)
{
	const struct cs_roll_brief *brief = &s->roll->brief[sight->form];
	unsigned term = sight->term;
	if (s->desk->seen[sight->form] == s->desk->search)
		return;
	struct cs_roll_met met = {.roll = s->roll, .form = sight->form, .flags = brief->flags, .extra = sight->extra};
	met.extra_term = term < CS_NAME_PARTS_MAX ? s->ask->part[term].term : &s->runs.terms[term - CS_NAME_PARTS_MAX];
	met.n = features_of(s->roll, sight->form, met.feature);
	bool other = (brief->flags & CS_ROLL_KIND) != s->query->kind;
	struct sight seen = see_form(s, sight->form, sight->extra);
	int32_t bound = other ? bound_of_other(s, &met, kind_of(s, &seen, brief))
			      : cs_roll_bound_of(s->ask, s->desk->mark, &met);
	if (bound < s->ask->need)
		return;
	s->desk->seen[sight->form] = s->desk->search;
	if (!put_look(&s->looks, (struct cs_roll_look){.form = sight->form, .bound = bound}))
		s->desk->answer->cut = true;
}

static int32_t
more_of(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* How much more than what is needed a form may come to that is seen so; less than nothing: it cannot reach the line. */
static int32_t
bound_of_sight(struct seeking *s, const struct sight *sight, unsigned flags)
{
	const struct cs_roll_limit *limit = cs_roll_limit_of(s->ask, sight->set, flags);
	unsigned set_n = (unsigned)__builtin_popcount(sight->set & s->ask->all);
	bool twice = sight->marked > set_n; /* some word will be left over after all */
	int32_t cost = twice ? 0 : sight->cost, low = -1, without = limit->without - cost;
	if (twice || sight->marked < sight->n)
		low = limit->low - cost;
	if (without < 0 || sight->left == 0 || limit->left == CS_ROLL_LEFT_NOTHING)
		return more_of(low, without);
	if (limit->left == CS_ROLL_LEFT_OTHER)
		return more_of(low, limit->other - cost);
	return more_of(low, without - cs_roll_cost_left(s->ask, sight->left, limit->agreed));
}

static void
put_sight(struct seeking *s, uint32_t form, struct extra extra, int32_t bound)
{
	if (!put_look(&s->sights, (struct cs_roll_look){form, extra.set, bound, extra.term}))
		s->desk->answer->cut = true;
}

/* Meets a form: is it worth a closer look? */
static void
meet(struct seeking *s, uint32_t form, struct extra extra)
{
	const struct cs_roll_brief *brief = &s->roll->brief[form];
	s->desk->answer->seen_n++;
	bool other = (brief->flags & CS_ROLL_KIND) != s->query->kind;
	if (other && !s->others[KIND_WHOLE])
		return;
	struct sight sight = see_form(s, form, extra.set);
	if (other && s->others[kind_of(s, &sight, brief)])
		put_sight(s, form, extra, 0);
	if (other)
		return;
	int32_t bound = bound_of_sight(s, &sight, brief->flags);
	if (bound >= 0)
		put_sight(s, form, extra, bound);
}

static void
walk(struct seeking *s, uint32_t feature)
{
	const struct cs_roll *roll = s->roll;
	uint32_t from = roll->posting_at[feature], to = roll->posting_at[feature + 1];
	const struct extra none = {0, 0};
	for (uint32_t i = from; i < to && i < from + AHEAD; i++)
		cs_prefetch(&roll->brief[roll->posting[i]]);
	for (uint32_t i = from; i < to; i++) {
		if (i + AHEAD < to)
			cs_prefetch(&roll->brief[roll->posting[i + AHEAD]]);
		meet(s, roll->posting[i], none);
	}
}

/* Sees the forms of a word, or the form itself. */
static void
see_near(struct seeking *s, const struct cs_roll_near *near, struct extra extra)
{
	if (near->form)
		meet(s, near->feature, extra);
	else
		walk(s, near->feature);
}

static void
walk_part(struct seeking *s, unsigned i)
{
	const struct cs_roll_part *part = &s->ask->part[i];
	for (unsigned tier = 0; tier < CS_ROLL_TIERS; tier++) {
		if (!(part->walked >> tier & 1))
			continue;
		for (unsigned k = part->alike.at[tier]; k < part->alike.at[tier + 1]; k++)
			see_near(s, &part->alike.near[k], (struct extra){UINT32_C(1) << i, (uint8_t)i});
	}
	for (unsigned c = 0; c < part->code_n && part->walked & 1 << CS_ROLL_SAME; c++)
		walk(s, part->code[c]);
}

static int
order_of_looks(const void *a, const void *b)
{
	const struct cs_roll_look *x = a, *y = b;
	if (x->bound != y->bound)
		return x->bound > y->bound ? -1 : 1;
	return (x->form > y->form) - (x->form < y->form);
}

/* Scores what may reach the line, the best first. */
static void
try_all(struct seeking *s)
{
	struct cs_roll_look *look = s->looks.at;
	int32_t facts = s->desk->ask->facts ? CS_ROLL_FACTS_MOST : 0;
	if (s->looks.n > 1)
		qsort(look, s->looks.n, sizeof *look, order_of_looks);
	for (unsigned i = 0; i < s->looks.n; i++) {
		struct cs_name name = cs_roll_form_name(s->roll, look[i].form);
		if (!cs_score_hopeless(s->query, &name, s->ask->need - facts))
			cs_roll_try(s->roll, s->desk, look[i].form);
	}
}

/* Meets all forms that the plan wants, and looks closer at those that may reach the line. */
static void
walk_all(struct seeking *s)
{
	unsigned n = s->ask->part_n, cap = n > 4 ? CS_ROLL_SIGHTS * 4 / n : CS_ROLL_SIGHTS;
	s->sights = (struct heap){s->desk->sight, 0, cap > CS_ROLL_SIGHTS_MIN ? cap : CS_ROLL_SIGHTS_MIN};
	s->looks = (struct heap){s->desk->look, 0, CS_ROLL_LOOKS};
	for (unsigned i = 0; i < s->runs.n; i++)
		see_near(s, &s->runs.near[i],
			 (struct extra){s->runs.set[i], (uint8_t)(CS_NAME_PARTS_MAX + s->runs.term[i])});
	for (unsigned i = 0; i < n; i++)
		walk_part(s, i);
	for (unsigned i = 0; i < s->sights.n; i++)
		look_at(s, &s->sights.at[i]);
}

static void
begin_search(const struct cs_roll *roll, struct cs_roll_desk *desk)
{
	if (desk->search++ < SEARCHES_MAX)
		return;
	/* the counts would come round */
	memset(desk->seen, 0, roll->form_n * sizeof *desk->seen);
	memset(desk->known, 0, roll->word_n * sizeof *desk->known);
	desk->search = 1, desk->part = 0;
}

/* Finds what is alike for the name that lies on the desk. */
static void
begin_seeking(struct seeking *s, const struct cs_roll *roll, struct cs_roll_desk *desk)
{
	s->roll = roll, s->desk = desk, s->query = &desk->query.name, s->ask = desk->bounds;
	s->small_n = 0;
	begin_search(roll, desk);
	s->ask->search = desk->search;
	cs_roll_ask_begin(s->query, desk->ask->facts, desk->line, s->ask);
	begin_parts(s);
	cs_roll_ask_weigh(s->ask);
	begin_kinds(s);
	cs_roll_find_runs(roll, desk, s->ask, &s->runs);
}

/* Plans for forms of the query's kind; and, where these may reach the line, for those of another kind that leave no word over. */
static void
plan(struct seeking *s)
{
	unsigned kind = s->ask->kind;
	int32_t need = s->ask->need;
	cs_roll_plan(s->ask, false);
	if (kind || !s->others[KIND_WHOLE])
		return;
	cs_roll_ask_turn(s->ask, 1);
	s->ask->need -= s->other_kind[KIND_WHOLE];
	cs_roll_plan(s->ask, !s->others[KIND_GUESSED]);
	s->ask->need = need;
	cs_roll_ask_turn(s->ask, kind);
}

void
cs_roll_seek(const struct cs_roll *roll, struct cs_roll_desk *desk)
{
	struct seeking s;
	begin_seeking(&s, roll, desk);
	plan(&s);
	mark_all(&s);
	walk_all(&s);
	clear_all(&s);
	desk->answer->cut |= s.ask->truncated;
	try_all(&s);
}
