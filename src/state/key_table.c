/*
 * The table of keys: an index from hashes to records, a free list through the records, and a hand that goes round.
 *
 * Invariants: a record is in the index exactly once while in use, else in the free list or never used; two records in
 * use differ in identity. The time of a key is its events' time. What else hangs on a record must be freed by its owner
 * before cs_key_table_drop.
 */
#include "state/key_table.h"

#include "base/hash.h"

enum { HAND_AHEAD = 8 }; /* records between the hand and those it asks for */

struct cs_key
cs_key_of(const uint64_t identity[2], uint64_t seed)
{
	uint64_t hash = cs_hash_mix(cs_hash_mix(seed, identity[0]), identity[1]);
	return (struct cs_key){hash, {identity[0], identity[1]}};
}

size_t
cs_key_table_bytes(uint32_t cap, uint32_t record_bytes)
{
	return ((size_t)cap * record_bytes + CS_ARENA_LINE_BYTES + 15) / 16 * 16 + cs_index_bytes(cap);
}

enum cs_error
cs_key_table_init(struct cs_key_table *table, struct cs_arena *arena)
{
	CS_ASSERT(table->cap > 0 && table->record_bytes >= sizeof(struct cs_key_head) && table->record_bytes % 8 == 0);
	*table = (struct cs_key_table){.cap = table->cap, .record_bytes = table->record_bytes};
	CS_TRY(cs_index_init(&table->index, arena, table->cap));
	table->at = cs_arena_take_lines(arena, (size_t)table->cap * table->record_bytes);
	return table->at ? CS_OK : CS_E_MEMORY;
}

void
cs_key_table_regions(struct cs_key_table *table, struct cs_regions *regions)
{
	cs_regions_add(regions, table, offsetof(struct cs_key_table, cap));
	cs_regions_add(regions, table->at, (size_t)table->cap * table->record_bytes);
	cs_index_regions(&table->index, regions);
}

static struct cs_key_head *
record_of(const struct cs_key_table *table, uint32_t slot)
{
	return (struct cs_key_head *)(void *)(table->at + (size_t)slot * table->record_bytes);
}

static uint32_t
slot_of(const struct cs_key_table *table, const struct cs_key_head *head)
{
	return (uint32_t)((size_t)((const uint8_t *)head - table->at) / table->record_bytes);
}

struct cs_key_head *
cs_key_table_find(const struct cs_key_table *table, const struct cs_key *key)
{
	struct cs_index_walk walk = cs_index_walk_of(key->hash);
	for (uint32_t slot; cs_index_next(&table->index, &walk, &slot);) {
		struct cs_key_head *head = record_of(table, slot);
		if (head->identity[0] == key->identity[0] && head->identity[1] == key->identity[1])
			return head;
	}
	return NULL;
}

struct cs_key_head *
cs_key_table_enter(struct cs_key_table *table, const struct cs_key *key)
{
	if (!table->free && table->fresh == table->cap)
		return NULL;
	uint32_t slot = table->free ? table->free - 1 : table->fresh;
	struct cs_key_head *head = record_of(table, slot);
	if (!cs_index_insert(&table->index, key->hash, slot)) {
		table->refused_n++;
		return NULL;
	}
	if (table->free)
		table->free = head->tag;
	else
		table->fresh++;
	table->used_n++;
	memset(head, 0, table->record_bytes);
	*head = (struct cs_key_head){.identity = {key->identity[0], key->identity[1]}, .tag = cs_index_tag(key->hash)};
	return head;
}

struct cs_key_head *
cs_key_table_victim(const struct cs_key_table *table, uint64_t hash)
{
	const struct cs_index *index = &table->index;
	struct cs_key_head *oldest = NULL;
	unsigned seen_n = 0;
	for (uint32_t step = 0; step < CS_KEY_LOOK_PLACES && seen_n < CS_KEY_NEIGHBOURS; step++) {
		const struct cs_index_entry *place = &index->at[(cs_index_tag(hash) + step) & index->mask];
		if (!place->slot_plus_one)
			continue;
		struct cs_key_head *head = record_of(table, place->slot_plus_one - 1);
		if (!oldest || head->clock_ns < oldest->clock_ns)
			oldest = head;
		seen_n++;
	}
	return oldest;
}

void
cs_key_table_drop(struct cs_key_table *table, struct cs_key_head *head)
{
	uint32_t slot = slot_of(table, head);
	CS_ASSERT(slot < table->cap && cs_key_in_use(head) && table->used_n > 0);
	CS_ASSERT(cs_index_remove(&table->index, head->tag, slot));
	head->tag = table->free;
	head->own = cs_key_free;
	table->free = slot + 1;
	table->used_n--;
}

struct cs_key_head *
cs_key_table_visit(struct cs_key_table *table)
{
	if (table->fresh == 0)
		return NULL;
	table->hand = table->hand + 1 < table->fresh ? table->hand + 1 : 0;
	if (table->fresh - table->hand > HAND_AHEAD)
		cs_prefetch(record_of(table, table->hand + HAND_AHEAD));
	struct cs_key_head *head = record_of(table, table->hand);
	return cs_key_in_use(head) ? head : NULL;
}

void
cs_key_table_prefetch(const struct cs_key_table *table, uint64_t hash)
{
	cs_index_prefetch(&table->index, hash);
}

uint32_t
cs_key_table_guess(const struct cs_key_table *table, uint64_t hash)
{
	struct cs_index_walk walk = cs_index_walk_of(hash);
	uint32_t slot;
	return cs_index_next(&table->index, &walk, &slot) ? slot + 1 : 0;
}

struct cs_key_head *
cs_key_table_guessed(const struct cs_key_table *table, uint32_t guess)
{
	CS_ASSERT(guess <= table->cap);
	return guess ? record_of(table, guess - 1) : NULL;
}

struct cs_key_head *
cs_key_table_find_near(const struct cs_key_table *table, const struct cs_key *key, uint32_t guess)
{
	struct cs_key_head *head = cs_key_table_guessed(table, guess);
	if (head && cs_key_in_use(head) && head->identity[0] == key->identity[0] &&
	    head->identity[1] == key->identity[1])
		return head;
	return cs_key_table_find(table, key);
}

void
cs_key_table_prefetch_record(const struct cs_key_table *table, uint32_t guess)
{
	const uint8_t *record = (const uint8_t *)cs_key_table_guessed(table, guess);
	const uint32_t end = table->record_bytes < CS_KEY_AHEAD_BYTES ? table->record_bytes : CS_KEY_AHEAD_BYTES;
	for (uint32_t at = 0; record && at < end; at += CS_ARENA_LINE_BYTES)
		cs_prefetch(record + at);
}
