/*
 * Selectors: which events of which link are meant, as in `card.response on visa where approved`.
 *
 * The kinds themselves are rows in policy.c. Behind `of` several may stand, and records among them; claims and proofs may be
 * records too.
 */
#include "policy/sketch.h"

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

static bool
read_record(struct cs_reader *reader, struct cs_selector *out)
{
	out->place = reader->now.place;
	out->kinds = 1U << CS_KIND_RECORD;
	(void)cs_reader_next(reader);
	if (!cs_reader_need_word(reader, "on") || !cs_reader_link(reader, &out->link))
		return false;
	if (!cs_reader_accept_word(reader, "where"))
		return true;
	reader->own_names = true;
	bool good = cs_reader_condition(reader, &out->where);
	reader->own_names = false;
	return good;
}

bool
cs_reader_any_selector(struct cs_reader *reader, struct cs_selector *out)
{
	return (cs_reader_at_word(reader, "record") ? read_record : cs_reader_selector)(reader, out);
}

bool
cs_sketch_read_of(struct cs_reader *reader, struct cs_sketch_of *of)
{
	do {
		struct cs_place place = reader->now.place;
		if (of->n == CS_OF_MAX)
			return cs_reader_say(reader, place, "this is one selector too many: 8 may stand behind \"of\"",
					     cs_span_text(""));
		struct cs_selector *selector = &of->at[of->n++];
		if (!cs_reader_any_selector(reader, selector))
			return false;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}
