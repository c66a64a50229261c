/*
 * Words that were looked for, each kept once, so that a desk for another roll can look for them before it is asked: see roll.h.
 *
 * One thread puts words in, one at a time, and says how many there are when a word lies there; others read no more than that. So nobody
 * waits. When it is full it stays as it is: what is asked for often came early.
 */
#include "base/hash.h"
#include "screen/roll_parts.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { WORDS = 1 << 14, SLOTS = WORDS * 2 };

struct cs_roll_words {
	_Atomic uint32_t n;
	uint32_t slot[SLOTS]; /* number + 1; 0: free; of the thread that puts words in */
	struct cs_term word[WORDS];
};

struct cs_roll_words *
cs_roll_words_new(void)
{
	return calloc(1, sizeof(struct cs_roll_words));
}

void
cs_roll_words_free(struct cs_roll_words *words)
{
	free(words);
}

unsigned
cs_roll_words_n(const struct cs_roll_words *words)
{
	return atomic_load_explicit(&words->n, memory_order_acquire);
}

void
cs_roll_words_put(struct cs_roll_words *words, const struct cs_term *term)
{
	uint32_t n = atomic_load_explicit(&words->n, memory_order_relaxed);
	size_t at = cs_hash_mix(term->hash, term->raw) % SLOTS;
	if (n == WORDS)
		return;
	for (; words->slot[at]; at = (at + 1) % SLOTS)
		if (memcmp(&words->word[words->slot[at] - 1], term, sizeof *term) == 0)
			return;
	words->slot[at] = n + 1;
	words->word[n] = *term;
	atomic_store_explicit(&words->n, n + 1, memory_order_release);
}

void
cs_roll_desk_note_words(struct cs_roll_desk *desk, struct cs_roll_words *words)
{
	desk->words = words;
}

void
cs_roll_desk_prepare(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_words *words)
{
	struct cs_roll_words *noted = desk->words;
	desk->words = NULL;
	for (uint32_t i = cs_roll_words_n(words); i-- > 0;) { /* the first, which are the commonest, are the youngest */
		struct cs_roll_alike alike;
		cs_roll_alike_to(roll, desk, &words->word[i], &alike);
	}
	desk->words = noted;
}
