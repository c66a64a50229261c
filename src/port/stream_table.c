/*
 * The connections at once: a fixed number of slots, found by key, ranked by how little they would be missed.
 *
 * Chained hashing over slot numbers; the seed comes from an address, so that whoever chooses port numbers
 * cannot choose the chains, and nothing in the output depends on it. Three lists by time of use (closed,
 * silent, spoken): a flood of SYNs thus never drives out an idle bank link.
 */
#include "port/stream_parts.h"

#include "base/hash.h"

#include <stdlib.h>

/* A power of two, with at least one bucket a connection. */
static size_t
buckets_for(uint32_t cap)
{
	size_t buckets_n = 16;
	while (buckets_n < cap)
		buckets_n *= 2;
	return buckets_n;
}

size_t
cs_stream_table_bytes(uint32_t cap)
{
	return cap * sizeof(struct cs_tracked) + buckets_for(cap) * sizeof(uint32_t);
}

bool
cs_stream_table_init(struct cs_stream_table *table, uint32_t cap)
{
	size_t buckets_n = buckets_for(cap);
	*table = (struct cs_stream_table){.cap = cap, .bucket_mask = (uint32_t)(buckets_n - 1), .returned = CS_NONE};
	table->slots = calloc(cap, sizeof *table->slots);
	table->buckets = malloc(buckets_n * sizeof *table->buckets);
	if (!table->slots || !table->buckets) {
		cs_stream_table_fini(table);
		return false;
	}
	memset(table->buckets, 0xff, buckets_n * sizeof *table->buckets);
	for (unsigned rank = 0; rank < CS_RANK_N; rank++)
		table->newest[rank] = table->oldest[rank] = CS_NONE;
	table->seed = (uint64_t)(uintptr_t)table->slots;
	return true;
}

void
cs_stream_table_fini(struct cs_stream_table *table)
{
	free(table->slots);
	free(table->buckets);
	*table = (struct cs_stream_table){0};
}

static uint32_t *
bucket_of(const struct cs_stream_table *table, const uint64_t key[CS_KEY_WORDS])
{
	uint64_t hash = table->seed;
	for (unsigned i = 0; i < CS_KEY_WORDS; i++)
		hash = cs_hash_mix(hash, key[i]);
	return &table->buckets[(uint32_t)hash & table->bucket_mask];
}

/* Word by word: the key was just written so, and a wider load would wait for it. */
static bool
is_key(const uint64_t a[CS_KEY_WORDS], const uint64_t b[CS_KEY_WORDS])
{
	uint64_t differs = 0;
	for (unsigned i = 0; i < CS_KEY_WORDS; i++)
		differs |= a[i] ^ b[i];
	return differs == 0;
}

struct cs_tracked *
cs_stream_table_find(const struct cs_stream_table *table, const uint64_t key[CS_KEY_WORDS])
{
	uint32_t index = *bucket_of(table, key);
	while (index != CS_NONE) {
		struct cs_tracked *tracked = &table->slots[index];
		if (is_key(tracked->key, key))
			return tracked;
		index = tracked->chain;
	}
	return NULL;
}

static void
unlink_rank(struct cs_stream_table *table, struct cs_tracked *tracked)
{
	if (tracked->newer == CS_NONE)
		table->newest[tracked->rank] = tracked->older;
	else
		table->slots[tracked->newer].older = tracked->older;
	if (tracked->older == CS_NONE)
		table->oldest[tracked->rank] = tracked->newer;
	else
		table->slots[tracked->older].newer = tracked->newer;
}

static void
link_rank(struct cs_stream_table *table, struct cs_tracked *tracked, enum cs_rank rank)
{
	uint32_t index = (uint32_t)(tracked - table->slots);
	tracked->rank = (uint8_t)rank;
	tracked->newer = CS_NONE;
	tracked->older = table->newest[rank];
	if (tracked->older == CS_NONE)
		table->oldest[rank] = index;
	else
		table->slots[tracked->older].newer = index;
	table->newest[rank] = index;
}

void
cs_stream_table_use(struct cs_stream_table *table, struct cs_tracked *tracked, enum cs_rank rank)
{
	if (tracked->rank == rank && tracked->newer == CS_NONE)
		return;
	unlink_rank(table, tracked);
	link_rank(table, tracked, rank);
}

static uint32_t
take_slot(struct cs_stream_table *table)
{
	uint32_t index = table->returned;
	if (index != CS_NONE) {
		table->returned = table->slots[index].chain;
		return index;
	}
	return table->fresh < table->cap ? table->fresh++ : CS_NONE;
}

struct cs_tracked *
cs_stream_table_add(struct cs_stream_table *table, const uint64_t key[CS_KEY_WORDS])
{
	uint32_t index = take_slot(table);
	if (index == CS_NONE)
		return NULL;
	struct cs_tracked *tracked = &table->slots[index];
	uint32_t *bucket = bucket_of(table, key);
	*tracked = (struct cs_tracked){.chain = *bucket, .public.index = index};
	memcpy(tracked->key, key, sizeof tracked->key);
	*bucket = index;
	link_rank(table, tracked, CS_RANK_SILENT);
	return tracked;
}

void
cs_stream_table_remove(struct cs_stream_table *table, struct cs_tracked *tracked)
{
	uint32_t index = (uint32_t)(tracked - table->slots);
	uint32_t *place = bucket_of(table, tracked->key);
	while (*place != index) {
		CS_ASSERT(*place != CS_NONE);
		place = &table->slots[*place].chain;
	}
	*place = tracked->chain;
	unlink_rank(table, tracked);
	tracked->chain = table->returned;
	table->returned = index;
}

struct cs_tracked *
cs_stream_table_expendable(const struct cs_stream_table *table)
{
	for (unsigned rank = 0; rank < CS_RANK_N; rank++)
		if (table->oldest[rank] != CS_NONE)
			return &table->slots[table->oldest[rank]];
	return NULL;
}
