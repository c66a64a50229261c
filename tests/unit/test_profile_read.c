/*
 * Goal: answers are exact at the ends of the range of values, or say that they are not; no label is known too soon; what
 * people read of an answer tells what kind it is.
 * Method: cases by hand.
 */
#include "recount.h"

#include "state/profile_read.c"

static const struct cs_profile_aggregate big_ones[] = {
	{.kind = CS_PROFILE_SUM, .window_ns = 60000000000, .filter = CS_PROFILE_EVERY, .current = true},
	{.kind = CS_PROFILE_MEAN, .window_ns = 60000000000, .filter = CS_PROFILE_EVERY, .current = true},
	{.kind = CS_PROFILE_VARIANCE, .window_ns = 60000000000, .filter = CS_PROFILE_EVERY, .current = true},
	{.kind = CS_PROFILE_MAX, .window_ns = 60000000000, .filter = CS_PROFILE_EVERY, .current = true},
};

/* Greatest values: sums are right in 128 bits, a variance says that it would not be, until they are gone. */
static void
test_overflow(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(big_ones, 4);
	struct cs_profile_value values[4];
	struct cs_key name = key_of(1);
	start(&plan);
	for (unsigned i = 1; i <= 400; i++) {
		struct cs_profile_event event = {.time_ns = i * second_ns / 10, .value = {INT64_MAX}};
		assert_true(cs_profile_update(&t.profile, &name, &event, values));
		assert_true(values[0].num == (__int128_t)INT64_MAX * i && values[1].den == i);
		assert_int_equal(values[2].flags & (CS_PROFILE_PRESENT | CS_PROFILE_OVERFLOW), CS_PROFILE_OVERFLOW);
		assert_true(values[3].num == INT64_MAX);
	}
	assert_int_equal(t.profile.counts.heavy_n, 1);
	struct cs_profile_event small = {.time_ns = 102 * second_ns, .value = {-3}};
	assert_true(cs_profile_update(&t.profile, &name, &small, values));
	assert_int_equal(values[2].flags & (CS_PROFILE_PRESENT | CS_PROFILE_OVERFLOW), CS_PROFILE_PRESENT);
	assert_true(values[0].num == -3 && values[2].num == 0 && values[2].den == 1);
	small = (struct cs_profile_event){.time_ns = 103 * second_ns, .value = {5}};
	assert_true(cs_profile_update(&t.profile, &name, &small, values));
	assert_true(values[2].num == 64 && values[2].den == 4 && values[3].num == 5);
	stop();
}

/* One event of the year 2100 does not make all others too late; a time that has truly come does. */
static void
test_ahead_of_the_clock(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(big_ones, 4);
	struct cs_key name = key_of(1);
	plan.ahead_ns = 3600 * second_ns;
	start(&plan);
	struct cs_profile_event event = {.time_ns = 1000 * second_ns};
	assert_true(cs_profile_update(&t.profile, &name, &event, NULL));
	event.time_ns = 9000 * second_ns;
	assert_false(cs_profile_update(&t.profile, &name, &event, NULL));
	event.time_ns = 1001 * second_ns;
	assert_true(cs_profile_update(&t.profile, &name, &event, NULL));
	event.time_ns = 9000 * second_ns;
	for (unsigned i = 1; i < CS_PROFILE_AHEAD_TRUST_N; i++)
		assert_false(cs_profile_update(&t.profile, &name, &event, NULL));
	assert_true(cs_profile_update(&t.profile, &name, &event, NULL));
	assert_int_equal(t.profile.counts.ahead_n, CS_PROFILE_AHEAD_TRUST_N);
	event.time_ns = 1001 * second_ns;
	assert_false(cs_profile_update(&t.profile, &name, &event, NULL));
	assert_int_equal(t.profile.counts.late_n, 1);
	stop();
}

static void
test_labels(void **state)
{
	(void)state;
	struct cs_profile_plan plan = plan_of(all_kinds, ALL_N);
	struct cs_profile_value values[CS_PROFILE_AGGREGATES_MAX];
	struct cs_key name = key_of(1), stranger = key_of(2);
	struct cs_profile_event event = {.time_ns = 5000 * second_ns, .mask = 1, .value = {100, 1}}, other = event;
	start(&plan);
	assert_true(cs_profile_update(&t.profile, &name, &event, values));
	assert_false(cs_profile_label(&t.profile, &stranger, &event, 1u << LABEL));
	other.value[0] = 101;
	assert_false(cs_profile_label(&t.profile, &name, &other, 1u << LABEL));
	other = event;
	other.time_ns++;
	assert_false(cs_profile_label(&t.profile, &name, &other, 1u << LABEL));
	assert_true(cs_profile_label(&t.profile, &name, &event, 1u << LABEL));
	assert_false(cs_profile_label(&t.profile, &name, &event, 1u << LABEL));
	assert_int_equal(t.profile.counts.lost_n, 4);
	/* The share delayed by 300 s knows neither event nor label a nanosecond too soon. */
	assert_true(cs_profile_read(&t.profile, &name, event.time_ns + 300 * second_ns - 1, values));
	assert_int_equal(values[8].flags, 0);
	assert_true(cs_profile_read(&t.profile, &name, event.time_ns + 300 * second_ns, values));
	assert_true(values[8].num == 1 && values[8].den == 1 && values[9].num == 1);
	assert_true(cs_profile_read(&t.profile, &name, event.time_ns + 900 * second_ns - 1, values));
	assert_true(values[8].num == 1 && values[9].num == 1);
	assert_true(cs_profile_read(&t.profile, &name, event.time_ns + 900 * second_ns, values));
	assert_true(!(values[8].flags & CS_PROFILE_PRESENT) && values[9].num == 0);
	stop();
}

static void
put(char *out, size_t cap, struct cs_profile_value value)
{
	struct cs_text text = cs_text_over(out, cap);
	cs_profile_put(&text, &value, 2);
}

static void
test_put(void **state)
{
	(void)state;
	char out[64];
	put(out, sizeof out, (struct cs_profile_value){.num = 3, .den = 1, .flags = CS_PROFILE_PRESENT});
	assert_string_equal(out, "3");
	put(out, sizeof out,
	    (struct cs_profile_value){.num = 10, .den = 3, .kind = CS_PROFILE_MEAN, .flags = CS_PROFILE_PRESENT});
	assert_string_equal(out, "3.33");
	put(out, sizeof out,
	    (struct cs_profile_value){.num = 9, .den = 1, .flags = CS_PROFILE_PRESENT | CS_PROFILE_AT_LEAST});
	assert_string_equal(out, ">= 9");
	put(out, sizeof out,
	    (struct cs_profile_value){.num = 9, .den = 1, .flags = CS_PROFILE_PRESENT | CS_PROFILE_BOUNDED});
	assert_string_equal(out, "<= 9");
	put(out, sizeof out,
	    (struct cs_profile_value){.num = -1,
				      .time_ns = 99,
				      .kind = CS_PROFILE_LAST,
				      .flags = CS_PROFILE_PRESENT | CS_PROFILE_BOUNDED});
	assert_string_equal(out, "~-1");
	put(out, sizeof out, (struct cs_profile_value){.den = 1});
	assert_string_equal(out, "-");
	put(out, sizeof out, (struct cs_profile_value){.den = 1, .flags = CS_PROFILE_OVERFLOW});
	assert_string_equal(out, "overflow");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_ahead_of_the_clock),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_put),
	};
	return cmocka_run_group_tests_name("profile_read", tests, NULL, NULL);
}
