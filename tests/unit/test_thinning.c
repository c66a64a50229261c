/*
 * Goal: a volume thinned on the disk reads on under its old numbers, chain and roots whole; whatever a crash leaves between
 * two steps is whole, and is finished; what went is on no disk.
 * Method: a journal in a folder of its own with open and sealed parts; volumes thinned, thinned again, erased; leftovers of
 * each step laid there by hand.
 */
#include "check.h"

#include "state/beginning.h"
#include "state/journal.h"
#include "state/reading.h"
#include "state/survey.h"
#include "state/thinning.c"

#include "../journal/scratch.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PUT_N = 6000, ALERT_EVERY = 50, EVENT = 1 << CS_RECORD_EVENT, ALERT = 1 << CS_RECORD_ALERT };

static void
put_all(void)
{
	struct cs_journal_found found;
	struct cs_journal *journal;
	struct cs_journal_wish wish = scratch_wish(30000);
	assert_int_equal(cs_journal_open(&wish, &found, &journal), CS_OK);
	for (uint64_t i = 0; i < PUT_N; i++) {
		char open[40], sealed[40];
		snprintf(open, sizeof open, "open%llu", (unsigned long long)i);
		snprintf(sealed, sizeof sealed, "tok_secret%llu", (unsigned long long)i);
		bool alert = i % ALERT_EVERY == 0;
		assert_true(cs_journal_put(journal, alert ? CS_RECORD_ALERT : CS_RECORD_EVENT, 1000 + i,
					   cs_span_text(open), cs_span_text(sealed)));
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

/* What is read from the beginning to the end. */
struct tally {
	uint64_t n[CS_RECORD_N];
	uint64_t hidden_n;
	uint64_t gone_n;
	uint64_t next_seq;
	enum cs_error end;
};

static struct tally
read_all(const struct cs_vault *with)
{
	struct cs_reading_wish wish = {folder, with, true};
	struct cs_reading *reading;
	struct cs_record record;
	struct tally tally = {0};
	uint64_t after = 0;
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	while ((tally.end = cs_reading_next(reading, &record)) == CS_OK) {
		assert_true(after == 0 || record.seq >= after);
		after = record.seq + 1;
		tally.n[record.kind]++;
		tally.hidden_n += record.hidden;
		if (record.kind != CS_RECORD_EVENT && record.kind != CS_RECORD_ALERT)
			continue;
		char sealed[64];
		int len = snprintf(sealed, sizeof sealed, "tok_secret%.*s", (int)record.open.len - 4,
				   (const char *)record.open.at + 4);
		assert_true(record.hidden ||
			    cs_span_equal(record.sealed, (struct cs_span){(const uint8_t *)sealed, (size_t)len}));
	}
	tally.gone_n = cs_reading_gone(reading)->record_n;
	tally.next_seq = cs_reading_place(reading).first;
	cs_reading_close(reading);
	return tally;
}

static enum cs_error
thin(uint32_t number, uint32_t kinds)
{
	struct cs_thinning_wish wish = {folder, vault, number, kinds, UINT64_MAX, 77};
	struct cs_thinning sum;
	return cs_thinning_run(&wish, &sum);
}

static bool
is_there(const char *name)
{
	char path[CS_VOLUME_PATH_BYTES];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

static void
copy(const char *from, const char *to)
{
	char command[3 * 128];
	snprintf(command, sizeof command, "cp %s/%s %s/%s", folder, from, folder, to);
	assert_int_equal((system)(command), 0);
}

static void
test_alerts_stay_and_events_go(void **state)
{
	(void)state;
	struct tally before = read_all(vault);
	assert_int_equal(before.end, CS_END);
	assert_int_equal(thin(1, EVENT), CS_OK);
	assert_int_equal(thin(3, EVENT), CS_OK);
	struct tally after = read_all(vault);
	assert_int_equal(after.end, CS_END);
	assert_int_equal(after.next_seq, before.next_seq);
	assert_true(after.gone_n > 1000);
	assert_int_equal(after.n[CS_RECORD_EVENT] + after.gone_n, before.n[CS_RECORD_EVENT]);
	assert_int_equal(after.n[CS_RECORD_ALERT], before.n[CS_RECORD_ALERT]);
	assert_int_equal(after.n[CS_RECORD_HEAD], before.n[CS_RECORD_HEAD]);
	assert_int_equal(after.hidden_n, 0);
	assert_false(is_there("00000001.volume") || is_there("keys/00000001.key") || is_there("thinning.draft"));
	assert_true(is_there("00000001.thin") && is_there("keys/00000001-1.key"));
	struct tally keyless = read_all(NULL);
	assert_int_equal(keyless.end, CS_END);
	assert_int_equal(keyless.hidden_n, after.n[CS_RECORD_EVENT] + after.n[CS_RECORD_ALERT]);
}

static void
test_packed_and_thinned_again(void **state)
{
	(void)state;
	struct tally before = read_all(vault);
	assert_int_equal(cs_volume_pack(folder, 2), CS_OK);
	assert_int_equal(thin(2, EVENT), CS_OK);
	assert_int_equal(thin(2, ALERT), CS_OK);
	assert_false(is_there("00000002.packed") || is_there("keys/00000002-1.key"));
	assert_true(is_there("keys/00000002-2.key"));
	struct tally after = read_all(vault);
	assert_int_equal(after.end, CS_END);
	assert_int_equal(after.gone_n, before.n[CS_RECORD_EVENT] + before.n[CS_RECORD_ALERT] -
					       after.n[CS_RECORD_EVENT] - after.n[CS_RECORD_ALERT]);
	struct cs_surveyed about;
	assert_int_equal(cs_survey_one(folder, 2, &about), CS_OK);
	assert_int_equal(about.form, CS_VOLUME_THIN);
	assert_int_equal(about.gone_kinds, EVENT | ALERT);
	assert_int_equal(about.generation, 2);
	assert_int_equal(about.thinned_ns, 77);
	assert_true(about.readable && about.keyed && about.from_ns);
}

static void
test_a_seek_finds_what_stays_behind_a_hole(void **state)
{
	(void)state;
	struct cs_reading_wish wish = {folder, vault, true};
	struct cs_reading *reading;
	struct cs_record record;
	assert_int_equal(thin(1, EVENT), CS_OK);
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	assert_int_equal(cs_reading_next(reading, &record), CS_OK);
	assert_int_equal(record.kind, CS_RECORD_HEAD);
	for (uint64_t seq = 2; seq < 500; seq += 61) {
		assert_int_equal(cs_reading_seek(reading, seq), CS_OK);
		assert_int_equal(cs_reading_next(reading, &record), CS_OK);
		assert_int_equal(record.kind, CS_RECORD_ALERT);
		assert_in_range(record.seq, seq, seq + ALERT_EVERY);
		/* Inputs of the judge went from every page passed. */
		assert_true(cs_reading_gone(reading)->next_seq > record.seq);
		assert_int_equal(cs_reading_gone(reading)->wall_ns, 77);
	}
	cs_reading_close(reading);
}

static void
test_too_young_is_left_alone(void **state)
{
	(void)state;
	struct cs_thinning_wish wish = {folder, vault, 1, EVENT, 1100, 77};
	struct cs_thinning sum = {0};
	assert_int_equal(cs_thinning_run(&wish, &sum), CS_AGAIN);
	assert_true(sum.latest_ns >= 1100);
	assert_true(is_there("00000001.volume") && is_there("keys/00000001.key"));
	assert_false(is_there("00000001.thin") || is_there("keys/00000001-1.key"));
}

static void
test_damage_is_not_thinned_away(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	snprintf(path, sizeof path, "%s/00000002.volume", folder);
	FILE *file = fopen(path, "r+");
	assert_non_null(file);
	fseek(file, 30000, SEEK_SET);
	int byte = fgetc(file);
	fseek(file, 30000, SEEK_SET);
	fputc(byte ^ 1, file);
	fclose(file);
	assert_int_equal(thin(2, EVENT), CS_E_FORMAT);
	assert_true(is_there("00000002.volume") && is_there("keys/00000002.key"));
	assert_false(is_there("00000002.thin"));
}

static void
test_what_a_crash_left_is_whole_and_finished(void **state)
{
	(void)state;
	struct tally before = read_all(vault);
	copy("00000001.volume", "old.volume");
	copy("keys/00000001.key", "old.key");
	assert_int_equal(thin(1, EVENT), CS_OK);
	struct tally after = read_all(vault);
	/* The old form and key still there: the volume reads as if nothing had been done. */
	copy("old.volume", "00000001.volume");
	copy("old.key", "keys/00000001.key");
	struct tally between = read_all(vault);
	assert_int_equal(between.end, CS_END);
	assert_int_equal(between.n[CS_RECORD_EVENT], before.n[CS_RECORD_EVENT]);
	assert_int_equal(cs_thinning_finish(folder, 1), CS_OK);
	assert_false(is_there("00000001.volume") || is_there("keys/00000001.key"));
	between = read_all(vault);
	assert_int_equal(between.n[CS_RECORD_EVENT], after.n[CS_RECORD_EVENT]);
	assert_int_equal(between.hidden_n, 0);
	/* A key and a draft of a try that came to nothing. */
	copy("old.key", "keys/00000002-1.key");
	copy("old.volume", "thinning.draft");
	assert_int_equal(thin(2, EVENT), CS_OK);
	assert_int_equal(read_all(vault).end, CS_END);
	assert_int_equal(read_all(vault).hidden_n, 0);
	assert_int_equal(cs_thinning_finish(folder, 4), CS_OK);
	assert_true(is_there("00000004.volume") && is_there("keys/00000004.key"));
}

static void
test_erased_before_and_after(void **state)
{
	(void)state;
	assert_int_equal(cs_volume_key_destroy(folder, 1), CS_OK);
	assert_int_equal(cs_volume_key_destroy(folder, 1), CS_E_OPEN);
	struct tally erased = read_all(vault);
	assert_int_equal(erased.end, CS_END);
	assert_true(erased.hidden_n > 0);
	assert_int_equal(thin(1, EVENT | ALERT), CS_OK);
	assert_int_equal(read_all(vault).end, CS_END);
	assert_true(read_all(vault).gone_n > 0);
	assert_int_equal(thin(2, EVENT), CS_OK);
	assert_int_equal(cs_volume_key_destroy(folder, 2), CS_OK);
	struct tally after = read_all(vault);
	assert_int_equal(after.end, CS_END);
	assert_true(after.hidden_n > 0);
	assert_int_equal(thin(2, ALERT), CS_OK);
	assert_int_equal(read_all(vault).end, CS_END);
	assert_int_equal(read_all(vault).hidden_n, 0);
}

static void
test_the_beginning_is_signed(void **state)
{
	(void)state;
	struct cs_beginning put = {.id = {1, 2, 3}, .volume = 4, .page = 50, .seq = 600, .wall_ns = 77}, got;
	uint8_t key[CS_PUBLIC_KEY_BYTES];
	char path[CS_VOLUME_PATH_BYTES];
	memcpy(put.reason, "size 1MiB", 10);
	put.previous.at[5] = 9;
	cs_vault_public(vault, key);
	assert_int_equal(cs_beginning_read(folder, key, &got), CS_E_OPEN);
	assert_int_equal(cs_beginning_write(folder, vault, &put), CS_OK);
	put.volume = 5;
	assert_int_equal(cs_beginning_write(folder, vault, &put), CS_OK);
	assert_int_equal(cs_beginning_read(folder, key, &got), CS_OK);
	assert_string_equal(got.reason, "size 1MiB");
	struct cs_page_place first = {.volume = 5, .number = 50, .first = 600, .previous = put.previous};
	assert_true(cs_beginning_fits(&got, &first));
	first.first++;
	assert_false(cs_beginning_fits(&got, &first));
	key[0] ^= 1;
	assert_int_equal(cs_beginning_read(folder, key, &got), CS_E_FORMAT);
	snprintf(path, sizeof path, "%s/beginning", folder);
	for (long at = 0; at < CS_BEGINNING_BYTES; at++) {
		FILE *file = fopen(path, "r+");
		fseek(file, at, SEEK_SET);
		int byte = fgetc(file);
		fseek(file, at, SEEK_SET);
		fputc(byte ^ 1, file);
		fclose(file);
		assert_int_equal(cs_beginning_read(folder, NULL, &got), CS_E_FORMAT);
		file = fopen(path, "r+");
		fseek(file, at, SEEK_SET);
		fputc(byte, file);
		fclose(file);
	}
	assert_int_equal(cs_beginning_read(folder, NULL, &got), CS_OK);
}

static void
test_a_survey_sees_forms_and_records(void **state)
{
	(void)state;
	struct cs_survey survey;
	uint64_t n = 0;
	assert_int_equal(cs_volume_pack(folder, 2), CS_OK);
	assert_int_equal(thin(3, EVENT), CS_OK);
	struct tally all = read_all(vault);
	assert_int_equal(cs_survey_make(folder, &survey), CS_OK);
	assert_true(survey.n > 5);
	for (uint32_t i = 0; i < survey.n; i++) {
		const struct cs_surveyed *volume = &survey.volume[i];
		assert_int_equal(volume->number, i + 1);
		assert_true(volume->readable && volume->keyed && volume->bytes);
		assert_int_equal(volume->first_seq, n);
		n = volume->next_seq;
		assert_true(!volume->from_ns || (volume->from_ns >= 1000 && volume->to_ns >= volume->from_ns));
	}
	assert_int_equal(n, all.next_seq);
	assert_int_equal(survey.volume[0].form, CS_VOLUME_PLAIN);
	assert_int_equal(survey.volume[1].form, CS_VOLUME_PACKED);
	assert_int_equal(survey.volume[2].form, CS_VOLUME_THIN);
	assert_in_range(survey.last_ns, 1000 + PUT_N - 300, 1000 + PUT_N);
	cs_survey_fini(&survey);
}

static void
test_damage_in_the_next_volume_is_none_of_this_one(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	assert_int_equal(cs_volume_pack(folder, 2), CS_OK);
	assert_int_equal(cs_volume_path(folder, 2, CS_VOLUME_PACKED, path), CS_OK);
	assert_int_equal(truncate(path, 100), 0);
	assert_int_equal(thin(2, EVENT), CS_E_FORMAT);
	assert_int_equal(thin(1, EVENT), CS_OK);
	assert_true(is_there("00000001.thin"));
	/* A plain one, which is read page by page. */
	assert_int_equal(cs_volume_path(folder, 4, CS_VOLUME_PLAIN, path), CS_OK);
	assert_int_equal(truncate(path, 100), 0);
	assert_int_equal(thin(3, EVENT), CS_OK);
	assert_int_equal(thin(3, EVENT | ALERT), CS_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_alerts_stay_and_events_go, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_packed_and_thinned_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_seek_finds_what_stays_behind_a_hole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_too_young_is_left_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damage_is_not_thinned_away, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_a_crash_left_is_whole_and_finished, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_erased_before_and_after, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_beginning_is_signed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_survey_sees_forms_and_records, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damage_in_the_next_volume_is_none_of_this_one, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
