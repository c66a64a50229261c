/*
 * Goal: an answer finds its own request and no other; a join finds what has all its fields equal; what leaves the ring
 * before its time is counted, and nothing of it is found any more.
 * Method: small rings by hand.
 */
#include "check.h"

#include "state/transaction.c"

static const uint64_t second_ns = UINT64_C(1000000000);

struct fixture {
	struct cs_arena arena;
	struct cs_transactions store;
};

/* By STAN and terminal as the link's own key, by RRN as a join. */
static void
start(struct fixture *f, uint32_t cap)
{
	*f = (struct fixture){0};
	f->store.cap = cap;
	f->store.event_n = 2;
	f->store.join_n = 2;
	f->store.join[0] = (struct cs_join){true, 2, {CS_FIELD_STAN, CS_FIELD_TERMINAL}};
	f->store.join[1] = (struct cs_join){false, 1, {CS_FIELD_RRN}};
	f->store.keep_ns = 1000 * second_ns;
	f->store.needed_ns = 100 * second_ns;
	size_t bytes = cs_transactions_bytes(cap, f->store.join_n, 2);
	assert_int_equal(cs_arena_init(&f->arena, bytes), CS_OK);
	assert_int_equal(cs_transactions_init(&f->store, &f->arena), CS_OK);
	assert_int_equal(f->arena.used_bytes, bytes);
}

static struct cs_event
message(const char *mti, const char *stan, const char *rrn, uint64_t at_s)
{
	struct cs_event event = {.origin.time_ns = at_s * second_ns};
	memcpy(event.mti, mti, 4);
	event.kind = (uint8_t)cs_kind_of(event.mti);
	cs_event_set_text(&event, CS_FIELD_STAN, cs_span_text(stan));
	cs_event_set_text(&event, CS_FIELD_TERMINAL, cs_span_text("ATM00042"));
	if (rrn)
		cs_event_set_text(&event, CS_FIELD_RRN, cs_span_text(rrn));
	event.message_hash = at_s;
	return event;
}

static uint64_t
add(struct fixture *f, const char *mti, const char *stan, const char *rrn, uint64_t at_s)
{
	const struct cs_event event = message(mti, stan, rrn, at_s);
	return cs_transactions_add(&f->store, &event);
}

static uint64_t
find(const struct fixture *f, const char *mti, const char *stan, const char *rrn)
{
	const struct cs_event event = message(mti, stan, rrn, 999);
	return cs_transactions_find(&f->store, &event);
}

static unsigned
joined_n(const struct fixture *f, const char *rrn)
{
	const struct cs_event probe = message("0200", "0", rrn, 0);
	const struct cs_event *pair[2] = {&probe, NULL};
	uint64_t key;
	unsigned n = 0;
	assert_true(cs_transactions_key(&f->store, 1, pair, &key));
	struct cs_index_walk walk = cs_index_walk_of(key);
	for (uint32_t slot; cs_index_next(&f->store.index, &walk, &slot);) {
		const struct cs_event *other[2];
		cs_transactions_pair(&f->store, slot, other);
		n += cs_transactions_same(&f->store, 1, pair, other);
	}
	return n;
}

static void
an_answer_finds_its_request(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, 8);
	uint64_t one = add(&f, "0200", "000001", "r1", 1), two = add(&f, "0200", "000002", "r2", 2);
	assert_int_equal(find(&f, "0210", "000001", NULL), one);
	assert_int_equal(find(&f, "0210", "000002", "r2"), two);
	assert_int_equal(find(&f, "0210", "000003", NULL), cs_transaction_none);
	/* another class, another family, another reference: not its own */
	assert_int_equal(find(&f, "0110", "000001", NULL), cs_transaction_none);
	assert_int_equal(find(&f, "0430", "000001", NULL), cs_transaction_none);
	assert_int_equal(find(&f, "0210", "000001", "r2"), cs_transaction_none);
	/* a trace number used again: the open one before the answered one, then the newest */
	const struct cs_event answer = message("0210", "000001", NULL, 3);
	uint64_t again = add(&f, "0200", "000001", "r9", 4);
	cs_transactions_answer(&f.store, again, &answer);
	assert_int_equal(find(&f, "0210", "000001", NULL), one);
	cs_transactions_answer(&f.store, one, &answer);
	assert_int_equal(find(&f, "0210", "000001", NULL), again);
	cs_arena_fini(&f.arena);
}

static void
an_answer_changes_what_it_is_found_by(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, 8);
	uint64_t one = add(&f, "0200", "000001", NULL, 1);
	assert_int_equal(joined_n(&f, "r1"), 0);
	struct cs_event answer = message("0210", "000001", "r1", 2);
	answer.flags = CS_FLAG_APPROVED;
	cs_transactions_answer(&f.store, one, &answer);
	assert_int_equal(joined_n(&f, "r1"), 1);
	assert_int_equal(f.store.lack_ask, UINT64_C(1) << CS_FIELD_RRN);
	/* the answer's reference counts, not the request's */
	uint64_t two = add(&f, "0200", "000002", "old", 3);
	answer = message("0210", "000002", "new", 4);
	assert_int_equal(joined_n(&f, "old"), 1);
	cs_transactions_answer(&f.store, two, &answer);
	assert_int_equal(joined_n(&f, "old"), 0);
	assert_int_equal(joined_n(&f, "new"), 1);
	cs_arena_fini(&f.arena);
}

static void
a_request_read_late_joins_its_answer(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, 8);
	uint64_t one = add(&f, "0210", "000001", NULL, 2);
	const struct cs_event request = message("0200", "000001", "r1", 1);
	assert_int_equal(cs_transactions_find(&f.store, &request), one);
	assert_int_equal(joined_n(&f, "r1"), 0);
	cs_transactions_ask(&f.store, one, &request);
	uint32_t slot = cs_transactions_slot(&f.store, one);
	assert_int_equal(f.store.hot[slot].state, CS_ASKED | CS_ANSWERED);
	assert_int_equal(f.store.hot[slot].request_ns, 1 * second_ns);
	/* found by what only the request has, and still its answer's own */
	assert_int_equal(joined_n(&f, "r1"), 1);
	assert_int_equal(find(&f, "0210", "000001", "r1"), one);
	const struct cs_event *pair[2];
	cs_transactions_pair(&f.store, slot, pair);
	assert_true(pair[0] && pair[1]);
	assert_int_equal(pair[1]->message_hash, 1);
	cs_arena_fini(&f.arena);
}

static void
a_second_answer_is_evidence_only(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, 8);
	uint64_t one = add(&f, "0200", "000001", "r1", 1);
	const struct cs_event answer = message("0210", "000001", "r1", 2), other = message("0210", "000001", "r1", 3);
	cs_transactions_answer(&f.store, one, &answer);
	uint64_t apart = cs_transactions_add_apart(&f.store, &other, one);
	assert_int_equal(joined_n(&f, "r1"), 1);
	assert_int_equal(find(&f, "0210", "000001", NULL), one);
	const struct cs_event *pair[2];
	cs_transactions_pair(&f.store, cs_transactions_slot(&f.store, apart), pair);
	assert_int_equal(pair[0]->message_hash, 3);
	assert_int_equal(pair[1]->message_hash, 1);
	cs_arena_fini(&f.arena);
}

static void
what_leaves_early_is_counted(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, 4);
	char stan[8], rrn[8];
	for (unsigned i = 0; i < 10; i++) {
		stan[0] = rrn[0] = (char)('0' + i);
		stan[1] = rrn[1] = '\0';
		(void)add(&f, "0200", stan, rrn, 10 + i);
	}
	assert_int_equal(f.store.evicted_n, 6);
	assert_int_equal(f.store.gone_ns, 15 * second_ns);
	assert_int_equal(find(&f, "0210", "5", NULL), cs_transaction_none);
	assert_int_equal(joined_n(&f, "5"), 0);
	assert_int_equal(joined_n(&f, "6"), 1);
	/* long after they were needed: no loss */
	for (unsigned i = 0; i < 10; i++)
		(void)add(&f, "0200", "x", "x", 1000 + 200 * i);
	assert_int_equal(f.store.evicted_n, 6);
	cs_arena_fini(&f.arena);
}

/* One date of another year emptied the ring, two entries each, and made all that was asked for later unproven. */
static void
a_date_far_ahead_makes_nothing_old(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, 4);
	f.store.now_ns = 12 * second_ns;
	(void)add(&f, "0200", "1", "1", 10);
	(void)add(&f, "0200", "2", "2", 1000000);
	(void)add(&f, "0200", "3", "3", 12);
	assert_int_equal(f.store.evicted_n, 0);
	assert_int_equal(joined_n(&f, "1"), 1);
	for (unsigned i = 0; i < 3; i++) {
		f.store.now_ns = (20 + i) * second_ns;
		(void)add(&f, "0200", "4", "4", 20 + i);
	}
	/* Full: the first two are gone, and nothing is said of behind now. */
	assert_int_equal(f.store.evicted_n, 2);
	assert_int_equal(f.store.gone_ns, 22 * second_ns);
	cs_arena_fini(&f.arena);
}

static void
one_key_does_not_slow_the_others(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, 64);
	for (unsigned i = 0; i < 3 * CS_SAME_KEY_MAX; i++)
		(void)add(&f, "0200", "000001", "r1", 1 + i);
	assert_int_equal(joined_n(&f, "r1"), CS_SAME_KEY_MAX);
	assert_true(f.store.crowded_n > 0);
	assert_int_equal(find(&f, "0210", "000001", NULL), 3 * CS_SAME_KEY_MAX - 1);
	cs_arena_fini(&f.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_finds_its_request),
		cmocka_unit_test(an_answer_changes_what_it_is_found_by),
		cmocka_unit_test(a_request_read_late_joins_its_answer),
		cmocka_unit_test(a_second_answer_is_evidence_only),
		cmocka_unit_test(what_leaves_early_is_counted),
		cmocka_unit_test(a_date_far_ahead_makes_nothing_old),
		cmocka_unit_test(one_key_does_not_slow_the_others),
	};
	return cmocka_run_group_tests_name("transaction", tests, NULL, NULL);
}
