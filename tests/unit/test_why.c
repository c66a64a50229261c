/*
 * Goal: what a policy in words says is what is told: limits, rules, distances, calendars, lists and scores, each with the
 * conditions in the policy's own words and the values they were asked for; and no card number among them.
 * Method: policies in words, some events, and all that is told to the letter.
 */
#include "behaviour.h"

#include "detect/why.c"

#include "policy_text.h"

static void
start_with(const char *text, void hear(void *, const struct cs_finding *))
{
	memset(&made, 0, sizeof made);
	const struct cs_policy *policy = compiled(text);
	made.coverage = cs_coverage_new(policy->link_n, 4);
	made.detect = cs_detect_new(policy, made.coverage, &(struct cs_detect_sink){hear, NULL});
	assert_non_null(made.detect);
	cs_behave_observe(cs_detect_behave(made.detect), (struct cs_behave_observer){hear_decision, NULL});
}

static void
start(const char *text)
{
	start_with(text, hear_finding);
}

static void
spend(int64_t minor, const char *country, uint64_t at_s)
{
	struct cs_event event = answer_of(1, minor, at_s);
	set_text(&event, CS_FIELD_COUNTRY, country);
	tell(&event);
}

/* As it stands in the design. */
static void
the_policy_of_the_design(void **state)
{
	(void)state;
	start(LINKS "money EUR\n"
		    "profile card by card {\n"
		    "  cash_1h   = count()           over 1h  where cash\n"
		    "  spent_24h = sum(amount)       over 24h where cash and approved\n"
		    "  mean_30d  = mean(amount)      over 30d\n"
		    "}\n"
		    "limit card \"stands even when all else is off\" { spent_24h <= 2000 EUR }\n"
		    "rule burst \"many withdrawals, far above habit\" owner \"cards\" expires 2027-06-30 {\n"
		    "  when cash and card.cash_1h >= 3 and amount > 3 * card.mean_30d\n"
		    "  then hold high\n"
		    "  mode shadow\n"
		    "}\n");
	spend(10000, "276", 1);
	spend(10000, "276", 2);
	assert_string_equal(heard(), "");
	spend(180001, "276", 3);
	const struct cs_why *why = &made.heard[1].why;
	assert_int_equal(made.heard_n, 2);
	assert_true(why->shadow && why->n == 3);
	assert_string_equal(why->owner, "cards");
	assert_string_equal(why->at[1].words, "card.cash_1h >= 3");
	assert_string_equal(why->at[2].threshold, "300.00 EUR");
	assert_string_equal(heard(),
			    "limit.card limit_passed block critical: not spent_24h <= 2000 EUR: 2000.01 EUR in 24 "
			    "h; rule.burst rule hold high shadow: cash, card.cash_1h >= 3: 3 in 1 h, amount > 3 * "
			    "card.mean_30d: 1800.01 EUR in 30 d");
	assert_int_equal(made.decision.verdict, CS_VERDICT_BLOCK);
	stop_behaviour();
}

static void
travel_faster_than_anybody(void **state)
{
	(void)state;
	start(LINKS "profile card by card { land = last(country) }\n"
		    "rule travel {\n"
		    "  when distance(country, card.land) > 2000 and age(card.land) < 2h\n"
		    "  then block critical\n"
		    "  reason \"used in {country} after {card.land}\"\n"
		    "}\n"
		    "rule abroad { when country != DE and country != card.land then hold low }\n");
	spend(100, "276", 1);
	spend(100, "250", 60);
	assert_string_equal(heard(), "rule.abroad rule hold low: country != DE: FR, country != card.land: FR");
	/* A country is told by its letters, also what it is held against. */
	assert_string_equal(made.heard[0].why.at[0].value, "FR");
	assert_string_equal(made.heard[0].why.at[0].threshold, "DE");
	assert_string_equal(made.heard[0].why.at[1].threshold, "DE");
	spend(100, "392", 120);
	assert_string_equal(heard(), "rule.travel rule block critical: used in JP after FR; rule.abroad rule hold low: "
				     "country != DE: JP, country != card.land: JP");
	spend(100, "276", 120 + 7201);
	assert_string_equal(heard(), "");
	stop_behaviour();
}

static void
countries_are_told_by_their_letters(void **state)
{
	(void)state;
	start(LINKS "list far { of country  holds \"392\" verdict hold hard }\n"
		    "rule all { when country = JP then hold low  reason \"{country}\" }\n"
		    "rule odd { when country != JP then hold low  reason \"{country}\" }\n");
	spend(100, "392", 1);
	assert_string_equal(heard(),
			    "list.far listed hold high: country JP is on list far; rule.all rule hold low: JP");
	spend(100, "999", 2);
	assert_string_equal(heard(), "rule.odd rule hold low: 999"); /* there is no such country */
	stop_behaviour();
}

static void
calendars_lists_and_scores(void **state)
{
	(void)state;
	/* The events are of 2027-01-15, a Friday, 08:00 UTC. */
	start(LINKS "calendar here { weekend friday  night 22:00..06:00  zone +01:00 }\n"
		    "calendar there { weekend saturday, sunday  night 06:00..09:00  holiday 2027-01-15 }\n"
		    "list hot { of terminal  holds \"TERM0001\" until 2027-01-15 because \"skimmed\" verdict hold "
		    "overridable }\n"
		    "rule weekend { when here.weekend and not there.weekend then score 10 }\n"
		    "rule night   { when there.night and not here.night then score 20 }\n"
		    "rule holiday { when there.holiday then score 30 }\n"
		    "rule hot     { when terminal in hot then score 40 }\n"
		    "score { hold at 50 block at 100 }\n");
	spend(100, "276", 1);
	assert_int_equal(made.decision.score, 100);
	assert_string_equal(heard(),
			    "score score block critical: score 100, block at 100, weekend +10, night +20, holiday "
			    "+30, hot +40; list.hot listed hold high: terminal TERM0001 is on list hot: skimmed");
	spend(100, "276", 3601); /* 09:00 */
	assert_int_equal(made.decision.score, 80);
	assert_int_equal(made.decision.verdict, CS_VERDICT_HOLD);
	assert_true(strncmp(heard(), "score score hold high: score 80, hold at 50,", 44) == 0);
	spend(100, "276", 16 * 3600); /* the next day, for both lists and calendars */
	assert_int_equal(made.decision.score, 0);
	assert_string_equal(heard(), "");
	stop_behaviour();
}

/* A field may hold what looks like a card number, its own above all. */
static void
no_card_number_comes_out(void **state)
{
	(void)state;
	start(LINKS "rule odd {\n"
		    "  when merchant != \"x\" and rrn starts \"4\"\n"
		    "  then hold low\n"
		    "  reason \"{merchant} {rrn} {card}\"\n"
		    "}\n"
		    "rule plain { when merchant != \"x\" and rrn starts \"4\" then hold low }\n");
	struct cs_event event = answer_of(1, 1, 1);
	char number[17] = "4000000000000000";
	memcpy(&number[12], "0002", 4); /* passes Luhn */
	set_text(&event, CS_FIELD_MERCHANT, number);
	set_text(&event, CS_FIELD_RRN, number);
	tell(&event);
	assert_int_equal(made.heard_n, 2);
	for (unsigned i = 0; i < made.heard[1].why.n; i++)
		assert_null(strstr(made.heard[1].why.at[i].value, &number[6]));
	const char *words = heard();
	assert_null(strstr(words, &number[6]));
	assert_non_null(strstr(words, "400000"));
	stop_behaviour();
}

/* More conditions than there is room to tell: they decide all the same. */
static void
long_rules(void **state)
{
	(void)state;
	char text[8192];
	struct cs_text out = cs_text_over(text, sizeof text);
	cs_text_put(&out, LINKS "money EUR\nrule long { when amount > 1 EUR");
	for (unsigned i = 2; i <= 30; i++) {
		cs_text_put(&out, " and amount > ");
		cs_text_put_u64(&out, i);
		cs_text_put(&out, " EUR");
	}
	cs_text_put(&out, " then hold low }\n");
	start(text);
	spend(3000, "276", 1);
	assert_string_equal(heard(), "");
	spend(3001, "276", 2);
	assert_int_equal(made.heard_n, 1);
	assert_int_equal(made.heard[0].why.n, CS_BECAUSE_MAX);
	stop_behaviour();
}

/* Hears a finding that has no texts, and has them made of it. */
static void
hear_terse(void *context, const struct cs_finding *finding)
{
	struct cs_finding spelt = *finding;
	assert_string_equal(finding->detail, "");
	assert_int_equal(finding->why->n, 0);
	assert_int_equal(finding->why->missing_n, 0);
	cs_behave_spell(cs_detect_behave(made.detect), &spelt);
	assert_int_equal(finding->why->n, 2); /* lent, and filled in by now */
	hear_finding(context, &spelt);
}

/* Who only counts findings gets them without texts: the same ones, whose texts are made of what is at hand. */
static void
texts_when_they_are_asked_for(void **state)
{
	(void)state;
	static char told[2][HEARD_MAX * CS_DETAIL_BYTES];
	for (unsigned terse = 0; terse < 2; terse++) {
		start_with(LINKS "money EUR\n"
				 "profile card by card { n_1h = count() over 1h  sum_1h = sum(amount) over 1h }\n"
				 "limit card \"as it says\" { amount <= 20 EUR and amount <= 30 EUR }\n"
				 "rule listed { when card.n_1h >= 2 and card.sum_1h > 25 EUR then hold high }\n"
				 "rule worded { when card.n_1h >= 2 and amount < 35 EUR then hold low reason "
				 "\"{card.n_1h} of {amount}\" }\n"
				 "rule apart { when card.n_1h >= 2 and amount > 1 EUR then block low mode shadow }\n",
			   terse ? hear_terse : hear_finding);
		cs_behave_terse(cs_detect_behave(made.detect), terse);
		for (uint64_t i = 1; i <= 4; i++)
			spend((int64_t)(i * 1000), "276", i);
		assert_int_equal(made.heard_n, 10); /* none, 3, 4 and 3 */
		(void)snprintf(told[terse], sizeof told[terse], "%s", heard());
		stop_behaviour();
	}
	assert_string_equal(told[0], told[1]);
	const char *const each[] = {"not amount <= 20 EUR: 30.00 EUR", "rule.listed", "rule.worded", "shadow"};
	for (unsigned i = 0; i < 4; i++)
		if (!strstr(told[0], each[i]))
			fail_msg("no %s in %s", each[i], told[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_policy_of_the_design),
		cmocka_unit_test(travel_faster_than_anybody),
		cmocka_unit_test(countries_are_told_by_their_letters),
		cmocka_unit_test(calendars_lists_and_scores),
		cmocka_unit_test(no_card_number_comes_out),
		cmocka_unit_test(long_rules),
		cmocka_unit_test(texts_when_they_are_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
