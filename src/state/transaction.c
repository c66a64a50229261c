/*
 * Request and response as one thing, and the ring they live in.
 *
 * Invariants: an entry is under a key of the index exactly when its tag for that key is not 0; the messages of an
 * entry never change but by its answer; no key holds more than CS_SAME_KEY_MAX entries that truly share it. The
 * index holds 32 bits of a hash, so every find compares the fields themselves. Who may be evicted, and what that
 * means for a claim, is decided in src/detect.
 */
#include "state/transaction.h"

#include "base/hash.h"
#include "base/prefetch.h"

enum {
	IDENTITY_BYTES = 16,
	ANY_FAMILY = 3, /* in the hash of a key that is no link's own; part of snapshots */
};

static const enum cs_family families[CS_KIND_N] = {
	[CS_KIND_OTHER] = CS_FAMILY_N,
	[CS_KIND_REQUEST] = CS_FAMILY_REQUEST,
	[CS_KIND_RESPONSE] = CS_FAMILY_REQUEST,
	[CS_KIND_ADVICE] = CS_FAMILY_ADVICE,
	[CS_KIND_ADVICE_RESPONSE] = CS_FAMILY_ADVICE,
	[CS_KIND_REVERSAL] = CS_FAMILY_REVERSAL,
	[CS_KIND_REVERSAL_RESPONSE] = CS_FAMILY_REVERSAL,
	[CS_KIND_NETWORK] = CS_FAMILY_N,
	[CS_KIND_NETWORK_RESPONSE] = CS_FAMILY_N,
	[CS_KIND_RECORD] = CS_FAMILY_RECORD,
};

enum cs_family
cs_family_of(enum cs_kind kind)
{
	CS_ASSERT((unsigned)kind < CS_KIND_N);
	return families[kind];
}

bool
cs_family_asks(enum cs_kind kind)
{
	return kind == CS_KIND_REQUEST || kind == CS_KIND_ADVICE || kind == CS_KIND_REVERSAL || kind == CS_KIND_RECORD;
}

static size_t
aligned(size_t bytes)
{
	return (bytes + 15) / 16 * 16;
}

size_t
cs_transactions_bytes(uint32_t cap, unsigned join_n, unsigned event_n)
{
	return aligned((size_t)cap * sizeof(struct cs_transaction)) +
	       aligned((size_t)cap * event_n * sizeof(struct cs_event)) +
	       aligned((size_t)cap * join_n * sizeof(uint32_t)) + cs_index_bytes((size_t)cap * join_n);
}

enum cs_error
cs_transactions_init(struct cs_transactions *store, struct cs_arena *arena)
{
	CS_ASSERT(store->cap > 0 && store->join_n > 0 && store->join_n <= CS_JOINS_MAX);
	CS_ASSERT(store->event_n == 1 || store->event_n == 2);
	store->hot = cs_arena_take(arena, (size_t)store->cap * sizeof *store->hot);
	store->cold = cs_arena_take(arena, (size_t)store->cap * store->event_n * sizeof *store->cold);
	store->tag = cs_arena_take(arena, (size_t)store->cap * store->join_n * sizeof *store->tag);
	if (!store->hot || !store->cold || !store->tag)
		return CS_E_MEMORY;
	for (unsigned i = 0; i < store->join_n; i++)
		for (unsigned k = 0; k < store->join[i].n; k++)
			store->join_fields |= UINT64_C(1) << store->join[i].field[k];
	return cs_index_init(&store->index, arena, (size_t)store->cap * store->join_n);
}

void
cs_transactions_regions(struct cs_transactions *store, struct cs_regions *regions)
{
	cs_regions_add(regions, store, offsetof(struct cs_transactions, keep_ns));
	cs_regions_add(regions, store->hot, store->cap * sizeof *store->hot);
	cs_regions_add(regions, store->cold, (size_t)store->cap * store->event_n * sizeof *store->cold);
	cs_regions_add(regions, store->tag, (size_t)store->cap * store->join_n * sizeof *store->tag);
	cs_index_regions(&store->index, regions);
}

uint64_t
cs_transactions_number(const struct cs_transactions *store, uint32_t slot)
{
	uint64_t number = store->head - store->head % store->cap + slot;
	return number < store->head ? number : number - store->cap;
}

/* Text, card tokens and money are compared the same way: sixteen bytes. Other fields join nothing. */
static const uint8_t *
identity(const struct cs_event *event, enum cs_field field)
{
	_Static_assert(sizeof(struct cs_short) == IDENTITY_BYTES && sizeof(struct cs_token) == IDENTITY_BYTES &&
			       sizeof(struct cs_money) == IDENTITY_BYTES,
		       "an identity is sixteen bytes");
	if (field == CS_FIELD_CARD)
		return (const uint8_t *)&event->card.token;
	if (field < CS_TEXT_FIELD_N)
		return (const uint8_t *)event->text[field].at;
	return field <= CS_FIELD_LAST_MONEY ? (const uint8_t *)&event->money[field - CS_MONEY_FIELD_FIRST] : NULL;
}

static uint64_t
mix_identity(uint64_t hash, const uint8_t *at)
{
	uint64_t half[2];
	memcpy(half, at, sizeof half);
	return cs_hash_mix(cs_hash_mix(hash, half[0]), half[1]);
}

static bool
hash_fields(const struct cs_join *join, uint64_t seed, const struct cs_event *const pair[2], uint64_t *key)
{
	uint64_t hash = seed;
	for (unsigned i = 0; i < join->n; i++) {
		const struct cs_event *event = cs_transactions_of(pair, join->field[i]);
		const uint8_t *at = event ? identity(event, join->field[i]) : NULL;
		if (!at)
			return false;
		hash = mix_identity(hash, at);
	}
	/* The low half is the tag, and no tag may be 0. */
	*key = (uint32_t)hash ? hash : hash | 1;
	return true;
}

static uint64_t
seed_of(unsigned join, unsigned family, char class)
{
	return (uint64_t)(join + 1) << 32 | (uint64_t)family << 8 | (uint8_t) class;
}

bool
cs_transactions_key(const struct cs_transactions *store, unsigned join, const struct cs_event *const pair[2],
		    uint64_t *key)
{
	CS_ASSERT(join < store->join_n && !store->join[join].own);
	return hash_fields(&store->join[join], seed_of(join, ANY_FAMILY, 0), pair, key);
}

bool
cs_transactions_own_key(const struct cs_transactions *store, const struct cs_event *event, uint64_t *key)
{
	const struct cs_event *pair[2] = {event, NULL};
	return hash_fields(&store->join[0], seed_of(0, cs_family_of(event->kind), event->mti[1]), pair, key);
}

bool
cs_transactions_same(const struct cs_transactions *store, unsigned join, const struct cs_event *const a[2],
		     const struct cs_event *const b[2])
{
	for (unsigned i = 0; i < store->join[join].n; i++) {
		enum cs_field field = store->join[join].field[i];
		const struct cs_event *in_a = cs_transactions_of(a, field);
		const struct cs_event *in_b = cs_transactions_of(b, field);
		if (!in_a || !in_b || memcmp(identity(in_a, field), identity(in_b, field), IDENTITY_BYTES) != 0)
			return false;
	}
	return true;
}

void
cs_transactions_pair(const struct cs_transactions *store, uint32_t slot, const struct cs_event *pair[2])
{
	uint8_t state = store->hot[slot].state;
	pair[0] = state & CS_ANSWERED ? cs_transactions_response(store, slot) : NULL;
	pair[1] = state & CS_ASKED ? cs_transactions_request(store, slot) : NULL;
}

static uint32_t *
tags_of(const struct cs_transactions *store, uint32_t slot)
{
	return &store->tag[(size_t)slot * store->join_n];
}

static void
leave_key(struct cs_transactions *store, uint32_t slot, unsigned join)
{
	uint32_t *tag = &tags_of(store, slot)[join];
	if (*tag)
		CS_ASSERT(cs_index_remove(&store->index, *tag, slot));
	*tag = 0;
}

/* Under one key only the newest few: a terminal that never changes its trace number must not slow the others. Of records one
 * that has proved something goes first, since the others may still be waited for. */
static void
make_room(struct cs_transactions *store, uint32_t slot, unsigned join, uint64_t key)
{
	unsigned same_max = cs_transactions_of_records(store) ? CS_SAME_ROWS_MAX : CS_SAME_KEY_MAX;
	struct cs_index_walk walk = cs_index_walk_of(key);
	uint64_t oldest = cs_transaction_none, oldest_spent = cs_transaction_none;
	unsigned same_n = 0;
	for (uint32_t other; cs_index_next(&store->index, &walk, &other);) {
		if (other == slot || tags_of(store, other)[join] != cs_index_tag(key))
			continue;
		uint64_t number = cs_transactions_number(store, other);
		bool spent = cs_transactions_of_records(store) && store->hot[other].consumed;
		oldest = number < oldest ? number : oldest;
		oldest_spent = spent && number < oldest_spent ? number : oldest_spent;
		same_n++;
	}
	if (same_n < same_max)
		return;
	oldest = oldest_spent != cs_transaction_none ? oldest_spent : oldest;
	leave_key(store, cs_transactions_slot(store, oldest), join);
	store->crowded_n++;
}

static void
enter_key(struct cs_transactions *store, uint32_t slot, unsigned join, uint64_t key)
{
	make_room(store, slot, join, key);
	if (cs_index_insert(&store->index, key, slot))
		tags_of(store, slot)[join] = cs_index_tag(key);
}

static uint64_t
time_of(const struct cs_transaction *transaction)
{
	return transaction->state & CS_ASKED ? transaction->request_ns : transaction->response_ns;
}

/* TIME_NS, but no later than time has come: a date that lies far ahead must neither make entries old nor say that all up to then is gone. */
static uint64_t
reached(const struct cs_transactions *store, uint64_t time_ns)
{
	return store->now_ns && store->now_ns < time_ns ? store->now_ns : time_ns;
}

static void
drop_oldest(struct cs_transactions *store, uint64_t now_ns)
{
	uint32_t slot = cs_transactions_slot(store, store->tail);
	const struct cs_transaction *hot = &store->hot[slot];
	CS_ASSERT(hot->waiting == 0);
	if (time_of(hot) + store->needed_ns > now_ns) {
		uint64_t gone_ns = reached(store, time_of(hot));
		store->evicted_n++;
		store->gone_ns = gone_ns > store->gone_ns ? gone_ns : store->gone_ns;
	}
	for (unsigned join = 0; join < store->join_n; join++)
		leave_key(store, slot, join);
	store->tail++;
}

static void
expire(struct cs_transactions *store, uint64_t now_ns)
{
	for (unsigned i = 0; i < CS_EXPIRE_STEPS && store->tail < store->head; i++) {
		const struct cs_transaction *oldest = &store->hot[cs_transactions_slot(store, store->tail)];
		if (oldest->waiting || time_of(oldest) + store->keep_ns > now_ns)
			return;
		drop_oldest(store, now_ns);
	}
}

/* The ring gives up its slots in order, from entry FROM on: what the next ones will need is asked for in time, first their
 * tags, then the index lines these name. */
static void
ask_ahead(const struct cs_transactions *store, uint64_t from)
{
	uint32_t far = (uint32_t)((from + CS_ASK_FAR) % store->cap);
	uint32_t near = (uint32_t)((from + CS_ASK_NEAR) % store->cap);
	cs_prefetch(&store->hot[far]);
	cs_prefetch(tags_of(store, far));
	for (unsigned join = 0; join < store->join_n; join++)
		cs_index_prefetch(&store->index, tags_of(store, near)[join]);
}

static uint32_t
take_slot(struct cs_transactions *store, uint64_t time_ns)
{
	uint64_t now_ns = reached(store, time_ns);
	ask_ahead(store, store->head);
	expire(store, now_ns);
	if (cs_transactions_full(store))
		drop_oldest(store, now_ns);
	uint32_t slot = cs_transactions_slot(store, store->head++);
	store->hot[slot] = (struct cs_transaction){0};
	return slot;
}

/* Through the library: the compiler's own copying of half a kilobyte takes several times longer to get going. */
static void
copy_event(struct cs_event *to, const struct cs_event *from)
{
	size_t n = sizeof *to;
	__asm__("" : "+r"(n));
	memcpy(to, from, n);
}

static void
set_response(struct cs_transactions *store, uint32_t slot, const struct cs_event *response)
{
	struct cs_transaction *hot = &store->hot[slot];
	hot->response_ns = response->origin.time_ns;
	hot->response_hash = response->message_hash;
	hot->state |= CS_ANSWERED;
	copy_event(cs_transactions_response(store, slot), response);
}

uint64_t
cs_transactions_add(struct cs_transactions *store, const struct cs_event *event)
{
	CS_ASSERT(cs_family_of(event->kind) != CS_FAMILY_N);
	uint32_t slot = take_slot(store, event->origin.time_ns);
	struct cs_transaction *hot = &store->hot[slot];
	hot->family = (uint8_t)cs_family_of(event->kind);
	hot->class = event->mti[1];
	if (cs_family_asks(event->kind)) {
		hot->request_ns = event->origin.time_ns;
		hot->state = CS_ASKED;
		copy_event(cs_transactions_request(store, slot), event);
		store->asked_n[event->origin.direction % 2]++;
	} else {
		set_response(store, slot, event);
	}
	const struct cs_event *pair[2] = {event, NULL};
	uint64_t key;
	if (cs_transactions_own_key(store, event, &key))
		enter_key(store, slot, 0, key);
	for (unsigned join = 1; join < store->join_n; join++)
		if (cs_transactions_key(store, join, pair, &key))
			enter_key(store, slot, join, key);
	return store->head - 1;
}

uint64_t
cs_transactions_add_apart(struct cs_transactions *store, const struct cs_event *response, uint64_t first)
{
	CS_ASSERT(first >= store->tail && first < store->head);
	uint32_t from = cs_transactions_slot(store, first);
	bool lost = first == store->tail && cs_transactions_full(store);
	uint32_t slot = take_slot(store, response->origin.time_ns);
	struct cs_transaction *hot = &store->hot[slot];
	hot->family = (uint8_t)cs_family_of(response->kind);
	hot->class = response->mti[1];
	hot->state = CS_APART;
	if (!lost && store->hot[from].state & CS_ASKED) {
		hot->state |= CS_ASKED;
		hot->request_ns = store->hot[from].request_ns;
		copy_event(cs_transactions_request(store, slot), cs_transactions_request(store, from));
	}
	set_response(store, slot, response);
	return store->head - 1;
}

uint64_t
cs_transactions_row_key(const struct cs_event *event)
{
	uint64_t hash = cs_hash_mix(seed_of(0, CS_FAMILY_RECORD, 0), event->message_hash);
	return (uint32_t)hash ? hash : hash | 1;
}

/* Hashes of 64 bits can be made to meet by who has time: a row that says something else is no copy, whatever its hash. */
static bool
says_the_same(const struct cs_event *a, const struct cs_event *b)
{
	if (a->present != b->present || a->length_bytes != b->length_bytes ||
	    !cs_token_same(a->card.token, b->card.token))
		return false;
	for (unsigned i = 0; i < CS_TEXT_FIELD_N; i++)
		if (a->present >> i & 1 && memcmp(&a->text[i], &b->text[i], sizeof a->text[i]) != 0)
			return false;
	for (unsigned i = 0; i < CS_MONEY_FIELD_N; i++)
		if (a->present >> (CS_MONEY_FIELD_FIRST + i) & 1 &&
		    (cs_money_minor(a->money[i]) != cs_money_minor(b->money[i]) ||
		     cs_money_currency(a->money[i]) != cs_money_currency(b->money[i])))
			return false;
	return true;
}

/* WHOLE: all of EVENT is held against it, not only its hash. */
static uint64_t
find_row(const struct cs_transactions *store, const struct cs_event *event, bool whole)
{
	struct cs_index_walk walk = cs_index_walk_of(cs_transactions_row_key(event));
	for (uint32_t slot; cs_index_next(&store->index, &walk, &slot);)
		if (store->hot[slot].response_hash == event->message_hash && tags_of(store, slot)[0] &&
		    (!whole || says_the_same(cs_transactions_request(store, slot), event)))
			return cs_transactions_number(store, slot);
	return cs_transaction_none;
}

uint64_t
cs_transactions_copy(const struct cs_transactions *store, const struct cs_event *event)
{
	return find_row(store, event, true);
}

uint64_t
cs_transactions_hashed(const struct cs_transactions *store, uint64_t message_hash)
{
	const struct cs_event event = {.kind = CS_KIND_RECORD, .message_hash = message_hash};
	return find_row(store, &event, false);
}

/* Records are kept for hours and leave by their age: other slots than those that will be written next, whose messages are
 * asked for as well. */
static void
ask_records(const struct cs_transactions *store)
{
	uint32_t near = (uint32_t)((store->head + CS_ASK_NEAR) % store->cap);
	const char *cold = (const char *)cs_transactions_request(store, near);
	for (size_t at = 0; at < sizeof(struct cs_event); at += 64)
		cs_prefetch(cold + at);
	if (!cs_transactions_full(store))
		ask_ahead(store, store->tail);
}

uint64_t
cs_transactions_add_record(struct cs_transactions *store, const struct cs_event *event, bool copy)
{
	CS_ASSERT(event->kind == CS_KIND_RECORD && cs_transactions_of_records(store));
	uint32_t slot = take_slot(store, event->origin.time_ns);
	struct cs_transaction *hot = &store->hot[slot];
	const struct cs_event *pair[2] = {NULL, event};
	uint64_t key;
	ask_records(store);
	hot->family = CS_FAMILY_RECORD;
	hot->request_ns = event->origin.time_ns;
	hot->response_hash = event->message_hash;
	hot->state = CS_ASKED | (copy ? CS_APART : 0);
	copy_event(cs_transactions_request(store, slot), event);
	if (copy)
		return store->head - 1;
	enter_key(store, slot, 0, cs_transactions_row_key(event));
	for (unsigned join = 1; join < store->join_n; join++)
		if (cs_transactions_key(store, join, pair, &key))
			enter_key(store, slot, join, key);
	return store->head - 1;
}

/* Which join fields the two messages have alike, and what approved answers teach about fields not echoed. */
static uint64_t
changed_fields(struct cs_transactions *store, const struct cs_event *request, const struct cs_event *response)
{
	if (response->flags & CS_FLAG_APPROVED) {
		store->lack_answer |= request->present & ~response->present & store->join_fields;
		store->lack_ask |= response->present & ~request->present & store->join_fields;
	}
	uint64_t changed = response->present & ~request->present & store->join_fields;
	uint64_t both = response->present & request->present & store->join_fields;
	for (; both; both &= both - 1) {
		enum cs_field field = (enum cs_field)__builtin_ctzll(both);
		const uint8_t *was = identity(request, field);
		if (was && memcmp(was, identity(response, field), IDENTITY_BYTES) != 0)
			changed |= UINT64_C(1) << field;
	}
	return changed;
}

static bool
join_uses(const struct cs_join *join, uint64_t fields)
{
	for (unsigned i = 0; i < join->n; i++)
		if (fields >> join->field[i] & 1)
			return true;
	return false;
}

static void
renew_keys(struct cs_transactions *store, uint32_t slot, uint64_t changed)
{
	const struct cs_event *pair[2];
	cs_transactions_pair(store, slot, pair);
	for (unsigned join = 1; join < store->join_n; join++) {
		uint64_t key;
		if (!join_uses(&store->join[join], changed))
			continue;
		leave_key(store, slot, join);
		if (cs_transactions_key(store, join, pair, &key))
			enter_key(store, slot, join, key);
	}
}

void
cs_transactions_ask(struct cs_transactions *store, uint64_t number, const struct cs_event *request)
{
	uint32_t slot = cs_transactions_slot(store, number);
	struct cs_transaction *hot = &store->hot[slot];
	CS_ASSERT(number >= store->tail && number < store->head);
	CS_ASSERT(hot->state & CS_ANSWERED && !(hot->state & CS_ASKED));
	hot->request_ns = request->origin.time_ns;
	hot->state |= CS_ASKED;
	copy_event(cs_transactions_request(store, slot), request);
	store->asked_n[request->origin.direction % 2]++;
	const struct cs_event *response = cs_transactions_response(store, slot);
	(void)changed_fields(store, request, response); /* what is learned of both; keys are by the answer's values */
	renew_keys(store, slot, request->present & ~response->present & store->join_fields);
}

void
cs_transactions_answer(struct cs_transactions *store, uint64_t number, const struct cs_event *response)
{
	uint32_t slot = cs_transactions_slot(store, number);
	CS_ASSERT(number >= store->tail && number < store->head);
	CS_ASSERT(store->hot[slot].state & CS_ASKED && !(store->hot[slot].state & CS_ANSWERED));
	set_response(store, slot, response);
	uint64_t changed = changed_fields(store, cs_transactions_request(store, slot), response);
	if (changed)
		renew_keys(store, slot, changed);
}

/* A card that both messages name must be the same one; so must a retrieval reference. */
static bool
conflict(const struct cs_event *event, const struct cs_event *const pair[2])
{
	static const enum cs_field sure[] = {CS_FIELD_CARD, CS_FIELD_RRN};
	for (unsigned i = 0; i < sizeof sure / sizeof sure[0]; i++) {
		const struct cs_event *other = cs_transactions_of(pair, sure[i]);
		if (other && cs_event_has(event, sure[i]) && !cs_event_same(event, other, sure[i]))
			return true;
	}
	return false;
}

uint64_t
cs_transactions_find(const struct cs_transactions *store, const struct cs_event *event)
{
	uint64_t key, best = cs_transaction_none;
	bool best_open = false;
	if (!cs_transactions_own_key(store, event, &key))
		return cs_transaction_none;
	struct cs_index_walk walk = cs_index_walk_of(key);
	const struct cs_event *asked[2] = {event, NULL};
	for (uint32_t slot; cs_index_next(&store->index, &walk, &slot);) {
		const struct cs_transaction *hot = &store->hot[slot];
		const struct cs_event *pair[2];
		cs_transactions_pair(store, slot, pair);
		if (hot->family != cs_family_of(event->kind) || hot->class != event->mti[1] ||
		    !cs_transactions_same(store, 0, asked, pair) || conflict(event, pair))
			continue;
		bool open = !(hot->state & CS_ANSWERED);
		uint64_t number = cs_transactions_number(store, slot);
		if (best != cs_transaction_none && (best_open > open || (best_open == open && best > number)))
			continue;
		best = number;
		best_open = open;
	}
	return best;
}

void
cs_transactions_prefetch(const struct cs_transactions *store, uint64_t key)
{
	cs_index_prefetch(&store->index, key);
}

void
cs_transactions_prefetch_slot(const struct cs_transactions *store, uint64_t key)
{
	struct cs_index_walk walk = cs_index_walk_of(key);
	uint32_t slot;
	if (!cs_index_next(&store->index, &walk, &slot))
		return;
	cs_prefetch(&store->hot[slot]);
	cs_prefetch(tags_of(store, slot));
	const char *cold = (const char *)cs_transactions_request(store, slot);
	for (size_t at = 64; at < store->event_n * sizeof(struct cs_event); at += 64)
		cs_prefetch(cold + at);
}
