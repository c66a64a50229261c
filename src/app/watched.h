/*
 * Watch lists of a policy: told back in words and as JSON, and what only screening knows of them is checked.
 */
#ifndef CS_APP_WATCHED_H
#define CS_APP_WATCHED_H

#include "base/json.h"
#include "policy/complain.h"
#include "policy/watched.h"
#include "screen/watch_list.h"

/* cs_watched_check reads the mappings of POLICY's watch lists; false after complaints. */
bool cs_watched_check(const struct cs_policy *policy, struct cs_complaints *complaints);

/* cs_watched_put writes a paragraph for each watch list and screen; cs_watched_put_json the members "screens" and "watch_lists", if there are
 * any. */
void cs_watched_put(struct cs_text *out, const struct cs_policy *policy);
void cs_watched_put_json(struct cs_json *out, const struct cs_policy *policy);

#endif
