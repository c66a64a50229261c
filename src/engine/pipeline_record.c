/*
 * Rows of records on their way: how far they settle their record, and what those that could not be read may have held.
 *
 * A record is settled by what its rows show, less how late a row may be; where its files are watched, by time as well. A row dated far
 * ahead of all that bears it out shows nothing, and does not move time: while somebody watches, ahead of the clock; where files are read,
 * ahead of the newest row of its record, until another row as late follows. It is an event like any other all the same.
 *
 * What could not be read lies between the rows around it. Behind the last row of all files it lies no further than the clock of who
 * watches, or than a day or what its rows are paired with: a gap without an end would blind a record for good by one line.
 */
#include "base/since.h"
#include "engine/pipeline_parts.h"

static const uint64_t ever_ns = 1; /* since when a record is seen that was never without a row */
static const uint64_t day_ns = UINT64_C(86400000000000);
static const uint64_t ahead_ns = UINT64_C(86400000000000);

static uint64_t
greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t
lateness(const struct cs_pipeline *pipeline, unsigned link)
{
	return pipeline->links->policy->link[link].lateness_ns;
}

/* ---- settling ---- */

/* Without a row nothing was shown. At the newest row's own time others may follow, until its files have ended. */
uint64_t
cs_pipeline_record_settle(struct link_state *link)
{
	uint64_t late_ns = lateness(link->pipeline, link->index);
	uint64_t settled_ns = link->files_ended ? link->newest_ns : cs_since_minus(link->newest_ns, late_ns + 1);
	settled_ns = greater(settled_ns, cs_since_minus(link->idle_ns, late_ns));
	link->settled_ns = greater(link->settled_ns, settled_ns);
	return link->settled_ns;
}

static void
tell_ahead(struct cs_pipeline *pipeline, unsigned link, uint64_t time_ns, const struct cs_event *event)
{
	char detail[CS_DETAIL_BYTES];
	struct cs_text text = cs_text_over(detail, sizeof detail);
	struct cs_blind blind = {CS_REASON_ROW_AHEAD, CS_DIR_TO_PORT, 0, pipeline->now_ns, 0, event, detail};
	cs_text_put(&text, "a row is dated ");
	cs_text_put_when(&text, time_ns);
	cs_text_put(&text, pipeline->clock_ns ? ", far ahead of the clock: it settles nothing"
					      : ", far ahead of the rows before and behind it: it settles nothing");
	cs_blind_tell(pipeline, link, &blind);
}

/* Rows of LINK are seen from TIME_NS on; those that no expectation names need no sight. */
static void
watch_record(struct cs_pipeline *pipeline, unsigned index, uint64_t time_ns)
{
	struct link_state *link = &pipeline->link[index];
	if (link->watched || !pipeline->links->policy->link[index].judged)
		return;
	link->watched = true;
	link->first_ns = time_ns;
	cs_judge_start(pipeline->judge, index, pipeline->links->policy->link[index].whole ? ever_ns : time_ns);
}

/* A row whose time nothing bears out was not borne out by the one behind it, either. */
static void
doubt(struct cs_pipeline *pipeline, unsigned index, uint64_t time_ns)
{
	struct link_state *link = &pipeline->link[index];
	if (link->doubt_ns)
		tell_ahead(pipeline, index, link->doubt_ns, NULL);
	link->doubt_ns = time_ns;
}

/* Where files are read: whether TIME_NS is borne out, by the rows before or by the one that was in doubt. */
static bool
is_borne_out(struct cs_pipeline *pipeline, unsigned index, uint64_t time_ns)
{
	struct link_state *link = &pipeline->link[index];
	uint64_t newest_ns = link->newest_ns ? link->newest_ns : pipeline->now_ns;
	if (!newest_ns || time_ns <= newest_ns + ahead_ns) {
		doubt(pipeline, index, 0);
		return true;
	}
	bool pair = link->doubt_ns && time_ns <= link->doubt_ns + ahead_ns && link->doubt_ns <= time_ns + ahead_ns;
	if (!pair) {
		doubt(pipeline, index, time_ns);
		return false;
	}
	link->newest_ns = link->doubt_ns;
	link->doubt_ns = 0;
	return true;
}

/* While somebody watches, rows settle their record no further than his clock, and do not move it. */
static void
take_live(struct cs_pipeline *pipeline, const struct cs_event *event)
{
	struct link_state *link = &pipeline->link[event->link];
	uint64_t time_ns = event->origin.time_ns, clock_ns = pipeline->clock_ns;
	bool ahead = time_ns > clock_ns + ahead_ns;
	if (ahead)
		tell_ahead(pipeline, event->link, time_ns, event);
	else
		link->newest_ns = greater(link->newest_ns, time_ns < clock_ns ? time_ns : clock_ns);
}

bool
cs_pipeline_record_take(struct cs_pipeline *pipeline, const struct cs_event *event)
{
	struct link_state *link = &pipeline->link[event->link];
	uint64_t time_ns = event->origin.time_ns;
	watch_record(pipeline, event->link, time_ns);
	if (pipeline->clock_ns) {
		take_live(pipeline, event);
		return false;
	}
	if (!is_borne_out(pipeline, event->link, time_ns))
		return false;
	link->newest_ns = greater(link->newest_ns, time_ns);
	return true;
}

void
cs_pipeline_record_end(struct cs_pipeline *pipeline)
{
	for (unsigned i = 0; i < pipeline->links->n; i++) {
		doubt(pipeline, i, 0);
		pipeline->link[i].files_ended = true;
	}
}

void
cs_pipeline_files_idle(struct cs_pipeline *pipeline, unsigned link, uint64_t time_ns)
{
	watch_record(pipeline, link, time_ns);
	pipeline->link[link].idle_ns = greater(pipeline->link[link].idle_ns, time_ns);
}

/* ---- what could not be read ---- */

/* How far from a row of LINK one lies that it could be paired with, or that its file could hold: a day at least. */
static uint64_t
reach(const struct cs_policy *policy, unsigned link)
{
	uint64_t reach_ns = day_ns;
	for (unsigned i = 0; i < policy->expect_n; i++) {
		const struct cs_expect *expect = &policy->expect[i];
		if (expect->proof.link == link || expect->claim.link == link)
			reach_ns = greater(reach_ns, expect->within_ns);
	}
	return reach_ns;
}

/* Where no row stands before or behind what was lost: others of the record bound it, or what was decided already; and nobody has
 * written it later than it was read. */
static void
bound(const struct cs_pipeline *pipeline, unsigned link, struct cs_blind *blind)
{
	uint64_t reach_ns = reach(pipeline->links->policy, link);
	uint64_t seen_ns =
		greater(pipeline->link[link].newest_ns, cs_coverage_settled(cs_judge_coverage(pipeline->judge), link));
	bool open = blind->to_ns == UINT64_MAX;
	if (!blind->from_ns && seen_ns <= blind->to_ns)
		blind->from_ns = seen_ns;
	else if (!blind->from_ns)
		blind->from_ns = cs_since_minus(blind->to_ns, reach_ns);
	if (open && pipeline->clock_ns)
		blind->to_ns = greater(blind->from_ns, pipeline->clock_ns);
	else if (open && blind->from_ns)
		blind->to_ns = blind->from_ns + reach_ns;
	else if (open) /* there was no row at all yet */
		blind->to_ns = pipeline->now_ns;
}

static void
describe(char *out, const struct cs_blind *blind)
{
	struct cs_text text = cs_text_over(out, CS_DETAIL_BYTES);
	cs_text_put_u64(&text, blind->lost_bytes);
	cs_text_put(&text, blind->lost_bytes == 1 ? " row" : " rows");
	cs_text_put(&text, " could not be read: what they held ");
	if (blind->from_ns) {
		cs_text_put(&text, "between ");
		cs_text_put_when(&text, blind->from_ns);
		cs_text_put(&text, " and ");
	} else {
		cs_text_put(&text, "before ");
	}
	cs_text_put_when(&text, blind->to_ns);
	cs_text_put(&text, " is not known");
}

void
cs_pipeline_rows_lost(struct cs_pipeline *pipeline, unsigned link, uint64_t from_ns, uint64_t to_ns, uint64_t n)
{
	char detail[CS_DETAIL_BYTES];
	uint64_t late_ns = lateness(pipeline, link);
	struct cs_blind blind = {
		.reason = CS_REASON_UNDECODED,
		.dir = CS_DIR_TO_PORT,
		.from_ns = from_ns < to_ns ? from_ns : to_ns,
		.to_ns = from_ns < to_ns ? to_ns : from_ns,
		.lost_bytes = n,
		.detail = detail,
	};
	pipeline->counts.lost_rows += n;
	cs_pipeline_lost_screen(pipeline, link,
				&(struct cs_sentry_lost){blind.from_ns, blind.to_ns, n, pipeline->counts.lost_rows});
	if (!pipeline->links->policy->link[link].judged)
		return;
	bound(pipeline, link, &blind);
	blind.from_ns = cs_since_minus(blind.from_ns, late_ns);
	blind.to_ns += late_ns;
	describe(detail, &blind);
	cs_blind_gap(pipeline, link, &blind);
	cs_blind_tell(pipeline, link, &blind);
}

void
cs_pipeline_file_aside(struct cs_pipeline *pipeline, unsigned link, const char *words)
{
	struct cs_finding finding = {
		.reason = CS_REASON_FILE_ASIDE,
		.severity = CS_SEVERITY_MEDIUM,
		.verdict = CS_VERDICT_ALLOW,
		.link = (uint16_t)link,
		.expectation = "coverage",
		.decided_ns = pipeline->now_ns,
	};
	struct cs_text text = cs_text_over(finding.detail, sizeof finding.detail);
	cs_text_put(&text, words);
	cs_batch_flush(&pipeline->batch);
	cs_judge_tell(pipeline->judge, &finding);
}
