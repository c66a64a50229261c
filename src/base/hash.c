/*
 * One hash for all tables, from libxxhash.
 */
#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t
cs_hash_bytes(struct cs_span span, uint64_t seed)
{
	/* Without a seed the library needs no secret of its own for long input. */
	return seed ? XXH3_64bits_withSeed(span.at, span.len, seed) : XXH3_64bits(span.at, span.len);
}
