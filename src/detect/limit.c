/*
 * Limits: what must hold, whatever else is off. Their program and their profiles are their own.
 *
 * A limit is passed when its condition is false for sure; of what is missing nothing can be said.
 */
#include "detect/behave_parts.h"

static void
tell(struct cs_detect *detect, const struct cs_view *view, unsigned nth)
{
	struct cs_behave *behave = detect->behave;
	const struct cs_limit_clause *limit = &behave->policy->limit[nth];
	struct cs_finding finding;
	cs_explain_begin(detect, &finding, CS_REASON_LIMIT_PASSED, &limit->otherwise);
	finding.expectation = cs_why_name(behave, "limit", limit->name);
	cs_why_begin(behave, limit->title, "");
	behave->telling = (struct cs_telling){&behave->limits, limit->holds, NULL, false};
	cs_why_tell(detect, view, &finding);
}

static bool
is_passed(const struct cs_behave *behave, unsigned nth)
{
	const struct cs_work *work = &behave->limits;
	const struct cs_gate *gate = &work->plan.gate[2 * nth];
	if (!cs_feed_takes(&behave->policy->limit[nth].of, behave->event))
		return false;
	return cs_eval_gate(work, &gate[1]) == CS_TRUE && cs_eval_gate(work, &gate[0]) == CS_FALSE;
}

/* Some limit looks at events of this kind. */
static bool
is_asked(const struct cs_behave *behave)
{
	const struct cs_event *event = behave->event;
	for (unsigned i = 0; i < behave->policy->limit_n; i++)
		if (behave->policy->limit[i].of.kinds[event->link] >> event->kind & 1)
			return true;
	return false;
}

void
cs_limit_event(struct cs_detect *detect, struct cs_view *view)
{
	struct cs_behave *behave = detect->behave;
	struct cs_work *work = &behave->limits;
	struct cs_decision *decision = &behave->decision;
	work->event = behave->event;
	work->unconverted = false;
	if (behave->policy->limit_n == 0)
		return;
	work->wanted = is_asked(behave);
	work->whole = true;
	cs_eval_stage(work, 0);
	cs_feed_event(work);
	if (!work->wanted)
		return;
	cs_eval_stage(work, 1);
	for (unsigned i = 0; i < behave->policy->limit_n; i++) {
		const struct cs_limit_clause *limit = &behave->policy->limit[i];
		if (!is_passed(behave, i))
			continue;
		behave->counts.limit_passed_n[i]++;
		decision->passed |= UINT64_C(1) << i;
		if (limit->otherwise.verdict > decision->verdict)
			decision->verdict = limit->otherwise.verdict;
		tell(detect, view, i);
	}
}
