/*
 * The channels of a roll: keys of deletions for each word (its letters and its sounds), consonants for words of other scripts,
 * forms by word, and forms by code (families of given names, trades, places, numbers, initials, first letters of firms).
 *
 * Keys lie in buckets of one or two, chosen by the upper bits of their hash; in front of them stands a filter of two bits a
 * key, both in one word of it, that turns away nearly all keys that are not there.
 */
#include "base/hash.h"
#include "screen/roll_parts.h"

#include <stdlib.h>

enum { BUCKET_BITS_MIN = 8, BUCKET_BITS_MAX = 28, FILTER_BITS_A_KEY_LOG = 3, LETTERS_MIN = 3, LETTERS_MAX = 6 };

#define MULTIPLIER UINT64_C(0x9e3779b97f4a7c15)

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

static uint32_t
finish(uint64_t hash, enum cs_roll_base base)
{
	return (uint32_t)(cs_hash_mix(hash, base) >> 16);
}

unsigned
cs_roll_keys(const char *letters, unsigned n, unsigned deletions, enum cs_roll_base base,
	     uint32_t out[CS_ROLL_KEYS_MAX])
{
	struct run run = {.n = n < 62 ? n : 62};
	unsigned count = 0;
	run.before[0] = 0, run.power[0] = 1;
	for (unsigned i = 0; i < run.n; i++) {
		run.before[i + 1] = run.before[i] * MULTIPLIER + (uint8_t)letters[i];
		run.power[i + 1] = run.power[i] * MULTIPLIER;
	}
	n = run.n;
	out[count++] = finish(run.before[n], base);
	for (unsigned i = 0; deletions > 0 && i < n; i++) {
		if (i > 0 && letters[i] == letters[i - 1])
			continue; /* the same as without the one before */
		out[count++] = finish(run.before[i] * run.power[n - i - 1] + piece(&run, i + 1, n), base);
		for (unsigned j = i + 1; deletions > 1 && j < n; j++) {
			uint64_t head = run.before[i] * run.power[j - i - 1] + piece(&run, i + 1, j);
			out[count++] = finish(head * run.power[n - j - 1] + piece(&run, j + 1, n), base);
		}
	}
	return count;
}

static bool
identifies(const struct cs_name_part *part)
{
	return part->class <= CS_NAME_TRADE && !(part->marks & CS_NAME_ASIDE);
}

struct cs_roll_sign
cs_roll_sign_of(const struct cs_term *term)
{
	return (struct cs_roll_sign){
		.letters = term->letters,
		.sounds = term->sounds,
		.len = term->len,
		.sound_len = term->sound_len,
		.bones_len = term->bones_len,
		.first = term->text[0],
		.last = term->len ? term->text[term->len - 1] : 0,
		.unvowelled = term->script == CS_FOLD_ARABIC || term->script == CS_FOLD_HEBREW,
		.family = term->family[0] != 0,
	};
}

static bool
index_signs(struct cs_roll *roll)
{
	roll->sign = calloc((size_t)roll->part_n + 1, sizeof *roll->sign);
	for (uint32_t i = 0; roll->sign && i < roll->part_n; i++)
		roll->sign[i] = cs_roll_sign_of(&roll->word[roll->part[i].token]);
	return roll->sign != NULL;
}

/* Forms by word, by counting. */
static bool
index_words(struct cs_roll *roll)
{
	roll->posting_at = calloc((size_t)roll->word_n + 2, sizeof *roll->posting_at);
	roll->posting = calloc((size_t)roll->part_n + 1, sizeof *roll->posting);
	roll->small = calloc((size_t)roll->word_n + 1, sizeof *roll->small);
	if (!roll->posting_at || !roll->posting || !roll->small)
		return false;
	for (uint32_t i = 0; i < roll->part_n; i++)
		roll->small[roll->part[i].token] |= roll->part[i].class > CS_NAME_TRADE;
	for (uint32_t i = 0; i < roll->part_n; i++)
		if (identifies(&roll->part[i]))
			roll->posting_at[roll->part[i].token + 2]++, roll->posting_n++;
	for (uint32_t i = 2; i < roll->word_n + 2; i++)
		roll->posting_at[i] += roll->posting_at[i - 1];
	for (uint32_t form = 0; form < roll->form_n; form++)
		for (unsigned i = 0; i < roll->form[form].part_n; i++) {
			const struct cs_name_part *part = &roll->part[roll->form[form].part_at + i];
			if (identifies(part))
				roll->posting[roll->posting_at[part->token + 1]++] = form;
		}
	return true;
}

/* All keys of a word. */
static unsigned
keys_of_word(const struct cs_term *word, uint32_t *out)
{
	bool unvowelled = word->script == CS_FOLD_ARABIC || word->script == CS_FOLD_HEBREW;
	enum cs_roll_base bones = unvowelled ? CS_ROLL_UNVOWELLED : CS_ROLL_VOWELLED;
	unsigned n = cs_roll_keys(word->text, word->len, cs_roll_deletions(word->len, CS_ROLL_TEXT), CS_ROLL_TEXT, out);
	if (word->sound_len)
		n += cs_roll_keys(word->sound, word->sound_len, cs_roll_deletions(word->sound_len, CS_ROLL_SOUND),
				  CS_ROLL_SOUND, out + n);
	if (word->bones_len > 1)
		n += cs_roll_keys(word->bones, word->bones_len, cs_roll_deletions(word->bones_len, bones), bones,
				  out + n);
	return n;
}

static void
shape_buckets(struct cs_roll *roll)
{
	unsigned bits = BUCKET_BITS_MIN;
	while (bits < BUCKET_BITS_MAX && (size_t)1 << bits < roll->key_n)
		bits++;
	roll->buckets = (size_t)1 << bits;
	roll->bucket_shift = 32 - bits;
	unsigned words = bits + FILTER_BITS_A_KEY_LOG - 6;
	roll->filter_words = (size_t)1 << words;
	roll->filter_shift = 32 - words;
}

static void
place_keys(struct cs_roll *roll, uint32_t *keys)
{
	for (uint32_t i = 0; i < roll->word_n; i++) {
		unsigned n = keys_of_word(&roll->word[i], keys);
		for (unsigned k = 0; k < n; k++) {
			uint32_t *at = &roll->key_at[(keys[k] >> roll->bucket_shift) + 1];
			roll->key[(*at)++] = (struct cs_roll_key){keys[k], i};
			roll->filter[keys[k] >> roll->filter_shift] |=
				UINT64_C(1) << (keys[k] & 63) | UINT64_C(1) << (keys[k] >> 6 & 63);
		}
	}
}

/* Keys of all words into their buckets, in two passes over the words: counted, then placed. */
static bool
index_keys(struct cs_roll *roll)
{
	enum { BASES = 3 };
	uint32_t *keys = calloc((size_t)CS_ROLL_KEYS_MAX * BASES, sizeof *keys);
	if (!keys)
		return false;
	for (uint32_t i = 0; i < roll->word_n; i++)
		roll->key_n += keys_of_word(&roll->word[i], keys);
	shape_buckets(roll);
	roll->key = calloc(roll->key_n + 1, sizeof *roll->key);
	roll->key_at = calloc(roll->buckets + 2, sizeof *roll->key_at);
	roll->filter = calloc(roll->filter_words, sizeof *roll->filter);
	bool made = roll->key && roll->key_at && roll->filter && roll->key_n < UINT32_MAX;
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

unsigned
cs_roll_first_letters(const struct cs_name *name, bool forms, char out[8])
{
	unsigned n = 0;
	for (unsigned i = 0; i < name->part_n; i++) {
		const struct cs_name_part *part = &name->part[i];
		if (part->class > CS_NAME_TRADE && !(forms && part->class == CS_NAME_FORM))
			continue;
		if (n == LETTERS_MAX)
			return 0;
		out[n++] = name->token[part->token].text[0];
	}
	return n < LETTERS_MIN ? 0 : n;
}

/* The codes of a form; at most 3 a part and two for first letters. */
static unsigned
codes_of_form(const struct cs_roll *roll, uint32_t number, struct cs_roll_code *out)
{
	struct cs_name name = cs_roll_form_name(roll, number);
	unsigned n = 0;
	char letters[8];
	for (unsigned i = 0; i < name.part_n; i++) {
		const struct cs_name_part *part = &name.part[i];
		const struct cs_term *term = &name.token[part->token];
		if (!identifies(part))
			continue;
		for (unsigned f = 0; f < 2; f++)
			if (term->family[f])
				out[n++] = (struct cs_roll_code){cs_roll_code_key(CS_ROLL_CODE_FAMILY, term->family[f]),
								 number};
		if (part->class == CS_NAME_PLACE || part->class == CS_NAME_TRADE || part->class == CS_NAME_NUMBER)
			out[n++] = (struct cs_roll_code){cs_roll_code_key(part->class, part->code), number};
		else if (term->len == 1)
			out[n++] = (struct cs_roll_code){cs_roll_code_key(CS_NAME_INITIAL, (uint8_t)term->text[0]),
							 number};
	}
	for (unsigned forms = 0; forms < 2 && name.kind == CS_NAME_ORGANISATION; forms++) {
		unsigned len = cs_roll_first_letters(&name, forms, letters);
		uint32_t hash = (uint32_t)cs_hash_bytes((struct cs_span){(const uint8_t *)letters, len}, 0);
		if (len)
			out[n++] = (struct cs_roll_code){cs_roll_code_key(CS_ROLL_CODE_LETTERS, hash), number};
	}
	return n;
}

static int
order_of_codes(const void *a, const void *b)
{
	const struct cs_roll_code *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->form > y->form) - (x->form < y->form);
}

static bool
index_codes(struct cs_roll *roll)
{
	struct cs_roll_code of_form[CS_NAME_PARTS_MAX * 3 + 2];
	for (uint32_t i = 0; i < roll->form_n; i++)
		roll->code_n += codes_of_form(roll, i, of_form);
	roll->code = calloc(roll->code_n + 1, sizeof *roll->code);
	if (!roll->code)
		return false;
	size_t n = 0;
	for (uint32_t i = 0; i < roll->form_n; i++)
		n += codes_of_form(roll, i, roll->code + n);
	qsort(roll->code, n, sizeof *roll->code, order_of_codes);
	return true;
}

bool
cs_roll_index(struct cs_roll *roll)
{
	return index_signs(roll) && index_words(roll) && index_keys(roll) && index_codes(roll);
}
