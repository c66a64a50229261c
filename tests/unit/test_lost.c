/*
 * Goal: who watches goes on after an erasure or behind a hole, once with fresh state and from then on as ever; alerts keep
 * their numbers; snapshots are made again; verdicts behind are the journal's own.
 * Method: a journal of the real judge and recorder (tests/journal/scene.h); its first volumes erased, thinned, removed; live
 * chronicles and re-runs over what is left.
 */
#include "check.h"

#include "engine/lost.c"

#include "../journal/scene.h"
#include "../journal/scratch.h"
#include "engine/chronicle.h"
#include "engine/retention.h"
#include "state/thinning.h"

#include <unistd.h>

enum { PUT_N = 6000 };

static char key[96], words[CS_CHRONICLE_WORDS_BYTES];
static struct scene scene;
static struct cs_chronicle_start start;

static int
set_up(void **state)
{
	(void)state;
	if (!scratch_folder())
		return -1;
	snprintf(key, sizeof key, "%s/journal.key", folder);
	if (!scene_init(&scene, folder, key))
		return -1;
	scene.wish.volume_bytes = 500000;
	if (!scene_begin(&scene))
		return -1;
	for (unsigned i = 0; i < PUT_N; i++)
		scene_put(&scene);
	return scene_end(&scene) ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	scene_fini(&scene);
	return scratch_end();
}

/* A process that watches begins, sees TELL_N more events, and ends. */
static enum cs_error
watch(unsigned tell_n, bool live)
{
	struct cs_chronicle *chronicle = NULL;
	struct cs_chronicle_wish wish = {
		.journal = scene.wish,
		.policy_text = cs_span_text(scene_policy),
		.names = scene.recorder.names,
		.live = live,
	};
	enum cs_error error = cs_chronicle_open(&wish, &start, words, &chronicle);
	if (error != CS_OK)
		return error;
	if (start.lost[0])
		scene_start(cs_chronicle_judge(chronicle));
	for (unsigned i = 0; i < tell_n; i++)
		scene_claim(&scene, cs_chronicle_judge(chronicle), i % 2);
	return cs_chronicle_close(chronicle);
}

/* Every alert of the journal has the number behind that of the one before. */
static void
expect_alerts_in_order(void)
{
	struct cs_reading_wish wish = {folder, scene.vault, true};
	struct cs_reading *reading;
	struct cs_record record;
	struct cs_alert_record alert;
	uint64_t last = 0;
	enum cs_error error;
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	while ((error = cs_reading_next(reading, &record)) == CS_OK) {
		if (record.kind != CS_RECORD_ALERT)
			continue;
		assert_true(cs_alert_record_read(record.open, &alert));
		assert_true(!last || alert.ordinal == last + 1);
		last = alert.ordinal;
	}
	assert_int_equal(error, CS_END);
	assert_true(last > PUT_N / SCENE_FORGED_EVERY / 2);
	cs_reading_close(reading);
}

/* Once anew, then as ever. */
static void
expect_to_go_on(const char *why)
{
	assert_int_equal(watch(0, false), CS_E_RANGE);
	assert_non_null(strstr(words, why));
	assert_int_equal(watch(10000, true), CS_OK);
	assert_non_null(strstr(start.lost, why));
	expect_alerts_in_order();
	assert_int_equal(watch(400, true), CS_OK);
	assert_string_equal(start.lost, "");
	assert_int_equal(start.recovered.differing_n, 0);
	assert_true(start.recovered.event_n >= 10000);
	expect_alerts_in_order();
	assert_int_equal(cs_retention_snapshot(folder, scene.vault), CS_OK);
	assert_int_equal(watch(400, true), CS_OK);
	assert_string_equal(start.lost, "");
	assert_true(start.recovered.from_seq > 0);
	expect_alerts_in_order();
}

static void
test_behind_an_erasure(void **state)
{
	(void)state;
	assert_int_equal(cs_volume_key_destroy(folder, 1), CS_OK);
	assert_int_equal(cs_volume_key_destroy(folder, 3), CS_OK);
	expect_to_go_on("the personal parts of records ");
}

static void
thin(uint32_t number, unsigned classes)
{
	struct cs_thinning_wish wish = {folder, scene.vault, number, cs_retention_kinds(classes), UINT64_MAX, 77};
	struct cs_thinning sum;
	assert_int_equal(cs_thinning_run(&wish, &sum), CS_OK);
}

static void
test_behind_a_hole(void **state)
{
	(void)state;
	thin(1, CS_KEEP_EVENTS);
	thin(2, CS_KEEP_EVENTS);
	expect_to_go_on("were let go of on 1970-01-01 00:00:00 by retention");
}

static void
test_behind_a_hole_that_took_alerts(void **state)
{
	(void)state;
	thin(1, CS_KEEP_EVENTS | CS_KEEP_ALERTS);
	expect_to_go_on("by retention");
}

/* As retention does it. */
static void
remove_first(void)
{
	char path[CS_VOLUME_PATH_BYTES];
	struct cs_reading_wish wish = {folder, NULL, false};
	struct cs_reading *reading;
	struct cs_record record;
	struct cs_journal_head head;
	struct cs_surveyed next;
	assert_int_equal(cs_survey_one(folder, 2, &next), CS_OK);
	struct cs_beginning beginning = {.volume = 2,
					 .page = next.first_page,
					 .seq = next.first_seq,
					 .previous = next.previous,
					 .reason = "a test"};
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	assert_int_equal(cs_reading_next(reading, &record), CS_OK);
	assert_true(cs_journal_head_read(record.open, &head));
	memcpy(beginning.id, head.id, sizeof head.id);
	cs_reading_close(reading);
	assert_int_equal(cs_beginning_write(folder, scene.vault, &beginning), CS_OK);
	snprintf(path, sizeof path, "%s/00000001.volume", folder);
	assert_int_equal(unlink(path), 0);
}

static void
test_behind_volumes_that_were_removed(void **state)
{
	(void)state;
	remove_first();
	expect_to_go_on("by retention, and cannot be run again from there");
}

static void
test_raw_messages_alone_are_no_hole(void **state)
{
	(void)state;
	thin(1, CS_KEEP_RAW);
	thin(2, CS_KEEP_RAW);
	assert_int_equal(watch(0, true), CS_OK);
	assert_string_equal(start.lost, "");
	assert_int_equal(start.recovered.from_seq, 0);
	assert_true(start.recovered.held_n > PUT_N / SCENE_FORGED_EVERY / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_behind_an_erasure, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_behind_a_hole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_behind_a_hole_that_took_alerts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_behind_volumes_that_were_removed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_raw_messages_alone_are_no_hole, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
