/*
 * Lines of answers on their way out.
 *
 * A file is read whole, since its messages are lent from it; what is written leaves as it grows. A message that is refused is
 * an answer, not a failure. Leaves what messages say in full to decode_mt_full.c and decode_mx_full.c.
 */
#include "app/decode_out.h"

#include "app/command.h"
#include "decode/scrub_words.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	FILE_CAP = 1 << 30,
	OUT_CAP = 1 << 26,
	OUT_SPARE = 1 << 25, /* the longest answer */
	ABOUT_MAX = 64,
	WORDS_BYTES = 256,
};

bool
cs_decode_out_open(struct cs_decode_out *out, int argc)
{
	out->at = malloc(OUT_CAP);
	out->path = calloc((size_t)argc + 1, sizeof *out->path);
	if (out->at)
		out->text = cs_text_over(out->at, OUT_CAP);
	return out->at && out->path;
}

void
cs_decode_out_close(struct cs_decode_out *out)
{
	free(out->at);
	free(out->path);
}

static void
flush(struct cs_decode_out *out)
{
	if (cs_file_write_all(STDOUT_FILENO, out->text.at, out->text.len) != CS_OK)
		out->broken = true;
	out->text = cs_text_over(out->at, OUT_CAP);
}

void
cs_decode_out_put(struct cs_decode_out *out, const struct cs_decode_line *line)
{
	struct cs_text before = out->text;
	line->put(line->context, &out->text, out->full);
	if (out->text.overflowed) {
		out->text = before;
		line->put(line->context, &out->text, false);
		fprintf(stderr, "countersign decode: %s: the message at %zu is too long for --full\n", line->path,
			line->offset);
		out->over = true;
	}
	if (OUT_CAP - out->text.len < OUT_SPARE)
		flush(out);
}

int
cs_decode_out_run(struct cs_decode_out *out, void (*each)(void *context, const char *path, struct cs_span bytes),
		  void *context)
{
	int status = CS_EXIT_RAN;
	if (!out->path_n)
		out->path[out->path_n++] = "-";
	for (unsigned i = 0; i < out->path_n && !out->broken; i++) {
		struct cs_span bytes;
		enum cs_error error = cs_file_read(out->path[i], FILE_CAP, &bytes);
		if (error != CS_OK) {
			fprintf(stderr, "countersign decode: %s: %s\n", out->path[i], cs_file_error_text(error));
			status = CS_EXIT_INPUT;
			continue;
		}
		each(context, out->path[i], bytes);
		cs_file_free(bytes);
	}
	flush(out);
	if (out->broken)
		fputs("countersign decode: standard output: cannot be written\n", stderr);
	return out->broken || out->over ? CS_EXIT_INPUT : status;
}

/* ---- one line ---- */

/* The bytes of one character of UTF-8 at the start of VALUE; 0: none, or a control. Characters beyond 0xFFFF are left to
 * be read as ISO 8859-1: no bank writes them. */
static size_t
utf8_len(struct cs_span value)
{
	const uint8_t *at = value.at;
	if (at[0] < 0x80)
		return at[0] != '\0';
	if (at[0] >= 0xC2 && at[0] < 0xE0 && value.len > 1 && (at[1] & 0xC0) == 0x80)
		return at[0] > 0xC2 || at[1] >= 0xA0 ? 2 : 0;
	bool three = at[0] >= 0xE0 && at[0] < 0xF0 && value.len > 2 && (at[1] & 0xC0) == 0x80 && (at[2] & 0xC0) == 0x80;
	bool overlong = at[0] == 0xE0 && three && at[1] < 0xA0;
	bool surrogate = at[0] == 0xED && three && at[1] >= 0xA0;
	return three && !overlong && !surrogate ? 3 : 0;
}

static bool
is_utf8(struct cs_span value)
{
	while (value.len) {
		size_t n = utf8_len(value);
		if (!n)
			return false;
		value = (struct cs_span){value.at + n, value.len - n};
	}
	return true;
}

/* Accounts and references: in them, only what is a card number as a whole is meant to be one. */
static bool
is_identifier(const char *key)
{
	static const char *const ends[] = {"account", "reference", "ref", "id", "idr", "mur", "mir"};
	size_t len = key ? strlen(key) : 0;
	for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (len >= strlen(ends[i]) && strcmp(key + len - strlen(ends[i]), ends[i]) == 0)
			return true;
	return false;
}

/* VALUE without the middle of card numbers: itself, when it has none, else a copy in *COPY, to be freed. */
static struct cs_span
scrub(const char *key, struct cs_span value, uint8_t **copy)
{
	*copy = NULL;
	if (!value.len || !(is_identifier(key) ? cs_scrub_words_is : cs_scrub_words_has)(value))
		return value;
	if (!(*copy = malloc(value.len)))
		return (struct cs_span){value.at, 0};
	memcpy(*copy, value.at, value.len);
	(void)cs_scrub_words(*copy, value.len);
	return (struct cs_span){*copy, value.len};
}

void
cs_decode_words_put(struct cs_json *json, const char *key, struct cs_span value)
{
	uint8_t *copy;
	struct cs_span shown = scrub(key, value, &copy);
	if (key)
		cs_json_key(json, key);
	if (is_utf8(shown))
		cs_json_utf8(json, shown);
	else
		cs_json_latin1(json, shown);
	free(copy);
}

void
cs_decode_utf8_put(struct cs_json *json, const char *key, struct cs_span value)
{
	uint8_t *copy;
	struct cs_span shown = scrub(key, value, &copy);
	if (key)
		cs_json_key(json, key);
	cs_json_utf8(json, shown);
	free(copy);
}

static void
put_reasons(struct cs_json *json, const struct cs_decode_answer *answer)
{
	const struct cs_payment *payment = answer->payment;
	cs_json_key(json, "reasons");
	cs_json_array(json);
	for (unsigned i = 0; i < payment->reason_n && i < CS_PAYMENT_REASONS_MAX; i++) {
		const struct cs_payment_reason *reason = &payment->reason[i];
		char words[WORDS_BYTES];
		struct cs_text text = cs_text_over(words, sizeof words);
		if (reason->about.len && reason->about.len <= ABOUT_MAX) {
			cs_text_put(&text, answer->about);
			cs_text_put_span(&text, reason->about);
			cs_text_put(&text, ": ");
		}
		cs_text_put(&text, reason->text);
		cs_json_object(json);
		cs_json_put_text(json, "code", reason->code);
		cs_json_put_u64(json, "offset", answer->offset + reason->offset);
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
put_key(struct cs_json *json, const struct cs_decode_answer *answer)
{
	cs_json_key(json, "key");
	cs_json_object(json);
	for (unsigned i = 0; i < CS_PAYMENT_KEY_N; i++) {
		struct cs_span value = answer->payment->key[i];
		if (value.at)
			(answer->utf8 ? cs_decode_utf8_put : cs_decode_words_put)(json, cs_payment_key_name(i), value);
	}
	cs_json_end_object(json);
}

void
cs_decode_answer_put(struct cs_json *json, const struct cs_decode_answer *answer)
{
	cs_json_put_text(json, "file", answer->file);
	cs_json_put_u64(json, "offset", answer->offset);
	cs_json_put_utf8(json, "type", answer->type);
	cs_json_put_text(json, "verdict", answer->payment->reason_n ? "reject" : "accept");
	put_reasons(json, answer);
	put_alerts(json, answer->payment);
	put_key(json, answer);
}
