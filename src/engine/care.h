/*
 * The care of a journal: what is done with it every now and then, beside the process that writes it. A snapshot, packing,
 * and letting go of what is old.
 */
#ifndef CS_ENGINE_CARE_H
#define CS_ENGINE_CARE_H

#include "engine/follower.h"
#include "engine/retention.h"

/* What the policy's journal clause says of it; without pointers, since it is sent from process to process. */
struct cs_care_clause {
	uint64_t snapshot_ns;    /* 0: no snapshots */
	uint64_t keep_events_ns; /* 0: for ever */
	uint64_t keep_raw_ns;
	uint64_t keep_alerts_ns;
	uint64_t size_bytes; /* 0: no limit */
	bool raw;            /* raw messages are kept at all */
};

struct cs_care_wish {
	const char *folder;
	struct cs_vault *vault; /* it signs nothing here: its token, if any, is the writer's */
	struct cs_care_clause clause;
};

/* What came of a round. */
struct cs_care_report {
	bool walked; /* `followed` holds */
	struct cs_followed followed;
	enum cs_error snapshot; /* as cs_follower_walk gave it */
	uint32_t packed_n;
	uint32_t too_large_n; /* volumes that cannot be packed, of a policy that let them grow */
	enum cs_error packing;
	bool kept; /* `retained` holds */
	struct cs_retention_sum retained;
	enum cs_error retention; /* CS_E_UNSUPPORTED: the key is in a token, and the writer's */
};

/* cs_care_clause_of takes from a policy's clause what matters here. */
struct cs_care_clause cs_care_clause_of(const struct cs_journal_clause *clause);

/* cs_care_lock takes the care of FOLDER for this process, until FILE is closed. CS_E_PERMISSION: another process has it,
 * or this one may not. */
CS_MUST_USE enum cs_error cs_care_lock(const char *folder, int *file);

/* cs_care_round does one round, under the lock. CS_E_PERMISSION: another process is at it. What went wrong in it is in
 * the report. */
CS_MUST_USE enum cs_error cs_care_round(const struct cs_care_wish *wish, struct cs_care_report *report);

/* cs_care_put tells what came of a round, in one line without its end; *FAULT: something is wrong. */
void cs_care_put(struct cs_text *text, const struct cs_care_report *report, bool *fault);

/* cs_followed_put tells what came of a walk that gave ERROR. */
void cs_followed_put(struct cs_text *text, enum cs_error error, const struct cs_followed *followed);

#endif
