/*
 * Goal: a rule is kept as written, with its defaults; the sketch of the design compiles.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_rule.c"

#include "policy_text.h"

#define CARD                                                                                                           \
	LINKS "profile card by card { cash_1h = count() over 1h where cash spent = sum(amount) over 24h mean = "       \
	      "mean(amount) over 30d land = last(country) since = since_last() first = first_seen() mcc_last = "       \
	      "last(mcc) } money EUR\n"

static const struct complaint_row rows[] = {
	{CARD "rule r {\n}",
	 "p:4:6: rule r lacks \"when\"; write: when cash and card.cash_1h >= 5 and amount > 3 * card.mean_30d\n"
	 "p:4:6: rule r lacks \"then\"; write: then hold high, score 40\n"},
	{CARD "rule { when cash then hold high }",
	 "p:4:6: expected a name, found \"{\"; write: rule burst \"title\" owner \"cards\" expires 2027-06-30 {\n"},
	{CARD "rule r owner cards { when cash then hold high }",
	 "p:4:14: expected who answers for this rule, between \" and \", found \"cards\"; write: rule burst \"title\" "
	 "owner \"cards\" expires 2027-06-30 {\n"},
	{CARD "rule r expires 2027 { when cash then hold high }",
	 "p:4:16: expected the last day it is in force, found \"2027\"; write: rule burst \"title\" owner \"cards\" "
	 "expires 2027-06-30 {\n"},
	{CARD "rule r expires 2027-02-30 { when cash then hold high }",
	 "p:4:16: 2027-02-30 is no day or time of day; write a day as 2027-06-30, a time as 22:00\n"},
	{CARD "rule r \"t\" owenr \"cards\" { when cash then hold high }",
	 "p:4:12: expected \"{\", found \"owenr\"; write: rule burst \"title\" owner \"cards\" expires 2027-06-30 {\n"},
	{CARD "rule r { when cash then hodl high }", "p:4:25: no verdict is called \"hodl\"; did you mean \"hold\"?\n"},
	{CARD "rule r { when cash then hold hihg }",
	 "p:4:30: no severity is called \"hihg\"; did you mean \"high\"?\n"},
	{CARD "rule r { when cash then hold high, block critical }",
	 "p:4:36: this rule has two verdicts; leave one out\n"},
	{CARD "rule r { when cash then score }",
	 "p:4:31: expected a score, found \"}\"; write: then hold high, score 40\n"},
	{CARD "rule r { when cash then score 0 }", "p:4:31: 0 cannot be a score; write one from 1 to 100000\n"},
	{CARD "rule r { when cash then score 5, score 6 }", "p:4:6: rule r only scores, and no score decides anything; "
							    "add to the policy: score { hold at 60  block at 90 }\n"
							    "p:4:40: this rule has two scores; leave one out\n"},
	{CARD "rule r { when cash then score 5 }", "p:4:6: rule r only scores, and no score decides anything; add to "
						   "the policy: score { hold at 60  block at 90 }\n"},
	{CARD "rule r { when cash then hold high mode shaddow }",
	 "p:4:40: expected \"shadow\" or \"live\", found \"shaddow\"; write: mode shadow\n"},
	{CARD "rule r { when cash then hold high reason many }",
	 "p:4:42: expected a text between \" and \", found \"many\"; write: reason \"{card.cash_1h} withdrawals in an "
	 "hour\"\n"},
	{CARD "rule r { when cash then hold high reason \"{card.cash_2h} in an hour\" }",
	 "p:4:42: no aggregate and no field is called \"card.cash_2h\"; between { and } stands one, as in "
	 "{card.cash_1h}\n"},
	{CARD "rule r { when cash then hold high reason \"{amuont}\" }",
	 "p:4:42: no aggregate and no field is called \"amuont\"; between { and } stands one, as in {card.cash_1h}\n"},
	{CARD "rule r { when cash then hold high reason \"{amount\" }",
	 "p:4:42: this { has no }; write both, or none\n"},
	{CARD "rule r { when cash then hold high brake 1% in 10min }",
	 "p:4:6: rule r blocks nothing, and needs no brake; leave it out, or write: then block critical  brake 1% in "
	 "10min\n"},
	{CARD "rule r { when cash then block high brake 1 in 10min }",
	 "p:4:42: expected a share of the events, as in 1%, found \"1\"; write: brake 1% in 10min\n"},
	{CARD "rule r { when cash then block high brake 0% in 10min }",
	 "p:4:42: 0% is no share; write one from 0.0001% to 100%, as in: brake 1% in 10min\n"},
	{CARD "rule r { when cash then block high brake 101% in 10min }",
	 "p:4:42: 101% is no share; write one from 0.0001% to 100%, as in: brake 1% in 10min\n"},
	{CARD "rule r { when cash then block high brake 1% in 2d }", "p:4:48: 2d is too long here; write at most 1d\n"},
	{CARD "rule r { when cash then hold high whne pin }",
	 "p:4:35: no clause of \"rule\" is called \"whne\"; did you mean \"when\"?\n"},
	{CARD "rule r { of card.response on vsa when cash then hold high }",
	 "p:4:30: no link is called \"vsa\"; did you mean \"visa\"?\n"},
	{CARD "rule r { when cash then hold high }\nrule r { when pin then hold high }",
	 "p:5:6: the name r is taken already; give this one another name\n"},
	{"record tx { source csv time from \"t\" }\nrule r { when approved then hold high }",
	 "p:2:6: this sees no event: there is no acquirer's or issuer's link, and no record with an amount; write: of "
	 "card.response on visa, record on admin\n"},
	{LINKS "rule r { when card.cash_1h > 5 then hold high }",
	 "p:3:15: no profile is called \"card\"; add one, as in: profile card by card { cash_1h = count() over 1h }\n"},
	{LINKS "rule r { when cash then hold high\nrule s { when cash then hold high }",
	 "p:3:1: this block has no end; write \"}\" behind the last clause of r\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
the_sketch_of_the_design_is_kept(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave =
		compiled(LINKS "profile card by card {\n  cash_1h   = count()           over 1h  where cash\n"
			       "  spent_24h = sum(amount)       over 24h where cash and approved\n"
			       "  lands_24h = distinct(country) over 24h\n  mean_30d = mean(amount) over 30d\n}\n"
			       "limit  card \"stands even when all else is off\" { spent_24h <= 2000 EUR }\n\n"
			       "rule burst \"many withdrawals, far above habit\" owner \"cards\" expires 2027-06-30 {\n"
			       "  when cash and card.cash_1h >= 5 and amount > 3 * card.mean_30d\n  then hold high\n  "
			       "mode shadow\n}\n")
			->behave;
	assert_int_equal(behave->home_currency, 978);
	assert_int_equal(behave->rule_n, 1);
	const struct cs_rule_clause *rule = &behave->rule[0];
	assert_string_equal(rule->name, "burst");
	assert_string_equal(rule->title, "many withdrawals, far above habit");
	assert_string_equal(rule->owner, "cards");
	assert_null(rule->reason);
	assert_int_equal(rule->expires_ns, UINT64_C(1814400000000000000)); /* the end of that day */
	assert_int_equal(rule->of.kinds[0], 1 << CS_KIND_RESPONSE);
	assert_int_equal(rule->of.kinds[1], 0);
	assert_true(rule->outcomes);
	assert_int_equal(rule->outcome.verdict, CS_VERDICT_HOLD);
	assert_int_equal(rule->outcome.severity, CS_SEVERITY_HIGH);
	assert_false(rule->live);
	assert_int_equal(rule->score, 0);
	assert_int_equal(rule->brake_ns, 0);
	assert_int_equal(rule->when->n, 5);
	assert_true(rule->when->all);
	assert_int_equal(behave->program.test_n, 4); /* approved, of a filter, is the fourth */
	assert_int_equal(behave->limit_n, 1);
	assert_string_equal(behave->limit[0].name, "card");
	assert_string_equal(behave->limit[0].holds->text, "spent_24h <= 2000 EUR");
}

static void
every_clause_is_kept(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave =
		compiled(CARD "rule a { of card.request on core where cash when pin then score +40 mode live }\n"
			      "rule b expires 2027-01-01 owner \"x\" { when pin then score -7, allow low reason "
			      "\"{card.spent} at {terminal}\" }\n"
			      "rule c { when pin then block critical }\nrule d { when pin then block high brake 0.25% "
			      "in 1h }\n"
			      "rule e { when pin then block high brake none }\nscore { hold at 60  block at 90 }")
			->behave;
	assert_int_equal(behave->rule_n, 5);
	const struct cs_rule_clause *rule = behave->rule;
	assert_int_equal(rule[0].of.kinds[0], 0);
	assert_int_equal(rule[0].of.kinds[1], 1 << CS_KIND_REQUEST);
	assert_non_null(rule[0].of.where[1]);
	assert_true(rule[0].live);
	assert_false(rule[0].outcomes);
	assert_int_equal(rule[0].score, 40);
	assert_string_equal(rule[0].owner, "");
	assert_int_equal(rule[0].expires_ns, 0);
	assert_int_equal(rule[1].score, -7);
	assert_int_equal(rule[1].outcome.verdict, CS_VERDICT_ALLOW);
	assert_string_equal(rule[1].reason, "{card.spent} at {terminal}");
	assert_string_equal(rule[1].owner, "x");
	assert_int_equal(rule[2].brake_ppm, 10000);
	assert_int_equal(rule[2].brake_ns, UINT64_C(600000000000));
	assert_int_equal(rule[3].brake_ppm, 2500);
	assert_int_equal(rule[3].brake_ns, UINT64_C(3600000000000));
	assert_int_equal(rule[4].brake_ns, 0);
	assert_true(behave->scores);
	assert_int_equal(behave->hold_at, 60);
	assert_int_equal(behave->block_at, 90);
}

static void
statements_stand_in_any_order(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave =
		compiled("rule r { when p.n > 5 and kind = \"x\" and not c.night then hold high }\n"
			 "calendar c { night 22:00..06:00 }\nprofile q by mcc { m = count() over 1h }\n"
			 "profile p by kind { n = count() over 1h of record on tx }\n"
			 "record tx { source csv time from \"t\" amount from \"a\" minor EUR field kind text from "
			 "\"k\" }\n" LINKS)
			->behave;
	assert_int_equal(behave->profile[1].first, 1);
	assert_int_equal(behave->program.load[0].kind, CS_LOAD_AGGREGATE);
	assert_int_equal(behave->program.load[0].a, 1);
	assert_true(behave->program.load[1].record);
	assert_int_equal(behave->program.load[1].field, CS_FIELD_FORWARDER);
}

static void
the_table_has_a_limit(void **state)
{
	(void)state;
	static char at[65536];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, LINKS);
	for (unsigned i = 0; i < CS_RULES_MAX + 1; i++) {
		cs_text_put(&text, "rule r");
		cs_text_put_u64(&text, i);
		cs_text_put(&text, " { when cash then hold high }\n");
	}
	assert_complaints(at, "p:259:6: rule r256 is one too many: a policy has at most 256; leave one out\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sketch_of_the_design_is_kept),
		cmocka_unit_test(every_clause_is_kept),
		cmocka_unit_test(statements_stand_in_any_order),
		cmocka_unit_test(the_table_has_a_limit),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_rule", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
