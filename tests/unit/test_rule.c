/*
 * Goal: rules, limits, lists, score and brake say what the policy says, in its order, with the values they were asked for.
 * Method: policies by hand over one profile; what is told is compared to the letter.
 */
#include "behaviour.h"

#include "detect/rule.c"

enum { GE = CS_COMPARE_GREATER | CS_COMPARE_EQUAL, LE = CS_COMPARE_LESS | CS_COMPARE_EQUAL };

#define HOURS(n) ((uint64_t)(n)*3600 * SECOND)

static struct cs_aggregate aggregates[3];
static struct cs_profile_clause profile, limit_profile;
static struct cs_rule_clause rule[8];
static struct cs_limit_clause limit[2];
static struct cs_list_clause list[4];
static struct cs_load limit_load[2];
static struct cs_test limit_test[2];
static struct {
	uint16_t n;      /* card.n_1h */
	uint16_t mean;   /* card.mean_24h */
	uint16_t amount; /* in EUR */
	uint16_t country;
} load;

/* Two withdrawals an hour are many. */
static void
make(void)
{
	make_policy();
	aggregates[0] = (struct cs_aggregate){.name = "n_1h",
					      .type = CS_VALUE_NUMBER,
					      .kind = CS_AGGREGATE_COUNT,
					      .current = true,
					      .window_ns = HOURS(1)};
	aggregates[1] = (struct cs_aggregate){.name = "mean_24h",
					      .kind = CS_AGGREGATE_MEAN,
					      .type = CS_VALUE_MONEY,
					      .field = CS_FIELD_AMOUNT,
					      .currency = 978,
					      .window_ns = HOURS(24)};
	aggregates[2] = (struct cs_aggregate){.name = "spent_24h",
					      .kind = CS_AGGREGATE_SUM,
					      .type = CS_VALUE_MONEY,
					      .field = CS_FIELD_AMOUNT,
					      .currency = 978,
					      .current = true,
					      .window_ns = HOURS(24)};
	profile = profile_of("card", CS_FIELD_CARD, aggregates, 2);
	limit_profile = profile_of("card", CS_FIELD_CARD, &aggregates[2], 1);
	made.behave.profile_n = 1;
	made.behave.profile = &profile;
	made.behave.rule = rule;
	made.behave.limit = limit;
	made.behave.limit_profile = &limit_profile;
	made.behave.list = list;
	load.n = made_load((struct cs_load){.kind = CS_LOAD_AGGREGATE, .type = CS_VALUE_NUMBER, .a = 0});
	load.mean =
		made_load((struct cs_load){.kind = CS_LOAD_AGGREGATE, .type = CS_VALUE_MONEY, .a = 1, .currency = 978});
	load.amount = made_load((struct cs_load){
		.kind = CS_LOAD_MONEY, .type = CS_VALUE_MONEY, .field = CS_FIELD_AMOUNT, .currency = 978});
	load.country =
		made_load((struct cs_load){.kind = CS_LOAD_TEXT, .type = CS_VALUE_COUNTRY, .field = CS_FIELD_COUNTRY});
}

static struct cs_rule_clause
rule_of(const char *name, const struct cs_logic *when, enum cs_verdict verdict, enum cs_severity severity)
{
	return (struct cs_rule_clause){.name = name,
				       .title = "",
				       .owner = "",
				       .of = answers(),
				       .when = when,
				       .outcomes = true,
				       .live = true,
				       .outcome = {verdict, severity}};
}

/* amount > 3 * card.mean_24h */
static uint16_t
far_above(void)
{
	return made_test((struct cs_test){.kind = CS_TEST_COMPARE,
					  .compare = CS_COMPARE_GREATER,
					  .left = SIDE(CS_VALUE_MONEY, LOAD(load.amount)),
					  .right = SIDE(CS_VALUE_MONEY, CONST(3, 1), LOAD(load.mean), DO(MUL)),
					  .words = "amount > 3 * card.mean_24h"});
}

static void
spend(uint64_t card, int64_t minor, uint64_t at_s)
{
	struct cs_event event = answer_of(card, minor, at_s);
	tell(&event);
}

static void
a_rule_fires_with_its_values(void **state)
{
	(void)state;
	make();
	uint16_t many = made_compare("card.n_1h >= 3", load.n, GE, 3, 1), above = far_above();
	rule[0] = rule_of("burst", LOGIC(many, above, CS_LOGIC_AND), CS_VERDICT_HOLD, CS_SEVERITY_HIGH);
	rule[0].owner = "cards";
	rule[0].title = "many, far above habit";
	rule[1] = rule_of("worded", rule[0].when, CS_VERDICT_BLOCK, CS_SEVERITY_CRITICAL);
	rule[1].reason = "{card.n_1h} withdrawals, {amount} after {card.mean_24h} by {card} at {local_time}{nothing}";
	made.behave.rule_n = 2;
	start_behaviour();
	spend(1, 1000, 10);
	spend(1, 2001, 20);
	assert_string_equal(heard(), "");
	spend(1, 500000, 30);
	const struct cs_why *why = &made.heard[0].why;
	assert_int_equal(made.heard_n, 2);
	assert_string_equal(why->owner, "cards");
	assert_string_equal(why->title, "many, far above habit");
	assert_int_equal(why->n, 2);
	assert_string_equal(why->at[0].words, "card.n_1h >= 3");
	assert_string_equal(why->at[0].value, "3");
	assert_string_equal(why->at[0].threshold, "3");
	assert_true(why->at[0].window_ns == HOURS(1) && why->at[0].held && !why->at[0].bounded);
	assert_string_equal(why->at[1].value, "5000.00 EUR");
	assert_string_equal(why->at[1].threshold, "45.02 EUR"); /* 3 * 1500.5 */
	assert_int_equal(made.heard[0].finding.evidence_n, 1);
	assert_int_equal(made.heard[0].finding.evidence[0].role, CS_ROLE_CLAIM);
	assert_string_equal(heard(), "rule.burst rule hold high: card.n_1h >= 3: 3 in 1 h, amount > 3 * card.mean_24h: "
				     "5000.00 EUR in 24 h; rule.worded rule block critical: 3 withdrawals, 5000.00 EUR "
				     "after 15.01 EUR by 400000******0001 at -{nothing}");
	assert_int_equal(made.decision.verdict, CS_VERDICT_BLOCK);
	assert_true(made.decision.fired[0] == 3);
	const struct cs_behave_counts *counts = cs_behave_counts_of(cs_detect_behave(made.detect));
	assert_int_equal(counts->rule[0].asked_n, 3);
	assert_int_equal(counts->rule[0].fired_n, 1);
	assert_int_equal(counts->rule[0].unknown_n, 0); /* n was too few, whatever the mean */
	stop_behaviour();
}

static void
what_is_missing_is_neither_true_nor_false(void **state)
{
	(void)state;
	make();
	uint16_t home = made_test((struct cs_test){.kind = CS_TEST_EQUAL,
						   .compare = CS_COMPARE_EQUAL,
						   .load = load.country,
						   .text = {"276"},
						   .words = "country = DE"});
	uint16_t missing = made_test(
		(struct cs_test){.kind = CS_TEST_MISSING, .load = load.country, .words = "country is missing"});
	uint16_t many = made_compare("card.n_1h >= 1", load.n, GE, 1, 1);
	rule[0] = rule_of("abroad", LOGIC(home, CS_LOGIC_NOT), CS_VERDICT_HOLD, CS_SEVERITY_LOW);
	rule[1] = rule_of("home", LOGIC(home), CS_VERDICT_HOLD, CS_SEVERITY_LOW);
	rule[2] = rule_of("either", LOGIC(home, many, CS_LOGIC_OR), CS_VERDICT_HOLD, CS_SEVERITY_LOW);
	rule[3] = rule_of("unsaid", LOGIC(missing), CS_VERDICT_HOLD, CS_SEVERITY_LOW);
	made.behave.rule_n = 4;
	start_behaviour();
	spend(1, 1000, 10);
	assert_int_equal(made.heard[0].why.missing_n, 1);
	assert_true(made.heard[0].why.at[0].missing);
	assert_string_equal(heard(), "rule.either rule hold low: card.n_1h >= 1: 1 in 1 h; rule.unsaid rule hold low: "
				     "country is missing");
	const struct cs_behave *behave = cs_detect_behave(made.detect);
	assert_int_equal(cs_behave_counts_of(behave)->rule[0].unknown_n, 1);
	assert_int_equal(cs_behave_counts_of(behave)->rule[1].unknown_n, 1);
	struct cs_event event = answer_of(1, 1, 20);
	set_text(&event, CS_FIELD_COUNTRY, "392");
	tell(&event);
	assert_string_equal(heard(),
			    "rule.abroad rule hold low: ; rule.either rule hold low: card.n_1h >= 1: 2 in 1 h");
	assert_int_equal(cs_behave_counts_of(behave)->rule[1].unknown_n, 1);
	assert_int_equal(cs_behave_counts_of(behave)->rule[1].asked_n, 2);
	stop_behaviour();
}

static void
shadow_expired_and_other_events(void **state)
{
	(void)state;
	make();
	const struct cs_logic *always = LOGIC(made_compare("card.n_1h >= 1", load.n, GE, 1, 1));
	rule[0] = rule_of("quiet", always, CS_VERDICT_BLOCK, CS_SEVERITY_CRITICAL);
	rule[0].live = false;
	rule[0].score = 40;
	rule[1] = rule_of("old", always, CS_VERDICT_BLOCK, CS_SEVERITY_CRITICAL);
	rule[1].expires_ns = epoch_ns + UINT64_C(15) * SECOND;
	rule[2] = rule_of("records", always, CS_VERDICT_HOLD, CS_SEVERITY_LOW);
	rule[2].of.kinds[0] = 0;
	made.behave.rule_n = 3;
	made.behave.scores = true;
	made.behave.hold_at = 30;
	start_behaviour();
	spend(1, 1000, 14);
	assert_true(made.decision.fired[0] == 3);
	assert_int_equal(made.decision.score, 0);
	assert_string_equal(heard(), "rule.quiet rule block critical shadow: card.n_1h >= 1: 1 in 1 h; rule.old rule "
				     "block critical: card.n_1h >= 1: 1 in 1 h");
	spend(1, 1000, 15);
	assert_string_equal(heard(), "rule.quiet rule block critical shadow: card.n_1h >= 1: 2 in 1 h");
	assert_int_equal(made.decision.verdict, CS_VERDICT_ALLOW);
	const struct cs_behave_counts *counts = cs_behave_counts_of(cs_detect_behave(made.detect));
	assert_int_equal(counts->rule[1].expired_n, 1);
	assert_int_equal(counts->rule[1].asked_n, 1);
	assert_int_equal(counts->rule[2].asked_n, 0);
	stop_behaviour();
}

static void
scores_add_up_to_a_verdict(void **state)
{
	(void)state;
	make();
	rule[0] = rule_of("one", LOGIC(made_compare("card.n_1h >= 1", load.n, GE, 1, 1)), CS_VERDICT_ALLOW,
			  CS_SEVERITY_INFO);
	rule[1] = rule_of("two", LOGIC(made_compare("card.n_1h >= 2", load.n, GE, 2, 1)), CS_VERDICT_ALLOW,
			  CS_SEVERITY_INFO);
	rule[2] = rule_of("three", LOGIC(made_compare("card.n_1h >= 3", load.n, GE, 3, 1)), CS_VERDICT_ALLOW,
			  CS_SEVERITY_INFO);
	for (unsigned i = 0; i < 3; i++) {
		rule[i].outcomes = false;
		rule[i].score = 30;
	}
	rule[0].score = -5;
	made.behave.rule_n = 3;
	made.behave.scores = true;
	made.behave.hold_at = 20;
	made.behave.block_at = 50;
	start_behaviour();
	spend(1, 1000, 10);
	assert_int_equal(made.decision.score, -5);
	assert_string_equal(heard(), "");
	spend(1, 1000, 11);
	assert_int_equal(made.decision.verdict, CS_VERDICT_HOLD);
	assert_string_equal(heard(), "score score hold high: score 25, hold at 20, one -5, two +30");
	spend(1, 1000, 12);
	assert_int_equal(made.heard[0].why.n, 3);
	assert_string_equal(made.heard[0].why.at[2].words, "three");
	assert_string_equal(made.heard[0].why.at[2].value, "+30");
	assert_string_equal(heard(), "score score block critical: score 55, block at 50, one -5, two +30, three +30");
	stop_behaviour();
}

/* `limit card { spent_24h <= 20 EUR }`, asked first, over a profile of its own. */
static void
limits_stand_first(void **state)
{
	(void)state;
	make();
	limit_load[0] = (struct cs_load){.kind = CS_LOAD_AGGREGATE, .type = CS_VALUE_MONEY, .a = 0, .currency = 978};
	limit_test[0] = (struct cs_test){.kind = CS_TEST_COMPARE,
					 .compare = LE,
					 .left = SIDE(CS_VALUE_MONEY, LOAD(0)),
					 .right = SIDE(CS_VALUE_MONEY, CONST(2000, 1)),
					 .words = "card.spent_24h <= 20 EUR"};
	made.behave.limit_program = (struct cs_program){1, limit_load, 1, limit_test};
	limit[0] = (struct cs_limit_clause){.name = "card",
					    .title = "stands even when all else is off",
					    .of = answers(),
					    .holds = LOGIC(0),
					    .otherwise = {CS_VERDICT_BLOCK, CS_SEVERITY_CRITICAL}};
	made.behave.limit_n = made.behave.limit_profile_n = 1;
	rule[0] = rule_of("any", LOGIC(made_compare("card.n_1h >= 2", load.n, GE, 2, 1)), CS_VERDICT_HOLD,
			  CS_SEVERITY_LOW);
	made.behave.rule_n = 1;
	/* A hard allow is no help against a limit. */
	static const struct cs_list_entry entry = {.key = {"TERM0001"}, .because = "ours"};
	list[0] = (struct cs_list_clause){.name = "own",
					  .by = {1, {CS_FIELD_TERMINAL}, false},
					  .acts = true,
					  .hard = true,
					  .entry_n = 1,
					  .entry = &entry};
	made.behave.list_n = 1;
	start_behaviour();
	spend(1, 1000, 10);
	spend(1, 1000, 11);
	assert_string_equal(heard(), "list.own listed allow info: terminal TERM0001 is let through by list own: ours");
	assert_int_equal(made.decision.verdict, CS_VERDICT_ALLOW);
	spend(1, 1, 12);
	assert_string_equal(heard(),
			    "limit.card limit_passed block critical: not card.spent_24h <= 20 EUR: 20.01 EUR in "
			    "24 h; list.own listed allow info: terminal TERM0001 is let through by list own: ours");
	assert_int_equal(made.decision.verdict, CS_VERDICT_BLOCK);
	assert_true(made.decision.passed == 1);
	stop_behaviour();
}

static void
lists_act_until_their_time(void **state)
{
	(void)state;
	make();
	static const struct cs_list_entry cards[] = {
		{.key = {"tok_9A000000000000000700000000000000"}, .until_ns = 0, .because = "stolen"}};
	static const struct cs_list_entry terminals[] = {
		{.key = {"TERM0001"}, .until_ns = UINT64_C(1800000020) * SECOND, .because = ""}};
	struct cs_event event = answer_of(1, 1, 10);
	char token[64];
	struct cs_text text = cs_text_over(token, sizeof token);
	cs_token_put(&text, event.card.token);
	struct cs_list_entry card = cards[0];
	card.key[0] = token;
	list[0] = (struct cs_list_clause){.name = "hot",
					  .title = "hot cards",
					  .by = {1, {CS_FIELD_CARD}, false},
					  .acts = true,
					  .hard = true,
					  .verdict = CS_VERDICT_BLOCK,
					  .entry_n = 1,
					  .entry = &card};
	list[1] = (struct cs_list_clause){.name = "watched",
					  .by = {1, {CS_FIELD_TERMINAL}, false},
					  .acts = true,
					  .verdict = CS_VERDICT_HOLD,
					  .entry_n = 1,
					  .entry = terminals};
	made.behave.list_n = 2;
	uint16_t listed = made_load(
		(struct cs_load){.kind = CS_LOAD_LISTED, .type = CS_VALUE_BOOL, .field = CS_FIELD_TERMINAL, .a = 1});
	rule[0] = rule_of("there",
			  LOGIC(made_test((struct cs_test){
				  .kind = CS_TEST_TRUTH, .load = listed, .words = "terminal in watched"})),
			  CS_VERDICT_ALLOW, CS_SEVERITY_LOW);
	made.behave.rule_n = 1;
	start_behaviour();
	tell(&event);
	assert_string_equal(heard(), "list.hot listed block critical: card 400000******0001 is on list hot: stolen; "
				     "rule.there rule allow low: terminal in watched; list.watched listed hold high: "
				     "terminal TERM0001 is on list watched");
	assert_int_equal(made.decision.verdict, CS_VERDICT_BLOCK);
	spend(2, 1, 20);
	assert_string_equal(heard(), "");
	assert_int_equal(cs_behave_counts_of(cs_detect_behave(made.detect))->listed_n[1], 1);
	stop_behaviour();
}

static void
a_rule_that_would_block_too_much_holds(void **state)
{
	(void)state;
	make();
	rule[0] = rule_of("wide", LOGIC(made_compare("amount >= 10 EUR", load.amount, GE, 1000, 1)), CS_VERDICT_BLOCK,
			  CS_SEVERITY_HIGH);
	rule[0].brake_ppm = 100000; /* 10 % */
	rule[0].brake_ns = UINT64_C(600) * SECOND;
	made.behave.rule_n = 1;
	start_behaviour();
	uint64_t at_s = 0;
	for (unsigned i = 0; i < 89; i++)
		spend(1, 1, ++at_s);
	for (unsigned i = 0; i < 10; i++)
		spend(1, 1000, ++at_s);
	assert_int_equal(made.heard_n, 10); /* not enough was seen */
	assert_int_equal(made.decision.verdict, CS_VERDICT_BLOCK);
	(void)heard();
	spend(1, 1000, ++at_s);
	assert_string_equal(
		heard(), "rule.wide rule_braked allow critical: 11 of 100 would be blocked, more than 10 %: rule wide "
			 "holds instead, until it is less than half of that; rule.wide rule hold high: amount >= 10 "
			 "EUR: 10.00 EUR");
	assert_int_equal(cs_behave_counts_of(cs_detect_behave(made.detect))->rule[0].braked_n, 1);
	spend(1, 1000, ++at_s);
	assert_string_equal(heard(), "rule.wide rule hold high: amount >= 10 EUR: 10.00 EUR");
	/* Two stretches later there is little left of it: 1 of 21 */
	for (unsigned i = 0; i < 20; i++)
		spend(1, 1, at_s + 1200 + i);
	spend(1, 1000, at_s + 1230);
	assert_string_equal(heard(), "rule.wide rule block high: amount >= 10 EUR: 10.00 EUR");
	stop_behaviour();
}

/* One event from far ahead does not keep the brake from forgetting. */
static void
a_brake_is_not_stopped_by_one_wrong_clock(void **state)
{
	(void)state;
	make();
	rule[0] = rule_of("wide", LOGIC(made_compare("amount >= 10 EUR", load.amount, GE, 1000, 1)), CS_VERDICT_BLOCK,
			  CS_SEVERITY_HIGH);
	rule[0].brake_ppm = 100000;
	rule[0].brake_ns = UINT64_C(600) * SECOND;
	made.behave.rule_n = 1;
	start_behaviour();
	const struct cs_brake *brake = &cs_detect_behave(made.detect)->brake[0];
	uint64_t at_s = 0;
	spend(1, 1, ++at_s);
	spend(1, 1, 900000);
	for (unsigned i = 0; i < 60; i++)
		spend(1, i < 20 ? 1000 : 1, ++at_s);
	assert_true(brake->nth == (epoch_ns + at_s * SECOND) / rule[0].brake_ns);
	assert_int_equal(brake->block_n[0] + brake->block_n[1], 20);
	for (unsigned i = 0; i < 2; i++)
		spend(1, 1, at_s += 601);
	assert_int_equal(brake->block_n[0] + brake->block_n[1], 0);
	assert_int_equal(brake->seen_n[0] + brake->seen_n[1], 2);
	stop_behaviour();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_fires_with_its_values),
		cmocka_unit_test(what_is_missing_is_neither_true_nor_false),
		cmocka_unit_test(shadow_expired_and_other_events),
		cmocka_unit_test(scores_add_up_to_a_verdict),
		cmocka_unit_test(limits_stand_first),
		cmocka_unit_test(lists_act_until_their_time),
		cmocka_unit_test(a_rule_that_would_block_too_much_holds),
		cmocka_unit_test(a_brake_is_not_stopped_by_one_wrong_clock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
