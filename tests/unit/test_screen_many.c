/*
 * Goal: sixteen words compared at once come out as each of them compared alone.
 * Method: the table of confused letters against what term_cost.c says of each pair; made-up words of few letters and words damaged from
 * them, of several scripts, with digits, short and too long, all pairs, in groups of every size.
 */
#include "check.h"

#include "screen/term_many.c"

static uint32_t seed = 5;

static unsigned
random_below(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static struct cs_term
term_of(const char *letters, size_t n, uint8_t script)
{
	struct cs_term term;
	cs_term_make(letters, n, script, 0, &term);
	cs_term_count_syllables(&term);
	return term;
}

static void
confusions(void **state)
{
	(void)state;
	static const char all[] = "abcdefghijklmnopqrstuvwxyz0123456789CSJ";
	for (const char *a = all; *a; a++)
		for (const char *b = all; *b; b++) {
			unsigned cost = cs_term_cost((struct cs_span){(const uint8_t *)a, 1},
						     (struct cs_span){(const uint8_t *)b, 1}, 9);
			bool near = (cs_term_is_vowel(*a) && cs_term_is_vowel(*b)) || strchr(confused[*a & 127], *b) ||
				    strchr(confused_digits[*a & 127], *b);
			assert_int_equal(cost, *a == *b ? 0 : near ? CS_TERM_CONFUSED : CS_TERM_PLAIN);
		}
}

/* A word of few letters, so that many are alike; seldom one of a script without vowels, or one too long for a lane. */
static struct cs_term
random_term(void)
{
	static const char *const letters[] = {"aeioumnrlsthk", "aabbccddhhyyzz", "sScjzgkqxh", "aeiouhhll01",
					      "abcdefghijklmnopqrstuvwxyz0123456789"};
	char run[40];
	const char *from = letters[random_below(5)];
	size_t n = random_below(12) ? 1 + random_below(9) : 1 + random_below(40), kinds = strlen(from);
	for (size_t i = 0; i < n; i++)
		run[i] = (char)(from[random_below((unsigned)kinds)] | 32); /* folded letters are small */
	uint8_t script = random_below(8) ? CS_FOLD_LATIN : (uint8_t)random_below(CS_FOLD_OTHER + 1);
	struct cs_term term = term_of(run, n, script);
	if (random_below(10) == 0)
		term.family[random_below(2)] = (uint16_t)(1 + random_below(3));
	return term;
}

/* The word, with letters left out, put in, changed, or changed places. */
static struct cs_term
damaged(const struct cs_term *term)
{
	char run[CS_TERM_LETTERS_MAX + 8];
	size_t n = term->len;
	memcpy(run, term->text, n);
	for (unsigned times = 1 + random_below(4); times && n > 1; times--) {
		size_t at = random_below((unsigned)n - 1);
		char letter = run[at];
		switch (random_below(4)) {
		case 0:
			memmove(run + at, run + at + 1, n - at - 1);
			n--;
			break;
		case 1:
			memmove(run + at + 1, run + at, n - at);
			n++;
			break;
		case 2:
			run[at] = (char)('a' + random_below(26));
			break;
		default:
			run[at] = run[at + 1], run[at + 1] = letter;
		}
	}
	return term_of(run, n, term->script);
}

enum { WORDS = 600 };

/* How many pairs came out how: else a test might compare nothing. */
struct seen {
	unsigned alike, apart, together;
};

/* Is it one of few edits, among the others of its eight that are not alone? As plain edits counted one by one have it. */
static bool
few_edits(const struct cs_term_many *many, bool sounds, const struct cs_term_lane *lane, unsigned n, unsigned which)
{
	const struct cs_term_lane *together[CS_TERM_MANY_EDITS];
	const struct cs_term *term = many->term;
	const struct cs_term_lane *one = &lane[which];
	unsigned kept = 0, at = 0;
	for (unsigned i = which & ~7u; i < n && i < (which & ~7u) + CS_TERM_MANY_EDITS; i++) {
		if (cs_term_is_alone(many, &lane[i]))
			continue;
		at += i < which;
		together[kept++] = &lane[i];
	}
	char room[CS_TERM_LETTERS_MAX + 2] = {0};
	memcpy(room, sounds ? one->sound : one->text, CS_TERM_LANE_LETTERS);
	unsigned edits = sounds ? cs_term_plain_edits(term->sound, term->sound_len, room, one->sound_len)
				: cs_term_plain_edits(term->text, term->len, room, one->len);
	unsigned longer =
		sounds ? cs_term_greater(term->sound_len, one->sound_len) : cs_term_greater(term->len, one->len);
	bool few = cs_term_many_edits(many, sounds, together, kept) >> at & 1;
	assert_int_equal(few, edits <= cs_term_edits_most[longer]);
	return few;
}

/* Weighs those that are not alone. */
static void
weigh(const struct cs_term_many *many, bool sounds, const struct cs_term_lane *lane, unsigned n, uint8_t *left)
{
	const struct cs_term_lane *together[CS_TERM_MANY];
	uint8_t of[CS_TERM_MANY], out[CS_TERM_MANY];
	unsigned kept = 0;
	for (unsigned i = 0; i < n; i++) {
		const struct cs_term_lane *one = &lane[i];
		if (cs_term_is_alone(many, one) || (sounds && !cs_term_sounds_apart(many, one)) ||
		    !few_edits(many, sounds, lane, n, i))
			continue;
		of[kept] = (uint8_t)i;
		together[kept++] = one;
	}
	if (kept)
		cs_term_many_weigh(many, sounds, together, kept, out);
	for (unsigned i = 0; i < kept; i++)
		left[of[i]] = out[i];
}

static void
assert_same(const struct cs_term_many *many, const struct cs_term *const *other, unsigned n, struct seen *seen)
{
	struct cs_term_lane lane[CS_TERM_MANY];
	uint8_t written[CS_TERM_MANY] = {0}, sounding[CS_TERM_MANY] = {0};
	for (unsigned i = 0; i < n; i++)
		lane[i] = cs_term_lane_of(other[i]);
	weigh(many, false, lane, n, written);
	weigh(many, true, lane, n, sounding);
	for (unsigned i = 0; i < n; i++) {
		bool alone = cs_term_is_alone(many, &lane[i]), apart = alone && cs_term_is_apart(many, &lane[i]);
		struct cs_term_likeness one = cs_term_compare(many->term, other[i], many->least), out = one;
		if (!alone)
			out = cs_term_many_likeness(many, &lane[i], written[i], sounding[i]);
		if (memcmp(&one, &out, sizeof one) != 0)
			fail_msg("%s and %s, from %u on: %u %u, not %u %u", many->term->text, other[i]->text,
				 many->least, out.permille, out.edits, one.permille, one.edits);
		assert_true(!apart || one.relation == CS_TERM_OTHER);
		seen->alike += one.relation == CS_TERM_EDIT && !alone;
		seen->apart += apart;
		seen->together += !alone;
	}
}

static void
all_pairs(void **state)
{
	(void)state;
	static struct cs_term term[WORDS];
	static const unsigned leasts[] = {700, 601, 850, 1000, 1100, 600, 1};
	struct seen seen = {0};
	for (unsigned i = 0; i < WORDS; i += 2) {
		term[i] = random_term();
		term[i + 1] = damaged(&term[i]);
	}
	for (unsigned round = 0; round < WORDS * 3; round++) {
		struct cs_term_many many;
		cs_term_many_begin(&many, &term[round % WORDS], leasts[round % 9 % 7]);
		for (unsigned at = 0, n; at < WORDS; at += n) {
			const struct cs_term *other[CS_TERM_MANY];
			n = 1 + random_below(CS_TERM_MANY);
			for (unsigned i = 0; i < n; i++)
				other[i] = &term[(at + i) % WORDS];
			assert_same(&many, other, n, &seen);
		}
	}
	assert_true(seen.alike > 2 * WORDS);
	assert_true(seen.apart > 10 * WORDS);
	assert_true(seen.together > 100 * WORDS);
}

/* Damaged words alone: nearly all are alike, by every kind of edit. */
static void
damaged_words(void **state)
{
	(void)state;
	struct seen seen = {0};
	for (unsigned round = 0; round < 5000; round++) {
		struct cs_term term = random_term(), near[CS_TERM_MANY];
		const struct cs_term *other[CS_TERM_MANY];
		struct cs_term_many many;
		for (unsigned i = 0; i < CS_TERM_MANY; i++) {
			near[i] = damaged(&term);
			other[i] = &near[i];
		}
		cs_term_many_begin(&many, &term, 601 + random_below(300));
		assert_same(&many, other, CS_TERM_MANY, &seen);
	}
	assert_true(seen.alike > 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(confusions),
		cmocka_unit_test(all_pairs),
		cmocka_unit_test(damaged_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
