/*
 * Goal: profiles are told what the policy says, of whole transactions and once; who looks on gets the values of each
 * event; what there is no memory for leaves the limits standing.
 * Method: a policy by hand, events, and the values the observer hears.
 */
#include "behaviour.h"

#include "detect/behave.c"

enum { COUNT_1H, SUM_1H, MEAN_BEFORE, TERMINALS, CASH_1H, LAST_COUNTRY, SHARE_CASH, FRAUDS, AGGREGATES };

static struct cs_aggregate aggregates[AGGREGATES];
static struct cs_profile_clause profile;

#define HOURS(n) ((uint64_t)(n)*3600 * SECOND)

/* What `customer by card` would be. */
static void
make_profile(void)
{
	make_policy();
	uint16_t cash = made_load((struct cs_load){.kind = CS_LOAD_WORD, .type = CS_VALUE_BOOL, .a = 3});
	assert_string_equal(cs_condition_word(3), "cash");
	const struct cs_logic *is_cash =
		LOGIC(made_test((struct cs_test){.kind = CS_TEST_TRUTH, .load = cash, .words = "cash"}));
	struct cs_aggregate all[AGGREGATES] = {
		[COUNT_1H] = {.name = "n", .kind = CS_AGGREGATE_COUNT, .current = true, .window_ns = HOURS(1)},
		[SUM_1H] = {.name = "sum",
			    .kind = CS_AGGREGATE_SUM,
			    .type = CS_VALUE_MONEY,
			    .field = CS_FIELD_AMOUNT,
			    .currency = 978,
			    .current = true,
			    .window_ns = HOURS(1)},
		[MEAN_BEFORE] = {.name = "mean",
				 .kind = CS_AGGREGATE_MEAN,
				 .type = CS_VALUE_MONEY,
				 .field = CS_FIELD_AMOUNT,
				 .currency = 978,
				 .window_ns = HOURS(24)},
		[TERMINALS] = {.name = "terminals",
			       .kind = CS_AGGREGATE_DISTINCT,
			       .field = CS_FIELD_TERMINAL,
			       .current = true,
			       .max = 16,
			       .window_ns = HOURS(1)},
		[CASH_1H] = {.name = "cash",
			     .kind = CS_AGGREGATE_COUNT,
			     .current = true,
			     .window_ns = HOURS(1),
			     .where = is_cash},
		[LAST_COUNTRY] = {.name = "country",
				  .kind = CS_AGGREGATE_LAST,
				  .type = CS_VALUE_COUNTRY,
				  .field = CS_FIELD_COUNTRY},
		[SHARE_CASH] = {.name = "share",
				.kind = CS_AGGREGATE_SHARE,
				.current = true,
				.window_ns = HOURS(1),
				.share = is_cash},
		[FRAUDS] = {.name = "own",
			    .kind = CS_AGGREGATE_SUM,
			    .field = CS_FIELD_FORWARDER,
			    .record = true,
			    .current = true,
			    .window_ns = HOURS(1)},
	};
	memcpy(aggregates, all, sizeof all);
	profile = profile_of("card", CS_FIELD_CARD, aggregates, AGGREGATES);
	made.behave.profile_n = 1;
	made.behave.profile = &profile;
}

static void
is_value(unsigned i, int64_t num, uint64_t den)
{
	assert_true(made.value[i].flags & CS_PROFILE_PRESENT);
	const struct cs_ratio is = cs_profile_ratio(&made.value[i]), want = cs_ratio_of(num, den);
	if (cs_ratio_order(&is, &want) != 0)
		fail_msg("aggregate %u: %lld / %llu", i, (long long)is.num, (unsigned long long)is.den);
}

static void
observer_hears_the_values_of_each_event(void **state)
{
	(void)state;
	make_profile();
	assert_null(cs_behave_misfit(&made.policy));
	start_behaviour();
	struct cs_event event = answer_of(1, 5000, 10);
	set_text(&event, CS_FIELD_COUNTRY, "276");
	tell(&event);
	assert_int_equal(made.decision_n, 1);
	assert_int_equal(made.decision.value_n, AGGREGATES);
	assert_true(made.known[0]);
	is_value(COUNT_1H, 1, 1);
	is_value(SUM_1H, 5000, 1);
	assert_false(made.value[MEAN_BEFORE].flags & CS_PROFILE_PRESENT);
	assert_false(made.value[LAST_COUNTRY].flags & CS_PROFILE_PRESENT);
	event = answer_of(1, 1001, 20);
	set_text(&event, CS_FIELD_TERMINAL, "TERM0002");
	set_text(&event, CS_FIELD_PROCESSING, "000000");
	tell(&event);
	is_value(COUNT_1H, 2, 1);
	is_value(SUM_1H, 6001, 1);
	is_value(MEAN_BEFORE, 5000, 1);
	is_value(TERMINALS, 2, 1);
	is_value(CASH_1H, 1, 1);
	is_value(SHARE_CASH, 1, 2);
	struct cs_short last;
	assert_true(cs_feed_decode((int64_t)made.value[LAST_COUNTRY].num, &last));
	assert_string_equal(last.at, "276");
	event = answer_of(2, 1, 21);
	tell(&event);
	is_value(COUNT_1H, 1, 1);
	assert_string_equal(heard(), "");
	stop_behaviour();
}

/* Country and terminal stand in the request only; the answer sent again is nothing new. */
static void
an_answer_is_seen_whole_and_once(void **state)
{
	(void)state;
	make_profile();
	start_behaviour();
	struct cs_event request = answer_of(1, 700, 10), answer = answer_of(1, 700, 10);
	memcpy(request.mti, "0200", 4);
	request.kind = CS_KIND_REQUEST;
	request.flags = CS_FLAG_CARD;
	cs_event_drop_text(&request, CS_FIELD_RESPONSE_CODE);
	set_text(&request, CS_FIELD_COUNTRY, "392");
	cs_event_drop_text(&answer, CS_FIELD_TERMINAL);
	cs_event_drop_text(&answer, CS_FIELD_PROCESSING);
	answer.origin.time_ns++;
	tell(&request);
	assert_int_equal(made.decision_n, 0);
	tell(&answer);
	assert_int_equal(made.decision_n, 1);
	assert_true(cs_event_has(made.decision.event, CS_FIELD_COUNTRY));
	is_value(TERMINALS, 1, 1);
	is_value(CASH_1H, 1, 1);
	answer.origin.time_ns++;
	tell(&answer);
	assert_int_equal(made.decision_n, 1);
	stop_behaviour();
}

static void
what_lacks_a_value_did_not_happen_to_who_wants_it(void **state)
{
	(void)state;
	make_profile();
	start_behaviour();
	struct cs_event event = answer_of(1, 700, 10);
	event.money[0] = cs_money_of(700, 840); /* dollars, and no rate */
	set_text(&event, CS_FIELD_FORWARDER, "12");
	tell(&event);
	is_value(COUNT_1H, 1, 1);
	is_value(SUM_1H, 0, 1);
	is_value(FRAUDS, 0, 1); /* a name of records */
	assert_int_equal(cs_behave_counts_of(cs_detect_behave(made.detect))->unconverted_n, 1);
	event = answer_of(1, 700, 11);
	event.link = 1;
	event.kind = CS_KIND_RECORD;
	set_text(&event, CS_FIELD_FORWARDER, "12");
	tell(&event);
	is_value(SUM_1H, 700, 1);
	is_value(FRAUDS, 12, 1);
	event.flags = 0; /* no card: no key */
	event.present &= ~(UINT64_C(1) << CS_FIELD_CARD);
	tell(&event);
	assert_false(made.known[0]);
	assert_false(made.value[COUNT_1H].flags & CS_PROFILE_PRESENT);
	stop_behaviour();
}

static void
late_events_have_no_values_and_others_only_look(void **state)
{
	(void)state;
	make_profile();
	made.behave.rule_n = 0;
	profile.of.kinds[1] = 0;
	struct cs_profile_clause two[2] = {profile, profile};
	two[1].of.kinds[1] = 1u << CS_KIND_RECORD;
	two[1].first = AGGREGATES;
	two[1].name = "other";
	made.behave.profile = two;
	made.behave.profile_n = 2;
	start_behaviour();
	struct cs_event event = answer_of(1, 700, 100);
	tell(&event);
	event = answer_of(1, 700, 101);
	event.link = 1;
	event.kind = CS_KIND_RECORD;
	tell(&event); /* the first profile only reads */
	assert_true(made.known[0] && made.known[1]);
	is_value(COUNT_1H, 1, 1);
	is_value(AGGREGATES + COUNT_1H, 2, 1);
	event = answer_of(1, 700, 30);
	tell(&event);
	assert_false(made.known[0] || made.known[1]);
	assert_int_equal(cs_behave_profile(cs_detect_behave(made.detect), 0)->counts.late_n, 1);
	stop_behaviour();
}

static void
a_profile_that_forgets_says_so_once_a_minute(void **state)
{
	(void)state;
	make_profile();
	profile.keys = 16;
	start_behaviour();
	for (uint64_t i = 0; i < 40; i++) {
		struct cs_event event = answer_of(100 + i, 700, 10 + i);
		tell(&event);
	}
	assert_string_equal(heard(), "profile.card profile_full allow medium: 1 key or event forgotten before its "
				     "time: raise `keys 16` or `memory` of card");
	struct cs_event event = answer_of(999, 700, 100);
	tell(&event);
	assert_string_equal(heard(), "profile.card profile_full allow medium: 24 keys or events forgotten before their "
				     "time: raise `keys 16` or `memory` of card");
	stop_behaviour();
}

static void
without_memory_for_the_rest_the_limits_stand_alone(void **state)
{
	(void)state;
	make_profile();
	struct cs_profile_clause small = profile;
	made.behave.limit_profile_n = 1;
	made.behave.limit_profile = &small;
	made.behave.limit_program = made.behave.program;
	profile.memory_bytes = UINT64_C(1) << 31; /* more log than a profile can have */
	profile.memory_bytes *= UINT64_C(1) << 20;
	assert_ptr_equal(cs_behave_misfit(&made.policy), &profile);
	struct cs_behave *behave = start_behaviour();
	assert_true(cs_behave_counts_of(behave)->limits_only);
	struct cs_event event = answer_of(1, 700, 10);
	tell(&event);
	assert_int_equal(made.decision.value_n, 0);
	stop_behaviour();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(observer_hears_the_values_of_each_event),
		cmocka_unit_test(an_answer_is_seen_whole_and_once),
		cmocka_unit_test(what_lacks_a_value_did_not_happen_to_who_wants_it),
		cmocka_unit_test(late_events_have_no_values_and_others_only_look),
		cmocka_unit_test(a_profile_that_forgets_says_so_once_a_minute),
		cmocka_unit_test(without_memory_for_the_rest_the_limits_stand_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
