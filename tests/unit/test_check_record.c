/*
 * Goal: an expectation over records is taken only when its records have what they are matched by; and what a name of a
 * record's own means in the list, in the parentheses and behind "where".
 * Method: small policies, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/check_record.c"

#include "policy_text.h"

/* Two records, on two lines: what a test is about begins in line 3. */
#define RECORDS                                                                                                        \
	"record orders { source csv time from \"t\" field ref text from \"r\" field payee token from \"p\" field n "   \
	"number "                                                                                                      \
	"from \"n\" amount from \"a\" minor EUR }\n"                                                                   \
	"record swift { source csv time from \"t\" id from \"i\" field ref text from \"r\" field payee token from "    \
	"\"p\" "                                                                                                       \
	"field kind text from \"k\" amount from \"a\" minor EUR }\n"
#define CORE "link core { tap \"eth2\" port 7001 frame length16 dialect \"iso87-ebcdic\" side issuer }\n"
#define WHAT " within 1h before otherwise hold low }"

static const struct complaint_row rows[] = {
	{RECORDS "expect e { claim record on swift proof record on orders match reff" WHAT,
	 "p:3:63: no field is called \"reff\"; did you mean \"ref\"?\n"},
	{RECORDS "expect e { claim record on swift proof record on orders match n" WHAT,
	 "p:3:18: swift fills no n; write in that record: field n text from \"COLUMN\"\n"},
	{RECORDS "expect e { claim record on swift proof record on orders match ref, card" WHAT,
	 "p:3:18: swift fills no card; write in that record: card from \"COLUMN\"\n"
	 "p:3:40: orders fills no card; write in that record: card from \"COLUMN\"\n"},
	{RECORDS "expect e { claim record on swift proof record on orders match (rrn or ref)" WHAT,
	 "p:3:40: orders fills no rrn; write in that record: rrn from \"COLUMN\"\n"},
	{RECORDS "expect e { claim record on swift proof record on orders where kind = \"x\" match ref" WHAT,
	 "p:3:40: orders fills no kind; write in that record: field kind text from \"COLUMN\"\n"},
	{RECORDS "expect e { claim record on swift proof record on orders where n > \"5\" match ref" WHAT,
	 "p:3:63: n is compared as text here, which says nothing of more or less; ask that in a rule\n"},
	{RECORDS "expect e { claim record on swift where kind proof record on orders match ref" WHAT,
	 "p:3:40: kind is text; write kind = \"01\"\n"},
	{RECORDS "expect e { claim record on swift proof record on swift match ref" WHAT,
	 "p:3:40: claim and proof are rows of one record; tell them apart by \"where\" in both\n"},
	{RECORDS CORE "expect e { claim record on core proof record on orders match ref" WHAT,
	 "p:4:18: core is no record but a link; write: card.response on core\n"},
	{RECORDS CORE "expect e { claim card.response on core proof card.any on orders match rrn" WHAT,
	 "p:4:46: orders is a record; write: record on orders\n"},
	{RECORDS CORE "expect e { claim card.response on core where ref = \"x\" proof record on orders match rrn" WHAT,
	 "p:4:46: no condition or field is called \"ref\"; did you mean \"rrn\"?\n"},
	{RECORDS CORE "expect e { claim card.response on core proof record on orders match ref" WHAT,
	 "p:4:18: core is no record and has no ref; match by a field of messages, such as rrn\n"},
	{RECORDS CORE "expect e { claim card.response on core proof record on swift match rrn unless stand_in" WHAT,
	 "p:4:8: records sign off nowhere and owe no advice; leave this excuse out of \"unless\"\n"},
	{RECORDS CORE "conserve c { claim card.response on core proof record on swift every 60s otherwise hold low }",
	 "p:4:48: expected a kind of message such as card.response, found \"record\"; write: proof card.response on "
	 "core "
	 "where approved\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
names_in_the_list_must_agree_beside_ways_to_match(void **state)
{
	(void)state;
	const struct cs_policy *policy =
		compiled(RECORDS "expect e { claim record on swift where kind = \"payment\" and not ref starts \"X\" "
				 "proof record on orders match payee, amount and (ref)" WHAT);
	const struct cs_expect *expect = &policy->expect[0];
	assert_int_equal(expect->rung_n, 1);
	assert_int_equal(expect->rung[0].n, 1);
	assert_string_equal(cs_policy_field(policy, CS_KIND_RECORD, expect->rung[0].field[0]), "ref");
	assert_int_equal(expect->agree_n, 2);
	assert_int_equal(expect->agree[0], CS_FIELD_AMOUNT);
	assert_string_equal(cs_policy_field(policy, CS_KIND_RECORD, expect->agree[1]), "payee");
	assert_true(policy->link[0].paired && policy->link[1].paired);
	assert_int_equal(expect->claim.kinds, 1u << CS_KIND_RECORD);
	assert_string_equal(cs_condition_text(expect->claim.where), "kind = \"payment\" and not ref starts \"X\"");
}

static void
names_alone_are_the_way_to_match(void **state)
{
	(void)state;
	const struct cs_policy *policy = compiled(
		RECORDS "expect e { claim record on swift proof record on orders match payee, amount, ref" WHAT);
	assert_int_equal(policy->expect[0].rung_n, 1);
	assert_int_equal(policy->expect[0].rung[0].n, 2);
	assert_int_equal(policy->expect[0].agree_n, 1);
}

static void
rows_of_one_record_may_prove_each_other(void **state)
{
	(void)state;
	const struct cs_policy *policy = compiled(
		RECORDS
		"expect e { claim record on swift where kind = \"payment\" proof record on swift where kind = \"ack\" "
		"match ref within 10min after otherwise hold low }");
	assert_true(policy->link[1].paired);
	assert_false(policy->link[0].paired);
}

static void
messages_are_matched_by_what_both_have(void **state)
{
	(void)state;
	const struct cs_policy *policy =
		compiled(RECORDS CORE "expect e { claim card.response on core where approved proof record on swift "
				      "match rrn, amount, currency" WHAT);
	assert_int_equal(policy->expect[0].own, 0);
	assert_false(policy->link[2].paired);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(names_in_the_list_must_agree_beside_ways_to_match),
		cmocka_unit_test(names_alone_are_the_way_to_match),
		cmocka_unit_test(rows_of_one_record_may_prove_each_other),
		cmocka_unit_test(messages_are_matched_by_what_both_have),
	};
	int failed = cmocka_run_group_tests_name("check_record", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
