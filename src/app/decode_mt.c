/*
 * `countersign decode mt`: files of SWIFT MT messages in, one JSON line a message out.
 *
 * Leaves reading files and writing lines to decode_out.c, keys of local authentication to lau.c.
 */
#include "app/decode_mt.h"

#include "app/command.h"
#include "app/decode_cells.h"
#include "app/decode_out.h"
#include "app/lau.h"
#include "app/setup.h"
#include "io/secret.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	FIELDS_CAP = 1 << 21, /* of the largest statement of the lenient profile */
	TYPE_BYTES = 24,
};

enum { OPTION_PROFILE, OPTION_FULL, OPTION_CELLS, OPTION_LAU_KEY };

static const struct cs_option options_table[] = {
	[OPTION_PROFILE] = {"--profile", true},
	[OPTION_FULL] = {"--full", false},
	[OPTION_CELLS] = {"--cells", false},
	[OPTION_LAU_KEY] = {"--lau-key", true},
	{NULL, false},
};

struct work {
	bool loose, cells;
	const char *keys_path;
	const char *path; /* of the file at hand, and where in it the message is */
	size_t offset;
	struct cs_mt_keys *keys; /* NULL: none */
	struct cs_mt_plan *plan;
	struct cs_mt_field *field;
	struct cs_mt mt;
	struct cs_decode_out out;
};

/* --- messages --- */

static void
put_line(void *context, struct cs_text *out, bool full)
{
	struct work *work = context;
	char type[TYPE_BYTES];
	struct cs_text name = cs_text_over(type, sizeof type);
	struct cs_json json = cs_json_over(out);
	cs_mt_type_name(&work->mt, &name);
	struct cs_decode_answer answer = {.file = work->path, .offset = work->offset, .type = cs_span_text(type)};
	answer.payment = &work->mt.payment;
	answer.about = "field ";
	cs_json_object(&json);
	cs_decode_answer_put(&json, &answer);
	if (full)
		cs_decode_mt_put_full(&json, &work->mt, work->offset);
	cs_json_end_object(&json);
	cs_text_put_char(out, '\n');
}

static void
decode_message(struct work *work, struct cs_span message, size_t offset)
{
	if (work->loose)
		(void)cs_mt_decode_loose(&work->mt, message);
	else
		(void)cs_mt_decode(&work->mt, message);
	if (work->keys && work->mt.head.type)
		(void)cs_mt_keys_check(work->keys, &work->mt);
	work->offset = offset;
	struct cs_decode_line line = {put_line, work, work->path, offset};
	cs_decode_out_put(&work->out, &line);
}

static void
decode_file(void *context, const char *path, struct cs_span bytes)
{
	struct work *work = context;
	struct cs_span message;
	struct cs_mt_file file = {.bytes = bytes, .loose = work->loose};
	work->path = path;
	while (!work->out.broken && cs_mt_next(&file, &message))
		decode_message(work, message, (size_t)(message.at - bytes.at));
	if (!file.found)
		decode_message(work, (struct cs_span){bytes.at, 0}, 0);
}

/* --- set-up --- */

static bool
read_profile(struct work *work, const char *value)
{
	work->loose = strcmp(value, "statement") == 0;
	if (work->loose || strcmp(value, "strict") == 0)
		return true;
	fprintf(stderr, "countersign decode: there is no profile '%s': write strict or statement\n", value);
	return false;
}

static bool
read_request(struct work *work, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	for (;;) {
		switch (cs_option_next(&options, options_table, &value)) {
		case OPTION_PROFILE:
			if (!read_profile(work, value))
				return false;
			break;
		case OPTION_FULL:
			work->out.full = true;
			break;
		case OPTION_CELLS:
			work->cells = true;
			break;
		case OPTION_LAU_KEY:
			work->keys_path = value;
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

static bool
read_keys(struct work *work)
{
	if (!cs_setup_forbid_dumps() || !(work->keys = cs_secret_memory(sizeof *work->keys)))
		return false;
	return cs_lau_load("countersign decode", work->keys_path, false, work->keys);
}

static int
run(struct work *work)
{
	if (work->keys_path && !read_keys(work))
		return CS_EXIT_USAGE;
	cs_mt_init(&work->mt, work->plan, work->field, FIELDS_CAP);
	if (work->cells)
		return cs_decode_cells(&work->out, work->loose ? CS_ROW_STATEMENT : CS_ROW_MT);
	return cs_decode_out_run(&work->out, decode_file, work);
}

int
cs_decode_mt(int argc, char **argv)
{
	struct work *work = calloc(1, sizeof *work);
	int status = CS_EXIT_USAGE;
	if (work) {
		work->plan = cs_mt_plan_new();
		work->field = calloc(FIELDS_CAP, sizeof *work->field);
	}
	if (!work || !work->plan || !work->field || !cs_decode_out_open(&work->out, argc)) {
		fputs("countersign decode: out of memory\n", stderr);
		status = CS_EXIT_INPUT;
	} else if (read_request(work, argc, argv)) {
		status = run(work);
	}
	if (work) {
		cs_mt_plan_free(work->plan);
		free(work->field);
		cs_decode_out_close(&work->out);
		cs_secret_release(work->keys);
	}
	free(work);
	return status;
}
