/*
 * What every payment message comes down to, SWIFT MT or ISO 20022: its key, its alerts, why it was refused.
 *
 * One fixed struct of the caller, filled anew for each message. A value is lent from the message's bytes where it stands
 * there as one run, else from the struct's own store: copy the struct and it points at the old one.
 * Rows of payment.def.
 */
#ifndef CS_DECODE_PAYMENT_H
#define CS_DECODE_PAYMENT_H

#include "base/span.h"
#include "event/money.h"

enum cs_payment_key {
#define KEY(symbol, name) CS_PAYMENT_##symbol,
#include "decode/payment.def"
#undef KEY
	CS_PAYMENT_KEY_N
};

enum cs_payment_alert {
#define ALERT(symbol, name) CS_PAYMENT_ALERT_##symbol,
#include "decode/payment.def"
#undef ALERT
	CS_PAYMENT_ALERT_N
};

enum {
	CS_PAYMENT_REASONS_MAX = 8, /* kept; more are counted */
	CS_PAYMENT_STORE_BYTES = 768,
};

/* Why a message is refused, or what is doubtful about it. */
struct cs_payment_reason {
	const char *code;     /* "T26", "truncated"; static */
	const char *text;     /* in words; static */
	size_t offset;        /* byte of the message */
	struct cs_span about; /* field or element it is about, lent; may be empty */
};

struct cs_payment {
	struct cs_span key[CS_PAYMENT_KEY_N]; /* at is NULL: absent */
	struct cs_money money;                /* amount and currency of the key; currency 0: none, or more than fits */
	uint32_t alerts;                      /* bit 1 << enum cs_payment_alert */
	uint16_t reason_n;                    /* 0: accepted; may be more than CS_PAYMENT_REASONS_MAX */
	uint16_t store_len;
	struct cs_payment_reason reason[CS_PAYMENT_REASONS_MAX];
	uint8_t store[CS_PAYMENT_STORE_BYTES];
};

/* cs_payment_reset empties PAYMENT for the next message; the store is not cleared. */
void cs_payment_reset(struct cs_payment *payment);

/* cs_payment_refuse adds a reason. CODE and TEXT are static; ABOUT is lent. */
void cs_payment_refuse(struct cs_payment *payment, const struct cs_payment_reason *reason);

/* cs_payment_alert raises ALERT; once is enough. */
static inline void
cs_payment_raise(struct cs_payment *payment, enum cs_payment_alert alert)
{
	payment->alerts |= UINT32_C(1) << alert;
}

/* cs_payment_raised says whether ALERT was raised. */
static inline bool
cs_payment_raised(const struct cs_payment *payment, enum cs_payment_alert alert)
{
	return payment->alerts >> alert & 1;
}

/* cs_payment_room lends LEN bytes of the store to be filled at once; NULL when it is full. */
uint8_t *cs_payment_room(struct cs_payment *payment, size_t len);

/* cs_payment_keep copies VALUE into the store; an absent span when it is full. */
struct cs_span cs_payment_keep(struct cs_payment *payment, struct cs_span value);

/* The branch code of a bank's head office (ISO 9362): with it or without, a BIC names the same bank. */
#define CS_BIC_HEAD_OFFICE "XXX"

/* cs_payment_keep_bic keeps a BIC of 8 or 11 characters as 11 (that of the head office); of any other length: as it is. */
struct cs_span cs_payment_keep_bic(struct cs_payment *payment, struct cs_span bic);

/* cs_payment_key_name and cs_payment_alert_name give the names of the contract. Static. */
const char *cs_payment_key_name(enum cs_payment_key key);
const char *cs_payment_alert_name(enum cs_payment_alert alert);

#endif
