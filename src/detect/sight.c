/*
 * Would we have seen the proof, had it been there?
 *
 * An honest exchange leaves a request and an answer on the issuer's link. So one complete direction is enough to call
 * a missing proof missing, provided that this direction's messages alone carry the fields of a rung (which the link
 * teaches by its approved answers). Where only the answer is missing, the direction of answers decides. Messages
 * dropped from a full table count as not seen.
 */
#include "detect/parts.h"

enum { LOOK_BACK_S = 120 };

enum cs_direction
cs_sight_dir(const struct cs_detect *detect, unsigned link, bool asks)
{
	const uint64_t *asked_n = detect->store[link].asked_n;
	if (asked_n[0] == asked_n[1])
		return CS_DIR_N;
	enum cs_direction dir = asked_n[0] > asked_n[1] ? (enum cs_direction)0 : (enum cs_direction)1;
	return asks ? dir : (enum cs_direction)(1 - dir);
}

static uint64_t
add_lost(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

uint64_t
cs_sight_lost_both(const struct cs_detect *detect, unsigned link, uint64_t from_ns, uint64_t to_ns)
{
	return add_lost(cs_coverage_lost(detect->coverage, link, CS_DIR_TO_PORT, from_ns, to_ns),
			cs_coverage_lost(detect->coverage, link, CS_DIR_FROM_PORT, from_ns, to_ns));
}

uint64_t
cs_sight_lost(const struct cs_detect *detect, unsigned link, bool asks, uint64_t from_ns, uint64_t to_ns)
{
	enum cs_direction dir = cs_sight_dir(detect, link, asks);
	if (dir != CS_DIR_N)
		return cs_coverage_lost(detect->coverage, link, dir, from_ns, to_ns);
	return cs_sight_lost_both(detect, link, from_ns, to_ns);
}

uint64_t
cs_sight_sign_off(const struct cs_detect *detect, unsigned link, uint64_t asked_ns, uint64_t to_ns)
{
	/* One that was never asked, as far as we know, may have been, and have signed off, ever since we look. */
	if (!asked_ns)
		asked_ns = cs_coverage_begin(detect->coverage, link);
	if (asked_ns > to_ns)
		return 0;
	/* A sign-off leaves a request one way and its answer the other; either tells (session.c). */
	uint64_t to = cs_coverage_lost(detect->coverage, link, CS_DIR_TO_PORT, asked_ns, to_ns);
	uint64_t from = cs_coverage_lost(detect->coverage, link, CS_DIR_FROM_PORT, asked_ns, to_ns);
	return to < from ? to : from;
}

/* Can messages that lack LACKED still be found by one of the rungs the claim has? */
static bool
findable(const struct cs_transactions *store, const struct cs_query *query, uint64_t lacked)
{
	for (unsigned i = 0; i < query->join_n; i++) {
		const struct cs_join *join = &store->join[query->join[i]];
		bool good = true;
		for (unsigned k = 0; k < join->n; k++)
			good = good && !(lacked >> join->field[k] & 1) &&
			       cs_transactions_of(query->pair, join->field[k]);
		if (good)
			return true;
	}
	return false;
}

/* A claim that took as long as an excuse grants the issuer may stand for a request that never had an answer. */
static bool
perhaps_unanswered(const struct cs_detect *detect, const struct cs_query *query)
{
	const struct cs_expect *expect = query->expect;
	if (!query->pair[0] || !query->pair[1])
		return false;
	uint64_t took_ns = cs_since_minus(query->pair[0]->origin.time_ns, query->pair[1]->origin.time_ns);
	for (unsigned i = 0; i < expect->unless_n; i++) {
		const struct cs_excuse *excuse = &detect->policy->excuse[expect->unless[i].excuse];
		if (expect->unless[i].kind == CS_UNLESS_EXCUSE && excuse->when_unanswered_ns &&
		    took_ns >= excuse->when_unanswered_ns)
			return true;
	}
	return false;
}

/* Nothing was found at all: either direction can show that nothing was there. */
static struct cs_sight
sight_of_both(const struct cs_detect *detect, const struct cs_query *query, uint64_t from_ns)
{
	const struct cs_transactions *store = &detect->store[query->proof->link];
	uint64_t asked = cs_sight_lost(detect, query->proof->link, true, from_ns, query->to_ns);
	uint64_t answered = cs_sight_lost(detect, query->proof->link, false, from_ns, query->to_ns);
	bool complete = !asked && !answered;
	complete = complete || (!asked && findable(store, query, store->lack_ask));
	complete = complete ||
		   (!answered && !perhaps_unanswered(detect, query) && findable(store, query, store->lack_answer));
	return (struct cs_sight){complete, complete ? 0 : add_lost(asked, answered)};
}

static bool
proof_is_answer(const struct cs_selector *proof)
{
	const uint32_t answers =
		1u << CS_KIND_RESPONSE | 1u << CS_KIND_ADVICE_RESPONSE | 1u << CS_KIND_REVERSAL_RESPONSE;
	return proof->kinds & answers;
}

/* Records lie in one direction. Rows that could not be read are a gap of it; what a record link has not shown yet, or was not
 * watched for, is out of sight. A proof that was there may have been one of two only if something was lost while we looked. */
static struct cs_sight
sight_of_records(const struct cs_detect *detect, const struct cs_query *query, const struct cs_match *match)
{
	unsigned link = query->proof->link;
	const struct cs_transactions *store = &detect->store[link];
	uint64_t from_ns = query->from_ns, begin_ns = cs_coverage_begin(detect->coverage, link);
	if (match->score == CS_SCORE_LATE)
		return (struct cs_sight){true, 0};
	if (match->crowded || (store->gone_ns && store->gone_ns >= from_ns))
		return (struct cs_sight){false, 0};
	if (match->score == CS_SCORE_USED && begin_ns > from_ns)
		from_ns = begin_ns < query->to_ns ? begin_ns : query->to_ns;
	uint64_t lost = cs_coverage_lost(detect->coverage, link, CS_DIR_TO_PORT, from_ns, query->to_ns);
	return (struct cs_sight){lost == 0, lost};
}

/* Bytes lost on the claim's own link, in the direction of requests, up to the claim. */
static uint64_t
lost_before_claim(const struct cs_detect *detect, const struct cs_query *query)
{
	const struct cs_event *claim = query->pair[0] ? query->pair[0] : query->pair[1];
	CS_ASSERT(claim);
	if (claim->kind == CS_KIND_RECORD) /* it stands alone, and in one piece */
		return 0;
	uint64_t time_ns = claim->origin.time_ns;
	uint64_t from_ns =
		query->pair[1] ? query->pair[1]->origin.time_ns : cs_since_minus(time_ns, LOOK_BACK_S * cs_second_ns);
	return cs_sight_lost(detect, claim->link, true, from_ns < time_ns ? from_ns : time_ns, time_ns);
}

/* A claim whose own request was lost may lack the very fields its proof is found by. */
static uint64_t
blind_claim(const struct cs_detect *detect, const struct cs_query *query)
{
	return query->pair[1] ? 0 : lost_before_claim(detect, query);
}

/* The bytes lost around a proof that came a little late, or may still come: on a lossy link by its retransmission. */
static uint64_t
lost_around(const struct cs_detect *detect, const struct cs_query *query, const struct cs_match *match)
{
	unsigned link = query->proof->link;
	uint64_t begin_ns = cs_coverage_begin(detect->coverage, link);
	uint64_t from_ns = cs_since_minus(query->to_ns, LOOK_BACK_S * cs_second_ns);
	if (match->score != CS_SCORE_LATE && match->score != CS_SCORE_OPEN)
		return 0;
	if (match->proof && match->proof->origin.time_ns - query->to_ns > cs_resent_ns)
		return 0;
	return cs_sight_lost_both(detect, link, from_ns > begin_ns ? from_ns : begin_ns, query->to_ns);
}

struct cs_sight
cs_sight_of(const struct cs_detect *detect, const struct cs_expect *expect, const struct cs_query *query,
	    const struct cs_match *match)
{
	const struct cs_transactions *store = &detect->store[query->proof->link];
	uint64_t from_ns = query->from_ns;
	bool late = match->score == CS_SCORE_LATE;
	if (cs_transactions_of_records(store)) {
		uint64_t hidden = match->score == CS_SCORE_NONE ? blind_claim(detect, query) : 0;
		return hidden ? (struct cs_sight){false, hidden} : sight_of_records(detect, query, match);
	}
	uint64_t around = lost_around(detect, query, match);
	if (around)
		return (struct cs_sight){false, around};
	if (late && (!proof_is_answer(query->proof) || !match->pair[1]))
		return (struct cs_sight){true, 0};
	/* What came late may be the answer to a repeated question, and the first answer lost. */
	if ((late || match->score == CS_SCORE_OPEN) && proof_is_answer(query->proof)) {
		uint64_t lost =
			cs_sight_lost(detect, query->proof->link, false, match->pair[1]->origin.time_ns, query->to_ns);
		return (struct cs_sight){lost == 0, lost};
	}
	/* The issuer is asked only after the acquirer asked; what says of itself that it asks again was not the first. */
	bool record = query->pair[1] && query->pair[1]->kind == CS_KIND_RECORD;
	if (query->pair[1] && !record && !(query->pair[1]->flags & CS_FLAG_REPEAT) && !expect->after) {
		uint64_t asked_ns = cs_since_minus(query->pair[1]->origin.time_ns, detect->policy->skew_ns);
		from_ns = asked_ns > from_ns ? asked_ns : from_ns;
	}
	if (store->gone_ns && store->gone_ns >= from_ns)
		return (struct cs_sight){false, 0};
	/* A second approval may be the answer to a repeated request that was lost. */
	if (match->score == CS_SCORE_USED) {
		uint64_t lost = lost_before_claim(detect, query);
		return (struct cs_sight){lost == 0, lost};
	}
	uint64_t blind = blind_claim(detect, query);
	if (blind)
		return (struct cs_sight){false, blind};
	if (proof_is_answer(query->proof))
		return sight_of_both(detect, query, from_ns);
	uint64_t lost = cs_sight_lost(detect, query->proof->link, true, from_ns, query->to_ns);
	return (struct cs_sight){lost == 0, lost};
}
