/*
 * Messages made up from the tables of message definitions: any element that may be there sometimes is, any value that may
 * be there sometimes is. For tests of the ISO 20022 decoder; the including file includes src/decode/mx_schema.c before.
 */
#ifndef CS_TESTS_MX_SAMPLE_H
#define CS_TESTS_MX_SAMPLE_H

#include "base/text.h"

#include <stdlib.h>

static uint64_t sample_seed = 1;

static unsigned
sample_dice(unsigned n)
{
	sample_seed ^= sample_seed << 13;
	sample_seed ^= sample_seed >> 7;
	sample_seed ^= sample_seed << 17;
	return (unsigned)((sample_seed >> 11) % n);
}

/* A text that fits a pattern: a walk through its automaton. */
static void
sample_pattern(struct cs_text *out, unsigned pattern)
{
	const uint8_t *class_of = classes + (pattern - 1) * 128;
	const uint8_t *rows = states + patterns[pattern - 1].first;
	unsigned columns = patterns[pattern - 1].columns;
	unsigned state = 1;
	for (unsigned steps = 0; steps < 64; steps++) {
		bool may_end = rows[state * columns + columns - 1];
		uint8_t from[128];
		unsigned n = 0;
		for (uint8_t c = 32; c < 127; c++)
			if (rows[state * columns + class_of[c]])
				from[n++] = c;
		if (n == 0 || (may_end && sample_dice(3) == 0))
			return;
		uint8_t c = from[sample_dice(n)];
		if (c == '<' || c == '&' || c == '>')
			c = '0'; /* only in the pattern of anything */
		cs_text_put_char(out, (char)c);
		state = rows[state * columns + class_of[c]];
	}
}

static void
sample_decimal(struct cs_text *out, const struct cs_mx_simple *simple)
{
	unsigned digits = simple->digits ? simple->digits : 12;
	unsigned fraction = simple->decimals == 255 ? 3 : simple->decimals;
	fraction = sample_dice((fraction < digits ? fraction : digits - 1) + 1);
	unsigned whole = 1 + sample_dice(digits - fraction);
	cs_text_put_char(out, (char)('1' + sample_dice(9)));
	for (unsigned i = 1; i < whole; i++)
		cs_text_put_char(out, (char)('0' + sample_dice(10)));
	if (fraction > 0)
		cs_text_put_char(out, '.');
	for (unsigned i = 0; i < fraction; i++)
		cs_text_put_char(out, (char)('0' + sample_dice(10)));
}

static void
sample_string(struct cs_text *out, const struct cs_mx_simple *simple)
{
	static const char *const odd[] = {"&amp;", "&#xE9;",        "\xC3\xA9", "\xE2\x82\xAC",
					  "/",     "<![CDATA[<]]>", "&lt;",     " "};
	unsigned most = simple->longest && simple->longest < 40 ? simple->longest : 40;
	unsigned n = simple->shortest + sample_dice(most - simple->shortest + 1);
	for (unsigned i = 0; i < n; i++) {
		if (sample_dice(40) == 0)
			cs_text_put(out, odd[sample_dice(sizeof odd / sizeof odd[0])]);
		else
			cs_text_put_char(out, (char)('A' + sample_dice(26)));
	}
}

static void
sample_value(struct cs_text *out, const struct cs_mx_simple *simple)
{
	static const char *const fixed[][3] = {
		[CS_MX_BOOLEAN] = {"true", "false", "1"},
		[CS_MX_DATE] = {"2026-02-28", "2024-02-29", "2026-12-31Z"},
		[CS_MX_DATE_TIME] = {"2026-02-28T09:10:11Z", "2026-02-28T23:59:59.123Z", "2026-03-01T00:00:00Z"},
		[CS_MX_TIME] = {"09:10:11", "23:59:59.5+14:00", "00:00:00Z"},
		[CS_MX_YEAR] = {"2026", "1999Z", "2026"},
		[CS_MX_YEAR_MONTH] = {"2026-02", "1999-12", "2026-01Z"},
		[CS_MX_BASE64] = {"QUJD", "QUI=", "QQ=="},
	};
	if (simple->kind == CS_MX_DECIMAL)
		sample_decimal(out, simple);
	else if (simple->kind != CS_MX_STRING)
		cs_text_put(out, fixed[simple->kind][sample_dice(3)]);
	else if (simple->value_n)
		for (unsigned i = 0, v = simple->value + sample_dice(simple->value_n); i < 4 && values[v][i]; i++)
			cs_text_put_char(out, values[v][i]);
	else if (simple->pattern)
		sample_pattern(out, simple->pattern);
	else
		sample_string(out, simple);
}

static void sample_type(struct cs_text *out, const struct cs_mx_type *type, unsigned rare);

static void
sample_element(struct cs_text *out, uint16_t name, const struct cs_mx_type *type, unsigned rare)
{
	cs_text_put_char(out, '<');
	cs_text_put(out, cs_mx_schema_name(name));
	if (type->form == CS_MX_AMOUNT) {
		cs_text_put(out, " Ccy=\"");
		sample_value(out, cs_mx_schema_simple(type->n));
		cs_text_put_char(out, '"');
	}
	cs_text_put_char(out, '>');
	sample_type(out, type, rare);
	cs_text_put(out, "</");
	cs_text_put(out, cs_mx_schema_name(name));
	cs_text_put_char(out, '>');
	if (sample_dice(2))
		cs_text_put(out, sample_dice(2) ? "\n" : "\r\n    ");
}

/* What an element of a type contains. RARE: the larger, the fewer of the elements that need not be. Recursion is that of
 * the definitions, which have none without end. */
static void
sample_type(struct cs_text *out, const struct cs_mx_type *type, unsigned rare)
{
	const struct cs_mx_particle *all = cs_mx_schema_particles(type);
	if (type->form <= CS_MX_AMOUNT) {
		sample_value(out, cs_mx_schema_simple(type->first));
		return;
	}
	if (type->form == CS_MX_ANY) {
		cs_text_put(out, type->first ? "<s xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>" : "<x><y/></x>");
		return;
	}
	unsigned one = type->form == CS_MX_CHOICE ? sample_dice(type->n) : 0;
	for (unsigned i = 0; i < type->n; i++) {
		const struct cs_mx_particle *particle = &all[i];
		unsigned n = particle->least + (particle->least == 0 && sample_dice(rare) == 0);
		if (type->form == CS_MX_CHOICE)
			n = i == one;
		if (particle->most > 1 && n > 0 && sample_dice(4) == 0)
			n++;
		for (unsigned k = 0; k < n; k++)
			sample_element(out, particle->name, cs_mx_schema_type(particle->type), rare + 2);
	}
}

/* A message of the definition roots[ROOT], which is no header; with one when HEADER is the index of one. */
static void
sample_message(struct cs_text *out, unsigned root, int header)
{
	cs_text_put(out, sample_dice(2) ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : "");
	cs_text_put(out, "<Envelope>");
	for (unsigned i = 0; i < 2; i++) {
		unsigned part = i ? root : (unsigned)header;
		if (i == 0 && header < 0)
			continue;
		const char *name = cs_mx_schema_name(roots[part].root);
		cs_text_put_char(out, '<');
		cs_text_put(out, name);
		cs_text_put(out, " xmlns=\"urn:iso:std:iso:20022:tech:xsd:");
		cs_text_put(out, roots[part].name);
		cs_text_put(out, "\">");
		sample_type(out, cs_mx_schema_type(roots[part].type), 3);
		cs_text_put(out, "</");
		cs_text_put(out, name);
		cs_text_put(out, ">");
	}
	cs_text_put(out, "</Envelope>");
}

#endif
