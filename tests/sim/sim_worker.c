/*
 * The worker on the one thread there is. A step is done when the dice say so: at once when it is woken, later when the
 * engine waits for it, or when its periodic look is due; never within another step. What a thread could do in between
 * two calls of the engine, this can do at one of them.
 */
#include "io/worker.h"

#include "sim.h"

#include <stdlib.h>

enum { WORKERS_MAX = 4, WHEN_WAITED_FOR_PPM = 700000 };

/* How eager a worker is: a slow sink is one that hardly ever works when it is woken. */
static const uint32_t at_once_ppm[] = {0, 300000, 900000};

static const uint64_t nap_ns = 100000000;
static const uint64_t yield_ns = 1000000;

struct cs_worker {
	cs_worker_step *step;
	void *context;
	uint32_t at_once_ppm;
	bool woken;
	bool working;
	uint64_t nap_until_ns;
};

static struct cs_worker *at_work[WORKERS_MAX];
static unsigned worker_n;

static enum cs_work
work(struct cs_worker *worker)
{
	worker->working = true;
	worker->woken = false;
	enum cs_work left = worker->step(worker->context);
	worker->working = false;
	if (left == CS_WORK_MORE)
		worker->woken = true;
	worker->nap_until_ns = sim.steady_ns + nap_ns;
	sim_note('W', left);
	return left;
}

enum cs_error
cs_worker_start(cs_worker_step *step, void *context, struct cs_worker **out)
{
	struct cs_worker *worker = calloc(1, sizeof *worker);
	if (!worker)
		return CS_E_MEMORY;
	worker->step = step;
	worker->context = context;
	worker->nap_until_ns = sim.steady_ns;
	worker->at_once_ppm = at_once_ppm[cs_dice_below(&sim.dice, 3)];
	CS_ASSERT(worker_n < WORKERS_MAX);
	at_work[worker_n++] = worker;
	*out = worker;
	return CS_OK;
}

void
cs_worker_wake(struct cs_worker *worker)
{
	worker->woken = true;
	if (!worker->working && sim_chance(worker->at_once_ppm))
		(void)work(worker);
}

void
cs_worker_yield(struct cs_worker *worker)
{
	worker->woken = true;
	sim_clock_pass(cs_dice_below(&sim.dice, yield_ns));
	if (!worker->working && sim_chance(WHEN_WAITED_FOR_PPM))
		(void)work(worker);
}

void
cs_worker_stop(struct cs_worker *worker)
{
	if (!worker)
		return;
	while (work(worker) == CS_WORK_MORE)
		sim_note('S', 0);
	for (unsigned i = 0; i < worker_n; i++)
		if (at_work[i] == worker)
			at_work[i--] = at_work[--worker_n];
	free(worker);
}

void
sim_worker_idle(void)
{
	for (unsigned i = 0; i < worker_n; i++)
		if (!at_work[i]->working && (at_work[i]->woken || sim.steady_ns >= at_work[i]->nap_until_ns))
			(void)work(at_work[i]);
}

void
sim_worker_let_go(void)
{
	worker_n = 0;
}

unsigned
sim_worker_n(void)
{
	return worker_n;
}
