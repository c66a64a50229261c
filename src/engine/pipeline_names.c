/*
 * Names on their way: whoever holds them against watch lists sees a row or a message before the judge does, and tells before it.
 *
 * Invariant: what waits in the batch is handed on before a finding is told, so findings stand behind all that came before their row.
 */
#include "engine/pipeline_parts.h"

static void
tell_named(void *context, const struct cs_finding *finding)
{
	struct cs_pipeline *pipeline = context;
	cs_batch_flush(&pipeline->batch);
	cs_judge_tell(pipeline->judge, finding);
}

void
cs_pipeline_record_screen(struct cs_pipeline *pipeline, const struct cs_event *event, const struct cs_rows *rows)
{
	const struct cs_detect_sink sink = {tell_named, pipeline};
	cs_sentry_row(pipeline->sentry, event, rows, pipeline->now_ns, &sink);
}

bool
cs_pipeline_row_late(struct cs_pipeline *pipeline, const struct cs_event *event, const struct cs_rows *rows,
		     struct cs_sentry_late late)
{
	const struct cs_detect_sink sink = {tell_named, pipeline};
	if (!pipeline->sentry)
		return false;
	cs_batch_flush(&pipeline->batch); /* what it holds came before */
	late.time_ns = pipeline->now_ns;
	cs_sentry_row_late(pipeline->sentry, event, rows, &late, &sink);
	return true;
}

void
cs_pipeline_rows_undated(struct cs_pipeline *pipeline, uint64_t file_ns)
{
	pipeline->file_ns = file_ns;
}

/* Before any row was read no time has come: the next row's will do, or that of the file. */
static uint64_t
time_of(const struct cs_pipeline *pipeline, const struct cs_sentry_lost *lost)
{
	const uint64_t known_ns[] = {pipeline->now_ns, pipeline->clock_ns, lost->to_ns == UINT64_MAX ? 0 : lost->to_ns,
				     lost->from_ns};
	for (unsigned i = 0; i < sizeof known_ns / sizeof known_ns[0]; i++)
		if (known_ns[i])
			return known_ns[i];
	return pipeline->file_ns;
}

void
cs_pipeline_lost_screen(struct cs_pipeline *pipeline, unsigned link, const struct cs_sentry_lost *lost)
{
	const struct cs_detect_sink sink = {tell_named, pipeline};
	if (pipeline->sentry)
		cs_sentry_unread(pipeline->sentry, link, lost, time_of(pipeline, lost), &sink);
}

void
cs_pipeline_screen(struct cs_pipeline *pipeline, struct cs_sentry *sentry)
{
	pipeline->sentry = sentry;
}

void
cs_pipeline_renew_lists(struct cs_pipeline *pipeline, uint64_t now_ns)
{
	const struct cs_detect_sink sink = {tell_named, pipeline};
	if (pipeline->sentry)
		cs_sentry_poll(pipeline->sentry, now_ns, &sink);
}

const struct cs_sentry *
cs_pipeline_sentry(const struct cs_pipeline *pipeline)
{
	return pipeline->sentry;
}

struct cs_event *
cs_pipeline_message_screen(struct cs_pipeline *pipeline, struct cs_event *event)
{
	const struct cs_detect_sink sink = {tell_named, pipeline};
	if (!pipeline->sentry || !cs_sentry_looks_at(pipeline->sentry, event->link))
		return event;
	const struct cs_event copy = *event; /* its place is in the batch, which may be handed on */
	cs_sentry_message(pipeline->sentry, &copy, &pipeline->iso, pipeline->now_ns, &sink);
	event = cs_batch_slot(&pipeline->batch);
	*event = copy;
	return event;
}
