/*
 * Invariant: a child never outlives its parent. The kernel ends it with the thread that started it; if that was gone
 * before the child had asked for this, the child sees another parent and ends itself.
 *
 * Messages are packets over a pair of sockets: none is ever cut. Nobody waits for a child, since the sandbox of `run` would
 * not allow it; it is seen to be gone when its end of the line is.
 */
#include "io/child.h"

#include "io/clock.h"
#include "io/file.h"
#include "io/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE_IN_CHILD = 3, LEAST_PRIORITY = 19, GIVEN_UP = 1, NAP_MS = 20 };

/* With its parent, and not by what is meant for that. */
static void
tie_to(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent)
		_exit(GIVEN_UP);
}

/* The kernel takes memory back from whom it costs least. Only root may write this when core dumps are off. */
static void
offer_memory(void)
{
	int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return;
	enum cs_error error = cs_file_write_all(file, "1000", 4);
	(void)error; /* it goes on without */
	cs_file_close(file);
}

static void
settle(const struct cs_child_wish *wish, int line)
{
	int nowhere = open("/dev/null", O_RDWR);
	(void)signal(SIGINT, SIG_IGN); /* meant for the parent, and with it the child ends */
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	offer_memory();
	(void)setpriority(PRIO_PROCESS, 0, LEAST_PRIORITY);
	(void)prctl(PR_SET_NAME, wish->name);
	(void)dup2(nowhere, STDIN_FILENO);
	(void)dup2(nowhere, STDOUT_FILENO);
	if (dup2(line, LINE_IN_CHILD) != LINE_IN_CHILD || close_range(LINE_IN_CHILD + 1, ~0U, 0) != 0)
		_exit(GIVEN_UP);
	if (wish->user && cs_sandbox_become(wish->user) != CS_OK)
		_exit(GIVEN_UP);
}

enum cs_error
cs_child_start(const struct cs_child_wish *wish, int *line)
{
	int pair[2];
	pid_t parent = getpid();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return CS_E_MEMORY;
	pid_t child = fork();
	if (child == 0) {
		settle(wish, pair[1]);
		tie_to(parent); /* behind settle: whoever becomes another user is tied to nobody */
		wish->life(wish->context, LINE_IN_CHILD);
		_exit(0);
	}
	cs_file_close(pair[1]);
	if (child > 0) {
		*line = pair[0];
		return CS_OK;
	}
	cs_file_close(pair[0]);
	return CS_E_MEMORY;
}

enum cs_error
cs_child_say(int line, const void *at, size_t len)
{
	ssize_t n;
	if (len > CS_CHILD_MESSAGE_BYTES)
		return CS_E_LIMIT;
	do
		n = send(line, at, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)len ? CS_OK : CS_E_WRITE;
}

enum cs_error
cs_child_hear(int line, int timeout_ms, void *at, size_t *len)
{
	struct pollfd wanted = {line, POLLIN, 0};
	int ready = poll(&wanted, 1, timeout_ms);
	if (ready == 0 || (ready < 0 && errno == EINTR))
		return CS_AGAIN;
	ssize_t n = recv(line, at, CS_CHILD_MESSAGE_BYTES, MSG_DONTWAIT);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return CS_AGAIN;
	if (n <= 0)
		return CS_END;
	*len = (size_t)n;
	return CS_OK;
}

/* Nice is not enough: whoever is nice gets a small share all the same, and in the middle of a decision of others. */
static void
be_gentle(void)
{
	const struct sched_param none = {0};
	(void)sched_setscheduler(0, SCHED_IDLE, &none);
}

/* Waits for CHILD, for LIMIT_MS at most (0: for ever). False: it goes on still. */
static bool
wait_for(pid_t child, int limit_ms, int *status)
{
	uint64_t began_ns = cs_clock_steady_ns();
	for (;;) {
		pid_t ended = waitpid(child, status, limit_ms ? WNOHANG : 0);
		if (ended == child || (ended < 0 && errno != EINTR))
			return true;
		if (limit_ms && cs_clock_steady_ns() - began_ns >= (uint64_t)limit_ms * 1000000)
			return false;
		(void)poll(NULL, 0, NAP_MS);
	}
}

enum cs_error
cs_child_do(const struct cs_child_work *work, int *signal)
{
	int status = 0;
	pid_t parent = getpid();
	*signal = 0;
	pid_t child = fork();
	if (child == 0) {
		tie_to(parent);
		if (work->gentle)
			be_gentle();
		work->life(work->context, work->line);
		_exit(0);
	}
	if (child < 0)
		return CS_E_MEMORY;
	if (!wait_for(child, work->limit_ms, &status)) {
		(void)kill(child, SIGKILL);
		(void)wait_for(child, 0, &status);
		return CS_AGAIN;
	}
	*signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? CS_OK : CS_E_LIMIT;
}
