/*
 * The plan of the state: which join keys each link needs, and for how long. One plan sizes the memory and builds it,
 * so that what is printed and what is taken cannot differ.
 *
 * Invariant: join 0 of a link is its own key (`answers by`); equal joins are one.
 */
#include "detect/parts.h"

enum { ANSWER_WAIT_S = 120, OWED_SHARE = 2, FREE_DAYS = 10 };

static const uint64_t day_ns = UINT64_C(86400000000000);

/* The link's own key, the ways of expectations, and that of reversals; excuses may add more, and are refused with the plan. */
_Static_assert(CS_WAYS_MAX + 2 <= CS_JOINS_MAX, "every way to match has its key");

static bool
same_rung(const struct cs_join *join, const struct cs_rung *rung)
{
	if (join->own || join->n != rung->n)
		return false;
	return memcmp(join->field, rung->field, rung->n * sizeof rung->field[0]) == 0;
}

unsigned
cs_plan_join(const struct cs_plan *plan, unsigned link, const struct cs_rung *rung)
{
	unsigned i = 1;
	while (i < plan->join_n[link] && !same_rung(&plan->join[link][i], rung))
		i++;
	return i;
}

static enum cs_error
add_rungs(struct cs_plan *plan, unsigned link, const struct cs_rung *rungs, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned at = cs_plan_join(plan, link, &rungs[i]);
		if (at < plan->join_n[link])
			continue;
		if (at == CS_JOINS_MAX)
			return CS_E_LIMIT;
		struct cs_join *join = &plan->join[link][plan->join_n[link]++];
		join->n = rungs[i].n;
		memcpy(join->field, rungs[i].field, sizeof rungs[i].field);
	}
	return CS_OK;
}

static void
need(struct cs_plan *plan, unsigned link, uint64_t time_ns)
{
	if (time_ns > plan->needed_ns[link])
		plan->needed_ns[link] = time_ns;
}

const struct cs_rung *
cs_plan_rungs(const struct cs_expect *expect, const struct cs_excuse *excuse, unsigned *n)
{
	*n = excuse->rung_n ? excuse->rung_n : expect->rung_n;
	return excuse->rung_n ? excuse->rung : expect->rung;
}

static uint64_t
late_ns(const struct cs_policy *policy, unsigned link)
{
	return policy->link[link].row ? policy->link[link].lateness_ns : 0;
}

static enum cs_error
plan_expect(const struct cs_policy *policy, const struct cs_expect *expect, struct cs_plan *plan)
{
	uint64_t span_ns = expect->within_ns + 2 * policy->skew_ns + (expect->calendar ? FREE_DAYS * day_ns : 0);
	bool owes = false;
	span_ns += late_ns(policy, expect->claim.link) + late_ns(policy, expect->proof.link);
	need(plan, expect->claim.link, span_ns);
	need(plan, expect->proof.link, span_ns);
	CS_TRY(add_rungs(plan, expect->proof.link, expect->rung, expect->rung_n));
	/* A record that proves finds the records that wait for it. */
	if (policy->link[expect->claim.link].row && policy->link[expect->proof.link].row)
		CS_TRY(add_rungs(plan, expect->claim.link, expect->rung, expect->rung_n));
	for (unsigned i = 0; i < expect->unless_n; i++) {
		if (expect->unless[i].kind == CS_UNLESS_RECORD) {
			need(plan, expect->unless[i].record.link, span_ns);
			unsigned n;
			const struct cs_rung *rungs = cs_expect_beside(expect, &expect->unless[i], &n);
			CS_TRY(add_rungs(plan, expect->unless[i].record.link, rungs, n));
		}
		if (expect->unless[i].kind != CS_UNLESS_EXCUSE)
			continue;
		const struct cs_excuse *excuse = &policy->excuse[expect->unless[i].excuse];
		unsigned n;
		const struct cs_rung *rungs = cs_plan_rungs(expect, excuse, &n);
		CS_TRY(add_rungs(plan, excuse->proof.link, rungs, n));
		owes = true;
	}
	if (owes)
		plan->owed_cap += policy->link[expect->claim.link].transactions_cap / OWED_SHARE + 1;
	return CS_OK;
}

/* A reversal names its original by trace number or by retrieval reference and card, on both links. */
static enum cs_error
plan_watch(const struct cs_watch *watch, struct cs_plan *plan)
{
	static const struct cs_rung by_rrn = {2, {CS_FIELD_CARD, CS_FIELD_RRN}};
	const struct cs_watch_row *row = &watch->row[CS_WATCH_REVERSAL];
	if (!row->on)
		return CS_OK;
	CS_TRY(add_rungs(plan, watch->link, &by_rrn, 1));
	return add_rungs(plan, row->against, &by_rrn, 1);
}

enum cs_error
cs_plan_make(const struct cs_policy *policy, struct cs_plan *plan)
{
	memset(plan, 0, sizeof *plan);
	for (unsigned i = 0; i < policy->link_n; i++) {
		struct cs_join *own = &plan->join[i][0];
		own->own = true;
		own->n = policy->link[i].row ? 0 : policy->link[i].answer.n;
		memcpy(own->field, policy->link[i].answer.field, sizeof policy->link[i].answer.field);
		plan->join_n[i] = 1;
		plan->needed_ns[i] = ANSWER_WAIT_S * cs_second_ns;
	}
	for (unsigned i = 0; i < policy->expect_n; i++)
		CS_TRY(plan_expect(policy, &policy->expect[i], plan));
	for (unsigned i = 0; i < policy->watch_n; i++)
		CS_TRY(plan_watch(&policy->watch[i], plan));
	return CS_OK;
}
