/*
 * The table of debts. Invariants: an entry is in exactly one of the queues or in the free list; deadlines do not fall
 * along a queue; an entry is in the index once for each of its keys; along a queue those passed over come first.
 */
#include "state/owed.h"

size_t
cs_owed_bytes(uint32_t cap)
{
	return (cap * sizeof(struct cs_owed_claim) + 15) / 16 * 16 + cs_index_bytes((size_t)cap * CS_OWED_KEYS_MAX);
}

enum cs_error
cs_owed_init(struct cs_owed *owed, struct cs_arena *arena, uint32_t cap)
{
	CS_ASSERT(cap > 0 && cap < UINT32_MAX / CS_OWED_KEYS_MAX);
	*owed = (struct cs_owed){.cap = cap, .free = cs_owed_none};
	owed->at = cs_arena_take(arena, cap * sizeof *owed->at);
	if (!owed->at)
		return CS_E_MEMORY;
	for (uint32_t i = cap; i-- > 0;) {
		owed->at[i].next = owed->free;
		owed->free = i;
	}
	for (unsigned i = 0; i < CS_OWED_QUEUES_MAX; i++)
		owed->queue[i] =
			(struct cs_owed_queue){.first = cs_owed_none, .last = cs_owed_none, .turn = cs_owed_none};
	return cs_index_init(&owed->index, arena, (size_t)cap * CS_OWED_KEYS_MAX);
}

void
cs_owed_regions(struct cs_owed *owed, struct cs_regions *regions)
{
	cs_regions_add(regions, owed, offsetof(struct cs_owed, cap));
	cs_regions_add(regions, owed->at, owed->cap * sizeof *owed->at);
	cs_index_regions(&owed->index, regions);
}

uint32_t
cs_owed_add(struct cs_owed *owed, const struct cs_owed_claim *claim)
{
	CS_ASSERT(claim->queue < CS_OWED_QUEUES_MAX);
	uint32_t at = owed->free;
	if (at == cs_owed_none)
		return cs_owed_none;
	owed->free = owed->at[at].next;
	owed->at[at] = *claim;
	struct cs_owed_queue *queue = &owed->queue[claim->queue];
	struct cs_owed_claim *entry = &owed->at[at];
	entry->key_n = 0;
	entry->passed_ns = 0;
	entry->next = cs_owed_none;
	entry->previous = queue->last;
	if (queue->last == cs_owed_none) {
		queue->first = at;
	} else {
		struct cs_owed_claim *before = &owed->at[queue->last];
		before->next = at;
		if (entry->deadline_ns < before->deadline_ns)
			entry->deadline_ns = before->deadline_ns;
	}
	queue->last = at;
	if (queue->turn == cs_owed_none)
		queue->turn = at;
	owed->used_n++;
	return at;
}

void
cs_owed_enter(struct cs_owed *owed, uint32_t at, uint64_t key)
{
	struct cs_owed_claim *entry = &owed->at[at];
	CS_ASSERT(entry->key_n < CS_OWED_KEYS_MAX);
	if (cs_index_insert(&owed->index, key, at))
		entry->tag[entry->key_n++] = cs_index_tag(key);
}

void
cs_owed_pay(struct cs_owed *owed, uint32_t at, uint64_t now_ns)
{
	struct cs_owed_queue *queue = &owed->queue[owed->at[at].queue];
	queue->paid_ns = now_ns;
	if (owed->at[at].passed_ns)
		return;
	for (; queue->turn != at; queue->turn = owed->at[queue->turn].next)
		owed->at[queue->turn].passed_ns = now_ns;
}

uint64_t
cs_owed_turn_ns(const struct cs_owed *owed, uint32_t at)
{
	const struct cs_owed_claim *entry = &owed->at[at];
	return entry->passed_ns ? entry->passed_ns : owed->queue[entry->queue].paid_ns;
}

void
cs_owed_remove(struct cs_owed *owed, uint32_t at)
{
	struct cs_owed_claim *entry = &owed->at[at];
	struct cs_owed_queue *queue = &owed->queue[entry->queue];
	for (uint32_t i = 0; i < entry->key_n; i++)
		CS_ASSERT(cs_index_remove(&owed->index, entry->tag[i], at));
	if (queue->turn == at)
		queue->turn = entry->next;
	if (entry->previous == cs_owed_none)
		queue->first = entry->next;
	else
		owed->at[entry->previous].next = entry->next;
	if (entry->next == cs_owed_none)
		queue->last = entry->previous;
	else
		owed->at[entry->next].previous = entry->previous;
	entry->next = owed->free;
	owed->free = at;
	CS_ASSERT(owed->used_n > 0);
	owed->used_n--;
}
