/*
 * Goal: the local authentication digest is verified over the right bytes with the right key; a changed message, a changed
 * or missing digest, another key are told.
 * Method: digests by libcrypto beside the decoder's libsodium; every byte of a message changed; behind an acknowledgement.
 */
#include "check.h"

#include "decode/mt_lau.c"

#include "mt_messages.h"

#include <openssl/hmac.h>

#define ACK "{1:F21ALFABEBBAXXX4321000777}{4:{177:2611260915}{451:0}}"

static const uint8_t key[CS_MT_KEY_BYTES] = "FirstHalf0123456SecondHalf654321";

/* TEXT with its digest behind it as block S. */
static size_t
sign(const char *before, const char *text, char *out, size_t cap)
{
	uint8_t digest[32];
	unsigned digest_len = 0;
	assert_non_null(HMAC(EVP_sha256(), key, sizeof key, (const uint8_t *)text, strlen(text), digest, &digest_len));
	struct cs_text to = cs_text_over(out, cap);
	cs_text_put(&to, before);
	cs_text_put(&to, text);
	cs_text_put(&to, "{S:{SPD:}{MDG:");
	cs_text_put_hex(&to, (struct cs_span){digest, digest_len});
	cs_text_put(&to, "}}");
	assert_false(to.overflowed);
	return to.len;
}

static void
the_right_digest_is_right(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	static char text[4096];
	for (unsigned i = 0; i < 8; i++) {
		if (strstr(mt_samples[i].text, "{S:"))
			continue;
		size_t len = sign(i & 1 ? ACK : "", mt_samples[i].text, text, sizeof text);
		assert_true(cs_mt_decode(&f->mt, (struct cs_span){(const uint8_t *)text, len}));
		assert_true(cs_mt_authenticate(&f->mt, key));
		assert_false(mt_alerted(f, CS_PAYMENT_ALERT_LAU_MISMATCH));
		uint8_t other[CS_MT_KEY_BYTES];
		memcpy(other, key, sizeof other);
		other[31] ^= 1;
		assert_false(cs_mt_authenticate(&f->mt, other));
		assert_true(mt_alerted(f, CS_PAYMENT_ALERT_LAU_MISMATCH));
	}
	mt_close(f);
}

static void
any_change_is_told(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	static char text[4096];
	size_t len = sign("", mt_samples[5].text, text, sizeof text);
	for (size_t at = 0; at < len; at++) {
		text[at] ^= 1;
		if (cs_mt_decode(&f->mt, (struct cs_span){(const uint8_t *)text, len})) {
			bool spare = at > f->mt.head.local_at &&
				     strncmp(text + f->mt.head.local_at, "{S:{SPD:}{MDG:", 14) != 0;
			assert_false(cs_mt_authenticate(&f->mt, key) && !spare);
		}
		text[at] ^= 1;
	}
	assert_true(cs_mt_decode(&f->mt, (struct cs_span){(const uint8_t *)text, len}));
	assert_true(cs_mt_authenticate(&f->mt, key));
	mt_close(f);
}

static void
a_missing_digest_is_told(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	assert_true(cs_mt_decode(&f->mt, cs_span_text(mt_samples[5].text)));
	assert_false(cs_mt_authenticate(&f->mt, key));
	assert_true(mt_alerted(f, CS_PAYMENT_ALERT_LAU_MISSING));
	static const char *const digests[] = {"{S:{SPD:}}", "{S:{MDG:}}", "{S:{MDG:12}}", "{S:{MDG:zz}}"};
	for (unsigned i = 0; i < sizeof digests / sizeof digests[0]; i++) {
		char text[4096];
		snprintf(text, sizeof text, "%s%s", mt_samples[5].text, digests[i]);
		assert_true(cs_mt_decode(&f->mt, cs_span_text(text)));
		assert_false(cs_mt_authenticate(&f->mt, key));
		assert_true(mt_alerted(f, i ? CS_PAYMENT_ALERT_LAU_MISMATCH : CS_PAYMENT_ALERT_LAU_MISSING));
	}
	mt_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_right_digest_is_right),
		cmocka_unit_test(any_change_is_told),
		cmocka_unit_test(a_missing_digest_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
