/*
 * Goal: what is put down of a list is what is read back; a record that is not whole, or says what cannot be, is refused.
 * Method: rows and ends by hand, their records cut at every byte. The other kinds: tests/journal and tests/sim.
 */
#include "check.h"

#include "engine/inputs.c"

static void
lists_come_back_whole_or_not_at_all(void **state)
{
	(void)state;
	uint8_t open[64], sealed[128];
	static struct cs_input input;
	const struct cs_listing row = {
		.what = CS_LISTING_ROW, .table = 3, .key = {5, 6}, .until_ns = 7, .because = "stolen"};
	struct cs_event_room end = cs_input_put_list((struct cs_event_room){open, sealed}, &row);
	struct cs_record record = {.kind = CS_RECORD_LIST,
				   .open = {open, (size_t)(end.open - open)},
				   .sealed = {sealed, (size_t)(end.sealed - sealed)}};
	assert_true(cs_input_read(&record, 1, &input));
	assert_memory_equal(&input.listing, &row, sizeof row);
	size_t open_len = record.open.len, sealed_len = record.sealed.len;
	for (record.open.len = 0; record.open.len < open_len; record.open.len++)
		assert_false(cs_input_read(&record, 1, &input));
	for (record.sealed.len = 0; record.sealed.len < sealed_len; record.sealed.len++)
		assert_false(cs_input_read(&record, 1, &input));
	record.sealed.len = sealed_len + 1;
	assert_false(cs_input_read(&record, 1, &input));
	record.sealed.len = sealed_len;
	open[0] = CS_TABLES_MAX;
	assert_false(cs_input_read(&record, 1, &input));
	const struct cs_listing place = {.what = CS_LISTING_ROW,
					 .table = CS_LISTS_MAX,
					 .key = {5, 6},
					 .latitude = -9000000,
					 .longitude = 18000000};
	end = cs_input_put_list((struct cs_event_room){open, sealed}, &place);
	record.open.len = (size_t)(end.open - open);
	record.sealed.len = (size_t)(end.sealed - sealed);
	assert_true(cs_input_read(&record, 1, &input));
	assert_memory_equal(&input.listing, &place, sizeof place);
	const struct cs_listing whole = {.what = CS_LISTING_END, .table = 1, .digest = 99};
	end = cs_input_put_list((struct cs_event_room){open, sealed}, &whole);
	record = (struct cs_record){.kind = CS_RECORD_LISTED, .open = {open, (size_t)(end.open - open)}};
	assert_true(cs_input_read(&record, 1, &input));
	assert_memory_equal(&input.listing, &whole, sizeof whole);
	open[1] = 2;
	assert_false(cs_input_read(&record, 1, &input));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_come_back_whole_or_not_at_all),
	};
	return cmocka_run_group_tests_name("inputs", tests, NULL, NULL);
}
