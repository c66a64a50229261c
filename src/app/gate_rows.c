/*
 * From bytes to the judge. Messages are read whole before the first of them is told, so that the journal can say which
 * numbers they get.
 *
 * A file of messages is replaced by the gate's own copy of what was read, before anything is made of it: whoever still has the
 * file open writes into what nobody looks at any more, and what is released is what was judged.
 */
#include "app/gate.h"

#include "detect/waits.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>

static const uint64_t hour_ns = UINT64_C(3600000000000);
enum { BEHIND_HOURS = 4 * 24 }; /* how old a message may say it is: a long weekend */

/* ---- files of messages ---- */

/* A message that cannot be read, for the verdict. */
static void
refuse(struct cs_gate_file *file, const struct cs_row_fault *fault)
{
	char at[4096];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_json json = cs_json_over(&text);
	cs_json_object(&json);
	cs_json_put_u64(&json, "line", fault->line);
	cs_json_put_u64(&json, "offset", fault->offset);
	if (fault->column)
		cs_json_put_text(&json, "cell", fault->column);
	cs_json_put_text(&json, "words", fault->words);
	cs_json_end_object(&json);
	cs_gate_tell(&file->refused, (struct cs_span){(const uint8_t *)at, text.len});
	file->why |= 1u << CS_GATE_REFUSED;
}

/* All messages of BYTES as events; NULL without memory or with too many of them, which WHY says then. */
static struct cs_event *
decode(struct cs_gate *gate, struct cs_gate_file *file, struct cs_span bytes)
{
	struct cs_row_plan plan = *gate->setup->links.leg[gate->source[file->source].link].rows;
	struct cs_row_fault fault;
	plan.source = (uint16_t)file->source;
	plan.file_ns = file->taken_ns;
	struct cs_rows *rows = cs_rows_new(&plan);
	struct cs_event *event = NULL;
	unsigned cap = 0;
	enum cs_error error = rows ? CS_OK : CS_E_MEMORY;
	if (rows)
		cs_rows_feed(rows, bytes, true);
	while (error == CS_OK || error == CS_E_FORMAT) {
		if (file->row_n == cap) { /* one more than may be, to see that it is */
			cap = cap ? 4 * cap : 4;
			cap = cap < CS_GATE_ROWS_MAX + 1 ? cap : CS_GATE_ROWS_MAX + 1;
			struct cs_event *more = realloc(event, cap * sizeof *event);
			error = more ? CS_OK : CS_E_MEMORY;
			event = more ? more : event;
		}
		if (error == CS_E_MEMORY)
			break;
		error = cs_rows_next(rows, &event[file->row_n], &fault);
		if (error == CS_OK && file->row_n == CS_GATE_ROWS_MAX) {
			file->why |= 1u << CS_GATE_TOO_LARGE;
			break;
		}
		file->row_n += error == CS_OK;
		if (error == CS_E_FORMAT || error == CS_E_SYNTAX)
			refuse(file, &fault);
	}
	cs_rows_free(rows);
	if (error == CS_E_MEMORY)
		file->why |= 1u << CS_GATE_TOO_LARGE;
	if (!file->row_n && !file->refused.n && !file->why)
		file->why |= 1u << CS_GATE_EMPTY;
	return event;
}

/* What stands in the journal before its messages do. */
static bool
note_taken(struct cs_gate *gate, struct cs_gate_file *file)
{
	struct cs_note note;
	cs_note_begin(&note, "gate-take", NULL);
	cs_json_put_text(&note.json, "gate", file->id);
	cs_json_put_u64(&note.json, "first", file->first_row);
	cs_json_put_u64(&note.json, "messages", file->row_n);
	cs_json_put_u64(&note.json, "refused", file->refused.n);
	cs_json_put_text(&note.json, "record", gate->setup->policy->link[gate->source[file->source].link].name);
	cs_json_put_u64(&note.json, "link", gate->source[file->source].link);
	cs_json_put_u64(&note.json, "links", gate->setup->policy->link_n); /* events behind it are read by these two */
	cs_json_put_text(&note.json, "sha256", file->sha256);
	cs_gate_put_name(&note.json, "file", file->name);
	return cs_gate_note(gate, &note);
}

/* Who reads the messages once more by PLAN, beside their events: names are held against lists as they stand in the message. NULL: there is
 * nothing to hold them against, or no memory, and then the file is held. */
static struct cs_rows *
read_again(struct cs_gate *gate, struct cs_gate_file *file, struct cs_row_plan *plan, struct cs_span bytes)
{
	*plan = *gate->setup->links.leg[gate->source[file->source].link].rows;
	plan->source = (uint16_t)file->source;
	plan->file_ns = file->taken_ns;
	if (!cs_pipeline_sentry(gate->pipeline))
		return NULL;
	struct cs_rows *rows = cs_rows_new(plan);
	if (rows)
		cs_rows_feed(rows, bytes, true);
	else
		file->why |= 1u << CS_GATE_TOO_LARGE;
	return rows;
}

/* The next message that can be read; takes NULL. What was read before is read again. */
static void
follow(struct cs_rows *rows)
{
	struct cs_event event;
	struct cs_row_fault fault;
	while (rows && cs_rows_next(rows, &event, &fault) == CS_E_FORMAT)
		;
}

/* Not all of its messages are told then. */
static const uint32_t unread =
	1u << CS_GATE_TOO_LARGE | 1u << CS_GATE_AHEAD | 1u << CS_GATE_BEHIND | 1u << CS_GATE_REFUSED;

static void
tell_rows(struct cs_gate *gate, struct cs_gate_file *file, struct cs_event *event, struct cs_span bytes)
{
	const struct cs_detect *detect = cs_judge_detect(cs_pipeline_judge(gate->pipeline));
	file->row = calloc(file->row_n ? file->row_n : 1, sizeof *file->row);
	if (!file->row) {
		file->row_n = 0;
		file->why |= 1u << CS_GATE_TOO_LARGE;
		return;
	}
	struct cs_row_plan plan;
	struct cs_rows *rows = read_again(gate, file, &plan, bytes);
	for (unsigned i = 0; i < file->row_n; i++) {
		event[i].origin.packet = file->first_row + i;
		file->row[i] = (struct cs_gate_row){event[i].message_hash, cs_waits_asked(detect, &event[i])};
		follow(rows);
		if (i >= file->told_n)
			cs_pipeline_row(gate->pipeline, &event[i], rows);
	}
	cs_rows_free(rows);
	cs_pipeline_flush(gate->pipeline);
	bool all = !file->told_n && !(file->why & unread);
	if (all) /* else they are held against lists once more before it leaves */
		file->stamp = cs_gate_stamp(gate);
	if (file->refused.n && !file->known)
		cs_pipeline_rows_lost(gate->pipeline, gate->source[file->source].link, file->taken_ns, file->taken_ns,
				      file->refused.n);
}

/* Its own copy takes its place, each time it is read: a copy may not have been durable when the machine stopped. */
static enum cs_error
make_own(struct cs_gate *gate, struct cs_gate_file *file, struct cs_span bytes)
{
	char sha256[CS_GATE_SHA_BYTES];
	cs_gate_sha(gate, bytes, sha256);
	file->bytes = bytes.len;
	if (file->known && strcmp(file->sha256, sha256) != 0)
		file->why |= 1u << CS_GATE_CHANGED;
	memcpy(file->sha256, sha256, sizeof sha256);
	return cs_folder_write(cs_gate_place(gate->held, "taken", file->placed, ""), bytes, CS_FOLDER_MODE_FILE);
}

/* What is dated ahead is not told at all: its claim would wait until then, and those behind it in the engine as well. Nor is what
 * is dated long before: it would be decided at once, by orders that are long done with, or as unproven. */
static void
pass_over_other_times(struct cs_gate_file *file, const struct cs_event *event)
{
	for (unsigned i = 0; i < file->row_n; i++) {
		uint64_t time_ns = event[i].origin.time_ns;
		if (time_ns > file->taken_ns + hour_ns)
			file->why |= 1u << CS_GATE_AHEAD;
		else if (time_ns + BEHIND_HOURS * hour_ns < file->taken_ns)
			file->why |= 1u << CS_GATE_BEHIND;
	}
	if (file->why & (1u << CS_GATE_AHEAD | 1u << CS_GATE_BEHIND))
		file->row_n = 0;
}

static void
tell_bytes(struct cs_gate *gate, struct cs_gate_file *file, struct cs_span bytes)
{
	if (file->why & 1u << CS_GATE_CHANGED) /* what the journal says of it is of other bytes */
		return;
	struct cs_event *event = decode(gate, file, bytes);
	pass_over_other_times(file, event);
	if (file->known && file->row_n != file->noted_n) { /* another version of this program reads it otherwise */
		file->row_n = file->row_n < file->noted_n ? file->row_n : file->noted_n; /* these numbers are its own */
		file->why |= 1u << CS_GATE_CHANGED;
	}
	if (!file->known)
		file->first_row = gate->next_row;
	gate->next_row =
		file->first_row + file->row_n > gate->next_row ? file->first_row + file->row_n : gate->next_row;
	if (file->known || note_taken(gate, file)) {
		tell_rows(gate, file, event, bytes);
		file->known = true;
	} else {
		gate->failed = true;
	}
	free(event);
}

void
cs_gate_tell_file(struct cs_gate *gate, struct cs_gate_file *file)
{
	struct cs_span bytes = {NULL, 0};
	const char *path = cs_gate_place(gate->held, "taken", file->placed, "");
	enum cs_error error = cs_folder_read(path, CS_GATE_FILE_BYTES_MAX, &bytes, NULL);
	if (error == CS_OK)
		error = make_own(gate, file, bytes);
	else if (error == CS_E_LIMIT || error == CS_E_UNSUPPORTED)
		file->why |= 1u << (error == CS_E_LIMIT ? CS_GATE_TOO_LARGE : CS_GATE_STRANGE);
	if (error == CS_OK) {
		tell_bytes(gate, file, bytes);
	} else if (!file->why) { /* it stays where it is, and so does everything else */
		fprintf(stderr, "countersign: %s %s\n", path, cs_file_error_text(error));
		gate->failed = true;
	} else if (!file->known && !note_taken(gate, file)) {
		gate->failed = true;
	}
	if (bytes.at)
		explicit_bzero((void *)(uintptr_t)bytes.at, bytes.len);
	cs_file_free(bytes);
}
