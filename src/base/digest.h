/*
 * SHA-256 and the Merkle tree hash over it.
 *
 * Spec: FIPS 180-4; RFC 6962 section 2.1 (leaf prefix 00, node prefix 01, the left subtree the largest power of two).
 * libcrypto does the hashing, since it uses the processor's own instructions for it.
 */
#ifndef CS_BASE_DIGEST_H
#define CS_BASE_DIGEST_H

#include "base/error.h"
#include "base/span.h"

enum { CS_DIGEST_BYTES = 32, CS_MERKLE_PATH_MAX = 32 };

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

/* cs_merkle_root gives the root over N >= 1 leaf hashes. LEAF is used as scratch and spoiled. */
struct cs_digest cs_merkle_root(struct cs_hasher *hasher, struct cs_digest *leaf, size_t n);

/* The audit path of one leaf: the siblings from the leaf up. */
struct cs_merkle_path {
	unsigned n;
	struct cs_digest at[CS_MERKLE_PATH_MAX];
};

/* cs_merkle_path_of gives the path of leaf NTH among N leaf hashes. LEAF is spoiled. */
void cs_merkle_path_of(struct cs_hasher *hasher, struct cs_digest *leaf, size_t n, size_t nth,
		       struct cs_merkle_path *out);

/* cs_merkle_climb gives the root that leaf NTH of N with its PATH leads to; false when the path's length is wrong. */
bool cs_merkle_climb(struct cs_hasher *hasher, const struct cs_digest *leaf, size_t n, size_t nth,
		     const struct cs_merkle_path *path, struct cs_digest *out);

/* A tree of which some leaves are gone: of a subtree wholly gone one hash is left, and none of the whole tree. The hashes
 * are in the order of levels, from the leaves up, and in each from left to right. */
struct cs_merkle_thinning {
	size_t n;
	struct cs_digest *node;     /* N leaf hashes, where they are known; spoiled */
	bool *known;                /* N; spoiled */
	bool *stays;                /* N, of the known: the others go now; spoiled */
	const struct cs_digest *in; /* what is left of those that are gone */
	struct cs_digest *out;      /* what will be left, with those that go now; room for N */
	size_t in_n;
	size_t out_n;
};

/* cs_merkle_thinning_run gives the root, and OUT. False when IN is too short or too long. */
bool cs_merkle_thinning_run(struct cs_hasher *hasher, struct cs_merkle_thinning *thinning, struct cs_digest *root);

#endif
