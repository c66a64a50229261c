/*
 * Bucketed windows: an event goes into the bucket of its time, and a bucket into and out of the total as a whole.
 *
 * Time is shifted by 2^62 ns, so that a window that begins before 1970 needs no thought. Sums are modulo 2^128 and
 * therefore right again once they fit; read says where they do not. Invariants: the places of buckets oldest .. now hold
 * those buckets; the total is the sum of buckets oldest .. newest; what is older than the ring is forgotten.
 */
#include "state/window_bucket.h"

#include "base/prefetch.h"
#include "state/distinct.h"
#include "state/fold.h"

enum { LINE_BYTES = 64 };

static const uint64_t shift_ns = UINT64_C(1) << 62;

struct range {
	uint64_t oldest;
	uint64_t newest;
};

static struct cs_window_span *
span_at(struct cs_window_heavy *heavy, const struct cs_profile_span *span)
{
	return (struct cs_window_span *)(void *)((uint8_t *)heavy + span->state_at);
}

static uint8_t *
total_of(const struct cs_window_span *state)
{
	return (uint8_t *)(uintptr_t)(state + 1);
}

static uint8_t *
place_at(const struct cs_profile_span *span, const struct cs_window_span *state, uint64_t place)
{
	return total_of(state) + (place + 1) * span->bucket_bytes;
}

/* Bucket NUMBER, which is held. */
static uint8_t *
bucket_at(const struct cs_profile_span *span, const struct cs_window_span *state, uint64_t number)
{
	uint64_t back = state->now - number;
	uint64_t place = state->now_place >= back ? state->now_place - back : state->now_place + span->bucket_n - back;
	return place_at(span, state, place);
}

static struct range
range_of(const struct cs_profile_span *span, uint64_t shifted)
{
	uint64_t end = shifted - span->delay_ns;
	uint64_t newest = span->strict ? (end + 1) / span->width_ns - 1 : end / span->width_ns;
	return (struct range){(end - span->window_ns + 1) / span->width_ns, newest};
}

/* Whether the ring still has bucket NUMBER. */
static bool
is_held(const struct cs_profile_span *span, const struct cs_window_span *state, uint64_t number)
{
	return number <= state->now && state->now - number < span->bucket_n;
}

static void
settle(const struct cs_profile_span *span, struct cs_window_span *state, uint64_t shifted, struct range range)
{
	uint64_t now = (state->now + 1) * span->width_ns;
	uint64_t oldest = (range.oldest + 1) * span->width_ns + span->delay_ns + span->window_ns - 1;
	uint64_t newest = (range.newest + 1 + span->strict) * span->width_ns + span->delay_ns - span->strict;
	state->oldest = range.oldest;
	state->newest = range.newest;
	state->change = now < oldest ? now : oldest;
	state->change = newest < state->change ? newest : state->change;
	CS_ASSERT(state->change > shifted);
}

void
cs_window_bucket_start(const struct cs_profile_layout *layout, struct cs_window_heavy *heavy, uint64_t time_ns)
{
	memset(heavy, 0, layout->heavy_bytes);
	heavy->clock_ns = time_ns;
	for (unsigned i = 0; i < layout->span_n; i++) {
		const struct cs_profile_span *span = &layout->span[i];
		struct cs_window_span *state = span_at(heavy, span);
		state->now = (time_ns + shift_ns) / span->width_ns;
		state->now_place = state->now % span->bucket_n;
		settle(span, state, time_ns + shift_ns, range_of(span, time_ns + shift_ns));
	}
}

static bool
is_better(const struct cs_fold *fold, uint64_t value, uint64_t than)
{
	return fold->kind == CS_FOLD_MIN ? (int64_t)value < (int64_t)than : (int64_t)value > (int64_t)than;
}

static void
add_wrapping(uint8_t *at, __uint128_t value)
{
	cs_fold_put128(at, (__int128_t)((__uint128_t)cs_fold_get128(at) + value));
}

/* A bucket into a total. Counts come first: that of the total has grown already. */
static void
merge(const struct cs_profile_layout *layout, const struct cs_profile_span *span, uint8_t *total, const uint8_t *bucket)
{
	for (unsigned i = 0; i < span->fold_n; i++) {
		const struct cs_fold *fold = &layout->fold[span->fold[i]];
		unsigned at = fold->bucket_at, count_at = layout->fold[fold->count].bucket_at;
		if (fold->kind == CS_FOLD_COUNT) {
			cs_fold_put64(total + at, cs_fold_get64(total + at) + cs_fold_get64(bucket + at));
		} else if (fold->kind == CS_FOLD_SUM || fold->kind == CS_FOLD_SQUARES) {
			add_wrapping(total + at, (__uint128_t)cs_fold_get128(bucket + at));
		} else if (fold->kind != CS_FOLD_DISTINCT && cs_fold_get64(bucket + count_at)) {
			uint64_t value = cs_fold_get64(bucket + at);
			bool first = cs_fold_get64(total + count_at) == cs_fold_get64(bucket + count_at);
			if (first || is_better(fold, value, cs_fold_get64(total + at)))
				cs_fold_put64(total + at, value);
		}
		if (fold->kind == CS_FOLD_SQUARES)
			cs_fold_put64(total + at + 16,
				      cs_fold_get64(total + at + 16) + cs_fold_get64(bucket + at + 16));
	}
}

/* A bucket out of the total; says whether an extreme may have gone with it. */
static bool
remove_bucket(const struct cs_profile_layout *layout, const struct cs_profile_span *span, uint8_t *total,
	      const uint8_t *bucket)
{
	bool gone = false;
	for (unsigned i = 0; i < span->fold_n; i++) {
		const struct cs_fold *fold = &layout->fold[span->fold[i]];
		unsigned at = fold->bucket_at, count_at = layout->fold[fold->count].bucket_at;
		if (fold->kind == CS_FOLD_COUNT)
			cs_fold_put64(total + at, cs_fold_get64(total + at) - cs_fold_get64(bucket + at));
		else if (fold->kind == CS_FOLD_SUM || fold->kind == CS_FOLD_SQUARES)
			add_wrapping(total + at, -(__uint128_t)cs_fold_get128(bucket + at));
		else if (fold->kind != CS_FOLD_DISTINCT && cs_fold_get64(bucket + count_at))
			gone = gone || !is_better(fold, cs_fold_get64(total + at), cs_fold_get64(bucket + at));
		if (fold->kind == CS_FOLD_SQUARES)
			cs_fold_put64(total + at + 16,
				      cs_fold_get64(total + at + 16) - cs_fold_get64(bucket + at + 16));
	}
	return gone;
}

static void
sum_up(const struct cs_profile_layout *layout, const struct cs_profile_span *span, const struct cs_window_span *state,
       struct range range, uint8_t *out)
{
	memset(out, 0, span->bucket_bytes);
	uint64_t newest = range.newest < state->now ? range.newest : state->now;
	for (uint64_t at = range.oldest; at <= newest; at++)
		if (is_held(span, state, at))
			merge(layout, span, out, bucket_at(span, state, at));
}

static void
clear_up_to(const struct cs_profile_span *span, struct cs_window_span *state, uint64_t now)
{
	for (; state->now < now; state->now++) {
		state->now_place = state->now_place + 1 < span->bucket_n ? state->now_place + 1 : 0;
		memset(place_at(span, state, state->now_place), 0, span->bucket_bytes);
	}
}

static void
advance_span(const struct cs_profile_layout *layout, const struct cs_profile_span *span, struct cs_window_span *state,
	     uint64_t shifted)
{
	struct range range = range_of(span, shifted);
	uint64_t now = shifted / span->width_ns;
	uint8_t *total = total_of(state);
	if (now - state->now >= span->bucket_n) {
		memset(total, 0, (size_t)(span->bucket_n + 1) * span->bucket_bytes);
		state->now = now;
		state->now_place = now % span->bucket_n;
		settle(span, state, shifted, range);
		return;
	}
	bool gone = false;
	for (uint64_t at = state->oldest; at < range.oldest && at <= state->newest; at++)
		gone |= is_held(span, state, at) && remove_bucket(layout, span, total, bucket_at(span, state, at));
	uint64_t next = state->newest + 1 > range.oldest ? state->newest + 1 : range.oldest;
	clear_up_to(span, state, now);
	for (uint64_t at = next; at <= range.newest; at++)
		if (is_held(span, state, at))
			merge(layout, span, total, bucket_at(span, state, at));
	settle(span, state, shifted, range);
	if (gone)
		sum_up(layout, span, state, range, total);
}

static struct cs_distinct *
table_at(const struct cs_window_heavy *heavy, const struct cs_fold *fold)
{
	return (struct cs_distinct *)(uintptr_t)((const uint8_t *)heavy + fold->table_at);
}

static struct cs_distinct_window
window_of(const struct cs_profile_layout *layout, const struct cs_fold *fold, uint64_t time_ns)
{
	return (struct cs_distinct_window){.now_ns = time_ns,
					   .window_ns = layout->span[fold->span].window_ns,
					   .lateness_ns = layout->plan.lateness_ns,
					   .max = fold->table_cap};
}

void
cs_window_bucket_advance(const struct cs_profile_layout *layout, struct cs_window_heavy *heavy, uint64_t time_ns)
{
	CS_ASSERT(time_ns >= heavy->clock_ns);
	heavy->clock_ns = time_ns;
	for (unsigned i = 0; i < layout->span_n; i++) {
		const struct cs_profile_span *span = &layout->span[i];
		struct cs_window_span *state = span_at(heavy, span);
		if (time_ns + shift_ns >= state->change)
			advance_span(layout, span, state, time_ns + shift_ns);
	}
	for (unsigned i = 0; i < layout->fold_n && layout->distinct; i++) {
		const struct cs_fold *fold = &layout->fold[i];
		struct cs_distinct_window window;
		if (fold->kind != CS_FOLD_DISTINCT)
			continue;
		window = window_of(layout, fold, time_ns);
		cs_distinct_advance(table_at(heavy, fold), &window);
	}
}

/* One value into a bucket or a total. */
static void
put(const struct cs_profile_layout *layout, const struct cs_fold *fold, uint8_t *folds, int64_t value)
{
	uint8_t *at = folds + fold->bucket_at;
	if (fold->kind == CS_FOLD_COUNT)
		cs_fold_put64(at, cs_fold_get64(at) + 1);
	else if (fold->kind == CS_FOLD_SUM)
		add_wrapping(at, (__uint128_t)(__int128_t)value);
	else if (fold->kind == CS_FOLD_SQUARES && cs_fold_is_wide(value))
		cs_fold_put64(at + 16, cs_fold_get64(at + 16) + 1);
	else if (fold->kind == CS_FOLD_SQUARES)
		add_wrapping(at, (__uint128_t)((__int128_t)value * value));
	else if (cs_fold_get64(folds + layout->fold[fold->count].bucket_at) == 1 ||
		 is_better(fold, (uint64_t)value, cs_fold_get64(at)))
		cs_fold_put64(at, (uint64_t)value);
}

static bool
is_new(const struct cs_fold *fold, const struct cs_profile_event *event, const uint32_t *old_mask)
{
	return cs_fold_takes(fold, event->mask) && !(old_mask && cs_fold_takes(fold, *old_mask));
}

/* OLD_MASK is NULL for an event that is new. */
static void
add_event(const struct cs_profile_layout *layout, struct cs_window_heavy *heavy, const struct cs_profile_event *event,
	  const uint32_t *old_mask)
{
	for (unsigned i = 0; i < layout->span_n; i++) {
		const struct cs_profile_span *span = &layout->span[i];
		struct cs_window_span *state = span_at(heavy, span);
		uint64_t back_ns = state->now * span->width_ns;
		uint64_t shifted = event->time_ns + shift_ns;
		uint64_t number = shifted >= back_ns ? state->now : shifted / span->width_ns;
		bool inside = number >= state->oldest && number <= state->newest;
		if (!is_held(span, state, number))
			continue;
		uint8_t *bucket = bucket_at(span, state, number);
		for (unsigned k = 0; k < span->fold_n; k++) {
			const struct cs_fold *fold = &layout->fold[span->fold[k]];
			if (fold->kind == CS_FOLD_DISTINCT || !is_new(fold, event, old_mask))
				continue;
			put(layout, fold, bucket, event->value[fold->slot]);
			if (inside)
				put(layout, fold, total_of(state), event->value[fold->slot]);
		}
	}
	for (unsigned i = 0; i < layout->fold_n && layout->distinct; i++) {
		const struct cs_fold *fold = &layout->fold[i];
		if (fold->kind != CS_FOLD_DISTINCT || !is_new(fold, event, old_mask))
			continue;
		struct cs_distinct_window window = window_of(layout, fold, heavy->clock_ns);
		cs_distinct_see(table_at(heavy, fold), &window, (uint64_t)event->value[fold->slot], event->time_ns);
	}
}

void
cs_window_bucket_add(const struct cs_profile_layout *layout, struct cs_window_heavy *heavy,
		     const struct cs_profile_event *event)
{
	add_event(layout, heavy, event, NULL);
}

void
cs_window_bucket_label(const struct cs_profile_layout *layout, struct cs_window_heavy *heavy,
		       const struct cs_profile_event *event, uint32_t old_mask)
{
	add_event(layout, heavy, event, &old_mask);
}

static const struct cs_window_span *
state_of(const struct cs_window_heavy *heavy, const struct cs_profile_span *span)
{
	return (const struct cs_window_span *)(const void *)((const uint8_t *)heavy + span->state_at);
}

const uint8_t *
cs_window_bucket_total(const struct cs_profile_layout *layout, const struct cs_window_heavy *heavy, unsigned nth,
		       uint64_t time_ns, uint8_t *scratch)
{
	const struct cs_profile_span *span = &layout->span[nth];
	const struct cs_window_span *state = state_of(heavy, span);
	if (time_ns == heavy->clock_ns)
		return total_of(state);
	sum_up(layout, span, state, range_of(span, time_ns + shift_ns), scratch);
	return scratch;
}

uint64_t
cs_window_bucket_bound(const struct cs_profile_layout *layout, const struct cs_window_heavy *heavy,
		       const struct cs_fold *count, uint64_t time_ns)
{
	const struct cs_profile_span *span = &layout->span[count->span];
	const struct cs_window_span *state = state_of(heavy, span);
	struct range range = {state->oldest, state->newest};
	uint64_t bound = 0;
	if (time_ns != heavy->clock_ns)
		range = range_of(span, time_ns + shift_ns);
	if (is_held(span, state, range.oldest))
		bound = cs_fold_get64(bucket_at(span, state, range.oldest) + count->bucket_at);
	/* The bucket where the window ends: taken whole, or left out. */
	uint64_t last = range.newest + span->strict;
	bool cut = span->delay_ns || time_ns != heavy->clock_ns;
	if (cut && last != range.oldest && is_held(span, state, last))
		bound += cs_fold_get64(bucket_at(span, state, last) + count->bucket_at);
	return bound;
}

uint64_t
cs_window_bucket_distinct(const struct cs_profile_layout *layout, const struct cs_window_heavy *heavy,
			  const struct cs_fold *fold, uint64_t time_ns, bool *short_of)
{
	const struct cs_distinct *table = table_at(heavy, fold);
	struct cs_distinct_window window = window_of(layout, fold, time_ns);
	*short_of = cs_distinct_short(table, &window);
	return time_ns == heavy->clock_ns ? table->live_n : cs_distinct_at(table, &window);
}

void
cs_window_bucket_prefetch(const struct cs_profile_layout *layout, const struct cs_window_heavy *heavy)
{
	for (unsigned i = 0; i < layout->span_n; i++) {
		const struct cs_profile_span *span = &layout->span[i];
		const uint8_t *state = (const uint8_t *)heavy + span->state_at;
		for (uint32_t at = 0; at < sizeof(struct cs_window_span) + span->bucket_bytes; at += LINE_BYTES)
			cs_prefetch(state + at);
	}
}
