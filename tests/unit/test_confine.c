/*
 * Goal: behind the confinement nothing is written, made, renamed or removed but in the folder that was named, by no thread;
 * and the sandbox of who keeps a journal allows what that takes and nothing like a shell.
 * Method: children that try, each telling by its exit status how far it came.
 */
#include "check.h"

#include "io/confine.c"

#include "io/disk.h"
#include "io/sandbox.h"
#include "io/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>

enum { RAN = 7, CANNOT = 8, WENT_WRONG = 9 };

static char inside[64], outside[64];

static int
set_up(void **state)
{
	(void)state;
	snprintf(inside, sizeof inside, "/tmp/countersign-inside-XXXXXX");
	snprintf(outside, sizeof outside, "/tmp/countersign-outside-XXXXXX");
	return mkdtemp(inside) && mkdtemp(outside) ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	char command[192];
	snprintf(command, sizeof command, "rm -r %s %s", inside, outside);
	return (system)(command);
}

static const char *
path(const char *folder, const char *name)
{
	static char at[4][128];
	static unsigned nth;
	char *to = at[nth++ % 4];
	snprintf(to, sizeof at[0], "%s/%s", folder, name);
	return to;
}

static void
make(const char *at)
{
	int file = -1;
	assert_int_equal(cs_disk_open(at, CS_DISK_CREATE, &file), CS_OK);
	cs_disk_close(file);
}

/* Runs TRY in a child and gives what it exits with; a negative signal when one ended it. */
static int
in_child(int (*try)(void))
{
	int status = 0;
	(void)fflush(stdout);
	pid_t child = fork();
	if (child == 0)
		_exit(try());
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static bool
confine(void)
{
	const char *places[] = {inside, NULL};
	bool confined = false;
	return cs_confine_writes(places, 2, &confined) == CS_OK && confined;
}

static bool
is_denied(const char *at, enum cs_disk_mode mode)
{
	int file = -1;
	return cs_disk_open(at, mode, &file) == CS_E_PERMISSION && file == -1;
}

static bool
works_inside(void)
{
	int file = -1;
	return cs_disk_open(path(inside, "new"), CS_DISK_CREATE, &file) == CS_OK &&
	       cs_disk_write(file, "x", 1, 0) == CS_OK && cs_disk_cut(file, 0) == CS_OK &&
	       cs_disk_rename(path(inside, "new"), path(inside, "renamed")) == CS_OK &&
	       cs_disk_sync_folder(inside) == CS_OK && cs_disk_remove(path(inside, "renamed")) == CS_OK &&
	       cs_disk_folder(path(inside, "folder")) == CS_OK;
}

static int
try_files(void)
{
	if (!confine())
		return CANNOT;
	bool denied = is_denied(path(outside, "new"), CS_DISK_CREATE) &&
		      is_denied(path(outside, "there"), CS_DISK_WRITE) &&
		      is_denied(path(outside, "there"), CS_DISK_EITHER) && truncate(path(outside, "there"), 0) != 0 &&
		      cs_disk_remove(path(outside, "there")) == CS_E_PERMISSION &&
		      cs_disk_rename(path(outside, "there"), path(inside, "taken")) != CS_OK &&
		      mkdir(path(outside, "folder"), 0700) != 0 && symlink("x", path(inside, "link")) != 0;
	int file = -1;
	bool readable = cs_disk_open(path(outside, "there"), CS_DISK_READ, &file) == CS_OK;
	return denied && readable && works_inside() ? RAN : WENT_WRONG;
}

static void
only_the_folder_named_is_written(void **state)
{
	(void)state;
	make(path(outside, "there"));
	int how = in_child(try_files);
	if (how == CANNOT) {
		not_here("Landlock");
		return;
	}
	assert_int_equal(how, RAN);
}

static int
try_one_file(void)
{
	const char *places[] = {path(outside, "witness")};
	bool confined = false;
	int file = -1;
	if (cs_confine_writes(places, 1, &confined) != CS_OK || !confined)
		return CANNOT;
	bool written =
		cs_disk_open(places[0], CS_DISK_WRITE, &file) == CS_OK && cs_disk_write(file, "x", 1, 0) == CS_OK;
	return written && is_denied(path(outside, "beside"), CS_DISK_CREATE) ? RAN : WENT_WRONG;
}

static void
a_place_may_be_one_file(void **state)
{
	(void)state;
	make(path(outside, "witness"));
	int how = in_child(try_one_file);
	if (how == CANNOT) {
		not_here("Landlock");
		return;
	}
	assert_int_equal(how, RAN);
}

static void
a_place_that_is_not_there_is_an_error(void **state)
{
	(void)state;
	const char *places[] = {path(outside, "nothing")};
	bool confined = true;
	enum cs_error error = cs_confine_writes(places, 1, &confined);
	assert_true(error == CS_E_OPEN || error == CS_OK); /* CS_OK: a kernel without */
	assert_false(confined);
}

/* ---- with the filter, on a thread that was there before ---- */

static int its_answer;

static enum cs_work
work(void *context)
{
	const int *go = context;
	if (__atomic_load_n(go, __ATOMIC_ACQUIRE) == 0 || its_answer)
		return CS_WORK_DONE;
	bool right = works_inside() && is_denied(path(outside, "new"), CS_DISK_CREATE);
	__atomic_store_n(&its_answer, right ? RAN : WENT_WRONG, __ATOMIC_RELEASE);
	return CS_WORK_DONE;
}

static int
try_thread(void)
{
	static int go;
	struct cs_worker *worker = NULL;
	int lock = -1;
	if (!confine())
		return CANNOT;
	if (cs_worker_start(work, &go, &worker) != CS_OK || cs_sandbox_close(CS_SANDBOX_KEEP) != CS_OK)
		return CANNOT;
	__atomic_store_n(&go, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&its_answer, __ATOMIC_ACQUIRE))
		cs_worker_yield(worker);
	if (cs_disk_open(path(inside, "lock"), CS_DISK_CREATE, &lock) != CS_OK || cs_disk_lock(lock) != CS_OK)
		return WENT_WRONG;
	cs_worker_stop(worker);
	return its_answer;
}

static void
a_thread_keeps_a_journal_inside_both(void **state)
{
	(void)state;
	int how = in_child(try_thread);
	if (how == CANNOT) {
		not_here("Landlock");
		return;
	}
	assert_int_equal(how, RAN);
}

static int
try_shell(void)
{
	char *const nothing[] = {NULL};
	if (cs_sandbox_close(CS_SANDBOX_KEEP) != CS_OK)
		return CANNOT;
	(void)execve("/bin/true", nothing, nothing);
	return RAN;
}

static int
try_file_of_watch(void)
{
	int file = -1;
	if (cs_sandbox_close(CS_SANDBOX_WATCH) != CS_OK)
		return CANNOT;
	return cs_disk_open(path(inside, "new"), CS_DISK_CREATE, &file) == CS_OK ? RAN : WENT_WRONG;
}

static int
try_nothing(void)
{
	return cs_sandbox_close(CS_SANDBOX_CARE) == CS_OK && fork() >= 0 ? RAN : CANNOT;
}

/* Under a sanitizer there is no filter: the shell is then reached. */
static void
other_calls_end_the_process(void **state)
{
	(void)state;
	bool filtered = in_child(try_shell) == -SIGSYS;
	int file = in_child(try_file_of_watch);
	if (!filtered && file == RAN) {
		not_here("a seccomp filter (a sanitized build has none)");
		return;
	}
	assert_true(filtered);
	assert_int_equal(file, -SIGSYS);
	assert_int_equal(in_child(try_nothing), RAN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_the_folder_named_is_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_place_may_be_one_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_place_that_is_not_there_is_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_thread_keeps_a_journal_inside_both, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_calls_end_the_process, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("confine", tests, NULL, NULL);
}
