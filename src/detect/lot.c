/*
 * Batches: the sum of all claims of a batch against the sum of all its proofs, however many rows each side has: one statement
 * entry for the payments of a batch, or a payment that was booked in parts.
 *
 * A batch begins with its first row, from whichever side, and is judged when the time of its expectation is over since then: sums
 * that agree before that may still grow. Its claims are decided together. Where rows were lost in that time, what does not fit
 * is unproven; a claim without a batch, or without an amount, is a finding: that must not be the way round. Memory is one table an expectation; when it is full the batch longest idle gives way, and its claims are unproven.
 */
#include "base/hash.h"
#include "detect/parts.h"
#include "state/key_table.h"

enum { LOTS_SHARE = 32, LOTS_MIN = 256, CLAIMS = 0, PROOFS = 1, SIDE_N = 2 };

CS_PADDING_NAMED_BEGIN
struct lot {
	struct cs_key_head head;
	uint64_t first_ns;
	uint64_t n[SIDE_N];
	int64_t sum[SIDE_N];
	bool strange[SIDE_N]; /* a sum past 64 bits, or a row without an amount */
	uint8_t pad[6];
	struct cs_event event[SIDE_N]; /* the newest row of each */
};

/* State is next_ns; the table has its own. */
struct cs_lots {
	uint64_t next_ns;
	struct cs_key_table table; /* cap 0: this expectation sums nothing */
};
CS_PADDING_NAMED_END

static const struct cs_outcome unproven_outcome = {CS_VERDICT_ALLOW, CS_SEVERITY_LOW};

static uint32_t
cap_of(const struct cs_policy *policy, unsigned nth)
{
	uint32_t cap = policy->link[policy->expect[nth].claim.link].transactions_cap / LOTS_SHARE;
	return cap < LOTS_MIN ? LOTS_MIN : cap;
}

static bool
any_summed(const struct cs_policy *policy)
{
	for (unsigned i = 0; i < policy->expect_n; i++)
		if (policy->expect[i].summed)
			return true;
	return false;
}

size_t
cs_lots_bytes(const struct cs_policy *policy)
{
	size_t bytes = any_summed(policy) ? (policy->expect_n * sizeof(struct cs_lots) + 15) / 16 * 16 : 0;
	for (unsigned i = 0; i < policy->expect_n; i++)
		if (policy->expect[i].summed)
			bytes += cs_key_table_bytes(cap_of(policy, i), sizeof(struct lot));
	return bytes;
}

enum cs_error
cs_lots_init(struct cs_detect *detect)
{
	const struct cs_policy *policy = detect->policy;
	if (!any_summed(policy))
		return CS_OK;
	detect->lots = cs_arena_take(&detect->arena, policy->expect_n * sizeof *detect->lots);
	if (!detect->lots)
		return CS_E_MEMORY;
	for (unsigned i = 0; i < policy->expect_n; i++) {
		struct cs_lots *lots = &detect->lots[i];
		lots->next_ns = UINT64_MAX;
		if (!policy->expect[i].summed)
			continue;
		lots->table.cap = cap_of(policy, i);
		lots->table.record_bytes = sizeof(struct lot);
		CS_TRY(cs_key_table_init(&lots->table, &detect->arena));
	}
	return CS_OK;
}

void
cs_lots_regions(struct cs_detect *detect, struct cs_regions *regions)
{
	for (unsigned i = 0; i < detect->policy->expect_n; i++) {
		if (!detect->policy->expect[i].summed)
			continue;
		cs_regions_add(regions, &detect->lots[i].next_ns, sizeof detect->lots[i].next_ns);
		cs_key_table_regions(&detect->lots[i].table, regions);
	}
}

/* A batch: the fields it is told by, and its currency. */
static bool
key_of(const struct cs_expect *expect, const struct cs_event *event, struct cs_key *out)
{
	const struct cs_rung *rung = &expect->rung[0];
	uint64_t identity[2] = {1, 2};
	for (unsigned i = 0; i < rung->n; i++) {
		if (!cs_event_has(event, rung->field[i]))
			return false;
		struct cs_span text = {(const uint8_t *)event->text[rung->field[i]].at, CS_SHORT_BYTES};
		for (unsigned k = 0; k < 2; k++)
			identity[k] = cs_hash_bytes(text, identity[k]);
	}
	if (cs_event_has(event, CS_FIELD_AMOUNT))
		identity[0] = cs_hash_mix(identity[0], cs_money_currency(cs_event_money(event, CS_FIELD_AMOUNT)));
	*out = cs_key_of(identity, 0);
	return true;
}

static uint64_t
deadline_of(const struct cs_detect *detect, const struct cs_expect *expect, const struct lot *lot)
{
	return cs_calendar_after(expect->calendar, lot->first_ns, expect->within_ns) + detect->policy->skew_ns;
}

static void
say(struct cs_detect *detect, unsigned nth, const struct lot *lot, uint64_t lost)
{
	const struct cs_expect *expect = &detect->policy->expect[nth];
	const struct cs_event *claim = &lot->event[CLAIMS];
	enum cs_reason reason = lot->n[PROOFS] ? CS_REASON_AMOUNT_DIFFERS : CS_REASON_PROOF_MISSING;
	uint16_t currency = cs_money_currency(cs_event_money(claim, CS_FIELD_AMOUNT));
	struct cs_finding finding;
	cs_explain_begin(detect, &finding, lost ? CS_REASON_UNPROVEN : reason,
			 lost ? &unproven_outcome : &expect->otherwise);
	finding.expectation = expect->name;
	cs_explain_add(&finding, CS_ROLE_CLAIM, claim);
	cs_explain_add(&finding, CS_ROLE_PROOF, lot->n[PROOFS] ? &lot->event[PROOFS] : NULL);
	cs_explain_sight(&finding, (struct cs_sight){lost == 0, lost});
	struct cs_text text = cs_explain_detail(&finding);
	const struct cs_selector *const side[SIDE_N] = {&expect->claim, &expect->proof};
	for (unsigned i = 0; i < SIDE_N; i++) {
		cs_text_put(&text, i ? ", on " : "on ");
		cs_text_put(&text, detect->policy->link[side[i]->link].name);
		cs_text_put(&text, " ");
		cs_text_put_u64(&text, lot->n[i]);
		cs_text_put(&text, lot->n[i] == 1 ? " row of " : " rows of ");
		cs_money_put(&text, cs_money_of(lot->sum[i], currency));
	}
	cs_explain_tell(detect, &finding);
}

/* A claim that names no batch: else leaving it out would be the way round this expectation. */
static void
say_alone(struct cs_detect *detect, unsigned nth, const struct cs_event *claim)
{
	const struct cs_expect *expect = &detect->policy->expect[nth];
	struct cs_finding finding;
	cs_explain_begin(detect, &finding, CS_REASON_VALUE_MISSING, &expect->otherwise);
	finding.expectation = expect->name;
	cs_explain_add(&finding, CS_ROLE_CLAIM, claim);
	struct cs_text text = cs_explain_detail(&finding);
	cs_text_put(&text, "it names no batch");
	cs_explain_tell(detect, &finding);
}

static bool
adds_up(const struct lot *lot)
{
	return lot->n[PROOFS] && !lot->strange[CLAIMS] && !lot->strange[PROOFS] && lot->sum[CLAIMS] == lot->sum[PROOFS];
}

static void
judge(struct cs_detect *detect, unsigned nth, struct lot *lot, bool forced)
{
	const struct cs_expect *expect = &detect->policy->expect[nth];
	struct cs_expect_counts *counts = &detect->counts.expect[nth];
	uint64_t from_ns = lot->first_ns, to_ns = deadline_of(detect, expect, lot), n = lot->n[CLAIMS];
	bool agrees = adds_up(lot);
	counts->waiting -= n;
	counts->proven += agrees ? n : 0;
	if (!n || agrees)
		return;
	uint64_t lost = cs_coverage_lost(detect->coverage, expect->proof.link, CS_DIR_TO_PORT, from_ns, to_ns);
	if (!lost)
		lost = cs_coverage_lost(detect->coverage, expect->claim.link, CS_DIR_TO_PORT, from_ns, to_ns);
	lost = forced || lot->strange[PROOFS] ? UINT64_MAX : lost;
	counts->unproven += lost ? n : 0;
	counts->contradicted += !lost && lot->n[PROOFS] ? n : 0;
	counts->forged += !lost && !lot->n[PROOFS] ? n : 0;
	say(detect, nth, lot, lost);
}

static struct lot *
lot_of(struct cs_detect *detect, unsigned nth, const struct cs_key *key)
{
	struct cs_key_table *table = &detect->lots[nth].table;
	struct cs_key_head *head = cs_key_table_find(table, key);
	if (!head)
		head = cs_key_table_enter(table, key);
	if (!head && (head = cs_key_table_victim(table, key->hash)) != NULL) {
		judge(detect, nth, (struct lot *)(void *)head, true);
		cs_key_table_drop(table, head);
		head = cs_key_table_enter(table, key);
	}
	return (struct lot *)(void *)head;
}

static bool
is_copy(const struct cs_expect *expect, const struct cs_view *view, unsigned side)
{
	bool excused = side == PROOFS;
	for (unsigned i = 0; i < expect->unless_n; i++)
		excused = excused || expect->unless[i].kind == CS_UNLESS_DUPLICATE;
	return view->copy && excused;
}

static void
take(struct cs_detect *detect, unsigned nth, const struct cs_view *view, unsigned side)
{
	const struct cs_expect *expect = &detect->policy->expect[nth];
	struct cs_expect_counts *counts = &detect->counts.expect[nth];
	const struct cs_event *event = view->event;
	bool copy = is_copy(expect, view, side), known;
	struct cs_key key;
	counts->claims += side == CLAIMS;
	counts->duplicate += side == CLAIMS && copy;
	if (copy)
		return;
	known = key_of(expect, event, &key);
	struct lot *lot = known ? lot_of(detect, nth, &key) : NULL;
	if (!lot) {
		if (side == CLAIMS && !known)
			say_alone(detect, nth, event);
		counts->contradicted += side == CLAIMS && !known;
		counts->unproven += side == CLAIMS && known; /* there is no room */
		return;
	}
	if (!lot->n[CLAIMS] && !lot->n[PROOFS])
		lot->first_ns = event->origin.time_ns;
	lot->head.clock_ns = event->origin.time_ns;
	counts->waiting += side == CLAIMS;
	lot->n[side]++;
	lot->event[side] = *event;
	bool has = cs_event_has(event, CS_FIELD_AMOUNT);
	int64_t minor = has ? cs_money_minor(cs_event_money(event, CS_FIELD_AMOUNT)) : 0;
	bool over = __builtin_add_overflow(lot->sum[side], minor, &lot->sum[side]);
	lot->strange[side] = lot->strange[side] || !has || over;
	uint64_t deadline_ns = deadline_of(detect, expect, lot);
	if (deadline_ns < detect->lots[nth].next_ns)
		detect->lots[nth].next_ns = deadline_ns;
}

void
cs_lot_event(struct cs_detect *detect, struct cs_view *view)
{
	if (!detect->lots || view->event->kind != CS_KIND_RECORD)
		return;
	for (unsigned i = 0; i < detect->policy->expect_n; i++) {
		const struct cs_expect *expect = &detect->policy->expect[i];
		if (!expect->summed)
			continue;
		if (cs_match_takes(&expect->claim, view->event))
			take(detect, i, view, CLAIMS);
		else if (cs_match_takes(&expect->proof, view->event))
			take(detect, i, view, PROOFS);
	}
}

/* How far all is seen that the expectation asks for. */
static uint64_t
reached_of(const struct cs_detect *detect, const struct cs_expect *expect)
{
	uint64_t claims_ns = cs_coverage_settled(detect->coverage, expect->claim.link);
	uint64_t proofs_ns = cs_coverage_settled(detect->coverage, expect->proof.link);
	uint64_t settled_ns = claims_ns < proofs_ns ? claims_ns : proofs_ns;
	return settled_ns < detect->now_ns ? settled_ns : detect->now_ns;
}

static void
look(struct cs_detect *detect, unsigned nth, uint64_t reached_ns)
{
	struct cs_lots *lots = &detect->lots[nth];
	lots->next_ns = UINT64_MAX;
	for (uint32_t i = 0; i < lots->table.fresh; i++) {
		struct lot *lot = (struct lot *)(void *)(lots->table.at + (size_t)i * lots->table.record_bytes);
		if (!cs_key_in_use(&lot->head))
			continue;
		uint64_t deadline_ns = deadline_of(detect, &detect->policy->expect[nth], lot);
		if (deadline_ns <= reached_ns) {
			judge(detect, nth, lot, false);
			cs_key_table_drop(&lots->table, &lot->head);
		} else if (deadline_ns < lots->next_ns) {
			lots->next_ns = deadline_ns;
		}
	}
}

void
cs_lot_advance(struct cs_detect *detect)
{
	for (unsigned i = 0; detect->lots && i < detect->policy->expect_n; i++) {
		uint64_t reached_ns = reached_of(detect, &detect->policy->expect[i]);
		if (detect->policy->expect[i].summed && detect->lots[i].next_ns <= reached_ns)
			look(detect, i, reached_ns);
	}
}

void
cs_lots_open(const struct cs_detect *detect, unsigned nth, const struct cs_detect_opener *opener)
{
	const struct cs_key_table *table = detect->lots ? &detect->lots[nth].table : NULL;
	for (uint32_t i = 0; table && i < table->fresh; i++) {
		const struct lot *lot = (const struct lot *)(const void *)(table->at + (size_t)i * table->record_bytes);
		if (!cs_key_in_use(&lot->head) || !lot->n[CLAIMS] || adds_up(lot))
			continue;
		opener->open(opener->context,
			     &(struct cs_detect_open){
				     .expect = nth,
				     .claim = &lot->event[CLAIMS],
				     .claim_ns = lot->first_ns,
				     .deadline_ns = deadline_of(detect, &detect->policy->expect[nth], lot),
				     .row_n = lot->n[CLAIMS],
				     .minor = lot->sum[CLAIMS],
			     });
	}
}
