/*
 * A work from the policy's tables: its memory, its profiles, its program laid out, its gates.
 *
 * All is taken from one arena, whose size is told beforehand by the same walk over the tables without an arena.
 */
#include "detect/behave_parts.h"

struct taking {
	struct cs_arena *arena; /* NULL: only counts */
	size_t bytes;
	bool failed;
};

struct tables {
	unsigned profile_n;
	const struct cs_profile_clause *profile;
	const struct cs_program *program;
	size_t gate_n;
	size_t step_n; /* of all logics */
	size_t rule_n;
};

static size_t
steps_of(const struct cs_logic *logic)
{
	return logic ? logic->n : 0;
}

static struct tables
tables_of(const struct cs_behave_policy *policy, bool limits)
{
	struct tables tables = {policy->profile_n, policy->profile, &policy->program, policy->rule_n, 0,
				policy->rule_n};
	if (limits)
		tables = (struct tables){policy->limit_profile_n,
					 policy->limit_profile,
					 &policy->limit_program,
					 2 * (size_t)policy->limit_n,
					 0,
					 0};
	for (unsigned i = 0; i < tables.profile_n; i++)
		for (unsigned k = 0; k < tables.profile[i].aggregate_n; k++)
			tables.step_n += steps_of(tables.profile[i].aggregate[k].where) +
					 steps_of(tables.profile[i].aggregate[k].share);
	for (unsigned i = 0; limits && i < policy->limit_n; i++)
		tables.step_n += steps_of(policy->limit[i].holds) + steps_of(policy->limit[i].where);
	for (unsigned i = 0; !limits && i < policy->rule_n; i++)
		tables.step_n += steps_of(policy->rule[i].when);
	return tables;
}

static void *
take(struct taking *taking, size_t n, size_t each_bytes)
{
	size_t bytes = (n * each_bytes + 15) / 16 * 16;
	taking->bytes += bytes;
	if (!taking->arena)
		return NULL;
	void *at = cs_arena_take(taking->arena, bytes);
	taking->failed = taking->failed || !at;
	return at;
}

static void
take_all(struct cs_work_plan *plan, const struct tables *tables, struct taking *taking)
{
	const size_t load_n = tables->program->load_n, test_n = tables->program->test_n;
	const size_t group_n = load_n + test_n / 64, cut_n = group_n + 2 * test_n; /* a test has two ends */
	struct cs_rule_bits *bits = &plan->bits;
	for (unsigned i = 0; i < CS_STAGES; i++) {
		plan->load[i] = take(taking, load_n, sizeof *plan->load[i]);
		plan->group[i] = take(taking, group_n, sizeof *plan->group[i]);
		plan->likeness[i] = take(taking, test_n, sizeof *plan->likeness[i]);
		plan->odd[i] = take(taking, test_n, sizeof *plan->odd[i]);
	}
	plan->bit = take(taking, test_n, sizeof *plan->bit);
	plan->cut = take(taking, cut_n, sizeof *plan->cut);
	plan->ranged = take(taking, test_n, sizeof *plan->ranged);
	plan->pair = take(taking, tables->step_n, sizeof *plan->pair);
	plan->step = take(taking, tables->step_n, sizeof *plan->step);
	plan->gate = take(taking, tables->gate_n, sizeof *plan->gate);
	plan->profile = take(taking, tables->profile_n, sizeof *plan->profile);
	plan->layout = take(taking, tables->profile_n, sizeof *plan->layout);
	plan->feed = take(taking, tables->profile_n, sizeof *plan->feed);
	bits->words = (unsigned)(tables->rule_n + 63) / 64;
	const size_t set_bytes = bits->words * sizeof(uint64_t);
	bits->test = take(taking, test_n, set_bytes);
	bits->cut = take(taking, cut_n, set_bytes);
	bits->tester = take(taking, test_n, set_bytes);
	bits->loader = take(taking, load_n, set_bytes);
	bits->profiler = take(taking, tables->profile_n, set_bytes);
}

/* The bytes of the profiles, up to the one that does not fit, if there is one. Sizes do not depend on which sources there
 * are, but whether there are too many does. */
static const struct cs_profile_clause *
profile_bytes(const struct tables *tables, size_t *bytes)
{
	struct cs_work_plan plan = {.source_n = 0};
	struct cs_profile_layout layout;
	struct cs_feed feed;
	*bytes = 0;
	for (unsigned i = 0; i < tables->profile_n; i++) {
		if (cs_work_lay(&tables->profile[i], &plan, &feed, &layout) != CS_OK)
			return &tables->profile[i];
		*bytes += cs_profile_bytes(&layout);
	}
	return NULL;
}

const struct cs_profile_clause *
cs_behave_misfit(const struct cs_policy *policy)
{
	const struct cs_profile_clause *misfit = NULL;
	for (unsigned limits = 0; policy->behave && !misfit && limits < 2; limits++) {
		struct tables tables = tables_of(policy->behave, limits);
		size_t bytes;
		misfit = profile_bytes(&tables, &bytes);
	}
	return misfit;
}

size_t
cs_work_bytes(const struct cs_behave_policy *policy, bool limits)
{
	struct tables tables = tables_of(policy, limits);
	struct taking taking = {0};
	struct cs_work_plan plan = {.source_n = 0};
	size_t bytes;
	if (profile_bytes(&tables, &bytes))
		return 0;
	take_all(&plan, &tables, &taking);
	return bytes + taking.bytes;
}

static enum cs_error
start_profiles(struct cs_work *work)
{
	struct cs_work_plan *plan = &work->plan;
	for (unsigned i = 0; i < work->profile_n; i++) {
		struct cs_feed *feed = &plan->feed[i];
		CS_TRY(cs_work_lay(&work->clause[i], plan, feed, &plan->layout[i]));
		CS_TRY(cs_profile_init(&plan->profile[i], &work->arena, &plan->layout[i]));
		for (unsigned k = 0; k < feed->filter_n; k++)
			feed->filter[k].gate = cs_work_gate(plan, feed->filter[k].logic);
	}
	cs_work_share(plan, work->profile_n);
	return CS_OK;
}

static void
start_gates(struct cs_work *work, bool limits)
{
	const struct cs_behave_policy *policy = work->policy;
	struct cs_work_plan *plan = &work->plan;
	for (unsigned i = 0; limits && i < policy->limit_n; i++) {
		plan->gate[2 * i] = cs_work_gate(plan, policy->limit[i].holds);
		plan->gate[2 * i + 1] = cs_work_gate(plan, policy->limit[i].where);
	}
	for (unsigned i = 0; !limits && i < policy->rule_n; i++)
		plan->gate[i] = cs_work_gate(plan, policy->rule[i].when);
}

enum cs_error
cs_work_init(struct cs_work *work, const struct cs_behave_policy *policy, bool limits)
{
	struct tables tables = tables_of(policy, limits);
	size_t bytes = cs_work_bytes(policy, limits);
	work->policy = policy;
	work->program = tables.program;
	work->profile_n = tables.profile_n;
	work->clause = tables.profile;
	if (!bytes && tables.profile_n)
		return CS_E_LIMIT;
	CS_TRY(cs_arena_init(&work->arena, bytes));
	struct taking taking = {.arena = &work->arena};
	take_all(&work->plan, &tables, &taking);
	if (taking.failed)
		return CS_E_MEMORY;
	cs_work_place(work->program, &work->plan);
	CS_TRY(start_profiles(work));
	start_gates(work, limits);
	cs_work_rules(work);
	/* What was printed is what was taken. */
	CS_ASSERT(work->arena.used_bytes == bytes);
	return CS_OK;
}

void
cs_work_fini(struct cs_work *work)
{
	cs_arena_fini(&work->arena);
}
