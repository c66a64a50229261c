/*
 * Goal: a key file is read whole or refused, made once and for its owner alone; memory for keys is guarded and locked.
 * Method: files in a folder of our own; the kernel is asked about the memory, and a child steps over its end.
 */
#include "check.h"

#include "io/secret.c"

#include "io/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

static char folder[] = "/tmp/countersign-secret-XXXXXX";
static char path[64];

static int
set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/a/b/key", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	char part[64];
	(void)unlink(path);
	snprintf(part, sizeof part, "%s/a/b", folder);
	(void)rmdir(part);
	snprintf(part, sizeof part, "%s/a", folder);
	(void)rmdir(part);
	return rmdir(folder);
}

/* What a process that died leaves must not lie where the key belongs; a full disk is as good as a death. */
static void
a_file_is_whole_or_not_there(void **state)
{
	(void)state;
	static const char many[8192];
	struct rlimit before, little = {16, RLIM_INFINITY};
	uint8_t got[8];
	bool loose;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	little.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	assert_int_equal(cs_secret_create(path, many, sizeof many), CS_E_WRITE);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(cs_secret_read(path, got, 8, &loose), CS_E_OPEN);
	/* A process dies where the file is written: the name is not there yet. */
	pid_t child = fork();
	if (child == 0) {
		signal(SIGXFSZ, SIG_DFL);
		(void)setrlimit(RLIMIT_FSIZE, &little);
		(void)!cs_secret_create(path, many, sizeof many);
		_exit(1);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(cs_secret_read(path, got, 8, &loose), CS_E_OPEN);
	char draft[128];
	snprintf(draft, sizeof draft, "%s.new-%ld", path, (long)child);
	(void)unlink(draft);
}

static void
a_file_is_made_once_for_its_owner(void **state)
{
	(void)state;
	uint8_t got[8] = {0};
	bool loose = true;
	struct stat about;
	assert_int_equal(cs_secret_read(path, got, 8, &loose), CS_E_OPEN);
	assert_int_equal(cs_secret_create(path, "01234567", 8), CS_OK);
	assert_int_equal(cs_secret_create(path, "76543210", 8), CS_E_WRITE);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_int_equal(about.st_nlink, 1);
	assert_int_equal(cs_secret_read(path, got, 8, &loose), CS_OK);
	assert_memory_equal(got, "01234567", 8);
	assert_false(loose);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(cs_secret_read(path, got, 8, &loose), CS_OK);
	assert_true(loose);
}

static void
another_length_is_refused(void **state)
{
	(void)state;
	uint8_t got[9] = {0};
	bool loose = false;
	assert_int_equal(cs_secret_read(path, got, 7, &loose), CS_E_FORMAT);
	assert_int_equal(cs_secret_read(path, got, 9, &loose), CS_E_FORMAT);
}

/* "dd" among the flags of its mapping: not dumped; "lo": locked. */
static bool
has_flag(const void *at, const char *flag)
{
	char line[512];
	bool inside = false;
	bool found = false;
	FILE *maps = fopen("/proc/self/smaps", "r");
	assert_non_null(maps);
	while (fgets(line, sizeof line, maps)) {
		char *end = NULL;
		uintptr_t from = strtoull(line, &end, 16);
		if (*end == '-')
			inside = from <= (uintptr_t)at && (uintptr_t)at < strtoull(end + 1, NULL, 16);
		if (inside && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, flag) != NULL;
	}
	(void)fclose(maps);
	return found;
}

/* Not where the limit is nothing, nor under a sanitizer, which makes nothing of the call. */
static bool
locking_works(void)
{
	uint8_t *page = NULL;
	if (posix_memalign((void **)&page, 4096, 4096) != 0)
		return false;
	bool works = mlock(page, 4096) == 0 && has_flag(page, " lo");
	(void)munlock(page, 4096);
	free(page);
	return works;
}

static void
memory_for_keys_is_zero_locked_and_not_dumped(void **state)
{
	(void)state;
	uint8_t *at = cs_secret_memory(48);
	uint8_t zeros[48] = {0};
	assert_non_null(at);
	assert_memory_equal(at, zeros, 48);
	assert_true(has_flag(at, " dd"));
	assert_int_equal(has_flag(at, " lo"), locking_works());
	memset(at, 1, 48);
	cs_secret_release(at);
	cs_secret_release(NULL);
}

static void
a_step_over_its_end_ends_the_process(void **state)
{
	(void)state;
	volatile uint8_t *at = cs_secret_memory(48);
	int status = 0;
	assert_non_null(at);
	(void)fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		(void)signal(SIGSEGV, SIG_DFL);
		at[48] = 1;
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	cs_secret_release((void *)(uintptr_t)at);
}

/* `run` reads its keys, closes the sandbox, and lets keys go and takes others behind that. */
static void
keys_come_and_go_in_the_sandbox(void **state)
{
	(void)state;
	enum { RAN = 7, NO_SANDBOX = 8 };
	void *before = cs_secret_memory(48);
	int status = 0;
	(void)fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		if (cs_sandbox_close(CS_SANDBOX_WATCH) != CS_OK)
			_exit(NO_SANDBOX);
		cs_secret_release(before);
		cs_secret_release(cs_secret_memory(48));
		_exit(RAN);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	cs_secret_release(before);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_SANDBOX)
		skip();
	assert_int_equal(WEXITSTATUS(status), RAN);
}

static void
random_bytes_differ(void **state)
{
	(void)state;
	uint8_t a[32] = {0}, b[32] = {0};
	cs_secret_random(a, sizeof a);
	cs_secret_random(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_whole_or_not_there),
		cmocka_unit_test(a_file_is_made_once_for_its_owner),
		cmocka_unit_test(another_length_is_refused),
		cmocka_unit_test(memory_for_keys_is_zero_locked_and_not_dumped),
		cmocka_unit_test(a_step_over_its_end_ends_the_process),
		cmocka_unit_test(keys_come_and_go_in_the_sandbox),
		cmocka_unit_test(random_bytes_differ),
	};
	return cmocka_run_group_tests_name("secret", tests, set_up, tear_down);
}
