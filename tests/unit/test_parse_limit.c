/*
 * Goal: a limit stands alone: its aggregates are its own, or taken over from the profile of its name.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_limit.c"

#include "policy_text.h"

#define CARD                                                                                                           \
	LINKS "profile card by card { cash_1h = count() over 1h where cash spent = sum(amount) over 24h mean = "       \
	      "mean(amount) over 30d land = last(country) since = since_last() first = first_seen() mcc_last = "       \
	      "last(mcc) } money EUR\n"

static const struct complaint_row rows[] = {
	{CARD "limit card { }",
	 "p:4:7: limit card limits nothing; write: spent_24h <= 2000 EUR where cash otherwise block critical\n"},
	{CARD "limit card { spent }",
	 "p:4:14: spent is money, which is neither true nor false; write: amount >= 500 EUR\n"},
	{CARD "limit card { spnet <= 2000 EUR }",
	 "p:4:14: no condition, field or aggregate is called \"spnet\"; did you mean \"spent\"?\n"},
	{CARD "limit card { spent <= 2000 }", "p:4:23: 2000 of what? write the currency behind it, as in 2000 EUR\n"},
	{CARD "limit card { spent <= 2000 EUR otherwise }",
	 "p:4:42: expected allow, hold or block, found \"}\"; write: spent_24h <= 2000 EUR where cash otherwise block "
	 "critical\n"},
	{CARD "limit card { spent <= 2000 EUR otherwise block }",
	 "p:4:48: expected a severity, found \"}\"; write: spent_24h <= 2000 EUR where cash otherwise block "
	 "critical\n"},
	{CARD "limit card { spent <= 2000 EUR where chash }",
	 "p:4:38: no condition, field or aggregate is called \"chash\"; did you mean \"cash\"?\n"},
	{CARD "limit card { spent <= 2000 EUR and other.n < 5 }\nprofile other by mcc { n = count() over 1h }",
	 "p:4:36: a limit stands alone, and cannot use other; use aggregates of the limit itself\n"},
	{CARD "list hot { of terminal holds \"T1\" }\nlimit card { not terminal in hot }",
	 "p:5:30: a limit stands alone, and cannot use hot; use aggregates of the limit itself\n"},
	{CARD "limit terminal { n = count() over 1h n <= 5 }",
	 "p:4:7: limit terminal does not say what its aggregates are kept apart by; write: limit card by card {\n"},
	{CARD "limit terminal by termnal { n = count() over 1h n <= 5 }",
	 "p:4:19: no field is called \"termnal\"; did you mean \"terminal\"?\n"},
	{CARD "limit terminal by terminal { n = cuont() over 1h n <= 5 }",
	 "p:4:34: no function is called \"cuont\"; did you mean \"count\"?\n"},
	{CARD "limit card { spent <= 2000 EUR }\nlimit card { mean <= 2000 EUR }",
	 "p:5:7: the name card is taken already; give this one another name\n"},
	{CARD "limit terminal by terminal { n = count() over 1h where fraud n <= 5 }",
	 "p:4:56: whether it was fraud is known days later; use it in an aggregate with a delay, as in: risk_7d = "
	 "share(fraud) over 7d delay 7d\n"},
	{CARD "limit card { spent <= 2000 EUR keys 5 }",
	 "p:4:37: 5 cannot be a number of keys; write one from 16 to 268435456\n"},
	{CARD "limit card { spent <= 2000 EUR keys 5000 otherwise hold high }",
	 "p:4:42: otherwise stands right behind what is limited, and nothing between them; write: spent_24h <= 2000 "
	 "EUR "
	 "where cash otherwise block critical\n"},
	{CARD "limit card { spent <= 2000 EUR otherwise hold high where cash }",
	 "p:4:52: where stands right behind what is limited, and nothing between them; write: spent_24h <= 2000 EUR "
	 "where cash otherwise block critical\n"},
	{CARD "limit card { distance(terminal, country) > 5 }",
	 "p:4:23: of terminal it is not known where it is, and a limit knows no tables; write: country\n"},
	{CARD "limit card { spent <= 2000 EUR\nrule r { when cash then hold high }",
	 "p:4:1: this block has no end; write \"}\" behind the last clause of card\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
what_is_used_is_taken_over(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave =
		compiled(LINKS "profile card by card + terminal { a = count() over 1h b = sum(amount) over 24h where "
			       "cash c = count() over 2h "
			       "keys 5000 log 64 memory 2MiB of card.request on visa }\n"
			       "limit card \"t\" { b <= 2000 EUR where cash otherwise hold high  card.c < 10 and b < 5 "
			       "EUR }\n")
			->behave;
	assert_int_equal(behave->limit_profile_n, 1);
	const struct cs_profile_clause *own = &behave->limit_profile[0];
	assert_string_equal(own->name, "card");
	assert_int_equal(own->aggregate_n, 2);
	assert_string_equal(own->aggregate[0].name, "b");
	assert_string_equal(own->aggregate[1].name, "c");
	assert_int_equal(own->first, 0);
	assert_int_equal(own->by.n, 2);
	assert_int_equal(own->by.field[1], CS_FIELD_TERMINAL);
	assert_int_equal(own->keys, 5000);
	assert_int_equal(own->log, 64);
	assert_int_equal(own->memory_bytes, 2 << 20);
	assert_int_equal(own->of.kinds[0], 1 << CS_KIND_REQUEST);
	assert_string_equal(own->aggregate[0].where->text, "cash");
	assert_int_equal(behave->limit_n, 2);
	const struct cs_limit_clause *limit = behave->limit;
	assert_string_equal(limit[0].name, "card");
	assert_string_equal(limit[0].title, "t");
	assert_string_equal(limit[0].holds->text, "b <= 2000 EUR");
	assert_string_equal(limit[0].where->text, "cash");
	assert_int_equal(limit[0].otherwise.verdict, CS_VERDICT_HOLD);
	assert_int_equal(limit[0].of.kinds[0], 1 << CS_KIND_REQUEST);
	assert_string_equal(limit[1].holds->text, "card.c < 10 and b < 5 EUR");
	assert_null(limit[1].where);
	assert_int_equal(limit[1].otherwise.verdict, CS_VERDICT_BLOCK);
	assert_int_equal(limit[1].otherwise.severity, CS_SEVERITY_CRITICAL);
	assert_int_equal(limit[1].place.line, 4);
	/* Two programs: the filter of `b` is a test of both. */
	assert_int_equal(behave->program.test_n, 1);
	assert_int_equal(behave->limit_program.test_n, 4);
	assert_int_equal(behave->limit_program.load[0].kind, CS_LOAD_AGGREGATE);
	assert_int_equal(behave->limit_program.load[0].a, 0);
}

static void
a_limit_of_its_own(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave = compiled(LINKS "limit a by card { n = count() over 1h m = sum(amount) "
							       "over 24h n <= 10 m <= 100 EUR keys 2000 }\n"
							       "limit b \"t\" by terminal { of card.any on core where "
							       "cash\n k = count() over 1h where cash\n k <= 500 }\n")
							->behave;
	assert_int_equal(behave->profile_n, 0);
	assert_int_equal(behave->limit_profile_n, 2);
	assert_int_equal(behave->limit_profile[0].aggregate_n, 2);
	assert_int_equal(behave->limit_profile[0].keys, 2000);
	assert_int_equal(behave->limit_profile[0].log, 256);
	assert_int_equal(behave->limit_profile[1].first, 2);
	assert_string_equal(behave->limit_profile[1].title, "t");
	assert_int_equal(behave->limit_profile[1].by.field[0], CS_FIELD_TERMINAL);
	assert_int_equal(behave->limit_n, 3);
	assert_non_null(behave->limit[2].of.where[1]);
	const struct cs_test *test = &behave->limit_program.test[behave->limit[2].holds->step[0]];
	assert_int_equal(behave->limit_program.load[test->left.step[0].load].a, 2);
}

static void
a_limit_needs_no_aggregate(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave =
		compiled(LINKS "limit single { amount <= 2500 EUR where cash }")->behave;
	assert_int_equal(behave->limit_profile_n, 0);
	assert_int_equal(behave->limit_n, 1);
	assert_int_equal(behave->limit[0].of.kinds[0], 1 << CS_KIND_RESPONSE);
}

static const struct cs_policy *
limits_of(const char *text)
{
	const struct cs_policy *policy = NULL;
	cs_arena_reset(&arena);
	if (cs_policy_read_limits(cs_span_text(text), "p", &arena, &policy, &complaints) != CS_OK)
		return NULL;
	return policy;
}

static const char broken[] =
	"rule r { when nothing > 5 then hodl high }\nrule s { of card.response on vsa when cash then hold high }\n"
	"list l { holds 5 }\nscore { }\ncalendar c { night 25:00 }\nplaces q { }\n"
	"profile other by crad { n = cuont() over 1h }\n";

/* Whatever is wrong with rules, lists and profiles: limits stand. */
static void
limits_stand_when_all_else_is_broken(void **state)
{
	(void)state;
	char at[2048];
	struct cs_text text = cs_text_over(at, sizeof at);
	const struct cs_policy *policy = NULL;
	cs_text_put(&text, LINKS "profile card by card { a = sum(amount) over 24h  b = cuont() over 1h }\n");
	cs_text_put(&text, broken);
	cs_text_put(&text, "limit card { a <= 2000 EUR }\nlimit own by terminal { n = count() over 1h n <= 50 }\n");
	assert_int_equal(compile(at, text.len, &policy), CS_E_SYNTAX);
	assert_true(complaints.all_n >= 8);
	policy = limits_of(at);
	assert_non_null(policy);
	assert_int_equal(complaints.all_n, 0);
	assert_int_equal(policy->link_n, 2);
	const struct cs_behave_policy *behave = policy->behave;
	assert_int_equal(behave->limit_n, 2);
	assert_int_equal(behave->limit_profile_n, 2);
	assert_int_equal(behave->limit_profile[0].by.field[0], CS_FIELD_CARD);
	assert_int_equal(behave->profile_n, 0);
	assert_int_equal(behave->rule_n, 0);
	assert_int_equal(behave->list_n, 0);
}

/* A limit is never kept by another key, or of other events, than it says. */
static void
a_limit_stands_on_nothing_broken(void **state)
{
	(void)state;
	static const char *const texts[] = {
		LINKS "profile card by crad { a = count() over 1h }\nlimit card { a <= 5 }",
		LINKS "profile card by card { a = cuont() over 1h }\nlimit card { a <= 5 }",
		LINKS "profile card by card { a = count() over 1h of card.response on visa where chash }\nlimit card { "
		      "a <= 5 }",
		LINKS "profile card by card { a = sum(terminal) over 1h }\nlimit card { a <= 5 EUR }",
		LINKS "limit card by card { a = cuont() over 1h a <= 5 }",
		LINKS "limit card { amuont <= 5 EUR }",
		"lnik x { }\nlimit card { amount <= 5 EUR }",
	};
	for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_null(limits_of(texts[i]));
		assert_true(complaints.all_n > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_used_is_taken_over),
		cmocka_unit_test(a_limit_of_its_own),
		cmocka_unit_test(a_limit_needs_no_aggregate),
		cmocka_unit_test(limits_stand_when_all_else_is_broken),
		cmocka_unit_test(a_limit_stands_on_nothing_broken),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_limit", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
