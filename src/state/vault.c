/*
 * One secret, and from it one key for each use: no key serves two.
 *
 * A key file holds a seed; crypto_kdf gives a subkey of it for each use, told apart by its number. Numbers and context
 * are part of what was signed and wrapped: they are never changed or used again. A token gives HMACs of labels instead,
 * once, at open; only what is signed goes to it later. Random bytes come from src/io alone,
 * so that a test can replace them.
 */
#include "state/vault.h"

#include "io/keeper.h"
#include "io/secret.h"

#include <sodium.h>

enum { SEED_BYTES = 32, NONCE_BYTES = 24, TAG_BYTES = 16 };
enum { USE_SIGN = 1, USE_WRAP = 2, USE_TOKENS = 3 };

static const char kdf_context[crypto_kdf_CONTEXTBYTES] = {'c', 's', '-', 'v', 'a', 'u', 'l', 't'};
static const char token_wrap_label[] = "countersign wrap 1"; /* what the token makes a key of */
static const char token_tokens_label[] = "countersign tokens 1";
static const char wrap_label[] = "countersign wrapped key 1"; /* authenticated beside the key */

_Static_assert((int)SEED_BYTES == (int)crypto_kdf_KEYBYTES, "the seed is a master key of crypto_kdf");
_Static_assert((int)SEED_BYTES == (int)crypto_sign_SEEDBYTES, "a subkey is a seed of Ed25519");
_Static_assert((int)CS_SIGNATURE_BYTES == (int)crypto_sign_BYTES, "Ed25519");
_Static_assert((int)CS_PUBLIC_KEY_BYTES == (int)crypto_sign_PUBLICKEYBYTES, "Ed25519");
_Static_assert((int)CS_SIGNATURE_BYTES == (int)CS_PKCS11_SIGNATURE_BYTES, "Ed25519");
_Static_assert((int)CS_PUBLIC_KEY_BYTES == (int)CS_PKCS11_PUBLIC_BYTES, "Ed25519");
_Static_assert((int)SEED_BYTES == (int)CS_PKCS11_MAC_BYTES && (int)CS_TOKEN_KEY_BYTES <= (int)SEED_BYTES,
	       "a MAC is a key");
_Static_assert((int)NONCE_BYTES == (int)crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "XChaCha20");
_Static_assert((int)CS_WRAPPED_BYTES == (int)CS_SEAL_KEY_BYTES + (int)NONCE_BYTES + (int)TAG_BYTES, "nonce, key, tag");

/* All of it in locked memory. */
struct cs_vault {
	struct cs_keeper *token;  /* NULL: a key file */
	uint8_t seed[SEED_BYTES]; /* only while the keys are made from it */
	uint8_t sign_seed[SEED_BYTES];
	uint8_t sign[crypto_sign_SECRETKEYBYTES];
	uint8_t wrap[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
	struct cs_token_key tokens;
	uint8_t public_key[CS_PUBLIC_KEY_BYTES];
};

static void
say(struct cs_text *note, const char *before, const char *path, const char *behind)
{
	cs_text_put(note, before);
	cs_text_put(note, path);
	cs_text_put(note, behind);
}

static void
derive(const struct cs_vault *vault, uint64_t use, uint8_t *out, size_t len)
{
	int failed = crypto_kdf_derive_from_key(out, len, use, kdf_context, vault->seed);
	CS_ASSERT(!failed);
}

static void
make_keys(struct cs_vault *vault)
{
	derive(vault, USE_SIGN, vault->sign_seed, sizeof vault->sign_seed);
	derive(vault, USE_WRAP, vault->wrap, sizeof vault->wrap);
	derive(vault, USE_TOKENS, vault->tokens.at, sizeof vault->tokens.at);
	int failed = crypto_sign_seed_keypair(vault->public_key, vault->sign, vault->sign_seed);
	CS_ASSERT(!failed);
	sodium_memzero(vault->seed, sizeof vault->seed);
	sodium_memzero(vault->sign_seed, sizeof vault->sign_seed);
}

static enum cs_error
create_seed(struct cs_vault *vault, const char *path, struct cs_text *note)
{
	cs_secret_random(vault->seed, sizeof vault->seed);
	enum cs_error error = cs_secret_create(path, vault->seed, sizeof vault->seed);
	if (error == CS_OK)
		say(note, "made a key: ", path,
		    " (keep a copy elsewhere: without it nothing sealed can be read again)");
	else
		say(note, "key ", path, " cannot be written; name a file that this user may create");
	return error;
}

static enum cs_error
read_seed(struct cs_vault *vault, const struct cs_vault_wish *wish, struct cs_text *note)
{
	bool loose = false;
	enum cs_error error = cs_secret_read(wish->where, vault->seed, sizeof vault->seed, &loose);
	if (error == CS_E_OPEN && wish->create)
		return create_seed(vault, wish->where, note);
	if (error == CS_E_FORMAT)
		say(note, "key ", wish->where, " must be 32 bytes long; make one with: head -c 32 /dev/urandom > FILE");
	else if (error != CS_OK)
		say(note, "key ", wish->where, " ");
	if (error != CS_OK && error != CS_E_FORMAT)
		cs_text_put(note, cs_error_text(error));
	CS_TRY(error);
	if (loose)
		say(note, "key ", wish->where, " can be read by others; write: chmod 600 FILE");
	return loose && wish->strict ? CS_E_PERMISSION : CS_OK;
}

static enum cs_error
open_file(struct cs_vault *vault, const struct cs_vault_wish *wish, struct cs_text *note)
{
	CS_TRY(read_seed(vault, wish, note));
	make_keys(vault);
	return CS_OK;
}

static enum cs_error
open_token(struct cs_vault *vault, const struct cs_vault_wish *wish, struct cs_text *note)
{
	struct cs_pkcs11_wish token = {wish->where, wish->create, wish->strict};
	CS_TRY(cs_keeper_open(&token, note, &vault->token));
	enum cs_error error = cs_keeper_mac(vault->token, cs_span_text(token_wrap_label), vault->wrap);
	if (error == CS_OK)
		error = cs_keeper_mac(vault->token, cs_span_text(token_tokens_label), vault->seed);
	if (error != CS_OK)
		cs_text_put(note, cs_keeper_fault(vault->token));
	memcpy(vault->tokens.at, vault->seed, sizeof vault->tokens.at);
	sodium_memzero(vault->seed, sizeof vault->seed);
	cs_keeper_public(vault->token, vault->public_key);
	return error;
}

enum cs_error
cs_vault_open(const struct cs_vault_wish *wish, char *note, struct cs_vault **out)
{
	struct cs_text text = cs_text_over(note, CS_VAULT_NOTE_BYTES);
	struct cs_vault *vault = cs_secret_memory(sizeof *vault);
	if (!vault) {
		cs_text_put(&text, "no memory for keys; raise the limit of locked memory (ulimit -l)");
		return CS_E_MEMORY;
	}
	enum cs_error error =
		cs_pkcs11_uri_is(wish->where) ? open_token(vault, wish, &text) : open_file(vault, wish, &text);
	if (error == CS_OK)
		*out = vault;
	else
		cs_vault_close(vault);
	return error;
}

void
cs_vault_close(struct cs_vault *vault)
{
	if (vault)
		cs_keeper_close(vault->token);
	cs_secret_release(vault);
}

void
cs_vault_relock(struct cs_vault *vault)
{
	cs_secret_relock(vault, sizeof *vault);
}

void
cs_vault_public(const struct cs_vault *vault, uint8_t out[CS_PUBLIC_KEY_BYTES])
{
	memcpy(out, vault->public_key, CS_PUBLIC_KEY_BYTES);
}

enum cs_error
cs_vault_sign(struct cs_vault *vault, struct cs_span bytes, uint8_t out[CS_SIGNATURE_BYTES])
{
	if (vault->token)
		return cs_keeper_sign(vault->token, bytes, out);
	int failed = crypto_sign_detached(out, NULL, bytes.at, bytes.len, vault->sign);
	CS_ASSERT(!failed);
	return CS_OK;
}

bool
cs_vault_verify(const uint8_t public_key[CS_PUBLIC_KEY_BYTES], struct cs_span bytes,
		const uint8_t signature[CS_SIGNATURE_BYTES])
{
	return crypto_sign_verify_detached(signature, bytes.at, bytes.len, public_key) == 0;
}

static struct cs_span
label_of_wrap(void)
{
	return (struct cs_span){(const uint8_t *)wrap_label, sizeof wrap_label - 1};
}

void
cs_vault_wrap(const struct cs_vault *vault, const uint8_t key[CS_SEAL_KEY_BYTES], uint8_t out[CS_WRAPPED_BYTES])
{
	struct cs_span label = label_of_wrap();
	cs_secret_random(out, NONCE_BYTES);
	int failed = crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE_BYTES, NULL, key, CS_SEAL_KEY_BYTES,
								label.at, label.len, NULL, out, vault->wrap);
	CS_ASSERT(!failed);
}

enum cs_error
cs_vault_unwrap(const struct cs_vault *vault, const uint8_t wrapped[CS_WRAPPED_BYTES], uint8_t out[CS_SEAL_KEY_BYTES])
{
	struct cs_span label = label_of_wrap();
	int refused = crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, wrapped + NONCE_BYTES,
								 CS_WRAPPED_BYTES - NONCE_BYTES, label.at, label.len,
								 wrapped, vault->wrap);
	return refused ? CS_E_FORMAT : CS_OK;
}

void
cs_vault_token_key(const struct cs_vault *vault, struct cs_token_key *out)
{
	*out = vault->tokens;
}

bool
cs_vault_is_token(const struct cs_vault *vault)
{
	return vault->token;
}

const char *
cs_vault_fault(const struct cs_vault *vault)
{
	return vault->token ? cs_keeper_fault(vault->token) : "";
}
