/*
 * From a record to the judge. Events are read some ahead of their turn, so that the memory they need can be asked for; in
 * which order things take effect is the journal's.
 */
#include "engine/rerun_parts.h"

#include "engine/lost.h"

static uint64_t
time_of(const struct cs_rerun *rerun, const struct cs_record *record, const struct cs_input *input)
{
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
tell_tick(struct cs_rerun *rerun, const struct cs_tick *tick)
{
	struct cs_tick mapped;
	cs_inputs_tick(&rerun->told, tick, rerun->link_n);
	mapped.now_ns = tick->now_ns;
	memset(mapped.settled_ns, 0, rerun->policy->link_n * sizeof mapped.settled_ns[0]);
	for (unsigned i = 0; i < rerun->link_n; i++)
		if (rerun->link_to[i] < CS_LINKS_MAX)
			mapped.settled_ns[rerun->link_to[i]] = tick->settled_ns[i];
	cs_judge_tick(rerun->judge, &mapped);
}

static void
tell_event(struct cs_rerun *rerun, struct cs_input *input)
{
	if (input->ticked)
		tell_tick(rerun, &input->tick);
	cs_inputs_event(&rerun->told, &input->event);
	if (input->event.link < CS_LINKS_MAX)
		cs_judge_event(rerun->judge, &input->event);
}

/* The first event that waits; whatever waited before it has its verdicts behind it in the journal. */
static void
tell_first(struct cs_rerun *rerun)
{
	cs_rerun_check_told(rerun);
	tell_event(rerun, &rerun->ahead[rerun->ahead_first % CS_RERUN_AHEAD]);
	rerun->ahead_first++;
	rerun->ahead_n--;
}

void
cs_rerun_tell_ahead(struct cs_rerun *rerun)
{
	while (rerun->ahead_n)
		tell_first(rerun);
}

static void
tell_finding(struct cs_rerun *rerun, struct cs_input *input)
{
	struct cs_finding *finding = &input->finding;
	cs_inputs_tell(&rerun->told, finding);
	finding->link = rerun->link_to[finding->link];
	input->event.link = finding->link;
	if (finding->link < CS_LINKS_MAX)
		cs_judge_tell(rerun->judge, finding);
}

static void
tell_link(struct cs_rerun *rerun, const struct cs_input *input, bool start)
{
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

/* A list that the policy judged by has not, or has of another field, is not told to it. */
static void
tell_list(struct cs_rerun *rerun, struct cs_listing *listing)
{
	cs_inputs_list(&rerun->told, listing);
	listing->table = rerun->table_to[listing->table];
	if (listing->table < CS_TABLES_MAX)
		cs_judge_list(rerun->judge, listing);
}

/* Everything but an event: it takes effect at once. */
static void
tell(struct cs_rerun *rerun, const struct cs_record *record, struct cs_input *input)
{
	switch (record->kind) {
	case CS_RECORD_START:
	case CS_RECORD_GAP:
		tell_link(rerun, input, record->kind == CS_RECORD_START);
		return;
	case CS_RECORD_TICK:
		tell_tick(rerun, &input->tick);
		return;
	case CS_RECORD_TELL:
		tell_finding(rerun, input);
		return;
	case CS_RECORD_LIST:
	case CS_RECORD_LISTED:
		tell_list(rerun, &input->listing);
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

/* An event is told some events later, when what it needs of the memory has come. */
static void
queue(struct cs_rerun *rerun, struct cs_input *input)
{
	rerun->counts.event_n++;
	input->event.link = rerun->link_to[input->event.link];
	if (input->event.link < CS_LINKS_MAX)
		cs_judge_prepare(rerun->judge, &input->event);
	rerun->ahead_n++;
	if (rerun->ahead_n == CS_RERUN_AHEAD)
		tell_first(rerun);
}

static enum cs_error
say_hidden(struct cs_rerun *rerun, uint64_t seq)
{
	struct cs_text text = cs_text_over(rerun->words, sizeof rerun->words);
	if (!rerun->wish.vault) {
		cs_rerun_say(rerun, seq, "its personal part cannot be read without the journal's key");
		return CS_E_PERMISSION;
	}
	cs_lost_to_erasure(rerun->wish.folder, seq, &text);
	return CS_E_RANGE;
}

enum cs_error
cs_rerun_take_input(struct cs_rerun *rerun, const struct cs_record *record)
{
	if (!rerun->judge) {
		cs_rerun_say(rerun, record->seq, "an input before any policy");
		return CS_E_FORMAT;
	}
	rerun->carries = rerun->limits_only = false; /* nothing came of it */
	if (record->kind != CS_RECORD_EVENT)
		cs_rerun_tell_ahead(rerun);
	struct cs_input *input = &rerun->ahead[(rerun->ahead_first + rerun->ahead_n) % CS_RERUN_AHEAD];
	if (record->hidden)
		return say_hidden(rerun, record->seq);
	if (!cs_input_read(record, rerun->link_n, input)) {
		cs_rerun_say(rerun, record->seq, "not a record of its kind");
		return CS_E_FORMAT;
	}
	uint64_t time_ns = time_of(rerun, record, input);
	if (rerun->wish.until_ns && time_ns > rerun->wish.until_ns)
		return CS_END;
	rerun->counts.last_ns = time_ns > rerun->counts.last_ns ? time_ns : rerun->counts.last_ns;
	if (record->kind == CS_RECORD_EVENT) {
		queue(rerun, input);
	} else {
		cs_rerun_check_told(rerun);
		tell(rerun, record, input);
	}
	return rerun->out_of_memory ? CS_E_MEMORY : CS_OK;
}
