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

/* A form that may reach the line only where a part agrees with a word that is less alike than any listed. */
struct cs_roll_doubt {
	const struct cs_roll_brief *brief;
	uint32_t form, extra;
	uint32_t open;        /* parts that it is not like */
	int32_t low, without; /* by how much it is more than is needed, when they agree a little, and when not */
	uint8_t column, term;
	bool few; /* open parts are so few that each is counted for itself */
};

enum { CS_ROLL_DOUBTS = 48 }; /* that wait */

/* What is looked for. */
struct cs_roll_seeking {
	const struct cs_roll *roll;
	struct cs_roll_desk *desk;
	const struct cs_name *query;
	struct cs_roll_ask *ask;
	struct cs_roll_runs runs;
	struct cs_roll_alike small[CS_NAME_PARTS_MAX]; /* like titles and so on of the query */
	unsigned small_n;
	uint32_t lettered; /* parts that may be first letters of a firm */
	struct cs_roll_heap sights, looks;
	uint32_t forgiven;           /* the mark of those words */
	bool said;                   /* nobody guessed the kind of the query, or it was told by words */
	bool others[CS_ROLL_OTHERS]; /* may a form of another kind reach the line? */
	bool in_tables;              /* its parts are so few that sets of them have tables */
	uint8_t own;                 /* the note of the part whose forms are met; 0: it has none of its own */
	uint32_t low_parts;          /* parts that are made ready to be compared */
	struct cs_roll_doubt doubt[CS_ROLL_DOUBTS];
	unsigned doubt_n;
};

/* cs_roll_cost_of_kind tells what it adds to a sum, by a column of weights, that a form is of another kind. */
int32_t cs_roll_cost_of_kind(unsigned column, enum cs_roll_other how);

/* cs_roll_meet_begin finds out what may become of forms of other kinds; `ask` is weighed. */
void cs_roll_meet_begin(struct cs_roll_seeking *s);

/* cs_roll_meet_all meets all forms that the plan wants; those that may reach the line come into `looks`. */
void cs_roll_meet_all(struct cs_roll_seeking *s);

/* cs_roll_low_put has a form wait; false: there is no room for another. */
bool cs_roll_low_put(struct cs_roll_seeking *s, const struct cs_roll_doubt *doubt);

/* cs_roll_low_among tells which of the forms that wait have a word as alike as it must be: one bit each. */
uint64_t cs_roll_low_among(struct cs_roll_seeking *s);

/* cs_roll_low_missed tells how much more it may come to by a word that is more alike than those which are not listed should be: keys miss
 * a few of them. */
int32_t cs_roll_low_missed(unsigned column);

/* cs_roll_low_weight tells how heavy a word must be, in halves as they are kept, so that a form which is like the parts of SET can reach
 * the line by it, when it would come to LOW more than is needed by a word of any weight. */
unsigned cs_roll_low_weight(const struct cs_roll_seeking *s, uint32_t set, int32_t low);

enum { CS_ROLL_NOTE_OTHERS = 128 }; /* the note of what is like anything but the first seven parts */

/* cs_roll_note_of gives the note of what is like part I. */
static inline uint8_t
cs_roll_note_of(unsigned i)
{
	return (uint8_t)(i < 7 ? 1u << i : CS_ROLL_NOTE_OTHERS);
}

#endif
