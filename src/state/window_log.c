/*
 * Exact windows over one key's log: places that move on, and running folds that entries enter and leave there.
 *
 * Invariants (of a key that is not heavy): entries are in order of time; start[b] is the first entry younger than
 * boundary b's offset, start[0] the end; a fold holds exactly the entries from start[from] up to start[to] that it takes;
 * entries older than the reach are gone. A heavy key has entries and kept folds only. What a fold does with an entry is in
 * window_fold.c, who switches in profile.c.
 */
#include "state/window_log.h"

#include "state/fold.h"
#include "state/window_fold.h"

enum { LINE_BYTES = 64, LINES_SHORT = 4, LINES_LOOKED = 8 };

/* The entries in the record itself. */
static void *
within(const struct cs_profile_layout *layout, struct cs_profile_record *record)
{
	return (uint8_t *)record + layout->within_at;
}

void
cs_window_log_begin(const struct cs_profile_layout *layout, struct cs_profile_record *record)
{
	record->order = (uint8_t)layout->within_order;
}

struct cs_window_log
cs_window_log_of(const struct cs_profile_layout *layout, const struct cs_buddy *buddy, struct cs_profile_record *record)
{
	void *words = record->logged ? cs_buddy_at(buddy, record->head.own) : within(layout, record);
	return (struct cs_window_log){layout, record, words, record->head.clock_ns};
}

static uint32_t
places_of(const struct cs_profile_record *record)
{
	return (uint32_t)CS_PROFILE_LOG_UNIT << record->order;
}

/* Whether entry NUMBER is behind boundary B. */
static inline bool
is_behind(const struct cs_profile_record *record, unsigned boundary, uint16_t number)
{
	return (int16_t)(record->start[boundary] - number) > 0;
}

static inline bool
takes(const struct cs_profile_step *step, uint32_t mask)
{
	return (mask & step->need) == step->need;
}

/* Counts, as something of MASK passes BOUNDARY. Which of them take it is chance; so there are no branches. FEW: see the
 * layout. */
static inline void
take_counts(const struct cs_window_log *log, const struct cs_profile_boundary *boundary, uint32_t mask, bool few)
{
	const struct cs_profile_layout *layout = log->layout;
	uint8_t *at = (uint8_t *)log->record + layout->counts_at;
	const cs_profile_lanes none = {0}, low = none + (uint16_t)mask;
	cs_profile_lanes counts;
	if (few) {
		const cs_profile_lanes need = layout->need[0][0];
		memcpy(&counts, at, sizeof counts);
		counts += boundary->sign[0] & (cs_profile_lanes)((low & need) == need);
		memcpy(at, &counts, sizeof counts);
		return;
	}
	const cs_profile_lanes high = none + (uint16_t)(mask >> 16);
	for (unsigned i = 0; i < layout->lanes_n; i++, at += sizeof(cs_profile_lanes)) {
		const cs_profile_lanes need[2] = {layout->need[0][i], layout->need[1][i]};
		memcpy(&counts, at, sizeof counts);
		counts += boundary->sign[i] & (cs_profile_lanes)((low & need[0]) == need[0]) &
			  (cs_profile_lanes)((high & need[1]) == need[1]);
		memcpy(at, &counts, sizeof counts);
	}
}

static inline int64_t
value_or_0(const struct cs_profile_step *step, const int64_t *values, uint32_t mask)
{
	return values[step->slot] & -(int64_t)takes(step, mask);
}

static inline void
take_square(uint8_t *folds, const struct cs_profile_step *step, int64_t value)
{
	const __int128_t square = (__int128_t)value * value;
	if (cs_fold_is_wide(value))
		cs_fold_put16(folds + step->count_at,
			      cs_fold_get16(folds + step->count_at) + (step->leaves ? -1u : 1u));
	else
		cs_fold_put128(folds + step->at, cs_fold_get128(folds + step->at) + (step->leaves ? -square : square));
}

/* An extreme: what is greater, or less, is known at once, but for the next when the best one leaves. */
static inline void
take_extreme(const struct cs_window_log *log, const struct cs_profile_step *step, int64_t value, uint16_t number)
{
	uint8_t *const folds = (uint8_t *)log->record;
	const int64_t best = (int64_t)cs_fold_get64(folds + step->at);
	if (step->leaves) {
		if (value == best)
			cs_window_fold_leave(log, &log->layout->fold[step->fold], number);
		return;
	}
	const bool better = step->kind == CS_FOLD_MIN ? value < best : value > best;
	if (better || cs_fold_get16(folds + step->count_at) == 1)
		cs_fold_put64(folds + step->at, (uint64_t)value);
}

/* All but counts and the sums it leaves, as what has MASK and VALUES passes, which is entry NUMBER. */
static __attribute__((noinline)) void
take_rest(const struct cs_window_log *log, const struct cs_profile_boundary *boundary, const int64_t *values,
	  uint32_t mask, uint16_t number)
{
	uint8_t *const folds = (uint8_t *)log->record;
	const struct cs_profile_step *step = boundary->step + boundary->leave_n;
	for (unsigned n = boundary->enter_n; n > 0; n--, step++)
		cs_fold_put128(folds + step->at, cs_fold_get128(folds + step->at) + value_or_0(step, values, mask));
	for (unsigned n = boundary->square_n; n > 0; n--, step++)
		take_square(folds, step, value_or_0(step, values, mask));
	for (unsigned n = boundary->other_n; n > 0; n--, step++) {
		if (!takes(step, mask))
			continue;
		if (step->kind != CS_FOLD_DISTINCT)
			take_extreme(log, step, values[step->slot], number);
		else if (step->leaves)
			cs_window_fold_leave(log, &log->layout->fold[step->fold], number);
		else
			cs_window_fold_enter(log, &log->layout->fold[step->fold], number);
	}
}

/* The age from which on an entry will be behind OFFSET_NS once STEP_NS more have passed, as entries have it. Entries are
 * not held against a time far ahead: their own goes round. */
static inline uint64_t
limit_of(uint64_t offset_ns, uint64_t step_ns)
{
	return offset_ns > step_ns ? (offset_ns - step_ns) << CS_WINDOW_MASK_BITS : 0;
}

/* The key's clock as entries have it, with the bits of a mask set, so that those of an entry do not make it younger. */
static inline uint64_t
clock_of(const struct cs_window_log *log)
{
	return log->record->head.clock_ns << CS_WINDOW_MASK_BITS | cs_window_entry_mask_bits;
}

/* Moves all boundaries but now on to the entries younger than their offsets, STEP_NS after the key's clock. */
static inline __attribute__((always_inline)) void
cross_all(const struct cs_window_log *log, uint64_t step_ns, bool few)
{
	const struct cs_profile_layout *const layout = log->layout;
	const struct cs_profile_boundary *boundary = layout->boundary;
	const struct cs_profile_boundary *const last = boundary + layout->boundary_n - 1;
	uint8_t *const folds = (uint8_t *)log->record;
	const size_t stride = layout->entry_words, value_at = few ? 1 : layout->value_at;
	const uint32_t mask_of_places = places_of(log->record) - 1;
	const uint64_t *const words = log->words, clock = clock_of(log);
	uint16_t *start = log->record->start;
	const uint16_t end = *start;
	while (boundary++ != last) {
		const uint64_t limit = limit_of(boundary->offset_ns, step_ns);
		for (uint16_t number = *++start; number != end; number++) {
			const uint64_t *entry = words + (number & mask_of_places) * stride;
			if (clock - entry[0] < limit)
				break;
			const uint32_t mask =
				(uint32_t)(value_at == 2 ? entry[1] : entry[0] & cs_window_entry_mask_bits);
			const int64_t *const values = (const int64_t *)entry + value_at;
			const struct cs_profile_step *step = boundary->step;
			*start = (uint16_t)(number + 1);
			take_counts(log, boundary, mask, few);
			for (unsigned n = boundary->leave_n; n > 0; n--, step++)
				cs_fold_put128(folds + step->at,
					       cs_fold_get128(folds + step->at) - value_or_0(step, values, mask));
			if (boundary->rest)
				take_rest(log, boundary, values, mask, number);
		}
	}
}

static __attribute__((noinline)) void
cross_few(const struct cs_window_log *log, uint64_t step_ns)
{
	cross_all(log, step_ns, true);
}

static __attribute__((noinline)) void
cross_many(const struct cs_window_log *log, uint64_t step_ns)
{
	cross_all(log, step_ns, false);
}

/* What leaves the log may still be the last of its kind. */
static void
keep_last(const struct cs_window_log *log, const struct cs_profile_event *event)
{
	for (unsigned i = log->layout->fold_n; i-- > 0;) {
		const struct cs_fold *fold = &log->layout->fold[i];
		if (fold->kind != CS_FOLD_LAST)
			return;
		uint8_t *at = cs_window_fold_at(log, fold);
		if (!cs_fold_takes(fold, event->mask) || event->time_ns + 1 < cs_fold_get64(at))
			continue;
		cs_fold_put64(at, event->time_ns + 1);
		cs_fold_put64(at + 8, (uint64_t)event->value[fold->slot]);
	}
}

static void
forget_first(const struct cs_window_log *log)
{
	if (log->layout->keeps_last) {
		struct cs_profile_event event;
		cs_window_log_read(log, log->record->first, &event);
		keep_last(log, &event);
	}
	log->record->first++;
}

void
cs_window_log_advance(struct cs_window_log *log, uint64_t time_ns)
{
	const struct cs_profile_layout *layout = log->layout;
	struct cs_profile_record *record = log->record;
	CS_ASSERT(time_ns >= record->head.clock_ns && log->now_ns == record->head.clock_ns);
	const uint64_t step_ns = time_ns - record->head.clock_ns, clock = clock_of(log);
	const uint64_t limit = limit_of(layout->reach_ns, step_ns);
	if (!record->heavy)
		(layout->few ? cross_few : cross_many)(log, step_ns);
	while (record->first != record->start[0] && clock - cs_window_entry_of(log, record->first)[0] >= limit)
		forget_first(log);
	record->head.clock_ns = log->now_ns = time_ns;
}

bool
cs_window_log_full(const struct cs_window_log *log)
{
	return cs_window_log_n(log->record) == places_of(log->record);
}

bool
cs_window_log_resize(struct cs_window_log *log, struct cs_buddy *buddy, unsigned order)
{
	struct cs_profile_record *record = log->record;
	CS_ASSERT((uint32_t)CS_PROFILE_LOG_UNIT << order >= cs_window_log_n(record));
	const bool short_one = order <= log->layout->within_order;
	uint32_t block = short_one ? 0 : cs_buddy_take(buddy, order);
	CS_ASSERT(!short_one || (record->logged && order == log->layout->within_order));
	if (block == cs_buddy_none)
		return false;
	struct cs_window_log old = *log;
	struct cs_profile_record was = *record;
	old.record = &was;
	record->head.own = block;
	record->order = (uint8_t)order;
	record->logged = !short_one;
	log->words = short_one ? within(log->layout, record) : cs_buddy_at(buddy, block);
	for (uint16_t at = record->first; at != record->start[0]; at++)
		memcpy(cs_window_entry_of(log, at), cs_window_entry_of(&old, at),
		       log->layout->entry_words * sizeof(uint64_t));
	if (was.logged)
		cs_buddy_give(buddy, was.head.own, was.order);
	return true;
}

uint64_t
cs_window_log_drop(struct cs_window_log *log)
{
	struct cs_profile_record *record = log->record;
	uint16_t number = record->first;
	uint64_t time_ns = record->head.clock_ns - cs_window_entry_past(log, cs_window_entry_of(log, number));
	uint32_t mask = cs_window_entry_mask(log->layout, cs_window_entry_of(log, number)), behind = 0;
	CS_ASSERT(cs_window_log_n(record) > 0);
	for (unsigned i = 0; i < log->layout->boundary_n; i++) {
		behind |= (uint32_t)is_behind(record, i, number) << i;
		if (!(behind >> i & 1))
			record->start[i] = (uint16_t)(number + 1);
	}
	for (unsigned i = 0; i < log->layout->fold_n && !record->heavy; i++) {
		const struct cs_fold *fold = &log->layout->fold[i];
		if (!fold->ever && behind >> fold->to & 1 && !(behind >> fold->from & 1) && cs_fold_takes(fold, mask))
			cs_window_fold_leave(log, fold, number);
	}
	forget_first(log);
	return time_ns;
}

static void
write_entry(const struct cs_profile_layout *layout, uint64_t *entry, const struct cs_profile_event *event)
{
	entry[0] = event->time_ns << CS_WINDOW_MASK_BITS;
	if (layout->value_at == 2)
		entry[1] = event->mask;
	else
		entry[0] |= event->mask & cs_window_entry_mask_bits;
	for (unsigned i = 0; i < layout->slot_n; i++)
		entry[layout->value_at + i] = (uint64_t)event->value[i];
}

void
cs_window_log_read(const struct cs_window_log *log, uint16_t number, struct cs_profile_event *event)
{
	const uint64_t *entry = cs_window_entry_of(log, number);
	*event = (struct cs_profile_event){.time_ns = log->record->head.clock_ns - cs_window_entry_past(log, entry),
					   .mask = cs_window_entry_mask(log->layout, entry)};
	for (unsigned i = 0; i < log->layout->slot_n; i++)
		event->value[i] = (int64_t)entry[log->layout->value_at + i];
}

/* Makes room for an event of AGE_NS: behind its equals, before those that are younger. */
static uint16_t
open_place(const struct cs_window_log *log, uint64_t age_ns)
{
	uint16_t at = log->record->start[0];
	for (; at != log->record->first; at--) {
		const uint64_t *before = cs_window_entry_of(log, (uint16_t)(at - 1));
		if (cs_window_entry_past(log, before) >= age_ns)
			break;
		memcpy(cs_window_entry_of(log, at), before, log->layout->entry_words * sizeof(uint64_t));
	}
	return at;
}

/* The newest event: it enters what begins now, and nothing else. */
static void
append(const struct cs_window_log *log, const struct cs_profile_event *event)
{
	const struct cs_profile_layout *layout = log->layout;
	const struct cs_profile_boundary *now = &layout->boundary[0];
	const uint16_t number = log->record->start[0]++;
	write_entry(layout, cs_window_entry_of(log, number), event);
	if (!log->record->heavy) {
		take_counts(log, now, event->mask, layout->few);
		take_rest(log, now, event->value, event->mask, number);
	}
	for (unsigned i = now->step_n - now->ever_n; i < now->step_n; i++)
		if (takes(&now->step[i], event->mask))
			cs_window_fold_keep(log, &layout->fold[now->step[i].fold], event, 1);
}

void
cs_window_log_insert(struct cs_window_log *log, const struct cs_profile_event *event)
{
	const struct cs_profile_layout *layout = log->layout;
	struct cs_profile_record *record = log->record;
	CS_ASSERT(!cs_window_log_full(log) && event->time_ns <= record->head.clock_ns);
	uint64_t age_ns = record->head.clock_ns - event->time_ns;
	if (age_ns == 0) {
		append(log, event);
		return;
	}
	uint16_t number = open_place(log, age_ns);
	write_entry(layout, cs_window_entry_of(log, number), event);
	for (unsigned i = 0; i < layout->boundary_n && (i == 0 || !record->heavy); i++)
		record->start[i] = (uint16_t)(record->start[i] + (age_ns >= layout->boundary[i].offset_ns));
	for (unsigned i = 0; i < layout->fold_n; i++) {
		const struct cs_fold *fold = &layout->fold[i];
		if (!cs_fold_takes(fold, event->mask))
			continue;
		if (fold->ever)
			cs_window_fold_keep(log, fold, event, 1);
		else if (!record->heavy && age_ns >= layout->boundary[fold->to].offset_ns &&
			 age_ns < layout->boundary[fold->from].offset_ns)
			cs_window_fold_enter(log, fold, number);
	}
}

/* Takes the entries after now out of the folds that nothing leaves. */
static void
look_back(const struct cs_window_log *log)
{
	struct cs_profile_record *record = log->record;
	uint16_t end = record->start[0];
	for (; end != record->first && cs_window_entry_age(log, cs_window_entry_of(log, (uint16_t)(end - 1))) < 0;
	     end--) {
		struct cs_profile_event event;
		cs_window_log_read(log, (uint16_t)(end - 1), &event);
		for (unsigned i = 0; i < log->layout->fold_n; i++) {
			const struct cs_fold *fold = &log->layout->fold[i];
			if (fold->ever && cs_fold_takes(fold, event.mask))
				cs_window_fold_keep(log, fold, &event, -1);
		}
	}
	record->start[0] = end;
}

void
cs_window_log_rebuild(struct cs_window_log *log, uint64_t time_ns)
{
	const struct cs_profile_layout *layout = log->layout;
	struct cs_profile_record *record = log->record;
	uint64_t most_ns = record->head.clock_ns + 2 * layout->reach_ns;
	log->now_ns = time_ns < most_ns ? time_ns : most_ns;
	look_back(log);
	if (record->heavy)
		return;
	uint16_t at = record->first;
	for (unsigned i = layout->boundary_n; i-- > 1;) {
		int64_t offset_ns = (int64_t)layout->boundary[i].offset_ns;
		while (at != record->start[0] && cs_window_entry_age(log, cs_window_entry_of(log, at)) >= offset_ns)
			at++;
		record->start[i] = at;
	}
	for (unsigned i = 0; i < layout->fold_n; i++)
		if (!layout->fold[i].ever)
			cs_window_fold_anew(log, &layout->fold[i]);
}

static bool
is_meant(const struct cs_window_log *log, const uint64_t *entry, const struct cs_profile_event *event, uint32_t set)
{
	uint32_t mask = cs_window_entry_mask(log->layout, entry),
		 kept = log->layout->value_at == 2 ? UINT32_MAX : cs_window_entry_mask_bits;
	if ((event->mask & kept & ~mask) || (mask & set & kept) == (set & kept))
		return false;
	for (unsigned i = 0; i < log->layout->slot_n; i++)
		if (cs_window_entry_value(log->layout, entry, i) != event->value[i])
			return false;
	return true;
}

static void
set_bits(const struct cs_window_log *log, uint16_t number, uint32_t set, uint32_t old_mask)
{
	const struct cs_profile_layout *layout = log->layout;
	uint64_t *entry = cs_window_entry_of(log, number);
	struct cs_profile_event event;
	if (layout->value_at == 2)
		entry[1] |= set;
	else
		entry[0] |= set & cs_window_entry_mask_bits;
	cs_window_log_read(log, number, &event);
	for (unsigned i = 0; i < layout->fold_n; i++) {
		const struct cs_fold *fold = &layout->fold[i];
		if (cs_fold_takes(fold, old_mask) || !cs_fold_takes(fold, event.mask))
			continue;
		if (fold->ever)
			cs_window_fold_keep(log, fold, &event, 1);
		else if (!log->record->heavy && is_behind(log->record, fold->to, number) &&
			 !is_behind(log->record, fold->from, number))
			cs_window_fold_enter(log, fold, number);
	}
}

bool
cs_window_log_label(struct cs_window_log *log, const struct cs_profile_event *event, uint32_t set, uint32_t *old_mask)
{
	if (event->time_ns > log->record->head.clock_ns)
		return false;
	uint64_t age_ns = log->record->head.clock_ns - event->time_ns;
	for (uint16_t at = log->record->start[0]; at != log->record->first;) {
		const uint64_t *entry = cs_window_entry_of(log, --at);
		uint64_t past_ns = cs_window_entry_past(log, entry);
		if (past_ns > age_ns)
			return false;
		if (past_ns != age_ns || !is_meant(log, entry, event, set))
			continue;
		*old_mask = cs_window_entry_mask(log->layout, entry);
		set_bits(log, at, set, *old_mask);
		return true;
	}
	return false;
}

bool
cs_window_log_last(const struct cs_window_log *log, const struct cs_fold *fold, uint64_t *time_ns, int64_t *value)
{
	const struct cs_profile_layout *layout = log->layout;
	for (uint16_t at = log->record->start[0]; at != log->record->first;) {
		const uint64_t *entry = cs_window_entry_of(log, --at);
		if (!cs_fold_takes(fold, cs_window_entry_mask(layout, entry)))
			continue;
		*time_ns = log->record->head.clock_ns - cs_window_entry_past(log, entry);
		*value = cs_window_entry_value(layout, entry, fold->slot);
		return true;
	}
	uint64_t kept_ns = cs_fold_get64(cs_window_fold_at(log, fold));
	if (kept_ns == 0)
		return false;
	*time_ns = kept_ns - 1;
	*value = (int64_t)cs_fold_get64(cs_window_fold_at(log, fold) + 8);
	return true;
}

static void
ask_for(const uint64_t *entry, unsigned words)
{
	cs_prefetch(entry);
	cs_prefetch(entry + words - 1);
}

void
cs_window_log_prefetch(const struct cs_profile_layout *layout, const struct cs_buddy *buddy,
		       const struct cs_profile_record *record)
{
	const uint32_t used = record->logged ? layout->within_at : layout->record_bytes;
	for (uint32_t at = CS_KEY_AHEAD_BYTES; at < used; at += LINE_BYTES)
		cs_prefetch((const uint8_t *)record + at);
	if (!record->logged)
		return;
	struct cs_window_log log = {.layout = layout, .record = (struct cs_profile_record *)(uintptr_t)record};
	const uint32_t words = layout->entry_words;
	const size_t bytes = (size_t)places_of(record) * words * sizeof(uint64_t);
	log.words = cs_buddy_at(buddy, record->head.own);
	/* A short log is asked for as a whole; a longer one as well if it is looked through for values seen before. */
	if (bytes <= (size_t)(layout->distinct ? LINES_LOOKED : LINES_SHORT) * LINE_BYTES) {
		const uint8_t *at = (const uint8_t *)log.words, *end = at + bytes;
		for (at -= (uintptr_t)at % LINE_BYTES; at < end; at += LINE_BYTES)
			cs_prefetch(at);
		return;
	}
	const uint16_t end = record->start[0];
	cs_prefetch(cs_window_entry_of(&log, (uint16_t)(end - 1)));
	ask_for(cs_window_entry_of(&log, end), words);
	ask_for(cs_window_entry_of(&log, record->first), words);
	for (unsigned i = 1; i < layout->boundary_n && !record->heavy; i++)
		ask_for(cs_window_entry_of(&log, record->start[i]), words);
}
