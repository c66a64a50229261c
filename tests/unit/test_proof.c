/*
 * Goal: whatever is done to a journal is told, once, at its place, and what lies behind it is proved all the same; what was
 * done by right is no fault.
 * Method: a journal of many small volumes on the real disk, changed in one way at a time; the list of faults is compared.
 */
#include "check.h"

#include "base/hash.h"
#include "state/proof.c"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FAULTS_MAX = 64, PAGES_MAX = 512, RECORDS_N = 400, FLUSH_N = 10, BYTES_MAX = 1 << 20 };

static char folder[64], key_path[96];
static struct cs_vault *vault;
static struct cs_proof_sum sum;
static struct cs_proof_fault told[FAULTS_MAX];
static unsigned told_n;
static struct cs_witness witness[PAGES_MAX];
static size_t witness_n;
static size_t witness_broken;
static const uint8_t *public_key;
static struct cs_vault *opened_with;

/* Where each page lies. */
static struct spot {
	uint32_t volume;
	uint64_t offset;
	uint32_t len;
	uint64_t seq;
	uint32_t record_n;
} page_at[PAGES_MAX];
static size_t page_n;

static void
take_fault(void *context, const struct cs_proof_fault *fault)
{
	(void)context;
	if (told_n < FAULTS_MAX)
		told[told_n] = *fault;
	told_n++;
}

static void
prove(void)
{
	struct cs_proof_wish wish = {.folder = folder,
				     .vault = opened_with,
				     .public_key = public_key,
				     .witness = witness,
				     .witness_n = witness_n,
				     .witness_broken = witness_broken,
				     .fault = take_fault};
	told_n = 0;
	for (size_t i = 0; i < witness_n; i++)
		witness[i].met = false;
	assert_int_equal(cs_proof_run(&wish, &sum), CS_OK);
	assert_int_equal(told_n, sum.fault_n);
}

static void
open_vault_at(const char *name, struct cs_vault **out)
{
	char note[CS_VAULT_NOTE_BYTES];
	snprintf(key_path, sizeof key_path, "%s/%s", folder, name);
	struct cs_vault_wish wish = {key_path, true, true};
	assert_int_equal(cs_vault_open(&wish, note, out), CS_OK);
}

static void
write_run(struct cs_vault *by, uint64_t records, bool over_damage)
{
	struct cs_journal *journal;
	struct cs_journal_found found;
	struct cs_journal_wish wish = {.folder = folder,
				       .vault = by,
				       .sync = CS_SYNC_NONE,
				       .volume_bytes = 4000,
				       .volume_ns = UINT64_MAX,
				       .over_damage = over_damage};
	assert_int_equal(cs_journal_open(&wish, &found, &journal), CS_OK);
	for (uint64_t i = 0; i < records; i++) {
		struct cs_span open = {(const uint8_t *)&i, sizeof i},
			       sealed = {(const uint8_t *)"card", i % 3 ? 0 : 4};
		assert_true(cs_journal_put(journal, CS_RECORD_EVENT, 1000 + i, open, sealed));
		if (i % FLUSH_N == FLUSH_N - 1)
			assert_int_equal(cs_journal_flush(journal), CS_OK);
	}
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

/* Learns where the pages lie, and takes a witness of every checkpoint. */
static void
survey(void)
{
	struct cs_reading_wish wish = {folder, NULL, false};
	struct cs_reading *reading;
	const struct cs_page *page;
	const uint8_t *plain;
	struct cs_record record;
	struct cs_checkpoint checkpoint;
	page_n = witness_n = 0;
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	while (cs_reading_page(reading, &page, &plain) == CS_OK) {
		page_at[page_n++] = (struct spot){page->place.volume, cs_reading_offset(reading) - page->len, page->len,
						  page->place.first, page->record_n};
		struct cs_page_walk walk = {page, NULL, 0, 0, 0};
		assert_true(cs_page_next(&walk, &record));
		if (record.kind != CS_RECORD_CHECKPOINT)
			continue;
		assert_true(cs_checkpoint_read(record.open, &checkpoint));
		struct cs_witness *it = &witness[witness_n++];
		*it = (struct cs_witness){.page = checkpoint.page, .seq = checkpoint.seq, .chain = checkpoint.chain};
		memcpy(it->id, checkpoint.id, sizeof it->id);
		memcpy(it->signature, checkpoint.signature, sizeof it->signature);
	}
	cs_reading_close(reading);
	assert_true(page_n > 60 && page_n < PAGES_MAX && witness_n > 10);
}

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/countersign-proof-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	open_vault_at("journal.key", &vault);
	write_run(vault, RECORDS_N, false);
	write_run(vault, RECORDS_N / 2, false);
	survey();
	opened_with = NULL;
	public_key = NULL;
	witness_broken = 0;
	return 0;
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
path_of(uint32_t volume, enum cs_volume_form form, char out[CS_VOLUME_PATH_BYTES])
{
	assert_int_equal(cs_volume_path(folder, volume, form, out), CS_OK);
}

static size_t
load(const char *path, uint8_t *out)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t len = fread(out, 1, BYTES_MAX, file);
	fclose(file);
	return len;
}

static void
save(const char *path, const uint8_t *at, size_t len)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(at, 1, len, file), len);
	fclose(file);
}

static uint8_t bytes[BYTES_MAX];

static void
flip(const char *path, uint64_t offset)
{
	size_t len = load(path, bytes);
	assert_true(offset < len);
	bytes[offset] ^= 0x10;
	save(path, bytes, len);
}

static void
flip_in_page(size_t page, uint64_t offset)
{
	char path[CS_VOLUME_PATH_BYTES];
	path_of(page_at[page].volume, CS_VOLUME_PLAIN, path);
	flip(path, page_at[page].offset + offset);
}

/* Puts WITH in place of LEN bytes at OFFSET of a volume. */
static void
splice(uint32_t volume, uint64_t offset, size_t len, struct cs_span with)
{
	static uint8_t made[BYTES_MAX];
	char path[CS_VOLUME_PATH_BYTES];
	path_of(volume, CS_VOLUME_PLAIN, path);
	size_t all = load(path, bytes);
	memcpy(made, bytes, offset);
	memcpy(made + offset, with.at, with.len);
	memcpy(made + offset + with.len, bytes + offset + len, all - offset - len);
	save(path, made, all - len + with.len);
}

/* A page in the midst of a volume, not a checkpoint. */
static size_t
middle(void)
{
	for (size_t i = page_n / 2; i + 2 < page_n; i++)
		if (page_at[i].offset && page_at[i].record_n == FLUSH_N && page_at[i + 2].volume == page_at[i].volume)
			return i;
	fail_msg("no such page");
	return 0;
}

static void
expect(size_t page, enum cs_proof_what what, uint64_t lost_pages)
{
	assert_int_equal(told_n, 1);
	assert_int_equal(told[0].what, what);
	assert_int_equal(told[0].volume, page_at[page].volume);
	assert_int_equal(told[0].offset, page_at[page].offset);
	assert_int_equal(told[0].page, page);
	assert_int_equal(told[0].seq, page_at[page].seq);
	assert_int_equal(told[0].lost_pages, lost_pages);
	assert_int_equal(sum.lost_pages, lost_pages);
}

static void
test_a_sound_journal(void **state)
{
	(void)state;
	opened_with = vault;
	prove();
	assert_int_equal(told_n, 0);
	assert_int_equal(sum.page_n, page_n);
	assert_int_equal(sum.next_page, page_n);
	assert_int_equal(sum.kind_n[CS_RECORD_EVENT], RECORDS_N + RECORDS_N / 2);
	assert_int_equal(sum.checkpoint_n, witness_n);
	assert_int_equal(sum.witness_met_n, witness_n);
	assert_int_equal(sum.signed_page, page_n - 1);
	assert_int_equal(sum.partial_n + sum.hidden_n + sum.erased_n + sum.clock_back_n, 0);
	assert_true(sum.deep && sum.key_given && sum.known);
	opened_with = NULL;
	prove();
	assert_int_equal(told_n, 0);
	assert_false(sum.key_given);
	assert_true(sum.hidden_n > 0);
}

static void
test_a_flipped_bit(void **state)
{
	(void)state;
	size_t page = middle();
	flip_in_page(page, CS_PAGE_HEAD_BYTES + 3);
	prove();
	expect(page, CS_PROOF_DAMAGED, 1);
	assert_int_equal(told[0].lost_records, FLUSH_N);
	assert_int_equal(told[0].found_page, page + 1);
	assert_int_equal(sum.page_n, page_n - 1);
}

static void
test_two_flipped_bits_are_two_faults(void **state)
{
	(void)state;
	size_t page = middle();
	flip_in_page(page, 90);
	flip_in_page(page + 4, 90);
	prove();
	assert_int_equal(told_n, 2);
	assert_int_equal(told[1].page, page + 4);
	assert_int_equal(told[1].volume, page_at[page + 4].volume);
	assert_int_equal(sum.lost_pages, 2);
}

static void
test_a_page_taken_out(void **state)
{
	(void)state;
	size_t page = middle();
	splice(page_at[page].volume, page_at[page].offset, page_at[page].len, (struct cs_span){bytes, 0});
	prove();
	expect(page, CS_PROOF_MISSING, 1);
	assert_int_equal(sum.page_n, page_n - 1);
}

static void
test_a_page_put_in_again(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	static uint8_t copy[BYTES_MAX];
	size_t page = middle();
	path_of(page_at[page].volume, CS_VOLUME_PLAIN, path);
	load(path, copy);
	splice(page_at[page].volume, page_at[page].offset + page_at[page].len, 0,
	       (struct cs_span){copy + page_at[page].offset, page_at[page].len});
	prove();
	expect(page + 1, CS_PROOF_REPEATED, 0);
}

static void
test_a_changed_record_with_a_mended_check(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	struct cs_page page;
	size_t nth = middle();
	path_of(page_at[nth].volume, CS_VOLUME_PLAIN, path);
	size_t len = load(path, bytes);
	uint8_t *at = bytes + page_at[nth].offset;
	at[CS_PAGE_HEAD_BYTES + CS_PAGE_FRAME_BYTES] ^= 1;
	/* The check is no secret: whoever changes a record can make the one that fits. */
	struct cs_span payload = {at + CS_PAGE_HEAD_BYTES, page_at[nth].len - CS_PAGE_HEAD_BYTES};
	uint64_t check = cs_hash_bytes((struct cs_span){at, CS_PAGE_HEAD_BYTES - 8}, cs_hash_bytes(payload, 0));
	memcpy(at + CS_PAGE_HEAD_BYTES - 8, &check, sizeof check);
	assert_int_equal(cs_page_read((struct cs_span){at, page_at[nth].len}, &page), CS_PAGE_OK);
	save(path, bytes, len);
	prove();
	expect(nth, CS_PROOF_PAYLOAD, 1);
	assert_int_equal(sum.partial_n, 0);
	assert_int_equal(sum.checkpoint_n, witness_n);
}

static void
test_a_volume_taken_away(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	size_t page = middle();
	uint32_t volume = page_at[page].volume;
	while (page_at[page - 1].volume == volume)
		page--;
	size_t behind = page;
	while (page_at[behind].volume == volume)
		behind++;
	path_of(volume, CS_VOLUME_PLAIN, path);
	assert_int_equal(unlink(path), 0);
	prove();
	assert_true(told_n >= 2); /* and the anchor's checkpoints in it are missed */
	assert_int_equal(told[0].what, CS_PROOF_MISSING);
	assert_int_equal(told[0].page, page);
	assert_int_equal(told[0].found_page, behind);
	assert_int_equal(told[0].lost_pages, behind - page);
	for (unsigned i = 1; i < told_n; i++)
		assert_true(told[i].what == CS_PROOF_WITNESS_GONE && told[i].page >= page && told[i].page < behind);
}

static void
test_volumes_exchanged(void **state)
{
	(void)state;
	char a[CS_VOLUME_PATH_BYTES], b[CS_VOLUME_PATH_BYTES], c[CS_VOLUME_PATH_BYTES + 4];
	path_of(3, CS_VOLUME_PLAIN, a);
	path_of(4, CS_VOLUME_PLAIN, b);
	snprintf(c, sizeof c, "%s.x", a);
	assert_int_equal(rename(a, c) + rename(b, a) + rename(c, b), 0);
	prove();
	assert_true(told_n >= 2);
	assert_int_equal(told[0].what, CS_PROOF_VOLUME);
	assert_int_equal(told[0].volume, 3);
	assert_int_equal(told[0].offset, 0);
}

static void
test_an_end_cut_in_a_page(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	const struct spot *last = &page_at[page_n - 1];
	path_of(last->volume, CS_VOLUME_PLAIN, path);
	assert_int_equal(truncate(path, (off_t)(last->offset + 100)), 0);
	witness_n = 0;
	prove();
	expect(page_n - 1, CS_PROOF_TORN, 0);
	assert_int_equal(told[0].bytes, 100);
	assert_int_equal(sum.next_page, page_n - 1);
	assert_true(sum.signed_page < page_n - 1);
}

/* Nothing in the journal tells of an end that was cut off between two pages: that is what the anchor is for. */
static void
test_an_end_cut_between_pages(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	const struct spot *last = &page_at[page_n - 1];
	path_of(last->volume, CS_VOLUME_PLAIN, path);
	assert_int_equal(truncate(path, (off_t)last->offset), 0);
	prove();
	assert_int_equal(told_n, 1);
	assert_int_equal(told[0].what, CS_PROOF_WITNESS_GONE);
	assert_int_equal(told[0].page, page_n - 1);
	witness_n--;
	prove();
	assert_int_equal(told_n, 0);
}

static void
test_a_journal_that_is_written_just_now(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	struct cs_journal *journal;
	struct cs_journal_found found;
	struct cs_journal_wish wish = {
		.folder = folder, .vault = vault, .volume_bytes = UINT64_MAX, .volume_ns = UINT64_MAX};
	assert_int_equal(cs_journal_open(&wish, &found, &journal), CS_OK);
	path_of(cs_journal_state_of(journal).volume, CS_VOLUME_PLAIN, path);
	size_t len = load(path, bytes);
	save(path, bytes, len + 40);
	prove();
	assert_int_equal(told_n, 0);
	assert_int_equal(sum.unfinished_bytes, 40);
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

static void
test_signed_by_somebody_else(void **state)
{
	(void)state;
	struct cs_vault *other;
	uint8_t key[CS_PUBLIC_KEY_BYTES];
	open_vault_at("other.key", &other);
	cs_vault_public(other, key);
	public_key = key;
	prove();
	assert_true(told_n > witness_n);
	assert_int_equal(told[0].what, CS_PROOF_OTHER_KEY);
	assert_int_equal(sum.checkpoint_n, 0);
	public_key = NULL;
	write_run(other, FLUSH_N, false);
	prove();
	assert_int_equal(told_n, 2);
	assert_int_equal(told[0].what, CS_PROOF_OTHER_KEY);
	assert_int_equal(told[1].what, CS_PROOF_SIGNATURE);
	cs_vault_close(other);
}

static void
test_a_checkpoint_of_another_journal_is_missed(void **state)
{
	(void)state;
	for (size_t i = 0; i < witness_n; i++)
		witness[i].id[0] ^= 1;
	prove();
	assert_int_equal(told_n, 1);
	assert_int_equal(told[0].what, CS_PROOF_WITNESS_STRANGE);
	for (size_t i = 1; i < witness_n; i++)
		witness[i].id[0] ^= 1;
	witness[5].chain.at[7] ^= 1;
	witness_broken = 12;
	prove();
	assert_int_equal(told_n, 2);
	assert_int_equal(told[0].what, CS_PROOF_WITNESS_OTHER);
	assert_int_equal(told[0].page, witness[5].page);
	assert_int_equal(told[1].what, CS_PROOF_WITNESS_BROKEN);
	assert_int_equal(told[1].offset, 12);
}

static void
test_an_erased_key_is_no_fault_and_a_changed_one_is(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	assert_int_equal(cs_volume_key_destroy(folder, 2), CS_OK);
	opened_with = vault;
	prove();
	assert_int_equal(told_n, 0);
	assert_int_equal(sum.erased_n, 1);
	assert_true(sum.hidden_n > 0);
	path_of(4, CS_VOLUME_KEY, path);
	flip(path, 60);
	prove();
	assert_int_equal(told_n, 1);
	assert_int_equal(told[0].what, CS_PROOF_KEY);
	assert_int_equal(told[0].volume, 4);
	assert_int_equal(sum.page_n, page_n);
	assert_int_equal(sum.partial_n, 0);
}

static void
test_a_packed_volume(void **state)
{
	(void)state;
	char path[CS_VOLUME_PATH_BYTES];
	assert_int_equal(cs_volume_pack(folder, 3), CS_OK);
	prove();
	assert_int_equal(told_n, 0);
	path_of(3, CS_VOLUME_PACKED, path);
	flip(path, 200);
	witness_n = 0;
	prove();
	assert_int_equal(told_n, 1);
	assert_int_equal(told[0].what, CS_PROOF_DAMAGED);
	assert_int_equal(told[0].volume, 3);
	assert_true(told[0].lost_pages > 0);
	assert_int_equal(sum.page_n, page_n - told[0].lost_pages);
}

/* A process told to go on over damage goes on behind the last sound page, not in the midst. */
static void
test_gone_on_with_behind_a_break(void **state)
{
	(void)state;
	size_t page = page_n - 4;
	assert_int_equal(page_at[page + 2].volume, page_at[page].volume);
	splice(page_at[page].volume, page_at[page].offset, page_at[page].len, (struct cs_span){bytes, 0});
	write_run(vault, FLUSH_N, true);
	prove();
	expect(page, CS_PROOF_MISSING, 1);
	assert_true(sum.next_page > page_n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_sound_journal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_flipped_bit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_two_flipped_bits_are_two_faults, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_page_taken_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_page_put_in_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_changed_record_with_a_mended_check, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_volume_taken_away, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_volumes_exchanged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_end_cut_in_a_page, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_end_cut_between_pages, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_journal_that_is_written_just_now, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signed_by_somebody_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_checkpoint_of_another_journal_is_missed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_erased_key_is_no_fault_and_a_changed_one_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_packed_volume, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_gone_on_with_behind_a_break, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
