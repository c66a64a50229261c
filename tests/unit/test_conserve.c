/*
 * Goal: every interval in which something was seen is judged, or counted as one that was not and why.
 * Method: one conserve clause by hand, messages and settling in orders that honest traffic seldom has.
 */
#include "check.h"

#include "detect/conserve.c"

static const uint64_t second_ns = UINT64_C(1000000000);
static const uint64_t start_ns = UINT64_C(1000000) * UINT64_C(1000000000);

static struct cs_policy policy;
static struct cs_coverage *coverage;
static struct cs_detect *detect;
static unsigned found_n;

static void
note(void *context, const struct cs_finding *finding)
{
	(void)context;
	assert_int_equal(finding->reason, CS_REASON_CONSERVATION);
	found_n++;
}

/* Two links, no slack, intervals of ten seconds. */
static void
start(void)
{
	const struct cs_detect_sink sink = {note, NULL};
	memset(&policy, 0, sizeof policy);
	found_n = 0;
	policy.link_n = 2;
	for (unsigned i = 0; i < 2; i++) {
		policy.link[i].name = i ? "core" : "visa";
		policy.link[i].transactions_cap = 64;
		policy.link[i].answer = (struct cs_rung){1, {CS_FIELD_STAN}};
	}
	policy.conserve_n = 1;
	policy.conserve[0] = (struct cs_conserve){
		.name = "cash",
		.claim = {.link = 0, .kinds = 1u << CS_KIND_RESPONSE},
		.proof = {.link = 1, .kinds = 1u << CS_KIND_RESPONSE},
		.every_ns = 10 * second_ns,
	};
	coverage = cs_coverage_new(2, 4);
	detect = cs_detect_new(&policy, coverage, &sink);
	assert_non_null(detect);
	for (unsigned link = 0; link < 2; link++)
		cs_coverage_start(coverage, link, 0);
}

static void
stop(void)
{
	cs_detect_free(detect);
	cs_coverage_free(coverage);
}

static void
approve(unsigned link, uint64_t at_s)
{
	struct cs_event event = {.link = (uint16_t)link, .kind = CS_KIND_RESPONSE, .mti = {'0', '2', '1', '0'}};
	event.origin.time_ns = start_ns + at_s * second_ns;
	event.flags = CS_FLAG_APPROVED;
	cs_detect_event(detect, &event);
}

static void
settle(uint64_t at_s)
{
	for (unsigned link = 0; link < 2; link++)
		cs_coverage_settle(coverage, link, start_ns + at_s * second_ns);
	cs_detect_advance(detect, start_ns + at_s * second_ns);
}

static const struct cs_conserve_counts *
counts(void)
{
	return &cs_detect_counts_of(detect)->conserve[0];
}

static void
judged_however_long_ago(void **state)
{
	(void)state;
	start();
	settle(1);
	approve(0, 5);
	settle(900);
	assert_int_equal(found_n, 1);
	assert_int_equal(counts()->judged, 1);
	approve(1, 905);
	approve(0, 905);
	settle(920);
	assert_int_equal(found_n, 1);
	assert_int_equal(counts()->judged, 2);
	assert_int_equal(counts()->overrun + counts()->lost + counts()->late_n, 0);
	stop();
}

static void
lost_bytes_are_counted(void **state)
{
	(void)state;
	start();
	settle(1);
	approve(0, 5);
	cs_coverage_gap(coverage, 1, CS_DIR_FROM_PORT, (struct cs_gap){start_ns, start_ns + second_ns, 100});
	settle(30);
	assert_int_equal(found_n, 0);
	assert_int_equal(counts()->lost, 1);
	assert_int_equal(counts()->judged, 0);
	stop();
}

/* Settling hangs while CS_SLICES + 2 intervals pass: two lost their places, and the next one its neighbour. */
static void
overrun_is_counted(void **state)
{
	(void)state;
	start();
	settle(1);
	for (uint64_t i = 0; i < CS_SLICES + 2; i++)
		approve(0, 5 + 10 * i);
	assert_int_equal(counts()->overrun, 2);
	approve(0, 6);
	assert_int_equal(counts()->late_n, 1);
	settle(10 * (CS_SLICES + 3));
	assert_int_equal(counts()->overrun, 3);
	assert_int_equal(counts()->judged, CS_SLICES - 1);
	assert_int_equal(found_n, CS_SLICES - 1);
	approve(0, 7);
	assert_int_equal(counts()->late_n, 2);
	stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judged_however_long_ago),
		cmocka_unit_test(lost_bytes_are_counted),
		cmocka_unit_test(overrun_is_counted),
	};
	return cmocka_run_group_tests_name("conserve", tests, NULL, NULL);
}
