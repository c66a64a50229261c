/*
 * What waits: claims that are not decided, for whoever wants to tell of them. It changes nothing.
 */
#include "detect/parts.h"

static void
tell_pending(const struct cs_detect *detect, unsigned nth, const struct cs_pending *pending,
	     const struct cs_detect_opener *opener)
{
	const struct cs_transactions *store = &detect->store[detect->policy->expect[nth].claim.link];
	const struct cs_event *pair[2];
	cs_transactions_pair(store, cs_transactions_slot(store, pending->number), pair);
	const struct cs_event *claim = pending->by_request || !pair[0] ? pair[1] : pair[0];
	if (!claim)
		return;
	opener->open(opener->context, &(struct cs_detect_open){
					      .expect = nth,
					      .claim = claim,
					      .request = claim == pair[1] ? NULL : pair[1],
					      .claim_ns = pending->claim_ns,
					      .deadline_ns = pending->deadline_ns,
				      });
}

static void
tell_owed(const struct cs_detect *detect, const struct cs_owed_claim *owed, const struct cs_detect_opener *opener)
{
	(void)detect;
	opener->open(opener->context, &(struct cs_detect_open){
					      .expect = owed->expect,
					      .claim = &owed->claim,
					      .request = owed->request.present ? &owed->request : NULL,
					      .claim_ns = owed->claim_ns,
					      .deadline_ns = owed->deadline_ns,
					      .excused = true,
				      });
}

void
cs_detect_open_each(const struct cs_detect *detect, const struct cs_detect_opener *opener)
{
	for (unsigned i = 0; i < detect->policy->expect_n; i++) {
		const struct cs_expecting *expecting = &detect->expecting[i];
		for (uint64_t at = expecting->head; at < expecting->tail; at++)
			if (!expecting->at[at % expecting->cap].decided)
				tell_pending(detect, i, &expecting->at[at % expecting->cap], opener);
		if (detect->policy->expect[i].summed)
			cs_lots_open(detect, i, opener);
	}
	for (unsigned i = 0; i < detect->policy->excuse_n && detect->owed.used_n; i++)
		for (uint32_t at = detect->owed.queue[i].first; at != cs_owed_none; at = detect->owed.at[at].next)
			tell_owed(detect, &detect->owed.at[at], opener);
}
