/*
 * The words of one line of a story, and the numbers with units in them.
 *
 * Invariant: a reader that says no has written its complaint, and has taken no word. Numbers are integers in
 * thousandths first, so "0.05%" and "1.5s" need no floating point.
 */
#include "words.h"

#include "base/text.h"
#include "calendar.h"

bool
cs_words_complain(struct cs_words *line, const char *what)
{
	struct cs_text text = cs_text_over(line->fault->text, sizeof line->fault->text);
	if (line->next < line->n) {
		cs_text_put_char(&text, '"');
		cs_text_put_span(&text, line->word[line->next]);
		cs_text_put(&text, "\": ");
	}
	cs_text_put(&text, what);
	return false;
}

bool
cs_words_is(const struct cs_words *line, const char *word)
{
	return line->next < line->n && cs_span_is(line->word[line->next], word);
}

bool
cs_words_skip(struct cs_words *line, const char *word)
{
	if (!cs_words_is(line, word))
		return false;
	line->next++;
	return true;
}

/* A number with up to three decimals, in thousandths; *REST is what follows it in the word. */
static bool
thousandths(struct cs_words *line, uint64_t *out, struct cs_span *rest)
{
	if (line->next == line->n)
		return cs_words_complain(line, "a number is missing at the end of the line");
	struct cs_span word = line->word[line->next];
	uint64_t value = 0;
	size_t i = 0;
	unsigned decimals = 4; /* none seen */
	for (; i < word.len && i < 16; i++) {
		if (word.at[i] == '.' && decimals == 4 && i > 0 && i + 1 < word.len && word.at[i + 1] != '.')
			decimals = 3;
		else if (word.at[i] < '0' || word.at[i] > '9' || decimals == 0)
			break;
		else {
			value = value * 10 + (word.at[i] - '0');
			decimals -= decimals <= 3;
		}
	}
	if (i == 0 || value > UINT64_C(1000000000000))
		return cs_words_complain(line, "write a number here");
	for (unsigned n = decimals > 3 ? 3 : decimals; n > 0; n--)
		value *= 10;
	*out = value;
	*rest = (struct cs_span){word.at + i, word.len - i};
	return true;
}

bool
cs_words_number(struct cs_words *line, uint32_t *out)
{
	uint64_t value;
	struct cs_span rest;
	if (!thousandths(line, &value, &rest))
		return false;
	if (rest.len != 0 || value % 1000 != 0 || value / 1000 > 1000000000)
		return cs_words_complain(line, "write a whole number here");
	line->next++;
	*out = (uint32_t)(value / 1000);
	return true;
}

/* "2.5%": a word or the number and its sign. */
bool
cs_words_share(struct cs_words *line, uint32_t *out_ppm)
{
	uint64_t value;
	struct cs_span rest;
	if (!thousandths(line, &value, &rest))
		return false;
	if (!cs_span_is(rest, "%") || value > 100000)
		return cs_words_complain(line, "write a share from 0% to 100%, for example 0.05%");
	line->next++;
	*out_ppm = (uint32_t)(value * 10);
	return true;
}

bool
cs_words_per_second(struct cs_words *line, uint64_t *out_milli)
{
	struct cs_span rest;
	uint64_t value;
	if (!thousandths(line, &value, &rest))
		return false;
	if (!cs_span_is(rest, "/s") || value == 0 || value > 1000000000)
		return cs_words_complain(line, "write a rate above zero, for example 20/s or 0.5/s");
	line->next++;
	*out_milli = value;
	return true;
}

bool
cs_words_times(struct cs_words *line, uint32_t *out_milli)
{
	uint64_t value;
	struct cs_span rest;
	if (!thousandths(line, &value, &rest))
		return false;
	if (!cs_span_is(rest, "x") || value == 0 || value > 1000000)
		return cs_words_complain(line, "write how many times the usual, for example 2.5x");
	line->next++;
	*out_milli = (uint32_t)value;
	return true;
}

bool
cs_words_duration(struct cs_words *line, uint64_t *out_ns)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {{"ms", CS_MS}, {"s", CS_SECOND}, {"min", CS_MINUTE}, {"h", CS_HOUR}};
	uint64_t value;
	struct cs_span rest;
	if (!thousandths(line, &value, &rest))
		return false;
	for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (!cs_span_is(rest, units[i].unit) || value > 1000000)
			continue;
		line->next++;
		*out_ns = value * (units[i].ns / 1000);
		return true;
	}
	return cs_words_complain(line, "write a duration, for example 35ms, 30s, 10min or 4h");
}

/* Digits with one separator: "00:20", "100..500". */
bool
cs_words_pair(struct cs_words *line, const char *separator, uint32_t *first, uint32_t *second)
{
	if (line->next == line->n)
		return false;
	struct cs_span word = line->word[line->next];
	uint32_t value[2] = {0, 0};
	unsigned part = 0, digits = 0;
	for (size_t i = 0; i < word.len; i++) {
		size_t width = strlen(separator);
		if (part == 0 && digits > 0 && word.len - i > width && memcmp(word.at + i, separator, width) == 0) {
			part = 1;
			digits = 0;
			i += width - 1;
			continue;
		}
		if (word.at[i] < '0' || word.at[i] > '9' || ++digits > 9)
			return false;
		value[part] = value[part] * 10 + (word.at[i] - '0');
	}
	if (part == 0 || digits == 0)
		return false;
	line->next++;
	*first = value[0];
	*second = value[1];
	return true;
}

bool
cs_words_moment(struct cs_words *line, uint64_t *out_ns)
{
	uint32_t hours, minutes;
	if (!cs_words_pair(line, ":", &hours, &minutes) || minutes > 59 || hours > 9600)
		return cs_words_complain(line, "write hours and minutes since the start, for example 00:20");
	*out_ns = hours * CS_HOUR + minutes * CS_MINUTE;
	return true;
}

/* The words of one line, without its comment. */
bool
cs_words_split(struct cs_words *line, struct cs_span text)
{
	size_t i = 0;
	while (i < text.len && text.at[i] != '#') {
		size_t start = i;
		while (i < text.len && text.at[i] > ' ' && text.at[i] != '#')
			i++;
		if (i > start && line->n == CS_WORDS_MAX)
			return cs_words_complain(line, "a line holds at most 24 words");
		if (i > start)
			line->word[line->n++] = (struct cs_span){text.at + start, i - start};
		else
			i++;
	}
	return true;
}
