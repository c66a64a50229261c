/*
 * One word of a name, made ready to be compared: its letters, how they sound, its consonants; and the comparison.
 *
 * A token knows nothing of the name it stands in, so equal words are equal tokens byte by byte and a list can keep each
 * once (memcmp and cs_term_hash). The likeness of two tokens may be remembered by who compares a word with many.
 */
#ifndef CS_SCREEN_TERM_H
#define CS_SCREEN_TERM_H

#include "screen/fold.h"
#include "screen/likeness.h"

enum { CS_TERM_LETTERS_MAX = 26, CS_TERM_SOUND_MAX = 22, CS_TERM_BONES_MAX = 12 };

/* 96 bytes; unused bytes are zero. Text longer than its room is cut; `hash` is of the whole. */
struct cs_term {
	char text[CS_TERM_LETTERS_MAX + 2]; /* folded letters */
	char sound[CS_TERM_SOUND_MAX + 2];  /* spelled as it sounds, so that romanisations agree */
	char bones[CS_TERM_BONES_MAX];      /* consonants alone, for Arabic and Hebrew */
	uint32_t hash;                      /* of the folded letters */
	uint32_t raw;                       /* of Han and Hangul: of the signs before folding */
	uint32_t letters;                   /* which letters occur: bit 0 is a, bit 26 a digit */
	uint32_t sounds;                    /* the same of `sound` */
	uint32_t skeleton;                  /* the same of `bones` */
	uint16_t family[2];                 /* spellings and short forms of one given name share one; 0: none */
	uint8_t len, sound_len, bones_len;
	uint8_t script;    /* enum cs_fold_script */
	uint8_t syllables; /* of Chinese it is made of, in pinyin; 0: it is not */
	uint8_t padding[3];
};

enum cs_term_relation {
	CS_TERM_OTHER, /* nothing in common that counts */
	CS_TERM_EQUAL,
	CS_TERM_SOUND,     /* another romanisation: it sounds the same */
	CS_TERM_FAMILY,    /* another form of the same given name */
	CS_TERM_EDIT,      /* misspelled */
	CS_TERM_BONES,     /* the consonants agree across scripts */
	CS_TERM_INITIAL,   /* one is the first letter of the other */
	CS_TERM_SHORTENED, /* one abbreviates the other: mfg, intl, or its beginning */
	CS_TERM_RELATIONS,
};

/* How alike two tokens are: 1000 equal, 0 other. */
struct cs_term_likeness {
	uint16_t permille;
	uint8_t relation; /* enum cs_term_relation */
	uint8_t edits;    /* of CS_TERM_EDIT: cost in quarters of a plain edit */
};

/* cs_term_make makes a token of N folded letters in SCRIPT; RAW as the fold gave it. */
void cs_term_make(const char *letters, size_t n, uint8_t script, uint32_t raw, struct cs_term *out);

/* cs_term_spell makes a token of which nothing is told but its letters: who compares it with another makes it whole. */
void cs_term_spell(const char *letters, size_t n, uint8_t script, uint32_t raw, struct cs_term *out);

/* cs_term_count_syllables fills `syllables`; cs_term_make leaves it zero. */
void cs_term_count_syllables(struct cs_term *token);

/* cs_term_compare tells how alike two tokens are, when that is at least LEAST (thousandths; 0 and 1: whatever it is), else that
 * they are other words, as soon as that is known; symmetric. */
struct cs_term_likeness cs_term_compare(const struct cs_term *a, const struct cs_term *b, unsigned least);

enum { CS_TERM_MANY = 16, CS_TERM_LANE_LETTERS = 16, CS_TERM_LANE_KINDS = CS_TERM_LANE_LETTERS + 1 };

/* What is read of a word when it is compared with many at once: 56 bytes. */
struct cs_term_lane {
	uint32_t letters, sounds, hash, skeleton; /* as in cs_term */
	uint8_t len, sound_len;
	uint8_t kind; /* bits of its own: see cs_term_is_alone */
	bool doubled; /* a letter stands twice */
	bool plain;   /* it sounds as it is written */
	uint8_t bones_len, padding[2];
	char text[CS_TERM_LANE_LETTERS], sound[CS_TERM_LANE_LETTERS];
};

/* A run of letters that is compared with many. */
struct cs_term_run {
	const char *letter;
	unsigned len;
	uint8_t first[CS_TERM_LANE_LETTERS]; /* where its letter stands first */
	uint8_t more[CS_TERM_LANE_LETTERS];  /* what it costs that it is more */
	/* The letters that are in it, each in all lanes, and where each stands: a bit for each of the first eight, and of the others. */
	unsigned kind_n;
	uint8_t kind[CS_TERM_LANE_KINDS][CS_TERM_MANY], places[2][CS_TERM_LANE_KINDS][CS_TERM_MANY];
};

/* A word that is compared with many. Points to the word. */
struct cs_term_many {
	const struct cs_term *term;
	unsigned least;
	uint8_t against;                       /* kinds of words that it is not compared with so */
	bool plain;                            /* it sounds as it is written */
	uint8_t most[CS_TERM_LETTERS_MAX + 1]; /* by the length of the longer word: what a misspelling may cost */
	struct cs_term_run text, sound;
};

/* cs_term_lane_of makes a word ready to be one of many. */
struct cs_term_lane cs_term_lane_of(const struct cs_term *term);

/* cs_term_many_begin makes a word ready to be compared with many. LEAST as in cs_term_compare. */
void cs_term_many_begin(struct cs_term_many *many, const struct cs_term *term, unsigned least);

/* cs_term_is_alone tells whether a word is to be compared by cs_term_compare: it may be more than a misspelling, or is too long. */
static inline bool
cs_term_is_alone(const struct cs_term_many *many, const struct cs_term_lane *lane)
{
	const struct cs_term *term = many->term;
	bool same =
		(term->hash == lane->hash) | ((term->sounds == lane->sounds) & (term->sound_len == lane->sound_len));
	bool swapped = (term->len <= 3) & (term->letters == lane->letters); /* see term.c */
	return same | swapped | ((many->against & lane->kind) != 0);
}

/* cs_term_sounds_apart tells whether how two words sound may make them more alike than what is written. */
static inline bool
cs_term_sounds_apart(const struct cs_term_many *many, const struct cs_term_lane *lane)
{
	return !(many->plain & lane->plain);
}

/* cs_term_is_apart tells that a word that is alone is not like it: they are of two kinds of scripts, and of other consonants. */
bool cs_term_is_apart(const struct cs_term_many *many, const struct cs_term_lane *lane);

/* cs_term_many_edits tells which of N words, at most CS_TERM_MANY and none alone, have no more plain edits than a misspelling has, one
 * bit each: of what is written, or of how it sounds (SOUNDS). */
unsigned cs_term_many_edits(const struct cs_term_many *many, bool sounds, const struct cs_term_lane *const *lane,
			    unsigned n);

/* cs_term_many_weigh weighs the misspelling of each of N words, at most CS_TERM_MANY that have few edits. LEFT
 * is 0 where it costs too much; else it is for cs_term_many_likeness. */
void cs_term_many_weigh(const struct cs_term_many *many, bool sounds, const struct cs_term_lane *const *lane,
			unsigned n, uint8_t *left);

/* cs_term_many_likeness is cs_term_compare with a word that is not alone, of which WRITTEN and SOUNDING were found. */
struct cs_term_likeness cs_term_many_likeness(const struct cs_term_many *many, const struct cs_term_lane *lane,
					      unsigned written, unsigned sounding);

/* cs_term_may_be_alike is false only where cs_term_compare says 0; it looks at hashes, lengths and sets of letters. */
bool cs_term_may_be_alike(const struct cs_term *a, const struct cs_term *b);

/* cs_term_cost is the cost of making one run of letters the other, in quarters of a plain edit; LIMIT + 1 if above LIMIT.
 * Confusable letters, doubled ones, neighbours changing places and vowels cost less. At most 62 letters each. */
unsigned cs_term_cost(struct cs_span a, struct cs_span b, unsigned limit);

/* cs_term_bits counts the letters of a set. */
static inline unsigned
cs_term_bits(uint32_t set)
{
	set -= set >> 1 & 0x55555555;
	set = (set & 0x33333333) + (set >> 2 & 0x33333333);
	return ((set + (set >> 4)) & 0x0f0f0f0f) * 0x01010101u >> 24;
}

/* cs_term_is_hebrew tells whether one of two words is Hebrew, and the other of a script with vowels. */
static inline bool
cs_term_is_hebrew(const struct cs_term *a, const struct cs_term *b)
{
	return (a->script == CS_FOLD_HEBREW && b->script != CS_FOLD_HEBREW && b->script != CS_FOLD_ARABIC) ||
	       (b->script == CS_FOLD_HEBREW && a->script != CS_FOLD_HEBREW && a->script != CS_FOLD_ARABIC);
}

/* cs_term_is_spelled tells whether a word of Hebrew spells the other of two words, and not only has its consonants. */
bool cs_term_is_spelled(const struct cs_term *a, const struct cs_term *b);

enum { CS_TERM_SPELLINGS_MAX = 512 };

/* Consonants, as in cs_term. */
struct cs_term_bones {
	char letter[CS_TERM_BONES_MAX];
	uint8_t len;
};

/* Consonants of the words that a word of Hebrew may spell; some may stand there twice. */
struct cs_term_spellings {
	struct cs_term_bones at[CS_TERM_SPELLINGS_MAX];
	unsigned n;
	bool cut; /* there was no room for all */
};

/* cs_term_spell_hebrew gives them: none, when the word has letters that Hebrew has not. */
void cs_term_spell_hebrew(const struct cs_term *hebrew, struct cs_term_spellings *out);

/* cs_term_is_unvowelled tells whether a word is written without its vowels. */
static inline bool
cs_term_is_unvowelled(const struct cs_term *t)
{
	return (t->script == CS_FOLD_ARABIC) | (t->script == CS_FOLD_HEBREW);
}

#endif
