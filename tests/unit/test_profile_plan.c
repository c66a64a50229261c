/*
 * Goal: a plan is laid out so that equal questions share their folds, and what makes no sense is refused by its reason.
 * Method: plans by hand; sizes and places looked at.
 */
#include "check.h"

#include "state/profile_plan.c"

enum { E = CS_PROFILE_EVERY };

static const uint64_t day_ns = UINT64_C(86400) * 1000000000;

static struct cs_profile_layout layout;

static enum cs_error
lay(const struct cs_profile_aggregate *aggregate, unsigned n)
{
	const struct cs_profile_plan plan = {.aggregate = aggregate,
					     .aggregate_n = n,
					     .lateness_ns = 1000,
					     .keys_cap = 100,
					     .log_max = 64,
					     .log_bytes = 1 << 20};
	return cs_profile_plan_lay(&plan, &layout);
}

static enum cs_error
lay_one(struct cs_profile_aggregate aggregate)
{
	return lay(&aggregate, 1);
}

static void
test_shares_folds(void **state)
{
	(void)state;
	const struct cs_profile_aggregate four[] = {
		{.kind = CS_PROFILE_MEAN, .window_ns = day_ns, .filter = E},
		{.kind = CS_PROFILE_SUM, .window_ns = day_ns, .filter = E, .current = true},
		{.kind = CS_PROFILE_COUNT, .window_ns = day_ns, .filter = E},
		{.kind = CS_PROFILE_COUNT, .window_ns = day_ns, .filter = 3},
	};
	assert_int_equal(lay(four, 4), CS_OK);
	assert_int_equal(layout.fold_n, 3); /* two counts, a sum */
	assert_int_equal(layout.boundary_n, 2);
	assert_int_equal(layout.span_n, 1);
	assert_int_equal(layout.answer[0].value, layout.answer[1].value);
	assert_int_equal(layout.answer[0].count, layout.answer[2].count);
	assert_int_not_equal(layout.answer[2].count, layout.answer[3].count);
	assert_int_equal(layout.reach_ns, day_ns + 1000);
	assert_int_equal(layout.entry_words, 2);
	assert_int_equal(layout.within_order, 1);
	assert_int_equal(layout.record_bytes, 256); /* 128 with the folds, 8 entries */
	assert_int_equal(layout.asked_n[0], 3);
	assert_int_equal(layout.asked_n[1], 1);
}

static void
test_boundaries_rise(void **state)
{
	(void)state;
	const struct cs_profile_aggregate three[] = {
		{.kind = CS_PROFILE_SHARE, .window_ns = 30 * day_ns, .delay_ns = 7 * day_ns, .filter = E, .slot = 9},
		{.kind = CS_PROFILE_COUNT, .window_ns = day_ns, .filter = E},
		{.kind = CS_PROFILE_COUNT, .window_ns = 30 * day_ns, .delay_ns = 7 * day_ns, .filter = E},
	};
	assert_int_equal(lay(three, 3), CS_OK);
	assert_int_equal(layout.boundary_n, 4);
	for (unsigned i = 1; i < layout.boundary_n; i++)
		assert_true(layout.boundary[i].offset_ns > layout.boundary[i - 1].offset_ns);
	assert_int_equal(layout.boundary[3].offset_ns, 37 * day_ns);
	assert_int_equal(layout.span_n, 3);   /* a delayed share ends elsewhere than a delayed count */
	assert_int_equal(layout.value_at, 2); /* nine bits of mask do not fit beside the time */
	for (unsigned i = 0; i < layout.span_n; i++)
		assert_true(layout.span[i].width_ns * CS_PROFILE_PARTS <= layout.span[i].window_ns);
}

static void
test_refused(void **state)
{
	(void)state;
	typedef struct cs_profile_aggregate one;
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_KIND_N, .filter = E}), CS_E_RANGE);
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_COUNT, .filter = 32}), CS_E_RANGE);
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_SUM, .filter = E, .slot = 4}), CS_E_RANGE);
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_COUNT, .filter = E, .window_ns = 63}), CS_E_RANGE);
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_DISTINCT, .filter = E, .window_ns = day_ns}), CS_E_RANGE);
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_COUNT, .filter = E, .window_ns = day_ns, .max = 1}),
			 CS_E_RANGE);
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_MIN, .filter = E}), CS_E_UNSUPPORTED);
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_FIRST_SEEN, .filter = E, .window_ns = day_ns}),
			 CS_E_UNSUPPORTED);
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_COUNT, .filter = E, .delay_ns = 1}), CS_E_UNSUPPORTED);
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_LAST, .filter = E, .window_ns = day_ns, .delay_ns = 1}),
			 CS_E_UNSUPPORTED);
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_COUNT, .filter = E, .window_ns = 801 * day_ns}), CS_E_LIMIT);
	assert_int_equal(
		lay_one((one){
			.kind = CS_PROFILE_COUNT, .filter = E, .window_ns = 799 * day_ns, .delay_ns = 2 * day_ns}),
		CS_E_LIMIT);
	/* A lateness of 1000 ns takes too many buckets of 1 ns. */
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_COUNT, .filter = E, .window_ns = 64, .delay_ns = 8000}),
			 CS_E_LIMIT);
	assert_int_equal(lay_one((one){.kind = CS_PROFILE_COUNT, .filter = E, .window_ns = 64}), CS_OK);
	assert_int_equal(lay(NULL, 0), CS_E_RANGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares_folds),
		cmocka_unit_test(test_boundaries_rise),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests_name("profile_plan", tests, NULL, NULL);
}
