/*
 * What a search looks at where words are written together or apart: words by their letters without vowels, forms by words that
 * stand side by side, and a filter of the consonants of words that are written without vowels. See roll_run.h.
 */
#include "screen/roll_run.h"

#include <stdlib.h>

enum { RUN_MAX = 3, INDEX_BITS_MAX = 28, BONES_BITS_A_KEY = 16, BONES_BITS_MIN = 12, BONES_BITS_MAX = 20 };

static int
order_of_codes(const void *a, const void *b)
{
	const struct cs_roll_code *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

void
cs_roll_codes_sort(struct cs_roll_codes *codes)
{
	enum { BUCKETS = 1 << 16, SHIFT = 16 };
	struct cs_roll_code *to = calloc(codes->n + 1, sizeof *to);
	size_t *from = calloc(BUCKETS + 2, sizeof *from);
	for (size_t i = 0; to && from && i < codes->n; i++)
		from[(codes->at[i].key >> SHIFT) + 2]++;
	for (size_t b = 2; to && from && b < BUCKETS + 2; b++)
		from[b] += from[b - 1];
	for (size_t i = 0; to && from && i < codes->n; i++)
		to[from[(codes->at[i].key >> SHIFT) + 1]++] = codes->at[i];
	for (size_t b = 0; to && from && b < BUCKETS; b++)
		qsort(to + from[b], from[b + 1] - from[b], sizeof *to, order_of_codes);
	if (to && from)
		memcpy(codes->at, to, codes->n * sizeof *to);
	else /* slower, but it wants no room */
		qsort(codes->at, codes->n, sizeof *codes->at, order_of_codes);
	free(to);
	free(from);
}

bool
cs_roll_codes_index(struct cs_roll_codes *codes)
{
	unsigned bits = 1;
	while (bits < INDEX_BITS_MAX && (size_t)1 << bits < codes->n)
		bits++;
	codes->shift = 32 - bits;
	codes->from = calloc(((size_t)1 << bits) + 1, sizeof *codes->from);
	if (!codes->from || codes->n > UINT32_MAX)
		return false;
	for (size_t i = 0; i < codes->n; i++)
		codes->from[(codes->at[i].key >> codes->shift) + 1]++;
	for (size_t i = 0; i < (size_t)1 << bits; i++)
		codes->from[i + 1] += codes->from[i];
	return true;
}

const struct cs_roll_code *
cs_roll_codes_of(const struct cs_roll_codes *codes, uint32_t key, size_t *n)
{
	size_t low = 0, high = codes->n;
	if (codes->from) {
		low = codes->from[key >> codes->shift];
		high = codes->from[(key >> codes->shift) + 1];
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (codes->at[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < codes->n && codes->at[high].key == key;)
		high++;
	*n = high - low;
	return codes->at + low;
}

unsigned
cs_roll_skeleton(const char *letters, unsigned n, char out[CS_TERM_LETTERS_MAX + 1])
{
	unsigned len = 0;
	for (unsigned i = 0; i < n; i++) {
		char c = cs_roll_bare_of(letters[i]);
		if (c == 'x' && len + 1 < CS_TERM_LETTERS_MAX && (len == 0 || out[len - 1] != 'k'))
			out[len++] = 'k';
		c = c == 'x' ? 's' : c;
		if (c && len < CS_TERM_LETTERS_MAX && (len == 0 || out[len - 1] != c))
			out[len++] = c;
	}
	if (len < CS_ROLL_SKELETON_MIN)
		return 0;
	out[len] = cs_roll_bare_end(letters[0], letters[n - 1]);
	return len + 1;
}

/* Keys of a run of words: its letters without vowels, and its consonants as Arabic would have them; how many. */
static unsigned
keys_of_run(const char *letters, unsigned len, const struct cs_term *first, uint32_t out[2])
{
	char bare[CS_TERM_LETTERS_MAX + 1];
	struct cs_term term;
	unsigned keys = 0, n = cs_roll_skeleton(letters, len, bare);
	if (n)
		out[keys++] = cs_roll_key_of(bare, n, CS_ROLL_RUN);
	if (!cs_term_is_unvowelled(first))
		return keys;
	cs_term_make(letters, len, first->script, 0, &term);
	if (term.bones_len >= CS_LIKENESS_GLUED_BONES)
		out[keys++] = cs_roll_key_of(term.bones, term.bones_len, CS_ROLL_UNVOWELLED);
	return keys;
}

/* The runs of words of a form that might be written together; at most four a part. */
static unsigned
runs_of_form(const struct cs_roll *roll, uint32_t number, struct cs_roll_code *out)
{
	struct cs_name name = cs_roll_form_name(roll, number);
	unsigned n = 0;
	for (unsigned at = 0; at + 1 < name.part_n; at++) {
		char letters[CS_TERM_LETTERS_MAX];
		unsigned len = 0;
		uint32_t set = 0;
		bool any = false, unvowelled = false;
		for (unsigned i = at; i < at + RUN_MAX && i < name.part_n; i++) {
			const struct cs_term *term = &name.token[name.part[i].token];
			if (len + term->len > CS_TERM_LETTERS_MAX)
				break;
			memcpy(letters + len, term->text, term->len);
			len += term->len;
			set |= term->letters;
			unvowelled |= cs_term_is_unvowelled(term);
			any |= name.part[i].class <= CS_NAME_TRADE;
			uint32_t key[2];
			if (i == at || !any || len < CS_LIKENESS_GLUED_LETTERS)
				continue;
			unsigned keys = keys_of_run(letters, len, &name.token[name.part[at].token], key);
			for (unsigned k = 0; k < keys; k++)
				out[n++] = (struct cs_roll_code){key[k], CS_ROLL_RUN_FORM | number,
								 unvowelled ? 0 : cs_roll_run_sign(set, len)};
		}
	}
	return n;
}

/* A word that might be such a run, by its letters without vowels; how many: one or none. */
static unsigned
run_of_word(const struct cs_roll *roll, uint32_t number, struct cs_roll_code *out)
{
	char bare[CS_TERM_LETTERS_MAX + 1];
	const struct cs_term *word = &roll->word[number];
	unsigned n = cs_roll_skeleton(word->text, word->len, bare);
	if (n == 0 || word->len < CS_LIKENESS_GLUED_LETTERS)
		return 0;
	*out = (struct cs_roll_code){cs_roll_key_of(bare, n, CS_ROLL_RUN), number, 0};
	return 1;
}

static bool
list_runs(struct cs_roll *roll)
{
	struct cs_roll_code some[CS_NAME_PARTS_MAX * 4];
	size_t n = 0;
	for (uint32_t i = 0; i < roll->form_n; i++)
		roll->run.n += runs_of_form(roll, i, some);
	for (uint32_t i = 0; i < roll->word_n; i++)
		roll->run.n += run_of_word(roll, i, some);
	roll->run.at = calloc(roll->run.n + 1, sizeof *roll->run.at);
	if (!roll->run.at || roll->word_n >= CS_ROLL_RUN_FORM || roll->form_n >= CS_ROLL_RUN_FORM)
		return false;
	for (uint32_t i = 0; i < roll->form_n; i++)
		n += runs_of_form(roll, i, roll->run.at + n);
	for (uint32_t i = 0; i < roll->word_n; i++)
		n += run_of_word(roll, i, roll->run.at + n);
	cs_roll_codes_sort(&roll->run);
	return cs_roll_codes_index(&roll->run);
}

/* Keys of a word by its consonants, when it has no vowels. */
static unsigned
bones_of_word(const struct cs_term *word, uint32_t key[CS_ROLL_KEYS_MAX])
{
	char bones[CS_TERM_LETTERS_MAX + 2];
	unsigned n = cs_roll_base_of(word, CS_ROLL_UNVOWELLED, bones);
	return n ? cs_roll_keys(bones, n, cs_roll_deletions(word, n, CS_ROLL_UNVOWELLED), CS_ROLL_UNVOWELLED, key) : 0;
}

static void
put_in_filter(struct cs_roll *roll, uint32_t key)
{
	uint32_t upper = key >> roll->bones_shift, lower = key << roll->bones_shift >> roll->bones_shift;
	roll->bones_filter[upper / 64] |= UINT64_C(1) << upper % 64;
	roll->bones_filter[lower / 64] |= UINT64_C(1) << lower % 64;
}

/* Lists words without vowels by their consonants, and makes the filter: a key has a bit by its upper and one by its lower bits. */
static bool
list_bones(struct cs_roll *roll)
{
	uint32_t key[CS_ROLL_KEYS_MAX];
	unsigned bits = BONES_BITS_MIN;
	size_t n = 0;
	for (uint32_t i = 0; i < roll->word_n; i++)
		roll->bones.n += bones_of_word(&roll->word[i], key);
	while (bits < BONES_BITS_MAX && (size_t)1 << bits < roll->bones.n * BONES_BITS_A_KEY)
		bits++;
	roll->bones_shift = 32 - bits;
	roll->bones_filter = calloc(((size_t)1 << bits) / 64, sizeof *roll->bones_filter);
	roll->bones.at = calloc(roll->bones.n + 1, sizeof *roll->bones.at);
	if (!roll->bones_filter || !roll->bones.at)
		return false;
	for (uint32_t i = 0; i < roll->word_n; i++) {
		unsigned of_word = bones_of_word(&roll->word[i], key);
		for (unsigned k = 0; k < of_word; k++) {
			roll->bones.at[n++] = (struct cs_roll_code){key[k], i, roll->word[i].skeleton};
			put_in_filter(roll, key[k]);
		}
	}
	cs_roll_codes_sort(&roll->bones);
	return cs_roll_codes_index(&roll->bones);
}

bool
cs_roll_glue(struct cs_roll *roll)
{
	return list_runs(roll) && list_bones(roll);
}

void
cs_roll_glue_free(struct cs_roll *roll)
{
	free(roll->run.at);
	free(roll->run.from);
	free(roll->bones.at);
	free(roll->bones.from);
	free(roll->bones_filter);
}

size_t
cs_roll_codes_bytes(const struct cs_roll_codes *codes)
{
	return codes->n * sizeof *codes->at + ((size_t)1 << (32 - codes->shift)) * sizeof *codes->from;
}

size_t
cs_roll_glue_bytes(const struct cs_roll *roll)
{
	return cs_roll_codes_bytes(&roll->run) + cs_roll_codes_bytes(&roll->bones) +
	       ((size_t)1 << (32 - roll->bones_shift)) / 8;
}
