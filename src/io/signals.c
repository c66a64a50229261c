/*
 * Signals through a descriptor: no handler, so nothing runs between two lines of ours.
 */
#include "io/signals.h"

#include "io/file.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

enum { WAIT_MAX = 66 }; /* every source, the signals, and one to spare */

enum cs_error
cs_signals_open(int *out)
{
	sigset_t set;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return CS_E_OPEN;
	int descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (descriptor < 0)
		return CS_E_OPEN;
	*out = descriptor;
	return CS_OK;
}

enum cs_signal
cs_signals_next(int descriptor)
{
	struct signalfd_siginfo come;
	size_t got = 0;
	if (cs_file_read_some(descriptor, &come, sizeof come, &got) != CS_OK || got != sizeof come)
		return CS_SIGNAL_NONE;
	return come.ssi_signo == SIGHUP ? CS_SIGNAL_RELOAD : CS_SIGNAL_STOP;
}

void
cs_signals_wait(const int *descriptors, unsigned n, int timeout_ms)
{
	struct pollfd wanted[WAIT_MAX];
	CS_ASSERT(n <= WAIT_MAX);
	for (unsigned i = 0; i < n; i++)
		wanted[i] = (struct pollfd){descriptors[i], POLLIN, 0};
	(void)poll(wanted, n, timeout_ms);
}
