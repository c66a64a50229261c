/*
 * Goal: complaints are bounded, harmless to a terminal, in order of place, and guess well.
 * Method: hostile pieces, more complaints than are kept, near and far words.
 */
#include "check.h"

#include "policy/complain.c"

static const char *
animal(const void *table, unsigned i)
{
	static const char *const names[] = {"zebra", "horse", "hen", NULL};
	(void)table;
	return names[i];
}

static const struct cs_words animals = {animal, NULL};

static const char *
nearest(const char *word)
{
	const char *found = cs_complain_nearest(cs_span_text(word), animals);
	return found ? found : "";
}

static void
guesses(void **state)
{
	(void)state;
	assert_string_equal(nearest("zebra"), "zebra");
	assert_string_equal(nearest("zbera"), "zebra");
	assert_string_equal(nearest("hrose"), "horse");
	assert_string_equal(nearest("hores"), "horse");
	assert_string_equal(nearest("horsee"), "horse");
	assert_string_equal(nearest("hem"), "hen");
	assert_string_equal(nearest("crocodile"), "");
	assert_string_equal(nearest("cow"), "");
	assert_string_equal(nearest("a word longer than any that is known here"), "");
}

static void
unknown_words(void **state)
{
	(void)state;
	struct cs_complaints all = {0};
	cs_complain_unknown(&all, (struct cs_place){1, 2}, "animal", cs_span_text("hrose"), animals);
	cs_complain_unknown(&all, (struct cs_place){1, 3}, "animal", cs_span_text("cow"), animals);
	assert_string_equal(all.at[0].text, "no animal is called \"hrose\"; did you mean \"horse\"?");
	assert_string_equal(all.at[1].text, "no animal is called \"cow\"; write one of zebra, horse, hen");
}

static void
pieces_are_cut_and_cleaned(void **state)
{
	(void)state;
	struct cs_complaints all = {0};
	cs_complain(&all, (struct cs_place){1, 1}, "<{1}> {2} {3} {", cs_span_text("a\033[2Jb\177"), "{1}");
	assert_string_equal(all.at[0].text, "<a?[2Jb?> {1} {3} {");
	cs_complain(&all, (struct cs_place){1, 1}, "{1}",
		    cs_span_text("123456789012345678901234567890123456789\303\251 and more"), "");
	assert_string_equal(all.at[1].text, "123456789012345678901234567890123456789...");
}

static void
more_than_are_kept_are_counted(void **state)
{
	(void)state;
	struct cs_complaints all = {0};
	char at[8192];
	struct cs_text text = cs_text_over(at, sizeof at);
	for (unsigned i = 0; i < CS_COMPLAINTS_MAX + 5; i++)
		cs_complain(&all, (struct cs_place){100 - i, 1}, "x", cs_span_text(""), "");
	assert_int_equal(all.n, CS_COMPLAINTS_MAX);
	assert_int_equal(all.all_n, CS_COMPLAINTS_MAX + 5);
	cs_complain_sort(&all);
	for (unsigned i = 1; i < all.n; i++)
		assert_true(is_before(all.at[i - 1].place, all.at[i].place));
	cs_complain_put(&text, "f", &all);
	assert_non_null(strstr(at, "f:81:1: x\n"));
	assert_non_null(strstr(at, "f: and 5 more of the kind\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guesses),
		cmocka_unit_test(unknown_words),
		cmocka_unit_test(pieces_are_cut_and_cleaned),
		cmocka_unit_test(more_than_are_kept_are_counted),
	};
	return cmocka_run_group_tests_name("complain", tests, NULL, NULL);
}
