/*
 * Behaviour: limits, lists, profiles, rules and the score, over the events a policy names.
 *
 * By default that is each response on the acquirer's links, once (first, unasked or replayed answers, no duplicates),
 * completed by its request, when it is seen; and each record that has an amount. Order for one event: limits (which stand
 * alone: their own program, profiles and memory), lists, profiles, rules, score. What is told: LIMIT_PASSED, LISTED,
 * RULE_FIRED (live and shadow), SCORE_REACHED; about ourselves RULE_BRAKED, PROFILE_FULL, LIST_STALE, LIST_SHRUNK.
 *
 * Precedence of the verdict: limit, hard block, hard allow, then rules, score and overridable lists; the worst counts.
 * Pure, like all of detect; state is told by cs_behave_regions.
 */
#ifndef CS_DETECT_BEHAVE_H
#define CS_DETECT_BEHAVE_H

#include "base/region.h"
#include "event/verdict.h"
#include "policy/behave.h"
#include "state/profile.h"

struct cs_behave;
struct cs_detect;
struct cs_view;

/* cs_behave_new sizes all from the policy; NULL without memory even for the limits. Without memory for the rest the
 * limits stand alone, and cs_behave_counts says so. */
struct cs_behave *cs_behave_new(const struct cs_policy *policy);
void cs_behave_free(struct cs_behave *behave);

/* cs_behave_bytes is what cs_behave_new will take; 0 for a policy without behaviour. */
size_t cs_behave_bytes(const struct cs_policy *policy);

/* cs_behave_misfit gives the first profile that asks for more than one can keep (windows, values, filters, memory), of the
 * limits or the rules; NULL when all fit. For whoever checks a policy: cs_behave_new says no more than that. */
const struct cs_profile_clause *cs_behave_misfit(const struct cs_policy *policy);

/* cs_behave_prepare asks for the memory EVENT will need; some events ahead, in three stages within. */
void cs_behave_prepare(struct cs_behave *behave, const struct cs_event *event);

/* cs_behave_limits is the first detector of an event, cs_behave_event the last. */
void cs_behave_limits(struct cs_detect *detect, struct cs_view *view);
void cs_behave_event(struct cs_detect *detect, struct cs_view *view);

/* cs_behave_regions adds all that changes to REGIONS. */
void cs_behave_regions(struct cs_behave *behave, struct cs_regions *regions);

struct cs_rule_counts {
	uint64_t asked_n;   /* events it looked at */
	uint64_t fired_n;   /* live or shadow */
	uint64_t unknown_n; /* events for which a value was missing, and it did not fire */
	uint64_t braked_n;  /* blocks that were turned into holds */
	uint64_t expired_n; /* events behind its last day */
};

struct cs_behave_counts {
	bool limits_only;       /* there was no memory for the rest */
	uint64_t unconverted_n; /* amounts in a currency the policy has no rate for */
	uint64_t overflow_n;    /* arithmetic that did not fit 128 bits, for a rule that could hold */
	struct cs_rule_counts rule[CS_RULES_MAX];
	uint64_t limit_passed_n[CS_LIMITS_MAX];
	uint64_t listed_n[CS_LISTS_MAX];
};

/* cs_behave_counts_of lends the counts as they are now, until it is asked again; cs_behave_profile the table of profile I
 * of the rules, for its own counts. */
const struct cs_behave_counts *cs_behave_counts_of(const struct cs_behave *behave);
const struct cs_profile *cs_behave_profile(const struct cs_behave *behave, unsigned i);

/*
 * A row of the file of a list or of places, or the end of such a file. A file is told row by row; what was told comes into
 * force all at once with its end, or is given up.
 */
enum cs_listing_what { CS_LISTING_ROW, CS_LISTING_END, CS_LISTING_GIVEN_UP, CS_LISTING_N };
enum { CS_TABLES_MAX = CS_LISTS_MAX + CS_SPOTS_MAX, CS_BECAUSE_BYTES = 48 };

struct cs_listing {
	uint8_t what;
	uint8_t table;     /* number of the list; CS_LISTS_MAX and more: of places */
	uint64_t key[2];   /* ROW: as cs_behave_key makes it */
	uint64_t until_ns; /* ROW of a list; 0: for ever */
	uint64_t digest;   /* END: of all rows */
	int32_t latitude;  /* ROW of places, in 1e-5 degrees */
	int32_t longitude;
	char because[CS_BECAUSE_BYTES]; /* ROW of a list */
};

/* What is in force of one file. */
struct cs_listing_state {
	bool there; /* the policy has such a file, and there is memory for it */
	bool held;  /* ... and it was told once */
	bool half;  /* rows were told whose end was not */
	uint64_t digest;
	uint64_t refused_n; /* rows there was no room for */
	uint32_t row_n;     /* keys in force, expired or not */
};

/* cs_behave_list takes one row, or an end; what the policy has no file for is passed over. */
void cs_behave_list(struct cs_behave *behave, const struct cs_listing *listing);

/* cs_behave_listing_state tells what is in force of TABLE. */
struct cs_listing_state cs_behave_listing_state(const struct cs_behave *behave, unsigned table);

/* cs_behave_key makes the key that events of this value of FIELD have, of a text ("tok_..." for a card); false when it is
 * no such value. cs_behave_join makes one key of those of two fields. */
bool cs_behave_key(enum cs_field field, struct cs_span text, uint64_t key[2]);
void cs_behave_join(const uint64_t each[4], uint64_t key[2]);

/* cs_behave_kept is what a record would keep of TEXT, the NTH part of a key of LIST: its first characters. */
struct cs_span cs_behave_kept(const struct cs_list_clause *list, unsigned nth, struct cs_span text);

/* What was decided about one event. Lent during the call. */
struct cs_decision {
	const struct cs_event *event; /* completed by its request */
	enum cs_verdict verdict;      /* of live limits, lists, rules and the score */
	int32_t score;
	uint64_t fired[CS_RULES_MAX / 64]; /* live and shadow */
	uint64_t passed;                   /* bit per limit */
	unsigned value_n;
	const struct cs_profile_value *value; /* of all aggregates of the rules' program, by their number */
	const bool *known;                    /* by profile: its values are those of this event */
};

/* Who looks on: features, backtest, explain. Changes nothing. */
struct cs_behave_observer {
	void (*decision)(void *context, const struct cs_decision *decision);
	void *context;
};

/* cs_behave_observe sets the observer; a NULL function ends it. */
void cs_behave_observe(struct cs_behave *behave, struct cs_behave_observer observer);

/* cs_behave_terse says whether findings of rules and limits come without texts: `detail` empty, no conditions in `why`. For
 * who only counts them; nothing else changes. What the conditions found stays at hand while such a finding is told, and
 * cs_behave_spell makes the texts of it that there would have been: `detail` of FINDING, a copy, and what `why` lends. */
void cs_behave_terse(struct cs_behave *behave, bool terse);
void cs_behave_spell(struct cs_behave *behave, struct cs_finding *finding);

/* What one aggregate makes of the event at hand. */
struct cs_behave_part {
	bool keyed;           /* the event has its profile's key */
	bool taken;           /* its profile sees the event, and its filter takes it */
	uint64_t identity[2]; /* of the key */
};

/* cs_behave_part_of tells it of aggregate NUMBER of the rules' program, or, LIMITS, of the limits'. Only for who looks on,
 * during the call that tells a decision, or a finding of behaviour. */
struct cs_behave_part cs_behave_part_of(const struct cs_behave *behave, bool limits, unsigned number);

/* cs_behave_why fills in the conditions of LOGIC, of that program, as they stand then: WHY's n, missing_n and at. */
void cs_behave_why(struct cs_behave *behave, bool limits, const struct cs_logic *logic, struct cs_why *why);

#endif
