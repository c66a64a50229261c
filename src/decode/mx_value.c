/*
 * Why: "schema-equivalent" is decided here: a value passes when, and only when, a validator with the schema would let it
 * pass (XML Schema part 2, second edition). Where that leaves room, the narrow reading is taken.
 */
#include "decode/mx_value.h"

#include "base/error.h"

static bool
is_digit(uint8_t c)
{
	return (uint8_t)(c - '0') <= 9;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

struct cs_span
cs_mx_value_trim(struct cs_span text)
{
	while (text.len > 0 && is_space(*text.at))
		text = (struct cs_span){text.at + 1, text.len - 1};
	while (text.len > 0 && is_space(text.at[text.len - 1]))
		text.len--;
	return text;
}

/* --- decimals --- */

/* A decimal taken apart: digits before the point without leading zeros, behind it without those at the end. */
struct parts {
	struct cs_span whole, fraction;
	bool negative;
};

static bool
split(struct cs_span text, struct parts *out)
{
	const uint8_t *p = text.at;
	const uint8_t *end = p + text.len;
	out->negative = p < end && *p == '-';
	p += p < end && (*p == '-' || *p == '+');
	const uint8_t *first = p;
	while (p < end && is_digit(*p))
		p++;
	const uint8_t *whole_end = p;
	const uint8_t *fraction = p;
	if (p < end && *p == '.') {
		fraction = ++p;
		while (p < end && is_digit(*p))
			p++;
	}
	if (p != end || (whole_end == first && p == fraction))
		return false;
	while (first < whole_end && *first == '0')
		first++;
	while (p > fraction && p[-1] == '0')
		p--;
	out->whole = (struct cs_span){first, (size_t)(whole_end - first)};
	out->fraction = (struct cs_span){fraction, (size_t)(p - fraction)};
	return true;
}

static const char *
check_decimal(const struct cs_mx_simple *simple, struct cs_span text)
{
	struct parts parts;
	if (!split(text, &parts))
		return "not a decimal number";
	bool zero = parts.whole.len + parts.fraction.len == 0;
	if (simple->least && parts.negative && !zero)
		return "a number below the least allowed";
	if (simple->least == 2 && parts.whole.len == 0)
		return "a number below the least allowed";
	if (simple->digits && parts.whole.len + parts.fraction.len > simple->digits)
		return "a number with too many digits";
	if (parts.fraction.len > simple->decimals)
		return "a number with too many decimals";
	return NULL;
}

bool
cs_mx_value_units(struct cs_span text, cs_mx_units *out)
{
	struct parts parts;
	if (!split(text, &parts) || parts.whole.len > 25 || parts.fraction.len > 5)
		return false;
	cs_mx_units units = 0;
	for (size_t i = 0; i < parts.whole.len; i++)
		units = units * 10 + (parts.whole.at[i] - '0');
	for (size_t i = 0; i < 5; i++)
		units = units * 10 + (i < parts.fraction.len ? parts.fraction.at[i] - '0' : 0);
	*out = parts.negative ? -units : units;
	return true;
}

/* --- dates and times --- */

/* A reader of fixed fields. `good` stays false once it is. */
struct clock_text {
	const uint8_t *at, *end;
	bool good;
};

static unsigned
two_digits(struct clock_text *text)
{
	if (text->end - text->at < 2 || !is_digit(text->at[0]) || !is_digit(text->at[1])) {
		text->good = false;
		return 0;
	}
	unsigned value = (unsigned)(text->at[0] - '0') * 10 + (text->at[1] - '0');
	text->at += 2;
	return value;
}

static bool
take(struct clock_text *text, uint8_t c)
{
	bool there = text->at < text->end && *text->at == c;
	text->at += there;
	return there;
}

static void
want(struct clock_text *text, uint8_t c)
{
	if (!take(text, c))
		text->good = false;
}

/* A year of four digits or more, without leading zeros then, not 0000; gives it modulo 400. */
static unsigned
read_year(struct clock_text *text)
{
	unsigned year = 0;
	bool some = false;
	(void)take(text, '-');
	const uint8_t *first = text->at;
	for (; text->at < text->end && is_digit(*text->at); text->at++) {
		year = (year * 10 + (*text->at - '0')) % 400;
		some |= *text->at != '0';
	}
	ptrdiff_t len = text->at - first;
	if (len < 4 || !some || (len > 4 && *first == '0'))
		text->good = false;
	return year;
}

static unsigned
read_month(struct clock_text *text)
{
	unsigned month = two_digits(text);
	if (month < 1 || month > 12)
		text->good = false;
	return month;
}

static void
read_date(struct clock_text *text)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	unsigned year = read_year(text);
	want(text, '-');
	unsigned month = read_month(text);
	want(text, '-');
	unsigned day = two_digits(text);
	unsigned leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year == 0);
	if (!text->good || day < 1 || day > days[month - 1] + leap)
		text->good = false;
}

static void
read_time(struct clock_text *text)
{
	unsigned hour = two_digits(text);
	want(text, ':');
	unsigned minute = two_digits(text);
	want(text, ':');
	unsigned second = two_digits(text);
	bool rest = false;
	if (take(text, '.')) {
		const uint8_t *first = text->at;
		for (; text->at < text->end && is_digit(*text->at); text->at++)
			rest |= *text->at != '0';
		text->good &= text->at > first;
	}
	bool midnight = hour == 24 && minute == 0 && second == 0 && !rest;
	if (!midnight && (hour > 23 || minute > 59 || second > 59))
		text->good = false;
}

static void
read_zone(struct clock_text *text)
{
	if (text->at == text->end || take(text, 'Z'))
		return;
	if (!take(text, '-'))
		want(text, '+');
	unsigned hour = two_digits(text);
	want(text, ':');
	unsigned minute = two_digits(text);
	if (hour > 14 || minute > 59 || (hour == 14 && minute > 0))
		text->good = false;
}

static bool
is_clock(enum cs_mx_kind kind, struct cs_span value)
{
	struct clock_text text = {value.at, value.at + value.len, true};
	if (kind == CS_MX_DATE || kind == CS_MX_DATE_TIME)
		read_date(&text);
	if (kind == CS_MX_DATE_TIME)
		want(&text, 'T');
	if (kind == CS_MX_DATE_TIME || kind == CS_MX_TIME)
		read_time(&text);
	if (kind == CS_MX_YEAR || kind == CS_MX_YEAR_MONTH)
		(void)read_year(&text);
	if (kind == CS_MX_YEAR_MONTH) {
		want(&text, '-');
		(void)read_month(&text);
	}
	read_zone(&text);
	return text.good && text.at == text.end;
}

/* --- others --- */

/* How many bytes TEXT is in base 64; SIZE_MAX: it is not. White space in between does not count. */
static size_t
decoded_len(struct cs_span text)
{
	size_t n = 0;
	size_t pads = 0;
	uint8_t last = 0;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];
		uint8_t lower = c | 0x20;
		if (is_space(c))
			continue;
		bool letter = is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '+' || c == '/';
		if ((!letter && c != '=') || (letter && pads > 0))
			return SIZE_MAX;
		pads += !letter;
		n += letter;
		last = letter ? c : last;
	}
	if ((n + pads) % 4 != 0 || pads > 2)
		return SIZE_MAX;
	/* The bits behind the last byte are zero: of the last letter four bits (two pads) or two (one). */
	static const char even4[] = "AQgw";
	static const char even2[] = "AEIMQUYcgkosw048";
	if ((pads == 2 && !strchr(even4, last)) || (pads == 1 && !strchr(even2, last)))
		return SIZE_MAX;
	return n / 4 * 3 + (pads ? 3 - pads : 0);
}

static size_t
characters(struct cs_span text, bool wide)
{
	size_t n = text.len;
	for (size_t i = 0; wide && i < text.len; i++)
		n -= (text.at[i] & 0xC0) == 0x80;
	return n;
}

static bool
is_boolean(struct cs_span text)
{
	return cs_span_is(text, "true") || cs_span_is(text, "false") || cs_span_is(text, "1") || cs_span_is(text, "0");
}

static struct cs_mx_value
bad(struct cs_span text, const char *code, const char *why)
{
	return (struct cs_mx_value){text, why, code};
}

/* Facets of texts: list, lengths, pattern. */
static struct cs_mx_value
check_facets(const struct cs_mx_simple *simple, struct cs_span text, bool wide, size_t len)
{
	if (len < simple->shortest)
		return bad(text, "length", "a value that is too short");
	if (simple->longest && len > simple->longest)
		return bad(text, "length", "a value that is too long");
	if (simple->value_n && !cs_mx_schema_listed(simple, text))
		return bad(text, "code", "a code that is not listed");
	if (simple->pattern && (wide || !cs_mx_schema_fits(simple, text)))
		return bad(text, "pattern", "a value that does not fit its pattern");
	return bad(text, NULL, NULL);
}

struct cs_mx_value
cs_mx_value_check(const struct cs_mx_simple *simple, struct cs_span text, bool wide)
{
	if (simple->kind == CS_MX_STRING)
		return check_facets(simple, text, wide, characters(text, wide));
	text = cs_mx_value_trim(text);
	if (simple->kind == CS_MX_DECIMAL) {
		const char *why = check_decimal(simple, text);
		return bad(text, why ? "decimal" : NULL, why);
	}
	if (simple->kind == CS_MX_BOOLEAN)
		return is_boolean(text) ? bad(text, NULL, NULL) : bad(text, "boolean", "neither true nor false");
	if (simple->kind == CS_MX_BASE64) {
		size_t len = decoded_len(text);
		return len == SIZE_MAX ? bad(text, "base64", "not base 64") : check_facets(simple, text, wide, len);
	}
	if (!is_clock(simple->kind, text))
		return bad(text, "date", "not a day or time of the calendar");
	return check_facets(simple, text, wide, text.len);
}
