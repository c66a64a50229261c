/*
 * Goal: every clause of an expectation is kept as written, and every mistake in one is named.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_expect.c"

#include "policy_text.h"

static const struct complaint_row rows[] = {
	{LINKS "expect e {\n}\n",
	 "p:3:8: expect e lacks \"claim\"; write: claim card.response on visa where approved\np:3:8: expect e lacks "
	 "\"proof\"; write: proof card.response on core where approved\np:3:8: expect e lacks \"match\"; write: match "
	 "card, amount, currency and (rrn or stan + terminal)\np:3:8: expect e lacks \"within\"; write: within 30s "
	 "before\np:3:8: expect e lacks \"otherwise\"; write: otherwise block critical\n"},
	{LINKS "expect e {\nclaim cards.response on visa\nproof card.response on core where approved\nmatch card, "
	       "amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:7: expected a kind of message such as card.response, found \"cards\"; write: claim card.response on visa "
	 "where approved\n"},
	{LINKS "expect e {\nclaim card response on visa\nproof card.response on core where approved\nmatch card, "
	       "amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:12: expected \".\" behind \"card\", found \"response\"; write: claim card.response on visa where "
	 "approved\n"},
	{LINKS "expect e {\nclaim card.respons on visa\nproof card.response on core where approved\nmatch card, amount "
	       "and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:12: no kind of card message is called \"respons\"; did you mean \"response\"?\n"},
	{LINKS "expect e {\nclaim card.response in visa\nproof card.response on core where approved\nmatch card, "
	       "amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:21: expected \"on\", found \"in\"; write: claim card.response on visa where approved\n"},
	{LINKS "expect e {\nclaim card.response on \"visa\"\nproof card.response on core where approved\nmatch card, "
	       "amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:24: expected the name of a link, found the text \"visa\"; write: claim card.response on visa where "
	 "approved\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30 before\notherwise block critical\n}",
	 "p:7:8: expected a duration, found \"30\"; write: within 30s before\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 0s before\notherwise block critical\n}",
	 "p:7:8: a duration of nothing does nothing; write: within 30s before\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 32d before\notherwise block critical\n}",
	 "p:7:8: 32d is too long here; write at most 31d\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s\notherwise block critical\n}",
	 "p:8:1: expected \"before\" or \"after\" the claim, found \"otherwise\"; write: within 30s before\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30sec before\notherwise block critical\n}",
	 "p:7:8: 30sec has no unit that is known; write a time with ms, s, min, h or d, as in 30s, a size with "
	 "KiB, MiB or GiB, as in 64MiB\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 99999999999d before\notherwise block critical\n}",
	 "p:7:8: 99999999999d is too large a number; write a smaller one\n"},
	{LINKS
	 "expect e {\nclaim card.response on visa where approved\nproof card.response on core where approved\nmatch "
	 "card, amount and (rrn)\nwithin 9999999999999999999s before\notherwise block critical\n}",
	 "p:7:8: 9999999999999999999s is too large a number; write a smaller one\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\nunless\notherwise block critical\n}",
	 "p:9:1: expected the name of an excuse, found \"otherwise\"; write: unless stand_in, partial, conversion, "
	 "duplicate\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\nunless partial, partial, partial, partial, "
	       "partial, partial, partial, partial, partial\notherwise block critical\n}",
	 "p:8:80: partial is one too many: an expectation has at most 8 excuses\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise critical\n}",
	 "p:8:11: no verdict is called \"critical\"; write one of allow, hold, block\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block\n}",
	 "p:9:1: expected a severity, found \"}\"; write: otherwise block critical\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block hight\n}",
	 "p:8:17: no severity is called \"hight\"; did you mean \"high\"?\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block 5\n}",
	 "p:8:17: expected a severity, found \"5\"; write: otherwise block critical\n"},
	{LINKS
	 "expect e {\nclaim card.response on visa where approved\nproof card.response on core where approved\nmatch "
	 "card, amount and (rrn)\nwithin 30s before\nwithin 5s before\notherwise block critical\n}",
	 "p:8:1: \"within\" stands twice in this block; keep one of the two\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\nmode shadow\notherwise block critical\n}",
	 "p:8:1: no clause of \"expect\" is called \"mode\"; write one of claim, proof, match, within, unless, "
	 "charges, "
	 "otherwise\n"},
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
		compiled(LINKS "expect e \"t\" {\n claim card.advice on core\n proof card.any on visa where cash\n"
			       " match rrn, amount\n within 2min after\n unless conversion, partial, duplicate\n"
			       " otherwise allow info\n}\n");
	const struct cs_expect *expect = &policy->expect[0];
	assert_string_equal(expect->title, "t");
	assert_int_equal(expect->place.line, 3);
	assert_int_equal(expect->place.column, 8);
	assert_int_equal(expect->claim.link, 1);
	assert_int_equal(expect->claim.kinds, 1 << CS_KIND_ADVICE);
	assert_null(expect->claim.where);
	assert_int_equal(expect->claim.place.line, 4);
	assert_int_equal(expect->claim.place.column, 8);
	assert_int_equal(expect->proof.link, 0);
	assert_int_equal(expect->proof.kinds, 0x7e);
	assert_non_null(expect->proof.where);
	assert_int_equal(expect->rung_n, 1);
	assert_int_equal(expect->agree_n, 1);
	assert_true(expect->after);
	assert_int_equal(expect->within_ns, UINT64_C(120000000000));
	assert_int_equal(expect->unless_n, 3);
	assert_int_equal(expect->unless[0].kind, CS_UNLESS_CONVERSION);
	assert_int_equal(expect->unless[1].kind, CS_UNLESS_PARTIAL);
	assert_int_equal(expect->unless[2].kind, CS_UNLESS_DUPLICATE);
	assert_int_equal(expect->otherwise.verdict, CS_VERDICT_ALLOW);
	assert_int_equal(expect->otherwise.severity, CS_SEVERITY_INFO);
}

static void
units_of_time(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t ns;
	} rows_of_units[] = {
		{"1ms", UINT64_C(1000000)},       {"7s", UINT64_C(7000000000)},      {"3min", UINT64_C(180000000000)},
		{"5h", UINT64_C(18000000000000)}, {"7d", UINT64_C(604800000000000)},
	};
	for (size_t i = 0; i < sizeof rows_of_units / sizeof rows_of_units[0]; i++) {
		char at[1024];
		struct cs_text text = cs_text_over(at, sizeof at);
		cs_text_put(&text, LINKS
			    "expect e { claim card.response on visa proof card.response on core match rrn within ");
		cs_text_put(&text, rows_of_units[i].text);
		cs_text_put(&text, " before otherwise hold low }");
		assert_int_equal(compiled(at)->expect[0].within_ns, rows_of_units[i].ns);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_clauses_are_kept),
		cmocka_unit_test(units_of_time),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_expect", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
