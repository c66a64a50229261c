/*
 * The shipped dialects as bytes in the binary. shipped_dialects.inc is made from the JSON files of dialects/ by embed.py.
 */
#include "decode/shipped.h"

struct shipped {
	const char *name;
	const uint8_t *at;
	size_t len;
};

#include "shipped_dialects.inc"

enum { SHIPPED_N = sizeof(shipped_dialects) / sizeof(shipped_dialects[0]) };

const char *
cs_shipped_dialect_at(unsigned idx, struct cs_span *json)
{
	if (idx >= SHIPPED_N)
		return NULL;
	*json = (struct cs_span){shipped_dialects[idx].at, shipped_dialects[idx].len};
	return shipped_dialects[idx].name;
}

bool
cs_shipped_dialect(struct cs_span name, struct cs_span *json)
{
	for (unsigned i = 0; i < SHIPPED_N; i++) {
		if (!cs_span_is(name, shipped_dialects[i].name))
			continue;
		(void)cs_shipped_dialect_at(i, json);
		return true;
	}
	return false;
}
