/*
 * Goal: what a pipeline tells its judge beside events: where a source begins, what the kernel dropped, and that
 * leaving decides nothing.
 * Method: a pipeline over a judge whose scribe writes down what it is told.
 */
#include "check.h"

#include "engine/pipeline.c"

#include "engine/key.h"

static const char policy_words[] =
	"link visa { tap \"lo\" port 5001 frame length16 dialect \"iso87-ascii\" side acquirer }\n"
	"link core { tap \"lo\" port 7001 frame length16 dialect \"iso87-ascii\" side issuer }\n"
	"expect approval \"an approval is the issuer's own\" {\n"
	"  claim card.response on visa where approved\n"
	"  proof card.response on core where approved\n"
	"  match card, amount, currency and (rrn or stan + terminal)\n"
	"  within 30s before\n"
	"  otherwise block critical\n"
	"}\n";

static const uint64_t start_ns = UINT64_C(1700000000000000000), s_ns = UINT64_C(1000000000);

static struct {
	struct cs_arena arena;
	const struct cs_policy *policy;
	struct cs_key_ring *ring;
	struct cs_links links;
	struct cs_judge *judge;
	struct cs_pipeline *pipeline;
	unsigned start_n, gap_n, event_n, finish_n;
	struct cs_gap gap;
} s;

static bool
note_start(void *context, unsigned link, uint64_t time_ns)
{
	(void)context;
	(void)link;
	assert_int_equal(time_ns, start_ns);
	s.start_n++;
	return true;
}

static bool
note_gap(void *context, unsigned link, enum cs_direction dir, const struct cs_gap *gap)
{
	(void)context;
	(void)link;
	(void)dir;
	s.gap_n++;
	s.gap = *gap;
	return true;
}

static bool
note_event(void *context, const struct cs_event *event)
{
	(void)context;
	(void)event;
	s.event_n++;
	return true;
}

static bool
note_finish(void *context)
{
	(void)context;
	s.finish_n++;
	return true;
}

static const struct cs_judge_scribe scribe = {note_start, note_gap, note_event, NULL, NULL, note_finish, NULL, NULL};

static void
ignore(void *context, const struct cs_finding *finding)
{
	(void)context;
	(void)finding;
}

static int
set_up_for(const char *words)
{
	struct cs_complaints complaints = {0};
	struct cs_detect_sink sink = {ignore, NULL};
	memset(&s, 0, sizeof s);
	s.ring = cs_key_ring_new(NULL);
	if (!s.ring || cs_arena_init(&s.arena, 2 << 20) != CS_OK ||
	    cs_policy_read(cs_span_text(words), "p", &s.arena, &s.policy, &complaints) != CS_OK ||
	    cs_links_open(&s.links, s.policy, s.ring, &complaints) != CS_OK)
		return -1;
	s.judge = cs_judge_new(s.policy, &sink);
	s.pipeline = s.judge ? cs_pipeline_new_over(&s.links, s.judge, false) : NULL;
	if (!s.pipeline)
		return -1;
	cs_judge_scribe_set(s.judge, &scribe);
	cs_pipeline_source(s.pipeline, 0, (struct cs_source){3, true});
	return 0;
}

static int
set_up(void **state)
{
	(void)state;
	return set_up_for(policy_words);
}

static int
set_up_records(void **state)
{
	(void)state;
	return set_up_for("record orders { source csv time from \"t\" id from \"i\" lateness 10s }\n"
			  "record sent { source csv time from \"t\" id from \"i\" }\n"
			  "record other { source csv time from \"t\" id from \"i\" }\n"
			  "expect ordered { claim record on sent proof record on orders match rrn within 1h before\n"
			  "otherwise hold high }\n");
}

static int
tear_down(void **state)
{
	(void)state;
	cs_pipeline_free(s.pipeline);
	cs_judge_free(s.judge);
	cs_links_close(&s.links);
	cs_key_ring_free(s.ring);
	cs_arena_fini(&s.arena);
	return 0;
}

static void
links_are_watched_when_their_source_is_and_no_sooner(void **state)
{
	(void)state;
	assert_int_equal(s.start_n, 0);
	cs_pipeline_source_start(s.pipeline, 0, start_ns);
	assert_int_equal(s.start_n, 2);
}

/* It reached back to 1970, and made unproven whatever a recovered judge had open. */
static void
a_drop_before_anything_was_settled_reaches_back_to_the_start(void **state)
{
	(void)state;
	cs_pipeline_source_start(s.pipeline, 0, start_ns);
	cs_pipeline_dropped(s.pipeline, 0, 3, start_ns + 1000);
	assert_int_equal(s.gap_n, 2 * CS_DIR_N);
	assert_int_equal(s.gap.from_ns, start_ns);
	assert_int_equal(s.gap.to_ns, start_ns + 1000);
	cs_pipeline_idle(s.pipeline, start_ns + 5000);
	cs_pipeline_dropped(s.pipeline, 0, 1, start_ns + 9000);
	assert_int_equal(s.gap.from_ns, start_ns + 5000);
}

static void
leaving_hands_on_and_decides_nothing(void **state)
{
	(void)state;
	cs_pipeline_source_start(s.pipeline, 0, start_ns);
	struct cs_event *slot = cs_batch_slot(&s.pipeline->batch);
	memset(slot, 0, sizeof *slot);
	slot->origin.time_ns = start_ns + 1;
	cs_batch_add(&s.pipeline->batch);
	assert_int_equal(s.event_n, 0);
	cs_pipeline_leave(s.pipeline);
	assert_int_equal(s.event_n, 1);
	assert_int_equal(s.finish_n, 0);
	cs_pipeline_end(s.pipeline);
	assert_int_equal(s.finish_n, 1);
}

/* The link `core` as one that excuses while signed off, silent since START_NS on an open connection. */
static uint64_t
settled_after(uint64_t silent_ns, uint64_t asked_ns, uint64_t heartbeat_ns)
{
	struct link_state link = s.pipeline->link[1];
	link.proves = true;
	link.confirmed_ns = start_ns;
	link.confirm_at_ns = UINT64_MAX;
	link.asked_ns = asked_ns;
	if (heartbeat_ns)
		cs_alive_sign(&link.alive, start_ns - heartbeat_ns, start_ns);
	return confirm(&link, start_ns + silent_ns) - start_ns;
}

static void
silence_says_nothing_before_a_heartbeat_is_over(void **state)
{
	(void)state;
	assert_int_equal(settled_after(40 * s_ns, start_ns, 0), 35 * s_ns);
	assert_int_equal(settled_after(40 * s_ns, start_ns, 45 * s_ns), 0);
	assert_int_equal(settled_after(49 * s_ns, start_ns, 45 * s_ns), 0);
	assert_int_equal(settled_after(52 * s_ns, start_ns, 45 * s_ns), 2 * s_ns);
	/* who is asked is not signed off */
	assert_int_equal(settled_after(40 * s_ns, start_ns + 20 * s_ns, 45 * s_ns), 20 * s_ns);
	assert_int_equal(settled_after(40 * s_ns, start_ns + 39 * s_ns, 45 * s_ns), 35 * s_ns);
}

static void
only_a_link_whose_sign_off_excuses_waits_for_it(void **state)
{
	(void)state;
	assert_false(s.pipeline->link[0].proves);
	assert_false(s.pipeline->link[1].proves);
}

static void
take_row(unsigned link, uint64_t at_ns)
{
	struct cs_event event = {.kind = CS_KIND_RECORD, .link = (uint16_t)link};
	event.origin.time_ns = at_ns;
	cs_pipeline_record(s.pipeline, &event);
}

/* From the start on. */
static uint64_t
settled(unsigned link)
{
	cs_batch_flush(&s.pipeline->batch);
	uint64_t time_ns = cs_coverage_settled(cs_judge_coverage(s.judge), link);
	return time_ns > start_ns ? time_ns - start_ns : 0;
}

/* The summary tells from when on for how long: of rows in any order, also while somebody watches, whose clock moves. */
static void
times_of_what_was_taken_are_the_least_and_the_greatest(void **state)
{
	(void)state;
	const struct cs_pipeline_counts *counts = cs_pipeline_counts_of(s.pipeline);
	take_row(0, start_ns);
	assert_int_equal(counts->first_ns, start_ns);
	assert_int_equal(counts->last_ns, start_ns);
	take_row(0, start_ns + 30 * s_ns);
	take_row(0, start_ns - 5 * s_ns);
	assert_int_equal(counts->first_ns, start_ns - 5 * s_ns);
	assert_int_equal(counts->last_ns, start_ns + 30 * s_ns);
	cs_pipeline_idle(s.pipeline, start_ns + 40 * s_ns);
	take_row(0, start_ns + 50 * s_ns); /* ahead of the clock */
	assert_int_equal(counts->last_ns, start_ns + 50 * s_ns);
}

/* Rows that no expectation names settle nothing; those of one show what lies before them, and before what may be late. */
static void
a_record_is_settled_by_its_rows(void **state)
{
	(void)state;
	take_row(0, start_ns);
	take_row(2, start_ns);
	assert_int_equal(s.start_n, 1);
	take_row(0, start_ns + 30 * s_ns);
	assert_int_equal(settled(0), 20 * s_ns - 1);
	take_row(0, start_ns + 25 * s_ns); /* late */
	assert_int_equal(settled(0), 20 * s_ns - 1);
	take_row(2, start_ns + 90 * s_ns);
	assert_int_equal(settled(0), 20 * s_ns - 1);
	assert_int_equal(settled(2), 0);
	cs_pipeline_end(s.pipeline);
	assert_int_equal(settled(0), 30 * s_ns);
	assert_int_equal(settled(1), 0);
	assert_int_equal(settled(2), 0);
}

static void
who_reads_its_files_settles_it_by_time(void **state)
{
	(void)state;
	cs_pipeline_files_idle(s.pipeline, 0, start_ns);
	assert_int_equal(s.start_n, 1);
	cs_pipeline_idle(s.pipeline, start_ns + 100 * s_ns);
	assert_int_equal(settled(0), 0);
	cs_pipeline_files_idle(s.pipeline, 0, start_ns + 100 * s_ns);
	cs_pipeline_idle(s.pipeline, start_ns + 100 * s_ns);
	assert_int_equal(settled(0), 90 * s_ns);
}

static void
rows_that_cannot_be_read_are_a_gap(void **state)
{
	(void)state;
	take_row(0, start_ns);
	cs_pipeline_rows_lost(s.pipeline, 2, start_ns, start_ns + 5 * s_ns, 1);
	assert_int_equal(s.gap_n, 0);
	cs_pipeline_rows_lost(s.pipeline, 0, start_ns, start_ns + 5 * s_ns, 3);
	assert_int_equal(s.gap_n, 1);
	assert_int_equal(s.gap.from_ns, start_ns - 10 * s_ns);
	assert_int_equal(s.gap.to_ns, start_ns + 15 * s_ns);
	assert_int_equal(s.gap.len, 3);
}

/* Behind the last row of all files a gap ends where nothing more could be paired; before the first it reaches back. */
static void
a_gap_without_a_row_behind_it_is_bounded(void **state)
{
	(void)state;
	enum { DAY = 86400 };
	take_row(0, start_ns);
	cs_pipeline_rows_lost(s.pipeline, 0, start_ns, UINT64_MAX, 1);
	assert_int_equal(s.gap.from_ns, start_ns - 10 * s_ns);
	assert_int_equal(s.gap.to_ns, start_ns + (DAY + 10) * s_ns);
	/* A file without one good row: behind the newest of the files before it. */
	cs_pipeline_rows_lost(s.pipeline, 0, 0, UINT64_MAX, 2);
	assert_int_equal(s.gap.from_ns, start_ns - 10 * s_ns);
	assert_int_equal(s.gap.to_ns, start_ns + (DAY + 10) * s_ns);
	/* An older file that begins with what cannot be read. */
	cs_pipeline_rows_lost(s.pipeline, 0, 0, start_ns - 2 * DAY * s_ns, 2);
	assert_int_equal(s.gap.from_ns, start_ns - (3 * DAY + 10) * s_ns);
	assert_int_equal(s.gap.to_ns, start_ns - (2 * DAY - 10) * s_ns);
	assert_int_equal(cs_pipeline_counts_of(s.pipeline)->lost_rows, 5);
}

/* Nobody has written it later than it was read; and what was decided already is not opened again. */
static void
a_gap_of_who_watches_ends_at_the_clock(void **state)
{
	(void)state;
	cs_pipeline_idle(s.pipeline, start_ns + 7200 * s_ns);
	take_row(0, start_ns);
	cs_pipeline_rows_lost(s.pipeline, 0, start_ns, UINT64_MAX, 1);
	assert_int_equal(s.gap.from_ns, start_ns - 10 * s_ns);
	assert_int_equal(s.gap.to_ns, start_ns + 7210 * s_ns);
	cs_pipeline_files_idle(s.pipeline, 0, start_ns + 9000 * s_ns);
	cs_pipeline_idle(s.pipeline, start_ns + 9000 * s_ns);
	s.pipeline->link[0].newest_ns = 0; /* as after a restart */
	cs_pipeline_rows_lost(s.pipeline, 0, 0, UINT64_MAX, 1);
	assert_int_equal(s.gap.from_ns, start_ns + 8980 * s_ns);
	assert_int_equal(s.gap.to_ns, start_ns + 9010 * s_ns);
}

static void
a_gap_before_any_row_reaches_no_further_than_now(void **state)
{
	(void)state;
	take_row(1, start_ns);
	cs_pipeline_rows_lost(s.pipeline, 0, 0, UINT64_MAX, 1);
	assert_int_equal(s.gap.from_ns, 0);
	assert_int_equal(s.gap.to_ns, start_ns + 10 * s_ns);
}

/* One row of another year made every claim that waited final. */
static void
a_row_far_ahead_settles_nothing_until_another_bears_it_out(void **state)
{
	(void)state;
	enum { DAY = 86400 };
	take_row(0, start_ns);
	take_row(0, start_ns + 365 * DAY * s_ns);
	assert_int_equal(settled(0), 0);
	assert_int_equal(s.pipeline->now_ns, start_ns);
	take_row(0, start_ns + 20 * s_ns);
	assert_int_equal(settled(0), 10 * s_ns - 1);
	assert_int_equal(s.pipeline->counts.leg[0].unsaid[CS_REASON_ROW_AHEAD], 0);
	assert_true(s.pipeline->link[0].told_ns[CS_REASON_ROW_AHEAD] != 0);
	/* A weekend is borne out by its second row. */
	take_row(0, start_ns + 3 * DAY * s_ns);
	assert_int_equal(settled(0), 10 * s_ns - 1);
	take_row(0, start_ns + (3 * DAY + 60) * s_ns);
	assert_int_equal(settled(0), (3 * DAY + 50) * s_ns - 1);
	take_row(0, start_ns + 30 * DAY * s_ns);
	cs_pipeline_end(s.pipeline);
	assert_int_equal(settled(0), (3 * DAY + 60) * s_ns);
}

static void
a_row_ahead_of_the_clock_settles_no_further_than_it(void **state)
{
	(void)state;
	enum { DAY = 86400 };
	cs_pipeline_idle(s.pipeline, start_ns + 100 * s_ns);
	take_row(0, start_ns);
	take_row(0, start_ns + DAY * s_ns);
	cs_pipeline_idle(s.pipeline, start_ns + 100 * s_ns);
	assert_int_equal(settled(0), 90 * s_ns - 1);
	assert_int_equal(s.pipeline->now_ns, start_ns + 100 * s_ns);
	assert_int_equal(s.pipeline->link[0].told_ns[CS_REASON_ROW_AHEAD], 0);
	for (unsigned i = 0; i < 3; i++)
		take_row(0, start_ns + 2 * DAY * s_ns);
	cs_pipeline_idle(s.pipeline, start_ns + 200 * s_ns);
	assert_int_equal(settled(0), 90 * s_ns - 1);
	assert_true(s.pipeline->link[0].told_ns[CS_REASON_ROW_AHEAD] != 0);
	assert_int_equal(s.pipeline->counts.leg[0].unsaid[CS_REASON_ROW_AHEAD], 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(links_are_watched_when_their_source_is_and_no_sooner, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_drop_before_anything_was_settled_reaches_back_to_the_start, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(silence_says_nothing_before_a_heartbeat_is_over, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_a_link_whose_sign_off_excuses_waits_for_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(leaving_hands_on_and_decides_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(times_of_what_was_taken_are_the_least_and_the_greatest, set_up_records,
						tear_down),
		cmocka_unit_test_setup_teardown(a_record_is_settled_by_its_rows, set_up_records, tear_down),
		cmocka_unit_test_setup_teardown(who_reads_its_files_settles_it_by_time, set_up_records, tear_down),
		cmocka_unit_test_setup_teardown(rows_that_cannot_be_read_are_a_gap, set_up_records, tear_down),
		cmocka_unit_test_setup_teardown(a_gap_without_a_row_behind_it_is_bounded, set_up_records, tear_down),
		cmocka_unit_test_setup_teardown(a_gap_of_who_watches_ends_at_the_clock, set_up_records, tear_down),
		cmocka_unit_test_setup_teardown(a_gap_before_any_row_reaches_no_further_than_now, set_up_records,
						tear_down),
		cmocka_unit_test_setup_teardown(a_row_far_ahead_settles_nothing_until_another_bears_it_out,
						set_up_records, tear_down),
		cmocka_unit_test_setup_teardown(a_row_ahead_of_the_clock_settles_no_further_than_it, set_up_records,
						tear_down),
	};
	return cmocka_run_group_tests_name("pipeline", tests, NULL, NULL);
}
