/*
 * Goal: chance is the same everywhere and has the distributions it claims; the calendar is right.
 * Method: known draws of a seed, means over many draws, known days.
 */
#include "check.h"

#include "calendar.c"
#include "dice.c"

enum { DRAWS = 200000 };

static void
a_seed_fixes_the_draws(void **state)
{
	(void)state;
	struct cs_dice a, b, c;
	cs_dice_seed(&a, 7, 1);
	cs_dice_seed(&b, 7, 1);
	cs_dice_seed(&c, 7, 2);
	bool differs = false;
	for (unsigned i = 0; i < 100; i++) {
		uint64_t draw = cs_dice_u64(&a);
		assert_true(draw == cs_dice_u64(&b));
		differs = differs || draw != cs_dice_u64(&c);
	}
	assert_true(differs);
}

static void
means_are_right(void **state)
{
	(void)state;
	struct cs_dice dice;
	cs_dice_seed(&dice, 1, 1);
	uint64_t wait = 0, yes = 0, least = UINT64_MAX, most = 0;
	for (unsigned i = 0; i < DRAWS; i++) {
		wait += cs_dice_wait_ns(&dice, 1000000);
		yes += cs_dice_chance(&dice, 10000);
		uint64_t latency_ns = cs_dice_latency_ns(&dice);
		least = latency_ns < least ? latency_ns : least;
		most = latency_ns > most ? latency_ns : most;
	}
	assert_in_range(wait / DRAWS, 970000, 1030000);
	assert_in_range(yes, DRAWS / 100 - 200, DRAWS / 100 + 200);
	assert_in_range(least, 55 * CS_MS, 56 * CS_MS);
	assert_in_range(most, 400 * CS_MS, 431 * CS_MS);
}

static void
days_are_right(void **state)
{
	(void)state;
	uint64_t leap_ns = cs_calendar_ns(2024, 2, 29, 23, 59);
	assert_true(leap_ns == 1709251140 * CS_SECOND);
	struct cs_calendar t = cs_calendar_at(leap_ns, 60);
	assert_int_equal(t.month, 3);
	assert_int_equal(t.day, 1);
	assert_int_equal(t.hour, 0);
	assert_int_equal(t.day_of_year, 61);
	t = cs_calendar_at(cs_calendar_ns(2026, 1, 1, 0, 0), -300);
	assert_int_equal(t.year, 2025);
	assert_int_equal(t.day_of_year, 365);
	assert_int_equal(t.hour, 19);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seed_fixes_the_draws),
		cmocka_unit_test(means_are_right),
		cmocka_unit_test(days_are_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
