/*
 * The reader's hands: taking lexemes, plain values, names. Selectors and matches are in read_selector.c and
 * read_match.c, conditions in read_condition.c.
 *
 * Invariant: every complaint is about the policy text, made once, where the text stopped making sense; a lexeme that
 * is bad in itself is complained about when it comes up, and never again.
 */
#include "policy/reader.h"

#include "base/error.h"

enum { PPM = 1000000 };

static const struct cs_span nothing = {(const uint8_t *)"", 0};

static bool
is_bad(enum cs_lexeme_kind kind)
{
	return kind >= CS_LEX_BAD_STRING;
}

static void
complain_bad(struct cs_reader *reader)
{
	static const char *const texts[CS_LEX_N] = {
		[CS_LEX_BAD_STRING] =
			"this text has no closing \" on its line, or is not UTF-8; write \"text\" on one line",
		[CS_LEX_BAD_NUMBER] = "{1} is too large a number; write a smaller one",
		[CS_LEX_BAD_UNIT] =
			/* one text over two lines */
		("{1} has no unit that is known; write a time with ms, s, min, h or d, as in 30s, a size with "
		 "KiB, MiB or GiB, as in 64MiB"),
		[CS_LEX_BAD_DATE] = "{1} is no day or time of day; write a day as 2027-06-30, a time as 22:00",
		[CS_LEX_BAD_BYTE] = "\"{1}\" means nothing here; remove it, or put text between \" and \"",
	};
	const char *text = texts[reader->now.kind];
	CS_ASSERT(text);
	cs_complain(reader->complaints, reader->now.place, text, reader->now.text, "");
}

struct cs_lexeme
cs_reader_next(struct cs_reader *reader)
{
	struct cs_lexeme taken = reader->now;
	reader->now = cs_lexer_next(&reader->lexer);
	if (is_bad(reader->now.kind) && !reader->skipping)
		complain_bad(reader);
	return taken;
}

bool
cs_reader_at(const struct cs_reader *reader, enum cs_lexeme_kind kind)
{
	return reader->now.kind == kind;
}

bool
cs_reader_at_word(const struct cs_reader *reader, const char *word)
{
	return reader->now.kind == CS_LEX_WORD && cs_span_is(reader->now.text, word);
}

bool
cs_reader_accept(struct cs_reader *reader, enum cs_lexeme_kind kind)
{
	if (!cs_reader_at(reader, kind))
		return false;
	(void)cs_reader_next(reader);
	return true;
}

bool
cs_reader_accept_word(struct cs_reader *reader, const char *word)
{
	if (!cs_reader_at_word(reader, word))
		return false;
	(void)cs_reader_next(reader);
	return true;
}

bool
cs_reader_say(struct cs_reader *reader, struct cs_place place, const char *text, struct cs_span one)
{
	cs_complain(reader->complaints, place, text, one, reader->form);
	return false;
}

bool
cs_reader_expected(struct cs_reader *reader, const char *what)
{
	char at[160];
	struct cs_text text = cs_text_over(at, sizeof at);
	if (is_bad(reader->now.kind))
		return false;
	cs_text_put(&text, "expected ");
	cs_text_put(&text, what);
	cs_text_put(&text, ", found ");
	cs_text_put(&text, cs_reader_at(reader, CS_LEX_END)      ? "the end of the text"
			   : cs_reader_at(reader, CS_LEX_STRING) ? "the text \"{1}\""
								 : "\"{1}\"");
	cs_text_put(&text, "; write: ");
	cs_text_put(&text, reader->form);
	return cs_reader_say(reader, reader->now.place, at, reader->now.text);
}

static bool
at_clause(const struct cs_reader *reader)
{
	const struct cs_words *words = &reader->clauses;
	if (!words->at || !reader->now.first || !cs_reader_at(reader, CS_LEX_WORD))
		return false;
	for (unsigned i = 0; words->at(words->table, i); i++)
		if (cs_span_is(reader->now.text, words->at(words->table, i)))
			return true;
	return false;
}

bool
cs_reader_need(struct cs_reader *reader, enum cs_lexeme_kind kind, const char *what, struct cs_lexeme *out)
{
	if (!cs_reader_at(reader, kind) || (kind == CS_LEX_WORD && at_clause(reader)))
		return cs_reader_expected(reader, what);
	*out = cs_reader_next(reader);
	return true;
}

bool
cs_reader_need_word(struct cs_reader *reader, const char *word)
{
	char at[40];
	struct cs_text what = cs_text_over(at, sizeof at);
	if (cs_reader_accept_word(reader, word))
		return true;
	cs_text_put(&what, "\"");
	cs_text_put(&what, word);
	cs_text_put(&what, "\"");
	return cs_reader_expected(reader, at);
}

const char *
cs_reader_copy(struct cs_reader *reader, struct cs_span text)
{
	const char *copy = cs_arena_text(reader->arena, (const char *)text.at, text.len);
	reader->full = reader->full || !copy;
	return copy;
}

bool
cs_reader_number(struct cs_reader *reader, const struct cs_number *bounds, uint32_t *out)
{
	struct cs_lexeme number;
	CS_ASSERT(bounds->most <= UINT32_MAX);
	if (!cs_reader_need(reader, CS_LEX_NUMBER, bounds->what, &number))
		return false;
	if (number.number >= bounds->least && number.number <= bounds->most) {
		*out = (uint32_t)number.number;
		return true;
	}
	char at[128];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, "{1} cannot be ");
	cs_text_put(&text, bounds->what);
	cs_text_put(&text, "; write one from ");
	cs_text_put_u64(&text, bounds->least);
	cs_text_put(&text, " to ");
	cs_text_put_u64(&text, bounds->most);
	return cs_reader_say(reader, number.place, at, number.text);
}

bool
cs_reader_duration(struct cs_reader *reader, uint64_t most_ns, uint64_t *out)
{
	static const uint64_t ns_per_s = UINT64_C(1000000000);
	struct cs_lexeme duration;
	if (!cs_reader_need(reader, CS_LEX_DURATION, "a duration", &duration))
		return false;
	if (duration.number == 0)
		return cs_reader_say(reader, duration.place, "a duration of nothing does nothing; write: {2}", nothing);
	if (duration.number > most_ns) {
		char at[96];
		struct cs_text text = cs_text_over(at, sizeof at);
		uint64_t most_s = most_ns / ns_per_s;
		cs_text_put(&text, "{1} is too long here; write at most ");
		cs_text_put_u64(&text, most_s % 86400 == 0  ? most_s / 86400
				       : most_s % 3600 == 0 ? most_s / 3600
							    : most_s);
		cs_text_put(&text, most_s % 86400 == 0 ? "d" : most_s % 3600 == 0 ? "h" : "s");
		return cs_reader_say(reader, duration.place, at, duration.text);
	}
	*out = duration.number;
	return true;
}

bool
cs_reader_size(struct cs_reader *reader, const struct cs_number *bounds_mib, uint64_t *out)
{
	static const uint64_t mib = UINT64_C(1) << 20;
	struct cs_lexeme size;
	if (!cs_reader_need(reader, CS_LEX_SIZE, "a size", &size))
		return false;
	if (size.number >= bounds_mib->least * mib && size.number <= bounds_mib->most * mib) {
		*out = size.number;
		return true;
	}
	char at[128];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, "{1} cannot be ");
	cs_text_put(&text, bounds_mib->what);
	cs_text_put(&text, "; write one from ");
	cs_text_put_u64(&text, bounds_mib->least);
	cs_text_put(&text, "MiB to ");
	bool whole = bounds_mib->most % 1024 == 0;
	cs_text_put_u64(&text, whole ? bounds_mib->most / 1024 : bounds_mib->most);
	cs_text_put(&text, whole ? "GiB" : "MiB");
	return cs_reader_say(reader, size.place, at, size.text);
}

/* 2.5% as parts of a million */
bool
cs_reader_share(struct cs_reader *reader, const char *what, uint32_t *out_ppm)
{
	struct cs_lexeme share;
	if (!cs_reader_need(reader, CS_LEX_PERCENT, what, &share))
		return false;
	uint64_t ppm = share.number;
	for (unsigned i = share.decimals; i < 4 && ppm <= PPM; i++)
		ppm *= 10;
	if (share.decimals > 4 || ppm == 0 || ppm > PPM)
		return cs_reader_say(reader, share.place, "{1} is no share; write one from 0.0001% to 100%, as in: {2}",
				     share.text);
	*out_ppm = (uint32_t)ppm;
	return true;
}

bool
cs_reader_string(struct cs_reader *reader, const char *what, const char **out)
{
	struct cs_lexeme string;
	if (!cs_reader_need(reader, CS_LEX_STRING, what, &string))
		return false;
	if (string.text.len == 0)
		return cs_reader_say(reader, string.place, "this text is empty; write: {2}", nothing);
	*out = cs_reader_copy(reader, string.text);
	return *out != NULL;
}

bool
cs_reader_currency(struct cs_reader *reader, uint16_t *out)
{
	struct cs_lexeme word = reader->now;
	if (!cs_reader_at(reader, CS_LEX_WORD) && !cs_reader_at(reader, CS_LEX_STRING))
		return cs_reader_expected(reader, "a currency");
	(void)cs_reader_next(reader);
	uint16_t currency = cs_currency_by_code(word.text);
	if (!currency || !cs_currency_name(currency))
		return cs_reader_say(reader, word.place,
				     "no currency is called \"{1}\"; write its ISO 4217 code, as in EUR", word.text);
	*out = currency;
	return true;
}

static const char *
field_name(const void *table, unsigned i)
{
	(void)table;
	return i < CS_FIELD_N ? cs_field_info_of((enum cs_field)i)->name : NULL;
}

bool
cs_reader_field(struct cs_reader *reader, enum cs_field *out, struct cs_place *place)
{
	struct cs_lexeme word;
	if (!cs_reader_need(reader, CS_LEX_WORD, "a field", &word))
		return false;
	enum cs_field field = cs_field_by_name(word.text);
	if (field == CS_FIELD_N) {
		cs_complain_unknown(reader->complaints, word.place, "field", word.text,
				    (struct cs_words){field_name, NULL});
		return false;
	}
	*out = field;
	*place = word.place;
	return true;
}

bool
cs_reader_ref(struct cs_reader *reader, const struct cs_ref *ref)
{
	if (reader->ref_n == CS_REFS_MAX)
		return cs_reader_say(reader, ref->place, "too many names are used in this policy; split it", nothing);
	reader->ref[reader->ref_n++] = *ref;
	return true;
}

bool
cs_reader_link(struct cs_reader *reader, uint16_t *slot)
{
	struct cs_lexeme name;
	if (!cs_reader_need(reader, CS_LEX_WORD, "the name of a link", &name))
		return false;
	return cs_reader_ref(reader, &(struct cs_ref){CS_REF_LINK, slot, name.text, name.place, 0});
}

static const char *
verdict_name(const void *table, unsigned i)
{
	(void)table;
	return i < CS_VERDICT_N ? cs_verdict_name((enum cs_verdict)i) : NULL;
}

static const char *
severity_name(const void *table, unsigned i)
{
	(void)table;
	return i < CS_SEVERITY_N ? cs_severity_name((enum cs_severity)i) : NULL;
}

bool
cs_reader_outcome(struct cs_reader *reader, struct cs_outcome *out)
{
	struct cs_lexeme word;
	if (!cs_reader_need(reader, CS_LEX_WORD, "allow, hold or block", &word))
		return false;
	out->verdict = cs_verdict_by_name(word.text);
	if (out->verdict == CS_VERDICT_N) {
		cs_complain_unknown(reader->complaints, word.place, "verdict", word.text,
				    (struct cs_words){verdict_name, NULL});
		return false;
	}
	if (!cs_reader_need(reader, CS_LEX_WORD, "a severity", &word))
		return false;
	out->severity = cs_severity_by_name(word.text);
	if (out->severity == CS_SEVERITY_N) {
		cs_complain_unknown(reader->complaints, word.place, "severity", word.text,
				    (struct cs_words){severity_name, NULL});
		return false;
	}
	return true;
}
