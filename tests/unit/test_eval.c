/*
 * Goal: bits are what the comparisons say, exactly, for whole numbers, quotients, numbers that may be more, and what is
 * missing; gates are Kleene's.
 * Method: random programs over registers filled by hand, each test and each logic done over again by the book: exact
 * order of fractions, three values as 0, 1, 2 with least and greatest.
 */
#include "behaviour.h"

#include "detect/eval.c"

enum { ROUNDS = 400, LOADS = 12, TESTS = 100, LOGICS = 40 };

static struct cs_work work;
static struct cs_behave_counts counts;
static struct cs_rule_clause rules[LOGICS];
static uint64_t seed;

static uint64_t
draw(uint64_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (seed >> 30) % below;
}

/* Near one another, at the ends of 64 bits, and anything. */
static int64_t
draw_number(void)
{
	static const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, -1,        0,
				       1,         INT64_MAX - 1, INT64_MAX, INT64_C(1800000000000000000)};
	uint64_t kind = draw(8);
	if (kind == 0)
		return ends[draw(sizeof ends / sizeof ends[0])];
	if (kind == 1)
		return (int64_t)(draw(UINT32_MAX) << 32 | draw(UINT32_MAX));
	return (int64_t)draw(9) - 4;
}

static struct cs_exact
draw_constant(void)
{
	static const uint64_t dens[] = {1, 1, 1, 2, 3, 10, 100, 1000003, UINT64_MAX};
	struct cs_exact out = {draw_number(), dens[draw(sizeof dens / sizeof dens[0])]};
	if (draw(20) == 0)
		out.num *= INT64_C(1000000000000);
	return out;
}

static struct cs_expr
constant_side(void)
{
	struct cs_exact constant = draw_constant();
	const struct cs_expr_step step = {.op = CS_EXPR_CONST, .constant = constant};
	return side(CS_VALUE_NUMBER, &step, 1);
}

static struct cs_expr
draw_side(void)
{
	static const enum cs_expr_op ops[] = {CS_EXPR_ADD, CS_EXPR_SUB, CS_EXPR_MUL, CS_EXPR_DIV};
	struct cs_expr_step factor = {.op = CS_EXPR_CONST, .constant = {(int64_t)draw(7) - 2, 1 + draw(3)}};
	if (draw(3) == 0)
		return SIDE(CS_VALUE_NUMBER, LOAD(draw(LOADS)));
	if (draw(2))
		return SIDE(CS_VALUE_NUMBER, factor, LOAD(draw(LOADS)), DO(MUL));
	struct cs_expr_step first = LOAD(draw(LOADS)), second = LOAD(draw(LOADS));
	struct cs_expr_step op = {.op = (uint8_t)ops[draw(4)]};
	return SIDE(CS_VALUE_NUMBER, first, second, op);
}

static struct cs_test
draw_test(void)
{
	struct cs_test test = {.kind = CS_TEST_COMPARE, .compare = (uint8_t)(1 + draw(6)), .words = ""};
	uint64_t kind = draw(10);
	if (kind == 0) {
		test.kind = CS_TEST_MISSING;
		test.load = (uint16_t)draw(LOADS);
	} else if (kind < 3) {
		test.left = SIDE(CS_VALUE_NUMBER, LOAD(draw(LOADS)));
		test.right = draw_side();
	} else {
		bool turned = draw(3) == 0;
		*(turned ? &test.right : &test.left) = SIDE(CS_VALUE_NUMBER, LOAD(draw(LOADS)));
		*(turned ? &test.left : &test.right) = constant_side();
	}
	return test;
}

static const struct cs_logic *
draw_logic(void)
{
	uint16_t step[32];
	unsigned n = 0, values = 0, tests = 1 + (unsigned)draw(8);
	bool all = draw(2);
	for (unsigned i = 0; i < tests; i++) {
		step[n++] = (uint16_t)draw(TESTS);
		values++;
		if (!all && draw(4) == 0)
			step[n++] = CS_LOGIC_NOT;
		if (values > 1 && draw(2)) {
			step[n++] = all || draw(2) ? CS_LOGIC_AND : CS_LOGIC_OR;
			values--;
		}
	}
	for (; values > 1; values--)
		step[n++] = all || draw(2) ? CS_LOGIC_AND : CS_LOGIC_OR;
	return made_logic(step, n);
}

static void
fill_registers(void)
{
	memset(&work.at, 0, sizeof work.at);
	memset(work.held, 0, sizeof work.held);
	memset(work.failed, 0, sizeof work.failed);
	for (unsigned i = 0; i < LOADS; i++) {
		uint64_t kind = draw(10);
		if (kind == 0)
			continue;
		work.at.narrow[i] = draw_number();
		work.at.state[i] = CS_REGISTER_NARROW;
		if (kind < 5) {
			work.at.state[i] = CS_REGISTER_WIDE;
			work.at.wide[i].num = draw_number();
			if (draw(10) == 0)
				work.at.wide[i].num *= INT64_C(4611686018427387904);
			work.at.wide[i].den = draw(9) ? 1 + draw(6) : 1 + draw(UINT64_MAX - 1);
		}
		if (kind == 9)
			work.at.state[i] |= draw(2) ? CS_REGISTER_FLOOR : CS_REGISTER_CEIL;
	}
}

/* --- by the book --- */

enum { NO, MAYBE, YES };

/* A number, and whether the true one may be more or less. */
struct known {
	struct cs_ratio is;
	bool more;
	bool less;
};

/* By a number that is known for sure: keeps, turns over or ends what may be. */
static void
scale(struct known *doubtful, const struct cs_ratio *sure)
{
	bool more = doubtful->more, less = doubtful->less;
	doubtful->more = sure->num > 0 ? more : sure->num < 0 && less;
	doubtful->less = sure->num > 0 ? less : sure->num < 0 && more;
}

static bool
book_step(enum cs_expr_op op, struct known *a, struct known b)
{
	const struct cs_ratio was = a->is;
	bool sure_a = !a->more && !a->less, sure_b = !b.more && !b.less;
	if (!cs_exact_do(op, &a->is, &b.is, &a->is))
		return false;
	if (op == CS_EXPR_ADD || op == CS_EXPR_SUB) {
		a->more = a->more || (op == CS_EXPR_ADD ? b.more : b.less);
		a->less = a->less || (op == CS_EXPR_ADD ? b.less : b.more);
	} else if (sure_b) {
		scale(a, &b.is);
	} else if (sure_a && op == CS_EXPR_MUL) {
		scale(&b, &was);
		a->more = b.more;
		a->less = b.less;
	} else {
		a->more = a->less = true;
	}
	return true;
}

static bool
read_side(const struct cs_expr *expr, struct known *out)
{
	struct known stack[4] = {{{0, 1}, false, false}};
	unsigned n = 0;
	for (unsigned i = 0; i < expr->n; i++) {
		const struct cs_expr_step *step = &expr->step[i];
		uint8_t state = step->op == CS_EXPR_LOAD ? work.at.state[step->load] : 0;
		if (step->op == CS_EXPR_CONST) {
			stack[n++] = (struct known){{step->constant.num, step->constant.den}, false, false};
		} else if (step->op == CS_EXPR_LOAD) {
			if (!state)
				return false;
			stack[n].is = state & CS_REGISTER_WIDE ? work.at.wide[step->load]
							       : cs_ratio_of(work.at.narrow[step->load], 1);
			stack[n].more = state & CS_REGISTER_FLOOR;
			stack[n++].less = state & CS_REGISTER_CEIL;
		} else {
			n--;
			if (!book_step((enum cs_expr_op)step->op, &stack[n - 1], stack[n]))
				return false;
		}
	}
	*out = stack[0];
	return true;
}

static int
test_by_the_book(const struct cs_test *test)
{
	struct known left, right;
	if (test->kind == CS_TEST_MISSING)
		return work.at.state[test->load] ? NO : YES;
	if (!read_side(&test->left, &left) || !read_side(&test->right, &right))
		return MAYBE;
	int order = cs_ratio_order(&left.is, &right.is);
	unsigned can = order < 0 ? CS_COMPARE_LESS : order > 0 ? CS_COMPARE_GREATER : CS_COMPARE_EQUAL;
	if (left.more || right.less)
		can |= order < 0 ? CS_COMPARE_EQUAL | CS_COMPARE_GREATER : CS_COMPARE_GREATER;
	if (left.less || right.more)
		can |= order > 0 ? CS_COMPARE_EQUAL | CS_COMPARE_LESS : CS_COMPARE_LESS;
	return (can & test->compare) == can ? YES : can & test->compare ? MAYBE : NO;
}

static int
logic_by_the_book(const struct cs_logic *logic, const int *truth)
{
	int stack[32];
	unsigned n = 0;
	for (unsigned i = 0; i < logic->n; i++) {
		unsigned step = logic->step[i];
		if (step == CS_LOGIC_NOT) {
			stack[n - 1] = YES - stack[n - 1];
			continue;
		}
		if (step < TESTS) {
			stack[n++] = truth[step];
			continue;
		}
		n--;
		int a = stack[n - 1], c = stack[n];
		stack[n - 1] = step == CS_LOGIC_AND ? (a < c ? a : c) : (a > c ? a : c);
	}
	return stack[0];
}

static void
make_program(void)
{
	make_policy();
	for (unsigned i = 0; i < LOADS; i++)
		(void)made_load((struct cs_load){.kind = CS_LOAD_NOW, .type = CS_VALUE_NUMBER});
	for (unsigned i = 0; i < TESTS; i++)
		(void)made_test(draw_test());
	for (unsigned i = 0; i < LOGICS; i++)
		rules[i] = (struct cs_rule_clause){.name = "r", .when = draw_logic()};
	made.behave.rule = rules;
	made.behave.rule_n = LOGICS;
	memset(&work, 0, sizeof work);
	work.counts = &counts;
	assert_int_equal(cs_work_init(&work, &made.behave, false), CS_OK);
}

static int
bit_of(unsigned test)
{
	unsigned bit = work.plan.bit[test];
	bool held = work.held[bit / 64] >> bit % 64 & 1, failed = work.failed[bit / 64] >> bit % 64 & 1;
	assert_false(held && failed);
	return held ? YES : failed ? NO : MAYBE;
}

static uint64_t seen[3];

/* One filling of the registers. */
static void
check_program(uint64_t round)
{
	static const enum cs_truth truths[] = {CS_FALSE, CS_UNKNOWN, CS_TRUE};
	int truth[TESTS];
	fill_registers();
	for (unsigned i = 0; i < work.plan.group_n[0]; i++)
		test_group(&work, &work.plan.group[0][i]);
	for (unsigned i = 0; i < work.plan.odd_n[0]; i++)
		test_odd(&work, &work.plan.odd[0][i]);
	for (unsigned i = 0; i < TESTS; i++) {
		truth[i] = test_by_the_book(&made.test[i]);
		if (truth[i] != bit_of(i))
			fail_msg("round %llu: test %u is %d, not %d", (unsigned long long)round, i, bit_of(i),
				 truth[i]);
		seen[truth[i]]++;
	}
	for (unsigned i = 0; i < LOGICS; i++)
		assert_int_equal(cs_eval_gate(&work, &work.plan.gate[i]),
				 truths[logic_by_the_book(rules[i].when, truth)]);
}

static void
bits_and_gates_are_by_the_book(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < ROUNDS; round++) {
		seed = round;
		make_program();
		for (unsigned n = 0; n < 20; n++)
			check_program(round);
		cs_work_fini(&work);
	}
	assert_true(seen[NO] > 1000 && seen[MAYBE] > 1000 && seen[YES] > 1000);
}

/* All tests of one load: more than a word has bits. */
static void
a_load_may_have_hundreds_of_tests(void **state)
{
	(void)state;
	enum { N = 120 };
	make_policy();
	uint16_t n = made_load((struct cs_load){.kind = CS_LOAD_NOW, .type = CS_VALUE_NUMBER});
	for (unsigned i = 0; i < N; i++)
		(void)made_compare("", n, CS_COMPARE_GREATER, i, 1);
	memset(&work, 0, sizeof work);
	work.counts = &counts;
	assert_int_equal(cs_work_init(&work, &made.behave, false), CS_OK);
	struct cs_event event = {.origin = {.time_ns = 70}};
	work.event = &event;
	cs_eval_stage(&work, 0);
	for (unsigned i = 0; i < N; i++)
		assert_int_equal(bit_of(i), 70 > i ? YES : NO);
	cs_work_fini(&work);
}

static void
division_by_nothing_and_overflow(void **state)
{
	(void)state;
	make_policy();
	uint16_t now = made_load((struct cs_load){.kind = CS_LOAD_NOW, .type = CS_VALUE_NUMBER});
	struct cs_expr_step huge = {.op = CS_EXPR_CONST, .constant = {(__int128_t)1 << 126, 1}};
	struct cs_expr nothing = SIDE(CS_VALUE_NUMBER, LOAD(now), CONST(0, 1), DO(DIV));
	struct cs_expr more = SIDE(CS_VALUE_NUMBER, huge, LOAD(now), DO(MUL));
	struct cs_expr one = SIDE(CS_VALUE_NUMBER, CONST(1, 1));
	(void)made_test((struct cs_test){.kind = CS_TEST_COMPARE, .compare = 7, .left = nothing, .right = one});
	(void)made_test((struct cs_test){.kind = CS_TEST_COMPARE, .compare = 7, .left = more, .right = one});
	memset(&work, 0, sizeof work);
	memset(&counts, 0, sizeof counts);
	work.counts = &counts;
	assert_int_equal(cs_work_init(&work, &made.behave, false), CS_OK);
	struct cs_event event = {.origin = {.time_ns = 70}};
	work.event = &event;
	cs_eval_stage(&work, 0);
	assert_int_equal(bit_of(0), MAYBE);
	assert_int_equal(bit_of(1), MAYBE);
	assert_int_equal(counts.overflow_n, 1);
	cs_work_fini(&work);
}

/* Two that are "at least" so much say little of each other; one says what it can. */
static void
what_is_at_least_so_much_is_not_taken_at_its_word(void **state)
{
	(void)state;
	make_policy();
	for (unsigned i = 0; i < 2; i++)
		(void)made_load((struct cs_load){.kind = CS_LOAD_NOW, .type = CS_VALUE_NUMBER});
	const uint16_t test = made_test((struct cs_test){.kind = CS_TEST_COMPARE,
							 .compare = CS_COMPARE_GREATER,
							 .left = SIDE(CS_VALUE_NUMBER, LOAD(0)),
							 .right = SIDE(CS_VALUE_NUMBER, CONST(2, 1), LOAD(1), DO(MUL)),
							 .words = "much"});
	memset(&work, 0, sizeof work);
	work.counts = &counts;
	assert_int_equal(cs_work_init(&work, &made.behave, false), CS_OK);
	static const struct {
		int64_t left, right;
		uint8_t open[2]; /* of the left and the right */
		int is;
	} rows[] = {
		{9, 4, {0, 0}, YES},
		{9, 4, {CS_REGISTER_FLOOR, 0}, YES},
		{9, 4, {0, CS_REGISTER_FLOOR}, MAYBE},
		{9, 4, {CS_REGISTER_CEIL, 0}, MAYBE},
		{9, 4, {CS_REGISTER_FLOOR, CS_REGISTER_FLOOR}, MAYBE},
		{7, 4, {CS_REGISTER_FLOOR, 0}, MAYBE},
		{7, 4, {0, CS_REGISTER_FLOOR}, NO},
		{7, 4, {CS_REGISTER_CEIL, CS_REGISTER_FLOOR}, NO},
	};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		memset(work.held, 0, sizeof work.held);
		memset(work.failed, 0, sizeof work.failed);
		work.at.narrow[0] = rows[i].left;
		work.at.narrow[1] = rows[i].right;
		for (unsigned k = 0; k < 2; k++)
			work.at.state[k] = CS_REGISTER_NARROW | rows[i].open[k];
		test_odd(&work, &work.plan.odd[0][0]);
		assert_int_equal(bit_of(test), rows[i].is);
	}
	cs_work_fini(&work);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_and_gates_are_by_the_book),
		cmocka_unit_test(a_load_may_have_hundreds_of_tests),
		cmocka_unit_test(division_by_nothing_and_overflow),
		cmocka_unit_test(what_is_at_least_so_much_is_not_taken_at_its_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
