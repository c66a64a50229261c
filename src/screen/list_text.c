/*
 * Small looks at text of lists: trimmed, compared whatever the case, cut at separators.
 */
#include "screen/list_parts.h"

struct cs_span
cs_list_text_trim(struct cs_span text)
{
	while (text.len && text.at[0] <= ' ')
		text.at++, text.len--;
	while (text.len && text.at[text.len - 1] <= ' ')
		text.len--;
	return text;
}

static uint8_t
small(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

bool
cs_list_text_starts(struct cs_span text, const char *word)
{
	size_t n = strlen(word);
	if (text.len < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (small(text.at[i]) != small((uint8_t)word[i]))
			return false;
	return true;
}

bool
cs_list_text_same(struct cs_span text, const char *word)
{
	return text.len == strlen(word) && cs_list_text_starts(text, word);
}

bool
cs_list_text_digits(struct cs_span text, uint32_t *value)
{
	enum { DIGITS_MAX = 9 };
	*value = 0;
	if (text.len == 0 || text.len > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		*value = *value * 10 + (uint32_t)(text.at[i] - '0');
	}
	return true;
}

bool
cs_list_text_cut(struct cs_span *rest, const char *any_of, struct cs_span *part)
{
	if (rest->len == 0)
		return false;
	size_t n = 0;
	while (n < rest->len && (rest->at[n] == 0 || !strchr(any_of, rest->at[n])))
		n++;
	*part = cs_list_text_trim((struct cs_span){rest->at, n});
	size_t gone = n < rest->len ? n + 1 : n;
	*rest = (struct cs_span){rest->at + gone, rest->len - gone};
	return true;
}
