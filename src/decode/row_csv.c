/*
 * Rows of CSV: where a row and its cells end.
 *
 * A quote opens a cell only at its beginning, and the quote that closes it stands before a separator or the end of the
 * line; anything else is a fault of that row alone, which then ends with its line. Line ends in quotes belong to the cell.
 * Leaves what cells mean to row_value.c.
 * Spec: RFC 4180; other separators than the comma.
 */
#include "decode/row_parts.h"

struct scan {
	struct cs_rows *rows;
	const uint8_t *at;
	const uint8_t *end;
	const char *words;
};

static enum cs_row_cut
take_plain(struct scan *scan, struct cs_row_cell *cell)
{
	const uint8_t *from = scan->at;
	const uint8_t *at = from;
	const uint8_t *stop = scan->rows->stop;
	while (at < scan->end && !stop[*at])
		at++;
	scan->at = at;
	if (at < scan->end && *at == '"') {
		scan->words = "a quote stands inside a cell that does not begin with one; write \"...\"\"...\"";
		return CS_ROW_CUT_BAD;
	}
	cell->at = from;
	cell->len = (uint32_t)(at - from);
	if (cell->len && at[-1] == '\r' && (at == scan->end || *at == '\n'))
		cell->len--;
	return CS_ROW_CUT_OK;
}

/* The bytes of a quoted cell, with its doubled quotes made single in scratch. */
static void
unquote(struct cs_rows *rows, const uint8_t *from, const uint8_t *to, struct cs_row_cell *cell)
{
	uint8_t *out = rows->scratch + rows->scratch_len;
	cell->at = out;
	for (const uint8_t *at = from; at < to; at++) {
		*out++ = *at;
		at += *at == '"';
	}
	cell->len = (uint32_t)(out - cell->at);
	rows->scratch_len += cell->len;
}

/* Behind the closing quote. */
static enum cs_row_cut
close_quote(struct scan *scan)
{
	if (scan->end - scan->at >= 2 && scan->at[0] == '\r' && scan->at[1] == '\n')
		scan->at++;
	else if (scan->at < scan->end && *scan->at == '\r' && scan->end - scan->at == 1)
		scan->at++;
	if (scan->at == scan->end || *scan->at == '\n' || *scan->at == (uint8_t)scan->rows->plan->separator)
		return CS_ROW_CUT_OK;
	scan->words = "something stands behind the closing quote of a cell; write a quote inside of it twice";
	return CS_ROW_CUT_BAD;
}

static enum cs_row_cut
take_quoted(struct scan *scan, struct cs_row_cell *cell)
{
	const uint8_t *from = scan->at + 1;
	bool doubled = false;
	for (const uint8_t *at = from;; at += 2, doubled = true) {
		at = at < scan->end ? memchr(at, '"', (size_t)(scan->end - at)) : NULL;
		if (!at && !scan->rows->final)
			return CS_ROW_CUT_MORE;
		if (!at) {
			scan->at = from;
			scan->words = "a quote is opened and never closed";
			return CS_ROW_CUT_BAD;
		}
		if (at + 1 < scan->end && at[1] == '"')
			continue;
		scan->at = at + 1;
		cell->at = from;
		cell->len = (uint32_t)(at - from);
		if (doubled)
			unquote(scan->rows, from, at, cell);
		return close_quote(scan);
	}
}

static void
note_name(struct cs_rows *rows, unsigned i, const struct cs_row_cell *cell)
{
	cs_text_put(&rows->seen, i ? ", " : "");
	cs_row_value_put(&rows->seen, cell->at, cell->len);
	for (unsigned s = 0; s < rows->slot_n; s++) {
		if (rows->slot[s].len != cell->len || memcmp(rows->slot[s].name, cell->at, cell->len) != 0)
			continue;
		rows->twice[s] = rows->found[s];
		rows->found[s] = i < CS_ROW_CELLS_MAX;
		if (i < CS_ROW_CELLS_MAX)
			rows->wanted[i] = (uint8_t)(s + 1);
	}
}

static void
keep(struct cs_rows *rows, unsigned i, const struct cs_row_cell *cell)
{
	if (!rows->headed)
		note_name(rows, i, cell);
	else if (i < rows->cell_n && i < CS_ROW_CELLS_MAX && rows->wanted[i])
		rows->cell[rows->wanted[i] - 1] = *cell;
}

/* A row that is wrong ends with the line in which that shows. */
static enum cs_row_cut
end_bad(struct scan *scan, const uint8_t *start, size_t *len)
{
	const uint8_t *from = scan->at;
	const uint8_t *line = from < scan->end ? memchr(from, '\n', (size_t)(scan->end - from)) : NULL;
	if (!line && !scan->rows->final)
		return CS_ROW_CUT_MORE;
	*len = (size_t)((line ? line + 1 : scan->end) - start);
	return CS_ROW_CUT_BAD;
}

/* All cells of one row; CS_ROW_CUT_MORE when the bytes end before it. */
static enum cs_row_cut
take_cells(struct scan *scan, unsigned *n)
{
	char separator = scan->rows->plan->separator;
	for (unsigned i = 0;; i++) {
		struct cs_row_cell cell = {0};
		bool quoted = scan->at < scan->end && *scan->at == '"';
		enum cs_row_cut cut = quoted ? take_quoted(scan, &cell) : take_plain(scan, &cell);
		if (cut != CS_ROW_CUT_OK)
			return cut;
		if (scan->at == scan->end && !scan->rows->final)
			return CS_ROW_CUT_MORE;
		keep(scan->rows, i, &cell);
		*n = i + 1;
		if (scan->at == scan->end)
			return CS_ROW_CUT_OK;
		if (*scan->at++ != (uint8_t)separator)
			return CS_ROW_CUT_OK;
	}
}

enum cs_row_cut
cs_row_csv_cut(struct cs_rows *rows, struct cs_span bytes, size_t *len, const char **words)
{
	struct scan scan = {.rows = rows, .at = bytes.at, .end = bytes.at + bytes.len};
	unsigned n = 0;
	rows->scratch_len = 0;
	if (!rows->headed) {
		memset(rows->found, 0, sizeof rows->found);
		memset(rows->twice, 0, sizeof rows->twice);
		rows->seen = cs_text_over(rows->seen_at, sizeof rows->seen_at);
	}
	enum cs_row_cut cut = take_cells(&scan, &n);
	if (cut == CS_ROW_CUT_BAD)
		cut = end_bad(&scan, bytes.at, len);
	*words = scan.words;
	if (cut != CS_ROW_CUT_OK)
		return cut;
	*len = (size_t)(scan.at - bytes.at);
	if (!rows->headed)
		rows->cell_n = n;
	if (n == rows->cell_n)
		return CS_ROW_CUT_OK;
	*words = n < rows->cell_n
			 ? "the row has fewer cells than the header line"
			 : "the row has more cells than the header line; write those that hold a separator in quotes";
	return CS_ROW_CUT_BAD;
}
