/*
 * The block `screen`: which cells of which rows are held against which watch lists, and what follows.
 *
 * What follows when a list is not there has no default: it is for the bank to say whether such payments wait. Names of lists are
 * looked up when all is read, in check_screen.c.
 */
#include "base/error.h"
#include "policy/sketch.h"

enum { LINE_DEFAULT = 500 };

static const struct cs_span nothing = {(const uint8_t *)"", 0};

static const char *const words[CS_SCREEN_HOWS] = {
	[CS_SCREEN_NAMES] = "names",
	[CS_SCREEN_TEXT] = "text",
	[CS_SCREEN_IDENTIFIERS] = "identifiers",
};

const char *
cs_screen_how_word(enum cs_screen_how how)
{
	CS_ASSERT((unsigned)how < CS_SCREEN_HOWS);
	return words[how];
}

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	if (sketch && sketch->screen_n == CS_SCREENS_MAX)
		return cs_block_full(reader, header,
				     "screen {1} is one too many: a policy has at most 16; leave one out");
	struct cs_sketch_screen *screen = cs_sketch_take(reader, sizeof *screen);
	if (!sketch || !screen)
		return NULL;
	sketch->screen[sketch->screen_n++] = screen;
	screen->made.name = cs_reader_copy(reader, header->name);
	screen->made.title = header->title;
	screen->made.place = header->place;
	screen->made.line = LINE_DEFAULT;
	return screen;
}

static bool
read_of(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_sketch_read_of(reader, &((struct cs_sketch_screen *)block)->of);
}

/* "43" characters 1..22 */
static bool
read_characters(struct cs_reader *reader, struct cs_screen_cell *cell)
{
	static const struct cs_number bounds = {"a position", 1, 999};
	struct cs_lexeme range;
	struct cs_place place = reader->now.place;
	uint32_t first = 0, last = 0;
	if (!cs_reader_accept_word(reader, "characters"))
		return true;
	if (!cs_reader_number(reader, &bounds, &first) || !cs_reader_need(reader, CS_LEX_RANGE, "\"..\"", &range) ||
	    !cs_reader_number(reader, &bounds, &last))
		return false;
	if (last < first)
		return cs_reader_say(reader, place,
				     "these positions hold nothing; write: names of \"43\" characters 1..22", nothing);
	cell->first = (uint16_t)first;
	cell->last = (uint16_t)last;
	return true;
}

/* names of "PAYEE", "PAYER" */
static bool
read_cells(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_screen_clause *made = &((struct cs_sketch_screen *)block)->made;
	((struct cs_sketch_screen *)block)->looks = true;
	if (!cs_reader_need_word(reader, "of"))
		return false;
	do {
		if (made->cell_n == CS_SCREEN_CELLS_MAX)
			return cs_reader_say(reader, reader->now.place,
					     "a screen looks at 16 columns at most; make it two screens", nothing);
		struct cs_screen_cell *cell = &made->cell[made->cell_n];
		cell->place = reader->now.place;
		if (!cs_reader_string(reader, "the name of a column between \" and \"", &cell->name) ||
		    !read_characters(reader, cell))
			return false;
		cell->how = (uint8_t)clause->detail;
		made->cell_n++;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

static bool
read_against(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_sketch_screen *screen = block;
	struct cs_lexeme name;
	(void)clause;
	do {
		struct cs_place place = reader->now.place;
		if (!cs_reader_need(reader, CS_LEX_WORD, "the name of a watch list", &name))
			return false;
		if (screen->against_n == CS_LISTS_MAX)
			return cs_reader_say(reader, place, "this is one list too many: a policy has 32", nothing);
		screen->against[screen->against_n++] = (struct cs_named){name.text, name.place};
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

static bool
read_line(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	static const struct cs_number bounds = {"a score", 1, 999};
	uint32_t line = 0;
	(void)clause;
	if (!cs_reader_number(reader, &bounds, &line))
		return false;
	((struct cs_sketch_screen *)block)->made.line = (uint16_t)line;
	return true;
}

static bool
read_otherwise(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_outcome(reader, &((struct cs_sketch_screen *)block)->made.otherwise);
}

static bool
read_without(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_outcome(reader, &((struct cs_sketch_screen *)block)->made.without);
}

static bool
read_decisions(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_string(reader, "the name of a file between \" and \"",
				&((struct cs_sketch_screen *)block)->made.decisions);
}

static void
close_screen(struct cs_reader *reader, void *block)
{
	const struct cs_sketch_screen *screen = block;
	reader->form = "names of \"PAYEE\", \"PAYER\"";
	if (!screen->looks)
		(void)cs_reader_say(reader, screen->made.place, "screen {1} looks at nothing; write: {2}",
				    cs_span_text(screen->made.name ? screen->made.name : ""));
}

static const struct cs_clause clauses[] = {
	{"of", "of record on payments where kind = \"payment\"", CS_CLAUSE_REQUIRED, read_of, 0},
	{"names", "names of \"PAYEE\", \"PAYER\"", CS_CLAUSE_REPEATS, read_cells, CS_SCREEN_NAMES},
	{"text", "text of \"REMITTANCE\"", CS_CLAUSE_REPEATS, read_cells, CS_SCREEN_TEXT},
	{"identifiers", "identifiers of \"ACCOUNT\", \"BIC\"", CS_CLAUSE_REPEATS, read_cells, CS_SCREEN_IDENTIFIERS},
	{"against", "against ofac, un", CS_CLAUSE_REQUIRED, read_against, 0},
	{"line", "line 500", 0, read_line, 0},
	{"otherwise", "otherwise hold critical", CS_CLAUSE_REQUIRED, read_otherwise, 0},
	{"without", "without hold high", CS_CLAUSE_REQUIRED, read_without, 0},
	{"decisions", "decisions \"decisions.jsonl\"", 0, read_decisions, 0},
};

const struct cs_block cs_parse_screen = {
	"screen", "screen sanctions \"title\" {",
	open,     close_screen,
	clauses,  sizeof clauses / sizeof clauses[0],
	NULL,     NULL,
	NULL,     NULL,
};
