/*
 * Coverage and detectors behind one door, so that nothing reaches them which a scribe was not told of.
 *
 * Invariant: each input is told, then takes effect. Leaves the order of the inputs to whoever calls.
 */
#include "engine/judge.h"

#include "base/hash.h"
#include "policy/behave.h"
#include "state/table.h"

#include <stdlib.h>

enum { GAPS_CAP = 1024 };

/* Three of the coverage; one of the detectors, six a link, two an expectation, four of what is owed, two for each of
 * four learners, masks and suspects; two of behaviour, nine a profile of rules and limits, two a list, and
 * those of each table from a file. */
_Static_assert(3 + 1 + 6 * CS_LINKS_MAX + 2 * CS_EXPECTS_MAX + 4 + 4 * 2 + 2 + 2 + 2 * 9 * CS_PROFILES_MAX +
			       2 * CS_LISTS_MAX + CS_TABLE_REGIONS * CS_TABLES_MAX <=
		       CS_REGIONS_MAX,
	       "all regions have room");

struct cs_judge {
	const struct cs_judge_scribe *scribe;
	struct cs_detect *detect;
	struct cs_coverage *coverage;
	struct cs_detect_sink sink;
	const struct cs_policy *policy;
};
_Static_assert(sizeof(struct cs_judge) == 4 * sizeof(void *) + sizeof(struct cs_detect_sink),
	       "the judge has no state of its own: see cs_judge_regions");

struct cs_judge *
cs_judge_new(const struct cs_policy *policy, const struct cs_detect_sink *sink)
{
	struct cs_judge *judge = calloc(1, sizeof *judge);
	if (!judge)
		return NULL;
	judge->sink = *sink;
	judge->policy = policy;
	judge->coverage = cs_coverage_new(policy->link_n, GAPS_CAP);
	judge->detect = judge->coverage ? cs_detect_new(policy, judge->coverage, sink) : NULL;
	if (judge->detect)
		return judge;
	cs_judge_free(judge);
	return NULL;
}

void
cs_judge_free(struct cs_judge *judge)
{
	if (!judge)
		return;
	cs_detect_free(judge->detect);
	cs_coverage_free(judge->coverage);
	free(judge);
}

size_t
cs_judge_bytes(const struct cs_policy *policy)
{
	return sizeof(struct cs_judge) + cs_coverage_bytes(policy->link_n, GAPS_CAP) + cs_detect_bytes(policy);
}

void
cs_judge_scribe_set(struct cs_judge *judge, const struct cs_judge_scribe *scribe)
{
	judge->scribe = scribe;
}

void
cs_judge_start(struct cs_judge *judge, unsigned link, uint64_t time_ns)
{
	if (judge->scribe && judge->scribe->start && !judge->scribe->start(judge->scribe->context, link, time_ns))
		return;
	cs_coverage_start(judge->coverage, link, time_ns);
}

void
cs_judge_gap(struct cs_judge *judge, unsigned link, enum cs_direction dir, struct cs_gap gap)
{
	if (judge->scribe && judge->scribe->gap && !judge->scribe->gap(judge->scribe->context, link, dir, &gap))
		return;
	cs_coverage_gap(judge->coverage, link, dir, gap);
}

void
cs_judge_prepare(const struct cs_judge *judge, const struct cs_event *event)
{
	cs_detect_prepare(judge->detect, event);
}

void
cs_judge_event(struct cs_judge *judge, const struct cs_event *event)
{
	if (judge->scribe && judge->scribe->event && !judge->scribe->event(judge->scribe->context, event))
		return;
	cs_detect_event(judge->detect, event);
}

void
cs_judge_tick(struct cs_judge *judge, const struct cs_tick *tick)
{
	if (judge->scribe && judge->scribe->tick && !judge->scribe->tick(judge->scribe->context, tick))
		return;
	for (unsigned i = 0; i < judge->policy->link_n; i++)
		if (tick->settled_ns[i])
			cs_coverage_settle(judge->coverage, i, tick->settled_ns[i]);
	cs_detect_advance(judge->detect, tick->now_ns);
}

void
cs_judge_tell(struct cs_judge *judge, const struct cs_finding *finding)
{
	if (judge->scribe && judge->scribe->tell && !judge->scribe->tell(judge->scribe->context, finding))
		return;
	judge->sink.finding(judge->sink.context, finding);
}

void
cs_judge_list(struct cs_judge *judge, const struct cs_listing *listing)
{
	struct cs_behave *behave = cs_detect_behave(judge->detect);
	CS_ASSERT(behave);
	if (judge->scribe && judge->scribe->list && !judge->scribe->list(judge->scribe->context, listing))
		return;
	cs_behave_list(behave, listing);
}

void
cs_judge_finish(struct cs_judge *judge)
{
	if (judge->scribe && judge->scribe->finish && !judge->scribe->finish(judge->scribe->context))
		return;
	cs_detect_finish(judge->detect);
}

void
cs_judge_regions(const struct cs_judge *judge, struct cs_regions *out)
{
	out->n = 0;
	cs_coverage_regions(judge->coverage, out);
	cs_detect_regions(judge->detect, out);
}

void
cs_judge_pair_regions(const struct cs_judge *judge, struct cs_regions *out)
{
	out->n = 0;
	cs_coverage_regions(judge->coverage, out);
	cs_detect_pair_regions(judge->detect, out);
}

struct cs_detect *
cs_judge_detect(const struct cs_judge *judge)
{
	return judge->detect;
}

uint64_t
cs_judge_layout(const struct cs_judge *judge)
{
	struct cs_regions regions;
	cs_judge_regions(judge, &regions);
	return cs_regions_layout(&regions, cs_hash_mix(CS_STATE_VERSION, judge->policy->hash));
}

uint64_t
cs_judge_hash(const struct cs_judge *judge)
{
	struct cs_regions regions;
	cs_judge_regions(judge, &regions);
	return cs_regions_hash(&regions);
}

const struct cs_detect_counts *
cs_judge_counts(const struct cs_judge *judge)
{
	return cs_detect_counts_of(judge->detect);
}

const struct cs_coverage *
cs_judge_coverage(const struct cs_judge *judge)
{
	return judge->coverage;
}

const struct cs_policy *
cs_judge_policy(const struct cs_judge *judge)
{
	return judge->policy;
}

struct cs_behave *
cs_judge_behave(const struct cs_judge *judge)
{
	return cs_detect_behave(judge->detect);
}
