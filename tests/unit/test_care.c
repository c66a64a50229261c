/*
 * Goal: a round packs what can be packed, goes past what cannot, and tells of it.
 * Method: a journal of several volumes on the real disk, one of them made larger than any that is packed.
 */
#include "check.h"

#include "engine/care.c"

#include "../journal/scratch.h"

#include "state/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PROCESSES = 5 };

/* Each process begins a volume. */
static void
put_volume(void)
{
	struct cs_journal_found found;
	struct cs_journal *journal;
	struct cs_journal_wish wish = scratch_wish(UINT64_MAX);
	assert_int_equal(cs_journal_open(&wish, &found, &journal), CS_OK);
	assert_true(cs_journal_put(journal, CS_RECORD_OPERATOR, 1, cs_span_text("{}"), (struct cs_span){0}));
	assert_int_equal(cs_journal_close(journal), CS_OK);
}

static int
set_up(void **state)
{
	(void)state;
	if (!scratch_begin())
		return -1;
	for (unsigned i = 0; i < PROCESSES; i++)
		put_volume();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_end();
}

static void
a_volume_too_large_is_told_of_and_passed_over(void **state)
{
	(void)state;
	static struct cs_care_report report;
	struct cs_care_wish wish = {folder, vault, {0}};
	char path[CS_VOLUME_PATH_BYTES], words[1024];
	struct cs_text text = cs_text_over(words, sizeof words);
	bool fault = true;
	assert_int_equal(cs_volume_path(folder, 1, CS_VOLUME_PLAIN, path), CS_OK);
	assert_int_equal(truncate(path, (off_t)CS_VOLUME_PACKED_MAX + 1), 0);
	assert_int_equal(cs_care_round(&wish, &report), CS_OK);
	assert_int_equal(report.packing, CS_OK);
	assert_int_equal(report.packed_n, PROCESSES - 3);
	assert_int_equal(report.too_large_n, 1);
	cs_care_put(&text, &report, &fault);
	assert_false(fault);
	assert_string_equal(words,
			    "no snapshots are wished for; 2 volumes packed; 1 volume is too large to be packed, and "
			    "stays as it is");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_volume_too_large_is_told_of_and_passed_over, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("care", tests, NULL, NULL);
}
