/*
 * Hashing for our own tables: seeded XXH3, 64 bits (libxxhash). Never for secrets: see event/token.h.
 */
#ifndef CS_BASE_HASH_H
#define CS_BASE_HASH_H

#include "base/span.h"

/* cs_hash_bytes hashes a span under SEED. */
uint64_t cs_hash_bytes(struct cs_span span, uint64_t seed);

/* cs_hash_mix folds VALUE into HASH; a strong 64-bit finaliser, inline for key building. */
static inline uint64_t
cs_hash_mix(uint64_t hash, uint64_t value)
{
	__uint128_t wide = (__uint128_t)(hash ^ UINT64_C(0x9e3779b97f4a7c15)) * (value ^ UINT64_C(0xe7037ed1a0b428db));
	return (uint64_t)wide ^ (uint64_t)(wide >> 64);
}

#endif
