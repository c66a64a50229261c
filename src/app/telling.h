/*
 * What `check` leaves out when it tells a policy, and somebody who compares two of them wants to know: entries, days,
 * rates, reasons, and how messages are read.
 */
#ifndef CS_APP_TELLING_H
#define CS_APP_TELLING_H

#include "base/text.h"
#include "policy/behave.h"
#include "policy/policy.h"

/* cs_telling_put writes all that as paragraphs like those of cs_describe_put, with a line for each thing that has a name. */
void cs_telling_put(struct cs_text *out, const struct cs_policy *policy);

/* cs_telling_sees writes by what a profile keeps apart, and which events it sees. */
void cs_telling_sees(struct cs_text *out, const struct cs_policy *policy, const struct cs_profile_clause *profile);

#endif
