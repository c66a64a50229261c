/*
 * Words in short: see roll_parts.h. What it costs at least to make one word the other is told from which letters they have:
 * see term_cost.c, which knows all of it.
 */
#include "screen/roll_parts.h"

#include <assert.h>
#include <emmintrin.h>

enum {
	QUARTER = 250,  /* thousandths that a quarter of an edit costs, over the length */
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

static unsigned
bits(uint32_t set)
{
	set -= set >> 1 & 0x55555555;
	set = (set & 0x33333333) + (set >> 2 & 0x33333333);
	return ((set + (set >> 4)) & 0x0f0f0f0f) * 0x01010101u >> 24;
}

/* What letters cost at least, in quarters of an edit, that only one of two words has; NEAR are those that may be confused with one
 * of the other word. */
static unsigned
cost_of(uint32_t letters, uint32_t near)
{
	uint32_t apart = letters & ~near & ~L('h');
	return bits(letters) * 2 + bits(apart) + bits(apart & ~VOWELS & ~L('y'));
}

unsigned
cs_roll_sign_ways(const struct cs_roll_sign *one, const struct cs_roll_sign *other, unsigned least)
{
	const struct cs_term_lane *a = &one->lane, *b = &other->lane;
	unsigned longer = a->len > b->len ? a->len : b->len, most = longer * (1000 - least) / QUARTER;
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

/* Four signs at once: cs_roll_sign_ways from CS_ROLL_NEAR_LEAST on, a sign a lane. */
static_assert(sizeof(struct cs_roll_sign) == 64, "a line of the cache");

enum { LANES = 4, FIFTH = (1 << 16) / 5 + 1 };

struct signs {
	__m128i letters, sounds, near_letters, near_sounds, len, sound_len, doubled; /* doubled: all bits */
};

static __m128i
all_of(uint32_t bits)
{
	return _mm_set1_epi32((int)bits);
}

static void
load_signs(const struct cs_roll_sign *const sign[LANES], struct signs *out)
{
	__m128i set[LANES];
	uint32_t rest[LANES];
	for (unsigned i = 0; i < LANES; i++) {
		set[i] = _mm_loadu_si128((const void *)sign[i]);
		memcpy(&rest[i], &sign[i]->lane.len, sizeof rest[i]);
	}
	__m128i a = _mm_unpacklo_epi32(set[0], set[1]), b = _mm_unpacklo_epi32(set[2], set[3]);
	__m128i c = _mm_unpackhi_epi32(set[0], set[1]), d = _mm_unpackhi_epi32(set[2], set[3]);
	out->near_letters = _mm_unpacklo_epi64(a, b), out->near_sounds = _mm_unpackhi_epi64(a, b);
	out->letters = _mm_unpacklo_epi64(c, d), out->sounds = _mm_unpackhi_epi64(c, d);
	__m128i lens = _mm_loadu_si128((const void *)rest), byte = all_of(0xff);
	out->len = _mm_and_si128(lens, byte);
	out->sound_len = _mm_and_si128(_mm_srli_epi32(lens, 8), byte);
	out->doubled = _mm_cmpgt_epi32(_mm_srli_epi32(lens, 24), _mm_setzero_si128());
}

/* How many bits each four have, in each four. */
static __m128i
bits_of_fours(__m128i set)
{
	set = _mm_sub_epi8(set, _mm_and_si128(_mm_srli_epi32(set, 1), all_of(0x55555555)));
	return _mm_add_epi8(_mm_and_si128(set, all_of(0x33333333)),
			    _mm_and_si128(_mm_srli_epi32(set, 2), all_of(0x33333333)));
}

static __m128i
sum_of_fours(__m128i fours)
{
	return _mm_add_epi8(_mm_and_si128(fours, all_of(0x0f0f0f0f)),
			    _mm_and_si128(_mm_srli_epi32(fours, 4), all_of(0x0f0f0f0f)));
}

/* cost_of, each lane. */
static __m128i
costs_of(__m128i letters, __m128i near)
{
	__m128i apart = _mm_andnot_si128(_mm_or_si128(near, all_of(L('h'))), letters);
	__m128i dear = _mm_andnot_si128(all_of(VOWELS | L('y')), apart);
	__m128i all = sum_of_fours(bits_of_fours(letters));
	__m128i more = sum_of_fours(_mm_add_epi8(bits_of_fours(apart), bits_of_fours(dear)));
	__m128i cost = _mm_add_epi8(_mm_add_epi8(all, all), more);
	cost = _mm_add_epi16(_mm_and_si128(cost, all_of(0x00ff00ff)), _mm_srli_epi16(cost, 8));
	return _mm_madd_epi16(cost, _mm_set1_epi16(1));
}

/* The dearer of the letters that only one of two words has. */
static __m128i
costs_apart(__m128i a, __m128i b, __m128i near_a, __m128i near_b)
{
	return _mm_max_epi16(costs_of(_mm_andnot_si128(b, a), near_b), costs_of(_mm_andnot_si128(a, b), near_a));
}

/* Where each of four may be near, by what is written and by its sound: all bits of its lane. */
static void
ways_of(const struct signs *a, const struct signs *b, __m128i *by_text, __m128i *by_sound)
{
	__m128i longer = _mm_max_epi16(a->len, b->len);
	__m128i most = _mm_add_epi16(longer, _mm_mulhi_epi16(longer, all_of(FIFTH)));
	__m128i lengths =
		_mm_sub_epi16(_mm_max_epi16(a->sound_len, b->sound_len), _mm_min_epi16(a->sound_len, b->sound_len));
	__m128i sound = costs_apart(a->sounds, b->sounds, a->near_sounds, b->near_sounds);
	sound = _mm_max_epi16(_mm_add_epi16(lengths, lengths), sound);
	__m128i text = costs_apart(a->letters, b->letters, _mm_or_si128(a->near_letters, b->doubled),
				   _mm_or_si128(b->near_letters, a->doubled));
	*by_sound = _mm_cmpgt_epi32(most, sound);
	*by_text = _mm_cmpgt_epi32(_mm_add_epi16(most, all_of(1)), text);
}

void
cs_roll_sign_many(const struct cs_roll_sign *one, const struct cs_roll_sign *sign, const uint32_t *word, unsigned n,
		  uint8_t *ways)
{
	struct signs a, b;
	const struct cs_roll_sign *of[LANES] = {one, one, one, one};
	load_signs(of, &a);
	for (unsigned at = 0; at < n; at += LANES) {
		__m128i by_text, by_sound;
		for (unsigned i = 0; i < LANES; i++)
			of[i] = at + i < n ? &sign[word[at + i]] : one;
		load_signs(of, &b);
		ways_of(&a, &b, &by_text, &by_sound);
		unsigned text = (unsigned)_mm_movemask_ps(_mm_castsi128_ps(by_text));
		unsigned sound = (unsigned)_mm_movemask_ps(_mm_castsi128_ps(by_sound));
		for (unsigned i = 0; i < LANES && at + i < n; i++)
			ways[at + i] =
				(uint8_t)((text >> i & 1) * CS_ROLL_BY_TEXT | (sound >> i & 1) * CS_ROLL_BY_SOUND);
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
