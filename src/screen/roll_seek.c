/*
 * The search: see roll.h.
 *
 * For each word of the query the words of the roll that are like it are found (roll_near.c) and marked. A plan (roll_plan.c)
 * says of which of them the forms must be looked at, so that no other form can reach the line; commoner words are not walked
 * as long as a form with them has to have rarer ones, too. A form that is met is told by its marks alone, in one half of a
 * cache line; what is left is bounded from how alike its words are, and scored, the best first.
 */
#include "base/prefetch.h"
#include "screen/roll_meet.h"

#include <stdlib.h>

enum {
	SHIP_MORE = 60, /* what a ship that leaves no word over comes to more than a firm, at most: see score.def */
	SEARCHES_MAX = 1 << 20, /* each is a few hundred looks for words at most */
	ASKED_FOR = 256,        /* words, of those that are like one */
	SMALL_MIN = 3,          /* letters of a title, a particle or a form that a word may be taken for */
};

/* A part that can agree with words that are not listed as alike. */
static bool
is_loose(const struct cs_roll_seeking *s, const struct cs_roll_part *part)
{
	const struct cs_term *term = part->term;
	bool letters = s->query->kind == CS_NAME_PERSON && term->len == 2 && !(term->letters & CS_LIKENESS_VOWELS);
	return part->class == CS_NAME_INITIAL || term->len == 1 || letters;
}

static void
add_code(struct cs_roll_seeking *s, struct cs_roll_part *part, uint32_t key)
{
	uint32_t feature;
	if (!cs_roll_code_feature(s->roll, key, &feature))
		return;
	part->code[part->code_n++] = feature;
	part->code_mass += s->roll->posting_at[feature + 1] - s->roll->posting_at[feature];
}

/* Asks for what is alike: it may have been found long ago. */
static void
ask_for(const struct cs_roll_alike *alike)
{
	unsigned n = alike->at[CS_ROLL_TIERS_ALL] < ASKED_FOR ? alike->at[CS_ROLL_TIERS_ALL] : ASKED_FOR;
	for (unsigned k = 0; k < n; k += 64 / sizeof *alike->near)
		cs_prefetch(&alike->near[k]);
}

static void
begin_part(struct cs_roll_seeking *s, unsigned i, unsigned code)
{
	struct cs_roll_part *part = &s->ask->part[i];
	const struct cs_term *term = part->term;
	cs_roll_alike_to(s->roll, s->desk, term, &part->alike);
	ask_for(&part->alike);
	s->ask->truncated |= part->alike.cut;
	part->small = part->alike.small;
	part->low = part->alike.best[CS_ROLL_SAME] ? CS_ROLL_LOW_MOST : CS_ROLL_LOW_STRANGE;
	if (is_loose(s, part)) {
		s->ask->loose_n++;
		s->ask->loose_letters |= term->letters;
		part->free = part->loose = true;
	}
	if (part->class == CS_NAME_PLACE || part->class == CS_NAME_TRADE || part->class == CS_NAME_NUMBER)
		add_code(s, part, cs_roll_code_key(part->class, code));
	if (s->query->kind == CS_NAME_ORGANISATION && term->len >= 3 && term->len <= 6)
		add_code(s, part, cs_roll_letters_key(term->text, term->len));
	if (part->class == CS_NAME_PROPER && part->code_n)
		s->lettered |= UINT32_C(1) << i;
}

static void
begin_parts(struct cs_roll_seeking *s)
{
	unsigned n = 0;
	for (unsigned i = 0; i < s->query->part_n; i++)
		cs_roll_kept_ask(s->desk, &s->query->token[s->query->part[i].token]);
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

/* What agreeing with a part by words of a tier that are so alike costs and comes to. */
struct price {
	uint16_t cost, agrees;
};

static void
mark(struct cs_roll_mark *mark, uint32_t set, struct price price)
{
	if (!mark->set) {
		*mark = (struct cs_roll_mark){set, price.cost, price.agrees};
		return;
	}
	mark->set |= set;
	mark->cost = price.cost < mark->cost ? price.cost : mark->cost;
	mark->agrees = price.agrees < mark->agrees ? price.agrees : mark->agrees;
}

static struct price
price_of(const struct cs_roll_ask *ask, const struct cs_roll_part *part, const struct cs_roll_near *near)
{
	unsigned cost = (unsigned)cs_roll_price_of(ask, part, near->tier, near->permille);
	return (struct price){.cost = (uint16_t)(cost < UINT16_MAX ? cost : UINT16_MAX),
			      .agrees = (uint16_t)cs_roll_agrees_by(part, near->tier, near->permille)};
}

/* The note of the part that SET is, or of others. */
static uint8_t
note_of_set(uint32_t set)
{
	return !set || set & (set - 1) ? CS_ROLL_NOTE_OTHERS : cs_roll_note_of((unsigned)__builtin_ctz(set));
}

/* Asks for a mark; or, for what lies behind a list, for anything: a number, since it may be that of a form. */
static inline void
ask_for_mark(const struct cs_roll_desk *desk, uint32_t feature)
{
	cs_prefetch((const void *)((uintptr_t)desk->mark + feature * sizeof *desk->mark));
}

/* Marks N words, which agree with parts at one price. */
static void
mark_some(struct cs_roll_seeking *s, const struct cs_roll_near *near, unsigned n, uint32_t set, struct price price)
{
	const uint8_t note = note_of_set(set);
	for (unsigned k = 0; k < n; k++) {
		ask_for_mark(s->desk, near[k + CS_ROLL_NEARS_AHEAD].feature);
		if (near[k].form)
			continue;
		mark(&s->desk->mark[near[k].feature], set, price);
		s->desk->noted[cs_roll_tag(near[k].feature)] |= note;
	}
}

/* Marks the words of one list: of one tier those that are as alike lie together, mostly. */
static void
mark_alike(struct cs_roll_seeking *s, const struct cs_roll_alike *alike, const struct cs_roll_part *part, uint32_t set)
{
	const struct cs_roll_near *near = alike->near;
	unsigned n = alike->at[CS_ROLL_TIERS_ALL], pieces = alike->at[CS_ROLL_PIECE];
	for (unsigned k = 0, to; k < n; k = to) {
		const bool is_same = near[k].tier == CS_ROLL_SAME && near[k].permille == 1000;
		struct price price = {0, 0};
		for (to = k + 1; to < n && near[to].permille == near[k].permille && near[to].tier == near[k].tier;)
			to++;
		if (part && k < pieces && !part->code_n)
			price = price_of(s->ask, part, &near[k]);
		else if (part && part->code_n &&
			 is_same) /* it stands there as it is, not as another word for the same */
			price.cost = (uint16_t)part->more;
		mark_some(s, near + k, to - k, set, price);
	}
}

static void
mark_all(struct cs_roll_seeking *s)
{
	for (unsigned i = 0; i < s->ask->part_n; i++) {
		const struct cs_roll_part *part = &s->ask->part[i];
		mark_alike(s, &part->alike, part, UINT32_C(1) << i);
		for (unsigned c = 0; c < part->code_n; c++) {
			mark(&s->desk->mark[part->code[c]], UINT32_C(1) << i, (struct price){0, 0});
			s->desk->noted[cs_roll_tag(part->code[c])] |= cs_roll_note_of(i);
		}
	}
	for (unsigned i = 0; i < s->small_n; i++)
		mark_alike(s, &s->small[i], NULL, s->forgiven);
	for (unsigned i = 0; i < s->runs.n; i++) {
		if (s->runs.near[i].form)
			continue;
		mark(&s->desk->mark[s->runs.near[i].feature], s->runs.set[i], (struct price){0, 0});
		s->desk->noted[cs_roll_tag(s->runs.near[i].feature)] |= CS_ROLL_NOTE_OTHERS;
	}
}

/* Takes a mark away, and its note. */
static inline void
unmark(struct cs_roll_desk *desk, uint32_t feature)
{
	desk->mark[feature] = (struct cs_roll_mark){0, 0, 0};
	desk->noted[cs_roll_tag(feature)] = 0;
}

/* Takes the marks of one list away. */
static void
clear_alike(struct cs_roll_seeking *s, const struct cs_roll_alike *alike)
{
	for (unsigned k = 0; k < alike->at[CS_ROLL_TIERS_ALL]; k++)
		if (!alike->near[k].form)
			unmark(s->desk, alike->near[k].feature);
}

static void
clear_all(struct cs_roll_seeking *s)
{
	for (unsigned i = 0; i < s->ask->part_n; i++) {
		const struct cs_roll_part *part = &s->ask->part[i];
		clear_alike(s, &part->alike);
		for (unsigned c = 0; c < part->code_n; c++)
			unmark(s->desk, part->code[c]);
	}
	for (unsigned i = 0; i < s->small_n; i++)
		clear_alike(s, &s->small[i]);
	for (unsigned i = 0; i < s->runs.n; i++)
		if (!s->runs.near[i].form)
			unmark(s->desk, s->runs.near[i].feature);
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
try_all(struct cs_roll_seeking *s)
{
	struct cs_roll_look *look = s->looks.at;
	if (s->looks.n > 1)
		qsort(look, s->looks.n, sizeof *look, order_of_looks);
	cs_roll_try_all(s->roll, s->desk, look, s->looks.n);
}

static void
begin_search(const struct cs_roll *roll, struct cs_roll_desk *desk)
{
	if (desk->search++ < SEARCHES_MAX)
		return;
	/* the counts would come round */
	memset(desk->seen, 0, roll->form_n * sizeof *desk->seen);
	memset(desk->known, 0, roll->word_n * sizeof *desk->known);
	memset(desk->bounds->table, 0, sizeof desk->bounds->table);
	desk->search = 1, desk->part = 0;
}

/* Finds what is alike for the name that lies on the desk. */
static void
begin_seeking(struct cs_roll_seeking *s, const struct cs_roll *roll, struct cs_roll_desk *desk)
{
	s->roll = roll, s->desk = desk, s->query = &desk->query.name, s->ask = desk->bounds;
	s->small_n = 0, s->lettered = 0;
	begin_search(roll, desk);
	s->ask->search = desk->search;
	cs_roll_ask_begin(s->query, desk->ask->facts, desk->line, s->ask);
	begin_parts(s);
	cs_roll_ask_weigh(s->ask);
	cs_roll_meet_begin(s);
	cs_roll_find_runs(roll, desk, s->ask, &s->runs);
}

/* Plans for forms of the query's kind; and, where these may reach the line, for those of another kind that leave no word over. */
static void
plan(struct cs_roll_seeking *s)
{
	unsigned kind = s->ask->kind;
	int32_t need = s->ask->need;
	cs_roll_plan(s->ask, false);
	if (kind || !s->others[CS_ROLL_KIND_WHOLE])
		return;
	cs_roll_ask_turn(s->ask, 1);
	s->ask->need -= cs_roll_cost_of_kind(1, CS_ROLL_KIND_WHOLE) + SHIP_MORE;
	cs_roll_plan(s->ask, !s->others[CS_ROLL_KIND_GUESSED]);
	s->ask->need = need;
	cs_roll_ask_turn(s->ask, kind);
}

void
cs_roll_seek(const struct cs_roll *roll, struct cs_roll_desk *desk)
{
	struct cs_roll_seeking s;
	begin_seeking(&s, roll, desk);
	plan(&s);
	mark_all(&s);
	cs_roll_meet_all(&s);
	clear_all(&s);
	desk->answer->cut |= s.ask->truncated;
	try_all(&s);
}
