/*
 * In this order, each durable before the next: the new key, the thinned file under its own name, the old form gone, the old
 * key destroyed. Whatever happens in between, the volume is there whole in one form with its key; what is left undone is
 * seen from what lies there, and done by cs_thinning_finish.
 */
#include "state/thinning.h"

#include "io/secret.h"
#include "state/reading.h"

#include <stdlib.h>

static const char draft_name[] = "thinning.draft";

/* A volume under way. */
struct work {
	const struct cs_thinning_wish *wish;
	struct cs_reading *reading;
	struct cs_thinner *thinner;
	struct cs_page_keys *keys; /* of what stays */
	struct cs_thin_about about;
	uint64_t before_n; /* records that had gone before */
	uint64_t latest_ns;
	int file;
	char draft[CS_VOLUME_PATH_BYTES];
};

static enum cs_error
open_reading(struct work *work)
{
	struct cs_reading_wish wish = {work->wish->folder, work->wish->vault, true};
	CS_TRY(cs_reading_open(&wish, &work->reading));
	return cs_reading_enter(work->reading, work->wish->number);
}

/* The next page of the volume; CS_END behind its last. The next volume is not gone to: what is wrong there is no fault of this
 * one. */
static enum cs_error
next_page(struct work *work, const struct cs_page **page, const uint8_t **plain)
{
	uint64_t bytes = cs_reading_bytes(work->reading);
	if (bytes && cs_reading_offset(work->reading) >= bytes)
		return CS_END;
	CS_TRY(cs_reading_page(work->reading, page, plain));
	return (*page)->place.volume == work->wish->number ? CS_OK : CS_END;
}

/* Reads the volume through once: it must be sound, and old enough. */
static enum cs_error
look_through(struct work *work)
{
	const struct cs_page *page;
	const uint8_t *plain;
	enum cs_error error;
	while ((error = next_page(work, &page, &plain)) == CS_OK) {
		const struct cs_thin_about *thin = cs_reading_thin(work->reading);
		if (thin)
			work->about = *thin;
		work->latest_ns = page->base_ns > work->latest_ns ? page->base_ns : work->latest_ns;
	}
	if (error != CS_END)
		return error;
	work->before_n = work->about.gone_n;
	return work->latest_ns < work->wish->before_ns ? CS_OK : CS_AGAIN;
}

static enum cs_error
open_draft(struct work *work)
{
	CS_TRY(cs_volume_beside(work->wish->folder, NULL, draft_name, work->draft));
	enum cs_error error = cs_disk_remove(work->draft); /* of an earlier try */
	if (error != CS_OK && error != CS_E_OPEN)
		return error;
	return cs_disk_open(work->draft, CS_DISK_CREATE, &work->file);
}

static enum cs_error
write_entries(struct work *work)
{
	const struct cs_page *page;
	const uint8_t *plain;
	enum cs_error error;
	work->about.file_bytes = CS_THIN_FILE_BYTES;
	work->about.page_n = 0;
	while ((error = next_page(work, &page, &plain)) == CS_OK) {
		work->thinner->from = cs_reading_keys(work->reading);
		size_t len = cs_thinner_put(work->thinner, page, plain);
		if (!len)
			return CS_E_FORMAT;
		CS_TRY(cs_disk_write(work->file, work->thinner->entry, len, work->about.file_bytes));
		work->about.file_bytes += len;
		work->about.page_n++;
	}
	return error == CS_END ? CS_OK : error;
}

static enum cs_error
write_head(struct work *work)
{
	uint8_t head[CS_THIN_FILE_BYTES];
	work->about.gone_n = work->thinner->gone_n;
	cs_thin_about_put(&work->about, head);
	CS_TRY(cs_disk_write(work->file, head, sizeof head, 0));
	return cs_disk_sync(work->file);
}

/* A new key for what stays; none for a volume whose key was destroyed. */
static enum cs_error
renew_key(struct work *work)
{
	const struct cs_thinning_wish *wish = work->wish;
	bool keyed = false;
	CS_TRY(cs_volume_keyed(wish->folder, wish->number, work->about.generation, &keyed));
	if (!keyed)
		return CS_OK;
	work->about.generation++;
	return cs_volume_key_renew(wish->folder, wish->number, work->about.generation, wish->vault, work->keys);
}

static enum cs_error
make_draft(struct work *work)
{
	work->about.volume = work->wish->number;
	work->about.gone_kinds |= work->wish->kinds;
	work->about.wall_ns = work->wish->wall_ns;
	work->thinner->to = work->keys;
	work->thinner->kinds = work->about.gone_kinds;
	CS_TRY(cs_reading_enter(work->reading, work->wish->number));
	CS_TRY(open_draft(work));
	CS_TRY(write_entries(work));
	return write_head(work);
}

static enum cs_error
take_memory(struct work *work)
{
	work->thinner = calloc(1, sizeof *work->thinner);
	work->keys = cs_secret_memory(sizeof *work->keys);
	if (!work->thinner || !work->keys)
		return CS_E_MEMORY;
	work->thinner->hasher = cs_hasher_new();
	return work->thinner->hasher ? CS_OK : CS_E_MEMORY;
}

static void
give_back(struct work *work)
{
	cs_disk_close(work->file);
	cs_reading_close(work->reading);
	cs_secret_release(work->keys);
	if (work->thinner) {
		cs_hasher_free(work->thinner->hasher);
		explicit_bzero(work->thinner->plain, sizeof work->thinner->plain);
	}
	free(work->thinner);
}

static enum cs_error
make(struct work *work)
{
	CS_TRY(take_memory(work));
	CS_TRY(open_reading(work));
	CS_TRY(look_through(work));
	CS_TRY(renew_key(work));
	return make_draft(work);
}

enum cs_error
cs_thinning_look(const struct cs_thinning_wish *wish, struct cs_thinning *out)
{
	struct work work = {.wish = wish, .file = -1};
	enum cs_error error = open_reading(&work);
	if (error == CS_OK)
		error = look_through(&work);
	give_back(&work);
	*out = (struct cs_thinning){0, work.latest_ns};
	return error;
}

enum cs_error
cs_thinning_run(const struct cs_thinning_wish *wish, struct cs_thinning *out)
{
	char path[CS_VOLUME_PATH_BYTES];
	struct work work = {.wish = wish, .file = -1};
	enum cs_error error = make(&work);
	give_back(&work);
	out->latest_ns = work.latest_ns;
	CS_TRY(error);
	CS_TRY(cs_volume_path(wish->folder, wish->number, CS_VOLUME_THIN, path));
	CS_TRY(cs_disk_rename(work.draft, path));
	CS_TRY(cs_disk_sync_folder(wish->folder));
	out->gone_n = work.about.gone_n - work.before_n;
	return cs_thinning_finish(wish->folder, wish->number);
}

/* The head of the thinned form of a volume; CS_E_OPEN: there is none. */
static enum cs_error
read_about(const char *folder, uint32_t number, struct cs_thin_about *out)
{
	char path[CS_VOLUME_PATH_BYTES];
	uint8_t head[CS_THIN_FILE_BYTES];
	size_t got = 0;
	CS_TRY(cs_volume_path(folder, number, CS_VOLUME_THIN, path));
	CS_TRY(cs_volume_peek(path, head, sizeof head, &got));
	return cs_thin_about_read((struct cs_span){head, got}, out) ? CS_OK : CS_E_FORMAT;
}

enum cs_error
cs_thinning_finish(const char *folder, uint32_t number)
{
	struct cs_thin_about about;
	enum cs_error error = read_about(folder, number, &about);
	if (error != CS_OK)
		return error == CS_E_OPEN ? CS_OK : error;
	for (int form = CS_VOLUME_PLAIN; form < CS_VOLUME_THIN; form++) {
		char path[CS_VOLUME_PATH_BYTES];
		CS_TRY(cs_volume_path(folder, number, (enum cs_volume_form)form, path));
		error = cs_disk_remove(path);
		if (error != CS_OK && error != CS_E_OPEN)
			return error;
	}
	CS_TRY(cs_disk_sync_folder(folder));
	return cs_volume_key_outdate(folder, number, about.generation);
}
