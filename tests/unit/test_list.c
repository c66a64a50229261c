/*
 * Goal: a key is found while it is in force, and no other; what there is no room for is counted.
 * Method: keys by hand, then many of them beside a plain array.
 */
#include "check.h"

#include "state/list.c"

static struct cs_arena arena;
static struct cs_list list;

static void
start(uint32_t cap)
{
	assert_int_equal(cs_arena_init(&arena, cs_list_bytes(cap)), CS_OK);
	assert_int_equal(cs_list_init(&list, &arena, cap), CS_OK);
}

static bool
add(uint64_t key, uint64_t until_ns, uint32_t number)
{
	return cs_list_add(&list, (const uint64_t[2]){key, ~key}, until_ns, number);
}

static const struct cs_list_item *
find(uint64_t key, uint64_t time_ns)
{
	return cs_list_find(&list, (const uint64_t[2]){key, ~key}, time_ns);
}

static void
in_force_until_its_time(void **state)
{
	(void)state;
	start(4);
	assert_true(add(1, 100, 7));
	assert_true(add(2, 0, 8));
	assert_int_equal(find(1, 99)->number, 7);
	assert_null(find(1, 100));
	assert_int_equal(find(2, UINT64_MAX)->number, 8);
	assert_null(find(3, 1));
	assert_true(add(1, 50, 9)); /* earlier: nothing new */
	assert_int_equal(find(1, 99)->number, 7);
	assert_true(add(1, 200, 10));
	assert_int_equal(find(1, 199)->number, 10);
	assert_true(add(1, 0, 11));
	assert_int_equal(find(1, UINT64_MAX)->number, 11);
	assert_true(add(1, 300, 12)); /* for ever is later */
	assert_int_equal(find(1, UINT64_MAX)->number, 11);
	assert_int_equal(list.n, 2);
	cs_arena_fini(&arena);
}

static void
half_of_a_key_is_another_key(void **state)
{
	(void)state;
	start(2);
	assert_true(cs_list_add(&list, (const uint64_t[2]){0, 0}, 0, 1));
	assert_null(cs_list_find(&list, (const uint64_t[2]){0, 1}, 5));
	assert_non_null(cs_list_find(&list, (const uint64_t[2]){0, 0}, 5));
	cs_arena_fini(&arena);
}

static void
full_is_counted(void **state)
{
	(void)state;
	enum { N = 1000 };
	start(N);
	for (uint64_t i = 0; i < N; i++)
		assert_true(add(i * 77, i % 3 ? 0 : 1000 + i, (uint32_t)i));
	assert_false(add(N * 77, 0, N));
	assert_true(add(5 * 77, 0, 5)); /* one that is there */
	assert_int_equal(list.refused_n, 1);
	for (uint64_t i = 0; i < N; i++) {
		const struct cs_list_item *item = find(i * 77, 1500);
		bool gone = i % 3 == 0 && 1000 + i <= 1500;
		assert_int_equal(item == NULL, gone);
		if (item)
			assert_int_equal(item->number, i);
	}
	assert_null(find(N * 77, 0));
	cs_arena_fini(&arena);
}

static void
no_memory_is_said(void **state)
{
	(void)state;
	assert_int_equal(cs_arena_init(&arena, 64), CS_OK);
	assert_int_equal(cs_list_init(&list, &arena, 100), CS_E_MEMORY);
	cs_arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_force_until_its_time),
		cmocka_unit_test(half_of_a_key_is_another_key),
		cmocka_unit_test(full_is_counted),
		cmocka_unit_test(no_memory_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
