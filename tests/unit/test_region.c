/*
 * Goal: a list of regions is walked whole and in order whatever the size of the pieces, and its two hashes tell lengths
 * and contents apart.
 * Method: three small ranges.
 */
#include "check.h"

#include "base/region.c"

static uint8_t bytes[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

static void
make(struct cs_regions *regions, size_t first_len, size_t second_len)
{
	regions->n = 0;
	cs_regions_add(regions, bytes, first_len);
	cs_regions_add(regions, bytes + first_len, second_len);
	cs_regions_add(regions, bytes + first_len + second_len, sizeof bytes - first_len - second_len);
}

static void
pieces_are_the_whole(void **state)
{
	(void)state;
	struct cs_regions regions;
	make(&regions, 3, 1);
	assert_int_equal(cs_regions_bytes(&regions), sizeof bytes);
	for (size_t most = 1; most <= 12; most++) {
		struct cs_regions_walk walk = {0};
		struct cs_region piece;
		uint8_t read[sizeof bytes];
		size_t n = 0, pieces_n = 0;
		for (; cs_regions_next(&regions, &walk, most, &piece); n += piece.len, pieces_n++) {
			assert_in_range(piece.len, 1, most);
			memcpy(read + n, piece.at, piece.len);
		}
		assert_int_equal(n, sizeof bytes);
		assert_memory_equal(read, bytes, n);
		assert_true(pieces_n >= 3);
		assert_false(cs_regions_next(&regions, &walk, most, &piece));
	}
}

static void
hashes_tell_lengths_and_contents(void **state)
{
	(void)state;
	struct cs_regions a, b;
	make(&a, 3, 1);
	make(&b, 1, 3);
	assert_true(cs_regions_layout(&a, 7) != cs_regions_layout(&b, 7));
	assert_true(cs_regions_layout(&a, 7) != cs_regions_layout(&a, 8));
	b = a;
	b.n--;
	assert_true(cs_regions_layout(&a, 7) != cs_regions_layout(&b, 7));
	uint64_t layout = cs_regions_layout(&a, 7), hash = cs_regions_hash(&a);
	for (size_t i = 0; i < sizeof bytes; i++) {
		bytes[i] ^= 0x80;
		assert_true(cs_regions_hash(&a) != hash);
		assert_true(cs_regions_layout(&a, 7) == layout);
		bytes[i] ^= 0x80;
	}
	assert_true(cs_regions_hash(&a) == hash);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_the_whole),
		cmocka_unit_test(hashes_tell_lengths_and_contents),
	};
	return cmocka_run_group_tests_name("region", tests, NULL, NULL);
}
