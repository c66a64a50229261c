/*
 * Tables of names: the row that has one.
 */
#ifndef CS_BASE_NAME_H
#define CS_BASE_NAME_H

#include "base/span.h"

/* cs_name_find gives the index of the first of N rows whose name is NAME, N when there is none. FIRST is the place of the
 * first row's name, ROW_BYTES the size of a row. A row whose name is NULL has none. */
unsigned cs_name_find(const char *const *first, size_t row_bytes, unsigned n, struct cs_span name);

#endif
