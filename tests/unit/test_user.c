/*
 * Goal: what root makes for another user is his, and what was there already is not given away.
 * Method: folders and files of a test as root; skipped by others.
 */
#include "check.h"

#include "io/user.c"

#include "io/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static char folder[64];
static const struct cs_user other = {12345, 12346};

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/countersign-user-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof command, "rm -r %s", folder);
	return (system)(command);
}

static const char *
path(const char *name)
{
	static char at[128];
	snprintf(at, sizeof at, "%s/%s", folder, name);
	return at;
}

static uid_t
owner_of(const char *name)
{
	struct stat about;
	assert_int_equal(lstat(path(name), &about), 0);
	return about.st_uid;
}

static void
what_is_made_is_given(void **state)
{
	(void)state;
	struct cs_user owner = {0, 0};
	if (!cs_user_is_root())
		skip();
	assert_int_equal(cs_user_folder(path("a/b"), &other), CS_OK);
	assert_int_equal(owner_of("a"), other.uid);
	assert_int_equal(owner_of("a/b"), other.uid);
	assert_int_equal(owner_of("."), 0);
	assert_int_equal(cs_user_owner(path("a/b"), &owner), CS_OK);
	assert_true(owner.uid == other.uid && owner.gid == other.gid);
	assert_int_equal(cs_user_file(path("a/file"), &other), CS_OK);
	assert_int_equal(owner_of("a/file"), other.uid);
	assert_int_equal(cs_user_folder(path("mine"), NULL), CS_OK);
	assert_int_equal(owner_of("mine"), 0);
}

static void
what_was_there_is_given_only_if_it_is_empty(void **state)
{
	(void)state;
	if (!cs_user_is_root())
		skip();
	assert_int_equal(cs_user_folder(path("empty"), NULL), CS_OK);
	assert_int_equal(cs_user_folder(path("full"), NULL), CS_OK);
	assert_int_equal(cs_user_file(path("full/file"), NULL), CS_OK);
	assert_int_equal(cs_user_folder(path("empty"), &other), CS_OK);
	assert_int_equal(cs_user_folder(path("full"), &other), CS_OK);
	assert_int_equal(cs_user_file(path("full/file"), &other), CS_OK);
	assert_int_equal(owner_of("empty"), other.uid);
	assert_int_equal(owner_of("full"), 0);
	assert_int_equal(owner_of("full/file"), 0);
}

static void
nothing_is_given_through_a_link(void **state)
{
	(void)state;
	if (!cs_user_is_root())
		skip();
	assert_int_equal(cs_user_folder(path("secret"), NULL), CS_OK);
	char target[128];
	snprintf(target, sizeof target, "%s", path("secret"));
	assert_int_equal(symlink(target, path("link")), 0);
	assert_int_equal(cs_user_folder(path("link"), &other), CS_E_WRITE);
	assert_int_equal(cs_user_file(path("link"), &other), CS_OK); /* it is there: nothing is done */
	assert_int_equal(owner_of("secret"), 0);
}

static void
another_user_is_one_without_power_or_dumps(void **state)
{
	(void)state;
	enum { RAN = 7, WENT_WRONG = 9 };
	int status = 0;
	if (!cs_user_is_root())
		skip();
	(void)fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
		bool became = cs_sandbox_become(&other) == CS_OK && getuid() == other.uid && getgid() == other.gid;
		bool hidden = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
		_exit(became && hidden && setuid(0) != 0 ? RAN : WENT_WRONG);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == RAN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_made_is_given, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_there_is_given_only_if_it_is_empty, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_given_through_a_link, set_up, tear_down),
		cmocka_unit_test(another_user_is_one_without_power_or_dumps),
	};
	return cmocka_run_group_tests_name("user", tests, NULL, NULL);
}
