/*
 * Claims need proofs: the heart of the project.
 *
 * Each event that an expectation's claim selector takes is decided once: proven, contradicted, forged, unproven,
 * excused, a duplicate, or still waiting when the input ends; the counts add up. It is decided at once when its proof
 * is there (or contradicts it); otherwise when everything the issuer's link showed up to the claim's time (and the
 * clocks' difference) is delivered or declared lost. Decisions of one expectation come in the order of its claims, but for
 * records that claim: those are decided as soon as a record that proves is there (wake.c).
 *
 * Invariant: a waiting claim leans on an entry of its link's transactions, which is not dropped before it is decided.
 * Whether a gap could hide a proof is asked of sight.c, whether values agree of agree.c, debts are excuse.c's.
 */
#include "detect/parts.h"

enum { RESENT_LOOK_BACK_S = 120 };

static const struct cs_outcome unproven_outcome = {CS_VERDICT_ALLOW, CS_SEVERITY_LOW};

struct claim {
	unsigned nth; /* of the expectation */
	const struct cs_expect *expect;
	const struct cs_pending *pending;
	const struct cs_event *pair[2];
	const struct cs_event *event;
	struct cs_query query;
};

/* A record does not prove itself. */
static uint64_t
claim_number(const struct cs_expect *expect, const struct cs_pending *pending)
{
	return expect->claim.link == expect->proof.link ? pending->number : cs_transaction_none;
}

static void
load_claim(const struct cs_detect *detect, unsigned nth, const struct cs_pending *pending, struct claim *out)
{
	const struct cs_expect *expect = &detect->policy->expect[nth];
	const struct cs_transactions *store = &detect->store[expect->claim.link];
	uint64_t skew_ns = detect->policy->skew_ns;
	uint64_t before_ns = expect->after ? skew_ns : expect->within_ns;
	*out = (struct claim){.nth = nth, .expect = expect, .pending = pending};
	cs_transactions_pair(store, cs_transactions_slot(store, pending->number), out->pair);
	out->event = out->pair[pending->by_request ? 1 : 0];
	CS_ASSERT(out->event);
	out->query = (struct cs_query){.proof = &expect->proof,
				       .expect = expect,
				       .join = detect->expecting[nth].join,
				       .join_n = expect->rung_n,
				       .pair = {out->pair[0], out->pair[1]},
				       .from_ns = pending->claim_ns > before_ns ? pending->claim_ns - before_ns : 0,
				       .to_ns = pending->deadline_ns,
				       .used_bit = UINT64_C(1) << nth,
				       .claim_number = claim_number(expect, pending)};
}

static void
begin(const struct cs_detect *detect, const struct claim *claim, const struct cs_match *match, enum cs_reason reason,
      struct cs_finding *finding)
{
	const struct cs_outcome *outcome = reason == CS_REASON_UNPROVEN ? &unproven_outcome : &claim->expect->otherwise;
	bool by_request = claim->pending->by_request;
	cs_explain_begin(detect, finding, reason, outcome);
	finding->expectation = claim->expect->name;
	cs_explain_add(finding, CS_ROLE_CLAIM, claim->event);
	cs_explain_add(finding, CS_ROLE_CLAIM_REQUEST, by_request ? NULL : claim->pair[1]);
	if (match->proof != match->pair[1])
		cs_explain_add(finding, CS_ROLE_PROOF_REQUEST, match->pair[1]);
	cs_explain_add(finding, CS_ROLE_PROOF, match->proof);
}

static void
contradict(struct cs_detect *detect, const struct claim *claim, const struct cs_match *match, enum cs_reason reason)
{
	struct cs_finding finding;
	begin(detect, claim, match, reason, &finding);
	struct cs_text text = cs_explain_detail(&finding);
	const struct cs_selector *proof = &claim->expect->proof;
	if (match->proof->kind == CS_KIND_RECORD && !cs_event_has(match->proof, CS_FIELD_RESPONSE_CODE)) {
		cs_text_put(&text, "what ");
		cs_text_put(&text, detect->policy->link[proof->link].name);
		cs_text_put(&text, " has is not: ");
		cs_text_put(&text, cs_condition_text(proof->where));
	} else {
		cs_explain_values(detect->policy, &text, CS_FIELD_RESPONSE_CODE, claim->pair,
				  (const struct cs_event *const[2]){match->proof, NULL});
	}
	detect->counts.expect[claim->nth].contradicted++;
	cs_explain_tell(detect, &finding);
}

/* Every differing value is told, the first gives the reason. */
static void
disagree(struct cs_detect *detect, const struct claim *claim, const struct cs_match *match,
	 const struct cs_disagreement *first)
{
	const struct cs_expect *expect = claim->expect;
	struct cs_finding finding;
	begin(detect, claim, match, first->reason, &finding);
	struct cs_text text = cs_explain_detail(&finding);
	for (unsigned i = 0; i < expect->agree_n; i++) {
		struct cs_expect one = *expect;
		struct cs_disagreement found;
		one.agree_n = 1;
		one.agree[0] = expect->agree[i];
		if (!cs_agree_check(&one, claim->pair, match->pair, &found))
			continue;
		if (text.len)
			cs_text_put(&text, "; ");
		cs_explain_values(detect->policy, &text, found.field, claim->pair, match->pair);
	}
	detect->counts.expect[claim->nth].contradicted++;
	cs_explain_tell(detect, &finding);
}

static void
consume(struct cs_detect *detect, const struct claim *claim, const struct cs_match *match)
{
	struct cs_transactions *store = &detect->store[claim->expect->proof.link];
	store->hot[cs_transactions_slot(store, match->number)].consumed |= claim->query.used_bit;
}

/* The proof was seen: it bears the claim out, or says otherwise. */
static bool
proved(struct cs_detect *detect, const struct claim *claim, const struct cs_match *match)
{
	struct cs_disagreement first;
	consume(detect, claim, match);
	if (match->score == CS_SCORE_AGREES || cs_beside_charged(detect, claim->nth, &claim->query, match)) {
		detect->counts.expect[claim->nth].proven++;
		return true;
	}
	bool differs = cs_agree_check(claim->expect, claim->pair, match->pair, &first);
	CS_ASSERT(differs);
	disagree(detect, claim, match, &first);
	return false;
}

static enum cs_reason
missing_reason(const struct claim *claim, const struct cs_match *match)
{
	if (match->score == CS_SCORE_USED)
		return CS_REASON_PROOF_USED_TWICE;
	if (claim->expect->after || !(claim->expect->proof.kinds & 1u << CS_KIND_RESPONSE))
		return CS_REASON_PROOF_MISSING;
	return match->score == CS_SCORE_NONE ? CS_REASON_NO_ISSUER_REQUEST : CS_REASON_AHEAD_OF_ISSUER;
}

/* Where records prove, no issuer is spoken of. */
static void
put_missing_record(struct cs_text *text, const char *name, const struct claim *claim, const struct cs_match *match)
{
	uint64_t claim_ns = claim->pending->claim_ns;
	uint64_t proof_ns = match->proof ? match->proof->origin.time_ns : claim_ns;
	if (match->score == CS_SCORE_NONE) {
		cs_text_put(text, "no matching record on ");
		cs_text_put(text, name);
		cs_text_put(text, " within ");
		cs_text_put_duration(text, claim->expect->within_ns);
		cs_text_put(text, claim->expect->after ? " after it" : " before it");
		return;
	}
	cs_text_put(text, "its record on ");
	cs_text_put(text, name);
	if (match->score == CS_SCORE_USED) {
		cs_text_put(text, " has borne out an earlier one already");
		return;
	}
	cs_text_put(text, " came ");
	cs_text_put_duration(text, cs_since_minus(proof_ns, claim_ns));
	cs_text_put(text, " later");
}

static void
put_missing(struct cs_text *text, const struct claim *claim, const struct cs_match *match)
{
	if (match->score == CS_SCORE_NONE) {
		cs_text_put(text, "no matching message on the issuer's link within ");
		cs_text_put_duration(text, claim->expect->within_ns);
		return;
	}
	if (match->score == CS_SCORE_OPEN) {
		cs_text_put(text, "the issuer was asked and had not answered");
		return;
	}
	if (match->score == CS_SCORE_USED) {
		cs_text_put(text, "the issuer's authorisation had already proven an earlier approval");
		return;
	}
	cs_text_put(text, "the issuer answered ");
	cs_text_put_duration(text, match->proof->origin.time_ns - claim->pending->claim_ns);
	cs_text_put(text, " later");
}

/* Bit per excuse that holds for a claim, and how sure that is. */
struct excuses {
	uint32_t mask;
	struct cs_sight sight;
};

static const struct excuses no_excuses = {0, {true, 0}};

/* They hold only if something was lost. */
static struct excuses
if_lost(uint32_t mask, uint64_t lost_bytes)
{
	return lost_bytes ? (struct excuses){mask, {false, lost_bytes}} : no_excuses;
}

/* Bytes of LINK lost within RESENT_LOOK_BACK_S before TIME_NS. */
static uint64_t
lost_lately(const struct cs_detect *detect, unsigned link, uint64_t time_ns)
{
	uint64_t begin_ns = cs_coverage_begin(detect->coverage, link);
	uint64_t from_ns = cs_since_minus(time_ns, RESENT_LOOK_BACK_S * cs_second_ns);
	return cs_sight_lost_both(detect, link, from_ns > begin_ns ? from_ns : begin_ns, time_ns);
}

/* What we see of an answer may be its repetition, and the first one lost: since when that could have been. */
static uint64_t
earliest_ns(const struct claim *claim, const struct cs_match *match)
{
	uint64_t claim_ns = claim->pending->claim_ns;
	const struct cs_event *asked = claim->pair[1] ? claim->pair[1] : match->pair[1];
	uint64_t from_ns = asked ? asked->origin.time_ns : claim->query.from_ns;
	return claim->pending->by_request || from_ns > claim_ns ? claim_ns : from_ns;
}

/* Where taps lose packets, some message is seen only when TCP sends it again: the claim, or what excuses it, was then up to
 * cs_resent_ns sooner than we saw it. */
static struct excuses
excuses_of_resent(const struct cs_detect *detect, const struct claim *claim)
{
	uint64_t claim_ns = claim->pending->claim_ns;
	uint32_t mask = cs_excuse_mask(detect, claim->expect, claim_ns + cs_resent_ns) |
			cs_excuse_mask(detect, claim->expect, cs_since_minus(claim_ns, cs_resent_ns));
	if (!mask)
		return no_excuses;
	uint64_t claims = lost_lately(detect, claim->expect->claim.link, claim_ns);
	uint64_t proofs = lost_lately(detect, claim->expect->proof.link, claim_ns);
	return if_lost(mask, claims > proofs ? claims : proofs);
}

/* Excuses that hold if the claim was given sooner than we saw it. */
static struct excuses
excuses_of_lost(const struct cs_detect *detect, const struct claim *claim, const struct cs_match *match)
{
	uint64_t claim_ns = claim->pending->claim_ns, from_ns = earliest_ns(claim, match);
	uint64_t open_ns = match->proof ? match->proof->origin.time_ns - 1 : claim_ns;
	if (from_ns == claim_ns)
		return no_excuses;
	uint32_t mask = cs_excuse_mask(detect, claim->expect, from_ns) |
			cs_excuse_unanswered(detect, claim->expect, &claim->query, match, open_ns);
	if (!mask)
		return no_excuses;
	return if_lost(mask, cs_sight_lost(detect, claim->expect->claim.link, false, from_ns, claim_ns));
}

/* An answer of the issuer whose request was not seen: could that have been lost? */
static struct cs_sight
sight_of_asking(const struct cs_detect *detect, const struct claim *claim, const struct cs_match *match)
{
	if (!match->proof || match->pair[1])
		return (struct cs_sight){true, 0};
	uint64_t from_ns = earliest_ns(claim, match), to_ns = match->proof->origin.time_ns;
	uint64_t lost =
		cs_sight_lost(detect, claim->expect->proof.link, true, from_ns < to_ns ? from_ns : to_ns, to_ns);
	return (struct cs_sight){lost == 0, lost};
}

/* What the issuer's link told since (its clock may be behind) counts too. */
static struct excuses
excuses_of(const struct cs_detect *detect, const struct claim *claim, const struct cs_match *match)
{
	uint64_t claim_ns = claim->pending->claim_ns;
	uint32_t mask = claim->pending->excuses | cs_excuse_mask(detect, claim->expect, claim_ns) |
			cs_excuse_unanswered(detect, claim->expect, &claim->query, match, claim_ns);
	return mask ? (struct excuses){mask, sight_of_asking(detect, claim, match)}
		    : excuses_of_lost(detect, claim, match);
}

static void
excuse(struct cs_detect *detect, const struct claim *claim, uint32_t excuses, struct cs_sight sight)
{
	struct cs_excused excused = {claim->pending, claim->nth, {claim->pair[0], claim->pair[1]}, sight};
	cs_excuse_grant(detect, &excused, (unsigned)__builtin_ctz(excuses));
}

enum stand_in { STOOD_NOT, STOOD_IN, STOOD_PERHAPS };

/* The switch had given up waiting, and the issuer's own answer came after the claim (within the clocks' difference), or
 * after one that was lost; which is known only once the claim's link is settled as far. */
static enum stand_in
stood_in(struct cs_detect *detect, const struct claim *claim, const struct cs_match *match, bool final)
{
	struct excuses excuses = excuses_of(detect, claim, match);
	bool behind = match->proof->origin.time_ns > claim->pending->claim_ns;
	if (!excuses.mask || (excuses.sight.complete && !behind))
		return STOOD_NOT;
	if (excuses.sight.lost_bytes == UINT64_MAX && !final)
		return STOOD_PERHAPS;
	excuse(detect, claim, excuses.mask, excuses.sight);
	return STOOD_IN;
}

static void
missing(struct cs_detect *detect, const struct claim *claim, const struct cs_match *match)
{
	struct cs_expect_counts *counts = &detect->counts.expect[claim->nth];
	struct cs_sight sight = cs_sight_of(detect, claim->expect, &claim->query, match);
	struct excuses excuses = excuses_of(detect, claim, match);
	if (!excuses.mask)
		excuses = excuses_of_resent(detect, claim);
	if (excuses.mask && match->score != CS_SCORE_USED) {
		excuse(detect, claim, excuses.mask, excuses.sight.complete ? sight : excuses.sight);
		return;
	}
	if (cs_beside_stands(detect, claim->nth, &claim->query)) {
		counts->excused++;
		return;
	}
	uint64_t hidden = cs_beside_lost(detect, &claim->query);
	if (sight.complete && match->score == CS_SCORE_NONE && hidden)
		sight = (struct cs_sight){false, hidden};
	hidden = cs_excuse_hidden(detect, claim->expect, claim->pending->asked_ns, claim->pending->deadline_ns);
	if (sight.complete && match->score == CS_SCORE_NONE && hidden)
		sight = (struct cs_sight){false, hidden};
	struct cs_finding finding;
	begin(detect, claim, match, sight.complete ? missing_reason(claim, match) : CS_REASON_UNPROVEN, &finding);
	cs_explain_sight(&finding, sight);
	struct cs_text text = cs_explain_detail(&finding);
	const struct cs_link *proof = &detect->policy->link[claim->expect->proof.link];
	if (proof->row)
		put_missing_record(&text, proof->name, claim, match);
	else
		put_missing(&text, claim, match);
	if (sight.complete)
		counts->forged++;
	else
		counts->unproven++;
	cs_explain_tell(detect, &finding);
	if (sight.complete && !claim->pending->by_request)
		cs_speed_claim(detect, claim->event, claim->pair[1]);
}

/* When nothing more can come that would have to be considered. Nothing on its own link matters to a record. */
static bool
is_final(const struct cs_detect *detect, const struct cs_expect *expect, const struct cs_pending *pending)
{
	return detect->now_ns >= pending->deadline_ns &&
	       (detect->policy->link[expect->claim.link].row ||
		cs_coverage_settled(detect->coverage, expect->claim.link) >= pending->claim_ns) &&
	       cs_coverage_settled(detect->coverage, expect->proof.link) >= pending->deadline_ns &&
	       cs_beside_settled(detect, expect, pending->deadline_ns);
}

/* What a look at a claim brought. */
struct look {
	bool decided;
	bool proven;     /* its proof was found */
	bool unanswered; /* the issuer was asked, and has been silent about it for as long as an excuse grants */
};

/* What differs in its amount waits for charges that may still come. */
static bool
may_be_charged(const struct cs_detect *detect, const struct claim *claim, const struct cs_match *match)
{
	struct cs_disagreement first;
	return claim->expect->charges.kinds && cs_agree_check(claim->expect, claim->pair, match->pair, &first) &&
	       first.reason == CS_REASON_AMOUNT_DIFFERS && !cs_beside_charged(detect, claim->nth, &claim->query, match);
}

static struct look
decide(struct cs_detect *detect, const struct claim *claim, bool final)
{
	struct cs_match match;
	cs_match_find(detect, &claim->query, &match);
	uint64_t claim_ns = claim->pending->claim_ns;
	bool unanswered = cs_excuse_unanswered(detect, claim->expect, &claim->query, &match, claim_ns) != 0;
	bool differs = match.score == CS_SCORE_REFUSED || match.score == CS_SCORE_PROOF;
	enum stand_in stood = differs ? stood_in(detect, claim, &match, final) : STOOD_NOT;
	if (stood != STOOD_NOT)
		return (struct look){stood == STOOD_IN, false, unanswered};
	if (match.score == CS_SCORE_PROOF && !final && may_be_charged(detect, claim, &match))
		return (struct look){false, false, unanswered};
	if (match.score >= CS_SCORE_PROOF)
		return (struct look){true, proved(detect, claim, &match), false};
	if (match.score == CS_SCORE_REFUSED) {
		bool spoke = match.proof->kind != CS_KIND_RECORD || cs_event_has(match.proof, CS_FIELD_RESPONSE_CODE);
		bool declined = spoke && !(match.proof->flags & CS_FLAG_APPROVED);
		contradict(detect, claim, &match, declined ? CS_REASON_ISSUER_DECLINED : CS_REASON_VALUE_DIFFERS);
		return (struct look){true, false, false};
	}
	if (final)
		missing(detect, claim, &match);
	return (struct look){final, false, unanswered};
}

static uint32_t *
waiting_of(struct cs_detect *detect, unsigned nth, const struct cs_pending *pending)
{
	struct cs_transactions *store = &detect->store[detect->policy->expect[nth].claim.link];
	return &store->hot[cs_transactions_slot(store, pending->number)].waiting;
}

/* Decided before its time, for want of room. One that is younger than needed counts when its entry is dropped; an older
 * one, which waits for a silent link, counts here. */
static void
note_forced(struct cs_detect *detect, const struct claim *claim)
{
	struct cs_transactions *store = &detect->store[claim->expect->claim.link];
	if (!is_final(detect, claim->expect, claim->pending) &&
	    claim->pending->claim_ns + store->needed_ns <= detect->now_ns)
		store->evicted_n++;
}

/* The oldest that waits is one that is not decided. */
static void
pass_decided(struct cs_expecting *expecting)
{
	while (expecting->head < expecting->tail && expecting->at[expecting->head % expecting->cap].decided)
		expecting->head++;
}

static void
decide_oldest(struct cs_detect *detect, unsigned nth)
{
	struct cs_expecting *expecting = &detect->expecting[nth];
	const struct cs_pending *pending = &expecting->at[expecting->head % expecting->cap];
	struct claim claim;
	CS_ASSERT(expecting->head < expecting->tail);
	load_claim(detect, nth, pending, &claim);
	note_forced(detect, &claim);
	detect->counts.expect[nth].waiting--;
	struct look look = decide(detect, &claim, true);
	CS_ASSERT(look.decided);
	(*waiting_of(detect, nth, pending))--;
	expecting->head++;
	pass_decided(expecting);
}

bool
cs_expect_now(struct cs_detect *detect, unsigned nth, uint64_t at)
{
	struct cs_expecting *expecting = &detect->expecting[nth];
	struct cs_pending *pending = &expecting->at[at % expecting->cap];
	struct claim claim;
	load_claim(detect, nth, pending, &claim);
	if (!decide(detect, &claim, false).decided)
		return false;
	pending->decided = true;
	detect->counts.expect[nth].waiting--;
	(*waiting_of(detect, nth, pending))--;
	pass_decided(expecting);
	return true;
}

static void
keep_waiting(struct cs_detect *detect, unsigned nth, const struct cs_pending *pending)
{
	struct cs_expecting *expecting = &detect->expecting[nth];
	if (expecting->tail - expecting->head == expecting->cap)
		decide_oldest(detect, nth);
	struct cs_pending *slot = &expecting->at[expecting->tail % expecting->cap];
	*slot = *pending;
	expecting->tail++;
	detect->counts.expect[nth].waiting++;
	(*waiting_of(detect, nth, pending))++;
	if (slot->deadline_ns < detect->next_ns)
		detect->next_ns = slot->deadline_ns;
}

static bool
is_duplicate(const struct cs_expect *expect, const struct cs_view *view)
{
	if (view->answer != CS_ANSWER_DUPLICATE && !view->copy)
		return false;
	/* A request sent again is no new claim. */
	if (!view->copy && cs_family_asks(view->event->kind))
		return true;
	for (unsigned i = 0; i < expect->unless_n; i++)
		if (expect->unless[i].kind == CS_UNLESS_DUPLICATE)
			return true;
	return false;
}

static void
take_claim(struct cs_detect *detect, unsigned nth, struct cs_view *view)
{
	const struct cs_expect *expect = &detect->policy->expect[nth];
	struct cs_expect_counts *counts = &detect->counts.expect[nth];
	uint64_t time_ns = view->event->origin.time_ns;
	counts->claims++;
	if (is_duplicate(expect, view)) {
		counts->duplicate++;
		return;
	}
	struct cs_pending pending = {
		.number = view->number,
		.claim_ns = time_ns,
		.deadline_ns = detect->policy->skew_ns +
			       cs_calendar_after(expect->calendar, time_ns, expect->after ? expect->within_ns : 0),
		.order = detect->order++,
		.asked_ns = detect->pace[expect->proof.link].asked_ns,
		.excuses = cs_excuse_mask(detect, expect, time_ns),
		.by_request = cs_family_asks(view->event->kind)};
	struct claim claim;
	load_claim(detect, nth, &pending, &claim);
	uint64_t forged_n = counts->forged;
	struct look look = decide(detect, &claim, is_final(detect, expect, &pending));
	view->proven = view->proven || look.proven;
	view->excusable = view->excusable || pending.excuses || look.unanswered;
	/* A missing proof was told with all that goes with it; so it will be with a claim that waits. */
	view->waiting = view->waiting || !look.decided || counts->forged != forged_n;
	if (!look.decided)
		keep_waiting(detect, nth, &pending);
}

void
cs_expect_event(struct cs_detect *detect, struct cs_view *view)
{
	if (view->number == cs_transaction_none)
		return;
	for (unsigned i = 0; i < detect->policy->expect_n; i++)
		if (!detect->policy->expect[i].summed && cs_match_takes(&detect->policy->expect[i].claim, view->event))
			take_claim(detect, i, view);
	if (view->event->kind == CS_KIND_RECORD)
		cs_wake_event(detect, view);
}

/* The expectation whose oldest claim is due first; expect_n when none is. */
static unsigned
most_urgent(const struct cs_detect *detect)
{
	unsigned best = detect->policy->expect_n;
	uint64_t best_ns = UINT64_MAX, best_order = UINT64_MAX;
	for (unsigned i = 0; i < detect->policy->expect_n; i++) {
		const struct cs_expecting *expecting = &detect->expecting[i];
		if (expecting->head == expecting->tail)
			continue;
		const struct cs_pending *oldest = &expecting->at[expecting->head % expecting->cap];
		if (!is_final(detect, &detect->policy->expect[i], oldest))
			continue;
		if (oldest->deadline_ns > best_ns || (oldest->deadline_ns == best_ns && oldest->order > best_order))
			continue;
		best = i;
		best_ns = oldest->deadline_ns;
		best_order = oldest->order;
	}
	return best;
}

void
cs_expect_advance(struct cs_detect *detect)
{
	for (unsigned i = most_urgent(detect); i < detect->policy->expect_n; i = most_urgent(detect))
		decide_oldest(detect, i);
}

void
cs_expect_force(struct cs_detect *detect, unsigned link)
{
	struct cs_transactions *store = &detect->store[link];
	const struct cs_transaction *oldest = &store->hot[cs_transactions_slot(store, store->tail)];
	for (unsigned i = 0; i < detect->policy->expect_n; i++) {
		struct cs_expecting *expecting = &detect->expecting[i];
		if (detect->policy->expect[i].claim.link != link)
			continue;
		while (oldest->waiting && expecting->head < expecting->tail)
			decide_oldest(detect, i);
	}
}

/* At the end nothing more comes: what was settled is decided, and a proof that is there is taken. */
void
cs_expect_finish(struct cs_detect *detect)
{
	cs_expect_advance(detect);
	for (unsigned i = 0; i < detect->policy->expect_n; i++) {
		struct cs_expecting *expecting = &detect->expecting[i];
		for (; expecting->head < expecting->tail; expecting->head++) {
			const struct cs_pending *pending = &expecting->at[expecting->head % expecting->cap];
			struct claim claim;
			if (pending->decided)
				continue;
			load_claim(detect, i, pending, &claim);
			if (decide(detect, &claim, false).decided)
				detect->counts.expect[i].waiting--;
			(*waiting_of(detect, i, pending))--;
		}
	}
}
