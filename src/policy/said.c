/*
 * What a statement says, as a number: a hash over its words, whatever remarks, layout and title it has.
 *
 * By it two policies are held against each other when one takes the place of the other: state goes on under what says the
 * same. Invariant: texts of the same words in the same order have one hash.
 */
#include "base/hash.h"
#include "policy/reader.h"

static uint64_t
add(uint64_t hash, const struct cs_lexeme *lexeme)
{
	return cs_hash_bytes(lexeme->text, cs_hash_mix(hash, (uint64_t)lexeme->kind));
}

uint64_t
cs_reader_said(const struct cs_reader *reader, const uint8_t *from, bool titled)
{
	struct cs_lexer lexer = reader->lexer;
	const uint8_t *to = cs_reader_source(reader);
	uint64_t hash = 1;
	lexer.at = lexer.counted = from;
	for (;;) {
		struct cs_lexeme lexeme = cs_lexer_next(&lexer);
		if (lexeme.kind == CS_LEX_END || lexeme.text.at >= to)
			return hash;
		titled = titled && lexeme.kind != CS_LEX_OPEN;
		if (!titled || lexeme.kind != CS_LEX_STRING)
			hash = add(hash, &lexeme);
	}
}

void
cs_reader_note_said(struct cs_reader *reader, const struct cs_lexeme *word, const struct cs_lexeme *name)
{
	struct cs_policy *policy = reader->policy;
	bool named = name->kind == CS_LEX_WORD;
	if (!policy->said)
		policy->said = cs_arena_take(reader->arena, CS_SAID_MAX * sizeof *policy->said);
	reader->full = reader->full || !policy->said;
	if (!policy->said || policy->said_n == CS_SAID_MAX)
		return;
	policy->said[policy->said_n++] =
		(struct cs_said){word->text, named ? name->text : (struct cs_span){word->text.at, 0},
				 cs_reader_said(reader, word->text.at, true)};
}

uint64_t
cs_policy_said(const struct cs_policy *policy, const char *word, unsigned i)
{
	for (unsigned k = 0; k < policy->said_n; k++)
		if (cs_span_is(policy->said[k].word, word) && i-- == 0)
			return policy->said[k].hash;
	return 0;
}

uint64_t
cs_policy_said_of(const struct cs_policy *policy, const char *word, const char *name)
{
	for (unsigned k = 0; k < policy->said_n; k++)
		if (cs_span_is(policy->said[k].word, word) && cs_span_is(policy->said[k].name, name))
			return policy->said[k].hash;
	return 0;
}
