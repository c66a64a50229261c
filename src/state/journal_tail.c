/*
 * Torn or damaged? Pages are synced in groups, and no group is written before the one before it is durable. So when a page
 * is bad, and a sound page behind it belongs to a later group, the bad one had been durable: damage. If nothing sound
 * follows, or only pages of the same group, a crash tore it.
 *
 * Bytes cut off are kept in torn/: nothing that was once written is lost unseen.
 */
#include "state/journal_tail.h"

#include "base/text.h"
#include "state/reading.h"

#include <stdlib.h>

enum { COPY_BYTES = 1 << 16 };

static enum cs_error
copy_range(int from, int to, uint64_t offset, uint64_t end)
{
	static uint8_t at[COPY_BYTES];
	uint64_t done = 0;
	while (offset < end) {
		size_t got = 0;
		size_t want = end - offset < sizeof at ? (size_t)(end - offset) : sizeof at;
		CS_TRY(cs_disk_read(from, at, want, offset, &got));
		if (!got)
			return CS_E_READ;
		CS_TRY(cs_disk_write(to, at, got, done));
		offset += got;
		done += got;
	}
	return cs_disk_sync(to);
}

static enum cs_error
keep_torn(const char *folder, uint32_t volume, int file, uint64_t offset, uint64_t end)
{
	char name[CS_DISK_NAME_BYTES], path[CS_VOLUME_PATH_BYTES], torn[CS_VOLUME_PATH_BYTES];
	struct cs_text text = cs_text_over(name, sizeof name);
	int copy = -1;
	cs_text_put_padded(&text, volume, 8);
	cs_text_put(&text, ".from-");
	cs_text_put_u64(&text, offset);
	CS_TRY(cs_volume_beside(folder, "torn", name, path));
	CS_TRY(cs_volume_beside(folder, "torn", NULL, torn));
	enum cs_error error = cs_disk_remove(path); /* of a process that ended while it cut */
	if (error != CS_OK && error != CS_E_OPEN)
		return error;
	CS_TRY(cs_disk_open(path, CS_DISK_CREATE, &copy));
	error = copy_range(file, copy, offset, end);
	cs_disk_close(copy);
	CS_TRY(error);
	return cs_disk_sync_folder(torn);
}

static enum cs_error
cut(const char *folder, struct cs_journal_found *found)
{
	char path[CS_VOLUME_PATH_BYTES];
	uint64_t size = 0;
	int file = -1;
	CS_TRY(cs_volume_path(folder, found->volume, CS_VOLUME_PLAIN, path));
	CS_TRY(cs_disk_open(path, CS_DISK_WRITE, &file));
	enum cs_error error = cs_disk_size(file, &size);
	if (error == CS_OK)
		error = keep_torn(folder, found->volume, file, found->offset, size);
	if (error == CS_OK)
		error = cs_disk_cut(file, found->offset);
	cs_disk_close(file);
	CS_TRY(error);
	found->torn_bytes = size - found->offset;
	if (found->offset)
		return CS_OK;
	CS_TRY(cs_disk_remove(path)); /* not even its head was written */
	return cs_disk_sync_folder(folder);
}

/* The greatest number among volumes and keys: a crash may leave a key whose volume was not made yet. */
static void
note_key(void *context, const char *name)
{
	uint32_t *greatest = context;
	uint32_t number = 0;
	for (; *name >= '0' && *name <= '9'; name++)
		number = number * 10 + (uint32_t)(*name - '0');
	if (number > *greatest)
		*greatest = number;
}

static enum cs_error
greatest_key(const char *folder, uint32_t *greatest)
{
	char keys[CS_VOLUME_PATH_BYTES];
	CS_TRY(cs_volume_beside(folder, "keys", NULL, keys));
	enum cs_error error = cs_disk_list(keys, note_key, greatest);
	return error == CS_E_OPEN ? CS_OK : error;
}

static void
note_head(struct cs_tail *tail, const struct cs_page *page)
{
	struct cs_page_walk walk = {page, NULL, 0, 0, 0};
	struct cs_record record;
	struct cs_journal_head head;
	if (!cs_page_next(&walk, &record) || record.kind != CS_RECORD_HEAD || !cs_journal_head_read(record.open, &head))
		return;
	memcpy(tail->id, head.id, sizeof tail->id);
	tail->known = true;
}

/* Reads to the end of the last volume, or to where it goes wrong. */
static enum cs_error
read_to_end(struct cs_reading *reading, struct cs_tail *tail)
{
	const struct cs_page *page;
	const uint8_t *plain;
	for (enum cs_error error; (error = cs_reading_page(reading, &page, &plain)) != CS_END;) {
		CS_TRY(error);
		note_head(tail, page);
		tail->next = cs_reading_place(reading);
	}
	return CS_OK;
}

/* Whether a page behind the bad one belongs to a later group; leaves the reading behind the last sound page. */
static bool
was_durable(struct cs_reading *reading, struct cs_tail *tail, uint64_t bad)
{
	struct cs_tail after = *tail;
	bool durable = false, any = false;
	while (cs_reading_skip(reading) == CS_OK) {
		const struct cs_page *page;
		const uint8_t *plain;
		while (cs_reading_page(reading, &page, &plain) == CS_OK) {
			durable = durable || page->place.group > bad;
			any = true;
			after.next = cs_reading_place(reading);
		}
	}
	if (durable && any)
		*tail = after;
	return durable;
}

/* The last process may have died before it synced; the next volume names what is sound here as what is before it. A packed
 * volume is durable already. */
static enum cs_error
sync_volume(const char *folder, uint32_t volume)
{
	char path[CS_VOLUME_PATH_BYTES];
	int file = -1;
	CS_TRY(cs_volume_path(folder, volume, CS_VOLUME_PLAIN, path));
	enum cs_error error = cs_disk_open(path, CS_DISK_WRITE, &file);
	if (error == CS_E_OPEN)
		return CS_OK;
	if (error == CS_OK)
		error = cs_disk_sync(file);
	cs_disk_close(file);
	return error;
}

static enum cs_error
examine(const char *folder, struct cs_reading *reading, bool over_damage, struct cs_journal_found *found,
	struct cs_tail *tail)
{
	enum cs_error error = read_to_end(reading, tail);
	if (error == CS_OK)
		return sync_volume(folder, cs_reading_place(reading).volume);
	struct cs_reading_fault fault = *cs_reading_fault_of(reading);
	found->volume = fault.volume;
	found->offset = fault.offset;
	if (fault.error != CS_OK)
		return fault.error;
	if (fault.what == CS_PAGE_CHAIN || was_durable(reading, tail, fault.page)) {
		found->damaged = true;
		return over_damage ? CS_OK : CS_E_FORMAT;
	}
	return cut(folder, found);
}

/* The last volume first: older ones were durable before it was begun. One that holds no whole page is none. */
static enum cs_error
find_from(const char *folder, const struct cs_shelf *shelf, bool over_damage, struct cs_journal_found *found,
	  struct cs_tail *tail)
{
	struct cs_reading_wish wish = {folder, NULL, false};
	for (uint32_t i = shelf->n; i-- > 0 && !tail->known;) {
		struct cs_reading *reading;
		CS_TRY(cs_reading_open(&wish, &reading));
		enum cs_error error = cs_reading_enter(reading, shelf->number[i]);
		if (error == CS_OK)
			error = examine(folder, reading, over_damage, found, tail);
		cs_reading_close(reading);
		if (error == CS_OK && !tail->known && !found->torn_bytes) {
			found->volume = shelf->number[i];
			found->offset = 0;
			error = cut(folder, found);
		}
		CS_TRY(error);
	}
	return CS_OK;
}

enum cs_error
cs_tail_find(const char *folder, bool over_damage, struct cs_journal_found *found, struct cs_tail *out)
{
	struct cs_shelf shelf;
	struct cs_tail tail = {0};
	uint32_t greatest = 0;
	enum cs_error error = cs_shelf_list(folder, &shelf);
	if (error == CS_OK)
		error = greatest_key(folder, &greatest);
	if (error == CS_OK)
		error = find_from(folder, &shelf, over_damage, found, &tail);
	uint32_t last = shelf.n ? shelf.number[shelf.n - 1] : 0;
	cs_shelf_fini(&shelf);
	CS_TRY(error);
	tail.next.volume = last > greatest ? last : greatest;
	found->fresh = !tail.known;
	found->next_seq = tail.next.first;
	found->page_n = tail.next.number;
	*out = tail;
	return CS_OK;
}
