/*
 * The half of the XML scanner that reads tags: names, attributes, namespaces, nesting; and the XML declaration.
 *
 * The common tag has an ASCII name and no attributes, and ends with what it began with: both are tried first. Prefixes are
 * looked up from the innermost binding outwards; there are few. Equal namespaces have one number, so that comparing
 * them is comparing numbers.
 */
#include "base/error.h"
#include "decode/mx_bytes.h"
#include "decode/mx_scan_parts.h"

/* Bits of ASCII characters: 1 may begin a name, 2 may be in one. */
enum { NAME_START = 1, NAME = 2 };

static const uint8_t name_class[256] = {
	/* clang-format off */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0,
	0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
	3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 3,
	0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
	3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0,
	/* clang-format on */
};

/* --- names --- */

/* Characters outside ASCII that names may have (XML 1.0, 2.3); those that may not begin one are marked. */
static bool
is_name_char(uint32_t c, bool first)
{
	static const struct {
		uint32_t from, to;
		bool inner; /* not at the beginning */
	} ranges[] = {
		{0xB7, 0xB7, true},      {0xC0, 0xD6, false},     {0xD8, 0xF6, false},       {0xF8, 0x2FF, false},
		{0x300, 0x36F, true},    {0x370, 0x37D, false},   {0x37F, 0x1FFF, false},    {0x200C, 0x200D, false},
		{0x203F, 0x2040, true},  {0x2070, 0x218F, false}, {0x2C00, 0x2FEF, false},   {0x3001, 0xD7FF, false},
		{0xF900, 0xFDCF, false}, {0xFDF0, 0xFFFD, false}, {0x10000, 0xEFFFF, false},
	};
	for (unsigned i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return !first || !ranges[i].inner;
	return false;
}

/* The end of a name without colon at P; P itself: there is none. */
static const uint8_t *
end_of_name(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *start = p;
	if (p < end && *p < 0x80 && !(name_class[*p] & NAME_START))
		return p;
	for (;;) {
		while (p < end && name_class[*p])
			p++;
		uint32_t c = 0;
		unsigned len = p < end && *p >= 0x80 ? cs_mx_scan_utf8(p, end, &c) : 0;
		if (len == 0 || !is_name_char(c, p == start))
			return p;
		p += len;
	}
}

/* A name with or without prefix at P. NULL: broken. */
static const uint8_t *
read_name(struct cs_mx_scan *scan, const uint8_t *p, struct cs_span *prefix, struct cs_span *name)
{
	const uint8_t *end = end_of_name(p, scan->end);
	*prefix = (struct cs_span){p, 0};
	if (end > p && end < scan->end && *end == ':') {
		prefix->len = (size_t)(end - p);
		p = end + 1;
		end = end_of_name(p, scan->end);
	}
	*name = (struct cs_span){p, (size_t)(end - p)};
	if (end == p || end == scan->end) {
		bool colon = prefix->len > 0 || (end < scan->end && *end == ':');
		(void)cs_mx_scan_fail(scan, end, colon ? "namespace" : "name",
				      "no name, or one with a character that may not be in it");
		return NULL;
	}
	return end;
}

bool
cs_mx_scan_target(struct cs_mx_scan *scan, const uint8_t *at, const uint8_t *end)
{
	const uint8_t *stop = end_of_name(at, end);
	size_t len = (size_t)(stop - at);
	bool xml = len == 3 && (at[0] | 0x20) == 'x' && (at[1] | 0x20) == 'm' && (at[2] | 0x20) == 'l';
	bool good = len > 0 && !xml && (stop == end || cs_mx_scan_is_space(*stop));
	if (!good)
		(void)cs_mx_scan_fail(scan, at, xml ? "declaration" : "name",
				      xml ? "an XML declaration that is not at the beginning"
					  : "an instruction without a good target");
	return good;
}

/* --- attributes --- */

static const uint8_t *
skip_space(const uint8_t *p, const uint8_t *end)
{
	while (p < end && cs_mx_scan_is_space(*p))
		p++;
	return p;
}

/* The value of an attribute, with its quotes, at P. NULL: broken. */
static const uint8_t *
read_value(struct cs_mx_scan *scan, const uint8_t *p, struct cs_mx_text *out)
{
	const uint8_t *end = scan->end;
	uint8_t quote = p < end ? *p : 0;
	if (quote != '"' && quote != '\'') {
		(void)cs_mx_scan_fail(scan, p, "attribute", "the value of an attribute is not in quotes");
		return NULL;
	}
	const uint8_t *first = ++p;
	*out = (struct cs_mx_text){{first, 0}, false, false, false, false};
	while (p < end && *p != quote) {
		uint32_t c = *p;
		unsigned len = c != '<' && cs_mx_scan_is_char(c);
		if (c == '&')
			len = cs_mx_scan_reference(p, end, &c);
		else if (c >= 0x80)
			len = cs_mx_scan_utf8(p, end, &c);
		out->coded |= *p == '&' || *p < 0x20;
		out->wide |= len > 0 && c >= 0x80;
		if (len == 0) {
			(void)cs_mx_scan_fail(scan, p,
					      *p == '&'    ? "entity"
					      : *p >= 0x80 ? "utf8"
							   : "attribute",
					      "something that may not be in the value of an attribute");
			return NULL;
		}
		p += len;
	}
	out->raw.len = (size_t)(p - first);
	if (p == end) {
		(void)cs_mx_scan_fail(scan, p, "truncated", "");
		return NULL;
	}
	return p + 1;
}

/* One attribute at P, behind white space. NULL: broken. */
static const uint8_t *
read_attribute(struct cs_mx_scan *scan, const uint8_t *p)
{
	if (scan->attribute_n == CS_MX_ATTRIBUTES_MAX) {
		(void)cs_mx_scan_fail(scan, p, "limit", "an element has more than 32 attributes");
		return NULL;
	}
	struct cs_mx_attribute *attribute = &scan->attributes[scan->attribute_n];
	p = read_name(scan, p, &attribute->prefix, &attribute->name);
	if (!p)
		return NULL;
	p = skip_space(p, scan->end);
	if (p == scan->end || *p != '=') {
		(void)cs_mx_scan_fail(scan, p, "attribute", "an attribute without a value");
		return NULL;
	}
	p = read_value(scan, skip_space(p + 1, scan->end), &attribute->value);
	scan->attribute_n++;
	return p;
}

/* All attributes up to the end of the tag at P. NULL: broken. */
static const uint8_t *
read_attributes(struct cs_mx_scan *scan, const uint8_t *p)
{
	while (p && p < scan->end && *p != '>' && *p != '/') {
		const uint8_t *next = skip_space(p, scan->end);
		if (next < scan->end && (*next == '>' || *next == '/'))
			return next;
		if (next == p || next == scan->end) {
			(void)cs_mx_scan_fail(scan, next, "attribute", "attributes that no white space divides");
			return NULL;
		}
		p = read_attribute(scan, next);
	}
	if (p == scan->end) {
		(void)cs_mx_scan_fail(scan, p, "truncated", "");
		return NULL;
	}
	return p;
}

/* --- namespaces --- */

/* The number of a namespace; CS_MX_URIS_MAX: there are too many. */
static uint16_t
uri_of(struct cs_mx_scan *scan, struct cs_span uri)
{
	for (uint16_t i = 0; i < scan->uri_n; i++)
		if (cs_span_equal(scan->uris[i], uri))
			return i;
	if (scan->uri_n == CS_MX_URIS_MAX)
		return CS_MX_URIS_MAX;
	scan->uris[scan->uri_n] = uri;
	return scan->uri_n++;
}

static bool
is_binding(const struct cs_mx_attribute *attribute)
{
	return attribute->prefix.len == 0 ? cs_span_is(attribute->name, "xmlns")
					  : cs_span_is(attribute->prefix, "xmlns");
}

static bool
bind(struct cs_mx_scan *scan, const struct cs_mx_attribute *attribute)
{
	struct cs_span prefix = attribute->prefix.len ? attribute->name : (struct cs_span){attribute->name.at, 0};
	struct cs_span uri = attribute->value.raw;
	const uint8_t *at = attribute->name.at;
	bool xml = cs_span_is(prefix, "xml");
	bool reserved = cs_span_is(prefix, "xmlns") || cs_span_is(uri, "http://www.w3.org/2000/xmlns/") ||
			xml != cs_span_equal(uri, scan->uris[1]);
	if (reserved || (prefix.len > 0 && uri.len == 0) || attribute->value.coded) {
		(void)cs_mx_scan_fail(scan, at, "namespace", "a namespace is bound in a way that is not allowed");
		return false;
	}
	uint16_t number = uri_of(scan, uri);
	if (number == CS_MX_URIS_MAX || scan->binding_n == CS_MX_BINDINGS_MAX) {
		(void)cs_mx_scan_fail(scan, at, "limit", "more namespaces than any message has");
		return false;
	}
	scan->bindings[scan->binding_n].prefix = prefix;
	scan->bindings[scan->binding_n++].uri = number;
	return true;
}

/* The namespace of a prefix; of none: the default one. False: it is not bound. */
static bool
resolve(struct cs_mx_scan *scan, struct cs_span prefix, uint16_t *out)
{
	*out = 0;
	for (unsigned i = scan->binding_n; i-- > 0;) {
		if (!cs_span_equal(scan->bindings[i].prefix, prefix))
			continue;
		*out = scan->bindings[i].uri;
		return true;
	}
	if (prefix.len == 0)
		return true;
	if (cs_span_is(prefix, "xml")) {
		*out = 1;
		return true;
	}
	(void)cs_mx_scan_fail(scan, prefix.at, "namespace", "a prefix that is bound to no namespace");
	return false;
}

static bool
same_attribute(const struct cs_mx_attribute *a, const struct cs_mx_attribute *b)
{
	if (!cs_span_equal(a->name, b->name))
		return false;
	return cs_span_equal(a->prefix, b->prefix) || (a->prefix.len && b->prefix.len && a->uri && a->uri == b->uri);
}

/* Takes the bindings out of the attributes and resolves the others. */
static bool
resolve_attributes(struct cs_mx_scan *scan)
{
	struct cs_mx_attribute *all = scan->attributes;
	unsigned n = scan->attribute_n;
	for (unsigned i = 0; i < n; i++) {
		all[i].uri = 0;
		if (is_binding(&all[i]) && !bind(scan, &all[i]))
			return false;
	}
	for (unsigned i = 0; i < n; i++) {
		bool named = !is_binding(&all[i]) && all[i].prefix.len > 0;
		if (named && !resolve(scan, all[i].prefix, &all[i].uri))
			return false;
		for (unsigned j = 0; j < i; j++) {
			if (!same_attribute(&all[i], &all[j]))
				continue;
			(void)cs_mx_scan_fail(scan, all[i].name.at, "duplicate_attribute", "an attribute stands twice");
			return false;
		}
	}
	unsigned kept = 0;
	for (unsigned i = 0; i < n; i++)
		if (!is_binding(&all[i]))
			all[kept++] = all[i];
	scan->attribute_n = (uint16_t)kept;
	return true;
}

/* --- tags --- */

/* Most elements have the prefix of what they are in, and change no binding. */
static inline bool
like_parent(struct cs_mx_scan *scan, const struct cs_mx_open *open)
{
	const struct cs_mx_open *parent = open - 1;
	if (scan->depth < 2 || parent->prefix_len != open->prefix_len || parent->inner_n != scan->binding_n)
		return false;
	if (!cs_mx_same(parent->name, open->name, open->prefix_len))
		return false;
	scan->uri = parent->uri;
	return true;
}

enum cs_mx_token
cs_mx_scan_start_tag(struct cs_mx_scan *scan)
{
	struct cs_span prefix;
	const uint8_t *first = scan->at + 1;
	const uint8_t *p = read_name(scan, first, &prefix, &scan->name);
	if (!p)
		return CS_MX_BROKEN;
	if (scan->depth == CS_MX_DEPTH_MAX)
		return cs_mx_scan_fail(scan, scan->at, "depth", "elements nested deeper than 64");
	struct cs_mx_open *open = &scan->open[scan->depth++];
	*open = (struct cs_mx_open){.name = first, .name_len = (uint32_t)(p - first), .binding_n = scan->binding_n};
	open->prefix_len = (uint16_t)prefix.len;
	scan->attribute_n = 0;
	if (*p != '>') {
		p = read_attributes(scan, p);
		if (!p || !resolve_attributes(scan))
			return CS_MX_BROKEN;
		scan->empty = *p == '/';
		p += scan->empty;
		if (p == scan->end || *p != '>')
			return cs_mx_scan_fail(scan, p, "markup", "a tag that does not end with >");
	}
	scan->at = p + 1;
	open->inner_n = scan->binding_n;
	if (!like_parent(scan, open) && !resolve(scan, prefix, &scan->uri))
		return CS_MX_BROKEN;
	open->uri = scan->uri;
	return CS_MX_START;
}

enum cs_mx_token
cs_mx_scan_end_tag(struct cs_mx_scan *scan)
{
	const struct cs_mx_open *open = &scan->open[scan->depth - 1];
	const uint8_t *p = scan->at + 2;
	size_t room = (size_t)(scan->end - p);
	if (room <= open->name_len)
		return cs_mx_scan_fail(scan, memcmp(p, open->name, room) == 0 ? scan->end : p, "nesting",
				       "an end tag that does not fit its start");
	bool same = cs_mx_same(p, open->name, open->name_len);
	p += open->name_len;
	if (*p != '>')
		p = skip_space(p, scan->end);
	if (!same || p == scan->end || *p != '>')
		return cs_mx_scan_fail(scan, same && p == scan->end ? p : scan->at, "nesting",
				       "an end tag that does not fit its start");
	scan->at = p + 1;
	scan->depth--;
	scan->binding_n = open->binding_n;
	return CS_MX_END;
}

/* --- the declaration --- */

static bool
is_utf8(struct cs_span name)
{
	static const char utf8[] = "UTF-8";
	if (name.len != sizeof utf8 - 1)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if ((name.at[i] >= 'a' ? name.at[i] - 0x20 : name.at[i]) != utf8[i])
			return false;
	return true;
}

/* What the declaration says, each known and in order. */
static bool
check_declared(struct cs_mx_scan *scan)
{
	static const char *const names[] = {"version", "encoding", "standalone"};
	unsigned next = 0;
	for (unsigned i = 0; i < scan->attribute_n; i++) {
		const struct cs_mx_attribute *said = &scan->attributes[i];
		struct cs_span value = said->value.raw;
		while (next < 3 && (said->prefix.len > 0 || !cs_span_is(said->name, names[next])))
			next++;
		bool version = next == 0 && cs_span_is(value, "1.0");
		bool standalone = next == 2 && (cs_span_is(value, "yes") || cs_span_is(value, "no"));
		if (next == 1 && !is_utf8(value)) {
			(void)cs_mx_scan_fail(scan, value.at, "encoding", "an encoding other than UTF-8");
			return false;
		}
		if (next != 1 && !version && !standalone) {
			(void)cs_mx_scan_fail(scan, said->name.at, "declaration",
					      "an XML declaration that is not in order");
			return false;
		}
		next++;
	}
	return true;
}

/* The declaration at P, behind "<?xml". NULL: broken. */
static const uint8_t *
read_declaration(struct cs_mx_scan *scan, const uint8_t *p)
{
	for (;;) {
		const uint8_t *next = skip_space(p, scan->end);
		if (scan->end - next >= 2 && next[0] == '?' && next[1] == '>') {
			p = next;
			break;
		}
		if (next == p || next >= scan->end - 1) {
			(void)cs_mx_scan_fail(scan, next >= scan->end - 1 ? scan->end : next, "declaration",
					      "an XML declaration that is not in order");
			return NULL;
		}
		p = read_attribute(scan, next);
		if (!p)
			return NULL;
	}
	if (!check_declared(scan))
		return NULL;
	if (scan->attribute_n == 0 || !cs_span_is(scan->attributes[0].name, "version")) {
		(void)cs_mx_scan_fail(scan, scan->at, "declaration", "an XML declaration without a version");
		return NULL;
	}
	scan->attribute_n = 0;
	return p + 2;
}

void
cs_mx_scan_declaration(struct cs_mx_scan *scan)
{
	const uint8_t *p = scan->at;
	size_t room = (size_t)(scan->end - p);
	bool wide = room >= 2 && ((p[0] == 0xFE && p[1] == 0xFF) || (p[0] == 0xFF && p[1] == 0xFE) ||
				  (p[0] == '<' && p[1] == 0) || (p[0] == 0 && p[1] == '<'));
	if (wide) {
		(void)cs_mx_scan_fail(scan, p, "encoding", "UTF-16 or UTF-32: only UTF-8 is read");
		return;
	}
	if (room >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
		scan->at = p = p + 3;
	if (scan->end - p < 6 || memcmp(p, "<?xml", 5) != 0 || !cs_mx_scan_is_space(p[5]))
		return;
	p = read_declaration(scan, p + 5);
	if (p)
		scan->at = p;
}
