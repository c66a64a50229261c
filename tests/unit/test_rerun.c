/*
 * Goal: a record of sources that is wrong somewhere leaves those that hold as they are.
 * Method: records laid out by hand, told to a re-run that has no journal.
 */
#include "check.h"

#include "engine/rerun.c"

static const uint8_t two[] = {2, 3, 0, 'o', 'n', 'e', 3, 0, 't', 'w', 'o'};

static bool
take_sources(struct cs_rerun *rerun, const uint8_t *at, size_t len, uint64_t seq)
{
	struct cs_record record = {.kind = CS_RECORD_SOURCES, .seq = seq, .open = {at, len}};
	return cs_rerun_read_sources(rerun, &record);
}

static void
expect_two(const struct cs_rerun *rerun)
{
	assert_int_equal(rerun->names.source_n, 2);
	assert_string_equal(rerun->names.source[0], "one");
	assert_string_equal(rerun->names.source[1], "two");
	assert_int_equal(rerun->sources_seq, 7);
}

static void
sources_cut_short_replace_none(void **state)
{
	(void)state;
	struct cs_rerun *rerun = calloc(1, sizeof *rerun);
	uint8_t other[sizeof two + 1];
	assert_non_null(rerun);
	assert_true(take_sources(rerun, two, sizeof two, 7));
	expect_two(rerun);
	memcpy(other, two, sizeof two);
	other[3] = other[8] = 'x';
	other[sizeof two] = 0; /* one byte too many, at full length */
	for (size_t len = 0; len <= sizeof other; len++) {
		if (len == sizeof two)
			continue;
		assert_false(take_sources(rerun, other, len, 8));
		expect_two(rerun);
	}
	assert_true(take_sources(rerun, other, sizeof two, 9));
	assert_string_equal(rerun->names.source[0], "xne");
	cs_rerun_close(rerun);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_cut_short_replace_none),
	};
	return cmocka_run_group_tests_name("rerun", tests, NULL, NULL);
}
