/*
 * What a row of an MT payment says of it: which banks it goes through, who its ends are and whether they are named, what it costs.
 *
 * Spec: SWIFT User Handbook, categories 1 and 2; FATF recommendation 16 for what must be named; docs/payments.md.
 */
#include "decode/row_mt_parts.h"

enum { CODE_BYTES = 2 };

/* A party field, taken apart; false: it is not there. */
static bool
party_of(const struct cs_mt *mt, unsigned tag, unsigned sequence, struct cs_mt_party *out)
{
	const struct cs_mt_field *field = cs_mt_find(mt, tag, sequence);
	if (field)
		cs_mt_party_of(mt, field, out);
	return field != NULL;
}

static bool
is_customers(const struct cs_mt *mt)
{
	return mt->head.type == 103 || mt->head.flag == CS_MT_COV;
}

/* ---- banks ---- */

static void
set_bank(struct cs_row_messages *messages, enum cs_cell cell, const struct cs_mt_party *party)
{
	cs_row_message_bic(messages, cell, party->bic);
}

/* Where the money ends up: 57a, of bank transfers 58a; a 103 without 57a is for customers of its receiver. */
static void
set_beneficiary_bank(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	struct cs_mt_party party = {0};
	struct cs_span country = {NULL, 0};
	bool covers = mt->head.flag == CS_MT_COV, one = mt->head.type == 103;
	bool found = covers && party_of(mt, 57, 1, &party);
	if (!found && !one)
		found = party_of(mt, 58, 0, &party);
	if (!found && !covers && (one || mt->head.type == 200))
		found = party_of(mt, 57, 0, &party);
	if (!found && one)
		party.bic = mt->payment.key[CS_PAYMENT_RECEIVER_BIC];
	set_bank(messages, CS_CELL_BENEFICIARY_BANK, &party);
	if (party.bic.at)
		country = cs_row_message_bic_country(party.bic);
	else if (party.clearing.len >= CODE_BYTES)
		country = cs_row_message_clearing_country(messages, (struct cs_span){party.clearing.at, CODE_BYTES});
	cs_row_message_set(messages, CS_CELL_BENEFICIARY_BANK_COUNTRY, country);
}

/* Through whom the money goes: the sender's correspondent, else the receiver's, else the receiver itself. */
static struct cs_span
correspondent_of(const struct cs_mt *mt)
{
	struct cs_mt_party party = {0};
	if (party_of(mt, 53, 0, &party) && party.bic.at)
		return party.bic;
	if (party_of(mt, 54, 0, &party) && party.bic.at)
		return party.bic;
	return mt->payment.key[CS_PAYMENT_RECEIVER_BIC];
}

static void
set_banks(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	struct cs_mt_party party = {0};
	if (!party_of(mt, 52, 0, &party))
		party.bic = mt->payment.key[CS_PAYMENT_SENDER_BIC];
	set_bank(messages, CS_CELL_ORDERING_BANK, &party);
	if (party_of(mt, 56, 0, &party))
		set_bank(messages, CS_CELL_INTERMEDIARY, &party);
	cs_row_message_bic(messages, CS_CELL_CORRESPONDENT, correspondent_of(mt));
	set_beneficiary_bank(messages, mt);
}

/* ---- ends ---- */

struct end {
	enum cs_cell country, address;
	unsigned name_bit, account_bit, address_bit;
};

static bool
has_number(const struct cs_mt_party *party, unsigned from, unsigned to)
{
	for (unsigned i = 0; i < party->line_n; i++)
		if (party->number[i] >= from && party->number[i] <= to)
			return true;
	return false;
}

static const char *
address_of(const struct cs_mt_party *party)
{
	if (party->bic.at)
		return "bic";
	if (party->country.at)
		return "structured";
	if (party->option == 'F')
		return has_number(party, 2, 2) ? "free" : "none";
	return party->line_n > 1 ? "free" : "none";
}

/* Fills the cells of one end; which of its parts are there, as bits of enum cs_row_end. */
static unsigned
set_end(struct cs_row_messages *messages, const struct cs_mt_party *party, const struct end *end)
{
	const char *address = address_of(party);
	struct cs_span country = party->bic.at ? cs_row_message_bic_country(party->bic) : party->country;
	unsigned there = 0;
	cs_row_message_set(messages, end->country, country);
	cs_row_message_say(messages, end->address, address);
	if (party->bic.at || party->line_n)
		there |= end->name_bit;
	if (party->account.at)
		there |= end->account_bit;
	if (strcmp(address, "none") != 0 || has_number(party, 4, 8)) /* born, numbers of customer and state */
		there |= end->address_bit;
	return there;
}

static void
set_ends(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	static const struct end ordering = {CS_CELL_ORDERING_COUNTRY, CS_CELL_ORDERING_ADDRESS, CS_ROW_ORDERING_NAME,
					    CS_ROW_ORDERING_ACCOUNT, CS_ROW_ORDERING_ADDRESS};
	static const struct end beneficiary = {CS_CELL_BENEFICIARY_COUNTRY, CS_CELL_BENEFICIARY_ADDRESS,
					       CS_ROW_BENEFICIARY_NAME, CS_ROW_BENEFICIARY_ACCOUNT, 0};
	struct cs_mt_party party;
	unsigned there = 0, sequence = mt->head.flag == CS_MT_COV;
	if (party_of(mt, 50, sequence, &party))
		there |= set_end(messages, &party, &ordering);
	if (party_of(mt, 59, sequence, &party))
		there |= set_end(messages, &party, &beneficiary);
	cs_row_message_complete(messages, there);
}

/* ---- sums ---- */

/* "EUR12,5", and whether it can be read. */
static bool
money_of(const struct cs_mt *mt, const struct cs_mt_field *field, struct cs_span *currency, struct cs_span *amount)
{
	struct cs_span value = cs_mt_value(mt, field);
	if (value.len < 5)
		return false;
	*currency = (struct cs_span){value.at, 3};
	*amount = (struct cs_span){value.at + 3, value.len - 3};
	return true;
}

/* In hundred thousandths; false: more than that, or more decimals. */
static bool
units_of(struct cs_span text, cs_mx_units *out)
{
	struct cs_mt_amount amount;
	if (!cs_mt_amount_read(text, &amount) || amount.decimals > 5)
		return false;
	*out = amount.digits;
	for (unsigned i = amount.decimals; i < 5; i++)
		*out *= 10;
	return true;
}

/* All of 71F, or of 71G; what is in several currencies has no sum. */
static void
set_charges(struct cs_row_messages *messages, const struct cs_mt *mt, char option)
{
	struct cs_span first = {NULL, 0}, currency, amount;
	cs_mx_units sum = 0, one = 0;
	for (uint32_t i = 0; i < mt->field_n; i++) {
		const struct cs_mt_field *field = &mt->field[i];
		if (field->tag != 71 || field->option != option)
			continue;
		if (!money_of(mt, field, &currency, &amount) || !units_of(amount, &one) ||
		    (first.at && !cs_span_equal(first, currency)))
			return;
		first = currency;
		sum += one;
	}
	if (!first.at)
		return;
	bool sender = option == 'F';
	cs_row_message_units(messages, sender ? CS_CELL_SENDER_CHARGES : CS_CELL_RECEIVER_CHARGES, sum);
	cs_row_message_set(messages, sender ? CS_CELL_SENDER_CHARGES_CURRENCY : CS_CELL_RECEIVER_CHARGES_CURRENCY,
			   first);
}

static void
set_sums(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	struct cs_span currency, amount;
	const struct cs_mt_field *field = cs_mt_find(mt, 33, 0);
	if (field && money_of(mt, field, &currency, &amount)) {
		cs_row_message_set(messages, CS_CELL_INSTRUCTED_CURRENCY, currency);
		cs_row_mt_amount(messages, CS_CELL_INSTRUCTED_AMOUNT, amount);
	}
	if ((field = cs_mt_find(mt, 36, 0)))
		cs_row_mt_amount(messages, CS_CELL_EXCHANGE_RATE, cs_mt_value(mt, field));
	for (uint32_t i = 0; i < mt->field_n; i++)
		if (mt->field[i].tag == 71 && mt->field[i].option == 'A')
			cs_row_message_set(messages, CS_CELL_CHARGES, cs_mt_value(mt, &mt->field[i]));
	set_charges(messages, mt, 'F');
	set_charges(messages, mt, 'G');
}

/* 70 of a payment or of what it covers, 79 of the others. */
static void
set_words(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	const struct cs_mt_field *field = cs_mt_find(mt, 70, mt->head.flag == CS_MT_COV);
	if (!field)
		field = cs_mt_find(mt, 79, 0);
	if (field)
		cs_row_mt_words(messages, CS_CELL_NARRATIVE, mt, field);
}

void
cs_row_mt_pay(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	unsigned type = mt->head.type;
	set_words(messages, mt);
	set_sums(messages, mt);
	if (type != 103 && !(type >= 200 && type < 210 && type != 201))
		return;
	cs_row_message_say(messages, CS_CELL_NUMBER, "1");
	cs_row_message_set(messages, CS_CELL_BENEFICIARY_ACCOUNT_COUNTRY,
			   cs_row_message_iban_country(messages, mt->payment.key[CS_PAYMENT_BENEFICIARY_ACCOUNT]));
	set_banks(messages, mt);
	if (is_customers(mt))
		set_ends(messages, mt);
}
