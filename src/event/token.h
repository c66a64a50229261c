/*
 * Card numbers as everyone but the decoder sees them: a keyed token and a masked form.
 *
 * The token is SipHash-2-4-128 (libsodium) of the card number's digits under a secret key of 16 bytes,
 * so that whoever reads an alert cannot count his way back to the number. The masked form keeps the first
 * six and the last four digits of numbers of 13 digits or more (PCI DSS 4.0, 3.4.1), and nothing of
 * shorter ones.
 */
#ifndef CS_EVENT_TOKEN_H
#define CS_EVENT_TOKEN_H

#include "base/error.h"
#include "base/padding.h"
#include "base/text.h"

enum { CS_TOKEN_KEY_BYTES = 16, CS_MASKED_BYTES = 24, CS_TOKEN_ID_BYTES = 255 };

struct cs_token_key {
	uint8_t at[CS_TOKEN_KEY_BYTES];
};

CS_PADDING_NAMED_BEGIN
struct cs_token {
	uint64_t half[2]; /* all zero: no token */
};

struct cs_card {
	struct cs_token token;
	char masked[CS_MASKED_BYTES]; /* NUL-padded */
};
CS_PADDING_NAMED_END

/* cs_token_make turns 1 to 19 digits into a token; other lengths give the zero token. */
struct cs_token cs_token_make(const struct cs_token_key *key, struct cs_span digits);

/* cs_token_of turns 1 to CS_TOKEN_ID_BYTES bytes that are no card number (an account, a customer) into a token, of a
 * domain of its own; other lengths give the zero token. */
struct cs_token cs_token_of(const struct cs_token_key *key, struct cs_span id);

/* cs_card_make fills token and mask from the digits of a card number. */
struct cs_card cs_card_make(const struct cs_token_key *key, struct cs_span digits);

/* cs_card_mask writes the masked form of DIGITS into OUT (NUL-padded). */
void cs_card_mask(struct cs_span digits, char out[CS_MASKED_BYTES]);

/* cs_token_put writes "tok_" and 32 hex digits. */
void cs_token_put(struct cs_text *text, struct cs_token token);

/* cs_token_same compares two tokens. */
static inline bool
cs_token_same(struct cs_token a, struct cs_token b)
{
	return a.half[0] == b.half[0] && a.half[1] == b.half[1];
}

#endif
