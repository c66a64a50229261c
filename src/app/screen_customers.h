/*
 * A file of customers, row by row: CSV with a header line, or JSON Lines.
 */
#ifndef CS_APP_SCREEN_CUSTOMERS_H
#define CS_APP_SCREEN_CUSTOMERS_H

#include "app/screen_look.h"
#include "decode/row.h"

enum { CS_SCREEN_WHY_BYTES = 160 };

struct cs_screen_customers;

/* A row: a party, or why there is none. Spans are lent until the next row. */
struct cs_screen_customer {
	struct cs_screen_party party;
	uint64_t line;
	unsigned wrong_n;              /* facts that were not understood, and left out */
	char why[CS_SCREEN_WHY_BYTES]; /* "": it was read */
};

/* cs_screen_customers_open opens the file that CALL names ("-": standard input), and reads its first row; its `columns`, or NULL, is "name=Full
 * name,id=Number", `dates` which comes first in dates that do not say. An enum cs_exit after having said what is wrong. */
struct cs_screen_call;
int cs_screen_customers_open(const struct cs_screen_call *call, struct cs_screen_customers **out);

/* cs_screen_customers_close takes NULL. */
void cs_screen_customers_close(struct cs_screen_customers *customers);

/* cs_screen_customers_next gives the next row: CS_OK; CS_END; CS_E_READ or CS_E_SYNTAX when it cannot go on: OUT says why. */
CS_MUST_USE enum cs_error cs_screen_customers_next(struct cs_screen_customers *customers,
						   struct cs_screen_customer *out);

/* What tells one file from another: its length and its beginning. */
struct cs_digest cs_screen_customers_mark(const struct cs_screen_customers *customers, struct cs_hasher *hasher);

/* cs_screen_customers_place tells how many bytes were read, of how many; 0: not known. */
void cs_screen_customers_place(const struct cs_screen_customers *customers, uint64_t *done, uint64_t *all);

#endif
