/*
 * Goal: the emulation of OFAC's search measures words as Jaro and Winkler do.
 * Method: the values that their papers give, and names by hand.
 */
#include "check.h"

#include "screen/ofac.c"

static unsigned
score_of(const char *query, const char *candidate)
{
	struct cs_ofac_name a, b;
	cs_ofac_read(cs_span_text(query), &a);
	cs_ofac_read(cs_span_text(candidate), &b);
	return cs_ofac_score(&a, &b);
}

static void
known_values(void **state)
{
	(void)state;
	assert_int_equal((jaro_winkler("martha", 6, "marhta", 6) + 500) / 1000, 961);
	assert_int_equal((jaro_winkler("dixon", 5, "dicksonx", 8) + 500) / 1000, 813);
	assert_int_equal((jaro_winkler("dwayne", 6, "duane", 5) + 500) / 1000, 840);
	assert_int_equal(jaro_winkler("abc", 3, "xyz", 3), 0);
	assert_int_equal(jaro_winkler("a", 1, "a", 1), MILLION);
}

static void
names(void **state)
{
	(void)state;
	assert_int_equal(score_of("VAROE", "VAROE, Brennick"), 1000);
	assert_true(score_of("BRENNICK VAROE", "VAROE, Brennick") >= 999);
	assert_true(score_of("VARROE", "VAROE, Brennick") > 900);
	assert_int_equal(score_of("KI VAROE", "VAROE"), 1000); /* short words are not asked for */
	assert_int_equal(score_of("", "VAROE"), 0);
	assert_int_equal(score_of("\u0412\u0430\u0440\u043e", "VARO"), 0);
	char many[600] = "";
	for (unsigned i = 0; i < 90; i++)
		(void)strncat(many, "ab ", sizeof many - strlen(many) - 1);
	assert_int_equal(score_of(many, many), 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(known_values), cmocka_unit_test(names)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
