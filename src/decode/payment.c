/*
 * The small common ground of payment messages: a store that cannot overflow, and the names of the contract.
 */
#include "decode/payment.h"

_Static_assert(CS_PAYMENT_ALERT_N <= 32, "alerts are bits of one word");

static const char *const key_names[CS_PAYMENT_KEY_N] = {
#define KEY(symbol, name) [CS_PAYMENT_##symbol] = name,
#include "decode/payment.def"
#undef KEY
};

static const char *const alert_names[CS_PAYMENT_ALERT_N] = {
#define ALERT(symbol, name) [CS_PAYMENT_ALERT_##symbol] = name,
#include "decode/payment.def"
#undef ALERT
};

void
cs_payment_reset(struct cs_payment *payment)
{
	memset(payment->key, 0, sizeof payment->key);
	payment->money = cs_money_of(0, 0);
	payment->alerts = 0;
	payment->reason_n = 0;
	payment->store_len = 0;
}

void
cs_payment_refuse(struct cs_payment *payment, const struct cs_payment_reason *reason)
{
	if (payment->reason_n < CS_PAYMENT_REASONS_MAX)
		payment->reason[payment->reason_n] = *reason;
	if (payment->reason_n < UINT16_MAX)
		payment->reason_n++;
}

uint8_t *
cs_payment_room(struct cs_payment *payment, size_t len)
{
	if (len > sizeof payment->store - payment->store_len)
		return NULL;
	uint8_t *at = payment->store + payment->store_len;
	payment->store_len = (uint16_t)(payment->store_len + len);
	return at;
}

struct cs_span
cs_payment_keep(struct cs_payment *payment, struct cs_span value)
{
	uint8_t *at = cs_payment_room(payment, value.len);
	if (!at)
		return (struct cs_span){NULL, 0};
	memcpy(at, value.at, value.len);
	return (struct cs_span){at, value.len};
}

struct cs_span
cs_payment_keep_bic(struct cs_payment *payment, struct cs_span bic)
{
	if (bic.len != 8)
		return cs_payment_keep(payment, bic);
	uint8_t *at = cs_payment_room(payment, 11);
	if (!at)
		return (struct cs_span){NULL, 0};
	memcpy(at, bic.at, 8);
	memcpy(at + 8, CS_BIC_HEAD_OFFICE, 3);
	return (struct cs_span){at, 11};
}

const char *
cs_payment_key_name(enum cs_payment_key key)
{
	return key_names[key];
}

const char *
cs_payment_alert_name(enum cs_payment_alert alert)
{
	return alert_names[alert];
}
