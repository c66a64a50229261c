/*
 * Goal: what files hold of lists and places decides as the policy says; what cannot be read leaves what is in force, and is
 * told; and a journal gives the same verdicts when the files are others by then.
 * Method: files in a folder of their own, a judge with and without the real recorder, and a re-run of its journal.
 */
#include "tables.h"

static void
rows_decide_until_their_day_ends(void **state)
{
	(void)state;
	start(false);
	assert_string_equal(said_at(0), "");
	assert_string_equal(spent(STOLEN, "T9", NOW),
			    "list.hot: card 400000******0002 is on list hot: lost; rule.elsewhere: ");
	assert_string_equal(spent(HONEST, "T1", NOW), "rule.there: terminal in watched");
	assert_string_equal(spent(STOLEN, "T1", UINT64_C(1801439999) * S),
			    "list.hot: card 400000******0002 is on list hot: lost; rule.there: terminal in watched");
	/* 2027-01-31 is over. */
	assert_string_equal(spent(STOLEN, "T1", UINT64_C(1801440000) * S), "rule.there: terminal in watched");
}

static void
places_tell_how_far(void **state)
{
	(void)state;
	start(false);
	assert_string_equal(said_at(0), "");
	assert_string_equal(spent(HONEST, "T1", NOW), "rule.there: terminal in watched");
	assert_string_equal(spent(HONEST, "T2", NOW + HOUR),
			    "rule.elsewhere: ; rule.far: distance(terminal, card.was) > 5000: 16863");
	/* Where T3 is, nobody knows. */
	assert_string_equal(spent(HONEST, "T3", NOW + 2 * HOUR), "rule.elsewhere: ");
}

static void
what_was_never_read_is_unknown(void **state)
{
	(void)state;
	remove_file("watched.csv");
	remove_file("atms.csv");
	make_file("hot.csv", "pan,until\n" STOLEN ",\n");
	start(false);
	const char *said = said_at(0);
	assert_non_null(strstr(said, "hot.csv:1: why: the header line has no such column; it has pan, until\n"));
	assert_non_null(strstr(said,
			       "hot.csv: its header line has not the columns needed; nothing of it was ever read, "
			       "and who is in it is not known\n"));
	assert_non_null(strstr(said, "watched.csv: "));
	assert_string_equal(spent(STOLEN, "T1", NOW), "");
	assert_string_equal(spent(HONEST, "T2", NOW), "");
}

static void
wrong_rows_are_named_and_cost_themselves_only(void **state)
{
	(void)state;
	make_file("hot.csv",
		  "pan,until,why\n"
		  ",2027-01-01,nobody\n"
		  "4000 0000 0000 0002,2027-01-01,spaced\n" STOLEN ",soon,wrong\n" HONEST ",,card " HONEST " it is\n");
	make_file("watched.csv", "term\nT1\nTERMINAL-NUMBER-17\nGAR\xc3\x87ON\nT2\nT3\nT4\nT5\n");
	make_file("atms.csv", "id,lat,lon\nT1,90.00001,0\nT2,north,0\nT3,1.5,-180.1\nT4,1.,2\nT5,-90,180\n");
	start(false);
	assert_string_equal(
		said_at(0),
		"hot.csv:2: pan: is empty, and a row without a key says nothing\n"
		"hot.csv:3: pan: has a space in it, and so no card has that number; write the digits alone\n"
		"hot.csv:4: until: \"soon\" is no day; write 2018-04-01, or a time: 2018-04-01T00:00:31Z\n"
		"watched.csv:3: term: is longer than the 16 characters a field keeps\n"
		"watched.csv:4: term: is not plain ASCII, and no such field is\n"
		"watched.csv: 1 row has no room and does not count: raise `entries 4`\n"
		"atms.csv:2: lat: is no latitude; write degrees with a point, as 48.85661, south of the equator with a "
		"minus\n"
		"atms.csv:3: lat: is no latitude; write degrees with a point, as 48.85661, south of the equator with a "
		"minus\n"
		"atms.csv:4: lon: is no longitude; write degrees with a point, as 2.35222, west of Greenwich with a "
		"minus\n");
	assert_string_equal(spent(STOLEN, "T4", NOW), "rule.there: terminal in watched");
	assert_string_equal(spent(HONEST, "T5", NOW + 1),
			    "list.hot: card 400000******0010 is on list hot: card 400000********** it is; "
			    "rule.elsewhere: ");
}

static void
wrong_rows_are_named_once_for_each_file(void **state)
{
	(void)state;
	static const char words[] = "watched.csv:2: term: is longer than the 16 characters a field keeps\n";
	make_file("watched.csv", "term\nTERMINAL-NUMBER-17\nT1\n");
	set_changed("watched.csv", NOW);
	start(true);
	assert_string_equal(said_at(NOW), words);
	assert_string_equal(said_at(NOW + HOUR), "");
	set_changed("watched.csv", NOW + HOUR);
	assert_string_equal(said_at(NOW + 2 * HOUR), words);
}

static void
tokens_stand_for_cards(void **state)
{
	(void)state;
	char row[128], token[64];
	struct cs_text text = cs_text_over(token, sizeof token);
	cs_token_put(&text, cs_card_make(&token_key, cs_span_text(HONEST)).token);
	snprintf(row, sizeof row, "pan,until,why\n%s,2027-02-01T12:00:00Z,\n", token);
	make_file("hot.csv", row);
	start(false);
	assert_string_equal(said_at(0), "");
	assert_string_equal(spent(HONEST, "T1", NOW),
			    "list.hot: card 400000******0010 is on list hot; rule.there: terminal in watched");
}

static void
live_files_are_read_again_when_it_is_time(void **state)
{
	(void)state;
	start(true);
	assert_string_equal(said_at(NOW), "");
	make_file("watched.csv", "term\nT7\n");
	set_changed("watched.csv", NOW + HOUR);
	assert_string_equal(said_at(NOW + HOUR - 1), "");
	assert_string_equal(spent(HONEST, "T7", NOW), "rule.elsewhere: ");
	assert_string_equal(said_at(NOW + HOUR), "");
	assert_string_equal(spent(HONEST, "T7", NOW), "rule.there: terminal in watched");
}

static void
a_bad_file_leaves_the_good_one_in_force(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "term\n", "other\nT7\n", "term\n\"T7\n"};
	start(true);
	assert_string_equal(said_at(NOW), "");
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		uint64_t now_ns = NOW + (i + 1) * (day_ns + HOUR);
		make_file("watched.csv", bad[i]);
		make_file("hot.csv", "pan,until,why\n" STOLEN ",2027-01-31,lost\n");
		set_changed("hot.csv", now_ns);
		set_changed("watched.csv", now_ns);
		assert_non_null(strstr(said_at(now_ns), "; what was read of it before stays in force\n"));
		assert_non_null(strstr(s.heard, "list.watched: "));
		assert_null(strstr(s.heard, "list.hot"));
		/* Told once a day. */
		said_at(now_ns + HOUR);
		assert_null(strstr(s.said, "stays in force"));
		assert_string_equal(s.heard, "");
		assert_string_equal(spent(HONEST, "T1", NOW), "rule.there: terminal in watched");
	}
	remove_file("watched.csv");
	said_at(NOW + 100 * day_ns);
	assert_non_null(strstr(s.heard, "list.watched: cannot be opened"));
}

static void
a_stale_file_is_told(void **state)
{
	(void)state;
	set_changed("watched.csv", NOW - 49 * HOUR);
	start(true);
	assert_string_equal(said_at(NOW), "watched.csv: it was changed 49 h ago, which is more than `stale` allows; it "
					  "stays in force\n");
	assert_string_equal(s.heard,
			    "list.watched: it was changed 49 h ago, which is more than `stale` allows; it stays in "
			    "force");
	assert_string_equal(spent(HONEST, "T1", NOW), "rule.there: terminal in watched");
}

/* --- with a journal --- */

static unsigned listing_n;

static bool
count_listing(void *context, const struct cs_listing *listing)
{
	(void)context;
	(void)listing;
	listing_n++;
	return true;
}

static void
the_same_rows_are_told_once(void **state)
{
	(void)state;
	const struct cs_judge_scribe scribe = {.list = count_listing};
	start(true);
	cs_judge_scribe_set(s.judge, &scribe);
	listing_n = 0;
	said_at(NOW);
	assert_int_equal(listing_n, 4 + 3); /* rows, and an end for each file */
	said_at(NOW + 13 * HOUR);
	assert_int_equal(listing_n, 4 + 3);
	make_file("watched.csv", "term\nT1\nT2\n");
	said_at(NOW + 14 * HOUR);
	assert_int_equal(listing_n, 4 + 3 + 3);
	/* A process that begins anew over the state of before. */
	cs_tables_free(s.tables);
	struct cs_tables_wish wish = {s.policy, &token_key, true, note, NULL};
	assert_int_equal(cs_tables_new(&wish, &s.tables), CS_OK);
	said_at(NOW + 15 * HOUR);
	assert_int_equal(listing_n, 4 + 3 + 3);
}

/* A process died between two rows; what it told is not mixed with what the next one tells. */
static void
what_was_told_half_is_given_up(void **state)
{
	(void)state;
	struct cs_listing row = {.what = CS_LISTING_ROW, .table = 1};
	start(true);
	assert_true(cs_behave_key(CS_FIELD_TERMINAL, cs_span_text("T5"), row.key));
	cs_judge_list(s.judge, &row);
	assert_string_equal(said_at(NOW), "");
	assert_string_equal(spent(HONEST, "T5", NOW), "rule.elsewhere: ");
	assert_string_equal(spent(HONEST, "T1", NOW), "rule.there: terminal in watched");
}

static bool
know_listing(void *context, const struct cs_listing *listing)
{
	(void)context;
	(void)listing;
	return false;
}

static void
what_the_scribe_has_is_passed_over(void **state)
{
	(void)state;
	const struct cs_judge_scribe scribe = {.list = know_listing};
	start(false);
	uint64_t hash = cs_judge_hash(s.judge);
	cs_judge_scribe_set(s.judge, &scribe);
	said_at(0);
	assert_int_equal(cs_judge_hash(s.judge), hash);
	cs_judge_scribe_set(s.judge, NULL);
	said_at(day_ns);
	assert_int_not_equal(cs_judge_hash(s.judge), hash);
}

/* Rows that come while a file is read for the second time are not what was looked at. */
static bool
change_file(void *context, const struct cs_listing *listing)
{
	bool *changed = context;
	if (!*changed && listing->what == CS_LISTING_ROW && listing->table == 0)
		make_file("hot.csv", "pan,until,why\n" HONEST ",2027-01-31,lost\n");
	*changed = true;
	return true;
}

static void
a_file_that_changes_meanwhile_is_read_again(void **state)
{
	(void)state;
	bool changed = false;
	const struct cs_judge_scribe scribe = {.list = change_file, .context = &changed};
	static char rows[640 * 1024] = "pan,until,why\n"; /* more than is read at once */
	size_t len = strlen(rows);
	for (unsigned i = 0; i < 6000; i++)
		len += (size_t)snprintf(rows + len, sizeof rows - len, STOLEN ",2027-01-31,%060u\n", i % 4);
	make_file("hot.csv", rows);
	start(true);
	cs_judge_scribe_set(s.judge, &scribe);
	said_at(NOW);
	cs_judge_scribe_set(s.judge, NULL);
	said_at(NOW + 1);
	assert_string_equal(spent(HONEST, "T1", NOW),
			    "list.hot: card 400000******0010 is on list hot: lost; rule.there: terminal in watched");
	assert_string_equal(spent(STOLEN, "T1", NOW), "rule.there: terminal in watched");
}

static void
open_recorded(void)
{
	char note_at[CS_VAULT_NOTE_BYTES], key[96], folder[96];
	struct cs_journal_found found;
	snprintf(key, sizeof key, "%s/journal.key", s.folder);
	snprintf(folder, sizeof folder, "%s/journal", s.folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	struct cs_vault_wish vault = {key, true, true};
	assert_int_equal(cs_vault_open(&vault, note_at, &s.vault), CS_OK);
	struct cs_journal_wish wish = {.folder = folder,
				       .vault = s.vault,
				       .sync = CS_SYNC_NONE,
				       .volume_bytes = UINT64_MAX,
				       .volume_ns = UINT64_MAX,
				       .checkpoint_ns = UINT64_MAX};
	assert_int_equal(cs_journal_open(&wish, &found, &s.journal), CS_OK);
	s.source[0] = "tx.csv";
	s.recorder = (struct cs_recorder){.journal = s.journal, .names = {s.policy, s.source, 1}};
	s.recorder.next = (struct cs_detect_sink){hear, s.heard};
	cs_recorder_init(&s.recorder);
	struct cs_detect_sink sink = {cs_recorder_finding, &s.recorder};
	struct cs_tables_wish tables = {s.policy, &token_key, true, note, NULL};
	s.judge = cs_judge_new(s.policy, &sink);
	assert_non_null(s.judge);
	assert_int_equal(cs_tables_new(&tables, &s.tables), CS_OK);
	assert_true(cs_recorder_policy(&s.recorder, cs_span_text(tables_policy), NULL, NOW));
	cs_judge_scribe_set(s.judge, &s.recorder.scribe);
}

static uint64_t
rerun_all(const struct cs_policy *other, struct cs_rerun_counts *counts, bool snapshot)
{
	char folder[96];
	snprintf(folder, sizeof folder, "%s/journal", s.folder);
	struct cs_rerun_wish wish = {
		.folder = folder, .vault = s.vault, .other = other, .sink = {hear, s.again}, .no_snapshot = !snapshot};
	struct cs_rerun *rerun;
	s.again[0] = '\0';
	assert_int_equal(cs_rerun_open(&wish, &rerun), CS_OK);
	enum cs_error error = cs_rerun_some(rerun, UINT64_MAX);
	if (error != CS_END)
		fail_msg("%s", cs_rerun_words(rerun));
	*counts = *cs_rerun_counts_of(rerun);
	uint64_t hash = cs_judge_hash(cs_rerun_judge(rerun));
	if (snapshot)
		assert_int_equal(cs_rerun_snapshot(rerun), CS_OK);
	cs_rerun_close(rerun);
	return hash;
}

/* Two generations of the lists, events under each, and a file that went away. */
static void
record(void)
{
	open_recorded();
	cs_tables_read(s.tables, s.judge, NOW);
	spend(STOLEN, "T1", NOW);
	spend(STOLEN, "T2", NOW + 1);
	make_file("watched.csv", "term\nT2\n");
	make_file("hot.csv", "pan,until,why\n" HONEST ",,found\n");
	set_changed("hot.csv", NOW + 13 * HOUR);
	set_changed("watched.csv", NOW + 13 * HOUR);
	cs_tables_read(s.tables, s.judge, NOW + 13 * HOUR);
	spend(STOLEN, "T1", NOW + 13 * HOUR);
	spend(HONEST, "T2", NOW + 13 * HOUR);
	remove_file("hot.csv");
	cs_tables_read(s.tables, s.judge, NOW + 26 * HOUR);
	spend(HONEST, "T1", NOW + 26 * HOUR);
}

static void
a_journal_gives_the_same_though_files_change(void **state)
{
	(void)state;
	struct cs_rerun_counts counts;
	record();
	uint64_t hash = cs_judge_hash(s.judge);
	assert_int_equal(cs_journal_close(s.journal), CS_OK);
	make_file("watched.csv", "term\nT8\n");
	make_file("atms.csv", "id,lat,lon\n");
	assert_int_equal(rerun_all(NULL, &counts, false), hash);
	assert_non_null(strstr(s.heard, "list.hot: card 400000******0002 is on list hot: lost"));
	assert_non_null(strstr(s.heard, "list.hot: card 400000******0010 is on list hot: found"));
	assert_non_null(strstr(s.heard, "rule.far: "));
	assert_non_null(strstr(s.heard, "what was read of it before stays in force"));
	assert_string_equal(s.again, s.heard);
	assert_int_equal(counts.differing_n, 0);
	assert_int_equal(counts.held_n, counts.alert_n);
	assert_int_equal(rerun_all(NULL, &counts, true), hash);
	/* Out of the snapshot. */
	assert_int_equal(rerun_all(NULL, &counts, true), hash);
	assert_true(counts.from_seq > 0);
}

static void
another_policy_is_told_its_lists_by_name(void **state)
{
	(void)state;
	static const char other_words[] =
		"record tx {\n  source csv\n  time from \"t\" seconds\n  card from \"pan\"\n  terminal from \"term\"\n"
		"  amount from \"amt\" major EUR\n}\nmoney EUR\n"
		"list unheard { of card source \"unheard.csv\" key \"pan\" verdict block entries 4 }\n"
		"list watched { of terminal source \"any.csv\" key \"term\" verdict hold entries 4 }\n"
		"list hot { of terminal source \"hot.csv\" key \"term\" verdict block entries 4 }\n";
	struct cs_complaints complaints = {0};
	const struct cs_policy *other;
	struct cs_rerun_counts counts;
	struct cs_arena arena;
	record();
	assert_int_equal(cs_journal_close(s.journal), CS_OK);
	assert_int_equal(cs_arena_init(&arena, 8 << 20), CS_OK);
	assert_int_equal(cs_policy_read(cs_span_text(other_words), "other.policy", &arena, &other, &complaints), CS_OK);
	rerun_all(other, &counts, false);
	/* `hot` is of another field there, and `unheard` has nothing in this journal. */
	assert_string_equal(s.again,
			    "list.watched: terminal T1 is on list watched; list.watched: terminal T2 is on list "
			    "watched; "
			    "list.hot: cannot be opened: No such file or directory; what was read of it before "
			    "stays in force");
	cs_arena_fini(&arena);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(rows_decide_until_their_day_ends),
		TEST(places_tell_how_far),
		TEST(what_was_never_read_is_unknown),
		TEST(wrong_rows_are_named_and_cost_themselves_only),
		TEST(wrong_rows_are_named_once_for_each_file),
		TEST(tokens_stand_for_cards),
		TEST(live_files_are_read_again_when_it_is_time),
		TEST(a_bad_file_leaves_the_good_one_in_force),
		TEST(a_stale_file_is_told),
		TEST(the_same_rows_are_told_once),
		TEST(what_was_told_half_is_given_up),
		TEST(what_the_scribe_has_is_passed_over),
		TEST(a_file_that_changes_meanwhile_is_read_again),
		TEST(a_journal_gives_the_same_though_files_change),
		TEST(another_policy_is_told_its_lists_by_name),
	};
	return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
