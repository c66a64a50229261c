/*
 * Goal: whoever keeps a record is told every input before it takes effect, and before the findings it causes; without
 * a scribe, and with one that listens to nothing, the judge does the same.
 * Method: a policy by hand, a scribe and a sink that write into one line. That state can be carried over: tests/story.
 */
#include "check.h"

#include "engine/judge.c"

#include "base/text.h"

#define S UINT64_C(1000000000)

static char line[1024];
static struct cs_text words;
static struct cs_policy policy;
static struct cs_judge *judged;

static bool
say_start(void *context, unsigned link, uint64_t time_ns)
{
	assert_ptr_equal(context, &policy);
	assert_int_equal(cs_coverage_begin(judged->coverage, link), 0);
	cs_text_put(&words, "start ");
	cs_text_put_u64(&words, time_ns);
	cs_text_put_char(&words, ' ');
	return true;
}

static bool
say_gap(void *context, unsigned link, enum cs_direction dir, const struct cs_gap *gap)
{
	(void)context;
	assert_int_equal(cs_coverage_lost(judged->coverage, link, dir, gap->from_ns, gap->to_ns), 0);
	cs_text_put(&words, "gap ");
	return true;
}

static bool
say_event(void *context, const struct cs_event *event)
{
	(void)context;
	assert_int_equal(cs_judge_counts(judged)->events[event->link][event->kind], 0);
	cs_text_put(&words, "event ");
	return true;
}

static bool
say_tick(void *context, const struct cs_tick *tick)
{
	(void)context;
	assert_true(cs_coverage_settled(judged->coverage, 0) < tick->settled_ns[0]);
	cs_text_put(&words, "tick ");
	return true;
}

static bool
say_tell(void *context, const struct cs_finding *finding)
{
	(void)context;
	assert_int_equal(finding->reason, CS_REASON_CAPTURE_GAP);
	cs_text_put(&words, "tell ");
	return true;
}

static bool
say_finish(void *context)
{
	(void)context;
	cs_text_put(&words, "finish ");
	return true;
}

static void
say_finding(void *context, const struct cs_finding *finding)
{
	(void)context;
	cs_text_put(&words, cs_reason_name(finding->reason));
	cs_text_put_char(&words, ' ');
}

static void
make_policy(void)
{
	policy.link_n = 2;
	for (unsigned i = 0; i < 2; i++) {
		policy.link[i].name = i ? "core" : "visa";
		policy.link[i].transactions_cap = 16;
		policy.link[i].answer = (struct cs_rung){1, {CS_FIELD_STAN}};
	}
	policy.expect_n = 1;
	policy.expect[0] = (struct cs_expect){
		.name = "approval",
		.claim = {.link = 0, .kinds = 1u << CS_KIND_RESPONSE},
		.proof = {.link = 1, .kinds = 1u << CS_KIND_RESPONSE},
		.rung_n = 1,
		.rung = {{1, {CS_FIELD_RRN}}},
		.within_ns = S,
	};
}

/* One approval nobody gave, settled two ticks later; a gap and its finding before it. */
static void
play(const struct cs_judge_scribe *scribe)
{
	const struct cs_detect_sink sink = {say_finding, NULL};
	struct cs_event approval = {.origin.time_ns = 2000 * S, .flags = CS_FLAG_APPROVED, .kind = CS_KIND_RESPONSE};
	const struct cs_finding lost = {.reason = CS_REASON_CAPTURE_GAP, .expectation = "coverage"};
	memcpy(approval.mti, "0210", 4);
	cs_event_set_text(&approval, CS_FIELD_STAN, cs_span_text("1"));
	cs_event_set_text(&approval, CS_FIELD_RRN, cs_span_text("2"));
	words = cs_text_over(line, sizeof line);
	judged = cs_judge_new(&policy, &sink);
	assert_non_null(judged);
	cs_judge_scribe_set(judged, scribe);
	for (unsigned i = 0; i < 2; i++)
		cs_judge_start(judged, i, 1 + i);
	cs_judge_tick(judged, &(struct cs_tick){1000 * S, {1000 * S, 1000 * S}});
	cs_judge_gap(judged, 0, CS_DIR_TO_PORT, (struct cs_gap){20 * S, 30 * S, 5});
	cs_judge_tell(judged, &lost);
	cs_judge_prepare(judged, &approval);
	cs_judge_event(judged, &approval);
	cs_judge_tick(judged, &(struct cs_tick){2000 * S, {2000 * S, 1999 * S}});
	cs_judge_tick(judged, &(struct cs_tick){3000 * S, {3000 * S, 3000 * S}});
	cs_judge_finish(judged);
	assert_int_equal(cs_judge_counts(judged)->expect[0].forged, 1);
	assert_int_equal(cs_coverage_settled(cs_judge_coverage(judged), 1), 3000 * S);
	cs_judge_free(judged);
}

static void
inputs_are_told_before_they_act(void **state)
{
	(void)state;
	const struct cs_judge_scribe scribe = {say_start, say_gap,    say_event, say_tick,
					       say_tell,  say_finish, NULL,      &policy};
	play(&scribe);
	assert_string_equal(line, "start 1 start 2 tick gap tell capture_gap event tick tick no_issuer_request "
				  "finish ");
}

static void
nobody_need_listen(void **state)
{
	(void)state;
	const struct cs_judge_scribe deaf = {0};
	play(NULL);
	assert_string_equal(line, "capture_gap no_issuer_request ");
	play(&deaf);
	assert_string_equal(line, "capture_gap no_issuer_request ");
}

static void
memory_is_told(void **state)
{
	(void)state;
	size_t detectors = cs_detect_bytes(&policy);
	assert_true(cs_judge_bytes(&policy) > detectors + cs_coverage_bytes(2, GAPS_CAP));
}

int
main(void)
{
	make_policy();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inputs_are_told_before_they_act),
		cmocka_unit_test(nobody_need_listen),
		cmocka_unit_test(memory_is_told),
	};
	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
