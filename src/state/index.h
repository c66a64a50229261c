/*
 * An index of fixed capacity: 64-bit keys to slots of a table somewhere else; several slots may share a key.
 *
 * Open addressing with 8-byte entries, eight to a cache line; deletion moves followers back, so there are no
 * tombstones and the cost does not depend on history. It stores 32 bits of the key: whoever looks up compares
 * the slot's own fields. An entry lies at most CS_INDEX_PROBES_MAX places behind its home; one that would not is
 * refused and counted.
 */
#ifndef CS_STATE_INDEX_H
#define CS_STATE_INDEX_H

#include "base/arena.h"
#include "base/padding.h"
#include "base/prefetch.h"
#include "base/region.h"

#include <stdbool.h>

enum { CS_INDEX_PROBES_MAX = 128 };

CS_PADDING_NAMED_BEGIN
struct cs_index_entry {
	uint32_t tag;
	uint32_t slot_plus_one; /* 0: empty */
};

/* State down to used_n; from mask on what is the same for every index of one size. */
struct cs_index {
	uint64_t refused_n;
	uint32_t used_n;
	uint32_t mask;
	struct cs_index_entry *at;
};
CS_PADDING_NAMED_END
_Static_assert(sizeof(struct cs_index) ==
		       offsetof(struct cs_index, mask) + sizeof(uint32_t) + sizeof(struct cs_index_entry *),
	       "state stands before mask: see cs_index_regions");

/* A walk over the slots under one key. */
struct cs_index_walk {
	uint32_t tag;
	uint32_t step;
};

/* cs_index_bytes is what cs_index_init takes from the arena for ENTRIES_CAP entries. */
size_t cs_index_bytes(size_t entries_cap);

/* cs_index_init makes room for ENTRIES_CAP entries at half load; CS_E_LIMIT past 2^30, CS_E_MEMORY when the arena is
 * full. */
CS_MUST_USE enum cs_error cs_index_init(struct cs_index *index, struct cs_arena *arena, size_t entries_cap);

/* cs_index_regions adds all that changes to REGIONS. */
void cs_index_regions(struct cs_index *index, struct cs_regions *regions);

/* cs_index_insert puts SLOT under KEY; false (and counted) when the neighbourhood is full. */
bool cs_index_insert(struct cs_index *index, uint64_t key, uint32_t slot);

/* cs_index_remove takes SLOT away from under the low half of its key; false when it is not there. */
bool cs_index_remove(struct cs_index *index, uint32_t tag, uint32_t slot);

/* cs_index_next gives the next slot that may be under the walk's key. */
bool cs_index_next(const struct cs_index *index, struct cs_index_walk *walk, uint32_t *slot);

/* cs_index_tag is the part of KEY that is stored. */
static inline uint32_t
cs_index_tag(uint64_t key)
{
	return (uint32_t)key;
}

/* cs_index_walk_of starts a walk over KEY. */
static inline struct cs_index_walk
cs_index_walk_of(uint64_t key)
{
	return (struct cs_index_walk){cs_index_tag(key), 0};
}

/* cs_index_prefetch asks for the first cache line of KEY. */
static inline void
cs_index_prefetch(const struct cs_index *index, uint64_t key)
{
	cs_prefetch(&index->at[cs_index_tag(key) & index->mask]);
}

#endif
