/*
 * The block `conserve`: over each interval, no more claims than proofs. Counting needs no field but the answer.
 */
#include "base/error.h"
#include "policy/block.h"

static const uint64_t every_max_ns = UINT64_C(86400000000000);

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_policy *policy = reader->policy;
	if (policy->conserve_n == CS_CONSERVES_MAX)
		return cs_block_full(reader, header,
				     "conserve {1} is one too many: a policy has at most 16; leave one out");
	struct cs_conserve *conserve = &policy->conserve[policy->conserve_n++];
	conserve->name = cs_reader_copy(reader, header->name);
	conserve->title = header->title;
	conserve->place = header->place;
	return conserve;
}

static bool
read_claim(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_selector(reader, &((struct cs_conserve *)block)->claim);
}

static bool
read_proof(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_selector(reader, &((struct cs_conserve *)block)->proof);
}

static bool
read_every(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_duration(reader, every_max_ns, &((struct cs_conserve *)block)->every_ns);
}

static bool
read_slack(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	static const struct cs_number bounds = {"a slack", 0, 1000000};
	(void)clause;
	return cs_reader_number(reader, &bounds, &((struct cs_conserve *)block)->slack);
}

static bool
read_otherwise(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_outcome(reader, &((struct cs_conserve *)block)->otherwise);
}

static const struct cs_clause clauses[] = {
	{"claim", "claim card.response on visa where approved", CS_CLAUSE_REQUIRED, read_claim, 0},
	{"proof", "proof card.response on core where approved", CS_CLAUSE_REQUIRED, read_proof, 0},
	{"every", "every 60s", CS_CLAUSE_REQUIRED, read_every, 0},
	{"slack", "slack 5", 0, read_slack, 0},
	{"otherwise", "otherwise hold high", CS_CLAUSE_REQUIRED, read_otherwise, 0},
};

const struct cs_block cs_parse_conserve = {
	"conserve", "conserve cash \"title\" {",
	open,       NULL,
	clauses,    sizeof clauses / sizeof clauses[0],
	NULL,       NULL,
	NULL,       NULL,
};
