/*
 * The batch before the detectors. Invariant: ticked[i] is false for every i >= n.
 */
#include "engine/batch.h"

static void
apply(struct cs_batch *batch, const struct cs_tick *tick)
{
	for (unsigned i = 0; i < batch->link_n; i++)
		if (tick->settled_ns[i])
			cs_coverage_settle(batch->coverage, i, tick->settled_ns[i]);
	cs_detect_advance(batch->detect, tick->now_ns);
}

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
	cs_detect_prepare(batch->detect, &batch->event[batch->n]);
	batch->n++;
}

void
cs_batch_tick(struct cs_batch *batch, const struct cs_tick *tick)
{
	if (batch->n == 0) {
		apply(batch, tick);
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
		cs_detect_event(batch->detect, &batch->event[i]);
		if (batch->ticked[i])
			apply(batch, &batch->tick[i]);
		batch->ticked[i] = false;
	}
	batch->n = 0;
}
