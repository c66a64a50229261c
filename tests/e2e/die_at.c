/*
 * Goal: a process that is killed at one certain step of what it does to the disk.
 *
 * Method: preloaded, it counts the calls that change names or make something durable, on all threads, and kills the process right
 * before call number COUNTERSIGN_DIE_AT. So a test can try every one, one after the other, with the real binary.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>

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
	return next(from_folder, from, to_folder, to, flags);
}

int
rename(const char *from, const char *to)
{
	NEXT(rename);
	step();
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
	return next(file);
}

int
fdatasync(int file)
{
	NEXT(fdatasync);
	step();
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
