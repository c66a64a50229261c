/*
 * Folders by Linux calls: renameat2 does not write over what is there, inotify tells when something came.
 */
#include "io/folder.h"

#include "base/hash.h"
#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

static enum cs_error
failure(enum cs_error otherwise)
{
	return cs_file_failed(cs_file_cause(otherwise));
}

bool
cs_folder_look(const char *path, struct cs_folder_entry *out)
{
	struct stat about;
	if (lstat(path, &about) != 0)
		return false;
	uint64_t state = cs_hash_mix((uint64_t)about.st_ino, (uint64_t)about.st_size);
	state = cs_hash_mix(state, (uint64_t)about.st_mtim.tv_sec);
	*out = (struct cs_folder_entry){path, S_ISREG(about.st_mode),
					cs_hash_mix(state, (uint64_t)about.st_mtim.tv_nsec)};
	return true;
}

/* False: it is gone again, or its path is longer than any may be. */
static bool
describe(const char *folder, const char *name, struct cs_folder_entry *out)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof path, "%s/%s", folder, name);
	if (len <= 0 || (size_t)len >= sizeof path || !cs_folder_look(path, out))
		return false;
	out->name = name;
	return true;
}

enum cs_error
cs_folder_list(const char *folder, void (*each)(void *context, const struct cs_folder_entry *entry), void *context)
{
	struct dirent **found = NULL;
	struct cs_folder_entry entry;
	int n = scandir(folder, &found, NULL, alphasort);
	if (n < 0)
		return failure(CS_E_READ);
	for (int i = 0; i < n; i++) {
		if (found[i]->d_name[0] != '.' && describe(folder, found[i]->d_name, &entry))
			each(context, &entry);
		free(found[i]);
	}
	free(found);
	return CS_OK;
}

/* ---- the newest ---- */

struct newest {
	const char *folder;
	char *out;
	size_t cap_bytes;
	struct timespec changed;
	bool found, too_long;
};

static bool
is_whole(const char *name)
{
	static const char *const ends[] = {".part", ".tmp", ".new"};
	size_t len = strlen(name);
	for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t end = strlen(ends[i]);
		if (len >= end && strcmp(name + len - end, ends[i]) == 0)
			return false;
	}
	return true;
}

static void
take_newer(void *context, const struct cs_folder_entry *entry)
{
	struct newest *newest = context;
	struct stat about;
	char path[PATH_MAX];
	if (!entry->plain || !is_whole(entry->name))
		return;
	int len = snprintf(path, sizeof path, "%s/%s", newest->folder, entry->name);
	if (len <= 0 || (size_t)len >= sizeof path || (size_t)len >= newest->cap_bytes) {
		newest->too_long = true;
		return;
	}
	if (lstat(path, &about) != 0)
		return; /* it is gone again */
	const struct timespec *before = &newest->changed, *now = &about.st_mtim;
	if (newest->found &&
	    (now->tv_sec < before->tv_sec || (now->tv_sec == before->tv_sec && now->tv_nsec < before->tv_nsec)))
		return;
	memcpy(newest->out, path, (size_t)len + 1);
	newest->changed = *now;
	newest->found = true;
}

enum cs_error
cs_folder_newest(const char *folder, char *out, size_t cap_bytes)
{
	struct newest newest = {.folder = folder, .out = out, .cap_bytes = cap_bytes};
	CS_TRY(cs_folder_list(folder, take_newer, &newest));
	if (newest.too_long)
		return CS_E_LIMIT; /* it may be the newest */
	return newest.found ? CS_OK : CS_E_OPEN;
}

enum cs_error
cs_folder_make(const char *folder, unsigned mode)
{
	if (mkdir(folder, mode) != 0)
		return errno == EEXIST ? CS_OK : failure(CS_E_WRITE);
	return chmod(folder, mode) == 0 ? CS_OK : failure(CS_E_WRITE); /* whatever the mask says */
}

enum cs_error
cs_folder_same(const char *one, const char *other, bool *same)
{
	struct stat a, b;
	if (stat(one, &a) != 0 || stat(other, &b) != 0)
		return failure(CS_E_READ);
	if (!S_ISDIR(a.st_mode) || !S_ISDIR(b.st_mode))
		return CS_E_OPEN;
	*same = a.st_dev == b.st_dev;
	return CS_OK;
}

bool
cs_folder_has(const char *path)
{
	struct stat about;
	return lstat(path, &about) == 0;
}

static enum cs_error
read_all(int file, size_t cap_bytes, struct cs_span *out)
{
	struct stat about;
	size_t len = 0, got = 1;
	if (fstat(file, &about) != 0)
		return failure(CS_E_READ);
	if ((uint64_t)about.st_size > cap_bytes)
		return CS_E_LIMIT;
	size_t cap = (size_t)about.st_size + 1; /* it may have grown since */
	uint8_t *at = malloc(cap);
	if (!at)
		return CS_E_MEMORY;
	enum cs_error error = CS_OK;
	while (error == CS_OK && got && len < cap) {
		error = cs_file_read_some(file, at + len, cap - len, &got);
		len += error == CS_OK ? got : 0;
	}
	if (error == CS_OK && len == cap)
		error = CS_AGAIN;
	if (error == CS_OK)
		*out = (struct cs_span){at, len};
	else
		free(at);
	return error;
}

enum cs_error
cs_folder_read(const char *path, size_t cap_bytes, struct cs_span *out, struct cs_folder_about *about)
{
	struct stat found;
	int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (file < 0)
		return failure(CS_E_READ);
	enum cs_error error = CS_AGAIN;
	if (fstat(file, &found) != 0 || !S_ISREG(found.st_mode))
		error = CS_E_UNSUPPORTED;
	for (unsigned i = 0; error == CS_AGAIN && i < 8; i++) {
		error = lseek(file, 0, SEEK_SET) == 0 ? read_all(file, cap_bytes, out) : CS_E_READ;
	}
	cs_file_close(file);
	if (error == CS_OK && about)
		*about = (struct cs_folder_about){found.st_uid, (uint32_t)found.st_nlink};
	return error == CS_AGAIN ? CS_E_LIMIT : error; /* it grows faster than it is read */
}

/* A name beside PATH that no listing shows. */
static bool
name_beside(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	int folder_len = slash ? (int)(slash + 1 - path) : 0;
	int len = snprintf(out, PATH_MAX, "%.*s.%s.tmp", folder_len, path, path + folder_len);
	return len > 0 && len < PATH_MAX;
}

enum cs_error
cs_folder_write(const char *path, struct cs_span bytes, unsigned mode)
{
	char beside[PATH_MAX];
	if (!name_beside(path, beside))
		return CS_E_LIMIT;
	(void)unlink(beside); /* of a process that died */
	int file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (file < 0)
		return failure(CS_E_WRITE);
	enum cs_error error = cs_file_write_all(file, bytes.at, bytes.len);
	if (error == CS_OK && fsync(file) != 0)
		error = failure(CS_E_WRITE);
	cs_file_close(file);
	if (error == CS_OK && rename(beside, path) != 0)
		error = failure(CS_E_WRITE);
	if (error != CS_OK)
		(void)unlink(beside);
	return error;
}

enum cs_error
cs_folder_move(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return CS_OK;
	return errno == EEXIST ? CS_E_RANGE : failure(CS_E_WRITE);
}

void
cs_folder_clear(const char *path)
{
	(void)unlink(path);
}

void
cs_folder_mask(void)
{
	(void)umask(022);
}

int
cs_folder_watch(const char *const *folder, unsigned n)
{
	int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (unsigned i = 0; descriptor >= 0 && i < n; i++)
		(void)inotify_add_watch(descriptor, folder[i], IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR);
	return descriptor;
}

void
cs_folder_watched(int descriptor)
{
	char at[4096];
	while (descriptor >= 0 && read(descriptor, at, sizeof at) > 0)
		;
}
