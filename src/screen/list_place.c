/*
 * Countries by what lists call them: a code, a name, an adjective, with or without an article, a comma or something in brackets.
 */
#include "event/country.h"
#include "screen/list_parts.h"

#include <stdlib.h>

enum { NAME_MAX_BYTES = 64 };

struct row {
	const char *name;
	char code[3];
};

static const struct row rows[] = {
#define X(name, code) {name, code},
#include "screen/list_country.def"
#undef X
};

/* Small letters and single spaces; what is no ASCII letter separates, but the marked u and o of two countries. */
static bool
plain(struct cs_span text, char out[NAME_MAX_BYTES])
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i] >= 'A' && text.at[i] <= 'Z' ? text.at[i] | 0x20 : text.at[i];
		if (c == 0xC3 && i + 1 < text.len) { /* UTF-8 of Latin-1 letters */
			uint8_t second = text.at[++i] & 0xDF;
			c = second == 0x9C   ? 'u'
			    : second == 0x94 ? 'o'
			    : second == 0x83 ? 'a'
			    : second == 0x87 ? 'c'
					     : ' ';
		}
		bool letter = c >= 'a' && c <= 'z';
		if (!letter && (n == 0 || out[n - 1] == ' '))
			continue;
		if (n == NAME_MAX_BYTES - 1)
			return false;
		out[n++] = letter ? (char)c : ' ';
	}
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return n > 0;
}

static int
compare(const void *a, const void *b)
{
	const struct row *row = b;
	return strcmp(a, row->name);
}

static uint16_t
find(struct cs_span text)
{
	char name[NAME_MAX_BYTES];
	if (!plain(text, name))
		return 0;
	const char *from = strncmp(name, "the ", 4) == 0 ? name + 4 : name;
	char *end = strrchr(name, ' ');
	if (end && strcmp(end, " the") == 0) /* "North Macedonia, The" */
		*end = '\0';
	const struct row *row = bsearch(from, rows, sizeof rows / sizeof *rows, sizeof *rows, compare);
	const struct cs_country *country = row ? cs_country_by_code(cs_span_text(row->code)) : NULL;
	return country ? country->number : 0;
}

static uint16_t
by_code(struct cs_span text)
{
	uint8_t code[3];
	for (size_t i = 0; i < text.len; i++)
		code[i] = text.at[i] >= 'a' && text.at[i] <= 'z' ? text.at[i] & 0xDF : text.at[i];
	const struct cs_country *country = cs_country_by_code((struct cs_span){code, text.len});
	return country ? country->number : 0;
}

/* "USSR (now Belarus)", "former USSR, currently Ukraine": the country after the word. */
static uint16_t
now(struct cs_span text)
{
	for (size_t i = 1; i < text.len; i++) {
		struct cs_span rest = {text.at + i, text.len - i};
		if (text.at[i - 1] != ' ' && text.at[i - 1] != '(')
			continue;
		size_t skip = cs_list_text_starts(rest, "now ") ? 4 : cs_list_text_starts(rest, "currently ") ? 10 : 0;
		if (skip)
			return find((struct cs_span){rest.at + skip, rest.len - skip});
	}
	return 0;
}

uint16_t
cs_list_place_country(struct cs_span text)
{
	text = cs_list_text_trim(text);
	if (text.len == 2 || (text.len == 3 && text.at[0] <= '9')) {
		uint16_t country = by_code(text);
		if (country)
			return country;
	}
	if (!text.at || text.len > NAME_MAX_BYTES * 2)
		return 0;
	uint16_t country = find(text);
	if (!country)
		country = now(text);
	const uint8_t *bracket = memchr(text.at, '(', text.len);
	if (!country && bracket)
		country = find((struct cs_span){text.at, (size_t)(bracket - text.at)});
	return country;
}
