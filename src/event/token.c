/*
 * Tokens and masks: the last place that sees a clear card number. It keeps none.
 */
#include "event/token.h"

#include <sodium.h>

enum { PAN_DIGITS_MAX = 19, PAN_DIGITS_MASKABLE = 13, KEEP_FIRST = 6, KEEP_LAST = 4 };

_Static_assert(crypto_shorthash_siphashx24_KEYBYTES == CS_TOKEN_KEY_BYTES, "the key is SipHash's");
_Static_assert(crypto_shorthash_siphashx24_BYTES == sizeof(struct cs_token), "the token is 128 bits");
_Static_assert((int)PAN_DIGITS_MAX < (int)CS_MASKED_BYTES, "a mask ends in NUL");

struct cs_token
cs_token_make(const struct cs_token_key *key, struct cs_span digits)
{
	struct cs_token token = {{0, 0}};
	if (digits.len == 0 || digits.len > PAN_DIGITS_MAX)
		return token;
	uint8_t out[crypto_shorthash_siphashx24_BYTES];
	crypto_shorthash_siphashx24(out, digits.at, digits.len, key->at);
	memcpy(token.half, out, sizeof out);
	return token;
}

struct cs_token
cs_token_of(const struct cs_token_key *key, struct cs_span id)
{
	struct cs_token token = {{0, 0}};
	uint8_t in[1 + CS_TOKEN_ID_BYTES];
	uint8_t out[crypto_shorthash_siphashx24_BYTES];
	if (id.len == 0 || id.len > CS_TOKEN_ID_BYTES)
		return token;
	in[0] = 'i'; /* no card number begins so */
	memcpy(in + 1, id.at, id.len);
	crypto_shorthash_siphashx24(out, in, 1 + id.len, key->at);
	memcpy(token.half, out, sizeof out);
	return token;
}

void
cs_card_mask(struct cs_span digits, char out[CS_MASKED_BYTES])
{
	memset(out, 0, CS_MASKED_BYTES);
	size_t n = digits.len < PAN_DIGITS_MAX ? digits.len : PAN_DIGITS_MAX;
	memset(out, '*', n);
	if (n < PAN_DIGITS_MASKABLE)
		return;
	memcpy(out, digits.at, KEEP_FIRST);
	memcpy(out + n - KEEP_LAST, digits.at + n - KEEP_LAST, KEEP_LAST);
}

struct cs_card
cs_card_make(const struct cs_token_key *key, struct cs_span digits)
{
	struct cs_card card = {.token = cs_token_make(key, digits)};
	cs_card_mask(digits, card.masked);
	return card;
}

void
cs_token_put(struct cs_text *text, struct cs_token token)
{
	cs_text_put(text, "tok_");
	cs_text_put_hex(text, (struct cs_span){(const uint8_t *)token.half, sizeof token.half});
}
