/*
 * Two policies held against each other, in the words that `check` tells each of them in.
 */
#ifndef CS_APP_DIFF_H
#define CS_APP_DIFF_H

#include "base/text.h"
#include "policy/policy.h"

/* cs_diff_put writes what of OLD is gone in FRESH, what is new in it and what has changed, and which windows need history
 * first. Gives the number of statements that differ; *CLIPPED tells that OUT or the tellings had no room for all. */
unsigned cs_diff_put(struct cs_text *out, const struct cs_policy *old, const struct cs_policy *fresh, bool *clipped);

#endif
