/*
 * Goal: the proof of a claim is the transaction that all fields of a rung are equal in, the one that says most, the best
 * rung first; and what it is worth depends on when it came and what it says.
 * Method: a policy by hand with two rungs; exchanges on the issuer's link, one question each.
 */
#include "check.h"

#include "detect/match.c"

static const uint64_t base_ns = UINT64_C(1000000000000);

static struct cs_policy policy;
static struct cs_coverage *coverage;
static struct cs_detect *detect;

/* By RRN, or else by STAN and terminal. */
static void
start(void)
{
	const struct cs_detect_sink sink = {NULL, NULL};
	memset(&policy, 0, sizeof policy);
	policy.link_n = 2;
	for (unsigned i = 0; i < 2; i++) {
		policy.link[i].name = i ? "core" : "visa";
		policy.link[i].transactions_cap = 32;
		policy.link[i].answer = (struct cs_rung){1, {CS_FIELD_STAN}};
	}
	policy.expect_n = 1;
	policy.expect[0] = (struct cs_expect){
		.name = "approval",
		.claim = {.link = 0, .kinds = 1u << CS_KIND_RESPONSE},
		.proof = {.link = 1, .kinds = 1u << CS_KIND_RESPONSE},
		.rung_n = 2,
		.rung = {{1, {CS_FIELD_RRN}}, {2, {CS_FIELD_STAN, CS_FIELD_TERMINAL}}},
		.agree_n = 1,
		.agree = {CS_FIELD_APPROVAL_CODE},
		.within_ns = 30 * cs_second_ns,
	};
	coverage = cs_coverage_new(2, 4);
	detect = cs_detect_new(&policy, coverage, &sink);
	assert_non_null(detect);
}

static void
stop(void)
{
	cs_detect_free(detect);
	cs_coverage_free(coverage);
}

static struct cs_event
message(bool answer, const char *stan, const char *rrn, uint64_t at_s)
{
	struct cs_event event = {.link = 1, .origin.time_ns = base_ns + at_s * cs_second_ns};
	memcpy(event.mti, answer ? "0210" : "0200", 4);
	event.kind = (uint8_t)cs_kind_of(event.mti);
	cs_event_set_text(&event, CS_FIELD_STAN, cs_span_text(stan));
	cs_event_set_text(&event, CS_FIELD_TERMINAL, cs_span_text("ATM00042"));
	if (rrn)
		cs_event_set_text(&event, CS_FIELD_RRN, cs_span_text(rrn));
	return event;
}

/* An exchange of the issuer's link; CODE is the answer's approval code, NULL: no answer. Gives its number. */
static uint64_t
exchange(const char *stan, const char *rrn, uint64_t at_s, const char *code)
{
	struct cs_transactions *store = &detect->store[1];
	struct cs_event request = message(false, stan, rrn, at_s), answer = message(true, stan, rrn, at_s + 1);
	uint64_t number = cs_transactions_add(store, &request);
	if (!code)
		return number;
	cs_event_set_text(&answer, CS_FIELD_APPROVAL_CODE, cs_span_text(code));
	cs_transactions_answer(store, number, &answer);
	return number;
}

/* Looks for the proof of a claim of second 100, whose approval code is "AAAAAA". */
static struct cs_match
look(const char *stan, const char *rrn)
{
	struct cs_event claim = message(true, stan, rrn, 100);
	cs_event_set_text(&claim, CS_FIELD_APPROVAL_CODE, cs_span_text("AAAAAA"));
	const struct cs_query query = {.proof = &policy.expect[0].proof,
				       .expect = &policy.expect[0],
				       .join = detect->expecting[0].join,
				       .join_n = 2,
				       .pair = {&claim, NULL},
				       .from_ns = base_ns + 70 * cs_second_ns,
				       .to_ns = base_ns + 100 * cs_second_ns,
				       .used_bit = 1};
	struct cs_match match;
	cs_match_find(detect, &query, &match);
	return match;
}

static void
worth_by_time_and_answer(void **state)
{
	(void)state;
	start();
	assert_int_equal(look("000001", "none").score, CS_SCORE_NONE);
	(void)exchange("000001", "old", 10, "AAAAAA");
	assert_int_equal(look("900000", "old").score, CS_SCORE_NONE);
	(void)exchange("000002", "open", 90, NULL);
	assert_int_equal(look("900000", "open").score, CS_SCORE_OPEN);
	(void)exchange("000003", "late", 100, "AAAAAA");
	assert_int_equal(look("900000", "late").score, CS_SCORE_LATE);
	(void)exchange("000004", "after", 101, "AAAAAA");
	assert_int_equal(look("900000", "after").score, CS_SCORE_NONE);
	(void)exchange("000005", "other", 90, "BBBBBB");
	assert_int_equal(look("900000", "other").score, CS_SCORE_PROOF);
	uint64_t number = exchange("000006", "same", 90, "AAAAAA");
	struct cs_match match = look("900000", "same");
	assert_int_equal(match.score, CS_SCORE_AGREES);
	assert_int_equal(match.number, number);
	assert_ptr_equal(match.proof, match.pair[0]);
	detect->store[1].hot[cs_transactions_slot(&detect->store[1], number)].consumed = 1;
	assert_int_equal(look("900000", "same").score, CS_SCORE_USED);
	detect->store[1].hot[cs_transactions_slot(&detect->store[1], number)].consumed = 2;
	assert_int_equal(look("900000", "same").score, CS_SCORE_AGREES);
	stop();
}

static void
the_best_rung_that_knows_decides(void **state)
{
	(void)state;
	start();
	uint64_t by_stan = exchange("000001", "r1", 90, "AAAAAA");
	/* the reference is not there: by trace number and terminal */
	assert_int_equal(look("000001", "r2").number, by_stan);
	assert_int_equal(look("000001", NULL).number, by_stan);
	/* it is there, and says something else: the trace number is not asked */
	uint64_t by_rrn = exchange("000002", "r2", 91, "BBBBBB");
	struct cs_match match = look("000001", "r2");
	assert_int_equal(match.number, by_rrn);
	assert_int_equal(match.score, CS_SCORE_PROOF);
	/* it is there and has had no answer yet: that is known too */
	uint64_t open = exchange("000003", "r3", 92, NULL);
	assert_int_equal(look("000001", "r3").number, open);
	assert_int_equal(look("000001", "r3").score, CS_SCORE_OPEN);
	/* it is there, but all too old: that says nothing, and the trace number is asked */
	(void)exchange("000004", "r4", 10, "AAAAAA");
	assert_int_equal(look("000001", "r4").number, by_stan);
	stop();
}

static void
of_several_the_one_that_says_most(void **state)
{
	(void)state;
	start();
	uint64_t first = exchange("000001", "r1", 80, "AAAAAA");
	(void)exchange("000002", "r1", 85, "BBBBBB");
	(void)exchange("000003", "r1", 90, NULL);
	assert_int_equal(look("900000", "r1").number, first);
	uint64_t newest = exchange("000004", "r1", 95, "AAAAAA");
	assert_int_equal(look("900000", "r1").number, newest);
	stop();
}

static void
only_what_the_selector_takes(void **state)
{
	(void)state;
	start();
	const struct cs_selector *proof = &policy.expect[0].proof;
	struct cs_event event = message(true, "000001", "r1", 90);
	assert_true(cs_match_takes(proof, &event));
	event.link = 0;
	assert_false(cs_match_takes(proof, &event));
	event = message(false, "000001", "r1", 90);
	assert_false(cs_match_takes(proof, &event));
	/* a reversal with the same reference is no proof of a payment */
	struct cs_event reversal = message(false, "000007", "r7", 90);
	memcpy(reversal.mti, "0420", 4);
	reversal.kind = CS_KIND_REVERSAL;
	(void)cs_transactions_add(&detect->store[1], &reversal);
	assert_int_equal(look("900000", "r7").score, CS_SCORE_NONE);
	stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worth_by_time_and_answer),
		cmocka_unit_test(the_best_rung_that_knows_decides),
		cmocka_unit_test(of_several_the_one_that_says_most),
		cmocka_unit_test(only_what_the_selector_takes),
	};
	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
