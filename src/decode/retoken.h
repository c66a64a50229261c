/*
 * While the key of card tokens is being changed: the token of each card under the old key and under the new one, handed
 * out once, so that whoever keeps old tokens can find the cards again.
 *
 * Which pairs were handed out is remembered in a table of fixed size, by the new token. Where it is full the one handed
 * out longest ago is forgotten, counted, and may be handed out again: never too few pairs, at worst some twice.
 */
#ifndef CS_DECODE_RETOKEN_H
#define CS_DECODE_RETOKEN_H

#include "event/token.h"

/* Tokens that are remembered, in groups that share an index: 64 MiB, taken only when there is an old key. */
enum { CS_RETOKEN_CAP = 1 << 22, CS_RETOKEN_WAYS = 4 };

struct cs_retoken_sink {
	void (*pair)(void *context, struct cs_token before, struct cs_token now); /* NULL: nobody listens */
	void *context;
};

struct cs_retoken {
	const struct cs_token_key *previous; /* outlives this */
	struct cs_retoken_sink sink;
	struct cs_token *seen; /* CS_RETOKEN_CAP */
	uint64_t pairs;        /* handed out */
	uint64_t forgotten;    /* of them, and so perhaps handed out again */
};

/* cs_retoken_init takes the table; SINK gets every pair. CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_retoken_init(struct cs_retoken *retoken, const struct cs_token_key *previous,
					  struct cs_retoken_sink sink);

/* cs_retoken_fini gives it back; takes a zeroed one. */
void cs_retoken_fini(struct cs_retoken *retoken);

/* cs_retoken_card hands out the pair of a card with DIGITS whose token is NOW, unless it is remembered. */
void cs_retoken_card(struct cs_retoken *retoken, struct cs_span digits, struct cs_token now);

#endif
