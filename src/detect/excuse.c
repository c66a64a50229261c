/*
 * Honest reasons why a claim has no proof yet. While the issuer is signed off, silent, or has left this request
 * open, the switch may stand in for it; then it owes the issuer an advice, and we wait for that instead.
 *
 * An excuse is not a proof: a claim that is excused and never advised is a finding (or unproven, when the advice could
 * lie in a gap). The advice must be for the same amount, and pays for one claim only.
 */
#include "detect/parts.h"

enum { LOST_BACK_S = 30 }; /* nobody waits longer for an answer */

static const struct cs_excuse *
excuse_of(const struct cs_detect *detect, const struct cs_expect *expect, unsigned nth, unsigned *excuse)
{
	if (expect->unless[nth].kind != CS_UNLESS_EXCUSE)
		return NULL;
	*excuse = expect->unless[nth].excuse;
	return &detect->policy->excuse[*excuse];
}

/* A link that answers what it was asked after its sign-off is back, even when its sign-on was lost. */
static bool
served_since(const struct cs_detect *detect, unsigned link, uint64_t since_ns)
{
	return detect->pace[link].served_ns > since_ns + detect->policy->skew_ns;
}

uint32_t
cs_excuse_mask(const struct cs_detect *detect, const struct cs_expect *expect, uint64_t time_ns)
{
	uint32_t mask = 0;
	for (unsigned i = 0; i < expect->unless_n; i++) {
		unsigned excuse;
		uint64_t since_ns;
		const struct cs_excuse *row = excuse_of(detect, expect, i, &excuse);
		if (!row)
			continue;
		uint64_t silent_ns = cs_pace_silent(detect, expect->proof.link, time_ns);
		bool holds = row->when_signed_off && cs_session_off(detect, expect->proof.link, time_ns, &since_ns);
		/* what was served behind its return says nothing of the time before */
		bool back = cs_session_back(detect, expect->proof.link) != UINT64_MAX;
		holds = holds && (back || !served_since(detect, expect->proof.link, since_ns));
		holds = holds || (row->when_silent_ns && silent_ns >= row->when_silent_ns);
		mask |= holds ? UINT32_C(1) << excuse : 0;
	}
	return mask;
}

uint64_t
cs_excuse_hidden(const struct cs_detect *detect, const struct cs_expect *expect, uint64_t asked_ns, uint64_t to_ns)
{
	bool matters = false;
	for (unsigned i = 0; i < expect->unless_n; i++) {
		unsigned excuse;
		const struct cs_excuse *row = excuse_of(detect, expect, i, &excuse);
		matters = matters || (row && (row->when_signed_off || row->when_silent_ns));
	}
	return matters ? cs_sight_sign_off(detect, expect->proof.link, asked_ns, to_ns) : 0;
}

/* When the issuer was asked: as we saw it; or no sooner than the acquirer asked, where the request of an answer was lost;
 * or any time, where both were. UINT64_MAX: never. */
static uint64_t
asked_ns(const struct cs_detect *detect, const struct cs_query *query, const struct cs_match *match, uint64_t until_ns)
{
	if (match->pair[1])
		return match->pair[1]->origin.time_ns;
	if (!match->proof || !query->pair[0])
		return UINT64_MAX;
	const struct cs_event *asked = query->pair[1];
	uint64_t from_ns = asked ? asked->origin.time_ns : cs_since_minus(until_ns, LOST_BACK_S * cs_second_ns);
	if (from_ns >= until_ns || !cs_sight_lost(detect, query->proof->link, true, from_ns, until_ns) ||
	    (!asked && !cs_sight_lost(detect, query->pair[0]->link, true, from_ns, until_ns)))
		return UINT64_MAX;
	return from_ns;
}

uint32_t
cs_excuse_unanswered(const struct cs_detect *detect, const struct cs_expect *expect, const struct cs_query *query,
		     const struct cs_match *match, uint64_t time_ns)
{
	uint32_t mask = 0;
	if (match->score == CS_SCORE_NONE || (match->proof && match->proof->origin.time_ns <= time_ns))
		return 0;
	uint64_t from_ns = asked_ns(detect, query, match, time_ns);
	if (from_ns == UINT64_MAX)
		return 0;
	for (unsigned i = 0; i < expect->unless_n; i++) {
		unsigned excuse;
		const struct cs_excuse *row = excuse_of(detect, expect, i, &excuse);
		if (row && row->when_unanswered_ns &&
		    time_ns + detect->policy->skew_ns >= from_ns + row->when_unanswered_ns)
			mask |= UINT32_C(1) << excuse;
	}
	return mask;
}

/* Why a debt is told. */
enum cause {
	CAUSE_DIFFERS, /* the advice came, for another sum */
	CAUSE_MISSING, /* it never came */
	CAUSE_UNSEEN,  /* it, or the proof itself, could lie in a gap */
	CAUSE_CROWDED, /* no room was left to wait for it */
};

static const enum cs_reason reason_of[] = {
	[CAUSE_DIFFERS] = CS_REASON_AMOUNT_DIFFERS,
	[CAUSE_MISSING] = CS_REASON_ADVICE_MISSING,
	[CAUSE_UNSEEN] = CS_REASON_UNPROVEN,
	[CAUSE_CROWDED] = CS_REASON_UNPROVEN,
};

static void
put_unpaid(struct cs_text *text, const struct cs_excuse *excuse, enum cause cause)
{
	cs_text_put(text, "excused by ");
	cs_text_put(text, excuse->name);
	if (cause == CAUSE_CROWDED) {
		cs_text_put(text, ", and no room was left to wait for its advice: raise `keep N transactions`");
		return;
	}
	cs_text_put(text, ", but no advice to the issuer within ");
	cs_text_put_duration(text, excuse->within_ns);
	cs_text_put(text, " of its return and its turn");
}

/* ADVICE is the one that came; NULL: none did. */
static void
tell(struct cs_detect *detect, const struct cs_owed_claim *debt, enum cause cause, const struct cs_event *advice)
{
	static const struct cs_outcome unproven = {CS_VERDICT_ALLOW, CS_SEVERITY_LOW};
	const struct cs_excuse *excuse = &detect->policy->excuse[debt->queue];
	struct cs_finding finding;
	bool is_unproven = reason_of[cause] == CS_REASON_UNPROVEN;
	cs_explain_begin(detect, &finding, reason_of[cause], is_unproven ? &unproven : &excuse->otherwise);
	finding.expectation = detect->policy->expect[debt->expect].name;
	cs_explain_add(&finding, CS_ROLE_CLAIM, &debt->claim);
	cs_explain_add(&finding, CS_ROLE_CLAIM_REQUEST, debt->asked ? &debt->request : NULL);
	cs_explain_add(&finding, CS_ROLE_PROOF, advice);
	if (is_unproven)
		cs_explain_sight(&finding, (struct cs_sight){false, debt->lost_bytes});
	struct cs_text text = cs_explain_detail(&finding);
	const struct cs_event *claim[2] = {&debt->claim, debt->asked ? &debt->request : NULL};
	const struct cs_event *pair[2] = {NULL, advice};
	if (advice)
		cs_explain_values(detect->policy, &text, CS_FIELD_AMOUNT, claim, pair);
	else
		put_unpaid(&text, excuse, cause);
	cs_explain_tell(detect, &finding);
}

static bool
same_amount(const struct cs_owed_claim *debt, const struct cs_event *advice)
{
	static const struct cs_expect amount_only = {
		.agree_n = 1, .agree = {CS_FIELD_AMOUNT}, .unless_n = 1, .unless = {{.kind = CS_UNLESS_CONVERSION}}};
	const struct cs_event *claim[2] = {&debt->claim, debt->asked ? &debt->request : NULL};
	const struct cs_event *proof[2] = {NULL, advice};
	struct cs_disagreement found;
	return !cs_agree_check(&amount_only, claim, proof, &found);
}

/* The advice came: the debt is paid, or the advice tells another sum. */
static void
settle(struct cs_detect *detect, const struct cs_owed_claim *debt, const struct cs_event *advice)
{
	struct cs_expect_counts *counts = &detect->counts.expect[debt->expect];
	if (same_amount(debt, advice)) {
		counts->excused++;
		return;
	}
	counts->contradicted++;
	tell(detect, debt, CAUSE_DIFFERS, advice);
}

/* An advice can be given only once the issuer is back, and those before it in the queue are: the time for it runs
 * from there. UINT64_MAX: the issuer is away. */
static uint64_t
due_ns(const struct cs_detect *detect, uint32_t at)
{
	const struct cs_owed_claim *debt = &detect->owed.at[at];
	const struct cs_excuse *excuse = &detect->policy->excuse[debt->queue];
	unsigned link = excuse->proof.link;
	const struct cs_session *session = &detect->session[link];
	uint64_t since_ns, back_ns = debt->claim_ns;
	bool off = cs_session_off(detect, link, detect->now_ns, &since_ns) && !served_since(detect, link, since_ns);
	if (excuse->when_signed_off && off)
		return UINT64_MAX;
	if (excuse->when_silent_ns && cs_pace_silent(detect, link, detect->now_ns) >= excuse->when_silent_ns)
		return UINT64_MAX;
	if (session->now == CS_SIGNED_ON && session->changed_ns > back_ns)
		back_ns = session->changed_ns;
	if (detect->pace[link].resumed_ns > back_ns)
		back_ns = detect->pace[link].resumed_ns;
	uint64_t turn_ns = cs_owed_turn_ns(&detect->owed, at);
	if (turn_ns > back_ns)
		back_ns = turn_ns;
	return back_ns - debt->claim_ns + debt->deadline_ns;
}

static void
give_up(struct cs_detect *detect, uint32_t at)
{
	const struct cs_owed_claim *debt = &detect->owed.at[at];
	const struct cs_excuse *excuse = &detect->policy->excuse[debt->queue];
	struct cs_expect_counts *counts = &detect->counts.expect[debt->expect];
	uint64_t lost = cs_sight_lost(detect, excuse->proof.link, true, debt->claim_ns, due_ns(detect, at));
	if (lost || debt->lost_bytes) {
		counts->unproven++;
		tell(detect, debt, CAUSE_UNSEEN, NULL);
		return;
	}
	counts->forged++;
	tell(detect, debt, CAUSE_MISSING, NULL);
}

/* An advice that came before the claim was decided. */
static bool
already_advised(struct cs_detect *detect, const struct cs_owed_claim *debt, const struct cs_query *query)
{
	struct cs_match match;
	cs_match_find(detect, query, &match);
	if (match.score != CS_SCORE_PROOF)
		return false;
	struct cs_transactions *store = &detect->store[query->proof->link];
	store->hot[cs_transactions_slot(store, match.number)].state |= CS_PAID;
	settle(detect, debt, match.proof);
	return true;
}

static void
enter_keys(struct cs_detect *detect, uint32_t at, const struct cs_query *query)
{
	const struct cs_event *pair[2] = {query->pair[0], query->pair[1]};
	for (unsigned i = 0; i < query->join_n; i++) {
		uint64_t key;
		if (cs_transactions_key(&detect->store[query->proof->link], query->join[i], pair, &key))
			cs_owed_enter(&detect->owed, at, key ^ query->proof->link);
	}
}

void
cs_excuse_grant(struct cs_detect *detect, const struct cs_excused *claim, unsigned excuse)
{
	const struct cs_excuse *row = &detect->policy->excuse[excuse];
	const struct cs_expect *expect = &detect->policy->expect[claim->expect];
	const struct cs_event *event = claim->pair[0] ? claim->pair[0] : claim->pair[1];
	struct cs_owed_claim debt = {.claim = *event,
				     .claim_ns = claim->pending->claim_ns,
				     .deadline_ns = claim->pending->claim_ns + row->within_ns + detect->policy->skew_ns,
				     .lost_bytes = claim->sight.complete     ? 0
						   : claim->sight.lost_bytes ? claim->sight.lost_bytes
									     : 1,
				     .expect = (uint16_t)claim->expect,
				     .queue = (uint16_t)excuse,
				     .asked = claim->pair[0] && claim->pair[1]};
	if (debt.asked)
		debt.request = *claim->pair[1];
	struct cs_query query = {.proof = &row->proof,
				 .join = detect->owed_join[claim->expect][excuse],
				 .pair = {claim->pair[0], claim->pair[1]},
				 .from_ns = debt.claim_ns > expect->within_ns ? debt.claim_ns - expect->within_ns : 0,
				 .to_ns = debt.deadline_ns,
				 .advice = true};
	(void)cs_plan_rungs(expect, row, &query.join_n);
	if (already_advised(detect, &debt, &query))
		return;
	uint32_t at = cs_owed_add(&detect->owed, &debt);
	if (at == cs_owed_none) {
		detect->counts.expect[claim->expect].unproven++;
		detect->counts.crowded[event->link]++;
		tell(detect, &debt, CAUSE_CROWDED, NULL);
		return;
	}
	detect->counts.expect[claim->expect].waiting_excused++;
	enter_keys(detect, at, &query);
}

static bool
pays(const struct cs_detect *detect, const struct cs_owed_claim *debt, unsigned join, const struct cs_event *advice)
{
	const struct cs_excuse *excuse = &detect->policy->excuse[debt->queue];
	const struct cs_expect *expect = &detect->policy->expect[debt->expect];
	const struct cs_event *claim[2] = {&debt->claim, debt->asked ? &debt->request : NULL};
	const struct cs_event *proof[2] = {advice, NULL};
	unsigned n;
	(void)cs_plan_rungs(expect, excuse, &n);
	bool mine = false;
	for (unsigned i = 0; i < n; i++)
		mine = mine || detect->owed_join[debt->expect][debt->queue][i] == join;
	return mine && cs_match_takes(&excuse->proof, advice) &&
	       cs_transactions_same(&detect->store[advice->link], join, claim, proof);
}

/* The oldest debt this advice pays under JOIN. */
static uint32_t
find_debt(const struct cs_detect *detect, unsigned join, const struct cs_event *advice)
{
	const struct cs_event *pair[2] = {advice, NULL};
	uint32_t best = cs_owed_none;
	uint64_t key;
	if (!cs_transactions_key(&detect->store[advice->link], join, pair, &key))
		return cs_owed_none;
	struct cs_index_walk walk = cs_index_walk_of(key ^ advice->link);
	for (uint32_t at; cs_index_next(&detect->owed.index, &walk, &at);) {
		if (best != cs_owed_none && detect->owed.at[at].claim_ns >= detect->owed.at[best].claim_ns)
			continue;
		if (pays(detect, &detect->owed.at[at], join, advice))
			best = at;
	}
	return best;
}

/* Only the kinds of message that some excuse owes. */
static bool
may_pay(const struct cs_detect *detect, const struct cs_event *event)
{
	for (unsigned i = 0; i < detect->policy->excuse_n; i++) {
		const struct cs_selector *proof = &detect->policy->excuse[i].proof;
		if (proof->link == event->link && proof->kinds >> event->kind & 1)
			return true;
	}
	return false;
}

void
cs_excuse_event(struct cs_detect *detect, struct cs_view *view)
{
	if (!detect->owes || !detect->owed.used_n || view->number == cs_transaction_none ||
	    !may_pay(detect, view->event))
		return;
	struct cs_transactions *store = &detect->store[view->event->link];
	uint32_t slot = cs_transactions_slot(store, view->number);
	for (unsigned join = 1; join < store->join_n && !(store->hot[slot].state & CS_PAID); join++) {
		uint32_t at = find_debt(detect, join, view->event);
		if (at == cs_owed_none)
			continue;
		store->hot[slot].state |= CS_PAID;
		detect->counts.expect[detect->owed.at[at].expect].waiting_excused--;
		cs_owed_pay(&detect->owed, at, view->event->origin.time_ns);
		settle(detect, &detect->owed.at[at], view->event);
		cs_owed_remove(&detect->owed, at);
	}
}

static uint32_t
most_urgent(const struct cs_detect *detect)
{
	uint32_t best = cs_owed_none;
	uint64_t best_ns = UINT64_MAX;
	for (unsigned i = 0; i < detect->policy->excuse_n; i++) {
		uint32_t first = detect->owed.queue[i].first;
		if (first == cs_owed_none)
			continue;
		uint64_t settled = cs_coverage_settled(detect->coverage, detect->policy->excuse[i].proof.link);
		if (detect->owed.at[first].deadline_ns >= detect->now_ns)
			continue;
		uint64_t deadline = due_ns(detect, first);
		if (deadline >= detect->now_ns || deadline > settled || deadline >= best_ns)
			continue;
		best = first;
		best_ns = deadline;
	}
	return best;
}

void
cs_excuse_advance(struct cs_detect *detect)
{
	if (!detect->owes || !detect->owed.used_n)
		return;
	for (uint32_t at = most_urgent(detect); at != cs_owed_none; at = most_urgent(detect)) {
		detect->counts.expect[detect->owed.at[at].expect].waiting_excused--;
		give_up(detect, at);
		cs_owed_remove(&detect->owed, at);
	}
}

void
cs_excuse_finish(struct cs_detect *detect)
{
	cs_excuse_advance(detect);
}
