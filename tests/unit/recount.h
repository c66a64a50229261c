/*
 * A profile told of random events, beside a plain list of all of them that is counted anew for each answer.
 */
#ifndef CS_TESTS_RECOUNT_H
#define CS_TESTS_RECOUNT_H

#include "check.h"

#include "state/profile.h"

enum { EVENTS_MAX = 40000, KEYS_N = 8, LABEL = 2, CASH = 0, ABROAD = 9 };

static const uint64_t second_ns = UINT64_C(1000000000);

/* All kinds, with and without delay, window and current event. */
static const struct cs_profile_aggregate all_kinds[] = {
	{.kind = CS_PROFILE_COUNT, .window_ns = 60 * 1000000000ull, .filter = CS_PROFILE_EVERY, .current = true},
	{.kind = CS_PROFILE_COUNT, .window_ns = 600 * 1000000000ull, .filter = CASH},
	{.kind = CS_PROFILE_SUM, .window_ns = 600 * 1000000000ull, .filter = CASH, .current = true},
	{.kind = CS_PROFILE_MEAN, .window_ns = 3600 * 1000000000ull, .filter = CS_PROFILE_EVERY, .current = true},
	{.kind = CS_PROFILE_VARIANCE, .window_ns = 3600 * 1000000000ull, .filter = CS_PROFILE_EVERY, .current = true},
	{.kind = CS_PROFILE_MIN, .window_ns = 600 * 1000000000ull, .filter = CS_PROFILE_EVERY, .current = true},
	{.kind = CS_PROFILE_MAX, .window_ns = 60 * 1000000000ull, .filter = CASH},
	{.kind = CS_PROFILE_DISTINCT,
	 .window_ns = 3600 * 1000000000ull,
	 .filter = CS_PROFILE_EVERY,
	 .slot = 1,
	 .current = true,
	 .max = 24},
	{.kind = CS_PROFILE_SHARE,
	 .window_ns = 600 * 1000000000ull,
	 .delay_ns = 300 * 1000000000ull,
	 .filter = CS_PROFILE_EVERY,
	 .slot = LABEL},
	{.kind = CS_PROFILE_COUNT, .window_ns = 600 * 1000000000ull, .delay_ns = 300 * 1000000000ull, .filter = LABEL},
	{.kind = CS_PROFILE_SHARE, .window_ns = 600 * 1000000000ull, .filter = CASH, .slot = LABEL, .current = true},
	{.kind = CS_PROFILE_LAST, .filter = CASH},
	{.kind = CS_PROFILE_LAST, .window_ns = 600 * 1000000000ull, .filter = ABROAD, .current = true},
	{.kind = CS_PROFILE_SINCE_LAST, .filter = CS_PROFILE_EVERY},
	{.kind = CS_PROFILE_FIRST_SEEN, .filter = CASH, .current = true},
	{.kind = CS_PROFILE_COUNT, .filter = LABEL, .current = true},
	{.kind = CS_PROFILE_MEAN, .filter = CASH},
	{.kind = CS_PROFILE_VARIANCE, .filter = ABROAD, .current = true},
};

enum { ALL_N = sizeof all_kinds / sizeof all_kinds[0] };

/* The plain list. */
static struct told {
	struct cs_profile_event event;
	unsigned key;
} told[EVENTS_MAX];

static struct {
	struct cs_arena arena;
	struct cs_profile_layout layout;
	struct cs_profile profile;
	const struct cs_profile_aggregate *aggregate;
	unsigned told_n;
	uint64_t seed;
	uint64_t now_ns;   /* of the stream */
	uint64_t clock_ns; /* greatest time told */
	uint64_t checked_n;
	uint64_t bounded_n;
	uint64_t at_least_n;
} t;

static uint64_t
draw(uint64_t below)
{
	t.seed = t.seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (t.seed >> 20) % below;
}

static struct cs_profile_plan
plan_of(const struct cs_profile_aggregate *aggregate, unsigned n)
{
	return (struct cs_profile_plan){.aggregate = aggregate,
					.aggregate_n = n,
					.lateness_ns = 30 * second_ns,
					.keep_ns = 864000 * second_ns,
					.keys_cap = KEYS_N,
					.heavy_cap = KEYS_N,
					.log_max = 256,
					.log_bytes = 1 << 20};
}

static void
start(const struct cs_profile_plan *plan)
{
	t.seed = 1;
	t.told_n = 0;
	t.clock_ns = t.checked_n = t.bounded_n = t.at_least_n = 0;
	t.aggregate = plan->aggregate;
	assert_int_equal(cs_profile_plan_lay(plan, &t.layout), CS_OK);
	assert_int_equal(cs_arena_init(&t.arena, cs_profile_bytes(&t.layout)), CS_OK);
	assert_int_equal(cs_profile_init(&t.profile, &t.arena, &t.layout), CS_OK);
}

static void
stop(void)
{
	cs_arena_fini(&t.arena);
}

static struct cs_key
key_of(unsigned key)
{
	return cs_key_of((const uint64_t[2]){key, ~(uint64_t)key}, 7);
}

/* What the recount of one aggregate adds up. */
struct recount {
	uint64_t n;
	uint64_t hit_n;
	__int128_t sum;
	__int128_t squares;
	int64_t least;
	int64_t most;
	uint64_t distinct_n;
	uint64_t last_ns;
	int64_t last;
	uint64_t first_ns;
};

static bool
is_seen_before(const struct cs_profile_aggregate *aggregate, const unsigned *in, unsigned n, unsigned at)
{
	for (unsigned i = 0; i < n; i++)
		if (told[in[i]].event.value[aggregate->slot] == told[at].event.value[aggregate->slot])
			return true;
	return false;
}

/* Counts aggregate at TIME_NS over the first TOLD_N events of the list. */
static struct recount
recount(const struct cs_profile_aggregate *aggregate, unsigned key, uint64_t time_ns, unsigned told_n)
{
	static unsigned in[EVENTS_MAX];
	struct recount out = {0};
	uint32_t need = aggregate->filter == CS_PROFILE_EVERY ? 0 : UINT32_C(1) << aggregate->filter;
	for (unsigned i = 0; i < told_n; i++) {
		const struct cs_profile_event *event = &told[i].event;
		uint64_t seen_ns = event->time_ns + aggregate->delay_ns;
		if (told[i].key != key || (event->mask & need) != need || seen_ns > time_ns)
			continue;
		if (aggregate->window_ns && seen_ns + aggregate->window_ns <= time_ns)
			continue;
		int64_t value = aggregate->kind == CS_PROFILE_SHARE ? 0 : event->value[aggregate->slot];
		out.hit_n += aggregate->kind == CS_PROFILE_SHARE && event->mask >> aggregate->slot & 1;
		out.sum += value;
		out.squares += (__int128_t)value * value;
		out.least = out.n == 0 || value < out.least ? value : out.least;
		out.most = out.n == 0 || value > out.most ? value : out.most;
		out.first_ns = out.n == 0 || event->time_ns < out.first_ns ? event->time_ns : out.first_ns;
		if (out.n == 0 || event->time_ns >= out.last_ns) {
			out.last_ns = event->time_ns;
			out.last = value;
		}
		if (aggregate->kind == CS_PROFILE_DISTINCT &&
		    !is_seen_before(aggregate, in, (unsigned)out.distinct_n, i))
			in[out.distinct_n++] = i;
		out.n++;
	}
	return out;
}

struct expected {
	__int128_t num;
	uint64_t den;
	bool present;
};

static struct expected
expect(const struct cs_profile_aggregate *aggregate, const struct recount *count, uint64_t time_ns)
{
	bool any = count->n > 0;
	switch (aggregate->kind) {
	case CS_PROFILE_COUNT:
		return (struct expected){count->n, 1, true};
	case CS_PROFILE_SUM:
		return (struct expected){count->sum, 1, true};
	case CS_PROFILE_MEAN:
		return (struct expected){count->sum, any ? count->n : 1, any};
	case CS_PROFILE_VARIANCE:
		return (struct expected){count->squares * count->n - count->sum * count->sum,
					 any ? count->n * count->n : 1, any};
	case CS_PROFILE_MIN:
		return (struct expected){count->least, 1, any};
	case CS_PROFILE_MAX:
		return (struct expected){count->most, 1, any};
	case CS_PROFILE_DISTINCT:
		return (struct expected){count->distinct_n, 1, true};
	case CS_PROFILE_SHARE:
		return (struct expected){count->hit_n, any ? count->n : 1, any};
	case CS_PROFILE_LAST:
		return (struct expected){count->last, any ? count->last_ns : 1, any};
	case CS_PROFILE_SINCE_LAST:
		return (struct expected){any ? time_ns - count->last_ns : 0, 1, any};
	case CS_PROFILE_FIRST_SEEN:
		return (struct expected){any ? count->first_ns : 0, 1, any};
	case CS_PROFILE_KIND_N:
		break;
	}
	fail_msg("no such kind");
	return (struct expected){0};
}

/* A heavy key's answer: never fewer events than there are, and no more than it says. */
static void
check_bounded(const struct cs_profile_aggregate *aggregate, const struct recount *count,
	      const struct cs_profile_value *value)
{
	t.bounded_n++;
	assert_true(value->flags & CS_PROFILE_PRESENT || count->n == 0 ||
		    (aggregate->kind == CS_PROFILE_SHARE && count->n <= value->bound_n));
	if (aggregate->kind == CS_PROFILE_COUNT) {
		assert_true(value->num >= count->n && value->num <= (__int128_t)count->n + value->bound_n);
	} else if (aggregate->kind == CS_PROFILE_MEAN && count->n) {
		assert_true(value->den >= count->n && value->den <= count->n + value->bound_n);
	} else if (aggregate->kind == CS_PROFILE_MIN && count->n) {
		assert_true(value->num <= count->least);
	} else if (aggregate->kind == CS_PROFILE_MAX && count->n) {
		assert_true(value->num >= count->most);
	} else if (aggregate->kind == CS_PROFILE_SHARE && value->flags & CS_PROFILE_PRESENT) {
		uint64_t less = value->den < count->n ? count->n - value->den : value->den - count->n;
		assert_true(less <= value->bound_n && value->num <= value->den);
	} else if (aggregate->kind == CS_PROFILE_DISTINCT) {
		assert_true(value->num >= count->distinct_n || value->flags & CS_PROFILE_AT_LEAST);
	}
}

static void
check_one(unsigned nth, unsigned key, uint64_t time_ns, unsigned told_n, const struct cs_profile_value *value)
{
	const struct cs_profile_aggregate *aggregate = &t.aggregate[nth];
	struct recount count = recount(aggregate, key, time_ns, told_n);
	struct expected want = expect(aggregate, &count, time_ns);
	t.checked_n++;
	assert_int_equal(value->kind, aggregate->kind);
	if (value->flags & CS_PROFILE_BOUNDED) {
		check_bounded(aggregate, &count, value);
		return;
	}
	if (value->flags & CS_PROFILE_AT_LEAST) {
		t.at_least_n += aggregate->kind != CS_PROFILE_DISTINCT;
		if (aggregate->kind == CS_PROFILE_COUNT || aggregate->kind == CS_PROFILE_DISTINCT)
			assert_true(value->num <= want.num);
		return;
	}
	if ((value->flags & CS_PROFILE_PRESENT) != want.present || value->num != want.num ||
	    (want.present && value->den != want.den))
		fail_msg("aggregate %u of key %u at %llu: %lld / %llu (%u), not %lld / %llu", nth, key,
			 (unsigned long long)time_ns, (long long)value->num, (unsigned long long)value->den,
			 value->flags, (long long)want.num, (unsigned long long)want.den);
}

/* Tells both of an event, and compares every STEP-th time. */
static bool
tell(unsigned key, const struct cs_profile_event *event, unsigned step)
{
	struct cs_profile_value values[CS_PROFILE_AGGREGATES_MAX];
	struct cs_key name = key_of(key);
	uint64_t lateness_ns = t.layout.plan.lateness_ns;
	bool taken = cs_profile_update(&t.profile, &name, event, values);
	assert_int_equal(taken, event->time_ns + lateness_ns >= t.clock_ns);
	if (!taken)
		return false;
	t.clock_ns = event->time_ns > t.clock_ns ? event->time_ns : t.clock_ns;
	assert_true(t.told_n < EVENTS_MAX);
	told[t.told_n++] = (struct told){*event, key};
	for (unsigned i = 0; i < t.layout.answer_n && t.told_n % step == 0; i++)
		check_one(i, key, event->time_ns, t.told_n - !t.aggregate[i].current, &values[i]);
	return true;
}

/* Tells both that an event not yet labelled, of the last few, was a fraud. */
static void
label_one(void)
{
	if (t.told_n == 0)
		return;
	struct told *one = &told[t.told_n - 1 - draw(t.told_n < 300 ? t.told_n : 300)];
	struct cs_key name = key_of(one->key);
	if (one->event.mask >> LABEL & 1)
		return;
	const struct cs_key_head *head = cs_key_table_find(&t.profile.keys, &name);
	bool within = head && one->event.time_ns + t.layout.reach_ns > head->clock_ns;
	if (!within)
		return;
	const struct cs_profile_counts *counts = &t.profile.counts;
	bool taken = cs_profile_label(&t.profile, &name, &one->event, UINT32_C(1) << LABEL);
	assert_true(taken || counts->short_n || counts->evicted_n);
	if (!taken)
		return;
	one->event.mask |= UINT32_C(1) << LABEL;
}

static struct cs_profile_event
draw_event(void)
{
	struct cs_profile_event event = {.mask = (uint32_t)draw(2) << CASH | (uint32_t)(draw(9) == 0) << ABROAD};
	event.value[0] = (int64_t)draw(100000) - 1000;
	event.value[1] = (int64_t)draw(draw(4) ? 12 : 60);
	return event;
}

/* A stream with all there is: SPACING_NS between events on average. */
static inline void
stream(unsigned events, uint64_t spacing_ns, unsigned keys, unsigned step)
{
	for (unsigned i = 0; i < events; i++) {
		struct cs_profile_event event = draw_event();
		uint64_t kind = draw(20);
		if (kind > 2)
			t.now_ns += draw(2 * spacing_ns);
		if (draw(700) == 0)
			t.now_ns += draw(4000) * second_ns;
		event.time_ns = t.now_ns;
		if (kind == 0)
			event.time_ns -= draw(30 * second_ns);
		if (kind == 1)
			event.time_ns = t.told_n && told[t.told_n - 1].event.time_ns + 30 * second_ns >= t.now_ns
						? told[t.told_n - 1].event.time_ns
						: t.now_ns;
		if (draw(200) == 0)
			event.time_ns -= 60 * second_ns;
		(void)tell((unsigned)draw(keys), &event, step);
		if (draw(6) == 0)
			label_one();
	}
}

#endif
