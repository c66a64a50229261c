/*
 * State as memory: ranges without pointers, in a fixed order, which together are all that changes.
 *
 * Whoever copies the contents of one list into another of the same lengths has copied the state. What can be derived
 * (from the policy, say) and what only points stays out. Most of a large table may never have been written: such pages
 * are zero and cost little to read.
 */
#ifndef CS_BASE_REGION_H
#define CS_BASE_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CS_REGIONS_MAX = 1280 };

struct cs_region {
	void *at;
	size_t len;
};

/* Lengths are a function of what sized the state, and none is 0. */
struct cs_regions {
	unsigned n;
	struct cs_region at[CS_REGIONS_MAX];
};

/* Where a walk stands; begin with zero. */
struct cs_regions_walk {
	unsigned nth;
	size_t offset;
};

/* cs_regions_add puts one more range at the end. */
void cs_regions_add(struct cs_regions *regions, void *at, size_t len);

/* cs_regions_bytes sums the lengths. */
size_t cs_regions_bytes(const struct cs_regions *regions);

/* cs_regions_next gives the next piece of at most MOST bytes, which lies within one region; false behind the last. */
bool cs_regions_next(const struct cs_regions *regions, struct cs_regions_walk *walk, size_t most,
		     struct cs_region *piece);

/* cs_regions_copy copies the contents of FROM into TO; pages that are zero in both are left as they are, since most were
 * never written. False, and nothing is copied, where number or lengths differ. */
bool cs_regions_copy(const struct cs_regions *to, const struct cs_regions *from);

/* cs_regions_layout hashes number and lengths under SEED; equal for lists that can be copied into one another. */
uint64_t cs_regions_layout(const struct cs_regions *regions, uint64_t seed);

/* cs_regions_hash hashes the contents of all regions. */
uint64_t cs_regions_hash(const struct cs_regions *regions);

#endif
