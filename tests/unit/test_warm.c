/*
 * Goal: a profile is warmed from as far back as its windows reach and not further, over volumes and changes of policy; over
 * what retention took, from behind it; and what it then says is the truth, or "at least".
 * Method: a journal of answers ten seconds apart, in many small volumes, under two policies; a third one is warmed.
 */
#include "check.h"

#include "engine/warm.c"

#include "engine/retention.h"
#include "policy/behave.h"
#include "state/thinning.h"

#include <stdio.h>
#include <stdlib.h>

/* Of detect/behave_parts.h, which has another cs_work than the one of a worker. */
bool cs_feed_key(const struct cs_key_clause *by, const struct cs_event *event, struct cs_key *key);

enum { EVENTS = 240, CHANGE_AT = 120, STEP_S = 10, POLICIES = 3 };

static const uint64_t second_ns = UINT64_C(1000000000);
static const uint64_t begin_ns = UINT64_C(1700000000) * 1000000000;

#define LINK "link visa { tap \"lo\" port 5001 frame length16 dialect \"iso87-ascii\" side acquirer }\n"

static const char *const words[POLICIES] = {
	LINK,
	"# another\n" LINK,
	LINK "profile one by all { n = count() over 1000s keys 16 }\n",
};

static struct {
	char folder[64];
	struct cs_vault *vault;
	struct cs_journal *journal;
	struct cs_recorder recorder;
	struct cs_arena arena[POLICIES];
	const struct cs_policy *policy[POLICIES];
	const char *source[1];
	struct cs_judge *judge;
	struct cs_reigns reigns;
	struct cs_warmer *warmer;
} s;

static void
ignore(void *context, const struct cs_finding *finding)
{
	(void)context;
	(void)finding;
}

static void
put_policy(unsigned nth)
{
	struct cs_carry carry = {.pairing = true, .reigns = s.reigns};
	uint64_t seq = cs_journal_state_of(s.journal).durable_seq;
	s.recorder.names.policy = s.policy[nth];
	assert_true(cs_recorder_policy(&s.recorder, cs_span_text(words[nth]), nth ? &carry : NULL, s.recorder.last_ns));
	cs_carry_reign(&s.reigns, (struct cs_reign){s.recorder.last_ns, seq});
	cs_judge_free(s.judge);
	s.judge = cs_judge_new(s.policy[nth], &(struct cs_detect_sink){ignore, NULL});
	assert_non_null(s.judge);
	cs_judge_scribe_set(s.judge, &s.recorder.scribe);
}

static void
tell_event(unsigned nth)
{
	struct cs_tick tick = {.now_ns = begin_ns + nth * STEP_S * second_ns};
	struct cs_event event = {.link = 0, .kind = CS_KIND_RESPONSE, .message_hash = nth + 1};
	char stan[8];
	snprintf(stan, sizeof stan, "%06u", nth);
	event.origin.time_ns = tick.now_ns;
	cs_event_set_text(&event, CS_FIELD_STAN, cs_span_text(stan));
	cs_judge_tick(s.judge, &tick);
	cs_judge_event(s.judge, &event);
}

static void
record_all(void)
{
	struct cs_journal_found found;
	struct cs_journal_wish wish = {
		.folder = s.folder,
		.vault = s.vault,
		.sync = CS_SYNC_NONE,
		.volume_bytes = 2048,
		.volume_ns = UINT64_MAX,
		.checkpoint_ns = UINT64_MAX,
	};
	assert_int_equal(cs_journal_open(&wish, &found, &s.journal), CS_OK);
	s.source[0] = "lo";
	s.recorder = (struct cs_recorder){.journal = s.journal, .names = {s.policy[0], s.source, 1}};
	cs_recorder_init(&s.recorder);
	put_policy(0);
	for (unsigned i = 0; i < EVENTS; i++) {
		if (i == CHANGE_AT)
			put_policy(1);
		tell_event(i);
		if (i % 4 == 3) {
			cs_recorder_rest(&s.recorder);
			assert_int_equal(cs_journal_flush(s.journal), CS_OK);
		}
	}
}

static int
set_up(void **state)
{
	(void)state;
	char note[CS_VAULT_NOTE_BYTES], key[96];
	memset(&s, 0, sizeof s);
	snprintf(s.folder, sizeof s.folder, "/tmp/countersign-warm-XXXXXX");
	if (!mkdtemp(s.folder))
		return -1;
	snprintf(key, sizeof key, "%s/journal.key", s.folder);
	struct cs_vault_wish wish = {key, true, true};
	assert_int_equal(cs_vault_open(&wish, note, &s.vault), CS_OK);
	for (unsigned i = 0; i < POLICIES; i++) {
		struct cs_complaints complaints = {0};
		assert_int_equal(cs_arena_init(&s.arena[i], 8 << 20), CS_OK);
		assert_int_equal(
			cs_policy_read(cs_span_text(words[i]), "test.policy", &s.arena[i], &s.policy[i], &complaints),
			CS_OK);
	}
	record_all();
	return cs_warmer_new(s.folder, s.vault, &s.warmer) == CS_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	char command[128];
	cs_warmer_free(s.warmer);
	cs_judge_free(s.judge);
	assert_int_equal(cs_journal_close(s.journal), CS_OK);
	cs_vault_close(s.vault);
	for (unsigned i = 0; i < POLICIES; i++)
		cs_arena_fini(&s.arena[i]);
	snprintf(command, sizeof command, "rm -r %s", s.folder);
	return (system)(command);
}

/* ---- what comes of it ---- */

static void
ask(uint64_t reach_s)
{
	struct cs_warmer_wish wish = {s.policy[2], &s.reigns, reach_s * second_ns, s.recorder.last_ns};
	cs_warmer_ask(s.warmer, &wish);
	while (cs_warmer_state(s.warmer) == CS_WARMTH_COMING)
		cs_worker_yield(s.warmer->worker);
}

/* What the profile answers behind the last event, and from when on it knows. */
static struct cs_profile_value
warmed(struct cs_carry_from *from)
{
	struct cs_judge *judge = NULL;
	struct cs_profile_value value;
	static const struct cs_key_clause all = {0};
	struct cs_key key;
	assert_int_equal(cs_warmer_state(s.warmer), CS_WARMTH_NEAR);
	assert_int_equal(cs_warmer_end(s.warmer, &judge, from), CS_OK);
	struct cs_event event = {.kind = CS_KIND_RESPONSE};
	assert_true(cs_feed_key(&all, &event, &key));
	assert_true(cs_profile_read(cs_behave_profile(cs_judge_behave(judge), 0), &key, s.recorder.last_ns, &value));
	return value;
}

static void
expect_count(const struct cs_profile_value *value, int64_t n, bool at_least)
{
	assert_true(value->flags & CS_PROFILE_PRESENT);
	assert_int_equal((int64_t)value->num, n);
	assert_int_equal(!!(value->flags & CS_PROFILE_AT_LEAST), at_least);
}

static unsigned
told_n(void)
{
	return (unsigned)cs_rerun_counts_of(s.warmer->rerun)->event_n;
}

static void
as_far_back_as_windows_reach(void **state)
{
	(void)state;
	struct cs_carry_from from;
	ask(1000);
	struct cs_profile_value value = warmed(&from);
	expect_count(&value, 100, false);
	assert_true(from.ns > 0 && from.ns <= s.recorder.last_ns - 1000 * second_ns + second_ns);
	assert_true(told_n() >= 100 && told_n() < 130);
	assert_int_equal(from.reign.seq, s.reigns.at[0].seq);
}

static void
before_the_policy_in_force_it_was_another(void **state)
{
	(void)state;
	struct cs_carry_from from;
	ask(1500);
	struct cs_profile_value value = warmed(&from);
	expect_count(&value, 100, false);
	assert_true(told_n() >= 150 && told_n() < 180);
	assert_int_equal(from.reign.seq, s.reigns.at[1].seq);
	assert_int_equal(s.reigns.n, 2);
}

static void
from_the_very_beginning_all_is_known(void **state)
{
	(void)state;
	struct cs_carry_from from;
	ask(100000);
	struct cs_profile_value value = warmed(&from);
	expect_count(&value, 100, false);
	assert_int_equal(from.ns, 0);
	assert_int_equal(told_n(), EVENTS);
}

/* Told too little, it says so. */
static void
less_than_the_window_is_at_least(void **state)
{
	(void)state;
	struct cs_carry_from from;
	ask(500);
	struct cs_profile_value value = warmed(&from);
	assert_true(value.num >= 50 && value.num < 80);
	expect_count(&value, (int64_t)value.num, true);
}

static void
what_comes_meanwhile_is_told_at_the_end(void **state)
{
	(void)state;
	struct cs_carry_from from;
	ask(1000);
	for (unsigned i = EVENTS; i < EVENTS + 10; i++)
		tell_event(i);
	cs_recorder_rest(&s.recorder);
	assert_int_equal(cs_journal_flush(s.journal), CS_OK);
	struct cs_profile_value value = warmed(&from);
	expect_count(&value, 100, false);
	assert_true(told_n() >= 110);
}

/* ---- what retention took ---- */

static void
thin_up_to(uint32_t last)
{
	for (uint32_t number = 1; number <= last; number++) {
		struct cs_thinning_wish wish = {s.folder,   s.vault, number, cs_retention_kinds(CS_KEEP_EVENTS),
						UINT64_MAX, 77};
		struct cs_thinning sum;
		assert_int_equal(cs_thinning_run(&wish, &sum), CS_OK);
	}
}

static uint32_t
volume_n(void)
{
	struct cs_shelf shelf;
	assert_int_equal(cs_shelf_list(s.folder, &shelf), CS_OK);
	uint32_t n = shelf.n;
	cs_shelf_fini(&shelf);
	return n;
}

static void
behind_what_was_let_go_of(void **state)
{
	(void)state;
	struct cs_carry_from from;
	assert_true(volume_n() > 8);
	thin_up_to(volume_n() * 3 / 4);
	ask(1000);
	struct cs_profile_value value = warmed(&from);
	assert_true(value.num > 30 && value.num < 80);
	expect_count(&value, (int64_t)value.num, true);
	assert_true(from.ns > s.recorder.last_ns - 1000 * second_ns);
}

/* What was told is gone before the policy is in force: who runs the journal again could not tell it. */
static void
let_go_of_meanwhile_it_does_not_count(void **state)
{
	(void)state;
	struct cs_carry_from from;
	struct cs_judge *judge = NULL;
	ask(2000);
	assert_int_equal(cs_warmer_state(s.warmer), CS_WARMTH_NEAR);
	thin_up_to(volume_n() * 3 / 4);
	assert_int_equal(cs_warmer_end(s.warmer, &judge, &from), CS_E_RANGE);
	assert_int_equal(cs_warmer_state(s.warmer), CS_WARMTH_FAILED);
	assert_true(cs_warmer_words(s.warmer)[0]);
	ask(1000); /* and it can be asked again */
	(void)warmed(&from);
}

static void
it_can_be_given_up(void **state)
{
	(void)state;
	struct cs_warmer_wish wish = {s.policy[2], &s.reigns, 2000 * second_ns, s.recorder.last_ns};
	for (unsigned i = 0; i < 20; i++) {
		cs_warmer_ask(s.warmer, &wish);
		cs_warmer_leave(s.warmer);
		assert_int_equal(cs_warmer_state(s.warmer), CS_WARMTH_NONE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(as_far_back_as_windows_reach, set_up, tear_down),
		cmocka_unit_test_setup_teardown(before_the_policy_in_force_it_was_another, set_up, tear_down),
		cmocka_unit_test_setup_teardown(from_the_very_beginning_all_is_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(less_than_the_window_is_at_least, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_comes_meanwhile_is_told_at_the_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(behind_what_was_let_go_of, set_up, tear_down),
		cmocka_unit_test_setup_teardown(let_go_of_meanwhile_it_does_not_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_can_be_given_up, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
