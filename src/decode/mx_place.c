/*
 * Where the bytes of a value stand in its message, for who points at a part of it.
 *
 * A value that is lent stands where it stands. One with references, or in pieces, was put together from what lies behind the tag
 * of its element, and its bytes are counted there once more: only when somebody asks, which is seldom.
 */
#include "decode/mx_parts.h"
#include "decode/mx_scan_parts.h"

#include "base/error.h"

size_t
cs_mx_where(const struct cs_mx *mx, unsigned slot, bool *coded)
{
	struct cs_span value = cs_mx_value(mx, slot);
	CS_ASSERT(value.at);
	*coded = value.at < mx->scan.start || value.at >= mx->scan.end;
	return *coded ? mx->tag[slot] : (size_t)(value.at - mx->scan.start);
}

/* Behind the tag at P. */
static const uint8_t *
behind_tag(const uint8_t *p, const uint8_t *end)
{
	uint8_t quote = 0;
	for (; p < end; p++) {
		if (quote)
			quote = *p == quote ? 0 : quote;
		else if (*p == '"' || *p == '\'')
			quote = *p;
		else if (*p == '>')
			return p + 1;
	}
	return end;
}

static bool
stands_at(const uint8_t *p, const uint8_t *end, const char *words)
{
	size_t len = strlen(words);
	return (size_t)(end - p) >= len && memcmp(p, words, len) == 0;
}

/* Behind the WORDS that come next. */
static const uint8_t *
behind_words(const uint8_t *p, const uint8_t *end, const char *words)
{
	while (p < end && !stands_at(p, end, words))
		p++;
	return p < end ? p + strlen(words) : end;
}

/* Passes over what is no text: comments, instructions, and the marks around a section, of which *SECTION says whether P is in one. */
static const uint8_t *
to_text(const uint8_t *p, const uint8_t *end, bool *section)
{
	for (;;) {
		if (*section && stands_at(p, end, "]]>")) {
			*section = false;
			p += 3;
		} else if (*section) {
			return p;
		} else if (stands_at(p, end, "<![CDATA[")) {
			*section = true;
			p += 9;
		} else if (stands_at(p, end, "<!--")) {
			p = behind_words(p, end, "-->");
		} else if (stands_at(p, end, "<?")) {
			p = behind_words(p, end, "?>");
		} else {
			return p;
		}
	}
}

static unsigned
utf8_bytes(uint32_t c)
{
	if (c < 0x80)
		return 1;
	if (c < 0x800)
		return 2;
	return c < 0x10000 ? 3 : 4;
}

/* The character at P, or the byte of one: how many bytes it takes there; *C what it is. */
static unsigned
read_character(const uint8_t *p, const uint8_t *end, bool section, uint32_t *c)
{
	*c = *p;
	if (*p == '&' && !section) {
		unsigned len = cs_mx_scan_reference(p, end, c);
		return len ? len : 1;
	}
	if (*p != '\r')
		return 1;
	*c = '\n';
	return p + 1 < end && p[1] == '\n' ? 2 : 1;
}

size_t
cs_mx_byte(struct cs_span message, size_t tag, size_t nth)
{
	CS_ASSERT(tag <= message.len);
	const uint8_t *end = message.at + message.len;
	const uint8_t *p = behind_tag(message.at + tag, end);
	bool section = false, begun = false; /* blanks before the value are none of it */
	for (;;) {
		uint32_t c = 0;
		p = to_text(p, end, &section);
		if (p == end || (!section && *p == '<'))
			return (size_t)(p - message.at);
		unsigned len = read_character(p, end, section, &c);
		begun |= c > ' ';
		unsigned plain = *p == '&' && !section ? utf8_bytes(c) : 1;
		if (begun && nth < plain)
			return (size_t)(p - message.at);
		nth -= begun ? plain : 0;
		p += len;
	}
}
