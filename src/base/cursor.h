/*
 * The only way untrusted bytes are read: a cursor over a span that stays failed once it failed.
 *
 * Reads past the end return zeros and set the failure; ask cs_cursor_ok before a value steers a loop,
 * an index or an allocation. The position never passes the end. Big-endian unless the name says le.
 */
#ifndef CS_BASE_CURSOR_H
#define CS_BASE_CURSOR_H

#include "base/span.h"

struct cs_cursor {
	const uint8_t *at; /* start of the span */
	size_t len;        /* bytes in the span */
	size_t pos;        /* bytes read so far, <= len */
	bool failed;
};

/* cs_cursor_over starts reading SPAN from its first byte. */
static inline struct cs_cursor
cs_cursor_over(struct cs_span span)
{
	return (struct cs_cursor){span.at, span.len, 0, false};
}

/* cs_cursor_ok says whether every read so far was inside the span. */
static inline bool
cs_cursor_ok(const struct cs_cursor *c)
{
	return !c->failed;
}

/* cs_cursor_left is the number of bytes not read yet; 0 once failed. */
static inline size_t
cs_cursor_left(const struct cs_cursor *c)
{
	return c->failed ? 0 : c->len - c->pos;
}

/* cs_cursor_take lends the next N bytes; an empty span once failed. */
static inline struct cs_span
cs_cursor_take(struct cs_cursor *c, size_t n)
{
	if (cs_cursor_left(c) < n) {
		c->failed = true;
		return (struct cs_span){c->at, 0};
	}
	struct cs_span out = {c->at + c->pos, n};
	c->pos += n;
	return out;
}

/* cs_cursor_skip passes over N bytes. */
static inline void
cs_cursor_skip(struct cs_cursor *c, size_t n)
{
	(void)cs_cursor_take(c, n);
}

/* cs_cursor_u8 reads one byte. */
static inline uint8_t
cs_cursor_u8(struct cs_cursor *c)
{
	struct cs_span s = cs_cursor_take(c, 1);
	return s.len ? s.at[0] : 0;
}

/* cs_cursor_u16 reads two bytes, most significant first. */
static inline uint16_t
cs_cursor_u16(struct cs_cursor *c)
{
	struct cs_span s = cs_cursor_take(c, 2);
	return s.len ? (uint16_t)(s.at[0] << 8 | s.at[1]) : 0;
}

/* cs_cursor_u32 reads four bytes, most significant first. */
static inline uint32_t
cs_cursor_u32(struct cs_cursor *c)
{
	struct cs_span s = cs_cursor_take(c, 4);
	if (!s.len)
		return 0;
	return (uint32_t)s.at[0] << 24 | (uint32_t)s.at[1] << 16 | (uint32_t)s.at[2] << 8 | s.at[3];
}

/* cs_cursor_u16le reads two bytes, least significant first. */
static inline uint16_t
cs_cursor_u16le(struct cs_cursor *c)
{
	return __builtin_bswap16(cs_cursor_u16(c));
}

/* cs_cursor_u32le reads four bytes, least significant first. */
static inline uint32_t
cs_cursor_u32le(struct cs_cursor *c)
{
	return __builtin_bswap32(cs_cursor_u32(c));
}

#endif
