/*
 * What `replay --record` and `run` do alike to keep a journal, and what is said of it.
 */
#ifndef CS_APP_RECORD_H
#define CS_APP_RECORD_H

#include "app/setup.h"
#include "engine/chronicle.h"

struct cs_record_wish {
	const struct cs_setup *setup;
	const char *folder; /* --record, or NULL: as the policy's journal clause says */
	const char *key;    /* --journal-key, or NULL */
	bool over_damage;   /* --over-damage */
	bool strict;        /* a key file that others may read is refused */
	bool live;
	bool quiet;
	const char *alerts_path;  /* as in struct cs_chronicle_wish */
	struct cs_alerts *alerts; /* counts findings; its names are those of the journal */
};

struct cs_record_keeping {
	struct cs_vault *vault;
	struct cs_chronicle *chronicle;
	char folder[CS_PATH_BYTES];
	char anchor[CS_PATH_BYTES];
};

/* cs_record_open opens the vault and the journal; an enum cs_exit, after having said what was found or what is wrong. */
int cs_record_open(const struct cs_record_wish *wish, struct cs_record_keeping *out);

/* cs_record_close ends both; an enum cs_exit, after having said what went wrong. Takes a zeroed one. */
int cs_record_close(struct cs_record_keeping *record, bool quiet);

#endif
