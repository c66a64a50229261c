/*
 * `countersign decode mt`: files of SWIFT MT messages in, one JSON line a message out.
 *
 * A file is read whole, for its messages are lent from it; what is written is flushed as it grows. A message that is
 * refused is an answer, not a failure. Keys of local authentication come from a file of lines "PARTNER KEY".
 */
#include "app/decode_mt.h"

#include "app/command.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	FILE_CAP = 1 << 30,
	KEYS_CAP = 1 << 16,
	KEYS_MAX = 256,
	FIELDS_CAP = 1 << 21, /* of the largest statement of the lenient profile */
	OUT_CAP = 1 << 26,
	OUT_SPARE =
		1 << 25, /* the longest answer, but for a statement that is larger: its line is cut, and said to be */
	PARTNER_MAX = 11,
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
	bool full;
	bool broken; /* output could not be written */
	bool over;   /* an answer was too long */
	const char *keys_path;
	unsigned key_n;
	unsigned path_n;
	char **path;
	struct key key[KEYS_MAX];
	struct cs_mt_plan *plan;
	struct cs_mt_field *field;
	struct cs_mt mt;
	struct cs_text out;
	char *out_at;
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

static bool
read_keys(struct work *work)
{
	struct cs_span text;
	enum cs_error error = cs_file_read(work->keys_path, KEYS_CAP, &text);
	if (error != CS_OK) {
		fprintf(stderr, "countersign decode: --lau-key %s: %s\n", work->keys_path, cs_file_error_text(error));
		return false;
	}
	struct cs_span rest = text;
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
	cs_file_free(text);
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

/* --- files --- */

static void
flush(struct work *work)
{
	if (cs_file_write_all(STDOUT_FILENO, work->out.at, work->out.len) != CS_OK)
		work->broken = true;
	work->out = cs_text_over(work->out_at, OUT_CAP);
}

static void
put_message(struct work *work, const char *path, size_t offset)
{
	struct cs_text before = work->out;
	cs_decode_mt_put(&work->out, &work->mt, path, offset, work->full);
	if (work->out.overflowed) {
		work->out = before;
		cs_decode_mt_put(&work->out, &work->mt, path, offset, false);
		fprintf(stderr, "countersign decode: %s: the message at %zu is too long for --full\n", path, offset);
		work->over = true;
	}
	if (OUT_CAP - work->out.len < OUT_SPARE)
		flush(work);
}

static void
decode_message(struct work *work, const char *path, struct cs_span message, size_t offset)
{
	if (work->loose)
		(void)cs_mt_decode_loose(&work->mt, message);
	else
		(void)cs_mt_decode(&work->mt, message);
	if (work->key_n && work->mt.head.type)
		authenticate(work);
	put_message(work, path, offset);
}

static int
decode_file(struct work *work, const char *path)
{
	struct cs_span bytes;
	struct cs_span message;
	enum cs_error error = cs_file_read(path, FILE_CAP, &bytes);
	if (error != CS_OK) {
		fprintf(stderr, "countersign decode: %s: %s\n", path, cs_file_error_text(error));
		return CS_EXIT_INPUT;
	}
	struct cs_mt_file file = {.bytes = bytes, .loose = work->loose};
	while (!work->broken && cs_mt_next(&file, &message))
		decode_message(work, path, message, (size_t)(message.at - bytes.at));
	if (!file.found)
		decode_message(work, path, (struct cs_span){bytes.at, 0}, 0);
	flush(work);
	cs_file_free(bytes);
	return CS_EXIT_RAN;
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
			work->full = true;
			break;
		case OPTION_LAU_KEY:
			work->keys_path = value;
			break;
		case CS_OPTION_PLAIN:
			work->path[work->path_n++] = argv[options.at - 1];
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
	static char standard_input[] = "-";
	if (work->keys_path && !read_keys(work))
		return CS_EXIT_USAGE;
	work->out = cs_text_over(work->out_at, OUT_CAP);
	cs_mt_init(&work->mt, work->plan, work->field, FIELDS_CAP);
	if (!work->path_n)
		work->path[work->path_n++] = standard_input;
	int status = CS_EXIT_RAN;
	for (unsigned i = 0; i < work->path_n && !work->broken; i++)
		if (decode_file(work, work->path[i]) != CS_EXIT_RAN)
			status = CS_EXIT_INPUT;
	if (work->broken)
		fputs("countersign decode: standard output: cannot be written\n", stderr);
	return work->broken || work->over ? CS_EXIT_INPUT : status;
}

int
cs_decode_mt(int argc, char **argv)
{
	struct work *work = calloc(1, sizeof *work);
	int status = CS_EXIT_USAGE;
	if (work) {
		work->plan = cs_mt_plan_new();
		work->field = calloc(FIELDS_CAP, sizeof *work->field);
		work->out_at = malloc(OUT_CAP);
		work->path = calloc((size_t)argc + 1, sizeof *work->path);
	}
	if (!work || !work->plan || !work->field || !work->out_at || !work->path) {
		fputs("countersign decode: out of memory\n", stderr);
		status = CS_EXIT_INPUT;
	} else if (read_request(work, argc, argv)) {
		status = run(work);
	}
	if (work) {
		cs_mt_plan_free(work->plan);
		free(work->field);
		free(work->out_at);
		free(work->path);
		explicit_bzero(work->key, sizeof work->key);
	}
	free(work);
	return status;
}
