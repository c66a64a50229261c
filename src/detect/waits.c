/*
 * Waiting claims of one expectation lie in the order of their entries (wake.c), so that of an entry is found by halving.
 *
 * Invariant: nothing is changed, so asking leaves no trace in a journal or a snapshot.
 */
#include "detect/waits.h"

#include "detect/parts.h"

/* Whose claims are single rows: those of a summed one are whole batches, which do not lie with the entries of their rows. */
static bool
holds(const struct cs_expect *expect, unsigned link)
{
	return !expect->summed && expect->claim.link == link && expect->otherwise.verdict != CS_VERDICT_ALLOW;
}

unsigned
cs_waits_asked(const struct cs_detect *detect, const struct cs_event *event)
{
	unsigned n = 0;
	for (unsigned i = 0; i < detect->policy->expect_n; i++)
		n += holds(&detect->policy->expect[i], event->link) &&
		     cs_match_takes(&detect->policy->expect[i].claim, event);
	return n;
}

/* The undecided claim of entry NUMBER; NULL when there is none. */
static const struct cs_pending *
find(const struct cs_expecting *expecting, uint64_t number)
{
	uint64_t low = expecting->head, high = expecting->tail;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (expecting->at[middle % expecting->cap].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	const struct cs_pending *pending = &expecting->at[low % expecting->cap];
	return low < expecting->tail && pending->number == number && !pending->decided ? pending : NULL;
}

/* How long after its deadline what it stands on is settled: its proof, and what may stand for that. */
static uint64_t
lateness_ns(const struct cs_policy *policy, const struct cs_expect *expect)
{
	uint64_t most_ns = policy->link[expect->proof.link].lateness_ns;
	for (unsigned i = 0; i < expect->unless_n; i++) {
		const struct cs_unless *unless = &expect->unless[i];
		if (unless->kind == CS_UNLESS_RECORD && policy->link[unless->record.link].lateness_ns > most_ns)
			most_ns = policy->link[unless->record.link].lateness_ns;
	}
	return most_ns;
}

void
cs_waits_look(const struct cs_detect *detect, unsigned link, uint64_t hash, struct cs_waits *out)
{
	const struct cs_transactions *store = &detect->store[link];
	*out = (struct cs_waits){.known = false};
	if (!store->cap)
		return;
	uint64_t number = cs_transactions_hashed(store, hash);
	if (number == cs_transaction_none)
		return;
	out->known = true;
	out->packet = cs_transactions_request(store, cs_transactions_slot(store, number))->origin.packet;
	for (unsigned i = 0; i < detect->policy->expect_n; i++) {
		const struct cs_expect *expect = &detect->policy->expect[i];
		if (!holds(expect, link))
			continue;
		const struct cs_pending *pending = find(&detect->expecting[i], number);
		if (!pending)
			continue;
		uint64_t due_ns = pending->deadline_ns + lateness_ns(detect->policy, expect);
		out->n++;
		out->until_ns = due_ns > out->until_ns ? due_ns : out->until_ns;
	}
}
