/*
 * Goal: whatever the text, cs_policy_read answers within its memory, publishes only what has no complaint, and what
 * it publishes is whole; and so does cs_policy_read_limits.
 * Method: compile; on success walk every index and evaluate every condition on two events; on failure check the
 * complaints.
 */
#include "policy/behave.h"
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

/* A record is kept when it claims or proves, and fills what it is matched by. */
static void
walk_side(const struct cs_policy *policy, const struct cs_expect *expect, const struct cs_selector *selector)
{
	const struct cs_link *link = &policy->link[selector->link];
	bool record = selector->kinds == 1u << CS_KIND_RECORD;
	must((link->row != NULL) == record && (!record || link->paired));
	must(record || !expect->own);
	for (unsigned i = 0; record && i < expect->rung_n; i++) {
		for (unsigned k = 0; k < expect->rung[i].n; k++) {
			unsigned column = 0;
			while (column < link->row->column_n &&
			       link->row->column[column].field != expect->rung[i].field[k])
				column++;
			must(column < link->row->column_n);
		}
	}
}

static void
walk_expect(const struct cs_policy *policy, const struct cs_expect *expect)
{
	walk_selector(policy, &expect->claim);
	walk_selector(policy, &expect->proof);
	must(expect->rung_n >= 1 && expect->within_ns);
	must(expect->claim.link != expect->proof.link || (expect->claim.where && expect->proof.where));
	walk_side(policy, expect, &expect->claim);
	walk_side(policy, expect, &expect->proof);
	walk_rungs(expect->rung, expect->rung_n);
	for (unsigned i = 0; i < expect->unless_n; i++)
		must(expect->unless[i].kind != CS_UNLESS_EXCUSE || expect->unless[i].excuse < policy->excuse_n);
}

static void
walk_row(const struct cs_row_clause *row)
{
	must(row->column_n && row->column_n <= CS_COLUMNS_MAX);
	for (unsigned i = 0; i < row->column_n; i++) {
		const struct cs_column_clause *column = &row->column[i];
		must(column->column && column->column[0] && column->field <= CS_FIELD_N);
		must(column->what != CS_COLUMN_FLAG || (column->flag && column->value_n));
		must(column->what != CS_COLUMN_MONEY || column->currency || column->currency_column);
	}
}

/* A stack machine's invariant: never empty, never too deep, one value at the end. */
static void
walk_logic(const struct cs_program *program, const struct cs_logic *logic)
{
	unsigned depth = 0;
	must(logic->text && logic->n && logic->n <= CS_LOGIC_STEPS_MAX && logic->step);
	for (unsigned i = 0; i < logic->n; i++) {
		uint16_t step = logic->step[i];
		must(step < program->test_n || step >= CS_LOGIC_AND);
		must(step != CS_LOGIC_NOT || depth >= 1);
		must((step != CS_LOGIC_AND && step != CS_LOGIC_OR) || depth >= 2);
		depth += step < CS_LOGIC_AND;
		depth -= step == CS_LOGIC_AND || step == CS_LOGIC_OR;
	}
	must(depth == 1 && cs_logic_cost(program, logic) >= logic->n);
}

static void
walk_expr(const struct cs_program *program, const struct cs_expr *expr)
{
	unsigned depth = 0;
	must(expr->n && expr->n <= CS_EXPR_STEPS_MAX && expr->type < CS_VALUE_TYPE_N && expr->text);
	must((expr->type == CS_VALUE_MONEY) == (expr->currency != 0));
	for (unsigned i = 0; i < expr->n; i++) {
		const struct cs_expr_step *step = &expr->step[i];
		bool leaf = step->op == CS_EXPR_LOAD || step->op == CS_EXPR_CONST;
		must(step->op != CS_EXPR_LOAD || step->load < program->load_n);
		must(step->op != CS_EXPR_CONST || step->constant.den);
		must(leaf || depth >= 2);
		depth = leaf ? depth + 1 : depth - 1;
		must(depth <= CS_EXPR_DEPTH_MAX);
	}
	must(depth == 1);
}

static void
walk_program(const struct cs_behave_policy *behave, const struct cs_program *program, unsigned aggregate_n)
{
	for (unsigned i = 0; i < program->load_n; i++) {
		const struct cs_load *load = &program->load[i];
		must(load->kind < CS_LOAD_KIND_N && load->type < CS_VALUE_TYPE_N && load->field <= CS_FIELD_N);
		bool aggregate =
			load->kind == CS_LOAD_AGGREGATE || load->kind == CS_LOAD_AGE || load->kind == CS_LOAD_SPOT_LAST;
		must(!aggregate || load->a < aggregate_n);
		must(load->type != CS_VALUE_MONEY || load->currency);
		must(load->kind != CS_LOAD_CALENDAR || (load->a < behave->calendar_n && load->b < CS_CALENDAR_PART_N));
		must(load->kind != CS_LOAD_LISTED || load->a < behave->list_n);
		must(load->kind != CS_LOAD_DISTANCE || (load->a < i && load->b < i));
	}
	for (unsigned i = 0; i < program->test_n; i++) {
		const struct cs_test *test = &program->test[i];
		must(test->words && test->words[0] && test->place.line);
		if (test->kind == CS_TEST_COMPARE) {
			must(test->compare && test->left.type == test->right.type);
			walk_expr(program, &test->left);
			walk_expr(program, &test->right);
			continue;
		}
		must(test->load < program->load_n && test->other < program->load_n && test->len <= CS_SHORT_BYTES);
	}
}

/* How many aggregates there are; each is numbered by its place among them. */
static unsigned
walk_profiles(const struct cs_program *program, const struct cs_profile_clause *profiles, unsigned n)
{
	unsigned first = 0;
	for (unsigned i = 0; i < n; i++) {
		const struct cs_profile_clause *profile = &profiles[i];
		must(profile->name && profile->first == first && profile->aggregate_n && profile->by.n <= 2);
		must(profile->keys && profile->log && profile->memory_bytes && profile->lateness_ns);
		for (unsigned k = 0; k < profile->aggregate_n; k++) {
			const struct cs_aggregate *made = &profile->aggregate[k];
			must(made->name && made->kind < CS_AGGREGATE_KIND_N && made->field <= CS_FIELD_N);
			must(!made->current || !made->delay_ns);
			if (made->where)
				walk_logic(program, made->where);
			must((made->kind == CS_AGGREGATE_SHARE) == (made->share != NULL));
			if (made->share)
				walk_logic(program, made->share);
		}
		first += profile->aggregate_n;
	}
	must(first <= CS_AGGREGATES_MAX);
	return first;
}

static void
walk_behave(const struct cs_behave_policy *behave)
{
	unsigned own = walk_profiles(&behave->program, behave->profile, behave->profile_n);
	unsigned limits = walk_profiles(&behave->limit_program, behave->limit_profile, behave->limit_profile_n);
	walk_program(behave, &behave->program, own);
	walk_program(behave, &behave->limit_program, limits);
	for (unsigned i = 0; i < behave->rule_n; i++) {
		must(behave->rule[i].name && (behave->rule[i].outcomes || behave->rule[i].score));
		walk_logic(&behave->program, behave->rule[i].when);
	}
	for (unsigned i = 0; i < behave->limit_n; i++) {
		walk_logic(&behave->limit_program, behave->limit[i].holds);
		if (behave->limit[i].where)
			walk_logic(&behave->limit_program, behave->limit[i].where);
	}
	for (unsigned i = 0; i < behave->list_n; i++)
		must(behave->list[i].name && behave->list[i].by.n && behave->list[i].by.field[0] < CS_FIELD_N &&
		     (behave->list[i].source || behave->list[i].entry_n));
}

static void
walk(const struct cs_policy *policy)
{
	must(policy->link_n >= 1 && policy->link_n <= CS_LINKS_MAX);
	for (unsigned i = 0; i < policy->link_n; i++) {
		const struct cs_link *link = &policy->link[i];
		if (link->row) {
			walk_row(link->row);
			continue;
		}
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
	if (policy->behave)
		walk_behave(policy->behave);
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

static void
read_by(bool limits_only, struct cs_span text)
{
	static struct cs_arena arena;
	static struct cs_complaints complaints;
	const struct cs_policy *policy = NULL;
	if (!arena.at && cs_arena_init(&arena, ARENA_BYTES) != CS_OK)
		return;
	cs_arena_reset(&arena);
	enum cs_error error =
		(limits_only ? cs_policy_read_limits : cs_policy_read)(text, "p", &arena, &policy, &complaints);
	must((error == CS_OK) == (policy != NULL));
	must((error == CS_E_SYNTAX) || error == CS_OK || error == CS_E_MEMORY);
	if (policy)
		walk(policy);
	if (error == CS_E_SYNTAX)
		check_complaints(&complaints);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	read_by(false, (struct cs_span){data, len});
	read_by(true, (struct cs_span){data, len});
	return 0;
}
