/*
 * Goal: what behaviour remembers is in the judge's regions, all of it: profiles of rules and limits, brakes, counts, what
 * was told. Whoever takes it over goes on with the same findings.
 * Method: as test_handover.c, with a policy that has limits, rules live and in shadow, a brake, a score and lists, over
 * tables that are too small; then each region is spoiled once.
 */
#include "../unit/behaviour.h"

#include "engine/judge.h"

#define epoch_ns traffic_epoch_ns
#define set_text traffic_set_text
#include "traffic.h"
#undef set_text
#undef epoch_ns

enum { CASES = 150, TRANSACTIONS = 120, GE = CS_COMPARE_GREATER | CS_COMPARE_EQUAL };

#define SECONDS(n) ((uint64_t)(n)*SECOND)

static struct cs_aggregate aggregates[4];
static struct cs_profile_clause profiles[2], limit_profile;
static struct cs_rule_clause rules[5];
static struct cs_limit_clause limit;
static struct cs_list_clause lists[2];
static struct cs_load limit_load;
static struct cs_test limit_test;
static uint64_t found_n[CS_REASON_N];

static struct cs_rule_clause
rule_of(const char *name, unsigned load, int64_t least, enum cs_verdict verdict)
{
	return (struct cs_rule_clause){.name = name,
				       .title = "",
				       .owner = "",
				       .of = {.kinds = {1u << CS_KIND_RESPONSE, 0, 1u << CS_KIND_RECORD}},
				       .when = LOGIC(made_compare(name, load, GE, least, 1)),
				       .outcomes = true,
				       .live = true,
				       .score = 10,
				       .outcome = {verdict, CS_SEVERITY_HIGH}};
}

static void
make_profiles(void)
{
	aggregates[0] = (struct cs_aggregate){.name = "n",
					      .kind = CS_AGGREGATE_COUNT,
					      .type = CS_VALUE_NUMBER,
					      .current = true,
					      .window_ns = SECONDS(60)};
	aggregates[1] = (struct cs_aggregate){.name = "codes",
					      .kind = CS_AGGREGATE_DISTINCT,
					      .type = CS_VALUE_NUMBER,
					      .field = CS_FIELD_APPROVAL_CODE,
					      .current = true,
					      .max = 8,
					      .window_ns = SECONDS(60)};
	aggregates[2] =
		(struct cs_aggregate){.name = "since", .kind = CS_AGGREGATE_SINCE_LAST, .type = CS_VALUE_DURATION};
	aggregates[3] = (struct cs_aggregate){.name = "spent",
					      .kind = CS_AGGREGATE_SUM,
					      .type = CS_VALUE_MONEY,
					      .field = CS_FIELD_AMOUNT,
					      .currency = 978,
					      .current = true,
					      .window_ns = SECONDS(120)};
	profiles[0] = profile_of("card", CS_FIELD_CARD, aggregates, 3);
	profiles[1] = profile_of("terminal", CS_FIELD_TERMINAL, aggregates, 1);
	limit_profile = profile_of("card", CS_FIELD_CARD, &aggregates[3], 1);
	profiles[0].of.kinds[2] = 1u << CS_KIND_RECORD;
	profiles[0].keys = 40; /* of some 120 cards */
	profiles[1].first = 3;
}

static void
make_rules(void)
{
	uint16_t n = made_load((struct cs_load){.kind = CS_LOAD_AGGREGATE, .type = CS_VALUE_NUMBER, .a = 0});
	uint16_t codes = made_load((struct cs_load){.kind = CS_LOAD_AGGREGATE, .type = CS_VALUE_NUMBER, .a = 1});
	uint16_t since = made_load((struct cs_load){.kind = CS_LOAD_AGGREGATE, .type = CS_VALUE_DURATION, .a = 2});
	uint16_t here = made_load((struct cs_load){.kind = CS_LOAD_AGGREGATE, .type = CS_VALUE_NUMBER, .a = 3});
	rules[0] = rule_of("again", n, 2, CS_VERDICT_HOLD);
	rules[1] = rule_of("codes", codes, 2, CS_VERDICT_BLOCK);
	rules[2] = rule_of("slow", since, (int64_t)SECONDS(30), CS_VERDICT_HOLD);
	rules[2].live = false;
	rules[3] = rule_of("busy", here, 10, CS_VERDICT_BLOCK);
	rules[3].brake_ppm = 50000;
	rules[3].brake_ns = SECONDS(120);
	rules[4] = rule_of("past", n, 1, CS_VERDICT_BLOCK);
	rules[4].expires_ns = traffic_epoch_ns + SECONDS(20);
	limit_load = (struct cs_load){.kind = CS_LOAD_AGGREGATE, .type = CS_VALUE_MONEY, .currency = 978};
	limit_test = (struct cs_test){.kind = CS_TEST_COMPARE,
				      .compare = CS_COMPARE_LESS,
				      .left = SIDE(CS_VALUE_MONEY, LOAD(0)),
				      .right = SIDE(CS_VALUE_MONEY, CONST(20000, 1)),
				      .words = "spent < 200 EUR"};
	limit = (struct cs_limit_clause){.name = "card",
					 .of = rules[0].of,
					 .holds = LOGIC(0),
					 .otherwise = {CS_VERDICT_BLOCK, CS_SEVERITY_CRITICAL}};
}

static void
make_lists(void)
{
	static struct cs_list_entry entry[2] = {{{"000007", NULL}, 0, "seen before"}, {{"000011", NULL}, 0, ""}};
	entry[1].until_ns = traffic_epoch_ns + SECONDS(90);
	lists[0] = (struct cs_list_clause){.name = "hot",
					   .by = {1, {CS_FIELD_STAN}, false},
					   .acts = true,
					   .hard = true,
					   .verdict = CS_VERDICT_BLOCK,
					   .entry_n = 1,
					   .entry = entry};
	lists[1] = (struct cs_list_clause){.name = "good",
					   .by = {1, {CS_FIELD_STAN}, false},
					   .acts = true,
					   .hard = true,
					   .entry_n = 1,
					   .entry = &entry[1]};
}

static int
prepare(void **state)
{
	(void)state;
	make_policy();
	made.policy.link[1] = (struct cs_link){.name = "core", .side = CS_SIDE_ISSUER, .answer = {1, {CS_FIELD_STAN}}};
	made.policy.link[0].transactions_cap = made.policy.link[1].transactions_cap = 64;
	/* Rows neither ask nor answer: their link has no transactions. */
	made.policy.link_n = 3;
	made.policy.link[2] = (struct cs_link){.name = "rows", .row = &made.row};
	make_profiles();
	make_rules();
	make_lists();
	made.behave.profile_n = 2;
	made.behave.profile = profiles;
	made.behave.limit_profile_n = made.behave.limit_n = 1;
	made.behave.limit_profile = &limit_profile;
	made.behave.limit = &limit;
	made.behave.limit_program = (struct cs_program){1, &limit_load, 1, &limit_test};
	made.behave.rule_n = sizeof rules / sizeof rules[0];
	made.behave.rule = rules;
	made.behave.list_n = 2;
	made.behave.list = lists;
	made.behave.scores = true;
	made.behave.hold_at = 20;
	return 0;
}

static void
make_case(uint64_t seed)
{
	traffic.seed = seed * UINT64_C(0x9E3779B97F4A7C15);
	traffic.transaction_n = TRANSACTIONS;
	make_messages();
	make_record();
	for (size_t i = 0; i < traffic.record.n; i++) {
		struct cs_event *event = &traffic.record.at[i].event;
		if (traffic.record.at[i].kind != INPUT_EVENT || event->kind != CS_KIND_RESPONSE || !one_in(8))
			continue;
		event->kind = CS_KIND_RECORD;
		event->link = 2;
	}
}

static void
behaviour_is_carried_over_at_any_point(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= CASES; seed++) {
		make_case(seed);
		const char *flaw = record_flaw(&traffic.record, &made.policy, draw(traffic.record.n + 1));
		if (flaw)
			fail_msg("seed %llu: %s", (unsigned long long)seed, flaw);
	}
	print_message("# seeds 1 to %u\n", CASES);
}

static void
count_finding(void *context, const struct cs_finding *finding)
{
	(void)context;
	found_n[finding->reason]++;
}

/* A test that finds nothing proves nothing. */
static void
traffic_has_something_of_everything(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= CASES / 5; seed++) {
		make_case(seed);
		struct cs_judge *judge = cs_judge_new(&made.policy, &(struct cs_detect_sink){count_finding, NULL});
		tell_inputs(judge, &traffic.record, 0, traffic.record.n, 0);
		cs_judge_free(judge);
	}
	static const enum cs_reason wanted[] = {CS_REASON_LIMIT_PASSED,  CS_REASON_LISTED,      CS_REASON_RULE_FIRED,
						CS_REASON_SCORE_REACHED, CS_REASON_RULE_BRAKED, CS_REASON_PROFILE_FULL};
	for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		if (!found_n[wanted[i]])
			fail_msg("never found: %s", cs_reason_name(wanted[i]));
}

static void
hash_is_over_every_region(void **state)
{
	(void)state;
	struct cs_regions regions;
	make_case(1);
	struct cs_judge *judge = cs_judge_new(&made.policy, &(struct cs_detect_sink){count_finding, NULL});
	tell_inputs(judge, &traffic.record, 0, traffic.record.n / 2, 0);
	cs_judge_regions(judge, &regions);
	uint64_t hash = cs_judge_hash(judge);
	for (unsigned i = 0; i < regions.n; i++) {
		uint8_t *last = (uint8_t *)regions.at[i].at + regions.at[i].len - 1;
		*last ^= 1;
		assert_true(cs_judge_hash(judge) != hash);
		*last ^= 1;
	}
	assert_true(cs_regions_bytes(&regions) < cs_judge_bytes(&made.policy));
	cs_judge_free(judge);
}

/* Whoever looks on changes nothing; nor does asking ahead. */
static void
looking_on_changes_nothing(void **state)
{
	(void)state;
	uint64_t hash[2];
	struct verdicts verdicts[2] = {{0, 0}, {0, 0}};
	make_case(2);
	for (unsigned i = 0; i < 2; i++) {
		struct cs_judge *judge = cs_judge_new(&made.policy, &(struct cs_detect_sink){hear, &verdicts[i]});
		if (i)
			cs_behave_observe(cs_judge_behave(judge), (struct cs_behave_observer){hear_decision, NULL});
		for (size_t k = 0; k < traffic.record.n; k++)
			if (i || traffic.record.at[k].kind != INPUT_EVENT)
				tell_input(judge, &traffic.record.at[k]);
			else
				cs_judge_event(judge, &traffic.record.at[k].event);
		hash[i] = cs_judge_hash(judge);
		cs_judge_free(judge);
	}
	assert_true(hash[0] == hash[1]);
	assert_true(verdicts[0].hash == verdicts[1].hash && verdicts[0].n == verdicts[1].n);
	assert_true(made.decision_n > 0);
}

static int
clean_up(void **state)
{
	(void)state;
	free(traffic.record.at);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(behaviour_is_carried_over_at_any_point),
		cmocka_unit_test(traffic_has_something_of_everything),
		cmocka_unit_test(hash_is_over_every_region),
		cmocka_unit_test(looking_on_changes_nothing),
	};
	return cmocka_run_group_tests(tests, prepare, clean_up);
}
