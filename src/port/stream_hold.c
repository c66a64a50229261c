/*
 * Bytes that wait behind a hole: a pool of equal nodes, and for each flow a list in order.
 *
 * Invariant: the runs of a list never overlap and never touch what was delivered; a run is one node, or, when
 * it is known to be lost (`cut`), a length without bytes. The first copy of a byte stays. Nodes are wiped when
 * they are given back, since they hold card data.
 */
#include "port/stream_parts.h"

#include <stdlib.h>

enum { NODE_COST_MIN_BYTES = 64 };

bool
cs_hold_pool_init(struct cs_hold_pool *pool, size_t cap_bytes)
{
	size_t cap = cap_bytes / sizeof(struct cs_held);
	if (cap >= CS_NONE)
		cap = CS_NONE - 1;
	*pool = (struct cs_hold_pool){.cap = (uint32_t)cap, .free_n = (uint32_t)cap, .returned = CS_NONE};
	pool->nodes = calloc(cap ? cap : 1, sizeof *pool->nodes);
	return pool->nodes != NULL;
}

void
cs_hold_pool_fini(struct cs_hold_pool *pool)
{
	free(pool->nodes);
	*pool = (struct cs_hold_pool){0};
}

struct cs_hold
cs_hold_empty(void)
{
	return (struct cs_hold){.first = CS_NONE, .last = CS_NONE, .oldest_ns = UINT64_MAX};
}

static uint64_t
end_of(const struct cs_held *held)
{
	return held->offset + held->len;
}

static size_t
cost_of(const struct cs_held *held)
{
	return held->len < NODE_COST_MIN_BYTES || held->cut ? NODE_COST_MIN_BYTES : held->len;
}

static uint32_t
take_node(struct cs_hold_pool *pool)
{
	CS_ASSERT(pool->nodes && pool->free_n > 0);
	pool->free_n--;
	uint32_t index = pool->returned;
	if (index == CS_NONE)
		return pool->fresh++;
	pool->returned = pool->nodes[index].next;
	return index;
}

/* Links a filled node behind BEFORE (CS_NONE: at the front). */
static void
link_node(struct cs_hold_pool *pool, struct cs_hold *hold, uint32_t before, uint32_t index)
{
	struct cs_held *held = &pool->nodes[index];
	uint32_t *link = before == CS_NONE ? &hold->first : &pool->nodes[before].next;
	held->next = *link;
	*link = index;
	if (held->next == CS_NONE)
		hold->last = index;
	hold->n++;
	hold->cost_bytes += cost_of(held);
	if (held->origin.time_ns < hold->oldest_ns)
		hold->oldest_ns = held->origin.time_ns;
}

/* Copies PIECE[from, to) into nodes behind BEFORE. */
static void
fill_between(struct cs_hold_pool *pool, struct cs_hold *hold, const struct cs_piece *piece, uint64_t span[2],
	     uint32_t before)
{
	uint64_t captured_end = piece->offset + piece->bytes.len;
	for (uint64_t at = span[0]; at < span[1];) {
		bool cut = at >= captured_end;
		uint64_t end = cut || captured_end > span[1] ? span[1] : captured_end;
		if (!cut && end - at > CS_HELD_NODE_BYTES)
			end = at + CS_HELD_NODE_BYTES;
		uint32_t index = take_node(pool);
		CS_ASSERT(pool->nodes);
		struct cs_held *held = &pool->nodes[index];
		held->offset = at;
		held->len = (uint32_t)(end - at);
		held->origin = cs_origin_later(&piece->origin, at - piece->offset);
		held->cut = cut;
		if (!cut)
			memcpy(held->bytes, piece->bytes.at + (at - piece->offset), held->len);
		link_node(pool, hold, before, index);
		before = index;
		at = end;
	}
}

/* Whether the bytes of PIECE in [from, to) differ from those held there. */
static bool
differs(const struct cs_held *held, const struct cs_piece *piece, uint64_t from, uint64_t to)
{
	uint64_t captured_end = piece->offset + piece->bytes.len;
	if (to > captured_end)
		to = captured_end;
	if (held->cut || from >= to)
		return false;
	return memcmp(held->bytes + (from - held->offset), piece->bytes.at + (from - piece->offset), to - from) != 0;
}

/* The node behind which AT belongs; CS_NONE for the front. Most segments belong behind the last. */
static uint32_t
find_before(const struct cs_hold_pool *pool, const struct cs_hold *hold, uint64_t at)
{
	if (hold->last != CS_NONE && end_of(&pool->nodes[hold->last]) <= at)
		return hold->last;
	uint32_t before = CS_NONE;
	uint32_t index = hold->first;
	while (index != CS_NONE && end_of(&pool->nodes[index]) <= at) {
		before = index;
		index = pool->nodes[index].next;
	}
	return before;
}

bool
cs_hold_insert(struct cs_hold_pool *pool, struct cs_hold *hold, const struct cs_piece *piece,
	       struct cs_hold_result *out)
{
	/* every run already held may split the piece once more */
	uint64_t nodes_max = piece->bytes.len / CS_HELD_NODE_BYTES + 3 + 2 * (uint64_t)hold->n;
	if (nodes_max > pool->free_n)
		return false;
	uint64_t at = piece->offset;
	uint64_t end = piece->offset + piece->wire_len;
	*out = (struct cs_hold_result){0};
	uint32_t before = find_before(pool, hold, at);
	while (at < end) {
		uint32_t index = before == CS_NONE ? hold->first : pool->nodes[before].next;
		const struct cs_held *held = index == CS_NONE ? NULL : &pool->nodes[index];
		uint64_t free_end = !held || held->offset > end ? end : held->offset;
		if (at < free_end)
			fill_between(pool, hold, piece, (uint64_t[]){at, free_end}, before);
		if (free_end == end)
			break;
		CS_ASSERT(held);
		at = free_end > at ? free_end : at;
		uint64_t overlap_end = end_of(held) < end ? end_of(held) : end;
		out->differs |= differs(held, piece, at, overlap_end);
		out->duplicate_bytes += overlap_end - at;
		at = overlap_end;
		before = index;
	}
	return true;
}

const struct cs_held *
cs_hold_first(const struct cs_hold_pool *pool, const struct cs_hold *hold)
{
	return hold->first == CS_NONE ? NULL : &pool->nodes[hold->first];
}

void
cs_hold_drop_first(struct cs_hold_pool *pool, struct cs_hold *hold)
{
	uint32_t index = hold->first;
	struct cs_held *held = &pool->nodes[index];
	hold->first = held->next;
	if (hold->first == CS_NONE)
		hold->last = CS_NONE;
	hold->n--;
	hold->cost_bytes -= cost_of(held);
	if (!held->cut)
		explicit_bzero(held->bytes, held->len);
	held->next = pool->returned;
	pool->returned = index;
	pool->free_n++;
}

void
cs_hold_age(const struct cs_hold_pool *pool, struct cs_hold *hold)
{
	hold->oldest_ns = UINT64_MAX;
	for (uint32_t index = hold->first; index != CS_NONE; index = pool->nodes[index].next)
		if (pool->nodes[index].origin.time_ns < hold->oldest_ns)
			hold->oldest_ns = pool->nodes[index].origin.time_ns;
}
