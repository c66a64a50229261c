/*
 * A run of bytes that somebody else owns. Passed by value; who lends it says until when.
 */
#ifndef CS_BASE_SPAN_H
#define CS_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cs_span {
	const uint8_t *at;
	size_t len;
};

/* cs_span_text lends the bytes of a C string, without its final NUL. */
static inline struct cs_span
cs_span_text(const char *text)
{
	return (struct cs_span){(const uint8_t *)text, strlen(text)};
}

/* cs_span_equal compares two runs byte by byte. */
static inline bool
cs_span_equal(struct cs_span a, struct cs_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* cs_span_is compares a run with a C string. */
static inline bool
cs_span_is(struct cs_span span, const char *text)
{
	return cs_span_equal(span, cs_span_text(text));
}

#endif
