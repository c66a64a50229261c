/*
 * A binary heap of steps. Steps of one time come in the order of adding, so runs are the same everywhere.
 */
#include "queue.h"

#include <stdlib.h>

enum cs_error
cs_queue_open(struct cs_queue *queue)
{
	queue->n = 0;
	queue->order = 0;
	queue->heap = malloc(CS_QUEUE_MAX * sizeof *queue->heap);
	return queue->heap ? CS_OK : CS_E_MEMORY;
}

void
cs_queue_close(struct cs_queue *queue)
{
	free(queue->heap);
	queue->heap = NULL;
}

static bool
earlier(const struct cs_due *a, const struct cs_due *b)
{
	return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

bool
cs_queue_add(struct cs_queue *queue, uint64_t time_ns, uint32_t step, uint32_t what)
{
	if (queue->n == CS_QUEUE_MAX)
		return false;
	struct cs_due added = {time_ns, queue->order++, what, step};
	unsigned at = queue->n++;
	while (at > 0 && earlier(&added, &queue->heap[(at - 1) / 2])) {
		queue->heap[at] = queue->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	queue->heap[at] = added;
	return true;
}

bool
cs_queue_take(struct cs_queue *queue, struct cs_due *out)
{
	if (queue->n == 0)
		return false;
	*out = queue->heap[0];
	struct cs_due moved = queue->heap[--queue->n];
	unsigned at = 0;
	while (2 * at + 1 < queue->n) {
		unsigned child = 2 * at + 1;
		if (child + 1 < queue->n && earlier(&queue->heap[child + 1], &queue->heap[child]))
			child++;
		if (!earlier(&queue->heap[child], &moved))
			break;
		queue->heap[at] = queue->heap[child];
		at = child;
	}
	queue->heap[at] = moved;
	return true;
}
