/*
 * Goal: rates are exact, and the home currency is the one said, or the only one there is.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_money.c"

#include "policy_text.h"

static const struct complaint_row rows[] = {
	{LINKS "money", "p:3:6: expected a currency, found the end of the text; write: money EUR, 1 USD = 0.92 EUR\n"},
	{LINKS "money EUX", "p:3:7: no currency is called \"EUX\"; write its ISO 4217 code, as in EUR\n"},
	{LINKS "money EUR money EUR", "p:3:11: the policy's currency is said twice; leave one out\n"},
	{LINKS "money EUR, USD",
	 "p:3:12: expected a number and its currency, found \"USD\"; write: money EUR, 1 USD = 0.92 EUR\n"},
	{LINKS "money EUR, 1 USD 0.92 EUR",
	 "p:3:18: expected \"=\", found \"0.92\"; write: money EUR, 1 USD = 0.92 EUR\n"},
	{LINKS "money EUR, 1 USD = 0 EUR",
	 "p:3:20: 0 cannot stand in a rate; write a number above 0 with at most 9 decimals\n"},
	{LINKS "money EUR, 1 USD = 0.9 GBP", "p:3:12: a rate says what a foreign currency is worth in the policy's "
					     "own; write: money EUR, 1 USD = 0.92 EUR\n"},
	{LINKS "money EUR, 1 EUR = 1 EUR", "p:3:12: a rate says what a foreign currency is worth in the policy's own; "
					   "write: money EUR, 1 USD = 0.92 EUR\n"},
	{LINKS "money EUR, 1 USD = 0.9 EUR, 2 USD = 1.8 EUR",
	 "p:3:29: this currency has a rate already; leave one of the two out\n"},
	{LINKS "money EUR, 1.0000000001 USD = 0.9 EUR",
	 "p:3:12: 1.0000000001 cannot stand in a rate; write a number above 0 with at most 9 decimals\n"},
	{LINKS "money EUR, 0.000000007 USD = 999999999999 EUR",
	 "p:3:12: this rate has too many digits; write fewer, as in: 1 USD = 0.92 EUR\n"},
	{LINKS "score 5", "p:3:7: expected \"{\", found \"5\"; write: score { hold at 60  block at 90 }\n"},
	{LINKS "score { }", "p:3:1: this score decides nothing; write: score { hold at 60  block at 90 }\n"},
	{LINKS "score { hold 5 }", "p:3:14: expected \"at\", found \"5\"; write: score { hold at 60  block at 90 }\n"},
	{LINKS "score { hold at 0 }", "p:3:17: 0 cannot be a score; write one from 1 to 1000000\n"},
	{LINKS "score { hold at 5 hold at 6 }", "p:3:19: \"hold\" stands twice in this block; keep one of the two\n"},
	{LINKS "score { hold at 5 block at 5 }",
	 "p:3:1: blocking takes a higher score than holding; write: score { hold at 60  block at 90 }\n"},
	{LINKS "score { hold at 5 } score { hold at 6 }", "p:3:21: a policy has one score; leave this one out\n"},
	{LINKS "score { stop at 5 }",
	 "p:3:9: expected \"hold\", \"block\" or \"}\", found \"stop\"; write: score { hold at 60  block at 90 }\n"},
	{LINKS "profile p by card { s = sum(amount) over 1h }\nrule r { when amount > 5 USD or billing_amount > 5 EUR "
	       "then hold high }",
	 "p:3:29: in which currency is amount counted? say it once for this policy; write: money EUR\n"},
	{LINKS "rule r { when amount > billing_amount then hold high }",
	 "p:3:15: in which currency is amount counted? say it once for this policy; write: money EUR\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
assert_rate(const struct cs_rate *rate, uint16_t currency, int64_t num, uint64_t den)
{
	assert_int_equal(rate->currency, currency);
	assert_true(rate->rate.num == num);
	assert_int_equal(rate->rate.den, den);
}

static void
rates_are_exact(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave =
		compiled(LINKS "money EUR, 1 USD = 0.92 EUR, 100 JPY = 0.61 EUR, 1 KWD = 3 EUR, 1.50 GBP = 2 EUR\n"
			       "rule r { when cash then hold high }")
			->behave;
	assert_int_equal(behave->home_currency, 978);
	assert_int_equal(behave->rate_n, 4);
	assert_rate(&behave->rate[0], 840, 23, 25);
	assert_rate(&behave->rate[1], 392, 61, 100); /* a yen has no cents */
	assert_rate(&behave->rate[2], 414, 3, 10);   /* a dinar has a thousand fils */
	assert_rate(&behave->rate[3], 826, 4, 3);
}

static void
the_only_currency_is_home(void **state)
{
	(void)state;
	static const char limit[] = LINKS "profile p by card { s = sum(amount) over 1h } limit p { s < 5 JPY }";
	static const char record[] =
		LINKS "record tx { source csv time from \"t\" amount from \"a\" minor JPY } profile p "
		      "by card { s = sum(amount) over 1h }";
	static const char link[] =
		"link visa { tap port 1 frame f dialect \"d\" side issuer currency JPY } profile p by "
		"card { s = sum(amount) over 1h }";
	const char *const texts[] = {limit, record, link};
	for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(compiled(texts[i])->behave->home_currency, 392);
	assert_int_equal(compiled(LINKS "rule r { when cash then hold high }")->behave->home_currency, 0);
}

static void
a_score_needs_one_threshold(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave =
		compiled(LINKS "rule r { when cash then score 5 } score { block at 90 }")->behave;
	assert_true(behave->scores);
	assert_int_equal(behave->hold_at, 0);
	assert_int_equal(behave->block_at, 90);
	assert_null(compiled(LINKS "score { hold at 5 } money EUR")->behave);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_exact),
		cmocka_unit_test(the_only_currency_is_home),
		cmocka_unit_test(a_score_needs_one_threshold),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_money", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
