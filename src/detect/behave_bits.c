/*
 * The program laid out for its walk: loads and tests by stage, a bit for each test, and logics as gates over bits.
 *
 * Tests that hold one load against constants lie side by side, in one word of bits where they fit; a comparison becomes a
 * range of whole numbers, and the ends of all ranges cut these into stretches in which the bits are the same. A conjunction becomes masks of words, anything else a walk over steps.
 */
#include "detect/behave_parts.h"

struct placing {
	const struct cs_program *program;
	struct cs_work_plan *plan;
	uint8_t stage[CS_LOADS_MAX];
	uint32_t scale[CS_LOADS_MAX]; /* 0: of texts and truths */
	unsigned bit;                 /* next free */
	unsigned ranged_n;            /* taken */
};

struct range {
	int64_t least;
	uint64_t span;
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

static const struct cs_exact *
constant_of(const struct cs_test *test)
{
	const struct cs_expr *side = is_one(&test->left, CS_EXPR_CONST) ? &test->left : &test->right;
	return &side->step[0].constant;
}

/* Keys of constants stay well within 64 bits, so that a value's key may be cut at its ends. */
static bool
has_key(const struct cs_exact *constant, uint32_t scale)
{
	__int128_t scaled;
	if (__builtin_mul_overflow(constant->num, (__int128_t)2 * scale, &scaled))
		return false;
	return scaled % (__int128_t)constant->den == 0 && scaled / (__int128_t)constant->den <= INT64_MAX / 4 &&
	       scaled / (__int128_t)constant->den >= INT64_MIN / 4;
}

/* The load that TEST holds against a constant; CS_LOADS_MAX when it is another sort of test. */
static unsigned
compared_load(const struct cs_test *test)
{
	if (test->kind != CS_TEST_COMPARE)
		return CS_LOADS_MAX;
	if (is_one(&test->left, CS_EXPR_LOAD) && is_one(&test->right, CS_EXPR_CONST))
		return test->left.step[0].load;
	if (is_one(&test->left, CS_EXPR_CONST) && is_one(&test->right, CS_EXPR_LOAD))
		return test->right.step[0].load;
	return CS_LOADS_MAX;
}

static unsigned
ranged_load(const struct placing *placing, const struct cs_test *test)
{
	if (test->kind == CS_TEST_TRUTH || (test->kind == CS_TEST_EQUAL && answers(placing, test->load)))
		return test->load;
	unsigned load = compared_load(test);
	return load < CS_LOADS_MAX && has_key(constant_of(test), placing->scale[load]) ? load : CS_LOADS_MAX;
}

static uint64_t
common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

/* The least scale at which the constants of a load are whole; those that want more than there may be are not. */
static void
find_scales(struct placing *placing)
{
	for (unsigned i = 0; i < placing->program->test_n; i++) {
		const struct cs_test *test = &placing->program->test[i];
		unsigned load = compared_load(test);
		if (load == CS_LOADS_MAX)
			continue;
		uint64_t scale = placing->scale[load] ? placing->scale[load] : 1, den = constant_of(test)->den;
		uint64_t more = den / common_divisor(den, scale);
		placing->scale[load] = (uint32_t)(more <= CS_SCALE_MAX / scale ? scale * more : scale);
	}
}

/* --- ranges --- */

static const struct range everything = {INT64_MIN, UINT64_MAX};

static struct range
between(int64_t least, int64_t most)
{
	return (struct range){least, (uint64_t)most - (uint64_t)least};
}

/* The keys that hold COMPARE against KEY. */
static struct range
range_of(unsigned compare, int64_t key, bool *inverted)
{
	*inverted = false;
	switch (compare) {
	case CS_COMPARE_LESS:
		return between(INT64_MIN, key - 1);
	case CS_COMPARE_LESS | CS_COMPARE_EQUAL:
		return between(INT64_MIN, key);
	case CS_COMPARE_GREATER:
		return between(key + 1, INT64_MAX);
	case CS_COMPARE_GREATER | CS_COMPARE_EQUAL:
		return between(key, INT64_MAX);
	case CS_COMPARE_EQUAL:
		return between(key, key);
	case CS_COMPARE_LESS | CS_COMPARE_GREATER:
		*inverted = true;
		return between(key, key);
	default:
		*inverted = compare == 0;
		return everything;
	}
}

static unsigned
turned(unsigned compare)
{
	return (compare & CS_COMPARE_EQUAL) | (compare & CS_COMPARE_LESS ? CS_COMPARE_GREATER : 0) |
	       (compare & CS_COMPARE_GREATER ? CS_COMPARE_LESS : 0);
}

static struct range
range_of_test(const struct cs_test *test, uint32_t scale, bool *inverted)
{
	if (test->kind == CS_TEST_TRUTH)
		return range_of(CS_COMPARE_EQUAL, 1, inverted);
	if (test->kind == CS_TEST_EQUAL)
		return range_of(test->compare, cs_feed_code(&test->text), inverted);
	const struct cs_exact *constant = constant_of(test);
	int64_t key = (int64_t)(constant->num * 2 * scale / (__int128_t)constant->den);
	bool left = test->left.step[0].op == CS_EXPR_CONST;
	return range_of(left ? turned(test->compare) : test->compare, key, inverted);
}

/* --- bits --- */

/* A stretch of keys begins at KEY: put in order, once. */
static void
add_cut(struct cs_work_plan *plan, struct cs_group *group, int64_t key)
{
	struct cs_cut *cut = &plan->cut[group->cut];
	unsigned at = group->cut_n;
	while (at > 0 && cut[at - 1].from > key)
		at--;
	if (at > 0 && cut[at - 1].from == key)
		return;
	memmove(&cut[at + 1], &cut[at], (group->cut_n - at) * sizeof *cut);
	cut[at] = (struct cs_cut){key, 0};
	group->cut_n++;
}

/* The stretches that RANGES make, each told by its first key. */
static void
add_cuts(struct cs_work_plan *plan, struct cs_group *group, const struct range *range, uint64_t inverted)
{
	group->cut = plan->cut_n;
	add_cut(plan, group, INT64_MIN);
	for (unsigned i = 0; i < group->n; i++) {
		uint64_t most = (uint64_t)range[i].least + range[i].span;
		add_cut(plan, group, range[i].least);
		if ((int64_t)most != INT64_MAX)
			add_cut(plan, group, (int64_t)(most + 1));
	}
	plan->cut_n += group->cut_n;
	for (unsigned k = 0; k < group->cut_n; k++) {
		struct cs_cut *cut = &plan->cut[group->cut + k];
		for (unsigned i = 0; i < group->n; i++)
			cut->misses |= (uint64_t)(range[i].span < (uint64_t)cut->from - (uint64_t)range[i].least) << i;
		cut->misses ^= inverted;
	}
}

static void
add_ranges(struct placing *placing, unsigned load, const uint16_t *test, unsigned n)
{
	struct cs_work_plan *plan = placing->plan;
	unsigned stage = placing->stage[load];
	if (placing->bit % 64 + n > 64)
		placing->bit = (placing->bit + 63) / 64 * 64;
	struct cs_group *group = &plan->group[stage][plan->group_n[stage]++];
	*group = (struct cs_group){.first = placing->ranged_n,
				   .scale = placing->scale[load],
				   .load = (uint16_t)load,
				   .word = (uint16_t)(placing->bit / 64),
				   .shift = (uint8_t)(placing->bit % 64),
				   .n = (uint8_t)n};
	struct range range[64] = {{0, 0}};
	uint64_t inverted = 0;
	for (unsigned i = 0; i < n; i++) {
		bool contrary;
		range[i] = range_of_test(&placing->program->test[test[i]], group->scale, &contrary);
		inverted |= (uint64_t)contrary << i;
		plan->ranged[placing->ranged_n++] = test[i];
		plan->bit[test[i]] = (uint16_t)placing->bit++;
	}
	add_cuts(plan, group, range, inverted);
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
likeness_of(const struct cs_test *test, unsigned nth)
{
	uint8_t mask[CS_SHORT_BYTES];
	unsigned len = test->kind == CS_TEST_STARTS ? test->len : CS_SHORT_BYTES;
	struct cs_likeness out = {.load = test->load, .test = (uint16_t)nth};
	CS_ASSERT(len <= CS_SHORT_BYTES);
	memset(mask, 0, sizeof mask);
	memset(mask, 0xff, len);
	memcpy(out.mask, mask, sizeof mask);
	memcpy(out.want, test->text.at, sizeof out.want);
	out.inverted = test->kind == CS_TEST_EQUAL && test->compare != CS_COMPARE_EQUAL;
	return out;
}

/* `amount > 3 * card.mean_30d`, `amount > card.max_30d`: what most rules want of arithmetic. */
static struct cs_odd_test
odd_of(const struct cs_test *test, unsigned nth)
{
	struct cs_odd_test odd = {.test = (uint16_t)nth, .num = 1, .den = 1};
	const struct cs_expr_step *step = test->right.step;
	odd.alone = compared_load(test) < CS_LOADS_MAX;
	if (test->kind != CS_TEST_COMPARE || !is_one(&test->left, CS_EXPR_LOAD))
		return odd;
	odd.left = test->left.step[0].load;
	if (is_one(&test->right, CS_EXPR_LOAD)) {
		odd.right = step[0].load;
		odd.times = true;
		return odd;
	}
	if (test->right.n != 3 || step[2].op != CS_EXPR_MUL)
		return odd;
	unsigned constant = step[0].op == CS_EXPR_CONST ? 0 : 1;
	const struct cs_exact *factor = &step[constant].constant;
	if (step[constant].op != CS_EXPR_CONST || step[1 - constant].op != CS_EXPR_LOAD || factor->den > INT32_MAX ||
	    factor->num > INT32_MAX || factor->num < INT32_MIN)
		return odd;
	odd.right = step[1 - constant].load;
	odd.num = (int32_t)factor->num;
	odd.den = (uint32_t)factor->den;
	odd.times = true;
	return odd;
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
		plan->bit[i] = (uint16_t)placing->bit++;
		if (test->kind == CS_TEST_EQUAL || test->kind == CS_TEST_STARTS)
			plan->likeness[stage][plan->likeness_n[stage]++] = likeness_of(test, i);
		else
			plan->odd[stage][plan->odd_n[stage]++] = odd_of(test, i);
	}
}

void
cs_work_place(const struct cs_program *program, struct cs_work_plan *plan)
{
	struct placing placing = {.program = program, .plan = plan};
	CS_ASSERT(program->load_n <= CS_LOADS_MAX && program->test_n <= CS_TESTS_MAX);
	place_loads(&placing);
	find_scales(&placing);
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
