/*
 * Goal: words that are told to be far from their signs are no misspelling of each other, and four at once are told as one by one.
 * Method: made-up words of few letters, and words damaged from them; all pairs, in groups of every size.
 */
#include "check.h"

#include "screen/roll_sign.c"

enum { WORDS = 800 };

static uint32_t seed = 11;
static struct cs_term term[WORDS];
static struct cs_roll_sign sign[WORDS];

static unsigned
random_below(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void
make_words(void)
{
	static const char letters[] = "aaeeiioouubcdfghijklmnopqrsstvwxyz0123456789";
	for (unsigned w = 0; w < WORDS; w++) {
		char run[CS_TERM_LETTERS_MAX];
		size_t n = 1 + random_below(random_below(4) ? 10 : CS_TERM_LETTERS_MAX);
		for (size_t i = 0; i < n; i++)
			run[i] = letters[random_below(random_below(6) ? 34 : sizeof letters - 1)];
		if (w % 3 && term[w - 1].len > 2) { /* as the one before, but for some letters */
			n = term[w - 1].len;
			memcpy(run, term[w - 1].text, n);
			for (unsigned times = 1 + random_below(3); times; times--)
				run[random_below((unsigned)n)] = letters[random_below(sizeof letters - 1)];
			if (random_below(3) == 0 && n < CS_TERM_LETTERS_MAX) {
				size_t at = random_below((unsigned)n);
				memmove(run + at + 1, run + at, n - at);
				n++;
			}
		}
		cs_term_make(run, n, random_below(9) ? CS_FOLD_LATIN : CS_FOLD_ARABIC, 0, &term[w]);
		sign[w] = cs_roll_sign_of(&term[w]);
	}
}

static void
far_words(void **state)
{
	(void)state;
	unsigned far = 0, near = 0;
	make_words();
	for (unsigned i = 0; i < WORDS; i++)
		for (unsigned j = 0; j < WORDS; j++) {
			bool is_far = !cs_roll_sign_ways(&sign[i], &sign[j], CS_ROLL_NEAR_LEAST);
			assert_int_equal(is_far, !cs_roll_sign_ways(&sign[j], &sign[i], CS_ROLL_NEAR_LEAST));
			struct cs_term_likeness like = cs_term_compare(&term[i], &term[j], CS_ROLL_NEAR_LEAST);
			bool misspelled = like.relation == CS_TERM_EDIT || like.relation == CS_TERM_SOUND ||
					  like.relation == CS_TERM_EQUAL;
			if (is_far && misspelled)
				fail_msg("%s and %s are told to be far: %u", term[i].text, term[j].text, like.permille);
			unsigned least = 500 + (i + j) % 3 * 100;
			like = cs_term_compare(&term[i], &term[j], least);
			if (like.relation == CS_TERM_EDIT && !cs_roll_sign_ways(&sign[i], &sign[j], least))
				fail_msg("%s and %s are told to be far by %u: %u", term[i].text, term[j].text, least,
					 like.permille);
			far += is_far, near += misspelled;
		}
	assert_true(far > WORDS * WORDS / 2);
	assert_true(near > WORDS * 2);
}

/* The ways of N words, the last one first. */
static void
many_ways(const struct cs_roll_sign *one, unsigned from, unsigned n)
{
	uint32_t word[WORDS] = {0};
	uint8_t ways[WORDS];
	for (unsigned k = 0; k < n; k++)
		word[k] = from + n - 1 - k;
	cs_roll_sign_many(one, sign, word, n, ways);
	for (unsigned k = 0; k < n; k++)
		assert_int_equal(ways[k], cs_roll_sign_ways(one, &sign[word[k]], CS_ROLL_NEAR_LEAST));
}

/* Sets are looked through in pieces of CAP. */
static void
sets_in_order(void **state)
{
	(void)state;
	uint32_t set[WORDS], at[64];
	make_words();
	for (unsigned w = 0; w < WORDS; w++)
		set[w] = cs_roll_set_of(&term[w]);
	for (unsigned i = 0; i < WORDS; i++) {
		struct cs_roll_wanted wanted = {.with = i % 2 ? set[i] & 0x3041 : 0,
						.without = i % 3 ? ~set[i] & 0x1f00ff : 0,
						.len_least = random_below(6),
						.len_most = 6 + random_below(CS_TERM_LETTERS_MAX),
						.set = set,
						.n = random_below(WORDS)};
		unsigned cap = 4 + random_below(60), next = 0;
		while (wanted.next < wanted.n) {
			unsigned found = cs_roll_sift_sets(&wanted, at, cap), k = 0;
			assert_true(wanted.next > next && found <= cap);
			for (; next < wanted.next; next++) {
				bool is = (set[next] & (wanted.with | wanted.without)) == wanted.with &&
					  term[next].len >= wanted.len_least && term[next].len <= wanted.len_most;
				assert_true(!is || (k < found && at[k] == next));
				k += is;
			}
			assert_int_equal(k, found);
		}
		assert_int_equal(next, wanted.n);
	}
}

static void
four_at_once(void **state)
{
	(void)state;
	make_words();
	for (unsigned i = 0; i < WORDS; i++) {
		many_ways(&sign[i], 0, 0);
		for (unsigned from = 0, n; from < WORDS; from += n) {
			n = 1 + random_below(WORDS - from < 40 ? WORDS - from : 40);
			many_ways(&sign[i], from, n);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(far_words),
		cmocka_unit_test(four_at_once),
		cmocka_unit_test(sets_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
