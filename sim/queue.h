/*
 * What is to happen next: steps in order of time, at most CS_QUEUE_MAX of them.
 */
#ifndef CS_SIM_QUEUE_H
#define CS_SIM_QUEUE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { CS_QUEUE_MAX = 1 << 18 };

struct cs_due {
	uint64_t time_ns;
	uint64_t order; /* of adding; breaks ties */
	uint32_t what;  /* index of a deal, an attack, a happening */
	uint32_t step;
};

struct cs_queue {
	unsigned n;
	uint64_t order;
	struct cs_due *heap;
};

/* cs_queue_open makes an empty queue; CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_queue_open(struct cs_queue *queue);
void cs_queue_close(struct cs_queue *queue);

/* cs_queue_add lets STEP happen to WHAT at TIME_NS; false when the queue is full. */
bool cs_queue_add(struct cs_queue *queue, uint64_t time_ns, uint32_t step, uint32_t what);

/* cs_queue_take gives the earliest step; false when there is none. */
bool cs_queue_take(struct cs_queue *queue, struct cs_due *out);

#endif
