/*
 * Exact windows over one key's log: places that move on, and running folds that are added to and taken from.
 *
 * An entry is the time (56 bits of it, enough beside the key's clock) with the small mask in its low byte, the mask if it
 * is large, and the values. Sums never leave 128 bits: a log has at most 2^10 entries. A sum of squares takes no value
 * from CS_FOLD_WIDE on, and says how many such there are. An extreme that leaves is looked for again in its window.
 *
 * Invariants (of a key that is not heavy): entries are in order of time; start[b] is the first entry younger than
 * boundary b's offset, start[0] the end; a fold holds exactly the entries from start[from] up to start[to] that it takes;
 * entries older than the reach are gone. A heavy key has entries and kept folds only. Who switches is in profile.c.
 */
#include "state/window_log.h"

#include "base/hash.h"
#include "state/fold.h"

enum { MASK_BITS = 8, SET_PLACES = 2 * CS_PROFILE_LOG_MAX, LINE_BYTES = 64, LINES_AHEAD = 8 };

static const uint64_t mask_of_word = (1u << MASK_BITS) - 1;

struct cs_window_log
cs_window_log_of(const struct cs_profile_layout *layout, const struct cs_buddy *buddy, struct cs_profile_record *record)
{
	void *words = record->logged ? cs_buddy_at(buddy, record->block) : NULL;
	return (struct cs_window_log){layout, record, words, record->head.clock_ns};
}

static uint32_t
places_of(const struct cs_profile_record *record)
{
	return record->logged ? (uint32_t)CS_PROFILE_LOG_UNIT << record->order : 0;
}

static inline uint64_t *
entry_of(const struct cs_window_log *log, uint16_t number)
{
	uint32_t place = number & (((uint32_t)CS_PROFILE_LOG_UNIT << log->record->order) - 1);
	return log->words + (size_t)place * log->layout->entry_words;
}

static inline uint32_t
mask_of(const struct cs_profile_layout *layout, const uint64_t *entry)
{
	return layout->value_at == 2 ? (uint32_t)entry[1] : (uint32_t)(entry[0] & mask_of_word);
}

static inline int64_t
value_of(const struct cs_profile_layout *layout, const uint64_t *entry, unsigned slot)
{
	return slot < layout->slot_n ? (int64_t)entry[layout->value_at + slot] : 0;
}

/* How long before the key's clock an entry was. */
static inline uint64_t
past_of(const struct cs_window_log *log, const uint64_t *entry)
{
	return ((log->record->head.clock_ns << MASK_BITS) - (entry[0] & ~mask_of_word)) >> MASK_BITS;
}

/* How long before the time the boundaries stand at; negative: after it. */
static inline int64_t
age_of(const struct cs_window_log *log, const uint64_t *entry)
{
	return (int64_t)(past_of(log, entry) + (log->now_ns - log->record->head.clock_ns));
}

static inline uint16_t
end_of(const struct cs_profile_record *record)
{
	return (uint16_t)(record->first + record->n);
}

/* Whether entry NUMBER is behind boundary B. */
static inline bool
is_behind(const struct cs_profile_record *record, unsigned boundary, uint16_t number)
{
	return (int16_t)(record->start[boundary] - number) > 0;
}

static inline uint8_t *
at_of(const struct cs_window_log *log, const struct cs_fold *fold)
{
	return (uint8_t *)log->record + fold->at;
}

/* Whether FOLD's window has another entry of the value of entry NUMBER; looked for from the newest on. */
static bool
has_twin(const struct cs_window_log *log, const struct cs_fold *fold, uint16_t number)
{
	const struct cs_profile_layout *layout = log->layout;
	int64_t value = value_of(layout, entry_of(log, number), fold->slot);
	uint16_t from = log->record->start[fold->from];
	for (uint16_t at = log->record->start[fold->to]; at != from;) {
		const uint64_t *entry = entry_of(log, --at);
		if (value_of(layout, entry, fold->slot) == value && at != number &&
		    cs_fold_takes(fold, mask_of(layout, entry)))
			return true;
	}
	return false;
}

static void
find_extreme(const struct cs_window_log *log, const struct cs_fold *fold)
{
	int64_t best = 0;
	bool any = false;
	for (uint16_t at = log->record->start[fold->from]; at != log->record->start[fold->to]; at++) {
		const uint64_t *entry = entry_of(log, at);
		if (!cs_fold_takes(fold, mask_of(log->layout, entry)))
			continue;
		int64_t value = value_of(log->layout, entry, fold->slot);
		bool better = fold->kind == CS_FOLD_MIN ? value < best : value > best;
		best = !any || better ? value : best;
		any = true;
	}
	cs_fold_put64(at_of(log, fold), (uint64_t)best);
}

static void
enter_extreme(const struct cs_window_log *log, const struct cs_fold *fold, int64_t value)
{
	uint8_t *at = at_of(log, fold);
	int64_t best = (int64_t)cs_fold_get64(at);
	bool first = cs_fold_get16((uint8_t *)log->record + log->layout->fold[fold->count].at) == 1;
	if (first || (fold->kind == CS_FOLD_MIN ? value < best : value > best))
		cs_fold_put64(at, (uint64_t)value);
}

/* A value from a sum of squares (SIGN -1) or into it (1). The number of wide ones stands behind the sum. */
static void
count_square(uint8_t *at, int64_t value, int sign, bool ever)
{
	if (!cs_fold_is_wide(value)) {
		cs_fold_put128(at, cs_fold_get128(at) + (__int128_t)value * value * sign);
		return;
	}
	if (ever)
		cs_fold_put64(at + 16, cs_fold_get64(at + 16) + (uint64_t)sign);
	else
		cs_fold_put16(at + 16, (unsigned)(cs_fold_get16(at + 16) + sign));
}

static inline void
enter(const struct cs_window_log *log, const struct cs_fold *fold, uint16_t number)
{
	uint8_t *at = at_of(log, fold);
	int64_t value = value_of(log->layout, entry_of(log, number), fold->slot);
	switch ((enum cs_fold_kind)fold->kind) {
	case CS_FOLD_COUNT:
		cs_fold_put16(at, cs_fold_get16(at) + 1u);
		return;
	case CS_FOLD_DISTINCT:
		cs_fold_put16(at, cs_fold_get16(at) + !has_twin(log, fold, number));
		return;
	case CS_FOLD_SUM:
		cs_fold_put128(at, cs_fold_get128(at) + value);
		return;
	case CS_FOLD_SQUARES:
		count_square(at, value, 1, false);
		return;
	case CS_FOLD_MIN:
	case CS_FOLD_MAX:
		enter_extreme(log, fold, value);
		return;
	case CS_FOLD_FIRST:
	case CS_FOLD_LAST:
	case CS_FOLD_KIND_N:
		break;
	}
	CS_ASSERT(!"these never leave");
}

static inline void
leave(const struct cs_window_log *log, const struct cs_fold *fold, uint16_t number)
{
	uint8_t *at = at_of(log, fold);
	int64_t value = value_of(log->layout, entry_of(log, number), fold->slot);
	switch ((enum cs_fold_kind)fold->kind) {
	case CS_FOLD_COUNT:
		cs_fold_put16(at, cs_fold_get16(at) - 1u);
		return;
	case CS_FOLD_DISTINCT:
		cs_fold_put16(at, (unsigned)(cs_fold_get16(at) - !has_twin(log, fold, number)));
		return;
	case CS_FOLD_SUM:
		cs_fold_put128(at, cs_fold_get128(at) - value);
		return;
	case CS_FOLD_SQUARES:
		count_square(at, value, -1, false);
		return;
	case CS_FOLD_MIN:
	case CS_FOLD_MAX:
		if ((int64_t)cs_fold_get64(at) == value)
			find_extreme(log, fold);
		return;
	case CS_FOLD_FIRST:
	case CS_FOLD_LAST:
	case CS_FOLD_KIND_N:
		break;
	}
	CS_ASSERT(!"these never leave");
}

/* One event more (SIGN 1) or, for a look back, fewer (-1) in a fold that nothing leaves. */
static void
keep(const struct cs_window_log *log, const struct cs_fold *fold, const struct cs_profile_event *event, int sign)
{
	uint8_t *at = at_of(log, fold);
	switch ((enum cs_fold_kind)fold->kind) {
	case CS_FOLD_COUNT:
		cs_fold_put64(at, cs_fold_get64(at) + (uint64_t)sign);
		return;
	case CS_FOLD_SUM:
		cs_fold_put128(at, cs_fold_get128(at) + (__int128_t)event->value[fold->slot] * sign);
		return;
	case CS_FOLD_SQUARES:
		count_square(at, event->value[fold->slot], sign, true);
		return;
	case CS_FOLD_FIRST:
		if (sign > 0 && (cs_fold_get64(at) == 0 || event->time_ns + 1 < cs_fold_get64(at)))
			cs_fold_put64(at, event->time_ns + 1);
		return;
	case CS_FOLD_LAST:
		return; /* those in the log are looked for there */
	case CS_FOLD_DISTINCT:
	case CS_FOLD_MIN:
	case CS_FOLD_MAX:
	case CS_FOLD_KIND_N:
		break;
	}
	CS_ASSERT(!"these need a window");
}

/* What happens to one fold as entry NUMBER enters or leaves it. The two most frequent kinds are dealt with here. */
static inline void
take_step(const struct cs_window_log *log, const struct cs_profile_step *step, const int64_t *values, uint16_t number)
{
	uint8_t *at = (uint8_t *)log->record + step->at;
	if (step->kind == CS_FOLD_COUNT)
		cs_fold_put16(at, step->enters ? cs_fold_get16(at) + 1u : cs_fold_get16(at) - 1u);
	else if (step->kind == CS_FOLD_SUM)
		cs_fold_put128(at, cs_fold_get128(at) +
					   (step->enters ? values[step->slot] : -(__int128_t)values[step->slot]));
	else if (step->enters)
		enter(log, &log->layout->fold[step->fold], number);
	else
		leave(log, &log->layout->fold[step->fold], number);
}

/* Moves boundary NTH on to the entries younger than its offset. */
static void
cross(const struct cs_window_log *log, unsigned nth)
{
	const struct cs_profile_boundary *boundary = &log->layout->boundary[nth];
	struct cs_profile_record *record = log->record;
	const uint32_t stride = log->layout->entry_words, value_at = log->layout->value_at;
	const uint32_t places = (uint32_t)CS_PROFILE_LOG_UNIT << record->order;
	const uint64_t *const words = log->words;
	/* An entry at this time, or later, is not yet behind; both sides without the mask's bits. */
	const uint64_t now = log->now_ns << MASK_BITS;
	const uint64_t offset = boundary->offset_ns << MASK_BITS;
	const unsigned step_n = boundary->step_n;
	const uint16_t end = end_of(record);
	for (uint16_t number = record->start[nth]; number != end; number++) {
		const uint64_t *entry = words + (size_t)(number & (places - 1)) * stride;
		if (now - (entry[0] & ~mask_of_word) < offset)
			return;
		const uint32_t mask = value_at == 2 ? (uint32_t)entry[1] : (uint32_t)(entry[0] & mask_of_word);
		record->start[nth] = (uint16_t)(number + 1);
		for (unsigned i = 0; i < step_n; i++) {
			const struct cs_profile_step *step = &boundary->step[i];
			if ((mask & step->need) == step->need)
				take_step(log, step, (const int64_t *)entry + value_at, number);
		}
	}
}

/* What leaves the log may still be the last of its kind. */
static void
keep_last(const struct cs_window_log *log, const struct cs_profile_event *event)
{
	for (unsigned i = log->layout->fold_n; i-- > 0;) {
		const struct cs_fold *fold = &log->layout->fold[i];
		if (fold->kind != CS_FOLD_LAST)
			return;
		uint8_t *at = at_of(log, fold);
		if (!cs_fold_takes(fold, event->mask) || event->time_ns + 1 < cs_fold_get64(at))
			continue;
		cs_fold_put64(at, event->time_ns + 1);
		cs_fold_put64(at + 8, (uint64_t)event->value[fold->slot]);
	}
}

static void
forget_first(const struct cs_window_log *log)
{
	const struct cs_profile_layout *layout = log->layout;
	if (layout->fold_n && layout->fold[layout->fold_n - 1].kind == CS_FOLD_LAST) {
		struct cs_profile_event event;
		cs_window_log_read(log, log->record->first, &event);
		keep_last(log, &event);
	}
	log->record->first++;
	log->record->n--;
}

void
cs_window_log_advance(struct cs_window_log *log, uint64_t time_ns)
{
	const struct cs_profile_layout *layout = log->layout;
	struct cs_profile_record *record = log->record;
	CS_ASSERT(time_ns >= record->head.clock_ns && log->now_ns == record->head.clock_ns);
	/* Past twice the reach everything is gone, and an entry's 56 bits of time must not go round. */
	uint64_t step_ns = time_ns - record->head.clock_ns;
	log->now_ns += step_ns < 2 * layout->reach_ns ? step_ns : 2 * layout->reach_ns;
	for (unsigned i = 1; i < layout->boundary_n && !record->heavy; i++)
		cross(log, i);
	while (record->n && age_of(log, entry_of(log, record->first)) >= (int64_t)layout->reach_ns)
		forget_first(log);
	record->head.clock_ns = log->now_ns = time_ns;
}

bool
cs_window_log_full(const struct cs_window_log *log)
{
	return log->record->n == places_of(log->record);
}

bool
cs_window_log_resize(struct cs_window_log *log, struct cs_buddy *buddy, unsigned order)
{
	struct cs_profile_record *record = log->record;
	CS_ASSERT((uint32_t)CS_PROFILE_LOG_UNIT << order >= record->n);
	uint32_t block = cs_buddy_take(buddy, order);
	if (block == cs_buddy_none)
		return false;
	struct cs_window_log old = *log;
	struct cs_profile_record was = *record;
	old.record = &was;
	record->block = block;
	record->order = (uint8_t)order;
	record->logged = true;
	log->words = cs_buddy_at(buddy, block);
	for (uint16_t at = was.first; at != end_of(&was); at++)
		memcpy(entry_of(log, at), entry_of(&old, at), log->layout->entry_words * sizeof(uint64_t));
	if (was.logged)
		cs_buddy_give(buddy, was.block, was.order);
	return true;
}

uint64_t
cs_window_log_drop(struct cs_window_log *log)
{
	struct cs_profile_record *record = log->record;
	uint16_t number = record->first;
	uint64_t time_ns = record->head.clock_ns - past_of(log, entry_of(log, number));
	uint32_t mask = mask_of(log->layout, entry_of(log, number)), behind = 0;
	CS_ASSERT(record->n > 0);
	for (unsigned i = 0; i < log->layout->boundary_n; i++) {
		behind |= (uint32_t)is_behind(record, i, number) << i;
		if (!(behind >> i & 1))
			record->start[i] = (uint16_t)(number + 1);
	}
	for (unsigned i = 0; i < log->layout->fold_n && !record->heavy; i++) {
		const struct cs_fold *fold = &log->layout->fold[i];
		if (!fold->ever && behind >> fold->to & 1 && !(behind >> fold->from & 1) && cs_fold_takes(fold, mask))
			leave(log, fold, number);
	}
	forget_first(log);
	return time_ns;
}

static void
write_entry(const struct cs_profile_layout *layout, uint64_t *entry, const struct cs_profile_event *event)
{
	entry[0] = event->time_ns << MASK_BITS;
	if (layout->value_at == 2)
		entry[1] = event->mask;
	else
		entry[0] |= event->mask & mask_of_word;
	for (unsigned i = 0; i < layout->slot_n; i++)
		entry[layout->value_at + i] = (uint64_t)event->value[i];
}

void
cs_window_log_read(const struct cs_window_log *log, uint16_t number, struct cs_profile_event *event)
{
	const uint64_t *entry = entry_of(log, number);
	*event = (struct cs_profile_event){.time_ns = log->record->head.clock_ns - past_of(log, entry),
					   .mask = mask_of(log->layout, entry)};
	for (unsigned i = 0; i < log->layout->slot_n; i++)
		event->value[i] = (int64_t)entry[log->layout->value_at + i];
}

/* Makes room for an event of AGE_NS: behind its equals, before those that are younger. */
static uint16_t
open_place(const struct cs_window_log *log, uint64_t age_ns)
{
	uint16_t at = end_of(log->record);
	log->record->n++;
	for (; at != log->record->first; at--) {
		const uint64_t *before = entry_of(log, (uint16_t)(at - 1));
		if (past_of(log, before) >= age_ns)
			break;
		memcpy(entry_of(log, at), before, log->layout->entry_words * sizeof(uint64_t));
	}
	return at;
}

/* The newest event: it enters what begins now, and nothing else. */
static void
append(const struct cs_window_log *log, const struct cs_profile_event *event, uint16_t number)
{
	const struct cs_profile_layout *layout = log->layout;
	const struct cs_profile_boundary *now = &layout->boundary[0];
	const unsigned windowed_n = now->step_n - now->ever_n;
	const uint32_t mask = event->mask;
	log->record->start[0]++;
	for (unsigned i = 0; i < windowed_n && !log->record->heavy; i++)
		if ((mask & now->step[i].need) == now->step[i].need)
			take_step(log, &now->step[i], event->value, number);
	for (unsigned i = windowed_n; i < now->step_n; i++)
		if ((mask & now->step[i].need) == now->step[i].need)
			keep(log, &layout->fold[now->step[i].fold], event, 1);
}

void
cs_window_log_insert(struct cs_window_log *log, const struct cs_profile_event *event)
{
	const struct cs_profile_layout *layout = log->layout;
	struct cs_profile_record *record = log->record;
	CS_ASSERT(!cs_window_log_full(log) && event->time_ns <= record->head.clock_ns);
	uint64_t age_ns = record->head.clock_ns - event->time_ns;
	uint16_t number = open_place(log, age_ns);
	write_entry(layout, entry_of(log, number), event);
	if (age_ns == 0) {
		append(log, event, number);
		return;
	}
	for (unsigned i = 0; i < layout->boundary_n && (i == 0 || !record->heavy); i++)
		record->start[i] = (uint16_t)(record->start[i] + (age_ns >= layout->boundary[i].offset_ns));
	for (unsigned i = 0; i < layout->fold_n; i++) {
		const struct cs_fold *fold = &layout->fold[i];
		if (!cs_fold_takes(fold, event->mask))
			continue;
		if (fold->ever)
			keep(log, fold, event, 1);
		else if (!record->heavy && age_ns >= layout->boundary[fold->to].offset_ns &&
			 age_ns < layout->boundary[fold->from].offset_ns)
			enter(log, fold, number);
	}
}

void
cs_window_log_miss(struct cs_window_log *log, const struct cs_profile_event *event)
{
	keep_last(log, event);
	for (unsigned i = 0; i < log->layout->fold_n; i++) {
		const struct cs_fold *fold = &log->layout->fold[i];
		if (fold->ever && cs_fold_takes(fold, event->mask))
			keep(log, fold, event, 1);
	}
}

static unsigned
count_distinct(const struct cs_window_log *log, const struct cs_fold *fold)
{
	uint16_t set[SET_PLACES] = {0}; /* number - first + 1 */
	unsigned n = 0;
	for (uint16_t at = log->record->start[fold->from]; at != log->record->start[fold->to]; at++) {
		const uint64_t *entry = entry_of(log, at);
		if (!cs_fold_takes(fold, mask_of(log->layout, entry)))
			continue;
		int64_t value = value_of(log->layout, entry, fold->slot);
		unsigned place = (unsigned)cs_hash_mix(0, (uint64_t)value) % SET_PLACES;
		for (; set[place]; place = (place + 1) % SET_PLACES) {
			uint16_t other = (uint16_t)(log->record->first + set[place] - 1);
			if (value_of(log->layout, entry_of(log, other), fold->slot) == value)
				break;
		}
		n += !set[place];
		set[place] = (uint16_t)(at - log->record->first + 1);
	}
	return n;
}

static void
rebuild_fold(const struct cs_window_log *log, const struct cs_fold *fold)
{
	uint8_t *at = at_of(log, fold);
	switch ((enum cs_fold_kind)fold->kind) {
	case CS_FOLD_DISTINCT:
		cs_fold_put16(at, count_distinct(log, fold));
		return;
	case CS_FOLD_MIN:
	case CS_FOLD_MAX:
		find_extreme(log, fold);
		return;
	case CS_FOLD_COUNT:
	case CS_FOLD_SUM:
	case CS_FOLD_SQUARES:
	case CS_FOLD_FIRST:
	case CS_FOLD_LAST:
	case CS_FOLD_KIND_N:
		break;
	}
	memset(at, 0, fold->kind == CS_FOLD_COUNT ? 2 : fold->kind == CS_FOLD_SUM ? 16 : 18);
	for (uint16_t i = log->record->start[fold->from]; i != log->record->start[fold->to]; i++)
		if (cs_fold_takes(fold, mask_of(log->layout, entry_of(log, i))))
			enter(log, fold, i);
}

/* Takes the entries after now out of the folds that nothing leaves. */
static void
look_back(const struct cs_window_log *log)
{
	struct cs_profile_record *record = log->record;
	uint16_t end = end_of(record);
	for (; end != record->first && age_of(log, entry_of(log, (uint16_t)(end - 1))) < 0; end--) {
		struct cs_profile_event event;
		cs_window_log_read(log, (uint16_t)(end - 1), &event);
		for (unsigned i = 0; i < log->layout->fold_n; i++) {
			const struct cs_fold *fold = &log->layout->fold[i];
			if (fold->ever && cs_fold_takes(fold, event.mask))
				keep(log, fold, &event, -1);
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
		while (at != record->start[0] && age_of(log, entry_of(log, at)) >= offset_ns)
			at++;
		record->start[i] = at;
	}
	for (unsigned i = 0; i < layout->fold_n; i++)
		if (!layout->fold[i].ever)
			rebuild_fold(log, &layout->fold[i]);
}

static bool
is_meant(const struct cs_window_log *log, const uint64_t *entry, const struct cs_profile_event *event, uint32_t set)
{
	uint32_t mask = mask_of(log->layout, entry), kept = log->layout->value_at == 2 ? UINT32_MAX : mask_of_word;
	if ((event->mask & kept & ~mask) || (mask & set & kept) == (set & kept))
		return false;
	for (unsigned i = 0; i < log->layout->slot_n; i++)
		if (value_of(log->layout, entry, i) != event->value[i])
			return false;
	return true;
}

static void
set_bits(const struct cs_window_log *log, uint16_t number, uint32_t set, uint32_t old_mask)
{
	const struct cs_profile_layout *layout = log->layout;
	uint64_t *entry = entry_of(log, number);
	struct cs_profile_event event;
	if (layout->value_at == 2)
		entry[1] |= set;
	else
		entry[0] |= set & mask_of_word;
	cs_window_log_read(log, number, &event);
	for (unsigned i = 0; i < layout->fold_n; i++) {
		const struct cs_fold *fold = &layout->fold[i];
		if (cs_fold_takes(fold, old_mask) || !cs_fold_takes(fold, event.mask))
			continue;
		if (fold->ever)
			keep(log, fold, &event, 1);
		else if (!log->record->heavy && is_behind(log->record, fold->to, number) &&
			 !is_behind(log->record, fold->from, number))
			enter(log, fold, number);
	}
}

bool
cs_window_log_label(struct cs_window_log *log, const struct cs_profile_event *event, uint32_t set, uint32_t *old_mask)
{
	if (event->time_ns > log->record->head.clock_ns)
		return false;
	uint64_t age_ns = log->record->head.clock_ns - event->time_ns;
	for (uint16_t at = end_of(log->record); at != log->record->first;) {
		const uint64_t *entry = entry_of(log, --at);
		uint64_t past_ns = past_of(log, entry);
		if (past_ns > age_ns)
			return false;
		if (past_ns != age_ns || !is_meant(log, entry, event, set))
			continue;
		*old_mask = mask_of(log->layout, entry);
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
		const uint64_t *entry = entry_of(log, --at);
		if (!cs_fold_takes(fold, mask_of(layout, entry)))
			continue;
		*time_ns = log->record->head.clock_ns - past_of(log, entry);
		*value = value_of(layout, entry, fold->slot);
		return true;
	}
	uint64_t kept_ns = cs_fold_get64(at_of(log, fold));
	if (kept_ns == 0)
		return false;
	*time_ns = kept_ns - 1;
	*value = (int64_t)cs_fold_get64(at_of(log, fold) + 8);
	return true;
}

static void
ask_for(const uint64_t *entry, unsigned words)
{
	cs_prefetch(entry);
	if ((uintptr_t)entry % LINE_BYTES + words * sizeof(uint64_t) > LINE_BYTES)
		cs_prefetch(entry + words - 1);
}

void
cs_window_log_prefetch(const struct cs_profile_layout *layout, const struct cs_buddy *buddy,
		       const struct cs_profile_record *record)
{
	if (!record->logged)
		return;
	struct cs_window_log log = {.layout = layout, .record = (struct cs_profile_record *)(uintptr_t)record};
	uint32_t words = layout->entry_words, places = places_of(record);
	log.words = cs_buddy_at(buddy, record->block);
	ask_for(entry_of(&log, end_of(record)), words);
	/* The whole log is looked through for values seen before, if it is short. */
	if (layout->distinct && (size_t)places * words * sizeof(uint64_t) <= (size_t)LINES_AHEAD * LINE_BYTES) {
		uint16_t stride = (uint16_t)(LINE_BYTES / (words * sizeof(uint64_t)));
		for (uint16_t at = 0; at < record->n; at = (uint16_t)(at + stride))
			ask_for(entry_of(&log, (uint16_t)(record->first + at)), words);
		return;
	}
	ask_for(entry_of(&log, record->first), words);
	for (unsigned i = 1; i < layout->boundary_n && !record->heavy; i++)
		ask_for(entry_of(&log, record->start[i]), words);
}
