/*
 * How often words occur: an open table of hashes and counts. See name.h; background.inc is what came before any list.
 */
#include "base/hash.h"
#include "base/prefetch.h"
#include "screen/name.h"

#include <stdlib.h>

enum { LEAST_SLOTS = 1 << 15, WEIGHT_MIN = 20, WEIGHT_MAX = 170 };

struct slot {
	uint32_t hash;
	uint32_t count;
};

struct cs_rarity {
	struct slot *slot;
	size_t slots; /* a power of two */
	size_t words, words_max;
	uint64_t total;
	unsigned total_tenths; /* its logarithm */
};

/* Words and how often they occur among a million words of names. */
struct background {
	uint32_t count;
	const char *words;
};

static const struct background background[] = {
#define B(count, words) {count, words},
#include "screen/background.inc"
#undef B
};

/* Ten times the logarithm to base two, in whole numbers. */
static unsigned
log2_tenths(uint64_t value)
{
	unsigned whole = 63 - (unsigned)__builtin_clzll(value | 1);
	uint64_t mantissa = value << (63 - whole) >> 33; /* 1.0 is 2^30 */
	unsigned tenths = 0;
	for (unsigned i = 0; i < 4; i++) {
		mantissa = mantissa * mantissa >> 30;
		tenths <<= 1;
		if (mantissa >> 31) {
			mantissa >>= 1;
			tenths |= 1;
		}
	}
	return whole * 10 + tenths * 10 / 16;
}

static struct slot *
find(const struct cs_rarity *rarity, uint32_t hash)
{
	size_t at = cs_hash_mix(hash, 0) & (rarity->slots - 1);
	while (rarity->slot[at].count && rarity->slot[at].hash != hash)
		at = (at + 1) & (rarity->slots - 1);
	return &rarity->slot[at];
}

static bool
count(struct cs_rarity *rarity, uint32_t hash, uint32_t n)
{
	struct slot *slot = find(rarity, hash);
	if (!slot->count) {
		if (rarity->words == rarity->words_max)
			return false;
		rarity->words++;
		slot->hash = hash;
	}
	slot->count = slot->count > UINT32_MAX - n ? UINT32_MAX : slot->count + n;
	rarity->total += n;
	rarity->total_tenths = log2_tenths(rarity->total * 2 + 2);
	return true;
}

static void
count_background(struct cs_rarity *rarity)
{
	for (size_t i = 0; i < sizeof background / sizeof *background; i++) {
		const char *at = background[i].words;
		while (*at) {
			size_t n = strcspn(at, " ");
			uint64_t hash = cs_hash_bytes((struct cs_span){(const uint8_t *)at, n}, 0);
			(void)count(rarity, (uint32_t)hash, background[i].count); /* there is room: see cs_rarity_new */
			at += n + (at[n] == ' ');
		}
	}
}

struct cs_rarity *
cs_rarity_new(size_t words)
{
	struct cs_rarity *rarity = calloc(1, sizeof *rarity);
	if (!rarity || words > SIZE_MAX / 64)
		goto fail;
	rarity->words_max = words + LEAST_SLOTS / 2;
	rarity->slots = LEAST_SLOTS;
	while (rarity->slots < rarity->words_max * 2)
		rarity->slots *= 2;
	rarity->slot = calloc(rarity->slots, sizeof *rarity->slot);
	if (!rarity->slot)
		goto fail;
	count_background(rarity);
	return rarity;
fail:
	free(rarity);
	return NULL;
}

void
cs_rarity_free(struct cs_rarity *rarity)
{
	if (rarity)
		free(rarity->slot);
	free(rarity);
}

bool
cs_rarity_add(struct cs_rarity *rarity, const struct cs_term *token)
{
	return count(rarity, token->hash, 1);
}

void
cs_rarity_expect(const struct cs_rarity *rarity, uint32_t hash)
{
	cs_prefetch(&rarity->slot[cs_hash_mix(hash, 0) & (rarity->slots - 1)]);
}

uint16_t
cs_rarity_weight(const struct cs_rarity *rarity, const struct cs_term *token)
{
	uint64_t n = find(rarity, token->hash)->count;
	unsigned all = rarity->total_tenths, own = log2_tenths(2 * n + 1);
	unsigned weight = all > own ? all - own : 0;
	return (uint16_t)(weight < WEIGHT_MIN ? WEIGHT_MIN : weight > WEIGHT_MAX ? WEIGHT_MAX : weight);
}
