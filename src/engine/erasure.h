/*
 * Erasure: personal data made unreadable for good, by destroying the keys it is sealed under.
 *
 * Everything that is personal in a volume (tokens, masked card numbers, lines of alerts, raw messages) is sealed under one
 * key. With the key gone, chain, payload digests and signatures still pass: that something stood there, and that it was not
 * changed, stays provable; what it was cannot be read. Snapshots hold state made of such data, and go as well.
 */
#ifndef CS_ENGINE_ERASURE_H
#define CS_ENGINE_ERASURE_H

#include "engine/pen.h"
#include "state/survey.h"

struct cs_erasure_wish {
	const char *folder;
	const char *by;
	const char *reason;
	uint32_t volume;    /* this one; 0: as before_ns says */
	uint64_t before_ns; /* all closed volumes with events, and none of them later than that */
};

struct cs_erasure_sum {
	unsigned volume_n;   /* erased now */
	unsigned already_n;  /* had no key any more */
	unsigned snapshot_n; /* removed */
	unsigned unknown_n;  /* closed, with a key, and nothing tells how old they are: not erased by a date */
	uint32_t unknown;    /* the number of the first */
	uint32_t written;    /* the volume that is being written, when all it holds is as old; not erased */
	uint64_t first_seq;  /* of the records erased now; what is between may hold volumes that are not */
	uint64_t next_seq;
};

/* cs_erasure_run puts each volume that is to be erased on record and erases it. CS_E_OPEN: there is no such volume;
 * CS_E_PERMISSION: it is the one that is being written. */
CS_MUST_USE enum cs_error cs_erasure_run(const struct cs_erasure_wish *wish, struct cs_pen *pen,
					 struct cs_erasure_sum *out);

/* cs_erasure_note reads the note of the erasure of volume NUMBER into LINE. CS_E_OPEN: it was not erased by cs_erasure_run. */
CS_MUST_USE enum cs_error cs_erasure_note(const char *folder, uint32_t number, char line[CS_NOTE_BYTES + 1],
					  size_t *len);

#endif
