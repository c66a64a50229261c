/*
 * What the marks of a form come to: see roll_sight.c. Read by roll*.c alone.
 */
#ifndef CS_SCREEN_ROLL_SIGHT_H
#define CS_SCREEN_ROLL_SIGHT_H

#include "screen/roll_meet.h"

enum { CS_ROLL_NEVER = UINT16_MAX }; /* no form leaves so much over */

/* What the marks of a form come to. */
struct cs_roll_sight {
	uint32_t set;
	int32_t cost;
	unsigned left, marked, n, codes;
	bool apart;    /* it has parts written apart */
	bool initials; /* a part is the first letters of its words: what it leaves over is not known */
	bool begun;    /* a word that it leaves over may agree with an initial: that is not in `left` */
};

/* What a form may come to at most beyond what is needed: when parts agree with words that are not listed as alike, and without that. */
struct cs_roll_margin {
	int32_t low, without;
};

/* A limit for a form, the column of weights that it is of, and what the form costs in that column. */
struct cs_roll_within {
	const struct cs_roll_limit *of; /* NULL: it is not known */
	unsigned column;
	int32_t cost;
	bool low_counts;
};

/* cs_roll_column_with gives the column of weights for the query and forms of KIND, as in score_parts.h. */
unsigned cs_roll_column_with(const struct cs_roll_seeking *s, unsigned kind);

/* cs_roll_see tells what the marks of a form come to; EXTRA: parts that it has written apart. */
struct cs_roll_sight cs_roll_see(const struct cs_roll_seeking *s, const struct cs_roll_brief *brief, uint32_t extra);

/* cs_roll_kind_seen tells how a form of another kind that is seen so is of another kind. FLAGS of its brief. */
enum cs_roll_other cs_roll_kind_seen(const struct cs_roll_seeking *s, const struct cs_roll_sight *sight,
				     unsigned flags);

/* cs_roll_within_of finds the limit for a form that is seen so. FLAGS of its brief. False: it cannot reach the line. */
bool cs_roll_within_of(struct cs_roll_seeking *s, const struct cs_roll_sight *sight, unsigned flags,
		       struct cs_roll_within *out);

/* cs_roll_margin_of tells what it comes to beyond what is needed when it leaves so much over. */
struct cs_roll_margin cs_roll_margin_of(const struct cs_roll_within *limit, unsigned left);

/* cs_roll_left_least tells how much a form must leave over so that it cannot reach the line by what is listed; CS_ROLL_NEVER: that does
 * not help, or is not KNOWN. */
unsigned cs_roll_left_least(const struct cs_roll_within *limit, bool known);

/* cs_roll_rest_least tells the same for forms that agree a little with open parts, beside the words by which they do. */
unsigned cs_roll_rest_least(const struct cs_roll_within *limit, bool known);

/* cs_roll_weight_least tells how much the heaviest other word of a form must weigh, in halves, so that it can reach the line by a word
 * that is not listed. */
unsigned cs_roll_weight_least(const struct cs_roll_seeking *s, const struct cs_roll_within *limit, uint32_t set);

#endif
