/*
 * Snapshots: all state at one record of a journal, in a file that cannot be changed unseen.
 *
 *   head (CS_SNAPSHOT_HEAD_BYTES): magic, version, what it is of, a key of its own wrapped by the vault, check
 *   pieces: length and kind (4 bytes), then for data its cipher text and tag, for zeros nothing; the last kind is the end
 *
 * Pieces are sealed by ChaCha20-Poly1305 under the snapshot's key with their number as nonce and the whole head as
 * additional data: a piece cut, moved, or of another snapshot is refused. A snapshot is a cache of the journal: whatever
 * is wrong with it, an older one or the journal itself serves as well.
 */
#ifndef CS_STATE_SNAPSHOT_H
#define CS_STATE_SNAPSHOT_H

#include "base/region.h"
#include "event/verdict.h"
#include "state/volume.h"

enum { CS_SNAPSHOT_VERSION = 2, CS_SNAPSHOTS_MAX = 64, CS_SNAPSHOTS_KEPT = 2 };

struct cs_snapshot {
	uint64_t layout;        /* cs_judge_layout */
	uint64_t state_hash;    /* cs_judge_hash, when known; 0: not */
	uint64_t next_seq;      /* the first record that is not in it */
	uint64_t page;          /* its last whole page ... */
	struct cs_digest chain; /* ... with this chain hash: it is this journal's, or it does not count */
	uint64_t policy_seq;    /* record of the policy in force */
	uint64_t sources_seq;   /* record of its sources, somewhere before it */
	uint64_t input_n;
	uint64_t input_digest;
	uint64_t alert_n;
	uint64_t last_ns;
	struct cs_tally tally; /* of findings told since the policy came into force */
};

/* cs_snapshot_write writes ABOUT and REGIONS durably under FOLDER/snapshots, and removes those before it but the newest few. */
CS_MUST_USE enum cs_error cs_snapshot_write(const char *folder, const struct cs_vault *vault,
					    const struct cs_snapshot *about, const struct cs_regions *regions);

/* The snapshots there are, by next_seq, oldest first. */
struct cs_snapshots {
	unsigned n;
	uint64_t next_seq[CS_SNAPSHOTS_MAX];
};

/* cs_snapshot_list lists FOLDER/snapshots. */
CS_MUST_USE enum cs_error cs_snapshot_list(const char *folder, struct cs_snapshots *out);

/* cs_snapshot_about reads the head of one. CS_E_FORMAT: it was changed, or is another version or vault's. */
CS_MUST_USE enum cs_error cs_snapshot_about(const char *folder, const struct cs_vault *vault, uint64_t next_seq,
					    struct cs_snapshot *out);

/* cs_snapshot_load reads its pieces into REGIONS, whose lengths ABOUT's layout has been found to fit. On CS_E_FORMAT the
 * regions hold part of it and must not be used. */
CS_MUST_USE enum cs_error cs_snapshot_load(const char *folder, const struct cs_vault *vault, uint64_t next_seq,
					   const struct cs_regions *regions);

/* cs_snapshot_check reads the whole of one, to no use but to say whether it is sound: errors as cs_snapshot_load. */
CS_MUST_USE enum cs_error cs_snapshot_check(const char *folder, const struct cs_vault *vault, uint64_t next_seq);

/* cs_snapshot_destroy overwrites the key in one, so that it can never be read again, and removes it. CS_E_OPEN: there is
 * none. */
CS_MUST_USE enum cs_error cs_snapshot_destroy(const char *folder, uint64_t next_seq);

/* cs_snapshot_destroy_draft does the same to one that a process left half written when it ended. */
CS_MUST_USE enum cs_error cs_snapshot_destroy_draft(const char *folder);

#endif
