/*
 * Selectors: which events of which link are meant, as in `card.response on visa where approved`.
 *
 * Kinds of messages are rows of a table; a later issue adds transfers beside cards.
 */
#include "policy/reader.h"

#include "base/error.h"

#define KIND(kind) (1U << CS_KIND_##kind)

static const struct kind_row {
	const char *name;
	uint32_t kinds;
} kinds[] = {
	{"request", KIND(REQUEST)},
	{"response", KIND(RESPONSE)},
	{"advice", KIND(ADVICE)},
	{"advice_response", KIND(ADVICE_RESPONSE)},
	{"reversal", KIND(REVERSAL)},
	{"reversal_response", KIND(REVERSAL_RESPONSE)},
	{"network", KIND(NETWORK) | KIND(NETWORK_RESPONSE)},
	{"any", KIND(REQUEST) | KIND(RESPONSE) | KIND(ADVICE) | KIND(ADVICE_RESPONSE) | KIND(REVERSAL) |
			KIND(REVERSAL_RESPONSE)},
};

enum { KIND_ROW_N = sizeof kinds / sizeof kinds[0] };

static const char *
kind_name(const void *table, unsigned i)
{
	(void)table;
	return i < KIND_ROW_N ? kinds[i].name : NULL;
}

static bool
read_kinds(struct cs_reader *reader, uint32_t *out)
{
	struct cs_lexeme word;
	if (!cs_reader_accept_word(reader, "card"))
		return cs_reader_expected(reader, "a kind of message such as card.response");
	if (!cs_reader_need(reader, CS_LEX_DOT, "\".\" behind \"card\"", &word) ||
	    !cs_reader_need(reader, CS_LEX_WORD, "a kind of message such as card.response", &word))
		return false;
	for (unsigned i = 0; i < KIND_ROW_N; i++) {
		if (!cs_span_is(word.text, kinds[i].name))
			continue;
		*out = kinds[i].kinds;
		return true;
	}
	cs_complain_unknown(reader->complaints, word.place, "kind of card message", word.text,
			    (struct cs_words){kind_name, NULL});
	return false;
}

bool
cs_reader_selector(struct cs_reader *reader, struct cs_selector *out)
{
	out->place = reader->now.place;
	if (!read_kinds(reader, &out->kinds) || !cs_reader_need_word(reader, "on") ||
	    !cs_reader_link(reader, &out->link))
		return false;
	if (!cs_reader_accept_word(reader, "where"))
		return true;
	return cs_reader_condition(reader, &out->where);
}
