/*
 * The block `excuse`: an honest reason why a claim has no proof yet, and the proof it owes instead.
 *
 * The links of `when` are compared with the link of the owed proof in check.c, when all names are known.
 */
#include "base/error.h"
#include "policy/block.h"

static const uint64_t silence_max_ns = UINT64_C(86400000000000);
static const uint64_t within_max_ns = 7 * UINT64_C(86400000000000);

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_policy *policy = reader->policy;
	if (policy->excuse_n == CS_EXCUSES_MAX)
		return cs_block_full(reader, header,
				     "excuse {1} is one too many: a policy has at most 32; leave one out");
	struct cs_excuse *excuse = &policy->excuse[policy->excuse_n++];
	excuse->name = cs_reader_copy(reader, header->name);
	excuse->title = header->title;
	excuse->place = header->place;
	return excuse;
}

static bool
twice(struct cs_reader *reader, struct cs_place place)
{
	return cs_reader_say(reader, place, "this condition stands twice behind \"when\"; leave one out",
			     cs_span_text(""));
}

/* LINK signed off | LINK silent for D */
static bool
read_when_link(struct cs_reader *reader, struct cs_excuse *excuse)
{
	struct cs_place place = reader->now.place;
	CS_ASSERT(reader->when_n < CS_WHENS_MAX);
	struct cs_when *when = &reader->when[reader->when_n];
	*when = (struct cs_when){CS_LINKS_MAX, (uint16_t)(excuse - reader->policy->excuse), place};
	if (!cs_reader_link(reader, &when->link))
		return false;
	bool off = cs_reader_accept_word(reader, "signed");
	if (!off && !cs_reader_accept_word(reader, "silent"))
		return cs_reader_expected(reader, "\"signed off\" or \"silent for\"");
	if (off ? excuse->when_signed_off : excuse->when_silent_ns != 0)
		return twice(reader, place);
	reader->when_n++;
	if (off) {
		excuse->when_signed_off = true;
		return cs_reader_need_word(reader, "off");
	}
	return cs_reader_need_word(reader, "for") &&
	       cs_reader_duration(reader, silence_max_ns, &excuse->when_silent_ns);
}

static bool
read_when(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_excuse *excuse = block;
	(void)clause;
	do {
		struct cs_place place = reader->now.place;
		if (!cs_reader_accept_word(reader, "unanswered")) {
			if (!read_when_link(reader, excuse))
				return false;
			continue;
		}
		if (excuse->when_unanswered_ns)
			return twice(reader, place);
		if (!cs_reader_need_word(reader, "for") ||
		    !cs_reader_duration(reader, silence_max_ns, &excuse->when_unanswered_ns))
			return false;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

static bool
read_proof(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_selector(reader, &((struct cs_excuse *)block)->proof);
}

static bool
read_match(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_excuse *excuse = block;
	struct cs_match match;
	(void)clause;
	if (!cs_reader_match(reader, false, &match))
		return false;
	excuse->rung_n = match.rung_n;
	memcpy(excuse->rung, match.rung, sizeof match.rung);
	return true;
}

static bool
read_within(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_duration(reader, within_max_ns, &((struct cs_excuse *)block)->within_ns) &&
	       cs_reader_need_word(reader, "after");
}

static bool
read_otherwise(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_outcome(reader, &((struct cs_excuse *)block)->otherwise);
}

static const struct cs_clause clauses[] = {
	{"when", "when core signed off, core silent for 10s, unanswered for 5s", CS_CLAUSE_REQUIRED, read_when, 0},
	{"proof", "proof card.advice on core where approved", CS_CLAUSE_REQUIRED, read_proof, 0},
	{"match", "match card and (rrn or stan + terminal)", 0, read_match, 0},
	{"within", "within 4h after", CS_CLAUSE_REQUIRED, read_within, 0},
	{"otherwise", "otherwise hold high", CS_CLAUSE_REQUIRED, read_otherwise, 0},
};

const struct cs_block cs_parse_excuse = {
	"excuse", "excuse stand_in \"title\" {",
	open,     NULL,
	clauses,  sizeof clauses / sizeof clauses[0],
	NULL,     NULL,
	NULL,     NULL,
};
