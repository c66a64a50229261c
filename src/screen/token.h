/*
 * One word of a name, made ready to be compared: its letters, how they sound, its consonants; and the comparison.
 *
 * A token knows nothing of the name it stands in, so equal words are equal tokens byte by byte and a list can keep each
 * once (memcmp and cs_token_hash). The likeness of two tokens may be remembered by who compares a word with many.
 */
#ifndef CS_SCREEN_TOKEN_H
#define CS_SCREEN_TOKEN_H

#include "screen/fold.h"

enum { CS_TOKEN_LETTERS_MAX = 26, CS_TOKEN_SOUND_MAX = 22, CS_TOKEN_BONES_MAX = 12 };

/* 96 bytes; unused bytes are zero. Text longer than its room is cut; `hash` is of the whole. */
struct cs_token {
	char text[CS_TOKEN_LETTERS_MAX + 2];  /* folded letters */
	char sound[CS_TOKEN_SOUND_MAX + 2];   /* spelled as it sounds, so that romanisations agree */
	char bones[CS_TOKEN_BONES_MAX];       /* consonants alone, for Arabic and Hebrew */
	uint32_t hash;                        /* of the folded letters */
	uint32_t raw;                         /* of the letters before folding */
	uint32_t letters;                     /* which letters occur: bit 0 is a, bit 26 a digit */
	uint32_t sounds;                      /* the same of `sound` */
	uint32_t skeleton;                    /* the same of `bones` */
	uint16_t family[2];                   /* spellings and short forms of one given name share one; 0: none */
	uint8_t len, sound_len, bones_len;
	uint8_t script;                       /* enum cs_fold_script */
	uint8_t syllables;                    /* of Chinese it is made of, in pinyin; 0: it is not */
	uint8_t padding[3];
};

enum cs_token_relation {
	CS_TOKEN_OTHER,       /* nothing in common that counts */
	CS_TOKEN_EQUAL,
	CS_TOKEN_SOUND,       /* another romanisation: it sounds the same */
	CS_TOKEN_FAMILY,      /* another form of the same given name */
	CS_TOKEN_EDIT,        /* misspelled */
	CS_TOKEN_BONES,       /* the consonants agree across scripts */
	CS_TOKEN_INITIAL,     /* one is the first letter of the other */
	CS_TOKEN_SHORTENED,   /* one abbreviates the other: mfg, intl, or its beginning */
	CS_TOKEN_RELATIONS,
};

/* How alike two tokens are: 1000 equal, 0 other. */
struct cs_token_likeness {
	uint16_t permille;
	uint8_t relation; /* enum cs_token_relation */
	uint8_t edits;    /* of CS_TOKEN_EDIT: cost in quarters of a plain edit */
};

/* cs_token_make makes a token of N folded letters in SCRIPT; RAW as the fold gave it. */
void cs_token_make(const char *letters, size_t n, uint8_t script, uint32_t raw, struct cs_token *out);

/* cs_token_count_syllables fills `syllables`; cs_token_make leaves it zero. */
void cs_token_count_syllables(struct cs_token *token);

/* cs_token_compare tells how alike two tokens are; symmetric. */
struct cs_token_likeness cs_token_compare(const struct cs_token *a, const struct cs_token *b);

/* cs_token_may_be_alike is false only where cs_token_compare says 0; it looks at hashes, lengths and sets of letters. */
bool cs_token_may_be_alike(const struct cs_token *a, const struct cs_token *b);

/* cs_token_cost is the cost of making one run of letters the other, in quarters of a plain edit; LIMIT + 1 if above LIMIT.
 * Confusable letters, doubled ones, neighbours changing places and vowels cost less. At most 62 letters each. */
unsigned cs_token_cost(struct cs_span a, struct cs_span b, unsigned limit);

#endif
