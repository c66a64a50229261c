/*
 * Goal: a URI gives exactly what it says, in any order and encoding, and each mistake is named with a remedy.
 * Method: URIs, and what is to come of them to the letter.
 */
#include "check.h"

#include "io/pkcs11_uri.c"

static const char WRITE[] = "; write: pkcs11:token=NAME?module-path=/path/to/module.so&pin-source=/path/to/pin";

static void
attributes_are_kept(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"pkcs11:token=my%20hsm;object=a%3Bb?module-path=/m.so&pin-source=/etc/pin",
		"pkcs11:object=a%3bb;module-path=file:///m.so;pin-source=file:/etc/pin;token=my hsm;",
		"pkcs11:?pin-source=/etc/pin&token=my%20hsm;object=%61;module-path=/m.so",
	};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char note[512];
		struct cs_text text = cs_text_over(note, sizeof note);
		struct cs_pkcs11_uri uri;
		assert_int_equal(cs_pkcs11_uri_read(rows[i], &text, &uri), CS_OK);
		assert_string_equal(uri.token, "my hsm");
		assert_string_equal(uri.object, i == 2 ? "a" : "a;b");
		assert_string_equal(uri.module, "/m.so");
		assert_string_equal(uri.pin_file, "/etc/pin");
		assert_string_equal(note, "");
	}
	assert_true(cs_pkcs11_uri_is("pkcs11:"));
	assert_false(cs_pkcs11_uri_is("pkcs11"));
	assert_false(cs_pkcs11_uri_is("/pkcs11:token=a"));
}

static void
mistakes_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *uri;
		const char *want;
	} rows[] = {
		{"pkcs11:", "the URI of the key names no token"},
		{"pkcs11:token=a", "the URI of the key names no module-path"},
		{"pkcs11:module-path=/m.so", "the URI of the key names no token"},
		{"pkcs11:token=a;pin-value=1234",
		 "the URI of the key holds a PIN, which others would read; put it into a file"},
		{"pkcs11:token=a;token=b", "the URI of the key says twice: token"},
		{"pkcs11:token", "the URI of the key has no value that can be used for: token"},
		{"pkcs11:token=", "the URI of the key has no value that can be used for: token"},
		{"pkcs11:token=a%0Ab", "the URI of the key has no value that can be used for: token"},
		{"pkcs11:token=a%00", "the URI of the key has no value that can be used for: token"},
		{"pkcs11:token=a%2", "the URI of the key has no value that can be used for: token"},
		{"pkcs11:token=a%zz", "the URI of the key has no value that can be used for: token"},
		{"pkcs11:token=123456789012345678901234567890123",
		 "the URI of the key has no value that can be used for: token"},
		{"pkcs11:token=a?module-path=m.so", "the URI of the key wants an absolute path for: module-path"},
		{"pkcs11:token=a?pin-source=|/bin/pin", "the URI of the key wants an absolute path for: pin-source"},
		{"pkcs11:token=a;type=private", "the URI of the key has an attribute that is not used here: type"},
		{"pkcs11:tok\033en=a", "the URI of the key has an attribute that is not used here: tok?en"},
	};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char note[512];
		char want[512];
		struct cs_text text = cs_text_over(note, sizeof note);
		struct cs_text wanted = cs_text_over(want, sizeof want);
		struct cs_pkcs11_uri uri;
		cs_text_put(&wanted, rows[i].want);
		cs_text_put(&wanted, WRITE);
		assert_int_equal(cs_pkcs11_uri_read(rows[i].uri, &text, &uri), CS_E_SYNTAX);
		assert_string_equal(note, want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_are_kept),
		cmocka_unit_test(mistakes_are_named),
	};
	return cmocka_run_group_tests_name("pkcs11_uri", tests, NULL, NULL);
}
