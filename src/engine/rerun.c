/*
 * The journal's records back into the judge, in their order. Alerts that come out are kept until the journal's own record
 * of them is read, which must hold the same bytes; what is left at the end was told by nobody yet.
 *
 * Invariant: between two records `open` holds exactly the alerts of inputs told so far whose records were not read.
 */
#include "engine/rerun_parts.h"

#include "engine/lost.h"
#include "state/snapshot.h"

#include <stdlib.h>

/* An alert that waits for its record, in front of its line: the record's open part, and how long the line is. */
struct cs_rerun_alert {
	uint8_t head[CS_ALERT_RECORD_OPEN_BYTES];
	uint16_t pad;
	uint32_t line_len;
};

enum { OPEN_BYTES_FIRST = 1 << 20 };

static const size_t open_bytes_max = (size_t)1 << 32;

/* ---- words ---- */

void
cs_rerun_say(struct cs_rerun *rerun, uint64_t seq, const char *what)
{
	struct cs_text text = cs_text_over(rerun->words, sizeof rerun->words);
	cs_text_put(&text, "record ");
	cs_text_put_u64(&text, seq);
	cs_text_put(&text, ": ");
	cs_text_put(&text, what);
}

const char *
cs_rerun_words(const struct cs_rerun *rerun)
{
	return rerun->words;
}

/* ---- alerts ---- */

/* Room for one more alert behind those that wait. */
static bool
grow(struct cs_rerun *rerun)
{
	enum { ALERT_MAX = CS_ALERT_BYTES + sizeof(struct cs_rerun_alert) };
	if (rerun->open_at == rerun->open_len)
		rerun->open_at = rerun->open_len = 0;
	if (rerun->open_cap - rerun->open_len >= ALERT_MAX)
		return true;
	size_t cap = rerun->open_cap ? 2 * rerun->open_cap : OPEN_BYTES_FIRST;
	char *more = cap <= open_bytes_max ? realloc(rerun->open, cap) : NULL;
	if (!more)
		return false;
	rerun->open = more;
	rerun->open_cap = cap;
	return true;
}

static void
keep_alert(struct cs_rerun *rerun, const struct cs_finding *finding)
{
	struct cs_rerun_alert alert = {0};
	char *line_at = rerun->open + rerun->open_len + sizeof alert;
	struct cs_text line = cs_text_over(line_at, CS_ALERT_BYTES);
	cs_alert_put_json(&line, &rerun->names, finding);
	CS_ASSERT(!line.overflowed);
	if (rerun->wish.line)
		rerun->wish.line(rerun->wish.line_context, (struct cs_span){(const uint8_t *)line_at, line.len});
	if (rerun->wish.other)
		return;
	cs_recorder_head(&rerun->names, finding, ++rerun->ordinal, alert.head);
	alert.line_len = (uint32_t)line.len;
	memcpy(rerun->open + rerun->open_len, &alert, sizeof alert);
	rerun->open_len += sizeof alert + line.len;
}

void
cs_rerun_take_finding(void *context, const struct cs_finding *finding)
{
	struct cs_rerun *rerun = context;
	if (rerun->heir.finding) {
		rerun->heir.finding(rerun->heir.context, finding);
		return;
	}
	rerun->counts.alert_n++;
	cs_tally_add(&rerun->tally, finding);
	if (rerun->wish.sink.finding)
		rerun->wish.sink.finding(rerun->wish.sink.context, finding);
	if (rerun->wish.tail.seq)
		return;
	rerun->out_of_memory = rerun->out_of_memory || !grow(rerun);
	if (!rerun->out_of_memory)
		keep_alert(rerun, finding);
}

bool
cs_rerun_open_alert(struct cs_rerun *rerun, struct cs_span *head, struct cs_span *line)
{
	struct cs_rerun_alert alert;
	if (rerun->open_at == rerun->open_len)
		return false;
	const uint8_t *at = (const uint8_t *)rerun->open + rerun->open_at;
	memcpy(&alert, at, sizeof alert);
	*head = (struct cs_span){at, CS_ALERT_RECORD_OPEN_BYTES};
	*line = (struct cs_span){at + sizeof alert, alert.line_len};
	rerun->open_at += sizeof alert + alert.line_len;
	return true;
}

void
cs_rerun_check_told(struct cs_rerun *rerun)
{
	struct cs_span head, line;
	if (rerun->open_at != rerun->open_len && !rerun->words[0])
		cs_rerun_say(rerun, rerun->counts.next_seq,
			     "a verdict that the inputs before it give is missing there");
	for (; cs_rerun_open_alert(rerun, &head, &line); rerun->counts.differing_n++)
		rerun->ordinal--; /* the journal counts on without it */
}

/* Holds the journal's alert against the one that came out. */
static void
compare(struct cs_rerun *rerun, const struct cs_record *record)
{
	struct cs_span head = {0}, line = {0};
	rerun->alert_n++;
	if (rerun->wish.other)
		return;
	bool there = cs_rerun_open_alert(rerun, &head, &line);
	bool same =
		there && cs_span_equal(head, record->open) && (record->hidden || cs_span_equal(line, record->sealed));
	if (same) {
		rerun->counts.held_n++;
		return;
	}
	rerun->counts.differing_n++;
	if (!rerun->words[0])
		cs_rerun_say(rerun, record->seq, "the verdict in the journal is not the one that its inputs give");
}

/* ---- records ---- */

static enum cs_error
take(struct cs_rerun *rerun, const struct cs_record *record)
{
	if (rerun->wish.until_seq && record->seq >= rerun->wish.until_seq)
		return CS_END;
	enum cs_error error = CS_OK;
	bool input = cs_record_is_input(record->kind) && record->kind != CS_RECORD_POLICY;
	if (!input)
		cs_rerun_tell_ahead(rerun);
	if (record->kind == CS_RECORD_POLICY)
		error = cs_rerun_read_policy(rerun, record);
	else if (record->kind == CS_RECORD_SOURCES)
		error = cs_rerun_read_sources(rerun, record) ? CS_OK : CS_E_FORMAT;
	else if (record->kind == CS_RECORD_CARRY)
		error = cs_rerun_read_carry(rerun, record);
	else if (record->kind == CS_RECORD_ALERT)
		compare(rerun, record);
	else if (input)
		error = cs_rerun_take_input(rerun, record);
	if (error != CS_OK)
		return error;
	rerun->counts.record_n++;
	rerun->counts.next_seq = record->seq + 1;
	return CS_OK;
}

/* Whether inputs were let go of between the last record told and record SEQ: on a page just read, or all before the first
 * there is. */
static bool
in_hole(const struct cs_rerun *rerun, uint64_t seq)
{
	bool thinned = cs_reading_gone(rerun->reading)->next_seq > rerun->counts.next_seq;
	bool removed = !rerun->counts.record_n && !rerun->counts.from_seq;
	return seq > rerun->counts.next_seq && (thinned || removed);
}

static enum cs_error
say_hole(struct cs_rerun *rerun)
{
	struct cs_text text = cs_text_over(rerun->words, sizeof rerun->words);
	uint64_t from_seq = rerun->counts.next_seq;
	if (rerun->wish.until_seq && from_seq >= rerun->wish.until_seq)
		return CS_END;
	cs_lost_to_retention(rerun->wish.folder, rerun->reading, from_seq, &text);
	return CS_E_RANGE;
}

static enum cs_error
tell_some(struct cs_rerun *rerun, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		struct cs_record record;
		enum cs_error error = cs_rerun_next(rerun, &record);
		if (error == CS_END)
			return in_hole(rerun, cs_reading_place(rerun->reading).first) ? say_hole(rerun) : CS_END;
		if (error != CS_OK)
			return cs_rerun_meet(rerun, error, rerun->counts.next_seq);
		if (in_hole(rerun, record.seq))
			return say_hole(rerun);
		CS_TRY(take(rerun, &record));
	}
	return CS_OK;
}

enum cs_error
cs_rerun_some(struct cs_rerun *rerun, uint64_t n)
{
	enum cs_error error = rerun->begun;
	rerun->damaged = false;
	error = error == CS_OK ? tell_some(rerun, n) : cs_rerun_meet(rerun, error, rerun->counts.next_seq);
	cs_rerun_tell_ahead(rerun);
	return error;
}

/* ---- snapshots ---- */

static bool
note_snapshot(struct cs_rerun *rerun, const struct cs_snapshot *about)
{
	struct cs_record record;
	cs_rerun_drop_policy(rerun);
	/* The policy in force, and the sources before it: pages of the journal's own may lie between them. */
	if (cs_reading_seek(rerun->reading, about->sources_seq) != CS_OK)
		return false;
	while (cs_reading_next(rerun->reading, &record) == CS_OK && record.seq <= about->policy_seq) {
		if (record.kind == CS_RECORD_SOURCES && !cs_rerun_read_sources(rerun, &record))
			return false;
		if (record.kind == CS_RECORD_CARRY && cs_rerun_read_carry(rerun, &record) != CS_OK)
			return false;
		if (record.kind == CS_RECORD_POLICY && cs_rerun_read_policy(rerun, &record) != CS_OK)
			return false;
	}
	return rerun->judge && rerun->policy_seq == about->policy_seq && cs_judge_layout(rerun->judge) == about->layout;
}

/* The reading goes behind the snapshot's last page, which must be this journal's. */
static bool
stands_in_journal(struct cs_rerun *rerun, const struct cs_snapshot *about)
{
	const struct cs_page *page;
	const uint8_t *plain;
	if (about->next_seq == 0 || cs_reading_seek(rerun->reading, about->next_seq - 1) != CS_OK ||
	    cs_reading_page(rerun->reading, &page, &plain) != CS_OK)
		return false;
	struct cs_page_place next = cs_reading_place(rerun->reading);
	return next.number == about->page + 1 && next.first == about->next_seq &&
	       cs_digest_same(&next.previous, &about->chain);
}

static bool
load(struct cs_rerun *rerun, uint64_t next_seq)
{
	struct cs_snapshot about;
	struct cs_regions regions;
	if (cs_snapshot_about(rerun->wish.folder, rerun->wish.vault, next_seq, &about) != CS_OK)
		return false;
	if (!note_snapshot(rerun, &about) || !stands_in_journal(rerun, &about))
		return false;
	cs_judge_regions(rerun->judge, &regions);
	if (cs_snapshot_load(rerun->wish.folder, rerun->wish.vault, next_seq, &regions) != CS_OK)
		return false;
	rerun->told = (struct cs_inputs){about.input_n, about.input_digest};
	rerun->alert_n = about.alert_n;
	rerun->ordinal = about.alert_n;
	rerun->tally = about.tally;
	rerun->counts.from_seq = about.next_seq;
	rerun->counts.next_seq = about.next_seq;
	rerun->counts.last_ns = about.last_ns;
	return true;
}

/* Where the journal begins in its midst, it is damaged before all that a snapshot holds: state that none knows to be whole.
 * The snapshots that count are those of state that began anew when a process went on over that. */
static enum cs_error
find_earliest(struct cs_rerun *rerun, uint64_t *out)
{
	struct cs_damage_behind behind;
	bool cut = false;
	CS_TRY(cs_reading_is_cut(rerun->reading, &cut));
	if (!cut)
		return CS_OK;
	CS_TRY(cs_damage_look(rerun->wish.folder, 0, &behind));
	*out = behind.resume_seq ? behind.resume_seq + 1 : UINT64_MAX;
	return CS_OK;
}

/* From the newest snapshot that is sound and fits; from the beginning when there is none. */
static enum cs_error
begin(struct cs_rerun *rerun)
{
	struct cs_snapshots list;
	uint64_t earliest = 0;
	if (rerun->wish.tail.seq)
		return cs_rerun_begin_tail(rerun);
	uint64_t until = rerun->wish.until_seq ? rerun->wish.until_seq : UINT64_MAX;
	if (rerun->wish.from_seq && rerun->wish.from_seq < until)
		until = rerun->wish.from_seq;
	bool wanted = rerun->wish.vault && !rerun->wish.other && !rerun->wish.no_snapshot && !rerun->wish.until_ns;
	CS_TRY(cs_snapshot_list(rerun->wish.folder, &list));
	if (wanted && list.n)
		CS_TRY(find_earliest(rerun, &earliest));
	for (unsigned i = list.n; wanted && i-- > 0;)
		if (list.next_seq[i] <= until && list.next_seq[i] >= earliest && load(rerun, list.next_seq[i]))
			return CS_OK;
	cs_rerun_drop_policy(rerun);
	rerun->ahead_n = 0;
	rerun->told = (struct cs_inputs){0};
	rerun->tally = (struct cs_tally){0};
	rerun->words[0] = '\0';
	return cs_reading_seek(rerun->reading, 0);
}

enum cs_error
cs_rerun_open(const struct cs_rerun_wish *wish, struct cs_rerun **out)
{
	struct cs_rerun *rerun = calloc(1, sizeof *rerun);
	if (!rerun)
		return CS_E_MEMORY;
	rerun->wish = *wish;
	struct cs_reading_wish reading = {wish->folder, wish->vault, false};
	enum cs_error error = cs_reading_open(&reading, &rerun->reading);
	if (error != CS_OK) {
		cs_rerun_close(rerun);
		return error;
	}
	rerun->begun = begin(rerun);
	*out = rerun;
	return CS_OK;
}

void
cs_rerun_close(struct cs_rerun *rerun)
{
	if (!rerun)
		return;
	cs_rerun_drop_policy(rerun);
	cs_reading_close(rerun->reading);
	free(rerun->source_text);
	free(rerun->open);
	free(rerun);
}

enum cs_error
cs_rerun_snapshot(struct cs_rerun *rerun)
{
	struct cs_regions regions;
	struct cs_page_place next = cs_reading_place(rerun->reading);
	/* Only between pages, and with every alert held against its record. */
	if (!rerun->judge || next.first != rerun->counts.next_seq || rerun->open_at != rerun->open_len)
		return CS_AGAIN;
	if (rerun->counts.differing_n)
		return CS_E_FORMAT;
	if (rerun->counts.next_seq == rerun->counts.from_seq)
		return CS_OK;
	cs_judge_regions(rerun->judge, &regions);
	struct cs_snapshot about = {
		.layout = cs_judge_layout(rerun->judge),
		.state_hash = cs_judge_hash(rerun->judge),
		.next_seq = next.first,
		.page = next.number - 1,
		.chain = next.previous,
		.policy_seq = rerun->policy_seq,
		.sources_seq = rerun->sources_seq,
		.input_n = rerun->told.n,
		.input_digest = rerun->told.digest,
		.alert_n = rerun->alert_n,
		.last_ns = rerun->counts.last_ns,
		.tally = rerun->tally,
	};
	return cs_snapshot_write(rerun->wish.folder, rerun->wish.vault, &about, &regions);
}

/* ---- what others ask ---- */

const struct cs_rerun_counts *
cs_rerun_counts_of(const struct cs_rerun *rerun)
{
	return &rerun->counts;
}

struct cs_inputs
cs_rerun_inputs(const struct cs_rerun *rerun)
{
	return rerun->told;
}

uint64_t
cs_rerun_alerts(const struct cs_rerun *rerun)
{
	return rerun->alert_n;
}

struct cs_judge *
cs_rerun_judge(struct cs_rerun *rerun)
{
	return rerun->judge;
}

const struct cs_policy *
cs_rerun_policy(const struct cs_rerun *rerun)
{
	return rerun->policy;
}

const struct cs_reigns *
cs_rerun_reigns(const struct cs_rerun *rerun)
{
	return &rerun->reigns;
}

uint64_t
cs_rerun_gone(const struct cs_rerun *rerun)
{
	uint64_t next_seq = cs_reading_gone(rerun->reading)->next_seq;
	return next_seq > rerun->counts.next_seq ? next_seq : 0;
}

const struct cs_alert_names *
cs_rerun_names(const struct cs_rerun *rerun)
{
	return &rerun->names;
}

const struct cs_tally *
cs_rerun_tally(const struct cs_rerun *rerun)
{
	return &rerun->tally;
}

void
cs_rerun_hand_over(struct cs_rerun *rerun, const struct cs_detect_sink *heir)
{
	rerun->heir = *heir;
}

bool
cs_rerun_ended(const struct cs_rerun *rerun)
{
	return rerun->ended;
}
