/*
 * Rows of JSON Lines: one flat object a line.
 *
 * Strict where the plan looks: names and scalars are checked, a member that is wanted stands once. What is nested in
 * members nobody wants is passed over by its brackets and quotes alone. Leaves what values mean to row_value.c.
 * Spec: RFC 8259; jsonlines.org.
 */
#include "decode/row_parts.h"

enum { NESTING_MAX = 64 };

struct scan {
	struct cs_rows *rows;
	const uint8_t *at;
	const uint8_t *end;
	const char *words;
};

static bool
fail(struct scan *scan, const char *words)
{
	scan->words = words;
	return false;
}

static void
skip_space(struct scan *scan)
{
	while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\r'))
		scan->at++;
}

static bool
take_char(struct scan *scan, uint8_t c)
{
	skip_space(scan);
	if (scan->at == scan->end || *scan->at != c)
		return false;
	scan->at++;
	return true;
}

static bool
hex4(const uint8_t *at, const uint8_t *end, uint32_t *out)
{
	uint32_t value = 0;
	if (end - at < 4)
		return false;
	for (unsigned i = 0; i < 4; i++) {
		uint8_t c = at[i] | 0x20;
		bool digit = at[i] >= '0' && at[i] <= '9';
		if (!digit && (c < 'a' || c > 'f'))
			return false;
		value = value << 4 | (uint32_t)(digit ? at[i] - '0' : c - 'a' + 10);
	}
	*out = value;
	return true;
}

static uint8_t *
put_utf8(uint8_t *out, uint32_t c)
{
	if (c < 0x80) {
		*out++ = (uint8_t)c;
		return out;
	}
	if (c >= 0x10000) {
		*out++ = (uint8_t)(0xf0 | c >> 18);
		*out++ = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	} else if (c >= 0x800) {
		*out++ = (uint8_t)(0xe0 | c >> 12);
	}
	if (c >= 0x800)
		*out++ = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	else
		*out++ = (uint8_t)(0xc0 | c >> 6);
	*out++ = (uint8_t)(0x80 | (c & 0x3f));
	return out;
}

/* Behind "\u": four hex digits, and the other half of a pair. NULL when it is none. */
static const uint8_t *
take_unicode(const uint8_t *at, const uint8_t *end, uint32_t *out)
{
	uint32_t low = 0;
	if (!hex4(at, end, out))
		return NULL;
	at += 4;
	if (*out < 0xd800 || *out > 0xdfff)
		return at;
	if (*out > 0xdbff || end - at < 6 || at[0] != '\\' || at[1] != 'u' || !hex4(at + 2, end, &low) ||
	    low < 0xdc00 || low > 0xdfff)
		return NULL;
	*out = 0x10000 + ((*out - 0xd800) << 10 | (low - 0xdc00));
	return at + 6;
}

/* What stands between the quotes, with its escapes resolved in scratch: never longer than it was. */
static bool
unescape(struct scan *scan, const uint8_t *at, const uint8_t *end, struct cs_row_cell *cell)
{
	static const char from[] = "\"\\/bfnrt";
	static const char to[] = "\"\\/\b\f\n\r\t";
	uint8_t *out = scan->rows->scratch + scan->rows->scratch_len;
	cell->at = out;
	while (at < end) {
		if (*at != '\\') {
			*out++ = *at++;
			continue;
		}
		uint32_t c = 0;
		const char *which = strchr(from, at[1]);
		if (which && *which)
			c = (uint8_t)to[which - from];
		else if (at[1] != 'u')
			return fail(scan, "a string holds an escape that JSON does not know");
		at = c ? at + 2 : take_unicode(at + 2, end, &c);
		if (!at)
			return fail(scan, "a string holds \\u without four hex digits, or half a pair of them");
		out = put_utf8(out, c);
	}
	cell->len = (uint32_t)(out - cell->at);
	scan->rows->scratch_len += cell->len;
	return true;
}

/* Behind the opening quote. */
static bool
take_string(struct scan *scan, struct cs_row_cell *cell)
{
	const uint8_t *from = scan->at;
	bool escaped = false;
	for (const uint8_t *at = from; at < scan->end; at++) {
		if (*at < ' ')
			return fail(scan, "a string holds a control character; write it as \\u00..");
		if (*at == '\\') {
			escaped = true;
			at++;
			continue;
		}
		if (*at != '"')
			continue;
		scan->at = at + 1;
		cell->at = from;
		cell->len = (uint32_t)(at - from);
		return !escaped || unescape(scan, from, at, cell);
	}
	return fail(scan, "a string is opened and never closed");
}

static bool
take_nested(struct scan *scan)
{
	uint64_t kinds = 0;
	unsigned depth = 0;
	do {
		struct cs_row_cell ignored;
		if (scan->at == scan->end)
			return fail(scan, "an object or array is opened and never closed");
		uint8_t c = *scan->at++;
		if (c == '"' && !take_string(scan, &ignored))
			return false;
		if ((c == '{' || c == '[') && depth++ == NESTING_MAX)
			return fail(scan, "objects and arrays are nested more than 64 deep");
		if (c == '{' || c == '[')
			kinds = kinds << 1 | (c == '{');
		if ((c == '}' || c == ']') && (kinds & 1) != (c == '}'))
			return fail(scan, "an object or array is closed by the wrong bracket");
		if (c == '}' || c == ']') {
			kinds >>= 1;
			depth--;
		}
	} while (depth);
	return true;
}

static const uint8_t *
skip_digits(const uint8_t *at, const uint8_t *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

static bool
is_number(const uint8_t *at, const uint8_t *end)
{
	at += at < end && *at == '-';
	const uint8_t *whole = at;
	at = skip_digits(at, end);
	if (at == whole || (*whole == '0' && at > whole + 1))
		return false;
	if (at < end && *at == '.') {
		const uint8_t *part = ++at;
		at = skip_digits(at, end);
		if (at == part)
			return false;
	}
	if (at < end && (*at | 0x20) == 'e') {
		at++;
		at += at < end && (*at == '+' || *at == '-');
		const uint8_t *power = at;
		at = skip_digits(at, end);
		if (at == power)
			return false;
	}
	return at == end;
}

/* A number, true, false or null. */
static bool
take_bare(struct scan *scan, struct cs_row_cell *cell)
{
	const uint8_t *from = scan->at;
	while (scan->at<scan->end && * scan->at> ' ' && !strchr(",}]:\"", *scan->at))
		scan->at++;
	cell->at = from;
	cell->len = (uint32_t)(scan->at - from);
	struct cs_span bare = {cell->at, cell->len};
	if (cs_span_is(bare, "null")) {
		*cell = (struct cs_row_cell){0};
		return true;
	}
	return cs_span_is(bare, "true") || cs_span_is(bare, "false") || is_number(from, scan->at) ||
	       fail(scan, "a value is no string, number, true, false or null");
}

static bool
take_value(struct scan *scan, struct cs_row_cell *cell)
{
	skip_space(scan);
	if (scan->at == scan->end)
		return fail(scan, "the line ends before the object does");
	if (*scan->at == '"') {
		scan->at++;
		return take_string(scan, cell);
	}
	if (*scan->at != '{' && *scan->at != '[')
		return take_bare(scan, cell);
	cell->at = scan->at;
	cell->nested = true;
	return take_nested(scan);
}

static bool
is_slot(const struct cs_row_slot *slot, const struct cs_row_cell *name)
{
	return slot->len == name->len && memcmp(slot->name, name->at, name->len) == 0;
}

/* The slot of a member, + 1; rows have their members in one order, mostly. */
static unsigned
find_slot(struct cs_rows *rows, unsigned nth, const struct cs_row_cell *name)
{
	unsigned hint = nth < CS_ROW_HINTS ? rows->hint[nth] : 0;
	if (hint && is_slot(&rows->slot[hint - 1], name))
		return hint;
	unsigned i = 0;
	while (i < rows->slot_n && !is_slot(&rows->slot[i], name))
		i++;
	unsigned found = i < rows->slot_n ? i + 1 : 0;
	if (nth < CS_ROW_HINTS)
		rows->hint[nth] = found;
	return found;
}

static bool
take_member(struct scan *scan, unsigned nth)
{
	struct cs_row_cell name = {0}, value = {0};
	if (!take_char(scan, '"'))
		return fail(scan, "a member has no name in quotes");
	if (!take_string(scan, &name))
		return false;
	unsigned slot = find_slot(scan->rows, nth, &name);
	if (!take_char(scan, ':'))
		return fail(scan, "a colon is missing behind the name of a member");
	if (!take_value(scan, &value))
		return false;
	if (!slot)
		return true;
	if (scan->rows->cell[slot - 1].at)
		return fail(scan, "a member stands in the object twice");
	scan->rows->cell[slot - 1] = value;
	return true;
}

static bool
take_object(struct scan *scan)
{
	if (!take_char(scan, '{'))
		return fail(scan, "the line is no JSON object; write {\"name\": value, ...}");
	unsigned n = 0;
	if (!take_char(scan, '}')) {
		do
			if (!take_member(scan, n++))
				return false;
		while (take_char(scan, ','));
		if (!take_char(scan, '}'))
			return fail(scan, "a comma or the closing bracket of the object is missing");
	}
	skip_space(scan);
	return scan->at == scan->end || fail(scan, "something stands behind the object; write one object a line");
}

enum cs_row_cut
cs_row_json_cut(struct cs_rows *rows, struct cs_span bytes, size_t *len, const char **words)
{
	const uint8_t *line = memchr(bytes.at, '\n', bytes.len);
	if (!line && !rows->final)
		return CS_ROW_CUT_MORE;
	const uint8_t *end = line ? line : bytes.at + bytes.len;
	struct scan scan = {.rows = rows, .at = bytes.at, .end = end};
	rows->scratch_len = 0;
	memset(rows->cell, 0, rows->slot_n * sizeof rows->cell[0]);
	*len = (size_t)(end - bytes.at) + (line != NULL);
	bool good = take_object(&scan);
	*words = scan.words;
	return good ? CS_ROW_CUT_OK : CS_ROW_CUT_BAD;
}
