/*
 * Exact rational numbers: what a mean, a variance or a share is before anybody rounds it.
 *
 * No floating point: a threshold is compared exactly, and the same answer is had on every machine.
 */
#ifndef CS_STATE_RATIO_H
#define CS_STATE_RATIO_H

#include "base/text.h"

enum { CS_RATIO_DECIMALS_MAX = 18 };

/* num / den, not reduced; den is at least 1. */
struct cs_ratio {
	__int128_t num;
	uint64_t den;
};

/* cs_ratio_of makes NUM / DEN; DEN is at least 1. */
struct cs_ratio cs_ratio_of(int64_t num, uint64_t den);

/* cs_ratio_order gives -1, 0 or 1 as A is less than, equal to or greater than B; exact for all values. */
int cs_ratio_order(const struct cs_ratio *a, const struct cs_ratio *b);

/* cs_ratio_put writes a ratio with DECIMALS (<= CS_RATIO_DECIMALS_MAX) digits behind the point, halves away from 0. */
void cs_ratio_put(struct cs_text *text, const struct cs_ratio *ratio, unsigned decimals);

#endif
