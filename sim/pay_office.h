/*
 * The back office's own records, orders.csv, orders.jsonl and free.csv, and the rows of the truth.
 */
#ifndef CS_SIM_PAY_OFFICE_H
#define CS_SIM_PAY_OFFICE_H

#include "pay.h"
#include "pay_shelf.h"

struct cs_pay_office {
	struct cs_pay_file csv, json, free, truth;
	uint64_t order_n, wrong_n;
};

/* What is wrong with a file, or with its absence. */
struct cs_pay_wrong {
	uint64_t time_ns;
	const char *what;
	const char *folder; /* NULL: there is no file */
	const char *name;
	const char *reference;
	const char *uetr;
	enum cs_pay_currency currency;
	int64_t minor; /* 0: no amount */
	int32_t attack;
	bool refused; /* the network did not take it */
};

/* cs_pay_office_open creates the files and writes their heads; ends with cs_pay_office_close. */
CS_MUST_USE enum cs_error cs_pay_office_open(struct cs_pay_office *office, const char *folder);
CS_MUST_USE enum cs_error cs_pay_office_close(struct cs_pay_office *office);

/* cs_pay_office_order writes the order of PAY, and that of its MT202 COV. */
void cs_pay_office_order(struct cs_pay_office *office, const struct cs_pay_world *world, const struct cs_pay *pay);

/* cs_pay_office_wrong writes a row of the truth. */
void cs_pay_office_wrong(struct cs_pay_office *office, const struct cs_pay_world *world,
			 const struct cs_pay_wrong *wrong);

#endif
