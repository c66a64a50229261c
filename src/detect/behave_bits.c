/*
 * The program laid out for its walk: loads and tests by stage, a bit for each test, and logics as gates over bits.
 *
 * Tests that hold one load against constants lie side by side, in one word of bits where they fit; a comparison becomes a
 * range of whole numbers. A conjunction becomes masks of words, anything else a walk over steps.
 */
#include "detect/behave_parts.h"

struct placing {
	const struct cs_program *program;
	struct cs_work_plan *plan;
	uint8_t stage[CS_LOADS_MAX];
	unsigned bit;     /* next free */
	unsigned range_n; /* taken */
};

static bool
is_distance(const struct cs_load *load)
{
	return load->kind == CS_LOAD_DISTANCE;
}

static void
place_loads(struct placing *placing)
{
	const struct cs_program *program = placing->program;
	struct cs_work_plan *plan = placing->plan;
	for (unsigned late = 0; late < 2; late++) {
		for (unsigned i = 0; i < program->load_n; i++) {
			const struct cs_load *load = &program->load[i];
			bool answer = load->kind == CS_LOAD_AGGREGATE || load->kind == CS_LOAD_AGE ||
				      load->kind == CS_LOAD_SPOT_LAST;
			if (is_distance(load) != late)
				continue;
			placing->stage[i] = late ? placing->stage[load->a] | placing->stage[load->b] : answer;
			unsigned stage = placing->stage[i];
			plan->load[stage][plan->load_n[stage]++] = (uint16_t)i;
		}
	}
}

static unsigned
stage_of_side(const struct placing *placing, const struct cs_expr *expr)
{
	unsigned stage = 0;
	for (unsigned i = 0; i < expr->n; i++)
		if (expr->step[i].op == CS_EXPR_LOAD)
			stage |= placing->stage[expr->step[i].load];
	return stage;
}

static unsigned
stage_of(const struct placing *placing, const struct cs_test *test)
{
	if (test->kind == CS_TEST_COMPARE)
		return stage_of_side(placing, &test->left) | stage_of_side(placing, &test->right);
	return placing->stage[test->load] | (test->kind == CS_TEST_SAME ? placing->stage[test->other] : 0);
}

static bool
is_one(const struct cs_expr *expr, enum cs_expr_op op)
{
	return expr->n == 1 && expr->step[0].op == op;
}

static bool
answers(const struct placing *placing, unsigned load)
{
	return placing->program->load[load].kind == CS_LOAD_AGGREGATE;
}

/* The load that TEST holds against whole numbers; CS_LOADS_MAX when it is another sort of test. */
static unsigned
ranged_load(const struct placing *placing, const struct cs_test *test)
{
	if (test->kind == CS_TEST_TRUTH || (test->kind == CS_TEST_EQUAL && answers(placing, test->load)))
		return test->load;
	if (test->kind != CS_TEST_COMPARE)
		return CS_LOADS_MAX;
	if (is_one(&test->left, CS_EXPR_LOAD) && is_one(&test->right, CS_EXPR_CONST))
		return test->left.step[0].load;
	if (is_one(&test->left, CS_EXPR_CONST) && is_one(&test->right, CS_EXPR_LOAD))
		return test->right.step[0].load;
	return CS_LOADS_MAX;
}

/* --- ranges --- */

/* What no value is in, when inverted; what every value is in, when not. */
static const struct cs_range everything = {INT64_MIN, UINT64_MAX};

static struct cs_range
between(__int128_t least, __int128_t most, bool *inverted)
{
	least = least < INT64_MIN ? INT64_MIN : least;
	most = most > INT64_MAX ? INT64_MAX : most;
	*inverted = least > most;
	if (*inverted)
		return everything;
	return (struct cs_range){(int64_t)least, (uint64_t)(int64_t)most - (uint64_t)(int64_t)least};
}

/* The whole numbers that hold COMPARE against num / den. */
static struct cs_range
range_of(unsigned compare, const struct cs_exact *constant, bool *inverted)
{
	__int128_t den = constant->den, floor = constant->num / den;
	bool whole = constant->num % den == 0;
	if (!whole && constant->num < 0)
		floor--;
	__int128_t ceiling = whole ? floor : floor + 1;
	const __int128_t least = INT64_MIN, most = INT64_MAX;
	switch (compare) {
	case CS_COMPARE_LESS:
		return between(least, ceiling - 1, inverted);
	case CS_COMPARE_LESS | CS_COMPARE_EQUAL:
		return between(least, floor, inverted);
	case CS_COMPARE_GREATER:
		return between(floor + 1, most, inverted);
	case CS_COMPARE_GREATER | CS_COMPARE_EQUAL:
		return between(ceiling, most, inverted);
	default:
		break;
	}
	/* Equal, or not: where there is nothing to be equal to, CEILING is above FLOOR. */
	struct cs_range range = between(ceiling, floor, inverted);
	*inverted = *inverted != (compare != CS_COMPARE_EQUAL);
	return range;
}

static unsigned
turned(unsigned compare)
{
	return (compare & CS_COMPARE_EQUAL) | (compare & CS_COMPARE_LESS ? CS_COMPARE_GREATER : 0) |
	       (compare & CS_COMPARE_GREATER ? CS_COMPARE_LESS : 0);
}

static struct cs_range
range_of_test(const struct cs_test *test, bool *inverted)
{
	if (test->kind == CS_TEST_TRUTH) {
		*inverted = false;
		return (struct cs_range){1, 0};
	}
	if (test->kind == CS_TEST_EQUAL) {
		*inverted = test->compare != CS_COMPARE_EQUAL;
		return (struct cs_range){cs_feed_code(&test->text), 0};
	}
	if (test->left.step[0].op == CS_EXPR_CONST)
		return range_of(turned(test->compare), &test->left.step[0].constant, inverted);
	return range_of(test->compare, &test->right.step[0].constant, inverted);
}

/* --- bits --- */

static void
add_ranges(struct placing *placing, unsigned load, const uint16_t *test, unsigned n)
{
	struct cs_work_plan *plan = placing->plan;
	unsigned stage = placing->stage[load];
	if (placing->bit % 64 + n > 64)
		placing->bit = (placing->bit + 63) / 64 * 64;
	struct cs_group *group = &plan->group[stage][plan->group_n[stage]++];
	*group = (struct cs_group){.first = placing->range_n,
				   .load = (uint16_t)load,
				   .word = (uint16_t)(placing->bit / 64),
				   .shift = (uint8_t)(placing->bit % 64),
				   .n = (uint8_t)n};
	for (unsigned i = 0; i < n; i++) {
		bool inverted;
		plan->range[placing->range_n] = range_of_test(&placing->program->test[test[i]], &inverted);
		plan->ranged[placing->range_n++] = test[i];
		group->inverted |= (uint64_t)inverted << i;
		plan->bit[test[i]] = (uint16_t)placing->bit++;
	}
}

static void
place_ranges(struct placing *placing, unsigned load)
{
	uint16_t test[64];
	unsigned n = 0;
	for (unsigned i = 0; i < placing->program->test_n; i++) {
		if (ranged_load(placing, &placing->program->test[i]) != load)
			continue;
		test[n++] = (uint16_t)i;
		if (n < 64)
			continue;
		add_ranges(placing, load, test, n);
		n = 0;
	}
	if (n)
		add_ranges(placing, load, test, n);
}

static struct cs_likeness
likeness_of(const struct cs_test *test, unsigned bit)
{
	uint8_t mask[CS_SHORT_BYTES];
	unsigned len = test->kind == CS_TEST_STARTS ? test->len : CS_SHORT_BYTES;
	struct cs_likeness out = {.load = test->load, .bit = (uint16_t)bit};
	CS_ASSERT(len <= CS_SHORT_BYTES);
	memset(mask, 0, sizeof mask);
	memset(mask, 0xff, len);
	memcpy(out.mask, mask, sizeof mask);
	memcpy(out.want, test->text.at, sizeof out.want);
	out.inverted = test->kind == CS_TEST_EQUAL && test->compare != CS_COMPARE_EQUAL;
	return out;
}

static void
place_others(struct placing *placing)
{
	struct cs_work_plan *plan = placing->plan;
	for (unsigned i = 0; i < placing->program->test_n; i++) {
		const struct cs_test *test = &placing->program->test[i];
		unsigned stage = stage_of(placing, test);
		if (ranged_load(placing, test) < CS_LOADS_MAX)
			continue;
		unsigned bit = placing->bit++;
		plan->bit[i] = (uint16_t)bit;
		if (test->kind == CS_TEST_EQUAL || test->kind == CS_TEST_STARTS)
			plan->likeness[stage][plan->likeness_n[stage]++] = likeness_of(test, bit);
		else
			plan->odd[stage][plan->odd_n[stage]++] = (struct cs_odd_test){(uint16_t)i, (uint16_t)bit};
	}
}

void
cs_work_place(const struct cs_program *program, struct cs_work_plan *plan)
{
	struct placing placing = {.program = program, .plan = plan};
	CS_ASSERT(program->load_n <= CS_LOADS_MAX && program->test_n <= CS_TESTS_MAX);
	place_loads(&placing);
	for (unsigned i = 0; i < program->load_n; i++)
		place_ranges(&placing, i);
	place_others(&placing);
	plan->word_n = (placing.bit + 63) / 64;
	CS_ASSERT(plan->word_n <= CS_WORK_WORDS);
}

/* --- gates --- */

static void
need(struct cs_work_plan *plan, struct cs_gate *gate, unsigned bit)
{
	struct cs_gate_pair *pair = &plan->pair[gate->first];
	unsigned at = 0;
	while (at < gate->n && pair[at].word != bit / 64)
		at++;
	if (at == gate->n) {
		pair[at] = (struct cs_gate_pair){0, bit / 64};
		gate->n++;
		plan->pair_n++;
	}
	pair[at].mask |= UINT64_C(1) << bit % 64;
}

static bool
is_operator(unsigned step)
{
	return step == CS_LOGIC_AND || step == CS_LOGIC_OR || step == CS_LOGIC_NOT;
}

struct cs_gate
cs_work_gate(struct cs_work_plan *plan, const struct cs_logic *logic)
{
	struct cs_gate gate = {.first = plan->pair_n, .all = true};
	if (!logic)
		return gate;
	CS_ASSERT(logic->n > 0 && logic->n <= CS_LOGIC_STEPS_MAX);
	if (logic->all) {
		for (unsigned i = 0; i < logic->n; i++)
			if (logic->step[i] != CS_LOGIC_AND)
				need(plan, &gate, plan->bit[logic->step[i]]);
		return gate;
	}
	gate = (struct cs_gate){.first = plan->step_n, .n = (uint16_t)logic->n};
	for (unsigned i = 0; i < logic->n; i++) {
		unsigned step = logic->step[i];
		plan->step[plan->step_n++] = is_operator(step) ? (uint16_t)step : plan->bit[step];
	}
	return gate;
}
