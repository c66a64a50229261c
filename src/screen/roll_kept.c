/*
 * Where the words that were looked for and what is like them lie on the desk: see roll_parts.h.
 */
#include "base/hash.h"
#include "screen/roll_run.h"

struct cs_roll_kept *
cs_roll_kept_place(struct cs_roll_desk *desk, const struct cs_term *term, bool *there)
{
	uint64_t hash = cs_hash_mix(term->hash, (uint64_t)term->raw << 32 | term->family[0]);
	struct cs_roll_kept *set = &desk->kept[(hash & (CS_ROLL_CACHE / CS_ROLL_CACHE_WAYS - 1)) * CS_ROLL_CACHE_WAYS];
	struct cs_roll_kept *oldest = set;
	for (unsigned i = 0; i < CS_ROLL_CACHE_WAYS; i++) {
		bool whole = set[i].used && desk->nears_put - set[i].from <= CS_ROLL_NEARS;
		*there = whole && set[i].term.hash == term->hash && memcmp(&set[i].term, term, sizeof *term) == 0;
		if (*there)
			return &set[i];
		oldest = set[i].used < oldest->used ? &set[i] : oldest;
	}
	return oldest;
}

struct cs_roll_near *
cs_roll_kept_room(struct cs_roll_desk *desk, unsigned n)
{
	uint64_t at = desk->nears_put % CS_ROLL_NEARS;
	if (at + n > CS_ROLL_NEARS) /* what is like one word lies together */
		desk->nears_put += CS_ROLL_NEARS - at;
	struct cs_roll_near *room = &desk->nears[desk->nears_put % CS_ROLL_NEARS];
	desk->nears_put += n;
	return room;
}
