/*
 * Goal: keys are made once, found again, sign what libsodium verifies, and never come out; each failure says which call
 * failed and what to do.
 * Method: SoftHSM with a token of our own in a temporary folder.
 */
#include "check.h"

#include "io/pkcs11.c"

#include <sodium.h>

#include "soft_token.h"

static bool soft;
static char note[1024];

static int
set_up(void **state)
{
	(void)state;
	soft = soft_open();
	if (!soft)
		(void)puts("# SoftHSM is not installed: what needs a token is skipped");
	return sodium_init() < 0;
}

static int
tear_down(void **state)
{
	(void)state;
	if (soft)
		soft_close();
	return 0;
}

static enum cs_error
try(const char *uri, bool create, struct cs_pkcs11 **out)
{
	struct cs_text text = cs_text_over(note, sizeof note);
	struct cs_pkcs11_wish wish = {uri, create, true};
	return cs_pkcs11_open(&wish, &text, out);
}

static struct cs_pkcs11 *
opened(const char *uri, bool create)
{
	struct cs_pkcs11 *pkcs11 = NULL;
	if (try(uri, create, &pkcs11) != CS_OK)
		fail_msg("%s", note);
	return pkcs11;
}

static void
assert_refused(const char *uri, enum cs_error error, const char *want)
{
	struct cs_pkcs11 *pkcs11 = NULL;
	assert_int_equal(try(uri, false, &pkcs11), error);
	assert_null(pkcs11);
	assert_string_equal(note, want);
}

static void
keys_are_made_only_when_told(void **state)
{
	(void)state;
	if (!soft)
		fail_msg("SoftHSM is missing; ./run deps installs it");
	assert_refused(soft_uri, CS_E_OPEN,
		       "the token has no key called \"countersign journal\"; name another with object=");
	struct cs_pkcs11 *pkcs11 = opened(soft_uri, true);
	assert_string_equal(note,
			    "made the keys \"countersign journal\" and \"countersign secret\" in token countersign "
			    "test (back the token up: without it nothing sealed can be read again)");
	cs_pkcs11_close(pkcs11);
	cs_pkcs11_close(opened(soft_uri, true));
	assert_string_equal(note, "");
	cs_pkcs11_close(opened(soft_uri, false));
	assert_string_equal(note, "");
}

static void
a_signature_is_that_of_ed25519(void **state)
{
	(void)state;
	if (!soft)
		fail_msg("SoftHSM is missing; ./run deps installs it");
	static const uint8_t text[] = "a checkpoint of more than one block: 0123456789012345678901234567890123456789";
	static const size_t lengths[] = {0, 1, 12, sizeof text - 1};
	struct cs_pkcs11 *pkcs11 = opened(soft_uri, true);
	uint8_t key[CS_PKCS11_PUBLIC_BYTES];
	cs_pkcs11_public(pkcs11, key);
	for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		uint8_t signature[CS_PKCS11_SIGNATURE_BYTES];
		struct cs_span bytes = {text, lengths[i]};
		if (cs_pkcs11_sign(pkcs11, bytes, signature) != CS_OK)
			fail_msg("%s", cs_pkcs11_fault(pkcs11));
		assert_int_equal(crypto_sign_verify_detached(signature, bytes.at, bytes.len, key), 0);
		signature[0] ^= 1;
		assert_int_not_equal(crypto_sign_verify_detached(signature, bytes.at, bytes.len, key), 0);
	}
	cs_pkcs11_close(pkcs11);
}

static void
each_label_and_secret_has_its_own_mac(void **state)
{
	(void)state;
	if (!soft)
		fail_msg("SoftHSM is missing; ./run deps installs it");
	char other_uri[320];
	uint8_t mac[4][CS_PKCS11_MAC_BYTES];
	snprintf(other_uri, sizeof other_uri, "%s&object=other", soft_uri);
	struct cs_pkcs11 *pkcs11 = opened(soft_uri, true);
	struct cs_pkcs11 *other = opened(other_uri, true);
	assert_int_equal(cs_pkcs11_mac(pkcs11, cs_span_text("wrap"), mac[0]), CS_OK);
	assert_int_equal(cs_pkcs11_mac(pkcs11, cs_span_text("tokens"), mac[1]), CS_OK);
	assert_int_equal(cs_pkcs11_mac(other, cs_span_text("wrap"), mac[2]), CS_OK);
	assert_memory_not_equal(pkcs11->public_key, other->public_key, CS_PKCS11_PUBLIC_BYTES);
	cs_pkcs11_close(pkcs11); /* the other goes on */
	assert_int_equal(cs_pkcs11_mac(other, cs_span_text("wrap"), mac[3]), CS_OK);
	cs_pkcs11_close(other);
	assert_memory_not_equal(mac[0], mac[1], CS_PKCS11_MAC_BYTES);
	assert_memory_not_equal(mac[0], mac[2], CS_PKCS11_MAC_BYTES);
	assert_memory_equal(mac[2], mac[3], CS_PKCS11_MAC_BYTES);
}

static void
private_keys_do_not_come_out(void **state)
{
	(void)state;
	if (!soft)
		fail_msg("SoftHSM is missing; ./run deps installs it");
	struct cs_pkcs11 *pkcs11 = opened(soft_uri, true);
	uint8_t at[64];
	struct ck_attribute value = {CKA_VALUE, at, sizeof at};
	assert_int_equal(pkcs11->call->C_GetAttributeValue(pkcs11->session, pkcs11->private_key, &value, 1),
			 CKR_ATTRIBUTE_SENSITIVE);
	value = (struct ck_attribute){CKA_VALUE, at, sizeof at};
	assert_int_equal(pkcs11->call->C_GetAttributeValue(pkcs11->session, pkcs11->secret, &value, 1),
			 CKR_ATTRIBUTE_SENSITIVE);
	uint8_t none[sizeof pkcs11->pin] = {0};
	assert_memory_equal(pkcs11->pin, none, sizeof none);
	cs_pkcs11_close(pkcs11);
}

static void
failures_say_what_to_do(void **state)
{
	(void)state;
	if (!soft)
		fail_msg("SoftHSM is missing; ./run deps installs it");
	char want[512];
	assert_refused("pkcs11:token=nobody?module-path=" SOFT_MODULE, CS_E_OPEN,
		       "no token is called nobody; write another token=, or initialize one");
	assert_refused("pkcs11:token=countersign%20test?module-path=" SOFT_MODULE, CS_E_PERMISSION,
		       "token countersign test wants a PIN; add pin-source=FILE to the URI");
	assert_refused(SOFT_URI "/none/pin", CS_E_PERMISSION,
		       "pin-source /none/pin cannot be opened: No such file or directory");
	soft_write(soft_pin, "99999");
	assert_refused(
		soft_uri, CS_E_PERMISSION,
		"C_Login failed: CKR_PIN_INCORRECT (0x000000A0); the file of pin-source holds another PIN than the "
		"token's");
	soft_write(soft_pin, "\n13571");
	snprintf(want, sizeof want, "pin-source %s holds no PIN in its first line", soft_pin);
	assert_refused(soft_uri, CS_E_PERMISSION, want);
	soft_write(soft_pin, "13571\n");
	assert_int_equal(chmod(soft_pin, 0640), 0);
	snprintf(want, sizeof want, "pin-source %s can be read by others; write: chmod 600 FILE", soft_pin);
	assert_refused(soft_uri, CS_E_PERMISSION, want);
	assert_int_equal(chmod(soft_pin, 0600), 0);
}

static void
what_is_no_module_is_refused(void **state)
{
	(void)state;
	char uri[512];
	char want[512];
	Dl_info library;
	assert_true(dladdr(dlsym(RTLD_DEFAULT, "sodium_init"), &library));
	snprintf(uri, sizeof uri, "pkcs11:token=a?module-path=%s", library.dli_fname);
	snprintf(want, sizeof want, "module-path %s is no PKCS#11 module; name one", library.dli_fname);
	assert_refused(uri, CS_E_OPEN, want);
	assert_refused("pkcs11:token=a?module-path=/none.so", CS_E_OPEN,
		       "module-path cannot be loaded: /none.so: cannot open shared object file: No such file or "
		       "directory");
	assert_refused("pkcs11:token=a", CS_E_SYNTAX,
		       "the URI of the key names no module-path; write: "
		       "pkcs11:token=NAME?module-path=/path/to/module.so&pin-source=/path/to/pin");
	cs_pkcs11_close(NULL);
}

/* A lost session is an error with words, and no crash. */
static void
a_lost_session_is_told(void **state)
{
	(void)state;
	if (!soft)
		fail_msg("SoftHSM is missing; ./run deps installs it");
	struct cs_pkcs11 *pkcs11 = opened(soft_uri, true);
	uint8_t out[CS_PKCS11_SIGNATURE_BYTES];
	assert_int_equal(pkcs11->call->C_CloseSession(pkcs11->session), CKR_OK);
	assert_int_equal(cs_pkcs11_sign(pkcs11, cs_span_text("x"), out), CS_E_READ);
	assert_string_equal(cs_pkcs11_fault(pkcs11), "C_SignInit (CKM_EDDSA) failed: CKR_SESSION_HANDLE_INVALID "
						     "(0x000000B3); the session is lost; start again");
	cs_pkcs11_close(pkcs11);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_made_only_when_told),
		cmocka_unit_test(a_signature_is_that_of_ed25519),
		cmocka_unit_test(each_label_and_secret_has_its_own_mac),
		cmocka_unit_test(private_keys_do_not_come_out),
		cmocka_unit_test(failures_say_what_to_do),
		cmocka_unit_test(what_is_no_module_is_refused),
		cmocka_unit_test(a_lost_session_is_told),
	};
	return cmocka_run_group_tests_name("pkcs11", tests, set_up, tear_down);
}
