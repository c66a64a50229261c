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

/* Arabic and Hebrew write long vowels. */
static bool
gap_conflicts(unsigned written, unsigned spoken)
{
	bool several = spoken & (spoken - 1);
	if (written & VOWEL_A && !(spoken & (VOWEL_A | VOWEL_O | VOWEL_E)) && !several)
		return true;
	if (written & VOWEL_I && !(spoken & (VOWEL_I | VOWEL_E)))
		return true;
	return written & VOWEL_U && !(spoken & (VOWEL_U | VOWEL_O));
}

/* Any vowel at the ends of a word is written, but for an E that is mute or of the article: Essaadi. */
static unsigned
end_conflicts(const unsigned written[2], const unsigned spoken[2], const struct cs_term *word)
{
	bool article = word->text[0] == 'e' && word->len > 2 && word->text[1] == word->text[2];
	return (!written[0] != !spoken[0] && !article) + (!written[1] != !spoken[1] && spoken[1] != VOWEL_E);
}

unsigned
cs_score_vowel_conflicts(const struct cs_term *a, const struct cs_term *b, bool run)
{
	bool second = b->script == CS_FOLD_ARABIC || b->script == CS_FOLD_HEBREW;
	const struct cs_term *written = second ? b : a, *spoken = second ? a : b;
	unsigned written_gap[GAPS_MAX], spoken_gap[GAPS_MAX];
	unsigned n = gaps_of(written, written_gap), m = gaps_of(spoken, spoken_gap);
	if (n < 2 || m < 2)
		return 0;
	unsigned conflicts = end_conflicts((unsigned[]){written_gap[0], written_gap[n - 1]},
					   (unsigned[]){spoken_gap[0], spoken_gap[m - 1]}, spoken);
	if (n != m && !run)
		return conflicts + 1; /* the consonants do not quite agree themselves */
	for (unsigned i = 1; i + 1 < n && !run; i++)
		conflicts += gap_conflicts(written_gap[i], spoken_gap[i]);
	return conflicts;
}

/* A letter of Korean as all its romanisations have it: hard and soft consonants are one. */
static char
korean_letter(char c)
{
	static const char from[] = "kqtpl", to[] = "ggdbr";
	const char *at = memchr(from, c, sizeof from - 1);
	return at ? to[at - from] : c;
}

/* A word of Korean, however it is romanised; at most as many letters as it has. */
static unsigned
korean_key(const struct cs_term *word, char out[CS_TERM_LETTERS_MAX])
{
	static const char pairs[][4] = {"chj", "eoo", "euu", "aee", "oou", "eei", "ouu", "shs"};
	unsigned n = 0;
	for (unsigned i = 0; i < word->len; i++) {
		char c = korean_letter(word->text[i]);
		for (unsigned p = 0; p < sizeof pairs / sizeof *pairs && i + 1 < word->len; p++)
			if (word->text[i] == pairs[p][0] && word->text[i + 1] == pairs[p][1]) {
				c = pairs[p][2];
				i++;
				break;
			}
		out[n++] = c;
	}
	return n;
}

bool
cs_score_other_korean(const struct cs_term *a, const struct cs_term *b)
{
	char one[CS_TERM_LETTERS_MAX], two[CS_TERM_LETTERS_MAX];
	unsigned n = korean_key(a, one);
	return n != korean_key(b, two) || memcmp(one, two, n) != 0;
}
