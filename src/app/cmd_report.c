/*
 * `countersign report day`: what a day was like, out of the journal alone.
 *
 * The journal is only read. Who looked is put on record (an OPERATOR record, or a note in the inbox of the process that
 * writes), with the hashes of what he was given, before anything is handed out.
 */
#include "app/command.h"
#include "app/commit.h"
#include "app/report.h"
#include "app/when.h"
#include "base/day.h"
#include "engine/hex.h"
#include "engine/key.h"
#include "engine/pen.h"
#include "io/file.h"
#include "io/sandbox.h"
#include "io/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char cs_cmd_report_help[] =
	"usage: countersign report day --journal FOLDER --by NAME [--html FILE] [--json FILE] [OPTION]...\n\n"
	"Writes what a day was like: payments by type, currency, country, counterparty and hour against the days "
	"before, the\n"
	"largest ones, combinations never seen before, what was found, what is not matched and how old it is, and what "
	"was not\n"
	"seen. It comes out of the journal alone, which is proved on the way; run again it is the same, byte for "
	"byte.\n"
	"Who asks is put on record in the journal. It works while `run` writes.\n\n"
	"  --journal FOLDER     the journal\n"
	"  --journal-key KEY    what it is signed and sealed with: a file of 32 bytes, or pkcs11:... (else your own)\n"
	"  --public-key KEY     64 hex digits of the public key, as you kept it elsewhere\n"
	"  --date YYYY-MM-DD    the day (the last one that the journal tells of)\n"
	"  --zone ZONE          in which days and hours are counted: Asia/Dhaka, +06:00 (UTC)\n"
	"  --history DAYS       how many days before are compared with, 0 to 366 (30)\n"
	"  --record NAME        payments of this record or link only; may be repeated\n"
	"  --html FILE|-        the report for people: one page of its own, to read or print\n"
	"  --json FILE|-        the same for programs: docs/report.schema.json\n"
	"  --by NAME            who asks, for the record\n"
	"  --no-note            put nothing on record: for a copy of a journal that cannot be written\n"
	"  --over-damage        tell what can be proved of a journal that is damaged\n"
	"  --quiet              no progress\n\n"
	"exit status: 0 it ran, 1 the journal is damaged, 2 bad usage, 3 something cannot be read or written\n";

enum {
	OPTION_JOURNAL,
	OPTION_KEY,
	OPTION_PUBLIC,
	OPTION_DATE,
	OPTION_ZONE,
	OPTION_HISTORY,
	OPTION_RECORD,
	OPTION_HTML,
	OPTION_JSON,
	OPTION_BY,
	OPTION_NO_NOTE,
	OPTION_OVER_DAMAGE,
	OPTION_QUIET,
};

static const struct cs_option options_table[] = {
	[OPTION_JOURNAL] = {"--journal", true},   [OPTION_KEY] = {"--journal-key", true},
	[OPTION_PUBLIC] = {"--public-key", true}, [OPTION_DATE] = {"--date", true},
	[OPTION_ZONE] = {"--zone", true},         [OPTION_HISTORY] = {"--history", true},
	[OPTION_RECORD] = {"--record", true},     [OPTION_HTML] = {"--html", true},
	[OPTION_JSON] = {"--json", true},         [OPTION_BY] = {"--by", true},
	[OPTION_NO_NOTE] = {"--no-note", false},  [OPTION_OVER_DAMAGE] = {"--over-damage", false},
	[OPTION_QUIET] = {"--quiet", false},      {NULL, false},
};

enum { HISTORY_DAYS = 30, ZONE_MAX_S = 14 * 3600 };

struct call {
	struct cs_report_wish wish;
	struct cs_zone zone;
	const char *key;
	const char *html_path;
	const char *json_path;
	const char *by;
	bool dated;
	bool no_note;
	uint8_t public_key[CS_PUBLIC_KEY_BYTES];
	struct cs_vault *vault;
	struct cs_report report;
};

/* A file of the report, in memory until its note is on record. */
struct page {
	const char *path;
	char *at;
	struct cs_text text;
};

/* ---- arguments ---- */

static bool
refuse(const char *option, const char *wants, const char *value)
{
	fprintf(stderr, "countersign: %s wants %s, not '%s'\n", option, wants, value);
	return false;
}

static bool
read_date(struct call *call, const char *value)
{
	uint64_t time_ns = 0;
	if (strlen(value) != strlen("2026-03-02") || !cs_when_date(value, &time_ns))
		return refuse("--date", "a day like 2026-03-02", value);
	call->wish.day = (int64_t)(time_ns / (86400 * UINT64_C(1000000000)));
	call->dated = true;
	return true;
}

static int
two_digits(const char *at)
{
	bool good = at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9';
	return good ? (at[0] - '0') * 10 + at[1] - '0' : -1;
}

static bool
read_zone(struct call *call, const char *value)
{
	bool utc = strcmp(value, "UTC") == 0;
	bool formed = strlen(value) == strlen("+02:00") && (value[0] == '+' || value[0] == '-') && value[3] == ':';
	int hours = formed ? two_digits(value + 1) : -1, minutes = formed ? two_digits(value + 4) : -1;
	bool fixed = utc || (hours >= 0 && minutes >= 0 && minutes <= 59 && hours * 3600 + minutes * 60 <= ZONE_MAX_S);
	if (!fixed && !cs_zone_find(value, &call->zone))
		return refuse(
			"--zone",
			"UTC, hours and minutes east of it like +02:00, or a zone that this machine's tzdata knows, "
			"like Asia/Dhaka",
			value);
	if (fixed && !utc)
		call->zone = (struct cs_zone){
			.change_n = 1, .change[0].east_s = (value[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60)};
	call->wish.zone = utc ? NULL : &call->zone;
	return true;
}

static bool
read_history(struct call *call, const char *value)
{
	char *end;
	unsigned long days = value[0] >= '0' && value[0] <= '9' ? strtoul(value, &end, 10) : CS_REPORT_HISTORY_MAX + 1;
	if (days > CS_REPORT_HISTORY_MAX || *end)
		return refuse("--history", "days, 0 to 366", value);
	call->wish.history_days = (uint32_t)days;
	return true;
}

static bool
read_record(struct call *call, const char *value)
{
	if (call->wish.record_n == CS_REPORT_RECORDS_MAX)
		return refuse("--record", "to be given 32 times at most", value);
	call->wish.record[call->wish.record_n++] = value;
	return true;
}

static bool
read_public(struct call *call, const char *value)
{
	call->wish.public_key = call->public_key;
	return cs_hex_read(cs_span_text(value), call->public_key, sizeof call->public_key) ||
	       refuse("--public-key", "64 hex digits", value);
}

static bool
read_option(struct call *call, int option, const char *value)
{
	switch (option) {
	case OPTION_DATE:
		return read_date(call, value);
	case OPTION_ZONE:
		return read_zone(call, value);
	case OPTION_HISTORY:
		return read_history(call, value);
	case OPTION_RECORD:
		return read_record(call, value);
	case OPTION_PUBLIC:
		return read_public(call, value);
	case OPTION_NO_NOTE:
		return call->no_note = true;
	case OPTION_OVER_DAMAGE:
		return call->wish.over_damage = true;
	case OPTION_QUIET:
		call->wish.show_progress = false;
		return true;
	case CS_OPTION_PLAIN:
		fprintf(stderr, "countersign: report day: there is no use for '%s'\n", value);
		return false;
	default:
		break;
	}
	const char **slots[] = {[OPTION_JOURNAL] = &call->wish.folder,
				[OPTION_KEY] = &call->key,
				[OPTION_HTML] = &call->html_path,
				[OPTION_JSON] = &call->json_path,
				[OPTION_BY] = &call->by};
	*slots[option] = value;
	return true;
}

static bool
read_options(struct call *call, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 2, false};
	const char *value = NULL;
	if (argc < 2 || strcmp(argv[1], "day") != 0) {
		fputs("countersign: report knows one report: `report day`; see countersign report --help\n", stderr);
		return false;
	}
	call->wish.history_days = HISTORY_DAYS;
	call->wish.show_progress = cs_terminal_is(STDERR_FILENO);
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;)
		if (option == CS_OPTION_BAD || !read_option(call, option, value))
			return false;
	if (!call->wish.folder || (!call->html_path && !call->json_path)) {
		fputs("countersign: report day wants --journal, and --html or --json; see countersign report --help\n",
		      stderr);
		return false;
	}
	if (!call->by == !call->no_note) {
		fputs("countersign: report day wants --by NAME, so that the record says who looked, or --no-note\n",
		      stderr);
		return false;
	}
	return true;
}

/* ---- the journal ---- */

static int
say(const struct call *call, const char *what, enum cs_error error)
{
	fprintf(stderr, "countersign: journal %s: %s%s%s\n", call->wish.folder, what, error == CS_OK ? "" : ": ",
		error == CS_OK ? "" : cs_error_text(error));
	return CS_EXIT_INPUT;
}

static int
open_vault(struct call *call)
{
	char note[CS_VAULT_NOTE_BYTES] = "";
	struct cs_vault_place place = {call->key, NULL, false, false};
	if (cs_sandbox_no_dumps() != CS_OK) {
		fputs("countersign: core dumps cannot be turned off here, and without that no key is loaded\n", stderr);
		return CS_EXIT_USAGE;
	}
	enum cs_error error = cs_key_vault(&place, note, &call->vault);
	if (note[0])
		fprintf(stderr, "countersign: journal key: %s\n", note);
	else if (error != CS_OK)
		fputs("countersign: there is no journal key of yours; name it with --journal-key\n", stderr);
	if (error != CS_OK)
		return CS_EXIT_INPUT;
	call->wish.vault = call->vault;
	error = cs_sandbox_own(call->wish.folder);
	if (error != CS_OK)
		return say(call, error == CS_E_OPEN ? "there is no such folder" : "its owner cannot be become",
			   error == CS_E_OPEN ? CS_OK : error);
	if (cs_pen_fits(call->wish.folder, call->vault) == CS_E_FORMAT)
		return say(call, "it is signed and sealed under another key; name that one with --journal-key", CS_OK);
	return CS_EXIT_RAN;
}

/* The last day the journal tells of, unless one was named. */
static int
find_day(struct call *call)
{
	uint64_t last_ns = 0;
	enum cs_error error = cs_report_last(&call->wish, &last_ns);
	if (error != CS_OK)
		return say(call, error == CS_E_OPEN ? "there is no journal there" : "it cannot be surveyed",
			   error == CS_E_OPEN ? CS_OK : error);
	if (!call->dated && !last_ns)
		return say(call, "it tells of no day yet; name one with --date", CS_OK);
	if (!call->dated)
		call->wish.day = cs_report_day_of(&call->wish, last_ns);
	return CS_EXIT_RAN;
}

static int
collect(struct call *call)
{
	char words[CS_REPORT_WORDS_BYTES];
	if (!cs_report_init(&call->report, &call->wish)) {
		fputs("countersign: out of memory\n", stderr);
		return CS_EXIT_INPUT;
	}
	enum cs_error error = cs_report_read(&call->report, words);
	if (error == CS_E_FORMAT) {
		(void)say(call, words[0] ? words : "it is damaged", CS_OK);
		fputs("countersign: no report is made of a damaged journal; `countersign verify` tells all that is "
		      "wrong, and "
		      "--over-damage reports what can be proved\n",
		      stderr);
		return CS_EXIT_FINDINGS;
	}
	if (error != CS_OK)
		return say(call, words[0] ? words : "it cannot be read", error);
	cs_report_wait(&call->report);
	return CS_EXIT_RAN;
}

/* ---- what is handed out ---- */

static int
make(const struct call *call, struct page *page, void (*put)(struct cs_text *text, const struct cs_report *report))
{
	if (!page->path)
		return CS_EXIT_RAN;
	page->at = malloc(CS_REPORT_TEXT_BYTES);
	if (!page->at) {
		fputs("countersign: out of memory\n", stderr);
		return CS_EXIT_INPUT;
	}
	page->text = cs_text_over(page->at, CS_REPORT_TEXT_BYTES);
	put(&page->text, &call->report);
	if (!page->text.overflowed)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: %s: %s\n", page->path, "the report is longer than 64 MiB");
	return CS_EXIT_INPUT;
}

static void
put_hash(struct cs_note *note, const char *key, const struct page *page)
{
	struct cs_hasher *hasher = page->path ? cs_hasher_new() : NULL;
	if (!hasher)
		return;
	struct cs_digest digest = cs_digest_of(hasher, (struct cs_span){(const uint8_t *)page->at, page->text.len});
	cs_hasher_free(hasher);
	cs_json_key(&note->json, key);
	cs_json_hex(&note->json, (struct cs_span){(const uint8_t *)&digest, sizeof digest});
}

/* Who looked, at which day, and what he was given. */
static int
put_note(const struct call *call, const struct page *html, const struct page *json)
{
	static struct cs_note note;
	char words[CS_PEN_WORDS_BYTES] = "", day[32];
	struct cs_pen_wish wish = {call->wish.folder, call->vault, CS_VERSION " (" CS_COMMIT ")"};
	struct cs_text text = cs_text_over(day, sizeof day);
	struct cs_pen *pen = NULL;
	if (call->no_note)
		return CS_EXIT_RAN;
	cs_text_put_when(&text, (uint64_t)call->wish.day * 86400 * UINT64_C(1000000000));
	day[strlen("2026-03-02")] = '\0';
	cs_note_begin(&note, "report", call->by);
	cs_json_put_text(&note.json, "day", day);
	put_hash(&note, "html", html);
	put_hash(&note, "json", json);
	if (!cs_note_end(&note)) {
		fputs("countersign: --by is too long for a note\n", stderr);
		return CS_EXIT_USAGE;
	}
	enum cs_error error = cs_pen_open(&wish, words, &pen);
	if (error == CS_OK)
		error = cs_pen_put(pen, &note);
	enum cs_error closed = cs_pen_close(error == CS_OK || pen ? pen : NULL);
	if (error == CS_OK && closed == CS_OK)
		return CS_EXIT_RAN;
	(void)say(call, "who looks cannot be put on record", error == CS_OK ? closed : error);
	if (words[0])
		fprintf(stderr, "countersign: %s\n", words);
	return CS_EXIT_INPUT;
}

static int
hand_out(const struct page *page)
{
	int file = -1;
	if (!page->path)
		return CS_EXIT_RAN;
	enum cs_error error = cs_file_open_write(page->path, &file);
	if (error == CS_OK)
		error = cs_file_write_all(file, page->at, page->text.len);
	if (error != CS_OK)
		fprintf(stderr, "countersign: %s %s\n", page->path, cs_file_error_text(error));
	cs_file_close(file);
	return error == CS_OK ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

static int
write_all(struct call *call)
{
	struct page html = {.path = call->html_path}, json = {.path = call->json_path};
	int status = make(call, &html, cs_report_html);
	if (status == CS_EXIT_RAN)
		status = make(call, &json, cs_report_json);
	bool over_damage = call->report.proof.faults.all_n > 0;
	/* Into a damaged journal a note may go only by way of its inbox: it is tried, and said when it fails. */
	if (status == CS_EXIT_RAN && put_note(call, &html, &json) != CS_EXIT_RAN && !over_damage)
		status = CS_EXIT_INPUT;
	if (status == CS_EXIT_RAN)
		status = hand_out(&html);
	if (status == CS_EXIT_RAN)
		status = hand_out(&json);
	free(html.at);
	free(json.at);
	if (status != CS_EXIT_RAN || !over_damage)
		return status;
	fprintf(stderr,
		"countersign: journal %s is NOT as it was written; the report tells what can be proved, and what is "
		"lost\n",
		call->wish.folder);
	return CS_EXIT_FINDINGS;
}

int
cs_cmd_report(int argc, char **argv)
{
	static struct call call;
	if (!read_options(&call, argc, argv))
		return CS_EXIT_USAGE;
	int status = open_vault(&call);
	if (status == CS_EXIT_RAN)
		status = find_day(&call);
	if (status == CS_EXIT_RAN)
		status = collect(&call);
	if (status == CS_EXIT_RAN)
		status = write_all(&call);
	cs_report_fini(&call.report);
	cs_vault_close(call.vault);
	return status;
}
