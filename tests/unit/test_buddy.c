/*
 * Goal: blocks given out never overlap, all memory can be had, and what is given back joins up again.
 * Method: seeded random work beside a map of units; then everything given back and the largest blocks taken.
 */
#include "check.h"

#include "state/buddy.c"

enum { UNITS = 1024, ORDER_MAX = 6, BLOCKS_MAX = UNITS, STEPS_N = 100000 };

static struct {
	struct cs_arena arena;
	struct cs_buddy buddy;
	struct {
		uint32_t block;
		unsigned order;
	} held[BLOCKS_MAX];
	unsigned held_n;
	uint8_t owner[UNITS];
	uint64_t seed;
} t;

static uint64_t
draw(uint64_t below)
{
	t.seed = t.seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (t.seed >> 33) % below;
}

static void
start(void)
{
	memset(&t, 0, sizeof t);
	t.buddy = (struct cs_buddy){.cap = UNITS, .unit_bytes = 24, .order_max = ORDER_MAX};
	assert_int_equal(cs_arena_init(&t.arena, cs_buddy_bytes(UNITS, 24)), CS_OK);
	assert_int_equal(cs_buddy_init(&t.buddy, &t.arena), CS_OK);
}

static bool
take(unsigned order)
{
	uint32_t block = cs_buddy_take(&t.buddy, order);
	if (block == cs_buddy_none)
		return false;
	for (uint32_t i = block; i < block + (1u << order); i++) {
		assert_int_equal(t.owner[i], 0);
		t.owner[i] = 1;
	}
	memset(cs_buddy_at(&t.buddy, block), 0xa5, (size_t)24 << order);
	t.held[t.held_n].block = block;
	t.held[t.held_n++].order = order;
	return true;
}

static void
give(unsigned at)
{
	uint32_t block = t.held[at].block;
	unsigned order = t.held[at].order;
	memset(&t.owner[block], 0, (size_t)1 << order);
	cs_buddy_give(&t.buddy, block, order);
	t.held[at] = t.held[--t.held_n];
}

static void
test_random_work(void **state)
{
	(void)state;
	start();
	for (unsigned step = 0; step < STEPS_N; step++) {
		bool more = draw(100) < (step / 1000 % 2 ? 45 : 55);
		if (more || t.held_n == 0)
			(void)take((unsigned)draw(ORDER_MAX + 1));
		else
			give((unsigned)draw(t.held_n));
		uint32_t used = 0;
		for (unsigned i = 0; i < UNITS && step % 100 == 0; i++)
			used += t.owner[i];
		assert_true(step % 100 || used == t.buddy.used_n);
	}
	assert_true(t.buddy.refused_n > 100);
	while (t.held_n)
		give(t.held_n - 1);
	for (unsigned i = 0; i < UNITS >> ORDER_MAX; i++)
		assert_true(take(ORDER_MAX));
	assert_false(take(0));
	cs_arena_fini(&t.arena);
}

static void
test_all_of_it_in_small_blocks(void **state)
{
	(void)state;
	start();
	for (unsigned i = 0; i < UNITS; i++)
		assert_true(take(0));
	assert_false(take(0));
	assert_int_equal(t.buddy.refused_n, 1);
	give(500);
	assert_false(take(1));
	assert_true(take(0));
	cs_arena_fini(&t.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_work),
		cmocka_unit_test(test_all_of_it_in_small_blocks),
	};
	return cmocka_run_group_tests_name("buddy", tests, NULL, NULL);
}
