/*
 * Names once more, before a file leaves. It was held against the watch lists of the moment when it was taken; by the time its order comes,
 * or two persons have spoken, lists, decisions or the policy may be others.
 *
 * Invariant: nothing is decided to be released that was not held against what is in force when that is decided. What was found and told
 * before is not told again, since persons who release have seen it; but what was let pass then and is to be held now is.
 */
#include "app/gate.h"

#include "io/file.h"

#include <stdio.h>

enum { WAS_BYTES_MAX = CS_GATE_VERDICT_BYTES_MAX - CS_GATE_FRAME_BYTES - CS_GATE_TOLD_BYTES_MAX };

/* Of one file: what was told of it. */
struct before {
	const struct cs_gate *gate;
	const struct cs_gate_told *told;
};

/* Of an alert LINE that has the same number: whether it says DETAIL, without what is added when it is late. */
static bool
says(struct cs_span line, const char *detail)
{
	char words[CS_DETAIL_BYTES];
	struct cs_text text = cs_text_over(words, sizeof words);
	cs_text_put(&text, detail);
	char *late = strstr(words, CS_SENTRY_LATE_WORDS);
	if (late)
		*late = '\0';
	struct cs_span rest = cs_gate_behind(line, words);
	return rest.len && (rest.at[0] == ')' || rest.at[0] == ';');
}

/* Did ALERT, which is behind its number, let pass what FINDING holds? The policy may be another since. */
static bool
let_pass(struct cs_span alert, const struct cs_finding *finding)
{
	char verdict[16];
	return finding->verdict != CS_VERDICT_ALLOW && (!cs_gate_word(alert, "verdict", verdict, sizeof verdict) ||
							strcmp(verdict, cs_verdict_name(CS_VERDICT_ALLOW)) == 0);
}

/* A finding is known by its number, which has the entry in it. Of what was not searched, and of more hits than are told, it has not: there
 * the words are compared, which have the mark of all hits. */
static bool
was_told(void *context, const struct cs_finding *finding)
{
	const struct before *before = context;
	char at[16 + 2 * CS_ALERT_ID_BYTES];
	uint8_t id[CS_ALERT_ID_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_alert_id(&before->gate->alerts->names, finding, id);
	cs_text_put(&text, "\"id\":\"");
	cs_text_put_hex_small(&text, (struct cs_span){id, sizeof id});
	struct cs_span line = {(const uint8_t *)before->told->at, before->told->len};
	for (line = cs_gate_behind(line, at); line.at; line = cs_gate_behind(line, at)) {
		struct cs_span next = cs_gate_behind(line, "\"id\":\"");
		struct cs_span alert = next.at ? (struct cs_span){line.at, (size_t)(next.at - line.at)} : line;
		bool entry = finding->reason == CS_REASON_NAME_LISTED && strncmp(finding->detail, "more:", 5) != 0;
		if (!let_pass(alert, finding) && (entry || says(alert, finding->detail)))
			return true;
	}
	return false;
}

/* What its messages come to now; what is new in that is told, and added to FILE. */
static void
hold_against(struct cs_gate *gate, struct cs_gate_file *file, struct cs_span bytes, struct before *before)
{
	struct cs_row_plan plan = *gate->setup->links.leg[gate->source[file->source].link].rows;
	struct cs_row_fault fault;
	struct cs_event event;
	plan.source = (uint16_t)file->source;
	plan.file_ns = file->taken_ns;
	struct cs_rows *rows = bytes.len <= CS_GATE_FILE_BYTES_MAX ? cs_rows_new(&plan) : NULL;
	enum cs_error error = rows ? CS_OK : CS_E_MEMORY;
	if (rows)
		cs_rows_feed(rows, bytes, true);
	while (error == CS_OK || error == CS_E_FORMAT) {
		error = cs_rows_next(rows, &event, &fault);
		if (error == CS_E_FORMAT || error == CS_E_SYNTAX)
			file->why |= 1u << CS_GATE_REFUSED;
		if (error == CS_OK && file->row_n == CS_GATE_ROWS_MAX)
			error = CS_E_MEMORY;
		if (error != CS_OK)
			continue;
		event.origin.packet = file->first_row + file->row_n++;
		(void)cs_pipeline_row_late(gate->pipeline, &event, rows,
					   (struct cs_sentry_late){.was_told = was_told, .context = before});
	}
	if (error == CS_E_MEMORY)
		file->why |= 1u << CS_GATE_TOO_LARGE;
	cs_rows_free(rows);
}

static void
look(struct cs_gate *gate, struct cs_gate_file *file, struct cs_span bytes, const struct cs_gate_told *told)
{
	struct before before = {gate, told};
	uint32_t why = file->why;
	file->row_n = 0;
	cs_pipeline_flush(gate->pipeline); /* what comes now is of this file */
	gate->again = file;
	hold_against(gate, file, bytes, &before);
	gate->again = NULL;
	file->stamp = file->why & (1u << CS_GATE_TOO_LARGE | 1u << CS_GATE_REFUSED) ? 0 : cs_gate_stamp(gate);
	if (file->why & ~why & 1u << CS_GATE_FINDING)
		file->why |= 1u << CS_GATE_RELISTED;
}

uint64_t
cs_gate_stamp(const struct cs_gate *gate)
{
	const struct cs_sentry *sentry = cs_pipeline_sentry(gate->pipeline);
	return sentry ? cs_sentry_stamp(sentry) : 0;
}

/* ---- a file in held/taken/ ---- */

static void
look_at_bytes(struct cs_gate *gate, struct cs_gate_file *file, struct cs_span bytes)
{
	char sha256[CS_GATE_SHA_BYTES];
	unsigned row_n = file->row_n;
	cs_gate_sha(gate, bytes, sha256);
	if (strcmp(file->sha256, sha256) != 0) {
		file->why |= 1u << CS_GATE_CHANGED;
		return;
	}
	look(gate, file, bytes, &file->found);
	if (file->row_n != row_n) /* they are still its own */
		file->why |= 1u << CS_GATE_CHANGED;
	file->row_n = row_n;
}

void
cs_gate_look_again(struct cs_gate *gate, struct cs_gate_file *file)
{
	struct cs_span bytes = {NULL, 0};
	const char *path = cs_gate_place(gate->held, "taken", file->placed, "");
	if (file->stamp == cs_gate_stamp(gate))
		return;
	enum cs_error error = cs_folder_read(path, CS_GATE_FILE_BYTES_MAX, &bytes, NULL);
	if (error == CS_OK) {
		look_at_bytes(gate, file, bytes);
	} else if (error == CS_E_LIMIT || error == CS_E_UNSUPPORTED) {
		file->why |= 1u << CS_GATE_CHANGED;
	} else {
		fprintf(stderr, "countersign: %s %s\n", path, cs_file_error_text(error));
		gate->failed = true;
	}
	if (bytes.at)
		explicit_bzero((void *)(uintptr_t)bytes.at, bytes.len);
	cs_file_free(bytes);
}

/* ---- a held one ---- */

static bool
is_of_record(const struct cs_gate *gate, unsigned nth, const char *record)
{
	const struct cs_gate_source *source = &gate->source[nth];
	return source->messages && strcmp(gate->setup->policy->link[source->link].name, record) == 0;
}

/* What its verdict says of it; NULL, or words of what is lacking. */
static const char *
read_verdict(const struct cs_gate *gate, struct cs_span verdict, struct cs_gate_file *file)
{
	char record[256];
	if (!cs_gate_word(verdict, "gate", file->id, sizeof file->id) || !cs_gate_id_read(file->id, &file->taken_ns) ||
	    !cs_gate_word(verdict, "record", record, sizeof record) ||
	    !cs_gate_number(verdict, "first", &file->first_row) ||
	    !cs_gate_word(verdict, "sha256", file->sha256, sizeof file->sha256))
		return "its verdict does not say which record it is of, so its names cannot be held against the lists "
		       "of now; send it in again";
	if (!cs_gate_number(verdict, "screened", &file->stamp))
		file->stamp = 0;
	while (file->source < gate->source_n && !is_of_record(gate, file->source, record))
		file->source++;
	return file->source < gate->source_n ? NULL
					     : "its record is not let through here any more, so its names cannot be "
					       "held against lists; send it in again";
}

/* What it could not be read for is in its verdict already. */
static void
pass_over_known(struct cs_span verdict, struct cs_gate_file *file)
{
	static const enum cs_gate_why unread[] = {CS_GATE_REFUSED, CS_GATE_TOO_LARGE};
	for (unsigned i = 0; i < sizeof unread / sizeof unread[0]; i++) {
		char at[64];
		struct cs_text text = cs_text_over(at, sizeof at);
		cs_text_put(&text, "\"reason\":\"");
		cs_text_put(&text, cs_gate_why_word(unread[i]));
		cs_text_put(&text, "\"");
		if (cs_gate_behind(verdict, at).at)
			file->why &= ~(1u << unread[i]);
	}
}

/* Words given before are void, and then the verdict says what is new. In this order: a crash in between lets nobody's word of before
 * count for what he has not seen. */
static enum cs_error
put_verdict(struct cs_gate *gate, struct cs_gate_file *file, struct cs_span verdict)
{
	while (verdict.len && verdict.at[verdict.len - 1] == '\n')
		verdict.len--;
	if (verdict.len > WAS_BYTES_MAX) /* it stands in the journal */
		verdict.len = 0;
	file->action = CS_GATE_HOLD;
	cs_gate_forget_words(gate, file->name);
	CS_TRY(cs_disk_sync_folder(cs_gate_place(gate->held, "approved", "", "")));
	CS_TRY(cs_gate_write_verdict(gate, file, verdict,
				     cs_gate_place(gate->held, NULL, file->name, ".verdict.json")));
	return cs_disk_sync_folder(gate->held);
}

static const char *
look_at_held(struct cs_gate *gate, const struct cs_gate_held *held, struct cs_span verdict, struct cs_gate_file *file)
{
	const struct cs_gate_told told = {(char *)(uintptr_t)verdict.at, verdict.len, 0, 0, 0};
	const char *words = read_verdict(gate, verdict, file);
	if (words || (file->stamp == cs_gate_stamp(gate) && strcmp(file->sha256, held->sha256) == 0))
		return words;
	struct cs_text name = cs_text_over(file->name, sizeof file->name),
		       sha256 = {file->sha256, CS_GATE_SHA_BYTES, 0, 0};
	cs_text_put(&name, held->file);
	cs_text_put(&sha256, held->sha256);
	look(gate, file, held->bytes, &told);
	pass_over_known(verdict, file);
	if (!file->why)
		return NULL;
	enum cs_error error = cs_gate_flush(gate) ? put_verdict(gate, file, verdict) : CS_OK;
	if (error != CS_OK) {
		fprintf(stderr, "countersign: %s/%s.verdict.json %s\n", gate->held, cs_gate_say(held->file),
			cs_file_error_text(error));
		gate->failed = true;
	}
	return "lists or decisions changed since it was held, and there is more against it now: its verdict says what. "
	       "Both persons have to look again";
}

const char *
cs_gate_look_at_held(struct cs_gate *gate, const struct cs_gate_held *held)
{
	struct cs_gate_file file = {.bytes = held->bytes.len};
	struct cs_span verdict = {NULL, 0};
	const char *path = cs_gate_place(gate->held, NULL, held->file, ".verdict.json");
	if (!cs_pipeline_sentry(gate->pipeline))
		return NULL;
	if (cs_folder_read(path, CS_GATE_VERDICT_BYTES_MAX, &verdict, NULL) != CS_OK)
		return "its verdict cannot be read, so nobody knows what was found of its names";
	const char *words = look_at_held(gate, held, verdict, &file);
	cs_gate_told_free(&file.found);
	cs_file_free(verdict);
	return words;
}
