/*
 * The reader. It holds one volume at a time: a plain or thinned one is read page by page, a packed one unpacked whole.
 *
 * Invariant: `place` says where the next page must stand. After a seek or a skip the chain before it is not known
 * (`anchored` is false) and is taken from the next page itself. Before the journal's first page it is known always.
 */
#include "state/reading_parts.h"

#include "io/secret.h"

#include <stdlib.h>

/* Who follows asks a hundred times a second: so it is about a second until a number that was left out is found out. */
enum { ENDS_UNLISTED_MAX = 100 };

void
cs_reading_leave_volume(struct cs_reading *reading)
{
	if (!reading->opened)
		return;
	cs_disk_close(reading->file);
	free(reading->whole);
	reading->whole = NULL;
	reading->file = -1;
	reading->opened = false;
	reading->keyed = false;
}

void
cs_reading_close(struct cs_reading *reading)
{
	if (!reading)
		return;
	cs_reading_leave_volume(reading);
	cs_shelf_fini(&reading->shelf);
	cs_hasher_free(reading->hasher);
	cs_secret_release(reading->keys);
	free(reading);
}

/* Read once the folder was listed: it is written before volumes are removed, so none of those listed is gone without it. */
static enum cs_error
read_beginning(struct cs_reading *reading)
{
	uint8_t key[CS_PUBLIC_KEY_BYTES];
	const struct cs_beginning *it = &reading->beginning;
	if (reading->vault)
		cs_vault_public(reading->vault, key);
	enum cs_error error = cs_beginning_read(reading->folder, reading->vault ? key : NULL, &reading->beginning);
	reading->begun = error == CS_OK;
	if (reading->begun)
		reading->origin = (struct cs_page_place){
			.volume = it->volume, .number = it->page, .first = it->seq, .previous = it->previous};
	return error == CS_E_OPEN || error == CS_E_FORMAT ? CS_OK : error;
}

/* The first volume that counts: its row on the shelf. */
static uint32_t
first_row(const struct cs_reading *reading)
{
	uint32_t nth = 0;
	while (nth < reading->shelf.n && reading->shelf.number[nth] < reading->origin.volume)
		nth++;
	return nth == reading->shelf.n ? 0 : nth;
}

enum cs_error
cs_reading_open(const struct cs_reading_wish *wish, struct cs_reading **out)
{
	struct cs_reading *reading = calloc(1, sizeof *reading);
	if (!reading)
		return CS_E_MEMORY;
	reading->folder = wish->folder;
	reading->vault = wish->vault;
	reading->deep = wish->deep;
	reading->file = -1;
	reading->hasher = cs_hasher_new();
	reading->keys = cs_secret_memory(sizeof *reading->keys);
	enum cs_error error = reading->hasher && reading->keys ? CS_OK : CS_E_MEMORY;
	if (error == CS_OK)
		error = cs_shelf_list(wish->folder, &reading->shelf);
	if (error == CS_OK && !reading->shelf.n)
		error = CS_E_OPEN;
	if (error == CS_OK)
		error = read_beginning(reading);
	if (error != CS_OK) {
		cs_reading_close(reading);
		return error;
	}
	reading->nth = first_row(reading);
	reading->place = reading->origin;
	reading->anchored = true;
	*out = reading;
	return CS_OK;
}

static enum onward
onward_of(enum cs_page_fault what)
{
	if (what == CS_PAGE_CHAIN || what == CS_PAGE_BEGINNING)
		return ON_AGAIN;
	return what > CS_PAGE_CHAIN ? ON_BEHIND : ON_SEARCH;
}

uint64_t
cs_reading_bytes(const struct cs_reading *reading)
{
	uint64_t size = 0;
	if (reading->whole)
		return reading->whole_len;
	return reading->opened && cs_disk_size(reading->file, &size) == CS_OK ? size : 0;
}

static enum cs_error
stop(struct cs_reading *reading, enum cs_page_fault what, enum cs_error disk)
{
	reading->onward = onward_of(what);
	reading->fault = (struct cs_reading_fault){
		.volume = reading->nth < reading->shelf.n ? reading->shelf.number[reading->nth] : 0,
		.offset = reading->offset,
		.page = reading->place.number,
		.seq = reading->place.first,
		.file_bytes = cs_reading_bytes(reading),
		.what = what,
		.error = disk,
	};
	if (disk != CS_OK)
		return disk;
	return what == CS_PAGE_SHORT ? CS_E_TRUNCATED : CS_E_FORMAT;
}

static enum cs_error
open_thin(struct cs_reading *reading, uint32_t number)
{
	char path[CS_VOLUME_PATH_BYTES];
	uint8_t head[CS_THIN_FILE_BYTES];
	uint64_t size = 0;
	size_t got = 0;
	CS_TRY(cs_volume_path(reading->folder, number, CS_VOLUME_THIN, path));
	enum cs_error error = cs_disk_open(path, CS_DISK_READ, &reading->file);
	if (error == CS_OK)
		error = cs_disk_read(reading->file, head, sizeof head, 0, &got);
	if (error == CS_OK)
		error = cs_disk_size(reading->file, &size);
	bool good = error == CS_OK && cs_thin_about_read((struct cs_span){head, got}, &reading->thin) &&
		    reading->thin.volume == number && reading->thin.file_bytes == size;
	if (good) {
		reading->form = &cs_thin_form;
		reading->offset = CS_THIN_FILE_BYTES;
		return CS_OK;
	}
	cs_disk_close(reading->file);
	reading->file = -1;
	return error == CS_OK ? CS_E_FORMAT : error;
}

/* In the form in which most stays: a crash may leave two. */
static enum cs_error
open_any(struct cs_reading *reading, uint32_t number)
{
	char path[CS_VOLUME_PATH_BYTES];
	reading->form = &cs_page_written;
	CS_TRY(cs_volume_path(reading->folder, number, CS_VOLUME_PLAIN, path));
	enum cs_error error = cs_disk_open(path, CS_DISK_READ, &reading->file);
	if (error != CS_E_OPEN)
		return error;
	reading->file = -1;
	CS_TRY(cs_volume_path(reading->folder, number, CS_VOLUME_PACKED, path));
	error = cs_volume_unpack(path, &reading->whole, &reading->whole_len);
	return error == CS_E_OPEN ? open_thin(reading, number) : error;
}

enum cs_error
cs_reading_enter_volume(struct cs_reading *reading)
{
	uint32_t number = reading->shelf.number[reading->nth];
	reading->offset = 0;
	enum cs_error error = open_any(reading, number);
	if (error != CS_OK) {
		error = stop(reading, CS_PAGE_FOREIGN, error == CS_E_FORMAT ? CS_OK : error);
		reading->onward = ON_VOLUME;
		return error;
	}
	reading->opened = true;
	reading->purse = CS_READING_PURSE_PAGES * (uint64_t)reading->form->bytes_max;
	reading->place.volume = number;
	if (!reading->vault)
		return CS_OK;
	uint32_t generation = reading->form == &cs_thin_form ? reading->thin.generation : 0;
	error = cs_volume_key_reread(reading->folder, number, generation, reading->vault, reading->keys);
	reading->keyed = error == CS_OK;
	if (error == CS_OK || error == CS_E_OPEN)
		return CS_OK;
	error = stop(reading, CS_PAGE_SEAL, error == CS_E_FORMAT ? CS_OK : error);
	reading->onward = ON_KEYLESS;
	return error;
}

/* Up to CAP bytes at the reading's place. */
enum cs_error
cs_reading_fetch(struct cs_reading *reading, size_t cap, struct cs_span *out)
{
	if (reading->whole) {
		/* A damaged length may have led behind the end. */
		uint64_t at = reading->offset < reading->whole_len ? reading->offset : reading->whole_len;
		uint64_t left = reading->whole_len - at;
		*out = (struct cs_span){reading->whole + at, left < cap ? (size_t)left : cap};
		return CS_OK;
	}
	size_t got = 0;
	CS_TRY(cs_disk_read(reading->file, reading->bytes, cap, reading->offset, &got));
	*out = (struct cs_span){reading->bytes, got};
	return CS_OK;
}

/* Whether PAGE begins with a head of the journal and the key that signed the beginning. */
static bool
is_signers(const struct cs_page *page, const struct cs_beginning *beginning)
{
	struct cs_page_walk walk = {page, NULL, 0, 0, 0};
	struct cs_record record;
	struct cs_journal_head head;
	return cs_page_next(&walk, &record) && record.kind == CS_RECORD_HEAD &&
	       cs_journal_head_read(record.open, &head) && memcmp(head.id, beginning->id, sizeof head.id) == 0 &&
	       memcmp(head.public_key, beginning->public_key, sizeof head.public_key) == 0;
}

/* FAULT was found with the first page there is. */
static enum cs_page_fault
judge_first(const struct cs_reading *reading, enum cs_page_fault fault)
{
	const struct cs_page *page = &reading->page;
	bool elsewhere = fault == CS_PAGE_CHAIN && page->place.number != reading->origin.number;
	bool others = fault == CS_PAGE_OK && reading->begun && !is_signers(page, &reading->beginning);
	return elsewhere || others ? CS_PAGE_BEGINNING : fault;
}

static enum cs_error
check_page(struct cs_reading *reading)
{
	struct cs_page *page = &reading->page;
	bool first = reading->anchored && reading->place.number == reading->origin.number;
	if (page->place.volume != reading->shelf.number[reading->nth])
		return stop(reading, CS_PAGE_VOLUME, CS_OK);
	if (!reading->anchored) {
		reading->place = page->place;
		reading->anchored = true;
	}
	enum cs_page_fault fault = reading->form->follows(page, &reading->place, reading->hasher);
	if (first)
		fault = judge_first(reading, fault);
	reading->page_plain = reading->keyed ? reading->plain : NULL;
	if (fault == CS_PAGE_OK && reading->keyed)
		fault = reading->form->unseal(page, reading->keys, reading->plain);
	if (fault == CS_PAGE_OK && reading->keyed && reading->deep)
		fault = reading->form->matches(page, reading->keys, reading->plain, reading->hasher);
	return fault == CS_PAGE_OK ? CS_OK : stop(reading, fault, CS_OK);
}

static void
count_gone(struct cs_reading *reading)
{
	const struct cs_page *page = &reading->page;
	reading->gone.record_n += page->record_n - page->here_n;
	if (!cs_page_lost_inputs(page))
		return;
	if (!reading->gone.next_seq)
		reading->gone.from_seq = page->place.first;
	reading->gone.next_seq = page->place.first + page->record_n;
	reading->gone.wall_ns = reading->thin.wall_ns;
}

void
cs_reading_pass(struct cs_reading *reading)
{
	const struct cs_page *page = &reading->page;
	count_gone(reading);
	reading->place.number = page->place.number + 1;
	reading->place.first = page->place.first + page->record_n;
	reading->place.previous = cs_page_chain(page, reading->hasher);
	reading->offset += page->len;
}

/* Passes the page with this HEAD when nobody wants it. Where anything seems wrong, it is read like any other, which tells. */
static bool
pass_quiet(struct cs_reading *reading, struct cs_span head)
{
	struct cs_page *page = &reading->page;
	if (reading->place.first < reading->quiet_seq || reading->place.first >= reading->quiet_until_seq)
		return false;
	if (!reading->anchored || reading->form != &cs_page_written || !cs_page_length(head.at))
		return false;
	cs_page_head(head.at, page);
	if (!cs_page_stands(page, &reading->place) || page->place.volume != reading->place.volume ||
	    page->place.first + page->record_n > reading->quiet_until_seq)
		return false;
	cs_reading_pass(reading);
	return true;
}

/* The page at the reading's place. CS_AGAIN: it was passed; CS_END at the end of the volume. */
static enum cs_error
read_page(struct cs_reading *reading)
{
	struct cs_span bytes;
	const struct cs_page_form *form = reading->form;
	enum cs_error error = cs_reading_fetch(reading, form->head_bytes, &bytes);
	if (error != CS_OK)
		return stop(reading, CS_PAGE_OK, error);
	if (bytes.len == 0)
		return CS_END;
	if (bytes.len == form->head_bytes && pass_quiet(reading, bytes))
		return CS_AGAIN;
	if (bytes.len == form->head_bytes && form->length(bytes.at))
		error = cs_reading_fetch(reading, form->length(bytes.at), &bytes);
	if (error != CS_OK)
		return stop(reading, CS_PAGE_OK, error);
	enum cs_page_fault fault = form->read(bytes, &reading->page);
	if (fault != CS_PAGE_OK)
		return stop(reading, fault, CS_OK);
	return check_page(reading);
}

void
cs_reading_expect(struct cs_reading *reading, uint64_t seq)
{
	reading->expected_seq = seq;
}

void
cs_reading_quiet(struct cs_reading *reading, uint64_t seq, uint64_t until_seq)
{
	reading->quiet_seq = seq;
	reading->quiet_until_seq = until_seq;
}

/* Whether the folder must be listed to know that nothing follows: mostly the next volume has the next number, and to ask
 * for that one costs the same however many there are. A number may be left out, though, so the first end a reading meets
 * is looked at closely, one that comes too early, and of many one now and then. */
static bool
wants_list(struct cs_reading *reading)
{
	uint32_t next = reading->shelf.number[reading->nth] + 1;
	bool closely = reading->end_n == 0 || reading->place.first < reading->expected_seq;
	reading->end_n = closely || reading->end_n == ENDS_UNLISTED_MAX ? 1 : reading->end_n + 1;
	return reading->end_n == 1 || cs_volume_may_be(reading->folder, next);
}

/* Looks whether the process that writes has begun another volume since. CS_END: it has not. */
static enum cs_error
next_volume(struct cs_reading *reading)
{
	if (reading->nth + 1 == reading->shelf.n) {
		struct cs_shelf shelf;
		uint32_t last = reading->shelf.number[reading->nth];
		if (!wants_list(reading))
			return CS_END;
		enum cs_error error = cs_shelf_list(reading->folder, &shelf);
		if (error != CS_OK || !shelf.n || shelf.number[shelf.n - 1] <= last) {
			cs_shelf_fini(&shelf);
			return error == CS_OK ? CS_END : error;
		}
		cs_shelf_fini(&reading->shelf);
		reading->shelf = shelf;
		CS_TRY(read_beginning(reading));
		reading->nth = 0;
		while (reading->shelf.number[reading->nth] < last)
			reading->nth++;
		/* What was written to the old volume meanwhile is read before the new one is begun. */
		if (reading->shelf.number[reading->nth] == last)
			return CS_AGAIN;
		reading->nth--;
	}
	cs_reading_leave_volume(reading);
	reading->nth++;
	return CS_OK;
}

enum cs_error
cs_reading_page(struct cs_reading *reading, const struct cs_page **page, const uint8_t **plain)
{
	for (;;) {
		if (!reading->opened)
			CS_TRY(cs_reading_enter_volume(reading));
		enum cs_error error = read_page(reading);
		if (error == CS_OK) {
			cs_reading_pass(reading);
			*page = &reading->page;
			*plain = reading->page_plain;
			return CS_OK;
		}
		if (error == CS_AGAIN)
			continue;
		if (error != CS_END)
			return error;
		error = next_volume(reading);
		if (error != CS_OK && error != CS_AGAIN)
			return error;
	}
}

enum cs_error
cs_reading_next(struct cs_reading *reading, struct cs_record *out)
{
	for (;;) {
		while (reading->walk.page && cs_page_next(&reading->walk, out))
			if (out->seq >= reading->from_seq)
				return CS_OK;
		const struct cs_page *page;
		const uint8_t *plain;
		reading->walk.page = NULL;
		CS_TRY(cs_reading_page(reading, &page, &plain));
		reading->walk = (struct cs_page_walk){page, plain, 0, 0, 0};
	}
}

enum cs_error
cs_reading_enter(struct cs_reading *reading, uint32_t volume)
{
	uint32_t nth = 0;
	while (nth < reading->shelf.n && reading->shelf.number[nth] != volume)
		nth++;
	if (nth == reading->shelf.n)
		return CS_E_OPEN;
	cs_reading_leave_volume(reading);
	reading->nth = nth;
	reading->walk.page = NULL;
	reading->from_seq = 0;
	reading->gone = (struct cs_reading_gone){0};
	reading->anchored = volume == 1; /* it holds page 0, if it is there */
	reading->place = (struct cs_page_place){0};
	return CS_OK;
}

/* The last volume that begins at SEQ or before. */
static enum cs_error
find_volume(const struct cs_reading *reading, uint64_t seq, uint32_t *out)
{
	uint32_t low = first_row(reading), high = reading->shelf.n;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		uint64_t first = 0;
		enum cs_error error = cs_volume_first(reading->folder, reading->shelf.number[middle], &first);
		/* A volume that was begun and holds nothing yet, or whose head a crash tore, lies behind everything; one
		 * that is damaged is told of when it is come to. */
		if (error != CS_OK && error != CS_END && error != CS_E_TRUNCATED && error != CS_E_FORMAT)
			return error;
		if (error != CS_OK || first > seq)
			high = middle;
		else
			low = middle;
	}
	*out = low;
	return CS_OK;
}

/* Passes over whole pages before SEQ by their heads alone. */
static enum cs_error
pass_over(struct cs_reading *reading, uint64_t seq)
{
	const struct cs_page_form *form = reading->form;
	for (;;) {
		struct cs_span bytes;
		struct cs_page page;
		CS_TRY(cs_reading_fetch(reading, form->head_bytes, &bytes));
		if (bytes.len < form->head_bytes || !form->length(bytes.at))
			return CS_OK;
		cs_page_head(bytes.at + form->page_head_at, &page);
		if (page.place.first + page.record_n > seq)
			return CS_OK;
		reading->offset += form->length(bytes.at);
	}
}

enum cs_error
cs_reading_seek(struct cs_reading *reading, uint64_t seq)
{
	uint32_t nth = 0;
	CS_TRY(find_volume(reading, seq, &nth));
	cs_reading_leave_volume(reading);
	reading->nth = nth;
	reading->walk.page = NULL;
	reading->from_seq = seq;
	reading->gone = (struct cs_reading_gone){0};
	reading->anchored = nth == first_row(reading);
	reading->place = reading->anchored ? reading->origin : (struct cs_page_place){0};
	CS_TRY(cs_reading_enter_volume(reading));
	uint64_t offset = reading->offset;
	if (seq)
		CS_TRY(pass_over(reading, seq));
	if (reading->offset == offset)
		return CS_OK;
	reading->anchored = false;
	reading->place = (struct cs_page_place){.volume = reading->place.volume};
	return CS_OK;
}

enum cs_error
cs_reading_is_cut(const struct cs_reading *reading, bool *cut)
{
	enum cs_error error = CS_END;
	uint64_t seq = 0;
	for (uint32_t nth = first_row(reading); error == CS_END && nth < reading->shelf.n; nth++)
		error = cs_volume_first(reading->folder, reading->shelf.number[nth], &seq);
	bool known = error == CS_OK;
	if (!known && error != CS_END && error != CS_E_TRUNCATED && error != CS_E_FORMAT)
		return error;
	*cut = known && seq != reading->origin.first;
	return CS_OK;
}

const struct cs_beginning *
cs_reading_beginning(const struct cs_reading *reading)
{
	return reading->begun ? &reading->beginning : NULL;
}

const struct cs_reading_fault *
cs_reading_fault_of(const struct cs_reading *reading)
{
	return &reading->fault;
}

const struct cs_reading_gone *
cs_reading_gone(const struct cs_reading *reading)
{
	return &reading->gone;
}

const struct cs_thin_about *
cs_reading_thin(const struct cs_reading *reading)
{
	return reading->opened && reading->form == &cs_thin_form ? &reading->thin : NULL;
}

struct cs_page_place
cs_reading_place(const struct cs_reading *reading)
{
	return reading->place;
}

uint64_t
cs_reading_offset(const struct cs_reading *reading)
{
	return reading->offset;
}

const struct cs_page_keys *
cs_reading_keys(const struct cs_reading *reading)
{
	return reading->keyed ? reading->keys : NULL;
}
