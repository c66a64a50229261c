/*
 * The ladder among records: which record bears a claim out.
 *
 * As among messages a candidate has all fields of a rung equal to the claim's; beyond that, what a stronger rung tells apart
 * no weaker one joins: two payments of one sum to one account are two when their references differ. Of several that say as
 * much the oldest is taken, so that equal claims find equal proofs one by one. A record that does not meet the condition of a
 * proof contradicts a message, as an answer that declines does; beside a record it is just another record.
 */
#include "detect/parts.h"

static enum cs_score
score_of(const struct cs_query *query, const struct cs_transaction *hot, struct cs_match *candidate)
{
	const struct cs_event *claim = query->pair[0] ? query->pair[0] : query->pair[1];
	uint64_t time_ns = hot->request_ns;
	candidate->proof = candidate->pair[1];
	if (time_ns < query->from_ns)
		return CS_SCORE_NONE;
	if (!cs_match_takes(query->proof, candidate->proof))
		return claim->kind == CS_KIND_RECORD || time_ns > query->to_ns ? CS_SCORE_NONE : CS_SCORE_REFUSED;
	if (time_ns > query->to_ns)
		return CS_SCORE_LATE;
	if (hot->consumed & query->used_bit)
		return CS_SCORE_USED;
	struct cs_disagreement found;
	bool agrees = query->expect && !cs_agree_check(query->expect, query->pair, candidate->pair, &found);
	return agrees ? CS_SCORE_AGREES : CS_SCORE_PROOF;
}

static bool
has_all(const struct cs_join *join, const struct cs_event *const pair[2])
{
	for (unsigned i = 0; i < join->n; i++)
		if (!cs_transactions_of(pair, join->field[i]))
			return false;
	return true;
}

/* Both have the fields of a rung before NTH, and they differ. */
static bool
told_apart(const struct cs_transactions *store, const struct cs_query *query, unsigned nth,
	   const struct cs_event *const other[2])
{
	const struct cs_event *claim[2] = {query->pair[0], query->pair[1]};
	for (unsigned i = 0; i < nth; i++) {
		const struct cs_join *join = &store->join[query->join[i]];
		if (has_all(join, claim) && has_all(join, other) &&
		    !cs_transactions_same(store, query->join[i], claim, other))
			return true;
	}
	return false;
}

static bool
is_better(const struct cs_transactions *store, const struct cs_match *a, const struct cs_match *best)
{
	if (a->score != best->score)
		return a->score > best->score;
	if (!a->score)
		return false;
	uint64_t time_ns = store->hot[cs_transactions_slot(store, a->number)].request_ns;
	uint64_t best_ns = store->hot[cs_transactions_slot(store, best->number)].request_ns;
	return time_ns < best_ns || (time_ns == best_ns && a->number < best->number);
}

static void
find_by(const struct cs_transactions *store, const struct cs_query *query, unsigned nth, struct cs_match *best)
{
	const struct cs_event *claim[2] = {query->pair[0], query->pair[1]};
	unsigned same_n = 0;
	uint64_t key;
	if (!cs_transactions_key(store, query->join[nth], claim, &key))
		return;
	struct cs_index_walk walk = cs_index_walk_of(key);
	for (uint32_t slot; cs_index_next(&store->index, &walk, &slot);) {
		struct cs_match candidate = {.number = cs_transactions_number(store, slot)};
		cs_transactions_pair(store, slot, candidate.pair);
		if (candidate.number == query->claim_number ||
		    !cs_transactions_same(store, query->join[nth], claim, candidate.pair))
			continue;
		same_n++;
		if (told_apart(store, query, nth, candidate.pair))
			continue;
		candidate.score = score_of(query, &store->hot[slot], &candidate);
		candidate.crowded = best->crowded;
		if (is_better(store, &candidate, best))
			*best = candidate;
	}
	best->crowded = best->crowded || same_n >= CS_SAME_ROWS_MAX - 1;
}

void
cs_match_records(const struct cs_detect *detect, const struct cs_query *query, struct cs_match *out)
{
	const struct cs_transactions *store = &detect->store[query->proof->link];
	*out = (struct cs_match){.score = CS_SCORE_NONE};
	for (unsigned i = 0; i < query->join_n && (out->score == CS_SCORE_NONE || out->score == CS_SCORE_LATE); i++)
		find_by(store, query, i, out);
}
