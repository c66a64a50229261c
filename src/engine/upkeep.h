/*
 * Upkeep: whoever packs, thins, removes or erases volumes does so alone. The process that writes the journal is not held up
 * by it: it writes the newest volume, which nobody else touches.
 */
#ifndef CS_ENGINE_UPKEEP_H
#define CS_ENGINE_UPKEEP_H

#include "base/error.h"

struct cs_upkeep {
	int lock;
};

/* cs_upkeep_begin takes the journal in FOLDER for upkeep, and waits up to a minute for it. CS_E_PERMISSION: another process
 * has it still, or this one may not; CS_E_OPEN. */
CS_MUST_USE enum cs_error cs_upkeep_begin(const char *folder, struct cs_upkeep *out);

/* cs_upkeep_end gives it back. */
void cs_upkeep_end(struct cs_upkeep *upkeep);

#endif
