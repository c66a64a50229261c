/*
 * Goal: what may not be kept is not in the copy, in whatever form a network repeats it; everything else is.
 * Method: messages with a known card number in known and in private elements, as ASCII, EBCDIC and packed digits.
 */
#include "check.h"

#include "decode/scrub.c"

#include "decode/dialect.h"

#include <stdio.h>

#define PAN "5413330089020011"

static const char ascii[] =
	"{\"version\":1987,\"mti\":\"ascii\",\"bitmap\":\"hex\",\"n\":\"ascii\",\"an\":\"ascii\",\"len\":\"ascii\"}";
static uint8_t copy[1024];
static size_t copy_len;

static void
scrub(const char *dialect_text, const void *message, size_t len)
{
	static struct cs_dialect dialect;
	struct cs_dialect_fault fault;
	struct cs_iso_fault bad;
	struct cs_arena arena;
	struct cs_iso iso;
	assert_int_equal(cs_arena_init(&arena, 1 << 20), CS_OK);
	assert_int_equal(cs_dialect_read(cs_span_text(dialect_text), "test", &arena, &dialect, &fault), CS_OK);
	struct cs_iso_plans *plans = cs_iso_plans_new(&dialect, 8);
	if (cs_iso_decode(plans, (struct cs_span){message, len}, &iso, &bad) != CS_ISO_OK)
		fail_msg("field %d at %u: %s", bad.field, bad.offset, cs_iso_reason_text(bad.reason));
	cs_scrub(&iso, copy);
	copy_len = len;
	cs_iso_plans_free(plans);
	cs_arena_fini(&arena);
}

static bool
holds(const void *needle, size_t len)
{
	return memmem(copy, copy_len, needle, len) != NULL;
}

static void
expect(const char *message, const char *want)
{
	scrub(ascii, message, strlen(message));
	assert_int_equal(copy_len, strlen(want));
	assert_memory_equal(copy, want, copy_len);
}

static void
test_known_elements(void **state)
{
	(void)state;
	/* 2, 3 */
	expect("0200600000000000000016" PAN "010000", "0200600000000000000016541333******0011010000");
	/* 35, 52: track and PIN */
	expect("0200000000002000100021" PAN "=2712QQQQQQQQ", "0200000000002000100021*****************************");
	/* 45 */
	expect("0200000000000008000025B" PAN "^DOE/JOE", "0200000000000008000025*************************");
	/* nothing of it: nothing changes */
	expect("08000000000000000000", "08000000000000000000");
}

static void
test_repeated_in_a_private_element(void **state)
{
	(void)state;
	/* 2 and 48: the number alone, and a whole track */
	expect("0200400000000001000016" PAN "020xx" PAN "yy",
	       "0200400000000001000016541333******0011020xx541333******0011yy");
	expect("0200400000000001000016" PAN "035x" PAN "=27121010000000000",
	       "0200400000000001000016541333******0011035x541333******0011"
	       "******************");
}

static void
test_repeated_in_other_forms(void **state)
{
	(void)state;
	static const char ebcdic[] = "\xF5\xF4\xF1\xF3\xF3\xF3\xF0\xF0\xF8\xF9\xF0\xF2\xF0\xF0\xF1\xF1";
	static const char packed[] = "\x54\x13\x33\x00\x89\x02\x00\x11\xD2\x71\x21\x01";
	static const char shifted[] = "\xA5\x41\x33\x30\x08\x90\x20\x01\x1F";
	char message[256];
	size_t head = (size_t)snprintf(message, sizeof message, "0200400000000001000016" PAN "0%02zu",
				       sizeof ebcdic - 1 + sizeof packed - 1 + sizeof shifted - 1);
	memcpy(message + head, ebcdic, sizeof ebcdic - 1);
	memcpy(message + head + 16, packed, sizeof packed - 1);
	memcpy(message + head + 28, shifted, sizeof shifted - 1);
	scrub(ascii, message, head + 37);
	assert_false(holds(ebcdic + 4, 8));
	assert_false(holds(packed + 2, 4));
	assert_false(holds(packed + 8, 4));
	assert_false(holds(shifted + 3, 4));
	assert_true(holds(ebcdic, 6));
	assert_true(holds(packed, 3));
}

static void
test_chip_data(void **state)
{
	(void)state;
	/* 55: a cryptogram stays; a track beside it does not. */
	expect("0200000000000000020000"
	       "7\x9F\x26\x04\x11\x22\x33\x44",
	       "0200000000000000020000"
	       "7\x9F\x26\x04\x11\x22\x33\x44");
	expect("0200000000000000020000"
	       "8\x57\x02\x12\x34\x9F\x26\x01\x77",
	       "0200000000000000020000"
	       "8\x57\x02**\x9F\x26\x01\x77");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_elements),
		cmocka_unit_test(test_repeated_in_a_private_element),
		cmocka_unit_test(test_repeated_in_other_forms),
		cmocka_unit_test(test_chip_data),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
