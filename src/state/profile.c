/*
 * The table of one profile: which events are taken, which keys stay, and when a key is kept in buckets.
 *
 * An event goes through in this order: is its time believable; the hand frees a dead key; the key is found or entered;
 * its clock moves on; aggregates without the current event are answered; it is put into the log and, of a heavy key, the
 * buckets; the others are answered. Everything is a function of the events told, so that the same events give the same
 * bytes.
 *
 * Invariants: a record's log and heavy block are its own and go with it; a heavy key's log holds the newest events, and
 * its folds are made anew from them when all of its reach is there again. Answering is in profile_read.c.
 */
#include "state/profile.h"

enum { ROOM_PART = 8 }; /* while so much of keys or logs is free, the hand rests */

size_t
cs_profile_bytes(const struct cs_profile_layout *layout)
{
	uint32_t unit_bytes = layout->entry_words * (uint32_t)sizeof(uint64_t) * CS_PROFILE_LOG_UNIT;
	return cs_key_table_bytes(layout->plan.keys_cap, layout->record_bytes) +
	       cs_buddy_bytes(layout->log_units, unit_bytes) +
	       ((size_t)layout->plan.heavy_cap * layout->heavy_bytes + CS_ARENA_LINE_BYTES + 15) / 16 * 16;
}

size_t
cs_profile_key_bytes(const struct cs_profile_layout *layout, uint32_t entries)
{
	size_t units = (size_t)1 << layout->within_order;
	const size_t unit_bytes = layout->entry_words * sizeof(uint64_t) * CS_PROFILE_LOG_UNIT + 1;
	const bool within = units * CS_PROFILE_LOG_UNIT >= entries;
	while (units * CS_PROFILE_LOG_UNIT < entries)
		units *= 2;
	size_t index_bytes = cs_index_bytes(layout->plan.keys_cap);
	return layout->record_bytes + index_bytes / layout->plan.keys_cap + (within ? 0 : units * unit_bytes);
}

enum cs_error
cs_profile_init(struct cs_profile *profile, struct cs_arena *arena, const struct cs_profile_layout *layout)
{
	*profile = (struct cs_profile){.layout = layout};
	profile->keys.cap = layout->plan.keys_cap;
	profile->keys.record_bytes = layout->record_bytes;
	CS_TRY(cs_key_table_init(&profile->keys, arena));
	profile->logs.cap = layout->log_units;
	profile->logs.unit_bytes = layout->entry_words * (uint32_t)sizeof(uint64_t) * CS_PROFILE_LOG_UNIT;
	profile->logs.order_max = layout->log_order_max;
	CS_TRY(cs_buddy_init(&profile->logs, arena));
	profile->heavy_at = cs_arena_take_lines(arena, (size_t)layout->plan.heavy_cap * layout->heavy_bytes);
	return profile->heavy_at ? CS_OK : CS_E_MEMORY;
}

void
cs_profile_regions(struct cs_profile *profile, struct cs_regions *regions)
{
	const struct cs_profile_layout *layout = profile->layout;
	cs_regions_add(regions, profile, offsetof(struct cs_profile, layout));
	cs_key_table_regions(&profile->keys, regions);
	cs_buddy_regions(&profile->logs, regions);
	if (layout->plan.heavy_cap)
		cs_regions_add(regions, profile->heavy_at, (size_t)layout->plan.heavy_cap * layout->heavy_bytes);
}

static bool
admit(struct cs_profile *profile, uint64_t time_ns)
{
	const struct cs_profile_plan *plan = &profile->layout->plan;
	if (time_ns + plan->lateness_ns < profile->clock_ns) {
		profile->counts.late_n++;
		return false;
	}
	bool ahead = plan->ahead_ns && profile->clock_ns && time_ns > profile->clock_ns + plan->ahead_ns;
	if (ahead && ++profile->ahead_run < CS_PROFILE_AHEAD_TRUST_N) {
		profile->counts.ahead_n++;
		return false;
	}
	profile->ahead_run = 0;
	if (time_ns > profile->clock_ns)
		profile->clock_ns = time_ns;
	return true;
}

static struct cs_profile_record *
record_of(struct cs_key_head *head)
{
	_Static_assert(offsetof(struct cs_profile_record, head) == 0, "a record begins with its head");
	return (struct cs_profile_record *)head;
}

static void
free_heavy(struct cs_profile *profile, struct cs_profile_record *record)
{
	CS_ASSERT(record->heavy && profile->counts.heavy_n > 0);
	cs_profile_heavy(profile, record->heavy - 1)->next = profile->heavy_free;
	profile->heavy_free = record->heavy;
	profile->counts.heavy_n--;
	record->heavy = 0;
}

static void
release(struct cs_profile *profile, struct cs_profile_record *record)
{
	if (record->heavy)
		free_heavy(profile, record);
	if (record->logged)
		cs_buddy_give(&profile->logs, record->head.own, record->order);
	cs_key_table_drop(&profile->keys, &record->head);
}

/* The hand looks at one key an event, once there is not much room left. */
static void
sweep(struct cs_profile *profile, uint64_t time_ns)
{
	const struct cs_key_table *keys = &profile->keys;
	const struct cs_buddy *logs = &profile->logs;
	if (keys->used_n < keys->cap - keys->cap / ROOM_PART && logs->used_n < logs->cap - logs->cap / ROOM_PART)
		return;
	struct cs_key_head *head = cs_key_table_visit(&profile->keys);
	if (!head || head->clock_ns + profile->layout->plan.keep_ns >= time_ns)
		return;
	release(profile, record_of(head));
	profile->counts.reclaimed_n++;
}

static void
evict(struct cs_profile *profile, struct cs_key_head *head)
{
	uint64_t gone_ns = head->clock_ns ? head->clock_ns : 1;
	if (gone_ns > profile->evicted_ns)
		profile->evicted_ns = gone_ns;
	release(profile, record_of(head));
	profile->counts.evicted_n++;
}

static struct cs_profile_record *
find_or_enter(struct cs_profile *profile, const struct cs_key *key, const struct cs_profile_event *event)
{
	struct cs_key_head *head = cs_key_table_find_near(&profile->keys, key, event->guess);
	if (head)
		return record_of(head);
	head = cs_key_table_enter(&profile->keys, key);
	if (!head) {
		struct cs_key_head *victim = cs_key_table_victim(&profile->keys, key->hash);
		if (victim) {
			evict(profile, victim);
			head = cs_key_table_enter(&profile->keys, key);
		}
	}
	if (!head)
		return NULL;
	head->clock_ns = event->time_ns;
	record_of(head)->lost_ns = profile->evicted_ns;
	cs_window_log_begin(profile->layout, record_of(head));
	return record_of(head);
}

static struct cs_window_log
log_of(const struct cs_profile *profile, struct cs_profile_record *record)
{
	return cs_window_log_of(profile->layout, &profile->logs, record);
}

/* Keeps the key in buckets from now on, if there is room for one more. */
static void
make_heavy(struct cs_profile *profile, struct cs_window_log *log)
{
	uint32_t number = profile->heavy_free ? profile->heavy_free - 1 : profile->heavy_fresh;
	if (number == profile->layout->plan.heavy_cap)
		return;
	struct cs_window_heavy *heavy = cs_profile_heavy(profile, number);
	if (profile->heavy_free)
		profile->heavy_free = heavy->next;
	else
		profile->heavy_fresh++;
	cs_window_bucket_start(profile->layout, heavy, log->record->head.clock_ns);
	for (uint16_t i = log->record->first; i != log->record->start[0]; i++) {
		struct cs_profile_event event;
		cs_window_log_read(log, i, &event);
		cs_window_bucket_add(profile->layout, heavy, &event);
	}
	log->record->heavy = number + 1;
	profile->counts.heavy_n++;
	profile->counts.to_heavy_n++;
}

/* Goes back to exact windows once the log holds all that matters, and well within its size. */
static void
make_exact(struct cs_profile *profile, struct cs_window_log *log)
{
	struct cs_profile_record *record = log->record;
	uint64_t lost_ns = cs_profile_heavy(profile, record->heavy - 1)->lost_ns;
	if (lost_ns && lost_ns + profile->layout->reach_ns > record->head.clock_ns)
		return;
	if (cs_window_log_n(record) > profile->layout->plan.log_max / 2)
		return;
	free_heavy(profile, record);
	cs_window_log_rebuild(log, record->head.clock_ns);
	profile->counts.to_exact_n++;
}

/* A log gives memory back when three quarters of it are empty. */
static void
shrink(struct cs_profile *profile, struct cs_window_log *log)
{
	unsigned order = log->record->order;
	while (order > profile->layout->within_order &&
	       (cs_window_log_n(log->record) + 1u) * 4 <= (uint32_t)CS_PROFILE_LOG_UNIT << order)
		order--;
	if (order < log->record->order)
		(void)!cs_window_log_resize(log, &profile->logs, order);
}

static void
drop_oldest(struct cs_profile *profile, struct cs_window_log *log)
{
	struct cs_profile_record *record = log->record;
	uint64_t time_ns = cs_window_log_drop(log);
	uint64_t *lost_ns = &record->lost_ns;
	if (record->heavy)
		lost_ns = &cs_profile_heavy(profile, record->heavy - 1)->lost_ns;
	else
		profile->counts.short_n++;
	time_ns = time_ns ? time_ns : 1;
	*lost_ns = time_ns > *lost_ns ? time_ns : *lost_ns;
}

static void
make_room(struct cs_profile *profile, struct cs_window_log *log)
{
	struct cs_profile_record *record = log->record;
	if (!cs_window_log_full(log))
		return;
	bool longest = record->order == profile->layout->log_order_max;
	if (!longest && cs_window_log_resize(log, &profile->logs, record->order + 1u))
		return;
	if (longest && !record->heavy)
		make_heavy(profile, log);
	drop_oldest(profile, log);
}

static void
put_event(struct cs_profile *profile, struct cs_window_log *log, const struct cs_profile_event *event)
{
	struct cs_profile_record *record = log->record;
	make_room(profile, log);
	cs_window_log_insert(log, event);
	if (record->heavy)
		cs_window_bucket_add(profile->layout, cs_profile_heavy(profile, record->heavy - 1), event);
}

static void
advance(struct cs_profile *profile, struct cs_window_log *log, uint64_t time_ns)
{
	struct cs_profile_record *record = log->record;
	if (time_ns > record->head.clock_ns) {
		cs_window_log_advance(log, time_ns);
		if (record->heavy)
			cs_window_bucket_advance(profile->layout, cs_profile_heavy(profile, record->heavy - 1),
						 time_ns);
	}
	if (record->heavy)
		make_exact(profile, log);
	if (!record->heavy && record->logged)
		shrink(profile, log);
}

bool
cs_profile_update(struct cs_profile *profile, const struct cs_key *key, const struct cs_profile_event *event,
		  struct cs_profile_value *values)
{
	if (!admit(profile, event->time_ns))
		return false;
	sweep(profile, event->time_ns);
	struct cs_profile_record *record = find_or_enter(profile, key, event);
	if (!record) {
		profile->counts.refused_n++;
		return false;
	}
	profile->counts.event_n++;
	struct cs_window_log log = log_of(profile, record);
	advance(profile, &log, event->time_ns);
	if (values)
		cs_profile_answer(profile, record, event->time_ns, false, values);
	put_event(profile, &log, event);
	if (values)
		cs_profile_answer(profile, record, event->time_ns, true, values);
	return true;
}

static bool
label_event(struct cs_profile *profile, struct cs_profile_record *record, const struct cs_profile_event *event,
	    uint32_t set)
{
	struct cs_window_log log = log_of(profile, record);
	struct cs_profile_event labelled = *event;
	uint32_t old_mask = event->mask;
	bool known = cs_window_log_label(&log, event, set, &old_mask);
	if (!record->heavy)
		return known;
	struct cs_window_heavy *heavy = cs_profile_heavy(profile, record->heavy - 1);
	bool held =
		event->time_ns <= heavy->lost_ns && event->time_ns + profile->layout->reach_ns > record->head.clock_ns;
	if (!known && !held)
		return false;
	labelled.mask = old_mask | set;
	cs_window_bucket_label(profile->layout, heavy, &labelled, old_mask);
	return true;
}

bool
cs_profile_label(struct cs_profile *profile, const struct cs_key *key, const struct cs_profile_event *event,
		 uint32_t set)
{
	struct cs_key_head *head = cs_key_table_find(&profile->keys, key);
	bool taken = head && label_event(profile, record_of(head), event, set);
	profile->counts.label_n += taken;
	profile->counts.lost_n += !taken;
	return taken;
}

void
cs_profile_prepare(const struct cs_profile *profile, uint64_t hash)
{
	cs_key_table_prefetch(&profile->keys, hash);
}

uint32_t
cs_profile_guess(const struct cs_profile *profile, uint64_t hash)
{
	return cs_key_table_guess(&profile->keys, hash);
}

void
cs_profile_prepare_record(const struct cs_profile *profile, uint32_t guess)
{
	cs_key_table_prefetch_record(&profile->keys, guess);
}

void
cs_profile_prepare_guessed(const struct cs_profile *profile, uint32_t guess)
{
	const struct cs_key_head *head = cs_key_table_guessed(&profile->keys, guess);
	if (!head || !cs_key_in_use(head))
		return;
	const struct cs_profile_record *record = (const struct cs_profile_record *)head;
	cs_window_log_prefetch(profile->layout, &profile->logs, record);
	if (record->heavy)
		cs_window_bucket_prefetch(profile->layout, cs_profile_heavy(profile, record->heavy - 1));
}

void
cs_profile_prepare_slot(const struct cs_profile *profile, uint64_t hash)
{
	cs_profile_prepare_record(profile, cs_key_table_guess(&profile->keys, hash));
}

void
cs_profile_prepare_log(const struct cs_profile *profile, uint64_t hash)
{
	cs_profile_prepare_guessed(profile, cs_key_table_guess(&profile->keys, hash));
}
