/*
 * Goal: stories are read as written, and wrong ones are refused with their line.
 * Method: every shipped story, one with every clause, and one fault each.
 */
#include "check.h"

#include "story.c"

static void
shipped_stories_are_read(void **state)
{
	(void)state;
	struct cs_story story;
	struct cs_story_fault fault;
	struct cs_span text;
	unsigned n = 0;
	for (; cs_story_shipped_at(n, &text) != NULL; n++)
		assert_int_equal(cs_story_read(text, &story, &fault), CS_OK);
	assert_int_equal(n, 53);
}

static void
every_clause_arrives(void **state)
{
	(void)state;
	static const char text[] =
		"title Two words # and a comment\nstart 2026-03-02 01:30\nminutes 5\nrate 0.5/s\n"
		"cards 9\natms 3\nshops 4\nabroad 2.5%\nstripe 1%\nloss 0.05%\nskew core behind 1.5s\n"
		"captures from_start\nrenumber rrn\necho 30s\nkeepalive 2min\ntroubles none\n"
		"trouble late_answer 3%\noutage by_silence at 00:02 for 30s\nfailover core at 01:00\n"
		"attack japan\n";
	static const char good[] =
		"attack cashout-a variant linux at 00:20 for 3h cards 16 rate 1.3/s amount 100000 JPY "
		"machines 14 once_a_day\nattack injected cards 3 amount 5..9 countries 2";
	struct cs_story story;
	struct cs_story_fault fault;
	assert_int_equal(cs_story_read(cs_span_text(text), &story, &fault), CS_E_SYNTAX);
	assert_int_equal(fault.line, 20);
	assert_string_equal(fault.text, "\"japan\": no such attack; sim/attack.def lists them");
	struct cs_span most = {(const uint8_t *)text, sizeof text - 1 - strlen("attack japan\n")};
	assert_int_equal(cs_story_read(most, &story, &fault), CS_OK);
	assert_string_equal(story.title, "Two words");
	assert_int_equal(story.rate_milli, 500);
	assert_int_equal(story.abroad_ppm, 25000);
	assert_int_equal(story.loss_ppm, 500);
	assert_true(story.skew_ns[CS_LEG_CORE] == -1500000000);
	assert_int_equal(story.trouble_ppm[CS_TROUBLE_LATE_ANSWER], 30000);
	assert_int_equal(story.happening_n, 2);
	assert_true(story.happening[1].at_ns == CS_HOUR);
	assert_int_equal(cs_story_read(cs_span_text(good), &story, &fault), CS_OK);
	assert_int_equal(story.attack[0].currency, 392);
	assert_true(story.attack[0].once);
	assert_int_equal(story.attack[1].first_card, 16);
	assert_int_equal(story.attack[1].high_major, 9);
	assert_int_equal(story.spare_n, 19);
}

static void
habits_and_their_spells_arrive(void **state)
{
	(void)state;
	static const char text[] = "habits usual\nnew_cards 5%\nresting 10%\nchanges every 3h\n"
				   "busy at 700:00 for 40h traffic 1.8x cash 45%\nbusy at 1:00 for 2h\n"
				   "travel at 24:00 for 48h share 25%\nchip_fault atm 17 at 07:00 for 26h\n"
				   "attack genuine-unlimited at 03:00 stripe lifted 90min resets 1h probe 2h\n"
				   "attack genuine-unlimited at 03:00 cards 5 customers\n";
	static const char *const early[] = {"attack genuine-unlimited at 01:00 lifted 2h",
					    "attack genuine-unlimited probe 1s", "resting 5%", "busy at 00:00",
					    "cards 4\nattack genuine-unlimited cards 5 customers"};
	struct cs_story story;
	struct cs_story_fault fault;
	assert_int_equal(cs_story_read(cs_span_text(text), &story, &fault), CS_OK);
	assert_true(story.habits);
	assert_int_equal(story.new_ppm, 50000);
	assert_int_equal(story.rest_ppm, 100000);
	assert_true(story.changes_ns == 3 * CS_HOUR);
	assert_int_equal(story.spell_n, 4);
	assert_true(story.spell[0].at_ns == 700 * CS_HOUR);
	assert_int_equal(story.spell[0].traffic_milli, 1800);
	assert_int_equal(story.spell[0].share_ppm, 450000);
	assert_int_equal(story.spell[1].traffic_milli, 1000);
	assert_int_equal(story.spell[2].share_ppm, 250000);
	assert_int_equal(story.spell[3].machine, 17);
	assert_true(story.attack[0].stripe);
	assert_true(story.attack[0].lifted_ns == 90 * CS_MINUTE);
	assert_true(story.attack[0].resets_ns == CS_HOUR);
	assert_true(story.attack[0].probe_ns == 2 * CS_HOUR);
	assert_false(story.attack[0].customers);
	assert_true(story.attack[1].customers);
	assert_int_equal(story.spare_n, 12); /* customers' cards are not thieves' */
	for (unsigned i = 0; i < sizeof early / sizeof early[0]; i++)
		assert_int_equal(cs_story_read(cs_span_text(early[i]), &story, &fault), CS_E_SYNTAX);
}

static void
faults_are_named(void **state)
{
	(void)state;
	static const char *const wrong[] = {"minutes x",
					    "minutes",
					    "minutes 0",
					    "rate 5",
					    "loss 200%",
					    "skew moon 3ms",
					    "echo 3 weeks",
					    "start 2026-13-01 00:00",
					    "trouble nope 1%",
					    "outage by_luck",
					    "sign_off core",
					    "frobnicate",
					    "minutes 5 6",
					    "failover visa at 5",
					    "rate 1.2.3/s",
					    "cards 3000000",
					    "habits odd",
					    "changes 3h",
					    "busy at 00:00 traffic 0x",
					    "travel at 00:00 for 2h",
					    "chip_fault 3",
					    "new_cards 2"};
	struct cs_story story;
	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct cs_story_fault fault = {.text = ""};
		assert_int_equal(cs_story_read(cs_span_text(wrong[i]), &story, &fault), CS_E_SYNTAX);
		assert_int_equal(fault.line, 1);
		assert_true(fault.text[0] != '\0');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_stories_are_read),
		cmocka_unit_test(every_clause_arrives),
		cmocka_unit_test(habits_and_their_spells_arrive),
		cmocka_unit_test(faults_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
