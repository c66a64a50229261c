/*
 * Files of watch lists. Invariant: what comes out of the store has the hash it was asked for by.
 */
#include "engine/list_files.h"

#include "base/pack.h"
#include "base/text.h"
#include "engine/links.h"
#include "io/disk.h"
#include "io/file.h"
#include "io/folder.h"
#include "screen/list_sound.h"

#include <stdlib.h>

enum { PPM = 1000000, NOTE_BYTES_MAX = 8 + 8 + 1 + CS_WATCH_LIST_FILES_MAX * CS_DIGEST_BYTES };

static const uint8_t formats[CS_WATCHED_FORMATS] = {
#define X(symbol, word) [CS_WATCHED_##symbol] = CS_WATCH_LIST_##symbol,
#include "policy/watched_format.def"
#undef X
};

_Static_assert(CS_WATCHED_FORMATS + 1 == CS_WATCH_LIST_FORMATS, "a format of screening is lacking in policies");
_Static_assert((unsigned)CS_WATCHED_FILES_MAX == (unsigned)CS_WATCH_LIST_FILES_MAX, "as many files");

enum cs_watch_list_format
cs_list_files_format(enum cs_watched_format format)
{
	return (enum cs_watch_list_format)formats[format];
}

/* ---- where they lie ---- */

static enum cs_error
copy_paths(const struct cs_policy *policy, const struct cs_watched_clause *clause, struct cs_list_where *out)
{
	char path[CS_LIST_PATH_BYTES];
	for (unsigned i = 0; i < clause->source_n; i++) {
		CS_TRY(cs_links_beside(policy->path, clause->source[i], path, sizeof path));
		if (!(out->path[i] = strdup(path)))
			return CS_E_MEMORY;
		out->path_n = i + 1;
	}
	return CS_OK;
}

enum cs_error
cs_list_files_where(const struct cs_policy *policy, unsigned nth, struct cs_list_where *out)
{
	const struct cs_watched_clause *clause = &policy->watched[nth];
	const char *why = NULL;
	*out = (struct cs_list_where){
		.format = cs_list_files_format(clause->format),
		.stale_ns = clause->stale_ns,
		.refresh_ns = clause->refresh_ns,
		.shrink_ppm = clause->shrink_ppm,
	};
	struct cs_text name = cs_text_over(out->name, sizeof out->name);
	cs_text_put(&name, clause->name);
	if (clause->map && !(out->mapping = strdup(clause->map)))
		return CS_E_MEMORY;
	if (out->mapping && !cs_watch_list_map(cs_span_text(out->mapping), &out->map, &why))
		return CS_E_FORMAT;
	return copy_paths(policy, clause, out);
}

void
cs_list_files_where_free(struct cs_list_where *where)
{
	for (unsigned i = 0; i < where->path_n; i++)
		free(where->path[i]);
	free(where->mapping);
	*where = (struct cs_list_where){0};
}

bool
cs_list_files_where_same(const struct cs_list_where *a, const struct cs_list_where *b)
{
	bool same = strcmp(a->name, b->name) == 0 && a->format == b->format && a->path_n == b->path_n &&
		    !a->mapping == !b->mapping && (!a->mapping || strcmp(a->mapping, b->mapping) == 0);
	for (unsigned i = 0; same && i < a->path_n; i++)
		same = strcmp(a->path[i], b->path[i]) == 0;
	return same;
}

/* ---- reading ---- */

enum cs_error
cs_list_files_at(const char *path, char room[CS_LIST_PATH_BYTES], const char **out)
{
	char folder[CS_LIST_PATH_BYTES];
	size_t len = strlen(path);
	*out = path;
	if (len < 2 || path[len - 1] != '/')
		return CS_OK;
	if (len > sizeof folder)
		return CS_E_LIMIT;
	memcpy(folder, path, len - 1);
	folder[len - 1] = '\0';
	*out = room;
	return cs_folder_newest(folder, room, CS_LIST_PATH_BYTES);
}

static enum cs_error
read_one(const char *told, unsigned i, struct cs_hasher *hasher, struct cs_list_files *out)
{
	char room[CS_LIST_PATH_BYTES];
	const char *path = told;
	int file = -1;
	CS_TRY(cs_list_files_at(told, room, &path));
	CS_TRY(cs_file_open_read(path, &file));
	uint64_t changed_ns = cs_file_changed_ns(file);
	enum cs_error error = cs_file_read_rest(file, CS_LIST_FILES_BYTES_MAX, &out->file[i]);
	cs_file_close(file);
	if (error != CS_OK)
		return error;
	if (i == 0 || changed_ns < out->changed_ns)
		out->changed_ns = changed_ns;
	out->digest[i] = cs_digest_of(hasher, out->file[i]);
	out->n = i + 1;
	return CS_OK;
}

enum cs_error
cs_list_files_read(const struct cs_list_where *where, struct cs_hasher *hasher, struct cs_list_files *out,
		   const char **failed)
{
	enum cs_error error = CS_OK;
	*out = (struct cs_list_files){0};
	for (unsigned i = 0; i < where->path_n && error == CS_OK; i++) {
		*failed = where->path[i];
		error = read_one(where->path[i], i, hasher, out);
	}
	if (error != CS_OK)
		cs_list_files_free(out);
	return error;
}

void
cs_list_files_free(struct cs_list_files *files)
{
	for (unsigned i = 0; i < files->n; i++)
		cs_file_free(files->file[i]);
	*files = (struct cs_list_files){0};
}

bool
cs_list_files_shrunk(const struct cs_list_where *where, uint64_t before_n, uint64_t entry_n)
{
	uint64_t lost_n = before_n > entry_n ? before_n - entry_n : 0;
	return lost_n >= CS_LIST_FILES_SHRINK_LEAST && lost_n * PPM > before_n * where->shrink_ppm;
}

bool
cs_list_files_same(const struct cs_list_files *a, const struct cs_list_files *b)
{
	bool same = a->n == b->n;
	for (unsigned i = 0; same && i < a->n; i++)
		same = cs_digest_same(&a->digest[i], &b->digest[i]);
	return same;
}

static struct cs_watch_list_source
source_of(const struct cs_list_where *where, const struct cs_list_files *files)
{
	return (struct cs_watch_list_source){where->format, files->file, files->n, where->mapping ? &where->map : NULL};
}

enum cs_error
cs_list_files_entries(const struct cs_list_where *where, const struct cs_list_files *files, cs_watch_list_taker *take,
		      void *context, struct cs_watch_list_report *report)
{
	const struct cs_watch_list_source source = source_of(where, files);
	return cs_list_sound_read(&source, take, context, report);
}

static enum cs_error
pass_over(void *context, const struct cs_entry *entry)
{
	(void)context;
	(void)entry;
	return CS_OK;
}

enum cs_error
cs_list_files_count(const struct cs_list_where *where, const struct cs_list_files *files,
		    struct cs_watch_list_report *report)
{
	return cs_list_files_entries(where, files, pass_over, NULL, report);
}

static enum cs_error
add(void *context, const struct cs_entry *entry)
{
	const struct cs_list_filling *filling = context;
	return cs_roll_builder_add(filling->builder, filling->list, entry);
}

enum cs_error
cs_list_files_fill(const struct cs_list_where *where, const struct cs_list_files *files,
		   struct cs_list_filling *filling, struct cs_watch_list_report *report)
{
	const struct cs_watch_list_source source = source_of(where, files);
	return cs_watch_list_read(&source, add, filling, report);
}

/* ---- the store ---- */

static bool
put_path(char out[CS_LIST_PATH_BYTES], const char *store, const struct cs_digest *digest)
{
	struct cs_text text = cs_text_over(out, CS_LIST_PATH_BYTES);
	cs_text_put(&text, store);
	cs_text_put(&text, "/");
	cs_text_put_hex_small(&text, (struct cs_span){digest->at, CS_DIGEST_BYTES});
	return !text.overflowed;
}

static bool
put_note_path(char out[CS_LIST_PATH_BYTES], const char *store, const char *name)
{
	struct cs_text text = cs_text_over(out, CS_LIST_PATH_BYTES);
	cs_text_put(&text, store);
	cs_text_put(&text, "/");
	cs_text_put(&text, name);
	cs_text_put(&text, ".last");
	return !text.overflowed;
}

/* Whether it is there, and young from now on; and no one is about to remove it. One that cannot be changed by this user is not removed
 * by one like it, either. */
static enum cs_error
stays(const char *path, bool *there)
{
	uint64_t bytes = 0;
	int file = -1;
	*there = cs_folder_has(path);
	if (!*there || cs_disk_open(path, CS_DISK_WRITE, &file) != CS_OK)
		return CS_OK;
	enum cs_error error = cs_disk_lock(file);
	if (error == CS_OK)
		error = cs_disk_size(file, &bytes);
	if (error == CS_OK && cs_disk_cut(file, bytes) != CS_OK) /* of a full disk: as old as it is */
		error = CS_OK;
	*there = cs_folder_has(path);
	cs_disk_close(file);
	return error;
}

enum cs_error
cs_list_files_keep(const char *store, const struct cs_digest *digest, struct cs_span bytes)
{
	char path[CS_LIST_PATH_BYTES];
	if (!put_path(path, store, digest))
		return CS_E_LIMIT;
	bool there = false;
	CS_TRY(stays(path, &there));
	if (there)
		return CS_OK;
	CS_TRY(cs_disk_folder(store));
	CS_TRY(cs_folder_write(path, bytes, CS_FOLDER_MODE_FILE));
	return cs_disk_sync_folder(store);
}

enum cs_error
cs_list_files_kept(const char *store, const struct cs_digest *digest, struct cs_hasher *hasher, struct cs_span *out)
{
	char path[CS_LIST_PATH_BYTES];
	struct cs_span bytes = {NULL, 0};
	if (!put_path(path, store, digest))
		return CS_E_LIMIT;
	CS_TRY(cs_folder_read(path, CS_LIST_FILES_BYTES_MAX, &bytes, NULL));
	struct cs_digest found = cs_digest_of(hasher, bytes);
	if (cs_digest_same(&found, digest)) {
		*out = bytes;
		return CS_OK;
	}
	cs_file_free(bytes);
	return CS_E_FORMAT;
}

enum cs_error
cs_list_files_note(const char *store, const char *name, const struct cs_list_files *files)
{
	char path[CS_LIST_PATH_BYTES];
	uint8_t note[NOTE_BYTES_MAX], *at = cs_pack_u64(cs_pack_u64(note, files->changed_ns), files->entry_n);
	if (!put_note_path(path, store, name))
		return CS_E_LIMIT;
	*at++ = (uint8_t)files->n;
	for (unsigned i = 0; i < files->n; i++)
		at = cs_pack_bytes(at, files->digest[i].at, CS_DIGEST_BYTES);
	CS_TRY(cs_folder_write(path, (struct cs_span){note, (size_t)(at - note)}, CS_FOLDER_MODE_FILE));
	return cs_disk_sync_folder(store);
}

/* All but the bytes; *N of them. */
static enum cs_error
read_digests(struct cs_span note, struct cs_list_files *out, unsigned *n)
{
	struct cs_cursor c = cs_cursor_over(note);
	*out = (struct cs_list_files){0};
	out->changed_ns = cs_unpack_u64(&c);
	out->entry_n = cs_unpack_u64(&c);
	*n = cs_cursor_u8(&c);
	if (c.failed || !*n || *n > CS_WATCH_LIST_FILES_MAX || cs_cursor_left(&c) != (size_t)*n * CS_DIGEST_BYTES)
		return CS_E_FORMAT;
	for (unsigned i = 0; i < *n; i++)
		(void)cs_unpack_bytes(&c, out->digest[i].at, CS_DIGEST_BYTES);
	return CS_OK;
}

enum cs_error
cs_list_files_noted_digests(const char *store, const char *name, struct cs_list_files *out)
{
	char path[CS_LIST_PATH_BYTES];
	struct cs_span note = {NULL, 0};
	struct cs_text text = cs_text_over(path, sizeof path);
	cs_text_put(&text, store);
	cs_text_put(&text, "/");
	cs_text_put(&text, name);
	CS_TRY(text.overflowed ? CS_E_LIMIT : cs_folder_read(path, NOTE_BYTES_MAX, &note, NULL));
	enum cs_error error = read_digests(note, out, &out->n);
	cs_file_free(note);
	return error;
}

static enum cs_error
read_note(struct cs_span note, const char *store, struct cs_hasher *hasher, struct cs_list_files *out)
{
	unsigned n = 0;
	CS_TRY(read_digests(note, out, &n));
	for (unsigned i = 0; i < n; i++) {
		CS_TRY(cs_list_files_kept(store, &out->digest[i], hasher, &out->file[i]));
		out->n = i + 1;
	}
	return CS_OK;
}

enum cs_error
cs_list_files_noted(const char *store, const char *name, struct cs_hasher *hasher, struct cs_list_files *out)
{
	char path[CS_LIST_PATH_BYTES];
	struct cs_span note = {NULL, 0};
	*out = (struct cs_list_files){0};
	if (!put_note_path(path, store, name))
		return CS_E_LIMIT;
	CS_TRY(cs_folder_read(path, NOTE_BYTES_MAX, &note, NULL));
	enum cs_error error = read_note(note, store, hasher, out);
	cs_file_free(note);
	if (error != CS_OK)
		cs_list_files_free(out);
	return error;
}

uint64_t
cs_list_files_noted_n(const char *store, const char *name)
{
	char path[CS_LIST_PATH_BYTES];
	struct cs_span note = {NULL, 0};
	if (!put_note_path(path, store, name) || cs_folder_read(path, NOTE_BYTES_MAX, &note, NULL) != CS_OK)
		return 0;
	struct cs_cursor c = cs_cursor_over(note);
	(void)cs_unpack_u64(&c);
	uint64_t entry_n = cs_unpack_u64(&c);
	cs_file_free(note);
	return entry_n;
}
