/*
 * Goal: retention does on the disk what was decided, puts it on record before, leaves a beginning that is proved, and
 * finishes what a crash cut short.
 * Method: a journal of many volumes on the real disk, with a snapshot at its end and sinks here and there.
 */
#include "check.h"

#include "engine/retain.c"

#include "../journal/scratch.h"

#include "engine/care.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PUT_N = 4000, ALERT_EVERY = 40 };

static struct cs_pen *pen;
static struct cs_retention_sum sum;

static void
put_all(void)
{
	struct cs_journal_found found;
	struct cs_journal *journal;
	struct cs_journal_wish wish = scratch_wish(15000);
	assert_int_equal(cs_journal_open(&wish, &found, &journal), CS_OK);
	for (uint64_t i = 0; i < PUT_N; i++) {
		enum cs_record_kind kind = i % ALERT_EVERY ? CS_RECORD_EVENT : CS_RECORD_ALERT;
		struct cs_span open = {(const uint8_t *)&i, sizeof i};
		assert_true(cs_journal_put(journal, kind, 1000 + i, open, cs_span_text("something that is sealed")));
		if (i % 200 == 0)
			assert_int_equal(cs_journal_flush(journal), CS_OK);
	}
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

/* A snapshot before record NEXT_SEQ, under a policy of record POLICY_SEQ. */
static void
put_snapshot(uint64_t next_seq, uint64_t policy_seq)
{
	uint64_t some = 7;
	struct cs_regions regions = {0};
	struct cs_snapshot about = {.next_seq = next_seq, .policy_seq = policy_seq, .sources_seq = policy_seq - 1};
	cs_regions_add(&regions, &some, sizeof some);
	assert_int_equal(cs_snapshot_write(folder, vault, &about, &regions), CS_OK);
}

static int
set_up(void **state)
{
	(void)state;
	char words[CS_PEN_WORDS_BYTES];
	if (!scratch_begin())
		return -1;
	put_all();
	struct cs_pen_wish pen_wish = {folder, vault, "test"};
	return cs_pen_open(&pen_wish, words, &pen) == CS_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	enum cs_error error = cs_pen_close(pen);
	return scratch_end() != 0 || error != CS_OK;
}

static void
retain(struct cs_keep keep, bool dry_run)
{
	struct cs_retention_wish wish = {
		.folder = folder, .vault = vault, .reason = "a test", .keep = keep, .dry_run = dry_run};
	assert_int_equal(cs_retention_run(&wish, dry_run ? NULL : pen, &sum), CS_OK);
}

static uint32_t
volumes(struct cs_surveyed *first)
{
	struct cs_survey survey;
	assert_int_equal(cs_survey_make(folder, &survey), CS_OK);
	uint32_t n = survey.n;
	*first = survey.volume[0];
	cs_survey_fini(&survey);
	return n;
}

/* Records of KIND; everything must be proved on the way. */
static unsigned
count(enum cs_record_kind kind, const char *with)
{
	struct cs_reading_wish wish = {folder, vault, true};
	struct cs_reading *reading;
	struct cs_record record;
	enum cs_error error;
	unsigned n = 0;
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	while ((error = cs_reading_next(reading, &record)) == CS_OK)
		n += record.kind == kind &&
		     (!with || memmem(record.open.at, record.open.len, with, strlen(with)) != NULL);
	assert_int_equal(error, CS_END);
	cs_reading_close(reading);
	return n;
}

static void
test_nothing_goes_without_a_snapshot(void **state)
{
	(void)state;
	retain((struct cs_keep){.events_ns = 1}, false);
	assert_int_equal(sum.thinned_n, 0);
	assert_int_equal(sum.needed_seq, 0);
	assert_non_null(strstr(sum.needed_by, "no sound snapshot"));
}

static void
test_events_go_and_it_is_on_record(void **state)
{
	(void)state;
	put_snapshot(PUT_N, 2);
	unsigned before = count(CS_RECORD_EVENT, NULL);
	retain((struct cs_keep){.events_ns = 2000}, true);
	unsigned would = sum.thinned_n;
	assert_int_equal(count(CS_RECORD_EVENT, NULL), before);
	retain((struct cs_keep){.events_ns = 2000}, false);
	assert_int_equal(sum.thinned_n, would);
	assert_true(would > 1);
	assert_int_equal(count(CS_RECORD_EVENT, NULL) + sum.let_go_n, before);
	assert_int_equal(count(CS_RECORD_ALERT, NULL), PUT_N / ALERT_EVERY);
	assert_int_equal(count(CS_RECORD_OPERATOR, "\"action\":\"thin\",\"reason\":\"a test\",\"because_of\":\"age\""),
			 would);
	assert_in_range(count(CS_RECORD_EVENT, NULL), 1900, 2800);
	retain((struct cs_keep){.events_ns = 2000}, false);
	assert_int_equal(sum.thinned_n, 0);
}

/* The caretaker does what the policy says while another process (here: the pen) writes, and leaves the record to it. */
static void
test_a_round_of_care_lets_go_of_what_the_policy_says(void **state)
{
	(void)state;
	char at[512];
	bool fault = true;
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_care_wish wish = {folder, vault, {.keep_events_ns = 1}};
	struct cs_care_report report;
	put_snapshot(PUT_N, 500);
	assert_int_equal(cs_care_round(&wish, &report), CS_OK);
	assert_true(report.kept && report.retained.thinned_n > 3);
	assert_int_equal(report.retention, CS_OK);
	cs_care_put(&text, &report, &fault);
	assert_false(fault);
	assert_non_null(strstr(at, " records let go of"));
	assert_int_equal(count(CS_RECORD_ALERT, NULL), PUT_N / ALERT_EVERY);
	assert_true(count(CS_RECORD_EVENT, NULL) < PUT_N / 2);
}

static void
test_a_sink_that_is_behind_holds_it_up(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	put_snapshot(PUT_N, 2);
	snprintf(path, sizeof path, "%s/sinks/file-0123456789ABCDEF", folder);
	FILE *file = fopen(path, "w");
	fputs("no position", file);
	fclose(file);
	retain((struct cs_keep){.events_ns = 1}, false);
	assert_int_equal(sum.thinned_n, 0);
	assert_non_null(strstr(sum.needed_by, "the sink file-0123456789ABCDEF"));
	assert_int_equal(remove(path), 0);
	retain((struct cs_keep){.events_ns = 1}, false);
	assert_true(sum.thinned_n > 3);
}

static void
copy(const char *from, const char *to)
{
	char command[3 * 128];
	snprintf(command, sizeof command, "cp %s/%s %s/%s", folder, from, folder, to);
	assert_int_equal((system)(command), 0);
}

static void
test_the_oldest_are_removed_and_the_beginning_proves_it(void **state)
{
	(void)state;
	struct cs_surveyed first;
	struct cs_beginning beginning;
	uint8_t key[CS_PUBLIC_KEY_BYTES];
	uint32_t before = volumes(&first);
	copy("00000001.volume", "old.volume");
	put_snapshot(PUT_N, PUT_N / 2);
	retain((struct cs_keep){.size_bytes = 1}, false);
	assert_true(sum.removed_n > 1);
	assert_int_equal(volumes(&first), before - sum.removed_n);
	assert_int_equal(first.number, sum.removed_n + 1);
	assert_true(first.first_seq <= PUT_N / 2 - 1 && first.next_seq > PUT_N / 2 - 1);
	assert_non_null(strstr(sum.hindrance, "snapshots"));
	cs_vault_public(vault, key);
	assert_int_equal(cs_beginning_read(folder, key, &beginning), CS_OK);
	struct cs_page_place place = {first.number, first.first_page, first.first_seq, 0, first.previous};
	assert_true(cs_beginning_fits(&beginning, &place));
	assert_string_equal(beginning.reason, "a test");
	assert_int_equal(count(CS_RECORD_OPERATOR, "\"action\":\"remove\""), sum.removed_n);
	/* A crash before the last of them was removed: it is, the next time. */
	copy("old.volume", "00000001.volume");
	unsigned removed = sum.removed_n;
	retain((struct cs_keep){.size_bytes = 1}, false);
	assert_int_equal(volumes(&first), before - removed);
	assert_int_equal(first.number, removed + 1);
}

static void
test_damage_is_left_and_told(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	put_snapshot(PUT_N, 2);
	snprintf(path, sizeof path, "%s/00000002.volume", folder);
	FILE *file = fopen(path, "r+");
	fseek(file, 20000, SEEK_SET);
	int byte = fgetc(file);
	fseek(file, 20000, SEEK_SET);
	fputc(byte ^ 1, file);
	fclose(file);
	retain((struct cs_keep){.events_ns = 1}, false);
	assert_int_equal(sum.left_n, 1);
	assert_true(sum.thinned_n > 2);
	assert_int_equal(access(path, F_OK), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_goes_without_a_snapshot, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_events_go_and_it_is_on_record, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_round_of_care_lets_go_of_what_the_policy_says, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_a_sink_that_is_behind_holds_it_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_oldest_are_removed_and_the_beginning_proves_it, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_damage_is_left_and_told, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
