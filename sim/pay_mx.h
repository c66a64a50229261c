/*
 * The same payments, confirmations and statements in ISO 20022, header and document in one envelope.
 */
#ifndef CS_SIM_PAY_MX_H
#define CS_SIM_PAY_MX_H

#include "pay_statement.h"

enum { CS_PAY_MX_BYTES = 1 << 17, CS_PAY_MX_LINES_MAX = 80 };

struct cs_pay_mx {
	const char *kind; /* "pacs.008", for the name of the file */
	struct cs_text text;
	char at[CS_PAY_MX_BYTES];
};

/* What the header tells. */
struct cs_pay_mx_head {
	const char *definition; /* "pacs.008.001.08" */
	const char *from, *to;
	const char *id;
	uint64_t time_ns;
};

/* cs_pay_mx_payment makes the pacs.008 or pacs.009 of a payment, sent (or received) at TIME_NS. */
void cs_pay_mx_payment(const struct cs_pay_world *world, const struct cs_pay *pay, bool cover, uint64_t time_ns,
		       struct cs_pay_mx *out);

/* cs_pay_mx_confirm makes the camt.054 of ENTRY. */
void cs_pay_mx_confirm(const struct cs_pay_world *world, const struct cs_pay_entry *entry, uint64_t time_ns,
		       struct cs_pay_mx *out);

/* cs_pay_mx_statement makes the next page of the camt.053 of a statement that was begun and of which no page was made
 * otherwise (give it a copy); false when there is none. */
bool cs_pay_mx_statement(struct cs_pay_statement *statement, uint64_t time_ns, struct cs_pay_mx *out);

/* Pieces: envelope and header, their end; elements, one with a value, an agent, an amount, a date, an account. */
void cs_pay_mx_open(struct cs_pay_mx *out, const struct cs_pay_mx_head *head);
void cs_pay_mx_close(struct cs_pay_mx *out);
void cs_pay_mx_start(struct cs_text *text, const char *name);
void cs_pay_mx_end(struct cs_text *text, const char *name);
void cs_pay_mx_put(struct cs_text *text, const char *name, const char *value);
void cs_pay_mx_agent(struct cs_text *text, const char *name, const char *bic);
void cs_pay_mx_amount(struct cs_text *text, const char *name, enum cs_pay_currency currency, int64_t minor);
void cs_pay_mx_date(struct cs_text *text, const char *name, int64_t day);
void cs_pay_mx_time(struct cs_text *text, const char *name, uint64_t time_ns);
void cs_pay_mx_account(struct cs_text *text, const char *name, const char *account);

#endif
