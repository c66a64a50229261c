/*
 * Goal: every clause of a conservation is kept as written, and every mistake in one is named.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_conserve.c"

#include "policy_text.h"

static const struct complaint_row rows[] = {
	{LINKS "conserve e {\n}\n",
	 "p:3:10: conserve e lacks \"claim\"; write: claim card.response on visa where approved\np:3:10: conserve e "
	 "lacks \"proof\"; write: proof card.response on core where approved\np:3:10: conserve e lacks \"every\"; "
	 "write: every 60s\np:3:10: conserve e lacks \"otherwise\"; write: otherwise hold high\n"},
	{LINKS "conserve e {\nclaim card.response on visa\nproof card.response on core\nevery 2d\nslack 5\notherwise "
	       "hold high\n}",
	 "p:6:7: 2d is too long here; write at most 1d\n"},
	{LINKS "conserve e {\nclaim card.response on visa\nproof card.response on core\nevery minute\nslack "
	       "5\notherwise hold high\n}",
	 "p:6:7: expected a duration, found \"minute\"; write: every 60s\n"},
	{LINKS "conserve e {\nclaim card.response on visa\nproof card.response on core\nevery 60s\nslack "
	       "few\notherwise hold high\n}",
	 "p:7:7: expected a slack, found \"few\"; write: slack 5\n"},
	{LINKS "conserve e {\nclaim card.response on visa\nproof card.response on core\nevery 60s\nslack "
	       "1000001\notherwise hold high\n}",
	 "p:7:7: 1000001 cannot be a slack; write one from 0 to 1000000\n"},
	{LINKS "conserve e {\nclaim card.response on visa\nproof card.response on visa\nevery 60s\nslack 5\notherwise "
	       "hold high\n}",
	 "p:5:7: claim and proof are on one link, which proves nothing; name the link of the other side\n"},
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
	const struct cs_policy *policy = compiled(
		LINKS
		"conserve c \"t\" {\n claim card.response on visa where approved\n"
		" proof card.response on core where approved\n every 90s\n slack 3\n otherwise allow low\n}\n"
		"conserve d { claim card.response on core proof card.response on visa every 1min otherwise hold low }");
	const struct cs_conserve *conserve = &policy->conserve[0];
	assert_string_equal(conserve->name, "c");
	assert_string_equal(conserve->title, "t");
	assert_int_equal(conserve->every_ns, UINT64_C(90000000000));
	assert_int_equal(conserve->slack, 3);
	assert_int_equal(conserve->claim.link, 0);
	assert_int_equal(conserve->proof.link, 1);
	assert_int_equal(policy->conserve[1].slack, 0);
	assert_string_equal(policy->conserve[1].title, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_clauses_are_kept),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_conserve", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
