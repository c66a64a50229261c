/*
 * Goal: rationals are ordered and written exactly, at the ends of their range too.
 * Method: cases by hand; random small ones against cross-multiplication, which cannot overflow there.
 */
#include "check.h"

#include "state/ratio.c"

static void
test_order_of_small_ones(void **state)
{
	(void)state;
	uint64_t seed = 1;
	for (unsigned i = 0; i < 20000; i++) {
		int64_t draw[4];
		for (unsigned k = 0; k < 4; k++) {
			seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			draw[k] = (int64_t)(seed >> 40) % 40 - 20;
		}
		struct cs_ratio a = cs_ratio_of(draw[0], (uint64_t)(draw[1] + 21));
		struct cs_ratio b = cs_ratio_of(draw[2], (uint64_t)(draw[3] + 21));
		int64_t left = draw[0] * (draw[3] + 21), right = draw[2] * (draw[1] + 21);
		assert_int_equal(cs_ratio_order(&a, &b), (left > right) - (left < right));
	}
}

static void
test_order_at_the_ends(void **state)
{
	(void)state;
	__int128_t most = (__int128_t)(~(__uint128_t)0 >> 1);
	struct cs_ratio a = {most, UINT64_MAX}, b = {most - 1, UINT64_MAX}, c = {-most - 1, 1}, d = {-most, UINT64_MAX};
	assert_int_equal(cs_ratio_order(&a, &b), 1);
	assert_int_equal(cs_ratio_order(&b, &a), -1);
	assert_int_equal(cs_ratio_order(&c, &d), -1);
	struct cs_ratio e = {UINT64_MAX - 1, UINT64_MAX}, f = {UINT64_MAX - 2, UINT64_MAX - 1};
	assert_int_equal(cs_ratio_order(&e, &f), 1);
	assert_int_equal(cs_ratio_order(&e, &e), 0);
}

static const char *
put(__int128_t num, uint64_t den, unsigned decimals)
{
	static char out[80];
	struct cs_text text = cs_text_over(out, sizeof out);
	cs_ratio_put(&text, &(struct cs_ratio){num, den}, decimals);
	assert_false(text.overflowed);
	return out;
}

static void
test_put(void **state)
{
	(void)state;
	assert_string_equal(put(7, 2, 0), "4");
	assert_string_equal(put(-7, 2, 1), "-3.5");
	assert_string_equal(put(1, 3, 5), "0.33333");
	assert_string_equal(put(2, 3, 5), "0.66667");
	assert_string_equal(put(-1, 1000, 2), "0.00");
	assert_string_equal(put(1999, 1000, 2), "2.00");
	assert_string_equal(put(0, 9, 0), "0");
	__int128_t most = (__int128_t)(~(__uint128_t)0 >> 1);
	assert_string_equal(put(-most - 1, 1, 0), "-170141183460469231731687303715884105728");
	assert_string_equal(put((__int128_t)1000000000000000000 * 1000000000000000000, 1, 1),
			    "1000000000000000000000000000000000000.0");
	assert_string_equal(put(UINT64_MAX - 1, UINT64_MAX, 18), "1.000000000000000000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_of_small_ones),
		cmocka_unit_test(test_order_at_the_ends),
		cmocka_unit_test(test_put),
	};
	return cmocka_run_group_tests_name("ratio", tests, NULL, NULL);
}
