/*
 * The ladder: which transaction of the proof's link is the claim's own.
 *
 * Never by order of arrival: a candidate has all fields of a rung equal to the claim's. The best rung that knows
 * anything of use decides; among several under one rung, the one that says most, then the newest. What the answer
 * means is for expect.c.
 */
#include "detect/parts.h"

bool
cs_match_takes(const struct cs_selector *selector, const struct cs_event *event)
{
	if (selector->link != event->link || !(selector->kinds >> event->kind & 1))
		return false;
	return cs_condition_holds(selector->where, event) == CS_TRUE;
}

static bool
wants(const struct cs_selector *selector, enum cs_kind kind)
{
	return selector->kinds >> kind & 1;
}

static const struct {
	enum cs_kind asks;
	enum cs_kind answers;
} kinds_of[CS_FAMILY_N] = {
	[CS_FAMILY_REQUEST] = {CS_KIND_REQUEST, CS_KIND_RESPONSE},
	[CS_FAMILY_ADVICE] = {CS_KIND_ADVICE, CS_KIND_ADVICE_RESPONSE},
	[CS_FAMILY_REVERSAL] = {CS_KIND_REVERSAL, CS_KIND_REVERSAL_RESPONSE},
	[CS_FAMILY_RECORD] = {CS_KIND_RECORD, CS_KIND_N}, /* nothing answers a record */
};

/* What a transaction is worth as a proof. `proof` is the message the selector speaks of, when it was seen. */
static enum cs_score
score_of(const struct cs_query *query, const struct cs_transaction *hot, struct cs_match *candidate)
{
	bool by_answer = wants(query->proof, kinds_of[hot->family].answers);
	if (!by_answer && !wants(query->proof, kinds_of[hot->family].asks))
		return CS_SCORE_NONE;
	candidate->proof = candidate->pair[by_answer ? 0 : 1];
	if (hot->state & CS_ASKED && hot->request_ns > query->to_ns)
		return CS_SCORE_NONE;
	if (!candidate->proof)
		return hot->state & CS_ASKED && hot->request_ns >= query->from_ns ? CS_SCORE_OPEN : CS_SCORE_NONE;
	uint64_t time_ns = candidate->proof->origin.time_ns;
	if (time_ns < query->from_ns)
		return CS_SCORE_NONE;
	if (time_ns > query->to_ns)
		return hot->state & CS_ASKED || time_ns - query->to_ns <= cs_resent_ns ? CS_SCORE_LATE : CS_SCORE_NONE;
	if (!cs_match_takes(query->proof, candidate->proof))
		return CS_SCORE_REFUSED;
	bool used = query->advice ? hot->state & CS_PAID : (hot->consumed & query->used_bit) != 0;
	if (used)
		return CS_SCORE_USED;
	/* An exchange asked twice has two proofs: the one with the same values is meant. */
	struct cs_disagreement found;
	bool agrees = query->expect && !cs_agree_check(query->expect, query->pair, candidate->pair, &found);
	return agrees ? CS_SCORE_AGREES : CS_SCORE_PROOF;
}

static void
find_by(const struct cs_transactions *store, const struct cs_query *query, unsigned join, struct cs_match *best)
{
	const struct cs_event *claim[2] = {query->pair[0], query->pair[1]};
	uint64_t key;
	if (!cs_transactions_key(store, join, claim, &key))
		return;
	struct cs_index_walk walk = cs_index_walk_of(key);
	for (uint32_t slot; cs_index_next(&store->index, &walk, &slot);) {
		struct cs_match candidate = {.number = cs_transactions_number(store, slot)};
		cs_transactions_pair(store, slot, candidate.pair);
		if (!cs_transactions_same(store, join, claim, candidate.pair))
			continue;
		candidate.score = score_of(query, &store->hot[slot], &candidate);
		if (candidate.score > best->score ||
		    (candidate.score == best->score && candidate.score && candidate.number > best->number))
			*best = candidate;
	}
}

void
cs_match_find(const struct cs_detect *detect, const struct cs_query *query, struct cs_match *out)
{
	const struct cs_transactions *store = &detect->store[query->proof->link];
	struct cs_match best = {.score = CS_SCORE_NONE};
	if (cs_transactions_of_records(store)) {
		cs_match_records(detect, query, out);
		return;
	}
	for (unsigned i = 0; i < query->join_n && best.score < CS_SCORE_LATE; i++)
		find_by(store, query, query->join[i], &best);
	*out = best;
}
