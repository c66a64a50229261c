/*
 * What a policy can say of a message, and what a screen reads of it: the cells of its rows, the fields that stand in each, and the names
 * in those.
 *
 * A record has fewer columns than there are cells, so a file is read by several readers at once, each with some of them.
 */
#include "app/decode_cells.h"

#include "app/command.h"
#include "base/error.h"
#include "screen/party.h"

#include <stdio.h>
#include <stdlib.h>

enum { READERS = 3 };

struct reading {
	struct cs_decode_out *out;
	const char *path;
	uint64_t row_n;
	struct cs_event event;
	struct cs_rows *rows[READERS];
	struct cs_row_plan plan[READERS];
	struct cs_row_column column[READERS][CS_ROW_COLUMNS_MAX];
	struct cs_party party;
};

static void
plan_all(struct reading *reading, enum cs_row_form form)
{
	unsigned cell = 0;
	for (unsigned i = 0; i < READERS; i++) {
		struct cs_row_plan *plan = &reading->plan[i];
		*plan = (struct cs_row_plan){.form = (uint8_t)form, .column = reading->column[i]};
		for (const char *name; plan->column_n < CS_ROW_COLUMNS_MAX && (name = cs_row_cell_name(cell)); cell++)
			reading->column[i][plan->column_n++] =
				(struct cs_row_column){.name = name, .what = CS_ROW_CELL};
	}
	CS_ASSERT(!cs_row_cell_name(cell));
}

/* ---- one row ---- */

static void
put_place(struct cs_json *json, const struct cs_row_place *place)
{
	cs_json_put_text(json, "field", place->field);
	cs_json_put_u64(json, "line", place->line);
	cs_json_put_u64(json, "column", place->column);
	cs_json_put_u64(json, "offset", place->offset);
}

/* A part of a cell, of column I. */
struct part {
	const struct cs_rows *rows;
	unsigned i;
	const struct cs_row_part *part;
};

static void
put_name(struct reading *reading, struct cs_json *json, const struct part *of, unsigned nth)
{
	const struct cs_party_name *name = &reading->party.name[nth];
	struct cs_row_place place;
	size_t offset = cs_party_place(&reading->party, name->at).offset;
	cs_rows_place(of->rows, of->i, of->part->at + offset, &place);
	cs_json_object(json);
	cs_json_put_text(json, "role", cs_party_role_name((enum cs_party_role)name->role));
	cs_decode_words_put(json, "name", cs_party_text(&reading->party, nth));
	put_place(json, &place);
	cs_json_end_object(json);
}

static void
put_part(struct reading *reading, struct cs_json *json, const struct part *of, bool party)
{
	struct cs_row_place place;
	cs_rows_place(of->rows, of->i, of->part->at, &place);
	cs_json_object(json);
	put_place(json, &place);
	cs_decode_words_put(json, "text", of->part->text);
	if (of->part->cut)
		cs_json_put_bool(json, "cut", true);
	if (party && of->part->what == CS_ROW_PART_LINES) {
		cs_party_read(of->part->text, &reading->party);
		cs_json_key(json, "names");
		cs_json_array(json);
		for (unsigned i = 0; i < reading->party.name_n; i++)
			put_name(reading, json, of, i);
		cs_json_end_array(json);
	}
	cs_json_end_object(json);
}

static void
put_cell(struct reading *reading, struct cs_json *json, const struct cs_rows *rows, unsigned i, const char *name)
{
	struct cs_span cell = cs_rows_cell(rows, i);
	struct cs_row_part part;
	enum cs_row_cell_sort sort = cs_row_cell_sort(name);
	if (!cell.len)
		return;
	if (sort == CS_ROW_SORT_PLAIN) {
		cs_decode_words_put(json, name, cell);
		return;
	}
	cs_json_key(json, name);
	cs_json_array(json);
	for (unsigned nth = 0; cs_rows_part(rows, i, nth, &part); nth++)
		put_part(reading, json, &(struct part){rows, i, &part}, sort == CS_ROW_SORT_PARTY);
	cs_json_end_array(json);
}

static void
put_row(void *context, struct cs_text *out, bool full)
{
	struct reading *reading = context;
	struct cs_json json = cs_json_over(out);
	(void)full;
	cs_json_object(&json);
	cs_json_put_text(&json, "file", reading->path);
	cs_json_put_u64(&json, "offset", reading->event.origin.file_offset);
	cs_json_put_u64(&json, "row", reading->row_n);
	cs_json_key(&json, "cells");
	cs_json_object(&json);
	for (unsigned i = 0; i < READERS; i++)
		for (unsigned k = 0; k < reading->plan[i].column_n; k++)
			put_cell(reading, &json, reading->rows[i], k, reading->column[i][k].name);
	cs_json_end_object(&json);
	cs_json_end_object(&json);
	cs_text_put_char(out, '\n');
}

/* ---- files ---- */

/* What is wrong with a message is one reader's to say. */
static void
say_fault(const struct reading *reading, const struct cs_row_fault *fault)
{
	fprintf(stderr, "countersign decode: %s:%llu: %s\n", reading->path, (unsigned long long)fault->line,
		fault->words);
}

/* The next row of all readers; CS_AGAIN: there is none any more. */
static enum cs_error
next_row(struct reading *reading)
{
	enum cs_error first = CS_OK;
	for (unsigned i = 0; i < READERS; i++) {
		struct cs_row_fault fault;
		struct cs_event event;
		enum cs_error error = cs_rows_next(reading->rows[i], &event, &fault);
		CS_ASSERT(i == 0 || error == first);
		if (i == 0 && error == CS_E_FORMAT)
			say_fault(reading, &fault);
		if (i == 0)
			reading->event = event;
		first = error;
	}
	return first;
}

static void
read_file(void *context, const char *path, struct cs_span bytes)
{
	struct reading *reading = context;
	enum cs_error error = CS_OK;
	reading->path = path;
	reading->row_n = 0;
	for (unsigned i = 0; i < READERS && error == CS_OK; i++) {
		reading->rows[i] = cs_rows_new(&reading->plan[i]);
		if (reading->rows[i])
			cs_rows_feed(reading->rows[i], bytes, true);
		else
			error = CS_E_MEMORY;
	}
	if (error != CS_OK)
		fprintf(stderr, "countersign decode: %s: %s\n", path, cs_error_text(error));
	while (error == CS_OK || error == CS_E_FORMAT) {
		error = next_row(reading);
		struct cs_decode_line line = {put_row, reading, path, (size_t)reading->event.origin.file_offset};
		reading->row_n += error == CS_OK;
		if (error == CS_OK)
			cs_decode_out_put(reading->out, &line);
	}
	for (unsigned i = 0; i < READERS; i++) {
		cs_rows_free(reading->rows[i]);
		reading->rows[i] = NULL;
	}
}

int
cs_decode_cells(struct cs_decode_out *out, enum cs_row_form form)
{
	struct reading *reading = calloc(1, sizeof *reading);
	if (!reading) {
		fputs("countersign decode: out of memory\n", stderr);
		return CS_EXIT_INPUT;
	}
	reading->out = out;
	plan_all(reading, form);
	int status = cs_decode_out_run(out, read_file, reading);
	free(reading);
	return status;
}
