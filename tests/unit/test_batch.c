/*
 * Goal: a batch never changes the order of events, settling and time.
 * Method: a judge that writes down what it is told; more events than a batch holds.
 */
#include "check.h"

#include "engine/batch.c"

static char told[8192];
static struct cs_text told_text;
static struct cs_batch batch;

void
cs_judge_prepare(const struct cs_judge *judge, const struct cs_event *event)
{
	(void)judge;
	(void)event;
}

void
cs_judge_event(struct cs_judge *judge, const struct cs_event *event)
{
	(void)judge;
	cs_text_put_char(&told_text, 'e');
	cs_text_put_u64(&told_text, event->message_hash);
}

void
cs_judge_tick(struct cs_judge *judge, const struct cs_tick *tick)
{
	(void)judge;
	for (unsigned link = 0; link < batch.link_n; link++) {
		if (!tick->settled_ns[link])
			continue;
		cs_text_put_char(&told_text, (char)('s' + link));
		cs_text_put_u64(&told_text, tick->settled_ns[link]);
	}
	cs_text_put_char(&told_text, 'a');
	cs_text_put_u64(&told_text, tick->now_ns);
}

static void
add(uint64_t hash)
{
	cs_batch_slot(&batch)->message_hash = hash;
	cs_batch_add(&batch);
}

static int
set_up(void **state)
{
	(void)state;
	memset(&batch, 0, sizeof batch);
	batch.link_n = 2;
	told_text = cs_text_over(told, sizeof told);
	return 0;
}

static void
ticks_stand_behind_their_events(void **state)
{
	(void)state;
	cs_batch_tick(&batch, &(struct cs_tick){1, {1, 0}});
	assert_string_equal(told, "s1a1");
	add(7);
	add(8);
	cs_batch_tick(&batch, &(struct cs_tick){2, {2, 2}});
	add(9);
	assert_string_equal(told, "s1a1");
	cs_batch_flush(&batch);
	assert_string_equal(told, "s1a1e7e8s2t2a2e9");
	add(10);
	cs_batch_flush(&batch);
	assert_string_equal(told, "s1a1e7e8s2t2a2e9e10");
}

static void
a_full_batch_goes_on_in_order(void **state)
{
	(void)state;
	char wanted[8192];
	struct cs_text text = cs_text_over(wanted, sizeof wanted);
	for (unsigned i = 1; i <= 3 * CS_BATCH_EVENTS + 5; i++) {
		add(i);
		cs_batch_tick(&batch, &(struct cs_tick){i, {0, i}});
		cs_text_put_char(&text, 'e');
		cs_text_put_u64(&text, i);
		cs_text_put_char(&text, 't');
		cs_text_put_u64(&text, i);
		cs_text_put_char(&text, 'a');
		cs_text_put_u64(&text, i);
	}
	cs_batch_flush(&batch);
	assert_string_equal(told, wanted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ticks_stand_behind_their_events, set_up),
		cmocka_unit_test_setup(a_full_batch_goes_on_in_order, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
