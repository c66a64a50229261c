/*
 * The anchor of a journal, read back: one line of JSON for each checkpoint, kept where the journal's machine cannot
 * change it.
 */
#ifndef CS_ENGINE_ANCHOR_H
#define CS_ENGINE_ANCHOR_H

#include "state/proof.h"

struct cs_anchor {
	size_t n;
	struct cs_witness *at; /* in order of page */
	size_t fault_line;     /* the first that cannot be read; 0: all can */
};

/* cs_anchor_read reads an anchor file; free it with cs_anchor_free, also after an error. CS_E_OPEN, CS_E_READ, CS_E_LIMIT,
 * CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_anchor_read(const char *path, struct cs_anchor *out);
void cs_anchor_free(struct cs_anchor *anchor);

#endif
