/*
 * The tree is built level by level: an odd node at the end of a level moves up as it is. For every number of leaves that
 * gives RFC 6962's tree, in which the left subtree holds the largest power of two less than n; a test holds it against
 * the recursive definition.
 */
#include "base/merkle.h"

/* One level up, in place; gives the number of nodes there. */
static size_t
fold(struct cs_hasher *hasher, struct cs_digest *leaf, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		leaf[i / 2] = cs_digest_node(hasher, &leaf[i], &leaf[i + 1]);
	if (n % 2)
		leaf[n / 2] = leaf[n - 1];
	return (n + 1) / 2;
}

struct cs_digest
cs_merkle_root(struct cs_hasher *hasher, struct cs_digest *leaf, size_t n)
{
	CS_ASSERT(n >= 1);
	while (n > 1)
		n = fold(hasher, leaf, n);
	return leaf[0];
}

void
cs_merkle_path_of(struct cs_hasher *hasher, struct cs_digest *leaf, size_t n, size_t nth, struct cs_merkle_path *out)
{
	CS_ASSERT(nth < n);
	out->n = 0;
	for (; n > 1; nth /= 2) {
		size_t sibling = nth ^ 1;
		if (sibling < n)
			out->at[out->n++] = leaf[sibling];
		n = fold(hasher, leaf, n);
	}
}

bool
cs_merkle_climb(struct cs_hasher *hasher, const struct cs_digest *leaf, struct cs_merkle_place place,
		const struct cs_merkle_path *path, struct cs_digest *out)
{
	size_t n = place.n, nth = place.nth;
	struct cs_digest here = *leaf;
	unsigned used = 0;
	if (nth >= n)
		return false;
	for (; n > 1; nth /= 2, n = (n + 1) / 2) {
		if ((nth ^ 1) >= n)
			continue;
		if (used == path->n)
			return false;
		const struct cs_digest *sibling = &path->at[used++];
		here = nth % 2 ? cs_digest_node(hasher, sibling, &here) : cs_digest_node(hasher, &here, sibling);
	}
	*out = here;
	return used == path->n;
}

/* Where one of two siblings is known, the other's hash is next in what is left; and of two of which one stays, the other's
 * hash is what will be left. */
static bool
thin_pair(struct cs_hasher *hasher, struct cs_merkle_thinning *t, size_t i, size_t *in_at)
{
	if (t->known[i] != t->known[i + 1]) {
		size_t gone = t->known[i] ? i + 1 : i;
		if (*in_at == t->in_n)
			return false;
		t->node[gone] = t->in[(*in_at)++];
		t->known[gone] = true;
	}
	if (t->stays[i] != t->stays[i + 1])
		t->out[t->out_n++] = t->node[t->stays[i] ? i + 1 : i];
	if (t->known[i])
		t->node[i / 2] = cs_digest_node(hasher, &t->node[i], &t->node[i + 1]);
	t->known[i / 2] = t->known[i];
	t->stays[i / 2] = t->stays[i] || t->stays[i + 1];
	return true;
}

bool
cs_merkle_thinning_run(struct cs_hasher *hasher, struct cs_merkle_thinning *t, struct cs_digest *root)
{
	size_t in_at = 0, n = t->n;
	CS_ASSERT(n >= 1);
	t->out_n = 0;
	for (; n > 1; n = (n + 1) / 2) {
		for (size_t i = 0; i + 1 < n; i += 2)
			if (!thin_pair(hasher, t, i, &in_at))
				return false;
		if (n % 2) {
			t->node[n / 2] = t->node[n - 1];
			t->known[n / 2] = t->known[n - 1];
			t->stays[n / 2] = t->stays[n - 1];
		}
	}
	*root = t->node[0];
	return t->known[0] && in_at == t->in_n;
}
