/*
 * Torn or damaged? Pages are synced in groups, and no group is written before the one before it is durable. So when a page
 * is bad, and a sound page behind it belongs to a later group, the bad one had been durable: damage. If nothing sound
 * follows, or only pages of the same group, a crash tore it. A volume, and even its key, is begun only once the one before
 * it is durable to its end: when a later one was seen, though it holds no page, nothing before it can be torn.
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
	found->torn_bytes += size - found->offset;
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

/* One search for the end. */
struct search {
	const char *folder;
	const struct cs_shelf *shelf;
	uint32_t nth;      /* volume at hand, on the shelf */
	uint32_t greatest; /* number of a volume or key that there is, or was before what holds no page was cut away */
	struct cs_reading *reading;
	struct cs_journal_found *found;
	struct cs_tail tail;
	bool ended;         /* tail.next is where the next page belongs */
	uint64_t group;     /* the last one whose pages are sound ... */
	uint64_t group_at;  /* ... and where it begins in the volume at hand ... */
	uint64_t group_end; /* ... and ends */
	bool over_damage;
};

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

static void
note_end(struct search *search, const struct cs_page *page)
{
	search->group_end = cs_reading_offset(search->reading);
	if (!search->ended || page->place.group != search->group)
		search->group_at = search->group_end - page->len;
	search->group = page->place.group;
	search->tail.next = cs_reading_place(search->reading);
	search->ended = true;
}

/* Reads to the end of the volume at hand, or to where it goes wrong. */
static enum cs_error
read_to_end(struct search *search)
{
	const struct cs_page *page;
	const uint8_t *plain;
	for (enum cs_error error; (error = cs_reading_page(search->reading, &page, &plain)) != CS_END;) {
		CS_TRY(error);
		note_head(&search->tail, page);
		note_end(search, page);
	}
	return CS_OK;
}

/* The number of the page that volume NTH begins with, from the one before it; 0 when nothing is known of it. */
static enum cs_error
first_page(const struct search *search, uint64_t *out)
{
	struct cs_reading_wish wish = {search->folder, NULL, false};
	struct cs_reading *reading;
	const struct cs_page *page;
	const uint8_t *plain;
	*out = 0;
	if (search->nth == 0)
		return CS_OK;
	CS_TRY(cs_reading_open(&wish, &reading));
	uint32_t at_hand = search->shelf->number[search->nth - 1];
	enum cs_error error = cs_reading_enter(reading, at_hand);
	while (error == CS_OK && (error = cs_reading_page(reading, &page, &plain)) == CS_OK &&
	       page->place.volume == at_hand)
		*out = page->place.number + 1;
	cs_reading_close(reading);
	return error == CS_E_READ || error == CS_E_MEMORY ? error : CS_OK;
}

/* Reads on behind page BAD. *DURABLE: a sound page there belongs to a later group. Damaged: the end is behind the last
 * sound page. */
static enum cs_error
look_behind(struct search *search, uint64_t bad, bool *durable)
{
	const struct cs_page *page;
	const uint8_t *plain;
	enum cs_error error;
	while ((error = cs_reading_skip(search->reading)) == CS_OK) {
		while ((error = cs_reading_page(search->reading, &page, &plain)) == CS_OK) {
			*durable = *durable || page->place.group > bad;
			if (*durable)
				note_end(search, page);
		}
		if (error == CS_E_READ)
			return error;
	}
	return error == CS_END ? CS_OK : error;
}

static bool
is_packed(const char *folder, uint32_t volume)
{
	char path[CS_VOLUME_PATH_BYTES];
	int file = -1;
	bool packed = cs_volume_path(folder, volume, CS_VOLUME_PLAIN, path) == CS_OK &&
		      cs_disk_open(path, CS_DISK_READ, &file) == CS_E_OPEN;
	cs_disk_close(file);
	return packed;
}

/*
 * Makes the last group durable. The last process may have died before it synced, and the next volume will name what is
 * sound here as what is before it. A sync alone would not do: one that failed may have left pages that can be read and
 * that the system believes to be on the disk. So the same bytes are written again to the same place.
 */
static enum cs_error
renew(const struct search *search)
{
	static uint8_t at[COPY_BYTES];
	char path[CS_VOLUME_PATH_BYTES];
	uint32_t volume = search->shelf->number[search->nth];
	int file = -1;
	if (!search->ended || is_packed(search->folder, volume))
		return CS_OK;
	CS_TRY(cs_volume_path(search->folder, volume, CS_VOLUME_PLAIN, path));
	CS_TRY(cs_disk_open(path, CS_DISK_WRITE, &file));
	enum cs_error error = CS_OK;
	for (uint64_t offset = search->group_at; error == CS_OK && offset < search->group_end;) {
		size_t got = 0;
		uint64_t left = search->group_end - offset;
		error = cs_disk_read(file, at, left < sizeof at ? (size_t)left : sizeof at, offset, &got);
		if (error == CS_OK && !got)
			error = CS_E_READ;
		if (error == CS_OK)
			error = cs_disk_write(file, at, got, offset);
		offset += got;
	}
	if (error == CS_OK)
		error = cs_disk_sync(file);
	cs_disk_close(file);
	return error;
}

/* The volume at hand goes wrong somewhere: torn, or damaged? */
static enum cs_error
examine(struct search *search)
{
	struct cs_reading_fault fault = *cs_reading_fault_of(search->reading);
	bool misplaced = fault.what == CS_PAGE_BEGINNING || fault.what == CS_PAGE_CHAIN || fault.what == CS_PAGE_VOLUME;
	bool durable = misplaced || fault.volume < search->greatest || is_packed(search->folder, fault.volume);
	uint64_t bad = fault.page;
	search->found->volume = fault.volume;
	search->found->offset = fault.offset;
	if (fault.error != CS_OK)
		return fault.error;
	/* Nothing of this volume tells the number of its head. */
	if (fault.offset == 0)
		CS_TRY(first_page(search, &bad));
	CS_TRY(look_behind(search, bad, &durable));
	if (!durable) {
		CS_TRY(cut(search->folder, search->found));
		return renew(search);
	}
	search->found->damaged = true;
	return search->over_damage ? renew(search) : CS_E_FORMAT;
}

static enum cs_error
search_volume(struct search *search)
{
	uint32_t at_hand = search->shelf->number[search->nth];
	CS_TRY(cs_reading_enter(search->reading, at_hand));
	enum cs_error error = read_to_end(search);
	bool wrong = error == CS_E_FORMAT || error == CS_E_TRUNCATED;
	if (wrong && cs_reading_fault_of(search->reading)->volume == at_hand)
		return examine(search);
	/* Damage in a later volume was gone over already. */
	if (error != CS_OK && !wrong)
		return error;
	if (search->ended)
		return renew(search);
	search->found->volume = at_hand;
	search->found->offset = 0;
	return cut(search->folder, search->found); /* it is empty */
}

/* Where the head of the last volume is damaged, an older one tells whose journal it is. */
static enum cs_error
find_id(struct search *search)
{
	while (!search->tail.known && search->nth > 0) {
		const struct cs_page *page;
		const uint8_t *plain;
		CS_TRY(cs_reading_enter(search->reading, search->shelf->number[--search->nth]));
		enum cs_error error = cs_reading_page(search->reading, &page, &plain);
		if (error == CS_OK)
			note_head(&search->tail, page);
		if (error == CS_E_READ)
			return error;
	}
	return CS_OK;
}

/* The last volume first: older ones were durable before it was begun. One that holds no whole page is none. */
static enum cs_error
search_all(struct search *search)
{
	struct cs_reading_wish wish = {search->folder, NULL, false};
	enum cs_error error = CS_OK;
	search->nth = search->shelf->n;
	while (error == CS_OK && search->nth > 0 && !search->ended) {
		search->nth--;
		CS_TRY(cs_reading_open(&wish, &search->reading));
		error = search_volume(search);
		if (error == CS_OK && search->ended)
			error = find_id(search);
		cs_reading_close(search->reading);
	}
	return error;
}

enum cs_error
cs_tail_find(const char *folder, bool over_damage, struct cs_journal_found *found, struct cs_tail *out)
{
	struct cs_shelf shelf;
	struct search search = {.folder = folder, .shelf = &shelf, .found = found, .over_damage = over_damage};
	enum cs_error error = cs_shelf_list(folder, &shelf);
	search.greatest = shelf.n ? shelf.number[shelf.n - 1] : 0;
	if (error == CS_OK)
		error = greatest_key(folder, &search.greatest);
	if (error == CS_OK)
		error = search_all(&search);
	cs_shelf_fini(&shelf);
	CS_TRY(error);
	search.tail.next.volume = search.greatest;
	found->fresh = !search.ended;
	found->next_seq = search.tail.next.first;
	found->page_n = search.tail.next.number;
	*out = search.tail;
	return CS_OK;
}
