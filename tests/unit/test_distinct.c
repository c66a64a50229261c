/*
 * Goal: the number of different values in a window is exact while they fit, and "at least" from then on until those
 * turned away are gone.
 * Method: random values and times, some of them late, beside a plain table of last sights.
 */
#include "check.h"

#include "state/distinct.c"

enum { VALUES_N = 40, STEPS_N = 200000 };

static struct {
	uint64_t seed;
	uint64_t last[VALUES_N]; /* + 1 */
	_Alignas(16) uint8_t memory[8192];
} t;

static uint64_t
draw(uint64_t below)
{
	t.seed = t.seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (t.seed >> 33) % below;
}

static unsigned
count(uint64_t now_ns, uint64_t window_ns)
{
	unsigned n = 0;
	for (unsigned i = 0; i < VALUES_N; i++)
		n += t.last[i] && t.last[i] - 1 + window_ns > now_ns;
	return n;
}

/* Returns how often the table was short of room. */
static unsigned
play(uint32_t max, uint64_t step_ns)
{
	struct cs_distinct *table = (struct cs_distinct *)(void *)t.memory;
	struct cs_distinct_window window = {.now_ns = 1000, .window_ns = 500, .lateness_ns = 60, .max = max};
	unsigned short_n = 0;
	memset(&t, 0, sizeof t);
	assert_true(cs_distinct_bytes(max) <= sizeof t.memory);
	for (unsigned i = 0; i < STEPS_N; i++) {
		window.now_ns += draw(step_ns);
		cs_distinct_advance(table, &window);
		uint64_t value = draw(VALUES_N), time_ns = window.now_ns - (draw(5) ? 0 : draw(61));
		cs_distinct_see(table, &window, value, time_ns);
		t.last[value] = time_ns + 1 > t.last[value] ? time_ns + 1 : t.last[value];
		unsigned want = count(window.now_ns, window.window_ns);
		if (cs_distinct_short(table, &window)) {
			short_n++;
			assert_true(table->live_n <= want);
			continue;
		}
		assert_int_equal(table->live_n, want);
		assert_int_equal(cs_distinct_at(table, &window), want);
	}
	return short_n;
}

static void
test_exact_while_they_fit(void **state)
{
	(void)state;
	assert_int_equal(play(VALUES_N, 60), 0);
	assert_int_equal(play(VALUES_N, 3), 0);
}

static void
test_short_of_room(void **state)
{
	(void)state;
	assert_in_range(play(12, 10), STEPS_N / 2, STEPS_N);
	assert_in_range(play(12, 140), 1, STEPS_N / 2);
}

/* What has left the window is still known to questions about the past, for the lateness. */
static void
test_kept_for_the_lateness(void **state)
{
	(void)state;
	struct cs_distinct *table = (struct cs_distinct *)(void *)t.memory;
	struct cs_distinct_window window = {.now_ns = 100, .window_ns = 500, .lateness_ns = 60, .max = 4};
	memset(&t, 0, sizeof t);
	cs_distinct_see(table, &window, 7, 100);
	window.now_ns = 620;
	cs_distinct_advance(table, &window);
	assert_int_equal(table->live_n, 0);
	window.now_ns = 599;
	assert_int_equal(cs_distinct_at(table, &window), 1);
	window.now_ns = 600;
	assert_int_equal(cs_distinct_at(table, &window), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact_while_they_fit),
		cmocka_unit_test(test_short_of_room),
		cmocka_unit_test(test_kept_for_the_lateness),
	};
	return cmocka_run_group_tests_name("distinct", tests, NULL, NULL);
}
