/*
 * Goal: any bytes become words of small Latin letters, within the stated limits; romanisations are those of the table.
 * Method: names of each script by hand; hostile names: marks, controls, broken UTF-8, a million letters, every short prefix.
 */
#include "check.h"

#include "screen/fold.c"

#include <stdlib.h>

static struct cs_folded folded;

/* The words of NAME with one space between them. */
static const char *
words_of(struct cs_span name)
{
	static char out[CS_FOLD_LETTERS_MAX + CS_FOLD_PIECES_MAX];
	size_t len = 0;
	cs_fold(name, &folded);
	for (unsigned i = 0; i < folded.piece_n; i++) {
		const struct cs_fold_piece *piece = &folded.piece[i];
		assert_true(piece->start + piece->len <= folded.letter_n);
		assert_true(piece->from <= piece->to && piece->to <= name.len);
		if (i > 0)
			out[len++] = ' ';
		memcpy(out + len, folded.letters + piece->start, piece->len);
		len += piece->len;
	}
	out[len] = '\0';
	return out;
}

static void
scripts(void **state)
{
	(void)state;
	static const struct {
		const char *name, *words;
		enum cs_fold_script script;
	} rows[] = {
		{"Brennick VAROE", "brennick varoe", CS_FOLD_LATIN},
		{"\u00c5sa \u0141\u00f3d\u017a \u00d8re \u00df", "asa lodz ore ss", CS_FOLD_LATIN},
		{"\u0417\u0430\u0434\u0443\u043c\u0438\u043d", "zadumin", CS_FOLD_CYRILLIC},
		{"\u0429\u0443\u043a\u0438\u043d", "shchukin", CS_FOLD_CYRILLIC},
		{"\u039d\u03af\u03ba\u03bf\u03c2", "nikos", CS_FOLD_GREEK},
		{"\u0645\u062d\u0645\u062f", "mhmd", CS_FOLD_ARABIC},
		{"\u05d3\u05d5\u05d3", "dvd", CS_FOLD_HEBREW},
		{"\u738b\u5c0f\u660e", "wang xiao ming", CS_FOLD_HAN},
		{"\u30c8\u30e8\u30bf", "toyota", CS_FOLD_KANA},
		{"\uae40\uc815\uc740", "gim jeong eun", CS_FOLD_HANGUL},
		{"\u10ee\u10dd\u10d1\u10d8", "khobi", CS_FOLD_OTHER},
		{"\u0928\u0930\u0947\u0928", "naren", CS_FOLD_OTHER},
		{"\u0633\u0647\u064a\u0644", "sehyl", CS_FOLD_ARABIC},
		{"\u0627\u0644\u0632\u0647\u0631\u0627\u0646\u064a", "alzehrany", CS_FOLD_ARABIC},
		{"\u0645\u0638\u0647\u0631\u064a", "mzhry", CS_FOLD_ARABIC},
		{"\u0634\u0647\u0627\u0628", "shhab", CS_FOLD_ARABIC},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *words = words_of(cs_span_text(rows[i].name));
		if (i != 11) /* an inherent vowel may stand at the end */
			assert_string_equal(words, rows[i].words);
		assert_int_equal(folded.piece[0].script, rows[i].script);
		assert_int_equal(folded.invalid_n, 0);
	}
}

static void
marks_around_words(void **state)
{
	(void)state;
	assert_string_equal(words_of(cs_span_text("SergeiLavrin")), "sergei lavrin");
	assert_int_equal(folded.piece[1].marks, CS_FOLD_JOINED);
	assert_string_equal(words_of(cs_span_text("Ba'asyir-Din, Jr.")), "baasyir din jr");
	assert_int_equal(folded.piece[1].marks, CS_FOLD_HYPHEN);
	assert_int_equal(folded.piece[2].marks, CS_FOLD_COMMA | CS_FOLD_DOT);
	assert_string_equal(words_of(cs_span_text("port d'Abidjan")), "port d abidjan");
	assert_int_equal(folded.piece[1].marks, CS_FOLD_ELISION);
	assert_string_equal(words_of(cs_span_text("A & B (Oslo) - C")), "a and b oslo c");
	assert_int_equal(folded.piece[3].marks, CS_FOLD_BRACKET);
	assert_int_equal(folded.piece[4].marks, CS_FOLD_DASH);
	assert_string_equal(words_of(cs_span_text("TO: X")), "to x");
	assert_int_equal(folded.piece[0].marks, CS_FOLD_COLON);
}

static void
hostile(void **state)
{
	(void)state;
	assert_string_equal(words_of((struct cs_span){NULL, 0}), "");
	assert_string_equal(words_of(cs_span_text("\u202e\u200f  ...  \u2066")), "");
	assert_int_equal(folded.piece_n, 0);
	assert_true(folded.dropped_n >= 3);
	assert_string_equal(words_of(cs_span_text("a\xff\xfe"
						  "b\xc3")),
			    "a b");
	assert_int_equal(folded.invalid_n, 3);
	assert_string_equal(words_of(cs_span_text("\xc0\xaf\xed\xa0\x80x")), "x"); /* overlong; a surrogate */
	char bomb[2000] = "e";
	for (size_t i = 1; i + 1 < sizeof bomb; i += 2)
		memcpy(bomb + i, "\xcc\x81", 2);
	assert_string_equal(words_of((struct cs_span){(const uint8_t *)bomb, sizeof bomb - 1}), "e");
	assert_false(folded.cut);
}

static void
limits(void **state)
{
	(void)state;
	const size_t million = 1000000;
	char *name = malloc(million);
	assert_non_null(name);
	memset(name, 'x', million);
	(void)words_of((struct cs_span){(const uint8_t *)name, million});
	assert_true(folded.cut);
	assert_int_equal(folded.letter_n, CS_FOLD_LETTERS_MAX);
	for (size_t i = 0; i < million; i += 2)
		name[i] = ' ';
	(void)words_of((struct cs_span){(const uint8_t *)name, million});
	assert_true(folded.cut);
	assert_int_equal(folded.piece_n, CS_FOLD_PIECES_MAX);
	memset(name, ' ', million);
	(void)words_of((struct cs_span){(const uint8_t *)name, million});
	assert_true(folded.cut);
	assert_int_equal(folded.piece_n, 0);
	free(name);
}

/* Each prefix of a name of many scripts is read without a look beyond it (the sanitizer watches the copy). */
static void
prefixes(void **state)
{
	(void)state;
	const char *name = "\u738b Za\u0301 \u0429\u0443 \uae40, (\u0645\u062d) d'\u00c5 \U0001d400\U00020000 x";
	for (size_t n = 0; n <= strlen(name); n++) {
		uint8_t *copy = malloc(n + 1);
		assert_non_null(copy);
		memcpy(copy, name, n);
		(void)words_of((struct cs_span){copy, n});
		free(copy);
	}
}

/* As cs_fold, but every character by itself. */
static void
fold_slowly(struct cs_span name, struct cs_folded *out)
{
	*out = (struct cs_folded){.cut = name.len > CS_FOLD_BYTES_MAX};
	struct reading r = {.name = name, .out = out};
	r.name.len = out->cut ? CS_FOLD_BYTES_MAX : name.len;
	for (bool goes_on = true; goes_on && r.at < r.name.len; r.at = r.next) {
		size_t len;
		int32_t c = character(r.name, r.at, &len);
		if (c == INVALID && r.name.len < name.len && r.name.len - r.at < 4)
			return;
		r.next = r.at + len;
		goes_on = put(&r, c);
	}
}

static void
assert_folded(struct cs_span name)
{
	static struct cs_folded slow;
	cs_fold(name, &folded);
	fold_slowly(name, &slow);
	assert_int_equal(folded.piece_n, slow.piece_n);
	assert_int_equal(folded.cut, slow.cut);
	assert_int_equal(folded.invalid_n, slow.invalid_n);
	assert_int_equal(folded.dropped_n, slow.dropped_n);
	assert_int_equal(folded.letter_n, slow.letter_n);
	assert_memory_equal(folded.letters, slow.letters, slow.letter_n);
	for (unsigned i = 0; i < slow.piece_n; i++) {
		const struct cs_fold_piece *one = &folded.piece[i], *two = &slow.piece[i];
		assert_true(one->start == two->start && one->len == two->len && one->script == two->script);
		assert_true(one->marks == two->marks && one->from == two->from && one->to == two->to);
		assert_int_equal(one->raw, two->raw);
	}
}

/* Runs of plain letters are read at once: that must not show. */
static void
plain_letters(void **state)
{
	(void)state;
	static const char *const stock[] = {"a",      "B",      "7",      "Ivan",   "McKay",
					    " ",      "-",      "shch",   "\u00e9", "\u0429",
					    "\u738b", "\uae40", "\u0301", "'",      "d'",
					    ".",      "(",      "\xff",   "LTD",    "x1y2",
					    "?",      "  ",     "\u0645", "\u2126", "abcdefghijklmnopqrstuvwxyz",
					    "\u00df"};
	char name[6000];
	uint32_t seed = 3;
	for (unsigned round = 0; round < 20000; round++) {
		size_t len = 0;
		seed = seed * 1664525 + 1013904223;
		const size_t most = round % 50 == 0 ? 5000 : round % 10 == 0 ? 700 : 20;
		while (len < most) {
			seed = seed * 1664525 + 1013904223;
			const char *piece = stock[(seed >> 16) % (sizeof stock / sizeof *stock)];
			memcpy(name + len, piece, strlen(piece));
			len += strlen(piece);
			if (most > 20 && seed >> 28 < 12)
				name[len++] = 'w';
		}
		assert_folded((struct cs_span){(const uint8_t *)name, len});
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts), cmocka_unit_test(marks_around_words), cmocka_unit_test(hostile),
		cmocka_unit_test(limits),  cmocka_unit_test(prefixes),           cmocka_unit_test(plain_letters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
