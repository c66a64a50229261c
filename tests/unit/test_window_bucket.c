/*
 * Goal: the running total of a span is the sum of its buckets, and covers the window: all of it, and no more than a
 * bucket at either end.
 * Method: random events (some late) at random paces with jumps; totals summed up anew, counts held against a list.
 */
#include "check.h"

#include "state/window_bucket.c"

enum { STEPS_N = 20000 };

static const struct cs_profile_aggregate aggregates[] = {
	{.kind = CS_PROFILE_VARIANCE, .window_ns = 6400, .filter = CS_PROFILE_EVERY},
	{.kind = CS_PROFILE_MAX, .window_ns = 6400, .filter = CS_PROFILE_EVERY},
	{.kind = CS_PROFILE_MIN, .window_ns = 1000, .delay_ns = 500, .filter = CS_PROFILE_EVERY},
	{.kind = CS_PROFILE_SHARE, .window_ns = 1000, .delay_ns = 500, .filter = CS_PROFILE_EVERY, .slot = 1},
};

static struct {
	struct cs_profile_layout layout;
	_Alignas(16) uint8_t block[1 << 17];
	uint64_t time_ns[STEPS_N];
	unsigned n;
	uint64_t seed;
} t;

static uint64_t
draw(uint64_t below)
{
	t.seed = t.seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (t.seed >> 33) % below;
}

/* Events with FROM < time <= UNTIL. */
static uint64_t
count(int64_t from, int64_t until)
{
	uint64_t n = 0;
	for (unsigned i = t.n > 4000 ? t.n - 4000 : 0; i < t.n; i++)
		n += (int64_t)t.time_ns[i] > from && (int64_t)t.time_ns[i] <= until;
	return n;
}

static void
check_span(const struct cs_window_heavy *heavy, unsigned nth)
{
	const struct cs_profile_span *span = &t.layout.span[nth];
	const struct cs_window_span *state = state_of(heavy, span);
	_Alignas(16) uint8_t scratch[CS_WINDOW_TOTAL_MAX];
	sum_up(&t.layout, span, state, range_of(span, heavy->clock_ns + shift_ns), scratch);
	const uint8_t *total = cs_window_bucket_total(&t.layout, heavy, nth, heavy->clock_ns, scratch);
	uint64_t n = cs_fold_get64(total + t.layout.fold[span->fold[0]].bucket_at);
	for (unsigned i = 0; i < span->fold_n; i++) {
		const struct cs_fold *fold = &t.layout.fold[span->fold[i]];
		bool extreme = fold->kind == CS_FOLD_MIN || fold->kind == CS_FOLD_MAX;
		unsigned len = fold->kind == CS_FOLD_SQUARES ? 24 : fold->kind == CS_FOLD_SUM ? 16 : 8;
		if (!extreme || n)
			assert_memory_equal(total + fold->bucket_at, scratch + fold->bucket_at, len);
	}
	int64_t until = (int64_t)(heavy->clock_ns - span->delay_ns), from = until - (int64_t)span->window_ns;
	uint64_t bound = cs_window_bucket_bound(&t.layout, heavy, &t.layout.fold[span->fold[0]], heavy->clock_ns);
	uint64_t exact = count(from, until);
	int64_t width = (int64_t)span->width_ns;
	if (span->strict) {
		assert_true(n <= count(from - width, until) && n >= count(from, until - width));
		assert_true((n > exact ? n - exact : exact - n) <= bound);
		return;
	}
	assert_in_range(n, exact, count(from - width, until + (span->delay_ns ? width : 0)));
	assert_true(n - exact <= bound);
}

static void
test_totals(void **state)
{
	(void)state;
	const struct cs_profile_plan plan = {.aggregate = aggregates,
					     .aggregate_n = sizeof aggregates / sizeof aggregates[0],
					     .lateness_ns = 200,
					     .keys_cap = 1,
					     .log_max = 4,
					     .log_bytes = 4096};
	memset(&t, 0, sizeof t);
	assert_int_equal(cs_profile_plan_lay(&plan, &t.layout), CS_OK);
	assert_true(t.layout.heavy_bytes <= sizeof t.block);
	struct cs_window_heavy *heavy = (struct cs_window_heavy *)(void *)t.block;
	cs_window_bucket_start(&t.layout, heavy, 1000);
	for (unsigned i = 0; i < STEPS_N; i++) {
		uint64_t pace = i / 2000 % 2 ? 90 : 5;
		uint64_t step_ns = draw(300) ? draw(pace) : draw(20000);
		cs_window_bucket_advance(&t.layout, heavy, heavy->clock_ns + step_ns);
		struct cs_profile_event event = {.time_ns = heavy->clock_ns - (draw(3) ? 0 : draw(201))};
		event.value[0] = (int64_t)draw(100000) - 50000;
		event.mask = (uint32_t)draw(2) << 1;
		cs_window_bucket_add(&t.layout, heavy, &event);
		t.time_ns[t.n++] = event.time_ns;
		for (unsigned k = 0; k < t.layout.span_n && i % 5 == 0; k++)
			check_span(heavy, k);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_totals),
	};
	return cmocka_run_group_tests_name("window_bucket", tests, NULL, NULL);
}
