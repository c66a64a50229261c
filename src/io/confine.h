/*
 * Confinement: where in the file system a process may still write. (What calls it may make at all: io/sandbox.h.)
 */
#ifndef CS_IO_CONFINE_H
#define CS_IO_CONFINE_H

#include "base/error.h"

#include <stdbool.h>

/* cs_confine_writes keeps this thread, and all that it starts from now on, from writing, making, renaming and removing
 * anything that is not one of the N PATHS (folders or files; NULL: none) or in one; what is open already stays as it is.
 * For good. *CONFINED is false when this kernel cannot do so. After cs_sandbox_become or as root. CS_E_OPEN: a path is
 * not there; CS_E_PERMISSION. */
CS_MUST_USE enum cs_error cs_confine_writes(const char *const *paths, unsigned n, bool *confined);

#endif
