/*
 * Expectations over records, checked and made ready.
 */
#ifndef CS_POLICY_CHECK_RECORD_H
#define CS_POLICY_CHECK_RECORD_H

#include "policy/reader.h"

/* cs_check_records complains of what no record can claim or prove, and marks the records that expectations name. Links are
 * resolved, and nothing was complained of so far. */
void cs_check_records(struct cs_reader *reader);

/* cs_check_statements gives the records of statements the columns they need, and asks whether they have the rest. */
void cs_check_statements(struct cs_reader *reader);

/* cs_check_record_field complains unless FIELD, by a name of records' own (OWN) or its own name, is there in what SELECTOR means. */
void cs_check_record_field(struct cs_reader *reader, const struct cs_selector *selector, unsigned field, bool own);

#endif
