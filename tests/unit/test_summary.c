/*
 * Goal: the summary's sums add up, its words fit its numbers, and what was counted anywhere is shown.
 * Method: counts by hand in place of a pipeline's own.
 */
#include "check.h"

#include "engine/summary.c"

static struct cs_policy policy;
static struct cs_pipeline_counts pipeline_counts;
static struct cs_detect_counts detect_counts;
static struct cs_alerts alerts;
static uint64_t evicted_n;
static char said[CS_SUMMARY_BYTES];

/* The pipeline is not here: these are all that the summary asks of it. */
const struct cs_pipeline_counts *
cs_pipeline_counts_of(const struct cs_pipeline *pipeline)
{
	(void)pipeline;
	return &pipeline_counts;
}

const struct cs_detect_counts *
cs_pipeline_detect_counts(const struct cs_pipeline *pipeline)
{
	(void)pipeline;
	return &detect_counts;
}

const struct cs_streams *
cs_pipeline_streams(const struct cs_pipeline *pipeline, unsigned link)
{
	(void)pipeline;
	(void)link;
	return NULL;
}

uint64_t
cs_streams_evicted(const struct cs_streams *streams)
{
	(void)streams;
	return evicted_n;
}

uint64_t
cs_streams_held_dropped(const struct cs_streams *streams)
{
	(void)streams;
	return 0;
}

static const struct cs_behave *made_behave;
static struct cs_behave_counts behave_counts;
static struct cs_profile profile;

const struct cs_behave *
cs_pipeline_behave(const struct cs_pipeline *pipeline)
{
	(void)pipeline;
	return made_behave;
}

const struct cs_behave_counts *
cs_behave_counts_of(const struct cs_behave *behave)
{
	assert_non_null(behave);
	return &behave_counts;
}

const struct cs_profile *
cs_behave_profile(const struct cs_behave *behave, unsigned i)
{
	assert_non_null(behave);
	assert_int_equal(i, 0);
	return &profile;
}

static struct cs_roster roster;
static struct cs_sentry_counts sentry_counts;
static const struct cs_sentry *made_sentry;

const struct cs_sentry *
cs_pipeline_sentry(const struct cs_pipeline *pipeline)
{
	(void)pipeline;
	return made_sentry;
}

const struct cs_sentry_counts *
cs_sentry_counts_of(const struct cs_sentry *sentry, unsigned nth)
{
	assert_non_null(sentry);
	assert_int_equal(nth, 0);
	return &sentry_counts;
}

const struct cs_roster *
cs_sentry_roster(const struct cs_sentry *sentry)
{
	assert_non_null(sentry);
	return &roster;
}

static void
start(void)
{
	made_sentry = NULL;
	memset(&policy, 0, sizeof policy);
	memset(&pipeline_counts, 0, sizeof pipeline_counts);
	memset(&detect_counts, 0, sizeof detect_counts);
	memset(&alerts, 0, sizeof alerts);
	memset(&behave_counts, 0, sizeof behave_counts);
	memset(&profile, 0, sizeof profile);
	made_behave = NULL;
	evicted_n = 0;
	policy.link_n = 1;
	policy.link[0].name = "visa";
}

static void
says(const char *words)
{
	const struct cs_summary summary = {.policy = &policy, .alerts = &alerts};
	struct cs_text text = cs_text_over(said, sizeof said);
	cs_summary_put(&text, &summary);
	assert_false(text.overflowed);
	if (!strstr(said, words))
		fail_msg("not said: %s\n%s", words, said);
}

static void
one_is_one_and_two_are_more(void **state)
{
	(void)state;
	start();
	pipeline_counts.leg[0].connections = 1;
	for (unsigned kind = 0; kind < CS_KIND_N; kind++)
		detect_counts.events[0][kind] = 1;
	says("visa          1 connection, 1 other message, 1 request, 1 response, 1 advice, 1 advice response, "
	     "1 reversal, 1 reversal response, 1 network request, 1 network response, 1 record, 0 undecoded\n");
	pipeline_counts.leg[0].connections = 3;
	for (unsigned kind = 0; kind < CS_KIND_N; kind++)
		detect_counts.events[0][kind] = 945112;
	says("visa          3 connections, 945,112 other messages, 945,112 requests, 945,112 responses, "
	     "945,112 advices, 945,112 advice responses, 945,112 reversals, 945,112 reversal responses, "
	     "945,112 network requests, 945,112 network responses, 945,112 records, 0 undecoded\n");
}

static void
no_time_is_below_nothing(void **state)
{
	(void)state;
	start();
	pipeline_counts.records = 2;
	pipeline_counts.first_ns = UINT64_C(1700000000000000000);
	pipeline_counts.last_ns = pipeline_counts.first_ns + UINT64_C(3000000000);
	says("on for 3.000 s\n");
	pipeline_counts.last_ns = pipeline_counts.first_ns - 1;
	says("on for 0 us\n");
}

static void
claims_are_the_sum_of_what_became_of_them(void **state)
{
	(void)state;
	start();
	policy.expect_n = 2;
	policy.expect[0].name = "approval";
	policy.expect[1].name = "idle";
	detect_counts.expect[0] = (struct cs_expect_counts){.claims = 1036,
							    .proven = 1000,
							    .excused = 1,
							    .duplicate = 2,
							    .forged = 3,
							    .contradicted = 4,
							    .unproven = 5,
							    .waiting = 10,
							    .waiting_excused = 11};
	says("  approval      1,036 claims = 1,000 proven + 1 excused + 2 duplicate + 3 forged + 4 contradicted + "
	     "5 unproven + 10 waiting + 11 waiting for an advice\n");
	says("  idle          0 claims = none\n");
}

static void
one_is_one(void **state)
{
	(void)state;
	start();
	policy.expect_n = 1;
	policy.expect[0].name = "approval";
	detect_counts.expect[0] = (struct cs_expect_counts){.claims = 1, .proven = 1};
	detect_counts.evicted[0] = 1;
	evicted_n = 1;
	pipeline_counts.packets = 1;
	pipeline_counts.messages = 1;
	pipeline_counts.other_packets = 1;
	says("1 packet, 1 message, from ");
	says("  1 packet belongs to no link of the policy\n");
	says("  approval      1 claim = 1 proven\n");
	says("  visa          1 transaction dropped before its time (keep)\n");
	says("  visa          1 connection dropped (connections)\n");
}

static void
bytes_are_decoded_or_lost(void **state)
{
	(void)state;
	start();
	struct cs_way_counts *way = &pipeline_counts.leg[0].way[CS_DIR_TO_PORT];
	way->stream.acknowledged_bytes = 10000;
	way->stream.lost_bytes = 10;
	way->framer.framed_bytes = 9985;
	way->framer.skipped_bytes = 5;
	way->undecoded_bytes = 85;
	says("  visa          to the port           10,000         9,900           100       99.00 %\n");
	says("nothing seen\n");
}

static void
conservation_is_accounted_for(void **state)
{
	(void)state;
	start();
	policy.conserve_n = 1;
	policy.conserve[0].name = "cash";
	detect_counts.conserve[0].judged = 1440;
	says("Conservation\n  cash          1,440 intervals judged\n");
	detect_counts.conserve[0] = (struct cs_conserve_counts){1, 2, 3, 4};
	says("  cash          1 interval judged, 2 skipped since bytes of the issuer's link were lost, "
	     "3 skipped since the links were settled too late, 4 messages came too late for theirs\n");
}

static void
limits_hit_are_told(void **state)
{
	(void)state;
	start();
	says("Limits hit\n  none\n");
	evicted_n = 7;
	detect_counts.evicted[0] = 1000;
	says("Limits hit\n  visa          1,000 transactions dropped before their time (keep)\n"
	     "  visa          7 connections dropped (connections)\n");
}

static void
rules_and_limits_are_accounted_for(void **state)
{
	(void)state;
	static const struct cs_rule_clause rules[2] = {{.name = "often", .live = true}, {.name = "a_very_long_name"}};
	static const struct cs_limit_clause limits[1] = {{.name = "card"}};
	static const struct cs_list_clause lists[1] = {{.name = "hot"}};
	static const struct cs_profile_clause profiles[1] = {{.name = "card"}};
	static const struct cs_behave_policy of = {.rule_n = 2,
						   .rule = rules,
						   .limit_n = 1,
						   .limit = limits,
						   .list_n = 1,
						   .list = lists,
						   .profile_n = 1,
						   .profile = profiles};
	start();
	policy.behave = &of;
	made_behave = (const struct cs_behave *)&of; /* anything that is not NULL */
	behave_counts.rule[0] = (struct cs_rule_counts){1000, 2, 3, 4, 5};
	behave_counts.rule[1] = (struct cs_rule_counts){7, 0, 0, 0, 0};
	behave_counts.limit_passed_n[0] = 6;
	says("Behaviour\n  card          6 passed this limit\n  hot           0 told by this list\n"
	     "  often         2 fired of 1,000 asked, 3 without a value that was needed, "
	     "4 blocks turned into holds by its brake, 5 behind its last day\n"
	     "  a_very_long_name 0 fired of 7 asked, in shadow\n\nFindings: 0\n");
	behave_counts.unconverted_n = 8;
	behave_counts.overflow_n = 9;
	says("  8 amounts in a currency the policy has no rate for\n  9 values too large to reckon with\n");
	profile.counts.evicted_n = 10;
	profile.counts.late_n = 11;
	says("Limits hit\n  card          10 keys forgotten for want of room (keys)\n"
	     "  card          11 events too late to be counted (lateness)\n");
	behave_counts.limits_only = true;
	says("Behaviour\n  WARNING: there is no memory for profiles, rules and lists; limits alone stand\n");
	says("Limits hit\n  none\n");
	alerts.tally.shadow_n = 12;
	says("Findings: 0\n  12 more in shadow: told, but not acted on\n");
}

static void
names_held_against_lists_are_told(void **state)
{
	(void)state;
	static const struct cs_screen_clause screen = {.name = "sanctions"};
	start();
	policy.screen_n = 1;
	policy.screen = &screen;
	made_sentry =
		(const struct cs_sentry *)&screen; /* lent back to the functions above, and looked into by nobody */
	sentry_counts = (struct cs_sentry_counts){.row_n = 1200, .hit_n = 3, .decided_n = 2, .unread_n = 4};
	roster =
		(struct cs_roster){.n = 2, .list = {{.name = "ofac", .there = true, .entry_n = 18000}, {.name = "un"}}};
	says("\nNames\n  sanctions     1,200 rows held against watch lists\n  3 of them with a name that is listed\n  "
	     "2 entries left "
	     "out, since somebody decided so\n  4 rows could not be read, and were not held against lists\n  ofac      "
	     "    18,000 entries\n  un            0 entries: IT IS NOT "
	     "SEARCHED\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_held_against_lists_are_told),
		cmocka_unit_test(one_is_one_and_two_are_more),
		cmocka_unit_test(no_time_is_below_nothing),
		cmocka_unit_test(claims_are_the_sum_of_what_became_of_them),
		cmocka_unit_test(one_is_one),
		cmocka_unit_test(bytes_are_decoded_or_lost),
		cmocka_unit_test(conservation_is_accounted_for),
		cmocka_unit_test(limits_hit_are_told),
		cmocka_unit_test(rules_and_limits_are_accounted_for),
	};
	return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
