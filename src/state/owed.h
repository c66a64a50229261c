/*
 * Claims excused for now: each owes a proof of another kind (the advice of a stand-in approval) by a deadline.
 *
 * A slab of stated capacity apart from the transactions, since a debt may live for hours. Each excuse of the policy
 * has its own queue, in order of deadline; a key of the debt finds it when the advice comes.
 */
#ifndef CS_STATE_OWED_H
#define CS_STATE_OWED_H

#include "event/event.h"
#include "state/index.h"

enum { CS_OWED_KEYS_MAX = 6, CS_OWED_QUEUES_MAX = 32 };

static const uint32_t cs_owed_none = UINT32_MAX;

CS_PADDING_NAMED_BEGIN
struct cs_owed_claim {
	struct cs_event claim;
	struct cs_event request; /* present == 0: not seen */
	uint64_t claim_ns;
	uint64_t deadline_ns;
	uint64_t passed_ns;  /* when a younger one was paid first; 0: its turn has not come */
	uint64_t lost_bytes; /* that could have hidden the proof itself */
	uint16_t expect;
	uint16_t queue; /* the excuse */
	uint32_t next;
	uint32_t previous;
	uint32_t key_n;
	uint32_t tag[CS_OWED_KEYS_MAX];
	bool asked;
	uint8_t pad[7];
};

struct cs_owed_queue {
	uint32_t first;
	uint32_t last;
	uint32_t turn; /* the oldest that was not passed over */
	uint32_t pad;
	uint64_t paid_ns; /* when one was paid last; 0: never */
};

/* State down to the queues; from cap on what is the same for every table of one size, and the index with its own. */
struct cs_owed {
	uint32_t used_n;
	uint32_t free; /* head of the free list */
	struct cs_owed_queue queue[CS_OWED_QUEUES_MAX];
	uint32_t cap;
	uint32_t pad;
	struct cs_owed_claim *at;
	struct cs_index index;
};
CS_PADDING_NAMED_END
_Static_assert(sizeof(struct cs_owed) == offsetof(struct cs_owed, cap) + 2 * sizeof(uint32_t) +
						 sizeof(struct cs_owed_claim *) + sizeof(struct cs_index),
	       "state stands before cap: see cs_owed_regions");

/* cs_owed_bytes is what cs_owed_init takes from the arena. */
size_t cs_owed_bytes(uint32_t cap);

/* cs_owed_init makes an empty table of CAP claims; CS_E_MEMORY when the arena is full. */
CS_MUST_USE enum cs_error cs_owed_init(struct cs_owed *owed, struct cs_arena *arena, uint32_t cap);

/* cs_owed_regions adds all that changes to REGIONS. */
void cs_owed_regions(struct cs_owed *owed, struct cs_regions *regions);

/* cs_owed_add enters CLAIM (its queue and deadline set) at the end of its queue, its deadline raised to that of the
 * one before; cs_owed_none when the table is full. */
uint32_t cs_owed_add(struct cs_owed *owed, const struct cs_owed_claim *claim);

/* cs_owed_enter puts claim AT under one more key. */
void cs_owed_enter(struct cs_owed *owed, uint32_t at, uint64_t key);

/* cs_owed_pay says that claim AT is being paid at NOW_NS, which passes over all older ones. Each is passed over once,
 * so that what a payment costs does not depend on how many wait. */
void cs_owed_pay(struct cs_owed *owed, uint32_t at, uint64_t now_ns);

/* cs_owed_turn_ns gives the time from which claim AT could have been paid, as far as the queue tells: while older
 * ones are being paid its turn has not come. 0: the queue tells nothing. */
uint64_t cs_owed_turn_ns(const struct cs_owed *owed, uint32_t at);

/* cs_owed_remove settles claim AT. */
void cs_owed_remove(struct cs_owed *owed, uint32_t at);

#endif
