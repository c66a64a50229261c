/*
 * Events on their way to the judge, some ahead of their turn so that memory can be asked for early.
 *
 * A batch changes when things are computed, never what: events and the marks of passing time reach the
 * judge in the order in which they were added.
 */
#ifndef CS_ENGINE_BATCH_H
#define CS_ENGINE_BATCH_H

#include "engine/judge.h"

enum { CS_BATCH_EVENTS = 32 };

struct cs_batch {
	struct cs_judge *judge;
	unsigned link_n;
	unsigned n;
	struct cs_event event[CS_BATCH_EVENTS];
	bool ticked[CS_BATCH_EVENTS]; /* behind this event */
	struct cs_tick tick[CS_BATCH_EVENTS];
};

/* cs_batch_slot lends room for one event until the next call; it counts once cs_batch_add is called. */
struct cs_event *cs_batch_slot(struct cs_batch *batch);
void cs_batch_add(struct cs_batch *batch);

/* cs_batch_tick marks the passing of time behind all events added so far. */
void cs_batch_tick(struct cs_batch *batch, const struct cs_tick *tick);

/* cs_batch_flush hands everything on. Call it before anything else is told to the judge. */
void cs_batch_flush(struct cs_batch *batch);

#endif
