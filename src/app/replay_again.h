/*
 * `replay --journal`: every verdict again, from what was recorded.
 */
#ifndef CS_APP_REPLAY_AGAIN_H
#define CS_APP_REPLAY_AGAIN_H

#include "event/verdict.h"

struct cs_again {
	const char *folder;
	const char *policy_path; /* judge by this one; NULL: by the journal's */
	const char *alerts_path; /* NULL: plain words on standard output */
	const char *key;         /* --journal-key, or NULL */
	uint64_t from_seq;       /* 0: the beginning */
	uint64_t until_seq;      /* 0: the end */
	uint64_t until_ns;
	enum cs_severity fail_on; /* CS_SEVERITY_N: never */
	bool quiet;
};

/* cs_again_read_from and _until read the values of --from and --until; false after having said what they should be. */
bool cs_again_read_from(struct cs_again *again, const char *value);
bool cs_again_read_until(struct cs_again *again, const char *value);

/* cs_again_run does it; an enum cs_exit, CS_EXIT_FINDINGS also when a verdict differs from the one in the journal. */
int cs_again_run(const struct cs_again *again);

#endif
