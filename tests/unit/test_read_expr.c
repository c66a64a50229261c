/*
 * Goal: operators bind as docs/policy.md says, and what is looked up or tested twice is kept once.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/read_expr.c"

#include "policy_text.h"

#define CARD                                                                                                           \
	LINKS "profile card by card { cash_1h = count() over 1h where cash spent = sum(amount) over 24h mean = "       \
	      "mean(amount) over 30d land = last(country) since = since_last() first = first_seen() mcc_last = "       \
	      "last(mcc) } money EUR\n"

static const struct complaint_row rows[] = {
	{CARD "rule r { when  then hold high }", "p:4:16: expected a condition, found \"then\"; write: when cash and "
						 "card.cash_1h >= 5 and amount > 3 * card.mean_30d\n"},
	{CARD "rule r { when cash and then hold high }", "p:4:24: expected a condition, found \"then\"; write: when "
							 "cash and card.cash_1h >= 5 and amount > 3 * card.mean_30d\n"},
	{CARD "rule r { when cash or or pin then hold high }",
	 "p:4:23: expected a condition, found \"or\"; write: when cash and card.cash_1h >= 5 and amount > 3 * "
	 "card.mean_30d\n"},
	{CARD "rule r { when (cash then hold high }",
	 "p:4:21: expected an operator or \")\", found \"then\"; write: when cash and card.cash_1h >= 5 and amount > 3 "
	 "* card.mean_30d\n"},
	{CARD "rule r { when cash) then hold high }",
	 "p:4:19: expected a clause or \"}\", found \")\"; write: of card.response on visa where approved\n"},
	{CARD "rule r { when cash pin then hold high }",
	 "p:4:20: \"pin\" begins no clause; to go on with a condition write: and pin\n"},
	{CARD "rule r { when chash then hold high }",
	 "p:4:15: no condition, field or aggregate is called \"chash\"; did you mean \"cash\"?\n"},
	{CARD "rule r { when card.cash_1h then hold high }",
	 "p:4:15: card.cash_1h is a number, which is neither true nor false; write: card.cash_1h >= 5\n"},
	{CARD "rule r { when amount then hold high }",
	 "p:4:15: amount is money, which is neither true nor false; write: amount >= 500 EUR\n"},
	{CARD "rule r { when not amount > 5 EUR and mcc then hold high }",
	 "p:4:38: mcc is text, which is neither true nor false; write: mcc = \"6011\"\n"},
	{CARD "rule r { when 5 then hold high }",
	 "p:4:15: 5 is a number, which is neither true nor false; write: card.cash_1h >= 5\n"},
	{CARD "rule r { when \"x\" then hold high }",
	 "p:4:15: \"x\" is text, which is neither true nor false; write: mcc = \"6011\"\n"},
	{CARD "rule r { when card.cash_2h > 5 then hold high }",
	 "p:4:20: no aggregate of this profile is called \"cash_2h\"; did you mean \"cash_1h\"?\n"},
	{CARD "rule r { when crad.cash_1h > 5 then hold high }",
	 "p:4:15: no profile or calendar is called \"crad\"; did you mean \"card\"?\n"},
	{CARD "rule r { when card. then hold high }",
	 "p:4:6: rule r lacks \"then\"; write: then hold high, score 40\n"
	 "p:4:21: no aggregate of this profile is called \"then\"; write one of cash_1h, spent, mean, land, since, "
	 "first, mcc_last\n"
	 "p:4:26: no clause of \"rule\" is called \"hold\"; write one of of, when, then, mode, reason, brake\n"},
	{CARD "rule r { when card.cash_1h > 5 EUR then hold high }",
	 "p:4:15: card.cash_1h is a number, and what it meets here is money; write like with like, as in: card.cash_1h "
	 ">= 5\n"},
	{CARD "rule r { when card.cash_1h > 1h then hold high }",
	 "p:4:15: card.cash_1h is a number, and what it meets here is a duration; write like with like, as in: "
	 "card.cash_1h >= 5\n"},
	{CARD "rule r { when amount > 5 then hold high }",
	 "p:4:24: 5 of what? write the currency behind it, as in 5 EUR\n"},
	{CARD "rule r { when amount > card.cash_1h then hold high }",
	 "p:4:15: amount is money, and what it meets here is a number; write like with like, as in: amount >= 500 "
	 "EUR\n"},
	{CARD "rule r { when amount > 12.505 EUR then hold high }",
	 "p:4:24: 12.505 is too large, or has more decimals than its currency; write fewer digits\n"},
	{CARD "rule r { when amount > 5 EUX then hold high }",
	 "p:4:26: no currency is called \"EUX\"; write its ISO 4217 code, as in EUR\n"},
	{CARD "rule r { when amount > \"5\" then hold high }",
	 "p:4:15: amount is money, and what it meets here is text; write like with like, as in: amount >= 500 EUR\n"},
	{CARD "rule r { when amount * amount > 5 EUR then hold high }",
	 "p:4:15: amount is money, and what it meets here is money; write like with like, as in: amount >= 500 EUR\n"},
	{CARD "rule r { when amount + 5 > 5 EUR then hold high }",
	 "p:4:15: amount is money, and what it meets here is a number; write like with like, as in: amount >= 500 "
	 "EUR\n"},
	{CARD "rule r { when 5 EUR + 5 USD > amount then hold high }",
	 "p:4:15: 5 EUR is not in the currency of what it meets; write both in one currency\n"},
	{CARD "rule r { when card.mean > 5 USD then hold high }",
	 "p:4:15: card.mean is not in the currency of what it meets; write both in one currency\n"},
	{CARD "rule r { when card.first + card.first > 2026-01-01 then hold high }",
	 "p:4:15: card.first is a time, and what it meets here is a time; write like with like, as in: card.first < "
	 "2026-01-01\n"},
	{CARD "rule r { when card.since > 5 then hold high }",
	 "p:4:15: card.since is a duration, and what it meets here is a number; write like with like, as in: "
	 "card.since_last < 5min\n"},
	{CARD "rule r { when card.first > 5d then hold high }",
	 "p:4:15: card.first is a time, and what it meets here is a duration; write like with like, as in: card.first "
	 "< 2026-01-01\n"},
	{CARD "rule r { when mcc = 6011 then hold high }",
	 "p:4:21: 6011 is a number, and this field is text; write \"6011\"\n"},
	{CARD "rule r { when mcc > \"6011\" then hold high }",
	 "p:4:15: mcc is text, and can only be equal or not; write = or !=\n"},
	{CARD "rule r { when mcc = \"\" then hold high }",
	 "p:4:21: no field is ever an empty text; write \"is missing\" instead\n"},
	{CARD "rule r { when mcc = \"12345678901234567\" then hold high }",
	 "p:4:21: \"12345678901234567\" is longer than the 16 characters a field keeps; write fewer\n"},
	{CARD "rule r { when mcc + \"x\" = \"y\" then hold high }",
	 "p:4:15: mcc is text, and what it meets here is text; write like with like, as in: mcc = \"6011\"\n"},
	{CARD "rule r { when mcc = DE then hold high }",
	 "p:4:21: DE is no field and no condition; if it is a text, write \"DE\"\n"},
	{CARD "rule r { when mcc = 5 EUR then hold high }",
	 "p:4:15: mcc is text, and what it meets here is money; write like with like, as in: mcc = \"6011\"\n"},
	{CARD "rule r { when country = GERMANY then hold high }",
	 "p:4:25: no condition, field or aggregate is called \"GERMANY\"; write one of approved, declined, partial, "
	 "cash, purchase, inquiry, refund, repeat, pin, chip, magstripe, fallback, arqc, arpc, round, fraud, stan, "
	 "rrn, "
	 "terminal, merchant, acquirer, forwarder, ...\n"},
	{CARD "rule r { when country = XX then hold high }",
	 "p:4:25: no country is called \"XX\"; write its ISO 3166 code, as in DE\n"},
	{CARD "rule r { when country = mcc then hold high }",
	 "p:4:15: country is a country, and what it meets here is text; write like with like, as in: country = DE\n"},
	{CARD "rule r { when currency = EUX then hold high }",
	 "p:4:26: no currency is called \"EUX\"; write its ISO 4217 code, as in EUR\n"},
	{CARD "rule r { when card = \"x\" then hold high }",
	 "p:4:22: card is a secret token; write card is missing, or card in LIST\n"},
	{CARD "rule r { when card = 5 then hold high }",
	 "p:4:22: card is a secret token; write card is missing, or card in LIST\n"},
	{CARD "rule r { when mcc in \"6011\" then hold high }",
	 "p:4:22: expected the name of a list, or \"(\", found the text \"6011\"; write: when cash and card.cash_1h >= "
	 "5 and amount > 3 * card.mean_30d\n"},
	{CARD "rule r { when mcc in () then hold high }",
	 "p:4:23: expected a text, found \")\"; write: mcc in (\"6011\", \"4829\")\n"},
	{CARD "rule r { when mcc in (\"6011\" then hold high }",
	 "p:4:30: expected \",\" or \")\", found \"then\"; write: mcc in (\"6011\", \"4829\")\n"},
	{CARD "rule r { when mcc in (\"6011\", 1h) then hold high }",
	 "p:4:31: expected a text, found \"1h\"; write: mcc in (\"6011\", \"4829\")\n"},
	{CARD "rule r { when amount in (\"5\") then hold high }",
	 "p:4:15: amount is no text and cannot be one of several; write: mcc in (\"6011\", \"4829\")\n"},
	{CARD "rule r { when mcc in (6011) then hold high }",
	 "p:4:23: 6011 is a number, and this field is text; write \"6011\"\n"},
	{CARD "rule r { when cash in (\"x\") then hold high }",
	 "p:4:15: cash is no text and cannot be one of several; write: mcc in (\"6011\", \"4829\")\n"},
	{CARD "rule r { when mcc in hot then hold high }",
	 "p:4:22: no list is called \"hot\"; add one, as in: list hot { of terminal  holds \"ATM00042\" }\n"},
	{CARD "rule r { when 5 is missing then hold high }",
	 "p:4:15: 5 is never missing; ask it of a field or an aggregate, as in: card is missing\n"},
	{CARD "rule r { when amount is then hold high }",
	 "p:4:25: expected \"missing\", found \"then\"; write: when cash and card.cash_1h >= 5 and amount > 3 * "
	 "card.mean_30d\n"},
	{CARD "rule r { when cash is missing then hold high }",
	 "p:4:15: cash is never missing; ask it of a field or an aggregate, as in: card is missing\n"},
	{CARD "rule r { when amount starts \"5\" then hold high }",
	 "p:4:15: amount is no text and starts with nothing; write: mcc starts \"60\"\n"},
	{CARD "rule r { when mcc starts 6 then hold high }",
	 "p:4:26: expected a text between \" and \", found \"6\"; write: when cash and card.cash_1h >= 5 and amount > "
	 "3 * card.mean_30d\n"},
	{CARD "rule r { when card starts \"4\" then hold high }",
	 "p:4:15: card is a secret token and starts with nothing that is known; write: bin starts \"4\"\n"},
	{CARD "rule r { when 1 < card.cash_1h < 5 then hold high }",
	 "p:4:15: 1 < card.cash_1h is a condition, and what it meets here is a number; write like with like, as in: "
	 "approved and cash\n"},
	{CARD "rule r { when cash > 5 then hold high }", "p:4:15: cash is a condition, and what it meets here is a "
							 "number; write like with like, as in: approved and cash\n"},
	{CARD "rule r { when fraud then hold high }",
	 "p:4:15: whether it was fraud is known days later; use it in an aggregate with a delay, as in: risk_7d = "
	 "share(fraud) over 7d delay 7d\n"},
	{CARD "rule r { when distance(country) > 5 then hold high }",
	 "p:4:31: expected \",\" and the other place, found \")\"; write: distance(country, card.last_country)\n"},
	{CARD "rule r { when distance(country, terminal) > 5 then hold high }",
	 "p:4:33: of terminal it is not known where it is; write country, or a field that \"places\" has\n"},
	{CARD "rule r { when distance(country, card.mean) > 5 then hold high }",
	 "p:4:38: of mean it is not known where it is; write country, or a field that \"places\" has\n"},
	{CARD "rule r { when distance(country, card.land) > 5 EUR then hold high }",
	 "p:4:15: distance(country, card.land) is a number, and what it meets here is money; write like with like, as "
	 "in: card.cash_1h >= 5\n"},
	{CARD "rule r { when age(card.mean) > 5d then hold high }",
	 "p:4:19: only what was seen first or last has an age; write: age(card.first), with first = first_seen()\n"},
	{CARD "rule r { when age(card.first) > 5 then hold high }",
	 "p:4:15: age(card.first) is a duration, and what it meets here is a number; write like with like, as in: "
	 "card.since_last < 5min\n"},
	{CARD "rule r { when age(first) > 5d then hold high }",
	 "p:4:19: first of which profile? write it as in: card.first\n"},
	{CARD "rule r { when count(card) > 5 then hold high }",
	 "p:4:15: nothing is called count(...) here; write distance(country, card.last_country) or age(card.first)\n"},
	{CARD "rule r { when card.first > 2026-02-30 then hold high }",
	 "p:4:28: 2026-02-30 is no day or time of day; write a day as 2027-06-30, a time as 22:00\n"},
	{CARD "rule r { when 2 EUR > 1 USD then hold high }",
	 "p:4:15: 2 EUR is not in the currency of what it meets; write both in one currency\n"},
	{CARD "rule r { when card.cash_1h > 0.0000000000000000001 then hold high }",
	 "p:4:30: 0.0000000000000000001 has too many decimals; write 16 at most\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static const struct cs_behave_policy *
rule(const char *when)
{
	char at[4096];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, CARD
		    "calendar bank { night 22:00..06:00 }\nlist hot { of terminal holds \"T1\" }\n"
		    "record tx { source csv time from \"t\" field rank number from \"r\" field kind text from \"k\" }\n"
		    "rule r { when ");
	cs_text_put(&text, when);
	cs_text_put(&text, " then hold high }\n");
	return compiled(at)->behave;
}

static const struct cs_test *
only_test(const char *when)
{
	const struct cs_behave_policy *behave = rule(when);
	assert_int_equal(behave->rule[0].when->n, 1);
	return &behave->program.test[behave->rule[0].when->step[0]];
}

/* Tests as letters in their order of appearance, & | ! for the operators: postfix. */
static void
assert_shape(const char *when, const char *want)
{
	const struct cs_logic *logic = rule(when)->rule[0].when;
	char at[128];
	struct cs_text text = cs_text_over(at, sizeof at);
	uint16_t seen[26];
	unsigned n = 0;
	for (unsigned i = 0; i < logic->n; i++) {
		uint16_t step = logic->step[i];
		unsigned nth = 0;
		while (nth < n && seen[nth] != step)
			nth++;
		if (step < CS_LOGIC_AND && nth == n)
			seen[n++] = step;
		cs_text_put_char(&text, step == CS_LOGIC_AND   ? '&'
					: step == CS_LOGIC_OR  ? '|'
					: step == CS_LOGIC_NOT ? '!'
							       : (char)('a' + nth));
	}
	assert_string_equal(at, want);
}

static void
operators_bind(void **state)
{
	(void)state;
	assert_shape("cash", "a");
	assert_shape("cash and pin or chip", "ab&c|");
	assert_shape("cash or pin and chip", "abc&|");
	assert_shape("not cash and pin", "a!b&");
	assert_shape("not (cash and pin)", "ab&!");
	assert_shape("not not cash", "a!!");
	assert_shape("cash and cash", "aa&");
	assert_shape("not card.cash_1h > 5 and (pin or (chip))", "a!bc|&");
	assert_shape("mcc in (\"6011\", \"4829\", \"6012\") and cash", "ab|c|d&");
	assert_true(rule("cash and pin and chip")->rule[0].when->all);
	assert_false(rule("cash and not pin")->rule[0].when->all);
	assert_false(rule("cash or pin")->rule[0].when->all);
}

static void
assert_expr(const struct cs_expr *expr, const char *want)
{
	static const char signs[] = "lc+-*/";
	char at[64];
	struct cs_text text = cs_text_over(at, sizeof at);
	for (unsigned i = 0; i < expr->n; i++)
		cs_text_put_char(&text, signs[expr->step[i].op]);
	assert_string_equal(at, want);
}

static void
steps_are_postfix(void **state)
{
	(void)state;
	const struct cs_test *test = only_test("amount + 5 EUR * 2 - card.mean >= 3 * (card.spent - 1.5 EUR) / 2");
	assert_int_equal(test->kind, CS_TEST_COMPARE);
	assert_int_equal(test->compare, CS_COMPARE_GREATER | CS_COMPARE_EQUAL);
	assert_expr(&test->left, "lcc*+l-");
	assert_expr(&test->right, "clc-*c/");
	assert_int_equal(test->left.type, CS_VALUE_MONEY);
	assert_int_equal(test->left.currency, 978);
	assert_true(test->left.step[1].constant.num == 500);
	assert_true(test->right.step[2].constant.num == 150);
	test = only_test("card.spent / card.mean > 250% + 0.5");
	assert_int_equal(test->left.type, CS_VALUE_NUMBER);
	assert_true(test->right.step[0].constant.num == 250 && test->right.step[0].constant.den == 100);
	assert_true(test->right.step[1].constant.num == 5 && test->right.step[1].constant.den == 10);
	test = only_test("now - card.first < 3 * 1d");
	assert_int_equal(test->left.type, CS_VALUE_DURATION);
	assert_int_equal(test->right.type, CS_VALUE_DURATION);
	test = only_test("card.first + 30d >= 2026-01-01");
	assert_int_equal(test->right.type, CS_VALUE_TIME);
	assert_true(test->right.step[0].constant.num == INT64_C(1767225600000000000));
	assert_int_equal(only_test("card.since / 1h < 2")->left.type, CS_VALUE_NUMBER);
	assert_int_equal(only_test("rank * 2 > 5")->left.type, CS_VALUE_NUMBER);
}

static void
words_are_kept_as_written(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave = rule("cash and card.cash_1h  >= # or more\n 5 and not (amount >\n3 * "
						     "card.mean) and mcc in (\"6011\", \"4829\")");
	assert_string_equal(behave->rule[0].when->text,
			    "cash and card.cash_1h >= 5 and not (amount > 3 * card.mean) and mcc "
			    "in (\"6011\", \"4829\")");
	assert_int_equal(behave->program.test_n, 5);
	assert_string_equal(behave->program.test[0].words, "cash");
	assert_string_equal(behave->program.test[1].words, "card.cash_1h >= 5");
	assert_string_equal(behave->program.test[1].right.text, "5");
	assert_string_equal(behave->program.test[2].words, "amount > 3 * card.mean");
	assert_string_equal(behave->program.test[2].right.text, "3 * card.mean");
	assert_string_equal(behave->program.test[3].words, "mcc = \"6011\"");
	assert_int_equal(behave->program.test[1].place.line, 7);
}

static void
assert_text(const char *when, const char *text, enum cs_test_kind kind, unsigned compare)
{
	const struct cs_test *test = only_test(when);
	assert_int_equal(test->kind, kind);
	assert_int_equal(test->compare, compare);
	assert_string_equal(test->text.at, text);
	assert_int_equal(test->len, strlen(text));
}

static void
texts_are_compared_as_events_have_them(void **state)
{
	(void)state;
	const unsigned unequal = CS_COMPARE_LESS | CS_COMPARE_GREATER;
	assert_text("mcc = \"6011\"", "6011", CS_TEST_EQUAL, CS_COMPARE_EQUAL);
	assert_text("\"6011\" != mcc", "6011", CS_TEST_EQUAL, unequal);
	assert_text("mcc starts \"60\"", "60", CS_TEST_STARTS, 0);
	assert_text("mti = 0210", "0210", CS_TEST_EQUAL, CS_COMPARE_EQUAL);
	assert_text("bin = \"400000\"", "400000", CS_TEST_EQUAL, CS_COMPARE_EQUAL);
	assert_text("country = DE", "276", CS_TEST_EQUAL, CS_COMPARE_EQUAL);
	assert_text("country != \"DE\"", "276", CS_TEST_EQUAL, unequal);
	assert_text("country = \"008\"", "008", CS_TEST_EQUAL, CS_COMPARE_EQUAL);
	assert_text("card.land = AL", "008", CS_TEST_EQUAL, CS_COMPARE_EQUAL);
	assert_text("currency = EUR", "978", CS_TEST_EQUAL, CS_COMPARE_EQUAL);
	assert_text("currency in (ALL)", "008", CS_TEST_EQUAL, CS_COMPARE_EQUAL);
	assert_text("kind = \"raise\"", "raise", CS_TEST_EQUAL, CS_COMPARE_EQUAL);
	assert_int_equal(only_test("country != card.land")->kind, CS_TEST_SAME);
	assert_int_equal(only_test("country != card.land")->compare, unequal);
	assert_int_equal(only_test("card is missing")->kind, CS_TEST_MISSING);
	assert_int_equal(only_test("card.mean is missing")->kind, CS_TEST_MISSING);
}

static const struct cs_load *
load_of_test(const char *when)
{
	const struct cs_behave_policy *behave = rule(when);
	const struct cs_test *test = &behave->program.test[behave->rule[0].when->step[0]];
	return &behave->program.load[test->kind == CS_TEST_COMPARE ? test->left.step[0].load : test->load];
}

static void
loads_say_what_is_looked_up(void **state)
{
	(void)state;
	const struct cs_load *load = load_of_test("amount > 500 USD");
	assert_int_equal(load->kind, CS_LOAD_MONEY);
	assert_int_equal(load->field, CS_FIELD_AMOUNT);
	assert_int_equal(load->currency, 840);
	load = load_of_test("billing_amount > card.mean and amount > 1 EUR");
	assert_int_equal(load->currency, 978);
	load = load_of_test("rank > 5");
	assert_int_equal(load->kind, CS_LOAD_DIGITS);
	assert_true(load->record);
	load = load_of_test("card.mean > 5 EUR");
	assert_int_equal(load->kind, CS_LOAD_AGGREGATE);
	assert_int_equal(load->a, 2);
	load = load_of_test("age(card.first) < 30d");
	assert_int_equal(load->kind, CS_LOAD_AGE);
	assert_int_equal(load->a, 5);
	assert_int_equal(load->type, CS_VALUE_DURATION);
	load = load_of_test("bank.night");
	assert_int_equal(load->kind, CS_LOAD_CALENDAR);
	assert_int_equal(load->b, CS_CALENDAR_NIGHT);
	load = load_of_test("terminal in hot");
	assert_int_equal(load->kind, CS_LOAD_LISTED);
	assert_int_equal(load->field, CS_FIELD_TERMINAL);
	load = load_of_test("now > 2026-01-01");
	assert_int_equal(load->kind, CS_LOAD_NOW);
	const struct cs_behave_policy *behave =
		rule("distance(country, card.land) > 500 and distance(country, card.land) < 900");
	assert_int_equal(behave->program.load_n, 4); /* with that of `cash` */
	load = &behave->program.load[3];
	assert_int_equal(load->kind, CS_LOAD_DISTANCE);
	assert_int_equal(behave->program.load[load->a].kind, CS_LOAD_SPOT);
	assert_int_equal(behave->program.load[load->a].a, CS_SPOT_COUNTRY);
	assert_int_equal(behave->program.load[load->b].kind, CS_LOAD_SPOT_LAST);
	assert_int_equal(behave->program.load[load->b].a, 3);
	assert_int_equal(behave->program.load[load->b].b, CS_SPOT_COUNTRY);
}

static void
costs_are_known(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave = rule("cash and amount > 3 * card.mean");
	assert_int_equal(cs_logic_cost(&behave->program, behave->rule[0].when), 3 + 1 + 3);
	assert_int_equal(cs_logic_cost(&behave->program, NULL), 0);
}

static void
assert_refused(const char *before, const char *each, unsigned n, const char *after)
{
	static char at[16384];
	struct cs_text text = cs_text_over(at, sizeof at);
	const struct cs_policy *policy = NULL;
	cs_text_put(&text, CARD "rule r { when ");
	cs_text_put(&text, before);
	while (n--)
		cs_text_put(&text, each);
	cs_text_put(&text, after);
	cs_text_put(&text, " then hold high }");
	assert_int_equal(compile(at, text.len, &policy), CS_E_SYNTAX);
	assert_int_equal(complaints.all_n, 1);
	assert_non_null(strstr(complaints.at[0].text, "; make it "));
}

static void
depth_and_length_have_limits(void **state)
{
	(void)state;
	assert_refused("", "(", 33, "cash");
	assert_refused("", "not ", 33, "cash");
	assert_refused("cash", " and cash", 40, "");
	assert_refused("card.cash_1h > 1", " + 1", 16, "");
	assert_refused("card.cash_1h > ", "1 + (", 9, "1)))))))))");
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Whatever the condition: an answer, in bounds; sanitizers watch. */
static void
noise_is_answered(void **state)
{
	(void)state;
	static const char *const pieces[] = {"amount > 5 EUR ",
					     "card.cash_1h >= 5 ",
					     "mcc = \"6011\" ",
					     "and ",
					     "or ",
					     "cash ",
					     "and ",
					     "or ",
					     "not ",
					     "( ",
					     ") ",
					     "card.cash_1h ",
					     "card.mean ",
					     "amount ",
					     "> ",
					     "= ",
					     "!= ",
					     "5 ",
					     "5 EUR ",
					     "1.5 ",
					     "50% ",
					     "1h ",
					     "2026-01-01 ",
					     "+ ",
					     "- ",
					     "* ",
					     "/ ",
					     "mcc ",
					     "\"6011\" ",
					     "in ",
					     ", ",
					     "is ",
					     "missing ",
					     "starts ",
					     "country ",
					     "DE ",
					     "card.land ",
					     "distance(country, card.land) ",
					     "age(card.first) ",
					     "now ",
					     "card ",
					     "x ",
					     "then "};
	uint32_t seed = 7;
	unsigned good = 0;
	for (unsigned round = 0; round < 4000; round++) {
		char at[2048];
		struct cs_text text = cs_text_over(at, sizeof at);
		const struct cs_policy *policy = NULL;
		cs_text_put(&text, CARD "rule r { when ");
		for (unsigned n = 1 + next_random(&seed) % (round % 2 ? 12 : 4); n; n--)
			cs_text_put(&text, pieces[next_random(&seed) % (sizeof pieces / sizeof pieces[0])]);
		cs_text_put(&text, " then hold high }");
		enum cs_error error = compile(at, text.len, &policy);
		assert_true(error == CS_OK || error == CS_E_SYNTAX);
		assert_int_equal(error == CS_OK, policy != NULL);
		good += error == CS_OK;
	}
	assert_true(good > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operators_bind),
		cmocka_unit_test(steps_are_postfix),
		cmocka_unit_test(words_are_kept_as_written),
		cmocka_unit_test(texts_are_compared_as_events_have_them),
		cmocka_unit_test(loads_say_what_is_looked_up),
		cmocka_unit_test(costs_are_known),
		cmocka_unit_test(depth_and_length_have_limits),
		cmocka_unit_test(noise_is_answered),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("read_expr", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
