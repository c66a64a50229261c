/*
 * The journal, from the first volume that holds something of the history to its end, proved on the way: each page's hashes,
 * roots and seals by state/reading, the checkpoints' signatures here. A checkpoint signs the chain of the page before it, which
 * names all pages before that: so what was read is what was signed.
 *
 * Invariant: `proof.last_*` is of the last input or alert, so that a note put down later, of this report, say, changes nothing.
 */
#include "app/report.h"
#include "engine/carry.h"
#include "engine/damage.h"
#include "engine/inputs.h"
#include "engine/pen.h"
#include "state/reading.h"
#include "state/survey.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BYTES = 8 << 20, PROGRESS_RECORDS = 1 << 17 };

static const uint32_t no_volume = UINT32_MAX;

static const uint64_t slack_ns = 2 * UINT64_C(86400000000000); /* how far rows may be older than their page */

struct reader {
	struct cs_report *report;
	struct cs_reading *reading;
	const struct cs_page *page; /* at hand */
	struct cs_arena arena;
	const struct cs_policy *policy;
	char *path;
	struct cs_carry carry;
	bool carries;
	bool damaged; /* since the last record */
	uint64_t next_seq;
	uint64_t record_n;
	struct cs_input input;
	char *words;
};

/* ---- faults ---- */

static struct cs_text
words_of(struct reader *reader)
{
	return cs_text_over(reader->words, CS_REPORT_WORDS_BYTES);
}

static void
keep_fault(struct reader *reader, uint64_t seq, const char *words)
{
	struct cs_report_line *line = cs_report_line_add(&reader->report->proof.faults);
	if (!line)
		return;
	line->seq = seq;
	struct cs_text text = cs_text_over(line->words, sizeof line->words);
	cs_text_put(&text, words);
}

/* Something is not as it was written. CS_OK: it was asked to go on over that. */
static enum cs_error
meet_fault(struct reader *reader, uint64_t seq, const char *what)
{
	struct cs_text text = words_of(reader);
	cs_text_put(&text, "record ");
	cs_text_put_u64(&text, seq);
	cs_text_put(&text, ": ");
	cs_text_put(&text, what);
	keep_fault(reader, seq, reader->words);
	return reader->report->wish.over_damage ? CS_OK : CS_E_FORMAT;
}

/* CS_END: it was the end, which was torn or is being written. CS_OK: it goes on behind damage. */
static enum cs_error
meet_damage(struct reader *reader, enum cs_error error)
{
	const struct cs_reading_fault *fault = cs_reading_fault_of(reader->reading);
	struct cs_report_proof *proof = &reader->report->proof;
	if (error == CS_E_TRUNCATED && cs_damage_is_end(reader->reading, reader->report->wish.folder)) {
		bool held = false;
		proof->written = cs_pen_held(reader->report->wish.folder, &held) == CS_OK && held;
		proof->torn_bytes = proof->written ? 0 : fault->file_bytes - fault->offset;
		return CS_END;
	}
	struct cs_text text = words_of(reader);
	cs_damage_put(&text, fault);
	keep_fault(reader, fault->seq, reader->words);
	if (!reader->report->wish.over_damage || !cs_damage_is(error))
		return error == CS_E_TRUNCATED ? CS_E_FORMAT : error;
	reader->damaged = true;
	return cs_reading_step(reader->reading);
}

/* ---- heads and checkpoints ---- */

static enum cs_error
take_head(struct reader *reader, const struct cs_record *record)
{
	struct cs_report_proof *proof = &reader->report->proof;
	struct cs_journal_head head;
	if (!cs_journal_head_read(record->open, &head))
		return meet_fault(reader, record->seq, "the head of its volume cannot be read");
	if (!proof->known) {
		memcpy(proof->id, head.id, sizeof proof->id);
		memcpy(&reader->report->groups.seed, head.id, sizeof reader->report->groups.seed);
		proof->known = true;
	}
	if (memcmp(proof->id, head.id, sizeof proof->id) != 0)
		return meet_fault(reader, record->seq, "the volume is one of another journal");
	if (memcmp(proof->public_key, head.public_key, sizeof proof->public_key) != 0)
		return meet_fault(reader, record->seq, "the volume names another public key");
	return CS_OK;
}

static enum cs_error
take_checkpoint(struct reader *reader, const struct cs_record *record)
{
	struct cs_report_proof *proof = &reader->report->proof;
	struct cs_checkpoint checkpoint;
	uint8_t bytes[CS_CHECKPOINT_SIGNED_BYTES];
	if (!cs_checkpoint_read(record->open, &checkpoint) || checkpoint.seq != record->seq ||
	    memcmp(checkpoint.id, proof->id, sizeof proof->id) != 0)
		return meet_fault(reader, record->seq, "the checkpoint is not of this place");
	const struct cs_page_place *place = &reader->page->place;
	if (checkpoint.page != place->number || !cs_digest_same(&checkpoint.chain, &place->previous))
		return meet_fault(reader, record->seq, "the checkpoint was signed over other pages");
	cs_checkpoint_signed(&checkpoint, bytes);
	if (!cs_vault_verify(proof->public_key, (struct cs_span){bytes, sizeof bytes}, checkpoint.signature))
		return meet_fault(reader, record->seq, "the signature of the checkpoint does not hold");
	proof->good_n++;
	if (!proof->is_signed && proof->last_seq) {
		proof->is_signed = true;
		proof->checkpoint = checkpoint;
	}
	return CS_OK;
}

/* ---- policies ---- */

/* Before this record what waits is asked for, as nobody knows it afterwards. */
static void
add_stop(struct cs_report *report, uint64_t seq)
{
	if (report->stop_n < CS_REPORT_STOPS_MAX)
		report->stop[report->stop_n++] = seq;
	else
		report->stop_lost_n++;
}

static enum cs_error
take_policy(struct reader *reader, const struct cs_record *record)
{
	static struct cs_complaints complaints;
	struct cs_report *report = reader->report;
	struct cs_cursor c = cs_cursor_over(record->open);
	struct cs_span path = cs_cursor_take(&c, cs_unpack_u16(&c));
	struct cs_span text = cs_cursor_take(&c, cs_cursor_left(&c));
	char *name = c.failed ? NULL : calloc(1, path.len + 1);
	reader->policy = NULL;
	if (!name)
		return c.failed ? CS_E_FORMAT : CS_E_MEMORY;
	memcpy(name, path.at, path.len);
	free(reader->path);
	reader->path = name;
	cs_arena_reset(&reader->arena);
	bool limits_only = reader->carries && reader->carry.limits_only;
	enum cs_error error = limits_only
				      ? cs_policy_read_limits(text, name, &reader->arena, &reader->policy, &complaints)
				      : cs_policy_read(text, name, &reader->arena, &reader->policy, &complaints);
	if (error != CS_OK)
		return error;
	cs_report_links(report, reader->policy);
	if (report->end_seq)
		return CS_OK;
	if (!(reader->carries && reader->carry.pairing))
		add_stop(report, record->seq);
	struct cs_text kept = cs_text_over(report->policy_path, sizeof report->policy_path);
	cs_text_put(&kept, name);
	report->policy = true;
	report->policy_seq = record->seq;
	return CS_OK;
}

/* ---- inputs ---- */

static uint64_t
time_of(const struct cs_record *record, const struct cs_input *input)
{
	switch (record->kind) {
	case CS_RECORD_START:
		return input->time_ns;
	case CS_RECORD_GAP:
		return input->gap.from_ns; /* where it ends may lie ahead */
	case CS_RECORD_TELL:
		return input->finding.decided_ns;
	case CS_RECORD_EVENT:
		return input->event.origin.time_ns;
	case CS_RECORD_TICK:
		return input->tick.now_ns;
	default:
		return 0;
	}
}

static void
take_gap(struct cs_report *report, const struct cs_policy *policy, const struct cs_input *input)
{
	struct cs_report_link *link = cs_report_link_of(report, policy->link[input->link].name);
	if (!link || cs_report_ago(report, input->gap.to_ns) != 0)
		return;
	link->gap_n++;
	link->gap_bytes += input->gap.len;
}

/* The day is told up to here: inputs behind it, and the end of the input, stop what waits. */
static void
mark_time(struct cs_report *report, const struct cs_record *record, uint64_t time_ns)
{
	if (record->kind == CS_RECORD_FINISH && !report->end_seq)
		add_stop(report, record->seq);
	if (time_ns >= report->to_ns && !report->end_seq)
		report->end_seq = record->seq;
	if (time_ns < report->to_ns && time_ns > report->last_ns)
		report->last_ns = time_ns;
}

static enum cs_error
take_input(struct reader *reader, const struct cs_record *record)
{
	struct cs_report *report = reader->report;
	struct cs_input *input = &reader->input;
	reader->carries = false;
	if (record->hidden) {
		report->proof.hidden_n++;
		return CS_OK;
	}
	if (!reader->policy)
		return meet_fault(reader, record->seq, "an input before any policy");
	if (!cs_input_read(record, reader->policy->link_n, input))
		return meet_fault(reader, record->seq, "not a record of its kind");
	mark_time(report, record, time_of(record, input));
	if (record->kind == CS_RECORD_EVENT)
		cs_report_take(report, reader->policy, &input->event, record->seq);
	if (record->kind == CS_RECORD_GAP)
		take_gap(report, reader->policy, input);
	return CS_OK;
}

/* ---- records ---- */

static enum cs_error
take_alert(struct reader *reader, const struct cs_record *record)
{
	if (record->hidden) {
		reader->report->alert_hidden_n++;
		return CS_OK;
	}
	if (cs_report_alert(reader->report, record->sealed, record->seq))
		return CS_OK;
	return meet_fault(reader, record->seq, "the alert is none");
}

static void
note_last(struct reader *reader, const struct cs_record *record)
{
	struct cs_report_proof *proof = &reader->report->proof;
	struct cs_page_place next = cs_reading_place(reader->reading);
	proof->last_seq = record->seq;
	proof->last_page = next.number - 1;
	proof->chain = next.previous;
	proof->is_signed = false;
}

static enum cs_error
take(struct reader *reader, const struct cs_record *record)
{
	struct cs_report_proof *proof = &reader->report->proof;
	if (!reader->record_n++)
		proof->first_seq = record->seq;
	if (reader->damaged && record->seq > reader->next_seq)
		proof->lost_n += record->seq - reader->next_seq;
	reader->damaged = false;
	reader->next_seq = record->seq + 1;
	if (cs_record_is_input(record->kind) || record->kind == CS_RECORD_ALERT)
		note_last(reader, record);
	switch (record->kind) {
	case CS_RECORD_HEAD:
		return take_head(reader, record);
	case CS_RECORD_CHECKPOINT:
		return take_checkpoint(reader, record);
	case CS_RECORD_POLICY:
		return take_policy(reader, record);
	case CS_RECORD_CARRY:
		reader->carries = cs_carry_read(record->open, &reader->carry);
		return CS_OK;
	case CS_RECORD_ALERT:
		return take_alert(reader, record);
	case CS_RECORD_OPERATOR:
	case CS_RECORD_RESUME:
		cs_report_act(reader->report, record);
		return CS_OK;
	default:
		return cs_record_is_input(record->kind) ? take_input(reader, record) : CS_OK;
	}
}

static enum cs_error
take_page(struct reader *reader, const uint8_t *plain)
{
	struct cs_page_walk walk = {reader->page, plain, 0, 0, 0};
	struct cs_record record;
	while (cs_page_next(&walk, &record)) {
		CS_TRY(take(reader, &record));
		if (reader->report->wish.show_progress && reader->record_n % PROGRESS_RECORDS == 0)
			fprintf(stderr, "\r  %" PRIu64 " records\033[K", reader->record_n);
	}
	return CS_OK;
}

static enum cs_error
read_all(struct reader *reader)
{
	for (;;) {
		const uint8_t *plain;
		enum cs_error error = cs_reading_page(reader->reading, &reader->page, &plain);
		if (error == CS_OK)
			error = take_page(reader, plain);
		else if (error != CS_END)
			error = meet_damage(reader, error);
		if (error != CS_OK)
			return error == CS_END ? CS_OK : error;
	}
}

/* ---- where to begin ---- */

/* Whether a policy comes before the first input, when reading begins with VOLUME. */
static bool
begins_with_policy(const struct cs_report_wish *wish, uint32_t volume)
{
	struct cs_reading_wish ask = {wish->folder, wish->vault, false};
	struct cs_reading *reading = NULL;
	struct cs_record record;
	bool policy = false, input = false;
	if (cs_reading_open(&ask, &reading) != CS_OK)
		return false;
	if (cs_reading_enter(reading, volume) == CS_OK)
		while (!policy && !input && cs_reading_next(reading, &record) == CS_OK) {
			policy = record.kind == CS_RECORD_POLICY;
			input = cs_record_is_input(record.kind) && !policy;
		}
	cs_reading_close(reading);
	return policy;
}

/* The newest volume from which all of the history can be read, under the policies it came under; none: from the first. */
static uint32_t
first_volume(const struct cs_report *report, const struct cs_survey *survey)
{
	uint64_t from_ns = report->history_from_ns > slack_ns ? report->history_from_ns - slack_ns : 0;
	uint32_t nth = 0;
	while (nth < survey->n && survey->volume[nth].readable && survey->volume[nth].to_ns < from_ns)
		nth++;
	while (nth > 0 && (nth == survey->n || !begins_with_policy(&report->wish, survey->volume[nth].number)))
		nth--;
	return nth ? survey->volume[nth].number : no_volume;
}

static enum cs_error
begin(struct reader *reader)
{
	struct cs_report *report = reader->report;
	struct cs_reading_wish ask = {report->wish.folder, report->wish.vault, true};
	struct cs_survey survey = {0};
	bool cut = false;
	enum cs_error error = cs_survey_make(report->wish.folder, &survey);
	uint32_t volume = error == CS_OK ? first_volume(report, &survey) : no_volume;
	cs_survey_fini(&survey);
	CS_TRY(error);
	CS_TRY(cs_reading_open(&ask, &reader->reading));
	CS_TRY(cs_reading_is_cut(reader->reading, &cut));
	report->proof.from_page_0 = volume == no_volume && !cs_reading_beginning(reader->reading);
	if (volume != no_volume)
		CS_TRY(cs_reading_enter(reader->reading, volume));
	/* Whoever begins behind it would not meet it. */
	return cut && volume != no_volume ? meet_fault(reader, 0, cs_page_fault_text(CS_PAGE_BEGINNING)) : CS_OK;
}

enum cs_error
cs_report_read(struct cs_report *report, char *words)
{
	struct cs_report_proof *proof = &report->proof;
	struct reader *reader = calloc(1, sizeof *reader);
	words[0] = '\0';
	if (!reader)
		return CS_E_MEMORY;
	*reader = (struct reader){.report = report, .words = words};
	proof->key_given = report->wish.public_key != NULL;
	if (proof->key_given)
		memcpy(proof->public_key, report->wish.public_key, sizeof proof->public_key);
	else
		cs_vault_public(report->wish.vault, proof->public_key);
	enum cs_error error = cs_arena_init(&reader->arena, ARENA_BYTES);
	if (error == CS_OK)
		error = begin(reader);
	if (error == CS_OK)
		error = read_all(reader);
	if (reader->reading)
		proof->gone_n = cs_reading_gone(reader->reading)->record_n;
	if (report->wish.show_progress)
		fputs("\r\033[K", stderr);
	cs_reading_close(reader->reading);
	cs_arena_fini(&reader->arena);
	free(reader->path);
	free(reader);
	return error;
}
