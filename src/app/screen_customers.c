/*
 * Customers by the house's reader of rows (decode/row.h): its limits and its complaints are theirs. Which of the columns a CSV has
 * is looked up in its header line first, so that only the name must be there.
 */
#include "app/screen_customers.h"

#include "app/command.h"
#include "app/screen_call.h"
#include "app/screen_test.h"
#include "base/glyph.h"
#include "decode/row.h"
#include "event/country.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { CHUNK_BYTES = 1 << 18, COLUMN_BYTES = 128 };
enum { COLUMN_NAME, COLUMN_ID, COLUMN_TYPE, COLUMN_BORN, COLUMN_COUNTRY, COLUMN_GENDER, COLUMNS };

static const char *const words[COLUMNS] = {"name", "id", "type", "born", "country", "gender"};

struct cs_screen_customers {
	int file;
	enum cs_born_order dates;
	uint64_t size, got;
	struct cs_rows *rows;
	struct cs_row_plan plan;
	struct cs_row_column column[COLUMNS];
	char called[COLUMNS][COLUMN_BYTES];
	bool told[COLUMNS];
	int place[COLUMNS]; /* in the plan; -1: the file has no such column */
	struct cs_event event;
	size_t first_n;
	bool ended;
	bool lacks;  /* a column that must be there */
	bool looked; /* at the first row, which is to be given yet: */
	enum cs_error ahead_error;
	struct cs_screen_customer ahead;
	uint8_t chunk[CHUNK_BYTES], first[CHUNK_BYTES];
};

static int
say(const char *path, const char *what, int status)
{
	(void)fprintf(stderr, "countersign screen: %s: %s\n", path, what);
	return status;
}

/* ---- which columns there are ---- */

static bool
take_columns(struct cs_screen_customers *customers, const char *told)
{
	for (unsigned i = 0; i < COLUMNS; i++)
		memcpy(customers->called[i], words[i], strlen(words[i]) + 1);
	while (told && *told) {
		const char *equals = strchr(told, '='), *comma = strchr(told, ',');
		const char *end = comma ? comma : told + strlen(told);
		unsigned i = 0;
		if (!equals || equals > end || equals + 1 == end || end - equals > COLUMN_BYTES)
			return false;
		while (i < COLUMNS && (strlen(words[i]) != (size_t)(equals - told) ||
				       memcmp(words[i], told, (size_t)(equals - told)) != 0))
			i++;
		if (i == COLUMNS)
			return false;
		memcpy(customers->called[i], equals + 1, (size_t)(end - equals - 1));
		customers->called[i][end - equals - 1] = '\0';
		customers->told[i] = true;
		told = comma ? comma + 1 : end;
	}
	return true;
}

static bool
is_called(struct cs_span cell, const char *name)
{
	if (cell.len != strlen(name))
		return false;
	for (size_t i = 0; i < cell.len; i++) {
		uint8_t a = cell.at[i], b = (uint8_t)name[i];
		a |= a >= 'A' && a <= 'Z' ? 0x20 : 0;
		b |= b >= 'A' && b <= 'Z' ? 0x20 : 0;
		if (a != b)
			return false;
	}
	return true;
}

/* A cell of the header line: kept as it is spelled there when it is one that is looked for. */
static void
see_cell(struct cs_screen_customers *customers, struct cs_span cell, bool found[COLUMNS])
{
	if (cell.len >= 2 && cell.at[0] == '"' && cell.at[cell.len - 1] == '"')
		cell = (struct cs_span){cell.at + 1, cell.len - 2};
	for (unsigned i = 0; i < COLUMNS && cell.len < COLUMN_BYTES; i++) {
		if (found[i] || !is_called(cell, customers->called[i]))
			continue;
		memcpy(customers->called[i], cell.at, cell.len);
		found[i] = true;
	}
}

static char
separator_of(struct cs_span line)
{
	static const char tried[] = ",;\t|";
	size_t most = 0;
	char best = ',';
	for (unsigned t = 0; tried[t]; t++) {
		size_t n = 0;
		for (size_t i = 0; i < line.len; i++)
			n += line.at[i] == (uint8_t)tried[t];
		if (n > most) {
			most = n;
			best = tried[t];
		}
	}
	return best;
}

static void
see_header(struct cs_screen_customers *customers, struct cs_span line, bool found[COLUMNS])
{
	size_t from = 0;
	bool quoted = false;
	customers->plan.separator = separator_of(line);
	for (size_t i = 0; i <= line.len; i++) {
		quoted ^= i < line.len && line.at[i] == '"';
		if (i < line.len && (quoted || line.at[i] != (uint8_t)customers->plan.separator))
			continue;
		see_cell(customers, (struct cs_span){line.at + from, i - from}, found);
		from = i + 1;
	}
}

static void
make_plan(struct cs_screen_customers *customers)
{
	struct cs_span line = {customers->first, customers->first_n};
	bool found[COLUMNS] = {0}, wide = cs_glyph_wide(line) != NULL; /* the reader of rows says so */
	if (line.len >= 3 && memcmp(line.at, "\xef\xbb\xbf", 3) == 0)
		line = (struct cs_span){line.at + 3, line.len - 3};
	bool json = line.len && line.at[0] == '{' && !wide;
	const uint8_t *end = line.len ? memchr(line.at, '\n', line.len) : NULL;
	line.len = end ? (size_t)(end - line.at) : line.len;
	line.len -= line.len && line.at[line.len - 1] == '\r';
	customers->plan.form = json ? CS_ROW_JSON : CS_ROW_CSV;
	customers->plan.separator = ',';
	customers->plan.column = customers->column;
	if (!json)
		see_header(customers, line, found);
	for (unsigned i = 0; i < COLUMNS; i++) {
		customers->place[i] = -1;
		if (i != COLUMN_NAME && !json && !found[i] && !customers->told[i])
			continue;
		customers->place[i] = (int)customers->plan.column_n;
		customers->column[customers->plan.column_n++] =
			(struct cs_row_column){.name = customers->called[i], .what = CS_ROW_CELL};
	}
}

/* Reads the first row, so that a file whose header line is wrong is refused before anything is written. */
static int
look_ahead(struct cs_screen_customers *customers, const char *path)
{
	enum cs_error error = cs_screen_customers_next(customers, &customers->ahead);
	customers->ahead_error = error;
	customers->looked = true;
	if (error == CS_OK || error == CS_END)
		return CS_EXIT_RAN;
	if (error != CS_E_SYNTAX)
		return say(path, cs_file_error_text(error), CS_EXIT_INPUT);
	(void)say(path, customers->ahead.why, CS_EXIT_USAGE);
	if (!customers->lacks)
		return CS_EXIT_USAGE;
	return say(path, "--columns name=HEADING,id=HEADING says what its columns are called", CS_EXIT_USAGE);
}

int
cs_screen_customers_open(const struct cs_screen_call *call, struct cs_screen_customers **out)
{
	const char *path = call->file, *columns = call->columns;
	struct cs_screen_customers *customers = calloc(1, sizeof *customers);
	*out = customers;
	if (!customers)
		return say(path, "out of memory", CS_EXIT_INPUT);
	customers->file = -1;
	customers->dates = call->dates;
	if (!take_columns(customers, columns))
		return say(columns,
			   "--columns is like name=Full name,id=Number, of name, id, type, born, country, gender",
			   CS_EXIT_USAGE);
	enum cs_error error = cs_file_open_read(path, &customers->file);
	for (size_t got = 1; error == CS_OK && got && customers->first_n < CHUNK_BYTES; customers->first_n += got)
		error = cs_file_read_some(customers->file, customers->first + customers->first_n,
					  CHUNK_BYTES - customers->first_n, &got);
	if (error != CS_OK)
		return say(path, cs_file_error_text(error), CS_EXIT_INPUT);
	customers->size = cs_file_size(customers->file);
	make_plan(customers);
	customers->rows = cs_rows_new(&customers->plan);
	if (!customers->rows)
		return say(path, "out of memory", CS_EXIT_INPUT);
	customers->got = customers->first_n;
	cs_rows_feed(customers->rows, (struct cs_span){customers->first, customers->first_n}, !customers->first_n);
	customers->ended = !customers->first_n;
	return look_ahead(customers, path);
}

void
cs_screen_customers_close(struct cs_screen_customers *customers)
{
	if (!customers)
		return;
	cs_file_close(customers->file);
	cs_rows_free(customers->rows);
	free(customers);
}

/* ---- rows ---- */

static struct cs_span
trim(struct cs_span span)
{
	while (span.len && span.at[0] <= ' ')
		span = (struct cs_span){span.at + 1, span.len - 1};
	while (span.len && span.at[span.len - 1] <= ' ')
		span.len--;
	return span;
}

static struct cs_span
cell_of(const struct cs_screen_customers *customers, unsigned column)
{
	int place = customers->place[column];
	return place < 0 ? (struct cs_span){NULL, 0} : trim(cs_rows_cell(customers->rows, (unsigned)place));
}

static bool
take_type(struct cs_span text, enum cs_name_kind *out)
{
	static const struct {
		const char *word;
		enum cs_name_kind kind;
	} also[] = {{"individual", CS_NAME_PERSON},
		    {"organization", CS_NAME_ORGANISATION},
		    {"company", CS_NAME_ORGANISATION},
		    {"ship", CS_NAME_VESSEL}};
	for (unsigned i = 0; i < sizeof also / sizeof *also; i++)
		if (is_called(text, also[i].word)) {
			*out = also[i].kind;
			return true;
		}
	return cs_screen_kind(text, out);
}

static void
take_facts(const struct cs_screen_customers *customers, struct cs_screen_customer *out)
{
	struct cs_span type = cell_of(customers, COLUMN_TYPE), born = cell_of(customers, COLUMN_BORN);
	struct cs_span country = cell_of(customers, COLUMN_COUNTRY), gender = cell_of(customers, COLUMN_GENDER);
	struct cs_screen_party *party = &out->party;
	if (type.len && !take_type(type, &party->kind))
		out->wrong_n++;
	if (born.len && cs_born_read(born, customers->dates, &party->facts) != CS_BORN_READ)
		out->wrong_n++;
	const struct cs_country *found = country.len ? cs_country_by_code(country) : NULL;
	party->facts.country = found ? found->number : 0;
	out->wrong_n += country.len && !found;
	char letter = gender.len ? (char)(gender.at[0] | 0x20) : 0;
	bool good = gender.len && (gender.len == 1 || is_called(gender, "male") || is_called(gender, "female")) &&
		    (letter == 'm' || letter == 'f');
	party->facts.gender = good ? letter : 0;
	out->wrong_n += gender.len && !good;
}

static void
take_party(const struct cs_screen_customers *customers, struct cs_screen_customer *out)
{
	struct cs_text why = cs_text_over(out->why, sizeof out->why);
	out->line = customers->event.origin.packet;
	out->party.name = cell_of(customers, COLUMN_NAME);
	out->party.id = cell_of(customers, COLUMN_ID);
	take_facts(customers, out);
	if (!out->party.name.len)
		cs_text_put(&why, "there is no name");
}

static enum cs_error
feed(struct cs_screen_customers *customers)
{
	size_t got = 0;
	if (customers->ended)
		return CS_END;
	CS_TRY(cs_file_read_some(customers->file, customers->chunk, sizeof customers->chunk, &got));
	customers->got += got;
	customers->ended = !got;
	cs_rows_feed(customers->rows, (struct cs_span){customers->chunk, got}, !got);
	return CS_OK;
}

enum cs_error
cs_screen_customers_next(struct cs_screen_customers *customers, struct cs_screen_customer *out)
{
	struct cs_row_fault fault;
	if (customers->looked) {
		*out = customers->ahead;
		customers->looked = false;
		return customers->ahead_error;
	}
	*out = (struct cs_screen_customer){0};
	for (;;) {
		enum cs_error error = cs_rows_next(customers->rows, &customers->event, &fault);
		if (error == CS_OK) {
			take_party(customers, out);
			return CS_OK;
		}
		if (error == CS_AGAIN) {
			CS_TRY(feed(customers));
			continue;
		}
		struct cs_text why = cs_text_over(out->why, sizeof out->why);
		cs_text_put(&why, fault.column ? fault.column : "");
		cs_text_put(&why, fault.column ? ": " : "");
		cs_text_put(&why, fault.words);
		out->line = fault.line;
		customers->lacks = error == CS_E_SYNTAX && fault.column;
		return error == CS_E_FORMAT ? CS_OK : error;
	}
}

struct cs_digest
cs_screen_customers_mark(const struct cs_screen_customers *customers, struct cs_hasher *hasher)
{
	cs_hasher_begin(hasher);
	cs_hasher_add(hasher, &customers->size, sizeof customers->size);
	cs_hasher_add(hasher, customers->first, customers->first_n);
	return cs_hasher_end(hasher);
}

void
cs_screen_customers_place(const struct cs_screen_customers *customers, uint64_t *done, uint64_t *all)
{
	*done = customers->got;
	*all = customers->size;
}
