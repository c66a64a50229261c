/*
 * What a log's entries look like, and what a key's folds do with them.
 *
 * An entry is the time (56 bits of it, enough beside the key's clock) with the small mask in its low byte, the mask if it
 * is large, and the values.
 */
#ifndef CS_STATE_WINDOW_FOLD_H
#define CS_STATE_WINDOW_FOLD_H

#include "state/window_log.h"

enum { CS_WINDOW_MASK_BITS = CS_PROFILE_FILTERS_SMALL };

static const uint64_t cs_window_entry_mask_bits = (1u << CS_WINDOW_MASK_BITS) - 1;

/* cs_window_entry_of lends entry NUMBER. */
static inline uint64_t *
cs_window_entry_of(const struct cs_window_log *log, uint16_t number)
{
	uint32_t place = number & (((uint32_t)CS_PROFILE_LOG_UNIT << log->record->order) - 1);
	return log->words + (size_t)place * log->layout->entry_words;
}

/* cs_window_entry_mask gives the bits of the mask that an entry keeps. */
static inline uint32_t
cs_window_entry_mask(const struct cs_profile_layout *layout, const uint64_t *entry)
{
	return layout->value_at == 2 ? (uint32_t)entry[1] : (uint32_t)(entry[0] & cs_window_entry_mask_bits);
}

/* cs_window_entry_value gives the value in SLOT; 0 when entries have none there. */
static inline int64_t
cs_window_entry_value(const struct cs_profile_layout *layout, const uint64_t *entry, unsigned slot)
{
	return slot < layout->slot_n ? (int64_t)entry[layout->value_at + slot] : 0;
}

/* cs_window_entry_past tells how long before the key's clock an entry was, in nanoseconds. */
static inline uint64_t
cs_window_entry_past(const struct cs_window_log *log, const uint64_t *entry)
{
	/* With all bits of a mask set the time cannot be too short by them. */
	return ((log->record->head.clock_ns << CS_WINDOW_MASK_BITS | cs_window_entry_mask_bits) - entry[0]) >>
	       CS_WINDOW_MASK_BITS;
}

/* cs_window_entry_age tells how long before the time the boundaries stand at; negative: after it. */
static inline int64_t
cs_window_entry_age(const struct cs_window_log *log, const uint64_t *entry)
{
	return (int64_t)(cs_window_entry_past(log, entry) + (log->now_ns - log->record->head.clock_ns));
}

/* cs_window_fold_at lends the bytes of FOLD in the record. */
static inline uint8_t *
cs_window_fold_at(const struct cs_window_log *log, const struct cs_fold *fold)
{
	return (uint8_t *)log->record + fold->at;
}

/* cs_window_fold_enter adds entry NUMBER, within the window of FOLD and taken by it. */
void cs_window_fold_enter(const struct cs_window_log *log, const struct cs_fold *fold, uint16_t number);

/* cs_window_fold_leave takes entry NUMBER, no longer within the window of FOLD, out of it. */
void cs_window_fold_leave(const struct cs_window_log *log, const struct cs_fold *fold, uint16_t number);

/* cs_window_fold_keep adds EVENT (SIGN 1) to a fold that nothing leaves, or, for a look back, takes it out (-1). */
void cs_window_fold_keep(const struct cs_window_log *log, const struct cs_fold *fold,
			 const struct cs_profile_event *event, int sign);

/* cs_window_fold_anew makes FOLD, which has a window, from the entries in it. */
void cs_window_fold_anew(const struct cs_window_log *log, const struct cs_fold *fold);

#endif
