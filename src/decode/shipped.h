/*
 * The dialects in dialects/, embedded in the library: a fresh installation needs no data file to start.
 */
#ifndef CS_DECODE_SHIPPED_H
#define CS_DECODE_SHIPPED_H

#include "base/span.h"

/* cs_shipped_dialect lends the JSON text of the dialect NAME ("iso87-ascii"); false when there is none. */
bool cs_shipped_dialect(struct cs_span name, struct cs_span *json);

/* cs_shipped_dialect_at lends name and JSON of the IDX-th dialect, in order of names; NULL past the last. */
const char *cs_shipped_dialect_at(unsigned idx, struct cs_span *json);

#endif
