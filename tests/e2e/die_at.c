/*
 * Goal: a process that is killed at one certain step of what it does to the disk.
 *
 * Method: preloaded, it counts the calls that change names or make something durable, on all threads, and kills the process right
 * before call number COUNTERSIGN_DIE_AT. So a test can try every one, one after the other, with the real binary. Each call is a line of the
 * file COUNTERSIGN_STEPS_TO, if that is named: "sync PATH", "rename FROM TO"; what may be lost with the power follows from these.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* Where the headers of the system declare them they give what is taken other names. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
long syscall(long number, ...);
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags);
int rename(const char *from, const char *to);
ssize_t pwrite64(int file, const void *at, size_t len, off_t offset);

static atomic_long step_n;

static void
step(void)
{
	const char *at = getenv("COUNTERSIGN_DIE_AT");
	if (at && atomic_fetch_add(&step_n, 1) + 1 == strtol(at, NULL, 10))
		(void)syscall(SYS_tgkill, syscall(SYS_getpid), syscall(SYS_gettid), SIGKILL);
}

static void
write_down(const char *what, const char *from, const char *to)
{
	const char *path = getenv("COUNTERSIGN_STEPS_TO");
	char line[8192];
	int file = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (file < 0)
		return;
	int len = snprintf(line, sizeof line, "%s %s %s\n", what, from, to);
	if (len <= 0 || (size_t)len >= sizeof line || write(file, line, (size_t)len) != len)
		abort();
	(void)close(file);
}

static void
write_down_sync(int file)
{
	char name[64], path[4096];
	if (!getenv("COUNTERSIGN_STEPS_TO"))
		return;
	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", file);
	ssize_t len = readlink(name, path, sizeof path - 1);
	path[len > 0 ? len : 0] = '\0';
	write_down("sync", path, "");
}

/* The one behind this one; a function is found as data, which C has no word for. */
#define NEXT(name)                                                                                                     \
	static __typeof__(&name) next;                                                                                 \
	if (!next)                                                                                                     \
	*(void **)&next = dlsym(RTLD_NEXT, #name)

int
renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
	NEXT(renameat2);
	step();
	write_down("rename", from, to);
	return next(from_folder, from, to_folder, to, flags);
}

int
rename(const char *from, const char *to)
{
	NEXT(rename);
	step();
	write_down("rename", from, to);
	return next(from, to);
}

int
unlink(const char *path)
{
	NEXT(unlink);
	step();
	return next(path);
}

int
fsync(int file)
{
	NEXT(fsync);
	step();
	write_down_sync(file);
	return next(file);
}

int
fdatasync(int file)
{
	NEXT(fdatasync);
	step();
	write_down_sync(file);
	return next(file);
}

ssize_t
pwrite64(int file, const void *at, size_t len, off_t offset)
{
	NEXT(pwrite64);
	step();
	return next(file, at, len, offset);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
