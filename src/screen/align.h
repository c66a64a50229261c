/*
 * Which words of one name are which words of another: the first half of scoring. Read by score.c alone.
 */
#ifndef CS_SCREEN_ALIGN_H
#define CS_SCREEN_ALIGN_H

#include "screen/score.h"

enum { CS_ALIGN_MATCHES_MAX = CS_NAME_PARTS_MAX, CS_ALIGN_GLUE_MAX = 4, CS_ALIGN_GLUE_APART = 3 };

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

/* cs_align_names matches the parts of two names, best first. */
void cs_align_names(const struct cs_name *a, const struct cs_name *b, struct cs_align *out);

#endif
