/*
 * The vault: what the journal signs and seals with, and where the key of card tokens can come from.
 *
 * Behind it is one secret: a file of 32 bytes, or a token behind PKCS#11. From it come an Ed25519 key that signs (in
 * a token it never leaves the token), a key that wraps other keys (XChaCha20-Poly1305) and a key of card tokens. What
 * is held here lies in memory that is neither swapped nor dumped, and is wiped at close.
 */
#ifndef CS_STATE_VAULT_H
#define CS_STATE_VAULT_H

#include "base/error.h"
#include "event/token.h"

enum {
	CS_SIGNATURE_BYTES = 64,
	CS_PUBLIC_KEY_BYTES = 32,
	CS_SEAL_KEY_BYTES = 32,
	CS_WRAPPED_BYTES = 32 + 24 + 16, /* key, nonce, tag */
	CS_VAULT_NOTE_BYTES = 4096 + 512,
};

struct cs_vault_wish {
	const char *where; /* the path of a key file, or a "pkcs11:" URI */
	bool create;       /* make the key when there is none */
	bool strict;       /* a file of a key or PIN that others may read is refused */
};

struct cs_vault;

/* cs_vault_open opens what WISH names, before the sandbox; a token gets a process of its own (io/keeper.h). NOTE (CS_VAULT_NOTE_BYTES) says in one line what a person should know or do, or
 * is empty. CS_E_OPEN (there is none, and none was to be made), CS_E_READ, CS_E_FORMAT, CS_E_PERMISSION, CS_E_WRITE,
 * CS_E_MEMORY; of a token also CS_E_SYNTAX and CS_E_UNSUPPORTED. */
CS_MUST_USE enum cs_error cs_vault_open(const struct cs_vault_wish *wish, char *note, struct cs_vault **out);

/* cs_vault_close wipes every key and gives all back; takes NULL. */
void cs_vault_close(struct cs_vault *vault);

/* cs_vault_relock keeps the copy of a process that was forked in locked memory, too. */
void cs_vault_relock(struct cs_vault *vault);

/* cs_vault_public gives the key that verifies what this vault signs. */
void cs_vault_public(const struct cs_vault *vault, uint8_t out[CS_PUBLIC_KEY_BYTES]);

/* cs_vault_sign signs BYTES (Ed25519), in the sandbox of `run` as well. A key file never fails. A token may: CS_E_LIMIT
 * (more than 16384 bytes), CS_E_READ (gone, or silent for 10 s; it is then not asked again), CS_E_PERMISSION,
 * CS_E_UNSUPPORTED. */
CS_MUST_USE enum cs_error cs_vault_sign(struct cs_vault *vault, struct cs_span bytes, uint8_t out[CS_SIGNATURE_BYTES]);

/* cs_vault_verify says whether SIGNATURE is that of BYTES under PUBLIC; needs no vault. */
CS_MUST_USE bool cs_vault_verify(const uint8_t public_key[CS_PUBLIC_KEY_BYTES], struct cs_span bytes,
				 const uint8_t signature[CS_SIGNATURE_BYTES]);

/* cs_vault_wrap encrypts KEY so that only this vault gives it back. */
void cs_vault_wrap(const struct cs_vault *vault, const uint8_t key[CS_SEAL_KEY_BYTES], uint8_t out[CS_WRAPPED_BYTES]);

/* cs_vault_unwrap gives a wrapped key back. CS_E_FORMAT when a bit of it was changed, or another vault wrapped it. */
CS_MUST_USE enum cs_error cs_vault_unwrap(const struct cs_vault *vault, const uint8_t wrapped[CS_WRAPPED_BYTES],
					  uint8_t out[CS_SEAL_KEY_BYTES]);

/* cs_vault_token_key gives the key of card tokens that belongs to this vault; OUT should be locked memory. */
void cs_vault_token_key(const struct cs_vault *vault, struct cs_token_key *out);

/* cs_vault_is_token says whether it signs in a token: then one process may use it, and what it forked may not. */
bool cs_vault_is_token(const struct cs_vault *vault);

/* cs_vault_fault tells what a token failed at last, "" when nothing did; lent. */
const char *cs_vault_fault(const struct cs_vault *vault);

#endif
