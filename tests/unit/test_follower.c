/*
 * Goal: a snapshot is written only where every verdict in the journal is the one that its inputs give; one that is missing,
 * changed or invented is told; a page under way is no damage, a cut one in the middle is.
 * Method: a journal kept by the real recorder of a real judge, with somebody between the two who loses and changes
 * findings; then the follower over it.
 */
#include "check.h"

#include "engine/follower.c"

#include "policy/policy.h"
#include "state/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TELLS = 40, HONEST = -1 };

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

static struct {
	char folder[64];
	struct cs_vault *vault;
	struct cs_journal *journal;
	struct cs_recorder recorder;
	struct cs_arena arena;
	const struct cs_policy *policy;
	const char *source[1];
	int loses;   /* of which finding nothing is put down */
	int changes; /* which is put down otherwise than it was */
	int invents; /* behind which another one is put down */
	int nth;
	struct cs_followed followed;
} s;

static int
set_up(void **state)
{
	(void)state;
	char note[CS_VAULT_NOTE_BYTES], key[96];
	snprintf(s.folder, sizeof s.folder, "/tmp/countersign-follower-XXXXXX");
	if (!mkdtemp(s.folder))
		return -1;
	s.loses = s.changes = s.invents = HONEST;
	snprintf(key, sizeof key, "%s/journal.key", s.folder);
	struct cs_vault_wish wish = {key, true, true};
	return cs_vault_open(&wish, note, &s.vault) == CS_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	char command[128];
	cs_vault_close(s.vault);
	cs_arena_fini(&s.arena);
	snprintf(command, sizeof command, "rm -r %s", s.folder);
	return (system)(command);
}

/* Between judge and recorder. */
static void
pass_on(void *context, const struct cs_finding *finding)
{
	struct cs_finding other = *finding;
	(void)context;
	if (s.nth == s.changes)
		other.severity = CS_SEVERITY_CRITICAL;
	if (s.nth != s.loses)
		cs_recorder_finding(&s.recorder, &other);
	if (s.nth == s.invents)
		cs_recorder_finding(&s.recorder, &other);
	s.nth++;
}

static void
open_journal(uint64_t volume_bytes)
{
	struct cs_journal_found found;
	struct cs_journal_wish wish = {
		.folder = s.folder,
		.vault = s.vault,
		.sync = CS_SYNC_NONE,
		.volume_bytes = volume_bytes,
		.volume_ns = UINT64_MAX,
		.checkpoint_ns = UINT64_MAX,
	};
	assert_int_equal(cs_journal_open(&wish, &found, &s.journal), CS_OK);
}

/* Each tell is an input whose verdict is known; a page is closed behind every third. */
static void
tell_all(struct cs_judge *judge)
{
	for (unsigned i = 0; i < TELLS; i++) {
		struct cs_finding finding = {
			.reason = CS_REASON_CAPTURE_GAP,
			.severity = CS_SEVERITY_LOW,
			.expectation = "coverage",
			.link = (uint16_t)(i % 2),
			.decided_ns = UINT64_C(1700000000000000000) + i,
		};
		cs_judge_tell(judge, &finding);
		if (i % 3 == 0)
			cs_journal_publish(s.journal);
	}
}

static void
record(uint64_t volume_bytes)
{
	struct cs_complaints complaints = {0};
	struct cs_detect_sink sink = {pass_on, NULL};
	assert_int_equal(cs_arena_init(&s.arena, 2 << 20), CS_OK);
	assert_int_equal(cs_policy_read(cs_span_text(policy_words), "test.policy", &s.arena, &s.policy, &complaints),
			 CS_OK);
	open_journal(volume_bytes);
	s.source[0] = "lo";
	s.nth = 0;
	s.recorder = (struct cs_recorder){.journal = s.journal, .names = {s.policy, s.source, 1}};
	cs_recorder_init(&s.recorder);
	struct cs_judge *judge = cs_judge_new(s.policy, &sink);
	assert_non_null(judge);
	assert_true(cs_recorder_policy(&s.recorder, cs_span_text(policy_words), NULL, 1));
	cs_judge_scribe_set(judge, &s.recorder.scribe);
	tell_all(judge);
	cs_judge_free(judge);
	assert_int_equal(cs_journal_close(s.journal), CS_OK);
}

static unsigned
snapshot_n(void)
{
	struct cs_snapshots list;
	assert_int_equal(cs_snapshot_list(s.folder, &list), CS_OK);
	return list.n;
}

static void
expect_refused(const char *word)
{
	assert_int_equal(cs_follower_walk(s.folder, s.vault, &s.followed), CS_E_FORMAT);
	assert_non_null(strstr(s.followed.words, word));
	assert_int_equal(snapshot_n(), 0);
}

static void
an_honest_journal_gets_a_snapshot_once(void **state)
{
	(void)state;
	record(UINT64_MAX);
	assert_int_equal(cs_follower_walk(s.folder, s.vault, &s.followed), CS_OK);
	assert_int_equal(s.followed.counts.held_n, TELLS);
	assert_int_equal(s.followed.counts.differing_n, 0);
	assert_int_equal(snapshot_n(), 1);
	assert_int_equal(cs_follower_walk(s.folder, s.vault, &s.followed), CS_END);
	assert_true(s.followed.counts.from_seq > 0);
	assert_int_equal(snapshot_n(), 1);
}

static void
a_verdict_that_is_missing_is_told(void **state)
{
	(void)state;
	s.loses = 17;
	record(UINT64_MAX);
	expect_refused("missing");
	assert_int_equal(s.followed.counts.differing_n, 1);
}

static void
a_verdict_that_was_changed_is_told(void **state)
{
	(void)state;
	s.changes = 5;
	record(UINT64_MAX);
	expect_refused("not the one that its inputs give");
}

static void
a_verdict_without_an_input_is_told(void **state)
{
	(void)state;
	s.invents = 11;
	record(UINT64_MAX);
	expect_refused("not the one that its inputs give");
}

static void
cut(uint32_t volume, off_t by)
{
	char path[CS_VOLUME_PATH_BYTES];
	struct stat about;
	assert_int_equal(cs_volume_path(s.folder, volume, CS_VOLUME_PLAIN, path), CS_OK);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(truncate(path, about.st_size - by), 0);
}

static void
a_page_under_way_is_no_damage(void **state)
{
	(void)state;
	record(UINT64_MAX);
	cut(1, 700); /* the checkpoint, and into the page before it */
	assert_int_equal(cs_follower_walk(s.folder, s.vault, &s.followed), CS_OK);
	assert_true(s.followed.counts.held_n < TELLS && s.followed.counts.held_n > 0);
	assert_int_equal(snapshot_n(), 1);
}

static void
a_page_cut_before_the_last_volume_is(void **state)
{
	(void)state;
	record(UINT64_MAX);
	open_journal(UINT64_MAX); /* another volume behind it */
	assert_true(cs_journal_put(s.journal, CS_RECORD_OPERATOR, 1, cs_span_text("{}"), (struct cs_span){0}));
	assert_int_equal(cs_journal_close(s.journal), CS_OK);
	cut(1, 5);
	enum cs_error error = cs_follower_walk(s.folder, s.vault, &s.followed);
	assert_true(error == CS_E_TRUNCATED || error == CS_E_FORMAT);
	assert_non_null(strstr(s.followed.words, "volume 00000001"));
	assert_int_equal(snapshot_n(), 0);
}

/* One that says of itself that it ends before record SEQ, of whatever journal. */
static void
put_snapshot(uint64_t seq)
{
	static uint8_t byte[1] = {7};
	struct cs_regions regions = {.n = 1, .at = {{byte, sizeof byte}}};
	struct cs_snapshot about = {.next_seq = seq};
	assert_int_equal(cs_snapshot_write(s.folder, s.vault, &about, &regions), CS_OK);
}

static void
expect_snapshots(unsigned n, uint64_t newest)
{
	struct cs_snapshots list;
	assert_int_equal(cs_snapshot_list(s.folder, &list), CS_OK);
	assert_int_equal(list.n, n);
	assert_int_equal(list.next_seq[n - 1], newest);
}

static void
snapshots_of_records_that_were_lost_are_removed(void **state)
{
	(void)state;
	record(UINT64_MAX);
	put_snapshot(1000000);
	put_snapshot(2000000);
	put_snapshot(3000000);
	expect_snapshots(2, 3000000);
	assert_int_equal(cs_follower_walk(s.folder, s.vault, &s.followed), CS_OK);
	uint64_t end = s.followed.counts.next_seq;
	expect_snapshots(1, end);
	/* One that lies where there are other records now is none either. */
	open_journal(UINT64_MAX);
	assert_true(cs_journal_put(s.journal, CS_RECORD_OPERATOR, 1, cs_span_text("{}"), (struct cs_span){0}));
	assert_int_equal(cs_journal_close(s.journal), CS_OK);
	put_snapshot(end + 1);
	assert_int_equal(cs_follower_walk(s.folder, s.vault, &s.followed), CS_OK);
	assert_int_equal(s.followed.counts.from_seq, end);
	expect_snapshots(2, s.followed.counts.next_seq);
	assert_int_equal(cs_follower_walk(s.folder, s.vault, &s.followed), CS_END);
}

/* Whatever lies behind it: what was just written is there, and so is the one before it. */
static void
a_snapshot_just_written_stays(void **state)
{
	(void)state;
	record(UINT64_MAX);
	put_snapshot(2000000);
	put_snapshot(3000000);
	for (uint64_t seq = 10; seq < 15; seq++) {
		struct cs_snapshot about;
		put_snapshot(seq);
		assert_int_equal(cs_snapshot_about(s.folder, s.vault, seq, &about), CS_OK);
	}
	struct cs_snapshots list;
	assert_int_equal(cs_snapshot_list(s.folder, &list), CS_OK);
	assert_int_equal(list.n, 4);
	assert_int_equal(list.next_seq[0], 13);
	assert_int_equal(list.next_seq[1], 14);
}

/* A damaged end tells nothing of where it was. */
static void
beside_damage_no_snapshot_is_removed(void **state)
{
	(void)state;
	record(UINT64_MAX);
	put_snapshot(1000000);
	cut(1, 5);
	assert_int_equal(cs_follower_walk(s.folder, s.vault, &s.followed), CS_OK);
	expect_snapshots(2, 1000000);
}

static void
where_there_is_no_journal_there_is_no_snapshot(void **state)
{
	(void)state;
	assert_int_equal(cs_follower_walk(s.folder, s.vault, &s.followed), CS_E_OPEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_honest_journal_gets_a_snapshot_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_verdict_that_is_missing_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_verdict_that_was_changed_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_verdict_without_an_input_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_page_under_way_is_no_damage, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_page_cut_before_the_last_volume_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(snapshots_of_records_that_were_lost_are_removed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_snapshot_just_written_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(beside_damage_no_snapshot_is_removed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(where_there_is_no_journal_there_is_no_snapshot, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("follower", tests, NULL, NULL);
}
