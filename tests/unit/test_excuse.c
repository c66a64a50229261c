/*
 * Goal: a debt that nobody paid is told with its own cause, not with the state the table happens to be in.
 * Method: a policy by hand with one excuse, and debts given up in a table that is full and in one that is not.
 */
#include "check.h"

#include "detect/excuse.c"

static struct cs_policy policy;
static struct cs_finding told;
static unsigned told_n;

static void
note(void *context, const struct cs_finding *finding)
{
	(void)context;
	told = *finding;
	told_n++;
}

static void
make_policy(void)
{
	const uint64_t second_ns = UINT64_C(1000000000);
	memset(&policy, 0, sizeof policy);
	policy.link_n = 2;
	for (unsigned i = 0; i < 2; i++) {
		policy.link[i].name = i ? "core" : "visa";
		policy.link[i].transactions_cap = 8;
		policy.link[i].answer = (struct cs_rung){1, {CS_FIELD_STAN}};
	}
	policy.excuse_n = 1;
	policy.excuse[0] = (struct cs_excuse){
		.name = "stand_in",
		.proof = {.link = 1, .kinds = 1u << CS_KIND_ADVICE},
		.when_signed_off = true,
		.within_ns = 60 * second_ns,
		.otherwise = {CS_VERDICT_HOLD, CS_SEVERITY_HIGH},
	};
	policy.expect_n = 1;
	policy.expect[0] = (struct cs_expect){
		.name = "approval",
		.claim = {.link = 0, .kinds = 1u << CS_KIND_RESPONSE},
		.proof = {.link = 1, .kinds = 1u << CS_KIND_RESPONSE},
		.rung_n = 1,
		.rung = {{1, {CS_FIELD_RRN}}},
		.within_ns = 30 * second_ns,
		.unless_n = 1,
		.unless = {{.kind = CS_UNLESS_EXCUSE}},
	};
}

/* Gives up a debt whose proof may lie in LOST_BYTES, in a table that is full. */
static void
give_up_in_full_table(uint64_t lost_bytes)
{
	const struct cs_detect_sink sink = {note, NULL};
	struct cs_coverage *coverage = cs_coverage_new(2, 4);
	make_policy();
	for (unsigned link = 0; link < 2; link++) {
		cs_coverage_start(coverage, link, 0);
		cs_coverage_settle(coverage, link, UINT64_MAX / 2);
	}
	struct cs_detect *detect = cs_detect_new(&policy, coverage, &sink);
	struct cs_owed_claim debt = {.claim_ns = 1000, .deadline_ns = 2000, .lost_bytes = lost_bytes};
	debt.claim.present = 1;
	uint32_t at = cs_owed_add(&detect->owed, &debt);
	detect->owed.used_n = detect->owed.cap;
	told_n = 0;
	give_up(detect, at);
	cs_detect_free(detect);
	cs_coverage_free(coverage);
}

static void
full_table_is_no_cause(void **state)
{
	(void)state;
	give_up_in_full_table(300);
	assert_int_equal(told_n, 1);
	assert_int_equal(told.reason, CS_REASON_UNPROVEN);
	assert_int_equal(told.coverage.lost_bytes, 300);
	assert_string_equal(
		told.detail,
		"excused by stand_in, but no advice to the issuer within 60.000 s of its return and its turn");
	give_up_in_full_table(0);
	assert_int_equal(told.reason, CS_REASON_ADVICE_MISSING);
	assert_int_equal(told.severity, CS_SEVERITY_HIGH);
}

/* The table is full for good: the claim that finds no room is told so. */
static void
crowding_is_told(void **state)
{
	(void)state;
	const struct cs_detect_sink sink = {note, NULL};
	struct cs_coverage *coverage = cs_coverage_new(2, 4);
	make_policy();
	struct cs_detect *detect = cs_detect_new(&policy, coverage, &sink);
	const struct cs_event claim = {.present = 1};
	const struct cs_pending pending = {.claim_ns = 1000};
	const struct cs_excused excused = {&pending, 0, {&claim, NULL}, {true, 0}};
	told_n = 0;
	for (uint32_t i = 0; i < detect->owed.cap; i++)
		cs_excuse_grant(detect, &excused, 0);
	assert_int_equal(told_n, 0);
	cs_excuse_grant(detect, &excused, 0);
	assert_int_equal(told_n, 1);
	assert_int_equal(told.reason, CS_REASON_UNPROVEN);
	assert_non_null(strstr(told.detail, "no room was left to wait for its advice"));
	assert_int_equal(cs_detect_counts_of(detect)->crowded[0], 1);
	cs_detect_free(detect);
	cs_coverage_free(coverage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_table_is_no_cause),
		cmocka_unit_test(crowding_is_told),
	};
	return cmocka_run_group_tests_name("excuse", tests, NULL, NULL);
}
