/*
 * Goal: characters of a data element come as UTF-8, whatever its bytes are: as they are when they are UTF-8, else as Latin-1.
 * Method: by hand, at every border of what UTF-8 may be; then bytes by chance, cut anywhere.
 */
#include "check.h"

#include "base/glyph.h"
#include "base/hash.h"
#include "engine/sentry_text.c"

static uint8_t out[2 * CS_SENTRY_ELEMENT_MAX];

static void
is_read_as(const char *value, unsigned first, unsigned last, const char *wanted)
{
	const struct cs_screen_cell cell = {.first = (uint16_t)first, .last = (uint16_t)last};
	size_t len = cs_sentry_element(cs_span_text(value), &cell, out);
	assert_true(cs_span_is((struct cs_span){out, len}, wanted));
}

static void
utf8_is_read_as_it_is(void **state)
{
	(void)state;
	is_read_as("MULLER", 0, 0, "MULLER");
	is_read_as("M\xc3\xbcLLER", 0, 0, "M\xc3\xbcLLER");
	is_read_as("\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd", 0, 0, "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd");
	is_read_as("\xe5\xbc\xa0\xf0\xa0\x80\x80", 0, 0, "\xe5\xbc\xa0\xf0\xa0\x80\x80");
	is_read_as("", 0, 0, "");
}

static void
anything_else_is_latin1(void **state)
{
	(void)state;
	is_read_as("M\xfcLLER", 0, 0, "M\xc3\xbcLLER");
	is_read_as("M\xc3\xbcLLER\xfc", 0, 0, "M\xc3\x83\xc2\xbcLLER\xc3\xbc");
	is_read_as("\xc3", 0, 0, "\xc3\x83");                         /* cut short */
	is_read_as("\xc0\xaf", 0, 0, "\xc3\x80\xc2\xaf");             /* too long a form */
	is_read_as("\xed\xa0\x80", 0, 0, "\xc3\xad\xc2\xa0\xc2\x80"); /* a surrogate */
	is_read_as("\xf4\x90\x80\x80", 0, 0, "\xc3\xb4\xc2\x90\xc2\x80\xc2\x80");
}

/* A part is so many bytes of the element, as in `map`: halves of characters at its ends are left out. */
static void
a_part_has_whole_characters(void **state)
{
	(void)state;
	is_read_as("M\xc3\xbcLLER", 1, 2, "M");
	is_read_as("M\xc3\xbcLLER", 1, 3, "M\xc3\xbc");
	is_read_as("M\xc3\xbcLLER", 3, 5, "LL");
	is_read_as("M\xfcLLER", 1, 2, "M\xc3\xbc");
	is_read_as("MULLER", 4, 99, "LER");
	is_read_as("MULLER", 7, 9, "");
	is_read_as("MULLER", 99, 0, "");
	is_read_as("\xc3\xbc", 2, 2, "");
}

/* Where something stands in what was made is told as where it stood in what was received. */
static void
a_place_leads_back(void **state)
{
	(void)state;
	struct cs_span text = cs_span_text("Br\xe9nick V\xe4roe");
	struct cs_span made = {out, cs_sentry_latin1(text, out)};
	assert_true(cs_span_is(made, "Br\xc3\xa9nick V\xc3\xa4roe"));
	assert_int_equal(cs_sentry_latin1_at(made, 0), 0);
	assert_int_equal(cs_sentry_latin1_at(made, 2), 2);
	assert_int_equal(cs_sentry_latin1_at(made, 4), 3);
	assert_int_equal(cs_sentry_latin1_at(made, 9), 8); /* V */
	assert_int_equal(cs_sentry_latin1_at(made, made.len), text.len);
	assert_int_equal(cs_sentry_latin1_at(made, made.len + 9), text.len);
}

static void
whatever_comes_is_utf8(void **state)
{
	(void)state;
	uint8_t value[64];
	uint64_t dice = 4;
	for (unsigned n = 0; n < 20000; n++) {
		dice = cs_hash_mix(dice, n);
		size_t len = dice % sizeof value;
		const struct cs_screen_cell cell = {.first = (uint16_t)(dice >> 8 & 63),
						    .last = (uint16_t)(dice >> 16 & 63)};
		for (size_t i = 0; i < len; i++) {
			uint8_t byte = (uint8_t)cs_hash_mix(dice, i);
			value[i] = n & 1 ? byte : (byte & 0xbf) | 0x80; /* of first bytes and continuations alone */
		}
		size_t made = cs_sentry_element((struct cs_span){value, len}, &cell, out);
		assert_true(made <= 2 * len && cs_glyph_is_utf8((struct cs_span){out, made}));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_read_as_it_is),       cmocka_unit_test(anything_else_is_latin1),
		cmocka_unit_test(a_part_has_whole_characters), cmocka_unit_test(a_place_leads_back),
		cmocka_unit_test(whatever_comes_is_utf8),
	};
	return cmocka_run_group_tests_name("sentry_text", tests, NULL, NULL);
}
