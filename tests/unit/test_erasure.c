/*
 * Goal: what was erased is on the disk in no form that anybody could open, key in hand; what was not is as before; and who
 * asks is told what, when and why.
 * Method: a journal with sealed parts of known text, some volumes packed, some thinned; erased by number and by date; every
 * file of the folder, unpacked where it is packed, searched and read with the vault.
 */
#include "check.h"

#include "engine/erasure.c"

#include "../journal/scratch.h"
#include "engine/lost.h"
#include "state/thinning.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PUT_N = 4000, ALERT_EVERY = 40, TOKEN_AT = 100 };

static const char masked[] = "400000******7899", token[] = "tok_0123456789ABCDEF";

static void
put_all(void)
{
	struct cs_journal_found found;
	struct cs_journal *journal;
	struct cs_journal_wish wish = scratch_wish(40000);
	assert_int_equal(cs_journal_open(&wish, &found, &journal), CS_OK);
	for (uint64_t i = 0; i < PUT_N; i++) {
		char sealed[80];
		snprintf(sealed, sizeof sealed, "%s %s %llu", masked, token, (unsigned long long)i);
		enum cs_record_kind kind = i % ALERT_EVERY ? CS_RECORD_EVENT : CS_RECORD_ALERT;
		struct cs_span open = {(const uint8_t *)&i, sizeof i};
		assert_true(cs_journal_put(journal, kind, 1000 + i, open, cs_span_text(sealed)));
		if (i % 200 == 0)
			assert_int_equal(cs_journal_flush(journal), CS_OK);
	}
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

static int
set_up(void **state)
{
	(void)state;
	if (!scratch_begin())
		return -1;
	put_all();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_end();
}

static struct cs_pen *
open_pen(void)
{
	char words[CS_PEN_WORDS_BYTES];
	struct cs_pen_wish wish = {folder, vault, "test"};
	struct cs_pen *pen;
	assert_int_equal(cs_pen_open(&wish, words, &pen), CS_OK);
	return pen;
}

static enum cs_error
erase_where(uint32_t number, uint64_t before_ns, struct cs_erasure_sum *sum)
{
	struct cs_erasure_wish wish = {folder, "mara", "art. 17", number, before_ns};
	struct cs_pen *pen = open_pen();
	enum cs_error error = cs_erasure_run(&wish, pen, sum);
	assert_int_equal(cs_pen_close(pen), CS_OK);
	return error;
}

/* Records with sealed parts by volume: shown and hidden ones. */
static void
count(uint32_t number, unsigned *shown, unsigned *hidden)
{
	struct cs_reading_wish wish = {folder, vault, true};
	struct cs_reading *reading;
	const struct cs_page *page;
	const uint8_t *plain;
	*shown = *hidden = 0;
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	assert_int_equal(cs_reading_enter(reading, number), CS_OK);
	while (cs_reading_page(reading, &page, &plain) == CS_OK && page->place.volume == number) {
		struct cs_page_walk walk = {page, plain, 0, 0, 0};
		struct cs_record record;
		while (cs_page_next(&walk, &record)) {
			*hidden += record.hidden;
			*shown += record.sealed.len > 0;
		}
	}
	cs_reading_close(reading);
}

/* To the end, with everything that can be proved, with and without the key. */
static void
expect_proof(void)
{
	for (unsigned with = 0; with < 2; with++) {
		struct cs_reading_wish wish = {folder, with ? vault : NULL, true};
		struct cs_reading *reading;
		struct cs_record record;
		enum cs_error error;
		assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
		while ((error = cs_reading_next(reading, &record)) == CS_OK)
			continue;
		assert_int_equal(error, CS_END);
		cs_reading_close(reading);
	}
}

static bool
holds(struct cs_span bytes)
{
	return memmem(bytes.at, bytes.len, masked, sizeof masked - 1) ||
	       memmem(bytes.at, bytes.len, token, sizeof token - 1);
}

/* Every file under SUB, and what is packed in it. */
static unsigned
search(const char *sub)
{
	char path[CS_VOLUME_PATH_BYTES];
	unsigned n = 0;
	snprintf(path, sizeof path, "%s/%s", folder, sub);
	DIR *all = opendir(path);
	assert_non_null(all);
	for (struct dirent *entry; (entry = readdir(all));) {
		uint64_t len = 0;
		uint8_t *plain = NULL;
		struct stat about;
		snprintf(path, sizeof path, "%s/%s/%s", folder, sub, entry->d_name);
		if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
			continue;
		uint8_t *at = malloc((size_t)about.st_size + 1);
		FILE *file = fopen(path, "rb");
		assert_int_equal(fread(at, 1, (size_t)about.st_size, file), about.st_size);
		fclose(file);
		assert_false(holds((struct cs_span){at, (size_t)about.st_size}));
		if (cs_volume_unpack(path, &plain, &len) == CS_OK)
			assert_false(holds((struct cs_span){plain, len}));
		free(plain);
		free(at);
		n++;
	}
	closedir(all);
	return n;
}

static void
test_erased_in_every_form(void **state)
{
	(void)state;
	struct cs_erasure_sum sum;
	unsigned shown, hidden;
	struct cs_thinning_wish wish = {folder, vault, 3, UINT32_C(1) << CS_RECORD_EVENT, UINT64_MAX, 77};
	struct cs_thinning thinning;
	assert_int_equal(cs_volume_pack(folder, 2), CS_OK);
	assert_int_equal(cs_thinning_run(&wish, &thinning), CS_OK);
	for (uint32_t i = 1; i <= 4; i++) {
		count(i, &shown, &hidden);
		assert_true(shown > 0 && hidden == 0);
	}
	for (uint32_t i = 1; i <= 3; i++) {
		assert_int_equal(erase_where(i, 0, &sum), CS_OK);
		assert_int_equal(sum.volume_n, 1);
		count(i, &shown, &hidden);
		assert_true(shown == 0 && hidden > 0);
	}
	count(4, &shown, &hidden);
	assert_true(shown > 0 && hidden == 0);
	assert_true(search("") > 5);
	assert_true(search("keys") > 3);
	expect_proof();
	assert_int_equal(erase_where(2, 0, &sum), CS_OK);
	assert_int_equal(sum.volume_n, 0);
	assert_int_equal(sum.already_n, 1);
}

/* A crash between the zeros and the removal: erased all the same, and no fault to anybody. */
static void
test_an_erasure_cut_short_is_one(void **state)
{
	(void)state;
	struct cs_erasure_sum sum;
	char path[CS_VOLUME_PATH_BYTES];
	struct cs_page_keys keys;
	unsigned shown, hidden;
	bool keyed = true;
	assert_int_equal(cs_volume_path(folder, 2, CS_VOLUME_KEY, path), CS_OK);
	FILE *file = fopen(path, "r+b");
	for (unsigned i = 0; i < CS_WRAPPED_BYTES; i++)
		assert_int_equal(fputc(0, file), 0);
	fclose(file);
	assert_int_equal(cs_volume_key_read(folder, 2, vault, &keys), CS_E_OPEN);
	assert_int_equal(cs_volume_keyed(folder, 2, 0, &keyed), CS_OK);
	assert_false(keyed);
	count(2, &shown, &hidden);
	assert_true(shown == 0 && hidden > 0);
	expect_proof();
	assert_int_equal(erase_where(2, 0, &sum), CS_OK);
	assert_int_equal(sum.already_n, 1);
	assert_int_equal(access(path, F_OK), -1);
}

static void
test_erased_by_date(void **state)
{
	(void)state;
	struct cs_erasure_sum sum;
	struct cs_survey survey;
	assert_int_equal(cs_survey_make(folder, &survey), CS_OK);
	uint64_t second_ends = survey.volume[1].to_ns;
	cs_survey_fini(&survey);
	assert_int_equal(erase_where(0, 1000, &sum), CS_OK);
	assert_int_equal(sum.volume_n, 0);
	assert_int_equal(erase_where(0, second_ends, &sum), CS_OK);
	assert_int_equal(sum.volume_n, 1);
	assert_int_equal(erase_where(0, second_ends + 1, &sum), CS_OK);
	assert_int_equal(sum.volume_n, 1);
	assert_int_equal(erase_where(0, UINT64_MAX, &sum), CS_OK);
	assert_true(sum.volume_n > 2);
	for (uint32_t i = 1; i <= sum.volume_n + 2; i++) {
		unsigned shown, hidden;
		count(i, &shown, &hidden);
		assert_int_equal(shown, 0);
	}
	expect_proof();
}

static void
test_what_is_not_there_and_what_is_being_written(void **state)
{
	(void)state;
	struct cs_erasure_sum sum;
	struct cs_survey survey;
	assert_int_equal(erase_where(999, 0, &sum), CS_E_OPEN);
	struct cs_pen *pen = open_pen();
	assert_int_equal(cs_survey_make(folder, &survey), CS_OK);
	struct cs_erasure_wish wish = {folder, "mara", "art. 17", survey.volume[survey.n - 1].number, 0};
	cs_survey_fini(&survey);
	assert_int_equal(cs_erasure_run(&wish, pen, &sum), CS_E_PERMISSION);
	assert_int_equal(cs_pen_close(pen), CS_OK);
}

/* A draft whose writer was killed holds its key and its state like any other snapshot. */
static void
test_a_draft_of_a_snapshot_goes_too(void **state)
{
	(void)state;
	enum { DRAFT_BYTES = 5000, KEY_BYTES = 1024 };
	struct cs_erasure_sum sum;
	char draft[CS_VOLUME_PATH_BYTES], kept[CS_VOLUME_PATH_BYTES];
	uint8_t at[DRAFT_BYTES];
	snprintf(draft, sizeof draft, "%s/snapshots/draft", folder);
	snprintf(kept, sizeof kept, "%s/kept", folder);
	memset(at, 0xa5, sizeof at);
	FILE *file = fopen(draft, "wb");
	assert_int_equal(fwrite(at, 1, sizeof at, file), sizeof at);
	fclose(file);
	assert_int_equal(link(draft, kept), 0); /* the bytes on the disk, whatever becomes of the name */
	assert_int_equal(erase_where(1, 0, &sum), CS_OK);
	assert_int_equal(sum.snapshot_n, 1);
	assert_int_equal(access(draft, F_OK), -1);
	file = fopen(kept, "rb");
	assert_int_equal(fread(at, 1, sizeof at, file), sizeof at);
	fclose(file);
	for (unsigned i = 0; i < KEY_BYTES; i++)
		assert_int_equal(at[i], 0);
	assert_int_equal(cs_snapshot_destroy_draft(folder), CS_E_OPEN);
}

static void
test_who_asks_is_told(void **state)
{
	(void)state;
	char line[CS_NOTE_BYTES + 1], words[512];
	struct cs_erasure_sum sum;
	struct cs_text text = cs_text_over(words, sizeof words);
	size_t len = 0;
	assert_int_equal(cs_erasure_note(folder, 1, line, &len), CS_E_OPEN);
	assert_int_equal(erase_where(1, 0, &sum), CS_OK);
	assert_int_equal(cs_erasure_note(folder, 1, line, &len), CS_OK);
	line[len] = '\0';
	assert_non_null(strstr(line, "\"by\":\"mara\",\"reason\":\"art. 17\",\"volume\":1,\"first_record\":0,"));
	cs_lost_to_erasure(folder, 5, &text);
	assert_non_null(strstr(words, "the personal parts of records 5 to "));
	assert_non_null(strstr(words, "their key was destroyed on 20"));
	/* And on record: the same line. */
	struct cs_reading_wish wish = {folder, vault, false};
	struct cs_reading *reading;
	struct cs_record record;
	unsigned n = 0;
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	while (cs_reading_next(reading, &record) == CS_OK)
		n += record.kind == CS_RECORD_OPERATOR && cs_span_is(record.open, line);
	cs_reading_close(reading);
	assert_int_equal(n, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_erased_in_every_form, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_erasure_cut_short_is_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_erased_by_date, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_not_there_and_what_is_being_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_draft_of_a_snapshot_goes_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_who_asks_is_told, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
