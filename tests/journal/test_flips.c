/*
 * Goal: no single bit of a journal can change unseen: not in a volume, plain or packed, and not in a key file.
 * Method: a journal of some thousand records in volumes of few pages. Every bit is flipped in memory, and the page it lies
 * in (the packed volume, the key) is read again as the reader would. Some flips are written to the disk and the whole
 * journal is proved: the fault found must be the one page-wise reading finds.
 *
 * test_flips [WITHDRAWALS [SAMPLES]]: four records each; 250 and 200 when not told.
 */
#include "scene.h"

#include "state/proof.h"
#include "state/reading.h"
#include "state/volume.c"

#include <unistd.h>

enum { VOLUME_BYTES = 60000, FLUSH_EVERY = 40 };

static struct scene scene;
static struct cs_hasher *hasher;
static char folder[96];
static unsigned point_n, failed_n;
static uint64_t sample_n = 200, dice = 1;

static void
check(bool good, const char *what, uint64_t n)
{
	failed_n += !good;
	printf("%sok %u - %s: %llu\n", good ? "" : "not ", ++point_n, what, (unsigned long long)n);
	(void)fflush(stdout);
}

static uint64_t
roll(void)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice;
}

static bool
make_journal(uint64_t withdrawals)
{
	static char key[128];
	(void)snprintf(folder, sizeof folder, "/tmp/countersign-flips-XXXXXX");
	if (!mkdtemp(folder))
		return false;
	(void)snprintf(key, sizeof key, "%s.key", folder);
	if (!scene_init(&scene, folder, key))
		return false;
	scene.wish.volume_bytes = VOLUME_BYTES;
	bool good = scene_begin(&scene);
	for (uint64_t i = 0; good && i < withdrawals; i++) {
		scene_put(&scene);
		if (i % FLUSH_EVERY == 0)
			good = cs_journal_flush(scene.journal) == CS_OK;
	}
	return good && scene_end(&scene);
}

/* What the reader finds of the page at AT, in a volume that ends at END. */
static enum cs_page_fault
read_page(const uint8_t *at, const uint8_t *end, const struct cs_page_place *expected)
{
	struct cs_page page;
	enum cs_page_fault fault = cs_page_read((struct cs_span){at, (size_t)(end - at)}, &page);
	if (fault == CS_PAGE_OK && page.place.volume != expected->volume)
		return CS_PAGE_VOLUME;
	return fault == CS_PAGE_OK ? cs_page_follows(&page, expected, hasher) : fault;
}

struct tally {
	uint64_t bit_n;
	uint64_t unseen_n;
	uint64_t page_n;
	uint64_t record_n;
	uint64_t volume_n;
};

static void
flip_page(uint8_t *at, size_t len, const uint8_t *end, const struct cs_page_place *expected, struct tally *tally)
{
	for (size_t bit = 0; bit < len * 8; bit++) {
		at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		tally->unseen_n += read_page(at, end, expected) == CS_PAGE_OK;
		at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	tally->bit_n += len * 8;
	tally->page_n++;
}

static bool
flip_volume(uint32_t number, struct cs_page_place *place, struct tally *tally)
{
	char path[CS_VOLUME_PATH_BYTES];
	uint8_t *bytes = NULL;
	uint64_t len = 0;
	struct cs_page page;
	if (cs_volume_path(folder, number, CS_VOLUME_PLAIN, path) != CS_OK || read_whole(path, &bytes, &len) != CS_OK)
		return false;
	place->volume = number;
	bool sound = true;
	for (uint64_t at = 0; sound && at < len; at += page.len) {
		sound = read_page(bytes + at, bytes + len, place) == CS_PAGE_OK &&
			cs_page_read((struct cs_span){bytes + at, len - at}, &page) == CS_PAGE_OK;
		if (!sound)
			break;
		flip_page(bytes + at, page.len, bytes + len, place, tally);
		place->number++;
		place->first += page.record_n;
		place->previous = cs_page_chain(&page, hasher);
		tally->record_n += page.record_n;
	}
	tally->volume_n++;
	free(bytes);
	return sound;
}

static void
flip_packed(uint32_t number, struct tally *tally)
{
	char path[CS_VOLUME_PATH_BYTES];
	uint8_t *bytes = NULL;
	uint64_t len = 0, plain_len = 0;
	bool read = cs_volume_path(folder, number, CS_VOLUME_PACKED, path) == CS_OK &&
		    read_whole(path, &bytes, &len) == CS_OK && packed_passes((struct cs_span){bytes, len}, &plain_len);
	tally->unseen_n += !read;
	for (size_t bit = 0; read && bit < len * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		tally->unseen_n += packed_passes((struct cs_span){bytes, len}, &plain_len);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		tally->bit_n++;
	}
	tally->volume_n++;
	free(bytes);
}

static void
flip_key(uint32_t number, struct tally *tally)
{
	char path[CS_VOLUME_PATH_BYTES];
	uint8_t *bytes = NULL, secret[CS_SEAL_KEY_BYTES];
	uint64_t len = 0;
	bool read = cs_volume_path(folder, number, CS_VOLUME_KEY, path) == CS_OK &&
		    read_whole(path, &bytes, &len) == CS_OK && len == CS_WRAPPED_BYTES &&
		    cs_vault_unwrap(scene.vault, bytes, secret) == CS_OK;
	tally->unseen_n += !read;
	for (size_t bit = 0; read && bit < len * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		tally->unseen_n += cs_vault_unwrap(scene.vault, bytes, secret) == CS_OK;
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		tally->bit_n++;
	}
	tally->volume_n++;
	free(bytes);
}

/* ---- whole journals ---- */

static struct cs_proof_fault first_fault;

static void
take_fault(void *context, const struct cs_proof_fault *fault)
{
	if (!(*(uint64_t *)context)++)
		first_fault = *fault;
}

static uint64_t
prove(void)
{
	uint64_t n = 0;
	struct cs_proof_sum sum;
	struct cs_proof_wish wish = {.folder = folder, .vault = scene.vault, .fault = take_fault, .context = &n};
	return cs_proof_run(&wish, &sum) == CS_OK ? n : UINT64_MAX;
}

static bool
change_byte(const char *path, uint64_t offset, uint8_t with)
{
	int file = -1;
	uint8_t byte = 0;
	size_t got = 0;
	bool good = cs_disk_open(path, CS_DISK_WRITE, &file) == CS_OK &&
		    cs_disk_read(file, &byte, 1, offset, &got) == CS_OK && got == 1;
	byte ^= with;
	good = good && cs_disk_write(file, &byte, 1, offset) == CS_OK;
	cs_disk_close(file);
	return good;
}

/* Where the page with the byte at OFFSET begins. */
static uint64_t
page_with(const uint8_t *volume, uint64_t offset)
{
	uint64_t at = 0;
	while (at + cs_page_length(volume + at) <= offset)
		at += cs_page_length(volume + at);
	return at;
}

/* One flip on the disk: found where it is, and nothing is found once it is taken back. */
static bool
sample(const struct cs_shelf *shelf, enum cs_volume_form form)
{
	char path[CS_VOLUME_PATH_BYTES];
	uint8_t *bytes = NULL;
	uint64_t len = 0;
	uint32_t number = shelf->number[roll() % shelf->n];
	if (cs_volume_path(folder, number, form, path) != CS_OK || read_whole(path, &bytes, &len) != CS_OK)
		return true; /* not in this form */
	uint64_t offset = roll() % len;
	uint64_t begins = form == CS_VOLUME_PLAIN ? page_with(bytes, offset) : 0;
	free(bytes);
	uint8_t bit = (uint8_t)(1u << roll() % 8);
	if (!change_byte(path, offset, bit))
		return false;
	uint64_t n = prove();
	bool found = n >= 1 && n != UINT64_MAX && first_fault.volume == number && first_fault.offset == begins;
	return change_byte(path, offset, bit) && found;
}

static void
sample_many(const struct cs_shelf *shelf, enum cs_volume_form form, const char *what)
{
	uint64_t good_n = 0;
	for (uint64_t i = 0; i < sample_n; i++)
		good_n += sample(shelf, form);
	check(good_n == sample_n, what, good_n);
}

static void
flip_all(const struct cs_shelf *shelf)
{
	struct tally plain = {0}, key = {0}, packed = {0};
	struct cs_page_place place = {0};
	bool sound = true;
	for (uint32_t i = 0; i < shelf->n; i++) {
		sound = sound && flip_volume(shelf->number[i], &place, &plain);
		flip_key(shelf->number[i], &key);
	}
	check(sound && plain.volume_n > 1, "volumes", plain.volume_n);
	check(plain.page_n > plain.volume_n, "pages", plain.page_n);
	check(plain.record_n == place.first && place.first > 0, "records", plain.record_n);
	check(plain.bit_n > 0 && !plain.unseen_n, "bits flipped in volumes, each one seen", plain.bit_n);
	check(key.bit_n > 0 && !key.unseen_n, "bits flipped in key files, each one seen", key.bit_n);
	sample_many(shelf, CS_VOLUME_PLAIN,
		    "flips on the disk, found by the proof of the whole journal in their place");
	sample_many(shelf, CS_VOLUME_KEY, "flips in key files on the disk, found by the proof of the whole journal");
	for (uint32_t i = 0; i + 1 < shelf->n; i++)
		sound = sound && cs_volume_pack(folder, shelf->number[i]) == CS_OK;
	check(sound && prove() == 0, "sound when packed, faults", 0);
	for (uint32_t i = 0; i + 1 < shelf->n; i++)
		flip_packed(shelf->number[i], &packed);
	check(packed.bit_n > 0 && !packed.unseen_n, "bits flipped in packed volumes, each one seen", packed.bit_n);
	sample_many(shelf, CS_VOLUME_PACKED,
		    "flips in packed volumes on the disk, found by the proof of the whole journal");
	check(prove() == 0, "all taken back, faults", 0);
}

int
main(int argc, char **argv)
{
	struct cs_shelf shelf = {0};
	uint64_t withdrawals = argc > 1 ? strtoull(argv[1], NULL, 10) : 250;
	sample_n = argc > 2 ? strtoull(argv[2], NULL, 10) : sample_n;
	hasher = cs_hasher_new();
	bool made = hasher && make_journal(withdrawals) && cs_shelf_list(folder, &shelf) == CS_OK;
	check(made && shelf.n > 1, "a journal, withdrawals", withdrawals);
	if (made && shelf.n > 1)
		flip_all(&shelf);
	printf("1..%u\n", point_n);
	char command[256];
	(void)snprintf(command, sizeof command, "rm -rf %s %s.key", folder, folder);
	int removed = (system)(command);
	cs_shelf_fini(&shelf);
	cs_hasher_free(hasher);
	scene_fini(&scene);
	return failed_n || removed ? 1 : 0;
}
