/*
 * Goal: words sound, and are parted into syllables of Chinese, as the plain lists of both say.
 * Method: random words of letters that begin many rows; the longest row, and the longest syllable, are looked for in the whole list.
 */
#include "check.h"

#include "screen/term_make.c"

struct plain_row {
	const char *from, *to;
};

static const struct plain_row plain_rows[] = {
#define FROM(letter, name)
#define S(from, second, to) {from, to},
#include "screen/sound.def"
#undef FROM
#undef S
};

/* The longest row that fits, looked for in all of them. */
static const struct plain_row *
longest_row(const char *text, size_t left)
{
	const struct plain_row *best = NULL;
	for (size_t i = 0; i < sizeof plain_rows / sizeof *plain_rows; i++) {
		size_t n = strlen(plain_rows[i].from);
		bool fits = n <= left && memcmp(plain_rows[i].from, text, n) == 0;
		if (fits && (!best || n > strlen(best->from)))
			best = &plain_rows[i];
	}
	return best;
}

static size_t
longest_in(const char *list, const char *text, size_t left, bool before_no_vowel)
{
	size_t best = 0;
	for (const char *at = list; *at; at += strcspn(at, " ") + 1) {
		size_t n = strcspn(at, " ");
		bool fits = n <= left && n > best && memcmp(at, text, n) == 0;
		if (fits && (!before_no_vowel || n == left || !strchr("aeiou", text[n])))
			best = n;
	}
	return best;
}

static unsigned
plain_syllables(const char *text, size_t n)
{
	static const char initials[] = "b p m f d t n l g k h j q x r z zh ch sh c s y w ";
	static const char finals[] =
		"a o e ai ei ao ou an en ang eng ong i ia ie iao iu ian in iang ing iong u ua uo uai ui uan un "
		"uang ue er v ";
	unsigned count = 0;
	for (size_t at = 0; at < n; count++) {
		size_t head = longest_in(initials, text + at, n - at, false);
		size_t end = longest_in(finals, text + at + head, n - at - head, true);
		if (end == 0)
			return 0;
		at += head + end;
	}
	return count;
}

static void
random_words(void **state)
{
	(void)state;
	static const char letters[] = "aeiouaeiouschtzngywjkdhlrxqv7";
	uint32_t seed = 21;
	unsigned rows = 0, chinese = 0;
	for (unsigned round = 0; round < 100000; round++) {
		char word[CS_TERM_LETTERS_MAX + 2] = "";
		struct cs_term term;
		seed = seed * 1664525 + 1013904223;
		size_t n = 1 + (seed >> 16) % (round % 2 ? 5 : CS_TERM_LETTERS_MAX);
		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			word[i] = letters[(seed >> 16) % (sizeof letters - 1)];
		}
		for (size_t i = 0; i < n; i++) {
			const struct plain_row *plain = longest_row(word + i, n - i);
			const struct sound_row *row = row_at(word + i, n - i);
			assert_int_equal(plain != NULL, row != NULL);
			assert_true(!row || (row->from_len == strlen(plain->from) && strcmp(row->to, plain->to) == 0));
			assert_true(!row || row->to_len == strlen(plain->to));
			rows += row != NULL;
		}
		cs_term_make(word, n, CS_FOLD_LATIN, 0, &term);
		cs_term_count_syllables(&term);
		assert_int_equal(term.syllables, plain_syllables(word, n));
		chinese += term.syllables > 0;
	}
	assert_true(rows > 100000 && chinese > 5000);
}

static void
words_by_hand(void **state)
{
	(void)state;
	static const struct {
		const char *word, *sound, *bones;
	} rows[] = {
		{"shcherbakov", "Serbakov", "xrbk"}, {"xi", "Si", "x"},         {"yevgeny", "evgeni", "kn"},
		{"zhukov", "Jukov", "jk"},           {"sarah", "sara", "sr"},   {"jean", "Jean", "jn"},
		{"bojan", "boJan", "bjn"},           {"marija", "maria", "mr"}, {"vojvoda", "voivoda", "d"},
		{"muhammad", "muhamad", "mhmd"},     {"ahmad", "ahmad", "hmd"}, {"quixote", "kuiksote", "kst"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cs_term term;
		cs_term_make(rows[i].word, strlen(rows[i].word), CS_FOLD_LATIN, 0, &term);
		assert_string_equal(term.sound, rows[i].sound);
		assert_int_equal(term.bones_len, strlen(rows[i].bones));
		assert_memory_equal(term.bones, rows[i].bones, term.bones_len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_words),
		cmocka_unit_test(words_by_hand),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
