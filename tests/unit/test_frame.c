/*
 * Goal: every framing row is measured right, at every prefix, and the refusals are refusals.
 * Method: frames written here by hand, one row each with what must come out; each proper prefix is asked too.
 */
#include "check.h"

#include "decode/frame.c"

struct row {
	const char *name;
	const char *frame;
	size_t frame_len;
	size_t message_at;
	size_t message_len;
};

#define ROW(NAME, FRAME, AT, LEN)                                                                                      \
	{                                                                                                              \
		NAME, FRAME, sizeof FRAME - 1, AT, LEN                                                                 \
	}

static const struct row rows[] = {
	ROW("length16",
	    "\x00\x04"
	    "0800",
	    2, 4),
	ROW("length16", "\x00\x00", 2, 0),
	ROW("length16le",
	    "\x04\x00"
	    "0800",
	    2, 4),
	ROW("length16incl",
	    "\x00\x06"
	    "0800",
	    2, 4),
	ROW("length16incl", "\x00\x02", 2, 0),
	ROW("length16incl", "\x00\x00", 2, 0),
	ROW("digits4", "00040800", 4, 4),
	ROW("digits4", "0000", 4, 0),
	ROW("digits4incl", "00080800", 4, 4),
	ROW("digits3", "0040800", 3, 4),
	ROW("digits5", "000040800", 5, 4),
	ROW("hex4", "000b0800abcdefg", 4, 11),
	ROW("hex4", "000B0800abcdefg", 4, 11),
	ROW("bcd2",
	    "\x00\x10"
	    "0800abcdef",
	    2, 10),
	ROW("length24",
	    "\x00\x00\x04"
	    "0800",
	    3, 4),
	ROW("length24", "\x00\x00\x00", 3, 0),
	ROW("length32",
	    "\x00\x00\x00\x04"
	    "0800",
	    4, 4),
	ROW("length32le",
	    "\x04\x00\x00\x00"
	    "0800",
	    4, 4),
	ROW("visa",
	    "\x00\x04\x00\x00"
	    "0800",
	    4, 4),
	ROW("gicc",
	    "\x00\x00\x00\x04"
	    "0800",
	    4, 4),
	ROW("vmlh",
	    "\x00\x04\x00\x00"
	    "0800",
	    4, 4),
	ROW("vmlh",
	    "\x00\x04\x00\x20"
	    "beat",
	    4, 0),
	ROW("rbp",
	    "\xD0\x4A\x00\x04\x00\x00"
	    "0800",
	    6, 4),
	ROW("rbp",
	    "\xD0\x4A\x00\x03\x01\x00"
	    "080"
	    "\xD0\x4A\x00\x01\x00\x00"
	    "0",
	    6, 4),
	ROW("base24",
	    "\x00\x05"
	    "0800\x03",
	    2, 4),
	ROW("etx", "0800\x03", 0, 4),
	ROW("etx", "\x03", 0, 0),
};

static const struct row refused[] = {
	ROW("length16incl", "\x00\x01", 0, 0),
	ROW("digits4", "00x4", 0, 0),
	ROW("digits4incl", "0003", 0, 0),
	ROW("hex4", "000g", 0, 0),
	ROW("bcd2", "\x0A\x10", 0, 0),
	ROW("length24", "\x01\x00\x00", 0, 0),
	ROW("length32", "\x00\x01\x00\x00", 0, 0),
	ROW("visa", "\x00\x04\x00\x01", 0, 0),
	ROW("gicc", "\x01\x00\x00\x04", 0, 0),
	ROW("vmlh", "\x08\x01\x00\x00", 0, 0),
	ROW("vmlh", "\x00\x04\x01\x00", 0, 0),
	ROW("rbp", "\xD0\x4B\x00\x04\x00\x00", 0, 0),
	ROW("rbp", "\xD0\x4A\x00\x04\x02\x00", 0, 0),
	ROW("base24",
	    "\x00\x05"
	    "0800\x02",
	    0, 0),
};

static struct cs_span
first_bytes(const struct row *row, size_t n)
{
	return (struct cs_span){(const uint8_t *)row->frame, n};
}

static void
frames_are_measured(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct cs_framing *framing = cs_framing_by_name(cs_span_text(rows[i].name));
		assert_non_null(framing);
		size_t frame_len = 0, at = 0, len = 0;
		assert_int_equal(
			cs_framing_head(framing, first_bytes(&rows[i], rows[i].frame_len), &frame_len, &at, &len),
			CS_OK);
		assert_int_equal(frame_len, rows[i].frame_len);
		assert_int_equal(at, rows[i].message_at);
		assert_int_equal(len, rows[i].message_len);
	}
}

/* A prefix either tells the same frame or asks for more; what it asks for is more than it has. */
static void
prefixes_ask_for_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct cs_framing *framing = cs_framing_by_name(cs_span_text(rows[i].name));
		for (size_t n = 0; n < rows[i].frame_len; n++) {
			struct cs_frame_size size = {0};
			enum cs_error error = cs_framing_measure(framing, first_bytes(&rows[i], n), &size);
			if (error == CS_OK)
				assert_int_equal(size.frame_len, rows[i].frame_len);
			else
				assert_int_equal(error, CS_AGAIN);
			assert_true(error == CS_OK ? n >= framing->head_bytes : size.need > n);
		}
	}
}

static void
other_bytes_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		const struct cs_framing *framing = cs_framing_by_name(cs_span_text(refused[i].name));
		struct cs_frame_size size = {0};
		assert_int_equal(cs_framing_measure(framing, first_bytes(&refused[i], refused[i].frame_len), &size),
				 CS_E_FORMAT);
	}
}

static void
parts_are_joined(void **state)
{
	(void)state;
	static const char frame[] = "\xD0\x4A\x00\x03\x01\x00"
				    "080"
				    "\xD0\x4A\x00\x01\x00\x00"
				    "0";
	uint8_t out[4] = {0};
	cs_framing_join(cs_framing_by_name(cs_span_text("rbp")),
			(struct cs_span){(const uint8_t *)frame, sizeof frame - 1}, out);
	assert_memory_equal(out, "0800", 4);
}

static void
names_are_unique_and_told(void **state)
{
	(void)state;
	unsigned n = 0;
	for (const struct cs_framing *framing = NULL; (framing = cs_framing_at(n)) != NULL; n++) {
		assert_ptr_equal(cs_framing_by_name(cs_span_text(cs_framing_name(framing))), framing);
		assert_true(strlen(cs_framing_help(framing)) > 10);
		assert_true(framing->number == CS_FRAMING_ENDED || framing->at + framing->width <= framing->head_bytes);
		assert_true(framing->head_bytes + framing->max_bytes + 1 <= CS_FRAME_MAX_BYTES);
	}
	assert_int_equal(n, 18);
	assert_null(cs_framing_by_name(cs_span_text("length17")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_measured),       cmocka_unit_test(prefixes_ask_for_more),
		cmocka_unit_test(other_bytes_are_refused),   cmocka_unit_test(parts_are_joined),
		cmocka_unit_test(names_are_unique_and_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
