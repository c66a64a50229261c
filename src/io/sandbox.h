/*
 * Giving up power: what a process that reads strangers' packets must not be able to do.
 */
#ifndef CS_IO_SANDBOX_H
#define CS_IO_SANDBOX_H

#include "base/error.h"
#include "io/user.h"

/* What a process does behind the sandbox; each may do what the one above it may. */
enum cs_sandbox_role {
	CS_SANDBOX_WATCH, /* reads packets and files, and writes to files that are open */
	CS_SANDBOX_KEEP,  /* keeps a journal: makes, writes, renames and removes files, on several threads */
	CS_SANDBOX_CARE,  /* looks after one: does so in processes of its own */
};

/* cs_sandbox_no_dumps keeps memory, with its card numbers, out of core files and debuggers. CS_E_PERMISSION. */
CS_MUST_USE enum cs_error cs_sandbox_no_dumps(void);

/* cs_sandbox_become becomes USER (when root) and gives up every capability, for good. CS_E_PERMISSION. */
CS_MUST_USE enum cs_error cs_sandbox_become(const struct cs_user *user);

/* cs_sandbox_drop does so by NAME. CS_E_UNKNOWN: no such user, or it is root; CS_E_PERMISSION. */
CS_MUST_USE enum cs_error cs_sandbox_drop(const char *name);

/* cs_sandbox_own becomes (when root) the owner of the folder at PATH, so that what is made there is his. CS_E_OPEN: there is
 * no such folder; CS_E_PERMISSION. */
CS_MUST_USE enum cs_error cs_sandbox_own(const char *path);

/* cs_sandbox_close allows, on every thread there is, the system calls that ROLE takes; any other ends the process. It
 * does not say which files: without io/confine.h whoever keeps a journal may write wherever its user may.
 * CS_E_UNSUPPORTED. */
CS_MUST_USE enum cs_error cs_sandbox_close(enum cs_sandbox_role role);

#endif
