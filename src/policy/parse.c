/*
 * From text to policy: the table of statements, and cs_policy_read.
 *
 * A statement is a row: a word, and either a block (parse_<word>.c) or a small function here. Words of versions to
 * come are rows as well, so that a policy written for them is refused by name. Invariant: the result is published
 * only when there was no complaint at all.
 */
#include "base/error.h"
#include "base/hash.h"
#include "policy/block.h"
#include "policy/check.h"
#include "policy/sketch.h"

enum { TEXT_MAX_BYTES = 256 * 1024 };

static const uint64_t skew_max_ns = UINT64_C(60000000000);
static const struct cs_span nothing = {(const uint8_t *)"", 0};

struct statement {
	const char *word;
	const char *form;
	const struct cs_block *block;
	bool (*read)(struct cs_reader *reader, struct cs_place place);
	bool spare; /* limits and screens stand without it */
};

static bool
read_tokens(struct cs_reader *reader, struct cs_place place)
{
	if (reader->policy->key_path)
		return cs_reader_say(reader, place, "the key is named twice; leave one out", nothing);
	if (!cs_reader_need_word(reader, "key") ||
	    !cs_reader_string(reader, "the name of a file between \" and \"", &reader->policy->key_path))
		return false;
	if (!cs_reader_accept_word(reader, "previous"))
		return true;
	reader->form = "tokens key \"new.key\" previous \"old.key\"";
	return cs_reader_string(reader, "the name of a file between \" and \"", &reader->policy->previous_key_path);
}

static bool
read_clocks(struct cs_reader *reader, struct cs_place place)
{
	if (reader->policy->skew_ns)
		return cs_reader_say(reader, place, "the clocks' skew is given twice; leave one out", nothing);
	return cs_reader_need_word(reader, "within") &&
	       cs_reader_duration(reader, skew_max_ns, &reader->policy->skew_ns);
}

/* No block and no function: a word of a version to come. */
static const struct statement statements[] = {
	{"link", NULL, &cs_parse_link, NULL, false},
	{"excuse", NULL, &cs_parse_excuse, NULL, false},
	{"expect", NULL, &cs_parse_expect, NULL, false},
	{"watch", NULL, &cs_parse_watch, NULL, false},
	{"conserve", NULL, &cs_parse_conserve, NULL, false},
	{"statement", NULL, &cs_parse_statement, NULL, false},
	{"journal", NULL, &cs_parse_journal, NULL, false},
	{"clocks", "clocks within 200ms", NULL, read_clocks, false},
	{"tokens", "tokens key \"token.key\"", NULL, read_tokens, false},
	{"record", NULL, &cs_parse_record, NULL, false},
	{"profile", NULL, &cs_parse_profile, NULL, true},
	{"limit", NULL, &cs_parse_limit, NULL, false},
	{"rule", NULL, &cs_parse_rule, NULL, true},
	{"list", NULL, &cs_parse_list, NULL, true},
	{"places", NULL, &cs_parse_places, NULL, true},
	{"calendar", NULL, &cs_parse_calendar, NULL, true},
	{"money", "money EUR, 1 USD = 0.92 EUR", NULL, cs_parse_money, false},
	{"score", "score { hold at 60  block at 90 }", NULL, cs_parse_score, true},
	{"screen", NULL, &cs_parse_screen, NULL, false},
	{"flow", NULL, NULL, NULL, false},
	{"model", NULL, NULL, NULL, false},
	{"release", NULL, NULL, NULL, false},
};

enum { STATEMENT_N = sizeof statements / sizeof statements[0] };

static const struct statement *
find(struct cs_span word)
{
	for (unsigned i = 0; i < STATEMENT_N; i++)
		if (cs_span_is(word, statements[i].word))
			return &statements[i];
	return NULL;
}

static bool
starts(struct cs_span word)
{
	return find(word) != NULL;
}

static const char *
statement_word(const void *table, unsigned i)
{
	(void)table;
	bool known = i < STATEMENT_N && (statements[i].block || statements[i].read);
	return known ? statements[i].word : NULL;
}

static bool
complain_statement(struct cs_reader *reader)
{
	struct cs_lexeme word = reader->now;
	reader->form = "link visa { ... }";
	if (word.kind == CS_LEX_CLOSE)
		return cs_reader_say(reader, word.place, "this \"}\" closes nothing; remove it", nothing);
	if (word.kind != CS_LEX_WORD)
		return cs_reader_expected(reader, "a statement");
	cs_complain_unknown(reader->complaints, word.place, "statement", word.text,
			    (struct cs_words){statement_word, NULL});
	return false;
}

static void
read_statement(struct cs_reader *reader, const struct statement *statement)
{
	struct cs_lexeme word = reader->now;
	bool good = false;
	if (!statement)
		(void)complain_statement(reader);
	reader->skipping = !statement && word.kind != CS_LEX_CLOSE;
	(void)cs_reader_next(reader);
	if (!statement && word.kind == CS_LEX_CLOSE)
		return;
	if (statement && statement->block) {
		cs_block_read(reader, statement->block, word.place, starts);
		return;
	}
	if (statement && statement->read) {
		reader->form = statement->form;
		good = statement->read(reader, word.place);
	} else if (statement) {
		(void)cs_reader_say(reader, word.place, "\"{1}\" is not in this version; remove it", word.text);
	}
	if (!good)
		cs_block_skip(reader, starts);
}

/* A watch list is what a screen stands on. */
static bool
may_spare(const struct cs_reader *reader, const struct statement *statement)
{
	if (!statement || !statement->spare)
		return false;
	return statement->block != &cs_parse_list || !reader->sketch || !cs_sketch_is_watched(&reader->sketch->listed);
}

/* Where only limits are wanted, what is wrong with a statement that they and screens can spare is forgotten. */
static void
read_any(struct cs_reader *reader)
{
	const struct statement *statement = cs_reader_at(reader, CS_LEX_WORD) ? find(reader->now.text) : NULL;
	struct cs_complaints *complaints = reader->complaints;
	unsigned n = complaints->n, all_n = complaints->all_n, ref_n = reader->ref_n;
	unsigned profile_n = reader->sketch ? reader->sketch->profile_n : 0;
	struct cs_lexeme word = reader->now;
	struct cs_lexer ahead = reader->lexer;
	struct cs_lexeme name = cs_lexer_next(&ahead);
	read_statement(reader, statement);
	if (statement)
		cs_reader_note_said(reader, &word, &name);
	if (!reader->limits_only || !may_spare(reader, statement))
		return;
	if (reader->sketch && reader->sketch->profile_n > profile_n) {
		struct cs_sketch_profile *profile = reader->sketch->profile[profile_n];
		profile->lost = complaints->all_n - all_n > profile->failed_n;
	} else {
		reader->ref_n = ref_n;
	}
	complaints->n = n;
	complaints->all_n = all_n;
}

static void
read_all(struct cs_reader *reader)
{
	cs_sketch_names(reader);
	(void)cs_reader_next(reader);
	while (!cs_reader_at(reader, CS_LEX_END))
		read_any(reader);
	/* One that found no room is refused as a whole, and has names that are not there. */
	if (!reader->full && (!reader->complaints->all_n || reader->policy->link_n))
		cs_check_policy(reader);
	cs_complain_sort(reader->complaints);
}

struct given {
	struct cs_span text;
	const char *path;
	bool limits_only;
};

static enum cs_error
read_policy(const struct given *given, struct cs_arena *arena, const struct cs_policy **out,
	    struct cs_complaints *complaints)
{
	struct cs_span text = given->text;
	*complaints = (struct cs_complaints){0};
	*out = NULL;
	if (text.len > TEXT_MAX_BYTES) {
		cs_complain(complaints, (struct cs_place){1, 1}, "this policy is larger than 256 KiB; split it",
			    nothing, "");
		return CS_E_SYNTAX;
	}
	struct cs_reader *reader = cs_arena_take(arena, sizeof *reader);
	struct cs_policy *policy = cs_arena_take(arena, sizeof *policy);
	const char *copy = cs_arena_text(arena, (const char *)text.at, text.len);
	const char *path_copy = cs_arena_text(arena, given->path, strlen(given->path));
	if (!reader || !policy || !copy || !path_copy)
		return CS_E_MEMORY;
	reader->lexer = cs_lexer_over((struct cs_span){(const uint8_t *)copy, text.len});
	reader->form = "";
	reader->arena = arena;
	reader->policy = policy;
	reader->complaints = complaints;
	reader->limits_only = given->limits_only;
	policy->path = path_copy;
	policy->hash = cs_hash_bytes(text, 0);
	policy->limits_only = given->limits_only;
	read_all(reader);
	if (reader->full)
		return CS_E_MEMORY;
	if (complaints->all_n)
		return CS_E_SYNTAX;
	*out = policy;
	return CS_OK;
}

enum cs_error
cs_policy_read(struct cs_span text, const char *path, struct cs_arena *arena, const struct cs_policy **out,
	       struct cs_complaints *complaints)
{
	return read_policy(&(struct given){text, path, false}, arena, out, complaints);
}

enum cs_error
cs_policy_read_limits(struct cs_span text, const char *path, struct cs_arena *arena, const struct cs_policy **out,
		      struct cs_complaints *complaints)
{
	return read_policy(&(struct given){text, path, true}, arena, out, complaints);
}
