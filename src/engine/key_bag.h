/*
 * Keys in a bag: how many different ones were put in.
 */
#ifndef CS_ENGINE_KEY_BAG_H
#define CS_ENGINE_KEY_BAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed it is empty. */
struct cs_key_bag {
	uint64_t *at; /* hashes of the keys */
	size_t n;
	size_t cap;
	bool full; /* there was no memory for more */
};

/* cs_key_bag_add puts KEY in, unless there are MOST in it already. cs_key_bag_fini empties it. */
void cs_key_bag_add(struct cs_key_bag *bag, const uint64_t key[2], size_t most);
void cs_key_bag_fini(struct cs_key_bag *bag);

/* cs_key_bag_distinct counts the different ones. */
size_t cs_key_bag_distinct(struct cs_key_bag *bag);

#endif
