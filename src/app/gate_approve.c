/*
 * Held files are released, or rejected for good, by the word of two persons: two requests in held/requests/, of two names, and
 * of two accounts of the system (the owners of the two files) unless the gate was told that all share one.
 *
 * A first word is kept in held/approved/ by the gate itself. Both words and what follows from them stand in the journal, durable,
 * before the file is moved. What is moved is the gate's own copy of the bytes of that digest: whoever has the held file open writes
 * into what nobody looks at any more. A crash in between leaves the second request where it is: it is taken again.
 */
#include "app/gate.h"

#include "io/clock.h"
#include "io/file.h"

#include <stdio.h>
#include <strings.h>

enum { REQUEST_BYTES_MAX = 2048, WORDS_BYTES = 1024, REQUESTS_MAX = 64 };

/* One request at work. */
struct asked {
	struct cs_gate *gate;
	const char *name; /* of the request's file */
	struct cs_gate_request request;
	uint32_t account;
	struct cs_gate_request first; /* the word before, if there is one */
	uint64_t first_account;
	struct cs_span bytes; /* what is held, as its digest was taken */
	bool second;
};

struct asking {
	struct cs_gate *gate;
	unsigned n;
};

static const char *
end_of(const struct asked *asked)
{
	return asked->request.release ? ".release" : ".reject";
}

static void
answer(const struct asked *asked, const char *word, const char *words)
{
	char at[WORDS_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, word);
	cs_text_put(&text, "\n");
	cs_text_put(&text, words);
	cs_text_put(&text, "\n");
	fprintf(stderr, "countersign: %s of %s by %s: %s\n", asked->request.release ? "release" : "rejection",
		cs_gate_say(asked->request.file[0] ? asked->request.file : asked->name),
		asked->request.by[0] ? asked->request.by : "nobody", words);
	/* The person may look again; what counts is in the journal. */
	enum cs_error error = cs_folder_write(cs_gate_place(asked->gate->held, "answers", asked->name, ""),
					      (struct cs_span){(const uint8_t *)at, text.len}, CS_FOLDER_MODE_TOLD);
	if (error != CS_OK)
		fprintf(stderr, "countersign: the answer to it cannot be written: %s\n", cs_file_error_text(error));
	cs_folder_clear(cs_gate_place(asked->gate->held, "requests", asked->name, ""));
}

/* Everything a person said, and as whom the system knows him. */
static bool
note_word(const struct asked *asked, const char *action, const char *refused)
{
	struct cs_note note;
	cs_note_begin(&note, action, asked->request.by);
	cs_gate_put_name(&note.json, "request", asked->name);
	cs_json_put_u64(&note.json, "account", asked->account);
	cs_json_put_text(&note.json, "reason", asked->request.reason);
	cs_json_put_text(&note.json, "sha256", asked->request.sha256);
	if (refused)
		cs_json_put_text(&note.json, "refused", refused);
	if (asked->second) {
		cs_json_put_text(&note.json, "first_by", asked->first.by);
		cs_json_put_u64(&note.json, "first_account", asked->first_account);
		cs_json_put_text(&note.json, "first_reason", asked->first.reason);
	}
	cs_gate_put_name(&note.json, "file", asked->request.file);
	if (!cs_gate_note(asked->gate, &note) || !cs_gate_flush(asked->gate)) {
		asked->gate->failed = true;
		return false;
	}
	return true;
}

static void
refuse(const struct asked *asked, const char *words)
{
	if (note_word(asked, "gate-refuse", words))
		answer(asked, "refused", words);
}

/* ---- the first word ---- */

static bool
read_first(struct asked *asked)
{
	struct cs_span bytes = {NULL, 0};
	const char *path = cs_gate_place(asked->gate->held, "approved", asked->request.file, end_of(asked));
	if (cs_folder_read(path, REQUEST_BYTES_MAX, &bytes, NULL) != CS_OK)
		return false;
	/* The account stands before the request, on a line of its own. */
	const uint8_t *end = memchr(bytes.at, '\n', bytes.len);
	struct cs_span rest = end ? (struct cs_span){end + 1, bytes.len - (size_t)(end + 1 - bytes.at)} : bytes;
	bool read = end && cs_gate_number(bytes, "account", &asked->first_account) &&
		    cs_gate_request_read(rest, &asked->first) &&
		    strcmp(asked->first.sha256, asked->request.sha256) == 0;
	cs_file_free(bytes);
	return read;
}

static enum cs_error
write_first(const struct asked *asked)
{
	char at[REQUEST_BYTES_MAX];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, "{\"account\":");
	cs_text_put_u64(&text, asked->account);
	cs_text_put(&text, "}\n");
	if (!cs_gate_request_put(&asked->request,
				 &(struct cs_text){text.at + text.len, text.cap_bytes - text.len, 0, false}))
		return CS_E_LIMIT;
	text.len += strlen(text.at + text.len);
	CS_TRY(cs_folder_write(cs_gate_place(asked->gate->held, "approved", asked->request.file, end_of(asked)),
			       (struct cs_span){(const uint8_t *)at, text.len}, CS_FOLDER_MODE_FILE));
	return cs_disk_sync_folder(cs_gate_place(asked->gate->held, "approved", "", ""));
}

static void
take_first(const struct asked *asked)
{
	if (!note_word(asked, asked->request.release ? "gate-release-first" : "gate-reject-first", NULL))
		return;
	enum cs_error error = write_first(asked);
	if (error == CS_OK)
		answer(asked, "first", "noted; another person has to say so, too");
	else /* answered, or it would come again and fill the journal */
		refuse(asked, error == CS_E_LIMIT
				      ? "it is too long to be kept"
				      : "the gate cannot keep it: its folder held/approved cannot be written");
}

/* ---- the second ---- */

static void
put_word(struct cs_json *json, const struct cs_gate_request *request, uint64_t account)
{
	cs_json_object(json);
	cs_json_put_text(json, "by", request->by);
	cs_json_put_u64(json, "account", account);
	cs_json_put_text(json, "reason", request->reason);
	cs_json_end_object(json);
}

/* The verdict of before, word for word, under what two persons said. */
static enum cs_error
write_verdict(const struct asked *asked, const char *path)
{
	static char at[8192 + 3 * CS_GATE_TOLD_BYTES_MAX];
	struct cs_span before = {NULL, 0};
	const char *from = cs_gate_place(asked->gate->held, NULL, asked->request.file, ".verdict.json");
	enum cs_error error = cs_folder_read(from, 3 * CS_GATE_TOLD_BYTES_MAX, &before, NULL);
	if (error != CS_OK && error != CS_E_OPEN)
		return error;
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_json json = cs_json_over(&text);
	cs_json_object(&json);
	cs_json_put_u64(&json, "schema", 1);
	cs_json_put_text(&json, "action", asked->request.release ? "release" : "reject");
	cs_gate_put_name(&json, "file", asked->request.file);
	cs_json_put_text(&json, "sha256", asked->request.sha256);
	cs_json_key(&json, "by");
	cs_json_array(&json);
	put_word(&json, &asked->first, asked->first_account);
	put_word(&json, &asked->request, asked->account);
	cs_json_end_array(&json);
	cs_json_put_u64(&json, "before_record", cs_chronicle_state(asked->gate->record.chronicle).durable_seq);
	cs_json_end_object(&json);
	while (before.len && before.at[before.len - 1] == '\n')
		before.len--;
	if (before.len) {
		text.len--;
		cs_text_put(&text, ",\"was\":");
		cs_text_put_span(&text, before);
		cs_text_put(&text, "}");
	}
	cs_text_put(&text, "\n");
	cs_file_free(before);
	CS_ASSERT(!text.overflowed);
	return cs_folder_write(path, (struct cs_span){(const uint8_t *)at, text.len}, CS_FOLDER_MODE_FILE);
}

static enum cs_error
carry(const struct asked *asked)
{
	const struct cs_gate *gate = asked->gate;
	const char *file = asked->request.file;
	const char *folder = asked->request.release ? gate->released : gate->held;
	const char *sub = asked->request.release ? NULL : "rejected";
	char to[CS_GATE_PATH_BYTES], verdict[CS_GATE_PATH_BYTES], into[CS_GATE_PATH_BYTES];
	cs_gate_path(to, folder, sub, file, "");
	cs_gate_path(verdict, folder, sub, file, ".verdict.json");
	cs_gate_path(into, folder, sub, "", "");
	CS_TRY(write_verdict(asked, verdict));
	CS_TRY(cs_disk_sync_folder(into));
	CS_TRY(cs_folder_write(cs_gate_place(gate->held, NULL, file, ""), asked->bytes, CS_FOLDER_MODE_FILE));
	CS_TRY(cs_disk_sync_folder(gate->held));
	CS_TRY(cs_folder_move(cs_gate_place(gate->held, NULL, file, ""), to));
	CS_TRY(cs_disk_sync_folder(into));
	return cs_disk_sync_folder(gate->held);
}

void
cs_gate_forget_words(const struct cs_gate *gate, const char *file)
{
	cs_folder_clear(cs_gate_place(gate->held, "approved", file, ".release"));
	cs_folder_clear(cs_gate_place(gate->held, "approved", file, ".reject"));
}

/* What is of no use any more, last. */
static void
clear(const struct asked *asked)
{
	cs_folder_clear(cs_gate_place(asked->gate->held, NULL, asked->request.file, ".verdict.json"));
	cs_gate_forget_words(asked->gate, asked->request.file);
}

/* What is found of its names by now, and the two have not seen: then it stays. */
static bool
names_stand_against(const struct asked *asked)
{
	const struct cs_gate_held held = {asked->request.file, asked->request.sha256, asked->bytes};
	const char *words = cs_gate_look_at_held(asked->gate, &held);
	if (words && !asked->gate->failed)
		refuse(asked, words);
	return words || asked->gate->failed;
}

static void
take_second(struct asked *asked)
{
	struct cs_gate *gate = asked->gate;
	asked->second = true;
	if (strcasecmp(asked->first.by, asked->request.by) == 0) {
		refuse(asked, "the same person has said so already; it takes two");
		return;
	}
	if (!gate->one_account && asked->first_account == asked->account) {
		refuse(asked, "the first word came from the same account of this system; it takes two persons");
		return;
	}
	if (asked->request.release && names_stand_against(asked))
		return;
	if (!note_word(asked, asked->request.release ? "gate-release" : "gate-reject", NULL))
		return;
	enum cs_error error = carry(asked);
	if (error != CS_OK) {
		fprintf(stderr, "countersign: %s stays in %s: %s\n", cs_gate_say(asked->request.file), gate->held,
			error == CS_E_RANGE ? "somebody put a file of its name where it belongs"
					    : cs_file_error_text(error));
		gate->failed = true;
		return;
	}
	clear(asked);
	gate->counts.approved_n += asked->request.release;
	gate->counts.rejected_n += !asked->request.release;
	answer(asked, "done", asked->request.release ? "released" : "rejected");
}

/* ---- each ---- */

/* It is gone from held/: a process before moved it, and ended before it had cleared up. A word that was kept must not outlive
 * its file. */
static bool
was_done(struct asked *asked)
{
	if (!read_first(asked))
		return false;
	clear(asked);
	answer(asked, "done", "it is not held any more");
	return true;
}

static void
look_at(struct asked *asked)
{
	struct cs_gate *gate = asked->gate;
	char sha256[CS_GATE_SHA_BYTES] = "";
	const char *path = cs_gate_place(gate->held, NULL, asked->request.file, "");
	enum cs_error error = cs_folder_read(path, CS_GATE_HELD_BYTES_MAX, &asked->bytes, NULL);
	if (error == CS_OK)
		cs_gate_sha(gate, asked->bytes, sha256);
	if (error == CS_E_OPEN && was_done(asked))
		return;
	if (error == CS_E_LIMIT)
		refuse(asked, "it is larger than 256 MiB, or grows: more than is released or rejected here");
	else if (error != CS_OK ||
		 !cs_folder_has(cs_gate_place(gate->held, NULL, asked->request.file, ".verdict.json")))
		refuse(asked, "no file of this name is held");
	else if (strcmp(sha256, asked->request.sha256) != 0)
		refuse(asked, "what is held is not what was seen: its digest is another");
	else if (!read_first(asked))
		take_first(asked);
	else
		take_second(asked);
}

static void
take_request(void *context, const struct cs_folder_entry *entry)
{
	struct asking *asking = context;
	struct cs_gate *gate = asking->gate;
	struct asked asked = {.gate = gate, .name = entry->name};
	struct cs_folder_about about = {0, 0};
	struct cs_span bytes = {NULL, 0};
	if (gate->failed || asking->n == REQUESTS_MAX || strlen(entry->name) >= CS_GATE_NAME_BYTES)
		return;
	char path[CS_GATE_PATH_BYTES];
	cs_gate_path(path, gate->held, "requests", entry->name, "");
	if (!entry->plain) { /* nobody's word; a folder stays, and takes no other's turn */
		cs_folder_clear(path);
		return;
	}
	enum cs_error error = cs_folder_read(path, REQUEST_BYTES_MAX, &bytes, &about);
	asked.account = about.account;
	bool read = error == CS_OK && about.link_n == 1 && cs_gate_request_read(bytes, &asked.request);
	cs_file_free(bytes);
	if (error == CS_E_OPEN)
		return;
	if (read)
		look_at(&asked);
	if (asked.bytes.at)
		explicit_bzero((void *)(uintptr_t)asked.bytes.at, asked.bytes.len);
	cs_file_free(asked.bytes);
	if (!read)
		answer(&asked, "refused", "it is no request that a person's `countersign gate` left");
	if (cs_folder_has(path)) /* it could not be removed: it comes again, and takes no other's turn */
		return;
	asking->n++;
	gate->busy = true;
}

void
cs_gate_requests(struct cs_gate *gate)
{
	struct asking asking = {gate, 0};
	enum cs_error error = cs_folder_list(cs_gate_place(gate->held, "requests", "", ""), take_request, &asking);
	if (error == CS_OK)
		return;
	fprintf(stderr, "countersign: %s/requests %s\n", gate->held, cs_file_error_text(error));
	gate->failed = true;
}
