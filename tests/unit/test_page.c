/*
 * Goal: a page comes back record by record, and no bit of it can change unseen.
 * Method: a page with open, sealed and empty records; every single bit flipped in turn; wrong keys, places, orders;
 * the same events packed before and when sealed.
 */
#include "check.h"

#include "state/page.c"

enum { RECORDS_N = 5 };

static struct cs_hasher *hasher;
static struct cs_draft draft;
static struct cs_page_keys keys;
static struct cs_page_place place;
static struct cs_digest chain;
static size_t len;

static const struct row {
	enum cs_record_kind kind;
	const char *open;
	const char *sealed;
} rows[RECORDS_N] = {
	{CS_RECORD_EVENT, "first", "card"}, {CS_RECORD_TICK, "", ""},     {CS_RECORD_ALERT, "", "alert text"},
	{CS_RECORD_GAP, "gap", ""},         {CS_RECORD_EVENT, "x", "yz"},
};

static int
start(void **state)
{
	(void)state;
	static const uint8_t secret[CS_PAGE_KEY_BYTES] = {7};
	hasher = cs_hasher_new();
	cs_page_keys_of(secret, &keys);
	place = (struct cs_page_place){.volume = 3, .number = 12, .first = 1000, .group = 11, .previous = {{9, 8, 7}}};
	cs_draft_reset(&draft);
	draft.base_ns = 123456789;
	for (unsigned i = 0; i < RECORDS_N; i++) {
		size_t open_len = strlen(rows[i].open), sealed_len = strlen(rows[i].sealed);
		memcpy(cs_draft_open(&draft), rows[i].open, open_len);
		memcpy(cs_draft_sealed(&draft), rows[i].sealed, sealed_len);
		cs_draft_add(&draft, rows[i].kind, open_len, sealed_len);
	}
	len = cs_page_seal(&draft, &place, &keys, hasher, &chain);
	return hasher ? 0 : -1;
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
verify(struct cs_span bytes, uint8_t *plain)
{
	struct cs_page page;
	enum cs_page_fault fault = cs_page_read(bytes, &page);
	if (fault == CS_PAGE_OK)
		fault = cs_page_follows(&page, &place, hasher);
	if (fault == CS_PAGE_OK)
		fault = cs_page_unseal(&page, &keys, plain);
	return fault == CS_PAGE_OK ? cs_page_matches(&page, &keys, plain, hasher) : fault;
}

static void
test_records_come_back(void **state)
{
	(void)state;
	static uint8_t plain[CS_PAGE_PART_MAX];
	struct cs_page page;
	struct cs_record record;
	assert_int_equal(verify((struct cs_span){draft.page, len}, plain), CS_PAGE_OK);
	assert_int_equal(cs_page_read((struct cs_span){draft.page, len}, &page), CS_PAGE_OK);
	struct cs_page_walk walk = {&page, plain, 0, 0, 0};
	for (unsigned i = 0; i < RECORDS_N; i++) {
		assert_true(cs_page_next(&walk, &record));
		assert_int_equal(record.kind, rows[i].kind);
		assert_int_equal(record.seq, 1000 + i);
		assert_int_equal(record.base_ns, 123456789);
		assert_true(cs_span_is(record.open, rows[i].open));
		assert_true(cs_span_is(record.sealed, rows[i].sealed));
	}
	assert_false(cs_page_next(&walk, &record));
}

static void
test_without_the_key_sealed_parts_are_hidden(void **state)
{
	(void)state;
	struct cs_page page;
	struct cs_record record = {0};
	assert_int_equal(cs_page_read((struct cs_span){draft.page, len}, &page), CS_PAGE_OK);
	struct cs_page_walk walk = {&page, NULL, 0, 0, 0};
	for (unsigned i = 0; i < RECORDS_N; i++) {
		assert_true(cs_page_next(&walk, &record));
		assert_int_equal(record.hidden, rows[i].sealed[0] != '\0');
		assert_int_equal(record.sealed.len, 0);
	}
	static const char needle[] = "alert text";
	assert_null(memmem(draft.page, len, needle, sizeof needle - 1));
}

static void
test_every_bit_counts(void **state)
{
	(void)state;
	static uint8_t plain[CS_PAGE_PART_MAX];
	for (size_t bit = 0; bit < len * 8; bit++) {
		draft.page[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(verify((struct cs_span){draft.page, len}, plain), CS_PAGE_OK);
		draft.page[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

/* Somebody who changes a page can mend its check; he cannot mend the chain. */
static void
test_a_mended_check_does_not_help(void **state)
{
	(void)state;
	struct cs_page page;
	draft.page[CS_PAGE_HEAD_BYTES + CS_PAGE_FRAME_BYTES] ^= 1;
	struct cs_span payload = {draft.page + CS_PAGE_HEAD_BYTES, len - CS_PAGE_HEAD_BYTES};
	(void)cs_pack_u64(draft.page + CS_PAGE_HASHED_BYTES, check_page(draft.page, payload));
	assert_int_equal(cs_page_read((struct cs_span){draft.page, len}, &page), CS_PAGE_OK);
	assert_int_equal(cs_page_follows(&page, &place, hasher), CS_PAGE_PAYLOAD);
	struct cs_digest other = cs_page_chain(&page, hasher);
	assert_true(cs_digest_same(&other, &chain));
}

static void
test_every_prefix_is_short(void **state)
{
	(void)state;
	struct cs_page page;
	for (size_t n = 0; n < len; n++)
		assert_int_equal(cs_page_read((struct cs_span){draft.page, n}, &page), CS_PAGE_SHORT);
}

static void
test_another_place_is_refused(void **state)
{
	(void)state;
	struct cs_page page;
	assert_int_equal(cs_page_read((struct cs_span){draft.page, len}, &page), CS_PAGE_OK);
	struct cs_page_place other = place;
	other.number++;
	assert_int_equal(cs_page_follows(&page, &other, hasher), CS_PAGE_CHAIN);
	other = place;
	other.previous.at[5] ^= 1;
	assert_int_equal(cs_page_follows(&page, &other, hasher), CS_PAGE_CHAIN);
}

static void
test_another_key_opens_nothing(void **state)
{
	(void)state;
	static uint8_t plain[CS_PAGE_PART_MAX];
	static const uint8_t secret[CS_PAGE_KEY_BYTES] = {8};
	struct cs_page_keys other;
	struct cs_page page;
	cs_page_keys_of(secret, &other);
	assert_int_equal(cs_page_read((struct cs_span){draft.page, len}, &page), CS_PAGE_OK);
	assert_int_equal(cs_page_unseal(&page, &other, plain), CS_PAGE_SEAL);
}

/* An event as a test needs it: the Nth of many, with a card or without. */
static struct cs_event
event_of(unsigned n)
{
	struct cs_event event = {.kind = CS_KIND_RESPONSE, .flags = n % 3 ? CS_FLAG_CARD : 0, .message_hash = n * 77};
	event.origin.time_ns = 123456789 + n * UINT64_C(1000003);
	memcpy(event.mti, "0210", 4);
	cs_event_set_text(&event, CS_FIELD_TERMINAL, cs_span_text("ATM00263"));
	if (n % 2)
		cs_event_set_text(&event, CS_FIELD_RRN, cs_span_text("000000123456"));
	event.card = (struct cs_card){.token = {{n, n + 1}}, .masked = "400000******0002"};
	return event;
}

/* Fills the draft with events between other records, LOOSE or packed beforehand. */
static void
fill(bool loose)
{
	cs_draft_reset(&draft);
	draft.base_ns = 123456789;
	for (unsigned i = 0; i < 100; i++) {
		struct cs_event event = event_of(i);
		uint8_t *open = cs_draft_open(&draft), *sealed = cs_draft_sealed(&draft);
		memset(open, 0x5a, i % 40);
		struct cs_event_room end = {open + i % 40, sealed};
		if (i % 10 != 9 && loose) {
			cs_draft_add_event(&draft, &event, i % 40);
			continue;
		}
		if (i % 10 != 9)
			end = cs_event_pack(&event, draft.base_ns, end);
		else
			*end.sealed++ = (uint8_t)i;
		cs_draft_add(&draft, i % 10 == 9 ? CS_RECORD_ALERT : CS_RECORD_EVENT, (size_t)(end.open - open),
			     (size_t)(end.sealed - sealed));
	}
}

static void
test_events_packed_when_sealed_give_the_same_page(void **state)
{
	(void)state;
	static uint8_t packed[CS_PAGE_BYTES_MAX];
	fill(false);
	size_t packed_len = cs_page_seal(&draft, &place, &keys, hasher, &chain);
	struct cs_digest packed_chain = chain;
	memcpy(packed, draft.page, packed_len);
	fill(true);
	len = cs_page_seal(&draft, &place, &keys, hasher, &chain);
	assert_int_equal(len, packed_len);
	assert_memory_equal(draft.page, packed, len);
	assert_memory_equal(&chain, &packed_chain, sizeof chain);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_records_come_back, start, stop),
		cmocka_unit_test_setup_teardown(test_without_the_key_sealed_parts_are_hidden, start, stop),
		cmocka_unit_test_setup_teardown(test_every_bit_counts, start, stop),
		cmocka_unit_test_setup_teardown(test_a_mended_check_does_not_help, start, stop),
		cmocka_unit_test_setup_teardown(test_every_prefix_is_short, start, stop),
		cmocka_unit_test_setup_teardown(test_another_place_is_refused, start, stop),
		cmocka_unit_test_setup_teardown(test_another_key_opens_nothing, start, stop),
		cmocka_unit_test_setup_teardown(test_events_packed_when_sealed_give_the_same_page, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
