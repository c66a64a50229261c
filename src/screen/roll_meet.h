/*
 * A search while it goes on: what it knows of the query, and the meeting of forms. See roll_seek.c, roll_meet.c. Read by roll*.c alone.
 */
#ifndef CS_SCREEN_ROLL_MEET_H
#define CS_SCREEN_ROLL_MEET_H

#include "screen/roll_run.h"

/* Forms by their bounds, the worst first, of which the best stay. */
struct cs_roll_heap {
	struct cs_roll_look *at;
	unsigned n, cap;
};

/* How a form is of another kind: it may be, and no word is left over; it may be; it is said. */
enum cs_roll_other { CS_ROLL_KIND_WHOLE, CS_ROLL_KIND_GUESSED, CS_ROLL_KIND_SAID, CS_ROLL_OTHERS };

/* What is looked for. */
struct cs_roll_seeking {
	const struct cs_roll *roll;
	struct cs_roll_desk *desk;
	const struct cs_name *query;
	struct cs_roll_ask *ask;
	struct cs_roll_runs runs;
	struct cs_roll_alike small[CS_NAME_PARTS_MAX]; /* like titles and so on of the query */
	unsigned small_n;
	struct cs_roll_heap sights, looks;
	uint32_t forgiven;           /* the mark of those words */
	bool said;                   /* nobody guessed the kind of the query, or it was told by words */
	bool others[CS_ROLL_OTHERS]; /* may a form of another kind reach the line? */
	bool in_tables;              /* its parts are so few that sets of them have tables */
	bool never_long;             /* no form of another kind can that has many words which are like nothing */
	uint32_t signed_parts;       /* parts whose signs are made */
	struct cs_roll_sign sign[CS_NAME_PARTS_MAX];
};

/* cs_roll_cost_of_kind tells what it adds to a sum, by a column of weights, that a form is of another kind. */
int32_t cs_roll_cost_of_kind(unsigned column, enum cs_roll_other how);

/* cs_roll_meet_begin finds out what may become of forms of other kinds; `ask` is weighed. */
void cs_roll_meet_begin(struct cs_roll_seeking *s);

/* cs_roll_meet_all meets all forms that the plan wants; those that may reach the line come into `looks`. */
void cs_roll_meet_all(struct cs_roll_seeking *s);

/* cs_roll_note notes a tag. */
static inline void
cs_roll_note(struct cs_roll_desk *desk, unsigned tag)
{
	desk->marked[tag / 64] |= UINT64_C(1) << (tag & 63);
}

#endif
