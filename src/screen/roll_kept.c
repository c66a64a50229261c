/*
 * Where the words that were looked for and what is like them lie on the desk: see roll_parts.h. In front of them stand tags of all of
 * them, which mostly lie in the cache: so a word is asked for before it is looked at.
 */
#include "base/hash.h"
#include "base/prefetch.h"
#include "screen/roll_run.h"

/* The first of the places where a term may lie. */
static size_t
places_of(const struct cs_term *term, uint32_t *tag)
{
	uint64_t hash = cs_hash_mix(term->hash, (uint64_t)term->raw << 32 | term->family[0]);
	*tag = (uint32_t)(hash >> 32) | 1;
	return (hash & (CS_ROLL_CACHE / CS_ROLL_CACHE_WAYS - 1)) * CS_ROLL_CACHE_WAYS;
}

void
cs_roll_kept_ask(const struct cs_roll_desk *desk, const struct cs_term *term)
{
	uint32_t tag;
	size_t set = places_of(term, &tag);
	for (size_t i = set; i < set + CS_ROLL_CACHE_WAYS; i++) {
		const char *kept = (const char *)&desk->kept[i];
		for (size_t at = 0; desk->kept_tag[i] == tag && at < sizeof *desk->kept; at += 64)
			cs_prefetch(kept + at);
	}
}

struct cs_roll_kept *
cs_roll_kept_place(struct cs_roll_desk *desk, const struct cs_term *term, bool *there)
{
	uint32_t tag;
	size_t set = places_of(term, &tag), oldest = set;
	*there = true;
	for (size_t i = set; i < set + CS_ROLL_CACHE_WAYS; i++) {
		struct cs_roll_kept *kept = &desk->kept[i];
		if (desk->kept_tag[i] == tag && desk->nears_put - kept->from <= CS_ROLL_NEARS &&
		    memcmp(&kept->term, term, sizeof *term) == 0)
			return kept;
	}
	*there = false;
	for (size_t i = set; i < set + CS_ROLL_CACHE_WAYS; i++)
		oldest = desk->kept[i].used < desk->kept[oldest].used ? i : oldest;
	desk->kept_tag[oldest] = tag;
	desk->kept[oldest].term = *term;
	return &desk->kept[oldest];
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
