/*
 * Goal: the judge of single fields refuses what cannot be and counts what is unlikely, and the search names axes,
 * formats and exceptions of messages made here, at few and at broken ones too.
 * Method: values by hand for each class and encoding; messages of a packed dialect with one known exception (DE22 of
 * four digits), which must be the only one found.
 */
#include "check.h"

#include "engine/guess.c"
#include "engine/guess_describe.c"
#include "engine/guess_explain.c"
#include "engine/guess_field.c"

#include <stdio.h>

static size_t
read_as(uint8_t class, uint8_t encoding, unsigned max, const char *bytes, size_t len)
{
	struct cs_field_spec spec = {.class = class, .encoding = encoding, .max = max};
	spec.unit_digits = encoding == CS_ENC_BCD;
	unsigned strange = 0;
	size_t end = cs_guess_read(&spec, (struct cs_span){(const uint8_t *)bytes, len}, 0, &strange);
	return end && strange ? 1000 + end : end;
}

static void
fields_are_judged(void **state)
{
	(void)state;
	assert_int_equal(read_as(CS_ISO_N, CS_ENC_ASCII, 4, "1234", 4), 4);
	assert_int_equal(read_as(CS_ISO_N, CS_ENC_ASCII, 4, "12a4", 4), 0);
	assert_int_equal(read_as(CS_ISO_N, CS_ENC_ASCII, 5, "1234", 4), 0);
	assert_int_equal(read_as(CS_ISO_N, CS_ENC_EBCDIC, 2, "\xF1\xF2", 2), 2);
	assert_int_equal(read_as(CS_ISO_N, CS_ENC_EBCDIC, 2, "12", 2), 0);
	assert_int_equal(read_as(CS_ISO_N, CS_ENC_BCD, 4, "\x12\x34", 2), 2);
	assert_int_equal(read_as(CS_ISO_N, CS_ENC_BCD, 4, "\x1A\x34", 2), 0);
	assert_int_equal(read_as(CS_ISO_N, CS_ENC_BCD, 3, "\x12\x3F", 2), 2);
	assert_int_equal(read_as(CS_ISO_Z, CS_ENC_BCD, 6, "\x12\xD3\x45", 3), 3);
	assert_int_equal(read_as(CS_ISO_N, CS_ENC_BCD, 6, "\x12\xD3\x45", 3), 1003);
	assert_int_equal(read_as(CS_ISO_XN, CS_ENC_ASCII, 3, "D12", 3), 3);
	assert_int_equal(read_as(CS_ISO_XN, CS_ENC_ASCII, 3, "X12", 3), 0);
	assert_int_equal(read_as(CS_ISO_AN, CS_ENC_ASCII, 3, "A b", 3), 3);
	assert_int_equal(read_as(CS_ISO_AN, CS_ENC_ASCII, 3, "\xC1\xC2\xC3", 3), 0);
	assert_int_equal(read_as(CS_ISO_AN, CS_ENC_EBCDIC, 3, "\xC1\xC2\xC3", 3), 3);
	assert_int_equal(read_as(CS_ISO_AN, CS_ENC_ASCII, 8, "ABCDEFG\x01", 8), 1008);
	assert_int_equal(read_as(CS_ISO_B, CS_ENC_HEX, 2, "0aFF", 4), 4);
	assert_int_equal(read_as(CS_ISO_B, CS_ENC_HEX, 2, "0xFF", 4), 0);
	assert_int_equal(read_as(CS_ISO_B, CS_ENC_RAW, 8, "ABCDEF01", 8), 1008);
}

static void
prefixes_are_read(void **state)
{
	(void)state;
	struct cs_axes axes = {.version = 1987};
	struct cs_format format = {CS_ISO_AN, 3, CS_ENC_N, CS_ENC_N, 0, 999};
	unsigned strange = 0;
	static const struct {
		uint8_t encoding;
		const char *bytes;
		size_t len;
		size_t end;
	} rows[] = {
		{CS_ENC_ASCII, "003abc", 6, 6},   {CS_ENC_ASCII, "00xabc", 6, 0},
		{CS_ENC_ASCII, "004abc", 6, 0},   {CS_ENC_EBCDIC, "\xF0\xF0\xF1z", 4, 4},
		{CS_ENC_BCD, "\x00\x02zz", 4, 4}, {CS_ENC_BCD, "\x00\x0Azz", 4, 0},
		{CS_ENC_BIN, "\x00\x01z", 3, 3},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		axes.value[CS_AXIS_LEN] = rows[i].encoding;
		struct cs_field_spec spec = cs_guess_spec(&format, &axes);
		struct cs_span bytes = {(const uint8_t *)rows[i].bytes, rows[i].len};
		assert_int_equal(cs_guess_read(&spec, bytes, 0, &strange), rows[i].end);
		for (size_t n = 0; rows[i].end && n < rows[i].end; n++)
			assert_int_equal(cs_guess_read(&spec, (struct cs_span){bytes.at, n}, 0, &strange), 0);
	}
}

static void
layouts_need_mti_and_bitmap(void **state)
{
	(void)state;
	static const uint8_t text[] = "0200C00000000000000040000000000000001234";
	struct cs_layout layout = {0, CS_ENC_ASCII, CS_ENC_HEX, 0};
	uint64_t bitmap[3];
	size_t end = 0;
	assert_true(cs_layout_bits(&layout, (struct cs_span){text, sizeof text - 1}, bitmap, &end));
	assert_int_equal(end, 36);
	assert_true(bitmap[0] == UINT64_C(1) << 62 && bitmap[1] == UINT64_C(1) << 62);
	for (size_t n = 0; n < 36; n++)
		assert_false(cs_layout_bits(&layout, (struct cs_span){text, n}, bitmap, &end));
	layout.header_len = 1;
	assert_false(cs_layout_bits(&layout, (struct cs_span){text, sizeof text - 1}, bitmap, &end));
}

enum { MADE = 12, MADE_BYTES = 64 };

/* Packed: DE3, DE11, DE22 (four digits: the exception), DE37 text, DE35 with a D, DE32 with one byte of length. */
static void
make_messages(uint8_t room[MADE][MADE_BYTES], struct cs_span *messages)
{
	static const uint8_t bits[8] = {0x20, 0x20, 0x04, 0x01, 0x28, 0, 0, 0};
	for (unsigned i = 0; i < MADE; i++) {
		uint8_t *at = room[i];
		size_t n = 0;
		at[n++] = 0x02;
		at[n++] = i % 2 ? 0x10 : 0x00;
		memcpy(at + n, bits, 8);
		n += 8;
		memcpy(at + n, "\x01\x10\x00\x00\x12\x34\x10\x51", 8); /* DE3, DE11, DE22 */
		at[n + 5] = (uint8_t)((i / 10) << 4 | i % 10);
		n += 8;
		memcpy(at + n, "\x11\x01\x23\x45\x67\x89\x01", 7); /* DE32: 11 digits, pad left */
		n += 7;
		memcpy(at + n, "\x12\x47\x61\x73\xD2\x71\x22", 7); /* DE35: 12 digits */
		n += 7;
		memcpy(at + n, "RRN123456789", 12);
		n += 12;
		messages[i] = (struct cs_span){at, n};
	}
}

static void
a_packed_dialect_is_named(void **state)
{
	(void)state;
	static uint8_t room[MADE][MADE_BYTES];
	struct cs_span messages[MADE];
	make_messages(room, messages);
	const struct cs_layout layouts[] = {{0, CS_ENC_BCD, CS_ENC_BIN, 0}};
	const struct cs_guess_input input = {messages, MADE, layouts, 1};
	struct cs_guess *guess = cs_guess_new();
	struct cs_guess_result *found = calloc(1, sizeof *found);
	assert_true(guess && found);
	assert_int_equal(cs_guess_run(guess, &input, found), CS_OK);
	assert_int_equal(found->decoded_n, MADE);
	assert_int_equal(found->plausible_n, MADE);
	assert_int_equal(found->axes.version, 1987);
	assert_int_equal(found->axes.value[CS_AXIS_N], CS_ENC_BCD);
	assert_int_equal(found->axes.value[CS_AXIS_AN], CS_ENC_ASCII);
	assert_int_equal(found->axes.value[CS_AXIS_Z], CS_ENC_BCD);
	assert_int_equal(found->axes.value[CS_AXIS_LEN], CS_ENC_BCD);
	assert_int_equal(found->axes.value[CS_AXIS_PAD], 0);
	assert_true(found->undetermined >> CS_AXIS_B & 1); /* no binary field was seen */
	for (unsigned field = 2; field <= CS_DIALECT_FIELD_MAX; field++)
		assert_int_equal(found->differs[field], field == 22);
	assert_int_equal(found->dialect.field[22].max, 4);
	free(found);
	cs_guess_free(guess);
}

static void
noise_is_not_named(void **state)
{
	(void)state;
	static uint8_t room[MADE][MADE_BYTES];
	struct cs_span messages[MADE];
	make_messages(room, messages);
	for (unsigned i = 0; i < MADE; i++)
		memset(room[i] + 10, 0xFF, messages[i].len - 10);
	const struct cs_layout layouts[] = {{0, CS_ENC_BCD, CS_ENC_BIN, 0}};
	const struct cs_guess_input input = {messages, MADE, layouts, 1};
	struct cs_guess *guess = cs_guess_new();
	struct cs_guess_result *found = calloc(1, sizeof *found);
	assert_true(guess && found);
	assert_int_equal(cs_guess_run(guess, &input, found), CS_E_FORMAT);
	assert_int_equal(found->decoded_n, 0);
	free(found);
	cs_guess_free(guess);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_judged),           cmocka_unit_test(prefixes_are_read),
		cmocka_unit_test(layouts_need_mti_and_bitmap), cmocka_unit_test(a_packed_dialect_is_named),
		cmocka_unit_test(noise_is_not_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
