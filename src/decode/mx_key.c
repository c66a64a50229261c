/*
 * The key of a message: its first transaction, flattened to what other records of the same payment are compared with.
 */
#include "decode/mx_parts.h"

#include "base/error.h"

static void
put(struct cs_mx *mx, enum cs_payment_key key, struct cs_span value)
{
	if (value.at && !mx->out->key[key].at)
		mx->out->key[key] = value;
}

/* The name of a party, else its BIC. */
static void
put_party(struct cs_mx *mx, enum cs_payment_key name, enum cs_payment_key account, unsigned party)
{
	put(mx, name, cs_mx_at(mx, party + CS_MX_PARTY_NAME));
	put(mx, name, cs_mx_at(mx, party + CS_MX_PARTY_BIC));
	put(mx, account, cs_mx_at(mx, party + CS_MX_PARTY_ACCOUNT));
}

static void
put_money(struct cs_mx *mx)
{
	cs_mx_units units;
	uint16_t currency = cs_currency_by_code(cs_mx_at(mx, CS_MX_SETTLED_CURRENCY));
	if (currency == 0 || !cs_mx_value_units(cs_mx_at(mx, CS_MX_SETTLED), &units))
		return;
	for (unsigned i = 5; i > cs_currency_exponent(currency); i--) {
		if (units % 10 != 0)
			return;
		units /= 10;
	}
	if (units <= INT64_MAX)
		mx->out->money = cs_money_of((int64_t)units, currency);
}

static bool
has_party(const struct cs_mx *mx, unsigned party)
{
	for (unsigned i = 0; i < CS_MX_PARTY_N; i++)
		if (cs_mx_at(mx, party + i).at)
			return true;
	return false;
}

/* The transfer that a cover pays for comes first, then the transaction, then what its payment says for all. */
static void
put_parties(struct cs_mx *mx)
{
	static const unsigned groups[] = {CS_MX_GROUP_UNDERLYING, CS_MX_GROUP_MAIN, CS_MX_GROUP_PAYMENT};
	unsigned debtor = 0;
	unsigned creditor = 0;
	while (debtor < 2 && !has_party(mx, groups[debtor] + CS_MX_DEBTOR))
		debtor++;
	while (creditor < 2 && !has_party(mx, groups[creditor] + CS_MX_CREDITOR))
		creditor++;
	put_party(mx, CS_PAYMENT_ORDERING_CUSTOMER, CS_PAYMENT_ORDERING_ACCOUNT, groups[debtor] + CS_MX_DEBTOR);
	put_party(mx, CS_PAYMENT_BENEFICIARY_CUSTOMER, CS_PAYMENT_BENEFICIARY_ACCOUNT,
		  groups[creditor] + CS_MX_CREDITOR);
}

static void
put_tx(struct cs_mx *mx)
{
	put(mx, CS_PAYMENT_UETR, cs_mx_at(mx, CS_MX_UETR));
	put(mx, CS_PAYMENT_UETR, cs_mx_at(mx, CS_MX_ORIGINAL_UETR));
	put(mx, CS_PAYMENT_END_TO_END_ID, cs_mx_at(mx, CS_MX_END_TO_END_ID));
	put(mx, CS_PAYMENT_END_TO_END_ID, cs_mx_at(mx, CS_MX_ORIGINAL_END_TO_END_ID));
	put(mx, CS_PAYMENT_VALUE_DATE, cs_mx_at(mx, CS_MX_VALUE_DATE));
	put(mx, CS_PAYMENT_VALUE_DATE, cs_mx_at(mx, CS_MX_GROUP_PAYMENT + CS_MX_EXECUTION_DATE));
	put(mx, CS_PAYMENT_VALUE_DATE, cs_mx_at(mx, CS_MX_SETTLEMENT_DATE));
	put(mx, CS_PAYMENT_CURRENCY, cs_mx_at(mx, CS_MX_SETTLED_CURRENCY));
	put(mx, CS_PAYMENT_AMOUNT, cs_mx_at(mx, CS_MX_SETTLED));
	put(mx, CS_PAYMENT_STATUS, cs_mx_at(mx, CS_MX_STATUS));
	put(mx, CS_PAYMENT_REASON, cs_mx_at(mx, CS_MX_REASON));
	put_parties(mx);
	put_money(mx);
	mx->first_instructing = cs_mx_at(mx, CS_MX_INSTRUCTING_AGENT + CS_MX_PARTY_BIC);
	mx->first_instructed = cs_mx_at(mx, CS_MX_INSTRUCTED_AGENT + CS_MX_PARTY_BIC);
	mx->store_kept = mx->store_len;
}

/* The BIC of a party of the header, else its number in a clearing system. */
static void
put_header_party(struct cs_mx *mx, enum cs_payment_key key, unsigned party)
{
	put(mx, key, cs_mx_at(mx, party + CS_MX_PARTY_BIC));
	put(mx, key, cs_mx_at(mx, party + CS_MX_PARTY_CLEARING_MEMBER));
}

void
cs_mx_key_record(struct cs_mx *mx, enum cs_mx_record record)
{
	if (record == CS_MX_RECORD_TX && mx->tx_n == 1)
		put_tx(mx);
	if (record != CS_MX_RECORD_MESSAGE)
		return;
	put_header_party(mx, CS_PAYMENT_SENDER_BIC, CS_MX_FROM);
	put_header_party(mx, CS_PAYMENT_RECEIVER_BIC, CS_MX_TO);
	put(mx, CS_PAYMENT_SENDER_BIC, mx->first_instructing);
	put(mx, CS_PAYMENT_RECEIVER_BIC, mx->first_instructed);
	put(mx, CS_PAYMENT_SENDER_BIC, cs_mx_at(mx, CS_MX_GROUP_INSTRUCTING_AGENT + CS_MX_PARTY_BIC));
	put(mx, CS_PAYMENT_RECEIVER_BIC, cs_mx_at(mx, CS_MX_GROUP_INSTRUCTED_AGENT + CS_MX_PARTY_BIC));
	put(mx, CS_PAYMENT_REFERENCE, cs_mx_at(mx, CS_MX_MSG_ID));
	put(mx, CS_PAYMENT_STATUS, cs_mx_at(mx, CS_MX_GROUP_STATUS));
	put(mx, CS_PAYMENT_REASON, cs_mx_at(mx, CS_MX_GROUP_REASON));
}
