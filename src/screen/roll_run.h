/*
 * Words of a query that stand side by side, written together: what they are like. See roll_run.c. Read by roll*.c alone.
 */
#ifndef CS_SCREEN_ROLL_RUN_H
#define CS_SCREEN_ROLL_RUN_H

#include "screen/roll_bound.h"

/* cs_roll_bare_of gives what stands for a letter where vowels are left out and what is often confused is one; 0:
 * nothing; x: K and S. */
static inline char
cs_roll_bare_of(char c)
{
	static const char to[26] = {0,   'b', 'c', 't', 0,   'b', 'k', 0, 0,   'j', 'k', 'l', 'm',
				    'n', 0,   'b', 'k', 'r', 's', 't', 0, 'b', 'b', 'x', 0,   's'};
	unsigned letter = (unsigned)(unsigned char)c - 'a';
	return letter < 26 ? to[letter] : c;
}

/* cs_roll_bare_end tells of the first and the last letter whether they are left out; it stands behind the others. */
static inline char
cs_roll_bare_end(char first, char last)
{
	return (char)('0' + !cs_roll_bare_of(first) + 2 * !cs_roll_bare_of(last));
}

/* cs_roll_skeleton gives N letters without vowels, doubled ones once, and whether there were vowels at the ends; 0: too few. */
unsigned cs_roll_skeleton(const char *letters, unsigned n, char out[CS_TERM_LETTERS_MAX + 1]);

/* cs_roll_codes_of finds the numbers under KEY. */
const struct cs_roll_code *cs_roll_codes_of(const struct cs_roll_codes *codes, uint32_t key, size_t *n);

/* cs_roll_codes_sort brings them into order: by key, then number. */
void cs_roll_codes_sort(struct cs_roll_codes *codes);

/* cs_roll_codes_index tells where the keys begin that have the same upper bits; false without memory. */
bool cs_roll_codes_index(struct cs_roll_codes *codes);

/* cs_roll_codes_bytes tells how much they are. */
size_t cs_roll_codes_bytes(const struct cs_roll_codes *codes);

/* cs_roll_glue lists words by their letters without vowels and words side by side; false without memory. */
bool cs_roll_glue(struct cs_roll *roll);

/* cs_roll_glue_free frees that, cs_roll_glue_bytes tells how much it is. */
void cs_roll_glue_free(struct cs_roll *roll);
size_t cs_roll_glue_bytes(const struct cs_roll *roll);

/* cs_roll_filter_at gives the word of the filter for a key, cs_roll_passes tells whether the key may be there. */
static inline uint64_t *
cs_roll_filter_at(const struct cs_roll *roll, uint32_t key)
{
	return &roll->filter[key >> roll->filter_shift];
}

static inline bool
cs_roll_passes(const struct cs_roll *roll, uint32_t key)
{
	uint64_t set = *cs_roll_filter_at(roll, key);
	return set >> (key & 63) & set >> (key >> 6 & 63) & 1;
}

/* cs_roll_passes_bones tells whether a key may be one of consonants of words without vowels. */
static inline bool
cs_roll_passes_bones(const struct cs_roll *roll, uint32_t key)
{
	uint32_t upper = key >> roll->bones_shift, lower = key << roll->bones_shift >> roll->bones_shift;
	return roll->bones_filter[upper / 64] >> upper % 64 & roll->bones_filter[lower / 64] >> lower % 64 & 1;
}

/* cs_roll_run_sign makes words of a form side by side short: their letters, none of them in a script without vowels, and how many. */
uint32_t cs_roll_run_sign(uint32_t letters, unsigned len);

/* cs_roll_may_be_joined is false only where such words, written together, are not TERM by cs_roll_is_apart. */
bool cs_roll_may_be_joined(uint32_t sign, const struct cs_term *term);

/* cs_roll_may_share_bones is false only where words of other scripts, of which one has that skeleton, are not alike. */
bool cs_roll_may_share_bones(uint32_t skeleton, const struct cs_term *term);

/* cs_roll_slip lists words and words side by side by their consonants, of which one may be left out; false without memory. */
bool cs_roll_slip(struct cs_roll *roll);

/* cs_roll_slip_free frees that, cs_roll_slip_bytes tells how much it is. */
void cs_roll_slip_free(struct cs_roll *roll);
size_t cs_roll_slip_bytes(const struct cs_roll *roll);

/* cs_roll_slip_keys gives the keys under which a word, or a run of words written together, stands there; how many. */
unsigned cs_roll_slip_keys(const char *letters, unsigned len, enum cs_roll_slip_kind kind,
			   uint32_t out[CS_ROLL_SLIP_KEYS_MAX]);

enum { CS_ROLL_SLIP_END_BITS = 12 };

/* cs_roll_slip_most gives what a misspelling of a word that is so long may cost then, quarters of an edit. */
static inline unsigned
cs_roll_slip_most(unsigned len)
{
	return len * (1000 - CS_LIKENESS_GLUED) / CS_LIKENESS_QUARTER;
}

/* cs_roll_slip_sign makes a word, or a run of words, short: what it begins and ends with, and how long it is. */
uint32_t cs_roll_slip_sign(const char *letters, unsigned len);

/* cs_roll_may_slip is false only where two of these are not one word with a slip somewhere: they are not as long, or neither begin nor end
 * alike. */
static inline bool
cs_roll_may_slip(uint32_t one, uint32_t other)
{
	const uint32_t end = (UINT32_C(1) << CS_ROLL_SLIP_END_BITS) - 1, apart = one ^ other;
	unsigned a = one >> 2 * CS_ROLL_SLIP_END_BITS, b = other >> 2 * CS_ROLL_SLIP_END_BITS, longer = a > b ? a : b;
	return (!(apart & end) || !(apart >> CS_ROLL_SLIP_END_BITS & end)) &&
	       longer * 2 - a - b <= cs_roll_slip_most(longer);
}

/* cs_roll_slip_ask has what tells of N keys whether they are there on its way from memory. */
void cs_roll_slip_ask(const struct cs_roll_slips *slips, const uint32_t *key, unsigned n);

/* cs_roll_slip_pass brings those that may be there to the front; how many. What is under them is on its way. */
unsigned cs_roll_slip_pass(const struct cs_roll_slips *slips, uint32_t *key, unsigned n);

/* Words of a query that stand side by side. */
struct cs_roll_run {
	const struct cs_term *term;                   /* the word that they would be */
	uint32_t bare;                                /* the key of its letters without vowels */
	bool by_bare, by_sound, by_bones, by_letters; /* how it is looked for */
	uint32_t *slip;                               /* keys by which it is looked for as a word that is misspelled */
	unsigned slip_n;
	bool strange; /* no listed word is one of them */
};

/* cs_roll_run_near finds words that are like a run of words of a query written together, and forms that have such a run cut
 * otherwise; how many, at most CAP. */
unsigned cs_roll_run_near(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_run *run,
			  struct cs_roll_near *out, unsigned cap);

/* Words and forms of the roll that are like words of the query written together. */
struct cs_roll_runs {
	struct cs_roll_near near[CS_ROLL_RUN_NEARS];
	uint32_t set[CS_ROLL_RUN_NEARS]; /* parts that it is like */
	uint8_t term[CS_ROLL_RUN_NEARS]; /* which of terms[] was looked for */
	unsigned n, term_n;
	struct cs_term terms[CS_ROLL_RUN_TERMS];
};

/* cs_roll_find_runs finds them for the query on the desk; ASK is told which parts are like something together. */
void cs_roll_find_runs(const struct cs_roll *roll, struct cs_roll_desk *desk, struct cs_roll_ask *ask,
		       struct cs_roll_runs *out);

#endif
