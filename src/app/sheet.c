/*
 * See sheet.h. A cell is put piece by piece, a piece for each line.
 */
#include "app/sheet.h"

static const char cut_mark[] = "...";
static const char left_to_right[] = "\xe2\x80\x8e";

enum { GAP = 2, CUT_WIDTH = sizeof cut_mark - 1 };

/* A cell that is being read. */
struct reading {
	struct cs_span text;
	size_t at;
	unsigned marks; /* over the character before */
	bool begun;     /* there is one */
};

/* What of it stands on one line. */
struct piece {
	struct reading from;
	size_t to;
	unsigned width;
	bool right, cut;
};

static struct reading
reading_of(struct cs_span text)
{
	return (struct reading){.text = text};
}

/* The next character as it will be put. */
static struct cs_glyph
next(struct reading *reading)
{
	struct cs_glyph glyph = cs_glyph_at(reading->text, reading->at);
	bool mark = glyph.mark;
	if (mark && (!reading->begun || reading->marks == CS_GLYPH_MARKS_MAX))
		cs_glyph_hide(&glyph);
	reading->marks = !mark ? 0 : reading->marks + glyph.mark;
	reading->begun = true;
	reading->at += glyph.len;
	return glyph;
}

static void
put_piece(struct cs_text *out, const struct piece *piece)
{
	struct reading reading = piece->from;
	cs_text_put(out, piece->right ? left_to_right : "");
	while (reading.at < piece->to) {
		size_t at = reading.at;
		struct cs_glyph glyph = next(&reading);
		cs_glyph_put(out, reading.text, at, &glyph);
	}
	cs_text_put(out, piece->right ? left_to_right : "");
	cs_text_put(out, piece->cut ? cut_mark : "");
}

void
cs_sheet_put(struct cs_text *out, struct cs_span text)
{
	struct piece piece = {.from = reading_of(text), .to = text.len};
	for (struct reading reading = piece.from; reading.at < text.len;)
		piece.right |= next(&reading).right;
	put_piece(out, &piece);
}

static unsigned
width_of(struct cs_span text, unsigned most)
{
	unsigned width = 0;
	for (struct reading reading = reading_of(text); reading.at < text.len && width < most;)
		width += next(&reading).width;
	return width < most ? width : most;
}

void
cs_sheet_measure(struct cs_sheet *sheet, const struct cs_span *cell)
{
	for (unsigned i = 0; i < sheet->n; i++) {
		struct cs_sheet_column *column = &sheet->column[i];
		unsigned width = width_of(cell[i], column->most);
		if (!cell[i].len)
			continue;
		if (!column->used)
			column->width = width_of(cs_span_text(column->title), column->most);
		column->used = true;
		column->width = column->width > width ? column->width : width;
	}
}

/* Takes what fits into WIDTH, up to the last blank if not all of it does; a character too wide for any line stands alone. */
static struct piece
take(struct reading *reading, unsigned width)
{
	struct piece piece = {.from = *reading, .to = reading->at}, blank = piece;
	struct reading after = *reading;
	while (reading->at < reading->text.len) {
		struct reading ahead = *reading;
		struct cs_glyph glyph = next(&ahead);
		if (glyph.code == ' ') {
			blank = piece;
			after = ahead;
		}
		if (piece.width + glyph.width > width && reading->at > piece.from.at)
			break;
		*reading = ahead;
		piece.width += glyph.width;
		piece.right |= glyph.right;
		piece.to = reading->at;
	}
	if (reading->at == reading->text.len || blank.to == piece.from.at)
		return piece;
	*reading = after;
	return blank;
}

/* The piece for line NTH, the last one of which is cut where more would follow. */
static struct piece
piece_of(struct reading *reading, const struct cs_sheet_column *column, unsigned nth)
{
	struct reading begun = *reading;
	struct piece piece = take(reading, column->width);
	if (nth + 1 < CS_SHEET_LINES_MAX || reading->at == reading->text.len)
		return piece;
	*reading = begun;
	piece = take(reading, column->width - CUT_WIDTH);
	piece.cut = true;
	piece.width += CUT_WIDTH;
	return piece;
}

static void
put_blanks(struct cs_text *out, unsigned n)
{
	for (; n; n--)
		cs_text_put_char(out, ' ');
}

/* One line of a row; blanks are put before what follows them, so that no line ends with any. */
static void
put_line(const struct cs_sheet *sheet, struct reading *cell, unsigned nth, struct cs_text *out)
{
	unsigned blanks = 0;
	for (unsigned i = 0; i < sheet->n; i++) {
		const struct cs_sheet_column *column = &sheet->column[i];
		if (!column->used)
			continue;
		struct piece piece = piece_of(&cell[i], column, nth);
		unsigned rest = column->width > piece.width ? column->width - piece.width : 0;
		blanks += column->number ? rest : 0;
		if (piece.to > piece.from.at) {
			put_blanks(out, blanks);
			blanks = 0;
			put_piece(out, &piece);
		}
		blanks += (column->number ? 0 : rest) + GAP;
	}
	cs_text_put_char(out, '\n');
}

static bool
goes_on(const struct cs_sheet *sheet, const struct reading *cell)
{
	for (unsigned i = 0; i < sheet->n; i++)
		if (sheet->column[i].used && cell[i].at < cell[i].text.len)
			return true;
	return false;
}

void
cs_sheet_put_row(const struct cs_sheet *sheet, const struct cs_span *cell, struct cs_text *out)
{
	struct reading reading[CS_SHEET_COLUMNS_MAX];
	for (unsigned i = 0; i < sheet->n; i++)
		reading[i] = reading_of(cell[i]);
	put_line(sheet, reading, 0, out);
	for (unsigned nth = 1; nth < CS_SHEET_LINES_MAX && goes_on(sheet, reading); nth++)
		put_line(sheet, reading, nth, out);
}

void
cs_sheet_put_titles(const struct cs_sheet *sheet, struct cs_text *out)
{
	struct cs_span title[CS_SHEET_COLUMNS_MAX];
	for (unsigned i = 0; i < sheet->n; i++)
		title[i] = cs_span_text(sheet->column[i].title);
	cs_sheet_put_row(sheet, title, out);
}
