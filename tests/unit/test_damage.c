/*
 * Goal: who was told once to go on over damage is never stopped by it again: recovery, re-run and snapshots go on behind it,
 * alerts keep their numbers and leave, each once. Damage that nobody went on over stops all three, and they say where.
 * Method: a journal of the real judge and recorder (tests/journal/scene.h); bits flipped and ends cut off in its volumes;
 * live chronicles, re-runs and an outbox over what is left.
 */
#include "check.h"

#include "engine/damage.c"

#include "../journal/scene.h"
#include "../journal/scratch.h"
#include "engine/chronicle.h"
#include "engine/follower.h"
#include "engine/retention.h"

#include <sys/stat.h>
#include <unistd.h>

enum { PUT_N = 4000, HEAD_AT = 20, GROUP_N = 100 };

static char key[96], words[CS_CHRONICLE_WORDS_BYTES], said[CS_CHRONICLE_WORDS_BYTES];
static unsigned said_n;
static struct scene scene;
static struct cs_chronicle_start start;

/* ---- damage ---- */

static void
name_volume(uint32_t number, const char *form, char path[CS_VOLUME_PATH_BYTES])
{
	snprintf(path, CS_VOLUME_PATH_BYTES, "%s/%08u.%s", folder, number, form);
}

static void
flip_in(const char *path, uint64_t offset)
{
	FILE *file = fopen(path, "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, (long)offset, SEEK_SET), 0);
	int byte = fgetc(file);
	assert_int_equal(fseek(file, (long)offset, SEEK_SET), 0);
	fputc(byte ^ 16, file);
	assert_int_equal(fclose(file), 0);
}

static uint64_t
size_of(uint32_t number)
{
	char path[CS_VOLUME_PATH_BYTES];
	struct stat about;
	name_volume(number, "volume", path);
	assert_int_equal(stat(path, &about), 0);
	return (uint64_t)about.st_size;
}

static void
flip(uint32_t number, uint64_t offset)
{
	char path[CS_VOLUME_PATH_BYTES];
	name_volume(number, "volume", path);
	flip_in(path, offset);
}

static uint32_t
last_volume(void)
{
	struct cs_shelf shelf;
	assert_int_equal(cs_shelf_list(folder, &shelf), CS_OK);
	uint32_t last = shelf.number[shelf.n - 1];
	cs_shelf_fini(&shelf);
	return last;
}

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
	scene.wish.sync = CS_SYNC_GROUP; /* else all pages are one group, and damage at the end is taken for a crash */
	if (!scene_begin(&scene))
		return -1;
	/* Where volumes end depends on the pace of the disk. Damage in the last one has to have groups behind it. */
	uint64_t last_bytes = 0;
	for (unsigned i = 0; i < PUT_N || last_bytes < 200000 || last_bytes > 400000; i++) {
		scene_put(&scene);
		if (i % GROUP_N)
			continue;
		if (cs_journal_flush(scene.journal) != CS_OK)
			return -1;
		last_bytes = size_of(last_volume());
	}
	return scene_end(&scene) ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	scene_fini(&scene);
	return scratch_end();
}

/* ---- processes ---- */

static enum cs_error
watch(unsigned tell_n, bool over_damage)
{
	struct cs_chronicle *chronicle = NULL;
	struct cs_chronicle_wish wish = {
		.journal = scene.wish,
		.policy_text = cs_span_text(scene_policy),
		.names = scene.recorder.names,
		.live = true,
	};
	wish.journal.over_damage = over_damage;
	enum cs_error error = cs_chronicle_open(&wish, &start, words, &chronicle);
	if (error != CS_OK)
		return error;
	if (start.over_damage)
		scene_start(cs_chronicle_judge(chronicle));
	for (unsigned i = 0; i < tell_n; i++) {
		scene_claim(&scene, cs_chronicle_judge(chronicle), i % 2);
		if (i % GROUP_N == 0)
			assert_int_equal(cs_chronicle_flush(chronicle), CS_OK);
	}
	return cs_chronicle_close(chronicle);
}

/* Every alert that can be read has a greater number than the one before; how many there are. */
static uint64_t
count_alerts(void)
{
	struct cs_reading_wish wish = {folder, scene.vault, true};
	struct cs_reading *reading;
	struct cs_record record;
	struct cs_alert_record alert;
	uint64_t last = 0, n = 0;
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	for (enum cs_error error = CS_OK; error != CS_END;) {
		error = cs_reading_next(reading, &record);
		if (cs_damage_is(error))
			error = cs_reading_skip(reading);
		else if (error == CS_OK && record.kind == CS_RECORD_ALERT) {
			assert_true(cs_alert_record_read(record.open, &alert));
			assert_true(alert.ordinal > last);
			last = alert.ordinal;
			n++;
		}
		assert_true(error == CS_OK || error == CS_END);
	}
	cs_reading_close(reading);
	return n;
}

static void
hear(void *context, const char *line)
{
	(void)context;
	said_n++;
	snprintf(said, sizeof said, "%s", line);
}

/* A sink that was given nothing yet gets all there is; how many lines came. */
static enum cs_error
deliver(bool over_damage, const char *name, uint64_t *lines)
{
	char path[128];
	struct cs_journal_found found;
	struct cs_journal *journal;
	struct cs_outbox *outbox;
	scene.wish.over_damage = over_damage;
	assert_int_equal(cs_journal_open(&scene.wish, &found, &journal), CS_OK);
	scene.wish.over_damage = false;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	struct cs_outbox_wish wish = {
		.folder = folder,
		.vault = scene.vault,
		.journal = journal,
		.path = path,
		.over_seq = over_damage ? found.next_seq : 0,
		.say = hear,
	};
	said_n = 0;
	said[0] = '\0';
	assert_int_equal(cs_outbox_open(&wish, &outbox), CS_OK);
	assert_int_equal(cs_journal_flush(journal), CS_OK);
	for (unsigned i = 0; i < 20 && cs_outbox_error(outbox) == CS_OK; i++)
		usleep(5000);
	if (cs_outbox_error(outbox) != CS_OK)
		hear(NULL, cs_outbox_words(outbox));
	enum cs_error error = cs_outbox_close(outbox);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	*lines = 0;
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	for (int byte; (byte = fgetc(file)) != EOF;)
		*lines += byte == '\n';
	assert_int_equal(fclose(file), 0);
	return error;
}

/* ---- what must hold ---- */

/* Told once to go on over damage in VOLUME, the journal is as good as ever from then on. */
static void
expect_to_go_on(const char *volume)
{
	struct cs_followed followed;
	uint64_t lines = 0;
	assert_int_equal(watch(0, false), CS_E_FORMAT);
	assert_non_null(strstr(words, volume));
	assert_non_null(strstr(words, "--over-damage"));
	assert_int_equal(watch(10000, true), CS_OK);
	assert_true(start.over_damage);
	uint64_t alert_n = count_alerts();
	assert_true(alert_n > PUT_N / SCENE_FORGED_EVERY / 2);
	assert_int_equal(watch(400, false), CS_OK);
	assert_false(start.over_damage);
	assert_string_equal(start.lost, "");
	assert_non_null(strstr(start.passed, volume));
	assert_non_null(strstr(start.passed, "passed over"));
	assert_int_equal(start.recovered.differing_n, 0);
	assert_true(start.recovered.event_n >= 10000);
	assert_true(count_alerts() >= alert_n);
	assert_int_equal(deliver(false, "behind.jsonl", &lines), CS_OK);
	assert_int_equal(lines, count_alerts());
	assert_int_equal(said_n, 1);
	assert_non_null(strstr(said, volume));
	assert_int_equal(deliver(false, "behind.jsonl", &lines), CS_OK);
	assert_int_equal(lines, count_alerts());
	assert_int_equal(said_n, 0);
	assert_int_equal(cs_follower_walk(folder, scene.vault, &followed), CS_OK);
	assert_non_null(strstr(followed.passed, volume));
	assert_int_equal(cs_retention_snapshot(folder, scene.vault), CS_OK);
	assert_int_equal(watch(400, false), CS_OK);
	assert_string_equal(start.passed, "");
	assert_string_equal(start.lost, "");
	assert_true(start.recovered.from_seq > 0);
	(void)count_alerts();
}

static void
test_in_an_older_volume(void **state)
{
	(void)state;
	flip(1, size_of(1) / 2);
	expect_to_go_on("volume 00000001");
}

static void
test_at_both_ends_of_a_volume(void **state)
{
	(void)state;
	flip(2, HEAD_AT);
	flip(2, size_of(2) - 1);
	expect_to_go_on("volume 00000002");
}

static void
test_in_the_last_volume(void **state)
{
	(void)state;
	uint32_t last = last_volume();
	char volume[32];
	snprintf(volume, sizeof volume, "volume %08u", last);
	flip(last, size_of(last) / 3);
	expect_to_go_on(volume);
}

static void
test_an_end_that_was_cut_off(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	name_volume(2, "volume", path);
	assert_int_equal(truncate(path, (off_t)size_of(2) / 2), 0);
	expect_to_go_on("volume 00000002");
}

static void
test_a_volume_that_cannot_be_unpacked(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	assert_int_equal(cs_volume_pack(folder, 1), CS_OK);
	name_volume(1, "packed", path);
	flip_in(path, 1000);
	expect_to_go_on("volume 00000001");
}

static void
remove_first(void)
{
	char path[CS_VOLUME_PATH_BYTES];
	name_volume(1, "volume", path);
	assert_int_equal(unlink(path), 0);
}

static void
test_the_first_volume_lost(void **state)
{
	(void)state;
	remove_first();
	assert_int_equal(watch(0, false), CS_E_FORMAT);
	assert_non_null(strstr(words, "volume 00000002, byte 0 (record 0): the journal begins in its midst"));
	expect_to_go_on("volume 00000002");
}

/* The state in a snapshot does not tell that what came before it is whole. */
static void
test_the_first_volume_lost_before_a_snapshot(void **state)
{
	(void)state;
	struct cs_followed followed;
	assert_int_equal(cs_retention_snapshot(folder, scene.vault), CS_OK);
	assert_int_equal(watch(10, false), CS_OK);
	assert_true(start.recovered.from_seq > 0);
	remove_first();
	assert_int_equal(cs_follower_walk(folder, scene.vault, &followed), CS_E_FORMAT);
	assert_non_null(strstr(followed.words, "begins in its midst"));
	expect_to_go_on("volume 00000002");
}

static void
test_one_damage_behind_another(void **state)
{
	(void)state;
	flip(1, size_of(1) / 2);
	assert_int_equal(watch(4000, true), CS_OK);
	uint32_t last = last_volume();
	char volume[32];
	snprintf(volume, sizeof volume, "volume %08u", last);
	flip(last, HEAD_AT); /* of the process that went on: what it resumed with is behind it */
	flip(last, size_of(last) / 2);
	assert_int_equal(watch(10, false), CS_E_FORMAT);
	assert_non_null(strstr(words, volume));
	assert_int_equal(watch(4000, true), CS_OK);
	(void)count_alerts();
	assert_int_equal(watch(10, false), CS_OK);
	assert_non_null(strstr(start.passed, "volume 00000001"));
	assert_non_null(strstr(start.passed, volume));
	assert_int_equal(start.recovered.differing_n, 0);
	assert_true(start.recovered.event_n >= 4000);
	assert_int_equal(cs_retention_snapshot(folder, scene.vault), CS_OK);
}

static void
test_alerts_wait_behind_a_first_volume_lost(void **state)
{
	(void)state;
	uint64_t lines = 0;
	remove_first();
	assert_int_equal(deliver(false, "alerts.jsonl", &lines), CS_E_FORMAT);
	assert_int_equal(lines, 0);
	assert_non_null(strstr(said, "volume 00000002 begins in the midst of the journal, and no signed `beginning`"));
	assert_non_null(strstr(said, "alerts from record 0 on wait behind that"));
	assert_int_equal(deliver(true, "alerts.jsonl", &lines), CS_OK);
	assert_true(lines > 0);
	assert_int_equal(lines, count_alerts());
}

static void
test_alerts_wait_before_damage(void **state)
{
	(void)state;
	uint64_t lines = 0;
	flip(1, size_of(1) / 2);
	assert_int_equal(deliver(false, "alerts.jsonl", &lines), CS_E_FORMAT);
	uint64_t before = lines;
	assert_true(before > 0 && before < count_alerts());
	assert_int_equal(said_n, 1);
	assert_non_null(strstr(said, "alerts.jsonl"));
	assert_non_null(strstr(said, "volume 00000001 is damaged at byte "));
	assert_non_null(strstr(said, "start again with --over-damage"));
	assert_int_equal(deliver(true, "alerts.jsonl", &lines), CS_OK);
	assert_int_equal(lines, count_alerts());
	assert_int_equal(said_n, 1);
	assert_non_null(strstr(said, "volume 00000001 is damaged at byte "));
	assert_non_null(strstr(said, "gone on with behind that"));
}

static void
test_what_lies_behind(void **state)
{
	(void)state;
	struct cs_damage_behind behind = {7, 7};
	assert_int_equal(cs_damage_look(folder, UINT64_MAX, &behind), CS_OK);
	assert_int_equal(behind.resume_seq, 0);
	assert_int_equal(behind.alert_n, 0);
	flip(1, size_of(1) / 2);
	assert_int_equal(cs_damage_look(folder, 0, &behind), CS_OK);
	assert_int_equal(behind.resume_seq, 0);
	assert_true(behind.alert_n > 0);
	uint64_t alert_n = behind.alert_n;
	assert_int_equal(watch(4000, true), CS_OK);
	assert_int_equal(cs_damage_look(folder, 0, &behind), CS_OK);
	assert_int_equal(behind.resume_seq, start.found.next_seq + 1);
	assert_int_equal(behind.alert_n, alert_n);
	assert_int_equal(cs_damage_look(folder, behind.resume_seq + 1, &behind), CS_OK);
	assert_int_equal(behind.resume_seq, 0);
	assert_true(behind.alert_n > alert_n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_in_an_older_volume, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_at_both_ends_of_a_volume, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_in_the_last_volume, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_end_that_was_cut_off, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_volume_that_cannot_be_unpacked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_first_volume_lost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_first_volume_lost_before_a_snapshot, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_damage_behind_another, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_alerts_wait_behind_a_first_volume_lost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_alerts_wait_before_damage, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_lies_behind, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
