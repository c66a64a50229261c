/*
 * Goal: every pair is a line, whole and in order, and what could not be written is not passed over.
 * Method: a disk of our own that takes what is written, or fails; more pairs than the buffer holds.
 */
#include "check.h"

#include "engine/retoken_map.c"

static char disk[3 * CS_RETOKEN_MAP_BYTES];
static size_t disk_len;
static bool disk_fails;

enum cs_error
cs_file_write_all(int descriptor, const void *at, size_t len)
{
	assert_int_equal(descriptor, 7);
	if (disk_fails)
		return CS_E_WRITE;
	assert_true(disk_len + len < sizeof disk);
	memcpy(disk + disk_len, at, len);
	disk_len += len;
	return CS_OK;
}

static void
every_pair_is_a_line(void **state)
{
	(void)state;
	enum { PAIRS = 1500 };
	static struct cs_retoken_map map = {.descriptor = 7};
	static char want[sizeof disk];
	struct cs_text text = cs_text_over(want, sizeof want);
	for (uint64_t i = 0; i < PAIRS; i++) {
		struct cs_token old = {{i, 1}};
		struct cs_token now = {{i, 2}};
		cs_retoken_map_pair(&map, old, now);
		cs_text_put(&text, "{\"old\":\"");
		cs_token_put(&text, old);
		cs_text_put(&text, "\",\"new\":\"");
		cs_token_put(&text, now);
		cs_text_put(&text, "\"}\n");
	}
	assert_true(disk_len > 0 && disk_len < text.len);
	assert_int_equal(cs_retoken_map_flush(&map), CS_OK);
	assert_int_equal(map.pairs, PAIRS);
	assert_int_equal(disk_len, text.len);
	assert_memory_equal(disk, want, text.len);
	assert_int_equal(cs_retoken_map_flush(&map), CS_OK);
	assert_int_equal(disk_len, text.len);
}

static void
an_error_stays(void **state)
{
	(void)state;
	static struct cs_retoken_map map = {.descriptor = 7};
	disk_len = 0;
	disk_fails = true;
	cs_retoken_map_pair(&map, (struct cs_token){{1, 1}}, (struct cs_token){{2, 2}});
	assert_int_equal(cs_retoken_map_flush(&map), CS_E_WRITE);
	disk_fails = false;
	cs_retoken_map_pair(&map, (struct cs_token){{1, 1}}, (struct cs_token){{2, 2}});
	assert_int_equal(cs_retoken_map_flush(&map), CS_E_WRITE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_is_a_line),
		cmocka_unit_test(an_error_stays),
	};
	return cmocka_run_group_tests_name("retoken_map", tests, NULL, NULL);
}
