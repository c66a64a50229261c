/*
 * Goal: a profile and its aggregates are kept as written, with what they count by default, and every mistake is named.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_profile.c"

#include "policy_text.h"

static const uint64_t hour = UINT64_C(3600000000000);

static const struct complaint_row rows[] = {
	{LINKS "profile p { n = count() over 1h }",
	 "p:3:9: profile p does not say what it is kept apart by; write: profile card by card {\n"},
	{LINKS "profile p by { n = count() over 1h }",
	 "p:3:14: expected a field to keep apart by, or \"all\", found \"{\"; write: profile card by card {\n"},
	{LINKS "profile p by crad { n = count() over 1h }",
	 "p:3:14: no field is called \"crad\"; did you mean \"card\"?\n"},
	{LINKS "profile p by card + terminal + mcc { n = count() over 1h }",
	 "p:3:32: mcc is one field too many: two make a key\n"},
	{LINKS "profile p by card + card { n = count() over 1h }", "p:3:21: card stands twice; leave one out\n"},
	{LINKS "profile p by amount { n = count() over 1h }",
	 "p:3:14: amount is money, and keeps nothing apart; write a field such as card or terminal\n"},
	{LINKS "profile p by card { }",
	 "p:3:9: profile p keeps nothing; write: cash_1h = count() over 1h where cash\n"},
	{LINKS "profile p by card { n = cuont() over 1h }",
	 "p:3:25: no function is called \"cuont\"; did you mean \"count\"?\n"},
	{LINKS "profile p by card { n = 5 }",
	 "p:3:25: expected a function such as count, found \"5\"; write: cash_1h = count() over 1h where cash\n"},
	{LINKS "profile p by card { n = count over 1h }",
	 "p:3:31: expected \"(\", found \"over\"; write: cash_1h = count() over 1h where cash\n"},
	{LINKS "profile p by card { n = count(amount) over 1h }",
	 "p:3:31: expected \")\", found \"amount\"; write: cash_1h = count() over 1h where cash\n"},
	{LINKS "profile p by card { n = sum() over 1h }",
	 "p:3:29: expected a field, found \")\"; write: spent_24h = sum(amount) over 24h where approved\n"},
	{LINKS "profile p by card { n = sum(amount) over 1h }",
	 "p:3:29: in which currency is amount counted? say it once for this policy; write: money EUR\n"},
	{LINKS "profile p by card { n = sum(amuont) over 1h }",
	 "p:3:29: no field is called \"amuont\"; did you mean \"amount\"?\n"},
	{LINKS "profile p by card { n = sum(terminal) over 1h }",
	 "p:3:29: terminal is no amount and no number that can be added up; write: spent_24h = sum(amount) over 24h\n"},
	{LINKS "profile p by card { n = last(balance) }",
	 "p:3:30: balance is no amount and no number that can be added up; write: spent_24h = sum(amount) over 24h\n"},
	{LINKS "profile p by card { n = count() over 1hour }",
	 "p:3:38: 1hour has no unit that is known; write a time with ms, s, min, h or d, as in 30s, a size with KiB, "
	 "MiB or GiB, as in 64MiB\n"},
	{LINKS "profile p by card { n = count() over 801d }", "p:3:38: 801d is too long here; write at most 800d\n"},
	{LINKS "profile p by card { n = count() over 799d delay 2d }",
	 "p:3:21: n reaches back more than 800d with its delay and lateness; make it shorter\n"},
	{LINKS "profile p by card { n = count() over 1h delay 7d }",
	 "p:3:21: the delay of n is more than 120 times its window; make the window longer\n"},
	{LINKS "profile p by card { n = count() over 30min delay 7d }",
	 "p:3:21: the delay of n is more than 120 times its window; make the window longer\n"},
	{LINKS "profile p by card { n = distinct(country) }",
	 "p:3:21: distinct needs a window; write: lands_24h = distinct(country) over 24h\n"},
	{LINKS "profile p by card { n = first_seen() over 1h }",
	 "p:3:21: first_seen has no window; write: first = first_seen()\n"},
	{LINKS "profile p by card { n = last(country) over 1h delay 1h }",
	 "p:3:21: last has no delay; write: last_country = last(country)\n"},
	{LINKS "profile p by card { n = count() delay 1h }",
	 "p:3:21: a delay needs a window, as in: cash_1h = count() over 1h where cash delay 7d\n"},
	{LINKS "profile p by card { n = count() over 1h max 5 }", "p:3:41: only distinct has a max; leave it out\n"},
	{LINKS "profile p by card { n = distinct(country) over 1h max 257 }",
	 "p:3:55: 257 cannot be a number of values told apart; write one from 1 to 256\n"},
	{LINKS "profile p by card { n = count() over 1h including this excluding this }",
	 "p:3:21: the event itself cannot be both counted and not; leave one of the two out\n"},
	{LINKS "profile p by card { n = count() over 1h delay 1d including this }",
	 "p:3:21: with a delay the event itself is never counted; leave out \"including this\"\n"},
	{LINKS "profile p by card { n = count() over 1h over 2h }",
	 "p:3:41: \"over\" stands twice here; leave one out\n"},
	{LINKS "profile p by card { cash = count() over 1h }",
	 "p:3:21: cash is a word of the language; give this aggregate another name\n"},
	{LINKS "profile p by card { amount = count() over 1h }",
	 "p:3:21: amount is a word of the language; give this aggregate another name\n"},
	{LINKS "profile p by card { n = count() over 1h n = count() over 2h }",
	 "p:3:41: the name n is taken already; give this one another name\n"},
	{LINKS "profile p by card { n = count() over 1h where }",
	 "p:3:47: expected a condition, found \"}\"; write: cash_1h = count() over 1h where cash\n"},
	{LINKS "profile p by card { n = count() over 1h where cash and }",
	 "p:3:56: expected a condition, found \"}\"; write: cash_1h = count() over 1h where cash\n"},
	{LINKS "profile p by card { n = count() over 1h where fraud }",
	 "p:3:47: whether it was fraud is known days later; use it in an aggregate with a delay, as in: risk_7d = "
	 "share(fraud) over 7d delay 7d\n"},
	{LINKS "profile p by card { n = share(fraud) over 1h }",
	 "p:3:31: whether it was fraud is known days later; use it in an aggregate with a delay, as in: risk_7d = "
	 "share(fraud) over 7d delay 7d\n"},
	{LINKS "profile p by card { n = count() over 1h where p.n > 5 }",
	 "p:3:47: a filter looks at one event, and not at aggregates such as n; ask that in a rule\n"},
	{LINKS "profile p by card { n = count() over 1h where chash }",
	 "p:3:47: no condition, field or aggregate is called \"chash\"; did you mean \"cash\"?\n"},
	{LINKS "profile p by card { n = count() over 1h where cash\nmcc = \"6011\" }",
	 "p:4:1: mcc is a word of the language; give this aggregate another name\n"},
	{LINKS "profile p by card { n = count() over 1h keys 5 }",
	 "p:3:46: 5 cannot be a number of keys; write one from 16 to 268435456\n"},
	{LINKS "profile p by card { n = count() over 1h log 100 }",
	 "p:3:45: 100 is no power of two; write 4, 8, 16 ... or 1024\n"},
	{LINKS "profile p by card { n = count() over 1h memory 64GiB }",
	 "p:3:48: 64GiB cannot be the memory of a profile; write one from 1MiB to 32GiB\n"},
	{LINKS "profile p by card { n = count() over 1h lateness 31d }",
	 "p:3:50: 31d is too long here; write at most 30d\n"},
	{LINKS "profile p by card { n = count() over 1h kyes 100 }",
	 "p:3:41: no clause of \"profile\" is called \"kyes\"; did you mean \"keys\"?\n"},
	{LINKS "profile p by card { n = count() over 1h of card.response on vsa }",
	 "p:3:61: no link is called \"vsa\"; did you mean \"visa\"?\n"},
	{LINKS "profile p by card { n = count() over 1h of record on visa }",
	 "p:3:44: visa is no record but a link; write: card.response on visa\n"},
	{LINKS "record tx { source csv time from \"t\" }\nprofile p by card { n = count() over 1h of card.any on tx }",
	 "p:4:44: tx is a record; write: record on tx\n"},
	{LINKS "profile p by card { n = count() over 1h of card.response on visa where cash, card.request on visa }",
	 "p:3:78: visa stands twice with a condition; write it once, with \"or\" in the condition\n"},
	{LINKS "profile p by card { n = count() over 1h of card.response on visa where fraud }",
	 "p:3:72: whether it was fraud is known days later, and cannot choose events; use it in an aggregate with a "
	 "delay\n"},
	{"record tx { source csv time from \"t\" }\nprofile p by card { n = count() over 1h }",
	 "p:2:9: this sees no event: there is no acquirer's or issuer's link, and no record with an amount; write: of "
	 "card.response on visa, record on admin\n"},
	{LINKS "profile p by card { n = count() over 1h }\nprofile p by card { m = count() over 1h }",
	 "p:4:9: the name p is taken already; give this one another name\n"},
	{LINKS "profile p by card { a = distinct(mcc) over 1h b = distinct(country) over 1h c = distinct(terminal) "
	       "over 1h d = distinct(merchant) over 1h e = distinct(bin) over 1h }",
	 "p:3:9: p looks at more than 4 different fields; make it two profiles\n"},
	{LINKS "profile p by card { a0 = count() over 1h a1 = count() over 2h a2 = count() over 3h a3 = count() over "
	       "4h a4 = count() over 5h a5 = count() over 6h a6 = count() over 7h a7 = count() over 8h a8 = count() "
	       "over 9h a9 = count() over 10h a10 = count() over 11h a11 = count() over 12h a12 = count() over 13h a13 "
	       "= count() over 14h a14 = count() over 15h a15 = count() over 16h a16 = count() over 17h }",
	 "p:3:9: p has more than 16 different windows and delays; make it two profiles\n"},
	{LINKS
	 "profile p by card { a0 = count() over 1h a1 = count() over 1h a2 = count() over 1h a3 = count() over 1h a4 = "
	 "count() over 1h a5 = count() over 1h a6 = count() over 1h a7 = count() over 1h a8 = count() over 1h a9 = "
	 "count() over 1h a10 = count() over 1h a11 = count() over 1h a12 = count() over 1h a13 = count() over 1h a14 "
	 "= count() over 1h a15 = count() over 1h a16 = count() over 1h a17 = count() over 1h a18 = count() over 1h "
	 "a19 = count() over 1h a20 = count() over 1h a21 = count() over 1h a22 = count() over 1h a23 = count() over "
	 "1h a24 = count() over 1h a25 = count() over 1h a26 = count() over 1h a27 = count() over 1h a28 = count() "
	 "over 1h a29 = count() over 1h a30 = count() over 1h a31 = count() over 1h a32 = count() over 1h }",
	 "p:3:715: a32 is one too many: a profile has at most 32 aggregates; make it two profiles\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
the_sketch_of_the_design_is_kept(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave =
		compiled(LINKS "profile card by card {\n  cash_1h   = count()           over 1h  where cash\n"
			       "  spent_24h = sum(amount)       over 24h where cash and approved\n"
			       "  lands_24h = distinct(country) over 24h\n}\nmoney EUR")
			->behave;
	assert_int_equal(behave->profile_n, 1);
	assert_int_equal(behave->home_currency, 978);
	const struct cs_profile_clause *card = &behave->profile[0];
	assert_string_equal(card->name, "card");
	assert_int_equal(card->by.n, 1);
	assert_int_equal(card->by.field[0], CS_FIELD_CARD);
	assert_false(card->by.record);
	assert_int_equal(card->aggregate_n, 3);
	assert_int_equal(card->of.kinds[0], 1 << CS_KIND_RESPONSE);
	assert_int_equal(card->of.kinds[1], 0);
	assert_int_equal(card->keys, 100000);
	assert_int_equal(card->log, 256);
	assert_int_equal(card->heavy, 1024);
	assert_int_equal(card->memory_bytes, UINT64_C(100000) * 64 * 8 * 3);
	assert_int_equal(card->lateness_ns, hour / 60);
	assert_int_equal(card->ahead_ns, 0);
	assert_int_equal(card->keep_ns, 0);
	const struct cs_aggregate *at = card->aggregate;
	assert_string_equal(at[0].name, "cash_1h");
	assert_int_equal(at[0].kind, CS_AGGREGATE_COUNT);
	assert_int_equal(at[0].type, CS_VALUE_NUMBER);
	assert_int_equal(at[0].field, CS_FIELD_N);
	assert_int_equal(at[0].window_ns, hour);
	assert_string_equal(at[0].where->text, "cash");
	assert_int_equal(at[0].where->n, 1);
	assert_true(at[0].where->all);
	assert_int_equal(at[1].kind, CS_AGGREGATE_SUM);
	assert_int_equal(at[1].type, CS_VALUE_MONEY);
	assert_int_equal(at[1].currency, 978);
	assert_int_equal(at[1].field, CS_FIELD_AMOUNT);
	assert_string_equal(at[1].where->text, "cash and approved");
	assert_int_equal(at[1].where->n, 3);
	assert_int_equal(at[1].where->step[0], at[0].where->step[0]);
	assert_int_equal(at[1].where->step[2], CS_LOGIC_AND);
	assert_int_equal(at[2].kind, CS_AGGREGATE_DISTINCT);
	assert_int_equal(at[2].max, 64);
	assert_int_equal(at[2].type, CS_VALUE_NUMBER);
	assert_null(at[2].where);
	assert_int_equal(behave->program.test_n, 2);
	assert_int_equal(behave->program.load_n, 2);
	assert_int_equal(behave->program.test[0].kind, CS_TEST_TRUTH);
	assert_string_equal(behave->program.test[1].words, "approved");
	assert_int_equal(behave->program.test[1].place.line, 5);
	assert_int_equal(behave->limit_program.test_n, 0);
}

static void
what_counts_the_event_itself(void **state)
{
	(void)state;
	static const bool want[] = {true,  true,  true, true,  true, false, false, false,
				    false, false, true, false, true, false, false};
	const struct cs_profile_clause *profile =
		&compiled(LINKS
			  "money EUR profile p by terminal + mcc \"title\" { a = count() b = sum(amount) over 1h\n"
			  "c = min(amount) over 1h d = distinct(card) over 1h max 9 e = share(approved)\n"
			  "f = mean(amount) g = variance(amount) over 1h h = last(country) i = since_last() over 2h\n"
			  "j = first_seen() k = mean(amount) including this l = count() excluding this m = max(amount) "
			  "over 1h n = count() over 1d delay 7d o = share(fraud) over 1d delay 7d where not cash\n"
			  "keys 1000 heavy 0 log 1024 memory 3MiB lateness 5min ahead 10s keep 90d\n"
			  "of card.any on core, card.request on visa where cash }")
			 ->behave->profile[0];
	assert_int_equal(profile->aggregate_n, sizeof want / sizeof want[0]);
	for (unsigned i = 0; i < profile->aggregate_n; i++)
		assert_int_equal(profile->aggregate[i].current, want[i]);
	assert_int_equal(profile->aggregate[3].max, 9);
	assert_int_equal(profile->aggregate[6].type, CS_VALUE_NUMBER);
	assert_int_equal(profile->aggregate[7].type, CS_VALUE_COUNTRY);
	assert_int_equal(profile->aggregate[8].type, CS_VALUE_DURATION);
	assert_int_equal(profile->aggregate[9].type, CS_VALUE_TIME);
	assert_int_equal(profile->aggregate[13].delay_ns, 7 * 24 * hour);
	assert_string_equal(profile->aggregate[14].share->text, "fraud");
	assert_string_equal(profile->title, "title");
	assert_int_equal(profile->by.n, 2);
	assert_int_equal(profile->by.field[1], CS_FIELD_MCC);
	assert_int_equal(profile->heavy, 0);
	assert_int_equal(profile->memory_bytes, 3 << 20);
	assert_int_equal(profile->keep_ns, 90 * 24 * hour);
	assert_int_equal(profile->of.kinds[0], 1 << CS_KIND_REQUEST);
	assert_non_null(profile->of.where[0]);
	assert_true(profile->of.kinds[1] & 1 << CS_KIND_ADVICE);
	assert_null(profile->of.where[1]);
}

/* Without an acquirer's link the issuer's answers are seen; records are, when they have an amount. */
static void
what_is_seen_by_default(void **state)
{
	(void)state;
	const struct cs_profile_clause *profile =
		&compiled("link core { tap port 7001 frame length16 dialect \"d\" side issuer }\n"
			  "record tx { source csv time from \"t\" amount from \"a\" minor EUR }\n"
			  "record admin { source csv time from \"t\" card from \"a\" }\n"
			  "profile bank by all { n = count() over 1h s = sum(amount) over 1h }")
			 ->behave->profile[0];
	assert_int_equal(profile->by.n, 0);
	assert_int_equal(profile->of.kinds[0], 1 << CS_KIND_RESPONSE);
	assert_int_equal(profile->of.kinds[1], 1 << CS_KIND_RECORD);
	assert_int_equal(profile->of.kinds[2], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sketch_of_the_design_is_kept),
		cmocka_unit_test(what_counts_the_event_itself),
		cmocka_unit_test(what_is_seen_by_default),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_profile", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
