/*
 * Goal: a journal begins with page 0, whatever the number of its first volume, or where its signed beginning says. Else what
 * came before is damage: told once, at its place, and what lies behind is read and proved all the same.
 * Method: a journal of several volumes on the real disk; its first ones removed, with beginnings that fit and such that do not.
 */
#include "check.h"

#include "state/beginning.c"
#include "state/proof.h"
#include "state/reading.h"

#include "../journal/scratch.h"

#include <sys/stat.h>

enum { PUT_N = 600 };

static struct cs_beginning at[6]; /* what a beginning at each volume would say; the first: where there is none */

static void
write_journal(void)
{
	struct cs_journal_found found;
	struct cs_journal *journal;
	struct cs_journal_wish wish = scratch_wish(4000);
	assert_int_equal(cs_journal_open(&wish, &found, &journal), CS_OK);
	for (uint64_t i = 0; i < PUT_N; i++) {
		struct cs_span open = {(const uint8_t *)&i, sizeof i};
		assert_true(cs_journal_put(journal, CS_RECORD_EVENT, 1000 + i, open, cs_span_text("sealed")));
		if (i % 10 == 0)
			assert_int_equal(cs_journal_flush(journal), CS_OK);
	}
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

static struct cs_reading *
open_reading(bool with_vault)
{
	struct cs_reading_wish wish = {folder, with_vault ? vault : NULL, false};
	struct cs_reading *reading = NULL;
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	return reading;
}

static void
learn(struct cs_reading *reading, uint32_t volume)
{
	const struct cs_page *page;
	const uint8_t *plain;
	struct cs_record record;
	struct cs_journal_head head;
	assert_int_equal(cs_reading_enter(reading, volume), CS_OK);
	assert_int_equal(cs_reading_page(reading, &page, &plain), CS_OK);
	struct cs_page_walk walk = {page, NULL, 0, 0, 0};
	assert_true(cs_page_next(&walk, &record) && cs_journal_head_read(record.open, &head));
	at[volume] = (struct cs_beginning){.volume = volume,
					   .page = page->place.number,
					   .seq = page->place.first,
					   .previous = page->place.previous,
					   .reason = "a test"};
	memcpy(at[volume].id, head.id, sizeof head.id);
}

static int
set_up(void **state)
{
	(void)state;
	if (!scratch_begin())
		return -1;
	write_journal();
	struct cs_reading *reading = open_reading(false);
	for (uint32_t volume = 2; volume < sizeof at / sizeof at[0]; volume++)
		learn(reading, volume);
	cs_reading_close(reading);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_end();
}

static void
remove_volume(uint32_t number)
{
	char path[CS_VOLUME_PATH_BYTES];
	assert_int_equal(cs_volume_path(folder, number, CS_VOLUME_PLAIN, path), CS_OK);
	assert_int_equal(unlink(path), 0);
}

static void
sign(const struct cs_beginning *beginning)
{
	assert_int_equal(cs_beginning_write(folder, vault, beginning), CS_OK);
}

/* ---- proofs ---- */

static struct cs_proof_fault told;
static struct cs_proof_sum sum;

static void
take_fault(void *context, const struct cs_proof_fault *fault)
{
	(void)context;
	told = *fault;
}

static void
prove(bool with_vault)
{
	struct cs_proof_wish wish = {.folder = folder, .vault = with_vault ? vault : NULL, .fault = take_fault};
	assert_int_equal(cs_proof_run(&wish, &sum), CS_OK);
}

/* The proof finds that what is there begins with VOLUME, and page EXPECTED should be the first: that, and nothing else. */
static void
expect_one_fault(bool with_vault, uint32_t volume, const struct cs_beginning *expected)
{
	uint64_t page = at[volume].page;
	prove(with_vault);
	assert_int_equal(sum.fault_n, 1);
	assert_int_equal(told.what, CS_PROOF_BEGINNING);
	assert_int_equal(told.volume, volume);
	assert_int_equal(told.offset, 0);
	assert_int_equal(told.page, expected->page);
	assert_int_equal(told.found_page, page);
	assert_int_equal(sum.lost_pages, page - expected->page);
	assert_int_equal(sum.lost_records, at[volume].seq - expected->seq);
	assert_int_equal(sum.first_page, page);
	assert_false(sum.begun);
}

/* ---- readings ---- */

/* All is read and proved from record SEQ on, with and without the key. */
static void
expect_sound(uint64_t seq)
{
	for (unsigned with_vault = 0; with_vault < 2; with_vault++) {
		struct cs_reading *reading = open_reading(with_vault);
		struct cs_record record;
		enum cs_error error;
		uint64_t next = seq;
		bool cut = true;
		assert_int_equal(cs_reading_is_cut(reading, &cut), CS_OK);
		assert_false(cut);
		while ((error = cs_reading_next(reading, &record)) == CS_OK)
			assert_int_equal(record.seq, next++);
		assert_int_equal(error, CS_END);
		assert_true(next > PUT_N);
		cs_reading_close(reading);
		prove(with_vault);
		assert_int_equal(sum.fault_n, 0);
		assert_int_equal(sum.first_seq, seq);
		assert_int_equal(sum.begun, seq > 0);
	}
}

static void
expect_refused(struct cs_reading *reading, uint32_t volume, uint64_t expected_page)
{
	struct cs_record record;
	const struct cs_reading_fault *fault = cs_reading_fault_of(reading);
	assert_int_equal(cs_reading_next(reading, &record), CS_E_FORMAT);
	assert_int_equal(fault->what, CS_PAGE_BEGINNING);
	assert_int_equal(fault->error, CS_OK);
	assert_int_equal(fault->volume, volume);
	assert_int_equal(fault->offset, 0);
	assert_int_equal(fault->page, expected_page);
	assert_non_null(strstr(cs_page_fault_text(fault->what), "no signed `beginning`"));
}

/* What is there begins with VOLUME, and should as EXPECTED says: once told, it is read. */
static void
expect_told(uint32_t volume, const struct cs_beginning *expected)
{
	for (unsigned way = 0; way < 4; way++) {
		struct cs_reading *reading = open_reading(way & 1);
		struct cs_record record;
		enum cs_error error;
		uint64_t next = at[volume].seq;
		expect_refused(reading, volume, expected->page);
		assert_int_equal(way & 2 ? cs_reading_step(reading) : cs_reading_skip(reading), CS_OK);
		while ((error = cs_reading_next(reading, &record)) == CS_OK)
			assert_int_equal(record.seq, next++);
		assert_int_equal(error, CS_END);
		assert_true(next > PUT_N);
		cs_reading_close(reading);
		expect_one_fault(way & 1, volume, expected);
	}
}

static bool
is_cut(bool with_vault)
{
	struct cs_reading *reading = open_reading(with_vault);
	bool cut = false;
	assert_int_equal(cs_reading_is_cut(reading, &cut), CS_OK);
	cs_reading_close(reading);
	return cut;
}

static void
test_without_its_first_volume(void **state)
{
	(void)state;
	expect_sound(0);
	remove_volume(1);
	assert_true(is_cut(true));
	expect_told(2, &at[0]);
}

static void
test_in_every_form(void **state)
{
	(void)state;
	remove_volume(1);
	assert_int_equal(cs_volume_pack(folder, 2), CS_OK);
	assert_true(is_cut(true));
	expect_told(2, &at[0]);
	sign(&at[2]);
	expect_sound(at[2].seq);
}

static void
test_a_first_volume_that_is_empty(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	assert_int_equal(cs_volume_path(folder, 1, CS_VOLUME_PLAIN, path), CS_OK);
	assert_int_equal(truncate(path, 0), 0);
	assert_true(is_cut(true));
	expect_told(2, &at[0]);
}

static void
test_where_the_signed_beginning_says(void **state)
{
	(void)state;
	remove_volume(1);
	remove_volume(2);
	sign(&at[3]);
	expect_sound(at[3].seq);
	struct cs_reading *reading = open_reading(false);
	assert_int_equal(cs_reading_beginning(reading)->seq, at[3].seq);
	cs_reading_close(reading);
	assert_string_equal(sum.beginning.reason, "a test");
}

static uint64_t
read_all(struct cs_reading *reading)
{
	struct cs_record record;
	uint64_t n = 0;
	enum cs_error error = cs_reading_next(reading, &record);
	for (; error == CS_OK; n++)
		error = cs_reading_next(reading, &record);
	assert_int_equal(error, CS_END);
	return n;
}

/* Who reads along, and finds volumes begun since, knows of those let go of since. */
static void
test_older_volumes_let_go_of_while_one_reads(void **state)
{
	(void)state;
	struct cs_reading *reading = open_reading(false);
	struct cs_record record;
	assert_true(read_all(reading) > PUT_N);
	assert_null(cs_reading_beginning(reading));
	sign(&at[3]);
	remove_volume(1);
	remove_volume(2);
	write_journal();
	assert_true(read_all(reading) > PUT_N);
	assert_non_null(cs_reading_beginning(reading));
	assert_int_equal(cs_reading_seek(reading, 0), CS_OK);
	assert_int_equal(cs_reading_next(reading, &record), CS_OK);
	assert_int_equal(record.seq, at[3].seq);
	cs_reading_close(reading);
}

static void
test_what_a_crash_left_of_a_removal_is_passed_over(void **state)
{
	(void)state;
	sign(&at[3]);
	expect_sound(at[3].seq);
	remove_volume(2);
	expect_sound(at[3].seq);
	char path[CS_VOLUME_PATH_BYTES];
	assert_int_equal(cs_volume_path(folder, 1, CS_VOLUME_PLAIN, path), CS_OK);
	assert_int_equal(truncate(path, 100), 0);
	expect_sound(at[3].seq);
}

static void
test_a_beginning_for_another_place(void **state)
{
	(void)state;
	sign(&at[3]);
	for (uint32_t volume = 1; volume <= 3; volume++)
		remove_volume(volume);
	assert_true(is_cut(true));
	expect_told(4, &at[3]);
	/* One that names the right page, and something else before it. */
	struct cs_beginning other = at[4];
	other.previous.at[0] ^= 1;
	sign(&other);
	struct cs_reading *reading = open_reading(true);
	struct cs_record record;
	assert_int_equal(cs_reading_next(reading, &record), CS_E_FORMAT);
	assert_int_equal(cs_reading_fault_of(reading)->what, CS_PAGE_CHAIN);
	cs_reading_close(reading);
	sign(&at[4]);
	expect_sound(at[4].seq);
}

static void
test_a_beginning_of_another_journal(void **state)
{
	(void)state;
	struct cs_beginning other = at[2];
	other.id[0] ^= 1;
	remove_volume(1);
	sign(&other);
	expect_told(2, &at[2]);
}

static void
test_a_beginning_that_another_key_signed(void **state)
{
	(void)state;
	struct cs_vault *others = scratch_vault("other.key");
	remove_volume(1);
	assert_int_equal(cs_beginning_write(folder, others, &at[2]), CS_OK);
	cs_vault_close(others);
	assert_true(is_cut(true));
	/* With the key it does not count at all; without, the first head tells. */
	struct cs_reading *reading = open_reading(true);
	assert_null(cs_reading_beginning(reading));
	expect_refused(reading, 2, 0);
	cs_reading_close(reading);
	reading = open_reading(false);
	expect_refused(reading, 2, at[2].page);
	cs_reading_close(reading);
	expect_one_fault(true, 2, &at[0]);
	expect_one_fault(false, 2, &at[2]);
}

static void
test_a_beginning_that_was_changed(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	remove_volume(1);
	sign(&at[2]);
	snprintf(path, sizeof path, "%s/beginning", folder);
	FILE *file = fopen(path, "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, 130, SEEK_SET), 0);
	fputc('x', file);
	assert_int_equal(fclose(file), 0);
	assert_true(is_cut(false));
	expect_told(2, &at[0]);
}

/* A record that is not here is looked for: what lies behind must not be given as if nothing were missing. */
static void
test_a_seek_to_what_is_not_here(void **state)
{
	(void)state;
	struct cs_record record;
	remove_volume(1);
	struct cs_reading *reading = open_reading(true);
	assert_int_equal(cs_reading_seek(reading, at[2].seq - 3), CS_OK);
	expect_refused(reading, 2, 0);
	assert_int_equal(cs_reading_seek(reading, at[3].seq + 1), CS_OK);
	assert_int_equal(cs_reading_next(reading, &record), CS_OK);
	assert_int_equal(record.seq, at[3].seq + 1);
	cs_reading_close(reading);
	sign(&at[2]);
	reading = open_reading(true);
	assert_int_equal(cs_reading_seek(reading, at[2].seq - 3), CS_OK);
	assert_int_equal(cs_reading_next(reading, &record), CS_OK);
	assert_int_equal(record.seq, at[2].seq);
	cs_reading_close(reading);
}

static void
test_a_first_number_that_was_used_up(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	assert_int_equal(scratch_end(), 0);
	assert_true(scratch_begin());
	snprintf(path, sizeof path, "%s/keys", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/keys/00000001.key", folder);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
	write_journal();
	assert_false(cs_volume_may_be(folder, 1));
	assert_true(cs_volume_may_be(folder, 2));
	expect_sound(0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_without_its_first_volume, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_in_every_form, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_first_volume_that_is_empty, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_where_the_signed_beginning_says, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_older_volumes_let_go_of_while_one_reads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_a_crash_left_of_a_removal_is_passed_over, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_beginning_for_another_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_beginning_of_another_journal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_beginning_that_another_key_signed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_beginning_that_was_changed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_seek_to_what_is_not_here, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_first_number_that_was_used_up, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
