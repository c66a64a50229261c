/*
 * Goal: what was put down is read back in order, over volumes, restarts and torn ends; damage is told from a torn end.
 * Method: a journal in a folder of its own on the real disk; files cut and changed between one process and the next.
 */
#include "check.h"

#include "state/journal.c"

#include "../journal/scratch.h"
#include "state/reading.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct cs_journal *journal;
static struct cs_journal_found found;
static enum cs_sync sync_mode;

static int
set_up(void **state)
{
	(void)state;
	sync_mode = CS_SYNC_NONE;
	return scratch_begin() ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_end();
}

static bool (*gives_up)(void *context);
static unsigned asked_n;
static const char *anchor;
static struct cs_journal_state last;

static enum cs_error
open_journal(uint64_t volume_bytes, bool over_damage)
{
	struct cs_journal_wish wish = scratch_wish(volume_bytes);
	wish.sync = sync_mode;
	wish.checkpoint_ns = anchor ? 0 : UINT64_MAX;
	wish.anchor = anchor;
	wish.last = &last;
	wish.over_damage = over_damage;
	wish.gives_up = gives_up;
	wish.gives_up_context = &asked_n;
	return cs_journal_open(&wish, &found, &journal);
}

/* Record number I: its number open, and twice its number sealed in every third. */
static void
put(uint64_t i)
{
	uint64_t twice = 2 * i;
	struct cs_span open = {(const uint8_t *)&i, sizeof i};
	struct cs_span sealed = {(const uint8_t *)&twice, i % 3 ? 0 : sizeof twice};
	assert_true(cs_journal_put(journal, CS_RECORD_EVENT, 1000 + i, open, sealed));
}

static void
write_some(uint64_t from, uint64_t to)
{
	assert_int_equal(open_journal(UINT64_MAX, false), CS_OK);
	for (uint64_t i = from; i < to; i++)
		put(i);
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

/* Reads from the beginning; gives the number of events, which must be 0, 1, 2 ... */
static uint64_t
count_events(enum cs_error *end)
{
	struct cs_reading_wish wish = {folder, vault, true};
	struct cs_reading *reading;
	struct cs_record record;
	uint64_t n = 0, seq = 0;
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	while ((*end = cs_reading_next(reading, &record)) == CS_OK) {
		assert_int_equal(record.seq, seq++);
		if (record.kind != CS_RECORD_EVENT)
			continue;
		uint64_t i, twice = 0;
		memcpy(&i, record.open.at, sizeof i);
		assert_int_equal(i, n++);
		assert_int_equal(record.sealed.len, i % 3 ? 0 : sizeof twice);
		if (record.sealed.len)
			memcpy(&twice, record.sealed.at, sizeof twice);
		assert_int_equal(twice, i % 3 ? 0 : 2 * i);
	}
	cs_reading_close(reading);
	return n;
}

static void
expect_events(uint64_t n)
{
	enum cs_error end;
	assert_int_equal(count_events(&end), n);
	assert_int_equal(end, CS_END);
}

static void
path_of(uint32_t volume, char out[CS_VOLUME_PATH_BYTES])
{
	assert_int_equal(cs_volume_path(folder, volume, CS_VOLUME_PLAIN, out), CS_OK);
}

static off_t
size_of(uint32_t volume)
{
	char path[CS_VOLUME_PATH_BYTES];
	struct stat about;
	path_of(volume, path);
	assert_int_equal(stat(path, &about), 0);
	return about.st_size;
}

static void
flip(uint32_t volume, off_t offset)
{
	char path[CS_VOLUME_PATH_BYTES];
	path_of(volume, path);
	FILE *file = fopen(path, "r+");
	assert_non_null(file);
	fseek(file, offset, SEEK_SET);
	int byte = fgetc(file);
	fseek(file, offset, SEEK_SET);
	fputc(byte ^ 4, file);
	fclose(file);
}

static void
test_there_and_back(void **state)
{
	(void)state;
	write_some(0, 10000);
	assert_true(found.fresh);
	expect_events(10000);
}

static void
test_goes_on_in_a_new_volume(void **state)
{
	(void)state;
	write_some(0, 1000);
	write_some(1000, 1001);
	assert_false(found.fresh);
	assert_int_equal(found.torn_bytes, 0);
	write_some(1001, 3000);
	expect_events(3000);
}

static void
test_many_volumes_plain_and_packed(void **state)
{
	(void)state;
	assert_int_equal(open_journal(20000, false), CS_OK);
	for (uint64_t i = 0; i < 20000; i++) {
		put(i);
		if (i % 500 == 0)
			assert_int_equal(cs_journal_flush(journal), CS_OK);
	}
	assert_int_equal(cs_journal_close(journal), CS_OK);
	struct cs_shelf shelf;
	assert_int_equal(cs_shelf_list(folder, &shelf), CS_OK);
	assert_true(shelf.n > 10);
	expect_events(20000);
	for (uint32_t i = 0; i + 1 < shelf.n; i += 2)
		assert_int_equal(cs_volume_pack(folder, shelf.number[i]), CS_OK);
	expect_events(20000);
	cs_shelf_fini(&shelf);
}

static void
test_seek(void **state)
{
	(void)state;
	assert_int_equal(open_journal(20000, false), CS_OK);
	for (uint64_t i = 0; i < 5000; i++)
		put(i);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	struct cs_reading_wish wish = {folder, vault, false};
	struct cs_reading *reading;
	struct cs_record record;
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	for (uint64_t seq = 0; seq < 5000; seq += 97) {
		assert_int_equal(cs_reading_seek(reading, seq), CS_OK);
		assert_int_equal(cs_reading_next(reading, &record), CS_OK);
		assert_int_equal(record.seq, seq);
	}
	assert_int_equal(cs_reading_seek(reading, 1000000), CS_OK);
	assert_int_equal(cs_reading_next(reading, &record), CS_END);
	cs_reading_close(reading);
}

static void
test_a_torn_end_is_cut_and_kept(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	write_some(0, 1000);
	path_of(1, path);
	/* The checkpoint's page, and half of the one before it. */
	assert_int_equal(truncate(path, size_of(1) - 1000), 0);
	enum cs_error end;
	uint64_t n = count_events(&end);
	assert_int_equal(end, CS_E_TRUNCATED);
	assert_int_equal(n, 768);
	write_some(768, 1000);
	assert_true(found.torn_bytes > 0);
	expect_events(1000);
	snprintf(path, sizeof path, "%s/torn/00000001.from-%llu", folder, (unsigned long long)found.offset);
	struct stat about;
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_size, found.torn_bytes);
}

static void
test_a_volume_without_a_page_is_none(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	write_some(0, 10);
	write_some(10, 20);
	path_of(2, path);
	assert_int_equal(truncate(path, 7), 0);
	write_some(10, 30);
	expect_events(30);
	path_of(3, path);
	assert_int_equal(truncate(path, 0), 0);
	write_some(10, 15);
	expect_events(15);
}

/* Put down and made durable piece by piece, so that there are many groups. */
static void
write_groups(uint64_t n)
{
	assert_int_equal(open_journal(UINT64_MAX, false), CS_OK);
	for (uint64_t i = 0; i < n; i++) {
		put(i);
		assert_int_equal(cs_journal_flush(journal), CS_OK);
	}
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

static void
test_a_damaged_middle_is_refused_unless_asked(void **state)
{
	(void)state;
	sync_mode = CS_SYNC_GROUP;
	write_groups(20);
	flip(1, size_of(1) / 2);
	assert_int_equal(open_journal(UINT64_MAX, false), CS_E_FORMAT);
	assert_true(found.damaged);
	assert_int_equal(found.volume, 1);
	assert_in_range(found.offset, 1, (uint64_t)size_of(1) / 2);
	assert_int_equal(open_journal(UINT64_MAX, true), CS_OK);
	assert_true(found.damaged);
	put(20);
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

/* Without syncs any page may have been lost with the power, whatever came behind it. */
static void
test_a_torn_middle_of_what_was_never_synced_is_cut(void **state)
{
	(void)state;
	write_groups(20);
	flip(1, size_of(1) / 2);
	assert_int_equal(open_journal(UINT64_MAX, false), CS_OK);
	assert_false(found.damaged);
	assert_true(found.torn_bytes > 0);
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

/* But a later volume, or its key alone, tells that all before it had been made durable. */
static void
test_what_lies_before_a_later_volume_is_damage(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	write_groups(20);
	write_some(20, 21);
	path_of(2, path);
	assert_int_equal(truncate(path, 0), 0);
	off_t size = size_of(1), at = size / 2;
	flip(1, at);
	assert_int_equal(open_journal(UINT64_MAX, false), CS_E_FORMAT);
	assert_true(found.damaged);
	assert_int_equal(found.volume, 1);
	assert_int_equal(size_of(1), size);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(open_journal(UINT64_MAX, false), CS_E_FORMAT);
	assert_int_equal(size_of(1), size);
	assert_int_equal(open_journal(UINT64_MAX, true), CS_OK);
	assert_true(found.damaged);
	put(21);
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

/* An end that is cut off in a page is no torn one there, either. */
static void
test_a_cut_end_before_the_key_of_a_later_volume_is_damage(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	write_groups(20);
	write_some(20, 21);
	path_of(2, path);
	assert_int_equal(unlink(path), 0);
	path_of(1, path);
	assert_int_equal(truncate(path, size_of(1) - 9), 0);
	assert_int_equal(open_journal(UINT64_MAX, false), CS_E_FORMAT);
	assert_true(found.damaged);
}

static void
test_one_process_at_a_time(void **state)
{
	(void)state;
	assert_int_equal(open_journal(UINT64_MAX, false), CS_OK);
	struct cs_journal *first = journal;
	assert_int_equal(open_journal(UINT64_MAX, false), CS_E_PERMISSION);
	assert_int_equal(cs_journal_close(first), CS_OK);
}

static void
test_checkpoints_are_signed_over_all_pages(void **state)
{
	(void)state;
	write_groups(5);
	struct cs_reading_wish wish = {folder, vault, true};
	struct cs_reading *reading;
	struct cs_record record;
	struct cs_checkpoint checkpoint;
	uint8_t key[CS_PUBLIC_KEY_BYTES], bytes[CS_CHECKPOINT_SIGNED_BYTES];
	unsigned n = 0;
	cs_vault_public(vault, key);
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	while (cs_reading_next(reading, &record) == CS_OK) {
		if (record.kind != CS_RECORD_CHECKPOINT)
			continue;
		assert_true(cs_checkpoint_read(record.open, &checkpoint));
		cs_checkpoint_signed(&checkpoint, bytes);
		assert_true(cs_vault_verify(key, (struct cs_span){bytes, sizeof bytes}, checkpoint.signature));
		assert_int_equal(checkpoint.first_page, 0);
		assert_int_equal(checkpoint.page, 6);
		assert_int_equal(checkpoint.seq, record.seq);
		n++;
	}
	assert_int_equal(n, 1);
	cs_reading_close(reading);
}

/* No file grows beyond BYTES: a full disk, as far as a process can make one for itself. */
static void
fill_disk(rlim_t bytes)
{
	struct rlimit limit;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static bool
gives_up_at_third(void *context)
{
	return ++*(unsigned *)context == 3;
}

/* Whoever is in the midst of a burst when the disk fills, and is told to end, gets out. */
static void
test_a_burst_on_a_full_disk_can_be_given_up(void **state)
{
	(void)state;
	asked_n = 0;
	gives_up = gives_up_at_third;
	assert_int_equal(open_journal(UINT64_MAX, false), CS_OK);
	gives_up = NULL;
	fill_disk(1024);
	(void)alarm(60);
	for (uint64_t i = 0; i < 2 * CS_JOURNAL_DRAFTS * CS_PAGE_RECORDS_MAX; i++)
		put(i);
	assert_int_equal(asked_n, 3);
	assert_int_equal(cs_journal_error(journal), CS_E_LIMIT);
	assert_int_equal(cs_journal_flush(journal), CS_E_LIMIT);
	assert_int_equal(cs_journal_close(journal), CS_E_LIMIT);
	(void)alarm(0);
	fill_disk(0);
	write_some(0, 10); /* what was torn is cut, and it goes on */
	expect_events(10);
}

static void
fill_pages(uint64_t n)
{
	for (uint64_t i = 0; i < n * CS_PAGE_RECORDS_MAX; i++)
		put(i);
}

static void
put_alert(void)
{
	assert_true(cs_journal_put(journal, CS_RECORD_ALERT, 1000, cs_span_text("an alert"), (struct cs_span){0}));
}

/* Full pages wait for a group; a page with an alert, or somebody who publishes, does not. */
static void
test_a_group_has_several_pages(void **state)
{
	(void)state;
	assert_int_equal(open_journal(UINT64_MAX, false), CS_OK);
	fill_pages(GROUP_PAGES - 1);
	assert_int_equal(atomic_load(&journal->due), 0);
	fill_pages(2);
	assert_int_equal(atomic_load(&journal->due), GROUP_PAGES);
	cs_journal_publish(journal); /* nothing is at hand, and still one waits */
	assert_int_equal(atomic_load(&journal->due), GROUP_PAGES + 1);
	put_alert();
	fill_pages(1);
	assert_int_equal(atomic_load(&journal->due), GROUP_PAGES + 2);
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

/* What is said to be without alerts is. */
static void
test_where_alerts_are_is_known(void **state)
{
	(void)state;
	sync_mode = CS_SYNC_GROUP;
	assert_int_equal(open_journal(UINT64_MAX, false), CS_OK);
	assert_int_equal(cs_journal_state_of(journal).alert_seq, 0);
	fill_pages(2);
	assert_int_equal(cs_journal_flush(journal), CS_OK);
	assert_int_equal(cs_journal_state_of(journal).alert_seq, 0);
	put_alert();
	assert_int_equal(cs_journal_flush(journal), CS_OK);
	struct cs_journal_state state_then = cs_journal_state_of(journal);
	assert_int_equal(state_then.alert_seq, state_then.safe_seq);
	fill_pages(2);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	assert_int_equal(last.alert_seq, state_then.alert_seq);
	/* What another process wrote may hold any. */
	assert_int_equal(open_journal(UINT64_MAX, false), CS_OK);
	assert_int_equal(cs_journal_state_of(journal).alert_seq, found.next_seq);
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

/* The disk is found full only by the flush itself, behind the last look at whether it is. */
static void
test_a_flush_in_a_hurry_waits_for_no_room(void **state)
{
	(void)state;
	assert_int_equal(open_journal(UINT64_MAX, false), CS_OK);
	for (uint64_t i = 0; i < 10; i++)
		put(i);
	assert_int_equal(cs_journal_flush(journal), CS_OK);
	fill_disk(1024);
	for (uint64_t i = 10; i < 20; i++)
		put(i);
	assert_false(cs_journal_state_of(journal).stalled);
	(void)alarm(60);
	cs_journal_hurry(journal);
	assert_int_equal(cs_journal_flush(journal), CS_E_LIMIT);
	assert_int_equal(cs_journal_close(journal), CS_E_LIMIT);
	(void)alarm(0);
	fill_disk(0);
	write_some(10, 20);
	expect_events(20);
}

static unsigned
count_lines(const char *path)
{
	unsigned n = 0;
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	for (int c; (c = fgetc(file)) != EOF;)
		n += c == '\n';
	fclose(file);
	return n;
}

static void
put_and_sign(uint64_t i)
{
	put(i);
	assert_int_equal(cs_journal_flush(journal), CS_OK);
}

/* An anchor that cannot be written is told of, not given up for ever. */
static void
test_an_anchor_is_tried_again(void **state)
{
	(void)state;
	char path[96], there[96];
	snprintf(path, sizeof path, "%s/anchor", folder);
	snprintf(there, sizeof there, "%s/anchor.there", folder);
	assert_int_equal(symlink("/dev/full", path), 0);
	anchor = path;
	assert_int_equal(open_journal(UINT64_MAX, false), CS_OK);
	put_and_sign(0);
	put_and_sign(1);
	assert_true(cs_journal_state_of(journal).anchor_failed);
	assert_int_equal(unlink(path), 0);
	fclose(fopen(there, "w"));
	assert_int_equal(symlink(there, path), 0);
	put_and_sign(2);
	assert_false(cs_journal_state_of(journal).anchor_failed);
	assert_int_equal(count_lines(there), 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	assert_false(last.anchor_failed); /* it was open, and stayed so */
	anchor = NULL;
	expect_events(3);
}

/* FILE can only be appended to, or no longer only that; false where the file system, or who runs this, cannot. */
static bool
set_append_only(const char *path, bool on)
{
	int flags = 0, file = open(path, O_RDONLY);
	bool can = ioctl(file, FS_IOC_GETFLAGS, &flags) == 0;
	flags = on ? flags | FS_APPEND_FL : flags & ~FS_APPEND_FL;
	can = can && ioctl(file, FS_IOC_SETFLAGS, &flags) == 0;
	close(file);
	return can;
}

/* What is kept best can only grow; a line torn there stays, and the next one is not put behind it. */
static void
test_an_anchor_may_be_append_only(void **state)
{
	(void)state;
	char path[96], line[64] = "";
	snprintf(path, sizeof path, "%s/anchor", folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("torn", file);
	fclose(file);
	if (!set_append_only(path, true))
		skip();
	anchor = path;
	enum cs_error opened = open_journal(UINT64_MAX, false);
	anchor = NULL;
	if (opened == CS_OK) {
		put_and_sign(0);
		put_and_sign(1);
		opened = cs_journal_close(journal);
	}
	assert_true(set_append_only(path, false));
	assert_int_equal(opened, CS_OK);
	assert_false(last.anchor_failed);
	assert_int_equal(count_lines(path), 3);
	file = fopen(path, "r");
	assert_non_null(fgets(line, sizeof line, file));
	assert_string_equal(line, "torn\n");
	assert_non_null(fgets(line, sizeof line, file));
	assert_memory_equal(line, "{\"journal\"", 10);
	fclose(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_there_and_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_goes_on_in_a_new_volume, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_volumes_plain_and_packed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_seek, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_torn_end_is_cut_and_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_volume_without_a_page_is_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_damaged_middle_is_refused_unless_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_torn_middle_of_what_was_never_synced_is_cut, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_lies_before_a_later_volume_is_damage, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_cut_end_before_the_key_of_a_later_volume_is_damage, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_one_process_at_a_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_checkpoints_are_signed_over_all_pages, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_burst_on_a_full_disk_can_be_given_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_group_has_several_pages, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_where_alerts_are_is_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_flush_in_a_hurry_waits_for_no_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_anchor_is_tried_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_anchor_may_be_append_only, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
