/*
 * What of a journal cannot be run again, and why: let go of by retention, or erased. In words, for whoever asked for it.
 */
#ifndef CS_ENGINE_LOST_H
#define CS_ENGINE_LOST_H

#include "base/text.h"
#include "state/reading.h"

/* cs_lost_to_retention says which records went, from FROM_SEQ on, and which snapshot lies behind. It reads on to where they
 * end: READING is good for nothing else then. */
void cs_lost_to_retention(const char *folder, struct cs_reading *reading, uint64_t from_seq, struct cs_text *out);

/* cs_lost_to_erasure says of which records around SEQ, and since when, the personal part cannot be read. */
void cs_lost_to_erasure(const char *folder, uint64_t seq, struct cs_text *out);

#endif
