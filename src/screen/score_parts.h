/*
 * What the score weighs with, for score.c itself and for bounds on it (roll_seek.c, roll_bound.c): a bound that knew other
 * weights would lose names.
 */
#ifndef CS_SCREEN_SCORE_PARTS_H
#define CS_SCREEN_SCORE_PARTS_H

#include "screen/score.h"

enum {
	CS_SCORE_COLUMNS = 3,      /* of weights: persons, organisations, vessels */
	CS_SCORE_HALF_AGREE = 150, /* tenths of a bit at which agreement says half of what it can */
	CS_SCORE_LEFT_BESIDE = 50, /* added to what agrees when what is left out is compared with it */
	CS_SCORE_LEFT_MOST = 2500, /* thousandths that one part left out can amount to */
	CS_SCORE_HALF_SUM = 2500,  /* sum, in thousandths of a logit, at which the score is three quarters */
};

/* What each kind of evidence weighs, in thousandths of a logit: score.def. */
extern const int32_t cs_score_weights[CS_SCORE_EVIDENCE_N][CS_SCORE_COLUMNS];

/* cs_score_vowel_conflicts counts the places where a word in Arabic or Hebrew and one in another script, whose consonants agree,
 * cannot have the same vowels. */
unsigned cs_score_vowel_conflicts(const struct cs_term *a, const struct cs_term *b);

/* cs_score_syllables counts runs of vowels: a word of Korean has as many however it is romanised. */
unsigned cs_score_syllables(const struct cs_term *word);

/* cs_score_column tells which column of weights is for two names. */
static inline unsigned
cs_score_column(const struct cs_name *a, const struct cs_name *b)
{
	if (a->kind == CS_NAME_VESSEL || b->kind == CS_NAME_VESSEL)
		return 2;
	return a->kind == CS_NAME_ORGANISATION || b->kind == CS_NAME_ORGANISATION;
}

#endif
