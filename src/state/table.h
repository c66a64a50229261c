/*
 * A table that is told row by row, again and again: keys with a time they are in force until, and bytes beside each.
 *
 * Two generations. Rows go into the one that is not in force; it takes the other's place all at once, or is given up. What
 * does not fit is counted.
 */
#ifndef CS_STATE_TABLE_H
#define CS_STATE_TABLE_H

#include "state/list.h"

CS_PADDING_NAMED_BEGIN
/* State down to cap. */
struct cs_table {
	uint64_t digest;    /* of the rows in force, as whoever told them has it */
	uint64_t refused_n; /* of those, the ones there was no room for */
	uint32_t front;     /* the generation in force */
	uint32_t held;      /* 1: there is one */
	uint32_t cap;       /* rows there is room for; 0: no table */
	uint32_t stride;    /* bytes beside each row */
	struct cs_list of[2];
	uint8_t *beside[2];
};
CS_PADDING_NAMED_END

/* cs_table_bytes is what cs_table_init takes from the arena. */
size_t cs_table_bytes(uint32_t cap, uint32_t stride);

/* cs_table_init makes a table of at most CAP rows, at least 1, with STRIDE bytes beside each; CS_E_MEMORY when the arena is
 * full. */
CS_MUST_USE enum cs_error cs_table_init(struct cs_table *table, struct cs_arena *arena, uint32_t cap, uint32_t stride);

/* cs_table_regions adds all that changes to REGIONS: CS_TABLE_REGIONS of them. */
enum { CS_TABLE_REGIONS = 7 };
void cs_table_regions(struct cs_table *table, struct cs_regions *regions);

/* cs_table_add enters a row in the generation to come; of a key entered twice the later time counts. */
void cs_table_add(struct cs_table *table, const uint64_t key[2], uint64_t until_ns, const void *beside);

/* cs_table_turn puts the rows told since the last turn in force; cs_table_drop gives them up. */
void cs_table_turn(struct cs_table *table, uint64_t digest);
void cs_table_drop(struct cs_table *table);

/* cs_table_find gives what is beside the row of KEY that is in force at TIME_NS, or NULL. */
const void *cs_table_find(const struct cs_table *table, const uint64_t key[2], uint64_t time_ns);

#endif
