/*
 * SWIFT MT messages as rows: a payment, an acknowledgement, a confirmation is one; a statement one, then one for each entry.
 *
 * Invariant: what lies between two messages is told as one that cannot be read (mt.h).
 * Spec: SWIFT User Handbook, categories 1, 2, 9 and n; docs/payments.md. Leaves what a payment says to row_mt_pay.c.
 */
#include "decode/row_mt_parts.h"

#include "base/day.h"
#include "base/hash.h"
#include "decode/mt_keys.h"

#include <stdlib.h>

enum { FIELDS_LOOSE_MAX = 1 << 21, MT_SCALE = 10 /* of sums in 1e-4, to those of rows */, AMOUNT_MAX = 64 };

static const uint64_t second_ns = UINT64_C(1000000000);

struct cs_row_mt {
	bool begun;
	bool loose;
	bool entries; /* the message at hand has some */
	struct cs_mt_plan *plan;
	struct cs_mt_field *field;
	struct cs_mt_file file;
	struct cs_span message;
	uint32_t nth;    /* field the next entry is looked for from */
	const char *lau; /* what it is worth; NULL: nobody asked */
	struct cs_mt mt;
};

struct cs_row_mt *
cs_row_mt_new(const struct cs_row_messages *messages)
{
	struct cs_row_mt *state = calloc(1, sizeof *state);
	if (!state)
		return NULL;
	state->loose = messages->rows->plan->form == CS_ROW_STATEMENT;
	uint32_t cap = state->loose ? FIELDS_LOOSE_MAX : CS_MT_FIELDS_MAX;
	state->plan = cs_mt_plan_new();
	state->field = calloc(cap, sizeof *state->field);
	if (!state->plan || !state->field) {
		cs_row_mt_free(state);
		return NULL;
	}
	cs_mt_init(&state->mt, state->plan, state->field, cap);
	return state;
}

void
cs_row_mt_free(struct cs_row_mt *state)
{
	if (!state)
		return;
	cs_mt_plan_free(state->plan);
	free(state->field);
	free(state);
}

/* ---- cells ---- */

static void
set_date(struct cs_row_messages *messages, enum cs_cell cell, const struct cs_mt_date *date)
{
	struct cs_text text = cs_row_message_begin(messages);
	if (!date->year)
		return;
	cs_text_put_padded(&text, date->year, 4);
	cs_text_put_char(&text, '-');
	cs_text_put_padded(&text, date->month, 2);
	cs_text_put_char(&text, '-');
	cs_text_put_padded(&text, date->day, 2);
	cs_row_message_end(messages, cell, &text);
}

void
cs_row_mt_amount(struct cs_row_messages *messages, enum cs_cell cell, struct cs_span amount)
{
	struct cs_text text = cs_row_message_begin(messages);
	if (amount.len > AMOUNT_MAX) /* of a loose statement: no amount */
		return;
	for (size_t i = 0; i < amount.len; i++)
		if (amount.at[i] != ',')
			cs_text_put_char(&text, (char)amount.at[i]);
		else if (i + 1 < amount.len)
			cs_text_put_char(&text, '.');
	cs_row_message_end(messages, cell, &text);
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
message_time(const struct cs_row_messages *messages, const struct cs_mt *mt)
{
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
	static const struct {
		unsigned common;
		const char *kind;
	} kinds[] = {{92, "cancellation"}, {95, "query"}, {96, "answer"}, {99, "free"}};
	unsigned type = mt->head.type;
	if (mt->ack.lt.at)
		return "acknowledgement";
	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (type % 100 == kinds[i].common)
			return kinds[i].kind;
	if (type == 900 || type == 910)
		return "confirmation";
	if (type == 210)
		return "notice";
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
set_head(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	const struct cs_mt_head *head = &mt->head;
	if (head->direction)
		cs_row_message_say(messages, CS_CELL_DIRECTION, head->direction == 'I' ? "sent" : "received");
	cs_row_message_set(messages, CS_CELL_TERMINAL, head->lt);
	cs_row_message_set(messages, CS_CELL_SESSION, head->session);
	cs_row_message_set(messages, CS_CELL_SEQUENCE, head->sequence);
	cs_row_message_set(messages, CS_CELL_INPUT_REFERENCE, head->reference);
	cs_row_message_set(messages, CS_CELL_MESSAGE_REFERENCE, cs_mt_tag_of(&head->user, "108"));
	if (!head->type)
		return;
	bool again = cs_mt_tag_of(&head->trailers, "PDE").at || cs_mt_tag_of(&head->trailers, "PDM").at;
	cs_row_message_say(messages, CS_CELL_POSSIBLE_DUPLICATE, again ? "yes" : "no");
}

/* The fields of block 4 as one run, from the value of the first to that of the last. */
static struct cs_span
all_fields(const struct cs_mt *mt)
{
	if (!mt->field_n)
		return (struct cs_span){NULL, 0};
	const struct cs_mt_field *first = &mt->field[0], *last = &mt->field[mt->field_n - 1];
	return (struct cs_span){mt->bytes.at + first->at, last->at + last->len - first->at};
}

static void
set_common(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	struct cs_text text = cs_row_message_begin(messages);
	cs_mt_type_name(mt, &text);
	struct cs_span type = {(const uint8_t *)messages->store + messages->store_len, text.len};
	messages->store_len += text.len + 1;
	type = type.len > 2 && type.at[0] == 'M' ? behind(type, 2) : type;
	cs_row_message_set(messages, CS_CELL_TYPE, type);
	cs_row_message_set(messages, CS_CELL_DEFINITION, type);
	cs_row_message_time(messages, messages->time_ns);
	set_head(messages, mt);
	for (unsigned i = 0; i < CS_PAYMENT_KEY_N; i++)
		cs_row_message_set(messages, (enum cs_cell)i, mt->payment.key[i]);
	cs_row_message_alerts(messages, &mt->payment);
	cs_row_message_set(messages, CS_CELL_ACCOUNT, mt->account);
	cs_row_message_digest(messages, all_fields(mt));
}

/* "12/3" */
static void
set_page(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	const struct cs_mt_field *field = cs_mt_find(mt, 28, 0);
	if (!field)
		return;
	struct cs_span value = cs_mt_value(mt, field);
	const uint8_t *slash = value.len ? memchr(value.at, '/', value.len) : NULL;
	size_t len = slash ? (size_t)(slash - value.at) : value.len;
	cs_row_message_set(messages, CS_CELL_STATEMENT, (struct cs_span){value.at, len});
	if (slash)
		cs_row_message_set(messages, CS_CELL_PAGE, behind(value, len + 1));
	else
		cs_row_message_say(messages, CS_CELL_PAGE, "1");
}

static void
set_balance(struct cs_row_messages *messages, const struct cs_mt *mt, unsigned tag)
{
	const struct cs_mt_field *field = cs_mt_find(mt, tag, 0);
	struct cs_mt_balance balance;
	bool opening = tag == 60;
	if (!field || !cs_mt_balance_of(mt, field, &balance))
		return;
	cs_row_message_say(messages, opening ? CS_CELL_FIRST : CS_CELL_LAST, field->option == 'F' ? "yes" : "no");
	cs_row_message_units(messages, opening ? CS_CELL_OPENING : CS_CELL_CLOSING,
			     (cs_mx_units)(opening ? mt->sums.opening : mt->sums.closing) * MT_SCALE);
	cs_row_message_set(messages, CS_CELL_KEY_CURRENCY, balance.currency);
	set_date(messages, CS_CELL_KEY_VALUE_DATE, &balance.date);
}

static void
set_statement(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	const struct cs_mt_sums *sums = &mt->sums;
	set_page(messages, mt);
	set_balance(messages, mt, 60);
	set_balance(messages, mt, 62);
	cs_row_message_number(messages, CS_CELL_ENTRIES, sums->entry_n);
	if (sums->complete && !sums->overflowed)
		cs_row_message_say(messages, CS_CELL_BALANCED, sums->balanced ? "yes" : "no");
	else if (sums->totals && !sums->overflowed)
		cs_row_message_say(messages, CS_CELL_BALANCED, sums->totals_agree ? "yes" : "no");
}

static void
set_acknowledgement(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	if (mt->ack.acknowledged || mt->ack.refused) {
		const char *outcome = mt->ack.acknowledged ? "accepted" : "refused";
		cs_row_message_say(messages, CS_CELL_KEY_STATUS, outcome);
		cs_row_message_say(messages, CS_CELL_OUTCOME, outcome);
	}
	if (mt->ack.refused)
		cs_row_message_set(messages, CS_CELL_KEY_REASON, cs_mt_tag_of(&mt->ack.tags, "405"));
	if (mt->payment.key[CS_PAYMENT_REFERENCE].at)
		return;
	struct cs_span called = cs_mt_tag_of(&mt->ack.tags, "108"); /* without a copy: as its sender called it */
	cs_row_message_set(messages, CS_CELL_KEY_REFERENCE, called);
	cs_row_message_set(messages, CS_CELL_MESSAGE_REFERENCE, called);
	cs_row_message_set(messages, CS_CELL_PAYMENT_REFERENCE, called);
}

static void
set_confirmation(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	cs_row_message_say(messages, CS_CELL_SIDE, mt->head.type == 910 ? "credit" : "debit");
	cs_row_message_set(messages, CS_CELL_BANK_REFERENCE, mt->payment.key[CS_PAYMENT_REFERENCE]);
	cs_row_message_say(messages, CS_CELL_SINGLE, "yes");
	cs_row_message_say(messages, CS_CELL_BOOKED, "yes");
}

/* What the digest is worth; keys that are not loaded are none. A service message alone has none. */
static const char *
authenticate(const struct cs_row_messages *messages, struct cs_mt *mt)
{
	static const char *const words[] = {
		[CS_MT_LAU_NO_KEY] = "no_key",
		[CS_MT_LAU_GOOD] = "good",
		[CS_MT_LAU_BAD] = "bad",
		[CS_MT_LAU_MISSING] = "missing",
	};
	const struct cs_mt_keys *keys = messages->rows->plan->lau;
	return keys && mt->head.type ? words[cs_mt_keys_check(keys, mt)] : NULL;
}

static void
set_lau(struct cs_row_messages *messages, const struct cs_row_mt *state)
{
	if (state->lau)
		cs_row_message_say(messages, CS_CELL_LAU, state->lau);
}

/* The message itself. */
static void
set_message(struct cs_row_messages *messages, struct cs_row_mt *state)
{
	const struct cs_mt *mt = &state->mt;
	const char *kind = kind_of(mt);
	bool itself = mt->head.type / 100 != 9 && (mt->head.type % 100 < 90 || mt->ack.lt.at);
	set_common(messages, mt);
	cs_row_message_say(messages, CS_CELL_KIND, kind);
	cs_row_message_set(messages, CS_CELL_PAYMENT_REFERENCE,
			   mt->payment.key[itself ? CS_PAYMENT_REFERENCE : CS_PAYMENT_RELATED_REFERENCE]);
	if (!mt->loose) {
		cs_row_mt_pay(messages, mt);
		cs_row_mt_names(messages, mt);
	}
	if (mt->head.type == 900 || mt->head.type == 910)
		set_confirmation(messages, mt);
	state->entries = strcmp(kind, "statement") == 0;
	if (state->entries)
		set_statement(messages, mt);
	if (mt->ack.lt.at)
		set_acknowledgement(messages, mt);
}

/* WORDS of an entry; SOURCE without their place. */
static void
set_words(struct cs_row_messages *messages, enum cs_cell cell, struct cs_span words, struct cs_row_source source)
{
	if (!words.len)
		return;
	source.at = (uint32_t)(words.at - messages->rows->fed.at);
	cs_row_message_set(messages, cell, words);
	cs_row_lines_whole(messages, cell, source);
}

static void
set_entry(struct cs_row_messages *messages, const struct cs_mt *mt, const struct cs_mt_entry *entry,
	  struct cs_span information)
{
	const struct cs_mt_field *opening = cs_mt_find(mt, 60, 0), *floor = cs_mt_find(mt, 34, 0);
	struct cs_mt_balance balance;
	set_common(messages, mt);
	set_page(messages, mt);
	cs_row_message_say(messages, CS_CELL_KIND, "entry");
	struct cs_text mark = cs_row_message_begin(messages);
	cs_text_put(&mark, entry->mark);
	cs_row_message_end(messages, CS_CELL_MARK, &mark); /* ENTRY is gone when the row is read */
	cs_row_message_say(messages, CS_CELL_SIDE, side_of(entry->mark));
	cs_row_message_say(messages, CS_CELL_SINGLE, "yes");
	cs_row_message_say(messages, CS_CELL_BOOKED, entry->mark[0] == 'E' ? "no" : "yes");
	set_date(messages, CS_CELL_KEY_VALUE_DATE, &entry->value_date);
	set_date(messages, CS_CELL_ENTRY_DATE, &entry->entry_date);
	cs_row_mt_amount(messages, CS_CELL_KEY_AMOUNT, entry->amount_text);
	cs_row_message_set(messages, CS_CELL_ENTRY_TYPE, entry->kind);
	cs_row_message_set(messages, CS_CELL_KEY_REFERENCE, entry->customer_ref);
	cs_row_message_set(messages, CS_CELL_PAYMENT_REFERENCE, entry->customer_ref);
	cs_row_message_set(messages, CS_CELL_BANK_REFERENCE, entry->bank_ref);
	set_words(messages, CS_CELL_SUPPLEMENTARY, entry->supplementary,
		  (struct cs_row_source){.field = 61, .line = 2});
	set_words(messages, CS_CELL_INFORMATION, information, (struct cs_row_source){.field = 86, .line = 1});
	if (opening && cs_mt_balance_of(mt, opening, &balance))
		cs_row_message_set(messages, CS_CELL_KEY_CURRENCY, balance.currency);
	else if (floor && cs_mt_value(mt, floor).len >= 3) /* 942: 34F says it */
		cs_row_message_set(messages, CS_CELL_KEY_CURRENCY, (struct cs_span){cs_mt_value(mt, floor).at, 3});
}

/* ---- one after the other ---- */

/* The next message, read; CS_AGAIN: there is none. */
static enum cs_error
take_message(struct cs_row_messages *messages, struct cs_row_mt *state, struct cs_row_fault *fault)
{
	if (!cs_mt_next(&state->file, &state->message))
		return CS_AGAIN;
	bool read = state->loose ? cs_mt_decode_loose(&state->mt, state->message)
				 : cs_mt_decode(&state->mt, state->message);
	if (!read)
		return cs_row_message_refuse(messages, state->message.at, &state->mt.payment, fault);
	state->lau = authenticate(messages, &state->mt);
	messages->time_ns = message_time(messages, &state->mt);
	messages->hash = cs_hash_bytes(state->message, 0);
	messages->nth = state->nth = 0;
	return CS_OK;
}

/* The next entry as a row; false: there is none any more. */
static bool
take_entry(struct cs_row_messages *messages, struct cs_row_mt *state, struct cs_span *row)
{
	const struct cs_mt *mt = &state->mt;
	struct cs_mt_entry entry;
	for (; state->nth < mt->field_n; state->nth++) {
		const struct cs_mt_field *field = &mt->field[state->nth];
		if (field->tag != 61 || !cs_mt_entry_of(mt, field, &entry))
			continue;
		*row = cs_mt_value(mt, field);
		struct cs_span information = {NULL, 0};
		const struct cs_mt_field *next = field + 1;
		if (state->nth + 1 < mt->field_n && next->tag == 86)
			information = cs_mt_value(mt, next);
		set_entry(messages, mt, &entry, information);
		set_lau(messages, state);
		messages->nth = ++state->nth;
		return true;
	}
	return false;
}

enum cs_error
cs_row_mt_next(struct cs_row_messages *messages, struct cs_span *row, struct cs_row_fault *fault)
{
	struct cs_row_mt *state = messages->mt;
	if (!state->begun)
		state->file = (struct cs_mt_file){.bytes = messages->rows->fed, .loose = state->loose, .exact = true};
	state->begun = true;
	if (state->entries && take_entry(messages, state, row))
		return CS_OK;
	state->entries = false;
	CS_TRY(take_message(messages, state, fault));
	set_message(messages, state);
	set_lau(messages, state);
	*row = state->message;
	return CS_OK;
}
