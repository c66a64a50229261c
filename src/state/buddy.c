/*
 * The buddy system (Knuth, The Art of Computer Programming 1, 2.5): a block's twin is found by turning over one bit.
 *
 * Invariants: a block of order k begins at a multiple of 1 << k; order[] is not 0 exactly at the first unit of a free
 * block, which is in the list of its order; no two free twins. Links lie in the free blocks themselves, + 1, so that
 * memory never used stays zero. What the blocks hold is the owners' business.
 */
#include "state/buddy.h"

struct links {
	uint32_t next;
	uint32_t previous;
};

size_t
cs_buddy_bytes(uint32_t units, uint32_t unit_bytes)
{
	return ((size_t)units * unit_bytes + CS_ARENA_LINE_BYTES + 15) / 16 * 16 + ((size_t)units + 15) / 16 * 16;
}

enum cs_error
cs_buddy_init(struct cs_buddy *buddy, struct cs_arena *arena)
{
	CS_ASSERT(buddy->order_max < CS_BUDDY_ORDERS_MAX && buddy->unit_bytes % sizeof(struct links) == 0);
	CS_ASSERT(buddy->cap > 0 && buddy->cap < cs_buddy_none >> 1 && buddy->cap % (1u << buddy->order_max) == 0);
	*buddy = (struct cs_buddy){.cap = buddy->cap, .unit_bytes = buddy->unit_bytes, .order_max = buddy->order_max};
	buddy->at = cs_arena_take_lines(arena, (size_t)buddy->cap * buddy->unit_bytes);
	buddy->order = cs_arena_take(arena, buddy->cap);
	return buddy->at && buddy->order ? CS_OK : CS_E_MEMORY;
}

void
cs_buddy_regions(struct cs_buddy *buddy, struct cs_regions *regions)
{
	cs_regions_add(regions, buddy, offsetof(struct cs_buddy, cap));
	cs_regions_add(regions, buddy->at, (size_t)buddy->cap * buddy->unit_bytes);
	cs_regions_add(regions, buddy->order, buddy->cap);
}

static void
push(struct cs_buddy *buddy, uint32_t block, unsigned order)
{
	struct links *links = cs_buddy_at(buddy, block);
	*links = (struct links){.next = buddy->free[order]};
	if (links->next)
		((struct links *)cs_buddy_at(buddy, links->next - 1))->previous = block + 1;
	buddy->free[order] = block + 1;
	buddy->order[block] = (uint8_t)(order + 1);
}

static void
unlink_block(struct cs_buddy *buddy, uint32_t block, unsigned order)
{
	CS_ASSERT(buddy->order[block] == order + 1);
	struct links links = *(struct links *)cs_buddy_at(buddy, block);
	if (links.next)
		((struct links *)cs_buddy_at(buddy, links.next - 1))->previous = links.previous;
	if (links.previous)
		((struct links *)cs_buddy_at(buddy, links.previous - 1))->next = links.next;
	else
		buddy->free[order] = links.next;
	buddy->order[block] = 0;
}

/* The smallest block that will do, of *ORDER or more. */
static uint32_t
find_block(struct cs_buddy *buddy, unsigned *order)
{
	for (unsigned at = *order; at <= buddy->order_max; at++) {
		if (!buddy->free[at])
			continue;
		uint32_t block = buddy->free[at] - 1;
		unlink_block(buddy, block, at);
		*order = at;
		return block;
	}
	if (buddy->fresh == buddy->cap)
		return cs_buddy_none;
	uint32_t block = buddy->fresh;
	buddy->fresh += 1u << buddy->order_max;
	*order = buddy->order_max;
	return block;
}

uint32_t
cs_buddy_take(struct cs_buddy *buddy, unsigned order)
{
	CS_ASSERT(order <= buddy->order_max);
	unsigned found = order;
	uint32_t block = find_block(buddy, &found);
	if (block == cs_buddy_none) {
		buddy->refused_n++;
		return block;
	}
	while (found > order) {
		found--;
		push(buddy, block + (1u << found), found);
	}
	buddy->used_n += 1u << order;
	return block;
}

void
cs_buddy_give(struct cs_buddy *buddy, uint32_t block, unsigned order)
{
	CS_ASSERT(order <= buddy->order_max && block < buddy->cap && block % (1u << order) == 0);
	CS_ASSERT(buddy->order[block] == 0 && buddy->used_n >= 1u << order);
	buddy->used_n -= 1u << order;
	while (order < buddy->order_max) {
		uint32_t twin = block ^ (1u << order);
		if (buddy->order[twin] != order + 1)
			break;
		unlink_block(buddy, twin, order);
		block = block < twin ? block : twin;
		order++;
	}
	push(buddy, block, order);
}
