/*
 * The summary: what was seen, how much of it, what became of every claim, what was found, what was full.
 *
 * Every number is a count kept elsewhere; nothing is decided here. Per expectation the outcomes add up to
 * the claims, per link and direction the bytes decoded and lost add up to the bytes seen or known to exist.
 */
#include "engine/summary.h"

#include "base/since.h"
#include "detect/behave.h"
#include "engine/columns.h"

enum { NAME_WIDTH = 14, COLUMN = 14, OUTCOME_N = 8 };

static void
put_some(struct cs_text *text, uint64_t n, const char *what)
{
	cs_columns_count(text, n);
	cs_text_put(text, " ");
	cs_text_put(text, what);
}

static void
put_counted(struct cs_text *text, uint64_t n, const char *one, const char *many)
{
	put_some(text, n, n == 1 ? one : many);
}

static void
put_overview(struct cs_text *text, const struct cs_summary *summary)
{
	const struct cs_pipeline_counts *counts = cs_pipeline_counts_of(summary->pipeline);
	put_counted(text, counts->packets, "packet, ", "packets, ");
	put_counted(text, counts->messages, "message", "messages");
	if (counts->records) {
		cs_text_put(text, ", ");
		put_counted(text, counts->records, "record", "records");
	}
	if (counts->packets + counts->records) {
		cs_text_put(text, ", from ");
		cs_text_put_time(text, counts->first_ns);
		cs_text_put(text, " on for ");
		cs_text_put_duration(text, cs_since_minus(counts->last_ns, counts->first_ns));
	}
	if (summary->elapsed_ns) {
		__uint128_t per_s =
			(__uint128_t)(counts->messages + counts->records) * 1000000000 / summary->elapsed_ns;
		cs_text_put(text, "\nread in ");
		cs_text_put_duration(text, summary->elapsed_ns);
		cs_text_put(text, ": ");
		if (counts->records)
			put_some(text, (uint64_t)per_s, "of them a second");
		else
			put_counted(text, (uint64_t)per_s, "message a second", "messages a second");
	}
	cs_text_put(text, "\n");
}

static void
put_rest(struct cs_text *text, uint64_t n, const char *what)
{
	if (!n)
		return;
	cs_text_put(text, "  ");
	put_some(text, n, what);
	cs_text_put(text, "\n");
}

static void
put_rest_counted(struct cs_text *text, uint64_t n, const char *one, const char *many)
{
	put_rest(text, n, n == 1 ? one : many);
}

static void
put_strays(struct cs_text *text, const struct cs_summary *summary)
{
	const struct cs_pipeline_counts *counts = cs_pipeline_counts_of(summary->pipeline);
	put_rest_counted(text, counts->other_packets, "packet belongs to no link of the policy",
			 "packets belong to no link of the policy");
	put_rest_counted(text, counts->not_tcp_packets, "packet is not TCP, or a fragment",
			 "packets are not TCP, or fragments");
	put_rest_counted(text, counts->broken_packets, "packet has headers cut short or wrong",
			 "packets have headers cut short or wrong");
	put_rest_counted(text, counts->dropped_packets, "packet was dropped by the kernel",
			 "packets were dropped by the kernel");
	put_rest_counted(text, summary->backwards, "packet is earlier than the one before it in its file",
			 "packets are earlier than the one before them in their file");
}

static uint64_t
lost_of(const struct cs_way_counts *way)
{
	return way->stream.lost_bytes + way->framer.skipped_bytes + way->undecoded_bytes;
}

static uint64_t
decoded_of(const struct cs_way_counts *way)
{
	return way->framer.framed_bytes - way->undecoded_bytes;
}

/* Hundredths of a percent, rounded down: 100.00 means all. */
static void
put_percent(struct cs_text *text, uint64_t part, uint64_t all)
{
	char at[32];
	struct cs_text percent = cs_text_over(at, sizeof at);
	uint64_t hundredths = all ? (uint64_t)((__uint128_t)part * 10000 / all) : 0;
	if (!all)
		cs_text_put(&percent, "nothing seen");
	else {
		cs_text_put_u64(&percent, hundredths / 100);
		cs_text_put_char(&percent, '.');
		cs_text_put_padded(&percent, hundredths % 100, 2);
		cs_text_put(&percent, " %");
	}
	cs_columns_left(text, at, COLUMN);
}

static void
put_way(struct cs_text *text, const char *name, const char *direction, const struct cs_way_counts *way)
{
	uint64_t decoded = decoded_of(way);
	uint64_t lost = lost_of(way);
	cs_text_put(text, "  ");
	cs_columns_right(text, name, NAME_WIDTH);
	cs_columns_right(text, direction, NAME_WIDTH);
	cs_columns_left_count(text, way->stream.acknowledged_bytes, COLUMN);
	cs_columns_left_count(text, decoded, COLUMN);
	cs_columns_left_count(text, lost, COLUMN);
	put_percent(text, decoded, decoded + lost);
	cs_text_put(text, "\n");
}

/* In words: "1 request", "2 requests". */
static void
put_kind(struct cs_text *text, enum cs_kind kind, uint64_t n)
{
	static const char *const words[CS_KIND_N][2] = {
		[CS_KIND_OTHER] = {"other message", "other messages"},
		[CS_KIND_REQUEST] = {"request", "requests"},
		[CS_KIND_RESPONSE] = {"response", "responses"},
		[CS_KIND_ADVICE] = {"advice", "advices"},
		[CS_KIND_ADVICE_RESPONSE] = {"advice response", "advice responses"},
		[CS_KIND_REVERSAL] = {"reversal", "reversals"},
		[CS_KIND_REVERSAL_RESPONSE] = {"reversal response", "reversal responses"},
		[CS_KIND_NETWORK] = {"network request", "network requests"},
		[CS_KIND_NETWORK_RESPONSE] = {"network response", "network responses"},
		[CS_KIND_RECORD] = {"record", "records"},
	};
	put_some(text, n, words[kind][n != 1]);
}

static void
put_kinds(struct cs_text *text, const struct cs_summary *summary, unsigned link)
{
	const struct cs_detect_counts *detect = cs_pipeline_detect_counts(summary->pipeline);
	const struct cs_leg_counts *leg = &cs_pipeline_counts_of(summary->pipeline)->leg[link];
	uint64_t undecoded = 0;
	for (unsigned i = 0; i < CS_ISO_REASON_N; i++)
		undecoded += leg->undecoded[i];
	cs_text_put(text, "  ");
	cs_columns_right(text, summary->policy->link[link].name, NAME_WIDTH);
	if (summary->policy->link[link].row) {
		put_kind(text, CS_KIND_RECORD, detect->events[link][CS_KIND_RECORD]);
		cs_text_put(text, "\n");
		return;
	}
	put_some(text, leg->connections, leg->connections == 1 ? "connection" : "connections");
	for (unsigned kind = 0; kind < CS_KIND_N; kind++) {
		if (!detect->events[link][kind])
			continue;
		cs_text_put(text, ", ");
		put_kind(text, (enum cs_kind)kind, detect->events[link][kind]);
	}
	cs_text_put(text, ", ");
	put_some(text, undecoded, "undecoded");
	for (unsigned i = 0; i < CS_ISO_REASON_N; i++) {
		if (!leg->undecoded[i])
			continue;
		cs_text_put(text, "; ");
		put_some(text, leg->undecoded[i], cs_iso_reason_text((enum cs_iso_reason)i));
	}
	cs_text_put(text, "\n");
}

/* A link of which nothing could be read makes a quiet summary mean nothing: that is said first. */
static void
put_silent(struct cs_text *text, const struct cs_summary *summary)
{
	const struct cs_detect_counts *counts = cs_pipeline_detect_counts(summary->pipeline);
	for (unsigned i = 0; i < summary->policy->link_n; i++) {
		const struct cs_leg_counts *leg = &cs_pipeline_counts_of(summary->pipeline)->leg[i];
		uint64_t n = 0;
		for (unsigned k = 0; k < CS_KIND_N; k++)
			n += counts->events[i][k];
		const struct cs_link *link = &summary->policy->link[i];
		if (n || (link->row && !link->judged))
			continue;
		cs_text_put(text,
			    link->row ? "\nWARNING: not one row of record " : "\nWARNING: not one message of link ");
		cs_text_put(text, link->name);
		if (link->row) {
			cs_text_put(text, " was read, so nothing could be judged by it: is its file missing?\n");
			continue;
		}
		cs_text_put(text,
			    leg->packets
				    ? " could be read, so nothing could be judged by it: wrong dialect or framing? "
				      "`countersign identify` tells\n"
				    : " was seen, so nothing could be judged by it: is its capture missing, or "
				      "its port in the policy another?\n");
	}
}

/* Of the bytes that were tapped. Records have none. */
static void
put_coverage(struct cs_text *text, const struct cs_summary *summary)
{
	cs_text_put(text, "\nCoverage        ");
	cs_columns_right(text, "direction", NAME_WIDTH);
	cs_columns_left(text, "acknowledged", COLUMN);
	cs_columns_left(text, "decoded", COLUMN);
	cs_columns_left(text, "lost", COLUMN);
	cs_columns_left(text, "of bytes", COLUMN);
	cs_text_put(text, "\n");
	for (unsigned i = 0; i < summary->policy->link_n; i++) {
		const struct cs_leg_counts *leg = &cs_pipeline_counts_of(summary->pipeline)->leg[i];
		const char *name = summary->policy->link[i].name;
		if (summary->policy->link[i].row)
			continue;
		put_way(text, name, "to the port", &leg->way[CS_DIR_TO_PORT]);
		put_way(text, name, "from the port", &leg->way[CS_DIR_FROM_PORT]);
	}
}

static void
put_links(struct cs_text *text, const struct cs_summary *summary)
{
	unsigned tapped_n = 0;
	cs_text_put(text, "\nLinks\n");
	for (unsigned i = 0; i < summary->policy->link_n; i++) {
		put_kinds(text, summary, i);
		tapped_n += !summary->policy->link[i].row;
	}
	if (tapped_n)
		put_coverage(text, summary);
}

static void
put_expectation(struct cs_text *text, const struct cs_expect *expect, const struct cs_expect_counts *counts)
{
	const struct {
		uint64_t n;
		const char *what;
	} outcome[OUTCOME_N] = {
		{counts->proven, "proven"},
		{counts->excused, "excused"},
		{counts->duplicate, "duplicate"},
		{counts->forged, "forged"},
		{counts->contradicted, "contradicted"},
		{counts->unproven, "unproven"},
		{counts->waiting, "waiting"},
		{counts->waiting_excused, "waiting for an advice"},
	};
	cs_text_put(text, "  ");
	cs_columns_right(text, expect->name, NAME_WIDTH);
	put_counted(text, counts->claims, "claim =", "claims =");
	for (unsigned i = 0, some = 0; i < OUTCOME_N; i++) {
		if (!outcome[i].n)
			continue;
		cs_text_put(text, some++ ? " + " : " ");
		put_some(text, outcome[i].n, outcome[i].what);
	}
	cs_text_put(text, counts->claims ? "\n" : " none\n");
}

static void
put_expectations(struct cs_text *text, const struct cs_summary *summary)
{
	const struct cs_detect_counts *detect = cs_pipeline_detect_counts(summary->pipeline);
	if (summary->policy->expect_n)
		cs_text_put(text, "\nExpectations\n");
	for (unsigned i = 0; i < summary->policy->expect_n; i++)
		put_expectation(text, &summary->policy->expect[i], &detect->expect[i]);
}

static void
put_unjudged(struct cs_text *text, uint64_t n, const char *what)
{
	if (!n)
		return;
	cs_text_put(text, ", ");
	put_some(text, n, what);
}

static void
put_conservation(struct cs_text *text, const struct cs_summary *summary)
{
	const struct cs_detect_counts *detect = cs_pipeline_detect_counts(summary->pipeline);
	if (summary->policy->conserve_n)
		cs_text_put(text, "\nConservation\n");
	for (unsigned i = 0; i < summary->policy->conserve_n; i++) {
		const struct cs_conserve_counts *counts = &detect->conserve[i];
		cs_text_put(text, "  ");
		cs_columns_right(text, summary->policy->conserve[i].name, NAME_WIDTH);
		put_some(text, counts->judged, counts->judged == 1 ? "interval judged" : "intervals judged");
		put_unjudged(text, counts->lost, "skipped since bytes of the issuer's link were lost");
		put_unjudged(text, counts->overrun, "skipped since the links were settled too late");
		put_unjudged(text, counts->late_n,
			     counts->late_n == 1 ? "message came too late for its own"
						 : "messages came too late for theirs");
		cs_text_put(text, "\n");
	}
}

static void
put_statements(struct cs_text *text, const struct cs_summary *summary)
{
	const struct cs_detect_counts *detect = cs_pipeline_detect_counts(summary->pipeline);
	if (summary->policy->statement_n)
		cs_text_put(text, "\nStatements\n");
	for (unsigned i = 0; i < summary->policy->statement_n; i++) {
		const struct cs_statement_counts *counts = &detect->statement[i];
		cs_text_put(text, "  ");
		cs_columns_right(text, summary->policy->statement[i].name, NAME_WIDTH);
		put_some(text, counts->sound, "sound of ");
		put_some(text, counts->pages, counts->pages == 1 ? "page" : "pages");
		put_unjudged(text, counts->broken, "broken");
		put_unjudged(text, counts->unproven, "unproven");
		put_unjudged(text, counts->copies, counts->copies == 1 ? "copy" : "copies");
		put_unjudged(text, counts->waiting, "waiting");
		put_unjudged(text, counts->silent, "did not come in time");
		put_unjudged(text, counts->evicted,
			     counts->evicted == 1 ? "account forgotten: raise `keep N accounts`"
						  : "accounts forgotten: raise `keep N accounts`");
		cs_text_put(text, "\n");
	}
}

/* A row about behaviour: a name, what of it is never left out, and the rest where it is not nought. */
static void
put_rule(struct cs_text *text, const struct cs_rule_clause *rule, const struct cs_rule_counts *counts)
{
	cs_text_put(text, "  ");
	cs_columns_right(text, rule->name, NAME_WIDTH);
	cs_text_put(text, strlen(rule->name) < NAME_WIDTH ? "" : " ");
	put_some(text, counts->fired_n, "fired of ");
	put_some(text, counts->asked_n, "asked");
	cs_text_put(text, rule->live ? "" : ", in shadow");
	put_unjudged(text, counts->unknown_n, "without a value that was needed");
	put_unjudged(text, counts->braked_n,
		     counts->braked_n == 1 ? "block turned into a hold by its brake"
					   : "blocks turned into holds by its brake");
	put_unjudged(text, counts->expired_n, "behind its last day");
	cs_text_put(text, "\n");
}

static void
put_named(struct cs_text *text, const char *name, uint64_t n, const char *what)
{
	cs_text_put(text, "  ");
	cs_columns_right(text, name, NAME_WIDTH);
	cs_text_put(text, strlen(name) < NAME_WIDTH ? "" : " ");
	put_some(text, n, what);
	cs_text_put(text, "\n");
}

static void
put_behaviour(struct cs_text *text, const struct cs_summary *summary)
{
	const struct cs_behave_policy *policy = summary->policy->behave;
	const struct cs_behave *behave = cs_pipeline_behave(summary->pipeline);
	if (!policy || !behave)
		return;
	const struct cs_behave_counts *counts = cs_behave_counts_of(behave);
	cs_text_put(text, "\nBehaviour\n");
	if (summary->policy->limits_only)
		cs_text_put(text, "  WARNING: the policy is broken; its limits alone stand, and no rule, list or "
				  "profile (screens do)\n");
	else if (counts->limits_only)
		cs_text_put(text, "  WARNING: there is no memory for profiles, rules and lists; limits alone stand\n");
	for (unsigned i = 0; i < policy->limit_n; i++)
		put_named(text, policy->limit[i].name, counts->limit_passed_n[i], "passed this limit");
	for (unsigned i = 0; i < policy->list_n; i++)
		put_named(text, policy->list[i].name, counts->listed_n[i], "told by this list");
	for (unsigned i = 0; i < policy->rule_n; i++)
		put_rule(text, &policy->rule[i], &counts->rule[i]);
	put_rest_counted(text, counts->unconverted_n, "amount in a currency the policy has no rate for",
			 "amounts in a currency the policy has no rate for");
	put_rest_counted(text, counts->overflow_n, "value too large to reckon with", "values too large to reckon with");
}

/* What was held against watch lists, and which are searched. */
static void
put_screens(struct cs_text *text, const struct cs_summary *summary)
{
	const struct cs_policy *policy = summary->policy;
	const struct cs_sentry *sentry = cs_pipeline_sentry(summary->pipeline);
	const struct cs_roster *roster = sentry ? cs_sentry_roster(sentry) : NULL;
	if (!roster)
		return;
	cs_text_put(text, "\nNames\n");
	for (unsigned i = 0; i < policy->screen_n; i++) {
		const struct cs_sentry_counts *counts = cs_sentry_counts_of(sentry, i);
		put_named(text, policy->screen[i].name, counts->row_n,
			  counts->row_n == 1 ? "row held against watch lists" : "rows held against watch lists");
		put_rest(text, counts->hit_n, "of them with a name that is listed");
		put_rest_counted(text, counts->decided_n, "entry left out, since somebody decided so",
				 "entries left out, since somebody decided so");
		put_rest_counted(text, counts->short_n, "row that could not be searched whole",
				 "rows that could not be searched whole");
		put_rest(text, counts->unread_n,
			 counts->unread_n == 1 ? "row could not be read, and was not held against lists"
					       : "rows could not be read, and were not held against lists");
	}
	for (unsigned i = 0; i < roster->n; i++)
		put_named(text, roster->list[i].name, roster->list[i].there ? roster->list[i].entry_n : 0,
			  !roster->list[i].there         ? "entries: IT IS NOT SEARCHED"
			  : roster->list[i].entry_n == 1 ? "entry"
							 : "entries");
}

/* A policy without links knows no issuer. */
static bool
only_records(const struct cs_policy *policy)
{
	for (unsigned i = 0; i < policy->link_n; i++)
		if (!policy->link[i].row)
			return false;
	return true;
}

static void
put_findings(struct cs_text *text, const struct cs_summary *summary)
{
	cs_text_put(text, "\nFindings: ");
	cs_columns_count(text, summary->alerts->tally.n);
	cs_text_put(text, "\n");
	put_rest(text, summary->alerts->tally.shadow_n, "more in shadow: told, but not acted on");
	for (unsigned i = 0; i < CS_REASON_N; i++) {
		if (!summary->alerts->tally.by_reason[i])
			continue;
		cs_columns_left_count(text, summary->alerts->tally.by_reason[i], COLUMN);
		cs_text_put(text, "  ");
		cs_columns_right(text, cs_reason_name((enum cs_reason)i), 24);
		cs_text_put(text, (only_records(summary->policy) ? cs_alert_record_words
								 : cs_reason_text)((enum cs_reason)i));
		cs_text_put(text, "\n");
	}
}

/* Coverage findings are told once a minute; the others are in this number. */
static void
put_unsaid(struct cs_text *text, const struct cs_summary *summary)
{
	const struct cs_pipeline_counts *counts = cs_pipeline_counts_of(summary->pipeline);
	uint64_t unsaid = 0;
	for (unsigned i = 0; i < summary->policy->link_n; i++)
		for (unsigned reason = 0; reason < CS_REASON_N; reason++)
			unsaid += counts->leg[i].unsaid[reason];
	put_rest(text, unsaid, "more about our own sight, told once a minute only");
}

static bool
put_limit(struct cs_text *text, const char *link, uint64_t n, const char *one, const char *many)
{
	if (!n)
		return false;
	cs_text_put(text, "  ");
	cs_columns_right(text, link, NAME_WIDTH);
	put_counted(text, n, one, many);
	cs_text_put(text, "\n");
	return true;
}

/* What profiles of the rules forgot or could not take. */
static bool
put_profiles(struct cs_text *text, const struct cs_summary *summary)
{
	const struct cs_behave_policy *policy = summary->policy->behave;
	const struct cs_behave *behave = cs_pipeline_behave(summary->pipeline);
	bool hit = false;
	for (unsigned i = 0; behave && !cs_behave_counts_of(behave)->limits_only && i < policy->profile_n; i++) {
		const char *name = policy->profile[i].name;
		const struct cs_profile_counts *counts = &cs_behave_profile(behave, i)->counts;
		hit |= put_limit(text, name, counts->evicted_n, "key forgotten for want of room (keys)",
				 "keys forgotten for want of room (keys)");
		hit |= put_limit(text, name, counts->refused_n, "event without a place for its key (keys)",
				 "events without a place for their key (keys)");
		hit |= put_limit(text, name, counts->short_n, "event forgotten for want of room (memory)",
				 "events forgotten for want of room (memory)");
		hit |= put_limit(text, name, counts->late_n, "event too late to be counted (lateness)",
				 "events too late to be counted (lateness)");
		hit |= put_limit(text, name, counts->ahead_n, "event too far ahead of the clock (ahead)",
				 "events too far ahead of the clock (ahead)");
	}
	return hit;
}

static void
put_limits(struct cs_text *text, const struct cs_summary *summary)
{
	const struct cs_detect_counts *detect = cs_pipeline_detect_counts(summary->pipeline);
	bool hit = false;
	cs_text_put(text, "\nLimits hit\n");
	for (unsigned i = 0; i < summary->policy->link_n; i++) {
		const char *name = summary->policy->link[i].name;
		const struct cs_leg_counts *leg = &cs_pipeline_counts_of(summary->pipeline)->leg[i];
		const struct cs_streams *streams = cs_pipeline_streams(summary->pipeline, i);
		if (summary->policy->link[i].row) {
			hit |= put_limit(text, name, detect->evicted[i], "record dropped before its time (keep)",
					 "records dropped before their time (keep)");
			continue;
		}
		hit |= put_limit(text, name, detect->evicted[i], "transaction dropped before its time (keep)",
				 "transactions dropped before their time (keep)");
		hit |= put_limit(text, name, detect->crowded[i], "excused approval without room to wait (keep)",
				 "excused approvals without room to wait (keep)");
		hit |= put_limit(text, name, cs_streams_evicted(streams), "connection dropped (connections)",
				 "connections dropped (connections)");
		hit |= put_limit(text, name, cs_streams_held_dropped(streams), "byte behind holes given up",
				 "bytes behind holes given up");
		hit |= put_limit(text, name, leg->refused_connections, "direction refused for want of memory",
				 "directions refused for want of memory");
	}
	hit |= put_profiles(text, summary);
	if (!hit)
		cs_text_put(text, "  none\n");
}

void
cs_summary_put(struct cs_text *text, const struct cs_summary *summary)
{
	put_overview(text, summary);
	put_strays(text, summary);
	put_silent(text, summary);
	put_links(text, summary);
	put_expectations(text, summary);
	put_conservation(text, summary);
	put_statements(text, summary);
	put_behaviour(text, summary);
	put_screens(text, summary);
	put_findings(text, summary);
	put_unsaid(text, summary);
	put_limits(text, summary);
}
