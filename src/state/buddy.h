/*
 * Blocks of 1, 2, 4 ... units out of one piece of memory of stated size: where keys that differ in size keep theirs.
 *
 * Two halves that are both free become one block again, so that memory once used for small blocks serves large ones
 * later; what is left over is at most half of each block. A block costs at most as many steps as there are sizes.
 * Named by the number of their first unit, blocks need no pointers, and a copy of the memory is a copy of the state.
 */
#ifndef CS_STATE_BUDDY_H
#define CS_STATE_BUDDY_H

#include "base/arena.h"
#include "base/padding.h"
#include "base/region.h"

enum { CS_BUDDY_ORDERS_MAX = 12 };

static const uint32_t cs_buddy_none = UINT32_MAX;

CS_PADDING_NAMED_BEGIN
/* State down to free; then what the size says, and where it lies. */
struct cs_buddy {
	uint64_t refused_n; /* requests it had no memory for */
	uint32_t used_n;    /* units given out */
	uint32_t fresh;     /* from this unit on nothing was ever given out */
	uint32_t free[CS_BUDDY_ORDERS_MAX];
	uint32_t cap; /* units */
	uint32_t unit_bytes;
	uint32_t order_max; /* a block has at most 1 << order_max units */
	uint32_t pad;
	uint8_t *at;
	uint8_t *order; /* of the free block that begins at a unit, + 1; else 0 */
};
CS_PADDING_NAMED_END
_Static_assert(sizeof(struct cs_buddy) == offsetof(struct cs_buddy, cap) + 4 * sizeof(uint32_t) + 2 * sizeof(uint8_t *),
	       "state stands before cap: see cs_buddy_regions");

/* cs_buddy_bytes is what cs_buddy_init takes from the arena for UNITS of UNIT_BYTES. */
size_t cs_buddy_bytes(uint32_t units, uint32_t unit_bytes);

/* cs_buddy_init makes all of it free; cap (a multiple of 1 << order_max), unit_bytes (of 8) and order_max are set in
 * BUDDY by the caller beforehand. CS_E_MEMORY when the arena is full. */
CS_MUST_USE enum cs_error cs_buddy_init(struct cs_buddy *buddy, struct cs_arena *arena);

/* cs_buddy_regions adds all that changes to REGIONS. */
void cs_buddy_regions(struct cs_buddy *buddy, struct cs_regions *regions);

/* cs_buddy_take gives a block of 1 << ORDER units, not cleared; cs_buddy_none (and counted) when there is none. */
uint32_t cs_buddy_take(struct cs_buddy *buddy, unsigned order);

/* cs_buddy_give takes BLOCK of 1 << ORDER units back. */
void cs_buddy_give(struct cs_buddy *buddy, uint32_t block, unsigned order);

/* cs_buddy_at lends the memory of BLOCK until it is given back. */
static inline void *
cs_buddy_at(const struct cs_buddy *buddy, uint32_t block)
{
	return buddy->at + (size_t)block * buddy->unit_bytes;
}

#endif
