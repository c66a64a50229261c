/*
 * What a policy can cost: memory, and work on one event, both known before anything runs.
 */
#include "app/describe_parts.h"
#include "detect/behave.h"
#include "engine/alert.h"
#include "policy/condition.h"
#include "port/tap.h"

/* The program itself, its libraries and the text of the policy, rounded up. */
enum { PROGRAM_BYTES = 32 << 20 };

struct cost {
	unsigned steps;
	unsigned probes;
};

static void
charge(struct cost *costs, const struct cs_selector *selector, unsigned probes)
{
	costs[selector->link].steps += cs_condition_cost(selector->where);
	costs[selector->link].probes += probes;
}

static bool
is_new_interface(const struct cs_policy *policy, unsigned link)
{
	const char *tap = policy->link[link].tap;
	for (unsigned i = 0; tap && i < link; i++)
		if (policy->link[i].tap && strcmp(policy->link[i].tap, tap) == 0)
			return false;
	return tap;
}

/* Every operand once, every comparison once, then what joins them; each profile is updated once. */
static void
bound_program(struct cs_describe_bounds *out, const struct cs_program *program)
{
	out->behave_loads += program->load_n;
	for (unsigned i = 0; i < program->test_n; i++)
		out->behave_steps += 1 + program->test[i].left.n + program->test[i].right.n;
}

static unsigned
steps_of(const struct cs_logic *logic)
{
	return logic ? logic->n : 0;
}

static void
bound_profiles(struct cs_describe_bounds *out, const struct cs_profile_clause *profiles, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		out->behave_updates += profiles[i].aggregate_n;
		for (unsigned k = 0; k < profiles[i].aggregate_n; k++)
			out->behave_steps +=
				steps_of(profiles[i].aggregate[k].where) + steps_of(profiles[i].aggregate[k].share);
	}
}

static void
bound_behaviour(struct cs_describe_bounds *out, const struct cs_policy *policy)
{
	const struct cs_behave_policy *behave = policy->behave;
	bound_program(out, &behave->program);
	bound_program(out, &behave->limit_program);
	bound_profiles(out, behave->profile, behave->profile_n);
	bound_profiles(out, behave->limit_profile, behave->limit_profile_n);
	for (unsigned i = 0; i < behave->rule_n; i++)
		out->behave_steps += steps_of(behave->rule[i].when);
	for (unsigned i = 0; i < behave->limit_n; i++)
		out->behave_steps += steps_of(behave->limit[i].holds) + steps_of(behave->limit[i].where);
	out->behave_bytes = cs_behave_bytes(policy);
}

/* A claim and a proof each cost one look-up and one entry a rung; excuses without a ladder use the longest. */
struct cs_describe_bounds
cs_describe_bounds_of(const struct cs_policy *policy)
{
	struct cost costs[CS_LINKS_MAX] = {{0}};
	struct cs_describe_bounds out = {.memory = cs_pipeline_memory_of(policy)};
	for (unsigned i = 0; i < policy->expect_n; i++) {
		charge(costs, &policy->expect[i].claim, 2 * policy->expect[i].rung_n);
		charge(costs, &policy->expect[i].proof, 2 * policy->expect[i].rung_n);
	}
	for (unsigned i = 0; i < policy->excuse_n; i++) {
		unsigned rungs = policy->excuse[i].rung_n;
		charge(costs, &policy->excuse[i].proof, 2 * (rungs ? rungs : CS_RUNGS_MAX));
	}
	for (unsigned i = 0; i < policy->conserve_n; i++) {
		charge(costs, &policy->conserve[i].claim, 0);
		charge(costs, &policy->conserve[i].proof, 0);
	}
	for (unsigned i = 0; i < policy->link_n; i++) {
		out.condition_steps = costs[i].steps > out.condition_steps ? costs[i].steps : out.condition_steps;
		out.ladder_probes = costs[i].probes > out.ladder_probes ? costs[i].probes : out.ladder_probes;
		if (!policy->link[i].row || policy->link[i].paired)
			out.transactions += policy->link[i].transactions_cap;
		out.connections += policy->link[i].connections_cap;
		out.interfaces += is_new_interface(policy, i);
	}
	if (policy->behave)
		bound_behaviour(&out, policy);
	out.capture_bytes = (size_t)out.interfaces * CS_TAP_BUFFER_BYTES;
	out.total_bytes = out.memory.detect_bytes + out.memory.stream_bytes + out.memory.rest_bytes +
			  out.capture_bytes + sizeof(struct cs_alerts) + PROGRAM_BYTES;
	return out;
}

static void
put_memory(struct cs_text *out, size_t bytes)
{
	cs_text_put_u64(out, (bytes + (1 << 20) - 1) >> 20);
	cs_text_put(out, " MiB (");
	cs_text_put_u64(out, bytes);
	cs_text_put(out, " bytes)");
}

void
cs_describe_put_bounds(struct cs_text *out, const struct cs_policy *policy)
{
	struct cs_describe_bounds bounds = cs_describe_bounds_of(policy);
	cs_text_put(out, "\nbounds\n  memory of the detectors: ");
	put_memory(out, bounds.memory.detect_bytes);
	cs_text_put(out, " for ");
	cs_text_put_u64(out, bounds.transactions);
	cs_text_put(out, " transactions and records; lower `keep` to lower it\n  memory of the streams: ");
	put_memory(out, bounds.memory.stream_bytes);
	cs_text_put(out, ", mostly for bytes behind holes\n  memory of the capture, when live: ");
	put_memory(out, bounds.capture_bytes);
	cs_text_put(out, " for ");
	cs_text_put_u64(out, bounds.interfaces);
	cs_text_put(out, bounds.interfaces == 1 ? " interface" : " interfaces");
	cs_text_put(out, "\n  memory in all, with program and tables: ");
	put_memory(out, bounds.total_bytes);
	cs_text_put(out, ", and ");
	cs_text_put_u64(out, bounds.memory.connection_bytes);
	cs_text_put(out, " bytes more for each of at most ");
	cs_text_put_u64(out, bounds.connections);
	cs_text_put(out, " connections while it is open\n  work on one event, at most: ");
	cs_text_put_u64(out, bounds.condition_steps);
	cs_text_put(out, " steps of conditions, ");
	cs_text_put_u64(out, bounds.ladder_probes);
	cs_text_put(out, " look-ups of the ladder\n");
	if (!policy->behave)
		return;
	cs_text_put(out, "  memory of behaviour, part of the detectors': ");
	put_memory(out, bounds.behave_bytes);
	cs_text_put(out, "; lower `keys` or `memory` to lower it\n  work of behaviour on one event, at most: ");
	cs_text_put_u64(out, bounds.behave_loads);
	cs_text_put(out, " look-ups, ");
	cs_text_put_u64(out, bounds.behave_steps);
	cs_text_put(out, " steps of conditions, ");
	cs_text_put_u64(out, bounds.behave_updates);
	cs_text_put(out, " aggregates\n");
}
