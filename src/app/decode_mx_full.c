/*
 * What an ISO 20022 message says, field by field: the member "full" of its line.
 *
 * Records come as they end, so lists are opened when the first of their members comes and closed when what they are in
 * ends; the fields of a record stand behind its lists. Names are those of mx_slot.def. Amounts are decimal strings as
 * sent, sums are made here; dates are as sent.
 */
#include "app/decode_mx.h"

#include "app/decode_out.h"

#include "base/error.h"

enum shape { SHAPE_RECORD, SHAPE_SLOT, SHAPE_LIST, SHAPE_AMOUNT, SHAPE_PARTY };

static const struct row {
	uint16_t slot;
	uint8_t shape;
	uint8_t n;
	const char *name, *currency;
} rows[] = {
#define RECORD(symbol)                 {CS_MX_FIRST_##symbol, SHAPE_RECORD, 0, "", ""},
#define SLOT(symbol, name)             {CS_MX_##symbol, SHAPE_SLOT, 1, name, ""},
#define LIST(symbol, name, n)          {CS_MX_##symbol, SHAPE_LIST, n, name, ""},
#define AMOUNT(symbol, name, currency) {CS_MX_##symbol, SHAPE_AMOUNT, 2, name, currency},
#define PARTY(symbol, name)            {CS_MX_##symbol, SHAPE_PARTY, CS_MX_PARTY_N, name, ""},
#include "decode/mx_slot.def"
#undef RECORD
#undef SLOT
#undef LIST
#undef AMOUNT
#undef PARTY
};

enum { ROW_N = sizeof rows / sizeof rows[0], LINES_BYTES = 1 << 14 };

/* Lists and objects that are open, innermost last. */
enum level {
	LEVEL_PAYMENTS,
	LEVEL_PAYMENT,
	LEVEL_TXS,
	LEVEL_TX,
	LEVEL_CHARGES,
	LEVEL_REPORTS,
	LEVEL_REPORT,
	LEVEL_BALANCES,
	LEVEL_ENTRIES,
	LEVEL_ENTRY,
	LEVEL_ENTRY_TXS,
	LEVEL_N
};

struct sink {
	struct cs_json *json;
	bool open[LEVEL_N];
};

/* --- levels --- */

static void
open_level(struct sink *sink, enum level level)
{
	static const char *const lists[LEVEL_N] = {
		[LEVEL_PAYMENTS] = "payments", [LEVEL_TXS] = "tx",
		[LEVEL_CHARGES] = "charges",   [LEVEL_REPORTS] = "reports",
		[LEVEL_BALANCES] = "balances", [LEVEL_ENTRIES] = "entries",
		[LEVEL_ENTRY_TXS] = "tx",
	};
	if (sink->open[level])
		return;
	if (lists[level]) {
		cs_json_key(sink->json, lists[level]);
		cs_json_array(sink->json);
	} else {
		cs_json_object(sink->json);
	}
	sink->open[level] = true;
}

static void
close_list(struct sink *sink, enum level level)
{
	if (sink->open[level])
		cs_json_end_array(sink->json);
	sink->open[level] = false;
}

static void
close_object(struct sink *sink, enum level level)
{
	cs_json_end_object(sink->json);
	sink->open[level] = false;
}

/* --- fields --- */

static void
put_slot(struct cs_json *json, const struct cs_mx *mx, unsigned slot, const char *name)
{
	struct cs_span value = cs_mx_value(mx, slot);
	if (value.at)
		cs_decode_utf8_put(json, name, value);
}

/* Several values as lines of one. */
static void
put_lines(struct cs_json *json, const struct cs_mx *mx, unsigned slot, const struct row *row)
{
	char lines[LINES_BYTES];
	struct cs_text text = cs_text_over(lines, sizeof lines);
	for (unsigned i = slot; i < slot + row->n && cs_mx_value(mx, i).at; i++) {
		if (i > slot)
			cs_text_put_char(&text, '\n');
		cs_text_put_span(&text, cs_mx_value(mx, i));
	}
	if (text.len > 0)
		cs_decode_utf8_put(json, row->name, cs_span_text(lines));
}

static bool
has_any(const struct cs_mx *mx, unsigned slot, unsigned n)
{
	for (unsigned i = slot; i < slot + n; i++)
		if (cs_mx_value(mx, i).at)
			return true;
	return false;
}

/* The first of N slots, as many as hold something; without one there is no list. */
static void
put_array(struct cs_json *json, const struct cs_mx *mx, const char *name, unsigned first, unsigned n)
{
	if (!cs_mx_value(mx, first).at)
		return;
	cs_json_key(json, name);
	cs_json_array(json);
	for (unsigned i = first; i < first + n && cs_mx_value(mx, i).at; i++)
		cs_decode_utf8_put(json, NULL, cs_mx_value(mx, i));
	cs_json_end_array(json);
}

static void
put_party(struct cs_json *json, const struct cs_mx *mx, unsigned party, const char *name)
{
	static const char *const fields[] = {
		[CS_MX_PARTY_BIC] = "bic",
		[CS_MX_PARTY_LEI] = "lei",
		[CS_MX_PARTY_NAME] = "name",
		[CS_MX_PARTY_COUNTRY] = "country",
		[CS_MX_PARTY_TOWN] = "town",
		[CS_MX_PARTY_ACCOUNT] = "account",
		[CS_MX_PARTY_CLEARING_SYSTEM] = "clearing_system",
		[CS_MX_PARTY_CLEARING_MEMBER] = "clearing_member",
		[CS_MX_PARTY_BORN] = "born",
		[CS_MX_PARTY_IDENTIFIER] = "identifier",
		[CS_MX_PARTY_CONTACT] = "contact",
	};
	if (!has_any(mx, party, CS_MX_PARTY_N))
		return;
	cs_json_key(json, name);
	cs_json_object(json);
	for (unsigned i = 0; i < CS_MX_PARTY_LINE; i++)
		put_slot(json, mx, party + i, fields[i]);
	put_array(json, mx, "address_lines", party + CS_MX_PARTY_LINE, CS_MX_LINES_MAX);
	put_array(json, mx, "address_parts", party + CS_MX_PARTY_STREET, CS_MX_STREETS_MAX);
	cs_json_end_object(json);
}

/* The slots from FIRST up to END, those of transactions in GROUP. */
static void
put_fields(struct sink *sink, const struct cs_mx *mx, unsigned first, unsigned end, unsigned group)
{
	for (unsigned i = 0; i < ROW_N; i++) {
		const struct row *row = &rows[i];
		unsigned slot = row->slot + group;
		if (row->slot < first || row->slot >= end || !row->name[0])
			continue;
		if (row->shape == SHAPE_PARTY)
			put_party(sink->json, mx, slot, row->name);
		if (row->shape == SHAPE_LIST)
			put_lines(sink->json, mx, slot, row);
		if (row->shape == SHAPE_SLOT || row->shape == SHAPE_AMOUNT)
			put_slot(sink->json, mx, slot, row->name);
		if (row->shape == SHAPE_AMOUNT)
			put_slot(sink->json, mx, slot + 1, row->currency);
	}
}

static void
put_group(struct sink *sink, const struct cs_mx *mx, unsigned group, const char *name)
{
	if (!has_any(mx, CS_MX_FIRST_TX + group, CS_MX_TX_N))
		return;
	cs_json_key(sink->json, name);
	cs_json_object(sink->json);
	put_fields(sink, mx, CS_MX_FIRST_TX, CS_MX_FIRST_END, group);
	cs_json_end_object(sink->json);
}

/* --- transactions --- */

/* Opens the list of transactions where the message has it. */
static void
reach_txs(struct sink *sink, const struct cs_mx *mx)
{
	if (cs_span_is(cs_mx_root(mx), "CstmrCdtTrfInitn")) {
		open_level(sink, LEVEL_PAYMENTS);
		open_level(sink, LEVEL_PAYMENT);
	}
	open_level(sink, LEVEL_TXS);
}

static void
end_charge(struct sink *sink, const struct cs_mx *mx)
{
	reach_txs(sink, mx);
	open_level(sink, LEVEL_TX);
	open_level(sink, LEVEL_CHARGES);
	cs_json_object(sink->json);
	put_slot(sink->json, mx, CS_MX_CHARGE, "amount");
	put_slot(sink->json, mx, CS_MX_CHARGE_CURRENCY, "currency");
	put_slot(sink->json, mx, CS_MX_CHARGE_AGENT + CS_MX_PARTY_BIC, "agent");
	cs_json_end_object(sink->json);
}

static void
end_tx(struct sink *sink, const struct cs_mx *mx)
{
	reach_txs(sink, mx);
	open_level(sink, LEVEL_TX);
	close_list(sink, LEVEL_CHARGES);
	put_fields(sink, mx, CS_MX_FIRST_TX, CS_MX_FIRST_END, CS_MX_GROUP_MAIN);
	put_group(sink, mx, CS_MX_GROUP_UNDERLYING, "underlying");
	put_group(sink, mx, CS_MX_GROUP_CHAIN, "return_chain");
	put_group(sink, mx, CS_MX_GROUP_ORIGINAL, "original");
	put_group(sink, mx, CS_MX_GROUP_ORIGINAL_UNDERLYING, "original_underlying");
	close_object(sink, LEVEL_TX);
}

static void
end_payment(struct sink *sink, const struct cs_mx *mx)
{
	struct cs_mx_sums sums;
	cs_mx_add_up(mx, &sums);
	open_level(sink, LEVEL_PAYMENTS);
	open_level(sink, LEVEL_PAYMENT);
	close_list(sink, LEVEL_TXS);
	put_fields(sink, mx, CS_MX_FIRST_TX, CS_MX_FIRST_END, CS_MX_GROUP_PAYMENT);
	cs_json_put_u64(sink->json, "n_tx", sums.payment_tx_n);
	close_object(sink, LEVEL_PAYMENT);
}

/* --- reports --- */

static void
reach_report(struct sink *sink)
{
	open_level(sink, LEVEL_REPORTS);
	open_level(sink, LEVEL_REPORT);
}

static void
end_balance(struct sink *sink, const struct cs_mx *mx)
{
	reach_report(sink);
	close_list(sink, LEVEL_ENTRIES);
	open_level(sink, LEVEL_BALANCES);
	cs_json_object(sink->json);
	put_fields(sink, mx, CS_MX_FIRST_BALANCE, CS_MX_FIRST_ENTRY, 0);
	cs_json_end_object(sink->json);
}

static void
reach_entry(struct sink *sink)
{
	reach_report(sink);
	close_list(sink, LEVEL_BALANCES);
	open_level(sink, LEVEL_ENTRIES);
	open_level(sink, LEVEL_ENTRY);
}

static void
end_entry_tx(struct sink *sink, const struct cs_mx *mx)
{
	reach_entry(sink);
	open_level(sink, LEVEL_ENTRY_TXS);
	cs_json_object(sink->json);
	put_fields(sink, mx, CS_MX_FIRST_TX, CS_MX_FIRST_END, CS_MX_GROUP_MAIN);
	cs_json_end_object(sink->json);
}

/* Domain/family/subfamily, or the code of the bank. */
static void
put_bank_code(struct cs_json *json, const struct cs_mx *mx)
{
	char code[64];
	struct cs_text text = cs_text_over(code, sizeof code);
	for (unsigned slot = CS_MX_BANK_DOMAIN; slot <= CS_MX_BANK_SUBFAMILY; slot++) {
		if (text.len > 0 && cs_mx_value(mx, slot).at)
			cs_text_put_char(&text, '/');
		cs_text_put_span(&text, cs_mx_value(mx, slot));
	}
	if (text.len == 0)
		cs_text_put_span(&text, cs_mx_value(mx, CS_MX_BANK_CODE));
	if (text.len > 0)
		cs_decode_utf8_put(json, "bank_tx_code", cs_span_text(code));
}

static void
end_entry(struct sink *sink, const struct cs_mx *mx)
{
	struct cs_mx_sums sums;
	cs_mx_add_up(mx, &sums);
	reach_entry(sink);
	close_list(sink, LEVEL_ENTRY_TXS);
	put_fields(sink, mx, CS_MX_FIRST_ENTRY, CS_MX_FIRST_CHARGE, 0);
	put_bank_code(sink->json, mx);
	cs_json_put_u64(sink->json, "n_tx", sums.payment_tx_n);
	close_object(sink, LEVEL_ENTRY);
}

static void
end_report(struct sink *sink, const struct cs_mx *mx)
{
	struct cs_mx_sums sums;
	cs_mx_add_up(mx, &sums);
	reach_report(sink);
	close_list(sink, LEVEL_BALANCES);
	close_list(sink, LEVEL_ENTRIES);
	put_fields(sink, mx, CS_MX_FIRST_REPORT, CS_MX_SUMMARY_N, 0);
	if (has_any(mx, CS_MX_SUMMARY_N, CS_MX_FIRST_BALANCE - CS_MX_SUMMARY_N)) {
		cs_json_key(sink->json, "summary");
		cs_json_object(sink->json);
		put_fields(sink, mx, CS_MX_SUMMARY_N, CS_MX_FIRST_BALANCE, 0);
		cs_json_end_object(sink->json);
	}
	cs_json_put_u64(sink->json, "n_entries", sums.entry_n);
	cs_json_put_text(sink->json, "booked_credits", sums.credits.text);
	cs_json_put_text(sink->json, "booked_debits", sums.debits.text);
	if (sums.balance >= 0)
		cs_json_put_bool(sink->json, "balance_ok", sums.balance > 0);
	close_object(sink, LEVEL_REPORT);
}

/* --- the message --- */

static void
put_header(struct sink *sink, const struct cs_mx *mx)
{
	static const struct {
		unsigned party;
		const char *name;
	} sides[] = {{CS_MX_FROM, "from"}, {CS_MX_TO, "to"}};
	if (!cs_mx_header(mx).at)
		return;
	cs_json_key(sink->json, "header");
	cs_json_object(sink->json);
	for (unsigned i = 0; i < 2; i++) {
		struct cs_span bic = cs_mx_value(mx, sides[i].party + CS_MX_PARTY_BIC);
		struct cs_span member = cs_mx_value(mx, sides[i].party + CS_MX_PARTY_CLEARING_MEMBER);
		if (bic.at || member.at)
			cs_decode_utf8_put(sink->json, sides[i].name, bic.at ? bic : member);
	}
	put_fields(sink, mx, CS_MX_BIZ_MSG_IDR, CS_MX_MSG_ID, 0);
	cs_json_put_utf8(sink->json, "schema", cs_mx_header(mx));
	cs_json_end_object(sink->json);
}

static void
end_message(struct sink *sink, const struct cs_mx *mx)
{
	struct cs_mx_sums sums;
	cs_mx_add_up(mx, &sums);
	close_list(sink, LEVEL_TXS);
	close_list(sink, LEVEL_PAYMENTS);
	close_list(sink, LEVEL_REPORTS);
	put_header(sink, mx);
	cs_json_put_utf8(sink->json, "type", cs_mx_type(mx));
	cs_json_put_utf8(sink->json, "root", cs_mx_root(mx));
	put_fields(sink, mx, CS_MX_MSG_ID, CS_MX_TOTAL, 0);
	if (cs_mx_value(mx, CS_MX_TOTAL).at) {
		cs_json_key(sink->json, "total_amount");
		cs_json_object(sink->json);
		put_fields(sink, mx, CS_MX_TOTAL, CS_MX_GROUP_INSTRUCTING_AGENT, 0);
		cs_json_end_object(sink->json);
	}
	put_fields(sink, mx, CS_MX_GROUP_INSTRUCTING_AGENT, CS_MX_FIRST_REPORT, 0);
	cs_json_put_u64(sink->json, "n_documents", 1);
	if (sums.report_n > 0) {
		cs_json_put_u64(sink->json, "n_reports", sums.report_n);
		return;
	}
	cs_json_put_u64(sink->json, "n_tx", sums.tx_n);
	if (sums.payment_n > 0) {
		cs_json_put_u64(sink->json, "n_payments", sums.payment_n);
		cs_json_put_text(sink->json, "sum", sums.sum.text);
	}
}

static void
take_record(void *context, const struct cs_mx *mx, enum cs_mx_record record)
{
	static void (*const ends[CS_MX_RECORD_N])(struct sink *, const struct cs_mx *) = {
		[CS_MX_RECORD_MESSAGE] = end_message, [CS_MX_RECORD_PAYMENT] = end_payment,
		[CS_MX_RECORD_TX] = end_tx,           [CS_MX_RECORD_CHARGE] = end_charge,
		[CS_MX_RECORD_REPORT] = end_report,   [CS_MX_RECORD_BALANCE] = end_balance,
		[CS_MX_RECORD_ENTRY] = end_entry,     [CS_MX_RECORD_ENTRY_TX] = end_entry_tx,
	};
	if (ends[record])
		ends[record](context, mx);
}

void
cs_decode_mx_put_full(struct cs_json *json, struct cs_mx *mx, struct cs_span message)
{
	struct cs_payment again;
	struct sink sink = {.json = json};
	const struct cs_mx_visitor visitor = {take_record, &sink};
	cs_json_key(json, "full");
	cs_json_object(json);
	bool accepted = cs_mx_walk(mx, message, &again, &visitor);
	CS_ASSERT(accepted); /* it was, and is the same */
	cs_json_end_object(json);
}
