/*
 * Statements of the correspondents, page by page: MT940 or MT950 in the evening, MT942 at noon.
 */
#ifndef CS_SIM_PAY_STATEMENT_H
#define CS_SIM_PAY_STATEMENT_H

#include "pay_mt.h"

struct cs_pay_statement {
	struct cs_pay_world *world;
	struct cs_pay_account *account;
	unsigned account_idx;
	int64_t day;
	uint64_t until_ns; /* of posting */
	bool interim;
	const struct cs_pay_entry *entry;
	size_t entry_n;
	size_t next;
	unsigned page_n;
	bool done;
	int64_t shown_minor;  /* balance as shown so far */
	int64_t true_minor;   /* balance in the end */
	int64_t hidden_minor; /* taken out of the lines, signed */
	enum cs_pay_hidden hidden;
};

/* cs_pay_statement_begin starts the statement of an account for DAY; interim: what is posted before UNTIL_NS. */
void cs_pay_statement_begin(struct cs_pay_statement *statement, struct cs_pay_world *world, unsigned account,
			    int64_t day, uint64_t until_ns);

/* cs_pay_statement_next makes the next page; false when there is none. With the last one the account's balances move. */
bool cs_pay_statement_next(struct cs_pay_statement *statement, struct cs_pay_mt *out);

/* cs_pay_statement_hides says whether ENTRY was taken out of what arrives. */
bool cs_pay_statement_hides(const struct cs_pay_world *world, const struct cs_pay_entry *entry);

#endif
