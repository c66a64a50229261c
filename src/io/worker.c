/*
 * The real worker: a thread, and two counters to sleep on. Invariant: a wake between the worker's last look and its
 * sleep is not lost, since it changes the counter the worker goes to sleep on.
 */
#include "io/worker.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct cs_worker {
	pthread_t thread;
	cs_worker_step *step;
	void *context;
	atomic_uint woken;  /* counts wakes */
	atomic_uint done;   /* counts steps */
	atomic_bool asleep; /* the worker waits on `woken` */
	atomic_bool ending;
	atomic_uint begun; /* 1: the thread is there */
};

static const long nap_ns = 100000000;

static void
sleep_on(atomic_uint *word, unsigned seen, long for_ns)
{
	struct timespec limit = {for_ns / 1000000000, for_ns % 1000000000};
	(void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, &limit, NULL, 0);
}

static void
wake_all(atomic_uint *word)
{
	(void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

static void *
work(void *context)
{
	struct cs_worker *worker = context;
	atomic_store(&worker->begun, 1);
	wake_all(&worker->begun);
	for (;;) {
		unsigned seen = atomic_load(&worker->woken);
		bool ending = atomic_load(&worker->ending);
		enum cs_work left = worker->step(worker->context);
		atomic_fetch_add(&worker->done, 1);
		wake_all(&worker->done);
		if (left == CS_WORK_MORE)
			continue;
		if (ending)
			return NULL;
		if (left == CS_WORK_LATER)
			seen = atomic_load(&worker->woken);
		atomic_store(&worker->asleep, true);
		sleep_on(&worker->woken, seen, nap_ns);
		atomic_store(&worker->asleep, false);
	}
}

enum cs_error
cs_worker_start(cs_worker_step *step, void *context, struct cs_worker **out)
{
	struct cs_worker *worker = calloc(1, sizeof *worker);
	sigset_t all, before;
	if (!worker)
		return CS_E_MEMORY;
	worker->step = step;
	worker->context = context;
	/* Signals belong to the engine's thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&worker->thread, NULL, work, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed) {
		free(worker);
		return CS_E_MEMORY;
	}
	/* A thread's own beginning takes system calls that the sandbox, which may come next, does not know. */
	while (!atomic_load(&worker->begun))
		sleep_on(&worker->begun, 0, nap_ns);
	*out = worker;
	return CS_OK;
}

void
cs_worker_wake(struct cs_worker *worker)
{
	atomic_fetch_add(&worker->woken, 1);
	if (atomic_load(&worker->asleep))
		wake_all(&worker->woken);
}

void
cs_worker_yield(struct cs_worker *worker)
{
	unsigned seen = atomic_load(&worker->done);
	cs_worker_wake(worker);
	sleep_on(&worker->done, seen, 1000000);
}

void
cs_worker_stop(struct cs_worker *worker)
{
	if (!worker)
		return;
	atomic_store(&worker->ending, true);
	cs_worker_wake(worker);
	(void)pthread_join(worker->thread, NULL);
	free(worker);
}
