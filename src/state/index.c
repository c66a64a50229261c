/*
 * Open addressing with linear probing. The home of an entry is in its tag, so that deletion can move followers
 * back without looking at their slots (Knuth, The Art of Computer Programming 3, 6.4 algorithm R).
 *
 * Invariants: between an entry's home and its place there is no empty place; load is at most one half as long as
 * no more than the declared number of entries is held.
 */
#include "state/index.h"

static const size_t entries_limit = (size_t)1 << 30;

static size_t
places_for(size_t entries_cap)
{
	size_t places = 16;
	while (places < entries_cap * 2)
		places *= 2;
	return places;
}

size_t
cs_index_bytes(size_t entries_cap)
{
	return places_for(entries_cap) * sizeof(struct cs_index_entry);
}

enum cs_error
cs_index_init(struct cs_index *index, struct cs_arena *arena, size_t entries_cap)
{
	if (entries_cap > entries_limit)
		return CS_E_LIMIT;
	*index = (struct cs_index){0};
	index->at = cs_arena_take(arena, cs_index_bytes(entries_cap));
	index->mask = (uint32_t)(places_for(entries_cap) - 1);
	return index->at ? CS_OK : CS_E_MEMORY;
}

void
cs_index_regions(struct cs_index *index, struct cs_regions *regions)
{
	cs_regions_add(regions, index, offsetof(struct cs_index, mask));
	cs_regions_add(regions, index->at, ((size_t)index->mask + 1) * sizeof *index->at);
}

bool
cs_index_insert(struct cs_index *index, uint64_t key, uint32_t slot)
{
	CS_ASSERT(slot != UINT32_MAX);
	uint32_t tag = cs_index_tag(key);
	for (uint32_t step = 0; step < CS_INDEX_PROBES_MAX; step++) {
		struct cs_index_entry *place = &index->at[(tag + step) & index->mask];
		if (place->slot_plus_one)
			continue;
		*place = (struct cs_index_entry){tag, slot + 1};
		index->used_n++;
		return true;
	}
	index->refused_n++;
	return false;
}

bool
cs_index_next(const struct cs_index *index, struct cs_index_walk *walk, uint32_t *slot)
{
	while (walk->step < CS_INDEX_PROBES_MAX) {
		const struct cs_index_entry *place = &index->at[(walk->tag + walk->step) & index->mask];
		if (!place->slot_plus_one)
			return false;
		walk->step++;
		if (place->tag == walk->tag) {
			*slot = place->slot_plus_one - 1;
			return true;
		}
	}
	return false;
}

static void
close_hole(struct cs_index *index, uint32_t hole)
{
	uint32_t mask = index->mask;
	for (uint32_t at = (hole + 1) & mask; index->at[at].slot_plus_one; at = (at + 1) & mask) {
		uint32_t home = index->at[at].tag & mask;
		/* An entry whose home lies behind the hole must stay reachable from its home. */
		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		index->at[hole] = index->at[at];
		hole = at;
	}
	index->at[hole] = (struct cs_index_entry){0, 0};
}

bool
cs_index_remove(struct cs_index *index, uint32_t tag, uint32_t slot)
{
	for (uint32_t step = 0; step < CS_INDEX_PROBES_MAX; step++) {
		uint32_t at = (tag + step) & index->mask;
		if (!index->at[at].slot_plus_one)
			return false;
		if (index->at[at].tag != tag || index->at[at].slot_plus_one != slot + 1)
			continue;
		close_hole(index, at);
		index->used_n--;
		return true;
	}
	return false;
}
