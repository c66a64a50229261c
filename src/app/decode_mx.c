/*
 * `countersign decode mx`: files of one ISO 20022 message each in, one JSON line a message out.
 *
 * Leaves reading files and writing lines to decode_out.c.
 */
#include "app/decode_mx.h"

#include "app/command.h"
#include "app/decode_cells.h"
#include "app/decode_out.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPTION_FULL, OPTION_CELLS };

static const struct cs_option options_table[] = {
	[OPTION_FULL] = {"--full", false},
	[OPTION_CELLS] = {"--cells", false},
	{NULL, false},
};

struct work {
	const char *path;
	struct cs_span message; /* the file at hand */
	struct cs_mx *mx;
	struct cs_payment payment;
	struct cs_decode_out out;
	bool cells;
};

/* --- one line --- */

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
put_line(void *context, struct cs_text *out, bool full)
{
	struct work *work = context;
	struct cs_json json = cs_json_over(out);
	bool accepted = cs_mx_decode(work->mx, work->message, &work->payment);
	struct cs_decode_answer answer = {.file = work->path, .type = cs_mx_type(work->mx), .about = "", .utf8 = true};
	answer.payment = &work->payment;
	cs_json_object(&json);
	cs_decode_answer_put(&json, &answer);
	put_rules(&json, cs_mx_rules(work->mx));
	if (full && accepted)
		cs_decode_mx_put_full(&json, work->mx, work->message);
	cs_json_end_object(&json);
	cs_text_put_char(out, '\n');
}

static void
decode_file(void *context, const char *path, struct cs_span bytes)
{
	struct work *work = context;
	work->path = path;
	work->message = bytes;
	struct cs_decode_line line = {put_line, work, path, 0};
	cs_decode_out_put(&work->out, &line);
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
			work->out.full = true;
			break;
		case OPTION_CELLS:
			work->cells = true;
			break;
		case CS_OPTION_PLAIN:
			work->out.path[work->out.path_n++] = value;
			break;
		case CS_OPTION_END:
			return true;
		default:
			return false;
		}
	}
}

int
cs_decode_mx(int argc, char **argv)
{
	struct work *work = calloc(1, sizeof *work);
	int status = CS_EXIT_USAGE;
	if (work)
		work->mx = cs_mx_new();
	if (!work || !work->mx || !cs_decode_out_open(&work->out, argc)) {
		fputs("countersign decode: out of memory\n", stderr);
		status = CS_EXIT_INPUT;
	} else if (read_request(work, argc, argv)) {
		status = work->cells ? cs_decode_cells(&work->out, CS_ROW_MX)
				     : cs_decode_out_run(&work->out, decode_file, work);
	}
	if (work) {
		cs_mx_free(work->mx);
		cs_decode_out_close(&work->out);
	}
	free(work);
	return status;
}
