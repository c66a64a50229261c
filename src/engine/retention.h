/*
 * Retention: what of a journal is let go of, when, and how.
 *
 * What goes is decided by a pure function, one step at a time: by age (raw messages, events, alerts, each as old as the
 * policy says, by the time of the events themselves), and by size (pack, thin, remove, the oldest first). What a restart
 * or a sink still needs never goes. Every step is put on record in the journal before it is taken.
 */
#ifndef CS_ENGINE_RETENTION_H
#define CS_ENGINE_RETENTION_H

#include "engine/pen.h"
#include "state/survey.h"

/* How long and how much: 0 is for ever, and without limit. */
struct cs_keep {
	uint64_t events_ns;
	uint64_t raw_ns;
	uint64_t alerts_ns;
	uint64_t size_bytes;
	bool raw; /* raw messages are kept at all: when there is too much, they go before events do */
};

enum { CS_RETENTION_WORDS_BYTES = 160 };

/* What may go together. */
enum { CS_KEEP_RAW = 1, CS_KEEP_EVENTS = 2, CS_KEEP_ALERTS = 4, CS_KEEP_CLASSES = 3 };

/* cs_retention_kinds gives the kinds of record (1 << kind each) of CLASSES. */
uint32_t cs_retention_kinds(unsigned classes);

/* What the decision is made from. */
struct cs_keep_state {
	uint64_t now_ns;     /* the newest event, or the clock of the machine when that is behind it */
	uint64_t needed_seq; /* a restart or a sink needs records from here on; 0: all */
	uint64_t policy_seq; /* no volume with this record or a later one is removed: a snapshot needs its policy */
	uint64_t bytes;      /* of the whole folder */
	uint32_t n;
	const struct cs_surveyed *volume; /* the last is being written, or was last ... */
	bool all_closed;                  /* ... unless another would be begun first */
	const bool *left;                 /* by volume: a step on it failed, and no other is tried; NULL: none */
};

enum cs_keep_what { CS_KEEP_DONE, CS_KEEP_PACK, CS_KEEP_THIN, CS_KEEP_REMOVE };

struct cs_keep_step {
	enum cs_keep_what what;
	uint32_t nth;     /* of the volume */
	unsigned classes; /* THIN: that are gone then ... */
	unsigned fresh;   /* ... and of these, that go now */
	bool by_size;
};

/* cs_retention_next gives the next step; CS_KEEP_DONE: there is none. */
struct cs_keep_step cs_retention_next(const struct cs_keep *keep, const struct cs_keep_state *state);

/* cs_retention_hindrance says in words why a folder that is too large stays so; "" when it is not. Static. */
const char *cs_retention_hindrance(const struct cs_keep *keep, const struct cs_keep_state *state);

/* Doing it. */
struct cs_retention_wish {
	const char *folder;
	struct cs_vault *vault;
	const char *reason; /* as put on record: "policy bank.policy", "asked for" ... */
	const char *by;     /* NULL: nobody asked for it */
	struct cs_keep keep;
	bool dry_run;
	bool alone; /* of a dry run: nobody writes the journal; a snapshot of its end would be made, and a volume begun */
	/* told of every step before it is taken; may be NULL */
	void (*step)(void *context, const struct cs_keep_step *step, const struct cs_surveyed *volume);
	void *context;
};

struct cs_retention_sum {
	uint64_t before_bytes;
	uint64_t after_bytes; /* of a dry run: about */
	unsigned packed_n;
	unsigned thinned_n;
	unsigned removed_n;
	uint64_t let_go_n;                        /* records; of a dry run: 0 */
	unsigned left_n;                          /* volumes on which a step failed: damaged, or too large to pack */
	unsigned ageless_n;                       /* volumes that no age lets go, since nothing tells theirs ... */
	uint32_t ageless;                         /* ... the first of them */
	const char *hindrance;                    /* as cs_retention_hindrance */
	uint64_t needed_seq;                      /* what lies behind is needed ... */
	char needed_by[CS_RETENTION_WORDS_BYTES]; /* ... by this; empty: by nothing but what writes now */
};

/* cs_retention_snapshot writes down the state at the end of a journal that nobody else writes, so that what led to it may go.
 * CS_AGAIN: not now; CS_E_RANGE: its state cannot be had any more; errors of reading it. */
CS_MUST_USE enum cs_error cs_retention_snapshot(const char *folder, const struct cs_vault *vault);

/* cs_retention_run takes every step there is, with PEN (not needed for a dry run) for the record. The
 * caller has the folder for upkeep (engine/upkeep.h). Errors: of the disk. */
CS_MUST_USE enum cs_error cs_retention_run(const struct cs_retention_wish *wish, struct cs_pen *pen,
					   struct cs_retention_sum *out);

#endif
