/*
 * One event's way through behaviour, and the life of what it needs.
 *
 * Limits have an arena of their own, taken first: when there is no memory for the rest, they stand alone. An answer and
 * its request are looked at as one event, made here; findings show the messages as they came. Nothing is allocated after
 * cs_behave_new.
 */
#include "detect/behave_parts.h"

#include <stdlib.h>

enum { FULL_TOLD_EVERY_S = 60 };

/* --- what is looked at --- */

static bool
has_amount(const struct cs_row_clause *row)
{
	for (unsigned i = 0; i < row->column_n; i++)
		if (row->column[i].what == CS_COLUMN_MONEY && row->column[i].field == CS_FIELD_AMOUNT)
			return true;
	return false;
}

/* Answers of the acquirer's links (of the issuer's, when there are none), and records with an amount. */
static void
find_plain(const struct cs_policy *policy, struct cs_of *plain)
{
	enum cs_side side = CS_SIDE_ISSUER;
	for (unsigned i = 0; i < policy->link_n; i++)
		if (!policy->link[i].row && policy->link[i].side == CS_SIDE_ACQUIRER)
			side = CS_SIDE_ACQUIRER;
	for (unsigned i = 0; i < policy->link_n; i++) {
		const struct cs_link *link = &policy->link[i];
		if (link->row)
			plain->kinds[i] = has_amount(link->row) ? 1u << CS_KIND_RECORD : 0;
		else
			plain->kinds[i] = link->side == side ? 1u << CS_KIND_RESPONSE : 0;
	}
}

static void
look_at(struct cs_behave *behave, const struct cs_of *of)
{
	for (unsigned i = 0; i < CS_LINKS_MAX; i++)
		behave->kinds[i] |= of->kinds[i];
}

static void
start_rule(struct cs_behave *behave, unsigned nth)
{
	const struct cs_rule_clause *rule = &behave->policy->rule[nth];
	struct cs_rule_hot *hot = &behave->hot[nth];
	hot->until_ns = rule->expires_ns ? rule->expires_ns : UINT64_MAX;
	hot->braked = rule->live && rule->outcomes && rule->outcome.verdict == CS_VERDICT_BLOCK && rule->brake_ppm > 0;
	for (unsigned link = 0; link < CS_LINKS_MAX; link++) {
		hot->asks_more = hot->asks_more || rule->of.where[link];
		for (unsigned kind = 0; kind < CS_KIND_N; kind++)
			if (rule->of.kinds[link] >> kind & 1)
				behave->rules_of[link][kind][nth / 64] |= UINT64_C(1) << nth % 64;
	}
	if (hot->asks_more || hot->braked || rule->expires_ns)
		behave->singular[nth / 64] |= UINT64_C(1) << nth % 64;
}

static void
start_looking(struct cs_behave *behave)
{
	const struct cs_behave_policy *policy = behave->policy;
	find_plain(behave->whole_policy, &behave->plain);
	for (unsigned i = 0; i < policy->limit_profile_n; i++)
		look_at(behave, &policy->limit_profile[i].of);
	for (unsigned i = 0; i < policy->limit_n; i++)
		look_at(behave, &policy->limit[i].of);
	for (unsigned i = 0; i < policy->profile_n; i++)
		look_at(behave, &policy->profile[i].of);
	for (unsigned i = 0; i < policy->rule_n; i++) {
		look_at(behave, &policy->rule[i].of);
		start_rule(behave, i);
	}
	for (unsigned i = 0; i < policy->list_n; i++)
		if (policy->list[i].acts)
			look_at(behave, &behave->plain);
}

/* --- life --- */

size_t
cs_behave_bytes(const struct cs_policy *policy)
{
	if (!policy->behave)
		return 0;
	return sizeof(struct cs_behave) + cs_work_bytes(policy->behave, true) + cs_work_bytes(policy->behave, false) +
	       cs_listed_bytes(policy->behave);
}

static void
start_rest(struct cs_behave *behave)
{
	if (cs_listed_init(behave) == CS_OK && cs_work_init(&behave->rules, behave->policy, false) == CS_OK) {
		behave->rules.counts = &behave->counts;
		behave->rules.list = behave->list;
		behave->rules.table = behave->table;
		for (unsigned i = 0; i < behave->policy->rule_n; i++)
			behave->hot[i].gate = behave->rules.plan.gate[i];
		return;
	}
	cs_work_fini(&behave->rules);
	cs_arena_fini(&behave->lists);
	behave->counts.limits_only = true;
}

struct cs_behave *
cs_behave_new(const struct cs_policy *policy)
{
	CS_ASSERT(policy->behave);
	struct cs_behave *behave = calloc(1, sizeof *behave);
	if (!behave)
		return NULL;
	behave->whole_policy = policy;
	behave->policy = policy->behave;
	behave->counts_to_tell = &behave->told_counts;
	if (cs_work_init(&behave->limits, policy->behave, true) != CS_OK) {
		cs_behave_free(behave);
		return NULL;
	}
	behave->limits.counts = &behave->counts;
	behave->limits.ahead = behave->rules.ahead = &behave->ahead;
	start_looking(behave);
	start_rest(behave);
	return behave;
}

void
cs_behave_free(struct cs_behave *behave)
{
	if (!behave)
		return;
	cs_work_fini(&behave->limits);
	cs_work_fini(&behave->rules);
	cs_arena_fini(&behave->lists);
	free(behave);
}

static void
add_profiles(struct cs_work *work, struct cs_regions *regions)
{
	for (unsigned i = 0; i < work->profile_n; i++)
		cs_profile_regions(&work->plan.profile[i], regions);
}

void
cs_behave_regions(struct cs_behave *behave, struct cs_regions *regions)
{
	struct cs_behave_counts *counts = &behave->counts;
	cs_regions_add(regions, behave, offsetof(struct cs_behave, whole_policy));
	cs_regions_add(regions, &counts->unconverted_n,
		       sizeof *counts - offsetof(struct cs_behave_counts, unconverted_n));
	add_profiles(&behave->limits, regions);
	if (counts->limits_only)
		return;
	add_profiles(&behave->rules, regions);
	cs_listed_regions(behave, regions);
}

void
cs_behave_prepare(struct cs_behave *behave, const struct cs_event *event)
{
	if (behave->kinds[event->link] >> event->kind & 1)
		cs_ask_event(behave, event);
}

/* --- one event --- */

static const struct cs_event *
complete(struct cs_behave *behave, const struct cs_view *view)
{
	static const uint32_t read_flags = CS_FLAG_PIN | CS_FLAG_ARQC | CS_FLAG_CARD;
	const struct cs_event *event = view->event, *request = view->request;
	if (!request || request == event)
		return event;
	if (!(request->present & ~event->present) && !(request->flags & ~event->flags & read_flags))
		return event;
	behave->completed = *event;
	cs_event_complete(&behave->completed, request);
	return &behave->completed;
}

void
cs_behave_limits(struct cs_detect *detect, struct cs_view *view)
{
	struct cs_behave *behave = detect->behave;
	if (!behave)
		return;
	const struct cs_event *event = view->event;
	/* The same again is no second payment. */
	behave->looked = view->answer != CS_ANSWER_DUPLICATE && behave->kinds[event->link] >> event->kind & 1;
	if (!behave->looked)
		return;
	cs_ask_begin(behave, event);
	behave->event = complete(behave, view);
	behave->decision = (struct cs_decision){.event = behave->event};
	cs_limit_event(detect, view);
}

static inline uint64_t
forgotten(const struct cs_profile_counts *counts)
{
	return counts->short_n + counts->evicted_n + counts->refused_n;
}

/* What profiles forget is told once a minute for each. */
static void
tell_full(struct cs_detect *detect, struct cs_work *work, unsigned nth, struct cs_full_told *told)
{
	static const struct cs_outcome outcome = {CS_VERDICT_ALLOW, CS_SEVERITY_MEDIUM};
	struct cs_behave *behave = detect->behave;
	const struct cs_profile_counts *counts = &work->plan.profile[nth].counts;
	const uint64_t n = forgotten(counts);
	if (told->n && detect->now_ns < told->time_ns + FULL_TOLD_EVERY_S * cs_second_ns)
		return;
	struct cs_finding finding;
	cs_explain_begin(detect, &finding, CS_REASON_PROFILE_FULL, &outcome);
	finding.link = behave->event->link;
	finding.expectation =
		cs_why_name(behave, work == &behave->limits ? "limit" : "profile", work->clause[nth].name);
	struct cs_text text = cs_explain_detail(&finding);
	cs_text_put_counted(&text, n - told->n, "key or event forgotten before its time",
			    "keys or events forgotten before their time");
	cs_text_put(&text, ": raise `keys ");
	cs_text_put_u64(&text, work->clause[nth].keys);
	cs_text_put(&text, "` or `memory` of ");
	cs_text_put(&text, work->clause[nth].name);
	*told = (struct cs_full_told){detect->now_ns, n};
	cs_explain_tell(detect, &finding);
}

static void
look_for_full(struct cs_detect *detect, struct cs_work *work, struct cs_full_told *told)
{
	for (unsigned i = 0; i < work->profile_n; i++)
		if (forgotten(&work->plan.profile[i].counts) != told[i].n)
			tell_full(detect, work, i, &told[i]);
}

static void
tell_decision(struct cs_behave *behave)
{
	const struct cs_work *work = &behave->rules;
	if (!behave->observer.decision)
		return;
	if (!behave->counts.limits_only && work->profile_n) {
		const struct cs_profile_clause *last = &work->clause[work->profile_n - 1];
		behave->decision.value_n = last->first + last->aggregate_n;
	}
	behave->decision.value = work->value;
	behave->decision.known = work->answered;
	behave->observer.decision(behave->observer.context, &behave->decision);
}

void
cs_behave_event(struct cs_detect *detect, struct cs_view *view)
{
	struct cs_behave *behave = detect->behave;
	if (!behave || !behave->looked)
		return;
	if (!behave->counts.limits_only)
		cs_rule_event(detect, view);
	behave->counts.unconverted_n += behave->limits.unconverted || behave->rules.unconverted;
	look_for_full(detect, &behave->limits, behave->told[0]);
	if (!behave->counts.limits_only)
		look_for_full(detect, &behave->rules, behave->told[1]);
	tell_decision(behave);
}

/* --- who asks --- */

uint64_t
cs_behave_asked(const struct cs_behave *behave, unsigned nth)
{
	uint64_t n = 0;
	if (behave->singular[nth / 64] >> nth % 64 & 1)
		return 0; /* it counts for itself */
	for (unsigned link = 0; link < CS_LINKS_MAX; link++)
		for (unsigned kind = 0; kind < CS_KIND_N; kind++)
			if (behave->policy->rule[nth].of.kinds[link] >> kind & 1)
				n += behave->asked_n[link][kind];
	return n;
}

const struct cs_behave_counts *
cs_behave_counts_of(const struct cs_behave *behave)
{
	struct cs_behave_counts *counts = behave->counts_to_tell;
	*counts = behave->counts;
	for (unsigned i = 0; i < behave->policy->rule_n; i++)
		counts->rule[i].asked_n += cs_behave_asked(behave, i);
	return counts;
}

const struct cs_profile *
cs_behave_profile(const struct cs_behave *behave, unsigned i)
{
	CS_ASSERT(!behave->counts.limits_only && i < behave->rules.profile_n);
	return &behave->rules.plan.profile[i];
}

void
cs_behave_observe(struct cs_behave *behave, struct cs_behave_observer observer)
{
	behave->observer = observer;
}
