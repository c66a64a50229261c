/*
 * Last sights in an open-addressed table at half load, which is made anew when something must go.
 *
 * Invariants: at most max values; live_n is right for the time of the last call; oldest_ns is not after the oldest live
 * one, so that most calls need not look. Making it anew costs one pass over the table, however many left.
 */
#include "state/distinct.h"

#include "base/error.h"
#include "base/hash.h"
#include "state/profile_plan.h"

static uint32_t
places_for(uint32_t max)
{
	uint32_t places = 4;
	while (places < 2 * max)
		places *= 2;
	return places;
}

size_t
cs_distinct_bytes(uint32_t max)
{
	return sizeof(struct cs_distinct) + places_for(max) * sizeof(struct cs_distinct_sight);
}

static struct cs_distinct_sight *
place_of(struct cs_distinct *table, uint32_t max, uint64_t value)
{
	uint32_t mask = places_for(max) - 1;
	uint32_t at = (uint32_t)cs_hash_mix(0, value) & mask;
	while (table->at[at].time_plus_one && table->at[at].value != value)
		at = (at + 1) & mask;
	return &table->at[at];
}

static bool
is_live(const struct cs_distinct_window *window, uint64_t time_plus_one)
{
	return time_plus_one + window->window_ns > window->now_ns + 1;
}

static void
make_anew(struct cs_distinct *table, const struct cs_distinct_window *window)
{
	struct cs_distinct_sight kept[CS_PROFILE_DISTINCT_MAX];
	uint32_t kept_n = 0, places = places_for(window->max);
	CS_ASSERT(window->max <= CS_PROFILE_DISTINCT_MAX);
	for (uint32_t i = 0; i < places; i++) {
		uint64_t seen = table->at[i].time_plus_one;
		if (seen && seen + window->window_ns + window->lateness_ns > window->now_ns + 1)
			kept[kept_n++] = table->at[i];
		table->at[i] = (struct cs_distinct_sight){0};
	}
	table->used_n = kept_n;
	table->live_n = 0;
	table->oldest_ns = UINT64_MAX;
	for (uint32_t i = 0; i < kept_n; i++) {
		*place_of(table, window->max, kept[i].value) = kept[i];
		if (!is_live(window, kept[i].time_plus_one))
			continue;
		table->live_n++;
		if (kept[i].time_plus_one - 1 < table->oldest_ns)
			table->oldest_ns = kept[i].time_plus_one - 1;
	}
}

void
cs_distinct_see(struct cs_distinct *table, const struct cs_distinct_window *window, uint64_t value, uint64_t time_ns)
{
	struct cs_distinct_sight *place = place_of(table, window->max, value);
	if (!place->time_plus_one && table->used_n == window->max) {
		make_anew(table, window);
		place = place_of(table, window->max, value);
	}
	if (!place->time_plus_one && table->used_n == window->max) {
		table->full_ns = time_ns + 1 > table->full_ns ? time_ns + 1 : table->full_ns;
		return;
	}
	bool was_live = place->time_plus_one && is_live(window, place->time_plus_one);
	table->used_n += !place->time_plus_one;
	place->value = value;
	if (time_ns + 1 > place->time_plus_one)
		place->time_plus_one = time_ns + 1;
	if (was_live || !is_live(window, place->time_plus_one))
		return;
	if (table->live_n++ == 0 || time_ns < table->oldest_ns)
		table->oldest_ns = time_ns;
}

void
cs_distinct_advance(struct cs_distinct *table, const struct cs_distinct_window *window)
{
	if (table->live_n && !is_live(window, table->oldest_ns + 1))
		make_anew(table, window);
}

uint32_t
cs_distinct_at(const struct cs_distinct *table, const struct cs_distinct_window *window)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < places_for(window->max); i++)
		n += table->at[i].time_plus_one && is_live(window, table->at[i].time_plus_one);
	return n;
}

bool
cs_distinct_short(const struct cs_distinct *table, const struct cs_distinct_window *window)
{
	return table->full_ns && is_live(window, table->full_ns);
}
