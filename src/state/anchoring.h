/*
 * The anchor as it is written: a file elsewhere that gets a line for each checkpoint of a journal (engine/anchor.h reads it
 * back). A witness only: the journal goes on without it. When it cannot be written that is told, and tried again.
 *
 * One thread at a time may use one, but for cs_anchoring_failed.
 */
#ifndef CS_STATE_ANCHORING_H
#define CS_STATE_ANCHORING_H

#include "state/journal.h"

struct cs_anchoring;

/* cs_anchoring_open opens the file at PATH, or begins it, and makes its end ready for the next line. CS_E_PERMISSION,
 * CS_E_WRITE, CS_E_LIMIT, CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_anchoring_open(const char *path, struct cs_anchoring **out);

/* cs_anchoring_keep keeps the line of CHECKPOINT until cs_anchoring_tell, which writes it: once what it tells of is
 * durable. A line that cannot be written is let go of; the next one, which covers it, begins by opening the file anew. */
void cs_anchoring_keep(struct cs_anchoring *anchoring, const struct cs_checkpoint *checkpoint);
void cs_anchoring_tell(struct cs_anchoring *anchoring);

/* cs_anchoring_failed says whether the last line could not be written. Takes NULL: there is no anchor. */
bool cs_anchoring_failed(const struct cs_anchoring *anchoring);

/* cs_anchoring_close closes it. Takes NULL. */
void cs_anchoring_close(struct cs_anchoring *anchoring);

#endif
