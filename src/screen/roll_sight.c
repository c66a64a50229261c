/*
 * What a form can come to at most, told from its marks alone: which of its words are like words of the query, and what the others weigh. See
 * roll_meet.c and roll_bound.c.
 */
#include "screen/roll_sight.h"

enum { NEVER = CS_ROLL_NEVER };

int32_t
cs_roll_cost_of_kind(unsigned column, enum cs_roll_other how)
{
	static const int32_t amount[CS_ROLL_OTHERS] = {[CS_ROLL_KIND_WHOLE] = CS_SCORE_KIND_WHOLE,
						       [CS_ROLL_KIND_GUESSED] = CS_SCORE_KIND_GUESSED,
						       [CS_ROLL_KIND_SAID] = 1000};
	return cs_score_weights[CS_SCORE_OTHER_KIND][column] * amount[how] / 1000;
}

/* The column of weights for the query and forms of KIND, as in score_parts.h. */
unsigned
cs_roll_column_with(const struct cs_roll_seeking *s, unsigned kind)
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
		unsigned column = cs_roll_column_with(s, kind);
		int32_t most = cs_roll_all_agree(s->ask, column);
		for (unsigned how = 0; how < CS_ROLL_OTHERS; how++)
			s->others[how] |=
				kind != s->query->kind && most + cs_roll_cost_of_kind(column, how) >= s->ask->need;
	}
}

static inline void
sight_feature(const struct cs_roll_seeking *s, struct cs_roll_sight *sight, uint32_t feature, uint8_t weight)
{
	static const struct cs_roll_mark none;
	const unsigned tag = cs_roll_tag(feature); /* what is not marked mostly need not be read for that */
	const struct cs_roll_mark *mark = s->desk->noted[tag] ? &s->desk->mark[feature] : &none;
	if (feature >= s->roll->word_n) { /* the word stands beside it */
		sight->set |= mark->set;
		sight->codes += mark->set != 0;
		sight->initials |= (mark->set & s->lettered) != 0;
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
struct cs_roll_sight
cs_roll_see(const struct cs_roll_seeking *s, const struct cs_roll_brief *brief, uint32_t extra)
{
	struct cs_roll_sight sight = {.set = extra, .apart = extra != 0};
	unsigned here = brief->n > CS_ROLL_BRIEF_MAX ? CS_ROLL_BRIEF_MAX - 1 : brief->n;
	for (unsigned i = 0; i < here; i++)
		sight_feature(s, &sight, brief->feature[i], brief->weight[i]);
	for (unsigned i = here; i < brief->n; i++) {
		const struct cs_roll_feature *rest = s->roll->rest + brief->feature[CS_ROLL_BRIEF_MAX - 1] + (i - here);
		sight_feature(s, &sight, rest->feature, rest->weight);
	}
	if (extra || sight.initials) /* what it leaves over is not known yet */
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
enum cs_roll_other
cs_roll_kind_seen(const struct cs_roll_seeking *s, const struct cs_roll_sight *sight, unsigned flags)
{
	if (s->said && flags & CS_ROLL_SAID)
		return CS_ROLL_KIND_SAID;
	unsigned forgiven = sight->codes + (flags & CS_ROLL_SHIP ? CS_NAME_SHIP_WORDS : 0);
	bool left = !sight->apart && !sight->begun && sight->n - sight->marked > forgiven;
	return left || leaves_parts(s, sight->set) ? CS_ROLL_KIND_GUESSED : CS_ROLL_KIND_WHOLE;
}

/* Does it have more words that are like the query's than parts that these are like? */
static bool
is_twice(const struct cs_roll_seeking *s, const struct cs_roll_sight *sight)
{
	unsigned parts = 0;
	for (uint32_t set = sight->set & s->ask->all; set; set &= set - 1)
		parts++;
	return sight->marked > parts;
}

/* What it costs at least that a form has fewer words that are like parts than parts that they are like: a word agrees with one part only,
 * unless that is written together with others. */
static int32_t
cost_of_lacking(const struct cs_roll_seeking *s, const struct cs_roll_sight *sight)
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

/* Finds the limit for a form that is seen so. FLAGS of its brief. False: it cannot reach the line. */
bool
cs_roll_within_of(struct cs_roll_seeking *s, const struct cs_roll_sight *sight, unsigned flags,
		  struct cs_roll_within *out)
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
	enum cs_roll_other how = cs_roll_kind_seen(s, sight, flags);
	if (!s->others[how])
		return false;
	out->column = cs_roll_column_with(s, kind);
	out->of = s->in_tables ? cs_roll_limit_by(s->ask, out->column, sight->set, flags) : NULL;
	out->cost = -cs_roll_cost_of_kind(out->column, how); /* its words may cost less by these weights */
	out->cost += sight->begun ? 0 : (int32_t)s->ask->loose_n * cs_roll_loose_value(out->column);
	out->low_counts = true;
	return true;
}

/* What it may come to beyond what is needed when open parts agree a little, and the form leaves REST over beside the words by which they
 * do. */
static int32_t
low_with(const struct cs_roll_within *limit, unsigned rest)
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

struct cs_roll_margin
cs_roll_margin_of(const struct cs_roll_within *limit, unsigned left)
{
	const struct cs_roll_limit *of = limit->of;
	if (!of)
		return (struct cs_roll_margin){-1, 0};
	struct cs_roll_margin out = {low_with(limit, 0), of->without - limit->cost};
	if (out.without >= 0 && left && of->left == CS_ROLL_LEFT_OTHER)
		out.without = of->other - limit->cost;
	else if (out.without >= 0 && left && of->left == CS_ROLL_LEFT_EACH)
		out.without -= cs_roll_cost_left(limit->column, left, of->agreed);
	return out;
}

/* How much a form must leave over so that it cannot reach the line by what is listed; NEVER: that does not help, or is not KNOWN. */
unsigned
cs_roll_left_least(const struct cs_roll_within *limit, bool known)
{
	struct cs_roll_margin none = cs_roll_margin_of(limit, 0), some = cs_roll_margin_of(limit, 1);
	if (none.without < 0)
		return 0;
	if (!known)
		return NEVER;
	if (limit->of && limit->of->left == CS_ROLL_LEFT_EACH)
		return cs_roll_left_for(limit->column, none.without + 1, limit->of->agreed);
	return some.without < 0 ? 1 : NEVER;
}

/* The same for forms whose open parts agree a little. */
unsigned
cs_roll_rest_least(const struct cs_roll_within *limit, bool known)
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
unsigned
cs_roll_weight_least(const struct cs_roll_seeking *s, const struct cs_roll_within *limit, uint32_t set)
{
	int32_t low = low_with(limit, 0);
	if (low < 0)
		return UINT8_MAX;
	return limit->column == s->ask->kind ? cs_roll_low_weight(s, set, low) : 0;
}
