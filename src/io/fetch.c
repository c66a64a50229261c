/*
 * curl(1) with options of its own only: no file of options, no globs, no header of ours but its own name.
 */
#include "io/fetch.h"

#include "io/child.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LIMIT_MS = 330 * 1000 };

static const char program[] = "/usr/bin/curl";

struct fetch {
	const char *url, *path;
	uint64_t limit_bytes;
};

/* In the child: becomes curl. */
static void
become_curl(void *context, int line)
{
	const struct fetch *fetch = context;
	const char *ways = strncmp(fetch->url, "https:", 6) == 0 ? "=https" : "=http,https";
	const struct rlimit room = {fetch->limit_bytes, fetch->limit_bytes};
	const char *const words[] = {program,     "--disable",     "--silent",  "--show-error",
				     "--fail",    "--location",    "--globoff", "--connect-timeout",
				     "30",        "--max-time",    "300",       "--proto",
				     ways,        "--proto-redir", ways,        "--output",
				     fetch->path, "--url",         fetch->url,  NULL};
	(void)line;
	if (setrlimit(RLIMIT_FSIZE, &room) == 0)
		(void)execv(program, (char *const *)(uintptr_t)words);
	_exit(1);
}

enum cs_error
cs_fetch(const char *url, const char *path, uint64_t limit_bytes)
{
	struct fetch fetch = {url, path, limit_bytes};
	const struct cs_child_work work = {.life = become_curl, .context = &fetch, .line = -1, .limit_ms = LIMIT_MS};
	int signal = 0;
	if (access(program, X_OK) != 0)
		return CS_E_UNSUPPORTED;
	enum cs_error error = cs_child_do(&work, &signal);
	return error == CS_E_LIMIT ? CS_E_READ : error;
}
