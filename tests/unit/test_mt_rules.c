/*
 * Goal: each network rule refuses what breaks it, by its code, and nothing else.
 * Method: an own MT103, 202, 910, 942 for each rule, once broken and, where that is not another test's, once kept.
 */
#include "check.h"

#include "decode/mt_rules.c"

#include "mt_messages.h"

static const struct rule {
	const char *code;
	const char *text;
} rules[] = {
	{"D49", EUROPEAN("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"", EUROPEAN("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n:33B:EUR1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"D75", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n:33B:USD1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"D75",
	 INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n:33B:EUR1,\n:36:1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"D75", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n:36:1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"E13",
	 INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n:33B:EUR1,\n" ORDERER PAYEE ":71A:OUR\n:71F:EUR1,\n-}"},
	{"D50",
	 INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n:33B:EUR1,\n" ORDERER PAYEE ":71A:SHA\n:71G:EUR1,\n-}"},
	{"E15", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n" ORDERER PAYEE ":71A:BEN\n-}"},
	{"E15", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n:33B:EUR1,\n" ORDERER PAYEE
			     ":71A:BEN\n:71F:EUR1,\n:71G:EUR1,\n-}"},
	{"D51", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n" ORDERER PAYEE ":71A:SHA\n:71F:EUR1,\n-}"},
	{"C02",
	 INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n:33B:EUR1,\n" ORDERER PAYEE ":71A:OUR\n:71G:USD1,\n-}"},
	{"C81",
	 INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n" ORDERER ":56A:BETADEFF\n" PAYEE ":71A:SHA\n-}"},
	{"C81", INPUT("202") "{4:\n:20:A\n:21:B\n:32A:261126EUR1,\n:56A:BETADEFF\n:58A:EPSIGB2L\n-}"},
	{"E06", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n" ORDERER ":53A:BETADEFF\n:55A:BETADEFF\n" PAYEE
			     ":71A:SHA\n-}"},
	{"E01", INPUT("103") "{4:\n:20:A\n:23B:SPRI\n:23E:CORT\n:32A:261126EUR1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"E02", INPUT("103") "{4:\n:20:A\n:23B:SPAY\n:23E:SDVA\n:32A:261126EUR1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"E03", INPUT("103") "{4:\n:20:A\n:23B:SPAY\n:32A:261126EUR1,\n" ORDERER ":53D:BANK\n" PAYEE ":71A:SHA\n-}"},
	{"E04", INPUT("103") "{4:\n:20:A\n:23B:SPAY\n:32A:261126EUR1,\n" ORDERER ":53B:TOWN\n" PAYEE ":71A:SHA\n-}"},
	{"E04", INPUT("103") "{3:{119:STP}}{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n" ORDERER ":53B:TOWN\n" PAYEE
			     ":71A:SHA\n-}"},
	{"E05", INPUT("103") "{4:\n:20:A\n:23B:SPAY\n:32A:261126EUR1,\n" ORDERER ":54B:TOWN\n" PAYEE ":71A:SHA\n-}"},
	{"E07", INPUT("103") "{4:\n:20:A\n:23B:SPAY\n:32A:261126EUR1,\n" ORDERER
			     ":53A:BETADEFF\n:54A:BETADEFF\n:55D:BANK\n" PAYEE ":71A:SHA\n-}"},
	{"E16", INPUT("103") "{4:\n:20:A\n:23B:SPRI\n:32A:261126EUR1,\n" ORDERER ":56A:BETADEFF\n:57A:BETADEFF\n" PAYEE
			     ":71A:SHA\n-}"},
	{"E17", INPUT("103") "{4:\n:20:A\n:23B:SPAY\n:32A:261126EUR1,\n" ORDERER ":56D:BANK\n:57A:BETADEFF\n" PAYEE
			     ":71A:SHA\n-}"},
	{"", INPUT("103") "{4:\n:20:A\n:23B:SPAY\n:32A:261126EUR1,\n" ORDERER ":56C://BL1\n:57A:BETADEFF\n" PAYEE
			  ":71A:SHA\n-}"},
	{"E09", INPUT("103") "{4:\n:20:A\n:23B:SPAY\n:32A:261126EUR1,\n" ORDERER ":57B:TOWN\n" PAYEE ":71A:SHA\n-}"},
	{"E10", INPUT("103") "{4:\n:20:A\n:23B:SPAY\n:32A:261126EUR1,\n" ORDERER ":59:NAME ONLY\n:71A:SHA\n-}"},
	{"E18", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:23E:CHQB\n:32A:261126EUR1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"E44", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:23E:TELI\n:32A:261126EUR1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"E45", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:23E:PHON\n:32A:261126EUR1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"E12", INPUT("103") "{3:{119:REMIT}}{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n" ORDERER PAYEE
			     ":70:X\n:71A:SHA\n:77T:/NARR/X\n-}"},
	{"C06", OUTPUT("910") "{4:\n:20:A\n:21:B\n:25:C\n:32A:261126EUR1,\n-}"},
	{"C02",
	 INPUT("210") "{4:\n:20:A\n:30:261126\n:21:B\n:32B:EUR1,\n:52A:BETADEFF\n:21:C\n:32B:USD1,\n:52A:BETADEFF\n-}"},
	{"C27", OUTPUT("942") "{4:\n:20:A\n:25:B\n:28C:1\n:34F:EUR0,\n:13D:2611260915+0100\n:90D:1USD1,\n-}"},
	{"T13",
	 OUTPUT("942") "{4:\n:20:A\n:25:B\n:28C:1\n:34F:EUR0,\n:34F:EUR0,\n:34F:EUR0,\n:13D:2611260915+0100\n-}"},
	{"T13", INPUT("202") "{4:\n:20:A\n:21:B\n:32A:261126EUR1,\n:58A:EPSIGB2L\n" ORDERER PAYEE "-}"},
	{"T13", INPUT("202") "{3:{119:COV}}{4:\n:20:A\n:21:B\n:32A:261126EUR1,\n:58A:EPSIGB2L\n-}"},
	{"T13", INPUT("103") "{3:{119:STP}}{4:\n:20:A\n:23B:CRED\n:32A:261126EUR1,\n" ORDERER
			     ":56D:BANK\n:57A:BETADEFF\n" PAYEE ":71A:SHA\n-}"},
};

static void
each_rule_has_its_code(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	for (unsigned i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		const char *code = mt_code(f, rules[i].text);
		if (strcmp(code, rules[i].code) != 0)
			fail_msg("rule %u (%s): '%s' %s", i, rules[i].code, code,
				 *code ? f->mt.payment.reason[0].text : "");
		if (*code)
			assert_int_equal(f->mt.payment.reason_n, 1);
	}
	mt_close(f);
}

static bool
told(struct mt_fixture *f, const char *codes)
{
	char text[2048];
	snprintf(text, sizeof text, "%s{4:\n:20:A\n:23B:CRED\n%s:32A:261126EUR1,\n%s:57A:BETADEFF\n%s:71A:SHA\n-}",
		 INPUT("103"), codes, ORDERER ":56A:BETADEFF\n", ":59:NAME\n");
	assert_string_equal(mt_code(f, text), "");
	return mt_alerted(f, CS_PAYMENT_ALERT_NETWORK_RULE);
}

/* Order, repetition and company of 23E are told and not refused. */
static void
instructions_out_of_order_are_told(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	assert_false(told(f, ""));
	assert_false(told(f, ":23E:SDVA\n:23E:INTC\n:23E:CORT\n:23E:PHOB/1\n:23E:PHON\n"));
	assert_true(told(f, ":23E:INTC\n:23E:SDVA\n"));
	assert_true(told(f, ":23E:SDVA\n:23E:SDVA\n"));
	assert_true(told(f, ":23E:SDVA\n:23E:HOLD\n"));
	assert_true(told(f, ":23E:HOLD\n:23E:CHQB\n"));
	assert_true(told(f, ":23E:REPA\n:23E:CORT\n"));
	assert_true(told(f, ":23E:PHOB\n:23E:TELB\n"));
	assert_true(told(f, ":23E:CORT/WORDS\n"));
	mt_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_has_its_code),
		cmocka_unit_test(instructions_out_of_order_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
