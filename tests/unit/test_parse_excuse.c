/*
 * Goal: every clause of an excuse is kept as written, and every mistake in one is named.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_excuse.c"

#include "policy_text.h"

static const struct complaint_row rows[] = {
	{LINKS "excuse e {\n}\n",
	 "p:3:8: excuse e lacks \"when\"; write: when core signed off, core silent for 10s, unanswered for 5s\np:3:8: "
	 "excuse e lacks \"proof\"; write: proof card.advice on core where approved\np:3:8: excuse e lacks \"within\"; "
	 "write: within 4h after\np:3:8: excuse e lacks \"otherwise\"; write: otherwise hold high\n"},
	{LINKS "excuse e {\nwhen\nproof card.advice on core where approved\nwithin 4h after\notherwise hold high\n}",
	 "p:5:1: expected the name of a link, found \"proof\"; write: when core signed off, core silent for 10s, "
	 "unanswered for 5s\n"},
	{LINKS "excuse e {\nwhen core signed on\nproof card.advice on core where approved\nwithin 4h after\notherwise "
	       "hold high\n}",
	 "p:4:18: expected \"off\", found \"on\"; write: when core signed off, core silent for 10s, unanswered for "
	 "5s\n"},
	{LINKS
	 "excuse e {\nwhen core off\nproof card.advice on core where approved\nwithin 4h after\notherwise hold high\n}",
	 "p:4:11: expected \"signed off\" or \"silent for\", found \"off\"; write: when core signed off, core silent "
	 "for 10s, unanswered for 5s\n"},
	{LINKS "excuse e {\nwhen core silent 10s\nproof card.advice on core where approved\nwithin 4h after\notherwise "
	       "hold high\n}",
	 "p:4:18: expected \"for\", found \"10s\"; write: when core signed off, core silent for 10s, unanswered for "
	 "5s\n"},
	{LINKS "excuse e {\nwhen core silent for 2d\nproof card.advice on core where approved\nwithin 4h "
	       "after\notherwise hold high\n}",
	 "p:4:22: 2d is too long here; write at most 1d\n"},
	{LINKS "excuse e {\nwhen unanswered 5s\nproof card.advice on core where approved\nwithin 4h after\notherwise "
	       "hold high\n}",
	 "p:4:17: expected \"for\", found \"5s\"; write: when core signed off, core silent for 10s, unanswered for "
	 "5s\n"},
	{LINKS "excuse e {\nwhen core signed off, core signed off\nproof card.advice on core where approved\nwithin 4h "
	       "after\notherwise hold high\n}",
	 "p:4:23: this condition stands twice behind \"when\"; leave one out\n"},
	{LINKS "excuse e {\nwhen unanswered for 5s, unanswered for 6s\nproof card.advice on core where "
	       "approved\nwithin 4h after\notherwise hold high\n}",
	 "p:4:25: this condition stands twice behind \"when\"; leave one out\n"},
	{LINKS "excuse e {\nwhen core signed off\nproof card.advice on core where approved\nmatch card, amount and "
	       "(rrn)\nwithin 4h after\notherwise hold high\n}",
	 "p:6:13: amount is a value; an excuse is matched by identity alone, leave it out\n"},
	{LINKS "excuse e {\nwhen core signed off\nproof card.advice on core where approved\nwithin 4h "
	       "before\notherwise hold high\n}",
	 "p:6:11: expected \"after\", found \"before\"; write: within 4h after\n"},
	{LINKS "excuse e {\nwhen core signed off\nproof card.advice on core where approved\nwithin 4h\notherwise hold "
	       "high\n}",
	 "p:7:1: expected \"after\", found \"otherwise\"; write: within 4h after\n"},
	{LINKS "excuse e {\nwhen core signed off\nproof card.advice on core where approved\nwithin 4h after\notherwise "
	       "never\n}",
	 "p:7:11: no verdict is called \"never\"; write one of allow, hold, block\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
all_clauses_are_kept(void **state)
{
	(void)state;
	const struct cs_policy *policy =
		compiled(LINKS "excuse e \"t\" {\n when unanswered for 700ms, core silent for 3s\n proof card.advice "
			       "on core where approved\n"
			       " match card and (rrn or stan + terminal)\n within 1d after\n otherwise hold low\n}\n");
	const struct cs_excuse *excuse = &policy->excuse[0];
	assert_string_equal(excuse->name, "e");
	assert_string_equal(excuse->title, "t");
	assert_int_equal(excuse->place.line, 3);
	assert_false(excuse->when_signed_off);
	assert_int_equal(excuse->when_silent_ns, UINT64_C(3000000000));
	assert_int_equal(excuse->when_unanswered_ns, UINT64_C(700000000));
	assert_int_equal(excuse->proof.link, 1);
	assert_int_equal(excuse->rung_n, 2);
	assert_int_equal(excuse->rung[1].n, 3);
	assert_int_equal(excuse->within_ns, UINT64_C(86400000000000));
	assert_int_equal(excuse->otherwise.severity, CS_SEVERITY_LOW);
}

static void
a_match_is_not_needed(void **state)
{
	(void)state;
	const struct cs_policy *policy = compiled(
		LINKS "excuse e { when core signed off proof card.advice on core within 1h after otherwise hold low }");
	assert_int_equal(policy->excuse[0].rung_n, 0);
	assert_true(policy->excuse[0].when_signed_off);
}

/* The last excuse there is room for, with one condition too many: a complaint, not a broken assertion. */
static void
a_third_condition_in_the_last_excuse(void **state)
{
	(void)state;
	static char at[16384];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, LINKS);
	for (unsigned i = 0; i < CS_EXCUSES_MAX; i++) {
		cs_text_put(&text, "excuse e");
		cs_text_put_u64(&text, i);
		cs_text_put(&text, " { when core signed off, core silent for 1s");
		cs_text_put(&text, i + 1 == CS_EXCUSES_MAX ? ", core signed off" : "");
		cs_text_put(&text, " proof card.advice on core within 1h after otherwise hold low }\n");
	}
	assert_complaints(at, "p:34:56: this condition stands twice behind \"when\"; leave one out\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_clauses_are_kept),
		cmocka_unit_test(a_match_is_not_needed),
		cmocka_unit_test(a_third_condition_in_the_last_excuse),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_excuse", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
