/*
 * Goal: heads, bitmaps, fields, faults and what stays readable after one; never a read past the end.
 * Method: small messages by hand, each in memory of exactly its own size, under dialects written in the test.
 */
#include "check.h"

#include "../../src/decode/iso8583.c"

#include <stdlib.h>

static struct cs_arena arena;
static struct cs_dialect dialect;
static struct cs_iso iso;
static struct cs_iso_fault fault;

static void
use(const char *json)
{
	struct cs_dialect_fault why;
	assert_int_equal(cs_dialect_read_json(cs_span_text(json), "test", &arena, &dialect, &why), CS_OK);
}

/* Decodes LEN bytes from memory that ends where they end. Values must be asked for before the next call. */
static uint8_t *held;

static enum cs_iso_reason
decode(const void *bytes, size_t len)
{
	free(held);
	held = malloc(len ? len : 1);
	memcpy(held, bytes, len);
	struct cs_iso_plans *plans = cs_iso_plans_new(&dialect, 4);
	enum cs_iso_reason reason = cs_iso_decode(plans, (struct cs_span){held, len}, &iso, &fault);
	cs_iso_plans_free(plans);
	return reason;
}

static void
is_value(unsigned field, const char *wanted)
{
	char text[64];
	size_t len = cs_iso_value(&iso, field, text, sizeof text);
	assert_int_equal(len, strlen(wanted));
	assert_memory_equal(text, wanted, len);
}

#define ASCII "{\"version\":\"1987\",\"mti\":\"ascii\",\"bitmap\":\"hex\"}"
#define BCD                                                                                                            \
	"{\"version\":\"1987\",\"mti\":\"bcd\",\"bitmap\":\"bin\",\"n\":\"bcd\",\"z\":\"bcd\",\"len\":\"bcd\","        \
	"\"header_len\":2}"
#define GOOD "02005000000000000000164761739001010119000000050000"

static void
ascii_message(void **state)
{
	(void)state;
	use(ASCII);
	assert_int_equal(decode(GOOD, sizeof GOOD - 1), CS_ISO_OK);
	assert_memory_equal(iso.mti, "0200", 4);
	assert_int_equal(iso.field_n, 2);
	assert_int_equal(iso.bitmap_n, 1);
	is_value(2, "4761739001010119");
	is_value(4, "000000050000");
	assert_false(cs_iso_has(&iso, 3));
	assert_null(cs_iso_find(&iso, 3));
	assert_int_equal(cs_iso_raw(&iso, 3).len, 0);
	uint64_t amount = 0;
	assert_true(cs_iso_u64(&iso, 4, &amount));
	assert_int_equal(amount, 50000);
	assert_false(cs_iso_u64(&iso, 3, &amount));
	char small[4];
	assert_int_equal(cs_iso_value(&iso, 2, small, sizeof small), sizeof small + 1);
}

static void
every_prefix_is_refused(void **state)
{
	(void)state;
	use(ASCII);
	for (size_t len = 0; len < sizeof GOOD - 1; len++) {
		assert_int_equal(decode(GOOD, len), CS_ISO_TRUNCATED);
		assert_true(fault.offset <= len && fault.wanted > fault.found);
	}
	assert_int_equal(decode(GOOD "0", sizeof GOOD), CS_ISO_TRAILING);
	assert_int_equal(fault.offset, sizeof GOOD - 1);
}

static void
after_a_fault_the_fields_before_it_stay(void **state)
{
	(void)state;
	use(ASCII);
	const char *cut = "0200"
			  "F000000000000001"
			  "0000000000000001"
			  "164761739001010119"
			  "011000"
			  "00000X";
	assert_int_equal(decode(cut, strlen(cut)), CS_ISO_TRUNCATED);
	assert_int_equal(fault.field, 4);
	assert_int_equal(iso.field_n, 2);
	is_value(3, "011000");
	assert_false(cs_iso_has(&iso, 4) || cs_iso_has(&iso, 64) || cs_iso_has(&iso, 128));
	char text[80];
	struct cs_text words = cs_text_over(text, sizeof text);
	cs_iso_put_fault(&words, &fault);
	assert_string_equal(text, "field 4 at byte 60: needs 12 bytes, 6 are left");
}

static void
faults_name_their_byte(void **state)
{
	(void)state;
	static const struct {
		const char *message;
		enum cs_iso_reason reason;
		int field;
		uint32_t offset;
	} rows[] = {
		{"02X05000000000000000", CS_ISO_MTI, 0, 0},
		{"0200500000000000000G", CS_ISO_BITMAP, 1, 19},
		{"020040000000000000001X", CS_ISO_LENGTH_PREFIX, 2, 20},
		{"0200400000000000000020", CS_ISO_LENGTH_OVER, 2, 20},
		{"02001000000000000000000000050 00", CS_ISO_NOT_NUMERIC, 4, 29},
		{"02008000000000000000800000000000000040000000000000000", CS_ISO_NO_FORMAT, 130, 52},
	};
	use(ASCII);
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(decode(rows[i].message, strlen(rows[i].message)), rows[i].reason);
		assert_int_equal(fault.field, rows[i].field);
		assert_int_equal(fault.offset, rows[i].offset);
		assert_true(strlen(cs_iso_reason_text(fault.reason)) > 0);
	}
}

static void
packed_message(void **state)
{
	(void)state;
	use(BCD);
	static const uint8_t message[] = {'h',  'h',  0x02, 0x00, 0x40, 0, 0x04, 0x10, 0x20, 0, 0, 0, /* 2 22 28 35 */
					  0x03, 0xF1, 0x23,             /* the pad nibble is not looked at */
					  0x00, 0x51,                   /* n3 */
					  'D',  0x12, 0x34, 0x56, 0x78, /* xn9 */
					  0x05, 0x01, 0x2D, 0x34};
	assert_int_equal(decode(message, sizeof message), CS_ISO_OK);
	is_value(2, "123");
	is_value(22, "051");
	is_value(28, "D12345678");
	is_value(35, "12=34");
	uint64_t number;
	assert_false(cs_iso_u64(&iso, 28, &number));
	uint8_t letters[sizeof message];
	memcpy(letters, message, sizeof message);
	letters[14] = 0x2A;
	assert_int_equal(decode(letters, sizeof letters), CS_ISO_NOT_NUMERIC);
	assert_int_equal(fault.field, 2);
	assert_int_equal(fault.offset, 14);
}

static void
bitmaps_come_in_ones_twos_and_threes(void **state)
{
	(void)state;
#define WORDS "\"version\":\"1987\",\"mti\":\"ascii\",\"bitmap\":\"hex\""
	use("{" WORDS ",\"fields\":{\"130\":{\"type\":\"n\",\"max\":2}}}");
	const char *three = "0800"
			    "8000000000000000"
			    "8400000000000000"
			    "4000000000000000"
			    "301"
			    "99";
	assert_int_equal(decode(three, strlen(three)), CS_ISO_OK);
	assert_int_equal(iso.bitmap_n, 3);
	is_value(70, "301");
	is_value(130, "99");
	use("{" WORDS ",\"no_third\":true}");
	const char *field_65 = "0800"
			       "8000000000000000"
			       "8000000000000000"
			       "12345678";
	assert_int_equal(decode(field_65, strlen(field_65)), CS_ISO_OK);
	is_value(65, "3132333435363738");
	use("{" WORDS ",\"bitmap_len\":16}");
	const char *always = "0800"
			     "0020000000000000"
			     "8000000000000000"
			     "000001";
	assert_int_equal(decode(always, strlen(always)), CS_ISO_OK);
	assert_int_equal(iso.bitmap_n, 2);
	assert_int_equal(iso.field_n, 1);
	is_value(11, "000001");
}

static void
too_long_a_message(void **state)
{
	(void)state;
	use(ASCII);
	uint8_t *long_one = calloc(1, CS_ISO_MESSAGE_MAX + 1);
	assert_int_equal(decode(long_one, CS_ISO_MESSAGE_MAX + 1), CS_ISO_TOO_LONG);
	free(long_one);
	assert_int_equal(iso.field_n, 0);
}

static int
set_up(void **state)
{
	(void)state;
	return cs_arena_init(&arena, 1 << 20) != CS_OK;
}

static int
tear_down(void **state)
{
	(void)state;
	free(held);
	cs_arena_fini(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ascii_message),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(after_a_fault_the_fields_before_it_stay),
		cmocka_unit_test(faults_name_their_byte),
		cmocka_unit_test(packed_message),
		cmocka_unit_test(bitmaps_come_in_ones_twos_and_threes),
		cmocka_unit_test(too_long_a_message),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
