/*
 * Local authentication between back office and interface: HMAC-SHA-256 over the message before its block S, which holds
 * the digest as MDG in capital hexadecimal. It is the one proof that a message came from the back office.
 */
#include "decode/mt_parts.h"

#include "base/hex.h"

#include <sodium.h>

bool
cs_mt_authenticate(struct cs_mt *mt, const uint8_t key[CS_MT_KEY_BYTES])
{
	struct cs_span told = cs_mt_tag_of(&mt->head.local, "MDG");
	if (!told.at || !mt->head.local_at) {
		cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_LAU_MISSING);
		return false;
	}
	uint8_t digest[crypto_auth_hmacsha256_BYTES];
	uint8_t sent[crypto_auth_hmacsha256_BYTES];
	bool right = told.len == 2 * sizeof sent;
	for (size_t i = 0; right && i < sizeof sent; i++) {
		int high = cs_hex_digit(told.at[2 * i]);
		int low = cs_hex_digit(told.at[2 * i + 1]);
		right = high >= 0 && low >= 0;
		sent[i] = right ? (uint8_t)(high << 4 | low) : 0;
	}
	const uint8_t *from = mt->bytes.at + mt->head.own_at;
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, key, CS_MT_KEY_BYTES);
	crypto_auth_hmacsha256_update(&state, from, mt->head.local_at - mt->head.own_at);
	crypto_auth_hmacsha256_final(&state, digest);
	sodium_memzero(&state, sizeof state);
	right = right && sodium_memcmp(digest, sent, sizeof digest) == 0;
	if (!right)
		cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_LAU_MISMATCH);
	return right;
}
