/*
 * Alerts: findings as JSON Lines (docs/alert.schema.json) or as plain words.
 *
 * The same findings give the same bytes. No clear card number leaves: whatever looks like one is masked.
 */
#ifndef CS_ENGINE_ALERT_H
#define CS_ENGINE_ALERT_H

#include "base/json.h"
#include "policy/policy.h"

enum { CS_ALERT_SCHEMA = 1, CS_ALERT_ID_BYTES = 16, CS_ALERT_BYTES = 64 * 1024, CS_ALERT_SOURCE_BYTES = 1024 };

/* Who is spoken of: names for the indexes in findings. */
struct cs_alert_names {
	const struct cs_policy *policy;
	const char *const *source; /* path or interface by index */
	unsigned source_n;
};

/* cs_alert_id gives the number of a finding: 128 bits over what it is about, and nothing of where it was captured. */
void cs_alert_id(const struct cs_alert_names *names, const struct cs_finding *finding, uint8_t out[CS_ALERT_ID_BYTES]);

/* cs_alert_put_id appends it, as 32 hex digits. */
void cs_alert_put_id(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding);

/* cs_alert_put_json appends one line of JSON, with its newline. CS_ALERT_BYTES hold any alert. */
void cs_alert_put_json(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding);

/* cs_alert_put_plain appends the finding as three lines a person reads, of which the last has its number. Nothing in them steers a terminal. */
void cs_alert_put_plain(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding);

/* cs_alert_put_plain_of does so where FILE, of the folder that is the source, has the row; NULL: that is not known. */
void cs_alert_put_plain_of(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding,
			   const char *file);

/* cs_alert_put_source appends the path of a capture, or the end of a very long one with a word of that: at most
 * CS_ALERT_SOURCE_BYTES bytes with the final NUL, so that an alert has a bound. */
void cs_alert_put_source(struct cs_text *text, const char *path);

/* cs_alert_record_words gives the plain words of REASON where a record claims; static. */
const char *cs_alert_record_words(enum cs_reason reason);

/* cs_alert_put_words appends the finding as one sentence. */
void cs_alert_put_words(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding);

/* cs_alert_put_why appends the member "why": what a rule, limit or list looked at, and what it found. */
void cs_alert_put_why(struct cs_json *json, const struct cs_why *why);

/* A writer of alerts to a descriptor, through a buffer: a flood of findings must not stop detection. */
struct cs_alerts {
	struct cs_alert_names names;
	int descriptor; /* -1: nowhere */
	bool plain;
	const char *(*file)(void *context,
			    const struct cs_origin *origin); /* of a row of a folder, lent; may be NULL */
	void *file_context;
	enum cs_error error; /* of the first write that failed; later ones are not tried */
	struct cs_tally tally;
	size_t len;
	char buffer[2 * CS_ALERT_BYTES];
};

/* cs_alerts_finding writes one: a cs_detect_sink with a struct cs_alerts as its context. */
void cs_alerts_finding(void *context, const struct cs_finding *finding);

/* cs_alerts_flush writes what the buffer holds. */
CS_MUST_USE enum cs_error cs_alerts_flush(struct cs_alerts *alerts);

#endif
