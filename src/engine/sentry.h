/*
 * The sentry: holds names in rows against the roster in force, as the policy says (`screen`). A row is searched before it is told; what
 * is found is told before it, so that no journal holds a row without what its names came to.
 *
 * Searching allocates nothing. A fault is never an answer: a list that is missing or too old, or a cell that could not be searched whole,
 * is told with the verdict that the policy gives to it (`without`).
 */
#ifndef CS_ENGINE_SENTRY_H
#define CS_ENGINE_SENTRY_H

#include "decode/row.h"
#include "detect/detect.h"
#include "engine/renewal.h"

enum { CS_SENTRY_TOLD_MAX = 8 }; /* entries told of one row and screen, the best first; the others are counted */

/* Of each screen. */
struct cs_sentry_counts {
	uint64_t row_n, cell_n; /* looked at; with something in them */
	uint64_t hit_n;         /* rows with an entry that is told */
	uint64_t decided_n;     /* entries left out, since somebody decided so */
	uint64_t short_n;       /* rows that could not be searched whole */
};

struct cs_sentry;

/* Who writes down what was searched and against what; functions may be NULL. */
struct cs_sentry_scribe {
	void (*roster)(void *context, const struct cs_roster *roster, uint64_t now_ns);
	void *context;
};

struct cs_sentry_wish {
	const struct cs_policy *policy; /* outlives it */
	struct cs_renewal *renewal;     /* outlives it */
	bool live;                      /* lists grow old by the clock; else they never do */
	struct cs_sentry_scribe scribe;
};

/* cs_sentry_new makes one for a policy with screens; CS_E_MEMORY. Free it before its renewal. */
CS_MUST_USE enum cs_error cs_sentry_new(const struct cs_sentry_wish *wish, struct cs_sentry **out);
void cs_sentry_free(struct cs_sentry *sentry);

/* cs_sentry_declare lets it take rosters of the declaration that its renewal was turned to last, of the same policy. */
void cs_sentry_declare(struct cs_sentry *sentry);

/* cs_sentry_poll takes a newer roster, if there is one, and tells what is wrong with its lists: at once, and then once a day. Between two
 * rows; cheap. */
void cs_sentry_poll(struct cs_sentry *sentry, uint64_t now_ns, const struct cs_detect_sink *sink);

/* cs_sentry_row looks at the row that ROWS read last, which is EVENT, and tells what is found, decided at TIME_NS. */
void cs_sentry_row(struct cs_sentry *sentry, const struct cs_event *event, const struct cs_rows *rows, uint64_t time_ns,
		   const struct cs_detect_sink *sink);

/* cs_sentry_counts_of tells of screen NTH of the policy; cs_sentry_roster lends what is searched now. */
const struct cs_sentry_counts *cs_sentry_counts_of(const struct cs_sentry *sentry, unsigned nth);
const struct cs_roster *cs_sentry_roster(const struct cs_sentry *sentry);

#endif
