/*
 * Pairs of old and new card tokens as JSON Lines: {"old":"tok_...","new":"tok_..."}.
 */
#ifndef CS_ENGINE_RETOKEN_MAP_H
#define CS_ENGINE_RETOKEN_MAP_H

#include "decode/retoken.h"

enum { CS_RETOKEN_MAP_BYTES = 65536 };

struct cs_retoken_map {
	int descriptor;
	enum cs_error error; /* the first; what follows it is lost */
	uint64_t pairs;
	size_t len;
	char at[CS_RETOKEN_MAP_BYTES]; /* not written yet */
};

/* cs_retoken_map_pair is the `pair` of a cs_retoken_sink; CONTEXT is a struct cs_retoken_map. */
void cs_retoken_map_pair(void *context, struct cs_token before, struct cs_token now);

/* cs_retoken_map_flush writes what waits; the first error there was. */
CS_MUST_USE enum cs_error cs_retoken_map_flush(struct cs_retoken_map *map);

#endif
