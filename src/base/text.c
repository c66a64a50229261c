/*
 * Building text without allocation and without printf, so that it may be used where neither is allowed.
 * Invariant: len < cap_bytes and at[len] is NUL.
 */
#include "base/text.h"

#include "base/error.h"

enum { NS_PER_US = 1000, NS_PER_MS = 1000000 };
static const uint64_t ns_per_s = UINT64_C(1000000000);

struct cs_text
cs_text_over(char *at, size_t cap_bytes)
{
	CS_ASSERT(cap_bytes >= 1);
	at[0] = '\0';
	return (struct cs_text){at, cap_bytes, 0, false};
}

void
cs_text_put_span(struct cs_text *text, struct cs_span span)
{
	CS_ASSERT(text->len < text->cap_bytes);
	size_t room = text->cap_bytes - text->len - 1;
	size_t n = span.len;
	if (n > room) {
		n = room;
		text->overflowed = true;
	}
	if (n)
		memcpy(text->at + text->len, span.at, n);
	text->len += n;
	text->at[text->len] = '\0';
}

void
cs_text_put(struct cs_text *text, const char *string)
{
	cs_text_put_span(text, cs_span_text(string));
}

void
cs_text_put_char(struct cs_text *text, char c)
{
	CS_ASSERT(text->len < text->cap_bytes);
	if (text->len + 1 == text->cap_bytes) {
		text->overflowed = true;
		return;
	}
	text->at[text->len++] = c;
	text->at[text->len] = '\0';
}

void
cs_text_put_padded(struct cs_text *text, uint64_t value, unsigned width)
{
	char digits[20];
	size_t first = sizeof digits;
	do {
		digits[--first] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (sizeof digits - first < width && first)
		digits[--first] = '0';
	cs_text_put_span(text, (struct cs_span){(const uint8_t *)digits + first, sizeof digits - first});
}

void
cs_text_put_u64(struct cs_text *text, uint64_t value)
{
	cs_text_put_padded(text, value, 1);
}

void
cs_text_put_i64(struct cs_text *text, int64_t value)
{
	if (value < 0)
		cs_text_put_char(text, '-');
	cs_text_put_u64(text, value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value);
}

static void
put_digits(struct cs_text *text, struct cs_span span, const char digits[16])
{
	for (size_t i = 0; i < span.len; i++) {
		cs_text_put_char(text, digits[span.at[i] >> 4]);
		cs_text_put_char(text, digits[span.at[i] & 15]);
	}
}

void
cs_text_put_hex(struct cs_text *text, struct cs_span span)
{
	put_digits(text, span, "0123456789ABCDEF");
}

void
cs_text_put_hex_small(struct cs_text *text, struct cs_span span)
{
	put_digits(text, span, "0123456789abcdef");
}

void
cs_text_put_html(struct cs_text *text, char c)
{
	switch (c) {
	case '&':
		cs_text_put(text, "&amp;");
		break;
	case '<':
		cs_text_put(text, "&lt;");
		break;
	case '>':
		cs_text_put(text, "&gt;");
		break;
	case '"':
		cs_text_put(text, "&quot;");
		break;
	case '\'':
		cs_text_put(text, "&#39;");
		break;
	default: {
		bool control = ((unsigned char)c < ' ' && c != '\n' && c != '\t') || c == 0x7F;
		cs_text_put_char(text, control ? '?' : c);
	}
	}
}

void
cs_text_put_latin1(struct cs_text *text, struct cs_span span)
{
	for (size_t i = 0; i < span.len; i++) {
		uint8_t c = span.at[i];
		if (c < 0x80) {
			cs_text_put_char(text, (char)c);
			continue;
		}
		cs_text_put_char(text, (char)(0xC0 | c >> 6));
		cs_text_put_char(text, (char)(0x80 | (c & 0x3F)));
	}
}

/* Days since 1970 to a civil date in the proleptic Gregorian calendar. */
static void
put_date(struct cs_text *text, uint64_t days)
{
	uint64_t z = days + 719468;
	uint64_t era = z / 146097;
	uint64_t doe = z % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint64_t mp = (5 * doy + 2) / 153;
	uint64_t month = mp < 10 ? mp + 3 : mp - 9;
	cs_text_put_padded(text, yoe + era * 400 + (month <= 2), 4);
	cs_text_put_char(text, '-');
	cs_text_put_padded(text, month, 2);
	cs_text_put_char(text, '-');
	cs_text_put_padded(text, doy - (153 * mp + 2) / 5 + 1, 2);
}

static void
put_clock(struct cs_text *text, uint64_t seconds)
{
	cs_text_put_padded(text, seconds % 86400 / 3600, 2);
	cs_text_put_char(text, ':');
	cs_text_put_padded(text, seconds % 3600 / 60, 2);
	cs_text_put_char(text, ':');
	cs_text_put_padded(text, seconds % 60, 2);
}

void
cs_text_put_when(struct cs_text *text, uint64_t time_ns)
{
	uint64_t seconds = time_ns / ns_per_s;
	put_date(text, seconds / 86400);
	cs_text_put_char(text, ' ');
	put_clock(text, seconds);
}

void
cs_text_put_time(struct cs_text *text, uint64_t time_ns)
{
	uint64_t seconds = time_ns / ns_per_s;
	put_date(text, seconds / 86400);
	cs_text_put_char(text, 'T');
	put_clock(text, seconds);
	cs_text_put_char(text, '.');
	cs_text_put_padded(text, time_ns % ns_per_s, 9);
	cs_text_put_char(text, 'Z');
}

void
cs_text_put_duration(struct cs_text *text, uint64_t duration_ns)
{
	if (duration_ns < NS_PER_MS) {
		cs_text_put_u64(text, duration_ns / NS_PER_US);
		cs_text_put(text, " us");
	} else if (duration_ns < ns_per_s) {
		cs_text_put_u64(text, duration_ns / NS_PER_MS);
		cs_text_put(text, " ms");
	} else if (duration_ns < 120 * ns_per_s) {
		cs_text_put_u64(text, duration_ns / ns_per_s);
		cs_text_put_char(text, '.');
		cs_text_put_padded(text, duration_ns % ns_per_s / NS_PER_MS, 3);
		cs_text_put(text, " s");
	} else if (duration_ns < 7200 * ns_per_s) {
		cs_text_put_u64(text, duration_ns / ns_per_s / 60);
		cs_text_put(text, " min");
	} else {
		cs_text_put_u64(text, duration_ns / ns_per_s / 3600);
		cs_text_put(text, " h");
	}
}

void
cs_text_put_age(struct cs_text *text, uint64_t age_ns)
{
	uint64_t seconds = age_ns / ns_per_s;
	if (seconds < 90) {
		cs_text_put_u64(text, seconds);
		cs_text_put(text, " s");
	} else if (seconds < 7200) {
		cs_text_put_u64(text, (seconds + 30) / 60);
		cs_text_put(text, " min");
	} else {
		cs_text_put_u64(text, seconds / 3600);
		cs_text_put(text, " h");
	}
}

void
cs_text_put_counted(struct cs_text *text, uint64_t n, const char *one, const char *many)
{
	cs_text_put_u64(text, n);
	cs_text_put_char(text, ' ');
	cs_text_put(text, n == 1 ? one : many);
}

const char *
cs_text_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}
