/*
 * One card transaction at the simulated bank, from its request to its last advice. Every message about it
 * can be written again from here, byte for byte.
 */
#ifndef CS_SIM_DEAL_H
#define CS_SIM_DEAL_H

#include "story.h"

#define CS_DEAL_NONE UINT32_MAX

enum cs_deal_sort { CS_DEAL_CASH, CS_DEAL_INQUIRY, CS_DEAL_PURCHASE };

/* What is still owed to the core for a deal the switch dealt with alone. */
enum cs_owed { CS_OWED_ADVICE = 1, CS_OWED_REVERSAL = 2 };

struct cs_deal {
	uint64_t facts; /* random bits: PIN block, cryptogram, approval code */
	uint64_t asked_ns;
	uint64_t rrn[CS_LEG_N];
	uint32_t stan[CS_LEG_N];
	int64_t amount_minor;  /* asked for at the machine, in its currency */
	int64_t billing_minor; /* the same in the home currency */
	int64_t core_minor;    /* what the core is asked for */
	int64_t granted_minor; /* what the core grants */
	int64_t claimed_minor; /* what the acquirer is told, home currency */
	int64_t balance_minor;
	uint32_t card;
	uint32_t machine;
	uint32_t next;  /* in the list of what is owed to the core */
	uint32_t steps; /* in the queue; the deal ends with the last */
	int16_t attack; /* index in the story, -1: honest */
	uint16_t currency;
	uint8_t country;
	uint8_t sort; /* enum cs_deal_sort */
	uint8_t connection;
	uint8_t owed; /* bits of enum cs_owed */
	bool chip;
	bool fallback;        /* the chip could not be read: by the stripe, and said so */
	bool remote;          /* a purchase by telephone or on the web: no card is there */
	bool at_core;         /* the core was asked */
	bool answered;        /* the acquirer has its answer */
	bool reversed;        /* the acquirer waits for the answer to its reversal */
	bool late;            /* the answer will be late */
	uint32_t advice_stan; /* of the stand-in advice; the request has a trace number of its own */
	uint32_t reversal_stan[CS_LEG_N];
	char code[CS_LEG_N][3];     /* DE39 */
	char approval[CS_LEG_N][7]; /* DE38, "" when there is none */
};

/* cs_deal_converted says whether the machine's currency is not the home currency. */
bool cs_deal_converted(const struct cs_deal *deal);

#endif
