/*
 * A survey of a journal: which volumes there are, in which form, what they hold and from when, found by their first pages
 * alone, so that it costs little however long the journal is.
 */
#ifndef CS_STATE_SURVEY_H
#define CS_STATE_SURVEY_H

#include "state/volume.h"

struct cs_surveyed {
	uint32_t number;
	enum cs_volume_form form; /* the one that is read; a crash may leave another beside it */
	bool readable;            /* its first page is; else all below is 0 */
	bool holds;               /* events or alerts, or did */
	bool keyed;               /* the key to its sealed parts is there */
	uint64_t bytes;           /* of all its forms */
	uint64_t first_page;
	uint64_t first_seq;
	uint64_t next_seq;         /* behind its last record */
	uint64_t from_ns;          /* of its first page with events or alerts; 0: it has none, or nothing tells */
	uint64_t to_ns;            /* no page with events or alerts is later; 0: it has none, or nothing tells */
	struct cs_digest previous; /* the chain before it */
	/* Of a thinned one: */
	uint32_t generation; /* of its key */
	uint32_t gone_kinds; /* let go of, 1 << kind each */
	uint64_t gone_n;     /* records let go of */
	uint64_t thinned_ns; /* when, by the clock of the machine */
};

struct cs_survey {
	uint32_t n;
	struct cs_surveyed *volume; /* in order of number */
	uint64_t bytes;             /* of volumes, snapshots and all else in the folder */
	uint64_t last_ns;           /* of the newest page with events or alerts; 0: there is none */
};

/* cs_survey_one surveys volume NUMBER alone: its end is not looked for (next_seq and to_ns are 0). CS_E_OPEN: there is none. */
CS_MUST_USE enum cs_error cs_survey_one(const char *folder, uint32_t number, struct cs_surveyed *out);

/* cs_survey_make surveys FOLDER; free with cs_survey_fini either way. CS_E_OPEN: there is no journal. */
CS_MUST_USE enum cs_error cs_survey_make(const char *folder, struct cs_survey *out);
void cs_survey_fini(struct cs_survey *survey);

/* cs_survey_has_no_age says that nothing tells how old VOLUME is, and that what it may hold can still be read: what goes by age leaves it. */
bool cs_survey_has_no_age(const struct cs_surveyed *volume);

/* cs_survey_bytes adds up the sizes of the files of SUB of FOLDER (NULL: of the folder itself, without those below). */
CS_MUST_USE enum cs_error cs_survey_bytes(const char *folder, const char *sub, uint64_t *out);

#endif
