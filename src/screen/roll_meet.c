/*
 * Meeting forms, and looking closer at some: see roll_parts.h and roll_seek.c.
 *
 * A form is met in three steps, each of which few get through. Beside its number in the postings stands what else it has (cs_roll_beside): when
 * nothing of that is marked and too much would be left over, it is passed by without a look at it. What its marks come to is told from its
 * brief, half a cache line. What is left is bounded from how alike its words are (roll_bound.c).
 */
#include "base/prefetch.h"
#include "screen/roll_sight.h"

enum {
	MET = 32, /* forms, and features, that are asked for in one go */
	WALKS = 32,
	BESIDE_A_LINE = 4,
	BESIDE_AHEAD = 16,
	PASSINGS = 16,   /* marks for which it is known what may be passed by */
	AHEAD = 8,       /* forms on their way from memory */
	NAMES_MOST = 64, /* names of a form whose facts are looked at */
};

/* Parts that a form has written apart, and what it has: a part, or from CS_NAME_PARTS_MAX on words of the query together. */
struct extra {
	uint32_t set;
	uint8_t term;
};

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

/* What the facts that are known of a form add beyond what bounds take them to add: nothing at most. */
static int32_t
beyond_facts(const struct cs_roll_seeking *s, uint32_t form, unsigned column)
{
	if (!s->desk->ask->facts || s->roll->named_at[form + 1] - s->roll->named_at[form] > NAMES_MOST)
		return 0;
	return cs_roll_facts_most(s->roll, s->desk->ask, form, column) - cs_roll_ask_facts(s->ask, column);
}

/* Puts a form in that comes to MOST more than is needed, if it does. */
static void
put_sight(struct cs_roll_seeking *s, uint32_t form, struct extra extra, unsigned column, int32_t most)
{
	if (most >= 0)
		most += beyond_facts(s, form, column);
	if (most >= 0 && !put_look(&s->sights, (struct cs_roll_look){form, extra.set, most, extra.term}))
		s->desk->answer->cut = true;
}

/* Puts in what waits to be told by words that are less alike than those listed. */
static void
end_doubts(struct cs_roll_seeking *s)
{
	uint64_t met = cs_roll_low_among(s);
	for (unsigned i = 0; i < s->doubt_n; i++) {
		const struct cs_roll_doubt *doubt = &s->doubt[i];
		struct extra extra = {doubt->extra, doubt->term};
		put_sight(s, doubt->form, extra, doubt->column, met >> i & 1 ? doubt->low : doubt->without);
	}
	s->doubt_n = 0;
}

/* Meets a form: is it worth a closer look? */
static void
meet(struct cs_roll_seeking *s, const struct cs_roll_brief *brief, uint32_t form, struct extra extra)
{
	struct cs_roll_within limit;
	if ((brief->flags & CS_ROLL_KIND) != s->query->kind && !s->others[CS_ROLL_KIND_WHOLE])
		return;
	struct cs_roll_sight sight = cs_roll_see(s, brief, extra.set);
	if (!cs_roll_within_of(s, &sight, brief->flags, &limit))
		return;
	struct cs_roll_margin margin = cs_roll_margin_of(&limit, sight.left);
	if (margin.low < 0 || margin.low <= margin.without) {
		put_sight(s, form, extra, limit.column, margin.without);
		return;
	}
	struct cs_roll_doubt doubt = {
		.brief = brief, .form = form, .extra = extra.set, .term = extra.term, .open = s->ask->all & ~sight.set};
	doubt.low = margin.low, doubt.without = margin.without, doubt.column = (uint8_t)limit.column;
	if (!cs_roll_low_put(s, &doubt))
		end_doubts(s);
}

/* Forms of a feature that have nothing else which is marked: how much they must leave over to be passed by, by their flags. */
struct passing {
	uint64_t known[CS_ROLL_BESIDE_FLAGS / 64]; /* flags for which it was found out: one bit each */
	unsigned low_n;                            /* open parts that may agree a little with another word */
	uint16_t left[CS_ROLL_BESIDE_FLAGS];       /* as far as nothing agrees but what is listed */
	uint16_t rest[CS_ROLL_BESIDE_FLAGS];       /* beside the words by which parts agree a little */
	uint8_t weight[CS_ROLL_BESIDE_FLAGS];      /* their heaviest other word must weigh less */
};

/* Forms that have nothing else which is marked, and such as have more that is like the same part; of features of such marks. */
struct passings {
	uint64_t key; /* cs_roll_mark that is not 0, and whether it is a word; 0: of none */
	struct passing alone, twice;
};

/* Features whose forms are to be met, and places in the postings of forms that must be: all of them are asked for before any is read. */
struct round {
	uint32_t feature[WALKS], at[MET];
	unsigned n, met;
	struct passings passings[PASSINGS];
};

/* Meets the forms that wait for it. */
static void
meet_waiting(struct cs_roll_seeking *s, struct round *round)
{
	const struct cs_roll *roll = s->roll;
	for (unsigned i = 0; i < round->met; i++)
		meet(s, &roll->brief[round->at[i]], roll->posting[round->at[i]], (struct extra){0, 0});
	round->met = 0;
}

/* How many words of the query a form is not like that is like the parts of SET. */
static unsigned
open_words(const struct cs_roll_seeking *s, uint32_t set)
{
	unsigned n = 0;
	for (uint32_t open = s->ask->all & ~set; open; open &= open - 1)
		n += s->ask->part[__builtin_ctz(open)].class == CS_NAME_PROPER;
	return n;
}

/* Finds it out. TWICE: they have other words that are like the same part. */
static void
find_passing(struct cs_roll_seeking *s, struct passing *passing, uint32_t feature, unsigned flags, bool twice)
{
	const struct cs_roll_mark *mark = &s->desk->mark[feature];
	const bool word = feature < s->roll->word_n, more = flags & CS_ROLL_MORE;
	struct cs_roll_sight sight = {
		.set = mark->set, .cost = word ? mark->cost : 0, .marked = word, .n = word + more};
	struct cs_roll_within limit;
	sight.codes = !word;
	sight.initials = !word && mark->set & s->lettered;
	sight.begun = sight.initials || (s->ask->loose_n && (more || twice)); /* it is not known */
	const bool known = !s->ask->loose_n && !twice && !sight.initials;
	if (twice)
		sight.cost = 0, sight.marked = sight.n = CS_NAME_PARTS_MAX;
	passing->left[flags] = passing->rest[flags] = 0, passing->weight[flags] = UINT8_MAX;
	if (cs_roll_within_of(s, &sight, flags, &limit)) {
		passing->left[flags] = (uint16_t)cs_roll_left_least(&limit, known);
		passing->rest[flags] = (uint16_t)cs_roll_rest_least(&limit, known);
		passing->weight[flags] = (uint8_t)cs_roll_weight_least(s, &limit, sight.set);
	}
	passing->low_n = open_words(s, sight.set);
	passing->known[flags >> 6] |= UINT64_C(1) << (flags & 63);
}

static inline bool
is_passed(struct cs_roll_seeking *s, struct passing *passing, uint32_t feature, const struct cs_roll_beside *beside,
	  bool twice)
{
	unsigned flags = beside->flags;
	if (!(passing->known[flags >> 6] >> (flags & 63) & 1))
		find_passing(s, passing, feature, flags, twice);
	return beside->left >= passing->left[flags] &&
	       (beside->heaviest < passing->weight[flags] ||
		beside->left >= passing->rest[flags] + passing->low_n * beside->heaviest * 2u);
}

/* Notes of what else a form has, for one that has many. */
static uint8_t
notes_of_many(const struct cs_roll *roll, const struct cs_roll_beside *beside, const uint8_t *noted)
{
	unsigned n;
	uint8_t notes = 0;
	const uint16_t *tag = cs_roll_many_tags(roll, beside, &n);
	for (unsigned i = 0; i < n; i++)
		notes |= noted[tag[i]];
	return notes;
}

/* Notes of what else a form has that is marked, as far as that is told by tags. Without a branch: what comes next cannot be guessed. */
static inline uint8_t
notes_of(const struct cs_roll *roll, const struct cs_roll_beside *beside, const uint8_t *noted)
{
	const uint16_t *tag = beside->tag;
	if (tag[0] == CS_ROLL_MANY)
		return notes_of_many(roll, beside, noted);
	return noted[tag[0]] | noted[tag[1]] | noted[tag[2]] | noted[tag[3]] | noted[tag[4]] | noted[tag[5]];
}

/* Is a form of a feature to be met? */
static inline bool
is_met(struct cs_roll_seeking *s, struct passings *passing, uint32_t feature, const struct cs_roll_beside *beside)
{
	const uint8_t notes = notes_of(s->roll, beside, s->desk->noted);
	if (!notes)
		return !is_passed(s, &passing->alone, feature, beside, false);
	return notes & ~s->own || !is_passed(s, &passing->twice, feature, beside, true);
}

/* What is known of passing by the forms of a feature: it depends on its marks, which many have in common. */
static struct passings *
passings_of(const struct cs_roll_seeking *s, struct round *round, uint32_t feature)
{
	const struct cs_roll_mark *mark = &s->desk->mark[feature];
	const bool word = feature < s->roll->word_n;
	const uint64_t key = (uint64_t)mark->set << 32 | (word ? mark->cost : 0) | 1u << 16 | (uint32_t)word << 17;
	struct passings *passings = &round->passings[(mark->cost ^ mark->cost / PASSINGS ^ mark->set * 5) % PASSINGS];
	if (passings->key == key)
		return passings;
	passings->key = key;
	memset(passings->alone.known, 0, sizeof passings->alone.known);
	memset(passings->twice.known, 0, sizeof passings->twice.known);
	return passings;
}

/* Meets the forms of a feature, but for those that are passed by. */
static void
walk(struct cs_roll_seeking *s, struct round *round, uint32_t feature)
{
	const struct cs_roll *roll = s->roll;
	uint32_t from = roll->posting_at[feature], to = roll->posting_at[feature + 1];
	struct passings *passings = passings_of(s, round, feature);
	for (uint32_t i = from; i < to; i++) {
		cs_prefetch(&roll->beside[i + BESIDE_AHEAD]);
		if (!is_met(s, passings, feature, &roll->beside[i]))
			continue;
		cs_prefetch(&roll->brief[i]);
		cs_prefetch(&roll->posting[i]);
		round->at[round->met++] = i;
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
	meet(s, cs_roll_brief_of(s->roll, near->feature), near->feature, extra);
	s->desk->answer->seen_n++;
}

/* The note that what is like part I alone has. */
static uint8_t
own_of(unsigned i)
{
	return cs_roll_note_of(i) & (uint8_t)~CS_ROLL_NOTE_OTHERS;
}

static void
walk_part(struct cs_roll_seeking *s, struct round *round, unsigned i)
{
	const struct cs_roll_part *part = &s->ask->part[i];
	if (!part->walked)
		return;
	walk_waiting(s, round);
	s->own = own_of(i);
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
	unsigned kind = s->ask->kind, column = cs_roll_column_with(s, met->flags & CS_ROLL_KIND);
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
	const struct cs_roll_brief *brief = cs_roll_brief_of(s->roll, sight->form);
	unsigned term = sight->term;
	struct cs_roll_met met;
	if (s->desk->seen[sight->form] == s->desk->search)
		return;
	met.roll = s->roll, met.form = sight->form, met.flags = brief->flags, met.extra = sight->extra;
	met.extra_term = term < CS_NAME_PARTS_MAX ? s->ask->part[term].term : &s->runs.terms[term - CS_NAME_PARTS_MAX];
	met.n = cs_roll_features_of(s->roll, brief, met.feature);
	struct cs_roll_sight seen = cs_roll_see(s, brief, sight->extra);
	int32_t bound = bound_of(s, &met, cs_roll_kind_seen(s, &seen, brief->flags));
	if (bound >= s->ask->need)
		bound += beyond_facts(s, sight->form, cs_roll_column_with(s, brief->flags & CS_ROLL_KIND));
	if (bound < s->ask->need)
		return;
	s->desk->seen[sight->form] = s->desk->search;
	if (!put_look(&s->looks, (struct cs_roll_look){.form = sight->form, .bound = bound}))
		s->desk->answer->cut = true;
}

/* Looks closer at all that may reach the line. */
static void
look_closer(struct cs_roll_seeking *s)
{
	const struct cs_roll_look *sight = s->sights.at;
	const unsigned n = s->sights.n;
	for (unsigned i = 0; i < n + AHEAD; i++) {
		if (i < n) {
			cs_prefetch(&s->desk->seen[sight[i].form]);
			cs_prefetch(&s->roll->brief_at[sight[i].form]);
		}
		if (i >= AHEAD / 2 && i - AHEAD / 2 < n)
			cs_prefetch(cs_roll_brief_of(s->roll, sight[i - AHEAD / 2].form));
		if (i >= AHEAD)
			look_at(s, &sight[i - AHEAD]);
	}
}

void
cs_roll_meet_all(struct cs_roll_seeking *s)
{
	unsigned n = s->ask->part_n, cap = n > 3 ? CS_ROLL_SIGHTS * 3 / n : CS_ROLL_SIGHTS;
	s->sights = (struct cs_roll_heap){s->desk->sight, 0, cap > CS_ROLL_SIGHTS_MIN ? cap : CS_ROLL_SIGHTS_MIN};
	s->looks = (struct cs_roll_heap){s->desk->look, 0, CS_ROLL_LOOKS};
	struct round round;
	round.n = round.met = 0;
	for (unsigned i = 0; i < PASSINGS; i++)
		round.passings[i].key = 0;
	s->own = 0;
	for (unsigned i = 0; i < s->runs.n; i++)
		see_near(s, &round, &s->runs.near[i],
			 (struct extra){s->runs.set[i], (uint8_t)(CS_NAME_PARTS_MAX + s->runs.term[i])});
	for (unsigned i = 0; i < n; i++)
		walk_part(s, &round, i);
	walk_waiting(s, &round);
	meet_waiting(s, &round);
	end_doubts(s);
	look_closer(s);
}
