/*
 * Files by POSIX calls. Nothing here knows what the bytes mean.
 *
 * An error is a value and has no room for errno, so the last one is kept beside it, for the words only.
 */
#include "io/file.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_MODE = 0600, WORDS_BYTES = 160, PATH_BYTES = 4096 };

static _Thread_local struct {
	enum cs_error error;
	int number; /* errno; 0: none is known */
	char words[WORDS_BYTES];
} last;

enum cs_error
cs_file_failed(enum cs_error error)
{
	last.error = error;
	last.number = errno;
	return error;
}

enum cs_error
cs_file_cause(enum cs_error otherwise)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return CS_E_OPEN;
	case EACCES:
	case EPERM:
	case EROFS:
	case EWOULDBLOCK: /* somebody else holds the lock */
		return CS_E_PERMISSION;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return CS_E_LIMIT;
	case ENOMEM:
		return CS_E_MEMORY;
	case ELOOP:
	case EXDEV:
		return CS_E_UNSUPPORTED;
	default:
		return otherwise;
	}
}

const char *
cs_file_error_text(enum cs_error error)
{
	bool says_all = error == CS_E_PERMISSION && (last.number == EACCES || last.number == EPERM);
	if (!last.number || last.error != error || says_all)
		return cs_error_text(error);
	struct cs_text text = cs_text_over(last.words, sizeof last.words);
	cs_text_put(&text, cs_error_text(error));
	cs_text_put(&text, ": ");
	cs_text_put(&text, strerror(last.number));
	return last.words;
}

enum cs_error
cs_file_open_read(const char *path, int *out)
{
	last.number = 0;
	int descriptor = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return cs_file_failed(CS_E_OPEN);
	*out = descriptor;
	return CS_OK;
}

enum cs_error
cs_file_try(const char *path)
{
	struct stat about;
	last.number = 0;
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (descriptor < 0)
		return cs_file_failed(CS_E_OPEN);
	bool folder = fstat(descriptor, &about) == 0 && S_ISDIR(about.st_mode);
	(void)close(descriptor);
	if (!folder)
		return CS_OK;
	errno = EISDIR;
	return cs_file_failed(CS_E_READ);
}

static enum cs_error
open_to_write(const char *path, int how, int *out)
{
	last.number = 0;
	int descriptor = strcmp(path, "-") == 0 ? dup(STDOUT_FILENO)
						: open(path, O_WRONLY | O_CREAT | O_CLOEXEC | how, SECRET_MODE);
	if (descriptor < 0)
		return cs_file_failed(CS_E_OPEN);
	*out = descriptor;
	return CS_OK;
}

enum cs_error
cs_file_open_write(const char *path, int *out)
{
	return open_to_write(path, O_TRUNC, out);
}

enum cs_error
cs_file_open_append(const char *path, int *out)
{
	return open_to_write(path, O_APPEND, out);
}

/* The folder that PATH is in; false: it is not there, or too long a path. */
static bool
look_at_folder(const char *path, const char **name, struct stat *out)
{
	char folder[PATH_BYTES];
	struct cs_text text = cs_text_over(folder, sizeof folder);
	const char *slash = strrchr(path, '/');
	*name = slash ? slash + 1 : path;
	cs_text_put_span(&text, (struct cs_span){(const uint8_t *)path, (size_t)(*name - path)});
	cs_text_put(&text, slash ? "" : ".");
	return !text.overflowed && stat(folder, out) == 0;
}

bool
cs_file_same(const char *a, const char *b)
{
	const char *left_name, *right_name;
	struct stat left, right;
	bool has_left = stat(a, &left) == 0, has_right = stat(b, &right) == 0;
	if (has_left != has_right)
		return false;
	if (has_left)
		return S_ISREG(left.st_mode) && left.st_dev == right.st_dev && left.st_ino == right.st_ino;
	return look_at_folder(a, &left_name, &left) && look_at_folder(b, &right_name, &right) &&
	       left.st_dev == right.st_dev && left.st_ino == right.st_ino && strcmp(left_name, right_name) == 0;
}

void
cs_file_close(int descriptor)
{
	if (descriptor >= 0)
		(void)close(descriptor);
}

bool
cs_file_is_ready(int descriptor)
{
	struct pollfd wanted = {descriptor, POLLIN, 0};
	return poll(&wanted, 1, 0) > 0;
}

enum cs_error
cs_file_read_some(int descriptor, void *at, size_t cap, size_t *got)
{
	ssize_t n;
	do
		n = read(descriptor, at, cap);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return cs_file_failed(CS_E_READ);
	*got = (size_t)n;
	return CS_OK;
}

uint64_t
cs_file_size(int descriptor)
{
	struct stat about;
	return fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
}

static uint64_t
nanoseconds(struct timespec time)
{
	return time.tv_sec < 0 ? 0 : (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

uint64_t
cs_file_changed_ns(int descriptor)
{
	struct stat about;
	return fstat(descriptor, &about) == 0 ? nanoseconds(about.st_mtim) : 0;
}

uint64_t
cs_file_touched_ns(int descriptor)
{
	struct stat about;
	return fstat(descriptor, &about) == 0 ? nanoseconds(about.st_ctim) : 0;
}

enum cs_error
cs_file_write_all(int descriptor, const void *at, size_t len)
{
	const uint8_t *from = at;
	while (len) {
		ssize_t n = write(descriptor, from, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return cs_file_failed(CS_E_WRITE);
		from += n;
		len -= (size_t)n;
	}
	return CS_OK;
}

enum cs_error
cs_file_read_rest(int descriptor, size_t cap_bytes, struct cs_span *out)
{
	size_t len = 0;
	size_t room = 65536;
	uint8_t *at = malloc(room);
	while (at) {
		size_t got = 0;
		if (cs_file_read_some(descriptor, at + len, room - len, &got) != CS_OK) {
			free(at);
			return CS_E_READ;
		}
		if (got == 0) {
			*out = (struct cs_span){at, len};
			return CS_OK;
		}
		len += got;
		if (len > cap_bytes) {
			free(at);
			return CS_E_LIMIT;
		}
		if (len < room)
			continue;
		room *= 2;
		uint8_t *wider = realloc(at, room);
		if (!wider)
			free(at);
		at = wider;
	}
	return CS_E_MEMORY;
}

enum cs_error
cs_file_read(const char *path, size_t cap_bytes, struct cs_span *out)
{
	int descriptor = -1;
	CS_TRY(cs_file_open_read(path, &descriptor));
	enum cs_error error = cs_file_read_rest(descriptor, cap_bytes, out);
	cs_file_close(descriptor);
	return error;
}

void
cs_file_free(struct cs_span span)
{
	free((void *)(uintptr_t)span.at);
}

enum cs_error
cs_file_map(const char *path, struct cs_span *out)
{
	int descriptor = -1;
	CS_TRY(cs_file_open_read(path, &descriptor));
	struct stat about;
	if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size <= 0) {
		cs_file_close(descriptor);
		return CS_E_UNSUPPORTED;
	}
	void *at = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
	if (at == MAP_FAILED)
		(void)cs_file_failed(CS_E_READ);
	cs_file_close(descriptor);
	if (at == MAP_FAILED)
		return CS_E_READ;
	(void)madvise(at, (size_t)about.st_size, MADV_SEQUENTIAL);
	*out = (struct cs_span){at, (size_t)about.st_size};
	return CS_OK;
}

void
cs_file_unmap(struct cs_span span)
{
	if (span.at)
		(void)munmap((void *)(uintptr_t)span.at, span.len);
}

void
cs_file_ready(struct cs_span part)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = (uintptr_t)part.at / page * page;
	if (part.len)
		(void)madvise((void *)from, (uintptr_t)part.at + part.len - from, MADV_POPULATE_READ);
}
