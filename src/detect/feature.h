/*
 * What profiles and calendars answer, for programs: plain numbers, nothing when there is no answer.
 */
#ifndef CS_DETECT_FEATURE_H
#define CS_DETECT_FEATURE_H

#include "base/text.h"
#include "event/event.h"
#include "policy/behave.h"
#include "state/profile.h"

/* cs_feature_put writes an answer: whole numbers as they are, money in major units, means, variances and shares with nine
 * decimals, durations in seconds with nine, times as RFC 3339, texts as they are (a long one of which only a hash is kept
 * as "#" and the hash), nothing when it is missing. A number that is a bound is written like any other. */
void cs_feature_put(struct cs_text *text, const struct cs_aggregate *aggregate, const struct cs_profile_value *value);

/* cs_feature_calendar says whether PART of a calendar holds at the time of EVENT. */
bool cs_feature_calendar(const struct cs_calendar_clause *calendar, enum cs_calendar_part part,
			 const struct cs_event *event);

#endif
