/*
 * Selectors: which events of which link are meant, as in `card.response on visa where approved`.
 *
 * The kinds themselves are rows in policy.c; a later issue adds transfers beside cards.
 */
#include "policy/reader.h"

#include "base/error.h"

static const char *
kind_name(const void *table, unsigned i)
{
	(void)table;
	uint32_t kinds = 0;
	return cs_policy_kinds(i, &kinds);
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
	uint32_t kinds = 0;
	const char *name;
	for (unsigned i = 0; (name = cs_policy_kinds(i, &kinds)) != NULL; i++) {
		if (!cs_span_is(word.text, name))
			continue;
		*out = kinds;
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
