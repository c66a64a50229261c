/*
 * The windows of a heavy key: each in buckets of 1/64 of it, with a running total.
 *
 * Memory and cost do not depend on how many events there are. A window begins somewhere in its oldest bucket, which counts
 * whole: a count is never too low, and too high by at most what is in that bucket. With a delay the window also ends
 * somewhere in a bucket, which counts whole as well, but for shares: their labels must not be known too soon.
 */
#ifndef CS_STATE_WINDOW_BUCKET_H
#define CS_STATE_WINDOW_BUCKET_H

#include "base/padding.h"
#include "state/profile_plan.h"
#include "state/window_log.h"

enum { CS_WINDOW_TOTAL_MAX = 24 * CS_PROFILE_FOLDS_MAX };

CS_PADDING_NAMED_BEGIN
/* What a heavy block begins with; the spans follow, and the tables of different values. */
struct cs_window_heavy {
	uint64_t clock_ns;
	uint64_t lost_ns; /* newest time of an event that is in the buckets and no longer in the log; 0: none */
	uint32_t next;    /* free block + 1 */
	uint32_t pad;
};

/* One span: this, the total, bucket_n buckets. Buckets are numbered since long ago; N lies in place N % bucket_n. */
struct cs_window_span {
	uint64_t now;    /* the bucket of the clock */
	uint64_t oldest; /* in the total: from here */
	uint64_t newest; /* ... up to here */
	uint64_t change; /* when one of these moves on next, in shifted time */
	uint64_t now_place;
};
CS_PADDING_NAMED_END

/* cs_window_bucket_start makes an empty block of layout->heavy_bytes at TIME_NS. */
void cs_window_bucket_start(const struct cs_profile_layout *layout, struct cs_window_heavy *heavy, uint64_t time_ns);

/* cs_window_bucket_advance moves the clock to TIME_NS, which is not before it. */
void cs_window_bucket_advance(const struct cs_profile_layout *layout, struct cs_window_heavy *heavy, uint64_t time_ns);

/* cs_window_bucket_add adds EVENT, not after the clock, to all folds that take it. */
void cs_window_bucket_add(const struct cs_profile_layout *layout, struct cs_window_heavy *heavy,
			  const struct cs_profile_event *event);

/* cs_window_bucket_label adds EVENT, whose mask was OLD_MASK before, to the folds that take it only now. */
void cs_window_bucket_label(const struct cs_profile_layout *layout, struct cs_window_heavy *heavy,
			    const struct cs_profile_event *event, uint32_t old_mask);

/* cs_window_bucket_total lends the folds of span NTH at TIME_NS, each at its bucket_at: the running total, or, for
 * another time than the clock's, SCRATCH of CS_WINDOW_TOTAL_MAX bytes filled. */
const uint8_t *cs_window_bucket_total(const struct cs_profile_layout *layout, const struct cs_window_heavy *heavy,
				      unsigned nth, uint64_t time_ns, uint8_t *scratch);

/* cs_window_bucket_bound gives by how many events of COUNT (a fold) its total may differ at TIME_NS. */
uint64_t cs_window_bucket_bound(const struct cs_profile_layout *layout, const struct cs_window_heavy *heavy,
				const struct cs_fold *count, uint64_t time_ns);

/* cs_window_bucket_distinct gives how many values FOLD tells apart at TIME_NS; *SHORT_OF: or more. */
uint64_t cs_window_bucket_distinct(const struct cs_profile_layout *layout, const struct cs_window_heavy *heavy,
				   const struct cs_fold *fold, uint64_t time_ns, bool *short_of);

/* cs_window_bucket_prefetch asks for the lines that an event of this key will need. */
void cs_window_bucket_prefetch(const struct cs_profile_layout *layout, const struct cs_window_heavy *heavy);

#endif
