/*
 * Goal: each character is as wide as it is shown, what would steer a terminal or turn the writing around is put by its number, and
 * any bytes are characters.
 * Method: known answers of several scripts; every sequence of up to two bytes, and of three from those that begin and end ranges.
 */
#include "check.h"

#include "base/glyph.c"

static struct cs_glyph
first(const char *text)
{
	return cs_glyph_at(cs_span_text(text), 0);
}

static void
widths(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned len, width;
		bool mark, right;
	} rows[] = {
		{"a", 1, 1, false, false},
		{"~", 1, 1, false, false},
		{"\xc3\xbc", 2, 1, false, false},         /* u with dots */
		{"\xcc\x88", 2, 0, true, false},          /* the dots alone */
		{"\xd0\x96", 2, 1, false, false},         /* Cyrillic */
		{"\xd9\x85", 2, 1, false, true},          /* Arabic */
		{"\xd9\x8e", 2, 0, true, false},          /* its vowel */
		{"\xd7\x90", 2, 1, false, true},          /* Hebrew */
		{"\xe7\x8e\x8b", 3, 2, false, false},     /* Han */
		{"\xea\xb0\x80", 3, 2, false, false},     /* Hangul */
		{"\xe1\x86\xa8", 3, 0, true, false},      /* a consonant below a syllable of it */
		{"\xef\xbc\xa1", 3, 2, false, false},     /* a full-width A */
		{"\xef\xbd\xb1", 3, 1, false, false},     /* half-width Kana */
		{"\xe2\x80\x8d", 3, 0, true, false},      /* a joiner */
		{"\xf0\xa0\x80\x80", 4, 2, false, false}, /* Han of the second plane */
	};
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cs_glyph glyph = first(rows[i].text);
		assert_true(glyph.valid && !glyph.hidden);
		assert_int_equal(glyph.len, rows[i].len);
		assert_int_equal(glyph.width, rows[i].width);
		assert_int_equal(glyph.mark, rows[i].mark);
		assert_int_equal(glyph.right, rows[i].right);
	}
}

static void
hidden(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"\x1b", "[U+001B]"},
		{"\n", "[U+000A]"},
		{"\x7f", "[U+007F]"},
		{"\xc2\x9b", "[U+009B]"},
		{"\xc2\xad", "[U+00AD]"},
		{"\xe2\x80\x8e", "[U+200E]"},
		{"\xe2\x80\xa8", "[U+2028]"},
		{"\xe2\x80\xae", "[U+202E]"},
		{"\xe2\x81\xa6", "[U+2066]"},
		{"\xe3\x85\xa4", "[U+3164]"},
		{"\xef\xbb\xbf", "[U+FEFF]"},
		{"\xf0\x9d\x85\xb3", "[U+1D173]"},
		{"\xf3\xa0\x80\x81", "[U+E0001]"},
		{"\xf4\x8f\xbf\xbf", "[U+10FFFF]"},
		{"\xff", "[byte FF]"},
		{"\xc3", "[byte C3]"},
		{"\xed\xa0\x80", "[byte ED]"},     /* a surrogate */
		{"\xc0\x80", "[byte C0]"},         /* too long a way to say 0 */
		{"\xf4\x90\x80\x80", "[byte F4]"}, /* beyond the last */
	};
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		char room[CS_GLYPH_BYTES_MAX + 1];
		struct cs_text text = cs_text_over(room, sizeof room);
		struct cs_glyph glyph = first(rows[i][0]);
		assert_true(glyph.hidden && !glyph.mark && !glyph.right);
		cs_glyph_put(&text, cs_span_text(rows[i][0]), 0, &glyph);
		assert_string_equal(room, rows[i][1]);
		assert_int_equal(glyph.width, text.len);
	}
}

static void
any_bytes(void **state)
{
	(void)state;
	unsigned utf8_n = 0;
	for (unsigned i = 0; i < 1U << 16; i++) {
		const uint8_t at[2] = {(uint8_t)(i >> 8), (uint8_t)i};
		struct cs_span text = {at, 2};
		bool valid = true;
		for (size_t n = 0; n < text.len;) {
			struct cs_glyph glyph = cs_glyph_at(text, n);
			assert_true(glyph.len >= 1 && glyph.len <= text.len - n);
			valid = valid && glyph.valid;
			n += glyph.len;
		}
		assert_int_equal(cs_glyph_is_utf8(text), valid);
		utf8_n += valid;
	}
	assert_int_equal(utf8_n, 128 * 128 + (0xDF - 0xC1) * 64);
	assert_true(cs_glyph_is_utf8((struct cs_span){NULL, 0}));
	assert_false(cs_glyph_is_utf8(cs_span_text("a\xc3")));
}

static void
files_of_wide_characters(void **state)
{
	(void)state;
#define BYTES(text)                                                                                                    \
	{                                                                                                              \
		(const uint8_t *)(text), sizeof(text) - 1                                                              \
	}
	static const struct {
		struct cs_span file;
		const char *code; /* NULL: it is none */
	} rows[] = {
		{BYTES("\xFF\xFE"), "-f UTF-16LE "},
		{BYTES("\xFE\xFF\0a"), "-f UTF-16BE "},
		{BYTES("\xFF\xFE\0\0a\0\0\0"), "-f UTF-32LE "},
		{BYTES("\0\0\xFE\xFF\0\0\0a"), "-f UTF-32BE "},
		{BYTES("i\0d\0"), "-f UTF-16LE "},
		{BYTES("\0i\0d"), "-f UTF-16BE "},
		{BYTES(""), NULL},
		{BYTES("i\0d"), NULL},
		{BYTES("\0\0\0\0"), NULL},
		{BYTES("id,name"), NULL},
		{BYTES("\xEF\xBB\xBFid"), NULL},
		{BYTES("a\0bc"), NULL},
		{BYTES("\xFF"), NULL},
	};
#undef BYTES
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *words = cs_glyph_wide(rows[i].file);
		if (!words != !rows[i].code || (words && !strstr(words, rows[i].code)))
			fail_msg("row %u: %s", i, words ? words : "none");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths),
		cmocka_unit_test(hidden),
		cmocka_unit_test(any_bytes),
		cmocka_unit_test(files_of_wide_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
