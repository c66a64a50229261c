/*
 * Goal: a link's state is what its network management messages say, when they say it; a sign-off whose answer may be
 * lost counts; and a link that never told is off for nobody.
 * Method: one link, messages and gaps by hand.
 */
#include "check.h"

#include "detect/session.c"

static struct cs_policy policy;
static struct cs_coverage *coverage;
static struct cs_detect *detect;

static void
start(void)
{
	const struct cs_detect_sink sink = {NULL, NULL};
	memset(&policy, 0, sizeof policy);
	policy.link_n = 1;
	policy.skew_ns = cs_second_ns / 10;
	policy.link[0].name = "core";
	policy.link[0].transactions_cap = 8;
	policy.link[0].answer = (struct cs_rung){1, {CS_FIELD_STAN}};
	coverage = cs_coverage_new(1, 4);
	detect = cs_detect_new(&policy, coverage, &sink);
	assert_non_null(detect);
	cs_coverage_start(coverage, 0, 0);
}

static void
stop(void)
{
	cs_detect_free(detect);
	cs_coverage_free(coverage);
}

static void
say(bool answer, const char *network_code, const char *response_code, uint64_t at_s)
{
	struct cs_event event = {.kind = answer ? CS_KIND_NETWORK_RESPONSE : CS_KIND_NETWORK};
	event.origin.time_ns = at_s * cs_second_ns;
	event.origin.direction = answer ? CS_DIR_FROM_PORT : CS_DIR_TO_PORT;
	if (network_code)
		cs_event_set_text(&event, CS_FIELD_NETWORK_CODE, cs_span_text(network_code));
	if (response_code)
		cs_event_set_text(&event, CS_FIELD_RESPONSE_CODE, cs_span_text(response_code));
	if (response_code && strcmp(response_code, "00") == 0)
		event.flags = CS_FLAG_APPROVED;
	struct cs_view view = {.event = &event};
	cs_session_event(detect, &view);
}

static bool
is_off(uint64_t at_s)
{
	uint64_t since_ns;
	return cs_session_off(detect, 0, at_s * cs_second_ns, &since_ns);
}

static void
the_answer_decides(void **state)
{
	(void)state;
	uint64_t since_ns;
	start();
	assert_false(is_off(1));
	say(false, "002", NULL, 10);
	assert_false(is_off(11));
	say(true, NULL, "00", 12);
	assert_true(cs_session_off(detect, 0, 13 * cs_second_ns, &since_ns));
	assert_int_equal(since_ns, 12 * cs_second_ns);
	assert_false(is_off(11));
	say(false, "001", NULL, 20);
	assert_true(is_off(20));
	say(true, "001", "00", 21);
	assert_false(is_off(22));
	/* looked at from behind: it was off before it came back, and on before it went */
	assert_true(cs_session_off(detect, 0, 20 * cs_second_ns, &since_ns));
	assert_int_equal(since_ns, 12 * cs_second_ns);
	assert_int_equal(cs_session_back(detect, 0), 21 * cs_second_ns);
	assert_false(is_off(11));
	stop();
}

static void
a_refused_sign_off_is_none(void **state)
{
	(void)state;
	start();
	say(false, "002", NULL, 10);
	say(true, "002", "05", 11);
	assert_false(is_off(12));
	/* an answer that refuses ends what was asked for: a later answer is not to it */
	say(true, NULL, "00", 13);
	assert_false(is_off(14));
	stop();
}

static void
other_network_messages_change_nothing(void **state)
{
	(void)state;
	start();
	say(false, "301", NULL, 10);
	say(true, "301", "00", 11);
	assert_false(is_off(12));
	say(false, "002", NULL, 20);
	say(true, "002", "00", 21);
	say(false, "301", NULL, 30);
	say(true, "301", "00", 31);
	assert_true(is_off(32));
	stop();
}

static void
codes_of_every_version(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {{"002", "001"}, {"062", "061"}, {"802", "801"}, {"0802", "0801"}};
	for (unsigned i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		start();
		say(false, pairs[i][0], NULL, 10);
		say(true, pairs[i][0], "00", 11);
		assert_true(is_off(12));
		say(false, pairs[i][1], NULL, 20);
		say(true, pairs[i][1], "00", 21);
		assert_false(is_off(22));
		stop();
	}
}

/* The answer's direction lost bytes while it was due: what was asked for counts from when it was asked. */
static void
an_answer_that_may_be_lost(void **state)
{
	(void)state;
	uint64_t since_ns;
	start();
	say(false, "002", NULL, 10);
	cs_coverage_gap(coverage, 0, CS_DIR_FROM_PORT, (struct cs_gap){11 * cs_second_ns, 12 * cs_second_ns, 80});
	assert_false(is_off(15));
	cs_coverage_settle(coverage, 0, 15 * cs_second_ns);
	assert_true(cs_session_off(detect, 0, 15 * cs_second_ns, &since_ns));
	assert_int_equal(since_ns, 10 * cs_second_ns);
	assert_false(is_off(9));
	stop();
	/* the other direction's loss, or one long after, hides no answer */
	start();
	say(false, "002", NULL, 10);
	cs_coverage_gap(coverage, 0, CS_DIR_TO_PORT, (struct cs_gap){11 * cs_second_ns, 12 * cs_second_ns, 80});
	cs_coverage_gap(coverage, 0, CS_DIR_FROM_PORT, (struct cs_gap){80 * cs_second_ns, 81 * cs_second_ns, 80});
	cs_coverage_settle(coverage, 0, 100 * cs_second_ns);
	assert_false(is_off(90));
	stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_decides),
		cmocka_unit_test(a_refused_sign_off_is_none),
		cmocka_unit_test(other_network_messages_change_nothing),
		cmocka_unit_test(codes_of_every_version),
		cmocka_unit_test(an_answer_that_may_be_lost),
	};
	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
