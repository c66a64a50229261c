/*
 * Giving up power: what a process that reads strangers' packets must not be able to do.
 */
#ifndef CS_IO_SANDBOX_H
#define CS_IO_SANDBOX_H

#include "base/error.h"

/* cs_sandbox_no_dumps keeps memory, with its card numbers, out of core files and debuggers. CS_E_PERMISSION. */
CS_MUST_USE enum cs_error cs_sandbox_no_dumps(void);

/* cs_sandbox_drop becomes USER (when root) and gives up every capability, for good. CS_E_UNKNOWN: no such
 * user, or it is root; CS_E_PERMISSION. */
CS_MUST_USE enum cs_error cs_sandbox_drop(const char *user);

/* cs_sandbox_own becomes (when root) the owner of the folder at PATH, so that what is made there is his. CS_E_OPEN: there is
 * no such folder; CS_E_PERMISSION. */
CS_MUST_USE enum cs_error cs_sandbox_own(const char *path);

/* cs_sandbox_close allows the system calls that reading packets, reading files and writing to open ones
 * take; any other ends the process. No new file can be written from here on. CS_E_UNSUPPORTED. */
CS_MUST_USE enum cs_error cs_sandbox_close(void);

#endif
