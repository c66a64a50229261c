/*
 * Goal: what stands beside a file is read back as it was written, and nothing else is; rows of a file are counted in the journal by link and
 * mark, those of others are not.
 * Method: a spool under /tmp; records of a journal made by hand.
 */
#include "check.h"

#include "engine/intake_place.c"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char top[64];
static struct cs_spool *spool;
static const struct cs_intake_taken sample = {
	.id = UINT64_MAX,
	.seq = 77,
	.link = 2,
	.link_n = 5,
	.digest = {{0xab, 0xcd, 0xef, 0x01}},
	.before = {.row_n = 10, .offset = 900, .same_n = 3, .lost = true},
};

static int
set_up(void **state)
{
	(void)state;
	struct cs_spool_paths paths = {{top}};
	strncpy(top, "/tmp/cs-place-XXXXXX", sizeof top);
	return !mkdtemp(top) || cs_spool_open(&paths, &spool) != CS_OK;
}

static int
tear_down(void **state)
{
	(void)state;
	static const char *const name[] = {"taken", "archive", "quarantine"};
	assert_int_equal(cs_intake_taken_remove(spool, "a.csv"), CS_OK);
	for (unsigned i = 0; i < 3; i++)
		(void)unlinkat(cs_spool_folder(spool, CS_SPOOL_IN), name[i], AT_REMOVEDIR);
	cs_spool_close(spool);
	return rmdir(top);
}

static void
read_back(void **state)
{
	(void)state;
	struct cs_intake_taken got = {0};
	assert_int_equal(cs_intake_taken_get(spool, "a.csv", &got), CS_E_OPEN);
	assert_int_equal(cs_intake_taken_put(spool, "a.csv", &sample), CS_OK);
	assert_int_equal(cs_intake_taken_get(spool, "a.csv", &got), CS_OK);
	assert_true(got.id == sample.id && got.seq == 77 && got.link == 2 && got.link_n == 5);
	assert_true(cs_digest_same(&got.digest, &sample.digest));
	assert_true(got.before.row_n == 10 && got.before.offset == 900 && got.before.same_n == 3 && got.before.lost);
	assert_int_equal(cs_intake_taken_remove(spool, "a.csv"), CS_OK);
	assert_int_equal(cs_intake_taken_get(spool, "a.csv", &got), CS_E_OPEN);
}

static struct cs_span
sample_text(char *name)
{
	struct cs_span all = {NULL, 0};
	int file = -1;
	assert_int_equal(cs_intake_taken_put(spool, "a.csv", &sample), CS_OK);
	name_of("a.csv", name);
	assert_int_equal(cs_spool_read(spool, CS_SPOOL_TAKEN, name, &file), CS_OK);
	assert_int_equal(cs_file_read_rest(file, TAKEN_BYTES_MAX, &all), CS_OK);
	cs_file_close(file);
	return all;
}

/* Every prefix of it, and each byte of it another, is either refused or says something sound. */
static void
nothing_else_is_read(void **state)
{
	(void)state;
	char name[NAME_BYTES];
	struct cs_intake_taken got = {0};
	struct cs_span all = sample_text(name);
	for (size_t len = 0; len < all.len; len++)
		assert_false(read_taken((struct cs_span){all.at, len}, &got));
	uint8_t *bytes = malloc(all.len + 1);
	assert_non_null(bytes);
	for (size_t i = 0; i < all.len; i++) {
		memcpy(bytes, all.at, all.len);
		bytes[i] = (uint8_t)(bytes[i] ^ 0x41);
		if (read_taken((struct cs_span){bytes, all.len}, &got))
			assert_true(got.id && got.link < got.link_n && got.link_n <= CS_LINKS_MAX);
	}
	free(bytes);
	cs_file_free(all);
	static const char *const bad[] = {"",
					  "\n",
					  "0 1 2 3 4 5 6 7 ",
					  "99999999999999999999 1 0 1 0 0 0 0 ",
					  "1 1 9 5 0 0 0 0 ",
					  "1 1 0 999999 0 0 0 0 "};
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(cs_spool_put(spool, CS_SPOOL_TAKEN, name, cs_span_text(bad[i])), CS_OK);
		assert_int_equal(cs_intake_taken_get(spool, "a.csv", &got), CS_E_FORMAT);
	}
}

static void
put_row(struct search *search, unsigned link, uint32_t mark, uint64_t offset)
{
	struct cs_event *event = &search->input.event;
	*event = (struct cs_event){.kind = CS_KIND_RECORD, .link = (uint16_t)link};
	event->origin.offset = mark;
	event->origin.file_offset = offset;
	take_event(search);
}

static void
put_tell(struct search *search, unsigned link, enum cs_reason reason)
{
	search->input.finding = (struct cs_finding){.link = (uint16_t)link, .reason = reason};
	take_tell(search);
}

static void
rows_are_counted_by_link_and_mark(void **state)
{
	(void)state;
	static struct search search;
	struct cs_intake_place place = sample.before;
	search.taken = &sample;
	search.mark = cs_feeds_mark(&sample.digest);
	search.out = &place;
	assert_int_equal(search.mark, 0xabcdef01);
	put_row(&search, 2, search.mark, 900);
	assert_true(place.row_n == 11 && place.same_n == 4 && !place.lost);
	put_row(&search, 1, search.mark, 950);
	put_row(&search, 2, search.mark + 1, 950);
	assert_int_equal(place.row_n, 11);
	put_tell(&search, 2, CS_REASON_UNDECODED);
	assert_true(place.lost);
	put_row(&search, 2, search.mark, 950);
	assert_true(place.row_n == 12 && place.same_n == 1 && place.offset == 950 && !place.lost);
	put_tell(&search, 1, CS_REASON_FILE_ASIDE);
	assert_false(place.aside);
	put_tell(&search, 2, CS_REASON_FILE_ASIDE);
	assert_true(place.aside);
	search.out = NULL;
}

static void
without_a_journal_nothing_was_told(void **state)
{
	(void)state;
	struct cs_intake_place place = {0};
	struct cs_intake_journal journal = {"/nowhere/at/all", NULL};
	assert_int_equal(cs_intake_place_find(&journal, &sample, &place), CS_OK);
	assert_int_equal(place.row_n, 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(read_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_else_is_read, set_up, tear_down),
		cmocka_unit_test(rows_are_counted_by_link_and_mark),
		cmocka_unit_test(without_a_journal_nothing_was_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
