/*
 * Words in short: see roll_parts.h. What it costs at least to make one word the other is told from which letters they have:
 * see term_cost.c, which knows all of it.
 */
#include "screen/roll_parts.h"

#include <assert.h>
#include <emmintrin.h>

enum {
	OTHER_BIT = 26, /* from here on no letters: digits, sounds */
};

#define L(c)   (UINT32_C(1) << ((c) - 'a'))
#define VOWELS (L('a') | L('e') | L('i') | L('o') | L('u'))

/* Letters that may be read for each other at half the price. */
static uint32_t
confused_with(unsigned bit)
{
	static const uint32_t with[OTHER_BIT] = {
		['b' - 'a'] = L('p') | L('v'),
		['c' - 'a'] = L('k') | L('q') | L('s'),
		['d' - 'a'] = L('t') | L('z'),
		['f' - 'a'] = L('p') | L('v'),
		['g' - 'a'] = L('h') | L('j') | L('k'),
		['h' - 'a'] = L('g') | L('k') | L('x'),
		['i' - 'a'] = L('j') | L('l') | L('y'),
		['j' - 'a'] = L('g') | L('i') | L('y'),
		['k' - 'a'] = L('c') | L('g') | L('h') | L('q') | L('x'),
		['l' - 'a'] = L('i'),
		['p' - 'a'] = L('b') | L('f'),
		['q' - 'a'] = L('c') | L('k'),
		['s' - 'a'] = L('c') | L('z'),
		['t' - 'a'] = L('d') | L('z'),
		['u' - 'a'] = L('v') | L('w'),
		['v' - 'a'] = L('b') | L('f') | L('u') | L('w'),
		['w' - 'a'] = L('u') | L('v'),
		['x' - 'a'] = L('h') | L('k'),
		['y' - 'a'] = L('i') | L('j'),
		['z' - 'a'] = L('d') | L('s') | L('t'),
	};
	const uint32_t others = UINT32_MAX << OTHER_BIT;
	if (bit >= OTHER_BIT)
		return UINT32_MAX;
	return with[bit] | others | (VOWELS >> bit & 1 ? VOWELS : 0);
}

static uint32_t
all_confused_with(uint32_t set)
{
	uint32_t out = UINT32_MAX << OTHER_BIT;
	for (; set; set &= set - 1)
		out |= confused_with((unsigned)__builtin_ctz(set));
	return out;
}

struct cs_roll_sign
cs_roll_sign_of(const struct cs_term *term)
{
	return (struct cs_roll_sign){.near_letters = all_confused_with(term->letters),
				     .near_sounds = all_confused_with(term->sounds),
				     .lane = cs_term_lane_of(term)};
}

/* What letters cost at least, in quarters of an edit, that only one of two words has; NEAR are those that may be confused with one
 * of the other word. */
static unsigned
cost_of(uint32_t letters, uint32_t near)
{
	uint32_t apart = letters & ~near & ~L('h');
	return cs_term_bits(letters) * 2 + cs_term_bits(apart) + cs_term_bits(apart & ~VOWELS & ~L('y'));
}

unsigned
cs_roll_sign_ways(const struct cs_roll_sign *one, const struct cs_roll_sign *other, unsigned least)
{
	const struct cs_term_lane *a = &one->lane, *b = &other->lane;
	unsigned longer = a->len > b->len ? a->len : b->len, most = longer * (1000 - least) / CS_LIKENESS_QUARTER;
	unsigned lengths = a->sound_len > b->sound_len ? a->sound_len - b->sound_len : b->sound_len - a->sound_len;
	uint32_t only_a = a->sounds & ~b->sounds, only_b = b->sounds & ~a->sounds;
	bool by_sound = lengths * 2 + 1 <= most && cost_of(only_a, other->near_sounds) + 1 <= most &&
			cost_of(only_b, one->near_sounds) + 1 <= most;
	only_a = a->letters & ~b->letters, only_b = b->letters & ~a->letters;
	const uint32_t all = UINT32_MAX;
	bool by_text = cost_of(only_a, a->doubled ? all : other->near_letters) <= most &&
		       cost_of(only_b, b->doubled ? all : one->near_letters) <= most;
	return by_text * CS_ROLL_BY_TEXT | by_sound * CS_ROLL_BY_SOUND;
}

static_assert(sizeof(struct cs_roll_sign) == 64, "a line of the cache");

/* Four signs at once, a sign a lane. */
enum { LANES = 4, FIFTH = (1 << 16) / 5 + 1 };

struct signs {
	__m128i letters, sounds, len, sound_len;
};

static __m128i
all_of(uint32_t bits)
{
	return _mm_set1_epi32((int)bits);
}

static struct signs
load_signs(const struct cs_roll_sign *const sign[LANES])
{
	__m128i set[LANES];
	uint32_t rest[LANES];
	struct signs out;
	for (unsigned i = 0; i < LANES; i++) {
		set[i] = _mm_loadl_epi64((const void *)&sign[i]->lane);
		memcpy(&rest[i], &sign[i]->lane.len, sizeof rest[i]);
	}
	__m128i a = _mm_unpacklo_epi32(set[0], set[1]), b = _mm_unpacklo_epi32(set[2], set[3]);
	__m128i lens = _mm_loadu_si128((const void *)rest), byte = all_of(0xff);
	out.letters = _mm_unpacklo_epi64(a, b), out.sounds = _mm_unpackhi_epi64(a, b);
	out.len = _mm_and_si128(lens, byte);
	out.sound_len = _mm_and_si128(_mm_srli_epi32(lens, 8), byte);
	return out;
}

/* How many bits are set, in each half of a lane. */
static __m128i
bits_of_halves(__m128i set)
{
	set = _mm_sub_epi8(set, _mm_and_si128(_mm_srli_epi32(set, 1), all_of(0x55555555)));
	set = _mm_add_epi8(_mm_and_si128(set, all_of(0x33333333)),
			   _mm_and_si128(_mm_srli_epi32(set, 2), all_of(0x33333333)));
	set = _mm_and_si128(_mm_add_epi8(set, _mm_srli_epi32(set, 4)), all_of(0x0f0f0f0f));
	return _mm_and_si128(_mm_add_epi8(set, _mm_srli_epi32(set, 8)), all_of(0x00ff00ff));
}

/* Where lengths, and letters that only one has, are no more apart than plain edits of a misspelling are: all bits of the lane. */
static __m128i
are_near(__m128i a, __m128i b, __m128i a_len, __m128i b_len)
{
	__m128i longer = _mm_max_epi16(a_len, b_len), shorter = _mm_min_epi16(a_len, b_len);
	__m128i most = _mm_add_epi16(_mm_add_epi16(longer, longer), all_of(3)); /* see edits_most of term.c */
	most = _mm_mulhi_epu16(most, all_of(FIFTH));
	__m128i only_a = bits_of_halves(_mm_andnot_si128(b, a)), only_b = bits_of_halves(_mm_andnot_si128(a, b));
	__m128i apart = _mm_or_si128(only_a, _mm_slli_epi32(only_b, 8));
	apart = _mm_add_epi8(apart, _mm_srli_epi32(apart, 16));
	apart = _mm_max_epi16(_mm_and_si128(apart, all_of(0xff)),
			      _mm_and_si128(_mm_srli_epi32(apart, 8), all_of(0xff)));
	apart = _mm_max_epi16(apart, _mm_sub_epi16(longer, shorter));
	return _mm_cmpgt_epi32(_mm_add_epi16(most, all_of(1)), apart);
}

void
cs_roll_sign_many(const struct cs_roll_sign *one, const struct cs_roll_sign *sign, const uint32_t *word, unsigned n,
		  uint8_t *ways)
{
	const struct cs_roll_sign *of[LANES] = {one, one, one, one};
	const struct signs a = load_signs(of);
	for (unsigned at = 0; at < n; at += LANES) {
		for (unsigned i = 0; i < LANES; i++)
			of[i] = at + i < n ? &sign[word[at + i]] : one;
		const struct signs b = load_signs(of);
		__m128i text = are_near(a.letters, b.letters, a.len, b.len);
		__m128i sound = are_near(a.sounds, b.sounds, a.sound_len, b.sound_len);
		uint32_t way[LANES];
		_mm_storeu_si128((void *)way, _mm_or_si128(_mm_and_si128(text, all_of(CS_ROLL_BY_TEXT)),
							   _mm_and_si128(sound, all_of(CS_ROLL_BY_SOUND))));
		for (unsigned i = 0; i < LANES && at + i < n; i++)
			ways[at + i] = (uint8_t)way[i];
	}
}

unsigned
cs_roll_sift_sets(struct cs_roll_wanted *wanted, uint32_t *at, unsigned cap)
{
	const __m128i mask = all_of(wanted->with | wanted->without), with = all_of(wanted->with);
	const __m128i less = all_of(wanted->len_least - 1), more = all_of(wanted->len_most + 1);
	const uint32_t *set = wanted->set;
	unsigned found = 0;
	size_t i = wanted->next, n = wanted->n;
	for (; i + LANES <= n && found + LANES <= cap; i += LANES) {
		__m128i sets = _mm_loadu_si128((const void *)(set + i)), len = _mm_srli_epi32(sets, CS_ROLL_SET_LEN);
		__m128i is = _mm_cmpeq_epi32(_mm_and_si128(sets, mask), with);
		is = _mm_and_si128(is, _mm_and_si128(_mm_cmpgt_epi32(len, less), _mm_cmpgt_epi32(more, len)));
		for (int bits = _mm_movemask_ps(_mm_castsi128_ps(is)); bits; bits &= bits - 1)
			at[found++] = (uint32_t)i + (uint32_t)__builtin_ctz((unsigned)bits);
	}
	for (; i < n && n - i < LANES && found < cap; i++) {
		unsigned len = set[i] >> CS_ROLL_SET_LEN;
		at[found] = (uint32_t)i;
		found += (set[i] & (wanted->with | wanted->without)) == wanted->with && len >= wanted->len_least &&
			 len <= wanted->len_most;
	}
	wanted->next = i;
	return found;
}
