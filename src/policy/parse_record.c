/*
 * The block `record`: a link whose messages are rows of a file, and which column fills which field.
 *
 * Names of a record's own are given the text fields that records have no other use for, in order; two records that use a
 * name mean the same by it. Whether the columns are there is asked by who reads the file.
 */
#include "base/error.h"
#include "base/name.h"
#include "policy/sketch.h"

static const struct cs_span nothing = {(const uint8_t *)"", 0};

static const struct flag {
	const char *name;
	uint32_t flag;
} flags[] = {
	{"approved", CS_FLAG_APPROVED}, {"partial", CS_FLAG_PARTIAL}, {"repeat", CS_FLAG_REPEAT}, {"pin", CS_FLAG_PIN},
	{"arqc", CS_FLAG_ARQC},         {"arpc", CS_FLAG_ARPC},       {"fraud", CS_FLAG_FRAUD},
};

static const uint64_t late_max_ns = 30 * UINT64_C(86400000000000);

enum { RECORDS_DEFAULT = 131072, LATENESS_DEFAULT_S = 60 };
enum { FLAG_N = sizeof flags / sizeof flags[0], VALUES_MAX = 16, COLUMN_MAX_BYTES = 63 };

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_policy *policy = reader->policy;
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	if (policy->link_n == CS_LINKS_MAX)
		return cs_block_full(reader, header,
				     "record {1} is one too many: a policy has at most 32 links and records; split it");
	struct cs_row_clause *row = cs_sketch_take(reader, sizeof *row);
	if (!sketch || !row)
		return NULL;
	struct cs_link *link = &policy->link[policy->link_n++];
	link->name = cs_reader_copy(reader, header->name);
	link->place = header->place;
	link->side = CS_SIDE_N;
	link->answer = (struct cs_rung){2, {CS_FIELD_STAN, CS_FIELD_TERMINAL}};
	link->row = row;
	link->transactions_cap = RECORDS_DEFAULT;
	link->lateness_ns = LATENESS_DEFAULT_S * UINT64_C(1000000000);
	sketch->record = (struct cs_sketch_record){.link = link, .row = {.separator = ','}};
	return &sketch->record;
}

static bool
read_source(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_sketch_record *record = block;
	static const char *const forms[] = {[CS_SOURCE_JSON] = "jsonl",
					    [CS_SOURCE_MT] = "mt",
					    [CS_SOURCE_STATEMENT] = "statement",
					    [CS_SOURCE_MX] = "mx"};
	struct cs_lexeme text;
	(void)clause;
	for (unsigned i = CS_SOURCE_JSON; i < sizeof forms / sizeof forms[0]; i++) {
		if (!cs_reader_accept_word(reader, forms[i]))
			continue;
		record->row.form = (uint8_t)i;
		if (i != CS_SOURCE_MT || !cs_reader_accept_word(reader, "lau"))
			return true;
		reader->form = "source mt lau \"lau.keys\"";
		return cs_reader_string(reader, "the name of a file of keys between \" and \"", &record->row.lau);
	}
	if (!cs_reader_accept_word(reader, "csv"))
		return cs_reader_expected(reader, "\"csv\", \"jsonl\", \"mt\", \"statement\" or \"mx\"");
	if (!cs_reader_accept_word(reader, "separator"))
		return true;
	if (!cs_reader_need(reader, CS_LEX_STRING, "one character between \" and \"", &text))
		return false;
	if (text.text.len != 1 || text.text.at[0] >= 0x80)
		return cs_reader_say(reader, text.place,
				     "\"{1}\" is not one character; write: source csv separator \";\"", text.text);
	record->row.separator = (char)text.text.at[0];
	return true;
}

/* A column by its name; NULL after a complaint. */
static struct cs_column_clause *
add_column(struct cs_reader *reader, struct cs_sketch_record *record)
{
	struct cs_lexeme name;
	if (!cs_reader_need(reader, CS_LEX_STRING, "the name of a column between \" and \"", &name))
		return NULL;
	if (name.text.len == 0 || name.text.len > COLUMN_MAX_BYTES) {
		(void)cs_reader_say(reader, name.place, "a column's name has 1 to 63 characters; write: {2}", nothing);
		return NULL;
	}
	if (record->row.column_n == CS_COLUMNS_MAX) {
		(void)cs_reader_say(reader, name.place, "\"{1}\" is one too many: a record has at most 48 columns",
				    name.text);
		return NULL;
	}
	struct cs_column_clause *column = &record->column[record->row.column_n++];
	*column = (struct cs_column_clause){.field = CS_FIELD_N};
	column->column = cs_reader_copy(reader, name.text);
	return column->column ? column : NULL;
}

static bool
read_time(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	static const char *const clocks[] = {"seconds", "milliseconds", "nanoseconds", "rfc3339"};
	struct cs_column_clause *column;
	struct cs_lexeme since;
	(void)clause;
	((struct cs_sketch_record *)block)->timed = true;
	if (!cs_reader_need_word(reader, "from") || !(column = add_column(reader, block)))
		return false;
	column->what = CS_COLUMN_TIME;
	column->clock = CS_CLOCK_RFC3339;
	for (unsigned i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
		if (!cs_reader_accept_word(reader, clocks[i]))
			continue;
		column->clock = (uint8_t)i;
		break;
	}
	if (column->clock == CS_CLOCK_RFC3339 || !cs_reader_accept_word(reader, "since"))
		return true;
	if (!cs_reader_need(reader, CS_LEX_DATE, "a day", &since))
		return false;
	column->since_ns = since.number;
	return true;
}

/* "a", "b" as the values of COLUMN; up to the sign behind them. */
static bool
read_values(struct cs_reader *reader, struct cs_column_clause *column)
{
	const char **values = cs_sketch_take(reader, VALUES_MAX * sizeof *values);
	if (!values)
		return false;
	do {
		struct cs_place place = reader->now.place;
		if (column->value_n == VALUES_MAX)
			return cs_reader_say(reader, place, "this is one text too many: 16 can be compared", nothing);
		if (!cs_reader_string(reader, "a text between \" and \"", &values[column->value_n]))
			return false;
		column->value_n++;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	column->value = values;
	return true;
}

/* words "PAY", "REMIT": which of them stands in the column */
static bool
read_words(struct cs_reader *reader, struct cs_column_clause *column)
{
	struct cs_place place = reader->now.place;
	reader->form = "field asks text from \"NOTE\" words \"PAY\", \"REMIT\"";
	if (!read_values(reader, column))
		return false;
	for (unsigned i = 0; i < column->value_n; i++) {
		struct cs_span word = cs_span_text(column->value[i]);
		size_t n = 0;
		while (n < word.len &&
		       ((word.at[n] >= 'A' && word.at[n] <= 'Z') || (word.at[n] >= '0' && word.at[n] <= '9')))
			n++;
		if (n == 0 || n < word.len || n > CS_SHORT_BYTES)
			return cs_reader_say(
				reader, place,
				"\"{1}\" is no word of 1 to 16 capitals and digits; write: words \"PAY\", \"REMIT\"",
				word);
	}
	return true;
}

/* characters FIRST..LAST, counted from 1; or short, as MT writes what is too long for it */
static bool
read_characters(struct cs_reader *reader, struct cs_column_clause *column)
{
	static const struct cs_number bounds = {"a position", 1, 999};
	struct cs_place place = reader->now.place;
	struct cs_lexeme range;
	uint32_t first, last;
	column->shorten = cs_reader_accept_word(reader, "short");
	if (column->shorten || !cs_reader_accept_word(reader, "characters"))
		return true;
	reader->form = "terminal from \"TERMINAL\" characters 1..8";
	if (!cs_reader_number(reader, &bounds, &first) || !cs_reader_need(reader, CS_LEX_RANGE, "\"..\"", &range) ||
	    !cs_reader_number(reader, &bounds, &last))
		return false;
	if (last < first || last - first >= CS_SHORT_BYTES)
		return cs_reader_say(
			reader, place,
			"these positions hold nothing, or more than the 16 characters a field keeps; write: "
			"{2}",
			nothing);
	column->first = (uint16_t)first;
	column->last = (uint16_t)last;
	return true;
}

static bool
read_id(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_column_clause *column;
	(void)clause;
	if (!cs_reader_need_word(reader, "from") || !(column = add_column(reader, block)))
		return false;
	column->what = CS_COLUMN_TEXT;
	column->field = CS_FIELD_RRN;
	return read_characters(reader, column);
}

/* minor EUR, major in "CURRENCY" */
static bool
read_money(struct cs_reader *reader, struct cs_column_clause *column)
{
	reader->form = "amount from \"AMOUNT\" minor EUR";
	column->what = CS_COLUMN_MONEY;
	column->minor = cs_reader_accept_word(reader, "minor");
	if (!column->minor && !cs_reader_accept_word(reader, "major"))
		return cs_reader_expected(reader, "\"minor\" (cents) or \"major\" (euros)");
	if (cs_reader_accept_word(reader, "in"))
		return cs_reader_string(reader, "the name of a column between \" and \"", &column->currency_column);
	if (!cs_reader_currency(reader, &column->currency))
		return false;
	cs_sketch_see(reader->sketch, column->currency);
	return true;
}

static bool
read_field(struct cs_reader *reader, struct cs_sketch_record *record)
{
	enum cs_field field;
	struct cs_place place;
	struct cs_column_clause *column;
	reader->form = "terminal from \"TERMINAL\"";
	if (!cs_reader_field(reader, &field, &place) || !cs_reader_need_word(reader, "from"))
		return false;
	enum cs_field_type type = cs_field_info_of(field)->type;
	struct cs_span name = cs_span_text(cs_field_info_of(field)->name);
	if (type != CS_TYPE_TEXT && type != CS_TYPE_MONEY && type != CS_TYPE_CARD)
		return cs_reader_say(reader, place, "{1} comes from other fields and cannot be mapped; leave it out",
				     name);
	if (cs_sketch_spare(field))
		return cs_reader_say(reader, place,
				     "records have no {1}; give it a name of its own, as in: field note text from "
				     "\"NOTE\"",
				     name);
	for (unsigned i = 0; i < record->row.column_n; i++)
		if (record->column[i].field == field)
			return cs_reader_say(reader, place, "{1} is filled already; leave one of the two out", name);
	if (!(column = add_column(reader, record)))
		return false;
	column->field = (uint8_t)field;
	column->what = type == CS_TYPE_CARD ? CS_COLUMN_CARD : CS_COLUMN_TEXT;
	return type == CS_TYPE_MONEY ? read_money(reader, column) : read_characters(reader, column);
}

/* The field behind a name of the record's own; CS_FIELD_N after a complaint. */
static enum cs_field
extra_of(struct cs_reader *reader, const struct cs_lexeme *name, uint8_t type)
{
	struct cs_sketch *sketch = reader->sketch;
	unsigned at = cs_sketch_extra(sketch, name->text);
	if (at < sketch->extra_n && sketch->extra[at].type == type)
		return (enum cs_field)sketch->extra[at].field;
	if (at < sketch->extra_n) {
		(void)cs_reader_say(reader, name->place,
				    "{1} is of another type in another record; write the same type in both",
				    name->text);
		return CS_FIELD_N;
	}
	if (!reader->full)
		(void)cs_reader_say(reader, name->place,
				    "{1} is one too many: records have at most 15 names of their own", name->text);
	return CS_FIELD_N;
}

static bool
is_word(struct cs_span name)
{
	for (unsigned i = 0; cs_condition_word(i); i++)
		if (cs_span_is(name, cs_condition_word(i)))
			return true;
	return cs_span_is(name, "now") || cs_span_is(name, "all") || cs_field_by_name(name) != CS_FIELD_N;
}

/* field action text from "ACTION" */
static bool
read_extra(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_sketch_record *record = block;
	struct cs_column_clause *column;
	struct cs_lexeme name;
	(void)clause;
	if (!cs_reader_need(reader, CS_LEX_WORD, "a name", &name))
		return false;
	bool number = cs_reader_accept_word(reader, "number"), token = false;
	if (!number)
		token = cs_reader_accept_word(reader, "token");
	if (!number && !token && !cs_reader_accept_word(reader, "text"))
		return cs_reader_expected(reader, "text, number or token");
	if (is_word(name.text))
		return cs_reader_say(reader, name.place, "{1} is a word of the language; give this field another name",
				     name.text);
	enum cs_field field = extra_of(reader, &name, number ? CS_VALUE_NUMBER : CS_VALUE_TEXT);
	if (field == CS_FIELD_N || !cs_reader_need_word(reader, "from"))
		return false;
	for (unsigned i = 0; i < record->row.column_n; i++)
		if (record->column[i].field == field)
			return cs_reader_say(reader, name.place, "{1} is filled already; leave one of the two out",
					     name.text);
	if (!(column = add_column(reader, record)))
		return false;
	column->what = CS_COLUMN_TEXT;
	column->field = (uint8_t)field;
	column->token = token;
	if (!token && !number && cs_reader_accept_word(reader, "words"))
		return read_words(reader, column);
	return token || read_characters(reader, column);
}

static const char *
flag_name(const void *table, unsigned i)
{
	(void)table;
	return i < FLAG_N ? flags[i].name : NULL;
}

/* fraud when "is_fraud" = "1" */
static bool
read_flag(struct cs_reader *reader, struct cs_sketch_record *record)
{
	struct cs_lexeme word = cs_reader_next(reader), paren;
	struct cs_column_clause *column;
	unsigned flag = cs_name_find(&flags[0].name, sizeof flags[0], FLAG_N, word.text);
	reader->form = "fraud when \"is_fraud\" = \"1\"";
	if (flag == FLAG_N) {
		cs_complain_unknown(reader->complaints, word.place, "flag", word.text,
				    (struct cs_words){flag_name, NULL});
		return false;
	}
	if (!cs_reader_need_word(reader, "when") || !(column = add_column(reader, record)))
		return false;
	column->what = CS_COLUMN_FLAG;
	column->flag = flags[flag].flag;
	if (cs_reader_accept(reader, CS_LEX_EQUAL))
		return read_values(reader, column);
	if (!cs_reader_accept_word(reader, "in"))
		return cs_reader_expected(reader, "\"=\" or \"in\"");
	reader->form = "approved when \"STATUS\" in (\"OK\", \"PART\")";
	return cs_reader_need(reader, CS_LEX_PAREN_OPEN, "\"(\"", &paren) && read_values(reader, column) &&
	       cs_reader_need(reader, CS_LEX_PAREN_CLOSE, "\",\" or \")\"", &paren);
}

/* keep 200000 records */
static bool
read_keep(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	static const struct cs_number bounds = {"a number of records", 1024, 1U << 28};
	(void)clause;
	return cs_reader_number(reader, &bounds, &((struct cs_sketch_record *)block)->link->transactions_cap) &&
	       cs_reader_need_word(reader, "records");
}

static bool
read_whole(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)reader;
	(void)clause;
	((struct cs_sketch_record *)block)->link->whole = true;
	return true;
}

static bool
read_lateness(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_duration(reader, late_max_ns, &((struct cs_sketch_record *)block)->link->lateness_ns);
}

static bool
at_column(const struct cs_reader *reader)
{
	struct cs_lexer ahead = reader->lexer;
	if (!cs_reader_at(reader, CS_LEX_WORD))
		return false;
	struct cs_lexeme next = cs_lexer_next(&ahead);
	return next.kind == CS_LEX_WORD && (cs_span_is(next.text, "from") || cs_span_is(next.text, "when"));
}

static bool
read_column(struct cs_reader *reader, void *block)
{
	struct cs_lexer ahead = reader->lexer;
	bool flag = cs_span_is(cs_lexer_next(&ahead).text, "when");
	return (flag ? read_flag : read_field)(reader, block);
}

static bool
read_approves(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_sketch_record *record = block;
	struct cs_place place = reader->now.place;
	(void)clause;
	unsigned code = 0;
	while (code < record->row.column_n && record->column[code].field != CS_FIELD_RESPONSE_CODE)
		code++;
	reader->form = "response_code from \"RC\"  approves \"00\", \"10\"";
	if (code == record->row.column_n)
		return cs_reader_say(reader, place, "which column has the response code? say it before; write: {2}",
				     nothing);
	if (record->row.column_n == CS_COLUMNS_MAX)
		return cs_reader_say(reader, place, "this is one column too many: a record has at most 48", nothing);
	struct cs_column_clause *column = &record->column[record->row.column_n++];
	*column = (struct cs_column_clause){.column = record->column[code].column,
					    .what = CS_COLUMN_FLAG,
					    .field = CS_FIELD_N,
					    .flag = CS_FLAG_APPROVED};
	return read_values(reader, column);
}

/* Messages tell their time by themselves, unless another cell is said to have it. */
static void
complete_time(struct cs_reader *reader, struct cs_sketch_record *record)
{
	if (record->timed)
		return;
	reader->form = "time from \"TIME\" seconds since 2018-04-01";
	if (record->row.form < CS_SOURCE_MT)
		(void)cs_reader_say(reader, record->link->place, "record {1} lacks \"time\"; write: {2}",
				    cs_span_text(record->link->name));
	else if (record->row.column_n < CS_COLUMNS_MAX)
		record->column[record->row.column_n++] = (struct cs_column_clause){
			.column = "time", .what = CS_COLUMN_TIME, .field = CS_FIELD_N, .clock = CS_CLOCK_NANOSECONDS};
	else
		(void)cs_reader_say(reader, record->link->place,
				    "record {1} leaves no room for the time: a record has at most 48 columns",
				    cs_span_text(record->link->name));
}

static void
close(struct cs_reader *reader, void *block)
{
	struct cs_sketch_record *record = block;
	struct cs_row_clause *row = cs_sketch_take(reader, sizeof *row);
	struct cs_column_clause *column = cs_sketch_take(reader, (record->row.column_n + 1) * sizeof *column);
	if (!row || !column)
		return;
	complete_time(reader, record);
	memcpy(column, record->column, record->row.column_n * sizeof *column);
	*row = record->row;
	row->column = column;
	record->link->row = row;
}

static const struct cs_clause clauses[] = {
	{"source", "source csv", CS_CLAUSE_REQUIRED, read_source, 0},
	{"time", "time from \"TIME\" seconds since 2018-04-01", 0, read_time, 0},
	{"id", "id from \"ID\"", 0, read_id, 0},
	{"field", "field action text from \"ACTION\"", CS_CLAUSE_REPEATS, read_extra, 0},
	{"keep", "keep 200000 records", 0, read_keep, 0},
	{"lateness", "lateness 60s", 0, read_lateness, 0},
	{"whole", "whole", 0, read_whole, 0},
	{"approves", "approves \"00\", \"10\"", 0, read_approves, 0},
};

const struct cs_block cs_parse_record = {
	"record",  "record tx \"title\" {",
	open,      close,
	clauses,   sizeof clauses / sizeof clauses[0],
	NULL,      NULL,
	at_column, read_column,
};
