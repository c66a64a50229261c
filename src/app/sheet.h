/*
 * A table as text for people: columns as wide as what stands in them, whatever it is written in, up to a limit of each.
 *
 * Rows are measured first, all of them, and then put. What is longer than its column goes on below, for CS_SHEET_LINES_MAX lines, and ends
 * with "..." there. Characters that would steer a terminal, turn the writing around or not be seen are put by their numbers; where
 * something runs from right to left, marks of direction keep what stands beside it in its place. A column with nothing in it is left out.
 */
#ifndef CS_APP_SHEET_H
#define CS_APP_SHEET_H

#include "base/glyph.h"

enum {
	CS_SHEET_COLUMNS_MAX = 10,
	CS_SHEET_LINES_MAX = 4,
	CS_SHEET_WIDTH_LEAST = CS_GLYPH_BYTES_MAX + 3, /* that a column may grow to: a character's number and "..." */
	CS_SHEET_WIDTH_MAX = 48,
	/* each column of the screen at most a letter of four bytes with its marks, and what stands between columns */
	CS_SHEET_ROW_BYTES =
		CS_SHEET_LINES_MAX * CS_SHEET_COLUMNS_MAX * (CS_SHEET_WIDTH_MAX * 4 * (CS_GLYPH_MARKS_MAX + 1) + 16) +
		1,
};

struct cs_sheet_column {
	const char *title;
	unsigned most; /* columns of the screen, CS_SHEET_WIDTH_LEAST to CS_SHEET_WIDTH_MAX */
	bool number;   /* stands at the right */
	bool used;
	unsigned width; /* of what was measured */
};

struct cs_sheet {
	unsigned n;
	struct cs_sheet_column column[CS_SHEET_COLUMNS_MAX];
};

/* cs_sheet_measure looks at a row: a cell for each column. */
void cs_sheet_measure(struct cs_sheet *sheet, const struct cs_span *cell);

/* cs_sheet_put_titles appends the line above the rows. */
void cs_sheet_put_titles(const struct cs_sheet *sheet, struct cs_text *out);

/* cs_sheet_put_row appends a row that was measured; CS_SHEET_ROW_BYTES hold it. */
void cs_sheet_put_row(const struct cs_sheet *sheet, const struct cs_span *cell, struct cs_text *out);

/* cs_sheet_put appends TEXT as a cell has it, on one line, without a limit. */
void cs_sheet_put(struct cs_text *out, struct cs_span text);

#endif
