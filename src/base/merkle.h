/*
 * The Merkle tree over digests: its root, the path of one leaf, and what stays of a tree when leaves go.
 *
 * Spec: RFC 6962 section 2.1 (leaf prefix 00, node prefix 01, the left subtree the largest power of two less than n).
 */
#ifndef CS_BASE_MERKLE_H
#define CS_BASE_MERKLE_H

#include "base/digest.h"

enum { CS_MERKLE_PATH_MAX = 32 };

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

/* Which leaf: number NTH of N. */
struct cs_merkle_place {
	size_t n;
	size_t nth;
};

/* cs_merkle_climb gives the root that LEAF at PLACE leads to with its PATH; false when the path's length is wrong. */
bool cs_merkle_climb(struct cs_hasher *hasher, const struct cs_digest *leaf, struct cs_merkle_place place,
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
