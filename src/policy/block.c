/*
 * One loop reads every block: finds the clause in the block's table, lets it read, and picks up behind mistakes.
 *
 * Invariant: each turn of each loop takes at least one lexeme, so a text of n lexemes ends after n turns. After a
 * mistake the reader goes on at the next clause of the block (or what looks like one), at "}", or at a statement that begins a line; clauses
 * it passed over are not called missing.
 */
#include "policy/block.h"

#include "base/error.h"
#include "base/name.h"
#include "policy/code.h"

static bool
starts_statement(const struct cs_reader *reader, bool (*starts)(struct cs_span word))
{
	return cs_reader_at(reader, CS_LEX_WORD) && reader->now.first && starts(reader->now.text);
}

void
cs_block_skip(struct cs_reader *reader, bool (*starts)(struct cs_span word))
{
	unsigned depth = 0;
	reader->skipping = true;
	while (!cs_reader_at(reader, CS_LEX_END)) {
		bool margin = reader->now.first && reader->now.place.column == 1;
		if (depth == 0 && margin && cs_reader_at(reader, CS_LEX_WORD))
			break;
		if (starts_statement(reader, starts) && (depth == 0 || margin))
			break;
		struct cs_lexeme taken = cs_reader_next(reader);
		depth += taken.kind == CS_LEX_OPEN;
		if (taken.kind == CS_LEX_CLOSE && (depth == 0 || --depth == 0))
			break;
	}
	reader->skipping = false;
}

void *
cs_block_full(struct cs_reader *reader, const struct cs_header *header, const char *text)
{
	(void)cs_reader_say(reader, header->place, text, header->name);
	return NULL;
}

static unsigned
find(const struct cs_block *block, const struct cs_lexeme *word)
{
	if (word->kind != CS_LEX_WORD || !block->clause_n)
		return block->clause_n;
	return cs_name_find(&block->clause[0].word, sizeof block->clause[0], block->clause_n, word->text);
}

static const char *
clause_word(const void *table, unsigned i)
{
	const struct cs_block *block = table;
	return i < block->clause_n ? block->clause[i].word : NULL;
}

static bool
at_other(const struct cs_reader *reader, const struct cs_block *block)
{
	return block->is_other && block->is_other(reader);
}

/* `rule = count()` is an aggregate of that name, and not the next statement. */
static bool
is_assigned(const struct cs_reader *reader)
{
	struct cs_lexer ahead = reader->lexer;
	return cs_lexer_next(&ahead).kind == CS_LEX_EQUAL;
}

/* A misspelt clause on a line of its own is worth a complaint of its own. */
static bool
starts_clause(const struct cs_reader *reader, const struct cs_block *block)
{
	if (find(block, &reader->now) < block->clause_n)
		return true;
	if (reader->now.first && at_other(reader, block))
		return true;
	return reader->now.first && cs_reader_at(reader, CS_LEX_WORD) &&
	       cs_complain_nearest(reader->now.text, (struct cs_words){clause_word, block});
}

static void
skip_clause(struct cs_reader *reader, const struct cs_block *block, bool (*starts)(struct cs_span word))
{
	unsigned depth = 0;
	bool part = false; /* what stands behind a dot belongs to what stands before it: journal.key */
	reader->skipping = true;
	while (!cs_reader_at(reader, CS_LEX_END)) {
		bool clause = !part && starts_clause(reader, block);
		if (depth == 0 && (clause || cs_reader_at(reader, CS_LEX_CLOSE)))
			break;
		if (starts_statement(reader, starts))
			break;
		struct cs_lexeme taken = cs_reader_next(reader);
		part = taken.kind == CS_LEX_DOT;
		depth += taken.kind == CS_LEX_OPEN;
		depth -= taken.kind == CS_LEX_CLOSE;
	}
	reader->skipping = false;
}

static bool
is_condition(struct cs_span word)
{
	for (unsigned i = 0; cs_condition_word(i); i++)
		if (cs_span_is(word, cs_condition_word(i)))
			return true;
	return cs_field_by_name(word) != CS_FIELD_N;
}

/* The clause that was probably meant counts as seen, so that it is not called missing as well. */
static void
complain_clause(struct cs_reader *reader, const struct cs_block *block, uint32_t *seen)
{
	char at[64];
	struct cs_text what = cs_text_over(at, sizeof at);
	struct cs_words words = {clause_word, block};
	struct cs_lexeme word = reader->now;
	const char *meant = cs_complain_nearest(word.text, words);
	reader->form = block->clause[0].form;
	if (word.kind != CS_LEX_WORD) {
		(void)cs_reader_expected(reader, "a clause or \"}\"");
		return;
	}
	if (!meant && is_condition(word.text)) {
		(void)cs_reader_say(reader, word.place,
				    "\"{1}\" begins no clause; to go on with a condition write: and {1}", word.text);
		return;
	}
	cs_text_put(&what, "clause of \"");
	cs_text_put(&what, block->word);
	cs_text_put(&what, "\"");
	cs_complain_unknown(reader->complaints, word.place, at, word.text, words);
	for (unsigned i = 0; meant && i < block->clause_n; i++)
		*seen |= (uint32_t)(block->clause[i].word == meant) << i;
}

/* What could not even begin is passed over here, so that each turn takes a lexeme. */
static bool
read_other(struct cs_reader *reader, const struct cs_block *block, void *into)
{
	const uint8_t *from = reader->now.text.at;
	CS_ASSERT(block->other);
	if (block->other(reader, into))
		return true;
	reader->skipping = true;
	if (reader->now.text.at == from)
		(void)cs_reader_next(reader);
	return false;
}

/* Reads one clause and marks it in SEEN. */
static bool
read_clause(struct cs_reader *reader, const struct cs_block *block, void *into, uint32_t *seen)
{
	unsigned i = find(block, &reader->now);
	if (i == block->clause_n && at_other(reader, block))
		return read_other(reader, block, into);
	if (i == block->clause_n) {
		complain_clause(reader, block, seen);
		reader->skipping = true;
		(void)cs_reader_next(reader);
		return false;
	}
	const struct cs_clause *clause = &block->clause[i];
	struct cs_lexeme word = cs_reader_next(reader);
	reader->form = clause->form;
	bool again = *seen >> i & 1 && !(clause->flags & CS_CLAUSE_REPEATS);
	*seen |= 1U << i;
	if (again)
		return cs_reader_say(reader, word.place, "\"{1}\" stands twice in this block; keep one of the two",
				     word.text);
	return clause->read(reader, into, clause);
}

static void
complain_missing(struct cs_reader *reader, const struct cs_block *block, const struct cs_header *header, uint32_t seen)
{
	for (unsigned i = 0; i < block->clause_n; i++) {
		const struct cs_clause *clause = &block->clause[i];
		char at[96];
		struct cs_text text = cs_text_over(at, sizeof at);
		if (!(clause->flags & CS_CLAUSE_REQUIRED) || seen >> i & 1)
			continue;
		cs_text_put(&text, block->word);
		cs_text_put(&text, " {1} lacks \"");
		cs_text_put(&text, clause->word);
		cs_text_put(&text, "\"; write: {2}");
		reader->form = clause->form;
		(void)cs_reader_say(reader, header->place, at, header->name);
	}
}

static bool
read_header(struct cs_reader *reader, const struct cs_block *block, struct cs_header *out)
{
	struct cs_lexeme name;
	struct cs_lexeme open;
	enum cs_lexeme_kind kind = block->text ? CS_LEX_STRING : CS_LEX_WORD;
	reader->form = block->form;
	if (!cs_reader_need(reader, kind, block->text ? block->text : "a name", &name))
		return false;
	if (name.text.len == 0)
		return cs_reader_say(reader, name.place, "this text is empty; write: {2}", name.text);
	*out = (struct cs_header){.name = name.text, .place = name.place, .title = "", .owner = ""};
	if (!block->text && cs_reader_at(reader, CS_LEX_STRING)) {
		const char *title = cs_reader_copy(reader, cs_reader_next(reader).text);
		out->title = title ? title : "";
	}
	if (block->tail && !block->tail(reader, out))
		return false;
	return cs_reader_need(reader, CS_LEX_OPEN, "\"{\"", &open);
}

bool
cs_block_by(struct cs_reader *reader, struct cs_by *out)
{
	out->said = true;
	if (cs_reader_accept_word(reader, "all"))
		return true;
	do {
		struct cs_lexeme field;
		if (!cs_reader_need(reader, CS_LEX_WORD, "a field to keep apart by, or \"all\"", &field))
			return false;
		if (out->n == 2)
			return cs_reader_say(reader, field.place, "{1} is one field too many: two make a key",
					     field.text);
		out->at[out->n++] = (struct cs_named){field.text, field.place};
	} while (cs_reader_accept(reader, CS_LEX_PLUS));
	return true;
}

bool
cs_block_profile_tail(struct cs_reader *reader, struct cs_header *header)
{
	if (cs_reader_accept_word(reader, "by") && !cs_block_by(reader, &header->by))
		return false;
	if (header->title[0] || !header->by.said || !cs_reader_at(reader, CS_LEX_STRING))
		return true;
	const char *title = cs_reader_copy(reader, cs_reader_next(reader).text);
	header->title = title ? title : "";
	return true;
}

/* A block is over at "}", at the end of the text, or where the next statement begins without a "}". */
static void
read_end(struct cs_reader *reader, const struct cs_header *header, struct cs_place opened)
{
	if (cs_reader_accept(reader, CS_LEX_CLOSE))
		return;
	(void)cs_reader_say(reader, opened, "this block has no end; write \"}\" behind the last clause of {1}",
			    header->name);
}

void
cs_block_read(struct cs_reader *reader, const struct cs_block *block, struct cs_place opened,
	      bool (*starts)(struct cs_span word))
{
	struct cs_header header;
	uint32_t seen = 0;
	CS_ASSERT(block->clause_n <= CS_CLAUSES_MAX);
	if (!read_header(reader, block, &header)) {
		cs_block_skip(reader, starts);
		return;
	}
	void *into = block->open(reader, &header);
	if (!into) {
		skip_clause(reader, &(struct cs_block){0}, starts);
		(void)cs_reader_accept(reader, CS_LEX_CLOSE);
		return;
	}
	reader->clauses = (struct cs_words){clause_word, block};
	while (!cs_reader_at(reader, CS_LEX_CLOSE) && !cs_reader_at(reader, CS_LEX_END)) {
		bool known = find(block, &reader->now) < block->clause_n || (block->other && is_assigned(reader));
		if (!known && starts_statement(reader, starts))
			break;
		if (!read_clause(reader, block, into, &seen))
			skip_clause(reader, block, starts);
	}
	reader->clauses = (struct cs_words){0};
	read_end(reader, &header, opened);
	complain_missing(reader, block, &header, seen);
	if (block->close)
		block->close(reader, into);
}
