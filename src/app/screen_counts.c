/*
 * See screen_counts.h. What was not searched is shouted only when there is any.
 */
#include "app/screen_counts.h"

#include "io/terminal.h"

#include <stdio.h>
#include <stdlib.h>

enum { NUMBERS = sizeof(struct cs_screen_counts) / sizeof(uint64_t), WORDS_BYTES = 512, STANDARD_ERROR = 2 };

void
cs_screen_counts_add(struct cs_screen_counts *counts, const struct cs_screen_counts *more)
{
	counts->row_n += more->row_n;
	counts->unread_n += more->unread_n;
	counts->wrong_n += more->wrong_n;
	counts->wrong_line = counts->wrong_line ? counts->wrong_line : more->wrong_line;
	counts->hit_n += more->hit_n;
	counts->open_n += more->open_n;
	counts->decided_n += more->decided_n;
	counts->cut_n += more->cut_n;
}

void
cs_screen_counts_put(const struct cs_screen_counts *counts, struct cs_text *text)
{
	const uint64_t numbers[NUMBERS] = {counts->row_n, counts->unread_n, counts->wrong_n,   counts->wrong_line,
					   counts->hit_n, counts->open_n,   counts->decided_n, counts->cut_n};
	for (unsigned i = 0; i < NUMBERS; i++) {
		cs_text_put_char(text, ' ');
		cs_text_put_u64(text, numbers[i]);
	}
}

bool
cs_screen_counts_number(const char **at, uint64_t *out)
{
	char *end = NULL;
	if (**at != ' ' || (*at)[1] < '0' || (*at)[1] > '9')
		return false;
	*out = strtoull(*at + 1, &end, 10);
	*at = end;
	return true;
}

bool
cs_screen_counts_take(const char **at, struct cs_screen_counts *out)
{
	uint64_t *const numbers[NUMBERS] = {&out->row_n, &out->unread_n, &out->wrong_n,   &out->wrong_line,
					    &out->hit_n, &out->open_n,   &out->decided_n, &out->cut_n};
	for (unsigned i = 0; i < NUMBERS; i++)
		if (!cs_screen_counts_number(at, numbers[i]))
			return false;
	return true;
}

void
cs_screen_counts_json(const struct cs_screen_counts *counts, struct cs_json *json)
{
	cs_json_put_u64(json, "rows", counts->row_n);
	cs_json_put_u64(json, "unread", counts->unread_n);
	cs_json_put_u64(json, "not_searched_whole", counts->cut_n);
	cs_json_put_u64(json, "facts_not_understood", counts->wrong_n);
	cs_json_put_u64(json, "customers_with_hits", counts->hit_n);
	cs_json_put_u64(json, "hits", counts->open_n);
	cs_json_put_u64(json, "decided", counts->decided_n);
}

void
cs_screen_counts_tell(const struct cs_screen_counts *counts)
{
	char room[WORDS_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	cs_text_put(&text, cs_terminal_is(STANDARD_ERROR) ? "\r\033[K" : ""); /* over the progress */
	cs_text_put(&text, "countersign screen: ");
	cs_text_put_counted(&text, counts->row_n, "customer, ", "customers, ");
	cs_text_put_u64(&text, counts->row_n - counts->unread_n);
	cs_text_put(&text, " searched, ");
	cs_text_put_u64(&text, counts->hit_n);
	cs_text_put(&text, counts->unread_n ? " with hits, " : " with hits, none unread");
	if (counts->unread_n)
		cs_text_put_u64(&text, counts->unread_n);
	cs_text_put(&text, counts->unread_n ? " COULD NOT BE READ" : "");
	if (counts->cut_n) {
		cs_text_put(&text, ", ");
		cs_text_put_u64(&text, counts->cut_n);
	}
	cs_text_put(&text, counts->cut_n ? " NOT SEARCHED WHOLE\n" : "\n");
	if (counts->wrong_n) {
		cs_text_put(&text, "countersign screen: ");
		cs_text_put_counted(&text, counts->wrong_n, "cell", "cells");
		cs_text_put(&text, " (type, born, country, gender) not understood and left out, the first in line ");
		cs_text_put_u64(&text, counts->wrong_line);
		cs_text_put_char(&text, '\n');
	}
	(void)fputs(room, stderr);
}
