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
#undef cs_shelf_list
#undef cs_volume_unpack
#undef cs_disk_read

static char folder[64];
static struct cs_vault *vault;
static struct cs_journal *journal;
static struct cs_reading *reading;

static int
set_up(void **state)
{
	(void)state;
	char note[CS_VAULT_NOTE_BYTES], key[96];
	memset(&count, 0, sizeof count);
	snprintf(folder, sizeof folder, "/tmp/countersign-reading-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(key, sizeof key, "%s/journal.key", folder);
	struct cs_vault_wish wish = {key, true, true};
	return cs_vault_open(&wish, note, &vault) == CS_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	char command[128];
	cs_vault_close(vault);
	snprintf(command, sizeof command, "rm -r %s", folder);
	return (system)(command);
}

static void
begin(uint64_t volume_bytes)
{
	struct cs_journal_found found;
	struct cs_journal_wish wish = {
		.folder = folder,
		.vault = vault,
		.build = "test",
		.sync = CS_SYNC_NONE,
		.volume_bytes = volume_bytes,
		.volume_ns = UINT64_MAX,
		.checkpoint_ns = UINT64_MAX,
	};
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_an_end_costs_the_same_however_many_volumes_there_are, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_the_next_volume_is_found_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_number_left_out_is_found_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_seek_looks_at_heads_alone, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
