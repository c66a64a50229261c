/*
 * Names held against lists once more, as a journal recorded both: the same names and the same bytes of the same lists must give the same
 * findings, to the letter. Lists are taken from beside the journal by their hash.
 *
 * It reads the journal for itself, from its beginning: POLICY, ROSTER, NAMED and TELL. What a re-run tells the judge (rerun.h) does not
 * depend on it.
 */
#ifndef CS_ENGINE_RESCREEN_H
#define CS_ENGINE_RESCREEN_H

#include "engine/sentry.h"
#include "state/reading.h"

enum { CS_RESCREEN_WORDS_BYTES = 512 };

struct cs_rescreen_wish {
	const char *folder; /* of the journal */
	const struct cs_vault *vault;
	void (*say)(void *context, const char *words); /* what is missing, or differs, a line; the first of each sort */
	void *context;
};

struct cs_rescreen_counts {
	uint64_t named_n;   /* what one screen held against lists of one row */
	uint64_t same_n;    /* ... that came to the same findings */
	uint64_t differ_n;  /* ... or not */
	uint64_t missing_n; /* ... of which a version of a list is not there any more, or is not those bytes */
	uint64_t unkept_n;  /* ... whose names are not there any more, or were not kept whole */
};

/* cs_rescreen_run does it. CS_E_OPEN: no journal there; CS_E_MEMORY; errors of reading, but for an end that is torn. */
CS_MUST_USE enum cs_error cs_rescreen_run(const struct cs_rescreen_wish *wish, struct cs_rescreen_counts *out);

#endif
