/*
 * What waits at the end of the day: the journal is judged again, by the code that judged it then, up to the first input of the
 * next day. Where it cannot be (inputs were let go of, a key was erased), the report says so instead.
 */
#include "app/report_put.h"
#include "engine/rerun.h"

#include <inttypes.h>
#include <stdio.h>

enum { STEP_RECORDS = 65536 };

struct waiting {
	struct cs_report *report;
	struct cs_rerun *rerun;
	const struct cs_policy *policy;
	bool ended; /* the input ended there, or its policy: nobody waits any more */
};

static void
keep_text(char *out, size_t cap, const char *text)
{
	size_t len = strnlen(text, cap - 1);
	memset(out, 0, cap);
	memcpy(out, text, len);
}

static void
put_deadline(const struct waiting *waiting, const struct cs_detect_open *open, struct cs_report_item *item)
{
	struct cs_text text = cs_text_over(item->words, sizeof item->words);
	if (open->row_n) {
		cs_text_put(&text, "a batch of rows: ");
		cs_text_put_u64(&text, open->row_n);
		cs_text_put(&text, "; ");
	}
	cs_text_put(&text,
		    open->excused ? "excused for now; its other proof is due by " : "no proof yet; it is due by ");
	cs_text_put_when(&text, open->deadline_ns);
	cs_text_put(&text, waiting->ended ? " UTC, and the input ended before" : " UTC");
}

static void
take_open(void *context, const struct cs_detect_open *open)
{
	const struct waiting *waiting = context;
	struct cs_event event = *open->claim;
	/* A batch goes on beyond the end of an input. */
	if (waiting->ended && open->row_n)
		return;
	if (waiting->ended && cs_report_ago(waiting->report, open->claim_ns) < 0)
		return;
	struct cs_report_item item = {.reason = CS_REASON_PROOF_MISSING, .time_ns = open->claim_ns};
	if (open->request)
		cs_event_complete(&event, open->request);
	keep_text(item.expectation, sizeof item.expectation, waiting->policy->expect[open->expect].name);
	keep_text(item.link, sizeof item.link, waiting->policy->link[event.link].name);
	struct cs_short reference = cs_report_part(waiting->policy, &event, CS_REPORT_PART_REFERENCE);
	struct cs_text text = cs_text_over(item.reference, sizeof item.reference);
	cs_report_put_short(&text, &reference);
	item.severity = waiting->policy->expect[open->expect].otherwise.severity;
	item.verdict = waiting->policy->expect[open->expect].otherwise.verdict;
	item.priced = cs_event_has(&event, CS_FIELD_AMOUNT);
	if (item.priced) {
		item.minor = open->row_n ? open->minor : cs_money_minor(cs_event_money(&event, CS_FIELD_AMOUNT));
		item.currency = cs_money_currency(cs_event_money(&event, CS_FIELD_AMOUNT));
	}
	put_deadline(waiting, open, &item);
	cs_report_open(waiting->report, &item);
}

static void
ignore(void *context, const struct cs_finding *finding)
{
	(void)context;
	(void)finding;
}

static void
collect(struct waiting *waiting, bool ended)
{
	struct cs_judge *judge = cs_rerun_judge(waiting->rerun);
	if (!judge)
		return;
	waiting->ended = ended;
	waiting->policy = cs_rerun_policy(waiting->rerun);
	cs_detect_open_each(cs_judge_detect(judge), &(struct cs_detect_opener){take_open, waiting});
}

/* How many records may be told without passing SEQ. Where records were let go of, numbers tell too many. */
static uint64_t
step_to(const struct waiting *waiting, uint64_t seq)
{
	uint64_t left = seq - cs_rerun_counts_of(waiting->rerun)->next_seq;
	if (waiting->report->proof.gone_n)
		return 1;
	return left < STEP_RECORDS ? left : STEP_RECORDS;
}

/* Up to record SEQ. Behind what is gone or damaged it goes on with the next policy, and says so. CS_END: there is no more. */
static enum cs_error
tell_to(struct waiting *waiting, uint64_t seq)
{
	struct cs_report *report = waiting->report;
	struct cs_rerun *rerun = waiting->rerun;
	enum cs_error error = CS_OK;
	while (error == CS_OK && cs_rerun_counts_of(rerun)->next_seq < seq) {
		error = cs_rerun_some(rerun, step_to(waiting, seq));
		if (report->wish.show_progress)
			fprintf(stderr, "\r  what waits: record %" PRIu64 "\033[K",
				cs_rerun_counts_of(rerun)->next_seq);
		if (error != CS_E_RANGE)
			continue;
		keep_text(report->open_words, sizeof report->open_words, cs_rerun_words(rerun));
		error = cs_rerun_resume(rerun);
	}
	return error;
}

static enum cs_error
tell_all(struct waiting *waiting)
{
	const struct cs_report *report = waiting->report;
	for (uint32_t i = 0; i < report->stop_n; i++) {
		if (cs_rerun_counts_of(waiting->rerun)->next_seq > report->stop[i])
			continue; /* it began at a snapshot behind that */
		CS_TRY(tell_to(waiting, report->stop[i]));
		collect(waiting, true);
	}
	return tell_to(waiting, UINT64_MAX);
}

void
cs_report_wait(struct cs_report *report)
{
	struct waiting waiting = {.report = report};
	struct cs_rerun_wish wish = {
		.folder = report->wish.folder,
		.vault = report->wish.vault,
		.sink = {ignore, NULL},
		.until_seq = report->end_seq,
		.from_seq = report->proof.from_page_0 && report->stop_n ? report->stop[0] : 0,
		.follow_only = true,
	};
	enum cs_error error = cs_rerun_open(&wish, &waiting.rerun);
	if (error == CS_OK)
		error = tell_all(&waiting);
	if (report->wish.show_progress)
		fputs("\r\033[K", stderr);
	report->open_known = error == CS_END && cs_rerun_judge(waiting.rerun);
	if (report->open_known)
		collect(&waiting, false);
	else if (waiting.rerun && cs_rerun_words(waiting.rerun)[0])
		keep_text(report->open_words, sizeof report->open_words, cs_rerun_words(waiting.rerun));
	else if (!report->open_words[0])
		keep_text(report->open_words, sizeof report->open_words,
			  error == CS_END ? "no policy was in force" : cs_error_text(error));
	cs_rerun_close(waiting.rerun);
}
