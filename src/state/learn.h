/*
 * Learners: which few values a key has shown, and whether a new one is a surprise.
 *
 * A fixed table of keys; each learns up to CS_LEARN_VALUES_MAX values. A key is grown up once it was observed
 * `after_n` times and nothing new came in the later half of all that; from then on a value never seen is NEW, and is
 * learned only after it came CS_LEARN_TRUST_N times with messages proven otherwise, so that an intruder cannot teach
 * it. A key with too many values, and keys beyond the table, never surprise; both are counted.
 */
#ifndef CS_STATE_LEARN_H
#define CS_STATE_LEARN_H

#include "base/arena.h"
#include "base/padding.h"
#include "base/region.h"

#include <stdbool.h>

enum { CS_LEARN_VALUES_MAX = 8, CS_LEARN_SUSPECTS_MAX = 2, CS_LEARN_TRUST_N = 50, CS_LEARN_PROBES_MAX = 32 };

enum cs_learned { CS_LEARN_KNOWN, CS_LEARN_LEARNING, CS_LEARN_NEW, CS_LEARN_VARIED };

CS_PADDING_NAMED_BEGIN
struct cs_learn_key {
	uint64_t key; /* 0: free */
	uint64_t seen_n;
	uint64_t newest_n; /* seen_n when the last new value came */
	uint32_t value_n;
	bool varied;
	uint8_t pad[3];
	uint64_t value[CS_LEARN_VALUES_MAX];
	struct {
		uint64_t value;
		uint32_t proven_n;
		uint32_t pad;
	} suspect[CS_LEARN_SUSPECTS_MAX];
};

/* State down to used_n; from mask on what is the same for every table of one size. */
struct cs_learn {
	uint64_t refused_n; /* observations of keys the table had no place for */
	uint32_t used_n;
	uint32_t mask;
	struct cs_learn_key *at;
};
CS_PADDING_NAMED_END
_Static_assert(sizeof(struct cs_learn) ==
		       offsetof(struct cs_learn, mask) + sizeof(uint32_t) + sizeof(struct cs_learn_key *),
	       "state stands before mask: see cs_learn_regions");

/* What is observed: VALUE at KEY, of a message that was proven otherwise or not. */
struct cs_learn_sight {
	uint64_t key;
	uint64_t value;
	uint32_t after_n;
	bool proven;
};

/* cs_learn_bytes is what cs_learn_init takes from the arena; KEYS_CAP is a power of two. */
size_t cs_learn_bytes(uint32_t keys_cap);

/* cs_learn_init makes an empty table; CS_E_MEMORY when the arena is full. */
CS_MUST_USE enum cs_error cs_learn_init(struct cs_learn *learn, struct cs_arena *arena, uint32_t keys_cap);

/* cs_learn_regions adds all that changes to REGIONS. */
void cs_learn_regions(struct cs_learn *learn, struct cs_regions *regions);

/* cs_learn_observe takes one sight. *IDX is the key's place (stable), or UINT32_MAX when the table is full. */
enum cs_learned cs_learn_observe(struct cs_learn *learn, const struct cs_learn_sight *sight, uint32_t *idx);

/* cs_learn_has says whether place IDX has learned VALUE. */
bool cs_learn_has(const struct cs_learn *learn, uint32_t idx, uint64_t value);

#endif
