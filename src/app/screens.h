/*
 * What `run`, `gate`, `replay` and `backtest` do alike for the screens of a policy: lists, who searches them, and what is said of both.
 */
#ifndef CS_APP_SCREENS_H
#define CS_APP_SCREENS_H

#include "engine/chronicle.h"
#include "engine/pipeline.h"

struct cs_screens {
	struct cs_renewal *renewal;     /* NULL: the policy has no screens, and nothing is live */
	struct cs_sentry *sentry;       /* NULL: the policy has no screens */
	struct cs_sentry *coming;       /* of a policy that shall take over */
	bool turned;                    /* ... and lists are read for that */
	struct cs_chronicle *chronicle; /* or NULL */
};

struct cs_screens_wish {
	const struct cs_policy *policy;
	const char *journal;            /* its folder: lists are kept in it; NULL: none is kept */
	struct cs_chronicle *chronicle; /* ... and it is told which are in force; may be NULL */
	bool live;                      /* lists are looked at again, and grow old */
	bool quiet;
	struct cs_sentry_observer observer; /* who looks on */
};

/* cs_screens_open reads the lists of the policy's screens, and begins to look at them again if it is live; false after having said why not.
 * What is wrong with a list is no reason: that is said. Close it with cs_screens_close either way. */
bool cs_screens_open(const struct cs_screens_wish *wish, struct cs_screens *out);

/* cs_screens_begin lets PIPELINE, of the same policy, hold rows against them from NOW_NS on. */
void cs_screens_begin(const struct cs_screens *screens, struct cs_pipeline *pipeline, uint64_t now_ns);

/* Another policy, while it is live: cs_screens_turn begins to read what it names, false after having said why not; cs_screens_is_ready says
 * whether that is done. Then cs_screens_swap lets PIPELINE, of that policy by now, hold rows against it; or cs_screens_stay goes back
 * to policy OLD, which stays in force. */
bool cs_screens_turn(struct cs_screens *screens, const struct cs_policy *fresh);
bool cs_screens_is_ready(const struct cs_screens *screens);
void cs_screens_swap(struct cs_screens *screens, struct cs_pipeline *pipeline, uint64_t now_ns);
void cs_screens_stay(struct cs_screens *screens, const struct cs_policy *old);

/* cs_screens_close gives everything back; the pipeline has ended, or screens no more. Takes a zeroed one. */
void cs_screens_close(struct cs_screens *screens);

/* cs_screens_say tells what is searched on standard error, a line for each list. */
void cs_screens_say(const struct cs_screens *screens);

#endif
