/*
 * One policy takes the place of another: what goes on, what is warmed from the journal, and what begins empty.
 *
 * What two policies say alike keeps its state: pairing as a whole (links, expectations, excuses the same; a conserve clause by
 * itself), each profile, each rule's brake, each list and table of places from a file. A profile that is new, or keeps other
 * windows, is warmed where a journal holds its past; else it answers "at least" for as long as its windows reach back before
 * it. The plan is put down before the new policy, so that a re-run does the same: docs/journal.md, record carry.
 */
#ifndef CS_ENGINE_CARRY_H
#define CS_ENGINE_CARRY_H

#include "engine/judge.h"

enum {
	CS_CARRY_PARTS_MAX = 2 * CS_PROFILES_MAX + CS_RULES_MAX + CS_TABLES_MAX + CS_CONSERVES_MAX + CS_STATEMENTS_MAX,
	CS_REIGNS_MAX = 16,
	CS_CARRY_BYTES = 16 + 10 * (6 + 2 * (CS_REIGNS_MAX + 1)) + 4 * CS_CARRY_PARTS_MAX,
};

enum cs_carry_how {
	CS_CARRY_KEPT,
	CS_CARRY_WARMED,
	CS_CARRY_SHORT, /* a profile that begins empty, and says so */
	CS_CARRY_HOW_N
};

struct cs_carry_part {
	uint8_t sort; /* enum cs_carry_sort */
	uint8_t how;  /* enum cs_carry_how */
	uint8_t from; /* number in the old policy; of what is not KEPT: that in the new one */
	uint8_t to;   /* ... in the new one */
};

/* A time in which one policy was in force. */
struct cs_reign {
	uint64_t since_ns; /* inputs before it were told under another; 0: there were none */
	uint64_t seq;      /* the first POLICY at or behind this record is its, with the SOURCES before it */
};

struct cs_reigns {
	unsigned n;
	struct cs_reign at[CS_REIGNS_MAX]; /* the newest first */
};

struct cs_carry {
	bool limits_only;        /* the policy that follows is broken, and read for its limits alone */
	bool pairing;            /* else what was open is decided, and links begin anew */
	uint64_t now_ns;         /* SHORT: events up to then are not known */
	uint64_t warm_seq;       /* WARMED: from this record on; 0: nothing is warmed */
	uint64_t warm_ns;        /* ... events before this time are not known; 0: that is all there ever was */
	struct cs_reign warm;    /* ... in force there */
	struct cs_reigns reigns; /* the one that ends here, and those before it */
	unsigned part_n;
	struct cs_carry_part part[CS_CARRY_PARTS_MAX];
};

/* cs_carry_plan works out what FRESH can take over from OLD: parts that are KEPT, and profiles that are not, as SHORT. */
void cs_carry_plan(const struct cs_policy *old, const struct cs_policy *fresh, struct cs_carry *out);

/* cs_carry_takes says whether anything is taken over, or begins short of something. */
bool cs_carry_takes(const struct cs_carry *carry);

/* cs_carry_drop_pairing leaves pairing out: what was open was decided, or the sources are others. */
void cs_carry_drop_pairing(struct cs_carry *carry);

/* cs_carry_reach tells how far back the windows of FRESH reach that could be warmed; 0: there are none. */
uint64_t cs_carry_reach(const struct cs_carry *carry, const struct cs_policy *fresh);

/* cs_carry_warm turns what could be warmed into what is: from WARM_SEQ on, under REIGN; before WARM_NS nothing is known. */
struct cs_carry_from {
	uint64_t seq;
	uint64_t ns;
	struct cs_reign reign;
};
void cs_carry_warm(struct cs_carry *carry, const struct cs_policy *fresh, const struct cs_carry_from *from);

/* cs_carry_reign puts one more reign in front; the oldest makes room. */
void cs_carry_reign(struct cs_reigns *reigns, struct cs_reign reign);

/* cs_carry_take does it: TO, which was told nothing yet, takes over what CARRY says from OLD, and from WARM (NULL when nothing
 * is warmed). CS_E_FORMAT: these judges have no such parts, or others. */
struct cs_carry_judges {
	const struct cs_judge *old;
	const struct cs_judge *warm;
	struct cs_judge *to;
};
CS_MUST_USE enum cs_error cs_carry_take(const struct cs_carry *carry, const struct cs_carry_judges *judges);

/* cs_carry_put writes it at AT, CS_CARRY_BYTES at most, and gives the place behind it; cs_carry_read reads it back, false
 * when it is none. */
uint8_t *cs_carry_put(uint8_t *at, const struct cs_carry *carry);
CS_MUST_USE bool cs_carry_read(struct cs_span bytes, struct cs_carry *out);

/* cs_carry_say says in words what goes on, what is warmed and from when, and what begins empty, a line each. */
struct cs_carry_words {
	const struct cs_policy *fresh;
	const char *margin; /* before each line */
	uint64_t reach_ns;  /* it is still to be done, and would warm as far back as that; 0: it was done */
};
void cs_carry_say(struct cs_text *text, const struct cs_carry *carry, const struct cs_carry_words *words);

#endif
