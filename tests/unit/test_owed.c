/*
 * Goal: a debt is in exactly one queue and under each of its keys until it is settled; a full table refuses; a queue is
 * in order of deadline whatever was asked for.
 * Method: small tables by hand, then many additions and removals held against a list that is plainly right.
 */
#include "check.h"

#include "state/owed.c"

enum { CAP = 24, TURNS = 20000 };

struct fixture {
	struct cs_arena arena;
	struct cs_owed owed;
};

static void
start(struct fixture *f, uint32_t cap)
{
	assert_int_equal(cs_arena_init(&f->arena, cs_owed_bytes(cap)), CS_OK);
	assert_int_equal(cs_owed_init(&f->owed, &f->arena, cap), CS_OK);
	assert_int_equal(f->arena.used_bytes, cs_owed_bytes(cap));
}

static uint32_t
add(struct fixture *f, uint16_t queue, uint64_t deadline_ns)
{
	const struct cs_owed_claim claim = {.queue = queue, .deadline_ns = deadline_ns, .claim_ns = deadline_ns};
	return cs_owed_add(&f->owed, &claim);
}

static bool
is_under(const struct cs_owed *owed, uint64_t key, uint32_t at)
{
	struct cs_index_walk walk = cs_index_walk_of(key);
	for (uint32_t slot; cs_index_next(&owed->index, &walk, &slot);)
		if (slot == at)
			return true;
	return false;
}

static void
a_full_table_refuses(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, 3);
	uint32_t at[3];
	for (unsigned i = 0; i < 3; i++)
		assert_int_not_equal(at[i] = add(&f, 0, 100 + i), cs_owed_none);
	assert_int_equal(add(&f, 0, 200), cs_owed_none);
	assert_int_equal(f.owed.used_n, 3);
	cs_owed_remove(&f.owed, at[1]);
	assert_int_equal(add(&f, 1, 200), at[1]);
	assert_int_equal(add(&f, 1, 201), cs_owed_none);
	cs_arena_fini(&f.arena);
}

static void
deadlines_do_not_fall_along_a_queue(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, 8);
	uint32_t first = add(&f, 2, 500), second = add(&f, 2, 300), other = add(&f, 3, 300);
	assert_int_equal(f.owed.at[second].deadline_ns, 500);
	assert_int_equal(f.owed.at[second].claim_ns, 300);
	assert_int_equal(f.owed.at[other].deadline_ns, 300);
	assert_int_equal(f.owed.queue[2].first, first);
	cs_owed_remove(&f.owed, first);
	assert_int_equal(f.owed.queue[2].first, second);
	assert_int_equal(f.owed.queue[2].last, second);
	cs_owed_remove(&f.owed, second);
	assert_int_equal(f.owed.queue[2].first, cs_owed_none);
	assert_int_equal(f.owed.queue[2].last, cs_owed_none);
	assert_int_equal(f.owed.queue[3].first, other);
	cs_arena_fini(&f.arena);
}

static void
keys_find_until_it_is_settled(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, 4);
	uint32_t a = add(&f, 0, 1), b = add(&f, 0, 2);
	cs_owed_enter(&f.owed, a, 0x1111222233334444);
	cs_owed_enter(&f.owed, a, 0x5555666677778888);
	cs_owed_enter(&f.owed, b, 0x1111222233334444);
	assert_true(is_under(&f.owed, 0x1111222233334444, a) && is_under(&f.owed, 0x1111222233334444, b));
	assert_true(is_under(&f.owed, 0x5555666677778888, a));
	cs_owed_remove(&f.owed, a);
	assert_false(is_under(&f.owed, 0x1111222233334444, a) || is_under(&f.owed, 0x5555666677778888, a));
	assert_true(is_under(&f.owed, 0x1111222233334444, b));
	/* Its place is used again, and has none of its keys. */
	assert_int_equal(add(&f, 0, 3), a);
	assert_false(is_under(&f.owed, 0x5555666677778888, a));
	cs_arena_fini(&f.arena);
}

/* Walks every queue both ways: who is in it is who should be. */
static void
check_queues(const struct cs_owed *owed, const bool *used)
{
	unsigned seen_n = 0;
	for (unsigned q = 0; q < CS_OWED_QUEUES_MAX; q++) {
		uint32_t before = cs_owed_none;
		uint64_t deadline_ns = 0;
		for (uint32_t at = owed->queue[q].first; at != cs_owed_none; at = owed->at[at].next) {
			assert_true(used[at]);
			assert_int_equal(owed->at[at].queue, q);
			assert_int_equal(owed->at[at].previous, before);
			assert_true(owed->at[at].deadline_ns >= deadline_ns);
			deadline_ns = owed->at[at].deadline_ns;
			before = at;
			assert_true(++seen_n <= CAP);
		}
		assert_int_equal(owed->queue[q].last, before);
	}
	assert_int_equal(seen_n, owed->used_n);
}

static void
many_come_and_go(void **state)
{
	(void)state;
	struct fixture f;
	bool used[CAP] = {false};
	uint64_t dice = 1;
	start(&f, CAP);
	for (unsigned turn = 0; turn < TURNS; turn++) {
		dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407;
		uint32_t pick = (uint32_t)(dice >> 33) % CAP;
		if (used[pick]) {
			cs_owed_remove(&f.owed, pick);
			used[pick] = false;
		} else {
			uint32_t at = add(&f, (uint16_t)(dice >> 60), dice >> 40);
			assert_true(at < CAP && !used[at]);
			used[at] = true;
			for (unsigned key = 0; key < CS_OWED_KEYS_MAX; key++)
				cs_owed_enter(&f.owed, at, dice % 7 + 1 + ((uint64_t)key << 32));
		}
		check_queues(&f.owed, used);
	}
	cs_arena_fini(&f.arena);
}

static void
a_turn_comes_when_older_ones_are_paid(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, 4);
	uint32_t first = add(&f, 0, 1), second = add(&f, 0, 2);
	assert_int_equal(cs_owed_turn_ns(&f.owed, first), 0);
	cs_owed_pay(&f.owed, first, 500);
	cs_owed_remove(&f.owed, first);
	assert_int_equal(cs_owed_turn_ns(&f.owed, second), 500);
	cs_arena_fini(&f.arena);
}

static void
each_is_passed_over_once(void **state)
{
	(void)state;
	struct fixture f;
	uint32_t at[4];
	start(&f, 4);
	for (unsigned i = 0; i < 4; i++)
		at[i] = add(&f, 0, i + 1);
	cs_owed_pay(&f.owed, at[2], 500);
	cs_owed_remove(&f.owed, at[2]);
	cs_owed_pay(&f.owed, at[3], 900);
	cs_owed_remove(&f.owed, at[3]);
	assert_int_equal(cs_owed_turn_ns(&f.owed, at[0]), 500);
	assert_int_equal(cs_owed_turn_ns(&f.owed, at[1]), 500);
	/* A straggler is paid: nobody else is passed over, and a new one waits behind it. */
	uint32_t later = add(&f, 0, 9);
	cs_owed_pay(&f.owed, at[1], 950);
	cs_owed_remove(&f.owed, at[1]);
	assert_int_equal(cs_owed_turn_ns(&f.owed, at[0]), 500);
	assert_int_equal(cs_owed_turn_ns(&f.owed, later), 950);
	cs_arena_fini(&f.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_table_refuses),
		cmocka_unit_test(deadlines_do_not_fall_along_a_queue),
		cmocka_unit_test(keys_find_until_it_is_settled),
		cmocka_unit_test(many_come_and_go),
		cmocka_unit_test(a_turn_comes_when_older_ones_are_paid),
		cmocka_unit_test(each_is_passed_over_once),
	};
	return cmocka_run_group_tests_name("owed", tests, NULL, NULL);
}
