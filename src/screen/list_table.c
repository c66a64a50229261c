/*
 * Lists that are one table of CSV with a line of headers: the UK's, OpenSanctions' and one's own.
 *
 * A mapping says what each column holds. Rows with the same identifier are one entry, wherever they stand: a first pass notes
 * where each row begins and sorts by identifier, the second reads them in the order in which the entries first appear. A row
 * without one is an entry of its own, called by its name. Cells of all columns but names and identifiers of the entry may hold several
 * values, between ";" or "|", or "(1) ... (2) ...".
 */
#include "base/glyph.h"
#include "base/hash.h"
#include "screen/list_parts.h"

#include <stdlib.h>

enum { HEADER_ROWS_MAX = 4, NAME_PARTS_MAX = 8, HEADER_SHOWN_MAX = 64 };

struct column {
	const char *header;
	uint8_t column;
};

static const struct column uk[] = {
#define C(header, symbol)                                                                                              \
	{                                                                                                              \
		header, CS_WATCH_LIST_COLUMN_##symbol                                                                  \
	}
	C("Unique ID", UID),
	C("Group ID", UID),
	C("Name 1", GIVEN),
	C("Name 2", GIVEN),
	C("Name 3", GIVEN),
	C("Name 4", GIVEN),
	C("Name 5", GIVEN),
	C("Name 6", FAMILY),
	C("Name type", NAME_KIND),
	C("Alias Type", NAME_KIND),
	C("Alias strength", NAME_QUALITY),
	C("Alias Quality", NAME_QUALITY),
	C("Name Non-Latin Script", ORIGINAL),
	C("Regime Name", PROGRAMME),
	C("Regime", PROGRAMME),
	C("Individual, Entity, Ship", KIND),
	C("Designation Type", KIND),
	C("Group Type", KIND),
	C("D.O.B", BIRTH),
	C("DOB", BIRTH),
	C("Nationality(/ies)", COUNTRY),
	C("Nationality", COUNTRY),
	C("Current believed flag of ship", COUNTRY),
	C("National Identifier number", NATIONAL),
	C("National Identification Number", NATIONAL),
	C("Passport number", PASSPORT),
	C("Gender", GENDER),
	C("Town of birth", PLACE),
	C("Country of birth", BIRTH_COUNTRY),
	C("Business registration number (s)", REGISTRATION),
	C("IMO number", IMO),
	{NULL, 0},
};

static const struct column opensanctions[] = {
	C("id", UID),
	C("schema", KIND),
	C("name", NAME),
	C("aliases", ALIAS),
	C("birth_date", BIRTH),
	C("countries", COUNTRY),
	C("identifiers", OTHER_ID),
	C("program_ids", PROGRAMME),
	C("sanctions", PROGRAMME),
	{NULL, 0},
};

static const struct column own[] = {
#define X(symbol, word) C(word, symbol),
#include "screen/list_column.def"
#undef X
	{NULL, 0},
};
#undef C

struct row {
	uint64_t key;
	size_t at;
	uint64_t line;
	size_t first; /* where the first row of its entry begins */
};

struct table {
	struct cs_list_made *made;
	struct cs_list_csv csv;
	uint8_t column[CS_WATCH_LIST_COLUMNS_MAX];
	unsigned column_n;
	unsigned mapped_n, lacks_n; /* columns of the mapping: in the row just read; in the one that `lacks` is about */
	struct cs_watch_list_fault lacks;
	struct row *row;
	size_t row_n, row_cap;
};

/* What is not typed in a list of one's own is told from how it looks. */
static enum cs_entry_id_kind
look(struct cs_span text, enum cs_entry_kind party)
{
	if (party == CS_ENTRY_WALLET)
		return CS_ENTRY_ID_WALLET;
	return cs_list_text_starts(text, "IMO") ? CS_ENTRY_ID_IMO : CS_ENTRY_ID_OTHER;
}

static enum cs_entry_id_kind
id_of(unsigned column)
{
	static const uint8_t kinds[CS_WATCH_LIST_COLUMNS] = {
		[CS_WATCH_LIST_COLUMN_BIC] = CS_ENTRY_ID_BIC,
		[CS_WATCH_LIST_COLUMN_LEI] = CS_ENTRY_ID_LEI,
		[CS_WATCH_LIST_COLUMN_PASSPORT] = CS_ENTRY_ID_PASSPORT,
		[CS_WATCH_LIST_COLUMN_NATIONAL] = CS_ENTRY_ID_NATIONAL,
		[CS_WATCH_LIST_COLUMN_TAX] = CS_ENTRY_ID_TAX,
		[CS_WATCH_LIST_COLUMN_REGISTRATION] = CS_ENTRY_ID_REGISTRATION,
		[CS_WATCH_LIST_COLUMN_IMO] = CS_ENTRY_ID_IMO,
		[CS_WATCH_LIST_COLUMN_MMSI] = CS_ENTRY_ID_MMSI,
		[CS_WATCH_LIST_COLUMN_CALL_SIGN] = CS_ENTRY_ID_CALL_SIGN,
		[CS_WATCH_LIST_COLUMN_TAIL] = CS_ENTRY_ID_TAIL,
		[CS_WATCH_LIST_COLUMN_ACCOUNT] = CS_ENTRY_ID_ACCOUNT,
		[CS_WATCH_LIST_COLUMN_WALLET] = CS_ENTRY_ID_WALLET,
	};
	return (enum cs_entry_id_kind)kinds[column];
}

static void
take_id(struct cs_list_made *made, unsigned column, struct cs_span text)
{
	enum cs_entry_id_kind kind = id_of(column);
	if (column == CS_WATCH_LIST_COLUMN_OTHER_ID)
		kind = look(text, (enum cs_entry_kind)made->entry.kind);
	const uint8_t *bracket = text.len ? memchr(text.at, '(', text.len) : NULL;
	uint16_t country = 0;
	if (bracket && bracket > text.at) { /* "3520025 (Pakistani)" */
		size_t n = (size_t)(bracket - text.at);
		struct cs_span inside = {bracket + 1, text.len - n - 1};
		if (inside.len && inside.at[inside.len - 1] == ')')
			inside.len--;
		country = cs_list_place_country(inside);
		text.len = n;
	}
	if (kind == CS_ENTRY_ID_IMO && cs_list_text_starts(text, "IMO"))
		text = cs_list_text_trim((struct cs_span){text.at + 3, text.len - 3});
	cs_list_made_id(made, kind, text, country);
}

static void
take_value(struct cs_list_made *made, unsigned column, struct cs_span text)
{
	switch (column) {
	case CS_WATCH_LIST_COLUMN_ALIAS:
		cs_list_made_name(made, text, CS_ENTRY_ALIAS);
		return;
	case CS_WATCH_LIST_COLUMN_WEAK:
		cs_list_made_name(made, text, CS_ENTRY_WEAK);
		return;
	case CS_WATCH_LIST_COLUMN_FORMER:
		cs_list_made_name(made, text, CS_ENTRY_FORMER);
		return;
	case CS_WATCH_LIST_COLUMN_ORIGINAL:
		cs_list_made_name(made, text, CS_ENTRY_ORIGINAL);
		return;
	case CS_WATCH_LIST_COLUMN_BIRTH:
		cs_list_made_birth(made, text);
		return;
	case CS_WATCH_LIST_COLUMN_COUNTRY:
		cs_list_made_country(made, text);
		return;
	case CS_WATCH_LIST_COLUMN_PROGRAMME:
		cs_list_made_programme(made, text);
		return;
	case CS_WATCH_LIST_COLUMN_GENDER:
		cs_list_made_gender(made, text);
		return;
	default:
		take_id(made, column, text);
	}
}

/* The next value of a cell; "(1)" and the like separate too. */
static bool
cut_value(struct cs_span *rest, struct cs_span *part)
{
	size_t n = 0;
	if (rest->len == 0)
		return false;
	while (n < rest->len && rest->at[n] != ';' && rest->at[n] != '|') {
		bool numbered = rest->at[n] == '(' && rest->len - n >= 3 && rest->at[n + 1] >= '1' &&
				rest->at[n + 1] <= '9' && rest->at[n + 2] == ')';
		if (numbered)
			break;
		n++;
	}
	*part = cs_list_text_trim((struct cs_span){rest->at, n});
	size_t gone = n == rest->len ? n : rest->at[n] == '(' ? n + 3 : n + 1;
	*rest = (struct cs_span){rest->at + gone, rest->len - gone};
	return true;
}

/* The first cell of a column that is not empty. */
static struct cs_span
cell_of(const struct table *table, unsigned column)
{
	for (unsigned i = 0; i < table->column_n && i < table->csv.cell_n; i++) {
		struct cs_span text = cs_list_text_trim(table->csv.cell[i]);
		if (table->column[i] == column && text.len)
			return text;
	}
	return (struct cs_span){NULL, 0};
}

/* The name of a row: one cell, or the given names and then the family's. */
static struct cs_span
name_of(const struct table *table)
{
	struct cs_span name = cell_of(table, CS_WATCH_LIST_COLUMN_NAME), part[NAME_PARTS_MAX];
	unsigned n = 0;
	if (name.len)
		return name;
	for (unsigned i = 0; i < table->column_n && i < table->csv.cell_n && n < NAME_PARTS_MAX - 1; i++)
		if (table->column[i] == CS_WATCH_LIST_COLUMN_GIVEN)
			part[n++] = table->csv.cell[i];
	part[n++] = cell_of(table, CS_WATCH_LIST_COLUMN_FAMILY);
	return cs_list_made_joined(table->made, part, n, " ");
}

static enum cs_entry_name_kind
name_kind(const struct table *table)
{
	struct cs_span kind = cell_of(table, CS_WATCH_LIST_COLUMN_NAME_KIND);
	struct cs_span quality = cell_of(table, CS_WATCH_LIST_COLUMN_NAME_QUALITY);
	if (cs_list_text_starts(quality, "low") || cs_list_text_starts(quality, "weak") ||
	    cs_list_text_starts(kind, "weak"))
		return CS_ENTRY_WEAK;
	if (cs_list_text_starts(kind, "fka") || cs_list_text_starts(kind, "f.k.a") ||
	    cs_list_text_starts(kind, "former"))
		return CS_ENTRY_FORMER;
	bool alias = cs_list_text_starts(kind, "alias") || cs_list_text_starts(kind, "aka") ||
		     cs_list_text_starts(kind, "a.k.a") || cs_list_text_same(kind, "prime alias") ||
		     cs_list_text_starts(kind, "primary name variation");
	return alias ? CS_ENTRY_ALIAS : CS_ENTRY_PRIMARY;
}

static void
take_place(const struct table *table)
{
	struct cs_span parts[] = {cell_of(table, CS_WATCH_LIST_COLUMN_PLACE),
				  cell_of(table, CS_WATCH_LIST_COLUMN_BIRTH_COUNTRY)};
	cs_list_made_place(table->made, cs_list_made_joined(table->made, parts, 2, ", "));
}

static bool
holds_many(unsigned column)
{
	return column >= CS_WATCH_LIST_COLUMN_ALIAS && column != CS_WATCH_LIST_COLUMN_PLACE &&
	       column != CS_WATCH_LIST_COLUMN_BIRTH_COUNTRY;
}

static void
take_row(const struct table *table)
{
	struct cs_list_made *made = table->made;
	cs_list_made_name(made, name_of(table), name_kind(table));
	take_place(table);
	for (unsigned i = 0; i < table->column_n && i < table->csv.cell_n; i++) {
		struct cs_span rest = table->csv.cell[i], part;
		while (holds_many(table->column[i]) && cut_value(&rest, &part))
			if (part.len)
				take_value(made, table->column[i], part);
	}
}

static uint8_t
column_named(const struct column *known, struct cs_span header)
{
	header = cs_list_text_trim(header);
	for (; known->header; known++)
		if (cs_list_text_same(header, known->header))
			return known->column;
	return CS_WATCH_LIST_COLUMN_NONE;
}

static uint8_t
column_mapped(const struct cs_watch_list_map *map, struct cs_span header)
{
	header = cs_list_text_trim(header);
	for (unsigned i = 0; i < map->n; i++) {
		struct cs_span text = map->at[i].header;
		if (text.len == header.len &&
		    strncasecmp((const char *)text.at, (const char *)header.at, text.len) == 0)
			return map->at[i].column;
	}
	return CS_WATCH_LIST_COLUMN_NONE;
}

/* The first column of the mapping that the row just read does not have, and how many it has; MAP->n: it has all. */
static unsigned
find_lacking(struct table *table, const struct cs_watch_list_map *map)
{
	unsigned lacking = map->n;
	table->mapped_n = 0;
	for (unsigned i = 0; i < map->n; i++) {
		struct cs_span want = map->at[i].header;
		bool found = false;
		for (unsigned k = 0; k < table->csv.cell_n && !found; k++) {
			struct cs_span cell = cs_list_text_trim(table->csv.cell[k]);
			found = cell.len == want.len &&
				strncasecmp((const char *)cell.at, (const char *)want.at, want.len) == 0;
		}
		table->mapped_n += found;
		if (!found && lacking == map->n)
			lacking = i;
	}
	return lacking;
}

/* A header, or the beginning of a long one, whole characters of it. */
static void
put_header(struct cs_text *text, struct cs_span header)
{
	size_t len = header.len < HEADER_SHOWN_MAX ? header.len : HEADER_SHOWN_MAX;
	while (len < header.len && len && (header.at[len] & 0xC0) == 0x80)
		len--;
	cs_glyph_put_all(text, (struct cs_span){header.at, len});
	cs_text_put(text, len < header.len ? "..." : "");
}

/* Says which column of the mapping the row just read does not have, and which it has: as many as there is room for. */
static void
say_lacking(struct table *table, struct cs_span lacking)
{
	enum { ONE_BYTES = HEADER_SHOWN_MAX * 16 };
	char one[ONE_BYTES], *lacks = table->made->report->lacks;
	struct cs_text text = cs_text_over(lacks, CS_WATCH_LIST_LACKS_MAX);
	cs_text_put(&text, "the header line has no column \"");
	put_header(&text, lacking);
	cs_text_put(&text, "\" that the mapping names; it has ");
	for (unsigned i = 0; i < table->csv.cell_n; i++) {
		struct cs_text header = cs_text_over(one, sizeof one);
		put_header(&header, cs_list_text_trim(table->csv.cell[i]));
		cs_text_put(&text, i ? ", " : "");
		if (text.len + header.len + sizeof ", ..." > CS_WATCH_LIST_LACKS_MAX) {
			cs_text_put(&text, "...");
			break;
		}
		cs_text_put(&text, one);
	}
}

/* Whether each column that the mapping names is in the row just read. What is said, when none of the rows has them all, is of the one that
 * has the most. */
static bool
has_mapped(struct table *table, const struct cs_watch_list_map *map)
{
	unsigned lacking = find_lacking(table, map);
	bool nearest = table->made->report->lacks[0] == '\0' || table->mapped_n > table->lacks_n;
	if (lacking < map->n && nearest) {
		table->lacks_n = table->mapped_n;
		table->lacks = (struct cs_watch_list_fault){0, table->csv.row_line, table->csv.row_at,
							    table->made->report->lacks};
		say_lacking(table, map->at[lacking].header);
	}
	return lacking == map->n;
}

static bool
is_mapped(const struct table *table, const struct cs_watch_list_source *source)
{
	return table->made->report->format == CS_WATCH_LIST_CSV && source->map;
}

/* Whether the row just read is the line of headers. */
static bool
read_header(struct table *table, const struct cs_watch_list_source *source)
{
	enum cs_watch_list_format format = table->made->report->format;
	const struct column *known = format == CS_WATCH_LIST_UK              ? uk
				     : format == CS_WATCH_LIST_OPENSANCTIONS ? opensanctions
									     : own;
	bool mapped = is_mapped(table, source), named = false;
	table->column_n = table->csv.cell_n;
	for (unsigned i = 0; i < table->column_n; i++) {
		struct cs_span header = table->csv.cell[i];
		unsigned column = mapped ? column_mapped(source->map, header) : column_named(known, header);
		table->column[i] = (uint8_t)column;
		named = named || column == CS_WATCH_LIST_COLUMN_NAME || column == CS_WATCH_LIST_COLUMN_FAMILY ||
			column == CS_WATCH_LIST_COLUMN_WALLET;
	}
	return mapped ? has_mapped(table, source->map) : named;
}

/* The date of a list that says it in front of its headers: "Last Updated,27/04/2020" or "Report Date: 13-May-2026". */
static void
take_date(struct table *table)
{
	struct cs_watch_list_report *report = table->made->report;
	struct cs_span first = cs_list_text_trim(table->csv.cell[0]), date = {NULL, 0};
	struct cs_text text = cs_text_over(report->date, sizeof report->date);
	if (cs_list_text_starts(first, "Report Date:"))
		date = (struct cs_span){first.at + 12, first.len - 12};
	else if (cs_list_text_starts(first, "Last Updated") && table->csv.cell_n > 1)
		date = table->csv.cell[1];
	if (date.len)
		cs_text_put_span(&text, cs_list_text_trim(date));
}

static char
separator_of(struct cs_span file)
{
	static const char any[] = ",;\t";
	size_t most = 0;
	char best = ',';
	for (const char *c = any; *c; c++) {
		size_t n = 0;
		for (size_t i = 0; i < file.len && file.at[i] != '\n'; i++)
			n += file.at[i] == (uint8_t)*c;
		if (n > most)
			most = n, best = *c;
	}
	return best;
}

static enum cs_error
find_header(struct table *table, const struct cs_watch_list_source *source)
{
	struct cs_watch_list_report *report = table->made->report;
	if (report->format == CS_WATCH_LIST_CSV)
		table->csv.separator = separator_of(source->file[0]);
	for (unsigned i = 0; i < HEADER_ROWS_MAX; i++) {
		enum cs_list_csv_row row = cs_list_csv_next(&table->csv, report);
		if (row == CS_LIST_CSV_BAD) {
			cs_list_csv_fault(&table->csv, report, table->csv.why);
			return CS_E_FORMAT;
		}
		if (row != CS_LIST_CSV_ROW)
			break;
		report->row_n--;
		if (read_header(table, source))
			return CS_OK;
		take_date(table);
	}
	bool mapped = is_mapped(table, source);
	struct cs_watch_list_fault fault = {
		0, 1, 0,
		mapped ? "there is no header line in it"
		       : "its first lines name no column that holds names: say which do with a mapping"};
	cs_watch_list_fault_put(report, report->lacks[0] ? table->lacks : fault);
	report->unmapped = report->format == CS_WATCH_LIST_CSV && !mapped;
	return CS_E_FORMAT;
}

static bool
keep_row(struct table *table)
{
	if (table->row_n == table->row_cap) {
		size_t cap = table->row_cap ? table->row_cap * 2 : 1024;
		struct row *grown = realloc(table->row, cap * sizeof *grown);
		if (!grown)
			return false;
		table->row = grown;
		table->row_cap = cap;
	}
	struct cs_span uid = cell_of(table, CS_WATCH_LIST_COLUMN_UID);
	uint64_t key = uid.len ? cs_hash_bytes(uid, 0) : table->csv.row_at;
	table->row[table->row_n++] = (struct row){key, table->csv.row_at, table->csv.row_line, 0};
	return true;
}

static int
by_key(const void *a, const void *b)
{
	const struct row *left = a, *right = b;
	if (left->key != right->key)
		return left->key < right->key ? -1 : 1;
	return (left->at > right->at) - (left->at < right->at);
}

static int
by_first(const void *a, const void *b)
{
	const struct row *left = a, *right = b;
	if (left->first != right->first)
		return left->first < right->first ? -1 : 1;
	return (left->at > right->at) - (left->at < right->at);
}

static void
sort_rows(struct table *table)
{
	if (table->row_n == 0)
		return;
	qsort(table->row, table->row_n, sizeof *table->row, by_key);
	for (size_t i = 0; i < table->row_n; i++) {
		struct row *row = &table->row[i];
		bool same = i > 0 && row[-1].key == row->key;
		row->first = same ? row[-1].first : row->at;
	}
	qsort(table->row, table->row_n, sizeof *table->row, by_first);
}

static enum cs_error
note_rows(struct table *table)
{
	struct cs_watch_list_report *report = table->made->report;
	enum cs_list_csv_row row;
	while ((row = cs_list_csv_next(&table->csv, report)) != CS_LIST_CSV_END) {
		if (row == CS_LIST_CSV_BAD)
			cs_list_csv_fault(&table->csv, report, table->csv.why);
		else if (table->csv.cell_n != table->column_n)
			cs_list_csv_fault(&table->csv, report, "the row has not as many cells as the line of headers");
		else if (!keep_row(table))
			return CS_E_MEMORY;
	}
	return CS_OK;
}

/* Ends the entry whose last row is LAST: that is where it is said to be wrong. */
static void
end_entry(struct table *table, const struct row *last)
{
	if (cs_list_made_end(table->made))
		return;
	table->csv.row_at = last->at;
	table->csv.row_line = last->line;
	cs_list_csv_fault(&table->csv, table->made->report, "the entry has neither a name nor an identifier");
}

/* The identifier of the row that is being read; without one its name. */
static struct cs_span
uid_of(const struct table *table)
{
	struct cs_span uid = cell_of(table, CS_WATCH_LIST_COLUMN_UID);
	return uid.len ? uid : name_of(table);
}

static enum cs_error
take_rows(struct table *table)
{
	struct cs_watch_list_report again = {0};
	for (size_t i = 0; i < table->row_n; i++) {
		const struct row *row = &table->row[i];
		table->csv.at = row->at;
		table->csv.line = row->line;
		(void)cs_list_csv_next(&table->csv, &again);
		struct cs_span uid = uid_of(table);
		bool same = i > 0 && row[-1].first == row->first && cs_span_equal(uid, table->made->entry.uid);
		if (!same) {
			enum cs_entry_kind kind = cs_list_kind_entry(cell_of(table, CS_WATCH_LIST_COLUMN_KIND));
			if (i > 0)
				end_entry(table, row - 1);
			CS_TRY(table->made->error);
			cs_list_made_begin(table->made, uid_of(table), kind == CS_ENTRY_KINDS ? CS_ENTRY_OTHER : kind);
		}
		take_row(table);
	}
	if (table->row_n)
		end_entry(table, &table->row[table->row_n - 1]);
	return table->made->error;
}

static enum cs_error
read_all(struct table *table, const struct cs_watch_list_source *source)
{
	CS_TRY(find_header(table, source));
	CS_TRY(note_rows(table));
	sort_rows(table);
	return take_rows(table);
}

enum cs_error
cs_list_table_read(const struct cs_watch_list_source *source, struct cs_list_made *made)
{
	struct table *table = calloc(1, sizeof *table);
	enum cs_error error = CS_E_MEMORY;
	if (table && cs_list_csv_open(&table->csv, source->file[0], 0)) {
		table->made = made;
		error = read_all(table, source);
		cs_list_csv_close(&table->csv);
		free(table->row);
	}
	free(table);
	return error;
}
