/*
 * The block `expect`: a claim needs a proof that matches it within a time. The heart of a policy.
 */
#include "base/error.h"
#include "policy/block.h"

static const uint64_t within_max_ns = 31 * UINT64_C(86400000000000);

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_policy *policy = reader->policy;
	if (policy->expect_n == CS_EXPECTS_MAX)
		return cs_block_full(reader, header,
				     "expect {1} is one too many: a policy has at most 64; leave one out");
	struct cs_expect *expect = &policy->expect[policy->expect_n++];
	expect->name = cs_reader_copy(reader, header->name);
	expect->title = header->title;
	expect->place = header->place;
	return expect;
}

static bool
read_claim(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_any_selector(reader, &((struct cs_expect *)block)->claim);
}

static bool
read_proof(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_any_selector(reader, &((struct cs_expect *)block)->proof);
}

static bool
read_match(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_expect *expect = block;
	struct cs_match match;
	(void)clause;
	const uint32_t record = 1U << CS_KIND_RECORD;
	reader->amounts = expect->claim.kinds == record && expect->proof.kinds == record;
	bool good = cs_reader_match(reader, true, &match);
	reader->amounts = false;
	if (!good)
		return false;
	expect->rung_n = match.rung_n;
	memcpy(expect->rung, match.rung, sizeof match.rung);
	expect->agree_n = match.agree_n;
	memcpy(expect->agree, match.agree, sizeof match.agree);
	expect->own = match.own;
	expect->near = match.near;
	expect->required = match.required;
	expect->days = match.days;
	expect->summed = match.summed;
	return true;
}

static bool
read_within(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_expect *expect = block;
	(void)clause;
	if (!cs_reader_duration(reader, within_max_ns, &expect->within_ns))
		return false;
	if (cs_reader_accept_word(reader, "by")) {
		struct cs_lexeme name;
		if (!cs_reader_need(reader, CS_LEX_WORD, "the name of a calendar", &name) ||
		    !cs_reader_need_word(reader, "after"))
			return false;
		expect->calendar_name = name.text;
		expect->calendar_place = name.place;
		expect->after = true;
		return true;
	}
	expect->after = cs_reader_accept_word(reader, "after");
	if (expect->after || cs_reader_accept_word(reader, "before"))
		return true;
	return cs_reader_expected(reader, "\"before\" or \"after\" the claim");
}

/* record on network where type = "202COV" by uetr */
static bool
read_record(struct cs_reader *reader, struct cs_expect *expect, struct cs_unless *unless)
{
	if (!cs_reader_any_selector(reader, &unless->record))
		return false;
	return !cs_reader_accept_word(reader, "by") || cs_reader_rung(reader, &unless->rung, &expect->own);
}

static bool
read_unless(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	static const struct {
		const char *word;
		enum cs_unless_kind kind;
	} rows[] = {{"partial", CS_UNLESS_PARTIAL},
		    {"conversion", CS_UNLESS_CONVERSION},
		    {"duplicate", CS_UNLESS_DUPLICATE}};
	struct cs_expect *expect = block;
	(void)clause;
	do {
		struct cs_lexeme word;
		bool record = cs_reader_at_word(reader, "record");
		if (record)
			word = reader->now;
		else if (!cs_reader_need(reader, CS_LEX_WORD, "the name of an excuse", &word))
			return false;
		if (expect->unless_n == CS_UNLESS_MAX)
			return cs_reader_say(reader, word.place,
					     "{1} is one too many: an expectation has at most 8 excuses", word.text);
		struct cs_unless *unless = &expect->unless[expect->unless_n++];
		unless->kind = record ? CS_UNLESS_RECORD : CS_UNLESS_EXCUSE;
		if (record && !read_record(reader, expect, unless))
			return false;
		for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
			if (cs_span_is(word.text, rows[i].word))
				unless->kind = rows[i].kind;
		uint16_t index = (uint16_t)(expect - reader->policy->expect);
		struct cs_ref ref = {CS_REF_EXCUSE, &unless->excuse, word.text, word.place, index};
		if (unless->kind == CS_UNLESS_EXCUSE && !cs_reader_ref(reader, &ref))
			return false;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

/* charges record on lines where type = "NCHG" */
static bool
read_charges(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	if (!cs_reader_at_word(reader, "record"))
		return cs_reader_expected(reader, "\"record on NAME\"");
	return cs_reader_any_selector(reader, &((struct cs_expect *)block)->charges);
}

static bool
read_otherwise(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_outcome(reader, &((struct cs_expect *)block)->otherwise);
}

static const struct cs_clause clauses[] = {
	{"claim", "claim card.response on visa where approved", CS_CLAUSE_REQUIRED, read_claim, 0},
	{"proof", "proof card.response on core where approved", CS_CLAUSE_REQUIRED, read_proof, 0},
	{"match", "match card, amount, currency and (rrn or stan + terminal)", CS_CLAUSE_REQUIRED, read_match, 0},
	{"within", "within 30s before", CS_CLAUSE_REQUIRED, read_within, 0},
	{"unless", "unless stand_in, partial, conversion, duplicate", 0, read_unless, 0},
	{"charges", "charges record on lines where type = \"NCHG\"", 0, read_charges, 0},
	{"otherwise", "otherwise block critical", CS_CLAUSE_REQUIRED, read_otherwise, 0},
};

const struct cs_block cs_parse_expect = {
	"expect", "expect approval \"title\" {",
	open,     NULL,
	clauses,  sizeof clauses / sizeof clauses[0],
	NULL,     NULL,
	NULL,     NULL,
};
