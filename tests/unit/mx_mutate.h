/*
 * Changes to XML messages that are likely to matter: elements left out, doubled, moved, renamed; values of other kinds and
 * lengths; text where none may be; single bytes. For tests of the ISO 20022 decoder, after mx_sample.h.
 */
#ifndef CS_TESTS_MX_MUTATE_H
#define CS_TESTS_MX_MUTATE_H

#include <stdlib.h>
#include <string.h>

enum { MUTATE_CAP = 1 << 17, MUTATE_ELEMENTS = 2048 };

/* An element: its bytes, and those between its tags. */
struct mutate_element {
	size_t from, to, inner, inner_to;
	bool leaf;
};

struct mutate {
	char text[MUTATE_CAP];
	size_t len;
	struct mutate_element all[MUTATE_ELEMENTS];
	unsigned n;
};

/* Finds the elements of a well-formed text without comments or CDATA that have tags in them. */
static void
mutate_index(struct mutate *m)
{
	unsigned stack[128];
	unsigned depth = 0;
	m->n = 0;
	for (size_t i = 0; i + 1 < m->len; i++) {
		const char *close = m->text[i] == '<' ? memchr(m->text + i, '>', m->len - i) : NULL;
		if (!close || m->text[i + 1] == '?' || m->text[i + 1] == '!')
			continue;
		size_t end = (size_t)(close - m->text) + 1;
		if (m->text[i + 1] == '/' && depth > 0) {
			struct mutate_element *e = &m->all[stack[--depth]];
			e->to = end;
			e->inner_to = i;
		} else if (m->text[i + 1] != '/' && close[-1] != '/' && m->n < MUTATE_ELEMENTS && depth < 128) {
			if (depth > 0)
				m->all[stack[depth - 1]].leaf = false;
			stack[depth++] = m->n;
			m->all[m->n++] = (struct mutate_element){i, end, end, end, true};
		}
		i = end - 1;
	}
}

/* Puts LEN bytes of WITH in the place of FROM up to TO. */
static void
mutate_replace(struct mutate *m, size_t from, size_t to, const char *with, size_t len)
{
	if (m->len - (to - from) + len >= sizeof m->text || from > to || to > m->len)
		return;
	char *copy = malloc(len + 1);
	memcpy(copy, with, len);
	memmove(m->text + from + len, m->text + to, m->len - to);
	memcpy(m->text + from, copy, len);
	m->len = m->len - (to - from) + len;
	free(copy);
}

static const char *const mutate_values[] = {
	"",
	" ",
	"0",
	"1",
	"true",
	"TRUE",
	"false",
	"A",
	"AB",
	"ABC",
	"ABCD",
	"ABCDE",
	"EUR",
	"eur",
	"XAU",
	"DE",
	"de",
	"1000.00",
	"1,000.00",
	"1000,00",
	"+5",
	"-5",
	"-0",
	"0.0",
	".5",
	"5.",
	".",
	"1e3",
	"INF",
	"NaN",
	"00012.50",
	"123456789012345678",
	"1234567890123456789",
	"0.123456",
	"0.12345",
	"1.100000",
	"  7.5  ",
	"7 5",
	"12345678901234.12345",
	"2026-02-28",
	"2026-02-29",
	"2024-02-29",
	"1900-02-29",
	"2000-02-29",
	"2026-13-01",
	"2026-00-10",
	"2026-1-01",
	"26-01-01",
	"02026-01-01",
	"12026-01-01",
	"-2026-01-01",
	"2026-01-01Z",
	"2026-01-01+14:00",
	"2026-01-01+14:01",
	"2026-01-01+15:00",
	"2026-01-01-00:30",
	" 2026-01-01 ",
	"2026-01-01T10:00:00",
	"2026-01-01T24:00:00",
	"2026-01-01T24:00:01",
	"2026-01-01T23:59:60",
	"2026-01-01T10:00",
	"2026-01-01T10:00:00.",
	"2026-01-01T10:00:00.5Z",
	"2026-01-01T10:00:00,5Z",
	"2026-01-01 10:00:00",
	"2026-01-01T10:00:00+01:00",
	"2026-01-01T10:00:00+0100",
	"10:00:00",
	"10:00:00Z",
	"2026",
	"2026-01",
	"DEUTDEFF",
	"DEUTDEFFXXX",
	"DEUTDEFFXX",
	"deutdeff",
	"DEUT1EFF",
	"1EUTDEFF",
	"DE89370400440532013000",
	"DE89",
	"DE891",
	"DE8X3704",
	"8a562c67-ca16-48ba-b074-65581be6f001",
	"8A562C67-ca16-48ba-b074-65581be6f001",
	"8a562c67-ca16-18ba-b074-65581be6f001",
	"529900T8BM49AURSDO55",
	"BOOK",
	"RJCT",
	"SHAR",
	"DEBT",
	"CRDT",
	"DBIT",
	"INDA",
	"TRF",
	"&amp;",
	"&lt;",
	"&#65;",
	"&#0;",
	"&nbsp;",
	"&#xD800;",
	"&#x1F600;",
	"\xC3\xA9",
	"\xC3",
	"\xED\xA0\x80",
	"\xF0\x9F\x98\x80",
	"a\rb",
	"a\r\nb",
	"QUJD",
	"QUI=",
	"QUJ=",
	"QQ==",
	"QR==",
	"Q Q = =",
	"<x/>",
	"<![CDATA[ABCD]]>",
	"A<!-- -->BCD",
	"A<?p?>BCD",
	"]]>",
	"+49-30123",
	"+1-(2)3",
	"12345",
	"1234567890",
};

static const char *
mutate_any_value(size_t *len)
{
	static char text[4 * 2100];
	static const unsigned lengths[] = {4,  5,   11,  12,  16,  17,  34,  35,   36,  70,
					   71, 105, 106, 140, 141, 350, 351, 2048, 2049};
	if (sample_dice(4) > 0) {
		const char *value = mutate_values[sample_dice(sizeof mutate_values / sizeof mutate_values[0])];
		*len = strlen(value);
		return value;
	}
	unsigned n = lengths[sample_dice(sizeof lengths / sizeof lengths[0])];
	const char *unit = sample_dice(2) ? "A" : sample_dice(2) ? "1" : "\xC3\xA9";
	*len = 0;
	for (unsigned i = 0; i < n; i++, *len += strlen(unit))
		memcpy(text + *len, unit, strlen(unit));
	return text;
}

static void
mutate_text_of(struct mutate *m, const struct mutate_element *e)
{
	static const char odd[] = "aZ09 +-.:/&<>T\t\n;'\"\x01\xC3";
	size_t len;
	const char *value = mutate_any_value(&len);
	size_t at = e->inner + (e->inner_to > e->inner ? sample_dice((unsigned)(e->inner_to - e->inner)) : 0);
	unsigned way = sample_dice(5);
	if (way < 2)
		mutate_replace(m, e->inner, e->inner_to, value, len);
	else if (way == 2)
		mutate_replace(m, at, at + (at < e->inner_to), odd + sample_dice(sizeof odd - 1), 1);
	else if (way == 3)
		mutate_replace(m, at, at, "<!-- c -->", 10);
	else
		mutate_replace(m, at, e->inner_to, "", 0);
}

/* Gives E the name of another one. */
static void
mutate_rename(struct mutate *m, const struct mutate_element *e, const struct mutate_element *other)
{
	char name[64];
	size_t len = strcspn(m->text + other->from + 1, " >/\n");
	size_t own = strcspn(m->text + e->from + 1, " >/\n");
	if (len >= sizeof name || e->to <= e->inner_to)
		return;
	memcpy(name, m->text + other->from + 1, len);
	mutate_replace(m, e->inner_to + 2, e->inner_to + 2 + own, name, len);
	mutate_replace(m, e->from + 1, e->from + 1 + own, name, len);
}

static void
mutate_attributes(struct mutate *m, const struct mutate_element *e)
{
	static const char *const added[] = {" Ccy=\"EUR\"",
					    " Ccy='USD'",
					    " Ccy=\"eur\"",
					    " x=\"1\"",
					    " xml:lang=\"en\"",
					    "\n",
					    " xmlns:q=\"urn:q\"",
					    " xmlns=\"urn:q\"",
					    " xmlns=\"\"",
					    " Ccy=\"&#69;UR\"",
					    " Ccy=\"EUR\" Ccy=\"EUR\""};
	const char *with = added[sample_dice(sizeof added / sizeof added[0])];
	size_t name = e->from + 1 + strcspn(m->text + e->from + 1, " >/\n");
	mutate_replace(m, name, sample_dice(2) ? e->inner - 1 : name, with, strlen(with));
}

/* One change. */
static void
mutate_once(struct mutate *m)
{
	if (m->n == 0)
		return;
	const struct mutate_element *e = &m->all[sample_dice(m->n)];
	const struct mutate_element *other = &m->all[sample_dice(m->n)];
	size_t at = sample_dice((unsigned)m->len);
	char byte = (char)sample_dice(256);
	for (unsigned tries = 0; tries < 8 && !e->leaf && sample_dice(2); tries++)
		e = &m->all[sample_dice(m->n)];
	switch (sample_dice(12)) {
	case 0:
		mutate_replace(m, e->from, e->to, "", 0);
		break;
	case 1:
		mutate_replace(m, e->to, e->to, m->text + e->from, e->to - e->from);
		break;
	case 2:
		mutate_replace(m, other->inner, other->inner, m->text + e->from, e->to - e->from);
		break;
	case 3:
		mutate_replace(m, other->to, other->to, m->text + e->from, e->to - e->from);
		break;
	case 4:
		mutate_rename(m, e, other);
		break;
	case 5:
		mutate_attributes(m, e);
		break;
	case 6:
		mutate_replace(m, other->inner_to, other->inner_to, "x", 1);
		break;
	case 7:
		mutate_replace(m, at, at + 1, &byte, sample_dice(2));
		break;
	default:
		if (e->leaf)
			mutate_text_of(m, e);
		break;
	}
}

#endif
