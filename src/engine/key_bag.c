/*
 * Hashes of 64 bits, sorted when they are counted: of a million keys two share one once in 37 million times.
 */
#include "engine/key_bag.h"

#include "base/hash.h"

#include <stdlib.h>

enum { CAP_FIRST = 1024 };

void
cs_key_bag_add(struct cs_key_bag *bag, const uint64_t key[2], size_t most)
{
	if (bag->full || bag->n >= most)
		return;
	if (bag->n == bag->cap) {
		size_t cap = bag->cap ? 2 * bag->cap : CAP_FIRST;
		uint64_t *more = realloc(bag->at, cap * sizeof *more);
		bag->full = !more;
		if (!more)
			return;
		bag->at = more;
		bag->cap = cap;
	}
	bag->at[bag->n++] = cs_hash_mix(cs_hash_mix(1, key[0]), key[1]);
}

void
cs_key_bag_fini(struct cs_key_bag *bag)
{
	free(bag->at);
	*bag = (struct cs_key_bag){0};
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

size_t
cs_key_bag_distinct(struct cs_key_bag *bag)
{
	size_t n = 0;
	if (bag->n)
		qsort(bag->at, bag->n, sizeof *bag->at, by_value);
	for (size_t i = 0; i < bag->n; i++)
		n += i == 0 || bag->at[i] != bag->at[i - 1];
	return n;
}
