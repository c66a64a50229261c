/*
 * Screens: their lists are found by name, and the cells they read become columns of their records.
 *
 * Invariant: a cell that two screens read is one column. A column of this sort fills no field of an event.
 */
#include "policy/check_screen.h"

#include "base/error.h"
#include "policy/sketch.h"

enum { ELEMENTS = 192 };

static const char *
watched_name(const void *table, unsigned i)
{
	const struct cs_sketch *sketch = table;
	return i < sketch->watched_n ? sketch->watched[i].name : NULL;
}

static bool
is_of_keys(const struct cs_sketch *sketch, struct cs_span name)
{
	for (unsigned i = 0; i < sketch->list_n; i++)
		if (sketch->list[i].name && cs_span_is(name, sketch->list[i].name))
			return true;
	return false;
}

static bool
find_list(struct cs_reader *reader, const struct cs_named *name, struct cs_screen_clause *made)
{
	const struct cs_sketch *sketch = reader->sketch;
	for (unsigned i = 0; i < sketch->watched_n; i++) {
		if (!sketch->watched[i].name || !cs_span_is(name->text, sketch->watched[i].name))
			continue;
		made->lists |= UINT32_C(1) << i;
		return true;
	}
	reader->form = "list ofac { source \"sdn.csv\" format ofac stale 48h }";
	if (is_of_keys(sketch, name->text))
		return cs_reader_say(reader, name->place,
				     "{1} is a list of keys, and names are held against watch lists; write: {2}",
				     name->text);
	if (!sketch->watched_n)
		return cs_reader_say(reader, name->place, "there is no watch list {1}; write: {2}", name->text);
	cs_complain_unknown(reader->complaints, name->place, "watch list", name->text,
			    (struct cs_words){watched_name, sketch});
	return false;
}

/* The number of the column for CELL of ROW, which has room for it; it is added if there is none. */
static unsigned
column_for(struct cs_row_clause *row, struct cs_column_clause *columns, const char *cell)
{
	for (unsigned i = 0; i < row->column_n; i++)
		if (columns[i].what == CS_COLUMN_CELL && strcmp(columns[i].column, cell) == 0)
			return i;
	columns[row->column_n] = (struct cs_column_clause){.column = cell, .what = CS_COLUMN_CELL, .field = CS_FIELD_N};
	return row->column_n++;
}

static bool
add_columns(struct cs_reader *reader, struct cs_screen_clause *made, unsigned nth)
{
	struct cs_link *link = &reader->policy->link[made->of[nth].link];
	struct cs_row_clause *row = cs_sketch_take(reader, sizeof *row);
	struct cs_column_clause *columns =
		cs_sketch_take(reader, (link->row->column_n + CS_SCREEN_CELLS_MAX) * sizeof *columns);
	if (!row || !columns)
		return false;
	*row = *link->row;
	memcpy(columns, link->row->column, row->column_n * sizeof *columns);
	row->column = columns;
	for (unsigned i = 0; i < made->cell_n; i++)
		made->column[nth][i] = (uint16_t)column_for(row, columns, made->cell[i].name);
	if (row->column_n > CS_COLUMNS_MAX)
		return cs_reader_say(
			reader, made->place,
			"a record of screen {1} has no room for its columns: 48 with those of screens; leave some out",
			cs_span_text(made->name));
	link->row = row;
	return true;
}

/* What says who somebody is, and never a card number: institutions, acceptors, accounts, the transaction in words. */
static bool
is_of_somebody(const char *path)
{
	static const unsigned elements[] = {32, 33, 41, 42, 43, 100, 102, 103, 104};
	unsigned element = 0;
	for (; *path >= '0' && *path <= '9' && element < ELEMENTS; path++)
		element = element * 10 + (unsigned)(*path - '0');
	for (unsigned i = 0; i < sizeof elements / sizeof elements[0]; i++)
		if (elements[i] == element)
			return *path == '\0' || *path == '.';
	return false;
}

static void
check_elements(struct cs_reader *reader, const struct cs_screen_clause *made)
{
	for (unsigned i = 0; i < made->cell_n; i++)
		if (!is_of_somebody(made->cell[i].name))
			(void)cs_reader_say(
				reader, made->cell[i].place,
				"of messages of a link a screen reads 32, 33, 41, 42, 43, 100, 102, 103 and 104 "
				"alone; write: names of \"43\" characters 1..22",
				cs_span_text(""));
}

static void
check_characters(struct cs_reader *reader, const struct cs_screen_clause *made)
{
	for (unsigned i = 0; i < made->cell_n; i++)
		if (made->cell[i].first)
			(void)cs_reader_say(
				reader, made->cell[i].place,
				"a column is read whole, and characters are for data elements of a link; leave "
				"them out",
				cs_span_text(""));
}

static bool
check_selector(struct cs_reader *reader, struct cs_screen_clause *made, unsigned nth)
{
	const struct cs_selector *selector = &made->of[nth];
	const struct cs_link *link = &reader->policy->link[selector->link];
	if (!link->row == (selector->kinds == 1U << CS_KIND_RECORD))
		return cs_reader_say(reader, selector->place,
				     link->row ? "{1} is a record; write: record on {1}"
					       : "{1} is a link; write: card.request on {1}",
				     cs_span_text(link->name));
	if (!link->row) {
		check_elements(reader, made);
		return true;
	}
	check_characters(reader, made);
	return add_columns(reader, made, nth);
}

static void
check_of(struct cs_reader *reader, const struct cs_sketch_of *of, struct cs_screen_clause *made)
{
	CS_ASSERT(of->n <= CS_SCREEN_OF_MAX);
	for (unsigned i = 0; i < of->n; i++) {
		made->of[i] = of->at[i];
		made->of_n = i + 1;
		if (!check_selector(reader, made, i))
			return;
	}
}

void
cs_check_screens(struct cs_reader *reader)
{
	struct cs_sketch *sketch = reader->sketch;
	if (!sketch || !sketch->screen_n)
		return;
	struct cs_screen_clause *screens = cs_sketch_take(reader, sketch->screen_n * sizeof *screens);
	if (!screens)
		return;
	for (unsigned i = 0; i < sketch->screen_n; i++) {
		struct cs_sketch_screen *screen = sketch->screen[i];
		for (unsigned k = 0; k < i; k++)
			if (strcmp(sketch->screen[k]->made.name, screen->made.name) == 0)
				(void)cs_reader_say(reader, screen->made.place,
						    "there are two screens {1}; give one another name",
						    cs_span_text(screen->made.name));
		for (unsigned k = 0; k < screen->against_n; k++)
			(void)find_list(reader, &screen->against[k], &screen->made);
		check_of(reader, &screen->of, &screen->made);
		screens[i] = screen->made;
	}
	reader->policy->screen = screens;
	reader->policy->screen_n = sketch->screen_n;
}
