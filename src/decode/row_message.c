/*
 * SWIFT MT messages as rows.
 *
 * Invariant: cells are lent from the message or from `store`, and stand until the next row is asked for. Nothing between two
 * messages is passed over in silence: mt.h tells it as a message that cannot be read.
 * Spec: SWIFT User Handbook, categories 1, 2, 9 and n; docs/payments.md.
 */
#include "decode/row_message.h"

#include "base/day.h"
#include "base/hash.h"
#include "decode/mt.h"

#include <stdlib.h>

enum cell {
#define KEY(symbol, name) CELL_KEY_##symbol,
#include "decode/payment.def"
#undef KEY
#define ALERT(symbol, name) CELL_ALERT_##symbol,
#include "decode/payment.def"
#undef ALERT
#define CELL(symbol, name, help) CELL_##symbol,
#include "decode/row_cell.def"
#undef CELL
	CELL_N
};

enum { STORE_BYTES = 1024, NO_SLOT = 0xff, FIELDS_LOOSE_MAX = 1 << 21, SCALE_DIGITS = 4 };

_Static_assert((int)CELL_ALERT_BALANCE_MISMATCH == (int)CS_PAYMENT_KEY_N, "keys come first, alerts behind them");

static const uint64_t second_ns = UINT64_C(1000000000);

static const char *const cells[CELL_N] = {
#define KEY(symbol, name) [CELL_KEY_##symbol] = name,
#include "decode/payment.def"
#undef KEY
#define ALERT(symbol, name) [CELL_ALERT_##symbol] = name,
#include "decode/payment.def"
#undef ALERT
#define CELL(symbol, name, help) [CELL_##symbol] = name,
#include "decode/row_cell.def"
#undef CELL
};

/* What rows the message at hand still gives. */
enum stage { STAGE_NONE, STAGE_ENTRIES };

struct cs_row_messages {
	struct cs_rows *rows;
	bool known; /* every slot has its cell */
	bool loose;
	uint8_t slot[CELL_N]; /* of rows; NO_SLOT: nobody wants it */
	struct cs_mt_plan *plan;
	struct cs_mt_field *field;
	struct cs_mt_file file;
	const uint8_t *counted; /* lines before it are in rows->line */
	struct cs_span message;
	enum stage stage;
	uint64_t hash; /* of the message */
	uint32_t nth;  /* field the next entry is looked for from */
	uint64_t time_ns;
	size_t store_len;
	char store[STORE_BYTES];
	struct cs_mt mt;
};

struct cs_row_messages *
cs_row_messages_new(struct cs_rows *rows)
{
	struct cs_row_messages *messages = calloc(1, sizeof *messages);
	if (!messages)
		return NULL;
	messages->rows = rows;
	messages->loose = rows->plan->form == CS_ROW_STATEMENT;
	uint32_t cap = messages->loose ? FIELDS_LOOSE_MAX : CS_MT_FIELDS_MAX;
	messages->plan = cs_mt_plan_new();
	messages->field = calloc(cap, sizeof *messages->field);
	if (!messages->plan || !messages->field) {
		cs_row_messages_free(messages);
		return NULL;
	}
	cs_mt_init(&messages->mt, messages->plan, messages->field, cap);
	memset(messages->slot, NO_SLOT, sizeof messages->slot);
	return messages;
}

void
cs_row_messages_free(struct cs_row_messages *messages)
{
	if (!messages)
		return;
	cs_mt_plan_free(messages->plan);
	free(messages->field);
	free(messages);
}

/* ---- cells ---- */

static void
set(struct cs_row_messages *messages, enum cell cell, struct cs_span value)
{
	uint8_t slot = messages->slot[cell];
	if (slot != NO_SLOT)
		messages->rows->cell[slot] = (struct cs_row_cell){value.at, (uint32_t)value.len, false};
}

static void
set_words(struct cs_row_messages *messages, enum cell cell, const char *words)
{
	set(messages, cell, cs_span_text(words));
}

/* Room for a text of ours; what does not fit is left out, which STORE_BYTES makes impossible. */
static struct cs_text
begin(struct cs_row_messages *messages)
{
	return cs_text_over(messages->store + messages->store_len, sizeof messages->store - messages->store_len);
}

static void
end(struct cs_row_messages *messages, enum cell cell, const struct cs_text *text)
{
	CS_ASSERT(!text->overflowed);
	set(messages, cell, (struct cs_span){(const uint8_t *)messages->store + messages->store_len, text->len});
	messages->store_len += text->len + 1;
}

static void
set_number(struct cs_row_messages *messages, enum cell cell, uint64_t number)
{
	struct cs_text text = begin(messages);
	cs_text_put_u64(&text, number);
	end(messages, cell, &text);
}

static void
set_date(struct cs_row_messages *messages, enum cell cell, const struct cs_mt_date *date)
{
	struct cs_text text = begin(messages);
	if (!date->year)
		return;
	cs_text_put_padded(&text, date->year, 4);
	cs_text_put_char(&text, '-');
	cs_text_put_padded(&text, date->month, 2);
	cs_text_put_char(&text, '-');
	cs_text_put_padded(&text, date->day, 2);
	end(messages, cell, &text);
}

/* "1250,5" as 1250.5 */
static void
set_amount(struct cs_row_messages *messages, enum cell cell, struct cs_span amount)
{
	struct cs_text text = begin(messages);
	for (size_t i = 0; i < amount.len; i++)
		if (amount.at[i] != ',')
			cs_text_put_char(&text, (char)amount.at[i]);
		else if (i + 1 < amount.len)
			cs_text_put_char(&text, '.');
	end(messages, cell, &text);
}

/* VALUE in 1e-4 of its currency, without zeros at its end: not every currency has decimals. */
static void
set_scaled(struct cs_row_messages *messages, enum cell cell, int64_t value)
{
	struct cs_text text = begin(messages);
	uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value, part = magnitude % 10000;
	unsigned digits = SCALE_DIGITS;
	if (value < 0)
		cs_text_put_char(&text, '-');
	cs_text_put_u64(&text, magnitude / 10000);
	for (; part && part % 10 == 0; part /= 10)
		digits--;
	if (part) {
		cs_text_put_char(&text, '.');
		cs_text_put_padded(&text, part, digits);
	}
	end(messages, cell, &text);
}

/* ---- time ---- */

static bool
two(const uint8_t *at, unsigned *out)
{
	unsigned high = at[0] - '0', low = at[1] - '0';
	*out = high * 10 + low;
	return high <= 9 && low <= 9;
}

/* YYMMDD and HHMM, taken for UTC; OFF_MINUTES east of it. */
static bool
time_of(struct cs_span date, struct cs_span clock, int off_minutes, uint64_t *out)
{
	unsigned part[6] = {0};
	struct cs_mt_date day;
	uint64_t seconds;
	if (date.len < 6 || clock.len < 4 || !cs_mt_check_date(date.at, &day) || !two(clock.at, &part[3]) ||
	    !two(clock.at + 2, &part[4]))
		return false;
	part[0] = day.year;
	part[1] = day.month;
	part[2] = day.day;
	if (!cs_day_time(part, &seconds))
		return false;
	int64_t at = (int64_t)seconds - (int64_t)off_minutes * 60;
	*out = at > 0 ? (uint64_t)at * second_ns : 0;
	return at > 0;
}

static struct cs_span
behind(struct cs_span text, size_t n)
{
	return text.len > n ? (struct cs_span){text.at + n, text.len - n} : (struct cs_span){NULL, 0};
}

/* 13D: YYMMDDHHMM and the sign and HHMM of its zone. */
static bool
stated_time(const struct cs_mt *mt, uint64_t *out)
{
	const struct cs_mt_field *field = cs_mt_find(mt, 13, 0);
	if (!field || field->option != 'D')
		return false;
	struct cs_span value = cs_mt_value(mt, field);
	unsigned hours, minutes;
	if (value.len < 15 || !two(value.at + 11, &hours) || !two(value.at + 13, &minutes))
		return false;
	int off = (int)(hours * 60 + minutes);
	return time_of(value, behind(value, 6), value.at[10] == '-' ? -off : off, out);
}

/* When the message was: as the network acknowledged it, delivered it, or as a statement says; else as its file is. */
static uint64_t
message_time(const struct cs_row_messages *messages)
{
	const struct cs_mt *mt = &messages->mt;
	struct cs_span told = mt->ack.lt.at ? cs_mt_tag_of(&mt->ack.tags, "177") : (struct cs_span){NULL, 0};
	uint64_t out;
	if (told.at && time_of(told, behind(told, 6), 0, &out))
		return out;
	if (mt->head.direction == 'O' && time_of(mt->head.output_date, mt->head.output_time, 0, &out))
		return out;
	if (stated_time(mt, &out))
		return out;
	return messages->rows->plan->file_ns;
}

/* ---- rows ---- */

static const char *
kind_of(const struct cs_mt *mt)
{
	unsigned type = mt->head.type, common = type % 100;
	if (mt->ack.lt.at)
		return "acknowledgement";
	if (common == 92)
		return "cancellation";
	if (common == 96)
		return "answer";
	if (common == 99)
		return "free";
	if (type == 900 || type == 910)
		return "confirmation";
	return type >= 940 && type < 960 ? "statement" : "payment";
}

/* Debit and credit, reversals turned round: RC takes a credit back. */
static const char *
side_of(const char *mark)
{
	bool reversed = mark[0] == 'R', expected = mark[0] == 'E';
	char letter = mark[reversed || expected];
	return (letter == 'C') != reversed ? "credit" : "debit";
}

static void
set_common(struct cs_row_messages *messages)
{
	const struct cs_mt *mt = &messages->mt;
	struct cs_text text = begin(messages);
	cs_mt_type_name(mt, &text);
	struct cs_span type = {(const uint8_t *)messages->store + messages->store_len, text.len};
	messages->store_len += text.len + 1;
	set(messages, CELL_TYPE, type.len > 2 && type.at[0] == 'M' ? behind(type, 2) : type);
	set_number(messages, CELL_TIME, messages->time_ns);
	if (mt->head.direction)
		set_words(messages, CELL_DIRECTION, mt->head.direction == 'I' ? "sent" : "received");
	set(messages, CELL_SESSION, mt->head.session);
	set(messages, CELL_SEQUENCE, mt->head.sequence);
	for (unsigned i = 0; i < CS_PAYMENT_KEY_N; i++)
		set(messages, (enum cell)i, mt->payment.key[i]);
	for (unsigned i = 0; i < CS_PAYMENT_ALERT_N; i++)
		if (cs_payment_raised(&mt->payment, (enum cs_payment_alert)i))
			set_words(messages, (enum cell)(CS_PAYMENT_KEY_N + i), "yes");
	set(messages, CELL_ACCOUNT, mt->account);
}

/* "12/3" */
static void
set_page(struct cs_row_messages *messages)
{
	const struct cs_mt_field *field = cs_mt_find(&messages->mt, 28, 0);
	if (!field)
		return;
	struct cs_span value = cs_mt_value(&messages->mt, field);
	const uint8_t *slash = value.len ? memchr(value.at, '/', value.len) : NULL;
	size_t len = slash ? (size_t)(slash - value.at) : value.len;
	set(messages, CELL_STATEMENT, (struct cs_span){value.at, len});
	if (slash)
		set(messages, CELL_PAGE, behind(value, len + 1));
	else
		set_words(messages, CELL_PAGE, "1");
}

static void
set_balance(struct cs_row_messages *messages, unsigned tag, enum cell cell, enum cell whole)
{
	const struct cs_mt_field *field = cs_mt_find(&messages->mt, tag, 0);
	struct cs_mt_balance balance;
	if (!field || !cs_mt_balance_of(&messages->mt, field, &balance))
		return;
	set_words(messages, whole, field->option == 'F' ? "yes" : "no");
	set_scaled(messages, cell, cell == CELL_OPENING ? messages->mt.sums.opening : messages->mt.sums.closing);
	set(messages, CELL_KEY_CURRENCY, balance.currency);
	set_date(messages, CELL_KEY_VALUE_DATE, &balance.date);
}

static void
set_statement(struct cs_row_messages *messages)
{
	const struct cs_mt_sums *sums = &messages->mt.sums;
	set_page(messages);
	set_balance(messages, 60, CELL_OPENING, CELL_FIRST);
	set_balance(messages, 62, CELL_CLOSING, CELL_LAST);
	set_number(messages, CELL_ENTRIES, sums->entry_n);
	if (sums->complete && !sums->overflowed)
		set_words(messages, CELL_BALANCED, sums->balanced ? "yes" : "no");
}

static void
set_charges(struct cs_row_messages *messages)
{
	const struct cs_mt *mt = &messages->mt;
	for (uint32_t i = 0; i < mt->field_n; i++)
		if (mt->field[i].tag == 71 && mt->field[i].option == 'A')
			set(messages, CELL_CHARGES, cs_mt_value(mt, &mt->field[i]));
}

/* The message itself. True: its entries are rows, too. */
static bool
set_message(struct cs_row_messages *messages)
{
	const struct cs_mt *mt = &messages->mt;
	const char *kind = kind_of(mt);
	set_common(messages);
	set_words(messages, CELL_KIND, kind);
	set_charges(messages);
	if (mt->head.type == 900 || mt->head.type == 910)
		set_words(messages, CELL_SIDE, mt->head.type == 910 ? "credit" : "debit");
	bool statement = strcmp(kind, "statement") == 0;
	if (statement)
		set_statement(messages);
	if (mt->ack.acknowledged || mt->ack.refused)
		set_words(messages, CELL_KEY_STATUS, mt->ack.acknowledged ? "accepted" : "refused");
	if (mt->ack.lt.at && !mt->payment.key[CS_PAYMENT_REFERENCE].at) /* without a copy: as its sender called it */
		set(messages, CELL_KEY_REFERENCE, cs_mt_tag_of(&mt->ack.tags, "108"));
	if (mt->ack.refused)
		set(messages, CELL_KEY_REASON, cs_mt_tag_of(&mt->ack.tags, "405"));
	return statement;
}

static void
set_entry(struct cs_row_messages *messages, const struct cs_mt_entry *entry, struct cs_span information)
{
	const struct cs_mt *mt = &messages->mt;
	const struct cs_mt_field *opening = cs_mt_find(mt, 60, 0), *floor = cs_mt_find(mt, 34, 0);
	struct cs_mt_balance balance;
	set_common(messages);
	set_page(messages);
	set_words(messages, CELL_KIND, "entry");
	set_words(messages, CELL_MARK, entry->mark);
	set_words(messages, CELL_SIDE, side_of(entry->mark));
	set_date(messages, CELL_KEY_VALUE_DATE, &entry->value_date);
	set_date(messages, CELL_ENTRY_DATE, &entry->entry_date);
	set_amount(messages, CELL_KEY_AMOUNT, entry->amount_text);
	set(messages, CELL_ENTRY_TYPE, entry->kind);
	set(messages, CELL_KEY_REFERENCE, entry->customer_ref);
	set(messages, CELL_BANK_REFERENCE, entry->bank_ref);
	set(messages, CELL_SUPPLEMENTARY, entry->supplementary);
	set(messages, CELL_INFORMATION, information);
	if (opening && cs_mt_balance_of(mt, opening, &balance))
		set(messages, CELL_KEY_CURRENCY, balance.currency);
	else if (floor && cs_mt_value(mt, floor).len >= 3) /* 942: 34F says it */
		set(messages, CELL_KEY_CURRENCY, (struct cs_span){cs_mt_value(mt, floor).at, 3});
}

/* ---- one after the other ---- */

static enum cs_error
unknown(struct cs_row_messages *messages, const char *name, struct cs_row_fault *fault)
{
	struct cs_text text = cs_text_over(fault->words, sizeof fault->words);
	fault->column = name;
	cs_text_put(&text,
		    "messages have no such cell; docs/payments.md lists them: kind, type, reference, uetr, amount ...");
	messages->rows->refused = true;
	messages->rows->fault = *fault;
	return CS_E_SYNTAX;
}

/* Which cell each slot is. */
static enum cs_error
know(struct cs_row_messages *messages, struct cs_row_fault *fault)
{
	struct cs_rows *rows = messages->rows;
	for (unsigned i = 0; i < rows->slot_n; i++) {
		unsigned cell = 0;
		while (cell < CELL_N && strcmp(cells[cell], rows->slot[i].name) != 0)
			cell++;
		if (cell == CELL_N)
			return unknown(messages, rows->slot[i].name, fault);
		messages->slot[cell] = (uint8_t)i;
	}
	messages->file = (struct cs_mt_file){.bytes = rows->fed, .loose = messages->loose};
	messages->counted = rows->fed.at;
	messages->known = true;
	return CS_OK;
}

/* The place of AT: line and byte of the file. */
static void
place(struct cs_row_messages *messages, const uint8_t *at, struct cs_row_fault *fault)
{
	struct cs_rows *rows = messages->rows;
	for (; messages->counted < at; messages->counted++)
		rows->line += *messages->counted == '\n';
	*fault = (struct cs_row_fault){.line = rows->line + 1, .offset = (uint64_t)(at - rows->fed.at)};
}

static enum cs_error
refuse(struct cs_row_messages *messages, struct cs_row_fault *fault)
{
	const struct cs_payment *payment = &messages->mt.payment;
	struct cs_text text = cs_text_over(fault->words, sizeof fault->words);
	CS_ASSERT(payment->reason_n);
	cs_text_put(&text, payment->reason[0].code);
	cs_text_put(&text, " at byte ");
	cs_text_put_u64(&text, fault->offset + payment->reason[0].offset);
	cs_text_put(&text, ": ");
	cs_text_put(&text, payment->reason[0].text);
	return CS_E_FORMAT;
}

/* The next message, read; CS_AGAIN: there is none. */
static enum cs_error
take_message(struct cs_row_messages *messages, struct cs_row_fault *fault)
{
	if (!cs_mt_next(&messages->file, &messages->message))
		return CS_AGAIN;
	place(messages, messages->message.at, fault);
	bool read = messages->loose ? cs_mt_decode_loose(&messages->mt, messages->message)
				    : cs_mt_decode(&messages->mt, messages->message);
	if (!read)
		return refuse(messages, fault);
	messages->time_ns = message_time(messages);
	messages->hash = cs_hash_bytes(messages->message, 0);
	messages->nth = 0;
	return CS_OK;
}

static void
clear(struct cs_row_messages *messages)
{
	messages->store_len = 0;
	memset(messages->rows->cell, 0, messages->rows->slot_n * sizeof messages->rows->cell[0]);
}

/* The next entry as a row; false: there is none any more. */
static bool
take_entry(struct cs_row_messages *messages, struct cs_span *row)
{
	const struct cs_mt *mt = &messages->mt;
	struct cs_mt_entry entry;
	for (; messages->nth < mt->field_n; messages->nth++) {
		const struct cs_mt_field *field = &mt->field[messages->nth];
		if (field->tag != 61 || !cs_mt_entry_of(mt, field, &entry))
			continue;
		*row = cs_mt_value(mt, field);
		struct cs_span information = {NULL, 0};
		const struct cs_mt_field *next = field + 1;
		if (messages->nth + 1 < mt->field_n && next->tag == 86)
			information = cs_mt_value(mt, next);
		set_entry(messages, &entry, information);
		messages->nth++;
		return true;
	}
	return false;
}

enum cs_error
cs_row_messages_next(struct cs_row_messages *messages, struct cs_event *event, struct cs_row_fault *fault)
{
	struct cs_span row = {NULL, 0};
	if (!messages->known)
		CS_TRY(know(messages, fault));
	clear(messages);
	if (messages->stage == STAGE_ENTRIES && !take_entry(messages, &row))
		messages->stage = STAGE_NONE;
	if (messages->stage == STAGE_NONE) {
		CS_TRY(take_message(messages, fault));
		bool entries = set_message(messages);
		messages->stage = entries ? STAGE_ENTRIES : STAGE_NONE;
		row = messages->message;
	}
	place(messages, row.at, fault);
	CS_TRY(cs_row_event(messages->rows, row, event, fault));
	/* Two entries of equal bytes are two; those of a statement that is read twice are the same. */
	if (messages->nth)
		event->message_hash = cs_hash_mix(messages->hash, messages->nth);
	return CS_OK;
}
