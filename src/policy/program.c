/*
 * Programs: every distinct operand is looked up once, every distinct test is made once, whoever asks for it.
 *
 * Invariant: two loads, and two tests, of one program differ in more than their words and places. Also the cost of a
 * logic, which is known before anything runs.
 */
#include "policy/program.h"

#include "base/error.h"

static bool
same_load(const struct cs_load *a, const struct cs_load *b)
{
	return a->kind == b->kind && a->type == b->type && a->field == b->field && a->record == b->record &&
	       a->a == b->a && a->b == b->b && a->currency == b->currency;
}

uint16_t
cs_program_load(struct cs_program_sketch *program, const struct cs_load *load)
{
	for (unsigned i = 0; i < program->load_n; i++)
		if (same_load(&program->load[i], load))
			return (uint16_t)i;
	if (program->load_n == CS_LOADS_MAX)
		return CS_LOADS_MAX;
	program->load[program->load_n] = *load;
	return (uint16_t)program->load_n++;
}

static bool
same_expr(const struct cs_expr *a, const struct cs_expr *b)
{
	if (a->type != b->type || a->currency != b->currency || a->n != b->n)
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (a->step[i].op != b->step[i].op || a->step[i].load != b->step[i].load ||
		    a->step[i].constant.num != b->step[i].constant.num ||
		    a->step[i].constant.den != b->step[i].constant.den)
			return false;
	return true;
}

static bool
same_test(const struct cs_test *a, const struct cs_test *b)
{
	return a->kind == b->kind && a->compare == b->compare && a->len == b->len && a->load == b->load &&
	       a->other == b->other && memcmp(&a->text, &b->text, sizeof a->text) == 0 &&
	       same_expr(&a->left, &b->left) && same_expr(&a->right, &b->right);
}

uint16_t
cs_program_test(struct cs_program_sketch *program, const struct cs_test *test)
{
	for (unsigned i = 0; i < program->test_n; i++)
		if (same_test(program->test[i], test))
			return (uint16_t)i;
	if (program->test_n == CS_TESTS_MAX)
		return CS_TESTS_MAX;
	program->test[program->test_n] = test;
	return (uint16_t)program->test_n++;
}

bool
cs_program_finish(struct cs_reader *reader, const struct cs_program_sketch *program, struct cs_program *out)
{
	struct cs_load *load = cs_arena_take(reader->arena, (program->load_n + 1) * sizeof *load);
	struct cs_test *test = cs_arena_take(reader->arena, (program->test_n + 1) * sizeof *test);
	reader->full = reader->full || !load || !test;
	if (reader->full)
		return false;
	memcpy(load, program->load, program->load_n * sizeof *load);
	for (unsigned i = 0; i < program->test_n; i++)
		test[i] = *program->test[i];
	*out = (struct cs_program){program->load_n, load, program->test_n, test};
	return true;
}

unsigned
cs_logic_cost(const struct cs_program *program, const struct cs_logic *logic)
{
	unsigned cost = 0;
	for (unsigned i = 0; logic && i < logic->n; i++) {
		cost++;
		if (logic->step[i] >= CS_LOGIC_AND)
			continue;
		CS_ASSERT(logic->step[i] < program->test_n);
		const struct cs_test *test = &program->test[logic->step[i]];
		cost += test->left.n + test->right.n;
	}
	return cost;
}
