/*
 * The log of one key: its events of some time, in order of time, with running folds over stretches of it.
 *
 * Exact: an event is in (t - window, t] or it is not. One log serves all windows; each has a place where it begins and
 * one where it ends, which move on with the key's clock. An event enters and leaves each fold once, whatever the
 * window's length; one that comes late is put where it belongs.
 */
#ifndef CS_STATE_WINDOW_LOG_H
#define CS_STATE_WINDOW_LOG_H

#include "state/buddy.h"
#include "state/key_table.h"
#include "state/profile_plan.h"

/* One event as a profile sees it. */
struct cs_profile_event {
	uint64_t time_ns;
	uint32_t mask;                       /* filters and conditions it holds */
	uint32_t guess;                      /* where its key may be: what cs_profile_guess gave; 0: no idea */
	int64_t value[CS_PROFILE_SLOTS_MAX]; /* minor units; hashes for DISTINCT */
};

CS_PADDING_NAMED_BEGIN
/* What is kept of a key: this, the numbers of the boundaries' first entries (16 bits each), the folds, a short log. An
 * entry's number counts up modulo 2^16; entry N lies in place N modulo the log's size. A log too long for the record is a
 * block of its own; most keys of a large table never have one, and are found in one place with all that is theirs. */
struct cs_profile_record {
	struct cs_key_head head; /* its own: the block of a long log */
	uint64_t lost_ns;        /* events up to this time may be missing; 0: none are */
	uint32_t heavy;          /* its heavy block + 1; 0: the folds are exact */
	uint16_t first;          /* number of the oldest entry */
	uint8_t order;           /* the log has CS_PROFILE_LOG_UNIT << order places */
	uint8_t logged;          /* ... in a block, not in the record */
	uint16_t start[];        /* by boundary: number of the first entry not yet behind it; of now: of the next one */
};
CS_PADDING_NAMED_END
_Static_assert(sizeof(struct cs_profile_record) == 48, "the folds follow the boundaries");

/* cs_window_log_n gives how many entries there are. */
static inline uint16_t
cs_window_log_n(const struct cs_profile_record *record)
{
	return (uint16_t)(record->start[0] - record->first);
}

/* A key's log in hand. `now_ns` is the time its boundaries stand at: the key's clock, but for scratch copies. */
struct cs_window_log {
	const struct cs_profile_layout *layout;
	struct cs_profile_record *record;
	uint64_t *words;
	uint64_t now_ns;
};

/* cs_window_log_begin makes the empty log of a fresh RECORD. */
void cs_window_log_begin(const struct cs_profile_layout *layout, struct cs_profile_record *record);

/* cs_window_log_of takes RECORD in hand; a long log lies in BUDDY. */
struct cs_window_log cs_window_log_of(const struct cs_profile_layout *layout, const struct cs_buddy *buddy,
				      struct cs_profile_record *record);

/* cs_window_log_advance moves the key's clock to TIME_NS, which is not before it: events enter and leave. */
void cs_window_log_advance(struct cs_window_log *log, uint64_t time_ns);

/* cs_window_log_full says whether an event needs room first: cs_window_log_resize or cs_window_log_drop. */
bool cs_window_log_full(const struct cs_window_log *log);

/* cs_window_log_resize gives the log 1 << ORDER units, at least as many as its entries need, in a block or, where that will
 * do, in the record again; false when there is no memory. */
CS_MUST_USE bool cs_window_log_resize(struct cs_window_log *log, struct cs_buddy *buddy, unsigned order);

/* cs_window_log_drop takes the oldest entry out before its time and gives that. */
uint64_t cs_window_log_drop(struct cs_window_log *log);

/* cs_window_log_insert puts EVENT, not after the clock and within the lateness, where it belongs: behind its equals.
 * There is room. */
void cs_window_log_insert(struct cs_window_log *log, const struct cs_profile_event *event);

/* cs_window_log_rebuild makes all folds anew, as they are at TIME_NS; a scratch copy may look back from its clock. */
void cs_window_log_rebuild(struct cs_window_log *log, uint64_t time_ns);

/* cs_window_log_label gives an entry with the time, values and at least the mask of EVENT the bits SET as well, and all
 * folds know at once. *OLD_MASK is what it had. False when there is none that lacks one of them. */
CS_MUST_USE bool cs_window_log_label(struct cs_window_log *log, const struct cs_profile_event *event, uint32_t set,
				     uint32_t *old_mask);

/* cs_window_log_read reads entry NUMBER back. */
void cs_window_log_read(const struct cs_window_log *log, uint16_t number, struct cs_profile_event *event);

/* cs_window_log_last gives time and value of the newest event of FOLD at the log's time; false when there is none. */
bool cs_window_log_last(const struct cs_window_log *log, const struct cs_fold *fold, uint64_t *time_ns, int64_t *value);

/* cs_window_log_prefetch asks for the lines an event of this key will need, once its record is at hand. */
void cs_window_log_prefetch(const struct cs_profile_layout *layout, const struct cs_buddy *buddy,
			    const struct cs_profile_record *record);

#endif
