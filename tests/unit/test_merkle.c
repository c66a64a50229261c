/*
 * Goal: SHA-256 is SHA-256; the tree is RFC 6962's for every number of leaves; paths lead to the root and nowhere else.
 * Method: the standard's vectors; the recursive definition of the tree beside ours; every leaf of every size to 70.
 */
#include "check.h"

#include "base/merkle.c"

enum { LEAVES_MAX = 70 };

static struct cs_hasher *hasher;

static int
start(void **state)
{
	(void)state;
	hasher = cs_hasher_new();
	return hasher ? 0 : -1;
}

static int
stop(void **state)
{
	(void)state;
	cs_hasher_free(hasher);
	return 0;
}

static void
test_vectors(void **state)
{
	(void)state;
	/* FIPS 180-4 examples: "" and "abc". */
	static const uint8_t empty[] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14};
	static const uint8_t abc[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea};
	struct cs_digest digest = cs_digest_of(hasher, (struct cs_span){NULL, 0});
	assert_memory_equal(digest.at, empty, sizeof empty);
	digest = cs_digest_of(hasher, cs_span_text("abc"));
	assert_memory_equal(digest.at, abc, sizeof abc);
}

/* RFC 6962 2.1, word for word. */
static struct cs_digest
defined_root(const struct cs_digest *leaf, size_t n)
{
	if (n == 1)
		return leaf[0];
	size_t k = 1;
	while (2 * k < n)
		k *= 2;
	struct cs_digest left = defined_root(leaf, k);
	struct cs_digest right = defined_root(leaf + k, n - k);
	return cs_digest_node(hasher, &left, &right);
}

static void
fill(struct cs_digest *leaf)
{
	for (size_t i = 0; i < LEAVES_MAX; i++)
		leaf[i] = cs_digest_of(hasher, (struct cs_span){(const uint8_t *)&i, sizeof i});
}

static void
test_root_is_the_defined_one(void **state)
{
	(void)state;
	struct cs_digest leaf[LEAVES_MAX], scratch[LEAVES_MAX];
	fill(leaf);
	for (size_t n = 1; n <= LEAVES_MAX; n++) {
		memcpy(scratch, leaf, sizeof leaf);
		struct cs_digest ours = cs_merkle_root(hasher, scratch, n);
		struct cs_digest theirs = defined_root(leaf, n);
		assert_true(cs_digest_same(&ours, &theirs));
	}
}

static void
check_path(const struct cs_digest *leaf, size_t n, size_t nth)
{
	struct cs_digest scratch[LEAVES_MAX];
	struct cs_merkle_path path;
	struct cs_digest root = defined_root(leaf, n), found;
	memcpy(scratch, leaf, sizeof scratch);
	cs_merkle_path_of(hasher, scratch, n, nth, &path);
	assert_true(cs_merkle_climb(hasher, &leaf[nth], (struct cs_merkle_place){n, nth}, &path, &found));
	assert_true(cs_digest_same(&found, &root));
	/* Another leaf, and another place, lead elsewhere. */
	assert_true(cs_merkle_climb(hasher, &leaf[(nth + 1) % LEAVES_MAX], (struct cs_merkle_place){n, nth}, &path,
				    &found));
	assert_false(cs_digest_same(&found, &root));
	path.n++;
	assert_false(cs_merkle_climb(hasher, &leaf[nth], (struct cs_merkle_place){n, nth}, &path, &found));
	assert_false(cs_merkle_climb(hasher, &leaf[nth], (struct cs_merkle_place){n, n}, &path, &found));
}

static void
test_paths(void **state)
{
	(void)state;
	struct cs_digest leaf[LEAVES_MAX];
	fill(leaf);
	for (size_t n = 1; n <= LEAVES_MAX; n++)
		for (size_t nth = 0; nth < n; nth++)
			check_path(leaf, n, nth);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_root_is_the_defined_one),
		cmocka_unit_test(test_paths),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
