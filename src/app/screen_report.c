/*
 * The readable report of a screened base, made of the lines that were written: one row for each hit. Nothing of a name is
 * markup in it, nor steers a terminal.
 */
#include "app/command.h"
#include "app/screen_call.h"
#include "io/file.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct page {
	FILE *out;
	bool html;
};

static void
put(const struct page *page, const char *text)
{
	for (; text && *text; text++) {
		char room[16];
		struct cs_text escaped = cs_text_over(room, sizeof room);
		if (page->html)
			cs_text_put_html(&escaped, *text);
		else
			cs_text_put_char(&escaped, (uint8_t)*text < ' ' || *text == 0x7f ? '?' : *text);
		(void)fputs(room, page->out);
	}
}

static void
put_cell(const struct page *page, const char *text)
{
	(void)fputs(page->html ? "<td>" : "  ", page->out);
	put(page, text);
}

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

static void
put_hits(const struct page *page, const json_t *line, const char *key)
{
	const json_t *hits = json_object_get(line, key);
	for (size_t i = 0; i < json_array_size(hits); i++) {
		const json_t *hit = json_array_get(hits, i);
		const char *reopened = text_of(hit, "reopened");
		(void)fputs(page->html ? "<tr>" : "", page->out);
		put_cell(page, text_of(line, "id"));
		put_cell(page, text_of(line, "name"));
		(void)fprintf(page->out, page->html ? "<td>%" PRId64 : "  %" PRId64,
			      (int64_t)json_integer_value(json_object_get(hit, "score")));
		put_cell(page, text_of(hit, "list"));
		put_cell(page, text_of(hit, "uid"));
		put_cell(page, text_of(hit, "matched"));
		put_cell(page, text_of(hit, "programmes"));
		put_cell(page, strcmp(key, "decided") == 0 ? "decided: not a match" : reopened[0] ? reopened : "open");
		put_cell(page, text_of(hit, "reason"));
		(void)fputc('\n', page->out);
	}
}

static void
put_plain(const struct page *page, const json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT);
	(void)fputs(page->html ? "<tr><td colspan=9>" : "", page->out);
	put(page, text);
	(void)fputc('\n', page->out);
	free(text);
}

static bool
put_line(const struct page *page, const char *at, size_t len)
{
	json_t *line = json_loadb(at, len, 0, NULL);
	if (!line)
		return false;
	if (json_object_get(line, "hits")) {
		put_hits(page, line, "hits");
		put_hits(page, line, "decided");
		if (json_integer_value(json_object_get(line, "hits_over")))
			put_plain(page, json_object_get(line, "hits_over"));
	} else {
		put_plain(page, line);
	}
	json_decref(line);
	return true;
}

static void
put_top(const struct page *page)
{
	if (page->html)
		(void)fputs(
			"<!doctype html><meta charset=utf-8><title>Customers held against watch lists</title>\n"
			"<style>body{font-family:sans-serif}td,th{text-align:left;vertical-align:top;padding:2px 8px;"
			"border-bottom:1px solid #ccc}</style>\n<h1>Customers held against watch lists</h1>\n<table>\n"
			"<tr><th>customer<th>name<th>score<th>list<th>entry<th>listed as<th>programmes<th>state"
			"<th>reason\n",
			page->out);
	else
		(void)fputs("Customers held against watch lists\n"
			    "customer  name  score  list  entry  listed as  programmes  state  reason\n\n",
			    page->out);
}

int
cs_screen_report(const char *lines, const char *path)
{
	size_t len = strlen(path), cap = 0;
	struct page page = {fopen(path, "we"), len > 5 && strcmp(path + len - 5, ".html") == 0};
	FILE *in = fopen(lines, "re");
	char *line = NULL;
	bool good = page.out && in;
	if (page.out)
		put_top(&page);
	for (ssize_t n; good && (n = getline(&line, &cap, in)) > 0;)
		good = put_line(&page, line, (size_t)n);
	if (good && page.html)
		(void)fputs("</table>\n", page.out);
	free(line);
	good = good && !ferror(in) && !ferror(page.out);
	if (in)
		(void)fclose(in);
	if (page.out && fclose(page.out) != 0)
		good = false;
	if (good)
		return CS_EXIT_RAN;
	(void)fprintf(stderr, "countersign screen: %s: the report cannot be written\n", path);
	return CS_EXIT_INPUT;
}
