/*
 * See score_parts.h: what is known of a word's vowels when the two were written in different scripts.
 */
#include "screen/score_parts.h"

enum { GAPS_MAX = CS_TERM_BONES_MAX + 1 };

enum { VOWEL_A = 1, VOWEL_E = 2, VOWEL_I = 4, VOWEL_O = 8, VOWEL_U = 16 };

/* A vowel as a bit; V is one where W was written, H only at the end, where it stands for one. */
static unsigned
vowel_bit(const char *sound, unsigned i, unsigned n)
{
	switch (sound[i]) {
	case 'a':
		return VOWEL_A;
	case 'e':
		return VOWEL_E;
	case 'i':
		return VOWEL_I;
	case 'o':
		return VOWEL_O;
	case 'u':
	case 'v':
		return VOWEL_U;
	case 'h':
		return i + 1 == n && n > 1 ? VOWEL_A | VOWEL_E : 0;
	default:
		return 0;
	}
}

/* The vowels before each consonant of a word, and after the last one; gives how many gaps, 0: too many. */
static unsigned
gaps_of(const struct cs_term *word, unsigned gap[GAPS_MAX])
{
	unsigned n = 0;
	gap[0] = 0;
	for (unsigned i = 0; i < word->sound_len; i++) {
		unsigned bit = vowel_bit(word->sound, i, word->sound_len);
		if (bit) {
			gap[n] |= bit;
			continue;
		}
		if (n + 1 == GAPS_MAX)
			return 0;
		gap[++n] = 0;
	}
	return n + 1;
}

/* Arabic and Hebrew write long vowels, and any vowel at the ends of a word; but for an E that is mute or of the article. */
static bool
gap_conflicts(unsigned written, unsigned spoken, bool end)
{
	if (end)
		return !written != !spoken && spoken != VOWEL_E;
	unsigned kinds = (unsigned)__builtin_popcount(spoken);
	if (written & VOWEL_A && !(spoken & (VOWEL_A | VOWEL_O | VOWEL_E)) && kinds < 2)
		return true;
	if (written & VOWEL_I && !(spoken & (VOWEL_I | VOWEL_E | VOWEL_A)))
		return true;
	return written & VOWEL_U && !(spoken & (VOWEL_U | VOWEL_O));
}

unsigned
cs_score_vowel_conflicts(const struct cs_term *a, const struct cs_term *b, bool run)
{
	bool second = b->script == CS_FOLD_ARABIC || b->script == CS_FOLD_HEBREW;
	const struct cs_term *written = second ? b : a, *spoken = second ? a : b;
	unsigned written_gap[GAPS_MAX], spoken_gap[GAPS_MAX];
	unsigned n = gaps_of(written, written_gap), conflicts = 0;
	if (n != gaps_of(spoken, spoken_gap))
		return !run; /* the consonants do not quite agree themselves */
	for (unsigned i = 0; i < n; i += run && i + 1 < n ? n - 1 : 1)
		conflicts += gap_conflicts(written_gap[i], spoken_gap[i], i == 0 || i + 1 == n);
	return conflicts;
}

unsigned
cs_score_syllables(const struct cs_term *word)
{
	unsigned n = 0;
	bool before = false;
	for (unsigned i = 0; i < word->len; i++) {
		bool vowel = memchr("aeiou", word->text[i], 5) != NULL;
		n += vowel && !before;
		before = vowel;
	}
	return n;
}
