/*
 * The detectors as one table, the state they share, and the way of an event through them.
 *
 * An event first finds its place (its transaction on its link), then every row of the table looks at it, in the order
 * of the table; expectations come before the watches, which want to know whether a message is proven. Everything is
 * allocated in cs_detect_new by the plan of plan.c; afterwards nothing is. Pure: no clock, no I/O.
 */
#include "detect/carry.h"
#include "detect/parts.h"

#include <stdlib.h>

enum { DUPLICATE_WITHIN_S = 60, KEEP_S = 86400, AHEAD_S = 86400, FULL_TOLD_EVERY_S = 60 };

/* Event, time passing, end. Row order is the order of findings for one event. Rows become calls, not pointers: the
 * compiler sees through them, and the processor has nothing to guess. */
#define DETECTORS(X)                                                                                                   \
	X(cs_behave_limits, no_advance, no_finish)                                                                     \
	X(cs_session_event, no_advance, no_finish)                                                                     \
	X(cs_expect_event, cs_expect_advance, cs_expect_finish)                                                        \
	X(cs_excuse_event, cs_excuse_advance, cs_excuse_finish)                                                        \
	X(cs_answer_event, cs_answer_advance, cs_answer_finish)                                                        \
	X(cs_speed_event, no_advance, no_finish)                                                                       \
	X(cs_fingerprint_event, no_advance, no_finish)                                                                 \
	X(cs_approval_code_event, no_advance, no_finish)                                                               \
	X(cs_balance_event, no_advance, no_finish)                                                                     \
	X(cs_conserve_event, cs_conserve_advance, cs_conserve_finish)                                                  \
	X(cs_lot_event, cs_lot_advance, cs_lot_advance)                                                                \
	X(cs_statement_event, cs_statement_advance, cs_statement_finish)                                               \
	X(cs_pace_event, no_advance, no_finish)                                                                        \
	X(cs_behave_event, no_advance, no_finish)

static void
no_advance(struct cs_detect *detect)
{
	(void)detect;
}

static void
no_finish(struct cs_detect *detect)
{
	(void)detect;
}

/* Rows that no expectation names are not kept. */
static bool
has_store(const struct cs_policy *policy, unsigned link)
{
	return !policy->link[link].row || policy->link[link].paired;
}

static unsigned
events_of(const struct cs_policy *policy, unsigned link)
{
	return policy->link[link].row ? 1 : 2;
}

static size_t
aligned(size_t bytes)
{
	return (bytes + 15) / 16 * 16;
}

static size_t
state_bytes(const struct cs_policy *policy, const struct cs_plan *plan)
{
	size_t bytes = 0;
	for (unsigned i = 0; i < policy->link_n; i++)
		if (has_store(policy, i))
			bytes += cs_transactions_bytes(policy->link[i].transactions_cap, plan->join_n[i],
						       events_of(policy, i));
	for (unsigned i = 0; i < policy->expect_n; i++) {
		uint32_t cap = policy->link[policy->expect[i].claim.link].transactions_cap;
		bytes += aligned(cap * sizeof(struct cs_pending));
	}
	if (plan->owed_cap)
		bytes += cs_owed_bytes(plan->owed_cap);
	bytes += cs_learn_bytes(CS_FINGERPRINT_KEYS) + cs_learn_bytes(CS_HEADER_KEYS);
	bytes += aligned(CS_FINGERPRINT_KEYS * sizeof(struct cs_print_masks));
	bytes += aligned(sizeof(struct cs_preparing)) + aligned(sizeof(struct cs_suspects));
	bytes += cs_statements_bytes(policy) + cs_lots_bytes(policy);
	return bytes + cs_learn_bytes(CS_CODE_KEYS) + cs_learn_bytes(CS_BALANCE_KEYS);
}

size_t
cs_detect_bytes(const struct cs_policy *policy)
{
	struct cs_plan plan;
	if (cs_plan_make(policy, &plan) != CS_OK)
		return 0;
	return sizeof(struct cs_detect) + state_bytes(policy, &plan) + cs_behave_bytes(policy);
}

static enum cs_error
start_links(struct cs_detect *detect, const struct cs_plan *plan)
{
	for (unsigned i = 0; i < detect->policy->link_n; i++) {
		struct cs_transactions *store = &detect->store[i];
		if (!has_store(detect->policy, i))
			continue;
		store->cap = detect->policy->link[i].transactions_cap;
		store->event_n = events_of(detect->policy, i);
		store->join_n = plan->join_n[i];
		store->needed_ns = plan->needed_ns[i];
		store->keep_ns = KEEP_S * cs_second_ns;
		if (store->keep_ns < store->needed_ns)
			store->keep_ns = store->needed_ns;
		memcpy(store->join, plan->join[i], sizeof store->join);
		CS_TRY(cs_transactions_init(store, &detect->arena));
	}
	return CS_OK;
}

static void
link_excuses(struct cs_detect *detect, const struct cs_plan *plan, unsigned nth)
{
	const struct cs_expect *expect = &detect->policy->expect[nth];
	for (unsigned i = 0; i < expect->unless_n; i++) {
		if (expect->unless[i].kind != CS_UNLESS_EXCUSE)
			continue;
		unsigned excuse = expect->unless[i].excuse, n;
		const struct cs_excuse *row = &detect->policy->excuse[excuse];
		const struct cs_rung *rungs = cs_plan_rungs(expect, row, &n);
		for (unsigned k = 0; k < n; k++)
			detect->owed_join[nth][excuse][k] = cs_plan_join(plan, row->proof.link, &rungs[k]);
	}
}

static void
link_beside(struct cs_expecting *expecting, const struct cs_plan *plan, const struct cs_expect *expect)
{
	for (unsigned i = 0; i < expect->unless_n; i++) {
		unsigned n;
		const struct cs_rung *rungs = cs_expect_beside(expect, &expect->unless[i], &n);
		for (unsigned k = 0; expect->unless[i].kind == CS_UNLESS_RECORD && k < n; k++)
			expecting->beside[i][k] = cs_plan_join(plan, expect->unless[i].record.link, &rungs[k]);
	}
}

static enum cs_error
start_expects(struct cs_detect *detect, const struct cs_plan *plan)
{
	for (unsigned i = 0; i < detect->policy->expect_n; i++) {
		const struct cs_expect *expect = &detect->policy->expect[i];
		struct cs_expecting *expecting = &detect->expecting[i];
		expecting->cap = detect->policy->link[expect->claim.link].transactions_cap;
		expecting->at = cs_arena_take(&detect->arena, expecting->cap * sizeof *expecting->at);
		if (!expecting->at)
			return CS_E_MEMORY;
		for (unsigned k = 0; k < expect->rung_n; k++) {
			expecting->join[k] = cs_plan_join(plan, expect->proof.link, &expect->rung[k]);
			expecting->back[k] = cs_plan_join(plan, expect->claim.link, &expect->rung[k]);
		}
		link_beside(expecting, plan, expect);
		link_excuses(detect, plan, i);
	}
	detect->owes = plan->owed_cap > 0;
	return detect->owes ? cs_owed_init(&detect->owed, &detect->arena, plan->owed_cap) : CS_OK;
}

static enum cs_error
start_learners(struct cs_detect *detect)
{
	CS_TRY(cs_learn_init(&detect->fingerprints, &detect->arena, CS_FINGERPRINT_KEYS));
	CS_TRY(cs_learn_init(&detect->headers, &detect->arena, CS_HEADER_KEYS));
	CS_TRY(cs_learn_init(&detect->code_kinds, &detect->arena, CS_CODE_KEYS));
	CS_TRY(cs_learn_init(&detect->balances, &detect->arena, CS_BALANCE_KEYS));
	detect->masks = cs_arena_take(&detect->arena, CS_FINGERPRINT_KEYS * sizeof *detect->masks);
	detect->preparing = cs_arena_take(&detect->arena, sizeof *detect->preparing);
	detect->suspects = cs_arena_take(&detect->arena, sizeof *detect->suspects);
	return detect->masks && detect->preparing && detect->suspects ? CS_OK : CS_E_MEMORY;
}

static enum cs_error
start(struct cs_detect *detect)
{
	struct cs_plan plan;
	CS_TRY(cs_plan_make(detect->policy, &plan));
	CS_TRY(cs_arena_init(&detect->arena, state_bytes(detect->policy, &plan)));
	CS_TRY(start_links(detect, &plan));
	CS_TRY(start_expects(detect, &plan));
	CS_TRY(start_learners(detect));
	CS_TRY(cs_lots_init(detect));
	CS_TRY(cs_statements_init(detect));
	/* What was printed is what was taken. */
	CS_ASSERT(detect->arena.used_bytes == state_bytes(detect->policy, &plan));
	detect->behave = detect->policy->behave ? cs_behave_new(detect->policy) : NULL;
	return detect->behave || !detect->policy->behave ? CS_OK : CS_E_MEMORY;
}

struct cs_detect *
cs_detect_new(const struct cs_policy *policy, const struct cs_coverage *coverage, const struct cs_detect_sink *sink)
{
	struct cs_detect *detect = calloc(1, sizeof *detect);
	if (!detect)
		return NULL;
	detect->policy = policy;
	detect->coverage = coverage;
	detect->sink = *sink;
	detect->next_ns = UINT64_MAX;
	if (start(detect) != CS_OK) {
		cs_detect_free(detect);
		return NULL;
	}
	return detect;
}

void
cs_detect_free(struct cs_detect *detect)
{
	if (!detect)
		return;
	cs_behave_free(detect->behave);
	cs_arena_fini(&detect->arena);
	free(detect);
}

/* Entries that leave before their time are told once a minute for each link. */
static void
tell_full(struct cs_detect *detect, unsigned link)
{
	static const struct cs_outcome outcome = {CS_VERDICT_ALLOW, CS_SEVERITY_MEDIUM};
	const struct cs_transactions *store = &detect->store[link];
	detect->counts.evicted[link] = store->evicted_n;
	if (store->evicted_n == detect->full_told_n[link])
		return;
	bool told = detect->full_told_n[link] > 0;
	if (told && detect->now_ns < detect->full_told_ns[link] + FULL_TOLD_EVERY_S * cs_second_ns)
		return;
	detect->full_told_ns[link] = detect->now_ns;
	struct cs_finding finding;
	cs_explain_begin(detect, &finding, CS_REASON_STATE_FULL, &outcome);
	finding.link = (uint16_t)link;
	struct cs_text text = cs_explain_detail(&finding);
	const uint64_t n = store->evicted_n - detect->full_told_n[link];
	const char *what = cs_transactions_of_records(store) ? "record" : "transaction";
	cs_text_put_u64(&text, n);
	cs_text_put(&text, " ");
	cs_text_put(&text, what);
	cs_text_put(&text,
		    n == 1 ? " dropped before its time: raise `keep " : "s dropped before their time: raise `keep ");
	cs_text_put_u64(&text, store->cap);
	cs_text_put(&text, " ");
	cs_text_put(&text, what);
	cs_text_put(&text, "s`");
	detect->full_told_n[link] = store->evicted_n;
	cs_explain_tell(detect, &finding);
}

/* Nothing waits for the entry that the next one drops. */
static void
make_way(struct cs_detect *detect, unsigned link)
{
	const struct cs_transactions *store = &detect->store[link];
	if (cs_transactions_full(store) && store->hot[cs_transactions_slot(store, store->tail)].waiting)
		cs_expect_force(detect, link);
}

static uint64_t
add(struct cs_detect *detect, const struct cs_event *event)
{
	make_way(detect, event->link);
	return cs_transactions_add(&detect->store[event->link], event);
}

/* The very same row again is kept as evidence alone. */
static void
place_record(struct cs_detect *detect, struct cs_view *view)
{
	struct cs_transactions *store = &detect->store[view->event->link];
	if (!store->cap)
		return;
	view->copy = cs_transactions_copy(store, view->event) != cs_transaction_none;
	make_way(detect, view->event->link);
	view->number = cs_transactions_add_record(store, view->event, view->copy);
}

/* Both requests ask for the same sum on the same card. */
static bool
asks_same(const struct cs_event *a, const struct cs_event *b)
{
	static const enum cs_field asked[] = {CS_FIELD_AMOUNT, CS_FIELD_CARD};
	for (unsigned i = 0; i < sizeof asked / sizeof asked[0]; i++)
		if (cs_event_has(a, asked[i]) != cs_event_has(b, asked[i]) ||
		    (cs_event_has(a, asked[i]) && !cs_event_same(a, b, asked[i])))
			return false;
	return true;
}

/* A request sent again is the same request: byte for byte, or by its flag and what it asks for. Its flag alone is the
 * sender's word, and taken only where we lost the first one and saw nothing but its answer: otherwise a second payout
 * of another sum would pass as a duplicate of the first. */
static bool
is_repeat(const struct cs_transactions *store, uint32_t slot, const struct cs_event *request)
{
	bool flagged = request->flags & CS_FLAG_REPEAT;
	const struct cs_event *first = cs_transactions_request(store, slot);
	if (!(store->hot[slot].state & CS_ASKED))
		return flagged;
	return first->message_hash == request->message_hash || (flagged && asks_same(first, request));
}

/* It stood behind a hole, and its answer was read first. */
static bool
was_answered(const struct cs_transactions *store, uint32_t slot, const struct cs_event *request)
{
	const struct cs_transaction *hot = &store->hot[slot];
	return !(hot->state & CS_ASKED) && hot->response_ns >= request->origin.time_ns &&
	       hot->response_ns - request->origin.time_ns <= DUPLICATE_WITHIN_S * cs_second_ns;
}

static void
place_request(struct cs_detect *detect, struct cs_view *view)
{
	struct cs_transactions *store = &detect->store[view->event->link];
	uint64_t found = cs_transactions_find(store, view->event);
	view->request = view->event;
	if (found != cs_transaction_none && was_answered(store, cs_transactions_slot(store, found), view->event)) {
		cs_transactions_ask(store, found, view->event);
		view->number = found;
		return;
	}
	if (found == cs_transaction_none || !is_repeat(store, cs_transactions_slot(store, found), view->event)) {
		view->number = add(detect, view->event);
		return;
	}
	store->hot[cs_transactions_slot(store, found)].state |= CS_REPEATED;
	view->answer = CS_ANSWER_DUPLICATE;
	view->number = found;
}

/* The very bytes of an answer again, soon, are its duplicate even when no request was sent again: switches do send an
 * answer twice (the simulator's trouble `repeat_answer`; what TCP sends again never gets here). It pays nothing out: the
 * terminal has had its answer and has no request open that these bytes fit, and a new request would be the open one and
 * take them as its first answer. Much later, or with other contents, nothing honest explains it: M12. */
static enum cs_answer
place_second(const struct cs_transactions *store, uint64_t first, const struct cs_event *event)
{
	uint32_t slot = cs_transactions_slot(store, first);
	const struct cs_transaction *hot = &store->hot[slot];
	if (event->origin.time_ns > hot->response_ns + DUPLICATE_WITHIN_S * cs_second_ns)
		return CS_ANSWER_REPLAYED;
	if (hot->response_hash == event->message_hash)
		return CS_ANSWER_DUPLICATE;
	bool repeated = hot->state & CS_REPEATED && cs_answer_says_same(cs_transactions_response(store, slot), event);
	return repeated ? CS_ANSWER_DUPLICATE : CS_ANSWER_REPLAYED;
}

static void
place_response(struct cs_detect *detect, struct cs_view *view)
{
	struct cs_transactions *store = &detect->store[view->event->link];
	uint64_t found = cs_transactions_find(store, view->event);
	if (found == cs_transaction_none) {
		view->answer = CS_ANSWER_UNASKED;
		view->number = add(detect, view->event);
		return;
	}
	uint32_t slot = cs_transactions_slot(store, found);
	const struct cs_transaction *hot = &store->hot[slot];
	view->number = found;
	view->request = hot->state & CS_ASKED ? cs_transactions_request(store, slot) : NULL;
	if (!(hot->state & CS_ANSWERED)) {
		view->answer = CS_ANSWER_FIRST;
		cs_transactions_answer(store, found, view->event);
		return;
	}
	view->answer = place_second(store, found, view->event);
	if (view->answer == CS_ANSWER_DUPLICATE)
		return;
	make_way(detect, view->event->link);
	view->number = cs_transactions_add_apart(store, view->event, found);
	/* The first answer is shown beside it, unless its place was just taken. */
	bool kept = found >= store->tail;
	view->earlier = kept ? cs_transactions_response(store, slot) : NULL;
	view->request = kept ? view->request : NULL;
}

static void
place(struct cs_detect *detect, struct cs_view *view)
{
	view->number = cs_transaction_none;
	detect->store[view->event->link].now_ns = detect->now_ns;
	enum cs_family family = cs_family_of(view->event->kind);
	if (family == CS_FAMILY_N)
		return;
	if (family == CS_FAMILY_RECORD)
		place_record(detect, view);
	else if (cs_family_asks(view->event->kind))
		place_request(detect, view);
	else
		place_response(detect, view);
	if (detect->store[view->event->link].evicted_n != detect->full_told_n[view->event->link])
		tell_full(detect, view->event->link);
}

/* A row says its own date, and one alone may say anything: so far ahead it moves no time, which ticks move all the same. */
static bool
is_far_ahead(const struct cs_detect *detect, const struct cs_event *event)
{
	return event->kind == CS_KIND_RECORD && detect->now_ns &&
	       event->origin.time_ns - detect->now_ns > AHEAD_S * cs_second_ns;
}

void
cs_detect_event(struct cs_detect *detect, const struct cs_event *event)
{
	CS_ASSERT(event->link < detect->policy->link_n && event->kind < CS_KIND_N);
	if (event->origin.time_ns > detect->now_ns && !is_far_ahead(detect, event))
		detect->now_ns = event->origin.time_ns;
	/* Every deadline waits for its link to be settled as far: time alone makes nothing due. */
	if (detect->advanced_version != cs_coverage_version(detect->coverage))
		cs_detect_advance(detect, detect->now_ns);
	detect->counts.events[event->link][event->kind]++;
	struct cs_view view = {.event = event};
	place(detect, &view);
#define X(event, advance, finish) event(detect, &view);
	DETECTORS(X)
#undef X
}

void
cs_detect_advance(struct cs_detect *detect, uint64_t now_ns)
{
	if (now_ns > detect->now_ns)
		detect->now_ns = now_ns;
	detect->advanced_version = cs_coverage_version(detect->coverage);
#define X(event, advance, finish) advance(detect);
	DETECTORS(X)
#undef X
}

void
cs_detect_finish(struct cs_detect *detect)
{
#define X(event, advance, finish) finish(detect);
	DETECTORS(X)
#undef X
}

const struct cs_detect_counts *
cs_detect_counts_of(const struct cs_detect *detect)
{
	return &detect->counts;
}

struct cs_behave *
cs_detect_behave(const struct cs_detect *detect)
{
	return detect->behave;
}

void
cs_detect_pair_regions(struct cs_detect *detect, struct cs_regions *regions)
{
	cs_regions_add(regions, detect, offsetof(struct cs_detect, owes));
	for (unsigned i = 0; i < detect->policy->link_n; i++)
		if (has_store(detect->policy, i))
			cs_transactions_regions(&detect->store[i], regions);
	for (unsigned i = 0; i < detect->policy->expect_n; i++) {
		struct cs_expecting *expecting = &detect->expecting[i];
		cs_regions_add(regions, expecting, offsetof(struct cs_expecting, cap));
		cs_regions_add(regions, expecting->at, expecting->cap * sizeof *expecting->at);
	}
	cs_lots_regions(detect, regions);
	if (detect->owes)
		cs_owed_regions(&detect->owed, regions);
	cs_learn_regions(&detect->fingerprints, regions);
	cs_learn_regions(&detect->headers, regions);
	cs_learn_regions(&detect->code_kinds, regions);
	cs_learn_regions(&detect->balances, regions);
	cs_regions_add(regions, detect->masks, CS_FINGERPRINT_KEYS * sizeof *detect->masks);
	cs_regions_add(regions, detect->suspects, sizeof *detect->suspects);
}

void
cs_detect_regions(struct cs_detect *detect, struct cs_regions *regions)
{
	cs_detect_pair_regions(detect, regions);
	for (unsigned i = 0; i < detect->policy->statement_n; i++)
		cs_statement_regions(detect, i, regions);
	if (detect->behave)
		cs_behave_regions(detect->behave, regions);
}

/* In two steps, some keys apart: first the line of the index, then the entry that it names. */
static void
ask(struct cs_preparing *preparing, const struct cs_transactions *store, uint64_t key)
{
	cs_transactions_prefetch(store, key);
	preparing->at[preparing->n++ % CS_PREPARED_MAX] = (struct cs_prepared){store, key};
	if (preparing->n <= CS_PREPARED_STEP)
		return;
	const struct cs_prepared *ripe = &preparing->at[(preparing->n - 1 - CS_PREPARED_STEP) % CS_PREPARED_MAX];
	cs_transactions_prefetch_slot(ripe->store, ripe->key);
}

/* What a record will be looked up by: its copies, the joins it enters, and the first rung of what it proves. */
static void
prepare_record(const struct cs_detect *detect, const struct cs_event *event)
{
	const struct cs_transactions *store = &detect->store[event->link];
	const struct cs_event *const pair[2] = {NULL, event};
	uint64_t key;
	if (!store->cap)
		return;
	cs_transactions_prefetch(store, cs_transactions_row_key(event));
	for (unsigned join = 1; join < store->join_n; join++)
		if (cs_transactions_key(store, join, pair, &key))
			cs_transactions_prefetch(store, key);
	for (unsigned i = 0; i < detect->policy->expect_n; i++) {
		const struct cs_expect *expect = &detect->policy->expect[i];
		const struct cs_transactions *waiting = &detect->store[expect->claim.link];
		if (expect->proof.link == event->link && cs_transactions_of_records(waiting) &&
		    cs_transactions_key(waiting, detect->expecting[i].back[0], pair, &key))
			ask(detect->preparing, waiting, key);
	}
}

/* The first rung a claim will be looked up by. */
static void
ask_proof(const struct cs_detect *detect, const struct cs_event *event)
{
	const struct cs_event *const pair[2] = {event, NULL};
	for (unsigned i = 0; i < detect->policy->expect_n; i++) {
		const struct cs_expect *expect = &detect->policy->expect[i];
		const struct cs_transactions *store = &detect->store[expect->proof.link];
		uint64_t key;
		if (expect->claim.link != event->link || !(expect->claim.kinds >> event->kind & 1))
			continue;
		if (cs_transactions_key(store, detect->expecting[i].join[0], pair, &key))
			ask(detect->preparing, store, key);
	}
}

void
cs_detect_prepare(const struct cs_detect *detect, const struct cs_event *event)
{
	const struct cs_transactions *store = &detect->store[event->link];
	const struct cs_event *const pair[2] = {event, NULL};
	uint64_t key;
	if (detect->behave)
		cs_behave_prepare(detect->behave, event);
	enum cs_family family = cs_family_of(event->kind);
	if (family == CS_FAMILY_N)
		return;
	if (family == CS_FAMILY_RECORD) {
		prepare_record(detect, event);
		ask_proof(detect, event);
		return;
	}
	if (cs_transactions_own_key(store, event, &key))
		ask(detect->preparing, store, key);
	if (!cs_family_asks(event->kind)) {
		ask_proof(detect, event);
		return;
	}
	/* A new request enters the index under each of its joins. */
	for (unsigned join = 1; join < store->join_n; join++)
		if (cs_transactions_key(store, join, pair, &key))
			cs_transactions_prefetch(store, key);
}
