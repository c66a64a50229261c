/*
 * Users, and what belongs to them: a process that was started as root makes what it needs before it becomes another.
 */
#ifndef CS_IO_USER_H
#define CS_IO_USER_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct cs_user {
	uint32_t uid;
	uint32_t gid;
};

/* cs_user_named finds a user. CS_E_UNKNOWN: no such user, or it is root. */
CS_MUST_USE enum cs_error cs_user_named(const char *name, struct cs_user *out);

/* cs_user_owner tells whom a folder belongs to. CS_E_OPEN: there is no such folder. */
CS_MUST_USE enum cs_error cs_user_owner(const char *folder, struct cs_user *out);

/* cs_user_names_root says whether NAME is root, by whatever name. */
bool cs_user_names_root(const char *name);

/* cs_user_is_root says whether this process may become another user. */
bool cs_user_is_root(void);

/* cs_user_folder makes a folder (mode 0700) and those above it, and gives those it made to USER (NULL: to nobody). One that
 * was there is given away only if it is empty. CS_E_WRITE. */
CS_MUST_USE enum cs_error cs_user_folder(const char *path, const struct cs_user *user);

/* cs_user_file makes an empty file (mode 0600) and gives it to USER (NULL: to nobody); one that was there stays as it is. CS_E_WRITE. */
CS_MUST_USE enum cs_error cs_user_file(const char *path, const struct cs_user *user);

#endif
