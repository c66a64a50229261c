/*
 * Whether two policies read events alike: the same links and records, in the same order.
 */
#ifndef CS_ENGINE_ALIKE_H
#define CS_ENGINE_ALIKE_H

#include "policy/policy.h"

/* cs_alike_links gives the first link that differs between two policies, in what is made of a message or a row; NULL when
 * none does, so that events made by one can be judged by the other. Names of taps do not matter. */
const struct cs_link *cs_alike_links(const struct cs_policy *a, const struct cs_policy *b);

#endif
