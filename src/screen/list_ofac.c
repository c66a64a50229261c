/*
 * OFAC's CSV: a main file of 12 cells a row, and beside it ALT (5), ADD (6) and COMMENTS (2), joined by the number in the first cell.
 *
 * Which file is which is told from the number of cells of its first row. Rows of the files beside are sorted by number first,
 * and only where they begin is kept. -0- is nothing. A first row that begins with letters is a line of headers somebody put
 * there. Addresses are counted and not taken: they are not screened against.
 */
#include "screen/list_parts.h"

#include <stdlib.h>

enum { MAIN, ALT, ADD, COMMENTS, NONE };

enum { UID, NAME, TYPE, PROGRAMME, TITLE, CALL_SIGN, VESSEL_TYPE, TONNAGE, GRT, FLAG, OWNER, REMARKS, MAIN_CELLS };

enum { ALT_TYPE = 2, ALT_NAME = 3 };

enum { AGAIN_MAX = 1 << 16 }; /* rows beside the main ones that are read for a second entry of their number, in all */

/* A row of a file beside the main one. */
struct beside {
	uint32_t uid;
	bool used;
	size_t at; /* in its file */
	uint64_t line;
};

struct ofac {
	struct cs_list_made *made;
	struct cs_list_csv csv[NONE];
	bool open[NONE];
	struct beside *row[NONE];
	size_t row_n[NONE], row_cap[NONE];
	size_t again_n; /* rows read for more than one entry */
};

unsigned
cs_list_ofac_role(struct cs_span file)
{
	struct cs_watch_list_report report = {0};
	struct cs_list_csv *csv = calloc(1, sizeof *csv);
	unsigned role = NONE;
	if (csv && cs_list_csv_open(csv, file, 0)) {
		uint32_t uid;
		bool row = cs_list_csv_next(csv, &report) == CS_LIST_CSV_ROW;
		bool number = row && cs_list_text_digits(cs_list_text_trim(csv->cell[0]), &uid);
		bool header = row && cs_list_text_starts(csv->cell[0], "ent_num");
		unsigned n = number || header ? csv->cell_n : 0;
		role = n == MAIN_CELLS ? MAIN : n == 5 ? ALT : n == 6 ? ADD : n == 2 ? COMMENTS : NONE;
		cs_list_csv_close(csv);
	}
	free(csv);
	return role;
}

static struct cs_span
cell(const struct cs_list_csv *csv, unsigned at)
{
	struct cs_span text = at < csv->cell_n ? cs_list_text_trim(csv->cell[at]) : (struct cs_span){NULL, 0};
	return cs_span_is(text, "-0-") ? (struct cs_span){NULL, 0} : text;
}

static bool
keep_row(struct ofac *ofac, unsigned role, uint32_t uid)
{
	const struct cs_list_csv *csv = &ofac->csv[role];
	if (ofac->row_n[role] == ofac->row_cap[role]) {
		size_t cap = ofac->row_cap[role] ? ofac->row_cap[role] * 2 : 1024;
		struct beside *grown = realloc(ofac->row[role], cap * sizeof *grown);
		if (!grown)
			return false;
		ofac->row[role] = grown;
		ofac->row_cap[role] = cap;
	}
	ofac->row[role][ofac->row_n[role]++] = (struct beside){uid, false, csv->row_at, csv->row_line};
	return true;
}

/* By number, and as they stand in the file where that is the same. */
static int
compare(const void *a, const void *b)
{
	const struct beside *left = a, *right = b;
	if (left->uid != right->uid)
		return left->uid < right->uid ? -1 : 1;
	return (left->at > right->at) - (left->at < right->at);
}

static const char wrong_cells[] = "the row has not as many cells as the others of its file";
static const char no_number[] = "the first cell is no number";

/* The next row of a file that has the right number of cells and begins with a number; faults are noted on the way. */
static bool
next_row(struct ofac *ofac, unsigned role, unsigned cells, uint32_t *uid)
{
	struct cs_list_csv *csv = &ofac->csv[role];
	struct cs_watch_list_report *report = ofac->made->report;
	enum cs_list_csv_row row;
	while ((row = cs_list_csv_next(csv, report)) != CS_LIST_CSV_END) {
		if (row == CS_LIST_CSV_BAD)
			cs_list_csv_fault(csv, report, csv->why);
		else if (csv->row_line == 1 && cs_list_text_starts(csv->cell[0], "ent_num"))
			report->row_n--;
		else if (csv->cell_n != cells)
			cs_list_csv_fault(csv, report, wrong_cells);
		else if (!cs_list_text_digits(cs_list_text_trim(csv->cell[0]), uid))
			cs_list_csv_fault(csv, report, no_number);
		else
			return true;
	}
	return false;
}

static enum cs_error
read_beside(struct ofac *ofac, unsigned role)
{
	static const unsigned cells[] = {MAIN_CELLS, 5, 6, 2};
	uint32_t uid;
	while (next_row(ofac, role, cells[role], &uid)) {
		if (role == ADD)
			ofac->made->report->other_n++;
		else if (!keep_row(ofac, role, uid))
			return CS_E_MEMORY;
	}
	if (ofac->row_n[role])
		qsort(ofac->row[role], ofac->row_n[role], sizeof *ofac->row[role], compare);
	return CS_OK;
}

/* Reads a kept row once more: line ends were counted the first time. */
static void
reread(struct ofac *ofac, unsigned role, struct beside *row)
{
	struct cs_watch_list_report again = {0};
	ofac->csv[role].at = row->at;
	ofac->csv[role].line = row->line;
	row->used = true;
	(void)cs_list_csv_next(&ofac->csv[role], &again);
}

static void
take_alias(struct cs_list_made *made, const struct cs_list_csv *csv)
{
	bool former = cs_list_text_same(cell(csv, ALT_TYPE), "fka");
	cs_list_made_name(made, cell(csv, ALT_NAME), former ? CS_ENTRY_FORMER : CS_ENTRY_ALIAS);
}

/* The first row of UID. */
static size_t
first_of(const struct ofac *ofac, unsigned role, uint32_t uid)
{
	size_t low = 0, high = ofac->row_n[role];
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (ofac->row[role][middle].uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* May a row be read? One number in many main rows and in many rows beside them would cost their product. */
static bool
may_read(struct ofac *ofac, const struct beside *row)
{
	if (row->used && ofac->again_n == AGAIN_MAX + 1)
		return false;
	ofac->again_n += row->used;
	if (ofac->again_n <= AGAIN_MAX)
		return true;
	cs_list_csv_fault(&ofac->csv[MAIN], ofac->made->report,
			  "rows of its number are read too often: this entry and the next such lack them");
	return false;
}

static void
take_beside(struct ofac *ofac, uint32_t uid)
{
	for (size_t i = first_of(ofac, ALT, uid); i < ofac->row_n[ALT] && ofac->row[ALT][i].uid == uid; i++) {
		if (!may_read(ofac, &ofac->row[ALT][i]))
			return;
		reread(ofac, ALT, &ofac->row[ALT][i]);
		take_alias(ofac->made, &ofac->csv[ALT]);
	}
}

/* The remarks with what is in COMMENTS behind them: the file cuts them off in the middle of a word. */
static struct cs_span
remarks(struct ofac *ofac, uint32_t uid)
{
	enum { PIECES = 8 };
	struct cs_span piece[PIECES];
	unsigned n = 0;
	size_t len = 0;
	const struct cs_list_csv *main = &ofac->csv[MAIN];
	if (cell(main, REMARKS).len) /* blanks count here */
		piece[n++] = main->cell[REMARKS];
	for (size_t i = first_of(ofac, COMMENTS, uid); i < ofac->row_n[COMMENTS] && ofac->row[COMMENTS][i].uid == uid;
	     i++) {
		if (!may_read(ofac, &ofac->row[COMMENTS][i]))
			break;
		reread(ofac, COMMENTS, &ofac->row[COMMENTS][i]);
		struct cs_span text = ofac->csv[COMMENTS].cell[1];
		uint8_t *copy = n < PIECES && text.len ? cs_list_room_take(&ofac->made->room, text.len) : NULL;
		if (!copy)
			continue;
		memcpy(copy, text.at, text.len);
		piece[n++] = (struct cs_span){copy, text.len};
	}
	for (unsigned i = 0; i < n; i++)
		len += piece[i].len;
	uint8_t *at = n > 1 ? cs_list_room_take(&ofac->made->room, len) : NULL;
	if (!at)
		return n ? piece[0] : (struct cs_span){NULL, 0};
	len = 0;
	for (unsigned i = 0; i < n; i++) {
		memcpy(at + len, piece[i].at, piece[i].len);
		len += piece[i].len;
	}
	return (struct cs_span){at, len};
}

static void
take_main(struct ofac *ofac, uint32_t uid)
{
	struct cs_list_made *made = ofac->made;
	const struct cs_list_csv *csv = &ofac->csv[MAIN];
	struct cs_span type = cs_list_text_trim(csv->cell[TYPE]), programmes = cell(csv, PROGRAMME), part;
	enum cs_entry_kind kind = cs_list_kind_entry(type);
	cs_list_made_begin(made, cs_list_text_trim(csv->cell[UID]),
			   kind == CS_ENTRY_KINDS ? CS_ENTRY_ORGANISATION : kind);
	cs_list_made_name(made, cell(csv, NAME), CS_ENTRY_PRIMARY);
	take_beside(ofac, uid);
	while (cs_list_text_cut(&programmes, "[];", &part))
		cs_list_made_programme(made, part);
	if (kind == CS_ENTRY_VESSEL) {
		cs_list_made_id(made, CS_ENTRY_ID_CALL_SIGN, cell(csv, CALL_SIGN), 0);
		cs_list_made_country(made, cell(csv, FLAG));
	}
	cs_list_remark_read(made, remarks(ofac, uid));
	if (!cs_list_made_end(made))
		cs_list_csv_fault(csv, made->report, "the entry has neither a name nor an identifier");
}

static void
count_loose(const struct ofac *ofac)
{
	for (unsigned role = ALT; role < NONE; role++)
		for (size_t i = 0; i < ofac->row_n[role]; i++)
			ofac->made->report->loose_n += !ofac->row[role][i].used;
}

static enum cs_error
open_files(struct ofac *ofac, const struct cs_watch_list_source *source)
{
	for (unsigned i = 0; i < source->file_n; i++) {
		unsigned role = cs_list_ofac_role(source->file[i]);
		struct cs_watch_list_fault fault = {i, 1, 0,
						    "this is none of OFAC's files, or a second of the same sort"};
		if (role == NONE || ofac->open[role]) {
			cs_watch_list_fault_put(ofac->made->report, fault);
			return CS_E_FORMAT;
		}
		if (!cs_list_csv_open(&ofac->csv[role], source->file[i], i))
			return CS_E_MEMORY;
		ofac->open[role] = true;
	}
	if (ofac->open[MAIN])
		return CS_OK;
	cs_watch_list_fault_put(
		ofac->made->report,
		(struct cs_watch_list_fault){0, 1, 0, "OFAC's main file is missing: its rows have 12 cells"});
	return CS_E_FORMAT;
}

static enum cs_error
read_all(struct ofac *ofac, const struct cs_watch_list_source *source)
{
	uint32_t uid;
	CS_TRY(open_files(ofac, source));
	for (unsigned role = ALT; role < NONE; role++)
		if (ofac->open[role])
			CS_TRY(read_beside(ofac, role));
	while (next_row(ofac, MAIN, MAIN_CELLS, &uid)) {
		take_main(ofac, uid);
		CS_TRY(ofac->made->error);
	}
	count_loose(ofac);
	return CS_OK;
}

enum cs_error
cs_list_ofac_read(const struct cs_watch_list_source *source, struct cs_list_made *made)
{
	struct ofac *ofac = calloc(1, sizeof *ofac);
	if (!ofac)
		return CS_E_MEMORY;
	ofac->made = made;
	enum cs_error error = read_all(ofac, source);
	for (unsigned role = MAIN; role < NONE; role++) {
		cs_list_csv_close(&ofac->csv[role]);
		free(ofac->row[role]);
	}
	free(ofac);
	return error;
}
