/*
 * See score.h: names that cannot be one are told from the rest without a score. Either no word of one is like any of the other, alone,
 * written together or as first letters; or each has a word that the other has nothing like, and what agrees besides cannot make up
 * for that.
 */
#include "screen/align.h"
#include "screen/score_parts.h"

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

uint16_t
cs_score_of(int32_t sum)
{
	int32_t size = sum < 0 ? -sum : sum, part = (int32_t)((int64_t)size * 500 / (size + CS_SCORE_HALF_SUM));
	return (uint16_t)(sum < 0 ? 500 - part : 500 + part);
}

int32_t
cs_score_least_sum(uint16_t score)
{
	const int32_t half = CS_SCORE_HALF_SUM, most = 2 * CS_SCORE_LINE;
	if (score > CS_SCORE_LINE) {
		int32_t over = score - CS_SCORE_LINE, rest = most - score;
		return rest > 0 ? (half * over + rest - 1) / rest : INT32_MAX;
	}
	int32_t under = CS_SCORE_LINE - score + 1; /* the first that is too much */
	return under < CS_SCORE_LINE ? -((half * under - 1) / (CS_SCORE_LINE - under)) : INT32_MIN / 2;
}

/* The letters of all words, and whether a script without vowels is among them. */
static uint32_t
letters_of(const struct cs_name *name, bool *unvowelled)
{
	uint32_t letters = 0;
	for (unsigned i = 0; i < name->part_n; i++) {
		letters |= token_of(name, i)->letters;
		*unvowelled |= cs_term_is_unvowelled(token_of(name, i));
	}
	return letters;
}

/* Words of A that cannot be part of a run of B, for want of letters; one bit each. */
static uint32_t
strangers_of(const struct cs_name *a, uint32_t letters)
{
	uint32_t set = 0;
	for (unsigned i = 0; i < a->part_n; i++) {
		const struct cs_name_part *part = &a->part[i];
		bool word = part->class == CS_NAME_PROPER && !(part->marks & (CS_NAME_ASIDE | CS_NAME_SHIP));
		if (word && cs_term_bits(token_of(a, i)->letters & ~letters) > CS_LIKENESS_GLUED_APART)
			set |= UINT32_C(1) << i;
	}
	return set;
}

/* May the parts be matched by themselves? */
static bool
may_match(const struct cs_name *a, unsigned i, const struct cs_name *b, unsigned j)
{
	const struct cs_name_part *p = &a->part[i], *q = &b->part[j];
	bool coded = p->class == CS_NAME_PLACE || p->class == CS_NAME_TRADE || p->class == CS_NAME_NUMBER;
	if (coded && p->class == q->class && p->code == q->code)
		return true;
	return cs_term_may_be_alike(token_of(a, i), token_of(b, j));
}

/* Parts that identify and may be matched: is there a pair? Those that may be are no strangers, nor are those which are written like a
 * title, a particle or a form of the other name. */
static bool
any_match(const struct cs_name *a, const struct cs_name *b, uint32_t strangers[2])
{
	bool any = false;
	for (unsigned i = 0; i < a->part_n; i++)
		for (unsigned j = 0; j < b->part_n; j++) {
			bool one = identifies(&a->part[i]), other = identifies(&b->part[j]);
			bool asked = one ? other || strangers[0] >> i & 1 : strangers[1] >> j & 1;
			if (!asked || !may_match(a, i, b, j))
				continue;
			any |= one && other;
			strangers[0] &= ~(UINT32_C(1) << i);
			strangers[1] &= ~(UINT32_C(1) << j);
			if (any && (!strangers[0] || !strangers[1]))
				return true;
		}
	return any;
}

/* May a word of one name be the first letters of words of the other? */
static bool
may_be_letters(const struct cs_name *name, const struct cs_name *other)
{
	uint32_t firsts = 0;
	for (unsigned j = 0; j < other->part_n; j++)
		if (identifies(&other->part[j]) && token_of(other, j)->text[0] >= 'a')
			firsts |= UINT32_C(1) << (token_of(other, j)->text[0] - 'a');
	for (unsigned i = 0; i < name->part_n; i++) {
		const struct cs_term *term = token_of(name, i);
		if (name->part[i].class == CS_NAME_PROPER && term->len >= 2 &&
		    term->len <= CS_LIKENESS_ACRONYM_LETTERS && !(term->letters & ~firsts))
			return true;
	}
	return false;
}

static bool
may_be_glued(const struct cs_name *a, const struct cs_name *b)
{
	struct cs_align_runs runs;
	cs_align_runs_measure(&runs, a, b);
	return cs_align_may_glue(&runs);
}

/* What the parts beside STRANGERS may agree by. */
static unsigned
weight_without(const struct cs_name *name, uint32_t strangers)
{
	unsigned weight = 0;
	for (unsigned i = 0; i < name->part_n; i++)
		weight += strangers >> i & 1 ? 0 : name->part[i].weight;
	return weight;
}

/* What matches may add by what they are, beside their agreement. */
static int32_t
bonus_of(const struct cs_name *name, unsigned column)
{
	int32_t bonus = 0;
	for (unsigned i = 0; i < name->part_n; i++) {
		bool proper = name->part[i].class == CS_NAME_PROPER, family = token_of(name, i)->family[0];
		int32_t weight = cs_score_weights[proper ? CS_SCORE_FAMILY : CS_SCORE_TRADE_SAME][column];
		if (weight > 0 && identifies(&name->part[i]) && (!proper || family))
			bonus += weight;
	}
	return bonus;
}

/* The most that two names can come to that have a word each which is another. */
static int32_t
most_with_others(const struct cs_name *a, const struct cs_name *b, const uint32_t strangers[2])
{
	unsigned column = cs_score_column(a, b), one = weight_without(a, strangers[0]),
		 other = weight_without(b, strangers[1]), agreed = one < other ? one : other;
	int32_t a_bonus = bonus_of(a, column), b_bonus = bonus_of(b, column);
	int32_t share = (int32_t)(agreed * 1000 / (agreed + CS_SCORE_HALF_AGREE)) + 1;
	return cs_score_weights[CS_SCORE_BASE][column] + cs_score_weights[CS_SCORE_OTHER_WORD][column] +
	       cs_score_weights[CS_SCORE_AGREE][column] * share / 1000 + (a_bonus > b_bonus ? a_bonus : b_bonus);
}

bool
cs_score_hopeless(const struct cs_name *a, const struct cs_name *b, int32_t need)
{
	bool a_unvowelled = false, b_unvowelled = false;
	uint32_t a_letters = letters_of(a, &a_unvowelled), b_letters = letters_of(b, &b_unvowelled);
	uint32_t strangers[2] = {strangers_of(a, b_letters), strangers_of(b, a_letters)};
	if (a_unvowelled || b_unvowelled) /* letters say nothing across scripts */
		strangers[0] = strangers[1] = 0;
	bool any = any_match(a, b, strangers), others = strangers[0] && strangers[1];
	if ((any && !others) || may_be_letters(a, b) || may_be_letters(b, a))
		return false;
	if (others && most_with_others(a, b, strangers) < need)
		return true;
	return !any && !may_be_glued(a, b);
}

/* Takes out of the words of two names that are like none what may be matched otherwise, or is no news: of A as first name. */
static void
take_confirmed(const struct cs_name *a, const struct cs_name *b, uint32_t strangers[2])
{
	for (uint32_t set = strangers[0]; set; set &= set - 1) {
		unsigned i = (unsigned)__builtin_ctz(set);
		bool small = cs_align_is_small(a, i, b);
		for (unsigned j = 0; j < b->part_n; j++) {
			if (!cs_align_single_bone(token_of(a, i), token_of(b, j)))
				continue;
			small = true;
			strangers[1] &= ~(UINT32_C(1) << j);
		}
		strangers[0] &= small ? ~(set & -set) : UINT32_MAX;
	}
}

/* The words of a name that are none of LIKE; one bit each. */
static uint32_t
words_beside(const struct cs_name *name, uint32_t like)
{
	uint32_t set = 0;
	for (unsigned i = 0; i < name->part_n; i++)
		if (name->part[i].class == CS_NAME_PROPER && !(name->part[i].marks & (CS_NAME_ASIDE | CS_NAME_SHIP)))
			set |= UINT32_C(1) << i;
	return set & ~like;
}

bool
cs_score_may_reach(const struct cs_align *align, struct cs_align_pairs *pairs, int32_t need)
{
	const struct cs_name *a = align->a, *b = align->b;
	uint32_t strangers[2] = {words_beside(a, pairs->a_alike), words_beside(b, pairs->b_alike)};
	if (!strangers[0] || !strangers[1] || most_with_others(a, b, strangers) >= need ||
	    cs_align_may_be_letters(a, b) || cs_align_may_be_letters(b, a))
		return true;
	take_confirmed(a, b, strangers);
	uint32_t other[2] = {strangers[1], strangers[0]};
	take_confirmed(b, a, other);
	strangers[0] = other[1], strangers[1] = other[0];
	if (!strangers[0] || !strangers[1])
		return true;
	cs_align_strangers(cs_align_runs_of(align, pairs), strangers);
	return !strangers[0] || !strangers[1] || most_with_others(a, b, strangers) >= need;
}
