/*
 * Goal: what stays of a page is what stood there, under the root that stands in its head, however often it is thinned; and
 * no bit of it can change unseen.
 * Method: trees against the whole tree for every size and many choices; pages with every kind of part, every set of kinds
 * thinned in one and in two steps; every bit flipped.
 */
#include "check.h"

#include "state/thin.c"

enum { RECORDS_N = 9, TREE_MAX = 40 };

static struct cs_hasher *hasher;
static struct cs_draft draft;
static struct cs_page_keys keys, next_keys, last_keys;
static struct cs_page_place place;
static struct cs_thinner thinner, again;
static uint8_t plain[CS_PAGE_PART_MAX], thin_plain[CS_THIN_PLAIN_MAX];
static struct cs_page page;

static const struct row {
	enum cs_record_kind kind;
	const char *open;
	const char *sealed;
} rows[RECORDS_N] = {
	{CS_RECORD_SOURCES, "two", ""},    {CS_RECORD_POLICY, "text", ""},      {CS_RECORD_EVENT, "first", "card"},
	{CS_RECORD_TICK, "", ""},          {CS_RECORD_ALERT, "id", "the line"}, {CS_RECORD_EVENT, "x", "yz"},
	{CS_RECORD_RAW, "", "every byte"}, {CS_RECORD_OPERATOR, "who", ""},     {CS_RECORD_ALERT, "id2", "more"},
};

static int
start(void **state)
{
	(void)state;
	uint8_t secret[CS_PAGE_KEY_BYTES] = {7};
	hasher = cs_hasher_new();
	cs_page_keys_of(secret, &keys);
	secret[1] = 1;
	cs_page_keys_of(secret, &next_keys);
	secret[1] = 2;
	cs_page_keys_of(secret, &last_keys);
	place = (struct cs_page_place){.volume = 3, .number = 12, .first = 1000, .group = 11, .previous = {{9, 8, 7}}};
	cs_draft_reset(&draft);
	draft.base_ns = 123456789;
	for (unsigned i = 0; i < RECORDS_N; i++) {
		size_t open_len = strlen(rows[i].open), sealed_len = strlen(rows[i].sealed);
		memcpy(cs_draft_open(&draft), rows[i].open, open_len);
		memcpy(cs_draft_sealed(&draft), rows[i].sealed, sealed_len);
		cs_draft_add(&draft, rows[i].kind, open_len, sealed_len);
	}
	struct cs_digest chain;
	size_t len = cs_page_seal(&draft, &place, &keys, hasher, &chain);
	bool good = cs_page_read((struct cs_span){draft.page, len}, &page) == CS_PAGE_OK &&
		    cs_page_unseal(&page, &keys, plain) == CS_PAGE_OK;
	thinner = again = (struct cs_thinner){.hasher = hasher};
	return good ? 0 : -1;
}

static int
stop(void **state)
{
	(void)state;
	cs_hasher_free(hasher);
	return 0;
}

/* All that a reader with the keys checks. */
static enum cs_page_fault
verify(struct cs_span bytes, const struct cs_page_keys *with, struct cs_page *out)
{
	enum cs_page_fault fault = cs_thin_read(bytes, out);
	if (fault == CS_PAGE_OK)
		fault = cs_thin_follows(out, &place, hasher);
	if (fault == CS_PAGE_OK)
		fault = cs_thin_unseal(out, with, thin_plain);
	return fault == CS_PAGE_OK ? cs_thin_matches(out, with, thin_plain, hasher) : fault;
}

static void
expect_rows(const struct cs_page *thin, uint32_t gone)
{
	struct cs_page_walk walk = {thin, thin_plain, 0, 0, 0};
	struct cs_record record;
	uint32_t seen = 0;
	for (unsigned i = 0; i < RECORDS_N; i++) {
		if (gone >> rows[i].kind & 1) {
			seen |= UINT32_C(1) << rows[i].kind;
			continue;
		}
		assert_true(cs_page_next(&walk, &record));
		assert_int_equal(record.seq, 1000 + i);
		assert_int_equal(record.kind, rows[i].kind);
		assert_int_equal(record.base_ns, 123456789);
		assert_true(cs_span_is(record.open, rows[i].open));
		assert_true(cs_span_is(record.sealed, rows[i].sealed));
	}
	assert_false(cs_page_next(&walk, &record));
	assert_int_equal(thin->gone_kinds, seen);
	assert_int_equal(thin->record_n, RECORDS_N);
}

static void
test_a_thinned_tree_gives_the_root(void **state)
{
	(void)state;
	struct cs_digest leaf[TREE_MAX], node[TREE_MAX], first[TREE_MAX], second[TREE_MAX], whole, root;
	bool known[TREE_MAX], stays[TREE_MAX];
	uint64_t dice = 1;
	for (size_t n = 1; n <= TREE_MAX; n++)
		for (unsigned round = 0; round < 50; round++) {
			uint64_t one = dice = cs_hash_mix(dice, n), two = one & cs_hash_mix(dice, 3);
			bool any = false;
			for (size_t i = 0; i < n; i++) {
				leaf[i] = cs_digest_of(hasher, (struct cs_span){(const uint8_t *)&i, sizeof i});
				known[i] = true;
				stays[i] = one >> i & 1;
			}
			memcpy(node, leaf, sizeof node);
			whole = cs_merkle_root(hasher, node, n);
			memcpy(node, leaf, sizeof node);
			struct cs_merkle_thinning t = {n, node, known, stays, NULL, first, 0, 0};
			assert_true(cs_merkle_thinning_run(hasher, &t, &root) && cs_digest_same(&root, &whole));
			for (size_t i = 0; i < n; i++) {
				node[i] = leaf[i];
				known[i] = one >> i & 1;
				stays[i] = two >> i & 1;
				any |= known[i];
			}
			t = (struct cs_merkle_thinning){n, node, known, stays, first, second, t.out_n, 0};
			size_t first_n = t.in_n;
			assert_int_equal(cs_merkle_thinning_run(hasher, &t, &root), any);
			assert_true(!any || cs_digest_same(&root, &whole));
			/* One hash too few or too many is noticed. */
			for (size_t i = 0; i < n; i++) {
				node[i] = leaf[i];
				known[i] = stays[i] = one >> i & 1;
			}
			t.in_n = first_n ? first_n - 1 : 1;
			assert_false(cs_merkle_thinning_run(hasher, &t, &root));
		}
}

static void
test_every_set_of_kinds_in_one_step_and_in_two(void **state)
{
	(void)state;
	static const enum cs_record_kind kinds[] = {CS_RECORD_SOURCES, CS_RECORD_POLICY, CS_RECORD_EVENT,
						    CS_RECORD_TICK,    CS_RECORD_ALERT,  CS_RECORD_RAW,
						    CS_RECORD_OPERATOR};
	enum { KINDS_N = sizeof kinds / sizeof kinds[0] };
	for (unsigned sets = 0; sets < 1u << 2 * KINDS_N; sets += 7) {
		uint32_t one = 0, two = 0;
		struct cs_page thin, thinner_still;
		for (unsigned i = 0; i < KINDS_N; i++) {
			one |= (sets >> i & 1) << kinds[i];
			two |= (sets >> (KINDS_N + i) & 1) << kinds[i];
		}
		two |= one;
		thinner.from = &keys;
		thinner.to = &next_keys;
		thinner.kinds = one;
		size_t len = cs_thinner_put(&thinner, &page, plain);
		assert_int_not_equal(len, 0);
		assert_int_equal(verify((struct cs_span){thinner.entry, len}, &next_keys, &thin), CS_PAGE_OK);
		expect_rows(&thin, one);
		again.from = &next_keys;
		again.to = &last_keys;
		again.kinds = two;
		len = cs_thinner_put(&again, &thin, thin_plain);
		assert_int_not_equal(len, 0);
		assert_int_equal(verify((struct cs_span){again.entry, len}, &last_keys, &thinner_still), CS_PAGE_OK);
		expect_rows(&thinner_still, two);
		struct cs_digest was = cs_page_chain(&page, hasher), is = cs_page_chain(&thinner_still, hasher);
		assert_true(cs_digest_same(&was, &is));
	}
}

static size_t
thin_events(void)
{
	thinner.from = &keys;
	thinner.to = &next_keys;
	thinner.kinds = UINT32_C(1) << CS_RECORD_EVENT | UINT32_C(1) << CS_RECORD_TICK | UINT32_C(1) << CS_RECORD_RAW;
	return cs_thinner_put(&thinner, &page, plain);
}

static void
test_every_bit_counts(void **state)
{
	(void)state;
	struct cs_page thin;
	size_t len = thin_events();
	for (size_t bit = 0; bit < len * 8; bit++) {
		thinner.entry[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(verify((struct cs_span){thinner.entry, len}, &next_keys, &thin), CS_PAGE_OK);
		thinner.entry[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < len; n++)
		assert_int_equal(cs_thin_read((struct cs_span){thinner.entry, n}, &thin), CS_PAGE_SHORT);
}

/* Somebody who changes an entry can mend its check. Without a key: the root holds all that lies open, and with it, the rest. */
static void
test_a_mended_check_does_not_help(void **state)
{
	(void)state;
	struct cs_page thin;
	size_t len = thin_events();
	assert_int_equal(cs_thin_read((struct cs_span){thinner.entry, len}, &thin), CS_PAGE_OK);
	size_t open_at = (size_t)(thin.open.at - thinner.entry), index_at = CS_THIN_HEAD_BYTES;
	for (size_t at = index_at; at < len - 8; at++) {
		thinner.entry[at] ^= 1;
		(void)finish(&thinner, len);
		assert_int_not_equal(verify((struct cs_span){thinner.entry, len}, &next_keys, &thin), CS_PAGE_OK);
		bool sealed = at >= open_at + thin.open.len;
		enum cs_page_fault fault = cs_thin_read((struct cs_span){thinner.entry, len}, &thin);
		if (fault == CS_PAGE_OK)
			fault = cs_thin_follows(&thin, &place, hasher);
		assert_int_equal(fault == CS_PAGE_OK, sealed);
		thinner.entry[at] ^= 1;
	}
}

static void
test_what_went_is_not_there(void **state)
{
	(void)state;
	struct cs_page thin;
	size_t len = thin_events();
	assert_null(memmem(thinner.entry, len, "first", 5));
	assert_null(memmem(thinner.entry, len, "the line", 8));
	assert_int_equal(cs_thin_read((struct cs_span){thinner.entry, len}, &thin), CS_PAGE_OK);
	assert_int_equal(cs_thin_unseal(&thin, &keys, thin_plain), CS_PAGE_SEAL);
	assert_int_equal(thinner.gone_n, 4);
}

static void
test_an_erased_page_goes_whole_or_stays_whole(void **state)
{
	(void)state;
	struct cs_page thin;
	struct cs_record record;
	thinner.from = NULL;
	thinner.kinds = UINT32_C(1) << CS_RECORD_EVENT;
	size_t len = cs_thinner_put(&thinner, &page, NULL);
	assert_int_equal(cs_thin_read((struct cs_span){thinner.entry, len}, &thin), CS_PAGE_OK);
	assert_int_equal(cs_thin_follows(&thin, &place, hasher), CS_PAGE_OK);
	assert_int_equal(thin.here_n, RECORDS_N);
	struct cs_page_walk walk = {&thin, NULL, 0, 0, 0};
	for (unsigned i = 0; i < RECORDS_N; i++) {
		assert_true(cs_page_next(&walk, &record));
		assert_int_equal(record.hidden, rows[i].sealed[0] != '\0');
	}
	again.from = NULL;
	again.kinds = UINT32_MAX;
	len = cs_thinner_put(&again, &thin, NULL);
	assert_int_equal(cs_thin_read((struct cs_span){again.entry, len}, &thin), CS_PAGE_OK);
	assert_int_equal(cs_thin_follows(&thin, &place, hasher), CS_PAGE_OK);
	assert_int_equal(thin.here_n, 0);
	assert_int_equal(again.gone_n, RECORDS_N);
}

static void
test_a_page_that_does_not_give_its_root_is_not_thinned(void **state)
{
	(void)state;
	thinner.from = &keys;
	thinner.to = &next_keys;
	thinner.kinds = UINT32_C(1) << CS_RECORD_EVENT;
	page.root.at[3] ^= 1;
	assert_int_equal(cs_thinner_put(&thinner, &page, plain), 0);
}

static void
test_the_head_of_the_file(void **state)
{
	(void)state;
	struct cs_thin_about about = {7, 2, 0x30, 99, 12345, 1700000000, 4096}, found;
	uint8_t bytes[CS_THIN_FILE_BYTES], same[CS_THIN_FILE_BYTES];
	cs_thin_about_put(&about, bytes);
	assert_true(cs_thin_about_read((struct cs_span){bytes, sizeof bytes}, &found));
	cs_thin_about_put(&found, same);
	assert_memory_equal(bytes, same, sizeof bytes);
	assert_int_equal(found.gone_n, 12345);
	assert_int_equal(found.file_bytes, 4096);
	for (size_t n = 0; n < sizeof bytes; n++)
		assert_false(cs_thin_about_read((struct cs_span){bytes, n}, &found));
	for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(cs_thin_about_read((struct cs_span){bytes, sizeof bytes}, &found));
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_thinned_tree_gives_the_root, start, stop),
		cmocka_unit_test_setup_teardown(test_every_set_of_kinds_in_one_step_and_in_two, start, stop),
		cmocka_unit_test_setup_teardown(test_every_bit_counts, start, stop),
		cmocka_unit_test_setup_teardown(test_a_mended_check_does_not_help, start, stop),
		cmocka_unit_test_setup_teardown(test_what_went_is_not_there, start, stop),
		cmocka_unit_test_setup_teardown(test_an_erased_page_goes_whole_or_stays_whole, start, stop),
		cmocka_unit_test_setup_teardown(test_a_page_that_does_not_give_its_root_is_not_thinned, start, stop),
		cmocka_unit_test_setup_teardown(test_the_head_of_the_file, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
