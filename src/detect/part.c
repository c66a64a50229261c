/*
 * For who looks on: which events an aggregate counts, and why something was said, told while the event is at hand.
 *
 * Changes nothing, and keeps nothing: what has happened before is for who asks to remember.
 */
#include "detect/behave_parts.h"

static const struct cs_work *
work_of(const struct cs_behave *behave, bool limits)
{
	return limits ? &behave->limits : &behave->rules;
}

static unsigned
profile_of(const struct cs_work *work, unsigned number)
{
	unsigned at = 0;
	while (number >= work->clause[at].first + work->clause[at].aggregate_n)
		at++;
	CS_ASSERT(at < work->profile_n);
	return at;
}

struct cs_behave_part
cs_behave_part_of(const struct cs_behave *behave, bool limits, unsigned number)
{
	const struct cs_work *work = work_of(behave, limits);
	const unsigned at = profile_of(work, number);
	const struct cs_profile_clause *clause = &work->clause[at];
	const struct cs_aggregate *aggregate = &clause->aggregate[number - clause->first];
	struct cs_behave_part part = {.keyed = false};
	struct cs_key key;
	part.keyed = cs_feed_key(&clause->by, work->event, &key);
	if (!part.keyed)
		return part;
	memcpy(part.identity, key.identity, sizeof part.identity);
	const struct cs_filter *filter = cs_work_filter(&work->plan, &work->plan.feed[at], aggregate);
	bool there = !filter || filter->source == CS_NO_SOURCE || work->source_known >> filter->source & 1;
	part.taken = there && cs_feed_takes(&clause->of, work->event) &&
		     (!filter || cs_eval_gate(work, &filter->gate) == CS_TRUE);
	return part;
}

void
cs_behave_why(struct cs_behave *behave, bool limits, const struct cs_logic *logic, struct cs_why *why)
{
	why->n = why->missing_n = 0;
	cs_why_logic(why, limits ? &behave->limits : &behave->rules, logic);
}
