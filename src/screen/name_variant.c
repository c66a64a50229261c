/*
 * See name.h: the names that one text holds ("A a.k.a. B"), and the readings of each.
 */
#include "screen/name.h"
#include "screen/name_tail.h"

#include <strings.h>

/* What stands between two names. */
struct between {
	const char *phrase;
	uint8_t len;
	bool whole; /* what stands before it must be no letter */
};

static const struct between betweens[] = {
#define BETWEEN(phrase)                                                                                                \
	{                                                                                                              \
		phrase, sizeof phrase - 1, false                                                                       \
	}
	BETWEEN("(ex-"),
	BETWEEN("(ex "),
	{"ex-", 3, true},
	BETWEEN("(original script: "),
	BETWEEN(" a.k.a. "),
	BETWEEN(" a/k/a "),
	BETWEEN(" aka "),
	BETWEEN(" f.k.a. "),
	BETWEEN(" fka "),
	BETWEEN(" f/k/a "),
	BETWEEN(" n.k.a. "),
	BETWEEN(" formerly known as "),
	BETWEEN(" also known as "),
	BETWEEN("(formerly "),
	BETWEEN(" formerly "),
	BETWEEN(" d/b/a "),
	BETWEEN(" dba "),
	BETWEEN(" doing business as "),
	BETWEEN(" trading as "),
	BETWEEN(" t/a "),
#undef BETWEEN
};

/* The phrase at AT, NULL when there is none. Something must follow it. */
static const struct between *
between_at(struct cs_span text, size_t at)
{
	char first = (char)text.at[at], second = (char)(text.at[at + 1] | 32);
	for (size_t i = 0; i < sizeof betweens / sizeof *betweens; i++) {
		const struct between *between = &betweens[i];
		if (between->phrase[1] != second || (between->phrase[0] != first && !between->whole))
			continue;
		bool whole = !between->whole || text.at[at - 1] == ' ' || text.at[at - 1] == '(';
		if (whole && at + between->len < text.len &&
		    strncasecmp((const char *)text.at + at, between->phrase, between->len) == 0)
			return between;
	}
	return NULL;
}

/* Where a phrase like "a.k.a." stands in TEXT: its offset, or the length of TEXT; *LEN is that of the phrase. */
static size_t
other_name_at(struct cs_span text, size_t *len)
{
	/* What follows the first character of a phrase, by that: others need not be looked for. */
	enum { SPACE = 1, BRACKET = 2, LETTER_E = 4 };
	static const uint8_t second_after[128] = {
		['a'] = SPACE, ['d'] = SPACE,   ['e'] = BRACKET, ['f'] = SPACE | BRACKET,
		['n'] = SPACE, ['o'] = BRACKET, ['t'] = SPACE,   ['x'] = LETTER_E};
	for (size_t at = 1; at + 1 < text.len; at++) {
		uint8_t c = text.at[at], after = c == ' ' ? SPACE : c == '(' ? BRACKET : (c | 32) == 'e' ? LETTER_E : 0;
		if (!(second_after[(text.at[at + 1] | 32) & 127] & after))
			continue;
		const struct between *between = between_at(text, at);
		if (between) {
			*len = between->len;
			return at;
		}
	}
	*len = 0;
	return text.len;
}

unsigned
cs_name_variants(struct cs_span text, struct cs_span out[CS_NAME_VARIANTS_MAX])
{
	unsigned n = 0;
	if (text.len > CS_FOLD_BYTES_MAX)
		text.len = CS_FOLD_BYTES_MAX;
	while (n < CS_NAME_VARIANTS_MAX) {
		size_t len, at = other_name_at(text, &len);
		out[n++] = (struct cs_span){text.at, at};
		if (!len)
			break;
		text = (struct cs_span){text.at + at + len, text.len - at - len};
	}
	return n;
}

/* Scripts that have several readings: E0 leads those of India and Thai, E3 and EF lead Kana; and Hebrew in
 * two, which D7 leads. */
unsigned
cs_name_readings(struct cs_span text)
{
	size_t n = text.len < CS_FOLD_BYTES_MAX ? text.len : CS_FOLD_BYTES_MAX;
	for (size_t i = 0; i < n; i++)
		if (text.at[i] == 0xd7 || text.at[i] == 0xe0 || text.at[i] == 0xe3 || text.at[i] == 0xef)
			return CS_FOLD_READINGS;
	return 1;
}

unsigned
cs_name_versions(struct cs_span text, struct cs_name_version out[CS_NAME_VERSIONS_MAX])
{
	struct cs_span variant[CS_NAME_VARIANTS_MAX];
	unsigned n = cs_name_variants(text, variant), versions = 0;
	for (unsigned i = 0; i < n; i++) {
		unsigned readings = cs_name_readings(variant[i]);
		for (unsigned r = 0; r < readings; r++)
			out[versions++] = (struct cs_name_version){variant[i], (uint8_t)r};
	}
	return versions;
}

/* The versions without what each has of its own behind it. */
static unsigned
put_without_tails(struct cs_name_version out[CS_NAME_ASKED_MAX], unsigned n)
{
	struct cs_name_tail tail;
	unsigned all = n;
	for (unsigned i = 0; i < n; i++)
		if (cs_name_tail_read(out[i].text, &tail) && tail.name.len)
			out[all++] = (struct cs_name_version){tail.name, out[i].reading};
	return all;
}

static bool
is_part_of(struct cs_span part, struct cs_span whole)
{
	return part.at >= whole.at && part.at + part.len <= whole.at + whole.len;
}

/* An address is cut off the first name, without its tail if it has one: the first that has a tail may be another name. */
unsigned
cs_name_asked(struct cs_span text, struct cs_name_version out[CS_NAME_ASKED_MAX])
{
	struct cs_span before[CS_NAME_CUTS_MAX];
	unsigned versions = cs_name_versions(text, out), n = put_without_tails(out, versions);
	unsigned first = n > versions && is_part_of(out[versions].text, out[0].text) ? versions : 0;
	unsigned cuts = cs_name_before_address(out[first].text, before);
	for (unsigned i = 0; i < cuts; i++)
		out[n++] = (struct cs_name_version){before[i], 0};
	return n;
}
