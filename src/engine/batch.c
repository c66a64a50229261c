/*
 * The batch before the judge. Invariant: ticked[i] is false for every i >= n.
 */
#include "engine/batch.h"

struct cs_event *
cs_batch_slot(struct cs_batch *batch)
{
	if (batch->n == CS_BATCH_EVENTS)
		cs_batch_flush(batch);
	return &batch->event[batch->n];
}

void
cs_batch_add(struct cs_batch *batch)
{
	CS_ASSERT(batch->n < CS_BATCH_EVENTS);
	cs_judge_prepare(batch->judge, &batch->event[batch->n]);
	batch->n++;
}

void
cs_batch_tick(struct cs_batch *batch, const struct cs_tick *tick)
{
	if (batch->n == 0) {
		cs_judge_tick(batch->judge, tick);
		return;
	}
	unsigned last = batch->n - 1;
	batch->ticked[last] = true;
	batch->tick[last].now_ns = tick->now_ns;
	memcpy(batch->tick[last].settled_ns, tick->settled_ns, batch->link_n * sizeof tick->settled_ns[0]);
}

void
cs_batch_flush(struct cs_batch *batch)
{
	for (unsigned i = 0; i < batch->n; i++) {
		cs_judge_event(batch->judge, &batch->event[i]);
		if (batch->ticked[i])
			cs_judge_tick(batch->judge, &batch->tick[i]);
		batch->ticked[i] = false;
	}
	batch->n = 0;
}
