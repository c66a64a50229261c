/*
 * Running folds over one key's log: what is added by an entry and taken away by it again.
 *
 * Sums never leave 128 bits: a log has at most 2^10 entries. A sum of squares takes no value from CS_FOLD_WIDE on, and
 * says how many such there are. An extreme that leaves is looked for again in its window, and so is a value that was
 * perhaps the only one of its kind; both cost one pass at most. When entries enter and leave is for window_log.c.
 */
#include "state/window_fold.h"

#include "base/hash.h"
#include "state/fold.h"

enum { SET_PLACES = 2 * CS_PROFILE_LOG_MAX };

/* Whether FOLD's window has another entry of the value of entry NUMBER; looked for from the newest on. */
static bool
has_twin(const struct cs_window_log *log, const struct cs_fold *fold, uint16_t number)
{
	const struct cs_profile_layout *layout = log->layout;
	int64_t value = cs_window_entry_value(layout, cs_window_entry_of(log, number), fold->slot);
	uint16_t from = log->record->start[fold->from];
	for (uint16_t at = log->record->start[fold->to]; at != from;) {
		const uint64_t *entry = cs_window_entry_of(log, --at);
		if (cs_window_entry_value(layout, entry, fold->slot) == value && at != number &&
		    cs_fold_takes(fold, cs_window_entry_mask(layout, entry)))
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
		const uint64_t *entry = cs_window_entry_of(log, at);
		if (!cs_fold_takes(fold, cs_window_entry_mask(log->layout, entry)))
			continue;
		int64_t value = cs_window_entry_value(log->layout, entry, fold->slot);
		bool better = fold->kind == CS_FOLD_MIN ? value < best : value > best;
		best = !any || better ? value : best;
		any = true;
	}
	cs_fold_put64(cs_window_fold_at(log, fold), (uint64_t)best);
}

static void
enter_extreme(const struct cs_window_log *log, const struct cs_fold *fold, int64_t value)
{
	uint8_t *at = cs_window_fold_at(log, fold);
	int64_t best = (int64_t)cs_fold_get64(at);
	bool first = cs_fold_get16((uint8_t *)log->record + log->layout->fold[fold->count].at) == 1;
	if (first || (fold->kind == CS_FOLD_MIN ? value < best : value > best))
		cs_fold_put64(at, (uint64_t)value);
}

/* A value from a sum of squares (SIGN -1) or into it (1). The number of wide ones stands elsewhere, or behind the sum of
 * what nothing leaves. */
static void
count_square(const struct cs_window_log *log, const struct cs_fold *fold, int64_t value, int sign)
{
	uint8_t *at = cs_window_fold_at(log, fold), *wide_at = (uint8_t *)log->record + fold->wide_at;
	if (!cs_fold_is_wide(value))
		cs_fold_put128(at, cs_fold_get128(at) + (__int128_t)value * value * sign);
	else if (fold->ever)
		cs_fold_put64(at + 16, cs_fold_get64(at + 16) + (uint64_t)sign);
	else
		cs_fold_put16(wide_at, (unsigned)(cs_fold_get16(wide_at) + sign));
}

void
cs_window_fold_enter(const struct cs_window_log *log, const struct cs_fold *fold, uint16_t number)
{
	uint8_t *at = cs_window_fold_at(log, fold);
	int64_t value = cs_window_entry_value(log->layout, cs_window_entry_of(log, number), fold->slot);
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
		count_square(log, fold, value, 1);
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
	CS_ASSERT(false); /* these never leave */
}

void
cs_window_fold_leave(const struct cs_window_log *log, const struct cs_fold *fold, uint16_t number)
{
	uint8_t *at = cs_window_fold_at(log, fold);
	int64_t value = cs_window_entry_value(log->layout, cs_window_entry_of(log, number), fold->slot);
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
		count_square(log, fold, value, -1);
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
	CS_ASSERT(false); /* these never leave */
}

void
cs_window_fold_keep(const struct cs_window_log *log, const struct cs_fold *fold, const struct cs_profile_event *event,
		    int sign)
{
	uint8_t *at = cs_window_fold_at(log, fold);
	switch ((enum cs_fold_kind)fold->kind) {
	case CS_FOLD_COUNT:
		cs_fold_put64(at, cs_fold_get64(at) + (uint64_t)sign);
		return;
	case CS_FOLD_SUM:
		cs_fold_put128(at, cs_fold_get128(at) + (__int128_t)event->value[fold->slot] * sign);
		return;
	case CS_FOLD_SQUARES:
		count_square(log, fold, event->value[fold->slot], sign);
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
	CS_ASSERT(false); /* these need a window */
}

static unsigned
count_distinct(const struct cs_window_log *log, const struct cs_fold *fold)
{
	uint16_t set[SET_PLACES] = {0}; /* number - first + 1 */
	unsigned n = 0;
	for (uint16_t at = log->record->start[fold->from]; at != log->record->start[fold->to]; at++) {
		const uint64_t *entry = cs_window_entry_of(log, at);
		if (!cs_fold_takes(fold, cs_window_entry_mask(log->layout, entry)))
			continue;
		int64_t value = cs_window_entry_value(log->layout, entry, fold->slot);
		unsigned place = (unsigned)cs_hash_mix(0, (uint64_t)value) % SET_PLACES;
		for (; set[place]; place = (place + 1) % SET_PLACES) {
			uint16_t other = (uint16_t)(log->record->first + set[place] - 1);
			if (cs_window_entry_value(log->layout, cs_window_entry_of(log, other), fold->slot) == value)
				break;
		}
		n += !set[place];
		set[place] = (uint16_t)(at - log->record->first + 1);
	}
	return n;
}

void
cs_window_fold_anew(const struct cs_window_log *log, const struct cs_fold *fold)
{
	uint8_t *at = cs_window_fold_at(log, fold);
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
	memset(at, 0, fold->kind == CS_FOLD_COUNT ? 2 : 16);
	if (fold->kind == CS_FOLD_SQUARES)
		cs_fold_put16((uint8_t *)log->record + fold->wide_at, 0);
	for (uint16_t i = log->record->start[fold->from]; i != log->record->start[fold->to]; i++)
		if (cs_fold_takes(fold, cs_window_entry_mask(log->layout, cs_window_entry_of(log, i))))
			cs_window_fold_enter(log, fold, i);
}
