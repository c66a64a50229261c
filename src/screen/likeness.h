/*
 * How alike words must be, and what that can say: what scoring goes by, and what a search has to go by as well, or it would miss what scoring
 * finds. Each stands here once. Of a thousand, where nothing else is said.
 */
#ifndef CS_SCREEN_LIKENESS_H
#define CS_SCREEN_LIKENESS_H

enum {
	CS_LIKENESS_SURE = 880,      /* no better partner need be looked for */
	CS_LIKENESS_GLUED = 880,     /* runs of words that are written together, at least */
	CS_LIKENESS_SMALL = 800,     /* a word that is written like a title, a particle or a form, at least */
	CS_LIKENESS_BONES = 740,     /* words of two scripts by their consonants, at least: and one consonant */
	CS_LIKENESS_SHORTENED = 600, /* a word and one that abbreviates it */
	CS_LIKENESS_INITIAL = 500,   /* a word and its first letter */
	CS_LIKENESS_QUARTER = 250,   /* what a quarter of an edit costs, over the length */
};

enum {
	CS_LIKENESS_GLUED_LETTERS = 5,   /* of a run of words that are written together, at least */
	CS_LIKENESS_GLUED_BONES = 4,     /* its consonants, of two scripts, at least */
	CS_LIKENESS_GLUED_APART = 3,     /* letters that only one of two such runs has, at most */
	CS_LIKENESS_BONES_APART = 2,     /* the same of consonants of two words */
	CS_LIKENESS_ACRONYM_LETTERS = 6, /* of first letters of a firm, at most */
};

/* Tenths of a bit that one consonant can say, and a first letter. Where Hebrew spells a word its vowels, V and Y agree, too: it says as much
 * as so many consonants more. */
enum { CS_LIKENESS_BONE_WEIGHT = 25, CS_LIKENESS_INITIAL_WEIGHT = 25, CS_LIKENESS_SPELLED_MORE = 1 };

/* The vowels in a set of letters, as cs_term has them. */
enum { CS_LIKENESS_VOWELS = 1 << 0 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20 };

#endif
