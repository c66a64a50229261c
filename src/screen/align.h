/*
 * Which words of one name are which words of another: the first half of scoring. Read by align*.c and score*.c alone.
 */
#ifndef CS_SCREEN_ALIGN_H
#define CS_SCREEN_ALIGN_H

#include "screen/score.h"

enum { CS_ALIGN_MATCHES_MAX = CS_NAME_PARTS_MAX, CS_ALIGN_GLUE_MAX = 4 };

enum { CS_ALIGN_KNOWN = 160 }; /* tenths of a bit: a word that weighs at most this is in the background */

enum cs_align_relation { CS_ALIGN_WORD, CS_ALIGN_GLUED, CS_ALIGN_ACRONYM };

struct cs_align_match {
	uint8_t a, a_n, b, b_n; /* parts */
	uint8_t relation;       /* enum cs_align_relation */
	struct cs_term_likeness likeness;
	uint16_t weight; /* the smaller of both sides */
};

struct cs_align {
	const struct cs_name *a, *b;
	unsigned match_n;
	struct cs_align_match match[CS_ALIGN_MATCHES_MAX];
	uint32_t a_left, b_left; /* parts that identify and are in no match, one bit each */
};

/* Parts that stand side by side, as if they were written together. */
struct cs_align_run {
	uint32_t letters, skeleton; /* as in cs_term */
	uint32_t parts;             /* one bit each */
	uint8_t len, bones_len;
	bool unvowelled;
};

/* All runs of a name: by the first part, and how many more there are. */
struct cs_align_side {
	const struct cs_name *name;
	uint32_t identifying; /* parts that identify, one bit each */
	struct cs_align_run run[CS_NAME_PARTS_MAX][CS_ALIGN_GLUE_MAX];
};

struct cs_align_runs {
	struct cs_align_side a, b;
};

/* The pairs of words that are alike, the best first: what is told of each is in its number, so that the least number is the best. */
struct cs_align_pairs {
	struct cs_term_likeness like[CS_NAME_PARTS_MAX][CS_NAME_PARTS_MAX]; /* of those that are in order[] */
	uint32_t order[CS_NAME_PARTS_MAX * CS_NAME_PARTS_MAX];
	unsigned n, at;            /* those before AT are matched, or cannot be any more */
	uint32_t a_alike, b_alike; /* parts that are in some pair, one bit each */
	bool measured;             /* runs are */
	struct cs_align_runs runs;
};

/* cs_align_runs_measure looks at all runs of two names. */
void cs_align_runs_measure(struct cs_align_runs *out, const struct cs_name *a, const struct cs_name *b);

/* cs_align_moved_spaces matches what agrees but for where a space stands: "Sai Faldar" and "Saif Aldar". */
void cs_align_moved_spaces(struct cs_align *out, const struct cs_align_runs *runs);

/* cs_align_glued matches what is written together in one name and apart in the other. */
void cs_align_glued(struct cs_align *out, const struct cs_align_runs *runs);

/* cs_align_may_glue is false only where no run of one name can be one of the other, written otherwise. */
bool cs_align_may_glue(const struct cs_align_runs *runs);

/* cs_align_strangers takes those parts out of two sets, one of each name, that may be in runs which are one, written otherwise; what
 * is left cannot. It stops when one set is empty. */
void cs_align_strangers(const struct cs_align_runs *runs, uint32_t strangers[2]);

/* cs_align_put enters a match: its parts are no longer left. */
void cs_align_put(struct cs_align *out, const struct cs_align_match *match);

/* cs_align_weight is the weight of N parts. */
unsigned cs_align_weight(const struct cs_name *name, unsigned at, unsigned n);

/* cs_align_run makes one word of N parts that are written together. */
void cs_align_run(const struct cs_name *name, unsigned at, unsigned n, struct cs_term *out);

/* cs_align_stands_second tells whether A is the second of two names: both orders of a pair are computed as one, so that the score is the
 * same to the bit. */
bool cs_align_stands_second(const struct cs_name *a, const struct cs_name *b);

/* cs_align_begin finds the words of two names that are alike. */
void cs_align_begin(const struct cs_name *a, const struct cs_name *b, struct cs_align *out,
		    struct cs_align_pairs *pairs);

/* cs_align_runs_of gives all runs of both names, which are looked at but once. */
const struct cs_align_runs *cs_align_runs_of(const struct cs_align *align, struct cs_align_pairs *pairs);

/* cs_align_end matches the parts of the names, best first. */
void cs_align_end(struct cs_align *out, struct cs_align_pairs *pairs);

/* cs_align_single_bone tells whether words are of one consonant, which is the same, one of them in Arabic or Hebrew. */
bool cs_align_single_bone(const struct cs_term *a, const struct cs_term *b);

/* cs_align_may_be_letters is false only where no part of one name can be first letters of parts of the other. */
bool cs_align_may_be_letters(const struct cs_name *one, const struct cs_name *other);

/* cs_align_is_small tells whether part AT of a name is written like a title, a particle or a form of the other. */
bool cs_align_is_small(const struct cs_name *name, unsigned at, const struct cs_name *other);

#endif
