/*
 * Each file is read twice: first to see whether it is sound and has changed, then to tell its rows. So a file that cannot
 * be read costs no row, and one that is replaced meanwhile is given up and looked at again the next time.
 *
 * Invariant: between two calls no generation is half told. Leaves CSV to decode/row.c and keys to the detectors.
 */
#include "engine/tables.h"

#include "base/hash.h"
#include "decode/row.h"
#include "engine/key_bag.h"
#include "engine/links.h"
#include "io/file.h"

#include <stdlib.h>

enum {
	BUFFER_BYTES = 1 << 18,
	FAULTS_SAID = 20,
	COLUMNS = 4,
	DEGREE = 100000, /* places are told in 1e-5 degrees */
	DEGREE_DECIMALS = 5,
	DIGITS_SHOWN = 6,
	WORDS_BYTES = CS_PATH_BYTES + 512,
	NAME_BYTES = 64,
	SHRINK_LEAST = 10, /* rows that a file may lose whatever its share */
	PPM = 1000000,
};

static const uint64_t day_ns = UINT64_C(86400000000000);
static const uint64_t places_refresh_ns = UINT64_C(12) * 3600 * 1000000000;

struct table {
	const struct cs_list_clause *list;   /* or NULL */
	const struct cs_spots_clause *spots; /* ... then this */
	unsigned number;
	struct cs_key_clause by;
	bool keyed[2]; /* values of this field are kept as tokens */
	struct cs_row_column column[COLUMNS];
	struct cs_row_plan plan;
	uint64_t next_ns;  /* looked at again */
	uint64_t stale_ns; /* 0: never too old */
	uint32_t shrink_ppm;
	uint32_t entries_cap;
	uint64_t told_ns;   /* LIST_STALE */
	uint64_t shrunk_ns; /* LIST_SHRUNK was told ... */
	uint64_t shrunk;    /* ... of rows of this digest */
	uint64_t said_ns;   /* the file whose rows were complained of: when it was changed last */
	char name[NAME_BYTES];
	char path[CS_PATH_BYTES];
};

/* One reading of one file. */
struct reading {
	struct cs_tables *tables;
	struct table *table;
	struct cs_judge *judge; /* NULL: only looked at */
	struct cs_rows *rows;
	int descriptor;
	uint64_t changed_ns;
	uint64_t row_n;
	uint64_t fault_n;
	uint64_t digest;
	struct cs_key_bag keys; /* of the rows, where they are only looked at */
};

struct cs_tables {
	struct cs_tables_wish wish;
	uint8_t *buffer;
	unsigned n;
	struct table table[CS_TABLES_MAX];
};

/* --- words --- */

static void
say(const struct cs_tables *tables, const struct table *table, uint64_t line, const char *const part[2])
{
	char at[WORDS_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, table->path);
	cs_text_put(&text, ":");
	cs_text_put(&text, line ? "" : " ");
	if (line) {
		cs_text_put_u64(&text, line);
		cs_text_put(&text, ": ");
	}
	for (unsigned i = 0; i < 2; i++) {
		cs_text_put(&text, part[i] ? part[i] : "");
		cs_text_put(&text, i == 0 && part[0] ? ": " : "");
	}
	tables->wish.say(tables->wish.context, at);
}

struct notice {
	enum cs_reason reason;
	enum cs_severity severity;
	const char *what;
};

/* Said, and live told to the judge. */
static void
tell(const struct cs_tables *tables, struct table *table, struct cs_judge *judge, uint64_t now_ns,
     const struct notice *notice)
{
	say(tables, table, 0, (const char *const[]){NULL, notice->what});
	if (!tables->wish.live)
		return;
	struct cs_finding finding = {
		.reason = notice->reason,
		.severity = notice->severity,
		.verdict = CS_VERDICT_ALLOW,
		.expectation = table->name,
		.decided_ns = now_ns,
	};
	struct cs_text text = cs_text_over(finding.detail, sizeof finding.detail);
	cs_text_put(&text, notice->what);
	cs_judge_tell(judge, &finding);
}

/* Once a day for each file. */
static void
tell_stale(const struct reading *reading, struct cs_judge *judge, uint64_t now_ns, const char *what)
{
	struct table *table = reading->table;
	const struct notice notice = {CS_REASON_LIST_STALE, CS_SEVERITY_MEDIUM, what};
	if (reading->tables->wish.live && table->told_ns && now_ns < table->told_ns + day_ns)
		return;
	table->told_ns = now_ns;
	tell(reading->tables, table, judge, now_ns, &notice);
}

static void
say_fault(struct reading *reading, uint64_t line, const char *column, const char *words)
{
	/* Once is enough: rows are read a second time when they are told, and again when the file is looked at again. */
	if (reading->judge || reading->changed_ns == reading->table->said_ns || ++reading->fault_n > FAULTS_SAID)
		return;
	say(reading->tables, reading->table, line, (const char *const[]){column, words});
}

/* --- a row --- */

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* "-33.86785" as 1e-5 degrees; what is finer than that is left off. */
static bool
read_degrees(struct cs_span cell, int32_t most, int32_t *out)
{
	const uint8_t *at = cell.at, *end = cell.at + cell.len;
	bool south = at < end && *at == '-';
	int64_t value = 0;
	unsigned decimals = 0;
	at += south || (at < end && *at == '+');
	const uint8_t *from = at;
	for (; at < end && is_digit(*at) && value <= most; at++)
		value = value * 10 + (*at - '0');
	if (at == from)
		return false;
	if (at < end && *at == '.')
		for (at++; at < end && is_digit(*at); at++)
			if (decimals < DEGREE_DECIMALS) {
				value = value * 10 + (*at - '0');
				decimals++;
			}
	for (; decimals < DEGREE_DECIMALS; decimals++)
		value *= 10;
	if (at != end || value > (int64_t)most * DEGREE)
		return false;
	*out = (int32_t)(south ? -value : value);
	return true;
}

/* Plain characters; of digits in a row, the first six. */
static void
take_because(struct cs_span cell, char out[CS_BECAUSE_BYTES])
{
	unsigned digits = 0;
	size_t n = cell.len < CS_BECAUSE_BYTES - 1 ? cell.len : CS_BECAUSE_BYTES - 1;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = cell.at[i];
		digits = is_digit(c) ? digits + 1 : 0;
		out[i] = c < ' ' || c > '~' ? '?' : digits > DIGITS_SHOWN ? '*' : (char)c;
	}
}

static struct cs_span
trimmed(struct cs_span cell)
{
	while (cell.len && cell.at[cell.len - 1] == ' ')
		cell.len--;
	return cell;
}

/* What is wrong with the NTH part of the key, or NULL. */
static const char *
take_part(const struct reading *reading, unsigned nth, const struct cs_event *event, uint64_t key[2])
{
	const struct table *table = reading->table;
	struct cs_span at = cs_rows_cell(reading->rows, nth), cell = trimmed(at);
	enum cs_field field = (enum cs_field)table->by.field[nth];
	if (!cell.len)
		return "is empty, and a row without a key says nothing";
	if (field == CS_FIELD_CARD) {
		if (cs_behave_key(CS_FIELD_CARD, cell, key))
			return NULL;
		if (memchr(at.at, ' ', at.len))
			return "has a space in it, and so no card has that number; write the digits alone";
		memcpy(key, event->card.token.half, sizeof event->card.token.half);
		return NULL;
	}
	if (table->keyed[nth]) {
		memcpy(key, event->text[field].at, CS_SHORT_BYTES);
		return NULL;
	}
	for (size_t i = 0; i < cell.len; i++)
		if (cell.at[i] < ' ' || cell.at[i] > '~')
			return "is not plain ASCII, and no such field is";
	if (table->list)
		cell = cs_behave_kept(table->list, nth, cell);
	return cs_behave_key(field, cell, key) ? NULL : "is longer than the 16 characters a field keeps";
}

/* What is wrong with the key, in which column, or NULL. */
static const char *
take_key(const struct reading *reading, const struct cs_event *event, uint64_t key[2], unsigned *column)
{
	const struct cs_key_clause *by = &reading->table->by;
	uint64_t each[4] = {0};
	for (*column = 0; *column < by->n; ++*column) {
		const char *fault = take_part(reading, *column, event, &each[(size_t)2 * *column]);
		if (fault)
			return fault;
	}
	if (by->n > 1)
		cs_behave_join(each, key);
	else
		memcpy(key, each, 2 * sizeof each[0]);
	return NULL;
}

static const char *
take_place(const struct cs_rows *rows, struct cs_listing *out, unsigned *column)
{
	*column = 1;
	if (!read_degrees(cs_rows_cell(rows, 1), 90, &out->latitude))
		return "is no latitude; write degrees with a point, as 48.85661, south of the equator with a minus";
	*column = 2;
	if (!read_degrees(cs_rows_cell(rows, 2), 180, &out->longitude))
		return "is no longitude; write degrees with a point, as 2.35222, west of Greenwich with a minus";
	return NULL;
}

static void
take_row(struct reading *reading, const struct cs_event *event)
{
	const struct table *table = reading->table;
	struct cs_listing row = {.what = CS_LISTING_ROW, .table = (uint8_t)table->number};
	unsigned column = 0;
	const char *fault = take_key(reading, event, row.key, &column);
	if (!fault && table->spots)
		fault = take_place(reading->rows, &row, &column);
	if (fault) {
		say_fault(reading, event->origin.packet, table->column[column].name, fault);
		return;
	}
	for (unsigned i = table->by.n; table->list && i < table->plan.column_n; i++)
		if (table->column[i].what == CS_ROW_CELL)
			take_because(cs_rows_cell(reading->rows, i), row.because);
	row.until_ns = event->origin.time_ns;
	reading->row_n++;
	if (!reading->judge) /* rows behind twice the entries do not count anyway */
		cs_key_bag_add(&reading->keys, row.key, 2 * (size_t)table->entries_cap);
	struct cs_inputs inputs = {0, reading->digest};
	cs_inputs_list(&inputs, &row);
	reading->digest = inputs.digest;
	if (reading->judge)
		cs_judge_list(reading->judge, &row);
}

/* --- a file --- */

static enum cs_error
take_rows(struct reading *reading)
{
	uint8_t *buffer = reading->tables->buffer;
	bool last = false;
	for (;;) {
		struct cs_event event;
		struct cs_row_fault fault;
		enum cs_error error = cs_rows_next(reading->rows, &event, &fault);
		if (error == CS_OK)
			take_row(reading, &event);
		else if (error == CS_E_FORMAT || error == CS_E_SYNTAX)
			say_fault(reading, fault.line, fault.column, fault.words);
		if (error == CS_E_SYNTAX || (error == CS_AGAIN && last))
			return error == CS_AGAIN ? CS_OK : error;
		if (error != CS_AGAIN)
			continue;
		size_t got = 0;
		CS_TRY(cs_file_read_some(reading->descriptor, buffer, BUFFER_BYTES, &got));
		last = got == 0;
		cs_rows_feed(reading->rows, (struct cs_span){buffer, got}, last);
	}
}

static enum cs_error
read_file(struct reading *reading)
{
	reading->digest = reading->row_n = 0;
	CS_TRY(cs_file_open_read(reading->table->path, &reading->descriptor));
	reading->changed_ns = cs_file_changed_ns(reading->descriptor);
	reading->rows = cs_rows_new(&reading->table->plan);
	enum cs_error error = reading->rows ? take_rows(reading) : CS_E_MEMORY;
	cs_rows_free(reading->rows);
	cs_file_close(reading->descriptor);
	explicit_bzero(reading->tables->buffer, BUFFER_BYTES); /* it held card numbers */
	return error;
}

static void
tell_unread(struct reading *reading, struct cs_judge *judge, uint64_t now_ns, const char *why)
{
	char words[CS_DETAIL_BYTES];
	struct cs_text text = cs_text_over(words, sizeof words);
	bool held = cs_behave_listing_state(cs_judge_behave(judge), reading->table->number).held;
	cs_text_put(&text, why);
	cs_text_put(&text, held ? "; what was read of it before stays in force"
				: "; nothing of it was ever read, and who is in it is not known");
	tell_stale(reading, judge, now_ns, words);
}

static void
tell_state(struct reading *reading, struct cs_judge *judge, uint64_t now_ns)
{
	const struct table *table = reading->table;
	struct cs_listing_state state = cs_behave_listing_state(cs_judge_behave(judge), table->number);
	char words[CS_DETAIL_BYTES];
	struct cs_text text = cs_text_over(words, sizeof words);
	if (state.refused_n) {
		cs_text_put_counted(&text, state.refused_n, "row has no room and does", "rows have no room and do");
		cs_text_put(&text, " not count: raise `entries ");
		cs_text_put_u64(&text, table->entries_cap);
		cs_text_put(&text, "`");
	} else if (table->stale_ns && reading->tables->wish.live && now_ns > reading->changed_ns + table->stale_ns) {
		cs_text_put(&text, "it was changed ");
		cs_text_put_duration(&text, now_ns - reading->changed_ns);
		cs_text_put(&text, " ago, which is more than `stale` allows; it stays in force");
	}
	if (words[0])
		tell_stale(reading, judge, now_ns, words);
}

/* --- a file that lost rows --- */

/* A file that was cut off, or emptied, must not let everybody go who was on it. */
static bool
has_shrunk(struct reading *reading, const struct cs_listing_state *state, uint64_t *row_n)
{
	if (!reading->tables->wish.live || !state->held || reading->keys.full)
		return false;
	*row_n = cs_key_bag_distinct(&reading->keys);
	if (*row_n > reading->table->entries_cap)
		*row_n = reading->table->entries_cap;
	uint64_t lost_n = state->row_n > *row_n ? state->row_n - *row_n : 0;
	return lost_n >= SHRINK_LEAST && lost_n * PPM > (uint64_t)state->row_n * reading->table->shrink_ppm;
}

/* At once, and then once a day, for each file and what it holds. */
static void
tell_shrunk(struct reading *reading, struct cs_judge *judge, uint64_t now_ns, const uint64_t row_n[2])
{
	struct table *table = reading->table;
	char words[CS_DETAIL_BYTES];
	struct cs_text text = cs_text_over(words, sizeof words);
	const struct notice notice = {CS_REASON_LIST_SHRUNK, CS_SEVERITY_HIGH, words};
	if (table->shrunk_ns && table->shrunk == reading->digest && now_ns < table->shrunk_ns + day_ns)
		return;
	table->shrunk_ns = now_ns;
	table->shrunk = reading->digest;
	cs_text_put(&text, "it holds ");
	cs_text_put_counted(&text, row_n[1], "key", "keys");
	cs_text_put(&text, ", and ");
	cs_text_put_u64(&text, row_n[0]);
	cs_text_put(&text, " are in force: it lost more than `shrink` allows, and is refused; what was read before "
			   "stays in force");
	tell(reading->tables, table, judge, now_ns, &notice);
}

static void
tell_end(const struct reading *reading, struct cs_judge *judge, enum cs_listing_what what, uint64_t digest)
{
	const struct cs_listing end = {
		.what = (uint8_t)what, .table = (uint8_t)reading->table->number, .digest = digest};
	cs_judge_list(judge, &end);
}

/* Its rows, once more; what changed meanwhile is given up. So is what a process told half that died; one that is not live
 * tells all again from the beginning instead. */
static void
tell_rows(struct reading *reading, struct cs_judge *judge, bool half)
{
	uint64_t digest = reading->digest;
	if (half && reading->tables->wish.live)
		tell_end(reading, judge, CS_LISTING_GIVEN_UP, 0);
	reading->judge = judge;
	bool whole = read_file(reading) == CS_OK && reading->digest == digest;
	tell_end(reading, judge, whole ? CS_LISTING_END : CS_LISTING_GIVEN_UP, digest);
	reading->judge = NULL;
	if (!whole)
		reading->table->next_ns = 0;
}

/* What a file that can be read holds. */
static void
take_file(struct reading *reading, struct cs_judge *judge, uint64_t now_ns, const struct cs_listing_state *state)
{
	uint64_t row_n[2] = {state->row_n, 0};
	bool other = !state->held || state->digest != reading->digest;
	if (other && has_shrunk(reading, state, &row_n[1])) {
		tell_shrunk(reading, judge, now_ns, row_n);
		return;
	}
	if (!reading->tables->wish.live || other)
		tell_rows(reading, judge, state->half);
	tell_state(reading, judge, now_ns);
}

static void
read_table(struct cs_tables *tables, struct table *table, struct cs_judge *judge, uint64_t now_ns)
{
	struct reading reading = {.tables = tables, .table = table, .descriptor = -1};
	struct cs_listing_state state = cs_behave_listing_state(cs_judge_behave(judge), table->number);
	table->next_ns = now_ns + (table->list ? table->list->refresh_ns : places_refresh_ns);
	if (!state.there)
		return;
	enum cs_error error = read_file(&reading);
	if (reading.fault_n > FAULTS_SAID)
		say(tables, table, 0, (const char *const[]){NULL, "more rows cannot be read; the first 20 are named"});
	table->said_ns = reading.changed_ns;
	if (error == CS_E_SYNTAX)
		tell_unread(&reading, judge, now_ns, "its header line has not the columns needed");
	else if (error != CS_OK)
		tell_unread(&reading, judge, now_ns, cs_file_error_text(error));
	else if (!reading.row_n)
		tell_unread(&reading, judge, now_ns, "it has no row that can be read");
	else
		take_file(&reading, judge, now_ns, &state);
	cs_key_bag_fini(&reading.keys);
}

void
cs_tables_read(struct cs_tables *tables, struct cs_judge *judge, uint64_t now_ns)
{
	for (unsigned i = 0; tables && i < tables->n; i++)
		if (now_ns >= tables->table[i].next_ns)
			read_table(tables, &tables->table[i], judge, now_ns);
}

/* --- life --- */

/* Whether records keep this field as a token. */
static bool
is_keyed(const struct cs_policy *policy, enum cs_field field)
{
	for (unsigned i = 0; i < policy->link_n; i++) {
		const struct cs_row_clause *row = policy->link[i].row;
		for (unsigned k = 0; row && k < row->column_n; k++)
			if (row->column[k].what == CS_COLUMN_TEXT && row->column[k].field == field &&
			    row->column[k].token)
				return true;
	}
	return false;
}

static void
plan_key(struct table *table, const struct cs_tables_wish *wish, const char *const columns[2])
{
	for (unsigned i = 0; i < table->by.n; i++) {
		uint8_t field = table->by.field[i];
		table->keyed[i] = is_keyed(wish->policy, (enum cs_field)field);
		table->column[i] = (struct cs_row_column){
			.name = columns[i],
			.what = field == CS_FIELD_CARD ? CS_ROW_CARD
				: table->keyed[i]      ? CS_ROW_TEXT
						       : CS_ROW_CELL,
			.field = field,
			.token = table->keyed[i],
		};
	}
	table->plan = (struct cs_row_plan){
		.separator = ',', .key = wish->key, .column_n = table->by.n, .column = table->column};
}

static void
plan_column(struct table *table, const char *name, enum cs_row_what what)
{
	if (name)
		table->column[table->plan.column_n++] = (struct cs_row_column){
			.name = name, .what = (uint8_t)what, .clock = CS_ROW_DAY, .may_lack = true};
}

static enum cs_error
add(struct cs_tables *tables, const char *sort, const char *name, const char *source)
{
	struct table *table = &tables->table[tables->n++];
	struct cs_text text = cs_text_over(table->name, sizeof table->name);
	cs_text_put(&text, sort);
	cs_text_put(&text, name);
	return cs_links_beside(tables->wish.policy->path, source, table->path, sizeof table->path);
}

static enum cs_error
add_list(struct cs_tables *tables, unsigned nth)
{
	const struct cs_list_clause *list = &tables->wish.policy->behave->list[nth];
	struct table *table = &tables->table[tables->n];
	if (!list->source)
		return CS_OK;
	CS_TRY(add(tables, "list.", list->name, list->source));
	table->list = list;
	table->stale_ns = list->stale_ns;
	table->shrink_ppm = list->shrink_ppm;
	table->entries_cap = list->entries_cap;
	table->number = nth;
	table->by = list->by;
	plan_key(table, &tables->wish, list->key_column);
	plan_column(table, list->until_column, CS_ROW_TIME);
	plan_column(table, list->because_column, CS_ROW_CELL);
	return CS_OK;
}

static enum cs_error
add_places(struct cs_tables *tables, unsigned nth)
{
	const struct cs_spots_clause *spots = &tables->wish.policy->behave->spots[nth];
	struct table *table = &tables->table[tables->n];
	CS_TRY(add(tables, "places.", spots->name, spots->source));
	table->spots = spots;
	table->stale_ns = spots->stale_ns;
	table->shrink_ppm = spots->shrink_ppm;
	table->entries_cap = spots->entries_cap;
	table->number = CS_LISTS_MAX + nth;
	table->by = (struct cs_key_clause){.n = 1, .field = {spots->field, 0}};
	plan_key(table, &tables->wish, (const char *const[2]){spots->key_column, NULL});
	plan_column(table, spots->latitude_column, CS_ROW_CELL);
	plan_column(table, spots->longitude_column, CS_ROW_CELL);
	return CS_OK;
}

static enum cs_error
fill(struct cs_tables *tables)
{
	const struct cs_behave_policy *behave = tables->wish.policy->behave;
	for (unsigned i = 0; behave && i < behave->list_n; i++)
		CS_TRY(add_list(tables, i));
	for (unsigned i = 0; behave && i < behave->spots_n; i++)
		CS_TRY(add_places(tables, i));
	if (!tables->n)
		return CS_OK;
	tables->buffer = malloc(BUFFER_BYTES);
	return tables->buffer ? CS_OK : CS_E_MEMORY;
}

enum cs_error
cs_tables_new(const struct cs_tables_wish *wish, struct cs_tables **out)
{
	struct cs_tables *tables = calloc(1, sizeof *tables);
	*out = NULL;
	if (!tables)
		return CS_E_MEMORY;
	tables->wish = *wish;
	enum cs_error error = fill(tables);
	if (error == CS_OK && tables->n) {
		*out = tables;
		return CS_OK;
	}
	cs_tables_free(tables);
	return error;
}

void
cs_tables_free(struct cs_tables *tables)
{
	if (!tables)
		return;
	free(tables->buffer);
	free(tables);
}
