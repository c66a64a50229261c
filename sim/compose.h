/*
 * The messages of the bank: which data elements each kind carries on each leg.
 */
#ifndef CS_SIM_COMPOSE_H
#define CS_SIM_COMPOSE_H

#include "bank.h"
#include "deal.h"
#include "message.h"

/* cs_compose_request writes the request of DEAL as LEG sees it; REPEAT: x201 or x101. */
void cs_compose_request(const struct cs_bank *bank, const struct cs_deal *deal, enum cs_leg leg, bool repeat,
			struct cs_message *out);

/* cs_compose_response writes the answer to it, with the leg's code and approval. */
void cs_compose_response(const struct cs_bank *bank, const struct cs_deal *deal, enum cs_leg leg,
			 struct cs_message *out);

/* cs_compose_advice writes the stand-in advice owed to the core, cs_compose_advice_response its answer. */
void cs_compose_advice(const struct cs_bank *bank, const struct cs_deal *deal, struct cs_message *out);
void cs_compose_advice_response(const struct cs_bank *bank, const struct cs_deal *deal, struct cs_message *out);

/* cs_compose_reversal writes the reversal of DEAL with its reason (DE39); and the answer to it. */
void cs_compose_reversal(const struct cs_bank *bank, const struct cs_deal *deal, enum cs_leg leg, const char *reason,
			 struct cs_message *out);
void cs_compose_reversal_response(const struct cs_bank *bank, const struct cs_deal *deal, enum cs_leg leg,
				  struct cs_message *out);

struct cs_network { /* a network management message */
	bool response;
	uint16_t code; /* DE70: 1 sign-on, 2 sign-off, 301 echo */
	uint32_t stan;
	uint64_t time_ns;
};

/* cs_compose_network writes an 0800 or its 0810. */
void cs_compose_network(const struct cs_network *network, struct cs_message *out);

/* cs_compose_balance sets DE54 to two blocks, ledger and available, in the home currency. */
void cs_compose_balance(struct cs_message *message, int64_t balance_minor);

#endif
