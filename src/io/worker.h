/*
 * A worker: one thread beside the engine's that does what must not be waited for. It calls STEP whenever it was woken
 * or STEP said that there is more to do, and ten times a second besides. Part of src/io: the simulator replaces this file at link time by a worker that
 * works when the dice say so, on the one thread there is.
 */
#ifndef CS_IO_WORKER_H
#define CS_IO_WORKER_H

#include "base/error.h"

struct cs_worker;

/* What a step says of what is left. */
enum cs_work {
	CS_WORK_DONE,
	CS_WORK_MORE,  /* more waits already */
	CS_WORK_LATER, /* something is in the way (a full disk): try again in a while */
};

/* What a worker does: one piece of work. */
typedef enum cs_work cs_worker_step(void *context);

/* cs_worker_start begins to work; CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_worker_start(cs_worker_step *step, void *context, struct cs_worker **out);

/* cs_worker_wake says that there is something to do. Cheap while the worker is awake. */
void cs_worker_wake(struct cs_worker *worker);

/* cs_worker_yield waits until the worker has finished a step, or for a millisecond. */
void cs_worker_yield(struct cs_worker *worker);

/* cs_worker_stop lets the worker do what waits, ends it and frees it; what must be tried LATER is given up. Takes NULL. */
void cs_worker_stop(struct cs_worker *worker);

#endif
