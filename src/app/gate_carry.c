/*
 * From held/taken/ to where a file belongs, and the verdict beside it.
 *
 * Order is everything: the record of the decision is durable; the verdict is written, and durable; the file is renamed. A crash
 * before the rename leaves it in held/taken/, where the next process finds it and does the same again.
 */
#include "app/gate.h"

#include "app/command.h"
#include "app/commit.h"
#include "io/clock.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { FRAME_BYTES = 16384 };

static const char *
action_of(const struct cs_gate_file *file)
{
	static const char *const words[] = {"open", "wait", "hold", "release"};
	return words[file->action];
}

static void
put_because(struct cs_json *json, const struct cs_gate_file *file)
{
	cs_json_key(json, "because");
	cs_json_array(json);
	for (unsigned i = 0; i < CS_GATE_WHY_N; i++) {
		if (!(file->why >> i & 1))
			continue;
		cs_json_object(json);
		cs_json_put_text(json, "reason", cs_gate_why_word((enum cs_gate_why)i));
		cs_json_put_text(json, "words", cs_gate_why_words((enum cs_gate_why)i));
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

static void
put_policy(struct cs_json *json, const struct cs_gate *gate)
{
	char hash[2 * CS_DIGEST_BYTES + 1];
	struct cs_text text = cs_text_over(hash, sizeof hash);
	struct cs_digest digest = cs_digest_of(gate->hasher, gate->setup->policy_text);
	cs_text_put_hex(&text, (struct cs_span){digest.at, sizeof digest.at});
	cs_json_key(json, "policy");
	cs_json_object(json);
	cs_json_put_text(json, "path", gate->policy_path);
	cs_json_put_text(json, "sha256", hash);
	cs_json_put_text(json, "build", CS_VERSION " (" CS_COMMIT ")");
	cs_json_end_object(json);
}

static void
put_journal(struct cs_json *json, const struct cs_gate *gate, const struct cs_gate_file *file)
{
	if (!file->decided)
		return;
	cs_json_key(json, "journal");
	cs_json_object(json);
	cs_json_put_text(json, "folder", gate->record.folder);
	cs_json_put_text(json, "note", file->note);
	cs_json_put_u64(json, "before_record", cs_chronicle_state(gate->record.chronicle).durable_seq);
	cs_json_end_object(json);
}

/* `,"KEY":[...]` of values that were told. */
static void
put_told(struct cs_text *text, const char *key, const struct cs_gate_told *told)
{
	cs_text_put(text, ",\"");
	cs_text_put(text, key);
	cs_text_put(text, "\":[");
	cs_text_put_span(text, (struct cs_span){(const uint8_t *)told->at, told->len});
	cs_text_put(text, "]");
	if (!told->left_n)
		return;
	cs_text_put(text, ",\"");
	cs_text_put(text, key);
	cs_text_put(text, "_left_out\":");
	cs_text_put_u64(text, told->left_n);
}

static void
put_frame(struct cs_text *text, const struct cs_gate *gate, const struct cs_gate_file *file)
{
	struct cs_json json = cs_json_over(text);
	char called[CS_GATE_TAKEN_BYTES];
	cs_gate_called(file, called);
	cs_json_object(&json);
	cs_json_put_u64(&json, "schema", 1);
	cs_json_put_text(&json, "action", action_of(file));
	cs_gate_put_name(&json, "file", file->name);
	if (file->renamed)
		cs_gate_put_name(&json, "called", called);
	cs_json_put_text(&json, "gate", file->id);
	cs_json_put_text(&json, "record", gate->setup->policy->link[gate->source[file->source].link].name);
	cs_json_put_u64(&json, "first", file->first_row);
	cs_json_put_u64(&json, "screened", file->stamp);
	cs_json_put_time(&json, "taken", file->taken_ns);
	cs_json_put_time(&json, file->decided ? "decided" : "seen", cs_clock_wall_ns());
	if (file->action == CS_GATE_WAIT)
		cs_json_put_time(&json, "until", file->until_ns);
	put_because(&json, file);
	if (file->action == CS_GATE_RELEASE && file->why)
		cs_json_put_text(&json, "by", "--fail release: a fault, and not the policy, let this through");
	cs_json_put_u64(&json, "messages", file->row_n);
	cs_json_put_text(&json, "sha256", file->sha256);
	put_policy(&json, gate);
	put_journal(&json, gate, file);
	cs_json_end_object(&json);
	text->len--; /* more members follow */
}

enum cs_error
cs_gate_write_verdict(const struct cs_gate *gate, const struct cs_gate_file *file, struct cs_span was, const char *path)
{
	size_t cap = FRAME_BYTES + file->found.len + file->refused.len + was.len;
	char *at = malloc(cap);
	if (!at)
		return CS_E_MEMORY;
	struct cs_text text = cs_text_over(at, cap);
	put_frame(&text, gate, file);
	put_told(&text, "refused", &file->refused);
	put_told(&text, "findings", &file->found);
	if (was.len) {
		cs_text_put(&text, ",\"was\":");
		cs_text_put_span(&text, was);
	}
	cs_text_put(&text, "}\n");
	CS_ASSERT(!text.overflowed);
	enum cs_error error =
		cs_folder_write(path, (struct cs_span){(const uint8_t *)at, text.len}, CS_FOLDER_MODE_FILE);
	free(at);
	return error;
}

void
cs_gate_say_waiting(struct cs_gate *gate, const struct cs_gate_file *file)
{
	enum cs_error error =
		cs_gate_write_verdict(gate, file, (struct cs_span){NULL, 0},
				      cs_gate_place(gate->held, "waiting", file->placed, ".verdict.json"));
	if (error != CS_OK) /* for people only: it goes on */
		fprintf(stderr, "countersign: why %s waits cannot be written: %s\n", cs_gate_say(file->name),
			cs_file_error_text(error));
}

static enum cs_error
move_file(const struct cs_gate *gate, const struct cs_gate_file *file)
{
	char called[CS_GATE_TAKEN_BYTES], to[CS_GATE_PATH_BYTES], verdict[CS_GATE_PATH_BYTES];
	const char *folder = file->action == CS_GATE_RELEASE ? gate->released : gate->held;
	cs_gate_called(file, called);
	cs_gate_path(to, folder, NULL, called, "");
	cs_gate_path(verdict, folder, NULL, called, ".verdict.json");
	if (file->action == CS_GATE_HOLD)
		cs_gate_forget_words(gate, called); /* of another file of this name, long ago */
	CS_TRY(cs_gate_write_verdict(gate, file, (struct cs_span){NULL, 0}, verdict));
	CS_TRY(cs_disk_sync_folder(folder));
	CS_TRY(cs_folder_move(cs_gate_place(gate->held, "taken", file->placed, ""), to));
	CS_TRY(cs_disk_sync_folder(folder));
	return cs_disk_sync_folder(cs_gate_place(gate->held, "taken", "", ""));
}

static void
count(struct cs_gate *gate, const struct cs_gate_file *file)
{
	bool released = file->action == CS_GATE_RELEASE;
	gate->counts.released_n += released;
	gate->counts.held_n += !released;
	gate->counts.failed_n += released && file->why;
	if (!released || !file->arrived_ns || file->until_ns)
		return;
	uint64_t took_ns = cs_clock_steady_ns() - file->arrived_ns;
	gate->counts.latency_n++;
	gate->counts.latency_ns += took_ns;
	if (took_ns > gate->counts.latency_most_ns)
		gate->counts.latency_most_ns = took_ns;
}

static void
say(const struct cs_gate_file *file)
{
	char why[256], called[CS_GATE_TAKEN_BYTES];
	struct cs_text text = cs_text_over(why, sizeof why);
	cs_gate_put_why(&text, file->why);
	cs_gate_called(file, called);
	if (file->action == CS_GATE_HOLD)
		fprintf(stderr, "countersign: held: %s (%s)\n", cs_gate_say(called), why);
	else if (file->why)
		fprintf(stderr, "countersign: WARNING: released because of --fail release, not proven: %s (%s)\n",
			cs_gate_say(called), why);
}

void
cs_gate_carry(struct cs_gate *gate)
{
	for (unsigned i = 0; i < gate->file_n && !gate->failed;) {
		struct cs_gate_file *file = gate->file[i];
		if (!file->decided) {
			i++;
			continue;
		}
		enum cs_error error = move_file(gate, file);
		if (error != CS_OK) {
			fprintf(stderr, "countersign: %s stays in %s/taken: %s\n", cs_gate_say(file->name), gate->held,
				error == CS_E_RANGE ? "somebody put a file of its name where it belongs"
						    : cs_file_error_text(error));
			gate->failed = true;
			return;
		}
		cs_folder_clear(cs_gate_place(gate->held, "waiting", file->placed, ".verdict.json"));
		count(gate, file);
		say(file);
		gate->busy = true;
		cs_gate_drop(gate, i);
	}
}
