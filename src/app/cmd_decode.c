/*
 * `countersign decode`: messages as hex lines in, fields as JSON lines out.
 *
 * Streams: memory does not grow with the input; a line is at most LINE_CAP. A message that cannot be decoded is an
 * answer, not a failure. Other kinds of messages are rows of the table at the end.
 */
#include "app/command.h"
#include "app/decode_mt.h"
#include "app/decode_mx.h"
#include "app/mask.h"
#include "base/hex.h"
#include "base/json.h"
#include "decode/shipped.h"
#include "engine/links.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	READ_CAP = 1 << 18,
	LINE_CAP = 1 << 22, /* characters: the longest message, and ample white space */
	OUT_CAP = 1 << 24,
	OUT_SPARE = 1 << 23, /* the longest answer: each byte as \u00XX or two hex digits, and the keys */
	PLANS_CAP = 256,
	ARENA_CAP = 4 << 20,
	DIALECT_CAP = 4 << 20,
	VALUE_CAP = 2 * CS_ISO_MESSAGE_MAX,
};

const char cs_cmd_decode_help[] =
	"usage: countersign decode iso8583 --dialect NAME|FILE [--hex] [--clear] [FILE|-]\n"
	"       countersign decode mt [--profile strict|statement] [--full|--cells] [--lau-key FILE] [FILE|-]...\n"
	"       countersign decode mx [--full|--cells] [FILE|-]...\n\n"
	"iso8583 reads one message per line, in hex, from FILE or standard input, and writes one JSON object per "
	"line:\n"
	"  {\"mti\":\"0200\",\"fields\":{\"3\":\"011000\",...}}   or\n"
	"  {\"error\":{\"field\":35,\"offset\":112,\"reason\":\"...\",\"code\":\"truncated\"}}\n\n"
	"  --dialect NAME|FILE  a shipped dialect by name (--dialect help lists them), or a file: JSON, or a jPOS\n"
	"                       GenericPackager in XML\n"
	"  --hex                the input is hex: so it is by default; 0x and white space are allowed, and an empty\n"
	"                       line is a message of no bytes\n"
	"  --clear              show card numbers, tracks and PIN blocks; else first six and last four digits\n\n"
	"mt reads SWIFT MT messages, one behind the other, RJE or DOS-PCC, and writes one JSON object a message,\n"
	"with the middle of card numbers starred, whatever field they stand in:\n"
	"  "
	"{\"file\":\"a.fin\",\"offset\":0,\"type\":\"MT103\",\"verdict\":\"accept\",\"reasons\":[],\"alerts\":[],"
	"\"key\":{...}}\n\n"
	"  --profile NAME       strict (so it is by default), or statement: statements as banks export them, with or\n"
	"                       without blocks\n"
	"  --full               every field, parties taken apart, entries, balances and sums\n"
	"  --cells              instead, the rows that a record of a policy reads: their cells, the fields in each "
	"and\n"
	"                       the names in those, with field, line, column and byte\n"
	"  --lau-key FILE       verify local authentication (MDG): lines PARTNER KEY, a BIC or *, and 32 characters\n\n"
	"mx reads ISO 20022 messages, one a file, with or without header, and writes the same; \"rules\" has the "
	"usage\n"
	"guidelines that are broken\n\n"
	"  --full               every field: header, transactions, reports with balances and entries\n"
	"  --cells              as for mt\n\n"
	"exit status: 0 it ran, also when messages had errors; 2 bad usage or dialect; 3 input cannot be read\n";

enum { OPTION_DIALECT, OPTION_HEX, OPTION_CLEAR };

static const struct cs_option options_table[] = {
	[OPTION_DIALECT] = {"--dialect", true},
	[OPTION_HEX] = {"--hex", false},
	[OPTION_CLEAR] = {"--clear", false},
	{NULL, false},
};

static const char *const codes[CS_ISO_REASON_N] = {
	[CS_ISO_OK] = "ok",
	[CS_ISO_TRUNCATED] = "truncated",
	[CS_ISO_MTI] = "mti",
	[CS_ISO_BITMAP] = "bitmap",
	[CS_ISO_LENGTH_PREFIX] = "length_prefix",
	[CS_ISO_LENGTH_OVER] = "length_over",
	[CS_ISO_NOT_NUMERIC] = "not_numeric",
	[CS_ISO_NO_FORMAT] = "no_format",
	[CS_ISO_TRAILING] = "trailing",
	[CS_ISO_TOO_LONG] = "too_long",
};

struct request {
	const char *dialect;
	const char *path; /* "-": standard input */
	bool clear;
};

/* Everything the command holds while it runs. One block, so that there is one thing to give back. */
struct job {
	struct cs_arena arena;
	struct cs_dialect dialect;
	struct cs_iso_plans *plans;
	bool clear;
	bool broken; /* output could not be written */
	struct cs_text out;
	struct cs_iso iso;
	size_t line_len;
	bool line_over; /* the line is longer than LINE_CAP: the rest of it is skipped */
	char line[LINE_CAP];
	char read[READ_CAP];
	char value[VALUE_CAP];
	uint8_t message[LINE_CAP / 2];
	char out_at[OUT_CAP];
};

/* --- output --- */

static void
flush(struct job *job)
{
	if (cs_file_write_all(STDOUT_FILENO, job->out.at, job->out.len) != CS_OK)
		job->broken = true;
	job->out = cs_text_over(job->out_at, sizeof job->out_at);
}

static void
put_error(struct job *job, const struct cs_iso_fault *fault, const char *code, const char *reason)
{
	struct cs_json json = cs_json_over(&job->out);
	cs_json_object(&json);
	cs_json_key(&json, "error");
	cs_json_object(&json);
	cs_json_put_i64(&json, "field", fault->field);
	cs_json_put_u64(&json, "offset", fault->offset);
	cs_json_put_text(&json, "reason", reason);
	cs_json_put_text(&json, "code", code);
	cs_json_end_object(&json);
	cs_json_end_object(&json);
	cs_text_put_char(&job->out, '\n');
}

static void
put_fields(struct job *job)
{
	struct cs_mask mask;
	if (!job->clear)
		cs_mask_learn(&mask, &job->iso);
	struct cs_json json = cs_json_over(&job->out);
	cs_json_object(&json);
	cs_json_put_latin1(&json, "mti", (struct cs_span){(const uint8_t *)job->iso.mti, sizeof job->iso.mti});
	cs_json_key(&json, "fields");
	cs_json_object(&json);
	for (unsigned i = 0; i < job->iso.field_n; i++) {
		unsigned field = job->iso.slot[i].field;
		char key[12];
		struct cs_text text = cs_text_over(key, sizeof key);
		cs_text_put_u64(&text, field);
		size_t len = cs_iso_value(&job->iso, field, job->value, sizeof job->value);
		if (!job->clear)
			cs_mask_value(&mask, field, job->value, len);
		cs_json_put_latin1(&json, key, (struct cs_span){(const uint8_t *)job->value, len});
	}
	cs_json_end_object(&json);
	cs_json_end_object(&json);
	cs_text_put_char(&job->out, '\n');
}

/* --- input --- */

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* Turns the line into bytes. Returns the index of the character that is not hex, or the line's length. */
static size_t
read_hex(struct job *job, size_t *len)
{
	size_t n = 0;
	int high = -1;
	for (size_t i = 0; i < job->line_len; i++) {
		char c = job->line[i];
		bool prefix = c == '0' && high < 0 && i + 1 < job->line_len && (job->line[i + 1] | 0x20) == 'x';
		if (prefix)
			i++;
		if (prefix || is_space(c))
			continue;
		int digit = cs_hex_digit((uint8_t)c);
		if (digit < 0)
			return i;
		if (high >= 0)
			job->message[n++] = (uint8_t)(high << 4 | digit);
		high = high < 0 ? digit : -1;
	}
	*len = n;
	return high < 0 ? job->line_len : job->line_len - 1;
}

static void
decode_message(struct job *job, size_t len)
{
	struct cs_iso_fault fault;
	if (cs_iso_decode(job->plans, (struct cs_span){job->message, len}, &job->iso, &fault) == CS_ISO_OK) {
		put_fields(job);
		return;
	}
	char reason[160];
	struct cs_text text = cs_text_over(reason, sizeof reason);
	cs_iso_put_fault(&text, &fault);
	put_error(job, &fault, codes[fault.reason], reason);
}

/* Answers the line read so far and makes room for the next. Every line has its answer, so that lines can be paired:
 * an empty one is a message of no bytes. */
static void
end_line(struct job *job)
{
	size_t len = 0;
	size_t at = job->line_over ? 0 : read_hex(job, &len);
	struct cs_iso_fault fault = {.field = -1, .offset = (uint32_t)(at / 2)};
	if (job->line_over)
		put_error(job, &fault, "too_long", "the line is longer than 4194304 characters");
	else if (at < job->line_len)
		put_error(job, &fault, "hex", "the line is not hex, or has an odd number of digits");
	else
		decode_message(job, len);
	job->line_len = 0;
	job->line_over = false;
	if (sizeof job->out_at - job->out.len < OUT_SPARE)
		flush(job);
}

static void
take_bytes(struct job *job, const char *at, size_t len)
{
	const char *end = at + len;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((newline ? newline : end) - at);
		size_t room = sizeof job->line - job->line_len;
		job->line_over |= n > room;
		memcpy(job->line + job->line_len, at, n > room ? room : n);
		job->line_len += n > room ? room : n;
		at += n;
		if (newline) {
			end_line(job);
			at++;
		}
	}
}

/* Answers every line of PATH. What is ready is written before waiting for more, so that pipes converse. */
static int
run_file(struct job *job, const char *path)
{
	int descriptor = -1;
	enum cs_error error = cs_file_open_read(path, &descriptor);
	size_t got = 1;
	while (error == CS_OK && !job->broken) {
		error = cs_file_read_some(descriptor, job->read, sizeof job->read, &got);
		if (error != CS_OK || got == 0)
			break;
		take_bytes(job, job->read, got);
		flush(job);
	}
	if (descriptor >= 0)
		cs_file_close(descriptor);
	if (error != CS_OK) {
		fprintf(stderr, "countersign decode: %s: %s\n", path, cs_file_error_text(error));
		return CS_EXIT_INPUT;
	}
	if (job->line_len > 0 || job->line_over)
		end_line(job);
	flush(job);
	if (job->broken)
		fputs("countersign decode: standard output: cannot be written\n", stderr);
	return job->broken ? CS_EXIT_INPUT : CS_EXIT_RAN;
}

/* --- set-up --- */

static void
list_dialects(FILE *to)
{
	struct cs_span json;
	const char *name;
	fputs("shipped dialects:\n", to);
	for (unsigned i = 0; (name = cs_shipped_dialect_at(i, &json)); i++)
		fprintf(to, "  %s\n", name);
}

static bool
read_dialect(struct job *job, const char *name, struct cs_span text)
{
	struct cs_dialect_fault fault;
	enum cs_error error = cs_dialect_read(text, name, &job->arena, &job->dialect, &fault);
	if (error == CS_OK)
		return true;
	fprintf(stderr, "%s:%u:%u: %s\n", name, fault.line, fault.column, fault.text);
	return false;
}

static bool
load_dialect(struct job *job, const char *name)
{
	struct cs_span text;
	if (cs_shipped_dialect(cs_span_text(name), &text))
		return read_dialect(job, name, text);
	enum cs_error error = cs_file_read(name, DIALECT_CAP, &text);
	if (error != CS_OK) {
		const char *meant = cs_links_dialect_meant(name);
		fprintf(stderr, "countersign decode: dialect %s: no shipped one, and as a file: %s%s%s%s\n", name,
			cs_file_error_text(error), meant ? "; did you mean " : "", meant ? meant : "",
			meant ? "?" : "");
		list_dialects(stderr);
		return false;
	}
	bool read = read_dialect(job, name, text);
	cs_file_free(text);
	return read;
}

static bool
read_request(struct request *request, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	for (;;) {
		switch (cs_option_next(&options, options_table, &value)) {
		case OPTION_DIALECT:
			request->dialect = value;
			break;
		case OPTION_HEX:
			break;
		case OPTION_CLEAR:
			request->clear = true;
			break;
		case CS_OPTION_PLAIN:
			if (request->path) {
				fputs("countersign decode: one FILE only\n", stderr);
				return false;
			}
			request->path = value;
			break;
		case CS_OPTION_END:
			return true;
		default:
			return false;
		}
	}
}

static int
run_job(struct job *job, const struct request *request)
{
	if (!load_dialect(job, request->dialect))
		return CS_EXIT_USAGE;
	job->plans = cs_iso_plans_new(&job->dialect, PLANS_CAP);
	if (!job->plans) {
		fputs("countersign decode: out of memory\n", stderr);
		return CS_EXIT_INPUT;
	}
	return run_file(job, request->path ? request->path : "-");
}

static int
decode_iso8583(int argc, char **argv)
{
	struct request request = {0};
	if (!read_request(&request, argc, argv))
		return CS_EXIT_USAGE;
	if (request.dialect && strcmp(request.dialect, "help") == 0) {
		list_dialects(stdout);
		return CS_EXIT_RAN;
	}
	if (!request.dialect) {
		fputs("countersign decode iso8583: --dialect NAME|FILE is missing\n", stderr);
		list_dialects(stderr);
		return CS_EXIT_USAGE;
	}
	struct job *job = calloc(1, sizeof *job);
	if (!job || cs_arena_init(&job->arena, ARENA_CAP) != CS_OK) {
		free(job);
		fputs("countersign decode: out of memory\n", stderr);
		return CS_EXIT_INPUT;
	}
	job->clear = request.clear;
	job->out = cs_text_over(job->out_at, sizeof job->out_at);
	int status = run_job(job, &request);
	cs_iso_plans_free(job->plans);
	cs_arena_fini(&job->arena);
	free(job);
	return status;
}

/* --- formats --- */

static const struct format {
	const char *name;
	int (*run)(int argc, char **argv);
} formats[] = {
	{"iso8583", decode_iso8583},
	{"mt", cs_decode_mt},
	{"mx", cs_decode_mx},
};

enum { FORMAT_N = sizeof(formats) / sizeof(formats[0]) };

int
cs_cmd_decode(int argc, char **argv)
{
	for (unsigned i = 0; argc > 1 && i < FORMAT_N; i++)
		if (strcmp(argv[1], formats[i].name) == 0)
			return formats[i].run(argc - 1, argv + 1);
	if (argc > 1 && argv[1][0] != '-')
		fprintf(stderr, "countersign decode: '%s' is no kind of message known here; ", argv[1]);
	else
		fputs("countersign decode: ", stderr);
	fputs("say what the messages are: countersign decode iso8583 --dialect NAME ...\n", stderr);
	return CS_EXIT_USAGE;
}
