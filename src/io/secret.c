/*
 * Key files, and memory for keys. A new file is whole and on the disk, or not there at all: a short one would give other
 * tokens in every run, and one lost with the power would take with it what was signed or sealed under it.
 */
#include "io/secret.h"

#include "io/disk.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MODE = 0600, FOLDER_MODE = 0700, OTHERS = 077 };

enum cs_error
cs_secret_read_some(const char *path, void *out, size_t cap, size_t *len, bool *loose)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return errno == EACCES ? CS_E_PERMISSION : cs_file_failed(CS_E_OPEN);
	struct stat about = {0};
	uint8_t more = 0;
	size_t got = 1, rest = 0;
	enum cs_error error = fstat(descriptor, &about) == 0 ? CS_OK : CS_E_READ;
	for (*len = 0; error == CS_OK && got && *len < cap; *len += error == CS_OK ? got : 0)
		error = cs_file_read_some(descriptor, (uint8_t *)out + *len, cap - *len, &got);
	if (error == CS_OK)
		error = cs_file_read_some(descriptor, &more, 1, &rest);
	cs_file_close(descriptor);
	CS_TRY(error);
	*loose = (about.st_mode & OTHERS) != 0;
	return rest ? CS_E_LIMIT : CS_OK;
}

enum cs_error
cs_secret_read(const char *path, void *out, size_t len, bool *loose)
{
	size_t got = 0;
	enum cs_error error = cs_secret_read_some(path, out, len, &got, loose);
	if (error == CS_E_LIMIT || (error == CS_OK && got != len))
		return CS_E_FORMAT;
	return error;
}

/* Makes every folder above PATH; those that are there already are fine, and a failure shows at the open. */
static void
make_folders(const char *path)
{
	char part[PATH_MAX];
	for (size_t i = 0; path[i] && i < sizeof part - 1; i++) {
		part[i] = path[i];
		part[i + 1] = '\0';
		if (i > 0 && path[i + 1] == '/')
			(void)mkdir(part, FOLDER_MODE);
	}
}

static bool
write_whole(const char *path, const void *bytes, size_t len)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
	if (descriptor < 0)
		return false;
	bool whole = cs_file_write_all(descriptor, bytes, len) == CS_OK && fsync(descriptor) == 0;
	cs_file_close(descriptor);
	return whole;
}

/* Under a name of its own first: a crash in the middle must not leave a short file where the key belongs, at which every
 * later start would stop. The name is given only when the file is whole, and taken from nobody. */
enum cs_error
cs_secret_create(const char *path, const void *bytes, size_t len)
{
	char draft[PATH_MAX];
	make_folders(path);
	int n = snprintf(draft, sizeof draft, "%s.new-%ld", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof draft)
		return CS_E_WRITE;
	bool named = write_whole(draft, bytes, len) && link(draft, path) == 0;
	(void)unlink(draft);
	if (!named)
		return CS_E_WRITE;
	if (cs_disk_sync_name(path) == CS_OK)
		return CS_OK;
	(void)unlink(path);
	return CS_E_WRITE;
}

void
cs_secret_random(void *out, size_t len)
{
	uint8_t *at = out;
	while (len) {
		ssize_t got = getrandom(at, len, 0);
		CS_ASSERT(got > 0 || errno == EINTR);
		if (got <= 0)
			continue;
		at += got;
		len -= (size_t)got;
	}
}

void *
cs_secret_memory(size_t len)
{
	void *at = sodium_init() < 0 ? NULL : sodium_malloc(len);
	if (at)
		memset(at, 0, len);
	return at;
}

void
cs_secret_relock(void *at, size_t len)
{
	(void)mlock(at, len); /* as far as the system lets us, as before */
}

void
cs_secret_release(void *at)
{
	sodium_free(at);
}
