/*
 * A token of our own for tests: SoftHSM in a temporary folder, one token called "countersign test", PIN 13571.
 */
#ifndef CS_TESTS_SOFT_TOKEN_H
#define CS_TESTS_SOFT_TOKEN_H

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOFT_MODULE "/usr/lib/softhsm/libsofthsm2.so"
#define SOFT_URI    "pkcs11:token=countersign%20test?module-path=" SOFT_MODULE "&pin-source="

static char soft_folder[] = "/tmp/countersign-token-XXXXXX";
static char soft_pin[64];
static char soft_uri[256];

/* SoftHSM lets some memory of OpenSSL go when it is finalized; that is not what is looked for. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:libcrypto.so\n";
}

static inline void
soft_write(const char *path, const char *text)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (descriptor < 0 || write(descriptor, text, strlen(text)) != (ssize_t)strlen(text))
		fail_msg("%s cannot be written", path);
	(void)close(descriptor);
}

static inline int
soft_remove(const char *path, const struct stat *about, int kind, struct FTW *where)
{
	(void)about;
	(void)kind;
	(void)where;
	return remove(path);
}

/* Makes the token; false when SoftHSM is not installed. */
static inline int
soft_open(void)
{
	char config[64];
	char text[128];
	static const char *const arguments[] = {
		"softhsm2-util", "--init-token", "--free",   "--label", "countersign test",
		"--pin",         "13571",        "--so-pin", "24682",   NULL};
	pid_t child = 0;
	int status = -1;
	if (access(SOFT_MODULE, R_OK) != 0)
		return 0;
	if (!mkdtemp(soft_folder))
		fail_msg("no folder");
	snprintf(config, sizeof config, "%s/softhsm2.conf", soft_folder);
	snprintf(text, sizeof text, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n",
		 soft_folder);
	soft_write(config, text);
	(void)setenv("SOFTHSM2_CONF", config, 1);
	snprintf(soft_pin, sizeof soft_pin, "%s/pin", soft_folder);
	soft_write(soft_pin, "13571\n");
	snprintf(soft_uri, sizeof soft_uri, "%s%s", SOFT_URI, soft_pin);
	posix_spawn_file_actions_t quiet;
	(void)posix_spawn_file_actions_init(&quiet);
	(void)posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&child, arguments[0], &quiet, NULL, (char *const *)(uintptr_t)arguments, environ) != 0 ||
	    waitpid(child, &status, 0) != child || status != 0)
		fail_msg("softhsm2-util could not make a token");
	(void)posix_spawn_file_actions_destroy(&quiet);
	return 1;
}

static inline void
soft_close(void)
{
	(void)nftw(soft_folder, soft_remove, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
