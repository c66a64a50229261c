/*
 * Goal: keys are told apart by their whole identity, none is lost or found twice, and of a full table the one longest
 * idle nearby is offered.
 * Method: random work against a plain table, with hashes of few values so that runs grow long and tags are equal.
 */
#include "check.h"

#include "state/key_table.c"

enum { CAP = 500, NAMES_N = 1500, STEPS_N = 100000 };

static struct {
	struct cs_arena arena;
	struct cs_key_table table;
} t;

static void
start(uint32_t cap)
{
	t.table = (struct cs_key_table){.cap = cap, .record_bytes = 64};
	assert_int_equal(cs_arena_init(&t.arena, cs_key_table_bytes(cap, 64)), CS_OK);
	assert_int_equal(cs_key_table_init(&t.table, &t.arena), CS_OK);
}

static struct cs_key
name_of(unsigned name)
{
	struct cs_key key = cs_key_of((const uint64_t[2]){name, 5}, 3);
	key.hash %= 700; /* tags in common, homes side by side */
	return key;
}

static void
test_against_table(void **state)
{
	(void)state;
	static bool in[NAMES_N];
	uint64_t seed = 1;
	start(CAP);
	for (unsigned step = 0, n = 0; step < STEPS_N; step++) {
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		unsigned name = (unsigned)(seed >> 33) % NAMES_N;
		struct cs_key key = name_of(name);
		struct cs_key_head *head = cs_key_table_find(&t.table, &key);
		assert_int_equal(head != NULL, in[name]);
		if (head) {
			assert_int_equal(head->identity[0], name);
			cs_key_table_drop(&t.table, head);
			in[name] = false;
			n--;
			continue;
		}
		head = cs_key_table_enter(&t.table, &key);
		assert_int_equal(head != NULL, n < CAP);
		if (!head)
			continue;
		assert_int_equal(head->clock_ns, 0);
		head->clock_ns = step;
		in[name] = true;
		n++;
	}
	assert_int_equal(t.table.refused_n, 0);
	cs_arena_fini(&t.arena);
}

static void
test_same_hash_other_identity(void **state)
{
	(void)state;
	start(CAP);
	struct cs_key one = {77, {1, 2}}, other = {77, {1, 3}};
	assert_non_null(cs_key_table_enter(&t.table, &one));
	assert_null(cs_key_table_find(&t.table, &other));
	struct cs_key_head *second = cs_key_table_enter(&t.table, &other);
	assert_ptr_equal(cs_key_table_find(&t.table, &other), second);
	assert_ptr_not_equal(cs_key_table_find(&t.table, &one), second);
	cs_arena_fini(&t.arena);
}

/* Keys that all share a hash fill the index around it; the next is refused, until one of them goes. */
static void
test_crowded_hash(void **state)
{
	(void)state;
	start(CAP);
	for (uint64_t i = 0; i < CS_INDEX_PROBES_MAX; i++) {
		struct cs_key_head *head = cs_key_table_enter(&t.table, &(struct cs_key){9, {i, 0}});
		assert_non_null(head);
		head->clock_ns = 1000 - i;
	}
	struct cs_key more = {9, {1000, 0}};
	assert_null(cs_key_table_enter(&t.table, &more));
	assert_int_equal(t.table.refused_n, 1);
	struct cs_key_head *victim = cs_key_table_victim(&t.table, 9);
	assert_int_equal(victim->identity[0], CS_KEY_NEIGHBOURS - 1);
	cs_key_table_drop(&t.table, victim);
	assert_non_null(cs_key_table_enter(&t.table, &more));
	cs_arena_fini(&t.arena);
}

static void
test_hand_goes_round(void **state)
{
	(void)state;
	start(CAP);
	assert_null(cs_key_table_visit(&t.table));
	for (uint64_t i = 0; i < 10; i++)
		assert_non_null(cs_key_table_enter(&t.table, &(struct cs_key){i * 31, {i, 0}}));
	cs_key_table_drop(&t.table, cs_key_table_find(&t.table, &(struct cs_key){4 * 31, {4, 0}}));
	unsigned seen[10] = {0};
	for (unsigned i = 0; i < 30; i++) {
		struct cs_key_head *head = cs_key_table_visit(&t.table);
		if (head)
			seen[head->identity[0]]++;
	}
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(seen[i], i == 4 ? 0 : 3);
	cs_arena_fini(&t.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_table),
		cmocka_unit_test(test_same_hash_other_identity),
		cmocka_unit_test(test_crowded_hash),
		cmocka_unit_test(test_hand_goes_round),
	};
	return cmocka_run_group_tests_name("key_table", tests, NULL, NULL);
}
