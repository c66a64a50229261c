/*
 * What the verbs of `countersign journal` are asked for, and what they do alike.
 */
#ifndef CS_APP_JOURNAL_H
#define CS_APP_JOURNAL_H

#include "app/setup.h"
#include "engine/pen.h"
#include "engine/retention.h"
#include "engine/upkeep.h"

struct cs_journal_call {
	const char *folder;
	const char *text;        /* of a note */
	const char *key;         /* --journal-key, or NULL */
	const char *policy_path; /* --policy, or NULL */
	const char *by;
	const char *reason;
	uint32_t volume;    /* 0: not said */
	uint64_t before_ns; /* 0: not said */
	struct cs_keep keep;
	bool keep_said; /* one of --events, --raw, --alerts, --size was */
	bool json;
	bool dry_run;
	bool remove;
	bool quiet;
};

/* cs_journal_vault opens the journal's vault and becomes the owner of its folder; false after having said why not. With
 * OPTIONAL there may be none: *OUT is NULL then. POLICY may be NULL. */
bool cs_journal_vault(const struct cs_journal_call *call, const struct cs_policy *policy, bool optional,
		      struct cs_vault **out);

/* cs_journal_pen takes up a pen, with the vault only when nobody else writes; false after having said why not. Both are
 * given back by cs_journal_pen_close, which says what went wrong, if anything. */
struct cs_journal_pen {
	struct cs_vault *vault; /* NULL: another process writes the journal, and no key was needed */
	struct cs_pen *pen;
};
bool cs_journal_pen(const struct cs_journal_call *call, const struct cs_policy *policy, bool need_vault,
		    struct cs_journal_pen *out);
bool cs_journal_pen_close(struct cs_journal_pen *pen);

/* cs_journal_upkeep becomes the folder's owner and takes it for upkeep; false after having said why not. End with
 * cs_upkeep_end. */
bool cs_journal_upkeep(const struct cs_journal_call *call, struct cs_upkeep *out);

/* cs_journal_survey surveys the folder; false after having said why not. Free with cs_survey_fini either way. */
bool cs_journal_survey(const struct cs_journal_call *call, struct cs_survey *out);

/* cs_journal_say tells an error on standard error, with the folder in front; gives CS_EXIT_INPUT. */
int cs_journal_say(const struct cs_journal_call *call, const char *what, enum cs_error error);

/* The verbs: each an enum cs_exit, after having said what is wrong. */
int cs_journal_status(const struct cs_journal_call *call);
int cs_journal_pack(const struct cs_journal_call *call);
int cs_journal_note(const struct cs_journal_call *call);
int cs_journal_erase(const struct cs_journal_call *call);
int cs_journal_keep(const struct cs_journal_call *call);
int cs_journal_lists(const struct cs_journal_call *call);

#endif
