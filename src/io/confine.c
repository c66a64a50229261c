/*
 * Landlock, by its raw calls: Debian 12 has no wrappers for them. The kernel is asked at run time what it knows; rights it
 * does not know are not named to it. Reading is left alone: the policy is read again when it changes.
 */
#include "io/confine.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ABI_REFER = 2, ABI_TRUNCATE = 3 };

static const uint64_t right_to_truncate = UINT64_C(1) << 14; /* newer than Debian 12's header */

static const uint64_t rights_in_a_folder = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
					   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
					   LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
					   LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
					   LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

/* All rights to change something that a kernel of this ABI knows. */
static uint64_t
rights_of(long abi)
{
	uint64_t rights = rights_in_a_folder;
	if (abi >= ABI_REFER)
		rights |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= ABI_TRUNCATE)
		rights |= right_to_truncate;
	return rights;
}

/* What is given back of RIGHTS on PATH: plain files, folders, removing them and moving them about, no devices and no links. */
static enum cs_error
allow(int ruleset, const char *path, uint64_t rights)
{
	const uint64_t on_files = LANDLOCK_ACCESS_FS_WRITE_FILE | right_to_truncate;
	const uint64_t given = on_files | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
			       LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER;
	struct stat about;
	int place = open(path, O_PATH | O_CLOEXEC);
	if (place < 0)
		return CS_E_OPEN;
	bool folder = fstat(place, &about) == 0 && S_ISDIR(about.st_mode);
	struct landlock_path_beneath_attr rule = {
		.allowed_access = rights & (folder ? given : on_files),
		.parent_fd = place,
	};
	long failed = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	(void)close(place);
	return failed ? CS_E_PERMISSION : CS_OK;
}

static enum cs_error
enforce(int ruleset)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		return CS_E_PERMISSION;
	return CS_OK;
}

enum cs_error
cs_confine_writes(const char *const *paths, unsigned n, bool *confined)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	*confined = false;
	if (abi < 1)
		return CS_OK;
	struct landlock_ruleset_attr handled = {.handled_access_fs = rights_of(abi)};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
	if (ruleset < 0)
		return CS_E_PERMISSION;
	enum cs_error error = CS_OK;
	for (unsigned i = 0; i < n && error == CS_OK; i++)
		if (paths[i])
			error = allow(ruleset, paths[i], handled.handled_access_fs);
	if (error == CS_OK)
		error = enforce(ruleset);
	(void)close(ruleset);
	*confined = error == CS_OK;
	return error;
}
