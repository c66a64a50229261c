/*
 * What a judge remembers, in parts: by these it is carried over to another judge when one policy takes the place of another.
 *
 * A part is memory without pointers, like all state: where two lists of regions have the same lengths, the one can be copied
 * into the other.
 */
#ifndef CS_DETECT_CARRY_H
#define CS_DETECT_CARRY_H

#include "detect/behave.h"
#include "detect/detect.h"

/* Parts by their numbers in the policy. */
enum cs_carry_sort {
	CS_CARRY_LIMIT,     /* a profile of the limits */
	CS_CARRY_PROFILE,   /* ... of the rules */
	CS_CARRY_RULE,      /* its brake and its counts */
	CS_CARRY_TABLE,     /* a list or places from a file: as cs_listing numbers them */
	CS_CARRY_CONSERVE,  /* within pairing */
	CS_CARRY_STATEMENT, /* the accounts of a statement clause */
	CS_CARRY_SORT_N
};

/* cs_detect_pairs_alike says whether transactions are kept, and found, by the same tables under both policies. */
bool cs_detect_pairs_alike(const struct cs_policy *a, const struct cs_policy *b);

/* cs_detect_pair_regions adds all but behaviour: transactions, claims, sessions, paces, what was learned, intervals. */
void cs_detect_pair_regions(struct cs_detect *detect, struct cs_regions *regions);

/* cs_detect_statement_regions adds the accounts of statement clause NTH, and the counts of its pages. */
void cs_detect_statement_regions(struct cs_detect *detect, unsigned nth, struct cs_regions *regions);

/* cs_detect_carry_conserves moves the intervals of conserve clauses, once pairing was copied (with it the counts of statements,
 * which go by their own parts): that of clause I stands at FROM[I]. One
 * of CS_CONSERVES_MAX is new, and judges no interval that had begun before. */
void cs_detect_carry_conserves(struct cs_detect *detect, const uint8_t from[CS_CONSERVES_MAX]);

/* cs_behave_carry_regions adds the regions of one part, but a conserve's; none where there is no memory but for limits. */
void cs_behave_carry_regions(struct cs_behave *behave, enum cs_carry_sort sort, unsigned number,
			     struct cs_regions *regions);

/* cs_behave_carry_asked takes over from OLD, of the same links, how many events rules looked at together, before any part is; rules
 * whose part is not taken over count from here on. */
void cs_behave_carry_asked(struct cs_behave *behave, const struct cs_behave *old);

/* cs_behave_carry_rule takes that over for rule TO alone, which is FROM of OLD, when its part was: the links may be others. */
void cs_behave_carry_rule(struct cs_behave *behave, unsigned to, const struct cs_behave *old, unsigned from);

/* cs_behave_carry_short says of an empty profile that events up to SINCE_NS are not in it: what they could change is answered "at
 * least". */
void cs_behave_carry_short(struct cs_behave *behave, enum cs_carry_sort sort, unsigned number, uint64_t since_ns);

#endif
