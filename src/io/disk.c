/*
 * The real disk. Short writes and interrupted calls are its own affair; nothing is cached here.
 */
#include "io/disk.h"

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

enum { FILE_MODE = 0600, FOLDER_MODE = 0700 };

enum cs_error
cs_disk_open(const char *path, enum cs_disk_mode mode, int *out)
{
	static const int flags[] = {
		[CS_DISK_READ] = O_RDONLY,
		[CS_DISK_WRITE] = O_RDWR,
		[CS_DISK_CREATE] = O_RDWR | O_CREAT | O_EXCL,
		[CS_DISK_EITHER] = O_RDWR | O_CREAT,
		[CS_DISK_APPEND] = O_WRONLY | O_APPEND, /* which pwrite heeds, too */
	};
	int file = open(path, flags[mode] | O_CLOEXEC, FILE_MODE);
	if (file < 0)
		return cs_file_cause(mode == CS_DISK_READ ? CS_E_READ : CS_E_WRITE);
	*out = file;
	return CS_OK;
}

void
cs_disk_close(int file)
{
	if (file >= 0)
		(void)close(file);
}

enum cs_error
cs_disk_write(int file, const void *at, size_t len, uint64_t offset)
{
	const uint8_t *from = at;
	while (len) {
		ssize_t n = pwrite(file, from, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return cs_file_cause(CS_E_WRITE);
		from += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return CS_OK;
}

enum cs_error
cs_disk_read(int file, void *at, size_t cap, uint64_t offset, size_t *got)
{
	uint8_t *to = at;
	size_t done = 0;
	while (done < cap) {
		ssize_t n = pread(file, to + done, cap - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cs_file_cause(CS_E_READ);
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*got = done;
	return CS_OK;
}

enum cs_error
cs_disk_size(int file, uint64_t *out)
{
	struct stat about;
	if (fstat(file, &about) != 0)
		return cs_file_cause(CS_E_READ);
	*out = (uint64_t)about.st_size;
	return CS_OK;
}

enum cs_error
cs_disk_cut(int file, uint64_t size)
{
	if (ftruncate(file, (off_t)size) != 0)
		return cs_file_cause(CS_E_WRITE);
	return cs_disk_sync(file);
}

enum cs_error
cs_disk_sync(int file)
{
	return fdatasync(file) == 0 ? CS_OK : cs_file_cause(CS_E_WRITE);
}

enum cs_error
cs_disk_sync_folder(const char *path)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return cs_file_cause(CS_E_OPEN);
	/* Some file systems cannot be asked for that. */
	enum cs_error error = fsync(folder) == 0 || errno == EINVAL ? CS_OK : cs_file_cause(CS_E_WRITE);
	(void)close(folder);
	return error;
}

enum cs_error
cs_disk_sync_name(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	if (len >= sizeof folder)
		return CS_E_LIMIT;
	memcpy(folder, path, len);
	folder[len] = '\0';
	return cs_disk_sync_folder(folder[0] ? folder : slash ? "/" : ".");
}

/* Makes one folder, and its name durable: a folder that goes with the power takes with it what was synced in it. */
static enum cs_error
make_folder(const char *path)
{
	if (mkdir(path, FOLDER_MODE) == 0)
		return cs_disk_sync_name(path);
	return errno == EEXIST ? CS_OK : cs_file_cause(CS_E_WRITE);
}

enum cs_error
cs_disk_folder(const char *path)
{
	char part[PATH_MAX];
	size_t len = strlen(path);
	if (len == 0 || len >= sizeof part)
		return CS_E_LIMIT;
	memcpy(part, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		CS_TRY(make_folder(part));
		part[i] = path[i];
	}
	return cs_disk_sync_folder(path);
}

enum cs_error
cs_disk_rename(const char *from, const char *to)
{
	return rename(from, to) == 0 ? CS_OK : cs_file_cause(CS_E_WRITE);
}

enum cs_error
cs_disk_remove(const char *path)
{
	return unlink(path) == 0 ? CS_OK : cs_file_cause(CS_E_WRITE);
}

enum cs_error
cs_disk_list(const char *folder, void (*each)(void *context, const char *name), void *context)
{
	struct dirent **entry = NULL;
	int n = scandir(folder, &entry, NULL, alphasort);
	if (n < 0)
		return cs_file_cause(CS_E_READ);
	for (int i = 0; i < n; i++) {
		bool plain = entry[i]->d_type == DT_REG || entry[i]->d_type == DT_UNKNOWN;
		if (plain && strlen(entry[i]->d_name) < CS_DISK_NAME_BYTES && entry[i]->d_name[0] != '.')
			each(context, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	return CS_OK;
}

enum cs_error
cs_disk_lock(int file)
{
	if (flock(file, LOCK_EX | LOCK_NB) == 0)
		return CS_OK;
	return cs_file_cause(CS_E_UNSUPPORTED);
}
