/*
 * Which rules look at what, and which failed test is the end of which rules.
 *
 * A rule cannot do without a test when its failure alone makes the rule false for sure, whatever else is known or missing:
 * of a conjunction each, of an alternative those that all its ways share. With these sets an event asks few rules, and
 * looks up no more than these need.
 */
#include "detect/behave_parts.h"

enum { TEST_WORDS = CS_TESTS_MAX / 64 };

struct tests {
	uint64_t word[TEST_WORDS];
};

struct using
{
	struct cs_work *work;
	unsigned rule;
};

static void
add_rule(const struct using *using, uint64_t *sets, size_t nth)
{
	sets[nth * using->work->plan.bits.words + using->rule / 64] |= UINT64_C(1) << using->rule % 64;
}

/* --- what a rule looks at --- */

static void
use_aggregate(const struct using *using, unsigned number)
{
	const struct cs_work *work = using->work;
	unsigned nth = 0;
	while (number >= work->clause[nth].first + work->clause[nth].aggregate_n) {
		nth++;
		CS_ASSERT(nth < work->profile_n);
	}
	add_rule(using, work->plan.bits.profiler, nth);
}

static void
use_load(const struct using *using, unsigned nth)
{
	const struct cs_load *load = &using->work->program->load[nth];
	const unsigned loads[3] = {nth, load->a, load->b};
	/* A distance is between two others. */
	for (unsigned i = 0; i < (load->kind == CS_LOAD_DISTANCE ? 3 : 1); i++) {
		const struct cs_load *used = &using->work->program->load[loads[i]];
		add_rule(using, using->work->plan.bits.loader, loads[i]);
		if (used->kind == CS_LOAD_AGGREGATE || used->kind == CS_LOAD_AGE || used->kind == CS_LOAD_SPOT_LAST)
			use_aggregate(using, used->a);
	}
}

static void
use_side(const struct using *using, const struct cs_expr *side)
{
	for (unsigned i = 0; i < side->n; i++)
		if (side->step[i].op == CS_EXPR_LOAD)
			use_load(using, side->step[i].load);
}

static void
use_test(const struct using *using, unsigned nth)
{
	const struct cs_test *test = &using->work->program->test[nth];
	add_rule(using, using->work->plan.bits.tester, nth);
	if (test->kind == CS_TEST_COMPARE) {
		use_side(using, &test->left);
		use_side(using, &test->right);
		return;
	}
	use_load(using, test->load);
	if (test->kind == CS_TEST_SAME)
		use_load(using, test->other);
}

/* Answers that its reason names: see cs_why_fill. */
static void
use_reason(const struct using *using, const char *reason)
{
	for (const char *at = reason; at && (at = strchr(at, '{')); at++) {
		const char *end = strchr(at, '}');
		unsigned number;
		if (!end)
			return;
		struct cs_span name = {(const uint8_t *)at + 1, (size_t)(end - at - 1)};
		if (cs_why_answer(using->work, name, &number))
			use_aggregate(using, number);
	}
}

/* --- what a rule cannot do without --- */

static struct tests
needed_by(const struct cs_logic *logic)
{
	struct tests stack[CS_LOGIC_STEPS_MAX];
	unsigned n = 0;
	for (unsigned i = 0; i < logic->n; i++) {
		unsigned step = logic->step[i];
		if (step == CS_LOGIC_NOT) {
			CS_ASSERT(n >= 1);
			stack[n - 1] = (struct tests){{0}};
		} else if (step == CS_LOGIC_AND || step == CS_LOGIC_OR) {
			CS_ASSERT(n >= 2);
			n--;
			for (unsigned k = 0; k < TEST_WORDS; k++)
				stack[n - 1].word[k] = step == CS_LOGIC_AND ? stack[n - 1].word[k] | stack[n].word[k]
									    : stack[n - 1].word[k] & stack[n].word[k];
		} else {
			CS_ASSERT(n < CS_LOGIC_STEPS_MAX && step < CS_TESTS_MAX);
			stack[n] = (struct tests){{0}};
			stack[n++].word[step / 64] = UINT64_C(1) << step % 64;
		}
	}
	CS_ASSERT(n == 1);
	return stack[0];
}

static void
add_needs(const struct using *using, const struct cs_logic *logic)
{
	const struct cs_rule_bits *bits = &using->work->plan.bits;
	const struct tests needed = needed_by(logic);
	for (unsigned i = 0; i < using->work->program->test_n; i++)
		if (needed.word[i / 64] >> i % 64 & 1)
			bits->test[(size_t)i * bits->words + using->rule / 64] &= ~(UINT64_C(1) << using->rule % 64);
}

/* In a stretch of keys all the tests fail that fail there. */
static void
start_cuts(struct cs_work_plan *plan, const struct cs_group *group)
{
	const unsigned words = plan->bits.words;
	for (unsigned nth = group->cut; nth < group->cut + group->cut_n; nth++) {
		uint64_t *set = &plan->bits.cut[(size_t)nth * words];
		memset(set, 0xff, words * sizeof *set);
		for (uint64_t left = plan->cut[nth].misses; left; left &= left - 1) {
			size_t test = plan->ranged[group->first + (unsigned)__builtin_ctzll(left)];
			for (unsigned k = 0; k < words; k++)
				set[k] &= plan->bits.test[test * words + k];
		}
	}
}

void
cs_work_rules(struct cs_work *work)
{
	struct cs_work_plan *plan = &work->plan;
	struct using using = {.work = work};
	if (!plan->bits.words)
		return;
	if (work->program->test_n)
		memset(plan->bits.test, 0xff, work->program->test_n * plan->bits.words * sizeof(uint64_t));
	for (; using.rule < work->policy->rule_n; using.rule++) {
		const struct cs_rule_clause *rule = &work->policy->rule[using.rule];
		for (unsigned i = 0; i < rule->when->n; i++)
			if (rule->when->step[i] < CS_LOGIC_AND)
				use_test(&using, rule->when->step[i]);
		use_reason(&using, rule->reason);
		add_needs(&using, rule->when);
	}
	for (unsigned stage = 0; stage < CS_STAGES; stage++)
		for (unsigned i = 0; i < plan->group_n[stage]; i++)
			start_cuts(plan, &plan->group[stage][i]);
}
