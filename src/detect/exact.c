/*
 * Exact arithmetic: a number is num / den, or there is none. What a policy's numbers need nearly always fits 64 bits, and
 * is done there; the rest goes the long way, with fractions brought down when they would not fit.
 */
#include "detect/behave_parts.h"

static bool
is_small(__int128_t num)
{
	return num == (int64_t)num;
}

static uint64_t
common_divisor(__uint128_t a, uint64_t b)
{
	uint64_t x = b, y = (uint64_t)(a % b);
	while (y) { /* Euclid: at most 93 steps for 64 bits */
		uint64_t rest = x % y;
		x = y;
		y = rest;
	}
	return x;
}

static struct cs_ratio
reduced(const struct cs_ratio *ratio)
{
	__uint128_t size = ratio->num < 0 ? -(__uint128_t)ratio->num : (__uint128_t)ratio->num;
	uint64_t divisor = common_divisor(size, ratio->den);
	return (struct cs_ratio){ratio->num / (__int128_t)divisor, ratio->den / divisor};
}

static bool
add(const struct cs_ratio *a, const struct cs_ratio *b, struct cs_ratio *out)
{
	__int128_t left, right;
	if (a->den == b->den) {
		out->den = a->den;
		return !__builtin_add_overflow(a->num, b->num, &out->num);
	}
	if (__builtin_mul_overflow(a->num, (__int128_t)b->den, &left) ||
	    __builtin_mul_overflow(b->num, (__int128_t)a->den, &right) ||
	    __builtin_mul_overflow(a->den, b->den, &out->den))
		return false;
	return !__builtin_add_overflow(left, right, &out->num);
}

static bool
multiply(const struct cs_ratio *a, const struct cs_ratio *b, struct cs_ratio *out)
{
	return !__builtin_mul_overflow(a->den, b->den, &out->den) && !__builtin_mul_overflow(a->num, b->num, &out->num);
}

/* 1 / B, where that is a number. */
static bool
invert(const struct cs_ratio *b, struct cs_ratio *out)
{
	__uint128_t size = b->num < 0 ? -(__uint128_t)b->num : (__uint128_t)b->num;
	if (size == 0 || size > UINT64_MAX)
		return false;
	*out = (struct cs_ratio){b->num < 0 ? -(__int128_t)b->den : (__int128_t)b->den, (uint64_t)size};
	return true;
}

static bool
negate(const struct cs_ratio *b, struct cs_ratio *out)
{
	out->den = b->den;
	return !__builtin_sub_overflow((__int128_t)0, b->num, &out->num);
}

static bool
calculate(enum cs_expr_op op, const struct cs_ratio *a, const struct cs_ratio *b, struct cs_ratio *out)
{
	struct cs_ratio other;
	if (op == CS_EXPR_ADD)
		return add(a, b, out);
	if (op == CS_EXPR_SUB)
		return negate(b, &other) && add(a, &other, out);
	if (op == CS_EXPR_MUL)
		return multiply(a, b, out);
	CS_ASSERT(op == CS_EXPR_DIV);
	return invert(b, &other) && multiply(a, &other, out);
}

/* Numerators of 64 bits cannot leave 128. */
static bool
calculate_small(enum cs_expr_op op, const struct cs_ratio *a, const struct cs_ratio *b, struct cs_ratio *out)
{
	if (!is_small(a->num) || !is_small(b->num))
		return false;
	const int64_t x = (int64_t)a->num, y = (int64_t)b->num;
	if (op == CS_EXPR_MUL) {
		out->num = (__int128_t)x * y;
		return !__builtin_mul_overflow(a->den, b->den, &out->den);
	}
	if (op == CS_EXPR_DIV) {
		if (b->den > INT64_MAX || x == INT64_MIN || y == INT64_MIN)
			return false;
		out->num = (__int128_t)(y < 0 ? -x : x) * (int64_t)b->den;
		return !__builtin_mul_overflow(a->den, (uint64_t)(y < 0 ? -y : y), &out->den);
	}
	out->num = op == CS_EXPR_ADD ? (__int128_t)x + y : (__int128_t)x - y;
	out->den = a->den;
	return a->den == b->den;
}

bool
cs_exact_do(enum cs_expr_op op, const struct cs_ratio *a, const struct cs_ratio *b, struct cs_ratio *out)
{
	struct cs_ratio made;
	if (op == CS_EXPR_DIV && b->num == 0)
		return false;
	if (calculate_small(op, a, b, &made)) {
		*out = made;
		return true;
	}
	if (!calculate(op, a, b, &made)) {
		struct cs_ratio x = reduced(a), y = reduced(b);
		if (!calculate(op, &x, &y, &made))
			return false;
	}
	*out = made;
	return true;
}

int
cs_exact_order(const struct cs_ratio *a, const struct cs_ratio *b)
{
	if (!is_small(a->num) || !is_small(b->num))
		return cs_ratio_order(a, b);
	__int128_t left = (__int128_t)(int64_t)a->num * b->den, right = (__int128_t)(int64_t)b->num * a->den;
	return (left > right) - (left < right);
}
