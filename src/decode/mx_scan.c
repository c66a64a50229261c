/*
 * Why: the speed and the strictness of reading payment messages are decided here. General XML libraries spend most of
 * their time on what these messages must not contain.
 *
 * Every byte is looked at once, by class. Runs of plain ASCII are the fast way; each other byte leaves it for a function
 * that checks it: references, UTF-8, the end mark of CDATA. No read goes past `end`. What a byte means in a tag lies in
 * mx_tag.c.
 */
#include "decode/mx_scan.h"
#include "decode/mx_bytes.h"
#include "decode/mx_scan_parts.h"

#include "base/error.h"

static const char truncated[] = "the message ends in the middle";

/* Bytes that need no second look in text: printable ASCII but < & ] and, of white space, all but the carriage return. */
static const uint8_t plain[256] = {
	/* clang-format off */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	/* clang-format on */
};

enum cs_mx_token
cs_mx_scan_fail(struct cs_mx_scan *scan, const uint8_t *at, const char *code, const char *why)
{
	scan->code = at >= scan->end ? "truncated" : code;
	scan->why = at >= scan->end ? truncated : why;
	scan->where = (size_t)(at - scan->start);
	return CS_MX_BROKEN;
}

/* --- characters --- */

bool
cs_mx_scan_is_char(uint32_t c)
{
	return (c >= 0x20 && c < 0xD800) || (c >= 0xE000 && c < 0xFFFE) || (c >= 0x10000 && c < 0x110000) ||
	       c == '\t' || c == '\n' || c == '\r';
}

unsigned
cs_mx_scan_utf8(const uint8_t *at, const uint8_t *end, uint32_t *out)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned len = at[0] < 0xC2 ? 0 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : at[0] < 0xF5 ? 4 : 0;
	if (len == 0 || (size_t)(end - at) < len)
		return 0;
	uint32_t c = at[0] & (0x7FU >> len);
	for (unsigned i = 1; i < len; i++) {
		if ((at[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (at[i] & 0x3F);
	}
	if (c < least[len] || !cs_mx_scan_is_char(c))
		return 0;
	*out = c;
	return len;
}

static int
digit_of(uint8_t c, bool hex)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return hex && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static unsigned
read_number(const uint8_t *at, const uint8_t *end, uint32_t *out)
{
	const uint8_t *p = at + 2;
	bool hex = p < end && *p == 'x';
	p += hex;
	uint32_t value = 0;
	const uint8_t *first = p;
	for (int digit; p < end && (digit = digit_of(*p, hex)) >= 0; p++) {
		value = value * (hex ? 16 : 10) + (uint32_t)digit;
		if (value > 0x10FFFF)
			return 0;
	}
	if (p == first || p >= end || *p != ';' || !cs_mx_scan_is_char(value))
		return 0;
	*out = value;
	return (unsigned)(p + 1 - at);
}

unsigned
cs_mx_scan_reference(const uint8_t *at, const uint8_t *end, uint32_t *out)
{
	static const struct {
		const char *text;
		uint8_t len;
		uint8_t is;
	} known[] = {{"&amp;", 5, '&'}, {"&lt;", 4, '<'}, {"&gt;", 4, '>'}, {"&apos;", 6, '\''}, {"&quot;", 6, '"'}};
	size_t room = (size_t)(end - at);
	if (room > 2 && at[1] == '#')
		return read_number(at, end, out);
	for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (room < known[i].len || memcmp(at, known[i].text, known[i].len) != 0)
			continue;
		*out = known[i].is;
		return known[i].len;
	}
	return 0;
}

static size_t
put_utf8(uint32_t c, uint8_t *out)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	unsigned len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (unsigned i = len - 1; i > 0; i--, c >>= 6)
		out[i] = (uint8_t)(0x80 | (c & 0x3F));
	out[0] = (uint8_t)((0xF00U >> len) | c);
	return len;
}

size_t
cs_mx_scan_plain(struct cs_mx_text text, uint8_t *out)
{
	const uint8_t *end = text.raw.at + text.raw.len;
	size_t n = 0;
	for (const uint8_t *p = text.raw.at; p < end;) {
		uint32_t c = *p;
		unsigned len = 1;
		if (c == '&' && !text.literal) {
			len = cs_mx_scan_reference(p, end, &c);
			CS_ASSERT(len > 0);
			n += put_utf8(c, out + n);
		} else if (c == '\r') {
			len += p + 1 < end && p[1] == '\n';
			out[n++] = '\n';
		} else {
			out[n++] = *p;
		}
		p += len;
	}
	return n;
}

/* --- text --- */

/* A byte of text that is not plain and not '<'. Gives where to go on, or NULL. */
static const uint8_t *
look_closer(struct cs_mx_scan *scan, const uint8_t *p)
{
	uint32_t c;
	unsigned len = 1;
	size_t room = (size_t)(scan->end - p);
	if (*p == '&') {
		scan->text.coded = true;
		len = cs_mx_scan_reference(p, scan->end, &c);
		scan->text.wide |= len > 0 && c >= 0x80;
		if (len > 0)
			return p + len;
		bool cut = memchr(p, ';', room) == NULL && room < 12;
		(void)cs_mx_scan_fail(
			scan, cut ? scan->end : p, "entity",
			"a reference to an entity other than the five, or to a character that may not be");
		return NULL;
	}
	if (*p == '\r') {
		scan->text.coded = true;
		return p + 1;
	}
	if (*p == ']') {
		bool marks = room > 2 && p[1] == ']' && p[2] == '>';
		if (marks)
			(void)cs_mx_scan_fail(scan, p, "cdata", "the end mark of CDATA stands in text");
		return marks ? NULL : p + 1;
	}
	if (*p >= 0x80) {
		scan->text.wide = true;
		len = cs_mx_scan_utf8(p, scan->end, &c);
		if (len > 0)
			return p + len;
		(void)cs_mx_scan_fail(scan, room < 4 ? scan->end : p, "utf8", "not UTF-8");
		return NULL;
	}
	(void)cs_mx_scan_fail(scan, p, "character", "a character that XML does not allow");
	return NULL;
}

/* Text up to the next '<'. False: broken, or the end of the message. */
static bool
read_text(struct cs_mx_scan *scan)
{
	const uint8_t *p = scan->at;
	const uint8_t *end = scan->end;
	scan->text = (struct cs_mx_text){{p, 0}, false, false, false, false};
	while (p < end && (*p == '\n' || *p == ' '))
		p += end - p >= 8 && cs_mx_load8(p) == UINT64_C(0x2020202020202020) ? 8 : 1;
	scan->text.blank = p < end && *p == '<';
	for (;;) {
		while (p < end && plain[*p])
			p++;
		if (p == end || *p == '<')
			break;
		p = look_closer(scan, p);
		if (!p)
			return false;
	}
	scan->text.raw.len = (size_t)(p - scan->at);
	scan->at = p;
	if (p == end)
		(void)cs_mx_scan_fail(scan, p, "truncated", truncated);
	return p < end;
}

/* --- what is left out --- */

/* Checks the characters of FROM up to TO: of comments, instructions and CDATA sections. Notes what it meets in TEXT. */
static bool
check_characters(struct cs_mx_scan *scan, const uint8_t *from, const uint8_t *to)
{
	for (const uint8_t *p = from; p < to;) {
		uint32_t c;
		unsigned len = *p >= 0x80 ? cs_mx_scan_utf8(p, to, &c) : cs_mx_scan_is_char(*p);
		scan->text.wide |= *p >= 0x80;
		scan->text.coded |= *p == '\r';
		if (len == 0) {
			(void)cs_mx_scan_fail(scan, p, *p >= 0x80 ? "utf8" : "character",
					      "not UTF-8, or a character that XML does not allow");
			return false;
		}
		p += len;
	}
	return true;
}

/* The first MARK at or behind FROM; NULL: there is none. */
static const uint8_t *
find(const struct cs_mx_scan *scan, const uint8_t *from, const char *mark)
{
	return from > scan->end ? NULL : memmem(from, (size_t)(scan->end - from), mark, strlen(mark));
}

/* A comment or an instruction at `at`. The token's text stays as it is. */
static bool
leave_out(struct cs_mx_scan *scan)
{
	const uint8_t *p = scan->at;
	struct cs_mx_text text = scan->text;
	bool comment = p[1] == '!';
	const uint8_t *inner = p + (comment ? 4 : 2);
	const uint8_t *close = find(scan, inner, comment ? "--" : "?>");
	if (!close || (comment && close + 2 >= scan->end)) {
		(void)cs_mx_scan_fail(scan, scan->end, "truncated", truncated);
		return false;
	}
	if (comment && close[2] != '>') {
		(void)cs_mx_scan_fail(scan, close, "comment", "two hyphens in a comment");
		return false;
	}
	if (!comment && !cs_mx_scan_target(scan, inner, close))
		return false;
	if (!check_characters(scan, inner, close))
		return false;
	scan->text = text;
	scan->at = close + (comment ? 3 : 2);
	return true;
}

static enum cs_mx_token
read_cdata(struct cs_mx_scan *scan)
{
	const uint8_t *inner = scan->at + 9;
	const uint8_t *close = find(scan, inner, "]]>");
	if (!close)
		return cs_mx_scan_fail(scan, scan->end, "truncated", truncated);
	scan->text = (struct cs_mx_text){{inner, (size_t)(close - inner)}, false, false, false, true};
	if (!check_characters(scan, inner, close))
		return CS_MX_BROKEN;
	scan->at = close + 3;
	return CS_MX_TEXT;
}

static bool
starts(const struct cs_mx_scan *scan, const char *mark)
{
	size_t len = strlen(mark);
	return (size_t)(scan->end - scan->at) >= len && memcmp(scan->at, mark, len) == 0;
}

/* "<!" or "<?" at `at`: a token, or false and it is left behind. */
static bool
read_other(struct cs_mx_scan *scan, enum cs_mx_token *token)
{
	bool cdata = starts(scan, "<![CDATA[");
	*token = CS_MX_BROKEN;
	if (cdata && scan->depth > 0) {
		*token = scan->text.raw.len > 0 ? CS_MX_TEXT : read_cdata(scan);
		return true;
	}
	if (starts(scan, "<?") || starts(scan, "<!--")) {
		if (!leave_out(scan))
			return true;
		*token = CS_MX_TEXT;
		return scan->text.raw.len > 0;
	}
	if (starts(scan, "<!DOCTYPE"))
		*token = cs_mx_scan_fail(scan, scan->at, "doctype", "a document type declaration is not allowed");
	else
		*token = cs_mx_scan_fail(scan, scan->end - scan->at < 9 ? scan->end : scan->at, "markup",
					 "markup that may not stand here");
	return true;
}

/* --- tokens --- */

/* Outside of the root: white space, and before it comments and instructions. */
static enum cs_mx_token
read_outside(struct cs_mx_scan *scan)
{
	enum cs_mx_token token = CS_MX_BROKEN;
	scan->text = (struct cs_mx_text){{scan->at, 0}, false, false, false, false};
	for (;;) {
		while (scan->at < scan->end && cs_mx_scan_is_space(*scan->at))
			scan->at++;
		const uint8_t *p = scan->at;
		if (p == scan->end && scan->rooted)
			return CS_MX_DONE;
		if (p == scan->end)
			return cs_mx_scan_fail(scan, p, "truncated", truncated);
		if (scan->rooted)
			return cs_mx_scan_fail(scan, p, "trailing", "something follows the end of the message");
		if (*p != '<')
			return cs_mx_scan_fail(scan, p, "not_xml", "no XML: it does not begin with a tag");
		if (p + 1 < scan->end && p[1] != '!' && p[1] != '?')
			break;
		if (read_other(scan, &token))
			return token;
	}
	if (scan->at[1] == '/')
		return cs_mx_scan_fail(scan, scan->at, "nesting", "an end tag without its start");
	scan->rooted = true;
	scan->token = scan->at;
	return cs_mx_scan_start_tag(scan);
}

void
cs_mx_scan_begin(struct cs_mx_scan *scan, struct cs_span message)
{
	static const uint8_t xml[] = "http://www.w3.org/XML/1998/namespace";
	scan->start = scan->at = message.at;
	scan->end = message.at + message.len;
	scan->token = scan->start;
	scan->depth = 0;
	scan->empty = scan->rooted = false;
	scan->binding_n = scan->attribute_n = scan->uri = 0;
	scan->code = scan->why = NULL;
	scan->where = 0;
	scan->uris[0] = (struct cs_span){xml, 0};
	scan->uris[1] = (struct cs_span){xml, sizeof xml - 1};
	scan->uri_n = 2;
	cs_mx_scan_declaration(scan);
}

enum cs_mx_token
cs_mx_scan_next(struct cs_mx_scan *scan)
{
	if (scan->code)
		return CS_MX_BROKEN;
	if (scan->empty) {
		scan->empty = false;
		scan->text = (struct cs_mx_text){{scan->at, 0}, false, false, false, false};
		scan->binding_n = scan->open[--scan->depth].binding_n;
		return CS_MX_END;
	}
	if (scan->depth == 0)
		return read_outside(scan);
	for (;;) {
		if (!read_text(scan))
			return CS_MX_BROKEN;
		const uint8_t *p = scan->at;
		enum cs_mx_token token;
		scan->token = p;
		if (p + 1 == scan->end)
			return cs_mx_scan_fail(scan, scan->end, "truncated", truncated);
		if (p[1] == '/')
			return cs_mx_scan_end_tag(scan);
		if (p[1] != '!' && p[1] != '?')
			return cs_mx_scan_start_tag(scan);
		if (read_other(scan, &token))
			return token;
	}
}
