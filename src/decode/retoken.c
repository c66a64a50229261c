/*
 * Pairs of old and new tokens, each once. Sees clear card numbers, as card.c does, and keeps none.
 *
 * A group holds the tokens of one index, the latest first: a look-up reads one line of memory.
 */
#include "decode/retoken.h"

#include <stdlib.h>

enum { GROUPS = CS_RETOKEN_CAP / CS_RETOKEN_WAYS };

_Static_assert((GROUPS & (GROUPS - 1)) == 0, "an index is the low bits of a token");

enum cs_error
cs_retoken_init(struct cs_retoken *retoken, const struct cs_token_key *previous, struct cs_retoken_sink sink)
{
	struct cs_token *seen = calloc(CS_RETOKEN_CAP, sizeof *seen);
	if (!seen)
		return CS_E_MEMORY;
	*retoken = (struct cs_retoken){.previous = previous, .sink = sink, .seen = seen};
	return CS_OK;
}

void
cs_retoken_fini(struct cs_retoken *retoken)
{
	free(retoken->seen);
	*retoken = (struct cs_retoken){0};
}

/* Tokens are the output of a keyed hash: their bits need no mixing. The zero token is none, and marks a free place. */
void
cs_retoken_card(struct cs_retoken *retoken, struct cs_span digits, struct cs_token now)
{
	struct cs_token *group = retoken->seen + (now.half[0] & (GROUPS - 1)) * CS_RETOKEN_WAYS;
	static const struct cs_token none;
	for (unsigned i = 0; i < CS_RETOKEN_WAYS; i++)
		if (cs_token_same(group[i], now))
			return;
	retoken->forgotten += !cs_token_same(group[CS_RETOKEN_WAYS - 1], none);
	memmove(group + 1, group, (CS_RETOKEN_WAYS - 1) * sizeof *group);
	group[0] = now;
	retoken->pairs++;
	if (retoken->sink.pair)
		retoken->sink.pair(retoken->sink.context, cs_token_make(retoken->previous, digits), now);
}
