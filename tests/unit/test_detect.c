/*
 * Goal: the state is exactly as large as it is said to be, and a table that is too small says so and calls nothing
 * forged that it may have dropped itself.
 * Method: a policy by hand with room for few transactions. What the detectors find is in tests/story.
 */
#include "check.h"

#include "detect/detect.c"

static struct cs_policy policy;
static uint64_t found_n[CS_REASON_N];

static void
note(void *context, const struct cs_finding *finding)
{
	(void)context;
	found_n[finding->reason]++;
}

static void
make_policy(uint32_t cap)
{
	memset(&policy, 0, sizeof policy);
	memset(found_n, 0, sizeof found_n);
	policy.link_n = 2;
	for (unsigned i = 0; i < 2; i++) {
		policy.link[i].name = i ? "core" : "visa";
		policy.link[i].transactions_cap = cap;
		policy.link[i].answer = (struct cs_rung){1, {CS_FIELD_STAN}};
	}
	policy.expect_n = 1;
	policy.expect[0] = (struct cs_expect){
		.name = "approval",
		.claim = {.link = 0, .kinds = 1u << CS_KIND_RESPONSE},
		.proof = {.link = 1, .kinds = 1u << CS_KIND_RESPONSE},
		.rung_n = 1,
		.rung = {{1, {CS_FIELD_RRN}}},
		.within_ns = 30 * UINT64_C(1000000000),
	};
}

static void
send(struct cs_detect *detect, unsigned link, bool answer, unsigned number)
{
	struct cs_event event = {.link = (uint16_t)link, .origin.time_ns = UINT64_C(1000000000000) + number};
	char text[8];
	struct cs_text digits = cs_text_over(text, sizeof text);
	cs_text_put_padded(&digits, number, 6);
	memcpy(event.mti, answer ? "0210" : "0200", 4);
	event.kind = (uint8_t)cs_kind_of(event.mti);
	event.flags = answer ? CS_FLAG_APPROVED : 0;
	event.message_hash = number * 2 + answer;
	cs_event_set_text(&event, CS_FIELD_STAN, cs_span_text(text));
	cs_event_set_text(&event, CS_FIELD_RRN, cs_span_text(text));
	cs_detect_prepare(detect, &event);
	cs_detect_event(detect, &event);
}

static void
test_bytes_are_exact(void **state)
{
	(void)state;
	const struct cs_detect_sink sink = {note, NULL};
	struct cs_coverage *coverage = cs_coverage_new(2, 4);
	for (uint32_t cap = 1; cap < 1000; cap = cap * 3 + 1) {
		make_policy(cap);
		struct cs_detect *detect = cs_detect_new(&policy, coverage, &sink);
		assert_non_null(detect);
		assert_int_equal(cs_detect_bytes(&policy), sizeof *detect + detect->arena.used_bytes);
		assert_int_equal(detect->arena.used_bytes, detect->arena.cap_bytes);
		cs_detect_free(detect);
	}
	cs_coverage_free(coverage);
}

static void
test_small_table_is_told(void **state)
{
	(void)state;
	const struct cs_detect_sink sink = {note, NULL};
	make_policy(8);
	struct cs_coverage *coverage = cs_coverage_new(2, 4);
	struct cs_detect *detect = cs_detect_new(&policy, coverage, &sink);
	cs_coverage_start(coverage, 0, 0);
	cs_coverage_start(coverage, 1, 0);
	/* Claims wait, for the issuer's link is not settled; the ring comes round, so they are decided early. */
	for (unsigned i = 0; i < 100; i++) {
		send(detect, 0, false, i);
		send(detect, 0, true, i);
	}
	const struct cs_expect_counts *counts = &cs_detect_counts_of(detect)->expect[0];
	assert_int_equal(counts->claims, 100);
	assert_int_equal(counts->forged, 0);
	assert_int_equal(counts->unproven + counts->waiting, 100);
	assert_true(counts->unproven >= 90);
	assert_int_equal(found_n[CS_REASON_STATE_FULL], 1);
	assert_int_equal(cs_detect_counts_of(detect)->evicted[0], 92);
	cs_detect_finish(detect);
	cs_detect_free(detect);
	cs_coverage_free(coverage);
}

/* Claims that wait long for a silent link, in a ring that is too small for that, are told as well. */
static void
test_forced_claims_are_told(void **state)
{
	(void)state;
	const struct cs_detect_sink sink = {note, NULL};
	make_policy(8);
	struct cs_coverage *coverage = cs_coverage_new(2, 4);
	struct cs_detect *detect = cs_detect_new(&policy, coverage, &sink);
	cs_coverage_start(coverage, 0, 0);
	cs_coverage_start(coverage, 1, 0);
	detect->store[0].needed_ns = 0; /* all of them are older than needed */
	for (unsigned i = 0; i < 100; i++) {
		send(detect, 0, false, i);
		send(detect, 0, true, i);
	}
	assert_int_equal(found_n[CS_REASON_STATE_FULL], 1);
	assert_true(cs_detect_counts_of(detect)->evicted[0] >= 90);
	cs_detect_free(detect);
	cs_coverage_free(coverage);
}

static void
test_dropped_proof_is_not_forged(void **state)
{
	(void)state;
	const struct cs_detect_sink sink = {note, NULL};
	make_policy(8);
	struct cs_coverage *coverage = cs_coverage_new(2, 4);
	struct cs_detect *detect = cs_detect_new(&policy, coverage, &sink);
	for (unsigned link = 0; link < 2; link++) {
		cs_coverage_start(coverage, link, 0);
		cs_coverage_settle(coverage, link, UINT64_C(2000000000000));
	}
	send(detect, 0, false, 1);
	for (unsigned i = 1; i < 20; i++) {
		send(detect, 1, false, i);
		send(detect, 1, true, i);
	}
	send(detect, 0, true, 1);
	assert_int_equal(found_n[CS_REASON_UNPROVEN], 1);
	/* Its proof is still there. */
	send(detect, 0, false, 19);
	send(detect, 0, true, 19);
	assert_int_equal(cs_detect_counts_of(detect)->expect[0].proven, 1);
	assert_int_equal(found_n[CS_REASON_NO_ISSUER_REQUEST], 0);
	cs_detect_free(detect);
	cs_coverage_free(coverage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_are_exact),
		cmocka_unit_test(test_small_table_is_told),
		cmocka_unit_test(test_forced_claims_are_told),
		cmocka_unit_test(test_dropped_proof_is_not_forged),
	};
	return cmocka_run_group_tests_name("detect", tests, NULL, NULL);
}
