/*
 * Keys by which words of a roll are found: deletions of each word's letters, of its sounds, of its sounds with all vowels
 * as one, and of its consonants for words of other scripts.
 *
 * Keys lie in buckets of a few, chosen by the upper bits of their hash; in front of them stands a filter of two bits a
 * key, both in one word of it, that turns away nearly all keys that are not there.
 */
#include "screen/roll_parts.h"

#include <stdlib.h>

enum { BUCKET_BITS_MIN = 8, BUCKET_BITS_MAX = 28, BUCKET_KEYS_LOG = 2, FILTER_BITS_A_KEY_LOG = 3, RUN_MAX = 62 };

/* A run of letters as a polynomial: any piece of it, and pieces put together, cost a multiplication. */
struct run {
	uint64_t before[64], power[64];
	unsigned n;
};

static uint64_t
piece(const struct run *run, unsigned from, unsigned to)
{
	return run->before[to] - run->before[from] * run->power[to - from];
}

uint32_t
cs_roll_key_of(const char *letters, unsigned n, enum cs_roll_base base)
{
	uint64_t hash = 0;
	for (unsigned i = 0; i < n && i < RUN_MAX; i++)
		if (base != CS_ROLL_TEXT || i == 0 || letters[i] != letters[i - 1])
			hash = hash * CS_ROLL_MULTIPLIER + (uint8_t)letters[i];
	return cs_roll_key_end(hash, base);
}

/* What stands for a letter of a sound where what is often confused is one. */
static char
merged(char c)
{
	static const char to[128] = {['e'] = 'a', ['i'] = 'a', ['o'] = 'a', ['u'] = 'a', ['y'] = 'a', ['S'] = 's',
				     ['C'] = 's', ['c'] = 's', ['z'] = 's', ['J'] = 's', ['j'] = 's', ['d'] = 't',
				     ['p'] = 'b', ['f'] = 'b', ['v'] = 'b', ['w'] = 'b', ['g'] = 'k', ['q'] = 'k'};
	return to[c & 127] ? to[c & 127] : c;
}

static char
without_vowel(char c)
{
	return c == 'e' || c == 'i' || c == 'o' || c == 'u' ? 'a' : c;
}

unsigned
cs_roll_base_of(const struct cs_term *term, enum cs_roll_base base, char out[CS_TERM_LETTERS_MAX + 2])
{
	const char *from = base == CS_ROLL_TEXT ? term->text : base <= CS_ROLL_MERGED ? term->sound : term->bones;
	unsigned len = base == CS_ROLL_TEXT ? term->len : base <= CS_ROLL_MERGED ? term->sound_len : term->bones_len;
	unsigned n = 0;
	bool joins = base == CS_ROLL_TEXT || base == CS_ROLL_VOWELS || base == CS_ROLL_MERGED;
	if (base >= CS_ROLL_VOWELLED && (cs_term_is_unvowelled(term) != (base == CS_ROLL_UNVOWELLED) || len < 2))
		return 0;
	for (unsigned i = 0; i < len && i < CS_TERM_LETTERS_MAX; i++) {
		char c = base == CS_ROLL_VOWELS   ? without_vowel(from[i])
			 : base == CS_ROLL_MERGED ? merged(from[i])
						  : from[i];
		if (!joins || n == 0 || out[n - 1] != c)
			out[n++] = c;
	}
	if ((base == CS_ROLL_VOWELS && n > CS_ROLL_VOWELS_MAX) || (base == CS_ROLL_MERGED && n < CS_ROLL_MERGED_MIN))
		return 0;
	return n;
}

/* Letters put behind others, of which the last is LAST: of what is written, doubled ones once. */
struct joined {
	uint64_t hash;
	char last;
	bool once;
};

static struct joined
join(struct joined to, const struct run *run, const char *letters, unsigned from, unsigned end)
{
	if (to.once && from < end && letters[from] == to.last)
		from++;
	to.hash = to.hash * run->power[end - from] + piece(run, from, end);
	to.last = from < end ? letters[end - 1] : to.last;
	return to;
}

unsigned
cs_roll_keys(const char *letters, unsigned n, unsigned deletions, enum cs_roll_base base,
	     uint32_t out[CS_ROLL_KEYS_MAX])
{
	struct run run;
	unsigned count = 0;
	run.n = n < CS_TERM_LETTERS_MAX ? n : CS_TERM_LETTERS_MAX;
	run.before[0] = 0, run.power[0] = 1;
	for (unsigned i = 0; i < run.n; i++) {
		run.before[i + 1] = run.before[i] * CS_ROLL_MULTIPLIER + (uint8_t)letters[i];
		run.power[i + 1] = run.power[i] * CS_ROLL_MULTIPLIER;
	}
	n = run.n;
	out[count++] = cs_roll_key_end(run.before[n], base);
	for (unsigned i = 0; deletions > 0 && i < n; i++) {
		if (i > 0 && letters[i] == letters[i - 1])
			continue; /* the same as without the one before */
		const struct joined head = {run.before[i], i > 0 ? letters[i - 1] : 0, base == CS_ROLL_TEXT};
		out[count++] = cs_roll_key_end(join(head, &run, letters, i + 1, n).hash, base);
		for (unsigned j = i + 1; deletions > 1 && j < n; j++) {
			struct joined both = join(head, &run, letters, i + 1, j);
			out[count++] = cs_roll_key_end(join(both, &run, letters, j + 1, n).hash, base);
		}
	}
	return count;
}

/* Keys by which words that a word of Hebrew may spell are those of it, too: they are looked for by their consonants. */
static unsigned
keys_of_spelled(const struct cs_term *word, uint32_t *out)
{
	struct cs_term_spellings spelled;
	unsigned n = 0;
	if (word->script != CS_FOLD_HEBREW)
		return 0;
	cs_term_spell_hebrew(word, &spelled);
	for (unsigned i = 0; i < spelled.n; i++)
		if (spelled.at[i].len > 1)
			out[n++] = cs_roll_key_of(spelled.at[i].letter, spelled.at[i].len, CS_ROLL_UNVOWELLED);
	return n;
}

/* All keys of a word. */
static unsigned
keys_of_word(const struct cs_term *word, uint32_t *out)
{
	char letters[CS_TERM_LETTERS_MAX + 2];
	unsigned n = 0;
	for (unsigned b = 0; b < CS_ROLL_BASES; b++) {
		enum cs_roll_base base = (enum cs_roll_base)b;
		unsigned len = cs_roll_base_of(word, base, letters);
		if (len)
			n += cs_roll_keys(letters, len, cs_roll_deletions(word, len, base), base, out + n);
	}
	return n + keys_of_spelled(word, out + n);
}

static void
shape_buckets(struct cs_roll *roll)
{
	unsigned bits = BUCKET_BITS_MIN;
	while (bits < BUCKET_BITS_MAX && (size_t)1 << bits < roll->key_n)
		bits++;
	unsigned filter_bits = bits;
	bits = bits > BUCKET_KEYS_LOG + BUCKET_BITS_MIN ? bits - BUCKET_KEYS_LOG : BUCKET_BITS_MIN;
	while ((size_t)1 << bits < roll->word_n) /* a word has fewer bits than a bucket */
		bits++;
	roll->buckets = (size_t)1 << bits;
	roll->bucket_shift = 32 - bits;
	unsigned words = filter_bits + FILTER_BITS_A_KEY_LOG - 6;
	roll->filter_words = (size_t)1 << words;
	roll->filter_shift = 32 - words;
}

static void
put_in_filter(struct cs_roll *roll, uint32_t key)
{
	roll->filter[key >> roll->filter_shift] |= UINT64_C(1) << (key & 63) | UINT64_C(1) << (key >> 6 & 63);
}

static void
place_keys(struct cs_roll *roll, uint32_t *keys)
{
	for (uint32_t i = 0; i < roll->word_n; i++) {
		unsigned n = keys_of_word(&roll->word[i], keys);
		for (unsigned k = 0; k < n; k++) {
			uint32_t *at = &roll->key_at[(keys[k] >> roll->bucket_shift) + 1];
			roll->key[(*at)++] = cs_roll_kept_key(roll, keys[k], i);
			put_in_filter(roll, keys[k]);
		}
	}
	for (size_t i = 0; i < roll->run.n; i++)
		put_in_filter(roll, roll->run.at[i].key);
}

/* Keys of all words into their buckets, in two passes over the words: counted, then placed. */
static bool
index_keys(struct cs_roll *roll)
{
	uint32_t *keys = calloc((size_t)CS_ROLL_KEYS_MAX * CS_ROLL_BASES + CS_TERM_SPELLINGS_MAX, sizeof *keys);
	if (!keys)
		return false;
	for (uint32_t i = 0; i < roll->word_n; i++)
		roll->key_n += keys_of_word(&roll->word[i], keys);
	shape_buckets(roll);
	roll->key = calloc(roll->key_n + 1, sizeof *roll->key);
	roll->key_at = calloc(roll->buckets + 2, sizeof *roll->key_at);
	roll->filter = calloc(roll->filter_words, sizeof *roll->filter);
	bool made = roll->key && roll->key_at && roll->filter && roll->key_n < UINT32_MAX &&
		    roll->word_n <= UINT32_C(1) << BUCKET_BITS_MAX;
	for (uint32_t i = 0; made && i < roll->word_n; i++) {
		unsigned n = keys_of_word(&roll->word[i], keys);
		for (unsigned k = 0; k < n; k++)
			roll->key_at[(keys[k] >> roll->bucket_shift) + 2]++;
	}
	for (size_t i = 2; made && i < roll->buckets + 2; i++)
		roll->key_at[i] += roll->key_at[i - 1];
	if (made)
		place_keys(roll, keys);
	free(keys);
	return made;
}

bool
cs_roll_index(struct cs_roll *roll)
{
	return cs_roll_shape(roll) && index_keys(roll);
}
