/*
 * Goal: rows come into force all at once, with what is beside them; what was told before stays until then.
 * Method: generations by hand.
 */
#include "check.h"

#include "state/table.c"

static struct cs_arena arena;
static struct cs_table table;

static void
start(uint32_t cap)
{
	assert_int_equal(cs_arena_init(&arena, cs_table_bytes(cap, 4)), CS_OK);
	assert_int_equal(cs_table_init(&table, &arena, cap, 4), CS_OK);
	assert_int_equal(arena.used_bytes, cs_table_bytes(cap, 4));
}

static void
add(uint64_t key, uint64_t until_ns, const char *beside)
{
	cs_table_add(&table, (const uint64_t[2]){key, 1}, until_ns, beside);
}

/* What is beside KEY, or "-". */
static const char *
find(uint64_t key, uint64_t time_ns)
{
	const char *beside = cs_table_find(&table, (const uint64_t[2]){key, 1}, time_ns);
	return beside ? beside : "-";
}

static void
generations_change_at_once(void **state)
{
	(void)state;
	start(4);
	add(1, 0, "one");
	assert_string_equal(find(1, 5), "-");
	assert_int_equal(table.held, 0);
	cs_table_turn(&table, 77);
	assert_string_equal(find(1, 5), "one");
	assert_int_equal(table.digest, 77);
	add(2, 10, "two");
	assert_string_equal(find(1, 5), "one");
	assert_string_equal(find(2, 5), "-");
	cs_table_turn(&table, 78);
	assert_string_equal(find(1, 5), "-");
	assert_string_equal(find(2, 9), "two");
	assert_string_equal(find(2, 10), "-");
	cs_table_turn(&table, 79);
	assert_string_equal(find(2, 9), "-");
	assert_int_equal(table.held, 1);
	cs_arena_fini(&arena);
}

static void
what_is_given_up_leaves_no_trace(void **state)
{
	(void)state;
	start(2);
	add(1, 0, "one");
	cs_table_turn(&table, 1);
	add(2, 0, "two");
	cs_table_drop(&table);
	assert_string_equal(find(1, 5), "one");
	add(3, 0, "six");
	cs_table_turn(&table, 2);
	assert_string_equal(find(2, 5), "-");
	assert_string_equal(find(3, 5), "six");
	cs_arena_fini(&arena);
}

static void
the_later_time_and_its_words_count(void **state)
{
	(void)state;
	start(4);
	add(1, 100, "old");
	add(2, 0, "two");
	add(1, 200, "new");
	add(1, 150, "mid");
	add(2, 300, "no ");
	add(3, 0, "six");
	cs_table_turn(&table, 1);
	assert_string_equal(find(1, 199), "new");
	assert_string_equal(find(2, UINT64_MAX), "two");
	assert_string_equal(find(3, 0), "six");
	cs_arena_fini(&arena);
}

static void
rows_without_room_are_counted(void **state)
{
	(void)state;
	start(2);
	for (uint64_t key = 1; key <= 5; key++)
		add(key, 0, "any");
	add(1, 0, "any"); /* is there already */
	assert_int_equal(table.refused_n, 0);
	cs_table_turn(&table, 1);
	assert_int_equal(table.refused_n, 3);
	assert_string_equal(find(2, 5), "any");
	assert_string_equal(find(3, 5), "-");
	add(9, 0, "any");
	cs_table_turn(&table, 2);
	assert_int_equal(table.refused_n, 0);
	cs_arena_fini(&arena);
}

/* Copied regions are the state: another table goes on as this one would. */
static void
regions_are_the_state(void **state)
{
	(void)state;
	static struct cs_regions from, to;
	struct cs_arena other_arena;
	struct cs_table other;
	start(3);
	add(1, 0, "one");
	cs_table_turn(&table, 7);
	add(2, 0, "two");
	assert_int_equal(cs_arena_init(&other_arena, cs_table_bytes(3, 4)), CS_OK);
	assert_int_equal(cs_table_init(&other, &other_arena, 3, 4), CS_OK);
	cs_table_regions(&table, &from);
	cs_table_regions(&other, &to);
	assert_int_equal(from.n, CS_TABLE_REGIONS);
	for (unsigned i = 0; i < from.n; i++) {
		assert_int_equal(from.at[i].len, to.at[i].len);
		memcpy(to.at[i].at, from.at[i].at, from.at[i].len);
	}
	struct cs_table mine = table;
	table = other;
	assert_string_equal(find(1, 5), "one");
	cs_table_turn(&table, 8);
	assert_string_equal(find(1, 5), "-");
	assert_string_equal(find(2, 5), "two");
	table = mine;
	cs_arena_fini(&other_arena);
	cs_arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(generations_change_at_once),
		cmocka_unit_test(what_is_given_up_leaves_no_trace),
		cmocka_unit_test(the_later_time_and_its_words_count),
		cmocka_unit_test(rows_without_room_are_counted),
		cmocka_unit_test(regions_are_the_state),
	};
	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
