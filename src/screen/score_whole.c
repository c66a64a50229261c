/*
 * See score_parts.h: what the matches of two names say as a whole. Whether there is a name among them, whether any word is
 * equal, whether a surname is left out. And the words for all kinds of evidence.
 */
#include "screen/align.h"
#include "screen/score_parts.h"

#define CLASS(name) (UINT32_C(1) << CS_NAME_##name)

enum { DIGITS = 1 << 26 }; /* as in cs_term.letters: in a word they stand for letters that look like them */

int
cs_score_heaviest(const struct cs_name *name, uint32_t set, uint32_t classes)
{
	int best = -1;
	for (; set; set &= set - 1) {
		int i = __builtin_ctz(set);
		const struct cs_name_part *part = &name->part[i];
		if (part->marks & CS_NAME_ASIDE || !(classes >> part->class & 1))
			continue;
		if (best < 0 || part->weight > name->part[best].weight)
			best = i;
	}
	return best;
}

static const struct cs_term *
token_of(const struct cs_name *name, unsigned part)
{
	return &name->token[name->part[part].token];
}

/* A word that is a syllable, or two, of Chinese or Korean. */
static bool
is_syllables(const struct cs_term *term)
{
	return (term->syllables && term->syllables <= 2) || term->script == CS_FOLD_HANGUL;
}

static bool
is_generic(const struct cs_name_part *part)
{
	return part->class == CS_NAME_TRADE || part->class == CS_NAME_PLACE;
}

/* What the matches are. */
struct kinds {
	bool names, syllables, inexact;
	unsigned words; /* that are no initials */
	unsigned word_a, word_b;
	unsigned initials; /* that stand behind the first of those */
	unsigned equal;    /* weight of words that are equal or sound the same */
	unsigned edited;
};

static void
look_at_match(const struct cs_align *align, const struct cs_align_match *match, struct kinds *kinds)
{
	const struct cs_name_part *a = &align->a->part[match->a], *b = &align->b->part[match->b];
	bool initial = match->likeness.relation == CS_TERM_INITIAL || a->class == CS_NAME_INITIAL;
	kinds->names |= !is_generic(a) || !is_generic(b);
	kinds->words += !initial;
	if (!initial && kinds->words == 1)
		kinds->word_a = match->a, kinds->word_b = match->b;
	kinds->initials += initial && kinds->words > 0 && (match->a > kinds->word_a || match->b > kinds->word_b);
	kinds->syllables &= is_syllables(token_of(align->a, match->a)) && is_syllables(token_of(align->b, match->b));
	if (match->likeness.relation == CS_TERM_EQUAL || match->likeness.relation == CS_TERM_SOUND)
		kinds->equal += match->weight;
	bool digits = (token_of(align->a, match->a)->letters | token_of(align->b, match->b)->letters) & DIGITS;
	bool edited = match->likeness.relation == CS_TERM_EDIT && match->likeness.edits > 2 && !digits;
	kinds->edited += edited;
	kinds->inexact |= edited || match->likeness.relation == CS_TERM_FAMILY;
}

/* Is the surname of a name that has a comma, "LAST, First", not among what agrees? Thousandths: the first of two surnames is half. */
static int32_t
lacks_surname(const struct cs_name *name, uint32_t left)
{
	unsigned words = 0, lacking = 0;
	bool first = false;
	for (unsigned i = 0; i < name->part_n; i++) {
		if (!(name->part[i].marks & CS_NAME_FIRST) || name->part[i].class != CS_NAME_PROPER)
			continue;
		bool lacks = left >> i & 1;
		first |= lacks && words == 0;
		words++, lacking += lacks;
	}
	return words && lacking == words ? 1000 : first ? 500 : 0;
}

unsigned
cs_score_whole(const struct cs_align *align, struct cs_score_piece out[CS_SCORE_PIECES_MAX])
{
	unsigned n = 0;
	struct kinds kinds = {.syllables = align->match_n > 0};
	for (unsigned i = 0; i < align->match_n; i++)
		look_at_match(align, &align->match[i], &kinds);
	int a = cs_score_heaviest(align->a, align->a_left, CLASS(PROPER)),
	    b = cs_score_heaviest(align->b, align->b_left, CLASS(PROPER));
	bool left_a = a >= 0 && is_syllables(token_of(align->a, (unsigned)a)),
	     left_b = b >= 0 && is_syllables(token_of(align->b, (unsigned)b));
	if (!kinds.names && align->match_n && (a >= 0 || b >= 0))
		out[n++] = (struct cs_score_piece){CS_SCORE_GENERIC, 1000};
	if (kinds.words == 1 && kinds.initials > 0)
		out[n++] = (struct cs_score_piece){CS_SCORE_ONE_INITIAL, 1000};
	if (kinds.syllables && (left_a || left_b))
		out[n++] = (struct cs_score_piece){CS_SCORE_LEFT_SYLLABLE, 1000};
	if (kinds.edited && !kinds.equal && align->match_n > 1)
		out[n++] = (struct cs_score_piece){CS_SCORE_NONE_EQUAL, 1000};
	if (kinds.inexact && kinds.words == 2 && (a >= 0 || b >= 0))
		out[n++] = (struct cs_score_piece){CS_SCORE_LEFT_INEXACT, 1000};
	int32_t surname = lacks_surname(align->a, align->a_left) + lacks_surname(align->b, align->b_left);
	if (surname)
		out[n++] = (struct cs_score_piece){CS_SCORE_LEFT_SURNAME, surname};
	return n;
}

const char *
cs_score_words(enum cs_score_evidence evidence)
{
	static const char *const words[] = {
#define E(symbol, words, person, organisation, vessel) words,
#include "screen/score.def"
#undef E
	};
	return evidence < CS_SCORE_EVIDENCE_N ? words[evidence] : "";
}
