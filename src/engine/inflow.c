/*
 * Standard input as rows of a record, read without waiting.
 *
 * Invariant: between two calls all that was read is told, but for a row whose end has not come. A last row without a line end is not told: who
 * wrote it may have been cut off in the midst of an amount. What could not be read is told before anything is settled beyond it.
 * Leaves what a row means to decode/row.c, and what is settled to engine/pipeline_record.c.
 */
#include "engine/inflow.h"

#include "decode/row.h"
#include "io/file.h"
#include "io/secret.h"

#include <stdlib.h>

enum { BUFFER_BYTES = 65536 };

static const uint64_t look_every_ns = UINT64_C(1000000000);
static const uint64_t tell_every_ns = UINT64_C(60000000000); /* rows that cannot be read: an alert for all of them */
static const uint64_t half_for_ns = UINT64_C(60000000000);   /* a half row is said behind that */

struct cs_inflow {
	struct cs_inflow_wish wish;
	struct cs_row_plan plan[2]; /* the reader's, and room for the next */
	unsigned plan_at;
	struct cs_rows *rows;
	enum cs_inflow_state state;
	struct cs_inflow_counts counts;
	uint32_t mark;         /* of this stream: no other has it */
	uint64_t last_time_ns; /* of the row told last */
	uint64_t skipped_n;    /* rows behind it that could not be read */
	uint64_t look_ns;      /* when its record is settled by time again */
	uint64_t half_ns;      /* since when a row is half there; 0: none is */
	bool half_said;
	uint64_t unread_told_n;
	uint64_t tell_ns;          /* when rows that could not be read are told again */
	struct cs_row_fault fault; /* of the first of those that are not told */
	uint8_t buffer[BUFFER_BYTES];
};

/* ---- what is said ---- */

static void
say(const struct cs_inflow *inflow, const char *words)
{
	char at[CS_DETAIL_BYTES + 64];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, "standard input: ");
	cs_text_put(&text, words);
	inflow->wish.say(inflow->wish.context, at);
}

static void
put_fault(struct cs_text *text, const struct cs_row_fault *fault)
{
	cs_text_put(text, "line ");
	cs_text_put_u64(text, fault->line);
	cs_text_put(text, ": ");
	if (fault->column) {
		cs_text_put(text, fault->column);
		cs_text_put(text, ": ");
	}
	cs_text_put(text, fault->words);
}

/* An alert for all rows that could not be read since the last one. */
static void
tell_unread(struct cs_inflow *inflow, struct cs_pipeline *pipeline, uint64_t now_ns)
{
	char at[CS_DETAIL_BYTES];
	uint64_t n = inflow->counts.unread_n - inflow->unread_told_n;
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put_u64(&text, n);
	cs_text_put(&text, n == 1 ? " row could not be read; " : " rows could not be read; the first, ");
	put_fault(&text, &inflow->fault);
	say(inflow, at);
	char words[CS_DETAIL_BYTES];
	struct cs_text whole = cs_text_over(words, sizeof words);
	cs_text_put(&whole, "standard input: ");
	cs_text_put(&whole, at);
	cs_pipeline_file_aside(pipeline, inflow->wish.link, words);
	inflow->unread_told_n = inflow->counts.unread_n;
	inflow->tell_ns = now_ns + tell_every_ns;
}

static void
give_up(struct cs_inflow *inflow, const char *words)
{
	inflow->state = CS_INFLOW_FAILED;
	say(inflow, words);
}

/* ---- opening ---- */

static void
take_plan(struct cs_inflow *inflow, const struct cs_links *links)
{
	struct cs_row_plan *plan = &inflow->plan[!inflow->plan_at];
	*plan = *links->leg[inflow->wish.link].rows;
	plan->source = inflow->wish.source;
	plan->live = true;
}

struct cs_inflow *
cs_inflow_new(const struct cs_inflow_wish *wish, const struct cs_links *links)
{
	struct cs_inflow *inflow = calloc(1, sizeof *inflow);
	if (!inflow)
		return NULL;
	inflow->wish = *wish;
	take_plan(inflow, links);
	inflow->plan_at = !inflow->plan_at;
	inflow->rows = cs_rows_new(&inflow->plan[inflow->plan_at]);
	if (!inflow->rows) {
		free(inflow);
		return NULL;
	}
	cs_secret_random(&inflow->mark, sizeof inflow->mark);
	inflow->mark |= 1;
	return inflow;
}

void
cs_inflow_free(struct cs_inflow *inflow)
{
	if (!inflow)
		return;
	cs_rows_free(inflow->rows);
	cs_file_close(inflow->wish.descriptor);
	explicit_bzero(inflow, sizeof *inflow); /* it may hold card numbers */
	free(inflow);
}

enum cs_inflow_state
cs_inflow_state_of(const struct cs_inflow *inflow)
{
	return inflow->state;
}

int
cs_inflow_descriptor(const struct cs_inflow *inflow)
{
	return inflow->wish.descriptor;
}

struct cs_inflow_counts
cs_inflow_counts_of(const struct cs_inflow *inflow)
{
	return inflow->counts;
}

/* ---- rows ---- */

static void
tell_skipped(struct cs_inflow *inflow, struct cs_pipeline *pipeline, uint64_t to_ns)
{
	if (inflow->skipped_n)
		cs_pipeline_rows_lost(pipeline, inflow->wish.link, inflow->last_time_ns, to_ns, inflow->skipped_n);
	inflow->skipped_n = 0;
}

static void
take_row(struct cs_inflow *inflow, struct cs_pipeline *pipeline, struct cs_event *event)
{
	event->origin.offset = inflow->mark;
	tell_skipped(inflow, pipeline, event->origin.time_ns);
	cs_pipeline_row(pipeline, event, inflow->rows);
	inflow->last_time_ns = event->origin.time_ns;
	inflow->counts.row_n++;
}

static void
take_fault(struct cs_inflow *inflow, const struct cs_row_fault *fault)
{
	if (inflow->counts.unread_n == inflow->unread_told_n)
		inflow->fault = *fault;
	inflow->counts.unread_n++;
	inflow->skipped_n++;
}

/* All rows of what was read last; false: none can be read. */
static bool
tell_rows(struct cs_inflow *inflow, struct cs_pipeline *pipeline)
{
	struct cs_event event;
	struct cs_row_fault fault;
	for (enum cs_error error; (error = cs_rows_next(inflow->rows, &event, &fault)) != CS_AGAIN;) {
		if (error == CS_OK)
			take_row(inflow, pipeline, &event);
		else if (error == CS_E_FORMAT)
			take_fault(inflow, &fault);
		else {
			char at[CS_DETAIL_BYTES];
			struct cs_text text = cs_text_over(at, sizeof at);
			put_fault(&text, &fault);
			give_up(inflow, at);
			return false;
		}
	}
	tell_skipped(inflow, pipeline, UINT64_MAX);
	return true;
}

/* ---- reading ---- */

static void
end(struct cs_inflow *inflow, struct cs_pipeline *pipeline)
{
	struct cs_row_fault fault = {.line = cs_rows_line(inflow->rows) + 1};
	struct cs_text text = cs_text_over(fault.words, sizeof fault.words);
	inflow->state = CS_INFLOW_ENDED;
	if (!cs_rows_is_half(inflow->rows))
		return;
	cs_text_put(&text, "the input ends in the midst of the row; let the last one end in a line end, too");
	take_fault(inflow, &fault);
	tell_skipped(inflow, pipeline, UINT64_MAX);
}

/* False: there is nothing for now. */
static bool
read_some(struct cs_inflow *inflow, struct cs_pipeline *pipeline)
{
	size_t got = 0;
	if (!cs_file_is_ready(inflow->wish.descriptor))
		return false;
	enum cs_error error = cs_file_read_some(inflow->wish.descriptor, inflow->buffer, BUFFER_BYTES, &got);
	if (error != CS_OK) {
		give_up(inflow, cs_file_error_text(error));
		return false;
	}
	if (!got) {
		end(inflow, pipeline);
		return false;
	}
	cs_rows_feed(inflow->rows, (struct cs_span){inflow->buffer, got}, false);
	bool good = tell_rows(inflow, pipeline);
	explicit_bzero(inflow->buffer, got);
	return good;
}

/* Who waits for the end of a row does not know what it holds: silence is none then. */
static void
look_at_half(struct cs_inflow *inflow, uint64_t now_ns)
{
	bool half = cs_rows_is_half(inflow->rows);
	if (!half || !inflow->half_ns)
		inflow->half_ns = half ? now_ns : 0;
	if (half && !inflow->half_said && now_ns >= inflow->half_ns + half_for_ns) {
		say(inflow, "a row has begun and does not end: silence settles nothing until it does; does its writer "
			    "hold lines back?");
		inflow->half_said = true;
	}
}

bool
cs_inflow_some(struct cs_inflow *inflow, struct cs_pipeline *pipeline, uint64_t now_ns)
{
	if (inflow->state != CS_INFLOW_OPEN)
		return false;
	bool more = read_some(inflow, pipeline);
	bool open = inflow->state == CS_INFLOW_OPEN;
	if (more)
		inflow->half_ns = 0;
	if (inflow->counts.unread_n > inflow->unread_told_n && (!open || now_ns >= inflow->tell_ns))
		tell_unread(inflow, pipeline, now_ns);
	if (more || !open || now_ns < inflow->look_ns)
		return more;
	inflow->look_ns = now_ns + look_every_ns;
	look_at_half(inflow, now_ns);
	if (!inflow->half_ns)
		cs_pipeline_files_idle(pipeline, inflow->wish.link, now_ns);
	return false;
}

/* ---- another policy ---- */

/* A reader that goes on under LINKS; NULL: WORDS say why there is none. */
static struct cs_rows *
renewed(struct cs_inflow *inflow, const struct cs_links *links, struct cs_text *words)
{
	struct cs_row_fault fault = {.words = "out of memory"};
	const struct cs_row_plan *old = &inflow->plan[inflow->plan_at], *plan = &inflow->plan[!inflow->plan_at];
	take_plan(inflow, links);
	if (old->form != plan->form || old->separator != plan->separator) {
		cs_text_put(words, "its record has another form or separator in the policy now; restart to change it");
		return NULL;
	}
	struct cs_rows *rows = cs_rows_renew(inflow->rows, plan, &fault);
	if (!rows)
		put_fault(words, &fault);
	return rows;
}

bool
cs_inflow_check(struct cs_inflow *inflow, const struct cs_links *links)
{
	char at[CS_DETAIL_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_rows *rows = renewed(inflow, links, &text);
	if (!rows)
		say(inflow, at);
	cs_rows_free(rows);
	return rows != NULL;
}

void
cs_inflow_renew(struct cs_inflow *inflow, const struct cs_links *links)
{
	char at[CS_DETAIL_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_rows *rows = renewed(inflow, links, &text);
	if (!rows) {
		give_up(inflow, at);
		return;
	}
	cs_rows_free(inflow->rows);
	inflow->rows = rows;
	inflow->plan_at = !inflow->plan_at;
}
