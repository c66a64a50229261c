/*
 * Expectations over records, checked and made ready.
 */
#ifndef CS_POLICY_CHECK_RECORD_H
#define CS_POLICY_CHECK_RECORD_H

#include "policy/reader.h"

/* cs_check_records complains of what no record can claim or prove, and marks the records that expectations name. Links are
 * resolved, and nothing was complained of so far. */
void cs_check_records(struct cs_reader *reader);

#endif
