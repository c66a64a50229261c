/*
 * truth.jsonl: what was put into the captures, one line each, to judge a detector by.
 */
#ifndef CS_SIM_TRUTH_H
#define CS_SIM_TRUTH_H

#include "bank.h"
#include "deal.h"
#include "wire.h"

struct cs_truth {
	int descriptor;
	enum cs_error error; /* the first one stays */
	uint64_t row_n;
	uint64_t captured_n;
};

struct cs_truth_summary {
	uint64_t transactions;
	uint64_t messages[CS_LEG_N];
	uint64_t stand_ins;
	uint64_t advices;
	uint64_t reversals;
	uint64_t declines;
	uint64_t lost_packets[CS_LEG_N];
	uint64_t packets[CS_LEG_N];
	uint64_t refused; /* transactions that found a table full */
};

/* cs_truth_open creates the file; ends with cs_truth_close. */
CS_MUST_USE enum cs_error cs_truth_open(const char *path, struct cs_truth *out);

/* cs_truth_put writes the row of DEAL, whose answer went out as SENT. Card numbers are masked. */
void cs_truth_put(struct cs_truth *truth, const struct cs_bank *bank, const struct cs_story *story,
		  const struct cs_deal *deal, struct cs_sent sent);

/* cs_truth_close writes the summary as the last line; CS_E_WRITE when any write failed. */
CS_MUST_USE enum cs_error cs_truth_close(struct cs_truth *truth, const struct cs_truth_summary *summary);

#endif
