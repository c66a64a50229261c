/*
 * Text into a buffer of fixed capacity: sticky overflow, always a final NUL, no printf.
 */
#ifndef CS_BASE_TEXT_H
#define CS_BASE_TEXT_H

#include "base/span.h"

struct cs_text {
	char *at;
	size_t cap_bytes; /* at least 1 */
	size_t len;       /* without the NUL, < cap_bytes */
	bool overflowed;
};

/* cs_text_over starts an empty text in the caller's buffer of CAP_BYTES >= 1. */
struct cs_text cs_text_over(char *at, size_t cap_bytes);

/* cs_text_put appends a C string. */
void cs_text_put(struct cs_text *text, const char *string);

/* cs_text_put_span appends bytes as they are. */
void cs_text_put_span(struct cs_text *text, struct cs_span span);

/* cs_text_put_char appends one character. */
void cs_text_put_char(struct cs_text *text, char c);

/* cs_text_put_u64 appends a decimal number. */
void cs_text_put_u64(struct cs_text *text, uint64_t value);

/* cs_text_put_i64 appends a decimal number with its sign. */
void cs_text_put_i64(struct cs_text *text, int64_t value);

/* cs_text_put_padded appends a decimal number with leading zeros to at least WIDTH digits (<= 20). */
void cs_text_put_padded(struct cs_text *text, uint64_t value, unsigned width);

/* cs_text_put_hex appends bytes as upper-case hex. */
void cs_text_put_hex(struct cs_text *text, struct cs_span span);

/* cs_text_put_hex_small appends them as lower-case hex, as sha256sum prints a hash. */
void cs_text_put_hex_small(struct cs_text *text, struct cs_span span);

/* cs_text_put_html writes one character of UTF-8 as text of HTML or an attribute in quotes; "?" for control characters. */
void cs_text_put_html(struct cs_text *text, char c);

/* cs_text_put_latin1 appends bytes read as ISO 8859-1, in UTF-8. */
void cs_text_put_latin1(struct cs_text *text, struct cs_span span);

/* cs_text_put_when appends the time to the second, for people: "2026-03-02 13:18:00", UTC. */
void cs_text_put_when(struct cs_text *text, uint64_t time_ns);

/* cs_text_put_time appends nanoseconds since 1970 as RFC 3339, UTC, nine decimals. */
void cs_text_put_time(struct cs_text *text, uint64_t time_ns);

/* cs_text_put_age appends how long ago something was, roughly: "40 s", "2 min", "4 h". */
void cs_text_put_age(struct cs_text *text, uint64_t age_ns);

/* cs_text_put_counted appends "1 row" or "2 rows". */
void cs_text_put_counted(struct cs_text *text, uint64_t n, const char *one, const char *many);

/* cs_text_plural gives what a word takes that counts N things: "" of one, else "s". */
const char *cs_text_plural(uint64_t n);

/* cs_text_put_duration appends nanoseconds in words for people: "1.250 s", "310 ms", "4 h". */
void cs_text_put_duration(struct cs_text *text, uint64_t duration_ns);

#endif
