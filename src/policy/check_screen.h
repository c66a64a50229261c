/*
 * The check of screens: their lists are watch lists, their columns can be read.
 */
#ifndef CS_POLICY_CHECK_SCREEN_H
#define CS_POLICY_CHECK_SCREEN_H

#include "policy/reader.h"

/* cs_check_screens resolves the lists of all screens, and adds the columns they want to their records. */
void cs_check_screens(struct cs_reader *reader);

#endif
