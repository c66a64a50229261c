/*
 * `countersign decode mx`: files of one ISO 20022 message each in, one JSON line a message out.
 *
 * A file is read whole. A message that is refused is an answer, not a failure: its line has the reason, and the byte it is
 * about.
 */
#include "app/decode_mx.h"

#include "app/command.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	FILE_CAP = 1 << 28,
	OUT_CAP = 1 << 26,
	OUT_SPARE = 1 << 25, /* an answer that is longer is written without its "full", and that is said */
	TYPE_BYTES = 64,
	TEXT_BYTES = 256,
};

enum { OPTION_FULL };

static const struct cs_option options_table[] = {
	[OPTION_FULL] = {"--full", false},
	{NULL, false},
};

struct work {
	bool full;
	bool broken; /* output could not be written */
	bool over;   /* an answer was too long */
	unsigned path_n;
	const char **path;
	struct cs_mx *mx;
	struct cs_payment payment;
	struct cs_text out;
	char *out_at;
};

/* --- one line --- */

static void
put_reasons(struct cs_json *json, const struct cs_payment *payment)
{
	cs_json_key(json, "reasons");
	cs_json_array(json);
	for (unsigned i = 0; i < payment->reason_n && i < CS_PAYMENT_REASONS_MAX; i++) {
		const struct cs_payment_reason *reason = &payment->reason[i];
		char words[TEXT_BYTES];
		struct cs_text text = cs_text_over(words, sizeof words);
		if (reason->about.len > 0 && reason->about.len <= TYPE_BYTES) {
			cs_text_put_span(&text, reason->about);
			cs_text_put(&text, ": ");
		}
		cs_text_put(&text, reason->text);
		cs_json_object(json);
		cs_json_put_text(json, "code", reason->code);
		cs_json_put_u64(json, "offset", reason->offset);
		cs_json_put_text(json, "text", words);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

static void
put_alerts(struct cs_json *json, const struct cs_payment *payment)
{
	cs_json_key(json, "alerts");
	cs_json_array(json);
	for (unsigned i = 0; i < CS_PAYMENT_ALERT_N; i++)
		if (cs_payment_raised(payment, i))
			cs_json_text(json, cs_payment_alert_name(i));
	cs_json_end_array(json);
}

static void
put_key(struct cs_json *json, const struct cs_payment *payment)
{
	cs_json_key(json, "key");
	cs_json_object(json);
	for (unsigned i = 0; i < CS_PAYMENT_KEY_N; i++)
		if (payment->key[i].at)
			cs_json_put_utf8(json, cs_payment_key_name(i), payment->key[i]);
	cs_json_end_object(json);
}

/* Guidelines that are broken, when there are any. */
static void
put_rules(struct cs_json *json, uint32_t rules)
{
	if (!rules)
		return;
	cs_json_key(json, "rules");
	cs_json_array(json);
	for (unsigned i = 0; cs_mx_rule_name(i); i++) {
		if (!(rules >> i & 1))
			continue;
		cs_json_object(json);
		cs_json_put_text(json, "code", cs_mx_rule_name(i));
		cs_json_put_text(json, "text", cs_mx_rule_text(i));
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

static void
put_line(struct work *work, const char *path, struct cs_span message, bool full)
{
	struct cs_json json = cs_json_over(&work->out);
	bool accepted = cs_mx_decode(work->mx, message, &work->payment);
	cs_json_object(&json);
	cs_json_put_text(&json, "file", path);
	cs_json_put_u64(&json, "offset", 0);
	cs_json_put_utf8(&json, "type", cs_mx_type(work->mx));
	cs_json_put_text(&json, "verdict", accepted ? "accept" : "reject");
	put_reasons(&json, &work->payment);
	put_alerts(&json, &work->payment);
	put_key(&json, &work->payment);
	put_rules(&json, cs_mx_rules(work->mx));
	if (full && accepted)
		cs_decode_mx_put_full(&json, work->mx, message);
	cs_json_end_object(&json);
	cs_text_put_char(&work->out, '\n');
}

/* --- files --- */

static void
flush(struct work *work)
{
	if (cs_file_write_all(STDOUT_FILENO, work->out.at, work->out.len) != CS_OK)
		work->broken = true;
	work->out = cs_text_over(work->out_at, OUT_CAP);
}

static int
decode_file(struct work *work, const char *path)
{
	struct cs_span bytes;
	enum cs_error error = cs_file_read(path, FILE_CAP, &bytes);
	if (error != CS_OK) {
		fprintf(stderr, "countersign decode: %s: %s\n", path, cs_file_error_text(error));
		return CS_EXIT_INPUT;
	}
	struct cs_text before = work->out;
	put_line(work, path, bytes, work->full);
	if (work->out.overflowed) {
		work->out = before;
		put_line(work, path, bytes, false);
		fprintf(stderr, "countersign decode: %s: the message is too long for --full\n", path);
		work->over = true;
	}
	if (OUT_CAP - work->out.len < OUT_SPARE)
		flush(work);
	cs_file_free(bytes);
	return CS_EXIT_RAN;
}

/* --- set-up --- */

static bool
read_request(struct work *work, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	for (;;) {
		switch (cs_option_next(&options, options_table, &value)) {
		case OPTION_FULL:
			work->full = true;
			break;
		case CS_OPTION_PLAIN:
			work->path[work->path_n++] = value;
			break;
		case CS_OPTION_END:
			return true;
		default:
			return false;
		}
	}
}

static int
run(struct work *work)
{
	work->out = cs_text_over(work->out_at, OUT_CAP);
	if (!work->path_n)
		work->path[work->path_n++] = "-";
	int status = CS_EXIT_RAN;
	for (unsigned i = 0; i < work->path_n && !work->broken; i++)
		if (decode_file(work, work->path[i]) != CS_EXIT_RAN)
			status = CS_EXIT_INPUT;
	flush(work);
	if (work->broken)
		fputs("countersign decode: standard output: cannot be written\n", stderr);
	return work->broken || work->over ? CS_EXIT_INPUT : status;
}

int
cs_decode_mx(int argc, char **argv)
{
	struct work *work = calloc(1, sizeof *work);
	int status = CS_EXIT_USAGE;
	if (work) {
		work->mx = cs_mx_new();
		work->out_at = malloc(OUT_CAP);
		work->path = calloc((size_t)argc + 1, sizeof *work->path);
	}
	if (!work || !work->mx || !work->out_at || !work->path) {
		fputs("countersign decode: out of memory\n", stderr);
		status = CS_EXIT_INPUT;
	} else if (read_request(work, argc, argv)) {
		status = run(work);
	}
	if (work) {
		cs_mx_free(work->mx);
		free(work->out_at);
		free(work->path);
	}
	free(work);
	return status;
}
