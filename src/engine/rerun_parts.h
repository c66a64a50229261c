/*
 * The inside of a re-run, for rerun.c and rerun_tell.c only.
 */
#ifndef CS_ENGINE_RERUN_PARTS_H
#define CS_ENGINE_RERUN_PARTS_H

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

	struct cs_arena arena; /* of the policy in force */
	char *path;            /* its path, and the sources' names behind it */
	const char *source[CS_RERUN_SOURCES_MAX];
	char *source_text;
	const struct cs_policy *policy;
	struct cs_alert_names names;
	struct cs_judge *judge;
	uint16_t link_to[CS_LINKS_MAX]; /* of the journal's policy in the one judged by; CS_LINKS_MAX: none */
	unsigned link_n;                /* of the journal's policy */

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

/* cs_rerun_tell_ahead tells the events that wait. */
void cs_rerun_tell_ahead(struct cs_rerun *rerun);

#endif
