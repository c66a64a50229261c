/*
 * What `replay --record` and `run` do alike to keep a journal, and what is said of it.
 */
#ifndef CS_APP_RECORD_H
#define CS_APP_RECORD_H

#include "app/caretaker.h"
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
	const char *alerts_path; /* as these in struct cs_chronicle_wish */
	int alerts_file;
	uint64_t since_ns;
	bool (*gives_up)(void *context); /* as in struct cs_journal_wish; may be NULL */
	void *gives_up_context;
	struct cs_alerts *alerts;   /* counts findings; its names are those of the journal */
	struct cs_detect_sink next; /* is told of each new finding in place of ALERTS; may be empty */
};

struct cs_record_keeping {
	struct cs_vault *vault;
	struct cs_chronicle *chronicle;
	struct cs_caretaker caretaker;
	bool stalled;                 /* said already */
	bool anchor_failed;           /* said already */
	struct cs_journal_state last; /* of the journal, when it was closed */
	char folder[CS_PATH_BYTES];
	char anchor[CS_PATH_BYTES];
};

/* cs_record_vault finds the places and opens the vault, before other keys are in memory and before power is given up; an
 * enum cs_exit, after having said what is wrong. */
int cs_record_vault(const struct cs_record_wish *wish, struct cs_record_keeping *out);

/* cs_record_care makes the places and starts the caretaker, behind cs_record_vault and before there are threads; what is
 * made belongs to USER, whom this process will become (NULL: it stays who it is). An enum cs_exit. */
int cs_record_care(const struct cs_record_wish *wish, const struct cs_user *user, struct cs_record_keeping *out);

/* cs_record_open opens the journal, behind cs_record_vault; an enum cs_exit, after having said what was found or what is
 * wrong. */
int cs_record_open(const struct cs_record_wish *wish, struct cs_record_keeping *out);

/* cs_record_may_follow says whether policy FRESH, with NAMES, may be put down while the journal of OLD is kept; false after having
 * said why not. */
bool cs_record_may_follow(const struct cs_record_keeping *record, const struct cs_setup *old,
			  const struct cs_setup *fresh, const struct cs_alert_names *names);

/* cs_record_retokens puts pairs of card tokens, under the previous key and under this one, into the journal if one is kept
 * and there are any. */
void cs_record_retokens(const struct cs_record_keeping *record, struct cs_links *links);

/* cs_record_poll is cs_chronicle_poll, says what the caretaker says, and once that a disk is full, and once that it no longer is; the
 * same of an anchor that cannot be written. False: journal or
 * delivery have ended; cs_record_close says why. */
bool cs_record_poll(struct cs_record_keeping *record);

/* cs_record_close ends both; an enum cs_exit, after having said what went wrong. Takes a zeroed one. */
int cs_record_close(struct cs_record_keeping *record, bool quiet);

#endif
