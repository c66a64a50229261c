/*
 * Goal: sums, differences, products and quotients are exact, or there are none.
 * Method: small fractions held against one another by cross-multiplication; the ends of 64 and 128 bits by hand.
 */
#include "check.h"

#include "detect/exact.c"

static const __int128_t most = (__int128_t)(((__uint128_t)1 << 127) - 1);

static __int128_t
numerator(enum cs_expr_op op, const struct cs_ratio *a, const struct cs_ratio *b, __int128_t *den)
{
	__int128_t x = a->num * (__int128_t)b->den, y = b->num * (__int128_t)a->den;
	*den = (__int128_t)a->den * b->den;
	if (op == CS_EXPR_ADD)
		return x + y;
	if (op == CS_EXPR_SUB)
		return x - y;
	if (op == CS_EXPR_MUL)
		return a->num * b->num;
	*den = y;
	return x;
}

static void
small_fractions(void **state)
{
	(void)state;
	static const enum cs_expr_op ops[] = {CS_EXPR_ADD, CS_EXPR_SUB, CS_EXPR_MUL, CS_EXPR_DIV};
	uint64_t seed = 1;
	for (unsigned i = 0; i < 100000; i++) {
		uint64_t dice[4];
		for (unsigned k = 0; k < 4; k++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			dice[k] = seed >> 33;
		}
		struct cs_ratio a = {(int64_t)(dice[0] % 2001) - 1000, 1 + dice[1] % 9}, out = {0, 1};
		struct cs_ratio b = {(int64_t)(dice[2] % 2001) - 1000, 1 + dice[3] % 9};
		enum cs_expr_op op = ops[i % 4];
		__int128_t den, num = numerator(op, &a, &b, &den);
		bool there = cs_exact_do(op, &a, &b, &out);
		assert_int_equal(there, den != 0);
		assert_true(out.den > 0);
		if (there)
			assert_true(out.num * den == num * (__int128_t)out.den);
		assert_int_equal(cs_exact_order(&a, &b), cs_ratio_order(&a, &b));
	}
}

static void
what_does_not_fit_is_missing(void **state)
{
	(void)state;
	struct cs_ratio large = {most, 1}, one = {1, 1}, two = {2, 1}, out, low = {-most - 1, 1};
	assert_false(cs_exact_do(CS_EXPR_ADD, &large, &one, &out));
	assert_false(cs_exact_do(CS_EXPR_MUL, &large, &two, &out));
	assert_false(cs_exact_do(CS_EXPR_SUB, &low, &one, &out));
	assert_false(cs_exact_do(CS_EXPR_DIV, &one, &large, &out)); /* a denominator of 127 bits */
	assert_true(cs_exact_do(CS_EXPR_SUB, &large, &one, &out) && out.num == most - 1);
	struct cs_ratio nothing = {0, 5};
	assert_false(cs_exact_do(CS_EXPR_DIV, &one, &nothing, &out));
	assert_true(cs_exact_do(CS_EXPR_ADD, &large, &nothing, &out) && out.num == most && out.den == 1);
}

static void
ends_of_64_bits(void **state)
{
	(void)state;
	struct cs_ratio low = {INT64_MIN, 1}, minus = {-1, 1}, high = {INT64_MAX, 1}, out;
	assert_true(cs_exact_do(CS_EXPR_MUL, &low, &minus, &out) && out.num == -(__int128_t)INT64_MIN);
	assert_true(cs_exact_do(CS_EXPR_DIV, &low, &minus, &out) && out.num == -(__int128_t)INT64_MIN);
	assert_true(cs_exact_do(CS_EXPR_DIV, &minus, &low, &out) && out.num == 1 && out.den == UINT64_C(1) << 63);
	assert_true(cs_exact_do(CS_EXPR_ADD, &high, &high, &out) && out.num == 2 * (__int128_t)INT64_MAX);
	/* Fractions are brought down when they would not fit. */
	struct cs_ratio a = {UINT64_C(1) << 40, UINT64_C(1) << 50}, b = {3, UINT64_C(1) << 40};
	assert_true(cs_exact_do(CS_EXPR_MUL, &a, &b, &out));
	assert_true(out.num == 3 && out.den == UINT64_C(1) << 50);
	struct cs_ratio c = {1, UINT64_MAX}, d = {1, UINT64_MAX - 1};
	assert_false(cs_exact_do(CS_EXPR_ADD, &c, &d, &out));
	assert_int_equal(cs_exact_order(&c, &d), -1);
	assert_int_equal(cs_exact_order(&low, &high), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_fractions),
		cmocka_unit_test(what_does_not_fit_is_missing),
		cmocka_unit_test(ends_of_64_bits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
