/*
 * Goal: whatever the text, cs_policy_read answers within its memory, publishes only what has no complaint, and what
 * it publishes is whole.
 * Method: compile; on success walk every index and evaluate every condition on two events; on failure check the
 * complaints.
 */
#include "policy/complain.h"
#include "policy/condition.h"

#include <stdint.h>
#include <stdlib.h>

enum { ARENA_BYTES = 1 << 20, SAID_BYTES = 1 << 14 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
walk_selector(const struct cs_policy *policy, const struct cs_selector *selector)
{
	static struct cs_event full = {.present = UINT64_MAX};
	static const struct cs_event empty;
	must(selector->link < policy->link_n && selector->kinds);
	must(cs_condition_cost(selector->where) <= CS_CONDITION_NODES_MAX);
	must(cs_condition_holds(selector->where, &empty) <= CS_UNKNOWN);
	must(cs_condition_holds(selector->where, &full) <= CS_UNKNOWN);
	must(strlen(cs_condition_text(selector->where)) > 0 || !selector->where);
}

static void
walk_rungs(const struct cs_rung *rungs, unsigned n)
{
	must(n <= CS_RUNGS_MAX);
	for (unsigned i = 0; i < n; i++)
		must(rungs[i].n >= 1 && rungs[i].n <= CS_RUNG_FIELDS_MAX);
}

static void
walk_expect(const struct cs_policy *policy, const struct cs_expect *expect)
{
	walk_selector(policy, &expect->claim);
	walk_selector(policy, &expect->proof);
	must(expect->claim.link != expect->proof.link && expect->rung_n >= 1 && expect->within_ns);
	walk_rungs(expect->rung, expect->rung_n);
	for (unsigned i = 0; i < expect->unless_n; i++)
		must(expect->unless[i].kind != CS_UNLESS_EXCUSE || expect->unless[i].excuse < policy->excuse_n);
}

static void
walk(const struct cs_policy *policy)
{
	must(policy->link_n >= 1 && policy->link_n <= CS_LINKS_MAX);
	for (unsigned i = 0; i < policy->link_n; i++) {
		const struct cs_link *link = &policy->link[i];
		must(link->name && link->framing && link->dialect && link->side < CS_SIDE_N && link->port_n);
		walk_rungs(&link->answer, 1);
	}
	for (unsigned i = 0; i < policy->expect_n; i++)
		walk_expect(policy, &policy->expect[i]);
	for (unsigned i = 0; i < policy->excuse_n; i++) {
		walk_selector(policy, &policy->excuse[i].proof);
		walk_rungs(policy->excuse[i].rung, policy->excuse[i].rung_n);
	}
	for (unsigned i = 0; i < policy->conserve_n; i++)
		walk_selector(policy, &policy->conserve[i].claim);
	const struct cs_journal_clause *journal = &policy->journal;
	must(!journal->on ||
	     (journal->folder && journal->segment_bytes && journal->segment_ns && journal->checkpoint_ns));
	must((journal->on && journal->durability == CS_DURABILITY_EVERY) == (journal->durable_ns != 0));
	for (unsigned i = 0; i < policy->watch_n; i++)
		for (unsigned k = 0; k < CS_WATCH_N; k++)
			must(!policy->watch[i].row[k].on || policy->watch[i].row[k].against < policy->link_n);
}

static void
check_complaints(struct cs_complaints *complaints)
{
	static char said[SAID_BYTES];
	struct cs_text text = cs_text_over(said, sizeof said);
	must(complaints->n >= 1 && complaints->n <= CS_COMPLAINTS_MAX && complaints->n <= complaints->all_n);
	for (unsigned i = 0; i < complaints->n; i++)
		must(complaints->at[i].place.line && complaints->at[i].place.column && complaints->at[i].text[0]);
	cs_complain_put(&text, "p", complaints);
	for (size_t i = 0; i < text.len; i++)
		must((uint8_t)said[i] >= 0x20 || said[i] == '\n');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct cs_arena arena;
	static struct cs_complaints complaints;
	const struct cs_policy *policy = NULL;
	if (!arena.at && cs_arena_init(&arena, ARENA_BYTES) != CS_OK)
		return 0;
	cs_arena_reset(&arena);
	enum cs_error error = cs_policy_read((struct cs_span){data, len}, "p", &arena, &policy, &complaints);
	must((error == CS_OK) == (policy != NULL));
	must((error == CS_E_SYNTAX) || error == CS_OK || error == CS_E_MEMORY);
	if (policy)
		walk(policy);
	if (error == CS_E_SYNTAX)
		check_complaints(&complaints);
	return 0;
}
