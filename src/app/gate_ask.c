/*
 * `countersign gate release` and `countersign gate reject`: one person's word for one held file.
 *
 * It moves nothing and reads no key: it leaves a request for the gate, which knows the account of whoever wrote it, and waits a
 * moment for the answer. So nobody but the gate needs to be able to write where released files are.
 */
#include "app/command.h"
#include "app/gate.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/secret.h"
#include "io/signals.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPTION_BY, OPTION_REASON, OPTION_WAIT, ANSWER_BYTES_MAX = 1024, WAIT_MS = 50, WAIT_DEFAULT_MS = 3000 };

static const struct cs_option options_table[] = {
	[OPTION_BY] = {"--by", true},
	[OPTION_REASON] = {"--reason", true},
	[OPTION_WAIT] = {"--no-wait", false},
	{NULL, false},
};

struct ask {
	const char *path;
	const char *by;
	const char *reason;
	bool no_wait;
	struct cs_gate_request request;
	char held[CS_PATH_BYTES];
	char id[CS_NOTE_ID_BYTES + 16];
};

static bool
read_arguments(struct ask *ask, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;) {
		if (option == OPTION_BY)
			ask->by = value;
		else if (option == OPTION_REASON)
			ask->reason = value;
		else if (option == OPTION_WAIT)
			ask->no_wait = true;
		else if (option == CS_OPTION_PLAIN && !ask->path)
			ask->path = value;
		else if (option == CS_OPTION_PLAIN)
			return fprintf(stderr, "countersign: one held file at a time: '%s'\n", value) < 0;
		else
			return false;
	}
	if (ask->path && ask->by && ask->reason)
		return true;
	fprintf(stderr, "countersign: gate %s wants a held file, --by NAME and --reason TEXT\n",
		ask->request.release ? "release" : "reject");
	return false;
}

static bool
copy(char *out, size_t cap_bytes, const char *what, const char *from)
{
	struct cs_text text = cs_text_over(out, cap_bytes);
	cs_text_put(&text, from);
	if (!text.overflowed && text.len)
		return true;
	fprintf(stderr, "countersign: %s is %s\n", what, text.len ? "too long" : "empty");
	return false;
}

/* The folder of the file, which is held/, and its name there. */
static bool
split_path(struct ask *ask)
{
	const char *slash = strrchr(ask->path, '/');
	const char *name = slash ? slash + 1 : ask->path;
	struct cs_text held = cs_text_over(ask->held, sizeof ask->held);
	if (slash)
		cs_text_put_span(&held, (struct cs_span){(const uint8_t *)ask->path, (size_t)(slash - ask->path)});
	else
		cs_text_put(&held, ".");
	return copy(ask->request.file, sizeof ask->request.file, "the name of the held file", name) &&
	       copy(ask->request.by, sizeof ask->request.by, "--by", ask->by) &&
	       copy(ask->request.reason, sizeof ask->request.reason, "--reason", ask->reason) && !held.overflowed;
}

/* What the person decides about is what is there now. */
static bool
hash_file(struct ask *ask)
{
	struct cs_span bytes = {NULL, 0};
	enum cs_error error = cs_folder_read(ask->path, CS_GATE_HELD_BYTES_MAX, &bytes, NULL);
	if (error != CS_OK) {
		fprintf(stderr, "countersign: %s %s\n", ask->path, cs_file_error_text(error));
		return false;
	}
	struct cs_gate gate_of_one = {.hasher = cs_hasher_new()};
	bool hashed = gate_of_one.hasher;
	if (hashed)
		cs_gate_sha(&gate_of_one, bytes, ask->request.sha256);
	cs_hasher_free(gate_of_one.hasher);
	cs_file_free(bytes);
	return hashed;
}

static int
leave_request(struct ask *ask)
{
	char at[2048];
	uint8_t random[8];
	struct cs_text text = cs_text_over(at, sizeof at), id = cs_text_over(ask->id, sizeof ask->id);
	cs_secret_random(random, sizeof random);
	cs_text_put_hex(&id, (struct cs_span){random, sizeof random});
	if (!cs_gate_request_put(&ask->request, &text)) {
		fputs("countersign: names and reasons are one line of text each, without control characters\n", stderr);
		return CS_EXIT_USAGE;
	}
	enum cs_error error = cs_folder_write(cs_gate_place(ask->held, "requests", ask->id, ""),
					      (struct cs_span){(const uint8_t *)at, text.len}, CS_FOLDER_MODE_TOLD);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: %s/requests %s; is %s the folder that a gate holds files in?\n", ask->held,
		cs_file_error_text(error), ask->held);
	return CS_EXIT_INPUT;
}

static int
say_answer(struct cs_span answer)
{
	bool refused = answer.len >= 7 && memcmp(answer.at, "refused", 7) == 0;
	const uint8_t *end = memchr(answer.at, '\n', answer.len);
	size_t skip = end ? (size_t)(end + 1 - answer.at) : 0;
	fprintf(stderr, "countersign: %s%.*s", refused ? "refused: " : "", (int)(answer.len - skip),
		(const char *)answer.at + skip);
	return refused ? CS_EXIT_FINDINGS : CS_EXIT_RAN;
}

static int
wait_answer(const struct ask *ask)
{
	for (unsigned i = 0; !ask->no_wait && i < WAIT_DEFAULT_MS / WAIT_MS; i++) {
		struct cs_span bytes = {NULL, 0};
		const char *path = cs_gate_place(ask->held, "answers", ask->id, "");
		if (cs_folder_read(path, ANSWER_BYTES_MAX, &bytes, NULL) == CS_OK) {
			int status = say_answer(bytes);
			cs_file_free(bytes);
			return status;
		}
		cs_signals_wait(NULL, 0, WAIT_MS);
	}
	fprintf(stderr, "countersign: request %s waits for the gate\n", ask->id);
	return CS_EXIT_RAN;
}

int
cs_gate_ask(bool release, int argc, char **argv)
{
	static struct ask ask;
	cs_folder_mask();
	ask.request.release = release;
	if (!read_arguments(&ask, argc, argv) || !split_path(&ask))
		return CS_EXIT_USAGE;
	if (!hash_file(&ask))
		return CS_EXIT_INPUT;
	int status = leave_request(&ask);
	return status == CS_EXIT_RAN ? wait_answer(&ask) : status;
}
