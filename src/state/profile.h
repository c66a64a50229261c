/*
 * A profile: what each key (card, account, terminal ...) did in its windows of time, asked and told with each event.
 *
 * A key's windows are exact while its events of that time fit a log of stated size; with more of them it is heavy: kept
 * in buckets, never counting too few but for the one case named below, and saying by how many at most. It turns exact
 * again by itself. All state has its size from the plan. What had to go for want of room is counted, and every answer it
 * could have changed says "at least".
 *
 * Time is the events' own; a table's clock is the greatest it was told. Events older than the lateness are not taken
 * (false, counted); nothing else depends on the order of those that are, but for equals. A label that comes late is told
 * of the earlier event (cs_profile_label); aggregates with a delay see neither event nor label before that is over.
 *
 *	window, delay    bounded answers of a heavy key
 *	no delay         the oldest bucket counts whole: too many by bound_n at most
 *	delay            the newest counts whole as well: too many by bound_n at most
 *	share, delay     the newest, partial one is left out, so that no label is seen too soon: bound_n either way
 *	distinct         exact up to max values, "at least" max beyond
 *
 * New keys in floods: each costs an entry in the index, a record, and, when the table is full, a look
 * at CS_KEY_NEIGHBOURS others. The one longest idle of those goes; keys that are new since say "at least".
 */
#ifndef CS_STATE_PROFILE_H
#define CS_STATE_PROFILE_H

#include "state/ratio.h"
#include "state/window_bucket.h"
#include "state/window_log.h"

enum {
	CS_PROFILE_AHEAD_TRUST_N =
		32, /* events in a row that are ahead of the clock: now it is the clock that is wrong */
};

enum cs_profile_flag {
	CS_PROFILE_PRESENT = 1 << 0,  /* there is an answer; else num is 0 */
	CS_PROFILE_BOUNDED = 1 << 1,  /* from buckets: see bound_n */
	CS_PROFILE_AT_LEAST = 1 << 2, /* events or values may be missing */
	CS_PROFILE_OVERFLOW = 1 << 3, /* there would be an answer if it fitted 128 bits */
};

/* An answer: num / den. Counts, sums and the like have den 1. LAST: num the value, time_ns when. */
struct cs_profile_value {
	__int128_t num;
	union {
		uint64_t den;
		uint64_t time_ns;
	};
	uint32_t bound_n; /* BOUNDED: the events counted differ from the true ones by so many at most */
	uint8_t kind;     /* enum cs_profile_kind */
	uint8_t flags;    /* enum cs_profile_flag */
	uint8_t pad[2];
};

CS_PADDING_NAMED_BEGIN
struct cs_profile_counts {
	uint64_t event_n;     /* taken */
	uint64_t late_n;      /* not taken: older than the lateness */
	uint64_t ahead_n;     /* not taken: too far ahead of the clock */
	uint64_t refused_n;   /* not taken: no place for the key */
	uint64_t reclaimed_n; /* keys dead and gone */
	uint64_t evicted_n;   /* keys gone for want of room */
	uint64_t short_n;     /* events forgotten for want of room */
	uint64_t to_heavy_n;  /* switches to buckets */
	uint64_t to_exact_n;  /* ... and back */
	uint64_t heavy_n;     /* keys in buckets now */
	uint64_t label_n;     /* labels taken */
	uint64_t lost_n;      /* labels whose event is not known */
};

/* State down to heavy_fresh; then the plan, and the parts with their own. */
struct cs_profile {
	struct cs_profile_counts counts;
	uint64_t clock_ns;   /* greatest time told */
	uint64_t evicted_ns; /* greatest time of an event of a key evicted, at least 1; 0: none was */
	uint32_t ahead_run;  /* events in a row too far ahead */
	uint32_t heavy_free; /* + 1; 0: none */
	uint32_t heavy_fresh;
	uint32_t pad;
	const struct cs_profile_layout *layout;
	uint8_t *heavy_at;
	struct cs_key_table keys;
	struct cs_buddy logs;
};
CS_PADDING_NAMED_END

/* cs_profile_bytes is what cs_profile_init takes from the arena. */
size_t cs_profile_bytes(const struct cs_profile_layout *layout);

/* cs_profile_key_bytes is the part of it that one more key takes whose log holds ENTRIES; up to CS_PROFILE_LOG_WITHIN of
 * them lie in the record. */
size_t cs_profile_key_bytes(const struct cs_profile_layout *layout, uint32_t entries);

/* cs_profile_init makes an empty table after LAYOUT, which is lent for as long as the table is used. CS_E_LIMIT for too
 * many keys, CS_E_MEMORY when the arena is full. */
CS_MUST_USE enum cs_error cs_profile_init(struct cs_profile *profile, struct cs_arena *arena,
					  const struct cs_profile_layout *layout);

/* cs_profile_regions adds all that changes to REGIONS. */
void cs_profile_regions(struct cs_profile *profile, struct cs_regions *regions);

/* cs_profile_update tells of EVENT at KEY and answers all aggregates at its time, in order, in VALUES (NULL: nobody asks).
 * False when it is not taken: too late, too far ahead, or no place for the key; VALUES is not written then. */
CS_MUST_USE bool cs_profile_update(struct cs_profile *profile, const struct cs_key *key,
				   const struct cs_profile_event *event, struct cs_profile_value *values);

/* cs_profile_label tells that EVENT, told before at KEY with these values and a mask without SET, holds the bits SET as
 * well. False (and counted) when there is no such event; a heavy key's events are believed where its log has no more of
 * them. */
CS_MUST_USE bool cs_profile_label(struct cs_profile *profile, const struct cs_key *key,
				  const struct cs_profile_event *event, uint32_t set);

/* cs_profile_read answers all aggregates of KEY at TIME_NS and changes nothing; a key not known has no events. False when
 * TIME_NS is older than the lateness. */
CS_MUST_USE bool cs_profile_read(const struct cs_profile *profile, const struct cs_key *key, uint64_t time_ns,
				 struct cs_profile_value *values);

/* cs_profile_answer fills in those aggregates of VALUES that count the current event or not, as CURRENT says, at TIME_NS,
 * which is not older than the lateness. For cs_profile_update and cs_profile_read. */
void cs_profile_answer(const struct cs_profile *profile, const struct cs_profile_record *record, uint64_t time_ns,
		       bool current, struct cs_profile_value *values);

/* cs_profile_ratio is the answer as a number; only when present. */
struct cs_ratio cs_profile_ratio(const struct cs_profile_value *value);

/* cs_profile_put writes an answer with DECIMALS digits behind the point: "3", "17.25", ">= 200", "<= 310" and "~0.03"
 * (bounded, too many or either way), "-" when absent, "overflow". */
void cs_profile_put(struct cs_text *text, const struct cs_profile_value *value, unsigned decimals);

/* cs_profile_prepare, cs_profile_prepare_slot and cs_profile_prepare_log ask for the memory that an event at the key of
 * HASH will need: index, record, log; each some time after the one before, not
 * all keys of many events at once: a processor has room for some twenty lines under way. */
void cs_profile_prepare(const struct cs_profile *profile, uint64_t hash);
void cs_profile_prepare_slot(const struct cs_profile *profile, uint64_t hash);
void cs_profile_prepare_log(const struct cs_profile *profile, uint64_t hash);

/* cs_profile_guess tells where the key of HASH will be, once its line of the index is at hand: for cs_profile_event,
 * cs_profile_prepare_record, which asks for its record, and cs_profile_prepare_guessed, which is cs_profile_prepare_log. A
 * wrong guess costs time and nothing else. */
uint32_t cs_profile_guess(const struct cs_profile *profile, uint64_t hash);
void cs_profile_prepare_record(const struct cs_profile *profile, uint32_t guess);
void cs_profile_prepare_guessed(const struct cs_profile *profile, uint32_t guess);

/* cs_profile_heavy lends heavy block NUMBER (a record's `heavy` - 1). */
static inline struct cs_window_heavy *
cs_profile_heavy(const struct cs_profile *profile, uint32_t number)
{
	return (struct cs_window_heavy *)(void *)(profile->heavy_at + (size_t)number * profile->layout->heavy_bytes);
}

#endif
