/*
 * Nothing is given away by name: a name may have come to mean something else since it was looked at. What was made is
 * opened, and the descriptor's file is given.
 */
#include "io/user.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0700, FILE_MODE = 0600 };

enum cs_error
cs_user_named(const char *name, struct cs_user *out)
{
	const struct passwd *who = getpwnam(name);
	if (!who || who->pw_uid == 0)
		return CS_E_UNKNOWN;
	*out = (struct cs_user){who->pw_uid, who->pw_gid};
	return CS_OK;
}

bool
cs_user_names_root(const char *name)
{
	const struct passwd *who = getpwnam(name);
	return who && who->pw_uid == 0;
}

enum cs_error
cs_user_owner(const char *folder, struct cs_user *out)
{
	struct stat about;
	if (stat(folder, &about) != 0 || !S_ISDIR(about.st_mode))
		return CS_E_OPEN;
	*out = (struct cs_user){about.st_uid, about.st_gid};
	return CS_OK;
}

bool
cs_user_is_root(void)
{
	return geteuid() == 0;
}

static bool
is_empty(int folder)
{
	DIR *list = fdopendir(dup(folder));
	unsigned n = 0;
	if (!list)
		return false;
	while (readdir(list))
		n++;
	(void)closedir(list);
	return n <= 2; /* itself and the one above it */
}

/* PATH was made here, or is the folder wished for itself. */
static enum cs_error
give_folder(const char *path, bool made, const struct cs_user *user)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return CS_E_WRITE;
	bool give = user && geteuid() == 0 && (made || is_empty(folder));
	int failed = give ? fchown(folder, user->uid, user->gid) : 0;
	(void)close(folder);
	return failed ? CS_E_WRITE : CS_OK;
}

enum cs_error
cs_user_folder(const char *path, const struct cs_user *user)
{
	char part[PATH_MAX];
	size_t len = strlen(path);
	if (len == 0 || len >= sizeof part)
		return CS_E_LIMIT;
	memcpy(part, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		bool made = mkdir(part, FOLDER_MODE) == 0;
		if (!made && errno != EEXIST)
			return CS_E_WRITE;
		if (made || i == len)
			CS_TRY(give_folder(part, made, user));
		part[i] = path[i];
	}
	return CS_OK;
}

enum cs_error
cs_user_file(const char *path, const struct cs_user *user)
{
	int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (file < 0)
		return errno == EEXIST ? CS_OK : CS_E_WRITE;
	int failed = user && geteuid() == 0 ? fchown(file, user->uid, user->gid) : 0;
	(void)close(file);
	return failed ? CS_E_WRITE : CS_OK;
}
