/*
 * The reader of rows: bytes of any cut to rows, a row to an event.
 *
 * Invariants: what is read depends on the bytes alone, never on how they were fed; a row that is wrong costs itself only.
 * A row longer than CS_ROW_BYTES_MAX is wrong and ends with its first line end in those bytes, or the next one behind
 * them. Leaves the cutting of rows to row_csv.c and row_json.c, and cells to row_value.c.
 */
#include "decode/row_message.h"

#include "base/glyph.h"
#include "base/hash.h"

#include <stdlib.h>

static const uint8_t byte_order_mark[] = {0xef, 0xbb, 0xbf};

/* The slot of a column by its name, made when it is new. */
static uint8_t
slot_of(struct cs_rows *rows, const char *name)
{
	size_t len = strlen(name);
	unsigned i = 0;
	while (i < rows->slot_n && (rows->slot[i].len != len || memcmp(rows->slot[i].name, name, len) != 0))
		i++;
	if (i == rows->slot_n)
		rows->slot[rows->slot_n++] = (struct cs_row_slot){name, len};
	return (uint8_t)i;
}

struct cs_rows *
cs_rows_new(const struct cs_row_plan *plan)
{
	CS_ASSERT(plan->column_n <= CS_ROW_COLUMNS_MAX);
	struct cs_rows *rows = calloc(1, sizeof *rows);
	if (!rows)
		return NULL;
	rows->plan = plan;
	rows->headed = plan->form != CS_ROW_CSV;
	memset(rows->pieces_of, CS_ROW_NO_SLOT, sizeof rows->pieces_of);
	rows->stop[(uint8_t)plan->separator] = 1;
	rows->stop['\n'] = 1;
	rows->stop['"'] = 1;
	for (unsigned i = 0; i < plan->column_n; i++) {
		const struct cs_row_column *column = &plan->column[i];
		CS_ASSERT(plan->key || (column->what != CS_ROW_CARD && !column->token));
		rows->column_slot[i] = slot_of(rows, column->name);
		rows->currency[i] = column->currency_name ? 0 : column->currency;
		if (column->currency_name)
			rows->currency_slot[i] = slot_of(rows, column->currency_name);
	}
	bool whole = cs_row_form_is_whole((enum cs_row_form)plan->form);
	rows->messages = whole ? cs_row_messages_new(rows) : NULL;
	rows->header = plan->live ? malloc(CS_ROW_BYTES_MAX) : NULL;
	if ((!whole || rows->messages) && (!plan->live || rows->header))
		return rows;
	cs_rows_free(rows);
	return NULL;
}

void
cs_rows_free(struct cs_rows *rows)
{
	if (!rows)
		return;
	cs_row_messages_free(rows->messages);
	free(rows->header);
	explicit_bzero(rows, sizeof *rows); /* it may hold card numbers */
	free(rows);
}

void
cs_rows_feed(struct cs_rows *rows, struct cs_span bytes, bool last)
{
	CS_ASSERT(rows->at == rows->fed.len);
	rows->fed = bytes;
	rows->at = 0;
	rows->last = last;
}

uint64_t
cs_rows_line(const struct cs_rows *rows)
{
	return rows->line;
}

struct cs_span
cs_rows_cell(const struct cs_rows *rows, unsigned i)
{
	const struct cs_row_cell *cell = &rows->cell[rows->column_slot[i]];
	return (struct cs_span){cell->at, cell->len};
}

static uint64_t
count_lines(struct cs_span bytes)
{
	uint64_t n = 0;
	const uint8_t *end = bytes.at + bytes.len;
	for (const uint8_t *at = bytes.at; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
		n++;
	return n + (bytes.len && end[-1] != '\n');
}

/* The bytes that a row is looked for in: those held back with some fed behind them, else those fed. Never all that is
 * left when that is too much for one row, so that it does not matter how it was fed. */
static struct cs_span
look(struct cs_rows *rows)
{
	size_t left = rows->fed.len - rows->at;
	if (rows->hold_at) {
		rows->final = false;
		return (struct cs_span){rows->hold + rows->hold_at, rows->hold_len - rows->hold_at};
	}
	size_t room = CS_ROW_BYTES_MAX - rows->hold_len;
	size_t n = left < room ? left : room;
	rows->final = rows->last && n < room;
	if (!rows->hold_len)
		return (struct cs_span){n ? rows->fed.at + rows->at : rows->hold, n};
	if (n)
		memcpy(rows->hold + rows->hold_len, rows->fed.at + rows->at, n);
	return (struct cs_span){rows->hold, rows->hold_len + n};
}

/* LEN bytes of what was looked at are taken; held ones stay where they are, for the cells of this row. */
static void
take(struct cs_rows *rows, struct cs_span seen, size_t len)
{
	size_t held = rows->hold_len - rows->hold_at;
	rows->at += len > held ? len - held : 0;
	rows->hold_at += len;
	if (len >= held)
		rows->hold_at = rows->hold_len = 0;
	rows->offset += len;
	rows->line += count_lines((struct cs_span){seen.at, len});
}

/* What was looked at holds no whole row: it waits for more. False: there is more. */
static bool
hold(struct cs_rows *rows, struct cs_span seen)
{
	if (rows->hold_at) {
		memmove(rows->hold, seen.at, seen.len);
		rows->hold_at = 0;
		rows->hold_len = seen.len;
		return false;
	}
	size_t n = seen.len - rows->hold_len;
	if (!rows->hold_len && n)
		memcpy(rows->hold, seen.at, n);
	rows->at += n;
	rows->hold_len += n;
	return true;
}

/* The rest of a line that was too long. */
static void
skip_line(struct cs_rows *rows)
{
	size_t left = rows->fed.len - rows->at;
	const uint8_t *from = rows->fed.at + rows->at;
	const uint8_t *line = left ? memchr(from, '\n', left) : NULL;
	size_t n = line ? (size_t)(line + 1 - from) : left;
	rows->at += n;
	rows->offset += n;
	rows->skipping = !line;
}

/* A row cannot be read; without a header line none can. */
static enum cs_error
refuse(struct cs_rows *rows, const char *words, struct cs_row_fault *fault)
{
	struct cs_text text = cs_text_over(fault->words, sizeof fault->words);
	if (rows->headed) {
		cs_text_put(&text, words);
		return CS_E_FORMAT;
	}
	cs_text_put(&text, "the header line cannot be read: ");
	cs_text_put(&text, words);
	rows->refused = true;
	rows->fault = *fault;
	return CS_E_SYNTAX;
}

static enum cs_error
refuse_long(struct cs_rows *rows, struct cs_span seen, struct cs_row_fault *fault)
{
	const uint8_t *line = memchr(seen.at, '\n', seen.len);
	take(rows, seen, line ? (size_t)(line + 1 - seen.at) : seen.len);
	rows->skipping = !line;
	return refuse(rows, "the row is longer than 65536 bytes; is a quote never closed?", fault);
}

/* Does the header line have all that the plan wants? */
static enum cs_error
take_header(struct cs_rows *rows, struct cs_row_fault *fault)
{
	unsigned i = 0;
	rows->headed = true;
	while (i < rows->slot_n && rows->found[i] && !rows->twice[i])
		i++;
	if (i == rows->slot_n)
		return CS_OK;
	struct cs_text text = cs_text_over(fault->words, sizeof fault->words);
	fault->column = rows->slot[i].name;
	cs_text_put(&text, rows->twice[i] ? "the header line has this column twice: "
					  : "the header line has no such column; it has ");
	cs_text_put(&text, rows->seen_at);
	rows->refused = true;
	rows->fault = *fault;
	return CS_E_SYNTAX;
}

enum cs_error
cs_row_event(struct cs_rows *rows, struct cs_span row, struct cs_event *event, struct cs_row_fault *fault)
{
	const struct cs_row_plan *plan = rows->plan;
	memset(event, 0, sizeof *event);
	event->kind = CS_KIND_RECORD;
	event->link = plan->link;
	event->origin.packet = fault->line;
	event->origin.file_offset = fault->offset;
	event->origin.source = plan->source;
	while (row.len && (row.at[row.len - 1] == '\n' || row.at[row.len - 1] == '\r'))
		row.len--;
	event->length_bytes = (uint32_t)row.len;
	event->message_hash = cs_hash_bytes(row, 0);
	for (unsigned i = 0; i < plan->column_n; i++)
		if (!cs_row_value_read(rows, i, event, fault))
			return CS_E_FORMAT;
	return CS_OK;
}

/* How many bytes of an empty line SEEN begins with. */
static size_t
blank(struct cs_span seen)
{
	if (seen.len && seen.at[0] == '\n')
		return 1;
	return seen.len >= 2 && seen.at[0] == '\r' && seen.at[1] == '\n' ? 2 : 0;
}

static size_t
mark_len(const struct cs_rows *rows, struct cs_span seen)
{
	bool mark = rows->offset == 0 && seen.len >= sizeof byte_order_mark &&
		    memcmp(seen.at, byte_order_mark, sizeof byte_order_mark) == 0;
	return mark ? sizeof byte_order_mark : 0;
}

static void
keep_header(struct cs_rows *rows, struct cs_span line)
{
	if (!rows->header)
		return;
	memcpy(rows->header, line.at, line.len);
	rows->header_len = line.len;
}

/* One row; CS_END when it was none, and the next is to be looked for. */
static enum cs_error
take_row(struct cs_rows *rows, struct cs_span seen, struct cs_event *event, struct cs_row_fault *fault)
{
	size_t mark = mark_len(rows, seen);
	struct cs_span row = {seen.at + mark, seen.len - mark};
	const char *words = NULL;
	size_t len = 0;
	*fault = (struct cs_row_fault){.line = rows->line + 1, .offset = rows->offset};
	enum cs_row_cut cut = rows->plan->form == CS_ROW_JSON ? cs_row_json_cut(rows, row, &len, &words)
							      : cs_row_csv_cut(rows, row, &len, &words);
	if (cut == CS_ROW_CUT_MORE && seen.len == CS_ROW_BYTES_MAX)
		return refuse_long(rows, seen, fault);
	if (cut == CS_ROW_CUT_MORE)
		return hold(rows, seen) ? CS_AGAIN : CS_END;
	if (rows->offset == 0 && cs_glyph_wide(seen)) {
		cut = CS_ROW_CUT_BAD;
		words = cs_glyph_wide(seen);
	}
	take(rows, seen, mark + len);
	if (cut == CS_ROW_CUT_BAD)
		return refuse(rows, words, fault);
	if (rows->headed)
		return cs_row_event(rows, (struct cs_span){row.at, len}, event, fault);
	keep_header(rows, (struct cs_span){row.at, len});
	enum cs_error error = take_header(rows, fault);
	return error == CS_OK ? CS_END : error;
}

static enum cs_error
at_end(struct cs_rows *rows, struct cs_row_fault *fault)
{
	if (!rows->final || rows->headed)
		return CS_AGAIN;
	*fault = (struct cs_row_fault){.line = 1};
	return refuse(rows, "the file is empty; write the names of the columns in its first line", fault);
}

enum cs_error
cs_rows_next(struct cs_rows *rows, struct cs_event *event, struct cs_row_fault *fault)
{
	for (;;) {
		if (rows->refused) {
			rows->at = rows->fed.len;
			*fault = rows->fault;
			return CS_E_SYNTAX;
		}
		if (rows->messages)
			return cs_row_messages_next(rows->messages, event, fault);
		if (rows->skipping)
			skip_line(rows);
		struct cs_span seen = look(rows);
		if (!seen.len)
			return at_end(rows, fault);
		size_t empty = blank(seen);
		if (empty) {
			take(rows, seen, empty);
			continue;
		}
		enum cs_error error = take_row(rows, seen, event, fault);
		if (error != CS_END)
			return error;
	}
}

/* ---- live ---- */

bool
cs_rows_is_half(const struct cs_rows *rows)
{
	return rows->skipping || rows->hold_len > rows->hold_at;
}

struct cs_rows *
cs_rows_renew(const struct cs_rows *rows, const struct cs_row_plan *plan, struct cs_row_fault *fault)
{
	struct cs_event event;
	CS_ASSERT(rows->header && plan->live && rows->plan->form == plan->form);
	struct cs_rows *fresh = cs_rows_new(plan);
	if (!fresh)
		return NULL;
	cs_rows_feed(fresh, (struct cs_span){rows->header, rows->header_len}, false);
	if (rows->header_len && cs_rows_next(fresh, &event, fault) != CS_AGAIN) {
		cs_rows_free(fresh);
		return NULL;
	}
	cs_rows_feed(fresh, (struct cs_span){fresh->hold, 0}, false);
	fresh->hold_len = rows->hold_len - rows->hold_at;
	memcpy(fresh->hold, rows->hold + rows->hold_at, fresh->hold_len);
	fresh->skipping = rows->skipping;
	fresh->line = rows->line;
	fresh->offset = rows->offset;
	return fresh;
}
