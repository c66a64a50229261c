/*
 * What files were read before: by the SHA-256 of what they held, so that one that comes a second time is not counted twice.
 *
 * Kept in a file of the spool's `taken` (.seen), a line each; the newest CS_INTAKE_SEEN_MAX are known. A line that a crash tore is none.
 */
#ifndef CS_ENGINE_INTAKE_SEEN_H
#define CS_ENGINE_INTAKE_SEEN_H

#include "io/spool.h"

enum { CS_INTAKE_SEEN_MAX = 65536 };

struct cs_intake_seen;

/* cs_intake_seen_open reads what there is. CS_E_MEMORY, and errors of reading. */
CS_MUST_USE enum cs_error cs_intake_seen_open(const struct cs_spool *spool, struct cs_intake_seen **out);
void cs_intake_seen_close(struct cs_intake_seen *seen);

/* cs_intake_seen_as says under which id what has this digest was read; 0: it was not. */
uint64_t cs_intake_seen_as(const struct cs_intake_seen *seen, const struct cs_digest *digest);

/* cs_intake_seen_add notes that it was, durably. ID is not 0. Errors of writing. */
CS_MUST_USE enum cs_error cs_intake_seen_add(struct cs_intake_seen *seen, const struct cs_spool *spool,
					     const struct cs_digest *digest, uint64_t id);

#endif
