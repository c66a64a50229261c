/*
 * A record that proves something is held at once against the records that wait for it: a payment that was changed is told
 * when its order or its statement line is read, and not when its time is up a day later.
 *
 * Claims of records are numbered in the order in which they wait, so the waiting claim of an entry is found by halving. Those
 * of messages are not, and have their turn in seconds: they are left to it.
 */
#include "detect/parts.h"

/* The waiting claim of entry NUMBER; the tail when there is none. */
static uint64_t
find_pending(const struct cs_expecting *expecting, uint64_t number)
{
	uint64_t low = expecting->head, high = expecting->tail;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (expecting->at[middle % expecting->cap].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	bool found = low < expecting->tail && expecting->at[low % expecting->cap].number == number;
	return found && !expecting->at[low % expecting->cap].decided ? low : expecting->tail;
}

/* The oldest entry under JOIN that is the same there as PAIR, waits, and is younger than *AFTER (by number). */
static bool
next_waiting(const struct cs_transactions *store, unsigned join, const struct cs_event *const pair[2], uint64_t *after)
{
	uint64_t key, best = cs_transaction_none;
	if (!cs_transactions_key(store, join, pair, &key))
		return false;
	struct cs_index_walk walk = cs_index_walk_of(key);
	for (uint32_t slot; cs_index_next(&store->index, &walk, &slot);) {
		const struct cs_event *other[2];
		uint64_t number = cs_transactions_number(store, slot);
		if (!store->hot[slot].waiting || number >= best || (*after != cs_transaction_none && number <= *after))
			continue;
		cs_transactions_pair(store, slot, other);
		if (cs_transactions_same(store, join, pair, other))
			best = number;
	}
	*after = best;
	return best != cs_transaction_none;
}

static void
wake(struct cs_detect *detect, unsigned nth, const struct cs_view *view)
{
	const struct cs_expect *expect = &detect->policy->expect[nth];
	const struct cs_expecting *expecting = &detect->expecting[nth];
	const struct cs_transactions *claims = &detect->store[expect->claim.link];
	const struct cs_transactions *proofs = &detect->store[expect->proof.link];
	const struct cs_event *const pair[2] = {NULL, view->event};
	const struct cs_transaction *hot = &proofs->hot[cs_transactions_slot(proofs, view->number)];
	for (unsigned i = 0; i < expect->rung_n; i++) {
		uint64_t number = cs_transaction_none;
		while (!(hot->consumed >> nth & 1) && next_waiting(claims, expecting->back[i], pair, &number)) {
			uint64_t at = find_pending(expecting, number);
			if (at < expecting->tail)
				(void)cs_expect_now(detect, nth, at);
		}
	}
}

void
cs_wake_event(struct cs_detect *detect, struct cs_view *view)
{
	if (view->event->kind != CS_KIND_RECORD || view->number == cs_transaction_none || view->copy)
		return;
	for (unsigned i = 0; i < detect->policy->expect_n; i++) {
		const struct cs_expect *expect = &detect->policy->expect[i];
		bool waiting = detect->expecting[i].head < detect->expecting[i].tail;
		if (waiting && detect->policy->link[expect->claim.link].row &&
		    cs_match_takes(&expect->proof, view->event))
			wake(detect, i, view);
	}
}
