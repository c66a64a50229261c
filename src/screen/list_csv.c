/*
 * Rows of CSV of watch lists: where a row and its cells end, whatever the file went through.
 *
 * Other than rows of payments (decode/row_csv.c), a list has no fixed number of cells, ends with 0x1A, has line ends of several
 * kinds, and a quote that is never closed must not swallow the rest of it: a row with one ends with its first line, is wrong,
 * and the next line is read. A quote inside a cell that began without one is a character.
 * Spec: RFC 4180, and what OFAC and the UK publish.
 */
#include "screen/list_parts.h"

#include <stdlib.h>

enum { END_MARK = 0x1A };

bool
cs_list_csv_open(struct cs_list_csv *csv, struct cs_span file, unsigned number)
{
	static const uint8_t bom[] = {0xEF, 0xBB, 0xBF};
	memset(csv, 0, sizeof *csv);
	csv->file = file;
	csv->number = number;
	csv->separator = ',';
	csv->line = 1;
	if (file.len >= sizeof bom && memcmp(file.at, bom, sizeof bom) == 0)
		csv->at = sizeof bom;
	csv->scratch = malloc(CS_WATCH_LIST_ROW_MAX);
	return csv->scratch != NULL;
}

void
cs_list_csv_close(struct cs_list_csv *csv)
{
	free(csv->scratch);
	csv->scratch = NULL;
}

void
cs_list_csv_fault(const struct cs_list_csv *csv, struct cs_watch_list_report *report, const char *why)
{
	report->row_bad_n++;
	cs_list_fault_put(report, (struct cs_watch_list_fault){csv->number, csv->row_line, csv->row_at, why});
}

/* Steps over the line end at AT, if there is one, and counts it. */
static size_t
step_line(struct cs_list_csv *csv, struct cs_watch_list_report *report, size_t at)
{
	const uint8_t *byte = csv->file.at;
	if (at >= csv->file.len)
		return at;
	csv->line++;
	if (byte[at] == '\n') {
		report->lf_n++;
		return at + 1;
	}
	if (at + 1 < csv->file.len && byte[at + 1] == '\n') {
		report->crlf_n++;
		return at + 2;
	}
	report->cr_n++;
	return at + 1;
}

static size_t
line_end(const struct cs_list_csv *csv, size_t at)
{
	while (at < csv->file.len && csv->file.at[at] != '\n' && csv->file.at[at] != '\r')
		at++;
	return at;
}

/* The quoted cell that begins at AT, with its quotes; gives the byte behind it, 0: it is never closed within a row's length. */
static size_t
take_quoted(struct cs_list_csv *csv, size_t at, size_t *scratch_len, struct cs_span *cell)
{
	size_t limit = csv->row_at + CS_WATCH_LIST_ROW_MAX;
	size_t end = limit < csv->file.len ? limit : csv->file.len;
	const uint8_t *byte = csv->file.at;
	bool doubled = false;
	size_t from = ++at;
	for (; at < end; at++) {
		if (byte[at] != '"')
			continue;
		if (at + 1 >= end || byte[at + 1] != '"')
			break;
		doubled = true;
		at++;
	}
	if (at >= end)
		return 0;
	*cell = (struct cs_span){byte + from, at - from};
	if (!doubled)
		return at + 1;
	uint8_t *out = csv->scratch + *scratch_len;
	size_t n = 0;
	for (size_t i = from; i < at; i++) {
		out[n++] = byte[i];
		i += byte[i] == '"';
	}
	*cell = (struct cs_span){out, n};
	*scratch_len += n;
	return at + 1;
}

static size_t
take_plain(const struct cs_list_csv *csv, size_t at, struct cs_span *cell)
{
	size_t from = at;
	const uint8_t *byte = csv->file.at;
	while (at < csv->file.len && byte[at] != (uint8_t)csv->separator && byte[at] != '\n' && byte[at] != '\r')
		at++;
	*cell = (struct cs_span){byte + from, at - from};
	return at;
}

/* White space behind a closing quote is none of the cell's. */
static size_t
step_spaces(const struct cs_list_csv *csv, size_t at)
{
	while (at < csv->file.len && csv->file.at[at] == ' ')
		at++;
	return at;
}

/* All cells of the row at row_at; gives where it ends, 0: `why` says what is wrong. */
static size_t
take_cells(struct cs_list_csv *csv)
{
	size_t at = csv->row_at, scratch_len = 0;
	const uint8_t *byte = csv->file.at;
	for (csv->cell_n = 0;; at++) {
		if (csv->cell_n == CS_WATCH_LIST_COLUMNS_MAX) {
			csv->why = "the row has more than 256 cells";
			return 0;
		}
		struct cs_span *cell = &csv->cell[csv->cell_n++];
		bool quoted = at < csv->file.len && byte[at] == '"';
		at = quoted ? take_quoted(csv, at, &scratch_len, cell) : take_plain(csv, at, cell);
		if (quoted && at == 0) {
			csv->why = "a quote is opened and never closed";
			return 0;
		}
		if (quoted)
			at = step_spaces(csv, at);
		if (at >= csv->file.len || byte[at] == '\n' || byte[at] == '\r')
			return at;
		if (byte[at] != (uint8_t)csv->separator) {
			csv->why = "something stands behind the closing quote of a cell";
			return 0;
		}
	}
}

/* Lines within the row count; a line end within quotes is counted as a line, not as a kind of line end. */
static void
count_lines(struct cs_list_csv *csv, struct cs_watch_list_report *report, size_t end)
{
	const uint8_t *byte = csv->file.at;
	for (size_t i = csv->row_at; i < end; i++) {
		bool ends = byte[i] == '\n' || (byte[i] == '\r' && (i + 1 == end || byte[i + 1] != '\n'));
		csv->line += ends;
		report->zero_n += byte[i] == 0;
	}
}

enum cs_list_csv_row
cs_list_csv_next(struct cs_list_csv *csv, struct cs_watch_list_report *report)
{
	const uint8_t *byte = csv->file.at;
	for (;;) {
		while (csv->at < csv->file.len && (byte[csv->at] == '\n' || byte[csv->at] == '\r'))
			csv->at = step_line(csv, report, csv->at);
		if (csv->at >= csv->file.len)
			return CS_LIST_CSV_END;
		csv->row_at = csv->at;
		csv->row_line = csv->line;
		bool mark = byte[csv->at] == END_MARK;
		size_t line = line_end(csv, csv->at);
		if (mark && step_spaces(csv, csv->at + 1) == csv->file.len) {
			report->end_mark = true;
			return CS_LIST_CSV_END;
		}
		size_t end = mark ? 0 : take_cells(csv);
		if (mark)
			csv->why = "0x1A, which ends a file, and yet more behind it: that is read on";
		if (end > csv->row_at + CS_WATCH_LIST_ROW_MAX) {
			csv->why = "the row is longer than 4 MiB";
			end = 0;
		}
		bool bad = end == 0;
		count_lines(csv, report, bad ? line : end);
		csv->at = step_line(csv, report, bad ? line : end);
		report->row_n++;
		return bad ? CS_LIST_CSV_BAD : CS_LIST_CSV_ROW;
	}
}
