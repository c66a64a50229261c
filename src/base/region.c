/*
 * Lists of memory ranges: made by the modules that own the memory, walked by those who keep or compare it.
 */
#include "base/region.h"

#include "base/error.h"
#include "base/hash.h"

#include <string.h>

enum { COPIED_BYTES = 4096 };

void
cs_regions_add(struct cs_regions *regions, void *at, size_t len)
{
	CS_ASSERT(regions->n < CS_REGIONS_MAX && at && len > 0);
	regions->at[regions->n++] = (struct cs_region){at, len};
}

size_t
cs_regions_bytes(const struct cs_regions *regions)
{
	size_t sum = 0;
	for (unsigned i = 0; i < regions->n; i++)
		sum += regions->at[i].len;
	return sum;
}

bool
cs_regions_next(const struct cs_regions *regions, struct cs_regions_walk *walk, size_t most, struct cs_region *piece)
{
	CS_ASSERT(most > 0);
	if (walk->nth >= regions->n)
		return false;
	const struct cs_region *region = &regions->at[walk->nth];
	size_t left = region->len - walk->offset;
	*piece = (struct cs_region){(uint8_t *)region->at + walk->offset, left < most ? left : most};
	walk->offset += piece->len;
	if (walk->offset == region->len)
		*walk = (struct cs_regions_walk){walk->nth + 1, 0};
	return true;
}

static bool
is_zero(const uint8_t *at, size_t len)
{
	return len == 0 || (at[0] == 0 && memcmp(at, at + 1, len - 1) == 0);
}

bool
cs_regions_copy(const struct cs_regions *to, const struct cs_regions *from)
{
	bool same = to->n == from->n;
	for (unsigned i = 0; same && i < from->n; i++)
		same = to->at[i].len == from->at[i].len;
	for (unsigned i = 0; same && i < from->n; i++) {
		uint8_t *target = to->at[i].at;
		const uint8_t *source = from->at[i].at;
		for (size_t at = 0, len; at < from->at[i].len; at += len) {
			len = from->at[i].len - at < COPIED_BYTES ? from->at[i].len - at : COPIED_BYTES;
			if (!is_zero(source + at, len) || !is_zero(target + at, len))
				memcpy(target + at, source + at, len);
		}
	}
	return same;
}

uint64_t
cs_regions_layout(const struct cs_regions *regions, uint64_t seed)
{
	uint64_t hash = cs_hash_mix(seed, regions->n);
	for (unsigned i = 0; i < regions->n; i++)
		hash = cs_hash_mix(hash, regions->at[i].len);
	return hash;
}

uint64_t
cs_regions_hash(const struct cs_regions *regions)
{
	uint64_t hash = 0;
	for (unsigned i = 0; i < regions->n; i++)
		hash = cs_hash_bytes((struct cs_span){regions->at[i].at, regions->at[i].len}, hash);
	return hash;
}
