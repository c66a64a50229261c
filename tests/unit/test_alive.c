/*
 * Goal: the heartbeat of a link is the longest time between two signs of life of the last two hours, and nothing else.
 * Method: signs at chosen times, and what was learned after each.
 */
#include "check.h"

#include "engine/alive.c"

static const uint64_t s_ns = UINT64_C(1000000000);
static const uint64_t start_ns = UINT64_C(1700000000000000000);

static void
the_longest_of_two_hours_counts(void **state)
{
	(void)state;
	struct cs_alive alive = {0};
	uint64_t at_ns = start_ns;
	assert_int_equal(cs_alive_heartbeat(&alive), 0);
	cs_alive_sign(&alive, at_ns, at_ns + 45 * s_ns);
	assert_int_equal(cs_alive_heartbeat(&alive), 45 * s_ns);
	cs_alive_sign(&alive, at_ns + 45 * s_ns, at_ns + 60 * s_ns);
	assert_int_equal(cs_alive_heartbeat(&alive), 45 * s_ns);
	/* one was lost */
	cs_alive_sign(&alive, at_ns + 60 * s_ns, at_ns + 150 * s_ns);
	assert_int_equal(cs_alive_heartbeat(&alive), 90 * s_ns);
	at_ns += 150 * s_ns;
	for (unsigned i = 0; i < 240; i++, at_ns += 45 * s_ns) {
		cs_alive_sign(&alive, at_ns, at_ns + 45 * s_ns);
		if (i == 79)
			assert_int_equal(cs_alive_heartbeat(&alive), 90 * s_ns);
	}
	assert_int_equal(cs_alive_heartbeat(&alive), 45 * s_ns);
}

static void
what_is_no_interval_teaches_nothing(void **state)
{
	(void)state;
	struct cs_alive alive = {0};
	cs_alive_sign(&alive, start_ns, start_ns);
	cs_alive_sign(&alive, start_ns, start_ns - 1);
	cs_alive_sign(&alive, start_ns, start_ns + 121 * s_ns);
	assert_int_equal(cs_alive_heartbeat(&alive), 0);
	cs_alive_sign(&alive, start_ns, start_ns + 120 * s_ns);
	assert_int_equal(cs_alive_heartbeat(&alive), 120 * s_ns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_of_two_hours_counts),
		cmocka_unit_test(what_is_no_interval_teaches_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
