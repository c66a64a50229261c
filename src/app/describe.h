/*
 * A policy told back: what it watches and expects, in sentences, and what it will cost.
 */
#ifndef CS_APP_DESCRIBE_H
#define CS_APP_DESCRIBE_H

#include "base/json.h"
#include "engine/pipeline.h"

/* What one event can cost at most, and what the tables hold. */
struct cs_describe_bounds {
	unsigned condition_steps; /* of all conditions that one event can meet */
	unsigned ladder_probes;   /* look-ups and entries in the pairing index */
	unsigned behave_loads;    /* operands of limits and rules looked up once an event */
	unsigned behave_steps;    /* of their comparisons and of what joins them */
	unsigned behave_updates;  /* aggregates brought up to date */
	size_t behave_bytes;      /* in the detectors' memory */
	uint64_t transactions;    /* over all links */
	uint64_t connections;
	struct cs_pipeline_memory memory;
	unsigned interfaces;
	size_t capture_bytes; /* rings of the interfaces, when live */
	size_t total_bytes;   /* of a process that runs live, without open connections */
};

/* cs_describe_bounds_of works out the bounds of POLICY. */
struct cs_describe_bounds cs_describe_bounds_of(const struct cs_policy *policy);

/* cs_describe_put writes POLICY and its bounds for people. */
void cs_describe_put(struct cs_text *out, const struct cs_policy *policy);

/* cs_describe_json writes the same as one JSON object. */
void cs_describe_json(struct cs_json *out, const struct cs_policy *policy);

/* cs_describe_expect writes one expectation as a sentence. */
void cs_describe_expect(struct cs_text *out, const struct cs_policy *policy, const struct cs_expect *expect);

#endif
