/*
 * What a detector says: a finding, with its reason, its weight and the messages that show it.
 */
#ifndef CS_EVENT_VERDICT_H
#define CS_EVENT_VERDICT_H

#include "event/event.h"

enum cs_verdict { CS_VERDICT_ALLOW, CS_VERDICT_HOLD, CS_VERDICT_BLOCK, CS_VERDICT_N };

enum cs_severity {
	CS_SEVERITY_INFO,
	CS_SEVERITY_LOW,
	CS_SEVERITY_MEDIUM,
	CS_SEVERITY_HIGH,
	CS_SEVERITY_CRITICAL,
	CS_SEVERITY_N
};

/* What sort of statement a reason is. */
enum cs_nature {
	CS_NATURE_FORGED,       /* the bank's books never gave it */
	CS_NATURE_CONTRADICTED, /* the books say something else */
	CS_NATURE_UNPROVEN,     /* cannot be decided: the proof could lie in a gap */
	CS_NATURE_ANOMALY,      /* unlike what this link has learned to expect */
	CS_NATURE_COVERAGE,     /* about our own sight */
	CS_NATURE_BEHAVIOUR,    /* what a rule, a limit or a list of the policy says of it */
	CS_NATURE_N
};

enum cs_reason {
#define X(symbol, name, nature, signal, text) CS_REASON_##symbol,
#include "event/reason.def"
#undef X
	CS_REASON_N
};

/* cs_reason_name gives the stable code; cs_reason_text the plain words; cs_reason_signal the rows of the
 * threat table it implements ("M1 S1"). All static. */
const char *cs_reason_name(enum cs_reason reason);
const char *cs_reason_text(enum cs_reason reason);
const char *cs_reason_signal(enum cs_reason reason);
enum cs_nature cs_reason_nature(enum cs_reason reason);

/* The words of alerts and policies for each value; static. */
const char *cs_verdict_name(enum cs_verdict verdict);
const char *cs_severity_name(enum cs_severity severity);
const char *cs_nature_name(enum cs_nature nature);

/* cs_severity_by_name and cs_verdict_by_name read the words of a policy; ..._N when not one of them. */
enum cs_severity cs_severity_by_name(struct cs_span name);
enum cs_verdict cs_verdict_by_name(struct cs_span name);

/* The part a message plays in a finding. */
enum cs_role { CS_ROLE_CLAIM_REQUEST, CS_ROLE_CLAIM, CS_ROLE_PROOF_REQUEST, CS_ROLE_PROOF, CS_ROLE_EARLIER, CS_ROLE_N };
const char *cs_role_name(enum cs_role role);

struct cs_evidence {
	enum cs_role role;
	const struct cs_event *event;
};

enum { CS_EVIDENCE_MAX = 5, CS_DETAIL_BYTES = 256 };

/* Why a rule, limit or list says what it says: each condition it looked at, in its own words. Lent like the finding. */
enum { CS_BECAUSE_MAX = 24, CS_BECAUSE_VALUE_BYTES = 48 };

struct cs_because {
	const char *words; /* "card.cash_1h >= 5" */
	bool held;
	bool missing;                           /* a value was missing: it counts as not held */
	bool bounded;                           /* from buckets: may be too many, never too few */
	bool at_least;                          /* events may be missing */
	char value[CS_BECAUSE_VALUE_BYTES];     /* "7", "" when it has none */
	char threshold[CS_BECAUSE_VALUE_BYTES]; /* "5" */
	uint64_t window_ns;                     /* of the aggregate; 0: none */
};

struct cs_why {
	const char *title;
	const char *owner; /* "" when not named */
	bool shadow;       /* told, but never acted on */
	bool scored;       /* `score` counts */
	int32_t score;
	unsigned missing_n; /* conditions that lacked a value, of all */
	unsigned n;
	struct cs_because at[CS_BECAUSE_MAX];
};

/*
 * A finding lives during the call that reports it; events are lent by the state.
 * `detail` adds the values to the reason's plain words, and holds no clear card number.
 */
struct cs_finding {
	enum cs_reason reason;
	enum cs_severity severity;
	enum cs_verdict verdict;
	uint16_t link;           /* of the claim; index in the policy */
	const char *expectation; /* name in the policy of what was broken */
	uint64_t decided_ns;     /* event time of the decision */
	uint32_t evidence_n;     /* evidence[0] is the message the finding is about, when there is one */
	struct cs_evidence evidence[CS_EVIDENCE_MAX];
	struct {
		bool complete;       /* no gap where the proof could lie */
		uint64_t lost_bytes; /* in the gaps that could hide it */
	} coverage;
	char detail[CS_DETAIL_BYTES];
	const struct cs_why *why; /* NULL but for nature BEHAVIOUR */
};

/* How many findings were told, by weight and by reason; those in shadow are told, but count for nothing else. */
struct cs_tally {
	uint64_t n;
	uint64_t shadow_n;
	uint64_t by_severity[CS_SEVERITY_N];
	uint64_t by_reason[CS_REASON_N];
};

/* cs_tally_add counts one finding. */
static inline void
cs_tally_add(struct cs_tally *tally, const struct cs_finding *finding)
{
	if (finding->why && finding->why->shadow) {
		tally->shadow_n++;
		return;
	}
	tally->n++;
	tally->by_severity[finding->severity]++;
	tally->by_reason[finding->reason]++;
}

#endif
