/*
 * Goal: the clauses of payments are read as written, and wrong ones are refused with what to write instead.
 * Method: a story with every word, and one fault each.
 */
#include "check.h"

#include "pay_story.c"

#include "base/text.h"

static void
every_word_arrives(void **state)
{
	(void)state;
	static const char text[] =
		"start 2026-03-05 00:00\nminutes 2880\npayments 40 a_day customers 20 calm\nnew_correspondent at "
		"24:00\n"
		"attack forged-payment at 19:30 for 40min messages 12 amount 400..2500 KWD to LK misspelt lau none "
		"queried\n"
		"attack forged-payment erased unconfirmed hidden carried persons incomplete rejected_first\n"
		"attack free-instruction type 999 amount 7 EUR\nattack altered-amount times 3 lau wrong\n"
		"attack statement-silence currency JPY for 26h\n";
	struct cs_story story;
	struct cs_story_fault fault;
	assert_int_equal(cs_story_read(cs_span_text(text), &story, &fault), CS_OK);
	const struct cs_pay_story *pay = &story.pay;
	assert_int_equal(pay->per_day, 40);
	assert_int_equal(pay->customer_n, 20);
	assert_true(pay->calm);
	assert_true(pay->opens_ns == 24 * CS_HOUR);
	assert_int_equal(pay->attack_n, 5);
	assert_int_equal(pay->attack[4].currency, CS_PAY_JPY);
	assert_int_equal(pay->attack[0].message_n, 12);
	assert_true(pay->attack[0].at_ns == 19 * CS_HOUR + 30 * CS_MINUTE && pay->attack[0].for_ns == 40 * CS_MINUTE);
	assert_int_equal(pay->attack[0].low_major, 400);
	assert_int_equal(pay->attack[0].high_major, 2500);
	assert_int_equal(pay->attack[0].currency, CS_PAY_KWD);
	assert_string_equal(pay->attack[0].country, "LK");
	assert_int_equal(pay->attack[0].lau, CS_PAY_LAU_NONE);
	assert_true(pay->attack[0].misspelt && pay->attack[0].queried && !pay->attack[0].erased);
	assert_int_equal(pay->attack[1].hidden, CS_PAY_HIDDEN_CARRIED);
	assert_true(pay->attack[1].erased && pay->attack[1].unconfirmed && pay->attack[1].persons);
	assert_true(pay->attack[1].rejected && pay->attack[1].incomplete);
	assert_int_equal(pay->attack[2].type, 999);
	assert_int_equal(pay->attack[2].high_major, 7);
	assert_int_equal(pay->attack[3].factor, 3);
	assert_int_equal(pay->attack[3].lau, CS_PAY_LAU_WRONG);
	assert_string_equal(cs_pay_attack_name(pay->attack[3].kind), "altered-amount");
	assert_string_equal(cs_pay_attack_what(pay->attack[3].kind), "altered_amount");
}

static void
faults_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"payments 40", "write a_day behind the number: payments 400 a_day"},
		{"payments 0 a_day", "payments: 1 to 20000 a day, and 10 to 100000 customers"},
		{"payments 5 a_day often", "\"often\": payments have: customers calm mx bundled"},
		{"payments 5 a_day mx bundled", "payments: mx has a file for each message, so it is not bundled"},
		{"payments 5 a_day customers 9", "payments: 1 to 20000 a day, and 10 to 100000 customers"},
		{"attack forged-payment", "\"forged-payment\": write the clause payments before it"},
		{"payments 5 a_day\nattack forged-payment amount 5 XYZ",
		 "\"XYZ\": write EUR, USD, GBP, JPY or KWD here"},
		{"payments 5 a_day\nattack forged-payment to XX",
		 "\"XX\": no such country; sim/pay_place.def lists them"},
		{"payments 5 a_day\nattack forged-payment hidden well",
		 "\"well\": write how the balances are then: left, repaired or carried"},
		{"payments 5 a_day\nattack forged-payment lau stolen", "\"stolen\": write right, none or wrong here"},
		{"payments 5 a_day\nattack forged-payment messages 0",
		 "1 to 500 messages, amounts from low to high, times 2 to 1000"},
		{"payments 5 a_day\nattack free-instruction type 103",
		 "a free-format message is a 199, 299, 799 or 999"},
		{"payments 5 a_day\nattack cashout-a",
		 "payments: a story of payments has no cards; write a story for each"},
		{"payments 5 a_day\nstart 2026-03-05 00:30",
		 "payments: start at 00:00, and at most two million of them"},
		{"payments 20000 a_day\nminutes 146881", "payments: start at 00:00, and at most two million of them"},
		{"payments 5 a_day\nnew_correspondent 5",
		 "\"5\": write at and a time, for example: new_correspondent at 216:00"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cs_story story;
		struct cs_story_fault fault;
		assert_int_equal(cs_story_read(cs_span_text(rows[i].text), &story, &fault), CS_E_SYNTAX);
		assert_string_equal(fault.text, rows[i].told);
	}
}

static void
seventeen_attacks_are_too_many(void **state)
{
	(void)state;
	char text[1024];
	struct cs_text all = cs_text_over(text, sizeof text);
	struct cs_story story;
	struct cs_story_fault fault;
	cs_text_put(&all, "payments 5 a_day\n");
	for (unsigned i = 0; i < CS_PAY_ATTACKS_MAX; i++)
		cs_text_put(&all, "attack same-uetr\n");
	assert_int_equal(cs_story_read((struct cs_span){(uint8_t *)text, all.len}, &story, &fault), CS_OK);
	cs_text_put(&all, "attack same-uetr\n");
	assert_int_equal(cs_story_read((struct cs_span){(uint8_t *)text, all.len}, &story, &fault), CS_E_SYNTAX);
	assert_int_equal(fault.line, 18);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_arrives),
		cmocka_unit_test(faults_are_told),
		cmocka_unit_test(seventeen_attacks_are_too_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
