/*
 * The sandbox of `run`: after the interfaces are open, root is needed for nothing any more.
 *
 * Files stay readable, since SIGHUP reads the policy again; files of before stay writable, since alerts go
 * there. Under a sanitizer the filter stays off: its run-time makes calls of its own.
 */
#include "io/sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WRITES = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND };

static const int allowed[] = {
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(lseek),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt),
	SCMP_SYS(ioctl),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(mlock), /* keys are wiped and let go after this as well */
	SCMP_SYS(munlock),
	SCMP_SYS(brk),
	SCMP_SYS(futex),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(getrandom),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(tgkill),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

enum cs_error
cs_sandbox_no_dumps(void)
{
	struct rlimit none = {0, 0};
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return CS_E_PERMISSION;
	return CS_OK;
}

static enum cs_error
drop_capabilities(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {0};
	return syscall(SYS_capset, &header, none) == 0 ? CS_OK : CS_E_PERMISSION;
}

enum cs_error
cs_sandbox_drop(const char *user)
{
	if (geteuid() == 0) {
		const struct passwd *who = getpwnam(user);
		if (!who || who->pw_uid == 0)
			return CS_E_UNKNOWN;
		uid_t uid = who->pw_uid;
		gid_t gid = who->pw_gid;
		if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
			return CS_E_PERMISSION;
		if (setuid(0) == 0) /* it must be gone for good */
			return CS_E_PERMISSION;
	}
	CS_TRY(drop_capabilities());
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? CS_OK : CS_E_PERMISSION;
}

enum cs_error
cs_sandbox_own(const char *path)
{
	struct stat about;
	if (stat(path, &about) != 0)
		return CS_E_OPEN;
	if (geteuid() != 0 || about.st_uid == 0)
		return CS_OK;
	uid_t uid = about.st_uid;
	gid_t gid = about.st_gid;
	if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
		return CS_E_PERMISSION;
	return cs_sandbox_no_dumps(); /* becoming another undid it */
}

static bool
add_rules(scmp_filter_ctx filter)
{
	int failed = 0;
	for (unsigned i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
				   SCMP_A2(SCMP_CMP_MASKED_EQ, WRITES, O_RDONLY));
	/* memory may be had, but none that can be executed */
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0));
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0));
	return !failed;
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define CS_UNDER_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define CS_UNDER_SANITIZER
#endif

enum cs_error
cs_sandbox_close(void)
{
#ifdef CS_UNDER_SANITIZER
	(void)add_rules;
	return CS_OK;
#else
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return CS_E_UNSUPPORTED;
	bool closed = add_rules(filter) && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return closed ? CS_OK : CS_E_UNSUPPORTED;
#endif
}
