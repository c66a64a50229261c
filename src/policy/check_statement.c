/*
 * Statements: their record gets the columns that tell a page from an entry, its balances, its number.
 *
 * Balances take the place of the settlement and the billing amount, what a row is that of flags: neither has another use where
 * rows are statements. Numbers take text fields like names of records' own, and may be used by their names.
 */
#include "policy/behave.h"
#include "policy/check_record.h"
#include "policy/condition.h"
#include "policy/sketch.h"

static const char *const page_values[] = {"statement"};
static const char *const entry_values[] = {"entry"};
static const char *const debit_values[] = {"debit"};
static const char *const yes_values[] = {"yes"};
static const char *const no_values[] = {"no"};

static const struct {
	const char *column;
	uint32_t flag;
	const char *const *value;
} flags[] = {
	{"kind", CS_FLAG_PAGE, page_values},   {"kind", CS_FLAG_ENTRY, entry_values},
	{"side", CS_FLAG_DEBIT, debit_values}, {"first", CS_FLAG_FIRST, yes_values},
	{"last", CS_FLAG_LAST, yes_values},    {"balanced", CS_FLAG_UNBALANCED, no_values},
};

static const struct {
	const char *column;
	enum cs_field field;
} balances[] = {{"opening", CS_FIELD_SETTLEMENT}, {"closing", CS_FIELD_BILLING}};

static const char *const numbers[] = {"statement", "page", "entries"};

enum {
	FLAG_N = sizeof flags / sizeof flags[0],
	BALANCE_N = sizeof balances / sizeof balances[0],
	NUMBER_N = sizeof numbers / sizeof numbers[0],
	ADDED_MAX = FLAG_N + BALANCE_N + NUMBER_N
};

static const struct cs_column_clause *
column_of(const struct cs_row_clause *row, unsigned field)
{
	for (unsigned i = 0; i < row->column_n; i++)
		if (row->column[i].field == field && row->column[i].what != CS_COLUMN_FLAG)
			return &row->column[i];
	return NULL;
}

static bool
has_pages(const struct cs_row_clause *row)
{
	for (unsigned i = 0; i < row->column_n; i++)
		if (row->column[i].what == CS_COLUMN_FLAG && row->column[i].flag == CS_FLAG_PAGE)
			return true;
	return false;
}

static uint64_t
filled_by(const struct cs_policy *policy)
{
	uint64_t filled = 0;
	for (unsigned link = 0; link < policy->link_n; link++)
		for (unsigned i = 0; policy->link[link].row && i < policy->link[link].row->column_n; i++)
			if (policy->link[link].row->column[i].field < CS_FIELD_N)
				filled |= UINT64_C(1) << policy->link[link].row->column[i].field;
	return filled;
}

static void
add_flags(struct cs_column_clause *columns, unsigned *n)
{
	for (unsigned i = 0; i < FLAG_N; i++)
		columns[(*n)++] = (struct cs_column_clause){.column = flags[i].column,
							    .what = CS_COLUMN_FLAG,
							    .field = CS_FIELD_N,
							    .flag = flags[i].flag,
							    .value_n = 1,
							    .value = flags[i].value};
}

/* Of the amount's currency, and written as it is. */
static bool
add_balances(struct cs_reader *reader, const struct cs_statement *statement, struct cs_column_clause *columns,
	     unsigned *n)
{
	const struct cs_row_clause *row = reader->policy->link[statement->of.link].row;
	const struct cs_column_clause *amount = column_of(row, CS_FIELD_AMOUNT);
	for (unsigned i = 0; i < BALANCE_N; i++) {
		if (column_of(row, balances[i].field))
			return cs_reader_say(
				reader, statement->of.place,
				"{1} of this record is taken by a balance of its statements; leave it out there",
				cs_span_text(cs_field_info_of(balances[i].field)->name));
		columns[*n] = *amount;
		columns[*n].column = balances[i].column;
		columns[(*n)++].field = (uint8_t)balances[i].field;
	}
	return true;
}

static bool
add_numbers(struct cs_reader *reader, const struct cs_statement *statement, struct cs_column_clause *columns,
	    unsigned *n)
{
	const struct cs_row_clause *row = reader->policy->link[statement->of.link].row;
	for (unsigned i = 0; i < NUMBER_N; i++) {
		enum cs_field field = cs_sketch_place(reader, numbers[i], filled_by(reader->policy));
		if (field == CS_FIELD_N)
			return cs_reader_say(
				reader, statement->place,
				"statement {1} needs three names of records' own, and 14 are taken; leave some out",
				cs_span_text(statement->name));
		if (column_of(row, field))
			continue;
		columns[(*n)++] = (struct cs_column_clause){
			.column = numbers[i], .what = CS_COLUMN_TEXT, .field = (uint8_t)field};
	}
	return true;
}

static bool
complete_row(struct cs_reader *reader, const struct cs_statement *statement)
{
	struct cs_link *link = &reader->policy->link[statement->of.link];
	struct cs_row_clause *row = cs_sketch_take(reader, sizeof *row);
	struct cs_column_clause *columns = cs_sketch_take(reader, (link->row->column_n + ADDED_MAX) * sizeof *columns);
	unsigned n = link->row->column_n;
	if (!row || !columns)
		return false;
	memcpy(columns, link->row->column, n * sizeof *columns);
	add_flags(columns, &n);
	if (!add_balances(reader, statement, columns, &n) || !add_numbers(reader, statement, columns, &n))
		return false;
	if (n > CS_COLUMNS_MAX)
		return cs_reader_say(
			reader, statement->place,
			"the record of statement {1} has no room for its columns: 48 with 11 of these; leave some out",
			cs_span_text(statement->name));
	*row = *link->row;
	row->column = columns;
	row->column_n = n;
	link->row = row;
	return true;
}

static bool
find_calendar(struct cs_reader *reader, struct cs_statement *statement)
{
	if (!statement->calendar_name.len)
		return true;
	const struct cs_sketch *sketch = reader->sketch;
	statement->calendar = sketch ? cs_sketch_calendar_of(sketch, statement->calendar_name) : NULL;
	if (statement->calendar)
		return true;
	if (reader->limits_only) { /* nobody knows which days are free */
		statement->within_ns = 0;
		return true;
	}
	return cs_reader_say(reader, statement->calendar_place,
			     "there is no calendar {1}; write: calendar {1} { weekend saturday, sunday }",
			     statement->calendar_name);
}

static bool
check_statement(struct cs_reader *reader, struct cs_statement *statement)
{
	const struct cs_link *link = &reader->policy->link[statement->of.link];
	if (!link->row)
		return cs_reader_say(reader, statement->of.place,
				     "{1} is a link, and statements are rows of a record; name a record",
				     cs_span_text(link->name));
	unsigned all_n = reader->complaints->all_n;
	cs_check_record_field(reader, &statement->of, statement->by, statement->own);
	cs_check_record_field(reader, &statement->of, CS_FIELD_AMOUNT, false);
	for (uint64_t own = cs_condition_own(statement->of.where); own; own &= own - 1)
		cs_check_record_field(reader, &statement->of, (unsigned)__builtin_ctzll(own), true);
	if (reader->complaints->all_n != all_n || !find_calendar(reader, statement))
		return false;
	reader->policy->link[statement->of.link].judged = true;
	return has_pages(link->row) || complete_row(reader, statement);
}

void
cs_check_statements(struct cs_reader *reader)
{
	struct cs_policy *policy = reader->policy;
	for (unsigned i = 0; i < policy->statement_n; i++) {
		struct cs_statement *statement = &policy->statement[i];
		for (unsigned k = 0; k < i; k++)
			if (strcmp(policy->statement[k].name, statement->name) == 0)
				(void)cs_reader_say(reader, statement->place,
						    "there are two statements {1}; give one another name",
						    cs_span_text(statement->name));
		if (!check_statement(reader, statement))
			continue;
		statement->number = (uint8_t)cs_sketch_place(reader, numbers[0], 0);
		statement->page = (uint8_t)cs_sketch_place(reader, numbers[1], 0);
		statement->entries = (uint8_t)cs_sketch_place(reader, numbers[2], 0);
	}
}
