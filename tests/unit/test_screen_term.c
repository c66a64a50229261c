/*
 * Goal: two words are as alike as a reader of both would say, and the quick test never says no where the slow one says yes.
 * Method: pairs of each relation by hand; all pairs of a few thousand made-up words against symmetry and the quick test; plain
 * edits against a table of dynamic programming.
 */
#include "check.h"

#include "screen/term.c"
#include "screen/term_cost.c"

#include <stdlib.h>

static struct cs_term
term_of(const char *word)
{
	struct cs_term term;
	cs_term_make(word, strlen(word), CS_FOLD_LATIN, 0, &term);
	return term;
}

static void
relations(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		enum cs_term_relation relation;
	} rows[] = {
		{"varoe", "varoe", CS_TERM_EQUAL},      {"shchukin", "schukin", CS_TERM_SOUND},
		{"qureshi", "kureshi", CS_TERM_SOUND},  {"varoe", "vaore", CS_TERM_EDIT},
		{"brennick", "brenick", CS_TERM_SOUND}, {"brennick", "brennock", CS_TERM_EDIT},
		{"b", "brennick", CS_TERM_INITIAL},     {"mfg", "manufacturing", CS_TERM_SHORTENED},
		{"ben", "benjamin", CS_TERM_SHORTENED}, {"varoe", "melkin", CS_TERM_OTHER},
		{"t", "brennick", CS_TERM_OTHER},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cs_term a = term_of(rows[i].a), b = term_of(rows[i].b);
		struct cs_term_likeness one = cs_term_compare(&a, &b, 1), two = cs_term_compare(&b, &a, 1);
		if (one.relation != rows[i].relation)
			fail_msg("%s and %s: relation %u", rows[i].a, rows[i].b, one.relation);
		assert_memory_equal(&one, &two, sizeof one);
		assert_int_equal(one.permille == 0, rows[i].relation == CS_TERM_OTHER);
	}
}

static void
costs(void **state)
{
	(void)state;
	assert_int_equal(cs_term_cost(cs_span_text("abc"), cs_span_text("abc"), 8), 0);
	assert_int_equal(cs_term_cost(cs_span_text("abc"), cs_span_text("acb"), 8), CS_TERM_SWAP);
	assert_int_equal(cs_term_cost(cs_span_text("abbc"), cs_span_text("abc"), 8), CS_TERM_DOUBLED);
	assert_int_equal(cs_term_cost(cs_span_text("anc"), cs_span_text("arc"), 8), CS_TERM_PLAIN);
	assert_int_equal(cs_term_cost(cs_span_text("bac"), cs_span_text("boc"), 8), 2);
	assert_int_equal(cs_term_cost(cs_span_text("mnopq"), cs_span_text("rstxy"), 8), 9);
	assert_int_equal(cs_term_cost(cs_span_text(""), cs_span_text(""), 8), 0);
	assert_int_equal(cs_term_cost(cs_span_text(""), cs_span_text("rst"), 80), 3 * CS_TERM_PLAIN);
}

static void
consonants_across_scripts(void **state)
{
	(void)state;
	struct cs_term arabic, latin = term_of("mustafa"), other = term_of("nadim");
	cs_term_make("mstfa", 5, CS_FOLD_ARABIC, 1, &arabic);
	assert_int_equal(cs_term_compare(&arabic, &latin, 1).relation, CS_TERM_BONES);
	assert_int_equal(cs_term_compare(&latin, &arabic, 1).relation, CS_TERM_BONES);
	assert_int_equal(cs_term_compare(&arabic, &other, 1).relation, CS_TERM_OTHER);
}

static void
syllables(void **state)
{
	(void)state;
	static const struct {
		const char *word;
		unsigned n;
	} rows[] = {{"xiaoming", 2}, {"jinping", 2}, {"zhang", 1}, {"guangzhou", 2}, {"smith", 0}, {"varoe", 0}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cs_term term = term_of(rows[i].word);
		cs_term_count_syllables(&term);
		assert_int_equal(term.syllables, rows[i].n);
	}
}

/* A word of letters that a small generator gives: few letters, so that many pairs are near. */
static struct cs_term
random_term(uint32_t *seed)
{
	static const char letters[] = "aaeiokhscmnrtdyj";
	char word[12];
	*seed = *seed * 1664525 + 1013904223;
	size_t n = 1 + (*seed >> 24) % (sizeof word - 1);
	for (size_t i = 0; i < n; i++) {
		*seed = *seed * 1664525 + 1013904223;
		word[i] = letters[*seed >> 28];
	}
	struct cs_term term;
	cs_term_make(word, n, *seed >> 20 & 7 ? CS_FOLD_LATIN : CS_FOLD_ARABIC, 0, &term);
	return term;
}

static unsigned
slow_edits(const struct cs_term *a, const struct cs_term *b)
{
	unsigned row[CS_TERM_LETTERS_MAX + 1];
	for (unsigned j = 0; j <= b->len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a->len; i++) {
		unsigned corner = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= b->len; j++) {
			unsigned above = row[j];
			row[j] = cs_term_lesser(cs_term_lesser(above, row[j - 1]) + 1,
						corner + (a->text[i - 1] != b->text[j - 1]));
			corner = above;
		}
	}
	return row[b->len];
}

static void
random_pairs(void **state)
{
	(void)state;
	enum { WORDS = 500 };
	static struct cs_term terms[WORDS];
	uint32_t seed = 7;
	unsigned alike = 0;
	for (unsigned i = 0; i < WORDS; i++)
		terms[i] = random_term(&seed);
	for (unsigned i = 0; i < WORDS; i++)
		for (unsigned j = 0; j < WORDS; j++) {
			struct cs_term_likeness one = cs_term_compare(&terms[i], &terms[j], 1);
			struct cs_term_likeness two = cs_term_compare(&terms[j], &terms[i], 1);
			assert_memory_equal(&one, &two, sizeof one);
			assert_true(one.permille == 0 || cs_term_may_be_alike(&terms[i], &terms[j]));
			unsigned least = (i * 7 + j) % 1100; /* a limit changes nothing but what is below it */
			struct cs_term_likeness some = cs_term_compare(&terms[i], &terms[j], least);
			assert_int_equal(some.permille, one.permille >= least ? one.permille : 0);
			assert_int_equal(some.relation, one.permille >= least ? one.relation : CS_TERM_OTHER);
			assert_int_equal(some.edits, one.permille >= least ? one.edits : 0);
			assert_int_equal(cs_term_plain_edits(terms[i].text, terms[i].len, terms[j].text, terms[j].len),
					 slow_edits(&terms[i], &terms[j]));
			alike += one.permille > 0;
		}
	assert_true(alike > 2 * WORDS);
}

/* Letters that eyes, ears and romanisers confuse, each with all of its own. */
static bool
is_confused(char a, char b)
{
	static const char *const confused[128] = {
		['0'] = "o",     ['1'] = "il",  ['2'] = "z",      ['5'] = "s",   ['6'] = "b",     ['8'] = "b",
		['9'] = "gq",    ['C'] = "JSc", ['J'] = "CSgijz", ['S'] = "CJs", ['b'] = "68pv",  ['c'] = "Ckqs",
		['d'] = "tz",    ['f'] = "pv",  ['g'] = "9Jhjk",  ['h'] = "gkx", ['i'] = "1Jjly", ['j'] = "Jgiy",
		['k'] = "cghqx", ['l'] = "1i",  ['o'] = "0",      ['p'] = "bf",  ['q'] = "9ck",   ['s'] = "5Scz",
		['t'] = "dz",    ['u'] = "vw",  ['v'] = "bfuw",   ['w'] = "uv",  ['x'] = "hk",    ['y'] = "ij",
		['z'] = "2Jdst",
	};
	const char *near = confused[(unsigned char)a];
	return (cs_term_is_vowel(a) && cs_term_is_vowel(b)) || (near && strchr(near, b));
}

static void
confusions(void **state)
{
	(void)state;
	static const char all[] = "abcdefghijklmnopqrstuvwxyz0123456789CSJ";
	for (const char *a = all; *a; a++)
		for (const char *b = all; *b; b++) {
			unsigned cost = *a == *b ? 0 : is_confused(*a, *b) ? CS_TERM_CONFUSED : CS_TERM_PLAIN;
			assert_int_equal(cost_of_other((uint8_t)*a, (uint8_t)*b), cost);
			assert_int_equal(cs_term_cost((struct cs_span){(const uint8_t *)a, 1},
						      (struct cs_span){(const uint8_t *)b, 1}, 9),
					 cost);
		}
}

/* What is weighed a row at a time and what is weighed cell by cell is the same, whatever the limit. */
static void
costs_by_rows(void **state)
{
	(void)state;
	static const char letters[] = "aaeiouhhssCSJbvckqdtzyl10";
	uint32_t seed = 9;
	unsigned within = 0;
	for (unsigned round = 0; round < 200000; round++) {
		char run[2][CS_TERM_VECTOR_MAX];
		size_t len[2];
		for (unsigned side = 0; side < 2; side++) {
			seed = seed * 1664525 + 1013904223;
			len[side] = (seed >> 16) % (CS_TERM_VECTOR_MAX + 1);
			for (size_t i = 0; i < len[side]; i++) {
				seed = seed * 1664525 + 1013904223;
				bool same = side && i < len[0] && seed >> 30;
				run[side][i] = same ? run[0][i] : letters[(seed >> 16) % (sizeof letters - 1)];
			}
		}
		const struct cs_span a = {(const uint8_t *)run[0], len[0]}, b = {(const uint8_t *)run[1], len[1]};
		const unsigned limit = round % 7 == 0 ? 80 : (seed >> 8) % 24, cost = cs_term_cost(a, b, limit);
		assert_int_equal(cost, cost_of_long(a, b, limit));
		assert_int_equal(cost, cs_term_cost(b, a, limit));
		within += cost <= limit;
	}
	assert_true(within > 20000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relations),
		cmocka_unit_test(costs),
		cmocka_unit_test(confusions),
		cmocka_unit_test(costs_by_rows),
		cmocka_unit_test(consonants_across_scripts),
		cmocka_unit_test(syllables),
		cmocka_unit_test(random_pairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
