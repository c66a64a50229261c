/*
 * A worker: one thread beside the engine's that does what must not be waited for. It calls STEP whenever it was woken
 * or STEP said that there is more to do. Part of src/io: the simulator replaces this file at link time by a worker that
 * works when the dice say so, on the one thread there is.
 */
#ifndef CS_IO_WORKER_H
#define CS_IO_WORKER_H

#include "base/error.h"

#include <stdbool.h>

struct cs_worker;

/* What a worker does: one piece of work; true when more waits already. */
typedef bool cs_worker_step(void *context);

/* cs_worker_start begins to work; CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_worker_start(cs_worker_step *step, void *context, struct cs_worker **out);

/* cs_worker_wake says that there is something to do. Cheap while the worker is awake. */
void cs_worker_wake(struct cs_worker *worker);

/* cs_worker_yield waits until the worker has finished a step, or for a millisecond. */
void cs_worker_yield(struct cs_worker *worker);

/* cs_worker_stop lets the worker do what waits, ends it and frees it; takes NULL. */
void cs_worker_stop(struct cs_worker *worker);

#endif
