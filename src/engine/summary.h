/*
 * What a run saw, in plain words for the person who started it.
 */
#ifndef CS_ENGINE_SUMMARY_H
#define CS_ENGINE_SUMMARY_H

#include "engine/alert.h"
#include "engine/pipeline.h"

enum { CS_SUMMARY_BYTES = 64 * 1024 };

struct cs_summary {
	const struct cs_policy *policy;
	const struct cs_pipeline *pipeline; /* ended */
	const struct cs_alerts *alerts;
	uint64_t elapsed_ns; /* of the wall; 0: speed is not told */
	uint64_t read_bytes;
	uint64_t backwards; /* packets earlier than their predecessor */
};

/* cs_summary_put appends the summary; CS_SUMMARY_BYTES hold any. */
void cs_summary_put(struct cs_text *text, const struct cs_summary *summary);

#endif
