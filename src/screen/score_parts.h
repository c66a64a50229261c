/*
 * What the score weighs with, for score.c itself and for bounds on it (roll_bound.c, roll_meet.c): a bound that knew other
 * weights would lose names.
 */
#ifndef CS_SCREEN_SCORE_PARTS_H
#define CS_SCREEN_SCORE_PARTS_H

#include "screen/score.h"

enum {
	CS_SCORE_COLUMNS = 3,        /* of weights: persons, organisations, vessels */
	CS_SCORE_HALF_AGREE = 150,   /* tenths of a bit at which agreement says half of what it can */
	CS_SCORE_LEFT_BESIDE = 50,   /* added to what agrees when what is left out is compared with it */
	CS_SCORE_LEFT_MOST = 2500,   /* thousandths that one part left out can amount to */
	CS_SCORE_KIND_GUESSED = 500, /* thousandths of another kind, when one is but guessed to be a person's */
	CS_SCORE_KIND_WHOLE = 100,   /* and no word is left over in either name */
	CS_SCORE_HALF_SUM = 2500,    /* sum, in thousandths of a logit, at which the score is three quarters */
};

/* What each kind of evidence weighs, in thousandths of a logit: score.def. */
extern const int32_t cs_score_weights[CS_SCORE_EVIDENCE_N][CS_SCORE_COLUMNS];

/* cs_score_vowel_conflicts counts the places where a word in Arabic or Hebrew and one in another script, whose consonants agree,
 * cannot have the same vowels; of a RUN of words that were written together only its ends. */
unsigned cs_score_vowel_conflicts(const struct cs_term *a, const struct cs_term *b, bool run);

/* cs_score_heaviest gives the heaviest part of a set that has one of the classes and is no aside; -1: there is none. */
int cs_score_heaviest(const struct cs_name *name, uint32_t set, uint32_t classes);

/* A piece of evidence of two names as a whole. */
struct cs_score_piece {
	enum cs_score_evidence evidence;
	int32_t amount;
};

enum { CS_SCORE_PIECES_MAX = 8 };

struct cs_align;

/* cs_score_whole tells what all the matches say together, before what is left over is looked at; gives how many pieces. */
unsigned cs_score_whole(const struct cs_align *align, struct cs_score_piece out[CS_SCORE_PIECES_MAX]);

struct cs_align_pairs;

/* cs_score_may_reach is false only where two names whose alike words are PAIRS cannot come to the sum NEED. */
bool cs_score_may_reach(const struct cs_align *align, struct cs_align_pairs *pairs, int32_t need);

/* cs_score_other_korean tells two words of Korean apart, however they are romanised. */
bool cs_score_other_korean(const struct cs_term *a, const struct cs_term *b);

/* cs_score_column tells which column of weights is for two names. */
static inline unsigned
cs_score_column(const struct cs_name *a, const struct cs_name *b)
{
	if (a->kind == CS_NAME_VESSEL || b->kind == CS_NAME_VESSEL)
		return 2;
	return a->kind == CS_NAME_ORGANISATION || b->kind == CS_NAME_ORGANISATION;
}

#endif
