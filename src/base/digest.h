/*
 * SHA-256.
 *
 * Spec: FIPS 180-4; RFC 6962 section 2.1 for inner nodes of a Merkle tree (base/merkle.h).
 * libcrypto does the hashing, since it uses the processor's own instructions for it.
 */
#ifndef CS_BASE_DIGEST_H
#define CS_BASE_DIGEST_H

#include "base/error.h"
#include "base/span.h"

enum { CS_DIGEST_BYTES = 32 };

struct cs_digest {
	uint8_t at[CS_DIGEST_BYTES];
};

/* A hash at work; one for each thread. */
struct cs_hasher;

/* cs_hasher_new makes one; NULL without memory. */
struct cs_hasher *cs_hasher_new(void);
void cs_hasher_free(struct cs_hasher *hasher);

/* cs_hasher_begin, _add (any number of times) and _end hash what is added between them. */
void cs_hasher_begin(struct cs_hasher *hasher);
void cs_hasher_add(struct cs_hasher *hasher, const void *at, size_t len);
struct cs_digest cs_hasher_end(struct cs_hasher *hasher);

/* cs_digest_of hashes one span. */
struct cs_digest cs_digest_of(struct cs_hasher *hasher, struct cs_span span);

/* cs_digest_node hashes an inner node of a Merkle tree. */
struct cs_digest cs_digest_node(struct cs_hasher *hasher, const struct cs_digest *left, const struct cs_digest *right);

/* cs_digest_same compares two digests. */
static inline bool
cs_digest_same(const struct cs_digest *a, const struct cs_digest *b)
{
	return memcmp(a->at, b->at, CS_DIGEST_BYTES) == 0;
}

#endif
