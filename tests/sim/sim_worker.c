/*
 * The worker on the one thread there is. A step is done when the dice say so: at once when it is woken, later when the
 * engine waits for it, or when its periodic look is due; never within another step. What a thread could do in between
 * two calls of the engine, this can do at one of them.
 */
#include "io/worker.h"

#include "sim.h"

#include <stdlib.h>

enum { AT_ONCE_PPM = 300000, WHEN_WAITED_FOR_PPM = 700000 };

static const uint64_t nap_ns = 100000000;
static const uint64_t yield_ns = 1000000;

struct cs_worker {
	cs_worker_step *step;
	void *context;
	bool woken;
	bool working;
	uint64_t nap_until_ns;
};

static struct cs_worker *at_work;
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
	at_work = worker;
	worker_n++;
	*out = worker;
	return CS_OK;
}

void
cs_worker_wake(struct cs_worker *worker)
{
	worker->woken = true;
	if (!worker->working && sim_chance(AT_ONCE_PPM))
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
	if (at_work == worker)
		at_work = NULL;
	worker_n--;
	free(worker);
}

void
sim_worker_idle(void)
{
	if (at_work && !at_work->working && (at_work->woken || sim.steady_ns >= at_work->nap_until_ns))
		(void)work(at_work);
}

void
sim_worker_let_go(void)
{
	at_work = NULL;
	worker_n = 0;
}

unsigned
sim_worker_n(void)
{
	return worker_n;
}
