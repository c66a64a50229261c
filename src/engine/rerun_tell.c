/*
 * One record of a journal, told to the judge: links by the names they have in the policy judged by.
 *
 * Invariant: every input is counted as it stands in the journal, whether or not the policy judged by knows its link.
 */
#include "engine/rerun_parts.h"

uint64_t
cs_rerun_time(const struct cs_rerun *rerun, const struct cs_record *record)
{
	const struct cs_input *input = &rerun->input;
	switch (record->kind) {
	case CS_RECORD_START:
		return input->time_ns;
	case CS_RECORD_GAP:
		return input->gap.to_ns;
	case CS_RECORD_TELL:
		return input->finding.decided_ns;
	case CS_RECORD_EVENT:
		return input->event.origin.time_ns;
	case CS_RECORD_TICK:
		return input->tick.now_ns;
	default:
		return rerun->counts.last_ns;
	}
}

static void
tell_tick(struct cs_rerun *rerun)
{
	const struct cs_tick *tick = &rerun->input.tick;
	struct cs_tick mapped = {.now_ns = tick->now_ns};
	cs_inputs_tick(&rerun->told, tick, rerun->link_n);
	for (unsigned i = 0; i < rerun->link_n; i++)
		if (rerun->link_to[i] < CS_LINKS_MAX)
			mapped.settled_ns[rerun->link_to[i]] = tick->settled_ns[i];
	cs_judge_tick(rerun->judge, &mapped);
}

static void
tell_event(struct cs_rerun *rerun)
{
	struct cs_event *event = &rerun->input.event;
	cs_inputs_event(&rerun->told, event);
	rerun->counts.event_n++;
	event->link = rerun->link_to[event->link];
	if (event->link < CS_LINKS_MAX)
		cs_judge_event(rerun->judge, event);
}

static void
tell_finding(struct cs_rerun *rerun)
{
	struct cs_finding *finding = &rerun->input.finding;
	cs_inputs_tell(&rerun->told, finding);
	finding->link = rerun->link_to[finding->link];
	rerun->input.event.link = finding->link;
	if (finding->link < CS_LINKS_MAX)
		cs_judge_tell(rerun->judge, finding);
}

static void
tell_link(struct cs_rerun *rerun, bool start)
{
	const struct cs_input *input = &rerun->input;
	unsigned to = rerun->link_to[input->link];
	if (start)
		cs_inputs_start(&rerun->told, input->link, input->time_ns);
	else
		cs_inputs_gap(&rerun->told, input->link, input->dir, &input->gap);
	if (to == CS_LINKS_MAX)
		return;
	if (start)
		cs_judge_start(rerun->judge, to, input->time_ns);
	else
		cs_judge_gap(rerun->judge, to, input->dir, input->gap);
}

void
cs_rerun_tell(struct cs_rerun *rerun, const struct cs_record *record)
{
	if (rerun->input.ticked)
		tell_tick(rerun);
	switch (record->kind) {
	case CS_RECORD_START:
	case CS_RECORD_GAP:
		tell_link(rerun, record->kind == CS_RECORD_START);
		return;
	case CS_RECORD_EVENT:
		tell_event(rerun);
		return;
	case CS_RECORD_TELL:
		tell_finding(rerun);
		return;
	case CS_RECORD_FINISH:
		cs_inputs_finish(&rerun->told);
		cs_judge_finish(rerun->judge);
		rerun->ended = true;
		return;
	default:
		return;
	}
}
