/*
 * Goal: rows that come on a pipe are told at once and never waited for; what cannot be read is told; a row that ends nowhere is not told; another
 * policy goes on in the midst of a row, or is refused.
 * Method: a pipe that the test writes to, bytes of any cut.
 */
#include "check.h"

#include "engine/inflow.c"

#include "engine/key.h"

#include <stdio.h>
#include <unistd.h>

static const uint64_t start_ns = UINT64_C(1700000000000000000), second_ns = UINT64_C(1000000000);

struct room {
	struct cs_arena arena;
	struct cs_links links;
	const struct cs_policy *policy;
};

static struct scene {
	struct cs_key_ring *ring;
	struct room room[2];
	struct cs_pipeline *pipeline;
	struct cs_inflow *inflow;
	int to; /* of the pipe */
	uint64_t now_ns;
	char said[2048];
	char found[4096];
} scene;

static void
add_line(char *at, size_t cap, const char *words)
{
	size_t len = strlen(at);
	(void)snprintf(at + len, cap - len, "%s\n", words);
}

static void
hear(void *context, const struct cs_finding *finding)
{
	(void)context;
	add_line(scene.found, sizeof scene.found, finding->detail);
}

static void
hear_words(void *context, const char *words)
{
	(void)context;
	add_line(scene.said, sizeof scene.said, words);
}

static void
read_policy(struct room *room, const char *text)
{
	struct cs_complaints complaints = {0};
	assert_int_equal(cs_arena_init(&room->arena, 2 << 20), CS_OK);
	assert_int_equal(cs_policy_read(cs_span_text(text), "p", &room->arena, &room->policy, &complaints), CS_OK);
	assert_int_equal(cs_links_open(&room->links, room->policy, scene.ring, &complaints), CS_OK);
}

static const char csv[] = "record orders { source csv time from \"t\" seconds id from \"i\" }\n";
static const char jsonl[] = "record orders { source jsonl time from \"t\" seconds id from \"i\" }\n";

static void
begin(const char *text)
{
	int ends[2];
	memset(&scene, 0, sizeof scene);
	scene.now_ns = start_ns;
	scene.ring = cs_key_ring_new(NULL);
	assert_non_null(scene.ring);
	read_policy(&scene.room[0], text);
	scene.pipeline = cs_pipeline_new(&scene.room[0].links, &(struct cs_detect_sink){hear, NULL});
	assert_non_null(scene.pipeline);
	assert_int_equal(pipe(ends), 0);
	scene.to = ends[1];
	scene.inflow =
		cs_inflow_new(&(struct cs_inflow_wish){.descriptor = ends[0], .say = hear_words}, &scene.room[0].links);
	assert_non_null(scene.inflow);
}

static void
finish(void)
{
	cs_inflow_free(scene.inflow);
	cs_inflow_free(NULL);
	cs_pipeline_free(scene.pipeline);
	for (unsigned i = 0; i < 2; i++) {
		if (!scene.room[i].policy)
			continue;
		cs_links_close(&scene.room[i].links);
		cs_arena_fini(&scene.room[i].arena);
	}
	cs_key_ring_free(scene.ring);
	cs_file_close(scene.to);
}

/* TEXT comes, and is read; how many rows that were. */
static uint64_t
come(const char *text)
{
	uint64_t before = cs_inflow_counts_of(scene.inflow).row_n;
	assert_int_equal(write(scene.to, text, strlen(text)), strlen(text));
	cs_pipeline_idle(scene.pipeline, scene.now_ns);
	while (cs_inflow_some(scene.inflow, scene.pipeline, scene.now_ns))
		;
	return cs_inflow_counts_of(scene.inflow).row_n - before;
}

static void
end_input(void)
{
	cs_file_close(scene.to);
	scene.to = -1;
	while (cs_inflow_some(scene.inflow, scene.pipeline, scene.now_ns))
		;
}

static void
pass(unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		scene.now_ns += second_ns;
		assert_false(cs_inflow_some(scene.inflow, scene.pipeline, scene.now_ns));
	}
}

static void
rows_are_told_as_they_come(void **state)
{
	(void)state;
	begin(csv);
	assert_false(cs_inflow_some(scene.inflow, scene.pipeline, scene.now_ns)); /* nothing there: it does not wait */
	assert_int_equal(come("i,t\n"), 0);
	assert_int_equal(come("a,1700000000\nb,17000"), 1);
	assert_int_equal(come("0"), 0);
	assert_int_equal(come("0000"), 0);
	assert_int_equal(come("\n"), 1);
	assert_int_equal(come("c,1700000001\r\nd,1700000001\ne,1700000002\n"), 3);
	end_input();
	assert_int_equal(cs_inflow_state_of(scene.inflow), CS_INFLOW_ENDED);
	assert_int_equal(cs_inflow_counts_of(scene.inflow).unread_n, 0);
	assert_false(cs_inflow_some(scene.inflow, scene.pipeline, scene.now_ns));
	assert_string_equal(scene.said, "");
	assert_string_equal(scene.found, "");
	finish();
}

static void
byte_by_byte(void **state)
{
	(void)state;
	static const char text[] = "{\"i\":\"a\",\"t\":1700000000}\n\n{\"t\":1700000001,\"i\":\"b\"}\r\n";
	begin(jsonl);
	for (const char *at = text; *at; at++)
		(void)come((const char[]){*at, '\0'});
	assert_int_equal(cs_inflow_counts_of(scene.inflow).row_n, 2);
	finish();
}

static void
no_input_at_all(void **state)
{
	(void)state;
	begin(csv);
	end_input();
	assert_int_equal(cs_inflow_state_of(scene.inflow), CS_INFLOW_ENDED);
	assert_string_equal(scene.said, "");
	finish();
}

/* An amount of which the last digits are missing is not that amount. */
static void
a_row_without_an_end(void **state)
{
	(void)state;
	begin(csv);
	assert_int_equal(come("i,t\na,1700000000\nb,1700000"), 1);
	end_input();
	assert_int_equal(cs_inflow_state_of(scene.inflow), CS_INFLOW_ENDED);
	assert_int_equal(cs_inflow_counts_of(scene.inflow).row_n, 1);
	assert_int_equal(cs_inflow_counts_of(scene.inflow).unread_n, 1);
	assert_int_equal(cs_pipeline_counts_of(scene.pipeline)->lost_rows, 1);
	assert_string_equal(
		scene.said,
		"standard input: 1 row could not be read; line 3: the input ends in the midst of the row; let the last "
		"one end in a line end, too\n");
	assert_string_equal(scene.found, scene.said);
	finish();
}

/* One alert for the first, one for all of a minute. */
static void
rows_that_are_wrong(void **state)
{
	(void)state;
	begin(csv);
	assert_int_equal(come("i,t\na,1\noops\nb,2\n"), 2);
	assert_string_equal(
		scene.found,
		"standard input: 1 row could not be read; line 3: the row has fewer cells than the header line\n");
	assert_int_equal(come("x\ny\nc,3\n"), 1);
	pass(59);
	assert_int_equal(strlen(scene.found), strlen(scene.said));
	assert_null(strstr(scene.found, "line 5"));
	pass(2);
	assert_non_null(strstr(scene.found, "standard input: 2 rows could not be read; the first, line 5: "));
	assert_int_equal(cs_pipeline_counts_of(scene.pipeline)->lost_rows, 3);
	finish();
}

static void
no_such_column(void **state)
{
	(void)state;
	begin(csv);
	assert_int_equal(come("when,i\n1,a\n"), 0);
	assert_int_equal(cs_inflow_state_of(scene.inflow), CS_INFLOW_FAILED);
	assert_string_equal(scene.said,
			    "standard input: line 1: t: the header line has no such column; it has when, i\n");
	finish();
}

/* ---- silence ---- */

static const char judged[] =
	"record orders { source csv time from \"t\" seconds id from \"i\" whole lateness 2s }\n"
	"record payments { source csv time from \"t\" seconds id from \"i\" lateness 2s }\n"
	"expect ordered { claim record on payments  proof record on orders  match (rrn)  within 1h before\n"
	"otherwise hold critical }\n";

static uint64_t
settled(void)
{
	cs_pipeline_idle(scene.pipeline, scene.now_ns);
	return cs_coverage_settled(cs_judge_coverage(cs_pipeline_judge(scene.pipeline)), 0);
}

static void
silence_settles(void **state)
{
	(void)state;
	begin(judged);
	assert_int_equal(come("i,t\na,1699999999\n"), 1);
	pass(10);
	assert_true(settled() + 3 * second_ns >= scene.now_ns);
	uint64_t before_ns = settled();
	assert_int_equal(come("b,17000"), 0);
	pass(59);
	assert_true(settled() <= before_ns + second_ns);
	assert_string_equal(scene.said, "");
	pass(3);
	assert_non_null(strstr(scene.said, "a row has begun and does not end"));
	assert_int_equal(come("00050\n"), 1);
	pass(2);
	assert_true(settled() + 3 * second_ns >= scene.now_ns);
	finish();
}

/* ---- another policy ---- */

static void
another_policy(void **state)
{
	(void)state;
	begin(csv);
	assert_int_equal(come("i,t,u\na,1,9\nb,2"), 1);
	read_policy(&scene.room[1], "record orders { source csv id from \"u\" time from \"t\" seconds }\n");
	assert_true(cs_inflow_check(scene.inflow, &scene.room[1].links));
	cs_pipeline_flush(scene.pipeline);
	struct cs_judge *judge = cs_judge_new(scene.room[1].policy, &(struct cs_detect_sink){hear, NULL});
	assert_non_null(judge);
	cs_pipeline_renew(scene.pipeline, &scene.room[1].links, judge, true);
	cs_inflow_renew(scene.inflow, &scene.room[1].links);
	assert_int_equal(come(",8\nc,3,7\nd,4\n"), 2);
	assert_string_equal(
		scene.said,
		"standard input: 1 row could not be read; line 5: the row has fewer cells than the header line\n");
	finish();
}

static void
another_that_cannot_be(void **state)
{
	(void)state;
	begin(csv);
	assert_int_equal(come("i,t\na,1\n"), 1);
	read_policy(&scene.room[1], "record orders { source csv id from \"u\" time from \"t\" seconds }\n");
	assert_false(cs_inflow_check(scene.inflow, &scene.room[1].links));
	assert_string_equal(scene.said, "standard input: line 1: u: the header line has no such column; it has i, t\n");
	assert_int_equal(come("b,2\n"), 1);
	cs_links_close(&scene.room[1].links);
	cs_arena_fini(&scene.room[1].arena);
	read_policy(&scene.room[1], jsonl);
	assert_false(cs_inflow_check(scene.inflow, &scene.room[1].links));
	assert_non_null(strstr(scene.said, "has another form or separator in the policy now"));
	assert_int_equal(come("c,3\n"), 1);
	finish();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_told_as_they_come),
		cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(no_input_at_all),
		cmocka_unit_test(a_row_without_an_end),
		cmocka_unit_test(rows_that_are_wrong),
		cmocka_unit_test(no_such_column),
		cmocka_unit_test(silence_settles),
		cmocka_unit_test(another_policy),
		cmocka_unit_test(another_that_cannot_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
