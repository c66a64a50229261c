/*
 * Goal: a name is found in tables of every shape, and nothing else is.
 * Method: tables by hand, a name at either end, parts of names and rows without one.
 */
#include "check.h"

#include "base/name.c"

static void
plain_tables(void **state)
{
	(void)state;
	static const char *const names[] = {"allow", "hold", "block"};
	assert_int_equal(cs_name_find(names, sizeof names[0], 3, cs_span_text("allow")), 0);
	assert_int_equal(cs_name_find(names, sizeof names[0], 3, cs_span_text("block")), 2);
	assert_int_equal(cs_name_find(names, sizeof names[0], 2, cs_span_text("block")), 2);
	assert_int_equal(cs_name_find(names, sizeof names[0], 3, cs_span_text("hol")), 3);
	assert_int_equal(cs_name_find(names, sizeof names[0], 3, cs_span_text("holds")), 3);
	assert_int_equal(cs_name_find(names, sizeof names[0], 3, cs_span_text("")), 3);
	assert_int_equal(cs_name_find(names, sizeof names[0], 0, cs_span_text("allow")), 0);
}

static void
rows_of_structs(void **state)
{
	(void)state;
	static const struct {
		uint32_t number;
		const char *name;
		uint64_t more[3];
	} rows[] = {{1, NULL, {0}}, {2, "visa", {0}}, {3, NULL, {0}}, {4, "core", {0}}, {5, "visa", {0}}};
	assert_int_equal(cs_name_find(&rows[0].name, sizeof rows[0], 5, cs_span_text("visa")), 1);
	assert_int_equal(cs_name_find(&rows[0].name, sizeof rows[0], 5, cs_span_text("core")), 3);
	assert_int_equal(cs_name_find(&rows[0].name, sizeof rows[0], 5, cs_span_text("none")), 5);
	assert_int_equal(cs_name_find(&rows[0].name, sizeof rows[0], 5, (struct cs_span){NULL, 0}), 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_tables),
		cmocka_unit_test(rows_of_structs),
	};
	return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
