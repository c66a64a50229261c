/*
 * Goal: what was put in is found until it is removed, after any history; a full neighbourhood is refused and counted.
 * Method: seeded random work against a plain table, with few home places so that runs grow long.
 */
#include "check.h"

#include "state/index.c"

enum { SLOTS_N = 2000, STEPS_N = 200000 };

static bool
found(const struct cs_index *index, uint64_t key, uint32_t slot)
{
	struct cs_index_walk walk = cs_index_walk_of(key);
	for (uint32_t at; cs_index_next(index, &walk, &at);)
		if (at == slot)
			return true;
	return false;
}

static void
test_against_table(void **state)
{
	(void)state;
	static uint64_t key[SLOTS_N];
	static bool in[SLOTS_N];
	struct cs_arena arena;
	struct cs_index index;
	assert_int_equal(cs_arena_init(&arena, cs_index_bytes(SLOTS_N)), CS_OK);
	assert_int_equal(cs_index_init(&index, &arena, SLOTS_N), CS_OK);
	uint64_t seed = 1;
	for (unsigned step = 0; step < STEPS_N; step++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		uint32_t slot = (uint32_t)(seed >> 33) % SLOTS_N;
		if (in[slot]) {
			assert_true(found(&index, key[slot], slot));
			assert_true(cs_index_remove(&index, cs_index_tag(key[slot]), slot));
			assert_false(found(&index, key[slot], slot));
		} else {
			key[slot] = (seed >> 20) % 3000 + 1;
			assert_true(cs_index_insert(&index, key[slot], slot));
		}
		in[slot] = !in[slot];
	}
	for (uint32_t slot = 0; slot < SLOTS_N; slot++)
		assert_int_equal(found(&index, key[slot], slot), in[slot]);
	assert_int_equal(index.refused_n, 0);
	cs_arena_fini(&arena);
}

static void
test_one_key_is_bounded(void **state)
{
	(void)state;
	struct cs_arena arena;
	struct cs_index index;
	assert_int_equal(cs_arena_init(&arena, cs_index_bytes(1000)), CS_OK);
	assert_int_equal(cs_index_init(&index, &arena, 1000), CS_OK);
	for (uint32_t slot = 0; slot < CS_INDEX_PROBES_MAX; slot++)
		assert_true(cs_index_insert(&index, 77, slot));
	assert_false(cs_index_insert(&index, 77, 999));
	assert_int_equal(index.refused_n, 1);
	assert_true(cs_index_remove(&index, 77, 0));
	assert_false(cs_index_remove(&index, 77, 0));
	assert_true(cs_index_insert(&index, 77, 999));
	assert_true(found(&index, 77, 999));
	cs_arena_fini(&arena);
}

static void
test_too_large_is_refused(void **state)
{
	(void)state;
	struct cs_arena arena = {0};
	struct cs_index index;
	assert_int_equal(cs_index_init(&index, &arena, ((size_t)1 << 30) + 1), CS_E_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_table),
		cmocka_unit_test(test_one_key_is_bounded),
		cmocka_unit_test(test_too_large_is_refused),
	};
	return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
