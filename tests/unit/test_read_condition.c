/*
 * Goal: conditions compile with their precedence, types are checked, and depth and length are bounded.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/read_condition.c"

#include "policy_text.h"

static const struct complaint_row rows[] = {
	{LINKS "expect e {\nclaim card.response on visa where \nproof card.response on core where approved\nmatch "
	       "card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:5:1: expected a condition, found \"proof\"; write: claim card.response on visa where approved\n"},
	{LINKS "expect e {\nclaim card.response on visa where aproved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:35: no condition or field is called \"aproved\"; did you mean \"approved\"?\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved and\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:5:1: expected a condition, found \"proof\"; write: claim card.response on visa where approved\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved or or cash\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:47: expected a condition, found \"or\"; write: claim card.response on visa where approved\n"},
	{LINKS "expect e {\nclaim card.response on visa where not\nproof card.response on core where approved\nmatch "
	       "card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:5:1: expected a condition, found \"proof\"; write: claim card.response on visa where approved\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved cash\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:44: \"cash\" begins no clause; to go on with a condition write: and cash\n"},
	{LINKS "expect e {\nclaim card.response on visa where (approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:5:1: expected \"and\", \"or\" or \")\", found \"proof\"; write: claim card.response on visa where "
	 "approved\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved)\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:43: expected a clause or \"}\", found \")\"; write: claim card.response on visa where approved\n"},
	{LINKS "expect e {\nclaim card.response on visa where amount > 500\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:44: 500 of what? write the currency behind it, as in 500 EUR\n"},
	{LINKS "expect e {\nclaim card.response on visa where amount > \"500\"\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:44: amount is money; write an amount with its currency, amount >= 500 EUR\n"},
	{LINKS "expect e {\nclaim card.response on visa where amount >= 12.505 EUR\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:45: 12.505 is too large, or has more decimals than its currency; write fewer digits\n"},
	{LINKS "expect e {\nclaim card.response on visa where amount > 500 EUX\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:48: no currency is called \"EUX\"; write its ISO 4217 code, as in EUR\n"},
	{LINKS "expect e {\nclaim card.response on visa where amount = 99999999999999999 EUR\nproof card.response on "
	       "core where approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:44: 99999999999999999 is too large, or has more decimals than its currency; write fewer digits\n"},
	{LINKS "expect e {\nclaim card.response on visa where amount starts \"5\"\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:42: amount is money; write an amount with its currency, amount >= 500 EUR\n"},
	{LINKS "expect e {\nclaim card.response on visa where amount\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:35: amount is money; write an amount with its currency, amount >= 500 EUR\n"},
	{LINKS "expect e {\nclaim card.response on visa where amount > EUR\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:44: amount is money; write an amount with its currency, amount >= 500 EUR\n"},
	{LINKS "expect e {\nclaim card.response on visa where mcc = 6011\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:41: 6011 is a number, and this field is text; write \"6011\"\n"},
	{LINKS "expect e {\nclaim card.response on visa where mcc = 10s\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:41: mcc is text; write mcc = \"01\"\n"},
	{LINKS "expect e {\nclaim card.response on visa where mcc = \"\"\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:41: no field is ever an empty text; write \"is missing\" instead\n"},
	{LINKS "expect e {\nclaim card.response on visa where merchant = \"12345678901234567\"\nproof card.response on "
	       "core where approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:46: \"12345678901234567\" is longer than the 16 characters a field keeps; write fewer\n"},
	{LINKS "expect e {\nclaim card.response on visa where merchant = \"caf\303\251\"\nproof card.response on core "
	       "where approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:46: \"caf\303\251\" is not plain ASCII, and no such field is; write it without accents\n"},
	{LINKS "expect e {\nclaim card.response on visa where mcc in \"6011\"\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:42: expected \"(\" behind \"in\", found the text \"6011\"; write: mcc in (\"6011\", \"4829\")\n"},
	{LINKS "expect e {\nclaim card.response on visa where mcc in (\"6011\"\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:5:1: expected \",\" or \")\", found \"proof\"; write: mcc in (\"6011\", \"4829\")\n"},
	{LINKS "expect e {\nclaim card.response on visa where mcc in ()\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:43: mcc is text; write mcc = \"01\"\n"},
	{LINKS "expect e {\nclaim card.response on visa where mcc in (\"6011\", 5)\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:51: 5 is a number, and this field is text; write \"5\"\n"},
	{LINKS "expect e {\nclaim card.response on visa where card = \"x\"\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:40: card is a secret token and can only be there or not; write card is missing\n"},
	{LINKS "expect e {\nclaim card.response on visa where card\nproof card.response on core where approved\nmatch "
	       "card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:35: card is a secret token and can only be there or not; write card is missing\n"},
	{LINKS "expect e {\nclaim card.response on visa where currency > EUR\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:44: currency is a currency; write currency = EUR or currency != EUR\n"},
	{LINKS "expect e {\nclaim card.response on visa where currency = \"EURO\"\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:46: no currency is called \"EURO\"; write its ISO 4217 code, as in EUR\n"},
	{LINKS "expect e {\nclaim card.response on visa where currency starts \"E\"\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:44: currency is a currency; write currency = EUR or currency != EUR\n"},
	{LINKS "expect e {\nclaim card.response on visa where mti = 10s\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:41: mti is digits; write mti = \"0200\"\n"},
	{LINKS "expect e {\nclaim card.response on visa where mcc is there\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:42: expected \"missing\", found \"there\"; write: claim card.response on visa where approved\n"},
	{LINKS "expect e {\nclaim card.response on visa where mcc ~ \"x\"\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:39: \"~\" means nothing here; remove it, or put text between \" and \"\n"},
	{LINKS "expect e {\nclaim card.response on visa where mcc = \"x\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:41: this text has no closing \" on its line, or is not UTF-8; write \"text\" on one line\n"},
	{LINKS "expect e {\nclaim card.response on visa where mcc == \"1\"\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:40: mcc is text; write mcc = \"01\"\n"},
	{LINKS "expect e {\nclaim card.response on visa where balance < \"0\"\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:45: balance is money; write an amount with its currency, balance >= 500 EUR\n"},
	{LINKS "expect e {\nclaim card.response on visa where cash or cash or cash or cash or cash or cash or cash or "
	       "cash or cash or cash or cash or cash or cash or cash or cash or cash or cash or cash or cash or cash "
	       "or cash or cash or cash or cash or cash or cash or cash or cash or cash or cash or cash or cash or "
	       "cash\nproof card.response on core where approved\nmatch card, amount and (rrn)\nwithin 30s "
	       "before\notherwise block critical\n}",
	 "p:5:1: this condition has more than 64 steps; make it shorter, or two clauses of it\n"},
	{LINKS "expect e {\nclaim card.response on visa where "
	       "(((((((((((((((((((((((((((((((((cash)))))))))))))))))))))))))))))))))\nproof card.response on core "
	       "where approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:67: this condition is nested more than 32 deep; make it flatter\n"},
	{LINKS "expect e {\nclaim card.response on visa where not not not not not not not not not not not not not not "
	       "not not not not not not not not not not not not not not not not not not not cash\nproof card.response "
	       "on core where approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:4:163: this condition is nested more than 32 deep; make it flatter\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static const struct cs_condition *
condition(const char *where)
{
	static char at[4096];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, LINKS "expect e { claim card.response on visa where ");
	cs_text_put(&text, where);
	cs_text_put(&text, "\nproof card.response on core match rrn within 1s before otherwise hold low }");
	return compiled(at)->expect[0].claim.where;
}

/* The program as letters: words by their first letter, & | ! for the operators, ? for a comparison. */
static void
assert_program(const char *where, const char *want)
{
	char at[CS_CONDITION_NODES_MAX + 1];
	struct cs_text text = cs_text_over(at, sizeof at);
	const struct cs_condition *program = condition(where);
	for (unsigned i = 0; i < program->n; i++) {
		const struct cs_step *step = &program->step[i];
		cs_text_put_char(&text, step->op == CS_STEP_AND    ? '&'
					: step->op == CS_STEP_OR   ? '|'
					: step->op == CS_STEP_NOT  ? '!'
					: step->op == CS_STEP_WORD ? cs_condition_word(step->word)[0]
								   : '?');
	}
	assert_string_equal(at, want);
}

static void
precedence(void **state)
{
	(void)state;
	assert_program("approved or cash and pin", "acp&|");
	assert_program("approved and cash or pin", "ac&p|");
	assert_program("(approved or cash) and pin", "ac|p&");
	assert_program("not approved and cash", "a!c&");
	assert_program("not (approved and cash)", "ac&!");
	assert_program("not not approved", "a!!");
	assert_program("approved or cash or pin", "ac|p|");
	assert_program("not mcc = \"6011\" and cash", "?!c&");
	assert_program("((approved)) and ((cash or not pin))", "acp!|&");
	assert_program("mcc in (\"1\", \"2\", \"3\") and cash", "??|?|c&");
}

static void
literals_are_kept(void **state)
{
	(void)state;
	const struct cs_step *step = condition("amount >= 12.5 EUR")->step;
	assert_int_equal(step->op, CS_STEP_MONEY);
	assert_int_equal(step->compare, CS_COMPARE_GREATER | CS_COMPARE_EQUAL);
	assert_int_equal(cs_money_minor(step->money), 1250);
	assert_int_equal(cs_money_currency(step->money), 978);
	assert_int_equal(cs_money_minor(condition("amount = 500 JPY")->step->money), 500);
	assert_int_equal(cs_money_minor(condition("amount = 1 KWD")->step->money), 1000);
	step = condition("currency != \"978\"")->step;
	assert_int_equal(step->op, CS_STEP_CURRENCY);
	assert_int_equal(step->currency, 978);
	step = condition("mti = 0200")->step;
	assert_int_equal(step->op, CS_STEP_TEXT);
	assert_string_equal(step->text.at, "0200");
	step = condition("terminal starts \"ATM\"")->step;
	assert_int_equal(step->op, CS_STEP_STARTS);
	assert_int_equal(step->len, 3);
}

static void
limits_are_reached_exactly(void **state)
{
	(void)state;
	char at[1024];
	struct cs_text text = cs_text_over(at, sizeof at);
	for (unsigned i = 0; i < 32; i++)
		cs_text_put(&text, "(");
	cs_text_put(&text, "cash");
	for (unsigned i = 0; i < 32; i++)
		cs_text_put(&text, ")");
	assert_program(at, "c");
	text = cs_text_over(at, sizeof at);
	for (unsigned i = 0; i < 31; i++)
		cs_text_put(&text, "cash or ");
	cs_text_put(&text, "not cash");
	assert_int_equal(cs_condition_cost(condition(at)), CS_CONDITION_NODES_MAX);
}

static void
text_is_kept_on_one_line(void **state)
{
	(void)state;
	assert_string_equal(
		cs_condition_text(condition("  cash # a remark with \"quotes\n\t and   mcc = \"60  1#\" # end")),
		"cash and mcc = \"60  1#\"");
	assert_string_equal(cs_condition_text(NULL), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(precedence),
		cmocka_unit_test(literals_are_kept),
		cmocka_unit_test(limits_are_reached_exactly),
		cmocka_unit_test(text_is_kept_on_one_line),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("read_condition", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
