/*
 * Goal: alerts that wait before damage leave, and those behind it, each once, when the journal was gone on with over it; else
 * it is said where it is and what to do.
 * Method: a journal of the real judge and recorder (tests/journal/scene.h); bits flipped in its volumes; an outbox over
 * what is left.
 */
#include "check.h"

#include "engine/damage.c"

#include "../journal/scene.h"
#include "engine/outbox.h"

#include <sys/stat.h>
#include <unistd.h>

enum { PUT_N = 4000, GROUP_N = 100 };

static char folder[64], key[96], said[8192];
static unsigned said_n;
static struct scene scene;

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "%s", "/tmp/countersign-damage-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(key, sizeof key, "%s/journal.key", folder);
	if (!scene_init(&scene, folder, key))
		return -1;
	scene.wish.volume_bytes = 500000;
	scene.wish.sync = CS_SYNC_GROUP; /* else all pages are one group, and damage at the end is taken for a crash */
	if (!scene_begin(&scene))
		return -1;
	for (unsigned i = 0; i < PUT_N; i++) {
		scene_put(&scene);
		if (i % GROUP_N == 0 && cs_journal_flush(scene.journal) != CS_OK)
			return -1;
	}
	return scene_end(&scene) ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	char command[128];
	scene_fini(&scene);
	snprintf(command, sizeof command, "rm -r %s", folder);
	return (system)(command);
}

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

/* ---- processes ---- */

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_alerts_wait_before_damage, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
