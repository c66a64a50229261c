/*
 * The spool by POSIX calls, each relative to a folder that is held open.
 *
 * Invariant: a name that is listed has at least one byte, no slash, and room for an end behind it. What is in work, archive and quarantine
 * is changed by this process alone: `taken` is locked, so that a name found free stays free. Leaves what a file holds, and when to look, to others.
 */
#include "io/spool.h"

#include "base/text.h"
#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0700, FILE_MODE = 0600, BLOCK_BYTES = 65536 };

static const char *const own_name[CS_SPOOL_PLACE_N] = {
	[CS_SPOOL_IN] = ".",
	[CS_SPOOL_TAKEN] = "taken",
	[CS_SPOOL_ARCHIVE] = "archive",
	[CS_SPOOL_QUARANTINE] = "quarantine",
};
static const char reason_end[] = ".reason.json";
static const char making[] = ".making"; /* no candidate, and nobody's but ours */

struct cs_spool {
	int folder[CS_SPOOL_PLACE_N];
	unsigned seen_n; /* at the last look into `in` */
	unsigned list_n;
	struct cs_spool_file seen[CS_SPOOL_FILES_MAX];
	struct cs_spool_file now[CS_SPOOL_FILES_MAX];
	struct cs_spool_file list[CS_SPOOL_FILES_MAX];
};

static enum cs_error
failure(enum cs_error otherwise)
{
	return cs_file_failed(cs_file_cause(otherwise));
}

/* ---- opening ---- */

/* PATH, or NAME in the folder AT, made when it is not there. */
static enum cs_error
open_place(int at, const char *path, const char *name, int *out)
{
	int from = path ? AT_FDCWD : at;
	const char *what = path ? path : name;
	CS_ASSERT(what);
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (path ? 0 : O_NOFOLLOW);
	*out = openat(from, what, flags);
	if (*out < 0 && errno == ENOENT && at >= 0 && mkdirat(from, what, FOLDER_MODE) == 0)
		*out = openat(from, what, flags);
	return *out < 0 ? failure(CS_E_OPEN) : CS_OK;
}

static enum cs_error
sync_folder(int folder)
{
	/* Some file systems cannot be asked for that. */
	return fsync(folder) == 0 || errno == EINVAL ? CS_OK : failure(CS_E_WRITE);
}

static enum cs_error
open_all(struct cs_spool *spool, const struct cs_spool_paths *paths)
{
	for (unsigned i = 0; i < CS_SPOOL_PLACE_N; i++)
		CS_TRY(open_place(i ? spool->folder[CS_SPOOL_IN] : -1, paths->at[i], own_name[i], &spool->folder[i]));
	if (flock(spool->folder[CS_SPOOL_TAKEN], LOCK_EX | LOCK_NB) != 0)
		return failure(CS_E_PERMISSION);
	return sync_folder(spool->folder[CS_SPOOL_IN]);
}

enum cs_error
cs_spool_open(const struct cs_spool_paths *paths, struct cs_spool **out)
{
	struct cs_spool *spool = calloc(1, sizeof *spool);
	if (!spool)
		return CS_E_MEMORY;
	CS_ASSERT(paths->at[CS_SPOOL_IN]);
	for (unsigned i = 0; i < CS_SPOOL_PLACE_N; i++)
		spool->folder[i] = -1;
	enum cs_error error = open_all(spool, paths);
	if (error == CS_OK)
		*out = spool;
	else
		cs_spool_close(spool);
	return error;
}

enum cs_error
cs_spool_watch(const char *path, struct cs_spool **out)
{
	struct cs_spool *spool = calloc(1, sizeof *spool);
	if (!spool)
		return CS_E_MEMORY;
	for (unsigned i = 0; i < CS_SPOOL_PLACE_N; i++)
		spool->folder[i] = -1;
	enum cs_error error = open_place(-1, path, NULL, &spool->folder[CS_SPOOL_IN]);
	if (error == CS_OK)
		*out = spool;
	else
		cs_spool_close(spool);
	return error;
}

void
cs_spool_close(struct cs_spool *spool)
{
	if (!spool)
		return;
	for (unsigned i = 0; i < CS_SPOOL_PLACE_N; i++)
		cs_file_close(spool->folder[i]);
	free(spool);
}

int
cs_spool_folder(const struct cs_spool *spool, enum cs_spool_place place)
{
	return spool->folder[place];
}

/* ---- looking ---- */

static bool
ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);
	return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

/* Or is what stands beside another. */
static bool
is_being_written(const char *name)
{
	return name[0] == '.' || ends_in(name, ".tmp") || ends_in(name, ".part") || ends_in(name, reason_end);
}

/* One look. */
struct listing {
	int folder;
	size_t name_cap;
	struct cs_spool_file *list; /* CS_SPOOL_FILES_MAX */
	unsigned *n;
	struct cs_spool_counts *counts;
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct cs_spool_file *)a)->name, ((const struct cs_spool_file *)b)->name);
}

static void
describe(const struct stat *about, struct cs_spool_file *file)
{
	file->size = (uint64_t)about->st_size;
	file->changed_ns = (uint64_t)about->st_mtim.tv_sec * UINT64_C(1000000000) + (uint64_t)about->st_mtim.tv_nsec;
	file->node = (uint64_t)about->st_ino;
}

/* Whether a name is a file that may be taken; fills FILE in. In `taken` it may have got a number. */
static bool
is_candidate(const struct listing *listing, const char *name, struct cs_spool_file *file)
{
	struct stat about;
	int folder = listing->folder;
	struct cs_spool_counts *counts = listing->counts;
	if (is_being_written(name) || fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0 || S_ISDIR(about.st_mode))
		return false;
	size_t len = strlen(name);
	if (!S_ISREG(about.st_mode) || len >= listing->name_cap) {
		counts->strange++;
		return false;
	}
	memcpy(file->name, name, len + 1);
	describe(&about, file);
	return true;
}

static int
by_name_backwards(const void *a, const void *b)
{
	return by_name(b, a);
}

/* Of more names than there is room for the first ones are kept, so that none waits for ever: a full list is a heap, its last name on top. */
static void
keep_first(const struct listing *listing, const struct cs_spool_file *file)
{
	struct cs_spool_file *list = listing->list;
	if (*listing->n < CS_SPOOL_FILES_MAX) {
		list[(*listing->n)++] = *file;
		return;
	}
	if (!listing->counts->beyond++)
		qsort(list, CS_SPOOL_FILES_MAX, sizeof *list, by_name_backwards);
	if (by_name(file, list) >= 0)
		return;
	unsigned at = 0;
	for (unsigned under; (under = 2 * at + 1) < CS_SPOOL_FILES_MAX; at = under) {
		if (under + 1 < CS_SPOOL_FILES_MAX && by_name(&list[under + 1], &list[under]) > 0)
			under++;
		if (by_name(&list[under], file) <= 0)
			break;
		list[at] = list[under];
	}
	list[at] = *file;
}

static enum cs_error
list_folder(const struct listing *listing)
{
	struct cs_spool_file file;
	*listing->counts = (struct cs_spool_counts){0};
	*listing->n = 0;
	int again = openat(listing->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = again < 0 ? NULL : fdopendir(again);
	if (!dir) {
		enum cs_error error = failure(CS_E_READ);
		cs_file_close(again);
		return error;
	}
	errno = 0;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL; errno = 0)
		if (is_candidate(listing, entry->d_name, &file))
			keep_first(listing, &file);
	enum cs_error error = errno ? failure(CS_E_READ) : CS_OK;
	(void)closedir(dir);
	qsort(listing->list, *listing->n, sizeof file, by_name);
	return error;
}

static bool
rests(const struct cs_spool *spool, const struct cs_spool_file *file)
{
	const struct cs_spool_file *before = bsearch(file, spool->seen, spool->seen_n, sizeof spool->seen[0], by_name);
	return before && before->size == file->size && before->changed_ns == file->changed_ns &&
	       before->node == file->node;
}

enum cs_error
cs_spool_look(struct cs_spool *spool, struct cs_spool_counts *counts)
{
	unsigned n = 0;
	spool->list_n = 0;
	struct listing listing = {spool->folder[CS_SPOOL_IN], CS_SPOOL_GIVEN_BYTES, spool->now, &n, counts};
	CS_TRY(list_folder(&listing));
	for (unsigned i = 0; i < n; i++)
		if (rests(spool, &spool->now[i]))
			spool->list[spool->list_n++] = spool->now[i];
	memcpy(spool->seen, spool->now, n * sizeof spool->now[0]);
	spool->seen_n = n;
	counts->ready = spool->list_n;
	counts->restless = n - spool->list_n;
	return CS_OK;
}

enum cs_error
cs_spool_left(struct cs_spool *spool, struct cs_spool_counts *counts)
{
	struct listing listing = {spool->folder[CS_SPOOL_TAKEN], CS_SPOOL_PLACED_BYTES, spool->list, &spool->list_n,
				  counts};
	CS_TRY(list_folder(&listing));
	counts->ready = spool->list_n;
	return CS_OK;
}

bool
cs_spool_is_folder(const char *path)
{
	struct stat about;
	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

enum cs_error
cs_spool_names(const char *path, void (*each)(void *context, const char *name), void *context)
{
	struct cs_spool_counts counts;
	unsigned n = 0;
	int folder = -1;
	CS_TRY(open_place(-1, path, NULL, &folder));
	struct cs_spool_file *list = calloc(CS_SPOOL_FILES_MAX, sizeof *list);
	struct listing listing = {folder, CS_SPOOL_GIVEN_BYTES, list, &n, &counts};
	enum cs_error error = list ? list_folder(&listing) : CS_E_MEMORY;
	if (error == CS_OK && counts.beyond)
		error = CS_E_LIMIT;
	for (unsigned i = 0; error == CS_OK && i < n; i++)
		each(context, list[i].name);
	free(list);
	cs_file_close(folder);
	return error;
}

const struct cs_spool_file *
cs_spool_file(const struct cs_spool *spool, unsigned i)
{
	return i < spool->list_n ? &spool->list[i] : NULL;
}

/* ---- reading ---- */

enum cs_error
cs_spool_read(const struct cs_spool *spool, enum cs_spool_place place, const char *name, int *descriptor)
{
	struct stat about;
	/* A pipe would wait for whoever writes to it. */
	int file = openat(spool->folder[place], name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (file < 0)
		return failure(CS_E_READ);
	if (fstat(file, &about) == 0 && S_ISREG(about.st_mode)) {
		*descriptor = file;
		return CS_OK;
	}
	(void)close(file);
	errno = EINVAL;
	return cs_file_failed(CS_E_UNSUPPORTED);
}

static enum cs_error
hash_all(int descriptor, struct cs_hasher *hasher, uint64_t *size)
{
	static _Thread_local uint8_t block[BLOCK_BYTES];
	*size = 0;
	for (;;) {
		ssize_t n = pread(descriptor, block, sizeof block, (off_t)*size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failure(CS_E_READ);
		if (n == 0)
			break;
		cs_hasher_add(hasher, block, (size_t)n);
		*size += (uint64_t)n;
	}
	explicit_bzero(block, sizeof block);
	return CS_OK;
}

enum cs_error
cs_spool_digest(int descriptor, struct cs_digest *out, uint64_t *size)
{
	struct cs_hasher *hasher = cs_hasher_new();
	if (!hasher)
		return CS_E_MEMORY;
	cs_hasher_begin(hasher);
	enum cs_error error = hash_all(descriptor, hasher, size);
	struct cs_digest digest = cs_hasher_end(hasher);
	cs_hasher_free(hasher);
	if (error == CS_OK)
		*out = digest;
	return error;
}

/* ---- moving ---- */

/* The first of NAME, NAME.1, NAME.2 ... that FOLDER has not. */
static enum cs_error
find_free(int folder, const char *name, char *placed)
{
	struct stat about;
	for (unsigned i = 0; i < CS_SPOOL_NUMBER_MAX; i++) {
		struct cs_text text = cs_text_over(placed, CS_SPOOL_PLACED_BYTES);
		cs_text_put(&text, name);
		if (i) {
			cs_text_put(&text, ".");
			cs_text_put_u64(&text, i);
		}
		if (text.overflowed)
			return CS_E_LIMIT;
		if (fstatat(folder, placed, &about, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		return errno == ENOENT ? CS_OK : failure(CS_E_READ);
	}
	return CS_E_LIMIT;
}

/* Never over another file. Not every file system can be asked for that; the name was free a moment ago. */
static enum cs_error
move(int from, const char *name, int to, const char *placed)
{
	if (renameat2(from, name, to, placed, RENAME_NOREPLACE) == 0)
		return CS_OK;
	if (errno != EINVAL && errno != ENOSYS)
		return failure(CS_E_WRITE);
	return renameat(from, name, to, placed) == 0 ? CS_OK : failure(CS_E_WRITE);
}

/* The new name first: a crash in between may leave two, never none. */
static enum cs_error
sync_both(int from, int to)
{
	CS_TRY(sync_folder(to));
	return sync_folder(from);
}

enum cs_error
cs_spool_taken_name(const struct cs_spool *spool, const char *name, char *placed)
{
	char cut[CS_SPOOL_NAME_BYTES]; /* there is room for numbers behind it */
	size_t len = strnlen(name, sizeof cut - 1);
	memcpy(cut, name, len);
	cut[len] = '\0';
	return find_free(spool->folder[CS_SPOOL_TAKEN], cut, placed);
}

enum cs_error
cs_spool_take(struct cs_spool *spool, const char *name, char *placed)
{
	struct stat about;
	int in = spool->folder[CS_SPOOL_IN], work = spool->folder[CS_SPOOL_TAKEN];
	if (fstatat(in, name, &about, AT_SYMLINK_NOFOLLOW) != 0)
		return failure(CS_E_READ);
	if (!S_ISREG(about.st_mode)) {
		errno = EINVAL;
		return cs_file_failed(CS_E_UNSUPPORTED);
	}
	CS_TRY(cs_spool_taken_name(spool, name, placed));
	CS_TRY(move(in, name, work, placed));
	return sync_both(in, work);
}

static enum cs_error
write_all(int file, struct cs_span bytes)
{
	CS_TRY(cs_file_write_all(file, bytes.at, bytes.len));
	return fsync(file) == 0 ? CS_OK : failure(CS_E_WRITE);
}

enum cs_error
cs_spool_put(const struct cs_spool *spool, enum cs_spool_place place, const char *name, struct cs_span bytes)
{
	int folder = spool->folder[place];
	(void)unlinkat(folder, making, 0); /* of a process that ended while it was made */
	int file = openat(folder, making, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (file < 0)
		return failure(CS_E_WRITE);
	enum cs_error error = write_all(file, bytes);
	if (error == CS_E_WRITE)
		error = failure(CS_E_WRITE); /* the disk may be full */
	(void)close(file);
	if (error == CS_OK && renameat(folder, making, folder, name) != 0)
		error = failure(CS_E_WRITE);
	if (error != CS_OK) {
		(void)unlinkat(folder, making, 0);
		return error;
	}
	return sync_folder(folder);
}

enum cs_error
cs_spool_append(const struct cs_spool *spool, enum cs_spool_place place, const char *name, struct cs_span bytes)
{
	int folder = spool->folder[place];
	int file = openat(folder, name, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (file < 0)
		return failure(CS_E_WRITE);
	enum cs_error error = write_all(file, bytes);
	if (error == CS_E_WRITE)
		error = failure(CS_E_WRITE); /* the disk may be full */
	(void)close(file);
	return error == CS_OK ? sync_folder(folder) : error;
}

enum cs_error
cs_spool_remove(const struct cs_spool *spool, enum cs_spool_place place, const char *name)
{
	return unlinkat(spool->folder[place], name, 0) == 0 || errno == ENOENT ? CS_OK : failure(CS_E_WRITE);
}

enum cs_error
cs_spool_finish(const struct cs_spool *spool, const char *name, enum cs_spool_place place, struct cs_span reason,
		char *placed)
{
	int work = spool->folder[CS_SPOOL_TAKEN], to = spool->folder[place];
	char beside[CS_SPOOL_PLACED_BYTES + sizeof reason_end];
	CS_ASSERT(name != placed);
	CS_TRY(find_free(to, name, placed));
	struct cs_text text = cs_text_over(beside, sizeof beside);
	cs_text_put(&text, placed);
	cs_text_put(&text, reason_end);
	if (reason.len)
		CS_TRY(cs_spool_put(spool, place, beside, reason));
	CS_TRY(move(work, name, to, placed));
	return sync_both(work, to);
}
