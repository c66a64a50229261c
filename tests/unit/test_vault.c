/*
 * Goal: what a vault signed or wrapped is taken back unchanged and refused after any change; a key file is made once,
 * kept, and refused when it is short, missing or open to others.
 * Method: key files in a folder of our own, and a token of SoftHSM; every bit of what was signed and wrapped is flipped in turn.
 */
#include "check.h"

#include "state/vault.c"

#include "soft_token.h"

static char folder[] = "/tmp/countersign-vault-XXXXXX";
static char path[64];
static char other_path[64];
static char note[CS_VAULT_NOTE_BYTES];

static int
set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/journal.key", folder);
	snprintf(other_path, sizeof other_path, "%s/other.key", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)unlink(other_path);
	return rmdir(folder);
}

static struct cs_vault *
opened(const char *where)
{
	struct cs_vault *vault = NULL;
	struct cs_vault_wish wish = {where, true, true};
	if (cs_vault_open(&wish, note, &vault) != CS_OK)
		fail_msg("%s", note);
	return vault;
}

static enum cs_error
refused(const struct cs_vault_wish *wish)
{
	struct cs_vault *vault = NULL;
	enum cs_error error = cs_vault_open(wish, note, &vault);
	assert_null(vault);
	return error;
}

static void
a_missing_key_is_made_only_when_told(void **state)
{
	(void)state;
	struct cs_vault_wish wish = {path, false, true};
	char want[256];
	assert_int_equal(refused(&wish), CS_E_OPEN);
	snprintf(want, sizeof want, "key %s cannot be opened", path);
	assert_string_equal(note, want);
	cs_vault_close(opened(path));
	snprintf(want, sizeof want,
		 "made a key: %s (keep a copy elsewhere: without it nothing sealed can be read again)", path);
	assert_string_equal(note, want);
	cs_vault_close(opened(path));
	assert_string_equal(note, "");
	wish = (struct cs_vault_wish){"/proc/none/key", true, true};
	assert_int_equal(refused(&wish), CS_E_WRITE);
	assert_string_equal(note, "key /proc/none/key cannot be written; name a file that this user may create");
}

static void
the_same_file_is_the_same_vault(void **state)
{
	(void)state;
	uint8_t keys[3][CS_PUBLIC_KEY_BYTES];
	struct cs_token_key tokens[3];
	const char *const paths[] = {path, path, other_path};
	for (unsigned i = 0; i < 3; i++) {
		struct cs_vault *vault = opened(paths[i]);
		cs_vault_public(vault, keys[i]);
		cs_vault_token_key(vault, &tokens[i]);
		cs_vault_close(vault);
	}
	assert_memory_equal(keys[0], keys[1], CS_PUBLIC_KEY_BYTES);
	assert_memory_not_equal(keys[0], keys[2], CS_PUBLIC_KEY_BYTES);
	assert_memory_equal(&tokens[0], &tokens[1], sizeof tokens[0]);
	assert_memory_not_equal(&tokens[0], &tokens[2], sizeof tokens[0]);
}

/* Whoever gets one of the keys, or the wrapped ones, has none of the others. */
static void
each_use_has_its_own_key(void **state)
{
	(void)state;
	struct cs_vault *vault = opened(path);
	uint8_t none[SEED_BYTES] = {0};
	assert_memory_not_equal(vault->wrap, vault->sign, 32);
	assert_memory_not_equal(vault->tokens.at, vault->wrap, sizeof vault->tokens.at);
	assert_memory_not_equal(vault->tokens.at, vault->sign, sizeof vault->tokens.at);
	assert_memory_equal(vault->seed, none, sizeof none);
	assert_memory_equal(vault->sign_seed, none, sizeof none);
	cs_vault_close(vault);
}

/* Numbers, context and seed give these for ever: another answer here means that old journals verify no more. */
static void
keys_never_change_with_a_version(void **state)
{
	(void)state;
	static const uint8_t want_public[4] = {0x56, 0xD2, 0x5B, 0xA4};
	static const uint8_t want_wrap[4] = {0x1B, 0x14, 0x1B, 0xC2};
	static const uint8_t want_tokens[4] = {0x84, 0x9E, 0x2A, 0xDA};
	struct cs_vault *vault = cs_secret_memory(sizeof *vault);
	assert_non_null(vault);
	for (unsigned i = 0; i < SEED_BYTES; i++)
		vault->seed[i] = (uint8_t)i;
	make_keys(vault);
	assert_memory_equal(vault->public_key, want_public, 4);
	assert_memory_equal(vault->wrap, want_wrap, 4);
	assert_memory_equal(vault->tokens.at, want_tokens, 4);
	cs_vault_close(vault);
}

static void
check_signature(const char *where)
{
	struct cs_vault *vault = opened(where);
	uint8_t key[CS_PUBLIC_KEY_BYTES];
	uint8_t bytes[] = "checkpoint 7";
	uint8_t signature[CS_SIGNATURE_BYTES];
	struct cs_span span = {bytes, sizeof bytes};
	cs_vault_public(vault, key);
	assert_int_equal(cs_vault_sign(vault, span, signature), CS_OK);
	assert_true(cs_vault_verify(key, span, signature));
	for (unsigned bit = 0; bit < 8 * sizeof signature; bit++) {
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(cs_vault_verify(key, span, signature));
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (unsigned bit = 0; bit < 8 * sizeof bytes; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(cs_vault_verify(key, span, signature));
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	span.len--;
	assert_false(cs_vault_verify(key, span, signature));
	assert_int_equal(cs_vault_sign(vault, (struct cs_span){0}, signature), CS_OK);
	assert_true(cs_vault_verify(key, (struct cs_span){0}, signature));
	cs_vault_close(vault);
}

static void
a_signature_holds_until_a_bit_changes(void **state)
{
	(void)state;
	check_signature(path);
}

static void
check_wrapped(const char *where)
{
	struct cs_vault *vault = opened(where);
	struct cs_vault *other = opened(other_path);
	uint8_t key[CS_SEAL_KEY_BYTES];
	uint8_t got[CS_SEAL_KEY_BYTES];
	uint8_t wrapped[CS_WRAPPED_BYTES];
	uint8_t again[CS_WRAPPED_BYTES];
	memset(key, 0x5A, sizeof key);
	cs_vault_wrap(vault, key, wrapped);
	cs_vault_wrap(vault, key, again);
	assert_memory_not_equal(wrapped, again, sizeof wrapped);
	assert_null(memmem(wrapped, sizeof wrapped, key, 4));
	assert_int_equal(cs_vault_unwrap(vault, wrapped, got), CS_OK);
	assert_memory_equal(got, key, sizeof key);
	assert_int_equal(cs_vault_unwrap(other, wrapped, got), CS_E_FORMAT);
	for (unsigned bit = 0; bit < 8 * sizeof wrapped; bit++) {
		wrapped[bit / 8] ^= (uint8_t)(1u << bit % 8);
		memset(got, 0x11, sizeof got);
		assert_int_equal(cs_vault_unwrap(vault, wrapped, got), CS_E_FORMAT);
		assert_null(memmem(got, sizeof got, key, 4));
		wrapped[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	cs_vault_close(vault);
	cs_vault_close(other);
}

static void
a_wrapped_key_comes_back_until_a_bit_changes(void **state)
{
	(void)state;
	check_wrapped(path);
}

static void
a_token_is_a_vault_as_well(void **state)
{
	(void)state;
	struct cs_vault_wish wish = {soft_uri, false, true};
	struct cs_token_key tokens[2];
	uint8_t keys[2][CS_PUBLIC_KEY_BYTES];
	if (!soft_open())
		skip();
	assert_int_equal(refused(&wish), CS_E_OPEN);
	assert_string_equal(note, "the token has no key called \"countersign journal\"; name another with object=");
	check_signature(soft_uri);
	check_wrapped(soft_uri);
	for (unsigned i = 0; i < 2; i++) {
		struct cs_vault *vault = opened(soft_uri);
		uint8_t none[SEED_BYTES] = {0};
		assert_string_equal(note, "");
		cs_vault_token_key(vault, &tokens[i]);
		cs_vault_public(vault, keys[i]);
		assert_memory_not_equal(vault->tokens.at, vault->wrap, sizeof vault->tokens.at);
		assert_memory_not_equal(vault->tokens.at, none, sizeof vault->tokens.at);
		assert_memory_equal(vault->seed, none, sizeof none);
		assert_string_equal(cs_vault_fault(vault), "");
		cs_vault_close(vault);
	}
	assert_memory_equal(&tokens[0], &tokens[1], sizeof tokens[0]);
	assert_memory_equal(keys[0], keys[1], sizeof keys[0]);
	wish.where = "pkcs11:token=a";
	assert_int_equal(refused(&wish), CS_E_SYNTAX);
	soft_close();
}

static void
a_key_open_to_others_is_told_or_refused(void **state)
{
	(void)state;
	struct cs_vault_wish wish = {path, true, true};
	struct cs_vault *vault = NULL;
	char want[256];
	snprintf(want, sizeof want, "key %s can be read by others; write: chmod 600 FILE", path);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(refused(&wish), CS_E_PERMISSION);
	assert_string_equal(note, want);
	wish.strict = false;
	assert_int_equal(cs_vault_open(&wish, note, &vault), CS_OK);
	assert_string_equal(note, want);
	cs_vault_close(vault);
	assert_int_equal(chmod(path, 0600), 0);
}

static void
another_length_is_no_key(void **state)
{
	(void)state;
	struct cs_vault_wish wish = {other_path, true, true};
	char want[256];
	snprintf(want, sizeof want, "key %s must be 32 bytes long; make one with: head -c 32 /dev/urandom > FILE",
		 other_path);
	assert_int_equal(truncate(other_path, 31), 0);
	assert_int_equal(refused(&wish), CS_E_FORMAT);
	assert_string_equal(note, want);
	assert_int_equal(truncate(other_path, 33), 0);
	assert_int_equal(refused(&wish), CS_E_FORMAT);
	cs_vault_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_key_is_made_only_when_told),
		cmocka_unit_test(the_same_file_is_the_same_vault),
		cmocka_unit_test(each_use_has_its_own_key),
		cmocka_unit_test(keys_never_change_with_a_version),
		cmocka_unit_test(a_signature_holds_until_a_bit_changes),
		cmocka_unit_test(a_wrapped_key_comes_back_until_a_bit_changes),
		cmocka_unit_test(a_token_is_a_vault_as_well),
		cmocka_unit_test(a_key_open_to_others_is_told_or_refused),
		cmocka_unit_test(another_length_is_no_key),
	};
	return cmocka_run_group_tests_name("vault", tests, set_up, tear_down);
}
