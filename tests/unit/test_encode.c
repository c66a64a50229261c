/*
 * Goal: what the simulator writes, the decoder reads back the same, in every shipped dialect.
 * Method: messages of all sorts of elements through the encoder and cs_iso_decode; values too long, and
 * output too small, are refused.
 */
#include "check.h"

#include "encode.c"

#include "decode/iso8583.h"
#include "decode/shipped.h"

static struct cs_arena arena;

static void
fill(struct cs_message *message)
{
	static const uint8_t pin[8] = {0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0};
	cs_message_start(message, "0200");
	cs_message_put_text(message, 3, "011000");
	cs_message_put_number(message, 4, 12345, 12);
	cs_message_put_text(message, 7, "0302101112");
	cs_message_put_text(message, 11, "000042");
	cs_message_put_text(message, 32, "12345");
	cs_message_put_text(message, 37, "606100000001");
	cs_message_put_text(message, 41, "ATM00042");
	cs_message_put(message, 52, pin, sizeof pin);
	cs_message_put_text(message, 102, "DE-77");
}

static void
check_value(const struct cs_iso *iso, unsigned element, const char *wanted)
{
	char value[64];
	size_t len = cs_iso_value(iso, element, value, sizeof value - 1);
	assert_true(len < sizeof value);
	value[len] = '\0';
	assert_string_equal(value, wanted);
}

static void
round_trip(const char *name, struct cs_span json)
{
	static struct cs_dialect dialect;
	struct cs_dialect_fault fault;
	assert_int_equal(cs_dialect_read_json(json, name, &arena, &dialect, &fault), CS_OK);
	struct cs_encoder encoder;
	cs_encode_init(&encoder, &dialect);
	struct cs_message message;
	fill(&message);
	uint8_t bytes[1024];
	size_t len;
	assert_int_equal(cs_encode_message(&encoder, &message, bytes, sizeof bytes, &len), CS_OK);
	struct cs_iso_plans *plans = cs_iso_plans_new(&dialect, 16);
	static struct cs_iso iso;
	struct cs_iso_fault where;
	assert_int_equal(cs_iso_decode(plans, (struct cs_span){bytes, len}, &iso, &where), CS_ISO_OK);
	assert_memory_equal(iso.mti, "0200", 4);
	check_value(&iso, 3, "011000");
	check_value(&iso, 4, "000000012345");
	check_value(&iso, 11, "000042");
	check_value(&iso, 32, "12345");
	check_value(&iso, 37, "606100000001");
	check_value(&iso, 102, "DE-77");
	for (size_t short_len = 0; short_len < len; short_len++) {
		size_t got;
		assert_int_equal(cs_encode_message(&encoder, &message, bytes, short_len, &got), CS_E_LIMIT);
	}
	cs_iso_plans_free(plans);
}

static void
versions_of_1987_come_back(void **state)
{
	(void)state;
	static const char *const names[] = {"iso87-ascii", "iso87-ascii-bin",  "iso87-ebcdic",
					    "iso87-bcd",   "iso87-ebcdic-hex", "iso87-bcd-binlen"};
	assert_int_equal(cs_arena_init(&arena, 1 << 22), CS_OK);
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct cs_span json;
		assert_true(cs_shipped_dialect(cs_span_text(names[i]), &json));
		round_trip(names[i], json);
	}
	cs_arena_fini(&arena);
}

static void
what_does_not_fit_is_refused(void **state)
{
	(void)state;
	struct cs_span json;
	static struct cs_dialect dialect;
	struct cs_dialect_fault fault;
	assert_int_equal(cs_arena_init(&arena, 1 << 20), CS_OK);
	assert_true(cs_shipped_dialect(cs_span_text("iso87-ebcdic"), &json));
	assert_int_equal(cs_dialect_read_json(json, "x", &arena, &dialect, &fault), CS_OK);
	struct cs_encoder encoder;
	cs_encode_init(&encoder, &dialect);
	struct cs_message message;
	uint8_t bytes[512];
	size_t len;
	cs_message_start(&message, "0200");
	cs_message_put_text(&message, 11, "1234567");
	assert_int_equal(cs_encode_message(&encoder, &message, bytes, sizeof bytes, &len), CS_E_RANGE);
	cs_message_start(&message, "0200");
	cs_message_put_text(&message, 41, "\xE9");
	assert_int_equal(cs_encode_message(&encoder, &message, bytes, sizeof bytes, &len), CS_E_RANGE);
	cs_arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_of_1987_come_back),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
