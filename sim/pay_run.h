/*
 * Days of payments as files: orders, messages, acknowledgements, confirmations, statements, and the truth about them.
 */
#ifndef CS_SIM_PAY_RUN_H
#define CS_SIM_PAY_RUN_H

#include "base/error.h"
#include "story.h"

struct cs_pay_summary {
	uint64_t payments; /* payments out that are ordered */
	uint64_t orders;
	uint64_t messages_out;
	uint64_t acknowledged, refused;
	uint64_t messages_in, confirmations, statements, entries;
	uint64_t wrong; /* rows of the truth */
};

/* cs_pay_run writes the files of STORY into the folder OUT, which is there. CS_E_MEMORY, CS_E_OPEN, CS_E_WRITE. */
CS_MUST_USE enum cs_error cs_pay_run(const struct cs_story *story, uint64_t seed, const char *out,
				     struct cs_pay_summary *summary);

#endif
