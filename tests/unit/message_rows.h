/*
 * Rows of a file of messages with every cell written down as text, for the tests of rows: one line a row, "OFFSET+LENGTH name=value
 * ...", one line a fault, "LINE@OFFSET ! words". A record has less columns than there are cells, so the file is read in parts.
 */
#ifndef CS_TEST_MESSAGE_ROWS_H
#define CS_TEST_MESSAGE_ROWS_H

#include "check.h"

#include "decode/row_message.c"

enum { SAID_BYTES = 1 << 18, PARTS = 3 };

static char said_at[SAID_BYTES];
static struct cs_row_column columns[PARTS][CS_ROW_COLUMNS_MAX];
static unsigned column_n[PARTS];
static enum cs_row_form form = CS_ROW_MT;

static inline int
set_up(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CS_CELL_N; i++) {
		unsigned part = i * PARTS / CS_CELL_N;
		columns[part][column_n[part]++] = (struct cs_row_column){.name = cells[i], .what = CS_ROW_CELL};
	}
	return 0;
}

static void
say_row(struct cs_text *said, const struct cs_rows *rows, const struct cs_event *event)
{
	const struct cs_row_plan *plan = rows->plan;
	if (plan->column == columns[0]) {
		cs_text_put_u64(said, event->origin.file_offset);
		cs_text_put(said, "+");
		cs_text_put_u64(said, event->length_bytes);
	}
	for (unsigned i = 0; i < plan->column_n; i++) {
		struct cs_span cell = cs_rows_cell(rows, i);
		if (!cell.len)
			continue;
		cs_text_put(said, " ");
		cs_text_put(said, plan->column[i].name);
		cs_text_put(said, "=");
		for (size_t k = 0; k < cell.len; k++) /* a row is a line */
			cs_text_put_char(said, cell.at[k] < ' ' ? '|' : (char)cell.at[k]);
	}
	cs_text_put(said, " ");
}

/* Says the rows of FILE as PLAN reads them, and their faults; gives how many rows there were. */
static unsigned
read_as(const struct cs_row_plan *plan, struct cs_span file, struct cs_text *said)
{
	struct cs_rows *rows = cs_rows_new(plan);
	struct cs_row_fault fault;
	struct cs_event event;
	enum cs_error error;
	unsigned row_n = 0;
	assert_non_null(rows);
	cs_rows_feed(rows, file, true);
	while ((error = cs_rows_next(rows, &event, &fault)) == CS_OK || error == CS_E_FORMAT) {
		row_n += error == CS_OK;
		if (error == CS_OK) {
			assert_int_equal(event.kind, CS_KIND_RECORD);
			say_row(said, rows, &event);
		} else {
			cs_text_put_u64(said, fault.line);
			cs_text_put(said, "@");
			cs_text_put_u64(said, fault.offset);
			cs_text_put(said, " ! ");
			cs_text_put(said, fault.words);
		}
		cs_text_put(said, "\n");
	}
	if (error == CS_E_SYNTAX)
		cs_text_put(said, fault.words);
	else
		assert_int_equal(error, CS_AGAIN);
	cs_rows_free(rows);
	return row_n;
}

static inline unsigned
read_file(struct cs_span file)
{
	static char part_at[PARTS][SAID_BYTES];
	struct cs_text said = cs_text_over(said_at, sizeof said_at), part[PARTS];
	const char *line[PARTS];
	unsigned row_n = 0;
	for (unsigned i = 0; i < PARTS; i++) {
		struct cs_row_plan plan = {
			.form = (uint8_t)form, .link = 3, .file_ns = 77, .column_n = column_n[i], .column = columns[i]};
		part[i] = cs_text_over(part_at[i], sizeof part_at[i]);
		unsigned n = read_as(&plan, file, &part[i]);
		assert_true(i == 0 || n == row_n);
		assert_false(part[i].overflowed);
		row_n = n;
		line[i] = part_at[i];
	}
	while (*line[0]) {
		const char *first = line[0];
		for (unsigned i = 0; i < PARTS; i++) {
			size_t len = strcspn(line[i], "\n");
			if (i == 0 || strncmp(line[i], first, len) != 0) /* a fault is said once */
				cs_text_put_span(&said, (struct cs_span){(const uint8_t *)line[i], len});
			line[i] += len + 1;
		}
		cs_text_put(&said, "\n");
	}
	return row_n;
}

/* One cell of row NTH; the rest of its line is not looked at. */
static bool
has(unsigned nth, const char *words)
{
	const char *at = said_at;
	for (unsigned i = 0; i < nth; i++) {
		at = strchr(at, '\n');
		assert_non_null(at);
		at++;
	}
	const char *end = strchr(at, '\n');
	char wanted[256];
	snprintf(wanted, sizeof wanted, " %s ", words);
	const char *found = strstr(at, wanted);
	bool there = found && end && found < end;
	if (!there)
		print_message("no '%s' in: %.*s\n", words, end ? (int)(end - at) : 0, at);
	return there;
}

/* Several cells of row NTH, parted by semicolons. */
static inline bool
has_all(unsigned nth, const char *list)
{
	char cell[128];
	bool there = true;
	while (*list) {
		size_t len = strcspn(list, ";");
		snprintf(cell, sizeof cell, "%.*s", (int)len, list);
		there = has(nth, cell) && there;
		list += len + (list[len] == ';');
	}
	return there;
}

#endif
