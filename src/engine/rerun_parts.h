/*
 * The inside of a re-run, for rerun.c, rerun_policy.c, rerun_resume.c and rerun_tell.c only.
 */
#ifndef CS_ENGINE_RERUN_PARTS_H
#define CS_ENGINE_RERUN_PARTS_H

#include "engine/damage.h"
#include "engine/rerun.h"

enum { CS_RERUN_AHEAD = 16 };

struct cs_rerun {
	struct cs_rerun_wish wish;
	struct cs_reading *reading;
	struct cs_rerun_counts counts;
	struct cs_inputs told;
	uint64_t alert_n; /* ALERT records read */
	uint64_t policy_seq;
	uint64_t sources_seq;
	bool ended;
	enum cs_error begun; /* whether the first record could be gone to */

	bool damaged;                   /* CS_E_RANGE was of damage ... */
	struct cs_damage_behind behind; /* ... and this lies behind it */
	bool passing;                   /* damage on the way to the record sought was looked at, and is passed over */

	struct cs_arena arena; /* of the policy in force */
	char *path;            /* its path, and the sources' names behind it */
	const char *source[CS_RERUN_SOURCES_MAX];
	char *source_text;
	const struct cs_policy *policy;
	struct cs_alert_names names;
	struct cs_judge *judge;
	struct cs_reigns reigns;
	bool carries;       /* the next policy takes over what `carry` says ... */
	uint64_t carry_seq; /* ... in this record */
	struct cs_carry carry;
	bool limits_only;                /* ... and is to be read for its limits alone */
	uint16_t link_to[CS_LINKS_MAX];  /* of the journal's policy in the one judged by; CS_LINKS_MAX: none */
	unsigned link_n;                 /* of the journal's policy */
	uint8_t table_to[CS_TABLES_MAX]; /* likewise of its lists and places; CS_TABLES_MAX: none */

	char *open; /* lines of alerts that wait for their records */
	size_t open_len;
	size_t open_cap;
	size_t open_at; /* lines before it were held against their records */
	bool out_of_memory;
	uint64_t ordinal; /* of the newest alert, in the journal or to be */
	struct cs_tally tally;
	struct cs_detect_sink heir; /* gets all findings once the judge was handed over */

	struct cs_input ahead[CS_RERUN_AHEAD]; /* events read, whose memory was asked for, and not told yet */
	unsigned ahead_first;
	unsigned ahead_n;
	char words[CS_RERUN_WORDS_BYTES];
};

/* cs_rerun_say says of record SEQ what is wrong with it. */
void cs_rerun_say(struct cs_rerun *rerun, uint64_t seq, const char *what);

/* cs_rerun_take_input tells one input of the journal to the judge, an event some events later. CS_END: it is later than
 * was asked for. */
CS_MUST_USE enum cs_error cs_rerun_take_input(struct cs_rerun *rerun, const struct cs_record *record);

/* cs_rerun_check_told is called when an input follows: every alert of the inputs before it must have been read by then;
 * one that waits still is missing in the journal. */
void cs_rerun_check_told(struct cs_rerun *rerun);

/* cs_rerun_read_sources, _carry and _policy take one record of that kind. */
bool cs_rerun_read_sources(struct cs_rerun *rerun, const struct cs_record *record);
CS_MUST_USE enum cs_error cs_rerun_read_carry(struct cs_rerun *rerun, const struct cs_record *record);
CS_MUST_USE enum cs_error cs_rerun_read_policy(struct cs_rerun *rerun, const struct cs_record *record);

/* cs_rerun_begin_tail begins as wish.tail says. */
CS_MUST_USE enum cs_error cs_rerun_begin_tail(struct cs_rerun *rerun);

/* cs_rerun_take_finding is the sink of the judge, with a rerun as its context. */
void cs_rerun_take_finding(void *context, const struct cs_finding *finding);

/* cs_rerun_drop_policy gives up judge and policy. */
void cs_rerun_drop_policy(struct cs_rerun *rerun);

/* cs_rerun_next lends the next record; results as cs_reading_next. */
CS_MUST_USE enum cs_error cs_rerun_next(struct cs_rerun *rerun, struct cs_record *record);

/* cs_rerun_meet says in words where and why reading failed, all before record FROM_SEQ being told. CS_E_RANGE: the journal was
 * gone on with behind it, cs_rerun_resume does so, too; else the error given, or one of looking. */
CS_MUST_USE enum cs_error cs_rerun_meet(struct cs_rerun *rerun, enum cs_error error, uint64_t from_seq);

/* cs_rerun_tell_ahead tells the events that wait. */
void cs_rerun_tell_ahead(struct cs_rerun *rerun);

#endif
