/*
 * The recorder: the judge's scribe. It puts down every input before it takes effect and every finding behind the input
 * that caused it, as the line that will be told.
 *
 * A process that goes on with a journal over the same captures reads them from their beginning: the recorder then passes
 * over the inputs that the journal holds already, and says when they are not the same.
 */
#ifndef CS_ENGINE_RECORDER_H
#define CS_ENGINE_RECORDER_H

#include "decode/iso8583.h"
#include "engine/alert.h"
#include "engine/carry.h"
#include "engine/inputs.h"
#include "state/journal.h"

struct cs_recorder {
	struct cs_journal *journal;
	struct cs_alert_names names;
	struct cs_detect_sink next; /* what is told of findings besides; may be empty */
	struct cs_inputs told;      /* by the judge's caller */
	struct cs_inputs known;     /* in the journal when it was opened */
	uint64_t alert_n;           /* alerts in the journal */
	uint64_t last_ns;           /* of the newest input */
	bool differs;               /* the inputs are not those of the journal */
	bool tick_waits;
	struct cs_tick tick;
	struct cs_judge_scribe scribe;
};

/* cs_recorder_init makes RECORDER ready; its journal, names and next are set beforehand, known and alert_n by a recovery. */
void cs_recorder_init(struct cs_recorder *recorder);

/* cs_recorder_fits says whether a policy and names can be put down: their length is limited. */
bool cs_recorder_fits(const struct cs_alert_names *names, struct cs_span text);

/* cs_recorder_policy puts down the policy whose text is TEXT, the names of the sources, and what it takes over (NULL: nothing).
 * False: it is too long. */
bool cs_recorder_policy(struct cs_recorder *recorder, struct cs_span text, const struct cs_carry *carry,
			uint64_t time_ns);

/* cs_recorder_finding is a cs_detect_sink with a recorder as its context. */
void cs_recorder_finding(void *context, const struct cs_finding *finding);

/* cs_recorder_rest puts down what still waits: call it before a flush that should hold everything. */
void cs_recorder_rest(struct cs_recorder *recorder);

/* cs_recorder_raw is a cs_raw_sink with a recorder as its context: it keeps the message, scrubbed (decode/scrub.h). Its event
 * follows within a batch; the two have one hash. Close to where a journal was gone on with, one may be kept twice. */
void cs_recorder_raw(void *context, const struct cs_iso *iso, const struct cs_event *event);

/* cs_recorder_catching_up says whether inputs are still passed over. */
static inline bool
cs_recorder_catching_up(const struct cs_recorder *recorder)
{
	return recorder->told.n < recorder->known.n;
}

/* cs_recorder_is_far_behind says whether what is told now is in the journal already, with what stands beside it. */
bool cs_recorder_is_far_behind(const struct cs_recorder *recorder);

enum { CS_ALERT_RECORD_OPEN_BYTES = 8 + CS_ALERT_ID_BYTES + 2 };

/* What the open part of an ALERT record says. */
struct cs_alert_record {
	uint64_t ordinal; /* 1, 2, 3 ... in this journal */
	uint8_t id[CS_ALERT_ID_BYTES];
	uint8_t severity;
	uint8_t verdict;
};

/* cs_recorder_head writes the open part of the record of FINDING. */
void cs_recorder_head(const struct cs_alert_names *names, const struct cs_finding *finding, uint64_t ordinal,
		      uint8_t out[CS_ALERT_RECORD_OPEN_BYTES]);

/* cs_alert_record_read reads one; false when it is none. */
bool cs_alert_record_read(struct cs_span open, struct cs_alert_record *out);

#endif
