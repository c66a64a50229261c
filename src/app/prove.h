/*
 * What `verify` says of a journal: faults as they are found, and the sum at the end; for people or as JSON.
 */
#ifndef CS_APP_PROVE_H
#define CS_APP_PROVE_H

#include "state/proof.h"

enum { CS_PROVE_BYTES = 1 << 16 };

/* cs_prove_put_fault appends a fault as two lines a person reads. */
void cs_prove_put_fault(struct cs_text *text, const struct cs_proof_fault *fault);

/* cs_prove_put_list and cs_prove_list_json append that file NAME beside the journal, which records need, is not as it was: CS_E_FORMAT, altered;
 * CS_E_OPEN, missing; else it cannot be read. */
void cs_prove_put_list(struct cs_text *text, const char *name, enum cs_error error);
void cs_prove_list_json(struct cs_text *text, const char *name, enum cs_error error);

/* cs_prove_put_sum appends the sum in plain words. CS_PROVE_BYTES hold it. */
void cs_prove_put_sum(struct cs_text *text, const struct cs_proof_sum *sum);

/* cs_prove_fault_json and cs_prove_sum_json append the same as one line of JSON each. */
void cs_prove_fault_json(struct cs_text *text, const struct cs_proof_fault *fault);
void cs_prove_sum_json(struct cs_text *text, const struct cs_proof_sum *sum);

#endif
