/*
 * What rows of ISO 20022 messages say: the same, in the same cells, as those of the MT messages they stand for.
 *
 * Invariant: slots of a record are read only while it is told; an entry's row takes nothing from its details here.
 * Spec: ISO 20022 message definitions; FATF recommendation 16; docs/payments.md.
 */
#include "decode/row_mx_parts.h"

#include "base/error.h"

enum { DAY_LEN = sizeof "2026-03-02" - 1, NAME_LEN = sizeof "pacs.008" - 1 };

static const struct cs_span nothing = {NULL, 0};

enum cs_row_mx_kind
cs_row_mx_kind_of(struct cs_span type)
{
	static const struct {
		const char *name;
		enum cs_row_mx_kind kind;
	} kinds[] = {{"pain.001", CS_ROW_MX_ORDER},     {"pacs.004", CS_ROW_MX_RETURN},
		     {"pacs.002", CS_ROW_MX_STATUS},    {"camt.056", CS_ROW_MX_CANCELLATION},
		     {"camt.029", CS_ROW_MX_ANSWER},    {"camt.054", CS_ROW_MX_CONFIRMATION},
		     {"camt.052", CS_ROW_MX_STATEMENT}, {"camt.053", CS_ROW_MX_STATEMENT}};
	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (type.len >= NAME_LEN && memcmp(type.at, kinds[i].name, NAME_LEN) == 0)
			return kinds[i].kind;
	return CS_ROW_MX_PAYMENT;
}

/* ---- values ---- */

/* The first of some slots, up to a zero, that has something to say. */
static struct cs_span
first_of(const struct cs_mx *mx, const unsigned *slot)
{
	struct cs_span value = nothing;
	for (; *slot && !value.len; slot++) {
		value = cs_mx_value(mx, *slot);
		if (value.at && cs_span_is(value, "NOTPROVIDED"))
			value = nothing;
	}
	return value;
}

static void
set_slot(struct cs_row_messages *messages, enum cs_cell cell, const struct cs_mx *mx, unsigned slot)
{
	cs_row_message_set(messages, cell, cs_mx_value(mx, slot));
}

/* The day of a date, or of a date and time. */
static void
set_day(struct cs_row_messages *messages, enum cs_cell cell, struct cs_span value)
{
	if (value.len > DAY_LEN)
		value.len = DAY_LEN;
	cs_row_message_set(messages, cell, value);
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* A decimal, as rows have them: XML lets "+5", ".5" and "5." pass. */
void
cs_row_mx_decimal(struct cs_row_messages *messages, enum cs_cell cell, struct cs_span value)
{
	if (!value.len || (is_digit(value.at[0]) && is_digit(value.at[value.len - 1]))) {
		cs_row_message_set(messages, cell, value);
		return;
	}
	cs_mx_units units;
	if (cs_mx_value_units(value, &units))
		cs_row_message_units(messages, cell, units);
}

static bool
is_one_of(struct cs_span value, const char *const *words)
{
	for (; *words; words++)
		if (value.at && cs_span_is(value, *words))
			return true;
	return false;
}

static bool
has_party(const struct cs_mx *mx, unsigned party)
{
	for (unsigned i = 0; i < CS_MX_PARTY_N; i++)
		if (cs_mx_value(mx, party + i).at)
			return true;
	return false;
}

/* Where a party of a transaction is told: of the customers whose cover it is, in it, on the way back, or for all. */
static unsigned
find_party(const struct cs_mx *mx, unsigned party)
{
	static const unsigned groups[] = {CS_MX_GROUP_UNDERLYING, CS_MX_GROUP_MAIN, CS_MX_GROUP_CHAIN,
					  CS_MX_GROUP_PAYMENT};
	for (unsigned i = 0; i < sizeof groups / sizeof groups[0]; i++)
		if (has_party(mx, groups[i] + party))
			return groups[i] + party;
	return party;
}

static bool
is_cover(const struct cs_mx *mx)
{
	return has_party(mx, CS_MX_GROUP_UNDERLYING + CS_MX_DEBTOR) ||
	       has_party(mx, CS_MX_GROUP_UNDERLYING + CS_MX_CREDITOR);
}

/* ---- parties ---- */

struct end {
	unsigned party; /* slot */
	enum cs_cell name, account, country, address;
	unsigned name_bit, account_bit, address_bit;
};

static const struct end ordering = {CS_MX_DEBTOR,
				    CS_CELL_KEY_ORDERING_CUSTOMER,
				    CS_CELL_KEY_ORDERING_ACCOUNT,
				    CS_CELL_ORDERING_COUNTRY,
				    CS_CELL_ORDERING_ADDRESS,
				    CS_ROW_ORDERING_NAME,
				    CS_ROW_ORDERING_ACCOUNT,
				    CS_ROW_ORDERING_ADDRESS};
static const struct end beneficiary = {CS_MX_CREDITOR,
				       CS_CELL_KEY_BENEFICIARY_CUSTOMER,
				       CS_CELL_KEY_BENEFICIARY_ACCOUNT,
				       CS_CELL_BENEFICIARY_COUNTRY,
				       CS_CELL_BENEFICIARY_ADDRESS,
				       CS_ROW_BENEFICIARY_NAME,
				       CS_ROW_BENEFICIARY_ACCOUNT,
				       0};

/* Fills the cells of one end; which of its parts are there, as bits of enum cs_row_end. */
static unsigned
set_end(struct cs_row_messages *messages, const struct cs_mx *mx, const struct end *end)
{
	unsigned party = find_party(mx, end->party), there = 0;
	struct cs_span name = cs_mx_value(mx, party + CS_MX_PARTY_NAME), bic = cs_mx_value(mx, party + CS_MX_PARTY_BIC);
	struct cs_span country = cs_mx_value(mx, party + CS_MX_PARTY_COUNTRY);
	struct cs_span town = cs_mx_value(mx, party + CS_MX_PARTY_TOWN);
	bool some = country.at || town.at || cs_mx_value(mx, party + CS_MX_PARTY_LINE).at;
	const char *address = town.at && country.at ? "structured" : some ? "free" : bic.at ? "bic" : "none";
	cs_row_message_set(messages, end->name, name.at ? name : bic);
	set_slot(messages, end->account, mx, party + CS_MX_PARTY_ACCOUNT);
	cs_row_message_set(messages, end->country, country.at ? country : cs_row_message_bic_country(bic));
	cs_row_message_say(messages, end->address, address);
	if (name.at || bic.at)
		there |= end->name_bit;
	if (cs_mx_value(mx, party + CS_MX_PARTY_ACCOUNT).at)
		there |= end->account_bit;
	if (some || bic.at || cs_mx_value(mx, party + CS_MX_PARTY_LEI).at)
		there |= end->address_bit;
	return there;
}

static unsigned
set_ends(struct cs_row_messages *messages, const struct cs_mx *mx)
{
	unsigned there = set_end(messages, mx, &ordering) | set_end(messages, mx, &beneficiary);
	struct cs_span account = cs_mx_value(mx, find_party(mx, CS_MX_CREDITOR) + CS_MX_PARTY_ACCOUNT);
	cs_row_message_set(messages, CS_CELL_BENEFICIARY_ACCOUNT_COUNTRY,
			   cs_row_message_iban_country(messages, account));
	return there;
}

/* Between banks, the one that gets the money is the creditor itself. */
static void
set_banks(struct cs_row_messages *messages, const struct cs_mx *mx, bool between_banks)
{
	unsigned creditor_agent = find_party(mx, CS_MX_CREDITOR_AGENT),
		 debtor_agent = find_party(mx, CS_MX_DEBTOR_AGENT);
	if (between_banks && !has_party(mx, CS_MX_GROUP_UNDERLYING + CS_MX_CREDITOR_AGENT))
		creditor_agent = CS_MX_CREDITOR;
	if (between_banks)
		cs_row_message_bic(messages, CS_CELL_KEY_BENEFICIARY_INSTITUTION,
				   cs_mx_value(mx, CS_MX_CREDITOR + CS_MX_PARTY_BIC));
	if (between_banks && !has_party(mx, debtor_agent))
		debtor_agent = CS_MX_DEBTOR;
	struct cs_span bic = cs_mx_value(mx, creditor_agent + CS_MX_PARTY_BIC);
	struct cs_span country = cs_row_message_bic_country(bic);
	cs_row_message_bic(messages, CS_CELL_BENEFICIARY_BANK, bic);
	if (!country.at)
		country = cs_row_message_clearing_country(
			messages, cs_mx_value(mx, creditor_agent + CS_MX_PARTY_CLEARING_SYSTEM));
	if (!country.at)
		country = cs_mx_value(mx, creditor_agent + CS_MX_PARTY_COUNTRY);
	cs_row_message_set(messages, CS_CELL_BENEFICIARY_BANK_COUNTRY, country);
	cs_row_message_bic(messages, CS_CELL_ORDERING_BANK, cs_mx_value(mx, debtor_agent + CS_MX_PARTY_BIC));
	cs_row_message_bic(messages, CS_CELL_INTERMEDIARY, cs_mx_value(mx, CS_MX_INTERMEDIARY_1 + CS_MX_PARTY_BIC));
}

/* ---- sums ---- */

void
cs_row_mx_charge(const struct cs_mx *mx, struct cs_row_mx_sums *sums)
{
	struct cs_span currency = cs_mx_value(mx, CS_MX_CHARGE_CURRENCY);
	cs_mx_units units = 0;
	if (!currency.at || !cs_mx_value_units(cs_mx_value(mx, CS_MX_CHARGE), &units) ||
	    (sums->charges_in.at && !cs_span_equal(sums->charges_in, currency)))
		sums->charges_mixed = true;
	sums->charges_in = currency;
	sums->charges += units;
}

static void
set_charges(struct cs_row_messages *messages, const struct cs_mx *mx, const struct cs_row_mx_sums *sums)
{
	static const unsigned bearers[] = {CS_MX_CHARGE_BEARER, CS_MX_GROUP_PAYMENT + CS_MX_CHARGE_BEARER, 0};
	static const char *const names[][2] = {{"DEBT", "OUR"}, {"SHAR", "SHA"}, {"CRED", "BEN"}, {"SLEV", "SLEV"}};
	struct cs_span bearer = first_of(mx, bearers);
	bool receiver = bearer.at && cs_span_is(bearer, names[0][0]);
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		if (bearer.at && cs_span_is(bearer, names[i][0]))
			cs_row_message_say(messages, CS_CELL_CHARGES, names[i][1]);
	if (!sums->charges_in.at || sums->charges_mixed)
		return;
	cs_row_message_units(messages, receiver ? CS_CELL_RECEIVER_CHARGES : CS_CELL_SENDER_CHARGES, sums->charges);
	cs_row_message_set(messages, receiver ? CS_CELL_RECEIVER_CHARGES_CURRENCY : CS_CELL_SENDER_CHARGES_CURRENCY,
			   sums->charges_in);
}

static void
set_amount(struct cs_row_messages *messages, const struct cs_mx *mx)
{
	unsigned slot = cs_mx_value(mx, CS_MX_SETTLED).at ? CS_MX_SETTLED : CS_MX_ORIGINAL;
	cs_row_mx_decimal(messages, CS_CELL_KEY_AMOUNT, cs_mx_value(mx, slot));
	set_slot(messages, CS_CELL_KEY_CURRENCY, mx, slot + 1);
	cs_row_mx_decimal(messages, CS_CELL_INSTRUCTED_AMOUNT, cs_mx_value(mx, CS_MX_INSTRUCTED));
	set_slot(messages, CS_CELL_INSTRUCTED_CURRENCY, mx, CS_MX_INSTRUCTED_CURRENCY);
	cs_row_mx_decimal(messages, CS_CELL_EXCHANGE_RATE, cs_mx_value(mx, CS_MX_EXCHANGE_RATE));
}

/* ---- transactions ---- */

static const char *const kinds[] = {
	[CS_ROW_MX_ORDER] = "order",
	[CS_ROW_MX_PAYMENT] = "payment",
	[CS_ROW_MX_RETURN] = "return",
	[CS_ROW_MX_STATUS] = "acknowledgement",
	[CS_ROW_MX_CANCELLATION] = "cancellation",
	[CS_ROW_MX_ANSWER] = "answer",
	[CS_ROW_MX_CONFIRMATION] = "confirmation",
	[CS_ROW_MX_STATEMENT] = "entry",
};

/* What the codes of statuses and of answers to cancellations come down to. */
static void
set_outcome(struct cs_row_messages *messages, struct cs_span status, enum cs_row_mx_kind kind)
{
	static const char *const accepted[] = {"ACCC", "ACCP", "ACFC", "ACSC", "ACSP", "ACTC",
					       "ACWC", "ACWP", "CNCL", "ACCR", NULL};
	static const char *const refused[] = {"RJCT", "CANC", "RJCR", "BLCK", NULL};
	if (!status.at || (kind != CS_ROW_MX_STATUS && kind != CS_ROW_MX_ANSWER))
		return;
	const char *outcome = "pending";
	if (is_one_of(status, accepted))
		outcome = "accepted";
	else if (is_one_of(status, refused))
		outcome = "refused";
	cs_row_message_say(messages, CS_CELL_OUTCOME, outcome);
}

/* Of a payment its own references; of a message about a payment both. */
static void
set_references(struct cs_row_messages *messages, const struct cs_mx *mx, enum cs_row_mx_kind kind)
{
	static const unsigned own[] = {CS_MX_INSTR_ID, CS_MX_TX_ID, CS_MX_END_TO_END_ID, CS_MX_MSG_ID, 0};
	static const unsigned about[] = {CS_MX_RETURN_ID, CS_MX_STATUS_ID, CS_MX_CANCEL_ID,
					 CS_MX_CASE_ID,   CS_MX_MSG_ID,    0};
	static const unsigned original[] = {CS_MX_ORIGINAL_INSTR_ID,      CS_MX_ORIGINAL_TX_ID,
					    CS_MX_ORIGINAL_END_TO_END_ID, CS_MX_ORIGINAL_MSG_ID,
					    CS_MX_GROUP_ORIGINAL_MSG_ID,  0};
	static const unsigned uetr[] = {CS_MX_UETR, CS_MX_ORIGINAL_UETR, 0};
	static const unsigned end_to_end[] = {CS_MX_END_TO_END_ID, CS_MX_ORIGINAL_END_TO_END_ID, 0};
	bool itself = kind == CS_ROW_MX_ORDER || kind == CS_ROW_MX_PAYMENT;
	struct cs_span reference = first_of(mx, itself ? own : about);
	struct cs_span related = itself ? nothing : first_of(mx, original);
	cs_row_message_set(messages, CS_CELL_KEY_REFERENCE, reference);
	cs_row_message_set(messages, CS_CELL_KEY_RELATED_REFERENCE, related);
	cs_row_message_set(messages, CS_CELL_PAYMENT_REFERENCE, itself ? reference : related);
	cs_row_message_set(messages, CS_CELL_KEY_UETR, first_of(mx, uetr));
	cs_row_message_set(messages, CS_CELL_KEY_END_TO_END_ID, first_of(mx, end_to_end));
}

/* pacs.009 of a cover is a type of its own, as 202COV is. */
static void
set_type(struct cs_row_messages *messages, const struct cs_mx *mx, bool covers)
{
	struct cs_span type = cs_mx_type(mx);
	if (type.len > NAME_LEN)
		type.len = NAME_LEN;
	cs_row_message_set(messages, CS_CELL_TYPE, type);
	if (covers)
		cs_row_message_say(messages, CS_CELL_TYPE, "pacs.009COV");
}

static void
set_batch(struct cs_row_messages *messages, const struct cs_mx *mx)
{
	set_slot(messages, CS_CELL_BATCH, mx, CS_MX_GROUP_PAYMENT + CS_MX_PMT_INF_ID);
	set_slot(messages, CS_CELL_BATCH_TRANSACTIONS, mx, CS_MX_GROUP_PAYMENT + CS_MX_PAYMENT_NB_OF_TXS);
	cs_row_mx_decimal(messages, CS_CELL_BATCH_SUM, cs_mx_value(mx, CS_MX_GROUP_PAYMENT + CS_MX_PAYMENT_CTRL_SUM));
}

void
cs_row_mx_tx(struct cs_row_messages *messages, const struct cs_mx *mx, const struct cs_row_mx_sums *sums)
{
	static const unsigned dates[] = {CS_MX_VALUE_DATE, CS_MX_GROUP_PAYMENT + CS_MX_EXECUTION_DATE,
					 CS_MX_SETTLEMENT_DATE, CS_MX_ORIGINAL_DATE, 0};
	static const unsigned statuses[] = {CS_MX_STATUS, CS_MX_GROUP_STATUS, CS_MX_CONFIRMATION, 0};
	static const unsigned reasons[] = {CS_MX_REASON, CS_MX_GROUP_REASON, 0};
	enum cs_row_mx_kind kind = cs_row_mx_kind_of(cs_mx_type(mx));
	bool between_banks = cs_span_is(cs_mx_root(mx), "FICdtTrf"), covers = between_banks && is_cover(mx);
	bool customers = kind == CS_ROW_MX_ORDER || (kind == CS_ROW_MX_PAYMENT && (!between_banks || covers));
	set_type(messages, mx, covers);
	cs_row_message_say(messages, CS_CELL_KIND, kinds[kind]);
	cs_row_message_number(messages, CS_CELL_NUMBER, sums->tx_n);
	set_references(messages, mx, kind);
	set_batch(messages, mx);
	set_amount(messages, mx);
	set_day(messages, CS_CELL_KEY_VALUE_DATE, first_of(mx, dates));
	cs_row_message_set(messages, CS_CELL_KEY_STATUS, first_of(mx, statuses));
	cs_row_message_set(messages, CS_CELL_KEY_REASON, first_of(mx, reasons));
	set_outcome(messages, first_of(mx, statuses), kind);
	set_charges(messages, mx, sums);
	cs_row_mx_names(messages, mx);
	set_banks(messages, mx, between_banks);
	unsigned there = set_ends(messages, mx);
	if (customers)
		cs_row_message_complete(messages, there);
}

void
cs_row_mx_group(struct cs_row_messages *messages, const struct cs_mx *mx)
{
	static const unsigned statuses[] = {CS_MX_GROUP_STATUS, CS_MX_CONFIRMATION, 0};
	static const unsigned own[] = {CS_MX_CASE_ID, CS_MX_MSG_ID, 0};
	enum cs_row_mx_kind kind = cs_row_mx_kind_of(cs_mx_type(mx));
	set_type(messages, mx, false);
	cs_row_message_say(messages, CS_CELL_KIND, kinds[kind]);
	cs_row_message_set(messages, CS_CELL_KEY_REFERENCE, first_of(mx, own));
	set_slot(messages, CS_CELL_KEY_RELATED_REFERENCE, mx, CS_MX_GROUP_ORIGINAL_MSG_ID);
	set_slot(messages, CS_CELL_PAYMENT_REFERENCE, mx, CS_MX_GROUP_ORIGINAL_MSG_ID);
	cs_row_message_set(messages, CS_CELL_KEY_STATUS, first_of(mx, statuses));
	set_slot(messages, CS_CELL_KEY_REASON, mx, CS_MX_GROUP_REASON);
	set_outcome(messages, first_of(mx, statuses), kind);
}

/* ---- details of entries ---- */

struct cs_span
cs_row_mx_reference(const struct cs_mx *mx)
{
	static const unsigned own[] = {CS_MX_INSTR_ID,  CS_MX_TX_ID,     CS_MX_END_TO_END_ID,
				       CS_MX_TX_MSG_ID, CS_MX_ENTRY_REF, 0};
	return first_of(mx, own);
}

void
cs_row_mx_parts(struct cs_row_messages *messages, const struct cs_mx *mx)
{
	static const unsigned end_to_end[] = {CS_MX_END_TO_END_ID, 0};
	set_slot(messages, CS_CELL_KEY_UETR, mx, CS_MX_UETR);
	cs_row_message_set(messages, CS_CELL_KEY_END_TO_END_ID, first_of(mx, end_to_end));
	set_amount(messages, mx);
	cs_row_mx_names(messages, mx);
	set_banks(messages, mx, false);
	(void)set_ends(messages, mx);
}
