/*
 * Keys of local authentication, one for each partner, and what a message is worth under them.
 *
 * A file has a line for each: "PARTNER KEY" or "PARTNER HALF HALF", a BIC of 8 or 11 characters or "*" and a key of 32; a key
 * alone is for everybody; lines that are empty or begin with "#" are skipped. The first line counts whose partner sent or
 * receives the message.
 */
#ifndef CS_DECODE_MT_KEYS_H
#define CS_DECODE_MT_KEYS_H

#include "decode/mt.h"

enum { CS_MT_KEYS_MAX = 256, CS_MT_KEYS_BYTES = 1 << 16 /* of a file */, CS_MT_PARTNER_MAX = 11 };

struct cs_mt_key {
	size_t partner_len; /* 0: everybody */
	uint8_t partner[CS_MT_PARTNER_MAX];
	uint8_t at[CS_MT_KEY_BYTES];
};

/* A secret: the caller wipes it. */
struct cs_mt_keys {
	unsigned n;
	struct cs_mt_key key[CS_MT_KEYS_MAX];
};

enum cs_mt_lau { CS_MT_LAU_NO_KEY, CS_MT_LAU_GOOD, CS_MT_LAU_BAD, CS_MT_LAU_MISSING };

/* cs_mt_keys_read reads the lines of TEXT; false: line *LINE is none, or one too many. */
bool cs_mt_keys_read(struct cs_mt_keys *keys, struct cs_span text, unsigned *line);

/* cs_mt_keys_same compares two sets, key by key in their order. */
bool cs_mt_keys_same(const struct cs_mt_keys *a, const struct cs_mt_keys *b);

/* cs_mt_keys_check checks the digest of a message that was decoded, and raises lau_mismatch or lau_missing. */
enum cs_mt_lau cs_mt_keys_check(const struct cs_mt_keys *keys, struct cs_mt *mt);

#endif
