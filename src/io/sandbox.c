/*
 * The sandbox of `run`: after the interfaces are open, root is needed for nothing any more.
 *
 * Files stay readable, since SIGHUP reads the policy again; files of before stay writable, since alerts go
 * there. Whoever keeps a journal makes files as well: where, is left to io/confine.h. Under a sanitizer the filter stays
 * off: its run-time makes calls of its own.
 */
#include "io/sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	WRITES = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND,
	NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
		     CLONE_NEWNET,
};

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
	SCMP_SYS(sysinfo), /* qsort asks how much memory there is */
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

/* What keeping a journal takes besides: volumes, keys, positions and snapshots are made, renamed and removed. */
static const int allowed_to_keep[] = {
	SCMP_SYS(openat),     SCMP_SYS(pwrite64), SCMP_SYS(fsync),    SCMP_SYS(fdatasync),
	SCMP_SYS(ftruncate),  SCMP_SYS(rename),   SCMP_SYS(renameat), SCMP_SYS(renameat2),
	SCMP_SYS(unlink),     SCMP_SYS(unlinkat), SCMP_SYS(mkdir),    SCMP_SYS(mkdirat),
	SCMP_SYS(getdents64), SCMP_SYS(flock),    SCMP_SYS(sendto), /* to the caretaker; there is no call left that would make another socket */
	SCMP_SYS(nanosleep),  SCMP_SYS(fcntl), /* a folder that is open is read */
};

/* And what it takes to do each piece of work in a process of its own. */
static const int allowed_to_care[] = {
	SCMP_SYS(wait4),           SCMP_SYS(kill), SCMP_SYS(sched_setscheduler), SCMP_SYS(prctl), SCMP_SYS(getppid),
	SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
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
cs_sandbox_become(const struct cs_user *user)
{
	if (geteuid() == 0) {
		if (setgroups(0, NULL) != 0 || setresgid(user->gid, user->gid, user->gid) != 0 ||
		    setresuid(user->uid, user->uid, user->uid) != 0)
			return CS_E_PERMISSION;
		if (user->uid != 0 && setuid(0) == 0) /* it must be gone for good */
			return CS_E_PERMISSION;
	}
	CS_TRY(drop_capabilities());
	CS_TRY(cs_sandbox_no_dumps()); /* another user has made them possible again */
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? CS_OK : CS_E_PERMISSION;
}

enum cs_error
cs_sandbox_drop(const char *name)
{
	struct cs_user user = {0, 0};
	if (geteuid() == 0)
		CS_TRY(cs_user_named(name, &user));
	return cs_sandbox_become(&user);
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

static int
allow(scmp_filter_ctx filter, const int *calls, unsigned n)
{
	int failed = 0;
	for (unsigned i = 0; i < n; i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return failed;
}

static bool
add_rules(scmp_filter_ctx filter, enum cs_sandbox_role role)
{
	int failed = allow(filter, allowed, sizeof allowed / sizeof allowed[0]);
	if (role == CS_SANDBOX_WATCH)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
					   SCMP_A2(SCMP_CMP_MASKED_EQ, WRITES, O_RDONLY));
	else
		failed |= allow(filter, allowed_to_keep, sizeof allowed_to_keep / sizeof allowed_to_keep[0]);
	if (role == CS_SANDBOX_CARE) /* a process, but no other view of the system */
		failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
					   SCMP_A0(SCMP_CMP_MASKED_EQ, NAMESPACES, 0));
	if (role == CS_SANDBOX_CARE)
		failed |= allow(filter, allowed_to_care, sizeof allowed_to_care / sizeof allowed_to_care[0]);
	/* memory may be had, but none that can be executed */
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0));
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0));
	return !failed;
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer) || __has_feature(thread_sanitizer)
#define CS_UNDER_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CS_UNDER_SANITIZER
#endif

enum cs_error
cs_sandbox_close(enum cs_sandbox_role role)
{
#ifdef CS_UNDER_SANITIZER
	(void)add_rules;
	(void)role;
	return CS_OK;
#else
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return CS_E_UNSUPPORTED;
	bool closed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 && add_rules(filter, role) &&
		      seccomp_load(filter) == 0;
	seccomp_release(filter);
	return closed ? CS_OK : CS_E_UNSUPPORTED;
#endif
}
