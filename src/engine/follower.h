/*
 * The follower: one walk behind a journal, from its newest snapshot to its end, and a snapshot of what was reached. The
 * process that writes the journal does not notice; it need not even be there.
 *
 * Why snapshots are made so: docs/adr/0009-snapshots-by-a-follower.md.
 */
#ifndef CS_ENGINE_FOLLOWER_H
#define CS_ENGINE_FOLLOWER_H

#include "engine/rerun.h"

/* What came of it. */
struct cs_followed {
	struct cs_rerun_counts counts;
	uint64_t load_ns;  /* opening, with the load of the newest snapshot */
	uint64_t rerun_ns; /* telling what is behind it */
	uint64_t write_ns; /* the snapshot */
	uint64_t state_bytes;
	char passed[CS_RERUN_WORDS_BYTES]; /* damage that was gone over once, and passed over now, or empty */
	char words[CS_RERUN_WORDS_BYTES];  /* what is wrong, or empty */
};

/* cs_follower_walk does it. CS_END: nothing came since the newest snapshot. CS_E_FORMAT: a verdict is not the one that the
 * inputs give, or the journal is damaged: no snapshot was written, and words say where. CS_E_OPEN: no journal there. Newest
 * snapshots that cannot be of this journal are removed first: call it with the lock of upkeep only. */
CS_MUST_USE enum cs_error cs_follower_walk(const char *folder, const struct cs_vault *vault, struct cs_followed *out);

#endif
