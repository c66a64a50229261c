/*
 * Files in the order of their names, marked by what the journal says. Invariant: a file goes only while it is locked and older than a day;
 * who keeps bytes that are there already makes them young under the same lock (list_files.c), before any record names them.
 */
#include "engine/list_store.h"

#include "engine/damage.h"
#include "engine/list_files.h"
#include "engine/roster.h"
#include "io/disk.h"
#include "io/file.h"
#include "io/folder.h"
#include "state/reading.h"

#include <stdlib.h>

enum { HEX_DIGITS = 2 * CS_DIGEST_BYTES };

static const uint64_t day_ns = UINT64_C(86400000000000);

struct kept {
	struct cs_digest digest;
	uint64_t bytes;
	bool needed, young;
	enum cs_error error; /* CS_OK: it is those bytes, or that was not asked */
};

struct cs_list_store {
	char path[CS_LIST_PATH_BYTES];
	uint64_t now_ns;
	enum cs_error error; /* while its names are listed */
	size_t n, cap;
	struct kept *at;
	bool waits;                            /* the newest ROSTER has no NAMED yet */
	char unread[CS_LIST_STORE_NAME_BYTES]; /* the first note that cannot be read; "": all can */
	struct cs_hasher *hasher;
	struct cs_digest empty; /* of no bytes, which are not kept */
	struct cs_roster roster;
};

/* ---- what is there ---- */

static bool
read_name(const char *name, struct cs_digest *out)
{
	if (strlen(name) != HEX_DIGITS)
		return false;
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < HEX_DIGITS; i++) {
		const char *digit = strchr("0123456789abcdef", name[i]);
		if (!digit)
			return false;
		out->at[i / 2] = (uint8_t)(out->at[i / 2] << 4 | (digit - "0123456789abcdef"));
	}
	return true;
}

static void
put_path(const struct cs_list_store *store, const struct cs_digest *digest, char out[CS_LIST_PATH_BYTES])
{
	struct cs_text text = cs_text_over(out, CS_LIST_PATH_BYTES);
	cs_text_put(&text, store->path);
	cs_text_put(&text, "/");
	cs_text_put_hex_small(&text, (struct cs_span){digest->at, CS_DIGEST_BYTES});
	CS_ASSERT(!text.overflowed); /* the store's path is measured */
}

static bool
is_young(const struct cs_list_store *store, int file)
{
	uint64_t changed_ns = cs_file_changed_ns(file);
	return !changed_ns || changed_ns + day_ns > store->now_ns;
}

static enum cs_error
measure(const struct cs_list_store *store, struct kept *kept)
{
	char path[CS_LIST_PATH_BYTES];
	int file = -1;
	put_path(store, &kept->digest, path);
	CS_TRY(cs_disk_open(path, CS_DISK_READ, &file));
	enum cs_error error = cs_disk_size(file, &kept->bytes);
	kept->young = is_young(store, file);
	cs_disk_close(file);
	return error;
}

/* Room for one more; false: there is none, and the store says why. */
static bool
make_room(struct cs_list_store *store)
{
	if (store->n < store->cap)
		return true;
	size_t cap = store->cap ? 2 * store->cap : 256;
	struct kept *more = cap <= CS_LIST_STORE_FILES_MAX ? realloc(store->at, cap * sizeof *more) : NULL;
	store->error = cap > CS_LIST_STORE_FILES_MAX ? CS_E_LIMIT : more ? CS_OK : CS_E_MEMORY;
	if (!more)
		return false;
	store->at = more;
	store->cap = cap;
	return true;
}

static void
add(void *context, const struct cs_folder_entry *entry)
{
	struct cs_list_store *store = context;
	struct kept kept = {.needed = false};
	if (store->error != CS_OK || !entry->plain || !read_name(entry->name, &kept.digest) || !make_room(store))
		return;
	store->error = measure(store, &kept);
	store->at[store->n++] = kept;
}

/* ---- what is needed ---- */

static int
compare(const void *a, const void *b)
{
	return memcmp(((const struct kept *)a)->digest.at, ((const struct kept *)b)->digest.at, CS_DIGEST_BYTES);
}

static bool
need(struct cs_list_store *store, const struct cs_digest *digest)
{
	const struct kept wanted = {.digest = *digest};
	struct kept *kept = store->n ? bsearch(&wanted, store->at, store->n, sizeof wanted, compare) : NULL;
	if (kept)
		kept->needed = true;
	return kept;
}

/* What a record names that was not there stands in its place, so that it can be told. */
static void
need_on_record(struct cs_list_store *store, const struct cs_digest *digest)
{
	const struct kept lacking = {.digest = *digest, .needed = true};
	if (cs_digest_same(digest, &store->empty) || need(store, digest) || !make_room(store))
		return;
	size_t at = store->n++;
	for (; at && compare(&store->at[at - 1], &lacking) > 0; at--)
		store->at[at] = store->at[at - 1];
	store->at[at] = lacking;
}

static void
need_roster(struct cs_list_store *store)
{
	for (unsigned i = 0; i < store->roster.n; i++)
		for (unsigned k = 0; store->roster.list[i].there && k < store->roster.list[i].file_n; k++)
			need_on_record(store, &store->roster.list[i].file[k]);
	for (unsigned i = 0; i < store->roster.screen_n; i++)
		if (store->roster.decided[i].there)
			need_on_record(store, &store->roster.decided[i].digest);
	store->waits = false;
}

static bool
is_note(const char *name)
{
	static const char end[] = ".last";
	size_t len = strlen(name);
	return len >= sizeof end - 1 && strcmp(name + len - (sizeof end - 1), end) == 0;
}

/* A note that cannot be read may name any of them. */
static void
need_noted(void *context, const struct cs_folder_entry *entry)
{
	struct cs_list_store *store = context;
	struct cs_list_files files;
	if (!is_note(entry->name))
		return;
	if (entry->plain && cs_list_files_noted_digests(store->path, entry->name, &files) == CS_OK) {
		for (unsigned i = 0; i < files.n; i++)
			(void)need(store, &files.digest[i]);
	} else if (!store->unread[0]) {
		struct cs_text unread = cs_text_over(store->unread, sizeof store->unread);
		cs_text_put(&unread, entry->name);
	}
}

static enum cs_error
take(struct cs_list_store *store, const struct cs_record *record)
{
	uint64_t now_ns = 0;
	if (record->kind == CS_RECORD_NAMED && store->waits)
		need_roster(store);
	if (record->kind != CS_RECORD_ROSTER)
		return CS_OK;
	/* One of another version of this program may name what this one cannot read. */
	store->waits = cs_roster_read(record->open, &store->roster, &now_ns);
	return store->waits ? CS_OK : CS_E_FORMAT;
}

static enum cs_error
read_journal(struct cs_list_store *store, const char *folder)
{
	const struct cs_reading_wish wish = {folder, NULL, false};
	struct cs_reading *reading = NULL;
	struct cs_record record;
	CS_TRY(cs_reading_open(&wish, &reading));
	enum cs_error error = CS_OK;
	while (error == CS_OK) {
		error = cs_damage_next(reading, folder, &record);
		error = error == CS_E_TRUNCATED ? CS_E_FORMAT : error;
		if (error == CS_OK)
			error = take(store, &record);
	}
	cs_reading_close(reading);
	if (store->waits) /* it is in force, or was last */
		need_roster(store);
	return error == CS_END ? CS_OK : error;
}

static enum cs_error
look(struct cs_list_store *store, const char *folder)
{
	store->hasher = cs_hasher_new();
	if (!store->hasher)
		return CS_E_MEMORY;
	store->empty = cs_digest_of(store->hasher, (struct cs_span){NULL, 0});
	enum cs_error there = cs_folder_list(store->path, add, store);
	CS_TRY(there == CS_E_OPEN ? CS_OK : there); /* it may be gone with all that was needed */
	CS_TRY(store->error);
	if (store->n)
		qsort(store->at, store->n, sizeof store->at[0], compare);
	if (there == CS_OK)
		CS_TRY(cs_folder_list(store->path, need_noted, store));
	CS_TRY(read_journal(store, folder));
	CS_TRY(store->error);
	return store->n ? CS_OK : there;
}

enum cs_error
cs_list_store_look(const char *folder, uint64_t now_ns, struct cs_list_store **out)
{
	struct cs_list_store *store = calloc(1, sizeof *store);
	if (!store)
		return CS_E_MEMORY;
	store->now_ns = now_ns;
	struct cs_text path = cs_text_over(store->path, sizeof store->path - HEX_DIGITS - 1);
	cs_text_put(&path, folder);
	cs_text_put(&path, "/lists");
	enum cs_error error = path.overflowed ? CS_E_LIMIT : look(store, folder);
	if (error == CS_OK)
		*out = store;
	else
		cs_list_store_free(store);
	return error;
}

void
cs_list_store_free(struct cs_list_store *store)
{
	if (!store)
		return;
	cs_hasher_free(store->hasher);
	free(store->at);
	free(store);
}

static void
put_name(const struct kept *kept, char out[HEX_DIGITS + 1])
{
	struct cs_text text = cs_text_over(out, HEX_DIGITS + 1);
	cs_text_put_hex_small(&text, (struct cs_span){kept->digest.at, CS_DIGEST_BYTES});
}

enum cs_error
cs_list_store_prove(struct cs_list_store *store, void (*each)(void *context, const char *name, enum cs_error error),
		    void *context)
{
	for (size_t i = 0; i < store->n; i++) {
		struct kept *kept = &store->at[i];
		struct cs_span bytes = {NULL, 0};
		char name[HEX_DIGITS + 1];
		if (!kept->needed)
			continue;
		kept->error = cs_list_files_kept(store->path, &kept->digest, store->hasher, &bytes);
		cs_file_free(bytes);
		if (kept->error == CS_E_MEMORY)
			return CS_E_MEMORY;
		if (kept->error == CS_E_LIMIT) /* nothing so long was ever kept */
			kept->error = CS_E_FORMAT;
		put_name(kept, name);
		if (kept->error != CS_OK)
			each(context, name, kept->error);
	}
	return CS_OK;
}

/* ---- what goes ---- */

static bool
may_go(const struct cs_list_store *store, const struct kept *kept)
{
	return !kept->needed && !kept->young && !store->unread[0];
}

const char *
cs_list_store_unread(const struct cs_list_store *store)
{
	return store->unread[0] ? store->unread : NULL;
}

struct cs_list_store_sum
cs_list_store_sum_of(const struct cs_list_store *store)
{
	struct cs_list_store_sum sum = {0};
	for (size_t i = 0; i < store->n; i++) {
		const struct kept *kept = &store->at[i];
		bool gone = may_go(store, kept), young = kept->young && !kept->needed;
		if (kept->error != CS_OK) {
			*(kept->error == CS_E_OPEN ? &sum.missing_n : &sum.altered_n) += 1;
			continue;
		}
		uint64_t *n = gone ? &sum.gone_n : young ? &sum.young_n : &sum.kept_n;
		uint64_t *bytes = gone ? &sum.gone_bytes : young ? &sum.young_bytes : &sum.kept_bytes;
		*n += 1;
		*bytes += kept->bytes;
	}
	return sum;
}

void
cs_list_store_each(const struct cs_list_store *store, void (*each)(void *context, const char *name, uint64_t bytes),
		   void *context)
{
	for (size_t i = 0; i < store->n; i++) {
		char name[HEX_DIGITS + 1];
		if (!may_go(store, &store->at[i]))
			continue;
		put_name(&store->at[i], name);
		each(context, name, store->at[i].bytes);
	}
}

/* One that another process has locked is wanted by it. */
static enum cs_error
remove_one(const struct cs_list_store *store, struct kept *kept)
{
	char path[CS_LIST_PATH_BYTES];
	int file = -1;
	put_path(store, &kept->digest, path);
	CS_TRY(cs_disk_open(path, CS_DISK_WRITE, &file));
	enum cs_error error = cs_disk_lock(file);
	kept->young = error != CS_OK || is_young(store, file);
	error = kept->young ? CS_OK : cs_disk_remove(path);
	cs_disk_close(file);
	return error;
}

enum cs_error
cs_list_store_remove(struct cs_list_store *store)
{
	enum cs_error error = CS_OK;
	for (size_t i = 0; i < store->n && error == CS_OK; i++) {
		struct kept *kept = &store->at[i];
		if (!may_go(store, kept))
			continue;
		error = remove_one(store, kept);
		if (error == CS_E_OPEN) /* somebody else removed it */
			error = CS_OK;
		else if (error != CS_OK)
			kept->young = true; /* it stays */
	}
	for (size_t i = 0; i < store->n && error != CS_OK; i++)
		store->at[i].young = true;
	return error == CS_OK ? cs_disk_sync_folder(store->path) : error;
}
