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

static void
start(void)
{
	memset(&policy, 0, sizeof policy);
	memset(&pipeline_counts, 0, sizeof pipeline_counts);
	memset(&detect_counts, 0, sizeof detect_counts);
	memset(&alerts, 0, sizeof alerts);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_is_one_and_two_are_more),
		cmocka_unit_test(claims_are_the_sum_of_what_became_of_them),
		cmocka_unit_test(bytes_are_decoded_or_lost),
		cmocka_unit_test(conservation_is_accounted_for),
		cmocka_unit_test(limits_hit_are_told),
	};
	return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
