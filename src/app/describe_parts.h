/*
 * What the files that describe a policy share: pieces of sentences.
 */
#ifndef CS_APP_DESCRIBE_PARTS_H
#define CS_APP_DESCRIBE_PARTS_H

#include "app/describe.h"
#include "policy/behave.h"

/* cs_describe_head begins a paragraph: `rule burst, "title"`. */
void cs_describe_head(struct cs_text *out, const char *sort, const char *name, const char *title);

/* cs_describe_selector, cs_describe_outcome, cs_describe_time and cs_describe_size write as a policy does. */
void cs_describe_selector(struct cs_text *out, const struct cs_policy *policy, const struct cs_selector *selector);
void cs_describe_outcome(struct cs_text *out, struct cs_outcome outcome);
void cs_describe_time(struct cs_text *out, uint64_t duration_ns);
void cs_describe_size(struct cs_text *out, uint64_t size_bytes);

/* cs_describe_journal writes the journal clause as a sentence. */
void cs_describe_journal(struct cs_text *out, const struct cs_journal_clause *journal);

/* cs_describe_put_bounds writes the bounds for people. */
void cs_describe_put_bounds(struct cs_text *out, const struct cs_policy *policy);

/* cs_describe_behave writes profiles, limits, rules, lists, calendars and the score; policy->behave is not NULL. */
void cs_describe_behave(struct cs_text *out, const struct cs_policy *policy);

/* cs_describe_rule and cs_describe_limit write one as a sentence. */
void cs_describe_rule(struct cs_text *out, const struct cs_policy *policy, const struct cs_rule_clause *rule);
void cs_describe_limit(struct cs_text *out, const struct cs_limit_clause *limit);

/* cs_describe_aggregate writes what an aggregate is, and whether it counts the event that asks. */
void cs_describe_aggregate(struct cs_text *out, const struct cs_behave_policy *behave, const struct cs_aggregate *made);

/* cs_describe_key writes what a profile is kept apart by. */
void cs_describe_key(struct cs_text *out, const struct cs_behave_policy *behave, const struct cs_key_clause *by);

/* cs_describe_day writes the day of a time, as a policy does: 2027-06-30. */
void cs_describe_day(struct cs_text *out, uint64_t time_ns);

#endif
