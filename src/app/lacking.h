/*
 * Files that a policy names and that are not there, or cannot be read: watch lists, lists of keys, places.
 */
#ifndef CS_APP_LACKING_H
#define CS_APP_LACKING_H

#include "base/json.h"
#include "policy/policy.h"

/* cs_lacking_say says on standard error which do, each with its path and why; how many. */
unsigned cs_lacking_say(const struct cs_policy *policy);

/* cs_lacking_put_json writes the member "files_lacking", an array of paths, if there are any. */
void cs_lacking_put_json(struct cs_json *out, const struct cs_policy *policy);

#endif
