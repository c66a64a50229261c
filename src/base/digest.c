/*
 * libcrypto's SHA-256 behind a door of our own. Invariant: between begin and end a hasher belongs to one digest.
 *
 * By its plain functions, not by EVP: of the three digests that sealing a record takes each is a few blocks long, and to
 * begin and end one by EVP costs as much as a block. OpenSSL 3 says of them that they are old, and keeps them.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/digest.h"

#include <openssl/sha.h>
#include <stdlib.h>

_Static_assert(SHA256_DIGEST_LENGTH == CS_DIGEST_BYTES, "a digest has the size of its hash");

struct cs_hasher {
	SHA256_CTX context;
};

struct cs_hasher *
cs_hasher_new(void)
{
	return calloc(1, sizeof(struct cs_hasher));
}

void
cs_hasher_free(struct cs_hasher *hasher)
{
	free(hasher);
}

void
cs_hasher_begin(struct cs_hasher *hasher)
{
	int done = SHA256_Init(&hasher->context);
	CS_ASSERT(done == 1);
}

void
cs_hasher_add(struct cs_hasher *hasher, const void *at, size_t len)
{
	int done = SHA256_Update(&hasher->context, at, len);
	CS_ASSERT(done == 1);
}

struct cs_digest
cs_hasher_end(struct cs_hasher *hasher)
{
	struct cs_digest digest;
	int done = SHA256_Final(digest.at, &hasher->context);
	CS_ASSERT(done == 1);
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
