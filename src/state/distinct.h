/*
 * Different values of a sliding window, told apart by when each was last seen: exact up to a stated number of them.
 *
 * A value is in the window if its last sight is. Values are kept for the lateness longer, for questions about the past.
 * When more are in sight than there is room for, those turned away are known by the newest of them: until that is out of
 * the window the answer is "at least".
 */
#ifndef CS_STATE_DISTINCT_H
#define CS_STATE_DISTINCT_H

#include "base/padding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

CS_PADDING_NAMED_BEGIN
struct cs_distinct_sight {
	uint64_t value;
	uint64_t time_plus_one; /* 0: free */
};

/* Zeroed is empty. */
struct cs_distinct {
	uint64_t full_ns;   /* newest time of a value turned away, + 1 */
	uint64_t oldest_ns; /* no value in the window was last seen before this */
	uint32_t used_n;
	uint32_t live_n; /* of these in the window */
	struct cs_distinct_sight at[];
};
CS_PADDING_NAMED_END

/* The window a table is asked about. */
struct cs_distinct_window {
	uint64_t now_ns;
	uint64_t window_ns;
	uint64_t lateness_ns;
	uint32_t max; /* values at one time; the same at every call */
};

/* cs_distinct_bytes is the size of a table of MAX values. */
size_t cs_distinct_bytes(uint32_t max);

/* cs_distinct_see takes note of VALUE at TIME_NS, not after the window's now. */
void cs_distinct_see(struct cs_distinct *table, const struct cs_distinct_window *window, uint64_t value,
		     uint64_t time_ns);

/* cs_distinct_advance counts anew when something may have left the window. */
void cs_distinct_advance(struct cs_distinct *table, const struct cs_distinct_window *window);

/* cs_distinct_at counts the values last seen after the window's beginning, without changing anything: for another time
 * than the table's own. */
uint32_t cs_distinct_at(const struct cs_distinct *table, const struct cs_distinct_window *window);

/* cs_distinct_short says whether values were turned away in the window. */
bool cs_distinct_short(const struct cs_distinct *table, const struct cs_distinct_window *window);

#endif
