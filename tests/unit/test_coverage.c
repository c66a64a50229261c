/*
 * Goal: a gap is found wherever it lies, never forgotten, and time not watched or not settled is a gap.
 * Method: a small ring, so that it overflows.
 */
#include "check.h"

#include "state/coverage.c"

static struct cs_coverage *
watched(unsigned gaps_cap)
{
	struct cs_coverage *coverage = cs_coverage_new(2, gaps_cap);
	cs_coverage_start(coverage, 0, 100);
	cs_coverage_settle(coverage, 0, 10000);
	return coverage;
}

static uint64_t
lost(const struct cs_coverage *coverage, uint64_t from_ns, uint64_t to_ns)
{
	return cs_coverage_lost(coverage, 0, CS_DIR_TO_PORT, from_ns, to_ns);
}

static void
test_time_not_watched(void **state)
{
	(void)state;
	struct cs_coverage *coverage = watched(4);
	assert_int_equal(lost(coverage, 100, 10000), 0);
	assert_true(lost(coverage, 99, 200) == UINT64_MAX);
	assert_true(lost(coverage, 200, 10001) == UINT64_MAX);
	assert_true(cs_coverage_lost(coverage, 1, CS_DIR_TO_PORT, 0, 0) == UINT64_MAX);
	cs_coverage_start(coverage, 0, 50);
	cs_coverage_settle(coverage, 0, 20);
	assert_true(lost(coverage, 60, 200) == UINT64_MAX);
	assert_int_equal(cs_coverage_settled(coverage, 0), 10000);
	cs_coverage_free(coverage);
}

static void
test_gap_is_found(void **state)
{
	(void)state;
	struct cs_coverage *coverage = watched(4);
	cs_coverage_gap(coverage, 0, CS_DIR_TO_PORT, (struct cs_gap){300, 200, 5});
	assert_int_equal(lost(coverage, 100, 199), 0);
	assert_int_equal(lost(coverage, 301, 400), 0);
	assert_int_equal(lost(coverage, 100, 200), 5);
	assert_int_equal(lost(coverage, 250, 260), 5);
	assert_int_equal(lost(coverage, 300, 400), 5);
	assert_int_equal(cs_coverage_lost(coverage, 0, CS_DIR_FROM_PORT, 200, 300), 0);
	cs_coverage_gap(coverage, 0, CS_DIR_TO_PORT, (struct cs_gap){1000, 1000, 0});
	assert_int_equal(lost(coverage, 900, 1100), 1);
	cs_coverage_free(coverage);
}

static void
test_full_ring_only_widens(void **state)
{
	(void)state;
	struct cs_coverage *coverage = watched(3);
	for (uint64_t i = 0; i < 6; i++)
		cs_coverage_gap(coverage, 0, CS_DIR_TO_PORT, (struct cs_gap){1000 + i * 100, 1010 + i * 100, 1});
	for (uint64_t i = 0; i < 6; i++)
		assert_true(lost(coverage, 1000 + i * 100, 1001 + i * 100) > 0);
	assert_int_equal(lost(coverage, 1000, 1600), 6);
	assert_int_equal(lost(coverage, 1411, 1499), 0);
	assert_true(lost(coverage, 1111, 1199) > 0);
	cs_coverage_free(coverage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time_not_watched),
		cmocka_unit_test(test_gap_is_found),
		cmocka_unit_test(test_full_ring_only_widens),
	};
	return cmocka_run_group_tests_name("coverage", tests, NULL, NULL);
}
