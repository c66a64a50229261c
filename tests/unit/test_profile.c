/*
 * Goal: every aggregate equals a naive recount of all events, whatever order they come in; where a key is heavy its
 * answers are bounded as they say and counts are never too low; keys that had to go are known by "at least".
 * Method: seeded random streams (late events, equal times, pauses, jumps, labels) told to a table and to a plain list;
 * after each event all aggregates are counted again from the list. Small logs and windows, so that keys turn heavy and
 * exact again often. Bytes of two tables told the same are compared.
 */
#include "recount.h"

#include "state/profile.c"

static void
test_sparse_is_exact(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(all_kinds, ALL_N);
	start(&plan);
	t.now_ns = 1000000 * second_ns;
	for (unsigned seed = 1; seed <= 6; seed++) {
		t.seed = seed;
		stream(1500, 9 * second_ns, 6, 1);
	}
	assert_int_equal(t.bounded_n + t.at_least_n, 0);
	assert_true(t.checked_n > 8000 * ALL_N);
	assert_in_range(t.profile.counts.late_n, 5, 100);
	assert_in_range(t.profile.counts.label_n, 300, 9000);
	assert_int_equal(t.profile.counts.event_n, t.told_n);
	stop();
}

static void
test_near_zero(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(all_kinds, ALL_N);
	start(&plan);
	t.now_ns = 31 * second_ns;
	stream(600, 9 * second_ns, 4, 1);
	assert_int_equal(t.bounded_n + t.at_least_n, 0);
	stop();
}

static void
test_heavy_is_bounded_and_goes_back(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(all_kinds, ALL_N);
	start(&plan);
	t.now_ns = 1000000 * second_ns;
	for (unsigned round = 0; round < 4; round++) {
		stream(3000, second_ns, 2, 7);
		uint64_t before_n = t.bounded_n;
		assert_true(before_n > 0);
		stream(600, 40 * second_ns, 2, 3);
		before_n = t.bounded_n;
		stream(100, 40 * second_ns, 2, 1);
		assert_int_equal(t.bounded_n, before_n);
	}
	assert_true(t.profile.counts.to_heavy_n >= 8 && t.profile.counts.to_exact_n >= 8);
	assert_int_equal(t.profile.counts.heavy_n, 0);
	assert_int_equal(t.at_least_n, 0);
	assert_int_equal(t.profile.counts.short_n, 0);
	stop();
}

/* A short log lies in its key's record; one that grew goes back there, and not one answer differs from the recount's. */
static void
test_short_log_lies_within(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(all_kinds, ALL_N);
	const struct cs_buddy *logs = &t.profile.logs;
	start(&plan);
	t.now_ns = 1000000 * second_ns;
	for (unsigned round = 0; round < 50; round++) {
		struct cs_profile_event event = draw_event();
		t.now_ns += 5000 * second_ns;
		for (unsigned i = 0; i <= CS_PROFILE_LOG_WITHIN; i++) {
			assert_int_equal(logs->used_n, 0);
			event.time_ns = ++t.now_ns;
			assert_true(tell(0, &event, 1));
		}
		assert_int_equal(logs->used_n, 2 * CS_PROFILE_LOG_WITHIN / CS_PROFILE_LOG_UNIT);
		event.time_ns = t.now_ns += 5000 * second_ns;
		assert_true(tell(0, &event, 1));
		assert_int_equal(logs->used_n, 0);
	}
	assert_int_equal(t.bounded_n + t.at_least_n, 0);
	stop();
}

/* Without buckets to go to the oldest events go, and the answers say so until they are out of the window. */
static void
test_short_says_so(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(all_kinds, ALL_N);
	plan.heavy_cap = 0;
	start(&plan);
	t.now_ns = 1000000 * second_ns;
	stream(3000, second_ns, 1, 3);
	assert_true(t.profile.counts.short_n > 1000 && t.at_least_n > 100);
	assert_int_equal(t.bounded_n, 0);
	stop();
}

/* The same when the logs' memory is used up. */
static void
test_no_memory_says_so(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(all_kinds, ALL_N);
	plan.log_bytes = 2 * 256 * 32;
	start(&plan);
	t.now_ns = 1000000 * second_ns;
	stream(6000, 2 * second_ns, KEYS_N, 5);
	assert_true(t.profile.logs.refused_n > 0 && t.profile.counts.short_n > 100 && t.at_least_n > 100);
	stop();
}

/* More keys than places: who comes back is told at least what is true of it since. */
static void
test_evicted_say_at_least(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(all_kinds, ALL_N);
	start(&plan);
	t.now_ns = 1000000 * second_ns;
	stream(3000, 3 * second_ns, 3 * KEYS_N, 1);
	assert_true(t.profile.counts.evicted_n > 100 && t.at_least_n > 1000);
	assert_int_equal(t.profile.keys.used_n, KEYS_N);
	stop();
}

/* Dead keys leave room for others, and nobody is told less than the truth by it. */
static void
test_dead_are_reclaimed(void **state)
{
	(void)state;
	static const struct cs_profile_aggregate few[] = {
		{.kind = CS_PROFILE_COUNT, .window_ns = 60000000000, .filter = CS_PROFILE_EVERY, .current = true},
		{.kind = CS_PROFILE_SUM, .window_ns = 30000000000, .filter = CS_PROFILE_EVERY, .current = true},
	};
	struct cs_profile_plan plan = plan_of(few, 2);
	plan.keys_cap = 80;
	plan.keep_ns = 0;
	start(&plan);
	t.now_ns = 1000000 * second_ns;
	for (unsigned i = 0; i < 3000; i++) {
		struct cs_profile_event event = draw_event();
		t.now_ns += 4 * second_ns;
		event.time_ns = t.now_ns - draw(26 * second_ns);
		assert_true(tell((unsigned)(i / 20 * 3 + draw(12)), &event, 1));
	}
	assert_int_equal(t.profile.counts.evicted_n + t.at_least_n, 0);
	assert_true(t.profile.counts.reclaimed_n > 300);
	assert_true(t.profile.logs.used_n <= 2 * t.profile.keys.used_n);
	stop();
}

/* Asking changes nothing, and answers what an event at that time would be answered. */
static void
test_reading_only(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(all_kinds, ALL_N);
	struct cs_regions regions = {0};
	struct cs_profile_value values[CS_PROFILE_AGGREGATES_MAX];
	start(&plan);
	cs_profile_regions(&t.profile, &regions);
	t.now_ns = 1000000 * second_ns;
	for (unsigned i = 0; i < 300; i++) {
		stream(8, 6 * second_ns, 4, 1000000);
		uint64_t time_ns = t.clock_ns - 30 * second_ns + draw(draw(2) ? 60 * second_ns : 9000 * second_ns);
		time_ns = draw(40) ? time_ns : time_ns + UINT64_C(1000000000) * second_ns;
		unsigned key = (unsigned)draw(4);
		struct cs_key name = key_of(key);
		uint64_t before = cs_regions_hash(&regions);
		assert_true(cs_profile_read(&t.profile, &name, time_ns, values));
		assert_int_equal(cs_regions_hash(&regions), before);
		for (unsigned k = 0; k < ALL_N; k++)
			check_one(k, key, time_ns, t.told_n, &values[k]);
	}
	struct cs_key name = key_of(0);
	assert_false(cs_profile_read(&t.profile, &name, t.clock_ns - 30 * second_ns - 1, values));
	assert_int_equal(t.bounded_n, 0);
	stop();
}

static void
test_same_events_same_bytes(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(all_kinds, ALL_N);
	uint64_t hash[2];
	for (unsigned i = 0; i < 2; i++) {
		struct cs_regions regions = {0};
		start(&plan);
		t.now_ns = 1000000 * second_ns;
		stream(2000, second_ns, 3, 100000);
		stream(2000, second_ns, KEYS_N + 6, 100000);
		cs_profile_regions(&t.profile, &regions);
		hash[i] = cs_regions_hash(&regions);
		assert_true(t.profile.counts.to_heavy_n > 0 && t.profile.counts.evicted_n > 0);
		stop();
	}
	assert_int_equal(hash[0], hash[1]);
}

/* A copy of the regions goes on like the table it was taken of. */
static void
test_copied_state_goes_on(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(all_kinds, ALL_N);
	struct cs_regions from = {0}, to = {0};
	struct cs_profile other;
	struct cs_arena arena;
	struct cs_profile_value values[2][CS_PROFILE_AGGREGATES_MAX];
	start(&plan);
	t.now_ns = 1000000 * second_ns;
	stream(3000, second_ns, 3, 100000);
	assert_int_equal(cs_arena_init(&arena, cs_profile_bytes(&t.layout)), CS_OK);
	assert_int_equal(cs_profile_init(&other, &arena, &t.layout), CS_OK);
	cs_profile_regions(&t.profile, &from);
	cs_profile_regions(&other, &to);
	assert_int_equal(cs_regions_layout(&from, 1), cs_regions_layout(&to, 1));
	for (unsigned i = 0; i < from.n; i++)
		memcpy(to.at[i].at, from.at[i].at, from.at[i].len);
	for (unsigned i = 0; i < 500; i++) {
		struct cs_profile_event event = draw_event();
		struct cs_key name = key_of((unsigned)draw(3));
		event.time_ns = t.now_ns += draw(9 * second_ns);
		memset(values, 0, sizeof values);
		assert_true(cs_profile_update(&t.profile, &name, &event, values[0]));
		assert_true(cs_profile_update(&other, &name, &event, values[1]));
		assert_memory_equal(values[0], values[1], sizeof values[0]);
	}
	assert_int_equal(cs_regions_hash(&from), cs_regions_hash(&to));
	cs_arena_fini(&arena);
	stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sparse_is_exact),
		cmocka_unit_test(test_near_zero),
		cmocka_unit_test(test_heavy_is_bounded_and_goes_back),
		cmocka_unit_test(test_short_log_lies_within),
		cmocka_unit_test(test_short_says_so),
		cmocka_unit_test(test_no_memory_says_so),
		cmocka_unit_test(test_evicted_say_at_least),
		cmocka_unit_test(test_dead_are_reclaimed),
		cmocka_unit_test(test_reading_only),
		cmocka_unit_test(test_same_events_same_bytes),
		cmocka_unit_test(test_copied_state_goes_on),
	};
	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
