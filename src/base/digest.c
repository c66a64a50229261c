/*
 * libcrypto's SHA-256 behind a door of our own. Invariant: between begin and end a hasher belongs to one digest.
 */
#include "base/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>

struct cs_hasher {
	EVP_MD *kind;
	EVP_MD_CTX *context;
};

struct cs_hasher *
cs_hasher_new(void)
{
	struct cs_hasher *hasher = calloc(1, sizeof *hasher);
	if (!hasher)
		return NULL;
	hasher->kind = EVP_MD_fetch(NULL, "SHA256", NULL);
	hasher->context = EVP_MD_CTX_new();
	if (hasher->kind && hasher->context)
		return hasher;
	cs_hasher_free(hasher);
	return NULL;
}

void
cs_hasher_free(struct cs_hasher *hasher)
{
	if (!hasher)
		return;
	EVP_MD_CTX_free(hasher->context);
	EVP_MD_free(hasher->kind);
	free(hasher);
}

void
cs_hasher_begin(struct cs_hasher *hasher)
{
	int done = EVP_DigestInit_ex2(hasher->context, hasher->kind, NULL);
	CS_ASSERT(done == 1);
}

void
cs_hasher_add(struct cs_hasher *hasher, const void *at, size_t len)
{
	int done = EVP_DigestUpdate(hasher->context, at, len);
	CS_ASSERT(done == 1);
}

struct cs_digest
cs_hasher_end(struct cs_hasher *hasher)
{
	struct cs_digest digest;
	unsigned len = 0;
	int done = EVP_DigestFinal_ex(hasher->context, digest.at, &len);
	CS_ASSERT(done == 1 && len == CS_DIGEST_BYTES);
	return digest;
}

struct cs_digest
cs_digest_of(struct cs_hasher *hasher, struct cs_span span)
{
	cs_hasher_begin(hasher);
	cs_hasher_add(hasher, span.at, span.len);
	return cs_hasher_end(hasher);
}

struct cs_digest
cs_digest_node(struct cs_hasher *hasher, const struct cs_digest *left, const struct cs_digest *right)
{
	uint8_t at[1 + 2 * CS_DIGEST_BYTES] = {1};
	memcpy(at + 1, left->at, CS_DIGEST_BYTES);
	memcpy(at + 1 + CS_DIGEST_BYTES, right->at, CS_DIGEST_BYTES);
	return cs_digest_of(hasher, (struct cs_span){at, sizeof at});
}
