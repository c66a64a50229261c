/*
 * Scripts whose letters cannot be romanised one by one: which vowel is spoken, or whether a consonant is written twice, shows
 * only in the word. cs_fold hands over the signs of one script that stand together.
 *
 * What there is more than one common way of writing for has two readings: 0 by the system that is named in the file, 1 as
 * people also write it. A word that both write alike has one.
 */
#ifndef CS_SCREEN_FOLD_RUN_H
#define CS_SCREEN_FOLD_RUN_H

#include "base/span.h"

enum {
	CS_FOLD_RUN_SIGNS_MAX = 64,    /* a longer run goes on as the next one */
	CS_FOLD_RUN_LETTERS_MAX = 320, /* no sign gives more than five */
	CS_FOLD_GERESH = 0x05f3,       /* a sign behind a letter of Hebrew, however it was typed */
};

/* Signs of one script, and what they are in Latin letters. */
struct cs_fold_run {
	int32_t sign[CS_FOLD_RUN_SIGNS_MAX];
	unsigned n;
	unsigned reading; /* 0 or 1 */
	bool other;       /* told: the other reading may be another word */
	unsigned len;     /* of letters[] */
	char letters[CS_FOLD_RUN_LETTERS_MAX];
};

/* cs_fold_run_put adds letters to a run; what there is no room for is left out. */
static inline void
cs_fold_run_put(struct cs_fold_run *run, const char *letters)
{
	for (; *letters && run->len < CS_FOLD_RUN_LETTERS_MAX; letters++)
		run->letters[run->len++] = *letters;
}

/* cs_fold_kana reads Hiragana and Katakana, of full and half width. */
void cs_fold_kana(struct cs_fold_run *run);

/* cs_fold_hebrew_takes_geresh tells whether a letter is another one with a geresh behind it. */
bool cs_fold_hebrew_takes_geresh(int32_t sign);

/* cs_fold_hebrew reads Hebrew and its marks. */
void cs_fold_hebrew(struct cs_fold_run *run);

/* cs_fold_indic reads a script of India of the blocks U+0900 to U+0D7F, all signs of one of them. */
void cs_fold_indic(struct cs_fold_run *run);

/* cs_fold_thai reads Thai. */
void cs_fold_thai(struct cs_fold_run *run);

#endif
