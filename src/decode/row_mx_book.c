/*
 * What rows of reports say: statements, their entries, the details of an entry; and what all rows of a message have.
 *
 * Invariant: an entry with one detail has the detail's cells already when it is filled: only what it says itself is put.
 * Spec: ISO 20022 camt.052, camt.053, camt.054; docs/payments.md.
 */
#include "decode/row_mx_parts.h"

#include "base/error.h"

enum { DAY_LEN = sizeof "2026-03-02" - 1, NAME_LEN = sizeof "camt.053" - 1, COUNT_DIGITS = 9 };

static const struct cs_span nothing = {NULL, 0};

static bool
says(const struct cs_mx *mx, unsigned slot, const char *text)
{
	struct cs_span value = cs_mx_value(mx, slot);
	return value.at && cs_span_is(value, text);
}

static bool
is_true(const struct cs_mx *mx, unsigned slot)
{
	return says(mx, slot, "true") || says(mx, slot, "1");
}

static struct cs_span
either(const struct cs_mx *mx, unsigned slot, unsigned other)
{
	struct cs_span value = cs_mx_value(mx, slot);
	return value.len ? value : cs_mx_value(mx, other);
}

static void
set_day(struct cs_row_messages *messages, enum cs_cell cell, struct cs_span value)
{
	if (value.len > DAY_LEN)
		value.len = DAY_LEN;
	cs_row_message_set(messages, cell, value);
}

static void
set_time(struct cs_row_messages *messages, struct cs_span value)
{
	uint64_t time_ns;
	if (value.at && cs_row_value_time(value, &time_ns))
		cs_row_message_time(messages, time_ns);
}

/* ---- statements ---- */

static bool
signed_balance(const struct cs_mx *mx, cs_mx_units *out)
{
	if (!cs_mx_value_units(cs_mx_value(mx, CS_MX_BALANCE), out))
		return false;
	if (says(mx, CS_MX_BALANCE_MARK, "DBIT"))
		*out = -*out;
	return true;
}

/* The booked ones: at the opening, else that before; at the closing, else the last in between. */
void
cs_row_mx_balance(const struct cs_mx *mx, struct cs_row_mx_sums *sums)
{
	bool opening = says(mx, CS_MX_BALANCE_TYPE, "OPBD"), closing = says(mx, CS_MX_BALANCE_TYPE, "CLBD");
	bool before = says(mx, CS_MX_BALANCE_TYPE, "PRCD"), between = says(mx, CS_MX_BALANCE_TYPE, "ITBD");
	cs_mx_units units;
	if (!signed_balance(mx, &units))
		return;
	if ((opening && !sums->opening_first) || (before && !sums->opening_known)) {
		sums->opening = units;
		sums->opening_known = true;
		sums->opening_first = opening;
	}
	if ((closing && !sums->closing_booked) || (between && !sums->closing_known)) {
		sums->closing = units;
		sums->closing_known = true;
		sums->closing_booked = closing;
	}
}

static void
set_type(struct cs_row_messages *messages, const struct cs_mx *mx)
{
	struct cs_span type = cs_mx_type(mx);
	if (type.len > NAME_LEN)
		type.len = NAME_LEN;
	cs_row_message_set(messages, CS_CELL_TYPE, type);
}

/* What an entry has from its statement. */
static void
set_account(struct cs_row_messages *messages, const struct cs_mx *mx)
{
	static const char *const again[] = {"DUPL", "CODU"};
	struct cs_span number = either(mx, CS_MX_ELECTRONIC_SEQ, CS_MX_LEGAL_SEQ);
	struct cs_span page = cs_mx_value(mx, CS_MX_PAGE);
	set_type(messages, mx);
	cs_row_message_set(messages, CS_CELL_ACCOUNT, cs_mx_value(mx, CS_MX_ACCOUNT));
	cs_row_message_set(messages, CS_CELL_STATEMENT, number.at ? number : cs_mx_value(mx, CS_MX_REPORT_ID));
	cs_row_message_set(messages, CS_CELL_PAGE, page.at ? page : cs_span_text("1"));
	set_time(messages, cs_mx_value(mx, CS_MX_REPORT_CREATED));
	for (unsigned i = 0; i < sizeof again / sizeof again[0]; i++)
		if (says(mx, CS_MX_REPORT_COPY, again[i]))
			cs_row_message_say(messages, CS_CELL_POSSIBLE_DUPLICATE, "yes");
}

void
cs_row_mx_report(struct cs_row_messages *messages, const struct cs_mx *mx, const struct cs_row_mx_sums *sums)
{
	struct cs_mx_sums added;
	struct cs_span page = cs_mx_value(mx, CS_MX_PAGE), last = cs_mx_value(mx, CS_MX_LAST_PAGE);
	cs_mx_add_up(mx, &added);
	set_account(messages, mx);
	cs_row_message_say(messages, CS_CELL_KIND, "statement");
	cs_row_message_set(messages, CS_CELL_KEY_REFERENCE, cs_mx_value(mx, CS_MX_REPORT_ID));
	cs_row_message_set(messages, CS_CELL_KEY_CURRENCY, either(mx, CS_MX_BALANCE_CURRENCY, CS_MX_ACCOUNT_CURRENCY));
	set_day(messages, CS_CELL_KEY_VALUE_DATE, either(mx, CS_MX_BALANCE_DATE, CS_MX_REPORT_TO));
	cs_row_message_say(messages, CS_CELL_FIRST, !page.at || cs_span_is(page, "1") ? "yes" : "no");
	cs_row_message_say(messages, CS_CELL_LAST, !last.at || is_true(mx, CS_MX_LAST_PAGE) ? "yes" : "no");
	cs_row_message_number(messages, CS_CELL_ENTRIES, added.entry_n);
	if (sums->opening_known)
		cs_row_message_units(messages, CS_CELL_OPENING, sums->opening);
	if (sums->closing_known)
		cs_row_message_units(messages, CS_CELL_CLOSING, sums->closing);
	if (added.balance >= 0)
		cs_row_message_say(messages, CS_CELL_BALANCED, added.balance ? "yes" : "no");
}

/* ---- entries ---- */

static bool
is_confirmation(const struct cs_mx *mx)
{
	return cs_row_mx_kind_of(cs_mx_type(mx)) == CS_ROW_MX_CONFIRMATION;
}

/* A reversal is marked as what it does, so a credit takes a debit back. */
static void
set_mark(struct cs_row_messages *messages, const struct cs_mx *mx, struct cs_span mark)
{
	bool credit = mark.at && cs_span_is(mark, "CRDT"), reversed = is_true(mx, CS_MX_REVERSAL);
	static const char *const marks[2][2] = {{"D", "C"}, {"RC", "RD"}};
	if (!mark.at)
		return;
	cs_row_message_say(messages, CS_CELL_SIDE, credit ? "credit" : "debit");
	cs_row_message_say(messages, CS_CELL_MARK, marks[reversed][credit]);
}

/* The bank's own code, else "PMNT-ICDT-XBCT". */
static void
set_code(struct cs_row_messages *messages, const struct cs_mx *mx)
{
	struct cs_span own = cs_mx_value(mx, CS_MX_BANK_CODE);
	struct cs_text text = cs_row_message_begin(messages);
	if (own.at || !cs_mx_value(mx, CS_MX_BANK_DOMAIN).at) {
		cs_row_message_set(messages, CS_CELL_ENTRY_TYPE, own);
		return;
	}
	for (unsigned slot = CS_MX_BANK_DOMAIN; slot <= CS_MX_BANK_SUBFAMILY; slot++) {
		if (slot != CS_MX_BANK_DOMAIN)
			cs_text_put_char(&text, '-');
		cs_text_put_span(&text, cs_mx_value(mx, slot));
	}
	cs_row_message_end(messages, CS_CELL_ENTRY_TYPE, &text);
}

/* What an entry says, and its details have from it. */
static void
set_booking(struct cs_row_messages *messages, const struct cs_mx *mx)
{
	bool booked = !cs_mx_value(mx, CS_MX_ENTRY_STATUS).at || says(mx, CS_MX_ENTRY_STATUS, "BOOK");
	set_account(messages, mx);
	set_code(messages, mx);
	cs_row_message_say(messages, CS_CELL_BOOKED, booked ? "yes" : "no");
	cs_row_message_set(messages, CS_CELL_KEY_STATUS, cs_mx_value(mx, CS_MX_ENTRY_STATUS));
	set_day(messages, CS_CELL_KEY_VALUE_DATE, cs_mx_value(mx, CS_MX_ENTRY_VALUE_DATE));
	set_day(messages, CS_CELL_ENTRY_DATE, cs_mx_value(mx, CS_MX_BOOKING_DATE));
	cs_row_message_set(messages, CS_CELL_BANK_REFERENCE, cs_mx_value(mx, CS_MX_ENTRY_ACCT_SVCR_REF));
}

/* A confirmation is the bank's own message, as a 900 is, and about the payment. */
static void
set_reference(struct cs_row_messages *messages, const struct cs_mx *mx, struct cs_span payment)
{
	cs_row_message_set(messages, CS_CELL_PAYMENT_REFERENCE, payment);
	cs_row_message_set(messages, CS_CELL_KEY_REFERENCE, payment);
	if (!is_confirmation(mx))
		return;
	struct cs_span own = either(mx, CS_MX_ENTRY_ACCT_SVCR_REF, CS_MX_ENTRY_REF);
	cs_row_message_set(messages, CS_CELL_KEY_REFERENCE, own.at ? own : payment);
	cs_row_message_set(messages, CS_CELL_KEY_RELATED_REFERENCE, payment);
}

void
cs_row_mx_detail(struct cs_row_messages *messages, const struct cs_mx *mx, const struct cs_row_mx_sums *sums)
{
	struct cs_span mark = either(mx, CS_MX_TX_MARK, CS_MX_ENTRY_MARK);
	struct cs_span batch = either(mx, CS_MX_ENTRY_REF, CS_MX_ENTRY_ACCT_SVCR_REF);
	cs_row_mx_parts(messages, mx);
	set_booking(messages, mx);
	set_mark(messages, mx, mark);
	set_reference(messages, mx, cs_row_mx_reference(mx));
	cs_row_message_say(messages, CS_CELL_KIND, "detail");
	cs_row_message_say(messages, CS_CELL_SINGLE, "yes");
	cs_row_message_number(messages, CS_CELL_NUMBER, sums->detail_n);
	cs_row_message_set(messages, CS_CELL_BATCH, batch);
	cs_row_mx_decimal(messages, CS_CELL_BATCH_SUM, cs_mx_value(mx, CS_MX_ENTRY));
	cs_row_message_set(messages, CS_CELL_BANK_REFERENCE,
			   either(mx, CS_MX_ACCT_SVCR_REF, CS_MX_ENTRY_ACCT_SVCR_REF));
	cs_row_message_set(messages, CS_CELL_KEY_REASON, cs_mx_value(mx, CS_MX_RETURN_REASON));
}

/* How many payments an entry says it is made of. */
static uint64_t
batch_n(const struct cs_mx *mx)
{
	struct cs_span said = cs_mx_value(mx, CS_MX_ENTRY_BATCH_N);
	uint64_t n = 0;
	for (size_t i = 0; i < said.len && i < COUNT_DIGITS && said.at[i] >= '0' && said.at[i] <= '9'; i++)
		n = n * 10 + (uint64_t)(said.at[i] - '0');
	return n;
}

void
cs_row_mx_entry(struct cs_row_messages *messages, const struct cs_mx *mx, const struct cs_row_mx_sums *sums)
{
	bool alone = sums->detail_n == 1;
	uint64_t n = sums->detail_n > 1 ? sums->detail_n : batch_n(mx);
	set_booking(messages, mx);
	set_mark(messages, mx, cs_mx_value(mx, CS_MX_ENTRY_MARK));
	if (!alone)
		set_reference(messages, mx, cs_mx_value(mx, CS_MX_ENTRY_REF));
	cs_row_message_say(messages, CS_CELL_KIND, is_confirmation(mx) ? "confirmation" : "entry");
	cs_row_message_say(messages, CS_CELL_SINGLE, n > 1 ? "no" : "yes");
	cs_row_mx_decimal(messages, CS_CELL_KEY_AMOUNT, cs_mx_value(mx, CS_MX_ENTRY));
	cs_row_message_set(messages, CS_CELL_KEY_CURRENCY, cs_mx_value(mx, CS_MX_ENTRY_CURRENCY));
	cs_row_mx_words(messages, CS_CELL_INFORMATION, mx, CS_MX_ENTRY_INFORMATION);
	cs_row_message_set(messages, CS_CELL_BATCH, cs_mx_value(mx, CS_MX_ENTRY_BATCH));
	cs_row_message_set(messages, CS_CELL_BATCH_SUM, nothing);
	if (n)
		cs_row_message_number(messages, CS_CELL_BATCH_TRANSACTIONS, n);
}

/* ---- what all rows of a message have ---- */

static void
set_ends(struct cs_row_messages *messages, const struct cs_payment *payment)
{
	static const struct {
		enum cs_payment_key key;
		enum cs_cell cell;
	} ends[] = {{CS_PAYMENT_SENDER_BIC, CS_CELL_KEY_SENDER_BIC},
		    {CS_PAYMENT_RECEIVER_BIC, CS_CELL_KEY_RECEIVER_BIC},
		    {CS_PAYMENT_RECEIVER_BIC, CS_CELL_CORRESPONDENT}};
	for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct cs_span value = payment->key[ends[i].key];
		cs_row_message_set(messages, ends[i].cell, value); /* a number in a clearing system, perhaps */
		cs_row_message_bic(messages, ends[i].cell, value);
	}
}

void
cs_row_mx_common(struct cs_row_messages *messages, const struct cs_mx *mx, const struct cs_payment *payment)
{
	bool again = is_true(mx, CS_MX_POSSIBLE_DUPLICATE) || says(mx, CS_MX_COPY_DUPLICATE, "DUPL") ||
		     says(mx, CS_MX_COPY_DUPLICATE, "CODU");
	cs_row_message_time(messages, messages->rows->plan->file_ns);
	set_time(messages, cs_mx_value(mx, CS_MX_HEADER_CREATED));
	set_time(messages, cs_mx_value(mx, CS_MX_CREATED));
	set_ends(messages, payment);
	cs_row_message_set(messages, CS_CELL_DEFINITION, cs_mx_type(mx));
	cs_row_message_set(messages, CS_CELL_MESSAGE_REFERENCE, cs_mx_value(mx, CS_MX_MSG_ID));
	cs_row_message_set(messages, CS_CELL_TRANSACTIONS, cs_mx_value(mx, CS_MX_NB_OF_TXS));
	cs_row_mx_decimal(messages, CS_CELL_CONTROL_SUM, either(mx, CS_MX_CTRL_SUM, CS_MX_TOTAL));
	cs_row_message_say(messages, CS_CELL_POSSIBLE_DUPLICATE, again ? "yes" : "no");
	cs_row_message_alerts(messages, payment);
	cs_row_message_digest(messages, cs_mx_record_bytes(mx, CS_MX_RECORD_MESSAGE));
}
