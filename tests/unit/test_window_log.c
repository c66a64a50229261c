/*
 * Goal: running folds equal folds made anew, after any history of a log: late events, labels, entries dropped early,
 * other sizes. (Whether those are right is told in test_profile.)
 * Method: random work on one record, and a rebuilt copy of it compared byte by byte after each step.
 */
#include "check.h"

#include "state/window_log.c"

enum { STEPS_N = 30000, UNITS = 512 };

static const struct cs_profile_aggregate aggregates[] = {
	{.kind = CS_PROFILE_VARIANCE, .window_ns = 500, .filter = CS_PROFILE_EVERY},
	{.kind = CS_PROFILE_MIN, .window_ns = 300, .filter = 0},
	{.kind = CS_PROFILE_MAX, .window_ns = 500, .filter = CS_PROFILE_EVERY},
	{.kind = CS_PROFILE_DISTINCT, .window_ns = 900, .filter = 1, .slot = 1, .max = 9},
	{.kind = CS_PROFILE_SHARE, .window_ns = 400, .delay_ns = 200, .filter = 0, .slot = 12},
	{.kind = CS_PROFILE_MEAN, .window_ns = 400, .delay_ns = 200, .filter = 12},
	{.kind = CS_PROFILE_LAST, .filter = 0},
};

/* As many folds as one vector of counts has lanes, and masks that lie with the time. */
static const struct cs_profile_aggregate few_aggregates[] = {
	{.kind = CS_PROFILE_VARIANCE, .window_ns = 500, .filter = CS_PROFILE_EVERY},
	{.kind = CS_PROFILE_MAX, .window_ns = 300, .filter = 0},
	{.kind = CS_PROFILE_MEAN, .window_ns = 400, .delay_ns = 200, .filter = 3},
	{.kind = CS_PROFILE_DISTINCT, .window_ns = 300, .filter = 1, .slot = 1, .max = 9},
};

static struct {
	struct cs_profile_layout layout;
	struct cs_arena arena;
	struct cs_buddy buddy;
	_Alignas(16) uint8_t record[CS_PROFILE_RECORD_MAX];
	uint64_t seed;
	uint32_t label; /* what labels say */
} t;

static uint64_t
draw(uint64_t below)
{
	t.seed = t.seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (t.seed >> 33) % below;
}

static struct cs_window_log
start_plan(const struct cs_profile_aggregate *aggregate, unsigned n)
{
	const struct cs_profile_plan plan = {.aggregate = aggregate,
					     .aggregate_n = n,
					     .lateness_ns = 50,
					     .keys_cap = 1,
					     .log_max = 128,
					     .log_bytes = UINT64_C(1) << 20};
	memset(&t, 0, sizeof t);
	assert_int_equal(cs_profile_plan_lay(&plan, &t.layout), CS_OK);
	t.buddy = (struct cs_buddy){.cap = UNITS,
				    .unit_bytes = t.layout.entry_words * 8 * CS_PROFILE_LOG_UNIT,
				    .order_max = t.layout.log_order_max};
	assert_int_equal(cs_arena_init(&t.arena, cs_buddy_bytes(UNITS, t.buddy.unit_bytes)), CS_OK);
	assert_int_equal(cs_buddy_init(&t.buddy, &t.arena), CS_OK);
	struct cs_profile_record *record = (struct cs_profile_record *)(void *)t.record;
	record->head.clock_ns = 100000;
	cs_window_log_begin(&t.layout, record);
	return cs_window_log_of(&t.layout, &t.buddy, record);
}

static struct cs_window_log
start(bool few)
{
	struct cs_window_log log = few ? start_plan(few_aggregates, sizeof few_aggregates / sizeof few_aggregates[0])
				       : start_plan(aggregates, sizeof aggregates / sizeof aggregates[0]);
	assert_int_equal(t.layout.few, few);
	t.label = few ? 1 << 3 : 1 << 12;
	return log;
}

static void
check_anew(const struct cs_window_log *log)
{
	_Alignas(16) uint8_t copy[CS_PROFILE_RECORD_MAX];
	memcpy(copy, t.record, sizeof copy);
	/* An extreme of no event is whatever it was. */
	for (unsigned i = 0; i < t.layout.fold_n; i++) {
		const struct cs_fold *fold = &t.layout.fold[i];
		if (fold->kind != CS_FOLD_MIN && fold->kind != CS_FOLD_MAX)
			continue;
		if (cs_fold_get16(t.record + t.layout.fold[fold->count].at) == 0)
			cs_fold_put64(t.record + fold->at, 0);
	}
	struct cs_window_log anew = cs_window_log_of(&t.layout, &t.buddy, (struct cs_profile_record *)(void *)copy);
	cs_window_log_rebuild(&anew, log->record->head.clock_ns);
	assert_memory_equal(copy, t.record, sizeof copy);
}

static void
put_one(struct cs_window_log *log)
{
	struct cs_profile_event event = {.time_ns = log->record->head.clock_ns - (draw(3) ? 0 : draw(51))};
	event.mask = (uint32_t)draw(4) | (draw(2) ? t.label : 0);
	event.value[0] = draw(50) ? (int64_t)draw(1000) - 500 : INT64_MIN;
	event.value[1] = (int64_t)draw(7);
	unsigned order = log->record->order + 1u;
	if (cs_window_log_full(log) && order <= t.layout.log_order_max)
		assert_true(cs_window_log_resize(log, &t.buddy, order));
	if (cs_window_log_full(log))
		(void)cs_window_log_drop(log);
	cs_window_log_insert(log, &event);
}

static void
check_running(bool few)
{
	struct cs_window_log log = start(few);
	unsigned label_n = 0;
	for (unsigned i = 0; i < STEPS_N; i++) {
		uint64_t what = draw(20), quick = i / 3000 % 2 ? 40 : 4;
		struct cs_profile_event event;
		if (what < 9)
			cs_window_log_advance(&log, log.record->head.clock_ns + draw(quick));
		else if (what < 18)
			put_one(&log);
		else if (what == 18 && cs_window_log_n(log.record) && draw(4) == 0)
			(void)cs_window_log_drop(&log);
		if (what == 19 && cs_window_log_n(log.record)) {
			uint32_t old;
			cs_window_log_read(&log, (uint16_t)(log.record->first + draw(cs_window_log_n(log.record))),
					   &event);
			bool plain = !(event.mask & t.label);
			assert_true(cs_window_log_label(&log, &event, t.label, &old) || !plain);
			label_n += plain;
		}
		if (draw(2000) == 0)
			cs_window_log_advance(&log, log.record->head.clock_ns + (UINT64_C(1) << 60));
		check_anew(&log);
	}
	assert_true(label_n > 100);
	assert_true(log.record->order == t.layout.log_order_max);
	cs_arena_fini(&t.arena);
}

static void
test_running_is_anew(void **state)
{
	(void)state;
	check_running(false);
	check_running(true);
}

/* The time of an entry goes round in 834 days. */
static void
test_years_of_nothing(void **state)
{
	(void)state;
	static const uint64_t day_ns = UINT64_C(86400) * 1000000000;
	for (unsigned days = 100; days < 3000; days += 50) {
		const struct cs_profile_aggregate aggregate[2] = {
			{.kind = CS_PROFILE_SUM, .window_ns = 700 * day_ns, .filter = CS_PROFILE_EVERY},
			{.kind = CS_PROFILE_COUNT, .window_ns = 300 * day_ns, .filter = days % 100 ? 12 : 0}};
		struct cs_window_log log = start_plan(aggregate, 2);
		assert_int_equal(t.layout.few, days % 100 == 0);
		cs_window_log_advance(&log, 2000 * day_ns);
		for (unsigned i = 0; i < 3; i++)
			put_one(&log);
		cs_window_log_advance(&log, (2000 + days) * day_ns);
		assert_int_equal(cs_window_log_n(log.record), days <= 700 ? 3 : 0);
		for (unsigned i = 1; i < t.layout.boundary_n; i++) {
			const bool behind = days * day_ns >= t.layout.boundary[i].offset_ns;
			assert_int_equal((uint16_t)(log.record->start[0] - log.record->start[i]), behind ? 0 : 3);
		}
		check_anew(&log);
		cs_arena_fini(&t.arena);
	}
}

/* Numbers of entries go round at 2^16. */
static void
test_numbers_go_round(void **state)
{
	(void)state;
	struct cs_window_log log = start(false);
	for (unsigned i = 0; i < 70000; i++) {
		cs_window_log_advance(&log, log.record->head.clock_ns + 20);
		put_one(&log);
		if (i % 100 == 0 || i % 65536 < 100)
			check_anew(&log);
	}
	assert_int_equal(t.buddy.refused_n, 0);
	cs_arena_fini(&t.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_running_is_anew),
		cmocka_unit_test(test_years_of_nothing),
		cmocka_unit_test(test_numbers_go_round),
	};
	return cmocka_run_group_tests_name("window_log", tests, NULL, NULL);
}
