/*
 * Rows beside the proof: a record that stands for it (`unless record on returns`), and charges that make up for a difference of
 * amounts (`charges record on lines where ...`).
 *
 * They are found by the ways the proof is found by (or by their own), within the time of the expectation, before or behind the claim; nobody uses them up, so that one charge may stand
 * behind several lines of its payment. Sums are whole minor units of one currency.
 */
#include "detect/parts.h"

/* A row of LINK under join JOIN that SELECTOR takes, in the claim's time; the walk goes on from *WALK. */
struct beside {
	const struct cs_selector *selector;
	unsigned join;
	struct cs_index_walk walk;
};

static const struct cs_event *
next_beside(const struct cs_detect *detect, const struct cs_query *query, struct beside *beside)
{
	const struct cs_transactions *store = &detect->store[beside->selector->link];
	const struct cs_event *claim[2] = {query->pair[0], query->pair[1]};
	uint64_t from_ns = cs_since_minus(query->from_ns, query->expect->after ? query->expect->within_ns : 0);
	for (uint32_t slot; cs_index_next(&store->index, &beside->walk, &slot);) {
		const struct cs_event *other[2];
		cs_transactions_pair(store, slot, other);
		uint64_t time_ns = store->hot[slot].request_ns;
		if (other[1] != claim[1] && time_ns >= from_ns && time_ns <= query->to_ns &&
		    cs_transactions_same(store, beside->join, claim, other) &&
		    cs_match_takes(beside->selector, other[1]))
			return other[1];
	}
	return NULL;
}

static bool
begin_beside(const struct cs_detect *detect, const struct cs_query *query, struct beside *beside)
{
	const struct cs_event *claim[2] = {query->pair[0], query->pair[1]};
	uint64_t key;
	if (!cs_transactions_key(&detect->store[beside->selector->link], beside->join, claim, &key))
		return false;
	beside->walk = cs_index_walk_of(key);
	return true;
}

bool
cs_beside_stands(const struct cs_detect *detect, unsigned nth, const struct cs_query *query)
{
	const struct cs_expect *expect = &detect->policy->expect[nth];
	for (unsigned u = 0; u < expect->unless_n; u++) {
		unsigned n;
		(void)cs_expect_beside(expect, &expect->unless[u], &n);
		for (unsigned i = 0; expect->unless[u].kind == CS_UNLESS_RECORD && i < n; i++) {
			struct beside beside = {&expect->unless[u].record, detect->expecting[nth].beside[u][i], {0, 0}};
			if (begin_beside(detect, query, &beside) && next_beside(detect, query, &beside))
				return true;
		}
	}
	return false;
}

/* All but the amount agrees, and it is there in both, in one currency. *APART is proof less claim. */
static bool
only_amount_differs(const struct cs_query *query, const struct cs_match *match, int64_t *apart)
{
	struct cs_disagreement found;
	struct cs_expect rest = *query->expect;
	const struct cs_event *claim = cs_transactions_of(query->pair, CS_FIELD_AMOUNT);
	const struct cs_event *proof = cs_transactions_of(match->pair, CS_FIELD_AMOUNT);
	unsigned n = 0;
	if (!claim || !proof)
		return false;
	for (unsigned i = 0; i < rest.agree_n; i++)
		if (rest.agree[i] != CS_FIELD_AMOUNT)
			rest.agree[n++] = rest.agree[i];
	rest.agree_n = n;
	struct cs_money a = cs_event_money(claim, CS_FIELD_AMOUNT), b = cs_event_money(proof, CS_FIELD_AMOUNT);
	return cs_money_currency(a) == cs_money_currency(b) &&
	       !cs_agree_check(&rest, query->pair, match->pair, &found) &&
	       !__builtin_sub_overflow(cs_money_minor(b), cs_money_minor(a), apart);
}

bool
cs_beside_charged(const struct cs_detect *detect, unsigned nth, const struct cs_query *query,
		  const struct cs_match *match)
{
	const struct cs_expect *expect = query->expect;
	const struct cs_expecting *expecting = &detect->expecting[nth];
	bool of_proof = expect->charges.link == expect->proof.link;
	int64_t apart, sum = 0;
	if (!expect->charges.kinds || !only_amount_differs(query, match, &apart))
		return false;
	uint16_t currency = cs_money_currency(cs_event_money(match->proof, CS_FIELD_AMOUNT));
	for (unsigned i = 0; !sum && i < expect->rung_n; i++) {
		struct beside beside = {&expect->charges, of_proof ? expecting->join[i] : expecting->back[i], {0, 0}};
		const struct cs_event *row = NULL;
		if (!begin_beside(detect, query, &beside))
			continue;
		while ((row = next_beside(detect, query, &beside)) != NULL) {
			struct cs_money money = cs_event_has(row, CS_FIELD_AMOUNT)
							? cs_event_money(row, CS_FIELD_AMOUNT)
							: cs_money_of(0, 0);
			if (row == match->proof || cs_money_currency(money) != currency)
				continue;
			if (__builtin_add_overflow(sum, cs_money_minor(money), &sum))
				return false;
		}
	}
	return sum && (apart == sum || apart == -sum);
}

uint64_t
cs_beside_lost(const struct cs_detect *detect, const struct cs_query *query)
{
	const struct cs_expect *expect = query->expect;
	uint64_t lost = 0;
	for (unsigned i = 0; i < expect->unless_n && !lost; i++)
		if (expect->unless[i].kind == CS_UNLESS_RECORD)
			lost = cs_coverage_lost(detect->coverage, expect->unless[i].record.link, CS_DIR_TO_PORT,
						query->from_ns, query->to_ns);
	return lost;
}

bool
cs_beside_settled(const struct cs_detect *detect, const struct cs_expect *expect, uint64_t time_ns)
{
	for (unsigned i = 0; i < expect->unless_n; i++)
		if (expect->unless[i].kind == CS_UNLESS_RECORD &&
		    cs_coverage_settled(detect->coverage, expect->unless[i].record.link) < time_ns)
			return false;
	return true;
}
