/*
 * ISO 20022 messages as rows. One file is one message, which gives a row for each transaction; a report gives one for each
 * statement, behind it those of its entries, and behind an entry that is a batch those of its details.
 *
 * Why: a message that is refused gives no row, and what is wrong with it may stand at its end. So it is read whole first, and
 * the cells of its rows are kept: as places of the message where they stand there, else in an arena. Both have a limit;
 * a message beyond it is refused. What all rows have in common is kept once, as a row of its own.
 */
#include "decode/row_mx_parts.h"

#include "base/error.h"
#include "base/hash.h"

#include <stdlib.h>

enum {
	CELLS_CAP = 1 << 22,
	TEXT_CAP = 1 << 25,
	NO_ROW = -1,
	HEAD = 1, /* the first cell of a row is where it stands */
};

static const uint32_t in_text = UINT32_C(1) << 31; /* bit of a place: of the arena, not of the message */

struct kept {
	uint32_t at; /* 0 and no length: nothing */
	uint32_t len;
};

struct cs_row_mx {
	bool read; /* the file */
	bool full; /* there was no room for a row */
	struct cs_mx *mx;
	struct cs_row_messages *messages; /* while it is read */
	struct cs_span message;
	enum cs_row_mx_kind kind;
	struct cs_row_mx_sums sums;
	int64_t report, entry; /* rows that are filled when they end, or NO_ROW */
	int64_t detail;        /* the first row of the entry's details */
	int64_t common;
	int64_t row_n, next;
	size_t text_len;
	struct kept *cell;
	uint8_t *text;
	struct cs_payment payment;
};

struct cs_row_mx *
cs_row_mx_new(const struct cs_row_messages *messages)
{
	struct cs_row_mx *state = calloc(1, sizeof *state);
	(void)messages;
	if (!state)
		return NULL;
	state->mx = cs_mx_new();
	state->cell = calloc(CELLS_CAP, sizeof *state->cell);
	state->text = malloc(TEXT_CAP);
	if (!state->mx || !state->cell || !state->text) {
		cs_row_mx_free(state);
		return NULL;
	}
	return state;
}

void
cs_row_mx_free(struct cs_row_mx *state)
{
	if (!state)
		return;
	if (state->text)
		explicit_bzero(state->text, state->text_len);
	cs_mx_free(state->mx);
	free(state->cell);
	free(state->text);
	free(state);
}

/* ---- rows that are kept ---- */

static unsigned
stride(const struct cs_row_mx *state)
{
	return state->messages->rows->slot_n + HEAD;
}

/* Room for one row more, empty; NO_ROW: there is none. */
static int64_t
reserve(struct cs_row_mx *state)
{
	if ((state->row_n + 1) * stride(state) > CELLS_CAP)
		state->full = true;
	if (state->full)
		return NO_ROW;
	memset(state->cell + state->row_n * stride(state), 0, stride(state) * sizeof *state->cell);
	return state->row_n++;
}

static bool
is_inside(struct cs_span value, const uint8_t *at, size_t len)
{
	return value.at >= at && value.at + value.len <= at + len;
}

static bool
keep_cell(struct cs_row_mx *state, struct kept *to, struct cs_span value)
{
	if (is_inside(value, state->message.at, state->message.len)) {
		*to = (struct kept){(uint32_t)(value.at - state->message.at), (uint32_t)value.len};
		return true;
	}
	size_t at = state->text_len;
	if (is_inside(value, state->text, state->text_len)) {
		at = (size_t)(value.at - state->text);
	} else {
		if (value.len > TEXT_CAP - state->text_len)
			return false;
		memcpy(state->text + at, value.at, value.len);
		state->text_len += value.len;
	}
	*to = (struct kept){(uint32_t)at | in_text, (uint32_t)value.len};
	return true;
}

/* The cells at hand become ROW, which stands at PLACE. */
static void
keep(struct cs_row_mx *state, int64_t row, struct cs_span place)
{
	const struct cs_rows *rows = state->messages->rows;
	if (row == NO_ROW)
		return;
	struct kept *to = state->cell + row * stride(state);
	bool room = keep_cell(state, to++, place);
	for (unsigned i = 0; room && i < rows->slot_n; i++)
		if (rows->cell[i].len)
			room = keep_cell(state, to + i, (struct cs_span){rows->cell[i].at, rows->cell[i].len});
	state->full |= !room;
}

static struct cs_span
lend(const struct cs_row_mx *state, const struct kept *kept)
{
	const uint8_t *from = kept->at & in_text ? state->text : state->message.at;
	return (struct cs_span){from + (kept->at & ~in_text), kept->len};
}

/* ROW becomes the cells at hand; those it does not have stay as they are. */
static struct cs_span
load(const struct cs_row_mx *state, int64_t row)
{
	struct cs_rows *rows = state->messages->rows;
	const struct kept *from = state->cell + row * stride(state);
	for (unsigned i = 0; i < rows->slot_n; i++) {
		struct cs_span value = lend(state, from + HEAD + i);
		if (value.len)
			rows->cell[i] = (struct cs_row_cell){value.at, (uint32_t)value.len, false};
	}
	return lend(state, from);
}

static void
clear(struct cs_row_mx *state)
{
	struct cs_rows *rows = state->messages->rows;
	cs_row_message_clear(state->messages);
	memset(rows->cell, 0, rows->slot_n * sizeof rows->cell[0]);
}

/* ---- what is read ---- */

static void
take_tx(struct cs_row_mx *state, struct cs_span place)
{
	clear(state);
	state->sums.tx_n++;
	cs_row_mx_tx(state->messages, state->mx, &state->sums);
	keep(state, reserve(state), place);
	state->sums = (struct cs_row_mx_sums){.tx_n = state->sums.tx_n};
}

/* A statement stands before its entries, an entry before its details. */
static void
open_report(struct cs_row_mx *state)
{
	if (state->report == NO_ROW && state->kind == CS_ROW_MX_STATEMENT)
		state->report = reserve(state);
}

static void
open_entry(struct cs_row_mx *state)
{
	open_report(state);
	if (state->entry == NO_ROW)
		state->entry = reserve(state);
}

static void
take_detail(struct cs_row_mx *state, struct cs_span place)
{
	open_entry(state);
	clear(state);
	state->sums.detail_n++;
	cs_row_mx_detail(state->messages, state->mx, &state->sums);
	int64_t row = reserve(state);
	if (state->sums.detail_n == 1)
		state->detail = row;
	keep(state, row, place);
}

/* An entry with one detail is one payment: its row says what both say. */
static void
take_entry(struct cs_row_mx *state, struct cs_span place)
{
	open_entry(state);
	clear(state);
	if (state->sums.detail_n == 1 && state->detail != NO_ROW) {
		(void)load(state, state->detail);
		state->row_n = state->detail;
	}
	cs_row_mx_entry(state->messages, state->mx, &state->sums);
	keep(state, state->entry, place);
	state->entry = state->detail = NO_ROW;
	state->sums.detail_n = 0;
}

static void
take_charge(struct cs_row_mx *state, struct cs_span place)
{
	(void)place;
	cs_row_mx_charge(state->mx, &state->sums);
}

static void
take_balance(struct cs_row_mx *state, struct cs_span place)
{
	(void)place;
	cs_row_mx_balance(state->mx, &state->sums);
}

/* Of a notification the entries are all there is. */
static void
take_report(struct cs_row_mx *state, struct cs_span place)
{
	if (state->kind != CS_ROW_MX_STATEMENT)
		return;
	open_report(state);
	clear(state);
	cs_row_mx_report(state->messages, state->mx, &state->sums);
	keep(state, state->report, place);
	state->report = NO_ROW;
	state->sums = (struct cs_row_mx_sums){.tx_n = state->sums.tx_n};
}

/* A message about another one as a whole has no transactions: it is a row itself. */
static void
take_message(struct cs_row_mx *state, struct cs_span place)
{
	bool about = state->kind >= CS_ROW_MX_RETURN && state->kind <= CS_ROW_MX_ANSWER;
	if (about && !state->sums.tx_n) {
		clear(state);
		cs_row_mx_group(state->messages, state->mx);
		keep(state, reserve(state), place);
	}
	clear(state);
	cs_row_mx_common(state->messages, state->mx, &state->payment);
	state->common = reserve(state);
	keep(state, state->common, place);
}

static void
take(void *context, const struct cs_mx *mx, enum cs_mx_record record)
{
	static void (*const takes[CS_MX_RECORD_N])(struct cs_row_mx *, struct cs_span) = {
		[CS_MX_RECORD_TX] = take_tx,           [CS_MX_RECORD_CHARGE] = take_charge,
		[CS_MX_RECORD_BALANCE] = take_balance, [CS_MX_RECORD_ENTRY_TX] = take_detail,
		[CS_MX_RECORD_ENTRY] = take_entry,     [CS_MX_RECORD_REPORT] = take_report,
		[CS_MX_RECORD_MESSAGE] = take_message,
	};
	struct cs_row_mx *state = context;
	struct cs_span place = cs_mx_record_bytes(mx, record);
	if (state->full)
		return;
	state->kind = cs_row_mx_kind_of(cs_mx_type(mx));
	if (takes[record])
		takes[record](state, place);
}

/* The file, read; a message that is refused, or has more rows than there is room for, gives none. */
static enum cs_error
read_file(struct cs_row_messages *messages, struct cs_row_mx *state, struct cs_row_fault *fault)
{
	const struct cs_mx_visitor visitor = {take, state};
	state->messages = messages;
	state->message = messages->rows->fed;
	state->report = state->entry = state->detail = state->common = NO_ROW;
	if (!cs_mx_walk(state->mx, state->message, &state->payment, &visitor) || state->full) {
		state->row_n = 0;
		const struct cs_payment_reason reason = {
			"limit", "more rows than there is room for; docs/payments.md tells how many", 0, {NULL, 0}};
		if (!state->payment.reason_n)
			cs_payment_refuse(&state->payment, &reason);
		return cs_row_message_refuse(messages, state->message.at, &state->payment, fault);
	}
	state->row_n = state->common;
	messages->hash = cs_hash_bytes(state->message, 0);
	return CS_OK;
}

enum cs_error
cs_row_mx_next(struct cs_row_messages *messages, struct cs_span *row, struct cs_row_fault *fault)
{
	struct cs_row_mx *state = messages->mx;
	if (!state->read) {
		state->read = true;
		CS_TRY(read_file(messages, state, fault));
		clear(state);
	}
	if (state->next >= state->row_n)
		return CS_AGAIN;
	(void)load(state, state->common);
	*row = load(state, state->next++);
	messages->nth = (uint64_t)state->next;
	return CS_OK;
}
