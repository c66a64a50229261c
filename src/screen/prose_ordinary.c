/*
 * See prose.h: the words that everybody writes, an open table of their hashes.
 */
#include "base/error.h"
#include "base/hash.h"
#include "screen/prose.h"

static const char *const ordinary_words[] = {
#define ORDINARY(words) words,
#include "screen/ordinary.def"
#include "screen/ordinary_english.def"
#undef ORDINARY
};

static uint32_t
slot_of(const struct cs_prose_ordinary *ordinary, uint32_t hash)
{
	uint32_t at = (uint32_t)cs_hash_mix(hash, 1) % CS_PROSE_ORDINARY_SLOTS;
	while (ordinary->slot[at] && ordinary->slot[at] != hash)
		at = (at + 1) % CS_PROSE_ORDINARY_SLOTS;
	return at;
}

bool
cs_prose_is_ordinary(const struct cs_prose_ordinary *ordinary, uint32_t hash)
{
	return hash && ordinary->slot[slot_of(ordinary, hash)] == hash;
}

void
cs_prose_ordinary_fill(struct cs_prose_ordinary *out)
{
	unsigned n = 0;
	*out = (struct cs_prose_ordinary){{0}};
	for (size_t i = 0; i < sizeof ordinary_words / sizeof *ordinary_words; i++)
		for (const char *at = ordinary_words[i]; *at;) {
			size_t len = strcspn(at, " ");
			uint32_t hash = (uint32_t)cs_hash_bytes((struct cs_span){(const uint8_t *)at, len}, 0);
			uint32_t slot = slot_of(out, hash);
			n += !out->slot[slot];
			out->slot[slot] = hash;
			at += len + (at[len] == ' ');
		}
	CS_ASSERT(n < CS_PROSE_ORDINARY_SLOTS / 3 * 2);
}
