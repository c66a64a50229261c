/*
 * Goal: decisions are counted as a person would count them: hits and misses by label, money held, overlaps, a day's share,
 * and what two policies say otherwise.
 * Method: a policy and decisions made by hand; the numbers worked out on paper.
 */
#include "check.h"

#include "engine/backtest.c"
#include "engine/backtest_put.c"

#include <stdlib.h>

static struct cs_rule_clause rules[] = {
	{.name = "burst",
	 .owner = "cards",
	 .outcomes = true,
	 .live = true,
	 .outcome = {CS_VERDICT_HOLD, CS_SEVERITY_HIGH}},
	{.name = "far", .owner = "", .outcomes = true, .outcome = {CS_VERDICT_BLOCK, CS_SEVERITY_HIGH}},
	{.name = "points", .owner = "", .live = true, .score = 10},
};
static struct cs_rule_clause other_rules[] = {{.name = "far", .owner = ""}, {.name = "new", .owner = ""}};
static struct cs_limit_clause limits[] = {{.name = "card", .otherwise = {CS_VERDICT_BLOCK, CS_SEVERITY_CRITICAL}}};
static struct cs_rate rates[] = {{.currency = 840, .rate = {9, 10}}};
static struct cs_behave_policy behave = {
	.home_currency = 978, .rate_n = 1, .rate = rates, .rule_n = 3, .rule = rules, .limit_n = 1, .limit = limits};
static struct cs_behave_policy other_behave = {.home_currency = 978, .rule_n = 2, .rule = other_rules};
static struct cs_policy policy = {.path = "here.policy", .behave = &behave};
static struct cs_policy other = {.path = "there.policy", .behave = &other_behave};

static const uint64_t first_ns = UINT64_C(1522540800) * 1000000000;

static struct cs_event
event_at(unsigned hour, int64_t minor, uint16_t currency)
{
	struct cs_event event = {.kind = CS_KIND_RECORD, .origin.time_ns = first_ns + hour * UINT64_C(3600000000000)};
	event.money[0] = cs_money_of(minor, currency);
	event.present = UINT64_C(1) << CS_FIELD_AMOUNT;
	return event;
}

static struct cs_decision
decide(const struct cs_event *event, uint64_t fired_rules, enum cs_verdict verdict)
{
	return (struct cs_decision){.event = event, .verdict = verdict, .fired = {fired_rules}};
}

static struct cs_backtest *
make(void)
{
	struct cs_backtest *backtest = calloc(1, sizeof *backtest);
	assert_non_null(backtest);
	backtest->policy = &policy;
	struct cs_event a = event_at(0, 10000, 978), b = event_at(12, 20000, 840), c = event_at(36, 30000, 826),
			d = event_at(48, 40000, 978), e = event_at(24, 1, 978);
	struct cs_decision one = decide(&a, 1 | 2, CS_VERDICT_HOLD), two = decide(&b, 1, CS_VERDICT_HOLD),
			   three = decide(&c, 2 | 4, CS_VERDICT_ALLOW), four = decide(&d, 0, CS_VERDICT_BLOCK),
			   five = decide(&e, 0, CS_VERDICT_ALLOW);
	four.passed = 1;
	cs_backtest_take(backtest, &one, CS_LABEL_FRAUD);
	cs_backtest_take(backtest, &two, CS_LABEL_INNOCENT);
	cs_backtest_take(backtest, &three, CS_LABEL_NONE);
	cs_backtest_take(backtest, &four, CS_LABEL_FRAUD);
	cs_backtest_take(backtest, &five, CS_LABEL_FRAUD);
	return backtest;
}

static void
test_counts(void **state)
{
	(void)state;
	struct cs_backtest *backtest = make();
	assert_int_equal(backtest->event_n, 5);
	assert_int_equal(backtest->fraud_n, 3);
	assert_int_equal(backtest->unlabelled_n, 1);
	assert_int_equal(backtest->unconverted_n, 1);
	assert_int_equal(backtest->rule[0].fired_n, 2);
	assert_int_equal(backtest->rule[0].fraud_n, 1);
	assert_int_equal(backtest->rule[0].innocent_n, 1);
	assert_true(backtest->rule[0].held == 10000 + 18000);
	assert_true(backtest->rule[1].held == 10000); /* in shadow; pounds have no rate */
	assert_true(backtest->rule[2].fired_n == 1 && backtest->rule[2].held == 0);
	assert_true(backtest->limit[0].fired_n == 1 && backtest->limit[0].held == 40000);
	assert_true(backtest->all.fired_n == 3 && backtest->all.fraud_n == 2 && backtest->all.held == 68000);
	assert_int_equal(backtest->overlap[0][1], 1);
	assert_int_equal(backtest->overlap[1][2], 1);
	assert_int_equal(backtest->overlap[0][2], 0);
	free(backtest);
}

static void
expect_line(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("not said: %s\n%s", line, text);
}

static void
test_table(void **state)
{
	(void)state;
	static char at[16384];
	struct cs_backtest *backtest = make();
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_backtest_put(&text, backtest);
	expect_line(at,
		    "here.policy: 5 events from 2018-04-01 00:00:00 to 2018-04-03 00:00:00; fraud: 3; without a label: "
		    "1\n1 amounts are in a currency the policy has no rate for");
	expect_line(at, "  burst                              2           1           1     50.00 %     33.33 %        "
			" 1.0     "
			"     280.00 EUR\n");
	expect_line(at, "  far (shadow)                       2           1           0    100.00 %     33.33 %        "
			" 1.0     "
			"     100.00 EUR\n");
	expect_line(at, "  points                             1           0           0           -      0.00 %        "
			" 0.5     "
			"       0.00 EUR\n");
	expect_line(at, "  card (limit)                       1           1           0    100.00 %     33.33 %        "
			" 0.5     "
			"     400.00 EUR\n");
	expect_line(at, "  hold or block, in all              3           2           1     66.66 %     66.66 %        "
			" 1.5     "
			"     680.00 EUR\n");
	expect_line(at, "\nFired both\n  burst                   far                                1\n");
	free(backtest);
}

static void
test_json(void **state)
{
	(void)state;
	static char at[16384];
	struct cs_backtest *backtest = make();
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_json json = cs_json_over(&text);
	cs_json_object(&json);
	cs_backtest_json(&json, backtest);
	cs_json_end_object(&json);
	expect_line(
		at,
		"\"rules\":[{\"name\":\"burst\",\"owner\":\"cards\",\"mode\":\"live\",\"fired\":2,\"true_positives\":1,"
		"\"false_positives\":1,\"unlabelled\":0,\"precision\":0.500000,\"recall\":0.333333,"
		"\"alerts_per_day\":1.000000,\"held\":\"280.00 EUR\",\"overlap\":{\"far\":1}},");
	expect_line(at, "\"precision\":null");
	expect_line(at, "\"limits\":[{\"name\":\"card\",\"fired\":1,");
	free(backtest);
}

static void
test_versus(void **state)
{
	(void)state;
	static char at[16384];
	static struct cs_backtest_versus versus;
	struct cs_event event = event_at(0, 1, 978);
	struct cs_decision nothing = decide(&event, 0, CS_VERDICT_ALLOW), here = decide(&event, 1 | 2, CS_VERDICT_HOLD),
			   far_there = decide(&event, 1, CS_VERDICT_BLOCK);
	cs_backtest_versus_begin(&versus, &policy, &other);
	cs_backtest_versus_take(&versus, &here, &nothing, CS_LABEL_FRAUD);
	cs_backtest_versus_take(&versus, &here, &far_there, CS_LABEL_INNOCENT);
	cs_backtest_versus_take(&versus, &nothing, &far_there, CS_LABEL_NONE);
	cs_backtest_versus_take(&versus, NULL, &far_there, CS_LABEL_FRAUD);
	cs_backtest_versus_take(&versus, &nothing, NULL, CS_LABEL_FRAUD);
	assert_int_equal(versus.rule[1].here_n, 1);
	assert_int_equal(versus.rule[1].both_n, 1);
	assert_int_equal(versus.rule[1].there_n, 2);
	assert_int_equal(versus.verdict_n[CS_VERDICT_ALLOW][CS_VERDICT_BLOCK], 2);
	assert_int_equal(versus.fraud_n[CS_VERDICT_ALLOW][CS_VERDICT_BLOCK], 1);
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_backtest_versus_put(&text, &versus);
	expect_line(at, "  far                                     1           1           2\n");
	expect_line(at, "  2: block there, allow here; fraud: 1\n");
	expect_line(at, "  1: allow there, hold here; fraud: 1\n");
	assert_null(strstr(at, "burst"));
	struct cs_text machine = cs_text_over(at, sizeof at);
	struct cs_json json = cs_json_over(&machine);
	cs_json_object(&json);
	cs_backtest_versus_json(&json, &versus);
	cs_json_end_object(&json);
	expect_line(at, "{\"name\":\"far\",\"only_here\":1,\"both\":1,\"only_there\":2}");
	expect_line(at, "{\"here\":\"hold\",\"there\":\"block\",\"events\":1,\"fraud\":0}");
}

/* Three rows of one screen: named from 450 on, by an identifier, and not at all. */
static void
test_screens(void **state)
{
	(void)state;
	static struct cs_screen_clause screens[] = {{.name = "payees", .line = 500}, {.name = "low", .line = 60}};
	static struct cs_policy screened = {.path = "names.policy", .screen_n = 2, .screen = screens};
	struct cs_backtest *backtest = calloc(1, sizeof *backtest);
	char *at = malloc(CS_BACKTEST_TEXT_BYTES);
	assert_true(backtest && at);
	backtest->policy = &screened;
	backtest->screened = true;
	const struct cs_event event = event_at(0, 1, 978), later = event_at(48, 1, 978);
	cs_backtest_look(backtest, &(struct cs_sentry_look){0, &event, 450, true}, CS_LABEL_INNOCENT);
	cs_backtest_look(backtest, &(struct cs_sentry_look){0, &event, 1000, false}, CS_LABEL_FRAUD);
	cs_backtest_look(backtest, &(struct cs_sentry_look){0, &later, 0, true}, CS_LABEL_FRAUD);
	struct cs_text text = cs_text_over(at, CS_BACKTEST_TEXT_BYTES);
	cs_backtest_put(&text, backtest);
	assert_non_null(strstr(
		at, "Screen payees of names.policy: 3 rows and messages held against lists as they are now; what is "
		    "decided is left out; fraud: 2; not searched whole: 1\n"));
	assert_non_null(strstr(
		at, "\n  450                                2           1           1     50.00 %     50.00 %         "
		    "1.0\n"));
	assert_non_null(strstr(
		at, "\n  500, as the policy says            1           1           0    100.00 %     50.00 %         "
		    "0.5\n"));
	assert_null(strstr(at, "money held"));
	const char *low = strstr(at, "Screen low");
	assert_non_null(low);
	assert_null(strstr(low, "\n  0 ")); /* of lines 40 below and lower there are none */
	assert_non_null(strstr(low, "\n  10 "));
	free(backtest);
	free(at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts), cmocka_unit_test(test_table),   cmocka_unit_test(test_json),
		cmocka_unit_test(test_versus), cmocka_unit_test(test_screens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
