/*
 * curl(1) with options of its own only: no file of options, no globs, no header of ours but its own name.
 */
#include "io/fetch.h"

#include "io/child.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LIMIT_MS = 330 * 1000, SAID_BYTES = 512 };

static const char program[] = "/usr/bin/curl";

struct fetch {
	const char *url, *path;
	uint64_t limit_bytes;
	int said; /* where curl says what is wrong */
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
	if (fetch->said >= 0)
		(void)dup2(fetch->said, STDERR_FILENO);
	if (setrlimit(RLIMIT_FSIZE, &room) == 0)
		(void)execv(program, (char *const *)(uintptr_t)words);
	_exit(1);
}

/* What was said, in one line. */
static void
hear(int from, struct cs_text *said)
{
	char bytes[SAID_BYTES];
	ssize_t n = read(from, bytes, sizeof bytes);
	for (ssize_t i = 0; i < n && said->len + 1 < said->cap_bytes; i++)
		cs_text_put_char(said, bytes[i] == '\n' || bytes[i] == '\r' ? ' ' : bytes[i]);
	while (said->len && said->at[said->len - 1] == ' ')
		said->len--;
}

enum cs_error
cs_fetch(const char *url, const char *path, uint64_t limit_bytes, struct cs_text *said)
{
	int signal = 0, ends[2] = {-1, -1};
	if (access(program, X_OK) != 0)
		return CS_E_UNSUPPORTED;
	/* Neither end waits: nobody listens while curl speaks. */
	bool heard = pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0;
	struct fetch fetch = {url, path, limit_bytes, ends[1]};
	const struct cs_child_work work = {.life = become_curl, .context = &fetch, .line = -1, .limit_ms = LIMIT_MS};
	enum cs_error error = cs_child_do(&work, &signal);
	if (heard) {
		hear(ends[0], said);
		(void)close(ends[0]);
		(void)close(ends[1]);
	}
	return error == CS_E_LIMIT ? CS_E_READ : error;
}
