/*
 * The readable report of a screened base, made of the lines that were written: what was held against what, in words, and one row for each
 * hit. The lines are read twice, since what comes last stands at the top, and columns are as wide as what is in them.
 *
 * Nothing of a name is markup in it, steers a terminal or turns the writing around (sheet.h); lines that are none are an error.
 */
#include "app/command.h"
#include "app/screen_call.h"
#include "app/sheet.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	COLUMNS = 9,
	SAID_BYTES = 96,
	DAY_AND_TIME = sizeof "2026-03-06T10:00:00" - 1,
	VERSION_SHOWN = 16,
	WORDS_BYTES = 2048
};

static const uint64_t second_ns = 1000000000;

struct report {
	FILE *in, *out;
	bool html, put; /* false: rows are measured */
	uint64_t row_n;
	struct cs_sheet sheet;
	json_t *head, *foot;
};

/* Of a row, but for whose it is. */
struct state {
	const char *words, *reason;
};

static const struct cs_sheet sheet_of_hits = {
	COLUMNS,
	{{.title = "customer", .most = 24},
	 {.title = "name", .most = 40},
	 {.title = "score", .most = CS_SHEET_WIDTH_LEAST, .number = true},
	 {.title = "list", .most = 24},
	 {.title = "entry", .most = 24},
	 {.title = "listed as", .most = 40},
	 {.title = "programmes", .most = 24},
	 {.title = "state", .most = 32},
	 {.title = "reason", .most = 40}},
};

static struct cs_span
cell_of(const json_t *object, const char *key)
{
	const json_t *text = json_object_get(object, key);
	return (struct cs_span){(const uint8_t *)json_string_value(text), json_string_length(text)};
}

static uint64_t
number_of(const json_t *object, const char *key)
{
	json_int_t number = json_integer_value(json_object_get(object, key));
	return number > 0 ? (uint64_t)number : 0;
}

/* ---- rows ---- */

static void
put_html(FILE *out, struct cs_span text)
{
	for (size_t at = 0; at < text.len;) {
		struct cs_glyph glyph = cs_glyph_at(text, at);
		char room[CS_GLYPH_BYTES_MAX + 1], escaped[8];
		struct cs_text shown = cs_text_over(room, sizeof room);
		cs_glyph_put(&shown, text, at, &glyph);
		for (size_t i = 0; i < shown.len; i++) {
			struct cs_text one = cs_text_over(escaped, sizeof escaped);
			cs_text_put_html(&one, room[i]);
			(void)fputs(escaped, out);
		}
		at += glyph.len;
	}
}

static void
put_row(struct report *report, const struct cs_span *cell)
{
	static char room[CS_SHEET_ROW_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	report->row_n++;
	if (!report->put) {
		cs_sheet_measure(&report->sheet, cell);
		return;
	}
	if (!report->html) {
		cs_sheet_put_row(&report->sheet, cell, &text);
		CS_ASSERT(!text.overflowed);
		(void)fwrite(room, 1, text.len, report->out);
		return;
	}
	(void)fputs("<tr>", report->out);
	for (unsigned i = 0; i < COLUMNS; i++) {
		(void)fputs("<td>", report->out);
		put_html(report->out, cell[i]);
	}
	(void)fputc('\n', report->out);
}

/* A customer by the number that the bank gave, or else by the line of its file. */
static void
take_row(struct report *report, const json_t *line, const json_t *hit, const struct state *state)
{
	char line_room[SAID_BYTES], score_room[SAID_BYTES];
	struct cs_text where = cs_text_over(line_room, sizeof line_room);
	struct cs_text score = cs_text_over(score_room, sizeof score_room);
	struct cs_span id = cell_of(line, "id");
	cs_text_put(&where, "line ");
	cs_text_put_u64(&where, number_of(line, "line"));
	if (hit)
		cs_text_put_u64(&score, number_of(hit, "score"));
	const struct cs_span cell[COLUMNS] = {id.len ? id : cs_span_text(line_room),
					      cell_of(line, "name"),
					      cs_span_text(score_room),
					      cell_of(hit, "list"),
					      cell_of(hit, "uid"),
					      cell_of(hit, "matched"),
					      cell_of(hit, "programmes"),
					      cs_span_text(state->words),
					      state->reason ? cs_span_text(state->reason) : cell_of(hit, "reason")};
	put_row(report, cell);
}

static void
take_hits(struct report *report, const json_t *line)
{
	const json_t *hits = json_object_get(line, "hits");
	for (size_t i = 0; i < json_array_size(hits); i++) {
		const json_t *hit = json_array_get(hits, i);
		struct cs_span reopened = cell_of(hit, "reopened");
		struct state state = {!reopened.len                     ? "open"
				      : cs_span_is(reopened, "expired") ? "open again: the decision ended"
									: "open again: the entry changed",
				      NULL};
		take_row(report, line, hit, &state);
	}
	hits = json_object_get(line, "decided");
	for (size_t i = 0; i < json_array_size(hits); i++)
		take_row(report, line, json_array_get(hits, i), &(struct state){"decided: not a match", NULL});
}

/* What has no entry to stand beside. */
static void
take_rest(struct report *report, const json_t *line)
{
	static const char is_more[] = "the answer has no room for them";
	uint64_t more_n = number_of(line, "hits_over"), shown_n = json_array_size(json_object_get(line, "decided"));
	char room[SAID_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	if (more_n) {
		cs_text_put_counted(&text, more_n, "more hit", "more hits");
		take_row(report, line, NULL, &(struct state){room, is_more});
	}
	text = cs_text_over(room, sizeof room);
	if (number_of(line, "decided_n") > shown_n) {
		cs_text_put_counted(&text, number_of(line, "decided_n") - shown_n, "more decided", "more decided");
		take_row(report, line, NULL, &(struct state){room, is_more});
	}
	if (json_is_true(json_object_get(line, "cut")))
		take_row(report, line, NULL,
			 &(struct state){"NOT SEARCHED WHOLE", "it is too long, or like too many listed names"});
}

static void
take_line(struct report *report, const json_t *line)
{
	const char *unread = json_string_value(json_object_get(line, "unread"));
	if (unread) {
		take_row(report, line, NULL, &(struct state){"COULD NOT BE READ", unread});
		return;
	}
	take_hits(report, line);
	take_rest(report, line);
}

/* The first line is the head, the one with a summary the foot. */
static bool
take_bytes(struct report *report, const char *at, size_t len)
{
	json_t *line = json_loadb(at, len, JSON_ALLOW_NUL, NULL);
	json_t **kept = json_object_get(line, "screened") ? &report->head : &report->foot;
	if (!json_is_object(line)) {
		json_decref(line);
		return false;
	}
	if (json_object_get(line, "screened") || json_object_get(line, "summary")) {
		json_decref(*kept);
		*kept = line;
		return true;
	}
	take_line(report, line);
	json_decref(line);
	return true;
}

static bool
take_lines(struct report *report)
{
	char *line = NULL;
	size_t cap = 0;
	bool good = true;
	rewind(report->in);
	report->row_n = 0;
	for (ssize_t n; good && (n = getline(&line, &cap, report->in)) > 0;)
		good = take_bytes(report, line, (size_t)n);
	free(line);
	return good && !ferror(report->in);
}

/* ---- what stands above them ---- */

static void
put_words(const struct report *report, const struct cs_text *words)
{
	static char room[WORDS_BYTES * CS_GLYPH_BYTES_MAX];
	struct cs_span span = {(const uint8_t *)words->at, words->len};
	struct cs_text text = cs_text_over(room, sizeof room);
	if (report->html) {
		(void)fputs("<p>", report->out);
		put_html(report->out, span);
	} else {
		cs_sheet_put(&text, span);
		(void)fwrite(text.at, 1, text.len, report->out);
	}
	(void)fputc('\n', report->out);
}

static void
put_when(struct cs_text *text, const json_t *object, const char *key)
{
	struct cs_span time = cell_of(object, key);
	time.len = time.len < DAY_AND_TIME ? time.len : DAY_AND_TIME;
	for (size_t i = 0; i < time.len; i++)
		cs_text_put_char(text, time.at[i] == 'T' ? ' ' : (char)time.at[i]);
}

static void
put_list(const struct report *report, const json_t *list)
{
	char room[WORDS_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	struct cs_span state = cell_of(list, "state"), version = cell_of(list, "version"), date = cell_of(list, "date");
	bool missing = cs_span_is(state, "not_searched");
	version.len = version.len < VERSION_SHOWN ? version.len : VERSION_SHOWN;
	cs_text_put(&text, "List ");
	cs_text_put_span(&text, cell_of(list, "name"));
	cs_text_put(&text, missing ? " WAS NOT SEARCHED: " : ": ");
	if (!missing) {
		cs_text_put_counted(&text, number_of(list, "entries"), "entry, ", "entries, ");
		cs_text_put_age(&text, number_of(list, "age_s") * second_ns);
		cs_text_put(&text, " old");
		if (number_of(list, "ahead_s")) {
			cs_text_put(&text, ", but DATED ");
			cs_text_put_age(&text, number_of(list, "ahead_s") * second_ns);
			cs_text_put(&text, " IN THE FUTURE");
		}
		cs_text_put(&text, ", version ");
		cs_text_put_span(&text, version);
		cs_text_put(&text, date.len ? ", of " : "");
		cs_text_put_span(&text, date);
	}
	if (number_of(list, "rows_wrong")) {
		cs_text_put(&text, "; ");
		cs_text_put_counted(&text, number_of(list, "rows_wrong"), "row", "rows");
		cs_text_put(&text, " of it could not be read");
	}
	cs_text_put(&text, cs_span_is(state, "stale") ? "; IT IS STALE: " : "");
	cs_text_put_span(&text, cell_of(list, "why"));
	cs_text_put_char(&text, '.');
	put_words(report, &text);
}

static void
put_delta(const struct report *report, const json_t *delta)
{
	char room[WORDS_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	cs_text_put(&text, "Only what is other than in the older lists was searched: ");
	cs_text_put_counted(&text, number_of(delta, "new"), "new entry", "new entries");
	cs_text_put(&text, " and ");
	cs_text_put_counted(&text, number_of(delta, "changed"), "changed one; ", "changed ones; ");
	cs_text_put_u64(&text, number_of(delta, "gone"));
	cs_text_put(&text, number_of(delta, "gone") == 1 ? " is gone." : " are gone.");
	put_words(report, &text);
}

static void
put_head(const struct report *report)
{
	char room[WORDS_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	const json_t *lists = json_object_get(report->head, "lists"), *delta = json_object_get(report->head, "delta");
	cs_text_put(&text, "Searched at ");
	put_when(&text, report->head, "screened");
	cs_text_put(&text, " UTC. A hit scores ");
	cs_text_put_u64(&text, number_of(report->head, "score_line"));
	cs_text_put(&text, " of 1000 or more.");
	put_words(report, &text);
	for (size_t i = 0; i < json_array_size(lists); i++)
		put_list(report, json_array_get(lists, i));
	if (delta)
		put_delta(report, delta);
}

static void
put_foot(const struct report *report)
{
	char room[WORDS_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	const json_t *summary = json_object_get(report->foot, "summary");
	uint64_t hit_n = number_of(summary, "customers_with_hits"), unread_n = number_of(summary, "unread");
	uint64_t wrong_n = number_of(summary, "facts_not_understood"), decided_n = number_of(summary, "decided");
	cs_text_put_u64(&text, hit_n);
	cs_text_put(&text, " of ");
	cs_text_put_counted(&text, number_of(summary, "rows"), "customer", "customers");
	cs_text_put(&text, hit_n == 1 ? " has a hit, " : " have hits, ");
	cs_text_put_u64(&text, number_of(summary, "hits"));
	cs_text_put(&text, " in all.");
	if (decided_n) {
		cs_text_put_char(&text, ' ');
		cs_text_put_counted(&text, decided_n, "entry is", "entries are");
		cs_text_put(&text, " no hit, since somebody decided so.");
	}
	if (json_is_true(json_object_get(summary, "decisions_unread")))
		cs_text_put(&text, " THE FILE OF DECISIONS IS BROKEN, and none of them holds.");
	if (unread_n) {
		cs_text_put_char(&text, ' ');
		cs_text_put_counted(&text, unread_n, "row", "rows");
		cs_text_put(&text, " COULD NOT BE READ, and nothing was searched for there.");
	}
	if (wrong_n) {
		cs_text_put_char(&text, ' ');
		cs_text_put_counted(&text, wrong_n, "cell", "cells");
		cs_text_put(&text,
			    " (type, born, country, gender) could not be understood and told nothing; the names were "
			    "searched for.");
	}
	put_words(report, &text);
}

static void
put_top(const struct report *report)
{
	if (report->html)
		(void)fputs(
			"<!doctype html><html lang=en><meta charset=utf-8><title>Customers held against watch "
			"lists</title>\n"
			"<style>body{font-family:sans-serif}td,th{text-align:left;vertical-align:top;padding:2px 8px;"
			"border-bottom:1px solid #ccc;overflow-wrap:anywhere;unicode-bidi:plaintext}</style>\n"
			"<h1>Customers held against watch lists</h1>\n",
			report->out);
	else
		(void)fputs("Customers held against watch lists\n\n", report->out);
	if (report->head)
		put_head(report);
	if (json_object_get(report->foot, "summary"))
		put_foot(report);
}

static void
put_titles(struct report *report)
{
	static char room[CS_SHEET_ROW_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	if (!report->html) {
		cs_sheet_put_titles(&report->sheet, &text);
		(void)fprintf(report->out, "\n%s\n", room);
		return;
	}
	(void)fputs("<table>\n<tr>", report->out);
	for (unsigned i = 0; i < COLUMNS; i++)
		(void)fprintf(report->out, "<th>%s", report->sheet.column[i].title);
	(void)fputc('\n', report->out);
}

/* Reads the lines in IN, and writes the report of them to OUT; false: one of them is none, or it cannot be read or written. */
static bool
report_lines(FILE *in, FILE *out, bool html)
{
	struct report report = {.in = in, .out = out, .html = html, .sheet = sheet_of_hits};
	bool good = take_lines(&report);
	if (good) {
		put_top(&report);
		report.put = true;
		if (report.row_n)
			put_titles(&report);
		good = take_lines(&report);
		(void)fputs(html && report.row_n ? "</table>\n" : "", out);
	}
	json_decref(report.head);
	json_decref(report.foot);
	return good && !ferror(out);
}

/* A stream of its own to FILE, which is emptied; standard output is none of ours, a pipe or a device (EINVAL) has nothing to empty. */
static FILE *
stream_to(const char *path, int file)
{
	int own = dup(file);
	bool emptied = own >= 0 && (strcmp(path, "-") == 0 || ftruncate(own, 0) == 0 || errno == EINVAL);
	FILE *out = emptied ? fdopen(own, "w") : NULL;
	if (own >= 0 && !out)
		(void)close(own);
	return out;
}

int
cs_screen_report(const char *lines, const char *path, int file)
{
	size_t len = strlen(path);
	FILE *in = fopen(lines, "re"), *out = in ? stream_to(path, file) : NULL;
	bool good = out && report_lines(in, out, len > 5 && strcmp(path + len - 5, ".html") == 0);
	if (in)
		(void)fclose(in);
	if (out && fclose(out) != 0)
		good = false;
	if (good)
		return CS_EXIT_RAN;
	(void)fprintf(stderr, "countersign screen: %s: the report cannot be written\n", path);
	return CS_EXIT_INPUT;
}
