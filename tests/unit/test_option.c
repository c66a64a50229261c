/*
 * Goal: options are read in every form people write them, and wrong ones are refused with a guess.
 * Method: known argument lists.
 */
#include "check.h"

#include "app/option.c"

static const struct cs_option table[] = {{"--alerts", true}, {"--quiet", false}, {NULL, false}};

static int
next(struct cs_options *options, const char *wanted)
{
	const char *value = NULL;
	int option = cs_option_next(options, table, &value);
	if (wanted)
		assert_string_equal(value, wanted);
	return option;
}

static void
forms(void **state)
{
	(void)state;
	const char *words[] = {"x", "--alerts", "a", "--alerts=b", "-", "--quiet", "--", "--quiet", NULL};
	struct cs_options options = {8, (char **)(uintptr_t)words, 1, false};
	assert_int_equal(next(&options, "a"), 0);
	assert_int_equal(next(&options, "b"), 0);
	assert_int_equal(next(&options, "-"), CS_OPTION_PLAIN);
	assert_int_equal(next(&options, NULL), 1);
	assert_int_equal(next(&options, "--quiet"), CS_OPTION_PLAIN);
	assert_int_equal(next(&options, NULL), CS_OPTION_END);
}

static void
refusals(void **state)
{
	(void)state;
	const char *words[] = {"x",        "--alert", "--quiet=1", "--nothing-like-any-option-that-there-is",
			       "--alerts", NULL};
	struct cs_options options = {5, (char **)(uintptr_t)words, 1, false};
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(next(&options, NULL), CS_OPTION_BAD);
}

static void
distances(void **state)
{
	(void)state;
	assert_int_equal(cs_option_distance("replay", "replay"), 0);
	assert_int_equal(cs_option_distance("repaly", "replay"), 2);
	assert_int_equal(cs_option_distance("", "run"), 3);
	assert_int_equal(cs_option_distance("kitten", "sitting"), 3);
	assert_int_equal(cs_option_distance("a", "01234567890123456789012345678901"), FAR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(refusals),
		cmocka_unit_test(distances),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
