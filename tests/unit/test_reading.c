/*
 * Goal: reading costs what is read, and not more with every volume there is or with bytes that somebody made up.
 * Method: the reader on journals in a folder of its own; listings of the folder, unpackings and reads of the disk are
 * counted on their way through macros. No clock: counts only.
 */
#include "check.h"

#include "state/journal.h"
#include "state/volume.h"

#include <stdio.h>
#include <unistd.h>

static struct {
	uint64_t list_n;
	uint64_t unpack_n;
	uint64_t read_bytes;
	uint64_t hashed_bytes;
} count;

static enum cs_error
counted_list(const char *folder, struct cs_shelf *out)
{
	count.list_n++;
	return cs_shelf_list(folder, out);
}

static enum cs_error
counted_unpack(const char *path, uint8_t **out, uint64_t *len)
{
	count.unpack_n++;
	return cs_volume_unpack(path, out, len);
}

static enum cs_error
counted_read(int file, void *at, size_t cap, uint64_t offset, size_t *got)
{
	enum cs_error error = cs_disk_read(file, at, cap, offset, got);
	count.read_bytes += error == CS_OK ? *got : 0;
	return error;
}

#define cs_shelf_list    counted_list
#define cs_volume_unpack counted_unpack
#define cs_disk_read     counted_read
#include "state/reading.c"
#include "state/reading_search.c"
#undef cs_shelf_list
#undef cs_volume_unpack
#undef cs_disk_read

#include "../journal/scratch.h"

static struct cs_journal *journal;
static struct cs_reading *reading;

static int
set_up(void **state)
{
	(void)state;
	memset(&count, 0, sizeof count);
	return scratch_begin() ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_end();
}

static void
begin(uint64_t volume_bytes)
{
	struct cs_journal_found found;
	struct cs_journal_wish wish = scratch_wish(volume_bytes);
	assert_int_equal(cs_journal_open(&wish, &found, &journal), CS_OK);
}

static void
put(unsigned n)
{
	for (uint64_t i = 0; i < n; i++) {
		struct cs_span open = {(const uint8_t *)&i, sizeof i};
		assert_true(cs_journal_put(journal, CS_RECORD_EVENT, 1000 + i, open, (struct cs_span){0}));
	}
}

static void
open_reading(void)
{
	struct cs_reading_wish wish = {folder, vault, false};
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
}

/* Up to the end; gives the number of records. */
static unsigned
read_on(void)
{
	struct cs_record record;
	enum cs_error error;
	unsigned n = 0;
	while ((error = cs_reading_next(reading, &record)) == CS_OK)
		n++;
	assert_int_equal(error, CS_END);
	return n;
}

/* In the first volume; twice is as if it had not been. */
static void
change_byte(long offset)
{
	char path[CS_VOLUME_PATH_BYTES];
	assert_int_equal(cs_volume_path(folder, 1, CS_VOLUME_PLAIN, path), CS_OK);
	FILE *file = fopen(path, "r+");
	assert_non_null(file);
	fseek(file, offset, SEEK_SET);
	int byte = fgetc(file);
	fseek(file, offset, SEEK_SET);
	fputc(byte ^ 4, file);
	fclose(file);
}

static void
test_an_end_costs_the_same_however_many_volumes_there_are(void **state)
{
	(void)state;
	begin(UINT64_MAX);
	put(10);
	assert_int_equal(cs_journal_flush(journal), CS_OK);
	open_reading();
	memset(&count, 0, sizeof count);
	for (unsigned i = 0; i < 1000; i++)
		(void)read_on();
	assert_in_range(count.list_n, 1, 11);
	cs_reading_close(reading);
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

static void
test_the_next_volume_is_found_at_once(void **state)
{
	(void)state;
	begin(UINT64_MAX);
	put(10);
	assert_int_equal(cs_journal_flush(journal), CS_OK);
	open_reading();
	assert_true(read_on() >= 10);
	assert_int_equal(read_on(), 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(cs_journal_close(journal), CS_OK);
		begin(UINT64_MAX);
		put(10);
		assert_int_equal(cs_journal_flush(journal), CS_OK);
		assert_true(read_on() >= 10);
	}
	assert_int_equal(cs_journal_close(journal), CS_OK);
	cs_reading_close(reading);
}

/* A process that failed to begin a volume has used its number up. */
static void
test_a_number_left_out_is_found_out(void **state)
{
	(void)state;
	char key[96];
	begin(UINT64_MAX);
	put(10);
	assert_int_equal(cs_journal_flush(journal), CS_OK);
	open_reading();
	assert_true(read_on() >= 10);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	snprintf(key, sizeof key, "%s/keys/00000002.key", folder);
	FILE *file = fopen(key, "w");
	assert_non_null(file);
	fclose(file);
	begin(UINT64_MAX);
	assert_int_equal(cs_journal_state_of(journal).volume, 3);
	put(10);
	assert_int_equal(cs_journal_flush(journal), CS_OK);
	(void)read_on(); /* the last of volume 1 */
	cs_reading_expect(reading, cs_journal_state_of(journal).durable_seq);
	assert_true(read_on() >= 10);
	assert_int_equal(read_on(), 0);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	cs_reading_close(reading);
}

static void
test_seek_looks_at_heads_alone(void **state)
{
	(void)state;
	struct cs_shelf shelf;
	struct cs_record record;
	begin(20000);
	for (unsigned i = 0; i < 40; i++) {
		put(500);
		assert_int_equal(cs_journal_flush(journal), CS_OK);
	}
	assert_int_equal(cs_journal_close(journal), CS_OK);
	assert_int_equal(cs_shelf_list(folder, &shelf), CS_OK);
	assert_true(shelf.n > 16);
	for (uint32_t i = 0; i + 1 < shelf.n; i++)
		assert_int_equal(cs_volume_pack(folder, shelf.number[i]), CS_OK);
	cs_shelf_fini(&shelf);
	open_reading();
	for (uint64_t seq = 1; seq < 20000; seq += 997) {
		memset(&count, 0, sizeof count);
		assert_int_equal(cs_reading_seek(reading, seq), CS_OK);
		assert_int_equal(cs_reading_next(reading, &record), CS_OK);
		assert_int_equal(record.seq, seq);
		assert_in_range(count.unpack_n, 0, 1); /* the one it is in */
		assert_int_equal(count.list_n, 0);
	}
	cs_reading_close(reading);
}

static enum cs_page_fault
counted_page(struct cs_span bytes, struct cs_page *page)
{
	enum cs_page_fault fault = cs_page_read(bytes, page);
	count.hashed_bytes += fault == CS_PAGE_OK || fault == CS_PAGE_CHECK ? cs_page_length(bytes.at) : 0;
	return fault;
}

enum { HOSTILE_BYTES = 16 << 20 };

/* The head of a page of VOLUME that is as long as can be, and is none. */
static void
put_fake(uint8_t *at, uint32_t volume)
{
	uint8_t *end = cs_pack_u32(at, 0x31505343); /* "CSP1" */
	end = cs_pack_u32(end, CS_PAGE_HEAD_BYTES + CS_PAGE_PART_MAX + CS_PAGE_PART_MAX + CS_PAGE_TAG_BYTES);
	end = cs_pack_u64(cs_pack_u64(end, 5), 50);
	end = cs_pack_u32(cs_pack_u32(end, 10), CS_PAGE_PART_MAX);
	end = cs_pack_u32(end, CS_PAGE_PART_MAX + CS_PAGE_TAG_BYTES);
	end = cs_pack_u64(cs_pack_u32(end, volume), 5);
	assert_ptr_equal(end, at + 48);
}

/* Puts fake heads of VOLUME in front of the volume there is, and goes to the first sound page behind them. */
static void
search_behind_fakes(uint32_t volume)
{
	char path[CS_VOLUME_PATH_BYTES];
	struct cs_page_form form = cs_page_written;
	static uint8_t page[1 << 16];
	uint8_t fake[CS_PAGE_HEAD_BYTES] = {0};
	assert_int_equal(cs_volume_path(folder, 1, CS_VOLUME_PLAIN, path), CS_OK);
	FILE *file = fopen(path, "r+");
	assert_non_null(file);
	size_t len = fread(page, 1, sizeof page, file);
	assert_in_range(len, 1, sizeof page - 1);
	put_fake(fake, volume);
	rewind(file);
	for (unsigned done = 0; done < HOSTILE_BYTES; done += sizeof fake)
		assert_int_equal(fwrite(fake, sizeof fake, 1, file), 1);
	assert_int_equal(fwrite(page, len, 1, file), 1);
	fclose(file);
	open_reading();
	form.read = counted_page;
	assert_int_equal(cs_reading_enter_volume(reading), CS_OK);
	reading->form = &form;
	memset(&count, 0, sizeof count);
	assert_int_equal(find_sound(reading), CS_OK);
	assert_true(reading->offset >= HOSTILE_BYTES);
	cs_reading_close(reading);
}

static void
test_made_up_heads_of_this_volume_cost_a_bounded_number_of_bytes(void **state)
{
	(void)state;
	uint64_t most =
		EARNED_FOR_A_BYTE * (uint64_t)HOSTILE_BYTES + CS_READING_PURSE_PAGES * (uint64_t)CS_PAGE_BYTES_MAX;
	begin(UINT64_MAX);
	put(10);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	search_behind_fakes(1);
	assert_in_range(count.hashed_bytes, 1, most);
	assert_in_range(count.read_bytes, 1, most + 2 * (uint64_t)HOSTILE_BYTES);
}

static void
test_made_up_heads_of_another_volume_cost_nothing(void **state)
{
	(void)state;
	begin(UINT64_MAX);
	put(10);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	search_behind_fakes(2);
	assert_in_range(count.hashed_bytes, 1, 4096); /* the page that is found */
	assert_in_range(count.read_bytes, HOSTILE_BYTES, 2 * (uint64_t)HOSTILE_BYTES);
}

/* However many faults there are, every sound page between them is found. */
static void
test_a_search_that_finds_pays_nothing(void **state)
{
	(void)state;
	struct cs_page_form form = cs_page_written;
	unsigned n = 0;
	begin(UINT64_MAX);
	for (unsigned i = 0; i < 300; i++) {
		put(200);
		assert_int_equal(cs_journal_flush(journal), CS_OK);
	}
	assert_int_equal(cs_journal_close(journal), CS_OK);
	open_reading();
	form.read = counted_page;
	assert_int_equal(cs_reading_enter_volume(reading), CS_OK);
	reading->form = &form;
	uint64_t purse = reading->purse;
	for (; find_sound(reading) == CS_OK; n++)
		reading->offset += reading->page.len;
	assert_in_range(n, 301, 400);
	assert_int_equal(reading->purse, purse);
	cs_reading_close(reading);
}

/* Whoever wants nothing of some pages does not read them; their order is seen to all the same. */
static void
test_quiet_pages_are_passed_by_their_heads(void **state)
{
	(void)state;
	struct cs_record record;
	unsigned n = 0;
	begin(UINT64_MAX);
	put(10 * CS_PAGE_RECORDS_MAX);
	assert_int_equal(cs_journal_flush(journal), CS_OK);
	open_reading();
	assert_int_equal(read_on(), 1 + 10 * CS_PAGE_RECORDS_MAX);
	uint64_t whole_bytes = count.read_bytes;
	cs_reading_close(reading);
	memset(&count, 0, sizeof count);
	open_reading();
	/* six pages, and the beginning of a seventh */
	cs_reading_quiet(reading, 1 + CS_PAGE_RECORDS_MAX, 1 + 7 * CS_PAGE_RECORDS_MAX + 10);
	assert_int_equal(read_on(), 1 + 4 * CS_PAGE_RECORDS_MAX);
	assert_int_equal(cs_reading_place(reading).first, 1 + 10 * CS_PAGE_RECORDS_MAX);
	assert_in_range(count.read_bytes, 1, whole_bytes / 2);
	put(2 * CS_PAGE_RECORDS_MAX);
	assert_int_equal(cs_journal_flush(journal), CS_OK);
	cs_reading_quiet(reading, 0, cs_journal_state_of(journal).durable_seq);
	assert_int_equal(read_on(), 0);
	put(3);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	while (cs_reading_next(reading, &record) == CS_OK)
		n += record.kind == CS_RECORD_EVENT;
	assert_int_equal(n, 3);
	cs_reading_close(reading);
}

/* Where a head is not what it should be, the page is read like any other, and told of. */
static void
test_a_wrong_head_among_quiet_pages_is_told(void **state)
{
	(void)state;
	struct cs_record record;
	begin(UINT64_MAX);
	put(4 * CS_PAGE_RECORDS_MAX);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	for (unsigned at = 0; at < CS_PAGE_HASHED_BYTES; at++) {
		open_reading();
		assert_int_equal(cs_reading_next(reading, &record), CS_OK);
		long offset = (long)reading->offset + (long)at;
		change_byte(offset);
		cs_reading_quiet(reading, 1, UINT64_MAX);
		enum cs_error error = cs_reading_next(reading, &record);
		assert_true(error == CS_E_FORMAT || error == CS_E_TRUNCATED);
		cs_reading_close(reading);
		change_byte(offset);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_an_end_costs_the_same_however_many_volumes_there_are, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_the_next_volume_is_found_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_number_left_out_is_found_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_seek_looks_at_heads_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_made_up_heads_of_this_volume_cost_a_bounded_number_of_bytes,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_made_up_heads_of_another_volume_cost_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_search_that_finds_pays_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_quiet_pages_are_passed_by_their_heads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_wrong_head_among_quiet_pages_is_told, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
