/*
 * What can only be said about a policy when all of it was read: names, doubles, links that get in each other's way.
 */
#ifndef CS_POLICY_CHECK_H
#define CS_POLICY_CHECK_H

#include "policy/reader.h"

/* cs_check_policy resolves every name used and complains about what does not fit together. A policy without
 * complaint afterwards is whole. */
void cs_check_policy(struct cs_reader *reader);

/* cs_check_double complains at PLACE when NAME and OTHER are one; either may be missing, when the arena is full. */
void cs_check_double(struct cs_reader *reader, struct cs_place place, const char *name, const char *other);

#endif
