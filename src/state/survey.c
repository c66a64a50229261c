/*
 * Volumes follow one another: where the next one begins, the one before ends. So only the last is read to its end. Times
 * are taken from pages with events or alerts; a note may have been put long after what stands around it.
 */
#include "state/survey.h"

#include "state/reading.h"

#include <stdlib.h>

enum { PEEK_BYTES = 4 * 1024 * 1024, PEEK_BYTES_FIRST = 256 * 1024 };

/* ---- sizes ---- */

struct sum {
	const char *folder;
	const char *sub;
	uint64_t bytes;
};

static uint64_t
size_of(const char *path)
{
	uint64_t size = 0;
	int file = -1;
	if (cs_disk_open(path, CS_DISK_READ, &file) != CS_OK)
		return 0;
	enum cs_error error = cs_disk_size(file, &size);
	cs_disk_close(file);
	return error == CS_OK ? size : 0;
}

static void
add_size(void *context, const char *name)
{
	struct sum *sum = context;
	char path[CS_VOLUME_PATH_BYTES];
	if (cs_volume_beside(sum->folder, sum->sub, name, path) == CS_OK)
		sum->bytes += size_of(path);
}

bool
cs_survey_has_no_age(const struct cs_surveyed *volume)
{
	bool silent = volume->readable ? volume->holds && !volume->to_ns : volume->bytes > 0;
	return silent && volume->keyed;
}

enum cs_error
cs_survey_bytes(const char *folder, const char *sub, uint64_t *out)
{
	char path[CS_VOLUME_PATH_BYTES];
	struct sum sum = {folder, sub, 0};
	CS_TRY(cs_volume_beside(folder, sub, NULL, path));
	enum cs_error error = cs_disk_list(path, add_size, &sum);
	if (error != CS_OK && (error != CS_E_OPEN || !sub))
		return error;
	*out = sum.bytes;
	return CS_OK;
}

static enum cs_error
add_up(const char *folder, uint64_t *out)
{
	static const char *const subs[] = {NULL, "keys", "snapshots", "sinks", "torn", "inbox"};
	uint64_t all = 0, part = 0;
	for (unsigned i = 0; i < sizeof subs / sizeof subs[0]; i++) {
		CS_TRY(cs_survey_bytes(folder, subs[i], &part));
		all += part;
	}
	*out = all;
	return CS_OK;
}

/* ---- one volume ---- */

static bool
has_time(unsigned kind)
{
	return kind == CS_RECORD_ALERT || (cs_record_is_input(kind) && kind != CS_RECORD_POLICY);
}

/* What RECORD itself says of its time, on a page without a base time, to which times in records are relative; 0: nothing. */
static uint64_t
own_time(const struct cs_record *record)
{
	struct cs_cursor c = cs_cursor_over(record->open);
	int64_t time_ns = 0;
	if (record->kind == CS_RECORD_START || record->kind == CS_RECORD_GAP || record->kind == CS_RECORD_TELL)
		(void)cs_unpack_varint(&c); /* the link */
	if (record->kind == CS_RECORD_TELL)
		(void)cs_unpack_u32(&c); /* reason, severity, verdict */
	if (record->kind == CS_RECORD_EVENT && cs_cursor_u8(&c) > 1)
		return 0; /* a tick or the event stands behind it, and either begins with its time */
	if (record->kind == CS_RECORD_GAP) {
		(void)cs_cursor_u8(&c);
		(void)cs_unpack_u64(&c);
		time_ns = (int64_t)cs_unpack_u64(&c);
	} else if (record->kind == CS_RECORD_START || record->kind == CS_RECORD_TELL ||
		   record->kind == CS_RECORD_EVENT || record->kind == CS_RECORD_TICK) {
		time_ns = cs_unpack_signed(&c);
	}
	return c.failed || time_ns < 0 ? 0 : (uint64_t)time_ns;
}

struct times {
	bool holds;              /* events or alerts, or did */
	uint64_t from_ns, to_ns; /* 0: nothing tells */
};

/* The time of a page that holds events or alerts, or did, is its base time. The first page of a journal begins with what has no
 * time, and so has no base: there its records are asked. */
static struct times
times_of(const struct cs_page *page)
{
	struct cs_page_walk walk = {page, NULL, 0, 0, 0};
	struct times times = {.from_ns = page->base_ns, .to_ns = page->base_ns};
	struct cs_record record;
	for (unsigned kind = 0; kind < CS_RECORD_N; kind++)
		times.holds |= (page->gone_kinds >> kind & 1) && has_time(kind);
	while (!(page->base_ns && times.holds) && cs_page_next(&walk, &record)) {
		uint64_t time_ns = page->base_ns ? 0 : own_time(&record);
		times.holds |= has_time(record.kind);
		if (time_ns && (!times.from_ns || time_ns < times.from_ns))
			times.from_ns = time_ns;
		times.to_ns = time_ns > times.to_ns ? time_ns : times.to_ns;
	}
	return times;
}

static void
take_page(struct cs_surveyed *volume, const struct cs_page *page)
{
	if (!volume->readable) {
		volume->readable = true;
		volume->first_page = page->place.number;
		volume->first_seq = page->place.first;
		volume->previous = page->place.previous;
	}
	volume->next_seq = page->place.first + page->record_n;
	struct times times = times_of(page);
	if (!times.holds)
		return;
	volume->holds = true;
	volume->from_ns = volume->from_ns ? volume->from_ns : times.from_ns;
	volume->to_ns = times.to_ns > volume->to_ns ? times.to_ns : volume->to_ns;
}

/* The pages at the beginning, up to the first that tells a time. False: more bytes might tell. */
static bool
take_first_pages(struct cs_surveyed *volume, struct cs_span bytes)
{
	bool thin = volume->form == CS_VOLUME_THIN;
	size_t skip = thin ? CS_THIN_FILE_BYTES : 0;
	struct cs_page page;
	if (bytes.len < skip)
		return false;
	for (bytes.at += skip, bytes.len -= skip; !volume->from_ns; bytes.at += page.len, bytes.len -= page.len) {
		if ((thin ? cs_thin_read(bytes, &page) : cs_page_read(bytes, &page)) != CS_PAGE_OK)
			break;
		take_page(volume, &page);
	}
	return volume->from_ns || bytes.len == 0;
}

static void
take_thin(struct cs_surveyed *volume, struct cs_span bytes)
{
	struct cs_thin_about about;
	if (volume->form != CS_VOLUME_THIN || !cs_thin_about_read(bytes, &about))
		return;
	volume->generation = about.generation;
	volume->gone_kinds = about.gone_kinds;
	volume->gone_n = about.gone_n;
	volume->thinned_ns = about.wall_ns;
}

static enum cs_error
peek(struct cs_surveyed *volume, const char *path)
{
	uint8_t *at = malloc(PEEK_BYTES);
	bool enough = false;
	enum cs_error error = at ? CS_OK : CS_E_MEMORY;
	for (size_t cap = PEEK_BYTES_FIRST, got = 0; error == CS_OK && !enough && cap <= PEEK_BYTES; cap *= 4) {
		error = cs_volume_peek(path, at, cap, &got);
		if (error == CS_OK)
			take_thin(volume, (struct cs_span){at, got});
		enough = error == CS_OK && (take_first_pages(volume, (struct cs_span){at, got}) || got < cap);
	}
	free(at);
	return error == CS_E_FORMAT ? CS_OK : error; /* it is not readable, which is said */
}

/* The form that is read, and the size of all. */
static enum cs_error
find_form(const char *folder, struct cs_surveyed *volume, char path[CS_VOLUME_PATH_BYTES])
{
	bool found = false;
	for (int form = CS_VOLUME_THIN; form >= CS_VOLUME_PLAIN; form--) {
		char its[CS_VOLUME_PATH_BYTES];
		int file = -1;
		CS_TRY(cs_volume_path(folder, volume->number, (enum cs_volume_form)form, its));
		enum cs_error error = cs_disk_open(its, CS_DISK_READ, &file);
		cs_disk_close(file);
		if (error == CS_E_OPEN)
			continue;
		CS_TRY(error);
		found = true;
		volume->form = (enum cs_volume_form)form;
		volume->bytes += size_of(its);
		memcpy(path, its, sizeof its);
	}
	return found ? CS_OK : CS_E_OPEN;
}

enum cs_error
cs_survey_one(const char *folder, uint32_t number, struct cs_surveyed *out)
{
	char path[CS_VOLUME_PATH_BYTES];
	*out = (struct cs_surveyed){.number = number};
	CS_TRY(find_form(folder, out, path));
	CS_TRY(peek(out, path));
	out->next_seq = out->to_ns = 0;
	return cs_volume_keyed(folder, number, out->generation, &out->keyed);
}

/* Reads a volume to its end, or to where it goes wrong. */
static enum cs_error
read_whole(const char *folder, struct cs_surveyed *volume)
{
	struct cs_reading_wish wish = {folder, NULL, false};
	struct cs_reading *reading;
	const struct cs_page *page;
	const uint8_t *plain;
	CS_TRY(cs_reading_open(&wish, &reading));
	enum cs_error error = cs_reading_enter(reading, volume->number);
	while (error == CS_OK && cs_reading_page(reading, &page, &plain) == CS_OK &&
	       page->place.volume == volume->number)
		take_page(volume, page);
	cs_reading_close(reading);
	return error == CS_E_OPEN ? CS_OK : error;
}

/* ---- all ---- */

static enum cs_error
survey_all(const char *folder, const struct cs_shelf *shelf, struct cs_survey *survey)
{
	survey->volume = calloc(shelf->n, sizeof *survey->volume);
	if (!survey->volume)
		return CS_E_MEMORY;
	for (uint32_t i = 0; i < shelf->n; i++) {
		enum cs_error error = cs_survey_one(folder, shelf->number[i], &survey->volume[survey->n]);
		survey->n += error == CS_OK;
		if (error != CS_OK && error != CS_E_OPEN) /* let go of meanwhile */
			return error;
	}
	return survey->n ? CS_OK : CS_E_OPEN;
}

/* Where each ends is where the next begins; events are in the order of their time. */
static enum cs_error
join(const char *folder, struct cs_survey *survey)
{
	uint64_t next_seq = 0, later_ns = 0;
	bool last = true;
	for (uint32_t i = survey->n; i-- > 0;) {
		struct cs_surveyed *volume = &survey->volume[i];
		bool ends = last || !later_ns;
		if (ends)
			CS_TRY(read_whole(folder, volume));
		if (!last)
			volume->next_seq = next_seq;
		if (volume->holds && later_ns)
			volume->to_ns = later_ns > volume->from_ns ? later_ns : volume->from_ns;
		later_ns = volume->from_ns ? volume->from_ns : later_ns;
		survey->last_ns = volume->to_ns > survey->last_ns ? volume->to_ns : survey->last_ns;
		next_seq = volume->readable ? volume->first_seq : next_seq;
		last = false;
	}
	return CS_OK;
}

enum cs_error
cs_survey_make(const char *folder, struct cs_survey *out)
{
	struct cs_shelf shelf;
	*out = (struct cs_survey){0};
	enum cs_error error = cs_shelf_list(folder, &shelf);
	if (error == CS_OK)
		error = shelf.n ? survey_all(folder, &shelf, out) : CS_E_OPEN;
	cs_shelf_fini(&shelf);
	CS_TRY(error);
	CS_TRY(join(folder, out));
	return add_up(folder, &out->bytes);
}

void
cs_survey_fini(struct cs_survey *survey)
{
	free(survey->volume);
	*survey = (struct cs_survey){0};
}
