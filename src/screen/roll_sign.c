/*
 * Words in short: see roll_parts.h. What it costs at least to make one word the other is told from which letters they have:
 * see term_cost.c, which knows all of it.
 */
#include "screen/roll_parts.h"

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
	struct cs_roll_sign sign = {.letters = term->letters,
				    .sounds = term->sounds,
				    .near_letters = all_confused_with(term->letters),
				    .near_sounds = all_confused_with(term->sounds),
				    .len = term->len,
				    .sound_len = term->sound_len,
				    .unvowelled = cs_roll_is_unvowelled(term)};
	for (unsigned i = 1; i < term->len; i++)
		sign.doubled |= term->text[i] == term->text[i - 1];
	return sign;
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

bool
cs_roll_is_far(const struct cs_roll_sign *a, const struct cs_roll_sign *b, unsigned least)
{
	unsigned longer = a->len > b->len ? a->len : b->len, most = longer * (1000 - least) / QUARTER;
	unsigned lengths = a->sound_len > b->sound_len ? a->sound_len - b->sound_len : b->sound_len - a->sound_len;
	uint32_t only_a = a->sounds & ~b->sounds, only_b = b->sounds & ~a->sounds;
	bool by_sound = lengths * 2 + 1 <= most && cost_of(only_a, b->near_sounds) + 1 <= most &&
			cost_of(only_b, a->near_sounds) + 1 <= most;
	if (by_sound)
		return false;
	only_a = a->letters & ~b->letters, only_b = b->letters & ~a->letters;
	const uint32_t all = UINT32_MAX;
	return cost_of(only_a, a->doubled ? all : b->near_letters) > most ||
	       cost_of(only_b, b->doubled ? all : a->near_letters) > most;
}
