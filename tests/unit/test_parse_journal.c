/*
 * Goal: every clause of a journal is kept as written, each has its default, and every mistake in one is named.
 * Method: small texts, compared with the compiled table, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_journal.c"

#include "policy_text.h"

#define J "journal \"/j\" {\n"

static const struct complaint_row rows[] = {
	{LINKS "journal j {\n}\n",
	 "p:3:9: expected the name of a folder between \" and \", found \"j\"; write: journal "
	 "\"/var/lib/countersign/journal\" {\n"},
	{LINKS "journal \"\" {\n}\n", "p:3:9: this text is empty; write: journal \"/var/lib/countersign/journal\" {\n"},
	{LINKS "journal \"/j\" \"title\" {\n}\n",
	 "p:3:14: expected \"{\", found the text \"title\"; write: journal \"/var/lib/countersign/journal\" {\n"},
	{LINKS "journal \"/j\" {\n", "p:3:1: this block has no end; write \"}\" behind the last clause of /j\n"},
	{LINKS J "}\njournal \"/k\" {\n raw sealed\n keep raw 3d, events 4d }\n",
	 "p:5:9: a policy has one journal; leave this one out\n"},
	{LINKS J "durability 10ms\n}\n",
	 "p:4:12: expected \"every\" or \"none\", found \"10ms\"; write: durability every 10ms\n"},
	{LINKS J "durability every minute\n}\n",
	 "p:4:18: expected a duration or \"event\", found \"minute\"; write: durability every 10ms\n"},
	{LINKS J "durability every 11s\n}\n", "p:4:18: 11s is too long here; write at most 10s\n"},
	{LINKS J "durability every 0ms\n}\n",
	 "p:4:18: a duration of nothing does nothing; write: durability every 10ms\n"},
	{LINKS J "raw clear\n}\n", "p:4:5: expected \"sealed\" or \"none\", found \"clear\"; write: raw sealed\n"},
	{LINKS J "segment large\n}\n",
	 "p:4:9: expected a size or a duration, found \"large\"; write: segment 256MiB or 1d\n"},
	{LINKS J "segment 4KiB\n}\n", "p:4:9: 4KiB cannot be the size of a segment; write one from 1MiB to 512MiB\n"},
	{LINKS J "segment 513MiB or 1d\n}\n",
	 "p:4:9: 513MiB cannot be the size of a segment; write one from 1MiB to 512MiB\n"},
	{LINKS J "segment 1GiB\n}\n", "p:4:9: 1GiB cannot be the size of a segment; write one from 1MiB to 512MiB\n"},
	{LINKS J "segment 65GiB or 1d\n}\n",
	 "p:4:9: 65GiB cannot be the size of a segment; write one from 1MiB to 512MiB\n"},
	{LINKS J "segment 64MiB or 900ms\n}\n", "p:4:18: 900ms is too short here; write at least 1s\n"},
	{LINKS J "segment 64MiB or 366d\n}\n", "p:4:18: 366d is too long here; write at most 365d\n"},
	{LINKS J "segment 64MiB or\nraw none\n}\n",
	 "p:5:1: expected a duration, found \"raw\"; write: segment 256MiB or 1d\n"},
	{LINKS J "checkpoint 1s\n}\n", "p:4:12: expected \"every\", found \"1s\"; write: checkpoint every 1s\n"},
	{LINKS J "checkpoint every 99ms\n}\n", "p:4:18: 99ms is too short here; write at least 100ms\n"},
	{LINKS J "checkpoint every 2h\n}\n", "p:4:18: 2h is too long here; write at most 1h\n"},
	{LINKS J "snapshot 10min\n}\n",
	 "p:4:10: expected \"every\" or \"none\", found \"10min\"; write: snapshot every 10min\n"},
	{LINKS J "snapshot every 999ms\n}\n", "p:4:16: 999ms is too short here; write at least 1s\n"},
	{LINKS J "snapshot every 2d\n}\n", "p:4:16: 2d is too long here; write at most 1d\n"},
	{LINKS J "keep 90d\n}\n",
	 "p:4:6: expected events, raw or alerts, found \"90d\"; write: keep events 90d, raw 30d, alerts 3650d\n"},
	{LINKS J "raw sealed keep events 90d, raw thirty, alerts 1d\n}\n",
	 "p:4:33: expected a duration, found \"thirty\"; write: keep events 90d, raw 30d, alerts 3650d\n"},
	{LINKS J "keep events 90days, raw 30d, alerts 3d\nsize 1GiB sized\n}\n",
	 "p:4:13: 90days has no unit that is known; write a time with ms, s, min, h or d, as in 30s, a size with KiB, "
	 "MiB or GiB, as in 64MiB\np:5:11: no clause of \"journal\" is called \"sized\"; did you mean \"size\"?\n"},
	{LINKS J "keep events 90d, events 30d\n}\n", "p:4:18: \"events\" is kept twice; leave one out\n"},
	{LINKS J "keep events 59s\n}\n", "p:4:13: 59s is too short here; write at least 1min\n"},
	{LINKS J "keep events 36501d\n}\n", "p:4:13: 36501d is too long here; write at most 36500d\n"},
	{LINKS J "keep raw 30d\n}\n",
	 "p:3:9: no raw messages are in this journal; write: raw sealed, or leave raw out of keep\n"},
	{LINKS J "size 100\n}\n", "p:4:6: expected a size, found \"100\"; write: size 100GiB\n"},
	{LINKS J "size 1MiB\n}\n", "p:4:6: 1MiB cannot be the size of a journal; write one from 2MiB to 1048576GiB\n"},
	{LINKS J "size 511MiB\n}\n",
	 "p:3:9: the size of this journal holds less than two segments; write a larger size, or a smaller segment, as "
	 "in: segment 64MiB\n"},
	{LINKS J "key journal.key\n}\n",
	 "p:4:5: expected the name of a file between \" and \", found \"journal\"; write: key \"journal.key\"\n"},
	{LINKS J "anchor \"\"\n}\n", "p:4:8: this text is empty; write: anchor \"/mnt/elsewhere/checkpoints.jsonl\"\n"},
	{LINKS J "raw none\nraw sealed\n}\n", "p:5:1: \"raw\" stands twice in this block; keep one of the two\n"},
	{LINKS J "durabilty none\n}\n",
	 "p:4:1: no clause of \"journal\" is called \"durabilty\"; did you mean \"durability\"?\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
without_clauses_the_defaults_hold(void **state)
{
	(void)state;
	const struct cs_journal_clause *journal = &compiled(LINKS "journal \"/var/j\" {}")->journal;
	assert_true(journal->on);
	assert_string_equal(journal->folder, "/var/j");
	assert_int_equal(journal->place.line, 3);
	assert_int_equal(journal->place.column, 9);
	assert_int_equal(journal->durability, CS_DURABILITY_EVERY);
	assert_int_equal(journal->durable_ns, 10000000);
	assert_false(journal->raw);
	assert_int_equal(journal->segment_bytes, 256 << 20);
	assert_int_equal(journal->segment_ns, UINT64_C(86400000000000));
	assert_int_equal(journal->checkpoint_ns, 1000000000);
	assert_int_equal(journal->snapshot_ns, UINT64_C(600000000000));
	assert_int_equal(journal->keep_events_ns | journal->keep_raw_ns | journal->keep_alerts_ns, 0);
	assert_int_equal(journal->size_bytes, 0);
	assert_null(journal->key);
	assert_null(journal->anchor);
	assert_false(compiled(LINKS)->journal.on);
}

static void
all_clauses_are_kept(void **state)
{
	(void)state;
	const struct cs_journal_clause *journal =
		&compiled(LINKS J " durability every 25ms\n raw sealed\n segment 64MiB or 6h\n checkpoint every 500ms\n"
				  " snapshot every 5min\n keep events 90d,\n      raw 30d,\n      alerts 3650d\n"
				  " size 100GiB\n key \"pkcs11:token=a\"\n anchor \"elsewhere.jsonl\"\n}\n")
			 ->journal;
	assert_int_equal(journal->durability, CS_DURABILITY_EVERY);
	assert_int_equal(journal->durable_ns, 25000000);
	assert_true(journal->raw);
	assert_int_equal(journal->segment_bytes, 64 << 20);
	assert_int_equal(journal->segment_ns, 6 * hour);
	assert_int_equal(journal->checkpoint_ns, 500 * ms);
	assert_int_equal(journal->snapshot_ns, 300000 * ms);
	assert_int_equal(journal->keep_events_ns, 90 * day);
	assert_int_equal(journal->keep_raw_ns, 30 * day);
	assert_int_equal(journal->keep_alerts_ns, 3650 * day);
	assert_int_equal(journal->size_bytes, UINT64_C(100) << 30);
	assert_string_equal(journal->key, "pkcs11:token=a");
	assert_string_equal(journal->anchor, "elsewhere.jsonl");
}

static void
each_choice_is_kept(void **state)
{
	(void)state;
	const struct cs_journal_clause *journal =
		&compiled(LINKS J "durability every event raw none segment 3h snapshot none }")->journal;
	assert_int_equal(journal->durability, CS_DURABILITY_EVENT);
	assert_int_equal(journal->durable_ns, 0);
	assert_false(journal->raw);
	assert_int_equal(journal->segment_bytes, 256 << 20);
	assert_int_equal(journal->segment_ns, 3 * hour);
	assert_int_equal(journal->snapshot_ns, 0);
	journal = &compiled(LINKS J "durability none segment 1MiB size 2MiB keep alerts 1min }")->journal;
	assert_int_equal(journal->durability, CS_DURABILITY_NONE);
	assert_int_equal(journal->durable_ns, 0);
	assert_int_equal(journal->segment_bytes, 1 << 20);
	assert_int_equal(journal->segment_ns, day);
	assert_int_equal(journal->size_bytes, 2 << 20);
	assert_int_equal(journal->keep_alerts_ns, 60000 * ms);
	assert_int_equal(journal->keep_events_ns, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_clauses_the_defaults_hold),
		cmocka_unit_test(all_clauses_are_kept),
		cmocka_unit_test(each_choice_is_kept),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_journal", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}
