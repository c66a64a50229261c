/*
 * The detectors as one: events in, findings out. Pure: a function of (policy, state, event).
 *
 * No clock, no I/O, no logging, no allocation after cs_detect_new. Time is the greatest event time seen or told;
 * events may come late by as much as a stream was held. The order of calls alone decides the order of findings.
 */
#ifndef CS_DETECT_DETECT_H
#define CS_DETECT_DETECT_H

#include "policy/policy.h"
#include "state/coverage.h"

struct cs_detect;
struct cs_behave;

struct cs_detect_sink {
	void (*finding)(void *context, const struct cs_finding *finding);
	void *context;
};

/* What became of the claims of one expectation: claims = the sum of all the others. */
struct cs_expect_counts {
	uint64_t claims;
	uint64_t proven;
	uint64_t excused; /* by a named excuse whose own proof came */
	uint64_t duplicate;
	uint64_t forged; /* findings of nature FORGED */
	uint64_t contradicted;
	uint64_t unproven;
	uint64_t waiting;         /* not decided yet (at the end: the input ended first) */
	uint64_t waiting_excused; /* excused, the advice is still due */
};

/* What became of the intervals of one conserve clause in which any of its messages was seen. */
struct cs_conserve_counts {
	uint64_t judged;
	uint64_t lost;    /* not judged: bytes of the issuer's link were lost */
	uint64_t overrun; /* not judged: given up before the links were settled as far */
	uint64_t late_n;  /* messages that came after their interval was judged or given up */
};

/* What became of the pages of one statement clause: pages = the sum of all the others down to waiting. */
struct cs_statement_counts {
	uint64_t pages;
	uint64_t sound;
	uint64_t copies; /* of pages that were judged before */
	uint64_t broken;
	uint64_t unproven; /* broken, if nothing was lost */
	uint64_t waiting;
	uint64_t silent;  /* statements that did not come */
	uint64_t evicted; /* accounts forgotten for want of room */
};

struct cs_detect_counts {
	uint64_t events[CS_LINKS_MAX][CS_KIND_N];
	uint64_t evicted[CS_LINKS_MAX]; /* transactions dropped before their time */
	uint64_t crowded[CS_LINKS_MAX]; /* excused claims of this link that found no room to wait for their advice */
	uint64_t findings[CS_REASON_N];
	struct cs_expect_counts expect[CS_EXPECTS_MAX];
	struct cs_conserve_counts conserve[CS_CONSERVES_MAX];
	struct cs_statement_counts statement[CS_STATEMENTS_MAX];
};

/* cs_detect_new sizes all state from the policy; COVERAGE is read only and outlives it. NULL without memory. */
struct cs_detect *cs_detect_new(const struct cs_policy *policy, const struct cs_coverage *coverage,
				const struct cs_detect_sink *sink);
void cs_detect_free(struct cs_detect *detect);

/* cs_detect_prepare asks the memory for what cs_detect_event will need of EVENT, some events ahead. */
void cs_detect_prepare(const struct cs_detect *detect, const struct cs_event *event);

/* cs_detect_event takes one event; lent during the call. */
void cs_detect_event(struct cs_detect *detect, const struct cs_event *event);

/* cs_detect_advance moves time on, so that deadlines pass. Cheap when none is due. */
void cs_detect_advance(struct cs_detect *detect, uint64_t now_ns);

/* cs_detect_finish decides what can be decided at the end of input; what cannot is counted as waiting. */
void cs_detect_finish(struct cs_detect *detect);

/* cs_detect_counts_of lends the counts; they live as long as DETECT. */
const struct cs_detect_counts *cs_detect_counts_of(const struct cs_detect *detect);

/* A claim that is not decided yet. Lent during the call. */
struct cs_detect_open {
	unsigned expect;                /* index in the policy */
	const struct cs_event *claim;   /* the message, or the row */
	const struct cs_event *request; /* what it answers; NULL: it is none, or was not seen */
	uint64_t claim_ns;
	uint64_t deadline_ns;
	bool excused;   /* for now: another proof is due by then */
	uint64_t row_n; /* claims of a batch, of which `claim` is the newest; 0: it is one claim */
	int64_t minor;  /* what those add up to */
};

struct cs_detect_opener {
	void (*open)(void *context, const struct cs_detect_open *open);
	void *context;
};

/* cs_detect_open_each tells OPENER of each, by expectation, the oldest first; of batches whose sums do not agree so far; then of
 * those excused for now. */
void cs_detect_open_each(const struct cs_detect *detect, const struct cs_detect_opener *opener);

/* cs_detect_behave lends what looks at behaviour; NULL when the policy says nothing of it. */
struct cs_behave *cs_detect_behave(const struct cs_detect *detect);

/* cs_detect_regions adds all that changes to REGIONS. */
void cs_detect_regions(struct cs_detect *detect, struct cs_regions *regions);

/* cs_detect_bytes gives the memory cs_detect_new will take for POLICY. */
size_t cs_detect_bytes(const struct cs_policy *policy);

#endif
