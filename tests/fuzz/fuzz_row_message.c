/*
 * Files of payment messages, of SWIFT MT strictly and as banks write statements, of ISO 20022: whatever the bytes, each row that comes has a kind and a
 * time, each part of a cell a place in the file, reading ends, and what is said of a fault shows no card number.
 */
#include "decode/row.h"

#include "base/hash.h"

#include <stdlib.h>

static const struct cs_token_key key = {{7}};
static const struct cs_row_column columns[] = {
	{.name = "kind", .what = CS_ROW_TEXT, .field = CS_FIELD_FORWARDER},
	{.name = "time", .what = CS_ROW_TIME, .clock = CS_ROW_NANOSECONDS},
	{.name = "reference", .what = CS_ROW_TEXT, .field = CS_FIELD_RRN},
	{.name = "amount", .what = CS_ROW_MONEY, .field = CS_FIELD_AMOUNT, .currency_name = "currency"},
	{.name = "closing", .what = CS_ROW_MONEY, .field = CS_FIELD_BILLING, .currency_name = "currency"},
	{.name = "beneficiary_account", .what = CS_ROW_TEXT, .field = CS_FIELD_TRANSMISSION, .token = true},
	{.name = "instructed_amount", .what = CS_ROW_MONEY, .field = CS_FIELD_SETTLEMENT, .currency_name = "currency"},
	{.name = "digest", .what = CS_ROW_CELL},
	{.name = "information", .what = CS_ROW_CELL},
	{.name = "narrative", .what = CS_ROW_CELL},
	{.name = "complete", .what = CS_ROW_CELL},
	{.name = "sender_charges", .what = CS_ROW_CELL},
	{.name = "entry_type", .what = CS_ROW_CELL},
	{.name = "nak", .what = CS_ROW_CELL},
	{.name = "ordering_party", .what = CS_ROW_CELL},
	{.name = "beneficiary_party", .what = CS_ROW_CELL},
	{.name = "ordering_bank_party", .what = CS_ROW_CELL},
	{.name = "beneficiary_bank_party", .what = CS_ROW_CELL},
	{.name = "other_bank_parties", .what = CS_ROW_CELL},
	{.name = "remittance", .what = CS_ROW_CELL},
	{.name = "sender_to_receiver", .what = CS_ROW_CELL},
	{.name = "regulatory", .what = CS_ROW_CELL},
	{.name = "supplementary", .what = CS_ROW_CELL},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Parts lie in their cell one behind the other, and what they say stands in the file. */
static void
check_parts(const struct cs_rows *rows, unsigned i, size_t file_len)
{
	struct cs_span cell = cs_rows_cell(rows, i);
	struct cs_row_part part;
	struct cs_row_place place;
	size_t end = 0;
	for (unsigned nth = 0; cs_rows_part(rows, i, nth, &part); nth++) {
		if (part.at < end || part.at + part.text.len > cell.len || part.text.at != cell.at + part.at)
			abort();
		end = part.at + part.text.len;
		for (size_t k = 0; k < part.text.len; k += 1 + part.text.len / 8) {
			cs_rows_place(rows, i, part.at + k, &place);
			if (!place.line || !place.column || !place.field[0] || place.offset >= file_len)
				abort();
		}
	}
}

static void
check_row(const struct cs_rows *rows, const struct cs_event *event, size_t file_len)
{
	for (unsigned i = 0; i < COLUMNS; i++)
		check_parts(rows, i, file_len);
	if (!cs_event_has(event, CS_FIELD_FORWARDER) || !event->origin.time_ns || event->kind != CS_KIND_RECORD)
		abort();
	uint64_t sum = 0;
	for (unsigned i = 0; i < COLUMNS; i++)
		sum = cs_hash_bytes(cs_rows_cell(rows, i), sum); /* all of it can be read */
	if (sum == 1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	static const enum cs_row_form forms[] = {CS_ROW_STATEMENT, CS_ROW_MT, CS_ROW_MX, CS_ROW_MX};
	struct cs_row_plan plan = {.form = (uint8_t)forms[data[0] & 3], .key = &key, .file_ns = 1};
	plan.column = columns;
	plan.column_n = COLUMNS;
	uint8_t *lent = malloc(len);
	struct cs_rows *rows = cs_rows_new(&plan);
	if (!lent || !rows)
		abort();
	memcpy(lent, data + 1, len - 1);
	cs_rows_feed(rows, (struct cs_span){lent, len - 1}, true);
	struct cs_event event;
	struct cs_row_fault fault;
	enum cs_error error;
	for (size_t n = 0; (error = cs_rows_next(rows, &event, &fault)) != CS_AGAIN; n++) {
		if (error == CS_OK)
			check_row(rows, &event, len - 1);
		if (error == CS_E_SYNTAX || n > 2 * len)
			abort(); /* every cell is known, and each row takes a byte at least */
	}
	cs_rows_free(rows);
	free(lent);
	return 0;
}
