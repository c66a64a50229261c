/*
 * What the journal knows of the files in held/taken/, when a process goes on where another ended.
 *
 * A note precedes the messages of a file, and all events of its record up to the next such note are its own: so their number says
 * how many of them the judge knows already. Its alerts stand behind them; its decision, if there is one, is carried out as it stands.
 *
 * Invariant: held/taken/.from names a record before which nothing is said of any file that is in held/taken/.
 */
#include "app/gate.h"

#include "engine/damage.h"
#include "engine/inputs.h"
#include "io/file.h"
#include "state/reading.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { FROM_BYTES_MAX = 128, FROM_STEP = 65536, PLACE_BYTES = 256 };

/* Whose events are counted, if anybody's. */
struct scan {
	struct cs_gate *gate;
	struct cs_gate_file *file;
	uint64_t link; /* of its record, and their number, in the policy under which they were told */
	unsigned link_n;
	struct cs_input input;
	uint64_t damage_n;       /* places that could not be read ... */
	char place[PLACE_BYTES]; /* ... and the first of them */
};

static struct cs_gate_file *
file_named(const struct cs_gate *gate, struct cs_span line)
{
	char id[CS_GATE_ID_BYTES];
	if (!cs_gate_word(line, "gate", id, sizeof id))
		return NULL;
	for (unsigned i = 0; i < gate->file_n; i++)
		if (strcmp(gate->file[i]->id, id) == 0)
			return gate->file[i];
	return NULL;
}

static void
take_taken(struct scan *scan, struct cs_span line)
{
	struct cs_gate_file *file = file_named(scan->gate, line);
	uint64_t first = 0, n = 0;
	scan->file = file;
	if (cs_gate_number(line, "first", &first) && cs_gate_number(line, "messages", &n) &&
	    first + n > scan->gate->next_row)
		scan->gate->next_row = first + n;
	if (!file || !cs_gate_word(line, "sha256", file->sha256, sizeof file->sha256))
		return;
	scan->link_n = 0;
	if (cs_gate_number(line, "link", &scan->link) && cs_gate_number(line, "links", &n) && n <= CS_LINKS_MAX)
		scan->link_n = (unsigned)n;
	(void)cs_gate_number(line, "messages", &n);
	file->known = true;
	file->first_row = first;
	file->row_n = n <= CS_GATE_ROWS_MAX ? (unsigned)n : 0;
	file->noted_n = file->row_n;
}

static void
take_decided(struct scan *scan, struct cs_span line)
{
	struct cs_gate_file *file = file_named(scan->gate, line);
	char word[32], why[256];
	if (!file || !cs_gate_word(line, "verdict", word, sizeof word) || !cs_gate_word(line, "why", why, sizeof why))
		return;
	file->decided = true;
	file->action = strcmp(word, "release") == 0 ? CS_GATE_RELEASE : CS_GATE_HOLD;
	file->renamed = cs_gate_behind(line, "\"renamed\":true").len > 0;
	(void)cs_gate_word(line, "id", file->note, sizeof file->note);
	(void)cs_gate_number(line, "screened", &file->stamp);
	for (unsigned i = 0; i < CS_GATE_WHY_N; i++)
		if (strstr(why, cs_gate_why_word((enum cs_gate_why)i)))
			file->why |= 1u << i;
}

static void
take_note(struct scan *scan, struct cs_span line)
{
	char action[32], id[CS_NOTE_ID_BYTES];
	if (!cs_note_read(line, id) || !cs_gate_word(line, "action", action, sizeof action))
		return;
	if (strcmp(action, "gate-take") == 0)
		take_taken(scan, line);
	else if (strcmp(action, "gate-decide") == 0)
		take_decided(scan, line);
}

/* Rows of other records come between. */
static void
take_event(struct scan *scan, const struct cs_record *record)
{
	if (cs_input_read(record, scan->link_n, &scan->input) && scan->input.event.link == scan->link)
		scan->file->told_n++;
}

static void
take(struct scan *scan, const struct cs_record *record)
{
	if (record->kind == CS_RECORD_OPERATOR)
		take_note(scan, record->open);
	else if (record->kind == CS_RECORD_EVENT && scan->file)
		take_event(scan, record);
	else if (record->kind == CS_RECORD_ALERT)
		cs_gate_alert(scan->gate, record->sealed);
}

/* The record and the number of messages that held/taken/.from names; 0 and 0: it is not there, or is nothing we wrote. */
static void
read_from(struct cs_gate *gate)
{
	struct cs_span bytes = {NULL, 0};
	gate->from_seq = 0;
	if (cs_folder_read(cs_gate_place(gate->held, "taken", ".from", ""), FROM_BYTES_MAX, &bytes, NULL) != CS_OK)
		return;
	uint64_t seq = 0, row = 0;
	if (cs_gate_number(bytes, "record", &seq) && cs_gate_number(bytes, "message", &row)) {
		gate->from_seq = seq;
		gate->next_row = row;
	}
	cs_file_free(bytes);
}

/* It was gone over when the journal was opened, or that would not have been. What stands behind it may be of a file whose note was lost. */
static void
note_damage(struct scan *scan, const struct cs_reading *reading)
{
	struct cs_text place = cs_text_over(scan->place, sizeof scan->place);
	if (!scan->damage_n++)
		cs_damage_put(&place, cs_reading_fault_of(reading));
	scan->file = NULL;
}

/* All from record SEQ on; *READ_N of them. */
static enum cs_error
scan_from(struct scan *scan, struct cs_reading *reading, uint64_t seq, uint64_t *read_n)
{
	struct cs_record record;
	enum cs_error error = cs_damage_seek(reading, seq);
	for (*read_n = 0; error == CS_OK;) {
		error = cs_damage_next(reading, scan->gate->record.folder, &record);
		if (error == CS_OK) {
			*read_n += 1;
			take(scan, &record);
		} else if (cs_damage_is(error)) {
			note_damage(scan, reading);
			error = cs_reading_skip(reading);
		}
	}
	return error == CS_END ? CS_OK : error;
}

/* From where .from says; from the beginning, when the journal does not reach so far any more: then it was cut, and numbers begin again. */
static enum cs_error
scan_journal(struct scan *scan)
{
	struct cs_reading_wish wish = {scan->gate->record.folder, scan->gate->record.vault, true};
	struct cs_reading *reading = NULL;
	uint64_t read_n = 0;
	CS_TRY(cs_reading_open(&wish, &reading));
	enum cs_error error = scan_from(scan, reading, scan->gate->from_seq, &read_n);
	if (scan->gate->from_seq && !read_n && (error == CS_OK || cs_damage_is(error)))
		error = scan_from(scan, reading, 0, &read_n);
	cs_reading_close(reading);
	return error;
}

/* What is known of files is what can be read; nobody shall think that it is all. */
static void
say_damage(const struct scan *scan)
{
	if (!scan->damage_n)
		return;
	fprintf(stderr, "countersign: journal %s: %s", scan->gate->record.folder, scan->place);
	if (scan->damage_n > 1)
		fprintf(stderr, ", and so %s %" PRIu64 " more place%s", scan->damage_n == 2 ? "is" : "are",
			scan->damage_n - 1, cs_text_plural(scan->damage_n - 1));
	fprintf(stderr,
		": what it said there of files in %s/taken is not known: they are decided by what can be read\n",
		scan->gate->held);
}

void
cs_gate_keep_from(struct cs_gate *gate)
{
	char at[FROM_BYTES_MAX];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_json json = cs_json_over(&text);
	uint64_t seq = cs_chronicle_state(gate->record.chronicle).durable_seq;
	if (gate->file_n || gate->written || seq < gate->from_seq + FROM_STEP)
		return;
	cs_json_object(&json);
	cs_json_put_u64(&json, "record", seq);
	cs_json_put_u64(&json, "message", gate->next_row);
	cs_json_end_object(&json);
	if (cs_folder_write(cs_gate_place(gate->held, "taken", ".from", ""),
			    (struct cs_span){(const uint8_t *)at, text.len}, CS_FOLDER_MODE_FILE) == CS_OK)
		gate->from_seq = seq;
}

/* It was to be released, by what lists said then, and was not yet: if they are others by now it is decided again. The verdict that lies where
 * it did not come to is of no use. */
static void
doubt_release(struct cs_gate *gate, struct cs_gate_file *file)
{
	char called[CS_GATE_TAKEN_BYTES];
	if (!file->decided || file->action != CS_GATE_RELEASE || file->stamp == cs_gate_stamp(gate))
		return;
	cs_gate_called(file, called);
	if (cs_folder_has(
		    cs_gate_place(gate->released, NULL, called, ""))) /* somebody else's; it is said when it is moved */
		return;
	cs_folder_clear(cs_gate_place(gate->released, NULL, called, ".verdict.json"));
	file->decided = false;
}

bool
cs_gate_recover(struct cs_gate *gate)
{
	static struct scan scan;
	scan = (struct scan){.gate = gate};
	read_from(gate);
	enum cs_error error = scan_journal(&scan);
	say_damage(&scan);
	if (error != CS_OK) {
		fprintf(stderr, "countersign: journal %s: what it says of %s/taken cannot be read: %s\n",
			gate->record.folder, gate->held, cs_error_text(error));
		return false;
	}
	for (unsigned i = 0; i < gate->file_n; i++) {
		struct cs_gate_file *file = gate->file[i];
		/* Its messages are counted again; those that the judge knows are not told again. */
		file->row_n = 0;
		cs_gate_tell_file(gate, file);
		if (file->why & 1u << CS_GATE_CHANGED) /* what was decided was about other bytes */
			file->decided = false;
		doubt_release(gate, file);
	}
	if (gate->file_n)
		fprintf(stderr, "countersign: goes on with %u file%s in %s/taken\n", gate->file_n,
			cs_text_plural(gate->file_n), gate->held);
	return !gate->failed;
}
