/*
 * Arguments of commands: long options with or without "=", plain words, and a guess at what was meant.
 *
 * Why not getopt_long: its position is a global and its complaints name no remedy. Leaves the meaning of
 * every option to its command.
 */
#include "app/command.h"

#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 31, FAR = 99, NEAR = 3 };

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;
	return ab < c ? ab : c;
}

unsigned
cs_option_distance(const char *a, const char *b)
{
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);
	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return FAR;
	unsigned row[WORD_MAX + 1];
	for (unsigned j = 0; j <= b_len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a_len; i++) {
		unsigned corner = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			unsigned above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1]));
			corner = above;
		}
	}
	return row[b_len];
}

static int
complain(const struct cs_option *table, const char *given, size_t name_len)
{
	char name[WORD_MAX + 1] = {0};
	const char *meant = NULL;
	unsigned best = NEAR;
	if (name_len <= WORD_MAX)
		memcpy(name, given, name_len);
	for (unsigned i = 0; name[0] && table[i].name; i++) {
		unsigned distance = cs_option_distance(name, table[i].name);
		if (distance >= best)
			continue;
		best = distance;
		meant = table[i].name;
	}
	fprintf(stderr, "countersign: there is no option %.*s", (int)name_len, given);
	if (meant)
		fprintf(stderr, "; did you mean %s?", meant);
	fputs(meant ? "\n" : "; --help lists them\n", stderr);
	return CS_OPTION_BAD;
}

static int
find(const struct cs_option *table, const char *name, size_t len)
{
	for (int i = 0; table[i].name; i++)
		if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0)
			return i;
	return CS_OPTION_BAD;
}

static int
take_value(struct cs_options *options, const struct cs_option *option, int index, const char **value)
{
	if (options->at >= options->argc) {
		fprintf(stderr, "countersign: %s wants a value behind it\n", option->name);
		return CS_OPTION_BAD;
	}
	*value = options->argv[options->at++];
	return index;
}

int
cs_option_next(struct cs_options *options, const struct cs_option *table, const char **value)
{
	if (!options->plain_only && options->at < options->argc && strcmp(options->argv[options->at], "--") == 0) {
		options->plain_only = true;
		options->at++;
	}
	if (options->at >= options->argc)
		return CS_OPTION_END;
	const char *word = options->argv[options->at++];
	if (options->plain_only || word[0] != '-' || word[1] == '\0') {
		*value = word;
		return CS_OPTION_PLAIN;
	}
	const char *equals = strchr(word, '=');
	size_t name_len = equals ? (size_t)(equals - word) : strlen(word);
	int index = find(table, word, name_len);
	if (index < 0)
		return complain(table, word, name_len);
	if (!table[index].takes_value && equals) {
		fprintf(stderr, "countersign: %s takes no value\n", table[index].name);
		return CS_OPTION_BAD;
	}
	if (!table[index].takes_value)
		return index;
	if (!equals)
		return take_value(options, &table[index], index, value);
	*value = equals + 1;
	return index;
}
