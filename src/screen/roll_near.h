/*
 * What is found alike to a word, while it is looked for: see roll_near.c, roll_found.c and roll_brief.c, which alone read this.
 */
#ifndef CS_SCREEN_ROLL_NEAR_H
#define CS_SCREEN_ROLL_NEAR_H

#include "screen/roll_run.h"

enum {
	CS_ROLL_MARK_LISTED = 1, /* beside the number of the look, when a word is listed and not only known */
	CS_ROLL_MARK_FAR = 2,    /* the same, when it was found by a key, but is not near by its sign */
	CS_ROLL_MARKS = 3,       /* numbers of a look */
	CS_ROLL_FOUND = 512,     /* words that are looked at together */
	CS_ROLL_GATHER_KEYS = 4 * CS_ROLL_KEYS_MAX, /* of four bases */
	CS_ROLL_BEGINNING_MIN = 3,
};

/* What is found alike so far. */
struct cs_roll_gather {
	const struct cs_roll *roll;
	struct cs_roll_desk *desk;
	const struct cs_term *term;
	struct cs_term_many many; /* it, when it is READY to be compared */
	struct cs_roll_sign sign; /* of it */
	unsigned n, key_n;
	bool ready, small, cut;
	uint32_t *key; /* CS_ROLL_GATHER_KEYS */
};

/* How words were found. */
enum cs_roll_how {
	CS_ROLL_FOUND_BY_KEY,   /* what is no misspelling by its sign is not looked at */
	CS_ROLL_FOUND_BY_BONES, /* of the other kind of script */
	CS_ROLL_FOUND_WEAKLY,   /* it is something, anyhow */
};

/* cs_roll_gather_put puts one in. */
void cs_roll_gather_put(struct cs_roll_gather *g, struct cs_roll_near near);

/* cs_roll_gather_word puts a word in, of what it is like. */
void cs_roll_gather_word(struct cs_roll_gather *g, uint32_t word, unsigned permille, enum cs_roll_tier tier);

/* cs_roll_gather_compare compares a word, once in a look, and puts it in if it is alike. */
void cs_roll_gather_compare(struct cs_roll_gather *g, uint32_t number);

/* cs_roll_gather_weakly does so with a word that is at least an initial or an abbreviation. */
void cs_roll_gather_weakly(struct cs_roll_gather *g, uint32_t number, unsigned permille, enum cs_roll_tier tier);

/* cs_roll_gather_found does as cs_roll_gather_compare with N words, at most CS_ROLL_FOUND; NUMBER is overwritten. */
void cs_roll_gather_found(struct cs_roll_gather *g, uint32_t *number, unsigned n, enum cs_roll_how how);

/* cs_roll_gather_keys does so with the words of the keys. */
void cs_roll_gather_keys(struct cs_roll_gather *g, enum cs_roll_how how);

/* cs_roll_gather_shortened does so with N words, at most CS_ROLL_FOUND, that are at least abbreviations or beginnings. */
void cs_roll_gather_shortened(struct cs_roll_gather *g, const uint32_t *number, unsigned n);

/* cs_roll_gather_abbreviations puts words in that the term abbreviates, and words that abbreviate it; but for its beginnings, which are
 * pieces of it. */
void cs_roll_gather_abbreviations(struct cs_roll_gather *g);

#endif
