/*
 * The text of payment messages (block 4), and what their envelope needs to know.
 */
#ifndef CS_SIM_PAY_MT_H
#define CS_SIM_PAY_MT_H

#include "base/text.h"
#include "pay.h"

enum { CS_PAY_MT_BYTES = 8192 };

struct cs_pay_mt {
	unsigned type;
	const char *flag;                  /* of block 3, tag 119: NULL, "STP" or "COV" */
	const char *uetr;                  /* NULL: none */
	char other[CS_PAY_BIC_BYTES];      /* whom it goes to, or comes from */
	char user[CS_PAY_REFERENCE_BYTES]; /* tag 108; empty: none */
	struct cs_text text;
	char at[CS_PAY_MT_BYTES];
};

/* cs_pay_mt_begin empties OUT. */
void cs_pay_mt_begin(struct cs_pay_mt *out, unsigned type);

/* cs_pay_mt_out makes the message of a payment or free message out; with COVER the MT202 COV behind it. */
void cs_pay_mt_out(const struct cs_pay_world *world, const struct cs_pay *pay, bool cover, struct cs_pay_mt *out);

/* cs_pay_mt_in makes the message that comes in: MT103, MT199, MT196. */
void cs_pay_mt_in(const struct cs_pay_world *world, const struct cs_pay *pay, struct cs_pay_mt *out);

/* cs_pay_mt_confirm makes the MT900 or MT910 of ENTRY, confirmed at TIME_NS. */
void cs_pay_mt_confirm(const struct cs_pay_world *world, const struct cs_pay_entry *entry, uint64_t time_ns,
		       struct cs_pay_mt *out);

/* cs_pay_root gives the payment that a query, recall, return or answer is about in the end; PAY itself without one. */
const struct cs_pay *cs_pay_root(const struct cs_pay_world *world, const struct cs_pay *pay);

/* cs_pay_receiver writes the BIC a message out goes to. */
void cs_pay_receiver(const struct cs_pay_world *world, const struct cs_pay *pay, bool cover,
		     char out[CS_PAY_BIC_BYTES]);

/* Pieces: the date as YYMMDD, an amount with a comma (or POINT), a line that is only put when it says something. */
void cs_pay_put_date(struct cs_text *text, int64_t day);
void cs_pay_put_amount(struct cs_text *text, enum cs_pay_currency currency, int64_t minor, char point);
void cs_pay_put_line(struct cs_text *text, const char *tag, const char *value);

#endif
