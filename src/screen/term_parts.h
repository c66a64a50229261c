/*
 * What making words (term_make.c), weighing misspellings (term_cost.c) and comparing words (term.c, term_many.c) have in common. Read
 * by them alone.
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

static inline unsigned
cs_term_greater(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* The most plain edits between runs that are a misspelling of each other, by the length of the longer one. */
extern const uint8_t cs_term_edits_most[CS_TERM_LETTERS_MAX + 1];

/* cs_term_may_be_misspelled tells whether runs could be a misspelling of each other that costs at most MOST, from lengths and letters,
 * without a branch; APART: letters that only one has, as cs_term_letters_apart counts. */
static inline unsigned
cs_term_may_be_misspelled(unsigned a_len, unsigned b_len, unsigned apart, int most)
{
	unsigned longer = cs_term_greater(a_len, b_len), shorter = cs_term_lesser(a_len, b_len);
	unsigned limit = cs_term_edits_most[longer];
	return (longer - shorter <= limit) & (apart <= limit) & ((int)apart * CS_TERM_CONFUSED <= most) & (shorter > 0);
}

/* cs_term_letters_apart tells how many letters only one of two sets has, of that which has more of them. */
static inline unsigned
cs_term_letters_apart(uint32_t a, uint32_t b)
{
	uint64_t sets = (uint64_t)(a & ~b) << 32 | (b & ~a);
	sets -= sets >> 1 & UINT64_C(0x5555555555555555);
	sets = (sets & UINT64_C(0x3333333333333333)) + (sets >> 2 & UINT64_C(0x3333333333333333));
	sets = (sets + (sets >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	unsigned low = (uint32_t)sets * 0x01010101u >> 24, high = (uint32_t)(sets >> 32) * 0x01010101u >> 24;
	return cs_term_greater(low, high);
}

/* cs_term_cost_most tells the most that a misspelling may cost, in quarters, when words of which the longer has so many letters are to be
 * alike by PERMILLE at least. */
unsigned cs_term_cost_most(unsigned longer, unsigned permille);

/* cs_term_misspelled makes the likeness of a misspelling of such a cost, when the longer word has so many letters. */
struct cs_term_likeness cs_term_misspelled(unsigned cost, unsigned longer);

/* cs_term_cost_of_more tells what it costs that the letter at AT is more. */
unsigned cs_term_cost_of_more(struct cs_span run, size_t at);

/* cs_term_by_hebrew tells how alike a word of Hebrew and one of another script are, by the ways in which its letters are written. */
struct cs_term_likeness cs_term_by_hebrew(const struct cs_term *hebrew, const struct cs_term *spoken);

/* cs_term_plain_edits counts plain edits between two runs of 1 to 28 letters, each with 28 bytes to read from or, if it has fewer,
 * at least 24 and no more letters than that. */
unsigned cs_term_plain_edits(const char *a, unsigned a_len, const char *b, unsigned b_len);

/* cs_term_cost_padded is cs_term_cost for runs with CS_TERM_VECTOR_ROOM bytes to read from, of which those behind it are zero. */
unsigned cs_term_cost_padded(struct cs_span a, struct cs_span b, unsigned limit);

#endif
