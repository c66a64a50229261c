/*
 * Goal: every signal of a watch is kept as written, and every mistake in one is named.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_watch.c"

#include "policy_text.h"

static const struct complaint_row rows[] = {
	{LINKS "watch vsia {\n unasked otherwise hold high\n}\n",
	 "p:3:7: no link is called \"vsia\"; did you mean \"visa\"?\n"},
	{LINKS "watch visa {\n unasked hold high\n}\n",
	 "p:4:10: expected \"otherwise\", found \"hold\"; write: unasked otherwise hold high\n"},
	{LINKS "watch visa {\n reversal otherwise hold high\n}\n",
	 "p:4:11: expected \"against\" and a link, found \"otherwise\"; write: reversal against core otherwise allow "
	 "medium\n"},
	{LINKS "watch visa {\n too_fast after 5 otherwise hold high\n}\n",
	 "p:4:11: expected \"against\" and a link, found \"after\"; write: too_fast against core after 1000 otherwise "
	 "allow medium\n"},
	{LINKS "watch visa {\n unasked against core otherwise hold high\n}\n",
	 "p:4:10: this signal looks at one link only; write: unasked otherwise hold high\n"},
	{LINKS "watch visa {\n replayed after 5 otherwise hold high\n}\n",
	 "p:4:11: this signal has nothing to learn first; write: replayed otherwise block critical\n"},
	{LINKS "watch visa {\n balance after 0 otherwise hold high\n}\n",
	 "p:4:16: 0 cannot be a number of messages to learn from; write one from 1 to 100000000\n"},
	{LINKS "watch visa {\n ballance otherwise hold high\n}\n",
	 "p:4:2: no clause of \"watch\" is called \"ballance\"; did you mean \"balance\"?\n"},
	{LINKS "watch visa {\n balance otherwise hold high\n balance otherwise hold high\n}\n",
	 "p:5:2: \"balance\" stands twice in this block; keep one of the two\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
all_signals_are_kept(void **state)
{
	(void)state;
	const struct cs_policy *policy = compiled(
		LINKS "watch core {\n unasked otherwise hold high\n signed_off against visa otherwise block critical\n"
		      " balance otherwise allow low\n too_fast against visa after 50 otherwise allow info\n}\n");
	const struct cs_watch *watch = &policy->watch[0];
	assert_int_equal(watch->link, 1);
	assert_int_equal(watch->place.line, 3);
	assert_true(watch->row[CS_WATCH_UNASKED].on);
	assert_int_equal(watch->row[CS_WATCH_UNASKED].against, 1);
	assert_int_equal(watch->row[CS_WATCH_UNASKED].otherwise.verdict, CS_VERDICT_HOLD);
	assert_int_equal(watch->row[CS_WATCH_SIGNED_OFF].against, 0);
	assert_int_equal(watch->row[CS_WATCH_BALANCE].after_n, 2000);
	assert_int_equal(watch->row[CS_WATCH_TOO_FAST].after_n, 50);
	assert_int_equal(watch->row[CS_WATCH_TOO_FAST].against, 0);
	assert_false(watch->row[CS_WATCH_REPLAYED].on);
	assert_false(watch->row[CS_WATCH_REVERSAL].on);
}

/* The clauses are rows of their own; they must not drift from the names of the kinds. */
static void
every_kind_has_its_clause(void **state)
{
	(void)state;
	assert_int_equal(cs_parse_watch.clause_n, CS_WATCH_N);
	for (unsigned k = 0; k < CS_WATCH_N; k++) {
		assert_int_equal(clauses[k].detail, k);
		assert_string_equal(clauses[k].word, cs_watch_name((enum cs_watch_kind)k));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_signals_are_kept),
		cmocka_unit_test(every_kind_has_its_clause),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_watch", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
