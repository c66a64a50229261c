/*
 * Where folds lie: numbers of 2, 8 and 16 bytes at any even place of a record, a bucket or a total.
 */
#ifndef CS_STATE_FOLD_H
#define CS_STATE_FOLD_H

#include "state/profile_plan.h"

#include <string.h>

/* Values from here on are too wide for their squares to be summed: 2^92 each leaves room for 2^36 of them. */
#define CS_FOLD_WIDE (INT64_C(1) << 46)

/* cs_fold_get16 ... read and cs_fold_put16 ... write one number at AT. */
static inline uint16_t
cs_fold_get16(const uint8_t *at)
{
	uint16_t out;
	memcpy(&out, at, sizeof out);
	return out;
}

static inline void
cs_fold_put16(uint8_t *at, unsigned value)
{
	uint16_t in = (uint16_t)value;
	memcpy(at, &in, sizeof in);
}

static inline uint64_t
cs_fold_get64(const uint8_t *at)
{
	uint64_t out;
	memcpy(&out, at, sizeof out);
	return out;
}

static inline void
cs_fold_put64(uint8_t *at, uint64_t value)
{
	memcpy(at, &value, sizeof value);
}

static inline __int128_t
cs_fold_get128(const uint8_t *at)
{
	__int128_t out;
	memcpy(&out, at, sizeof out);
	return out;
}

static inline void
cs_fold_put128(uint8_t *at, __int128_t value)
{
	memcpy(at, &value, sizeof value);
}

/* cs_fold_takes says whether an event that holds MASK is one of FOLD's. */
static inline bool
cs_fold_takes(const struct cs_fold *fold, uint32_t mask)
{
	return (mask & fold->need) == fold->need;
}

/* cs_fold_is_wide says whether VALUE has no place among sums of squares. */
static inline bool
cs_fold_is_wide(int64_t value)
{
	return value >= CS_FOLD_WIDE || value <= -CS_FOLD_WIDE;
}

#endif
