/*
 * Goal: debts are kept in order, found by key, and their turn is told rightly.
 * Method: a small table, filled, paid in and out of order, emptied and filled again.
 */
#include "check.h"

#include "state/owed.c"

enum { CAP = 4 };

static struct cs_arena arena;
static struct cs_owed owed;

static int
start(void **state)
{
	(void)state;
	assert_int_equal(cs_arena_init(&arena, cs_owed_bytes(CAP)), CS_OK);
	assert_int_equal(cs_owed_init(&owed, &arena, CAP), CS_OK);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	cs_arena_fini(&arena);
	return 0;
}

static uint32_t
add(uint64_t claim_ns, uint64_t deadline_ns)
{
	return cs_owed_add(&owed, &(struct cs_owed_claim){.claim_ns = claim_ns, .deadline_ns = deadline_ns});
}

static void
test_no_room(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CAP; i++)
		assert_int_not_equal(add(i, i), cs_owed_none);
	assert_int_equal(add(9, 9), cs_owed_none);
	cs_owed_remove(&owed, owed.queue[0].first);
	assert_int_not_equal(add(9, 9), cs_owed_none);
}

static void
test_deadlines_do_not_fall(void **state)
{
	(void)state;
	uint32_t first = add(1, 100);
	uint32_t second = add(2, 50);
	assert_int_equal(owed.queue[0].first, first);
	assert_int_equal(owed.at[second].deadline_ns, 100);
}

static void
test_turn_comes_when_older_ones_are_paid(void **state)
{
	(void)state;
	uint32_t first = add(1, 100);
	uint32_t second = add(2, 100);
	assert_int_equal(cs_owed_turn_ns(&owed, first), 0);
	cs_owed_pay(&owed, first, 500);
	cs_owed_remove(&owed, first);
	assert_int_equal(cs_owed_turn_ns(&owed, second), 500);
}

static void
test_passed_over_once(void **state)
{
	(void)state;
	uint32_t at[CAP];
	for (unsigned i = 0; i < CAP; i++)
		at[i] = add(i + 1, 100);
	cs_owed_pay(&owed, at[2], 500);
	cs_owed_remove(&owed, at[2]);
	cs_owed_pay(&owed, at[3], 900);
	cs_owed_remove(&owed, at[3]);
	assert_int_equal(cs_owed_turn_ns(&owed, at[0]), 500);
	assert_int_equal(cs_owed_turn_ns(&owed, at[1]), 500);
	/* A straggler is paid: nobody else is passed over, and a new one waits behind it. */
	uint32_t later = add(9, 100);
	cs_owed_pay(&owed, at[1], 950);
	cs_owed_remove(&owed, at[1]);
	assert_int_equal(cs_owed_turn_ns(&owed, at[0]), 500);
	assert_int_equal(cs_owed_turn_ns(&owed, later), 950);
}

static void
test_found_by_key_until_removed(void **state)
{
	(void)state;
	uint32_t at = add(1, 100), found = cs_owed_none;
	cs_owed_enter(&owed, at, 77);
	struct cs_index_walk walk = cs_index_walk_of(77);
	assert_true(cs_index_next(&owed.index, &walk, &found));
	assert_int_equal(found, at);
	cs_owed_remove(&owed, at);
	walk = cs_index_walk_of(77);
	assert_false(cs_index_next(&owed.index, &walk, &found));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_room, start, stop),
		cmocka_unit_test_setup_teardown(test_deadlines_do_not_fall, start, stop),
		cmocka_unit_test_setup_teardown(test_turn_comes_when_older_ones_are_paid, start, stop),
		cmocka_unit_test_setup_teardown(test_passed_over_once, start, stop),
		cmocka_unit_test_setup_teardown(test_found_by_key_until_removed, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
