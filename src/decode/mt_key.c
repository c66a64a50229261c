/*
 * The key of an MT message: what every payment comes down to, whatever its type.
 */
#include "decode/mt_parts.h"

enum { BIC_LEN = 8, BRANCH_AT = 9, LT_LEN = 12 };

/* A logical terminal without its letter. */
static struct cs_span
bic_of(struct cs_payment *payment, struct cs_span lt)
{
	if (!lt.at)
		return lt;
	uint8_t *at = cs_payment_room(payment, LT_LEN - 1);
	if (!at)
		return (struct cs_span){NULL, 0};
	memcpy(at, lt.at, BIC_LEN);
	memcpy(at + BIC_LEN, lt.at + BRANCH_AT, LT_LEN - BRANCH_AT);
	return (struct cs_span){at, LT_LEN - 1};
}

static void
put_two(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)('0' + value / 10 % 10);
	at[1] = (uint8_t)('0' + value % 10);
}

static void
put_date(struct cs_payment *payment, const uint8_t *text)
{
	struct cs_mt_date date;
	if (!cs_mt_check_date(text, &date))
		return;
	uint8_t *at = cs_payment_room(payment, 10);
	if (!at)
		return;
	put_two(at, date.year / 100U);
	put_two(at + 2, date.year % 100U);
	at[4] = at[7] = '-';
	put_two(at + 5, date.month);
	put_two(at + 8, date.day);
	payment->key[CS_PAYMENT_VALUE_DATE] = (struct cs_span){at, 10};
}

/* "6740,91" as "6740.91", "5," as "5". */
static void
put_amount(struct cs_mt *mt, struct cs_span currency, struct cs_span text)
{
	struct cs_payment *payment = &mt->payment;
	struct cs_mt_amount amount;
	for (unsigned i = 0; i < 3; i++)
		if (!cs_mt_is(mt->plan, currency.at[i], CS_MT_CLASS_A))
			return;
	if (!cs_mt_amount_read(text, &amount))
		return;
	struct cs_span kept = cs_payment_keep(payment, text);
	if (!kept.at)
		return;
	uint8_t *at = payment->store + (kept.at - payment->store);
	if (amount.decimals)
		at[kept.len - amount.decimals - 1] = '.';
	else
		kept.len--;
	payment->key[CS_PAYMENT_AMOUNT] = kept;
	payment->key[CS_PAYMENT_CURRENCY] = currency;
	uint16_t code = mt->plan->codes.numeric[cs_codes_letters3(currency.at)];
	unsigned exponent = code ? mt->plan->codes.decimals[cs_codes_letters3(currency.at)] - 1U : 0;
	uint64_t minor = amount.digits;
	unsigned decimals = amount.decimals;
	for (; decimals < exponent && minor <= INT64_MAX / 10; decimals++)
		minor *= 10;
	if (code && decimals == exponent && minor <= INT64_MAX)
		payment->money = cs_money_of((int64_t)minor, code);
}

static void
take_dated(struct cs_mt *mt)
{
	const struct cs_mt_field *field = cs_mt_find(mt, 32, 0);
	if (!field)
		return;
	struct cs_span value = cs_mt_value(mt, field);
	size_t skip = field->option == 'A' ? 6 : 0;
	if (value.len < skip + 5)
		return;
	if (skip)
		put_date(&mt->payment, value.at);
	put_amount(mt, (struct cs_span){value.at + skip, 3},
		   (struct cs_span){value.at + skip + 3, value.len - skip - 3});
}

/* The lines of a name, joined by a blank; a BIC if there is no name. */
static struct cs_span
name_of(struct cs_payment *payment, const struct cs_mt_party *party)
{
	if (party->bic.at)
		return party->bic;
	if (party->name_n <= 1 || party->name_n > party->line_n)
		return party->line_n ? party->line[0] : (struct cs_span){NULL, 0};
	size_t len = party->name_n - 1;
	for (unsigned i = 0; i < party->name_n; i++)
		len += party->line[i].len;
	uint8_t *at = cs_payment_room(payment, len);
	if (!at)
		return party->line[0];
	uint8_t *to = at;
	for (unsigned i = 0; i < party->name_n; i++) {
		if (i)
			*to++ = ' ';
		memcpy(to, party->line[i].at, party->line[i].len);
		to += party->line[i].len;
	}
	return (struct cs_span){at, len};
}

static void
take_party(struct cs_mt *mt, unsigned tag, enum cs_payment_key name, enum cs_payment_key account)
{
	const struct cs_mt_field *field = cs_mt_find(mt, tag, 0);
	struct cs_mt_party party;
	bool shaped;
	if (!field)
		field = cs_mt_find(mt, tag, 1);
	if (!field)
		return;
	cs_mt_party_of(mt, field, &party);
	mt->payment.key[name] = name_of(&mt->payment, &party);
	if (account >= CS_PAYMENT_KEY_N || !party.account.at)
		return;
	if (!mt->payment.key[account].at)
		mt->payment.key[account] = party.account;
	if (!cs_mt_iban_ok(mt->plan, party.account, &shaped) && shaped)
		cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_IBAN_CHECK);
}

static void
take_whole(struct cs_mt *mt, unsigned tag, enum cs_payment_key key)
{
	const struct cs_mt_field *field = cs_mt_find(mt, tag, 0);
	if (field)
		mt->payment.key[key] = cs_mt_value(mt, field);
}

static void
take_ends(struct cs_mt *mt)
{
	const struct cs_mt_head *head = &mt->head;
	struct cs_payment *payment = &mt->payment;
	if (head->direction == 'I') {
		payment->key[CS_PAYMENT_SENDER_BIC] = bic_of(payment, head->lt);
		payment->key[CS_PAYMENT_RECEIVER_BIC] = bic_of(payment, head->receiver_lt);
	}
	if (head->direction == 'O') {
		struct cs_span lt = {head->reference.at ? head->reference.at + 6 : NULL, LT_LEN};
		payment->key[CS_PAYMENT_SENDER_BIC] = bic_of(payment, lt);
		payment->key[CS_PAYMENT_RECEIVER_BIC] = bic_of(payment, head->lt);
	}
}

void
cs_mt_key_fill(struct cs_mt *mt)
{
	take_ends(mt);
	take_whole(mt, 20, CS_PAYMENT_REFERENCE);
	take_whole(mt, 21, CS_PAYMENT_RELATED_REFERENCE);
	mt->payment.key[CS_PAYMENT_UETR] = cs_mt_tag_of(&mt->head.user, "121");
	const struct cs_mt_field *account = cs_mt_find(mt, 25, 0);
	if (account) {
		struct cs_span value = cs_mt_value(mt, account);
		cs_mt_line(&value, &mt->account);
	}
	take_dated(mt);
	const struct cs_mt_field *date = cs_mt_find(mt, 30, 0);
	if (date && date->len >= 6 && !mt->payment.key[CS_PAYMENT_VALUE_DATE].at)
		put_date(&mt->payment, mt->bytes.at + date->at);
	take_party(mt, 50, CS_PAYMENT_ORDERING_CUSTOMER, CS_PAYMENT_ORDERING_ACCOUNT);
	take_party(mt, 59, CS_PAYMENT_BENEFICIARY_CUSTOMER, CS_PAYMENT_BENEFICIARY_ACCOUNT);
	take_party(mt, 58, CS_PAYMENT_BENEFICIARY_INSTITUTION, CS_PAYMENT_BENEFICIARY_ACCOUNT);
}
