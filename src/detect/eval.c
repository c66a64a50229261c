/*
 * The program of one event: registers, tests as bits, gates over bits.
 *
 * Most tests hold one value against constants: where it lies among these gives the bits of all of them, and the rules that
 * may still hold. What may be more than it says takes the long way for its load's tests. Values are three: a bit is in
 * `held`, in `failed`, or in neither, when something was missing. A rule that cannot hold any more has failed for sure,
 * whatever else it says: what only such rules ask for is not looked up.
 */
#include "detect/behave_parts.h"

static unsigned
set_of(int order)
{
	return order < 0 ? CS_COMPARE_LESS : order > 0 ? CS_COMPARE_GREATER : CS_COMPARE_EQUAL;
}

/* Only these rules may still hold. */
static inline void
keep(struct cs_work *work, const uint64_t *sets, size_t nth)
{
	const unsigned words = work->plan.bits.words;
	for (unsigned i = 0; i < words; i++)
		work->possible[i] &= sets[nth * words + i];
}

static void
set_test(struct cs_work *work, unsigned test, bool holds)
{
	unsigned bit = work->plan.bit[test];
	uint64_t *set = holds ? work->held : work->failed;
	set[bit / 64] |= UINT64_C(1) << bit % 64;
	if (!holds)
		keep(work, work->plan.bits.test, test);
}

/* --- expressions --- */

static bool
operand(struct cs_work *work, const struct cs_expr_step *step, struct cs_ratio *out)
{
	if (step->op == CS_EXPR_CONST) {
		*out = (struct cs_ratio){step->constant.num, step->constant.den};
		return true;
	}
	uint8_t state = work->at.state[step->load];
	if (state & CS_REGISTER_WIDE)
		*out = work->at.wide[step->load];
	else
		*out = (struct cs_ratio){work->at.narrow[step->load], 1};
	return state & (CS_REGISTER_WIDE | CS_REGISTER_NARROW);
}

/* Where the true value may lie besides. */
enum { OPEN_UP = CS_REGISTER_FLOOR, OPEN_DOWN = CS_REGISTER_CEIL, OPEN = OPEN_UP | OPEN_DOWN };

struct operand {
	struct cs_ratio value;
	uint8_t open; /* of OPEN */
};

static unsigned
mirrored(unsigned open)
{
	return (open & OPEN_UP ? OPEN_DOWN : 0) | (open & OPEN_DOWN ? OPEN_UP : 0);
}

/* Of a product or quotient: one exact operand keeps the other's side, or turns it; of two open ones nothing is known. */
static unsigned
open_scaled(const struct operand *a, const struct operand *b, bool quotient)
{
	if (!a->open && !b->open)
		return 0;
	if ((a->open && b->open) || (b->open && quotient))
		return OPEN;
	const struct operand *exact = a->open ? b : a;
	unsigned open = a->open | b->open;
	return exact->value.num == 0 ? 0 : exact->value.num < 0 ? mirrored(open) : open;
}

static unsigned
open_of(enum cs_expr_op op, const struct operand *a, const struct operand *b)
{
	if (op == CS_EXPR_ADD)
		return a->open | b->open;
	if (op == CS_EXPR_SUB)
		return a->open | mirrored(b->open);
	return open_scaled(a, b, op == CS_EXPR_DIV);
}

static bool
eval_side(struct cs_work *work, const struct cs_expr *expr, struct operand *out)
{
	struct operand stack[CS_EXPR_DEPTH_MAX];
	unsigned n = 0;
	for (unsigned i = 0; i < expr->n; i++) {
		const struct cs_expr_step *step = &expr->step[i];
		if (step->op == CS_EXPR_LOAD || step->op == CS_EXPR_CONST) {
			CS_ASSERT(n < CS_EXPR_DEPTH_MAX);
			stack[n].open = step->op == CS_EXPR_LOAD ? work->at.state[step->load] & OPEN : 0;
			if (!operand(work, step, &stack[n++].value))
				return false;
			continue;
		}
		CS_ASSERT(n >= 2);
		n--;
		struct operand *a = &stack[n - 1];
		const struct operand *b = &stack[n];
		bool by_nothing = step->op == CS_EXPR_DIV && b->value.num == 0;
		a->open = (uint8_t)open_of((enum cs_expr_op)step->op, a, b);
		if (cs_exact_do((enum cs_expr_op)step->op, &a->value, &b->value, &a->value))
			continue;
		work->counts->overflow_n += !by_nothing;
		return false;
	}
	CS_ASSERT(n == 1);
	*out = stack[0];
	return true;
}

bool
cs_eval_side(struct cs_work *work, const struct cs_expr *expr, struct cs_ratio *out)
{
	struct operand side;
	if (!eval_side(work, expr, &side))
		return false;
	*out = side.value;
	return true;
}

/* The orders there can be between a value and another, when the first may be more or less than it says. */
static unsigned
orders_of(int order, unsigned open)
{
	unsigned set = set_of(order);
	if (open & OPEN_UP)
		set |= (order < 0 ? CS_COMPARE_EQUAL : 0) | CS_COMPARE_GREATER;
	if (open & OPEN_DOWN)
		set |= (order > 0 ? CS_COMPARE_EQUAL : 0) | CS_COMPARE_LESS;
	return set;
}

/* True or false only for sure. */
static void
set_sure(struct cs_work *work, unsigned test, unsigned orders)
{
	unsigned compare = work->program->test[test].compare;
	if (!(orders & ~compare))
		set_test(work, test, true);
	else if (!(orders & compare))
		set_test(work, test, false);
}

static void
test_compare(struct cs_work *work, unsigned nth)
{
	const struct cs_test *test = &work->program->test[nth];
	struct operand left, right;
	if (eval_side(work, &test->left, &left) && eval_side(work, &test->right, &right))
		set_sure(work, nth,
			 orders_of(cs_exact_order(&left.value, &right.value), left.open | mirrored(right.open)));
}

/* A register as num / den in 64 bits each, which times 32 bits stays within 128. */
static inline bool
small_of(const struct cs_work *work, unsigned load, int64_t *num, int64_t *den)
{
	uint8_t state = work->at.state[load];
	if (state & CS_REGISTER_NARROW) {
		*num = work->at.narrow[load];
		*den = 1;
		return true;
	}
	const struct cs_ratio *wide = &work->at.wide[load];
	*num = (int64_t)wide->num;
	*den = (int64_t)wide->den;
	return state & CS_REGISTER_WIDE && wide->num == *num && wide->den <= UINT32_MAX;
}

/* False when it has to go the long way. */
static bool
test_times(struct cs_work *work, const struct cs_odd_test *odd, unsigned compare)
{
	int64_t a, a_den, b, b_den;
	if ((work->at.state[odd->left] | work->at.state[odd->right]) & OPEN)
		return false;
	if (!small_of(work, odd->left, &a, &a_den) || !small_of(work, odd->right, &b, &b_den))
		return false;
	/* a / a_den against num / den * b / b_den: 64 bits times 31 and 32. */
	__int128_t left = (__int128_t)a * (b_den * (int64_t)odd->den);
	__int128_t right = (__int128_t)b * (a_den * odd->num);
	set_test(work, odd->test, compare & set_of((left > right) - (left < right)));
	return true;
}

/* --- tests of one load against constants --- */

/* The orders there can be between the value of a load and a constant. */
static unsigned
possible(const struct cs_work *work, const struct cs_expr *of, const struct cs_expr *constant, bool turned)
{
	unsigned load = of->step[0].load;
	uint8_t state = work->at.state[load];
	struct cs_ratio value = {work->at.narrow[load], 1};
	const struct cs_exact *is = &constant->step[0].constant;
	const struct cs_ratio other = {is->num, is->den};
	if (state & CS_REGISTER_WIDE)
		value = work->at.wide[load];
	unsigned set = orders_of(cs_exact_order(&value, &other), state & OPEN);
	if (!turned)
		return set;
	return (set & CS_COMPARE_EQUAL) | (set & CS_COMPARE_LESS ? CS_COMPARE_GREATER : 0) |
	       (set & CS_COMPARE_GREATER ? CS_COMPARE_LESS : 0);
}

static void
test_one(struct cs_work *work, unsigned nth)
{
	const struct cs_test *test = &work->program->test[nth];
	/* Texts and truths are whole numbers, and known for sure. */
	if (test->kind != CS_TEST_COMPARE)
		return;
	bool turned = test->left.step[0].op == CS_EXPR_CONST;
	unsigned load = (turned ? &test->right : &test->left)->step[0].load;
	if (!(work->at.state[load] & (CS_REGISTER_NARROW | CS_REGISTER_WIDE)))
		return;
	unsigned set = turned ? possible(work, &test->right, &test->left, true)
			      : possible(work, &test->left, &test->right, false);
	set_sure(work, nth, set);
}

static int64_t
cut(__int128_t key)
{
	return key > INT64_MAX ? INT64_MAX : key < INT64_MIN ? INT64_MIN : (int64_t)key;
}

/* The key of a value that is no whole number, or a very large one; false when it is beyond all bounds. */
static bool
key_of_ratio(const struct cs_ratio *value, uint32_t scale, int64_t *key)
{
	__int128_t scaled;
	if (__builtin_mul_overflow(value->num, (__int128_t)scale, &scaled))
		return false;
	__int128_t whole, rest;
	if (scaled == (int64_t)scaled && value->den <= INT64_MAX) {
		whole = (int64_t)scaled / (int64_t)value->den;
		rest = (int64_t)scaled % (int64_t)value->den;
	} else {
		whole = scaled / (__int128_t)value->den;
		rest = scaled % (__int128_t)value->den;
	}
	whole -= rest < 0;
	if (whole > INT64_MAX || whole < INT64_MIN)
		*key = cut(whole);
	else
		*key = cut(2 * whole + (rest != 0));
	return true;
}

/* False when there is no key that will do: its tests are done one by one. */
static bool
key_of(const struct cs_work *work, const struct cs_group *group, uint8_t state, int64_t *key)
{
	int64_t narrow = work->at.narrow[group->load];
	if (state & (CS_REGISTER_FLOOR | CS_REGISTER_CEIL))
		return false;
	if (state & CS_REGISTER_WIDE)
		return key_of_ratio(&work->at.wide[group->load], group->scale, key);
	if (!group->scale)
		*key = narrow;
	else if (__builtin_mul_overflow(narrow, 2 * (int64_t)group->scale, key))
		*key = narrow < 0 ? INT64_MIN : INT64_MAX;
	return true;
}

/* The stretch that KEY lies in. The first is the most frequent: thresholds are seldom reached. */
static inline unsigned
stretch_of(const struct cs_cut *cut, unsigned n, int64_t key)
{
	unsigned at = 0;
	if (n < 2 || key < cut[1].from)
		return 0;
	while (n > 1) {
		unsigned half = n / 2;
		at = cut[at + half].from <= key ? at + half : at;
		n -= half;
	}
	return at;
}

static void
test_group(struct cs_work *work, const struct cs_group *group)
{
	uint8_t state = work->at.state[group->load];
	int64_t key;
	if (!(state & (CS_REGISTER_NARROW | CS_REGISTER_WIDE)))
		return;
	if (!key_of(work, group, state, &key)) {
		for (unsigned i = 0; i < group->n; i++)
			test_one(work, work->plan.ranged[group->first + i]);
		return;
	}
	CS_ASSERT(group->n > 0 && group->n <= 64);
	const unsigned nth = group->cut + stretch_of(&work->plan.cut[group->cut], group->cut_n, key);
	const uint64_t all = UINT64_MAX >> (64 - group->n), misses = work->plan.cut[nth].misses;
	work->held[group->word] |= (misses ^ all) << group->shift;
	work->failed[group->word] |= misses << group->shift;
	keep(work, work->plan.bits.cut, nth);
}

/* --- texts, and the rest --- */

static void
test_likeness(struct cs_work *work, const struct cs_likeness *likeness)
{
	uint64_t is[2];
	if (!(work->at.state[likeness->load] & CS_REGISTER_TEXT))
		return;
	memcpy(is, work->at.text[likeness->load].at, sizeof is);
	bool like = !(((is[0] ^ likeness->want[0]) & likeness->mask[0]) |
		      ((is[1] ^ likeness->want[1]) & likeness->mask[1]));
	set_test(work, likeness->test, like != likeness->inverted);
}

/* A text as a number, wherever it is. */
static bool
code_of(const struct cs_work *work, unsigned load, int64_t *code)
{
	uint8_t state = work->at.state[load];
	*code = state & CS_REGISTER_NARROW ? work->at.narrow[load] : cs_feed_code(&work->at.text[load]);
	return state & (CS_REGISTER_NARROW | CS_REGISTER_TEXT);
}

static void
test_same(struct cs_work *work, unsigned nth)
{
	const struct cs_test *test = &work->program->test[nth];
	int64_t a, b;
	if (!code_of(work, test->load, &a) || !code_of(work, test->other, &b))
		return;
	bool same = a == b;
	if (work->at.state[test->load] & work->at.state[test->other] & CS_REGISTER_TEXT)
		same = memcmp(&work->at.text[test->load], &work->at.text[test->other], sizeof(struct cs_short)) == 0;
	set_test(work, nth, test->compare & (same ? CS_COMPARE_EQUAL : CS_COMPARE_LESS));
}

static void
test_odd(struct cs_work *work, const struct cs_odd_test *odd)
{
	const struct cs_test *test = &work->program->test[odd->test];
	if (test->kind == CS_TEST_MISSING)
		set_test(work, odd->test, !work->at.state[test->load]);
	else if (test->kind == CS_TEST_SAME)
		test_same(work, odd->test);
	else if (odd->alone)
		test_one(work, odd->test);
	else if (!odd->times || !test_times(work, odd, test->compare))
		test_compare(work, odd->test);
}

/* Whether a stage's test, or all tests of a load, are asked for: ALL, or by a rule of this set that may still hold. */
static inline bool
is_asked(const struct cs_work *work, bool all, const uint64_t *sets, size_t nth)
{
	return all || cs_work_asks(work, &sets[nth * work->plan.bits.words]);
}

void
cs_eval_stage(struct cs_work *work, unsigned stage)
{
	const struct cs_work_plan *plan = &work->plan;
	const struct cs_rule_bits *bits = &plan->bits;
	const bool all = stage == 0 || work->whole;
	if (stage == 0 && plan->word_n) {
		memset(work->held, 0, plan->word_n * sizeof work->held[0]);
		memset(work->failed, 0, plan->word_n * sizeof work->failed[0]);
	}
	if (!all && !cs_work_asks(work, work->possible))
		return;
	cs_load_all(work, stage);
	for (unsigned i = 0; i < plan->group_n[stage]; i++)
		if (is_asked(work, all, bits->loader, plan->group[stage][i].load))
			test_group(work, &plan->group[stage][i]);
	for (unsigned i = 0; i < plan->likeness_n[stage]; i++)
		if (is_asked(work, all, bits->tester, plan->likeness[stage][i].test))
			test_likeness(work, &plan->likeness[stage][i]);
	for (unsigned i = 0; i < plan->odd_n[stage]; i++)
		if (is_asked(work, all, bits->tester, plan->odd[stage][i].test))
			test_odd(work, &plan->odd[stage][i]);
}

/* --- gates --- */

static enum cs_truth
all_of(const struct cs_work *work, const struct cs_gate *gate)
{
	const struct cs_gate_pair *pair = &work->plan.pair[gate->first];
	uint64_t failed = 0, lacking = 0;
	for (unsigned i = 0; i < gate->n; i++) {
		failed |= pair[i].mask & work->failed[pair[i].word];
		lacking |= pair[i].mask & ~work->held[pair[i].word];
	}
	if (failed)
		return CS_FALSE;
	return lacking ? CS_UNKNOWN : CS_TRUE;
}

/* Two bits a value: is it true for sure, is it false for sure (Kleene). */
static enum cs_truth
walk(const struct cs_work *work, const struct cs_gate *gate)
{
	bool yes[CS_LOGIC_STEPS_MAX], no[CS_LOGIC_STEPS_MAX];
	unsigned n = 0;
	for (unsigned i = 0; i < gate->n; i++) {
		unsigned step = work->plan.step[gate->first + i];
		if (step == CS_LOGIC_NOT) {
			CS_ASSERT(n >= 1);
			bool was = yes[n - 1];
			yes[n - 1] = no[n - 1];
			no[n - 1] = was;
		} else if (step == CS_LOGIC_AND || step == CS_LOGIC_OR) {
			CS_ASSERT(n >= 2);
			n--;
			bool both = step == CS_LOGIC_AND;
			yes[n - 1] = both ? yes[n - 1] && yes[n] : yes[n - 1] || yes[n];
			no[n - 1] = both ? no[n - 1] || no[n] : no[n - 1] && no[n];
		} else {
			CS_ASSERT(n < CS_LOGIC_STEPS_MAX);
			yes[n] = work->held[step / 64] >> step % 64 & 1;
			no[n++] = work->failed[step / 64] >> step % 64 & 1;
		}
	}
	CS_ASSERT(n == 1);
	return yes[0] ? CS_TRUE : no[0] ? CS_FALSE : CS_UNKNOWN;
}

enum cs_truth
cs_eval_gate(const struct cs_work *work, const struct cs_gate *gate)
{
	return gate->all ? all_of(work, gate) : walk(work, gate);
}
