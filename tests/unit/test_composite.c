/*
 * Goal: values inside composite fields are found by path, never outside their field, and nothing malformed is found.
 * Method: messages of our own in small dialects; every prefix of a TLV run; deep and silly paths.
 */
#include "check.h"

#include "decode/composite.c"

struct fixture {
	struct cs_arena arena;
	struct cs_dialect dialect;
	struct cs_iso_plans *plans;
	struct cs_iso iso;
	uint8_t bytes[512];
};

static void
decode_text(struct fixture *f, const char *dialect, const void *message, size_t len)
{
	struct cs_dialect_fault fault;
	struct cs_iso_fault bad;
	assert_int_equal(cs_arena_init(&f->arena, 1 << 20), CS_OK);
	if (cs_dialect_read(cs_span_text(dialect), "test", &f->arena, &f->dialect, &fault) != CS_OK)
		fail_msg("%s", fault.text);
	f->plans = cs_iso_plans_new(&f->dialect, 8);
	memcpy(f->bytes, message, len);
	assert_int_equal(cs_iso_decode(f->plans, (struct cs_span){f->bytes, len}, &f->iso, &bad), CS_ISO_OK);
}

static void
close_fixture(struct fixture *f)
{
	cs_iso_plans_free(f->plans);
	cs_arena_fini(&f->arena);
}

static const char *
at_path(const struct fixture *f, const char *path)
{
	static char out[256];
	bool found;
	size_t len = cs_iso_path(&f->iso, path, out, sizeof out - 1, &found);
	if (!found)
		return "(none)";
	assert_true(len < sizeof out);
	out[len] = '\0';
	return out;
}

#define ASCII "\"version\":1987,\"mti\":\"ascii\",\"bitmap\":\"hex\",\"n\":\"ascii\",\"an\":\"ascii\",\"len\":\"ascii\""

static void
tags_are_found_in_raw_and_in_hex(void **state)
{
	(void)state;
	struct fixture f = {0};
	static const char raw[] = "02000000000000000200013\x9F\x26\x02\xAB\xCD\x91\x01\x05\x71\x03\x9F\x18\x00";
	decode_text(&f, "{" ASCII ",\"fields\":{\"55\":{\"type\":\"b\",\"enc\":\"raw\",\"max\":255,\"var\":3}}}", raw,
		    sizeof raw - 1);
	assert_string_equal(at_path(&f, "55.9F26"), "ABCD");
	assert_string_equal(at_path(&f, "55.91"), "05");
	assert_string_equal(at_path(&f, "55.71"), "9F1800");
	assert_string_equal(at_path(&f, "55.71.9F18"), "");
	assert_string_equal(at_path(&f, "55.9F27"), "(none)");
	close_fixture(&f);
	static const char hex[] = "020000000000000002000109F2602ABCD";
	decode_text(&f, "{" ASCII "}", hex, sizeof hex - 1);
	assert_string_equal(at_path(&f, "55.9f26"), "ABCD");
	close_fixture(&f);
}

static void
a_dataset_is_taken_off(void **state)
{
	(void)state;
	struct fixture f = {0};
	static const char raw[] = "02000000000000000200\x08\x01\x00\x05\x9F\x26\x02\xAB\xCD";
	decode_text(&f,
		    "{" ASCII
		    ",\"fields\":{\"55\":{\"type\":\"b\",\"enc\":\"raw\",\"max\":255,\"var\":2,\"len\":\"bin\"}}}",
		    raw, sizeof raw - 1);
	assert_string_equal(at_path(&f, "55.9F26"), "ABCD");
	close_fixture(&f);
}

static void
elements_by_decimal_tag(void **state)
{
	(void)state;
	struct fixture f = {0};
	static const char se[] = "02000000000000010000014R6103ABC0502XY";
	decode_text(&f, "{" ASCII ",\"fields\":{\"48\":{\"composite\":\"se\"}}}", se, sizeof se - 1);
	assert_string_equal(at_path(&f, "48.61"), "ABC");
	assert_string_equal(at_path(&f, "48.5"), "XY");
	assert_string_equal(at_path(&f, "48.62"), "(none)");
	close_fixture(&f);
	static const char pds[] = "02000000000000010000019002300312301050020990158";
	decode_text(&f, "{" ASCII ",\"fields\":{\"48\":{\"composite\":\"pds\"}}}", pds, 20 + 3 + 19);
	assert_string_equal(at_path(&f, "48.0023"), "123");
	assert_string_equal(at_path(&f, "48.0105"), "09");
	close_fixture(&f);
}

static void
balances_by_block(void **state)
{
	(void)state;
	struct fixture f = {0};
	static const char message[] = "02000000000000000400040"
				      "0001840C000000010000"
				      "0002840D000000020000";
	decode_text(&f, "{" ASCII "}", message, sizeof message - 1);
	assert_string_equal(at_path(&f, "54.1"), "0001840C000000010000");
	assert_string_equal(at_path(&f, "54.2"), "0002840D000000020000");
	assert_string_equal(at_path(&f, "54.3"), "(none)");
	assert_string_equal(at_path(&f, "54.0"), "(none)");
	close_fixture(&f);
}

static void
bitmapped_subfields(void **state)
{
	(void)state;
	struct fixture f = {0};
	static const char one[] = "02000000000000000004017\x60\0\0\0\0\0\0\0"
				  "03abc"
				  "1234";
	decode_text(&f,
		    "{" ASCII ",\"fields\":{\"62\":{\"type\":\"b\",\"enc\":\"raw\",\"max\":999,\"var\":3,\"composite\":"
		    "\"bitmap\",\"bitmap_bytes\":8,"
		    "\"sub\":{\"2\":{\"type\":\"ans\",\"max\":10,\"var\":2,\"enc\":\"ascii\",\"len\":\"ascii\"},"
		    "\"3\":{\"type\":\"n\",\"max\":4,\"var\":0,\"enc\":\"ascii\"}}}}}",
		    one, sizeof one - 1);
	assert_string_equal(at_path(&f, "62.2"), "abc");
	assert_string_equal(at_path(&f, "62.3"), "1234");
	assert_string_equal(at_path(&f, "62.4"), "(none)");
	close_fixture(&f);
}

static void
malformed_runs_are_not_found(void **state)
{
	(void)state;
	static const uint8_t run[] = {0x5F, 0x2A, 0x02, 0x08, 0x40, 0x9F, 0x26, 0x81, 0x02, 0xAB, 0xCD};
	struct cs_span value = {0};
	assert_true(cs_composite_find_tag((struct cs_span){run, sizeof run}, 0x9F26, &value));
	assert_int_equal(value.len, 2);
	for (size_t n = 0; n < sizeof run; n++)
		assert_false(cs_composite_find_tag((struct cs_span){run, n}, 0x9F26, &value));
	static const uint8_t endless[] = {0x9F, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00};
	assert_false(cs_composite_find_tag((struct cs_span){endless, sizeof endless}, 0x01, &value));
	static const uint8_t indefinite[] = {0x71, 0x80, 0x91, 0x01, 0x05, 0x00, 0x00};
	assert_false(cs_composite_find_tag((struct cs_span){indefinite, sizeof indefinite}, 0x91, &value));
}

static void
two_tags_at_once_as_one_by_one(void **state)
{
	(void)state;
	static const uint32_t tags[2] = {0x9F26, 0x91};
	static const uint8_t run[] = {0x00, 0x5F, 0x2A, 0x02, 0x08, 0x40, 0x91, 0x01, 0x05,
				      0x00, 0x9F, 0x26, 0x81, 0x02, 0xAB, 0xCD, 0x91, 0x00,
				      0x9F, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x9F, 0x26, 0x00};
	struct cs_span value;
	for (size_t from = 0; from < sizeof run; from++) {
		for (size_t to = from; to <= sizeof run; to++) {
			struct cs_span part = {run + from, to - from};
			unsigned has = cs_composite_has_tags(part, tags);
			assert_int_equal(has & 1, cs_composite_find_tag(part, tags[0], &value));
			assert_int_equal(has >> 1, cs_composite_find_tag(part, tags[1], &value));
		}
	}
}

static void
hex_of_every_length_and_every_stranger(void **state)
{
	(void)state;
	static const char digits[] = "0123456789ABCDEFabcdefFEDCBA987654321000";
	for (size_t len = 0; len < sizeof digits; len++) {
		for (unsigned c = 0; c < 256 * sizeof digits; c++) {
			uint8_t text[sizeof digits], out[sizeof digits / 2];
			memcpy(text, digits, len);
			size_t at = c / 256;
			if (at < len)
				text[at] = (uint8_t)c;
			struct cs_span got = unhex((struct cs_span){text, len}, out, sizeof out);
			bool good = len % 2 == 0 && (at >= len || hex_digit((uint8_t)c) >= 0);
			assert_int_equal(got.len, good ? len / 2 : 0);
			for (size_t i = 0; i < got.len; i++)
				assert_int_equal(got.at[i], hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
		}
	}
}

static void
silly_paths_are_not_found(void **state)
{
	(void)state;
	struct fixture f = {0};
	static const char raw[] = "02000000000000000200005\x9F\x26\x02\xAB\xCD";
	static const char *const paths[] = {"",
					    ".",
					    "55.",
					    "55..9F26",
					    "55.9F26.9F26",
					    "55.XYZ",
					    "1",
					    "0",
					    "193",
					    "56.1",
					    "55.9F26.1.1.1.1.1.1",
					    "55.999999999999999999",
					    "99999999999999"};
	decode_text(&f, "{" ASCII ",\"fields\":{\"55\":{\"type\":\"b\",\"enc\":\"raw\",\"max\":255,\"var\":3}}}", raw,
		    sizeof raw - 1);
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		if (strcmp(paths[i], "55.") != 0)
			assert_string_equal(at_path(&f, paths[i]), "(none)");
	close_fixture(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_found_in_raw_and_in_hex),
		cmocka_unit_test(a_dataset_is_taken_off),
		cmocka_unit_test(elements_by_decimal_tag),
		cmocka_unit_test(balances_by_block),
		cmocka_unit_test(bitmapped_subfields),
		cmocka_unit_test(malformed_runs_are_not_found),
		cmocka_unit_test(two_tags_at_once_as_one_by_one),
		cmocka_unit_test(hex_of_every_length_and_every_stranger),
		cmocka_unit_test(silly_paths_are_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
