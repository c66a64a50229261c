/*
 * Goal: identity goes into every rung, values into the agreement, and nothing else passes.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/read_match.c"

#include "policy_text.h"

static const struct complaint_row rows[] = {
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch\nwithin 30s before\notherwise block critical\n}",
	 "p:7:1: expected a field, found \"within\"; write: match card, amount, currency and (rrn or stan + "
	 "terminal)\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch amount\nwithin 30s before\notherwise block critical\n}",
	 "p:6:7: nothing here says which transaction it is; write: match card, amount, currency and (rrn or stan + "
	 "terminal)\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, mcc and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:6:13: mcc neither says which transaction it is nor what was agreed; leave it out, or test it behind "
	 "\"where\"\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card and rrn\nwithin 30s before\notherwise block critical\n}",
	 "p:6:16: expected \"(\", found \"rrn\"; write: match card, amount, currency and (rrn or stan + terminal)\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card and (rrn\nwithin 30s before\notherwise block critical\n}",
	 "p:7:1: expected \"or\" or \")\", found \"within\"; write: match card, amount, currency and (rrn or stan + "
	 "terminal)\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card and (rrn or)\nwithin 30s before\notherwise block critical\n}",
	 "p:6:23: expected a field, found \")\"; write: match card, amount, currency and (rrn or stan + terminal)\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card and (rrn + amount)\nwithin 30s before\notherwise block critical\n}",
	 "p:6:23: amount is a value and does not say which transaction it is; put it in the list before the "
	 "parentheses, where it must agree\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card and (rrn or bin)\nwithin 30s before\notherwise block critical\n}",
	 "p:6:24: bin does not say which transaction it is; write fields such as card, stan, rrn, terminal\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch crad\nwithin 30s before\notherwise block critical\n}",
	 "p:6:7: no field is called \"crad\"; did you mean \"card\"?\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card and (rrn or stan or terminal or merchant or acquirer or forwarder or "
	       "local_time)\nwithin 30s before\notherwise block critical\n}",
	 "p:6:81: more than 6 ways to match; leave this one out\n"},
	{LINKS
	 "expect e {\nclaim card.response on visa where approved\nproof card.response on core where approved\nmatch "
	 "card, stan, rrn, terminal, merchant, acquirer, forwarder\nwithin 30s before\notherwise block critical\n}",
	 "p:6:54: forwarder is one field too many: 6 make a way to match; leave one out\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, stan, rrn, terminal, merchant and (acquirer + forwarder)\nwithin 30s "
	       "before\notherwise block critical\n}",
	 "p:6:59: forwarder is one field too many: 6 make a way to match; leave one out\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static const struct cs_expect *
matched(const char *match)
{
	static char at[2048];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, LINKS "expect e { claim card.response on visa proof card.response on core match ");
	cs_text_put(&text, match);
	cs_text_put(&text, " within 1s before otherwise hold low }");
	return &compiled(at)->expect[0];
}

static void
one_rung_without_parentheses(void **state)
{
	(void)state;
	static const enum cs_field fields[] = {CS_FIELD_CARD, CS_FIELD_RRN};
	const struct cs_expect *expect = matched("card, amount, rrn, card");
	assert_int_equal(expect->rung_n, 1);
	assert_rung(&expect->rung[0], 2, fields);
	assert_int_equal(expect->agree_n, 1);
	assert_int_equal(expect->agree[0], CS_FIELD_AMOUNT);
}

static void
parentheses_alone(void **state)
{
	(void)state;
	static const enum cs_field first[] = {CS_FIELD_RRN};
	static const enum cs_field second[] = {CS_FIELD_STAN, CS_FIELD_TERMINAL};
	const struct cs_expect *expect = matched("(rrn or stan + terminal + stan)");
	assert_int_equal(expect->rung_n, 2);
	assert_rung(&expect->rung[0], 1, first);
	assert_rung(&expect->rung[1], 2, second);
	assert_int_equal(expect->agree_n, 0);
}

static void
common_fields_are_in_each_rung(void **state)
{
	(void)state;
	static const enum cs_field second[] = {CS_FIELD_CARD, CS_FIELD_MERCHANT, CS_FIELD_STAN};
	const struct cs_expect *expect = matched("card, merchant, currency, currency and (rrn or card + stan)");
	assert_rung(&expect->rung[1], 3, second);
	assert_int_equal(expect->agree_n, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_rung_without_parentheses),
		cmocka_unit_test(parentheses_alone),
		cmocka_unit_test(common_fields_are_in_each_rung),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("read_match", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
