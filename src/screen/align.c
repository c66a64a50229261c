/*
 * See align.h. Words that are surely the same first, then words written together or apart, then misspelled ones.
 */
#include "screen/align.h"

enum {
	SAME = 940, /* of a thousand: equal, or it sounds the same */
	TRADE_SAME = 900,
	ACRONYM_MIN = 3,
	PERMILLE_ACRONYM = 800,
	LETTER_WEIGHT = 25,
};

static const struct cs_term *
token_of(const struct cs_name *name, unsigned part)
{
	return &name->token[name->part[part].token];
}

static bool
identifies(const struct cs_name_part *part)
{
	return part->class <= CS_NAME_TRADE;
}

/* Forms, kin, titles and particles identify little; they are paired by what they are in score.c. */
static struct cs_term_likeness
likeness_of(const struct cs_name *a, unsigned i, const struct cs_name *b, unsigned j)
{
	const struct cs_name_part *p = &a->part[i], *q = &b->part[j];
	struct cs_term_likeness none = {0, CS_TERM_OTHER, 0}, same = {1000, CS_TERM_EQUAL, 0};
	if (p->class == CS_NAME_NUMBER || q->class == CS_NAME_NUMBER) {
		if (p->class == q->class)
			return p->code == q->code ? same : none;
		return token_of(a, i)->hash == token_of(b, j)->hash ? same : none;
	}
	bool coded = p->class == q->class && (p->class == CS_NAME_PLACE || p->class == CS_NAME_TRADE);
	if (coded && p->code == q->code) {
		bool equal = token_of(a, i)->hash == token_of(b, j)->hash;
		return equal ? same : (struct cs_term_likeness){TRADE_SAME, CS_TERM_FAMILY, 0};
	}
	struct cs_term_likeness likeness = cs_term_compare(token_of(a, i), token_of(b, j), 1);
	bool person = a->kind == CS_NAME_PERSON && b->kind == CS_NAME_PERSON;
	bool chinese = token_of(a, i)->syllables && token_of(b, j)->syllables;
	bool known = p->class == CS_NAME_TRADE || q->class == CS_NAME_TRADE || p->weight <= CS_ALIGN_KNOWN ||
		     q->weight <= CS_ALIGN_KNOWN;
	if (likeness.relation == CS_TERM_SHORTENED && ((!person && !known) || chinese))
		return none; /* firms shorten words, not their names; a syllable of Chinese is a word */
	/* Two words that are both known are rarely a misspelling of each other. */
	if (coded && likeness.relation == CS_TERM_EDIT)
		return none;
	return likeness;
}

void
cs_align_put(struct cs_align *out, const struct cs_align_match *match)
{
	if (out->match_n < CS_ALIGN_MATCHES_MAX)
		out->match[out->match_n++] = *match;
	out->a_left &= ~(((UINT32_C(1) << match->a_n) - 1) << match->a);
	out->b_left &= ~(((UINT32_C(1) << match->b_n) - 1) << match->b);
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Consonants alone say less than a word. */
static unsigned
weight_most(const struct cs_align *align, unsigned i, unsigned j, unsigned relation)
{
	if (relation != CS_TERM_BONES)
		return UINT16_MAX;
	const struct cs_term *a = token_of(align->a, i), *b = token_of(align->b, j);
	unsigned spelled = cs_term_is_spelled(a, b) ? CS_LIKENESS_SPELLED_MORE : 0;
	return CS_LIKENESS_BONE_WEIGHT * (least(a->bones_len, b->bones_len) + spelled);
}

enum { PART_BITS = 5, PART_MASK = CS_NAME_PARTS_MAX - 1 };
_Static_assert(CS_NAME_PARTS_MAX == 1 << PART_BITS, "parts are numbered in so many bits");

/* Less alike words come later; among equals those that stand farther apart, then those that stand later. */
static void
put_pair(struct cs_align_pairs *pairs, unsigned i, unsigned j, struct cs_term_likeness like)
{
	unsigned apart = i > j ? i - j : j - i;
	pairs->like[i][j] = like;
	pairs->a_alike |= UINT32_C(1) << i;
	pairs->b_alike |= UINT32_C(1) << j;
	pairs->order[pairs->n++] = ((1000u - like.permille) << PART_BITS | apart) << 2 * PART_BITS | i << PART_BITS | j;
}

/* By Shell's way: few pairs are alike of most names, but a thousand of some. */
static void
sort_pairs(struct cs_align_pairs *pairs)
{
	static const uint16_t gaps[] = {301, 132, 57, 23, 10, 4, 1};
	uint32_t *order = pairs->order;
	for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
		for (unsigned i = gaps[g]; i < pairs->n; i++) {
			uint32_t value = order[i];
			unsigned at = i;
			for (; at >= gaps[g] && order[at - gaps[g]] > value; at -= gaps[g])
				order[at] = order[at - gaps[g]];
			order[at] = value;
		}
}

/* Are two parts prefixes of ships that are not the same? Then one is no misspelling of the other. */
static bool
are_other_prefixes(const struct cs_align *align, unsigned i, unsigned j)
{
	return align->a->part[i].marks & align->b->part[j].marks & CS_NAME_SHIP &&
	       token_of(align->a, i)->hash != token_of(align->b, j)->hash;
}

static void
find_pairs(const struct cs_align *align, struct cs_align_pairs *pairs)
{
	pairs->n = pairs->at = 0;
	pairs->a_alike = pairs->b_alike = 0;
	pairs->measured = false;
	for (uint32_t left = align->a_left; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctz(left);
		for (uint32_t right = align->b_left; right; right &= right - 1) {
			unsigned j = (unsigned)__builtin_ctz(right);
			struct cs_term_likeness like = likeness_of(align->a, i, align->b, j);
			if (like.permille && !are_other_prefixes(align, i, j))
				put_pair(pairs, i, j, like);
		}
	}
}

/* Matches single words that are at least so alike, best first; among equals those that stand nearest. */
static void
match_words(struct cs_align *out, struct cs_align_pairs *pairs, unsigned limit)
{
	for (; pairs->at < pairs->n; pairs->at++) {
		unsigned i = pairs->order[pairs->at] >> PART_BITS & PART_MASK, j = pairs->order[pairs->at] & PART_MASK;
		struct cs_term_likeness like = pairs->like[i][j];
		if (like.permille < limit)
			return;
		if (!(out->a_left >> i & 1) || !(out->b_left >> j & 1))
			continue;
		unsigned weight = least(out->a->part[i].weight, out->b->part[j].weight);
		struct cs_align_match match = {.a = (uint8_t)i, .a_n = 1, .b = (uint8_t)j, .b_n = 1, .likeness = like};
		match.relation = CS_ALIGN_WORD;
		match.weight = (uint16_t)least(weight, weight_most(out, i, j, like.relation));
		cs_align_put(out, &match);
	}
}

/* May part AT of ONE be the first letters of parts of OTHER? */
static bool
may_be_letters(const struct cs_name *one, unsigned at, const struct cs_name *other)
{
	const struct cs_term *token = token_of(one, at);
	bool persons = one->kind == CS_NAME_PERSON && other->kind == CS_NAME_PERSON;
	bool firms = one->kind == CS_NAME_ORGANISATION && other->kind == CS_NAME_ORGANISATION;
	bool latin = token->script == CS_FOLD_LATIN && one->part[at].class == CS_NAME_PROPER;
	bool mute = (token->letters & CS_LIKENESS_VOWELS) == 0;
	return latin && token->len <= CS_LIKENESS_ACRONYM_LETTERS &&
	       (persons ? mute && token->len == 2 : firms && token->len >= ACRONYM_MIN);
}

bool
cs_align_may_be_letters(const struct cs_name *one, const struct cs_name *other)
{
	for (unsigned i = 0; i < one->part_n; i++)
		if (may_be_letters(one, i, other))
			return true;
	return false;
}

/* Is part AT of ONE the first letters of parts of OTHER that stand side by side? */
static void
match_acronym(struct cs_align *out, unsigned at, bool swapped)
{
	const struct cs_name *one = swapped ? out->b : out->a, *other = swapped ? out->a : out->b;
	uint32_t left = swapped ? out->a_left : out->b_left;
	const struct cs_term *token = token_of(one, at);
	bool persons = one->kind == CS_NAME_PERSON && other->kind == CS_NAME_PERSON;
	if (!may_be_letters(one, at, other))
		return;
	unsigned found = 0, first = 0, last = 0;
	for (unsigned j = 0; j < other->part_n && found < token->len; j++) {
		if (!identifies(&other->part[j]) && other->part[j].class != CS_NAME_FORM)
			continue;
		bool fits = left >> j & 1 && token_of(other, j)->text[0] == token->text[found] &&
			    token_of(other, j)->len > 1;
		if (fits && found == 0)
			first = j;
		if (fits)
			found++, last = j;
		else
			found = 0;
	}
	uint32_t rest = left & ~(((UINT32_C(2) << last) - 1) & ~((UINT32_C(1) << first) - 1));
	if (found < token->len || (!persons && rest) || (persons && out->match_n == 0))
		return; /* the letters of a firm stand for all of its name; a person has a name beside them */
	unsigned n = last - first + 1, weight = least(one->part[at].weight, cs_align_weight(other, first, n));
	weight = least(weight, LETTER_WEIGHT * token->len);
	struct cs_align_match match = {.a = (uint8_t)at, .a_n = 1, .b = (uint8_t)first, .b_n = (uint8_t)n};
	if (swapped)
		match = (struct cs_align_match){.a = match.b, .a_n = match.b_n, .b = match.a, .b_n = 1};
	match.relation = CS_ALIGN_ACRONYM;
	match.likeness = (struct cs_term_likeness){PERMILLE_ACRONYM, CS_TERM_SHORTENED, 0};
	match.weight = (uint16_t)weight;
	cs_align_put(out, &match);
}

static void
match_acronyms(struct cs_align *out)
{
	for (unsigned i = 0; i < out->a->part_n; i++)
		if (out->a_left >> i & 1)
			match_acronym(out, i, false);
	for (unsigned j = 0; j < out->b->part_n; j++)
		if (out->b_left >> j & 1)
			match_acronym(out, j, true);
}

static uint32_t
identifying(const struct cs_name *name)
{
	uint32_t set = 0;
	for (unsigned i = 0; i < name->part_n; i++)
		if (identifies(&name->part[i]))
			set |= UINT32_C(1) << i;
	return set;
}

bool
cs_align_is_small(const struct cs_name *name, unsigned at, const struct cs_name *other)
{
	for (unsigned j = 0; j < other->part_n; j++) {
		if (identifies(&other->part[j]) || token_of(other, j)->len < 3)
			continue;
		if (cs_term_compare(token_of(name, at), token_of(other, j), CS_LIKENESS_SMALL).permille)
			return true;
	}
	return false;
}

/* A word that is left over and is written like a particle, a title or a form of the other name is no news. */
static void
forgive_small_words(const struct cs_name *name, const struct cs_name *other, uint32_t *left)
{
	for (uint32_t set = *left; set; set &= set - 1)
		if (cs_align_is_small(name, (unsigned)__builtin_ctz(set), other))
			*left &= ~(set & -set);
}

/* The parts of a set that may be a ship's prefix. */
static uint32_t
prefixes_of(const struct cs_name *name, uint32_t set)
{
	uint32_t out = 0;
	for (; set; set &= set - 1)
		if (name->part[__builtin_ctz(set)].marks & CS_NAME_SHIP)
			out |= set & -set;
	return out;
}

/* What may be a ship's prefix says nothing new of a ship; nor where nobody says what either is, and all the rest agrees. */
static void
forgive_prefixes(struct cs_align *out)
{
	uint32_t a = prefixes_of(out->a, out->a_left), b = prefixes_of(out->b, out->b_left);
	bool whole =
		out->a->guessed && out->b->guessed && out->match_n > 1 && !(out->a_left & ~a) && !(out->b_left & ~b);
	if (whole || out->b->kind == CS_NAME_VESSEL)
		out->a_left &= ~a;
	if (whole || out->a->kind == CS_NAME_VESSEL)
		out->b_left &= ~b;
}

bool
cs_align_single_bone(const struct cs_term *a, const struct cs_term *b)
{
	return a->bones_len == 1 && b->bones_len == 1 && a->bones[0] == b->bones[0] &&
	       (a->script == CS_FOLD_LATIN) != (b->script == CS_FOLD_LATIN) &&
	       (a->script == CS_FOLD_ARABIC || b->script == CS_FOLD_ARABIC || a->script == CS_FOLD_HEBREW ||
		b->script == CS_FOLD_HEBREW);
}

/* Words of a single consonant, one of them in Arabic or Hebrew: enough to confirm, beside words that agree, not to find. */
static void
match_single_bones(struct cs_align *out)
{
	for (uint32_t left = out->a_left; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctz(left);
		for (uint32_t right = out->b_left; right; right &= right - 1) {
			unsigned j = (unsigned)__builtin_ctz(right);
			if (!cs_align_single_bone(token_of(out->a, i), token_of(out->b, j)))
				continue;
			struct cs_align_match match = {.a = (uint8_t)i, .a_n = 1, .b = (uint8_t)j, .b_n = 1};
			match.likeness = (struct cs_term_likeness){CS_LIKENESS_BONES, CS_TERM_BONES, 0};
			match.weight = CS_LIKENESS_BONE_WEIGHT;
			cs_align_put(out, &match);
			break;
		}
	}
}

bool
cs_align_stands_second(const struct cs_name *a, const struct cs_name *b)
{
	if (a->part_n != b->part_n)
		return a->part_n > b->part_n;
	for (unsigned i = 0; i < a->part_n; i++) {
		uint32_t one = token_of(a, i)->hash, two = token_of(b, i)->hash;
		if (one != two)
			return one > two;
	}
	return false;
}

void
cs_align_begin(const struct cs_name *a, const struct cs_name *b, struct cs_align *out, struct cs_align_pairs *pairs)
{
	out->a = a;
	out->b = b;
	out->match_n = 0;
	out->a_left = identifying(a);
	out->b_left = identifying(b);
	find_pairs(out, pairs);
}

const struct cs_align_runs *
cs_align_runs_of(const struct cs_align *align, struct cs_align_pairs *pairs)
{
	if (!pairs->measured)
		cs_align_runs_measure(&pairs->runs, align->a, align->b);
	pairs->measured = true;
	return &pairs->runs;
}

void
cs_align_end(struct cs_align *out, struct cs_align_pairs *pairs)
{
	sort_pairs(pairs);
	match_words(out, pairs, SAME);
	const struct cs_align_runs *runs = out->a_left && out->b_left ? cs_align_runs_of(out, pairs) : NULL;
	if (runs)
		cs_align_moved_spaces(out, runs);
	match_words(out, pairs, CS_LIKENESS_SURE);
	if (runs)
		cs_align_glued(out, runs);
	match_words(out, pairs, 1);
	if (out->a_left && out->b_left && out->match_n > 0)
		match_single_bones(out);
	if (out->a_left && out->b_left)
		match_acronyms(out);
	forgive_small_words(out->a, out->b, &out->a_left);
	forgive_small_words(out->b, out->a, &out->b_left);
	forgive_prefixes(out);
}
