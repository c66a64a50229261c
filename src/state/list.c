/*
 * Open addressing at half load, so that a search ends soon; nothing is taken out, since an entry ends by its time.
 */
#include "state/list.h"

#include "base/hash.h"

#include <string.h>

static uint32_t
places_for(uint32_t cap)
{
	uint32_t places = 4;
	while (places < cap * 2)
		places *= 2;
	return places;
}

size_t
cs_list_bytes(uint32_t cap)
{
	return places_for(cap) * sizeof(struct cs_list_item);
}

enum cs_error
cs_list_init(struct cs_list *list, struct cs_arena *arena, uint32_t cap)
{
	CS_ASSERT(cap > 0 && cap <= UINT32_C(1) << 28);
	*list = (struct cs_list){.cap = cap, .mask = places_for(cap) - 1};
	list->at = cs_arena_take(arena, cs_list_bytes(cap));
	return list->at ? CS_OK : CS_E_MEMORY;
}

void
cs_list_regions(struct cs_list *list, struct cs_regions *regions)
{
	cs_regions_add(regions, list, offsetof(struct cs_list, cap));
	cs_regions_add(regions, list->at, cs_list_bytes(list->cap));
}

/* The place of KEY, or the free one where it would be. There always is one: at most half are used. */
static struct cs_list_item *
place_of(const struct cs_list *list, const uint64_t key[2])
{
	uint64_t at = cs_hash_mix(cs_hash_mix(UINT64_C(0x6c697374), key[0]), key[1]);
	for (;; at++) {
		struct cs_list_item *item = &list->at[at & list->mask];
		if (!item->used || (item->key[0] == key[0] && item->key[1] == key[1]))
			return item;
	}
}

bool
cs_list_add(struct cs_list *list, const uint64_t key[2], uint64_t until_ns, uint32_t number)
{
	struct cs_list_item *item = place_of(list, key);
	if (item->used) {
		if (item->until_ns && (!until_ns || until_ns > item->until_ns)) {
			item->until_ns = until_ns;
			item->number = number;
		}
		return true;
	}
	if (list->n == list->cap) {
		list->refused_n++;
		return false;
	}
	*item = (struct cs_list_item){{key[0], key[1]}, until_ns, number, 1};
	list->n++;
	return true;
}

void
cs_list_clear(struct cs_list *list)
{
	memset(list->at, 0, cs_list_bytes(list->cap));
	list->n = 0;
	list->refused_n = 0;
}

const struct cs_list_item *
cs_list_find(const struct cs_list *list, const uint64_t key[2], uint64_t time_ns)
{
	const struct cs_list_item *item = place_of(list, key);
	return item->used && (!item->until_ns || time_ns < item->until_ns) ? item : NULL;
}
