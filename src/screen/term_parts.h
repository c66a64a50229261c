/*
 * What making words (term_make.c), weighing misspellings (term_cost.c) and comparing words (term.c) have in common. Read by them
 * alone.
 */
#ifndef CS_SCREEN_TERM_PARTS_H
#define CS_SCREEN_TERM_PARTS_H

#include "screen/term.h"

/* What it costs to read one run of letters for another, in quarters of a plain edit. */
enum {
	CS_TERM_PLAIN = 4,      /* one letter more, less or other */
	CS_TERM_SWAP = 2,       /* neighbours changed places */
	CS_TERM_DOUBLED = 1,    /* a letter twice */
	CS_TERM_VOWEL_MORE = 3, /* a vowel more or less */
	CS_TERM_MUTE_MORE = 2,  /* an h more or less */
	CS_TERM_CONFUSED = 2,   /* letters that eyes, ears and romanisers confuse */
};

/* The longest run that is weighed by vectors; what is read of it is so much, whatever its length. */
enum { CS_TERM_VECTOR_MAX = 15, CS_TERM_VECTOR_ROOM = 16 };

static inline bool
cs_term_is_vowel(char c)
{
	const uint32_t vowels = 1 << 0 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20;
	unsigned at = (unsigned)(unsigned char)c - 'a';
	return at < 26 && (vowels >> at & 1);
}

static inline unsigned
cs_term_lesser(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* cs_term_plain_edits counts plain edits between two runs of 1 to 28 letters, each with 28 bytes to read from or, if it has fewer,
 * at least 24 and no more letters than that. */
unsigned cs_term_plain_edits(const char *a, unsigned a_len, const char *b, unsigned b_len);

/* cs_term_cost_padded is cs_term_cost for runs with CS_TERM_VECTOR_ROOM bytes to read from, of which those behind it are zero. */
unsigned cs_term_cost_padded(struct cs_span a, struct cs_span b, unsigned limit);

#endif
