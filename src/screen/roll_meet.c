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
	s->low_parts = 0, s->doubt_n = 0;
	for (unsigned how = 0; how < CS_ROLL_OTHERS; how++)
		s->others[how] = false;
	for (unsigned kind = CS_NAME_PERSON; kind <= CS_NAME_VESSEL; kind++) {
		unsigned column = column_with(s, kind);
		int32_t most = cs_roll_all_agree(s->ask, column);
		for (unsigned how = 0; how < CS_ROLL_OTHERS; how++)
			s->others[how] |=
				kind != s->query->kind && most + cs_roll_cost_of_kind(column, how) >= s->ask->need;
	}
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
	bool left = !sight->apart && sight->n - sight->marked > sight->codes;
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

/* What it costs at least that a form has fewer words that are like parts than parts that they are like: a word agrees with one part only,
 * unless that is written together with others. */
static int32_t
cost_of_lacking(const struct cs_roll_seeking *s, const struct sight *sight)
{
	const struct cs_roll_ask *ask = s->ask;
	uint32_t set = sight->set & ask->all;
	unsigned words = sight->marked + sight->codes, parts = cs_term_bits(set);
	if (parts <= words || sight->apart || set & ask->runs || ask->loose_n || ask->truncated)
		return 0;
	int32_t least_lost = INT32_MAX, least_lacked = INT32_MAX;
	for (uint32_t left = set; left; left &= left - 1) {
		const struct cs_roll_part *part = &ask->part[__builtin_ctz(left)];
		least_lost = cs_roll_lesser(least_lost, part->lost);
		least_lacked = cs_roll_lesser(least_lacked, part->lacked);
	}
	/* what is left over costs no more than another word does: that one part is, is counted, when no others are */
	int32_t first = set == ask->all ? least_lacked : least_lost;
	return first + least_lost * (int32_t)(parts - words - 1);
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
		out->cost = twice ? 0 : sight->cost + cost_of_lacking(s, sight);
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

/* What it may come to beyond what is needed when open parts agree a little, and the form leaves REST over beside the words by which they
 * do. */
static int32_t
low_with(const struct limit *limit, unsigned rest)
{
	const struct cs_roll_limit *of = limit->of;
	if (!of || !limit->low_counts)
		return -1;
	int32_t low = of->low - limit->cost;
	if (low < 0 || rest == 0)
		return low;
	int32_t each = of->low_each - cs_roll_cost_left(limit->column, rest, of->low_agreed);
	int32_t more = cs_roll_more(of->low_other, each) - limit->cost + cs_roll_low_missed(limit->column);
	return cs_roll_lesser(low, more);
}

static struct margin
margin_of(const struct limit *limit, unsigned left)
{
	const struct cs_roll_limit *of = limit->of;
	if (!of)
		return (struct margin){-1, 0};
	struct margin out = {low_with(limit, 0), of->without - limit->cost};
	if (out.without >= 0 && left && of->left == CS_ROLL_LEFT_OTHER)
		out.without = of->other - limit->cost;
	else if (out.without >= 0 && left && of->left == CS_ROLL_LEFT_EACH)
		out.without -= cs_roll_cost_left(limit->column, left, of->agreed);
	return out;
}

/* How much a form must leave over so that it cannot reach the line by what is listed; NEVER: that does not help, or is not KNOWN. */
static unsigned
left_least(const struct limit *limit, bool known)
{
	struct margin none = margin_of(limit, 0), some = margin_of(limit, 1);
	if (none.without < 0)
		return 0;
	if (!known)
		return NEVER;
	if (limit->of && limit->of->left == CS_ROLL_LEFT_EACH)
		return cs_roll_left_for(limit->column, none.without + 1, limit->of->agreed);
	return some.without < 0 ? 1 : NEVER;
}

/* The same for forms whose open parts agree a little. */
static unsigned
rest_least(const struct limit *limit, bool known)
{
	if (low_with(limit, 0) < 0)
		return 0;
	if (!known || !limit->of || low_with(limit, 1) < 0)
		return known && limit->of ? 1 : NEVER;
	int32_t missed = cs_roll_low_missed(limit->column) - limit->cost;
	if (limit->of->low_other + missed >= 0)
		return NEVER;
	return cs_roll_left_for(limit->column, limit->of->low_each + missed + 1, limit->of->low_agreed);
}

/* How much the heaviest of its other words must weigh so that it can by one that is not. */
static unsigned
weight_least(const struct cs_roll_seeking *s, const struct limit *limit, uint32_t set)
{
	int32_t low = low_with(limit, 0);
	if (low < 0)
		return UINT8_MAX;
	return limit->column == s->ask->kind ? cs_roll_low_weight(s, set, low) : 0;
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
	if (margin.low < 0 || margin.low <= margin.without) {
		put_sight(s, form, extra, limit.column, margin.without);
		return;
	}
	struct cs_roll_doubt doubt = {.form = form, .extra = extra.set, .term = extra.term, .open = s->ask->all & ~sight.set};
	doubt.low = margin.low, doubt.without = margin.without, doubt.column = (uint8_t)limit.column;
	if (!cs_roll_low_put(s, &doubt))
		end_doubts(s);
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
	uint64_t known; /* flags for which it was found out: one bit each */
	unsigned low_n; /* open parts that may agree a little with another word */
	uint16_t left[CS_ROLL_BESIDE_FLAGS];  /* as far as nothing agrees but what is listed */
	uint16_t rest[CS_ROLL_BESIDE_FLAGS];  /* beside the words by which parts agree a little */
	uint8_t weight[CS_ROLL_BESIDE_FLAGS]; /* their heaviest other word must weigh less */
};

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
	struct sight sight = {.set = mark->set, .cost = word ? mark->cost : 0, .marked = word, .n = word + more};
	struct limit limit;
	sight.codes = !word;
	sight.begun = s->ask->loose_n && (more || twice); /* it is not known */
	if (twice)
		sight.cost = 0, sight.marked = sight.n = CS_NAME_PARTS_MAX;
	passing->left[flags] = passing->rest[flags] = 0, passing->weight[flags] = UINT8_MAX;
	if (limit_for(s, &sight, flags, &limit)) {
		passing->left[flags] = (uint16_t)left_least(&limit, !s->ask->loose_n && !twice);
		passing->rest[flags] = (uint16_t)rest_least(&limit, !s->ask->loose_n && !twice);
		passing->weight[flags] = (uint8_t)weight_least(s, &limit, sight.set);
	}
	passing->low_n = open_words(s, sight.set);
	passing->known |= UINT64_C(1) << flags;
}

static inline bool
is_passed(struct cs_roll_seeking *s, struct passing *passing, uint32_t feature, const struct cs_roll_beside *beside,
	  bool twice)
{
	unsigned flags = beside->flags;
	if (!(passing->known >> flags & 1))
		find_passing(s, passing, feature, flags, twice);
	return beside->left >= passing->left[flags] &&
	       (beside->heaviest < passing->weight[flags] ||
		beside->left >= passing->rest[flags] + passing->low_n * beside->heaviest * 2u);
}

static inline bool
is_one_noted(const uint16_t *tag, unsigned n, const uint64_t *marked)
{
	uint64_t noted = 0;
	for (unsigned i = 0; i < n; i++)
		noted |= marked[tag[i] / 64] >> (tag[i] & 63);
	return noted & 1;
}

/* Has a form something else that is MARKED, as far as that is told by tags? */
static inline bool
is_noted(const struct cs_roll *roll, const struct cs_roll_beside *beside, const uint64_t *marked)
{
	unsigned n;
	if (beside->tag[0] == CS_ROLL_MANY) {
		const uint16_t *tag = cs_roll_many_tags(roll, beside, &n);
		return is_one_noted(tag, n, marked);
	}
	return is_one_noted(beside->tag, 3, marked) || (beside->tag[3] && is_one_noted(beside->tag + 3, 3, marked));
}

/* Meets the forms of a feature, but for those that are passed by. */
static void
walk(struct cs_roll_seeking *s, struct round *round, uint32_t feature)
{
	const struct cs_roll *roll = s->roll;
	const uint64_t *marked = s->desk->marked, *others = s->desk->others;
	uint32_t from = roll->posting_at[feature], to = roll->posting_at[feature + 1];
	struct passing alone, twice;
	alone.known = twice.known = 0;
	for (uint32_t i = from; i < to; i++) {
		const struct cs_roll_beside *beside = &roll->beside[i];
		bool met;
		round->at[round->met] = i;
		if (!is_noted(roll, beside, marked))
			met = !is_passed(s, &alone, feature, beside, false);
		else
			met = is_noted(roll, beside, others) || !is_passed(s, &twice, feature, beside, true);
		round->met += met;
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

/* Notes tags of what is like a part. */
static void
note_part(uint64_t *marked, const struct cs_roll_part *part)
{
	for (unsigned k = 0; k < part->alike.at[CS_ROLL_TIERS_ALL]; k++)
		if (!part->alike.near[k].form)
			cs_roll_note(marked, cs_roll_tag(part->alike.near[k].feature));
	for (unsigned c = 0; c < part->code_n; c++)
		cs_roll_note(marked, cs_roll_tag(part->code[c]));
}

/* Notes tags of all that is like anything but part I alone. */
static void
note_others(struct cs_roll_seeking *s, unsigned i)
{
	uint64_t *others = s->desk->others;
	memset(others, 0, sizeof s->desk->others);
	for (unsigned k = 0; k < s->ask->part_n; k++)
		if (k != i)
			note_part(others, &s->ask->part[k]);
	for (unsigned k = 0; k < s->small_n; k++)
		for (unsigned n = 0; n < s->small[k].at[CS_ROLL_TIERS_ALL]; n++)
			if (!s->small[k].near[n].form)
				cs_roll_note(others, cs_roll_tag(s->small[k].near[n].feature));
	for (unsigned k = 0; k < s->runs.n; k++)
		if (!s->runs.near[k].form)
			cs_roll_note(others, cs_roll_tag(s->runs.near[k].feature));
}

static void
walk_part(struct cs_roll_seeking *s, struct round *round, unsigned i)
{
	const struct cs_roll_part *part = &s->ask->part[i];
	if (!part->walked)
		return;
	walk_waiting(s, round);
	note_others(s, i);
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
	met.n = cs_roll_features_of(s->roll, sight->form, met.feature);
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
	struct round round;
	round.n = round.met = 0;
	memcpy(s->desk->others, s->desk->marked, sizeof s->desk->others);
	for (unsigned i = 0; i < s->runs.n; i++)
		see_near(s, &round, &s->runs.near[i],
			 (struct extra){s->runs.set[i], (uint8_t)(CS_NAME_PARTS_MAX + s->runs.term[i])});
	for (unsigned i = 0; i < n; i++)
		walk_part(s, &round, i);
	walk_waiting(s, &round);
	meet_waiting(s, &round);
	end_doubts(s);
	for (unsigned i = 0; i < s->sights.n; i++)
		look_at(s, &s->sights.at[i]);
}
