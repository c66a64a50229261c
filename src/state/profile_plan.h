/*
 * What a profile keeps for each of its keys, as the policy says it, and how that lies in memory.
 *
 * An aggregate is a question ("the sum over a day of those that hold filter 2"); several questions share their folds (a
 * running count, sum ... over one stretch of time), and several folds share a boundary (the place in the key's log where
 * a stretch of time begins or ends). A span is a stretch of time as heavy keys keep it: in buckets of 1/64 of it.
 */
#ifndef CS_STATE_PROFILE_PLAN_H
#define CS_STATE_PROFILE_PLAN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CS_PROFILE_AGGREGATES_MAX = 32,
	CS_PROFILE_SLOTS_MAX = 4,       /* values of an event */
	CS_PROFILE_FILTERS_MAX = 32,    /* bits of an event's mask */
	CS_PROFILE_FILTERS_SMALL = 8,   /* as many cost an entry no memory */
	CS_PROFILE_EVERY = 255,         /* a filter that every event holds */
	CS_PROFILE_BOUNDARIES_MAX = 24, /* ends of different stretches of time, now among them */
	CS_PROFILE_SPANS_MAX = 16,
	CS_PROFILE_FOLDS_MAX = 96,
	CS_PROFILE_RECORD_MAX =
		2048 + 8 * 48, /* bytes of a key's record: its folds, and the entries it has place for */
	CS_PROFILE_PARTS = 64, /* buckets of a heavy key's window */
	CS_PROFILE_BUCKETS_MAX = 8192,
	CS_PROFILE_DISTINCT_MAX = 256, /* values of one heavy key told apart */
	CS_PROFILE_LOG_UNIT = 4,       /* entries of the smallest log */
	CS_PROFILE_LOG_WITHIN = 8,     /* a log of so many lies in the record itself */
	CS_PROFILE_LOG_MAX = 1024,     /* entries of the largest */
	CS_PROFILE_LANES = 8,          /* counts that are taken at once */
	CS_PROFILE_LANES_MAX = CS_PROFILE_FOLDS_MAX / CS_PROFILE_LANES,
};

/* Counts side by side, as a record has them. */
typedef uint16_t cs_profile_lanes __attribute__((vector_size(CS_PROFILE_LANES * sizeof(uint16_t))));

/* The longest window + delay + lateness; an entry's clock of 56 bits holds 834 days. */
#define CS_PROFILE_REACH_MAX_NS (UINT64_C(800) * 86400 * 1000000000)

enum cs_profile_kind {
	CS_PROFILE_COUNT,
	CS_PROFILE_SUM,
	CS_PROFILE_MEAN,
	CS_PROFILE_VARIANCE, /* of the population: the mean square less the square of the mean */
	CS_PROFILE_MIN,
	CS_PROFILE_MAX,
	CS_PROFILE_DISTINCT,
	CS_PROFILE_SHARE, /* of the events that hold the filter, those that hold the condition too */
	CS_PROFILE_LAST,  /* value and time of the newest */
	CS_PROFILE_SINCE_LAST,
	CS_PROFILE_FIRST_SEEN,
	CS_PROFILE_KIND_N
};

/* One aggregate over (t - delay - window, t - delay], t the time of the event that asks. An event that lacks the value
 * must not hold the filter. */
struct cs_profile_aggregate {
	enum cs_profile_kind kind;
	uint64_t window_ns; /* 0: since the key is known; MIN, MAX and DISTINCT need one, FIRST_SEEN has none */
	uint64_t delay_ns;  /* COUNT, SUM, MEAN, VARIANCE, MIN, MAX and SHARE with a window; else 0 */
	uint8_t filter;     /* bit of the mask, or CS_PROFILE_EVERY */
	uint8_t slot;       /* of the value; SHARE: bit of the condition; COUNT, SINCE_LAST, FIRST_SEEN: 0 */
	bool current;       /* whether the event that asks is counted */
	uint16_t max;       /* DISTINCT: values a heavy key tells apart, 1 .. CS_PROFILE_DISTINCT_MAX; else 0 */
};

/* The whole of a profile. */
struct cs_profile_plan {
	const struct cs_profile_aggregate *aggregate;
	unsigned aggregate_n;
	uint64_t lateness_ns; /* events and questions so much older than the newest event are too late */
	uint64_t ahead_ns;    /* events so much newer than it are not believed at first; 0: they are */
	uint64_t
		keep_ns; /* a key is kept while idle for this and the lateness, or for as long as its windows need it */
	uint32_t keys_cap;
	uint32_t heavy_cap; /* keys in buckets at one time; 0: none */
	uint32_t log_max;   /* entries of a key's log, a power of two: one more and the key is heavy */
	uint64_t log_bytes; /* of all logs together */
};

/* In the order they are laid out and updated in: counts first, since others look at them. */
enum cs_fold_kind {
	CS_FOLD_COUNT,
	CS_FOLD_SUM,
	CS_FOLD_SQUARES,
	CS_FOLD_DISTINCT,
	CS_FOLD_MIN,
	CS_FOLD_MAX,
	CS_FOLD_FIRST,
	CS_FOLD_LAST,
	CS_FOLD_KIND_N
};

struct cs_fold {
	uint32_t need; /* bits of the mask, all of which an event must hold */
	uint8_t kind;  /* enum cs_fold_kind */
	uint8_t slot;
	uint8_t to;   /* boundary an event enters at */
	uint8_t from; /* ... and leaves at */
	uint8_t span;
	bool ever;     /* never leaves: since the key is known */
	uint8_t count; /* the count of the same events */
	uint8_t pad;
	uint16_t at;        /* in the record */
	uint16_t wide_at;   /* SQUARES with a window: of how many values are too wide, in the record */
	uint16_t bucket_at; /* in a bucket of its span; DISTINCT: unused */
	uint32_t table_at;  /* DISTINCT: of its table, in a heavy block */
	uint32_t table_cap; /* ... its max */
};

/* A fold that events enter or leave at a boundary; but for counts, which have lanes. */
struct cs_profile_step {
	uint32_t need;
	uint16_t at;
	uint16_t count_at; /* of the count of the same events; of squares, of how many values are too wide */
	uint8_t slot;
	uint8_t fold;
	uint8_t kind;
	bool leaves;
};

struct cs_profile_boundary {
	uint64_t offset_ns;
	unsigned step_n;
	uint8_t leave_n;  /* the first steps are of sums that events leave, */
	uint8_t enter_n;  /* ... these of sums that they enter, */
	uint8_t square_n; /* ... these of squares, */
	uint8_t other_n;  /* ... these of what has to be looked for, */
	uint8_t ever_n;   /* ... and the last, at now, of folds that nothing leaves again */
	bool rest;        /* there are others than counts and the first ones */
	struct cs_profile_step step[CS_PROFILE_FOLDS_MAX];
	cs_profile_lanes sign[CS_PROFILE_LANES_MAX]; /* of each count: 1 to enter, -1 to leave, or 0 */
};

struct cs_profile_span {
	uint64_t window_ns;
	uint64_t delay_ns;
	uint64_t width_ns; /* of a bucket */
	uint32_t bucket_n;
	uint32_t bucket_bytes;
	uint32_t state_at; /* in a heavy block: struct cs_window_span, the total, the buckets */
	bool strict;       /* the newest, partial bucket of a delayed share stays out: its labels are not known yet */
	unsigned fold_n;
	uint8_t fold[CS_PROFILE_FOLDS_MAX];
};

/* Where an aggregate finds its answer: numbers of folds. */
struct cs_profile_answer {
	uint8_t kind;
	bool current;
	bool ever;
	uint8_t count;
	uint8_t value;
	uint8_t squares;
	uint16_t count_at; /* in the record */
	uint16_t fold_at;
	uint64_t window_ns;
	uint64_t from_ns; /* window + delay; far more than any time when there is no window */
};

/* How an answer of a key that is not heavy is read; in this order among those asked. */
enum cs_profile_form {
	CS_FORM_COUNT,   /* a count's 16 bits */
	CS_FORM_SUM,     /* 128 bits */
	CS_FORM_MEAN,    /* 128 bits by 16 */
	CS_FORM_SHARE,   /* 16 bits by 16 */
	CS_FORM_EXTREME, /* 64 bits */
	CS_FORM_OTHER,
	CS_FORM_N
};

/* The plan compiled. */
struct cs_profile_layout {
	struct cs_profile_plan plan; /* its aggregates stay with the caller and are not used again */
	uint64_t reach_ns;           /* an event older than this matters no more */
	uint32_t record_bytes;
	uint32_t heavy_bytes;
	uint32_t entry_words; /* of 8 bytes: time and small masks, a large mask, values */
	uint32_t value_at;    /* word of the first value */
	uint32_t log_units;
	uint32_t log_order_max;
	uint32_t within_at;    /* in the record: the entries of a short log */
	uint32_t within_order; /* ... of CS_PROFILE_LOG_UNIT << within_order places; a longer log is a block */
	uint32_t counts_at;    /* in the record: of all counts that have a window */
	unsigned lanes_n;
	bool few; /* one vector of counts, and masks are small */
	unsigned slot_n;
	unsigned boundary_n;
	unsigned span_n;
	unsigned fold_n;
	unsigned answer_n;
	unsigned asked_n[2];
	uint8_t form_n[2][CS_FORM_N]; /* so many of each among them */
	bool distinct;                /* there is one: adding looks through the log */
	bool keeps_last;              /* what leaves the log may still be the last of its kind */
	struct cs_profile_boundary boundary[CS_PROFILE_BOUNDARIES_MAX];
	struct cs_profile_span span[CS_PROFILE_SPANS_MAX];
	struct cs_fold fold[CS_PROFILE_FOLDS_MAX];
	cs_profile_lanes need[2][CS_PROFILE_LANES_MAX]; /* of each count: the low and the high half */
	struct cs_profile_answer answer[CS_PROFILE_AGGREGATES_MAX];
	uint8_t asked[2][CS_PROFILE_AGGREGATES_MAX]; /* answers without and with the current event */
};

/* cs_profile_plan_lay compiles PLAN; CS_E_RANGE when an aggregate or a size makes no sense, CS_E_UNSUPPORTED for a kind
 * that cannot have this window or delay, CS_E_LIMIT when it is more than the limits above allow. */
CS_MUST_USE enum cs_error cs_profile_plan_lay(const struct cs_profile_plan *plan, struct cs_profile_layout *layout);

#endif
