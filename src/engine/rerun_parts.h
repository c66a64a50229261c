/*
 * What the files of the re-run share: rerun.c reads and compares, rerun_tell.c tells the judge. Nobody else includes it.
 */
#ifndef CS_ENGINE_RERUN_PARTS_H
#define CS_ENGINE_RERUN_PARTS_H

#include "engine/rerun.h"
#include "policy/policy.h"

/* An alert that waits for its record, in front of its line: the record's open part, and how long the line is. */
struct cs_rerun_alert {
	uint8_t head[CS_ALERT_RECORD_OPEN_BYTES];
	uint16_t pad;
	uint32_t line_len;
};

struct cs_rerun {
	struct cs_rerun_wish wish;
	struct cs_reading *reading;
	struct cs_rerun_counts counts;
	struct cs_inputs told;
	uint64_t alert_n; /* ALERT records read */
	uint64_t policy_seq;
	uint64_t first_seq; /* of the first record told */
	bool ended;

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

	struct cs_input input;
	char words[CS_RERUN_WORDS_BYTES];
};

/* cs_rerun_time gives the time of RECORD, whose input was read; cs_rerun_tell tells it to the judge. */
uint64_t cs_rerun_time(const struct cs_rerun *rerun, const struct cs_record *record);
void cs_rerun_tell(struct cs_rerun *rerun, const struct cs_record *record);

#endif
