/*
 * The block `statement`: the pages of an account's statements add up, follow each other, and come in time.
 *
 * Which columns of its record it reads is not said here: they are those of the cells of statements (docs/payments.md), and
 * check_statement.c adds them.
 */
#include "base/error.h"
#include "policy/sketch.h"

static const uint64_t within_max_ns = 31 * UINT64_C(86400000000000);

enum { ACCOUNTS_DEFAULT = 256 };

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_policy *policy = reader->policy;
	if (policy->statement_n == CS_STATEMENTS_MAX)
		return cs_block_full(reader, header,
				     "statement {1} is one too many: a policy has at most 8; leave one out");
	struct cs_statement *statement = &policy->statement[policy->statement_n++];
	statement->name = cs_reader_copy(reader, header->name);
	statement->title = header->title;
	statement->place = header->place;
	statement->by = CS_FIELD_N;
	statement->accounts_cap = ACCOUNTS_DEFAULT;
	return statement;
}

static bool
read_of(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	if (!cs_reader_at_word(reader, "record"))
		return cs_reader_expected(reader, "\"record on NAME\"");
	return cs_reader_any_selector(reader, &((struct cs_statement *)block)->of);
}

static bool
read_by(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_statement *statement = block;
	struct cs_used used;
	(void)clause;
	if (!cs_sketch_used(reader, &used))
		return false;
	if (used.field >= CS_TEXT_FIELD_N)
		return cs_reader_say(reader, used.place, "{1} is no text; name the field that has the account",
				     used.name);
	statement->by = (uint8_t)used.field;
	statement->own = used.own;
	return true;
}

/* within 30h by target */
static bool
read_within(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_statement *statement = block;
	struct cs_lexeme name;
	(void)clause;
	if (!cs_reader_duration(reader, within_max_ns, &statement->within_ns))
		return false;
	/* `by account` on a line of its own is the next clause. */
	if (reader->now.first || !cs_reader_accept_word(reader, "by"))
		return true;
	if (!cs_reader_need(reader, CS_LEX_WORD, "the name of a calendar", &name))
		return false;
	statement->calendar_name = name.text;
	statement->calendar_place = name.place;
	return true;
}

static bool
read_keep(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	static const struct cs_number bounds = {"a number of accounts", 1, 1U << 20};
	(void)clause;
	return cs_reader_number(reader, &bounds, &((struct cs_statement *)block)->accounts_cap) &&
	       cs_reader_need_word(reader, "accounts");
}

static bool
read_otherwise(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_outcome(reader, &((struct cs_statement *)block)->otherwise);
}

static const struct cs_clause clauses[] = {
	{"of", "of record on statements where type = \"940\"", CS_CLAUSE_REQUIRED, read_of, 0},
	{"by", "by account", CS_CLAUSE_REQUIRED, read_by, 0},
	{"within", "within 30h by target", 0, read_within, 0},
	{"keep", "keep 256 accounts", 0, read_keep, 0},
	{"otherwise", "otherwise hold critical", CS_CLAUSE_REQUIRED, read_otherwise, 0},
};

const struct cs_block cs_parse_statement = {
	"statement", "statement nostro \"title\" {",
	open,        NULL,
	clauses,     sizeof clauses / sizeof clauses[0],
	NULL,        NULL,
	NULL,        NULL,
};
