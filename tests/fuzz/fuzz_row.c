/*
 * Goal: no bytes make the reader of rows crash or read past what it was fed; what it reads does not depend on how it was
 * fed; no complaint shows more than six digits of what stands in the file.
 * Method: the first byte chooses CSV or JSON Lines and the size of the pieces; the rest is read whole and in pieces.
 */
#include "decode/row.h"

#include "base/hash.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct cs_token_key key = {{7}};
static const char *const yes[] = {"1", "true"};
static const struct cs_row_column columns[] = {
	{.name = "id", .what = CS_ROW_TEXT, .field = CS_FIELD_RRN},
	{.name = "t", .what = CS_ROW_TIME, .clock = CS_ROW_SECONDS},
	{.name = "when", .what = CS_ROW_TIME, .clock = CS_ROW_RFC3339},
	{.name = "card", .what = CS_ROW_CARD, .field = CS_FIELD_CARD},
	{.name = "account", .what = CS_ROW_TEXT, .field = CS_FIELD_FORWARDER, .token = true},
	{.name = "id", .what = CS_ROW_TEXT, .field = CS_FIELD_TERMINAL, .first = 2, .last = 5},
	{.name = "amount", .what = CS_ROW_MONEY, .field = CS_FIELD_AMOUNT, .currency_name = "cur"},
	{.name = "fee", .what = CS_ROW_MONEY, .field = CS_FIELD_BILLING, .currency = 978, .minor = true},
	{.name = "fraud", .what = CS_ROW_FLAG, .flag = CS_FLAG_FRAUD, .value_n = 2, .value = yes},
};

static unsigned
digits_in(const char *words)
{
	const char *quoted = words[0] == '"' ? words + 1 : "\"";
	unsigned n = 0;
	for (; *quoted && *quoted != '"'; quoted++)
		n += *quoted >= '0' && *quoted <= '9';
	return n;
}

/* A hash of all that comes of DATA, fed in pieces that lie in memory of their own size. */
static uint64_t
read_pieces(const struct cs_row_plan *plan, const uint8_t *data, size_t len, size_t piece)
{
	struct cs_rows *rows = cs_rows_new(plan);
	uint64_t hash = 0;
	if (!rows)
		abort();
	for (size_t at = 0, end = 0; !end; at += piece) {
		size_t n = len - at < piece ? len - at : piece;
		uint8_t *lent = malloc(n ? n : 1);
		if (!lent)
			abort();
		memcpy(lent, data + at, n);
		end = at + n == len;
		cs_rows_feed(rows, (struct cs_span){lent, n}, end);
		struct cs_row_fault fault;
		struct cs_event event;
		enum cs_error error;
		while ((error = cs_rows_next(rows, &event, &fault)) == CS_OK || error == CS_E_FORMAT) {
			hash = cs_hash_mix(hash,
					   error == CS_OK
						   ? cs_hash_bytes((struct cs_span){(uint8_t *)&event, sizeof event}, 0)
						   : cs_hash_bytes(cs_span_text(fault.words), fault.line));
			if (error == CS_E_FORMAT && digits_in(fault.words) > 6)
				abort();
		}
		end |= error == CS_E_SYNTAX;
		hash = error == CS_E_SYNTAX ? cs_hash_mix(hash, cs_hash_bytes(cs_span_text(fault.words), 1)) : hash;
		free(lent);
	}
	hash = cs_hash_mix(hash, cs_rows_line(rows));
	cs_rows_free(rows);
	return hash;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	struct cs_row_plan plan = {
		.form = data[0] & 1 ? CS_ROW_JSON : CS_ROW_CSV, .separator = ',', .key = &key, .column = columns};
	plan.column_n = sizeof columns / sizeof columns[0];
	size_t piece = 1 + (data[0] >> 1);
	uint64_t whole = read_pieces(&plan, data + 1, len - 1, len);
	if (read_pieces(&plan, data + 1, len - 1, piece) != whole)
		abort();
	return 0;
}
