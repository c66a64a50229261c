/*
 * A list: keys with the time they are in force until. Fixed number of entries, found by hash, compared whole.
 *
 * Time is the events' own. A key entered twice has the later time. What does not fit is counted.
 */
#ifndef CS_STATE_LIST_H
#define CS_STATE_LIST_H

#include "base/arena.h"
#include "base/padding.h"
#include "base/region.h"

#include <stdbool.h>

CS_PADDING_NAMED_BEGIN
/* An entry, or a place for one. */
struct cs_list_item {
	uint64_t key[2];
	uint64_t until_ns; /* 0: for ever */
	uint32_t number;   /* whatever the owner knows it by */
	uint32_t used;
};

/* State down to cap. */
struct cs_list {
	uint64_t refused_n;
	uint32_t n;
	uint32_t pad;
	uint32_t cap;  /* entries there is room for */
	uint32_t mask; /* places less one */
	struct cs_list_item *at;
};
CS_PADDING_NAMED_END
_Static_assert(sizeof(struct cs_list) ==
		       offsetof(struct cs_list, cap) + 2 * sizeof(uint32_t) + sizeof(struct cs_list_item *),
	       "state stands before cap: see cs_list_regions");

/* cs_list_bytes is what cs_list_init takes from the arena for CAP entries. */
size_t cs_list_bytes(uint32_t cap);

/* cs_list_init makes an empty list of at most CAP entries, at least 1; CS_E_MEMORY when the arena is full. */
CS_MUST_USE enum cs_error cs_list_init(struct cs_list *list, struct cs_arena *arena, uint32_t cap);

/* cs_list_regions adds all that changes to REGIONS. */
void cs_list_regions(struct cs_list *list, struct cs_regions *regions);

/* cs_list_add enters KEY until UNTIL_NS (0: for ever) under NUMBER; false (and counted) when the list is full. */
bool cs_list_add(struct cs_list *list, const uint64_t key[2], uint64_t until_ns, uint32_t number);

/* cs_list_clear takes every entry out. */
void cs_list_clear(struct cs_list *list);

/* cs_list_find gives the entry of KEY that is in force at TIME_NS, or NULL. */
const struct cs_list_item *cs_list_find(const struct cs_list *list, const uint64_t key[2], uint64_t time_ns);

#endif
