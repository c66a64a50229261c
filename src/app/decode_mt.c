/*
 * `countersign decode mt`: files of SWIFT MT messages in, one JSON line a message out.
 *
 * Keys of local authentication come from a file of lines "PARTNER KEY". Leaves reading files and writing lines to
 * decode_out.c.
 */
#include "app/decode_mt.h"

#include "app/command.h"
#include "app/decode_out.h"
#include "app/setup.h"
#include "io/file.h"
#include "io/secret.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	KEYS_CAP = 1 << 16,
	KEYS_MAX = 256,
	FIELDS_CAP = 1 << 21, /* of the largest statement of the lenient profile */
	PARTNER_MAX = 11,
	TYPE_BYTES = 24,
};

enum { OPTION_PROFILE, OPTION_FULL, OPTION_LAU_KEY };

static const struct cs_option options_table[] = {
	[OPTION_PROFILE] = {"--profile", true},
	[OPTION_FULL] = {"--full", false},
	[OPTION_LAU_KEY] = {"--lau-key", true},
	{NULL, false},
};

struct key {
	size_t partner_len; /* 0: everybody */
	uint8_t partner[PARTNER_MAX];
	uint8_t at[CS_MT_KEY_BYTES];
};

struct work {
	bool loose;
	const char *keys_path;
	unsigned key_n;
	const char *path; /* of the file at hand, and where in it the message is */
	size_t offset;
	struct key key[KEYS_MAX];
	struct cs_mt_plan *plan;
	struct cs_mt_field *field;
	struct cs_mt mt;
	struct cs_decode_out out;
};

/* --- keys --- */

static struct cs_span
next_word(struct cs_span *line)
{
	while (line->len && (line->at[0] == ' ' || line->at[0] == '\t'))
		*line = (struct cs_span){line->at + 1, line->len - 1};
	struct cs_span word = {line->at, 0};
	while (line->len && line->at[0] != ' ' && line->at[0] != '\t') {
		*line = (struct cs_span){line->at + 1, line->len - 1};
		word.len++;
	}
	return word;
}

/* "KEY", "PARTNER KEY" or "PARTNER HALF HALF"; "*" is everybody. */
static bool
read_key(struct cs_span line, struct key *out)
{
	struct cs_span words[3];
	unsigned n = 0;
	for (; n < 3; n++) {
		words[n] = next_word(&line);
		if (!words[n].len)
			break;
	}
	struct cs_span partner = n > 1 ? words[0] : (struct cs_span){NULL, 0};
	struct cs_span first = n > 1 ? words[1] : words[0];
	struct cs_span second = n > 2 ? words[2] : (struct cs_span){first.at, 0};
	if (!n || line.len || first.len + second.len != CS_MT_KEY_BYTES)
		return false;
	if (partner.len == 1 && partner.at[0] == '*')
		partner.len = 0;
	if (partner.len != 0 && partner.len != 8 && partner.len != PARTNER_MAX)
		return false;
	memcpy(out->at, first.at, first.len);
	memcpy(out->at + first.len, second.at, second.len);
	out->partner_len = partner.len;
	memcpy(out->partner, partner.len ? partner.at : first.at, partner.len);
	return true;
}

/* The whole file of keys; one that is longer than there is room for is an error. */
static enum cs_error
load_keys(const char *path, uint8_t *at, size_t *len)
{
	int descriptor = -1;
	size_t got = 1;
	enum cs_error error = cs_file_open_read(path, &descriptor);
	for (*len = 0; error == CS_OK && got; *len += got) {
		got = 0;
		error = *len < KEYS_CAP ? cs_file_read_some(descriptor, at + *len, KEYS_CAP - *len, &got) : CS_E_LIMIT;
	}
	cs_file_close(descriptor);
	return error;
}

static bool
read_lines(struct work *work, struct cs_span rest)
{
	struct cs_span line;
	unsigned number = 0;
	bool right = true;
	while (right && cs_mt_line(&rest, &line)) {
		number++;
		if (line.len && line.at[line.len - 1] == '\r')
			line.len--;
		if (!line.len || line.at[0] == '#')
			continue;
		right = work->key_n < KEYS_MAX && read_key(line, &work->key[work->key_n]);
		work->key_n += right;
	}
	if (!right)
		fprintf(stderr,
			"countersign decode: %s:%u: write PARTNER KEY: a BIC of 8 or 11 characters or *, and a key of "
			"32 "
			"(at most %d lines)\n",
			work->keys_path, number, KEYS_MAX);
	return right;
}

static bool
read_keys(struct work *work)
{
	uint8_t *text = cs_secret_memory(KEYS_CAP);
	size_t len = 0;
	if (!text)
		fputs("countersign decode: out of memory\n", stderr);
	if (!text || !cs_setup_forbid_dumps()) {
		cs_secret_release(text);
		return false;
	}
	enum cs_error error = load_keys(work->keys_path, text, &len);
	if (error != CS_OK)
		fprintf(stderr, "countersign decode: --lau-key %s: %s\n", work->keys_path, cs_file_error_text(error));
	bool right = error == CS_OK && read_lines(work, (struct cs_span){text, len});
	cs_secret_release(text);
	return right;
}

static bool
is_partner(const struct key *key, struct cs_span bic)
{
	return bic.at && bic.len >= key->partner_len && memcmp(bic.at, key->partner, key->partner_len) == 0;
}

/* The first key whose partner sent or receives the message. */
static void
authenticate(struct work *work)
{
	const struct cs_payment *payment = &work->mt.payment;
	for (unsigned i = 0; i < work->key_n; i++) {
		const struct key *key = &work->key[i];
		if (key->partner_len && !is_partner(key, payment->key[CS_PAYMENT_SENDER_BIC]) &&
		    !is_partner(key, payment->key[CS_PAYMENT_RECEIVER_BIC]))
			continue;
		(void)cs_mt_authenticate(&work->mt, key->at);
		return;
	}
}

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
	if (work->key_n && work->mt.head.type)
		authenticate(work);
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

static int
run(struct work *work)
{
	if (work->keys_path && !read_keys(work))
		return CS_EXIT_USAGE;
	cs_mt_init(&work->mt, work->plan, work->field, FIELDS_CAP);
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
		explicit_bzero(work->key, sizeof work->key);
	}
	free(work);
	return status;
}
