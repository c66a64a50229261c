/*
 * Payment messages as rows: what those of SWIFT MT (row_mt.c) and of ISO 20022 (row_mx.c) have in common.
 *
 * Invariant: cells are lent from the message or from `store`, and stand until the next row is asked for. Nothing between two
 * messages is passed over in silence.
 * Spec: ISO 9362 and 13616 for BICs and IBANs; FATF recommendation 16 for what a payment names; docs/payments.md.
 */
#include "decode/row_message_parts.h"

#include "base/hash.h"
#include "decode/scrub_words.h"

#include <stdlib.h>

static const char *const cells[CS_CELL_N] = {
#define KEY(symbol, name) [CS_CELL_KEY_##symbol] = name,
#include "decode/payment.def"
#undef KEY
#define ALERT(symbol, name) [CS_CELL_ALERT_##symbol] = name,
#include "decode/payment.def"
#undef ALERT
#define CELL(symbol, name, help) [CS_CELL_##symbol] = name,
#include "decode/row_cell.def"
#undef CELL
};

const char *
cs_row_cell_name(unsigned nth)
{
	return nth < CS_CELL_N ? cells[nth] : NULL;
}

enum cs_row_cell_sort
cs_row_cell_sort(const char *name)
{
	unsigned cell = 0;
	while (cell < CS_CELL_N && strcmp(cells[cell], name) != 0)
		cell++;
	if (!cs_row_lines_is_placed(cell))
		return CS_ROW_SORT_PLAIN;
	return cs_row_lines_is_party(cell) ? CS_ROW_SORT_PARTY : CS_ROW_SORT_WORDS;
}

struct cs_row_messages *
cs_row_messages_new(struct cs_rows *rows)
{
	struct cs_row_messages *messages = calloc(1, sizeof *messages);
	if (!messages)
		return NULL;
	messages->rows = rows;
	messages->hasher = cs_hasher_new();
	if (rows->plan->form == CS_ROW_MX)
		messages->mx = cs_row_mx_new(messages);
	else
		messages->mt = cs_row_mt_new(messages);
	if (!messages->hasher || (!messages->mt && !messages->mx)) {
		cs_row_messages_free(messages);
		return NULL;
	}
	cs_codes_fill(&messages->codes);
	memset(messages->slot, CS_ROW_NO_SLOT, sizeof messages->slot);
	return messages;
}

void
cs_row_messages_free(struct cs_row_messages *messages)
{
	if (!messages)
		return;
	cs_hasher_free(messages->hasher);
	cs_row_mt_free(messages->mt);
	cs_row_mx_free(messages->mx);
	free(messages);
}

/* ---- cells ---- */

/* What does not fit is cut, which no cell but words can come to. */
struct cs_text
cs_row_message_begin(struct cs_row_messages *messages)
{
	return cs_text_over(messages->store + messages->store_len, sizeof messages->store - messages->store_len);
}

void
cs_row_message_end(struct cs_row_messages *messages, enum cs_cell cell, const struct cs_text *text)
{
	CS_ASSERT(!text->overflowed);
	cs_row_message_set(messages, cell,
			   (struct cs_span){(const uint8_t *)messages->store + messages->store_len, text->len});
	messages->store_len += text->len + 1;
}

void
cs_row_message_number(struct cs_row_messages *messages, enum cs_cell cell, uint64_t number)
{
	struct cs_text text = cs_row_message_begin(messages);
	cs_text_put_u64(&text, number);
	cs_row_message_end(messages, cell, &text);
}

void
cs_row_message_time(struct cs_row_messages *messages, uint64_t time_ns)
{
	enum { HOURS = 24 };
	static const uint64_t hour_ns = UINT64_C(3600000000000);
	cs_row_message_number(messages, CS_CELL_TIME, time_ns);
	struct cs_text text = cs_row_message_begin(messages);
	cs_text_put_padded(&text, time_ns / hour_ns % HOURS, 2);
	cs_row_message_end(messages, CS_CELL_HOUR, &text);
}

void
cs_row_message_units(struct cs_row_messages *messages, enum cs_cell cell, cs_mx_units value)
{
	struct cs_text text = cs_row_message_begin(messages);
	cs_mx_units magnitude = value < 0 ? -value : value;
	uint64_t part = (uint64_t)(magnitude % CS_ROW_SCALE);
	unsigned digits = 5;
	if (magnitude / CS_ROW_SCALE > UINT64_MAX)
		return; /* more than any amount */
	if (value < 0)
		cs_text_put_char(&text, '-');
	cs_text_put_u64(&text, (uint64_t)(magnitude / CS_ROW_SCALE));
	for (; part && part % 10 == 0; part /= 10) /* not every currency has decimals */
		digits--;
	if (part) {
		cs_text_put_char(&text, '.');
		cs_text_put_padded(&text, part, digits);
	}
	cs_row_message_end(messages, cell, &text);
}

void
cs_row_message_bic(struct cs_row_messages *messages, enum cs_cell cell, struct cs_span bic)
{
	if (!cs_row_message_wants(messages, cell) || (bic.len != CS_BIC_BYTES && bic.len != CS_BIC_BYTES - 3))
		return;
	struct cs_text text = cs_row_message_begin(messages);
	cs_text_put_span(&text, bic);
	if (bic.len != CS_BIC_BYTES)
		cs_text_put(&text, CS_BIC_HEAD_OFFICE);
	cs_row_message_end(messages, cell, &text);
}

void
cs_row_message_digest(struct cs_row_messages *messages, struct cs_span bytes)
{
	enum { SHOWN_BYTES = 8 };
	if (!cs_row_message_wants(messages, CS_CELL_DIGEST) || !bytes.len)
		return;
	struct cs_digest digest = cs_digest_of(messages->hasher, bytes);
	struct cs_text text = cs_row_message_begin(messages);
	cs_text_put_hex(&text, (struct cs_span){digest.at, SHOWN_BYTES});
	cs_row_message_end(messages, CS_CELL_DIGEST, &text);
}

void
cs_row_message_alerts(struct cs_row_messages *messages, const struct cs_payment *payment)
{
	for (unsigned i = 0; i < CS_PAYMENT_ALERT_N; i++)
		if (cs_payment_raised(payment, (enum cs_payment_alert)i))
			cs_row_message_say(messages, (enum cs_cell)(CS_PAYMENT_KEY_N + i), "yes");
}

/* ---- countries ---- */

static bool
is_capital(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_country(const struct cs_row_messages *messages, struct cs_span code)
{
	return code.len >= 2 && is_capital(code.at[0]) && is_capital(code.at[1]) &&
	       messages->codes.country[cs_codes_letters2(code.at)];
}

struct cs_span
cs_row_message_iban_country(const struct cs_row_messages *messages, struct cs_span account)
{
	if (account.len < 5 || !is_country(messages, account) ||
	    account.len != messages->codes.iban_len[cs_codes_letters2(account.at)] || !cs_codes_iban_digits(account))
		return (struct cs_span){NULL, 0};
	return (struct cs_span){account.at, 2};
}

struct cs_span
cs_row_message_bic_country(struct cs_span bic)
{
	if (bic.len < 8)
		return (struct cs_span){NULL, 0};
	return (struct cs_span){bic.at + 4, 2};
}

/* The codes of MT are not all those of their countries. */
struct cs_span
cs_row_message_clearing_country(const struct cs_row_messages *messages, struct cs_span code)
{
	static const struct {
		char code[3], country[3];
	} others[] = {{"BL", "DE"}, {"CC", "CA"}, {"CP", "US"}, {"FW", "US"}, {"SC", "GB"}, {"SW", "CH"}};
	bool long_code = code.len == 5 && is_capital(code.at[4]); /* of ISO 20022: they begin with their country */
	for (unsigned i = 0; !long_code && code.len >= 2 && i < sizeof others / sizeof others[0]; i++)
		if (memcmp(code.at, others[i].code, 2) == 0)
			return cs_span_text(others[i].country);
	if (cs_span_is(code, "CNAPS"))
		return cs_span_text("CN");
	return is_country(messages, code) ? (struct cs_span){code.at, 2} : (struct cs_span){NULL, 0};
}

void
cs_row_message_complete(struct cs_row_messages *messages, unsigned there)
{
	static const char *const names[] = {"ordering_name", "ordering_account", "ordering_address", "beneficiary_name",
					    "beneficiary_account"};
	unsigned i = 0;
	while (i < sizeof names / sizeof names[0] && (there >> i & 1))
		i++;
	bool complete = i == sizeof names / sizeof names[0];
	cs_row_message_say(messages, CS_CELL_COMPLETE, complete ? "yes" : "no");
	if (!complete)
		cs_row_message_say(messages, CS_CELL_MISSING, names[i]);
}

/* ---- words ---- */

/* The middle of card numbers in words is starred; of words that long, what is behind their beginning is left out, and that is noted. */
static void
scrub(struct cs_row_messages *messages, enum cs_cell which)
{
	struct cs_row_cell *cell = &messages->rows->cell[messages->slot[which]];
	if (!cell->len || !cs_scrub_words_has((struct cs_span){cell->at, cell->len}))
		return;
	size_t room = sizeof messages->lines - messages->lines_len;
	size_t len = cell->len < CS_ROW_WORDS_MAX ? cell->len : CS_ROW_WORDS_MAX;
	uint8_t *at = messages->lines + messages->lines_len;
	len = len < room ? len : room;
	memcpy(at, cell->at, len);
	(void)cs_scrub_words(at, len);
	while (len < cell->len && len && at[len - 1] != '*' && (at[len - 1] < 'A' || at[len - 1] > 'z'))
		len--; /* digits that were cut may be those of one */
	if (len < cell->len)
		cs_row_lines_cut(messages, which);
	*cell = (struct cs_row_cell){at, (uint32_t)len, false};
	messages->lines_len += len;
}

static void
scrub_words(struct cs_row_messages *messages)
{
	static const enum cs_cell words[] = {CS_CELL_KEY_ORDERING_CUSTOMER, CS_CELL_KEY_BENEFICIARY_CUSTOMER,
					     CS_CELL_NARRATIVE, CS_CELL_INFORMATION, CS_CELL_SUPPLEMENTARY};
	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
		if (cs_row_message_wants(messages, words[i]))
			scrub(messages, words[i]);
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
	unsigned asked_n = rows->slot_n;
	for (unsigned i = 0; i < asked_n; i++) {
		unsigned cell = 0;
		while (cell < CS_CELL_N && strcmp(cells[cell], rows->slot[i].name) != 0)
			cell++;
		if (cell == CS_CELL_N)
			return unknown(messages, rows->slot[i].name, fault);
		messages->slot[cell] = (uint8_t)i;
	}
	cs_row_lines_slots(messages);
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

enum cs_error
cs_row_message_refuse(struct cs_row_messages *messages, const uint8_t *at, const struct cs_payment *payment,
		      struct cs_row_fault *fault)
{
	CS_ASSERT(payment->reason_n);
	place(messages, at, fault);
	struct cs_text text = cs_text_over(fault->words, sizeof fault->words);
	cs_text_put(&text, payment->reason[0].code);
	cs_text_put(&text, " at byte ");
	cs_text_put_u64(&text, fault->offset + payment->reason[0].offset);
	cs_text_put(&text, ": ");
	cs_text_put(&text, payment->reason[0].text);
	return CS_E_FORMAT;
}

enum cs_error
cs_row_messages_next(struct cs_row_messages *messages, struct cs_event *event, struct cs_row_fault *fault)
{
	struct cs_rows *rows = messages->rows;
	struct cs_span row = {NULL, 0};
	if (!messages->known)
		CS_TRY(know(messages, fault));
	cs_row_message_clear(messages);
	memset(rows->cell, 0, rows->slot_n * sizeof rows->cell[0]);
	CS_TRY((messages->mx ? cs_row_mx_next : cs_row_mt_next)(messages, &row, fault));
	scrub_words(messages);
	place(messages, row.at, fault);
	CS_TRY(cs_row_event(rows, row, event, fault));
	/* Two entries of equal bytes are two; those of a statement that is read twice are the same. */
	if (messages->nth)
		event->message_hash = cs_hash_mix(messages->hash, messages->nth);
	return CS_OK;
}
