/*
 * Rationals of a 128-bit numerator over a 64-bit denominator.
 *
 * They are compared by their whole parts first and by their remainders, each less than its denominator, after that: a
 * product of those fits 128 bits, which one of the numerators would not. Who may divide by what is for the callers.
 */
#include "state/ratio.h"

#include "base/error.h"

struct parts {
	__int128_t whole; /* rounded down */
	uint64_t rest;    /* < den */
};

struct cs_ratio
cs_ratio_of(int64_t num, uint64_t den)
{
	CS_ASSERT(den > 0);
	return (struct cs_ratio){num, den};
}

static struct parts
divide(const struct cs_ratio *ratio)
{
	CS_ASSERT(ratio->den > 0);
	__int128_t den = ratio->den;
	__int128_t whole = ratio->num / den;
	__int128_t rest = ratio->num % den;
	if (rest < 0) {
		whole--;
		rest += den;
	}
	return (struct parts){whole, (uint64_t)rest};
}

int
cs_ratio_order(const struct cs_ratio *a, const struct cs_ratio *b)
{
	struct parts left = divide(a), right = divide(b);
	if (left.whole != right.whole)
		return left.whole < right.whole ? -1 : 1;
	__uint128_t x = (__uint128_t)left.rest * b->den;
	__uint128_t y = (__uint128_t)right.rest * a->den;
	return (x > y) - (x < y);
}

static void
put_whole(struct cs_text *text, __uint128_t value)
{
	static const uint64_t chunk = UINT64_C(1000000000000000000);
	uint64_t digits[3] = {(uint64_t)(value % chunk), (uint64_t)(value / chunk % chunk),
			      (uint64_t)(value / chunk / chunk)};
	unsigned at = digits[2] ? 2 : digits[1] ? 1 : 0;
	cs_text_put_u64(text, digits[at]);
	while (at-- > 0)
		cs_text_put_padded(text, digits[at], 18);
}

void
cs_ratio_put(struct cs_text *text, const struct cs_ratio *ratio, unsigned decimals)
{
	CS_ASSERT(decimals <= CS_RATIO_DECIMALS_MAX && ratio->den > 0);
	__uint128_t size = ratio->num < 0 ? -(__uint128_t)ratio->num : (__uint128_t)ratio->num;
	__uint128_t whole = size / ratio->den, rest = size % ratio->den;
	uint64_t fraction = 0, unit = 1;
	for (unsigned i = 0; i < decimals; i++, unit *= 10) {
		rest *= 10;
		fraction = fraction * 10 + (uint64_t)(rest / ratio->den);
		rest %= ratio->den;
	}
	if (rest >= ratio->den - rest && ++fraction == unit) {
		fraction = 0;
		whole++;
	}
	if (ratio->num < 0 && (whole || fraction))
		cs_text_put_char(text, '-');
	put_whole(text, whole);
	if (!decimals)
		return;
	cs_text_put_char(text, '.');
	cs_text_put_padded(text, fraction, decimals);
}
