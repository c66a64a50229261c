/*
 * Two lists, and beside each an array of equal pieces by the number of the entry.
 */
#include "state/table.h"

#include <string.h>

enum { PIECE_ALIGN = 64 };

static size_t
beside_bytes(uint32_t cap, uint32_t stride)
{
	size_t bytes = (size_t)cap * stride;
	return (bytes + PIECE_ALIGN - 1) / PIECE_ALIGN * PIECE_ALIGN;
}

size_t
cs_table_bytes(uint32_t cap, uint32_t stride)
{
	return 2 * (cs_list_bytes(cap) + beside_bytes(cap, stride));
}

enum cs_error
cs_table_init(struct cs_table *table, struct cs_arena *arena, uint32_t cap, uint32_t stride)
{
	*table = (struct cs_table){.cap = cap, .stride = stride};
	for (unsigned i = 0; i < 2; i++) {
		CS_TRY(cs_list_init(&table->of[i], arena, cap));
		table->beside[i] = cs_arena_take(arena, beside_bytes(cap, stride));
		if (!table->beside[i])
			return CS_E_MEMORY;
	}
	return CS_OK;
}

void
cs_table_regions(struct cs_table *table, struct cs_regions *regions)
{
	cs_regions_add(regions, table, offsetof(struct cs_table, cap));
	for (unsigned i = 0; i < 2; i++) {
		cs_list_regions(&table->of[i], regions);
		cs_regions_add(regions, table->beside[i], beside_bytes(table->cap, table->stride));
	}
}

void
cs_table_add(struct cs_table *table, const uint64_t key[2], uint64_t until_ns, const void *beside)
{
	unsigned back = !table->front;
	struct cs_list *list = &table->of[back];
	const struct cs_list_item *known = cs_list_find(list, key, 0);
	uint32_t number = known ? known->number : list->n;
	bool goes_in = !known || (known->until_ns && (!until_ns || until_ns > known->until_ns));
	if (cs_list_add(list, key, until_ns, number) && goes_in)
		memcpy(table->beside[back] + (size_t)number * table->stride, beside, table->stride);
}

void
cs_table_turn(struct cs_table *table, uint64_t digest)
{
	table->front = !table->front;
	table->held = 1;
	table->digest = digest;
	table->refused_n = table->of[table->front].refused_n;
	cs_table_drop(table);
}

void
cs_table_drop(struct cs_table *table)
{
	unsigned back = !table->front;
	cs_list_clear(&table->of[back]);
	memset(table->beside[back], 0, beside_bytes(table->cap, table->stride));
}

const void *
cs_table_find(const struct cs_table *table, const uint64_t key[2], uint64_t time_ns)
{
	const struct cs_list_item *item = table->held ? cs_list_find(&table->of[table->front], key, time_ns) : NULL;
	return item ? table->beside[table->front] + (size_t)item->number * table->stride : NULL;
}
