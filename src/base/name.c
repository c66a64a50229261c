/*
 * Looking a name up in a table of ours. The tables are short and looked up at start only, so it goes row by row.
 */
#include "base/name.h"

#include "base/error.h"

unsigned
cs_name_find(const char *const *first, size_t row_bytes, unsigned n, struct cs_span name)
{
	CS_ASSERT(row_bytes >= sizeof *first && row_bytes % sizeof *first == 0);
	for (unsigned i = 0; i < n; i++) {
		const char *row = *(const char *const *)((const uint8_t *)first + i * row_bytes);
		if (row && cs_span_is(name, row))
			return i;
	}
	return n;
}
