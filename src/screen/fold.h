/*
 * Names of any script to small Latin letters and digits, in pieces: what all comparing of names begins with.
 *
 * Total and bounded. Any bytes are a name: what is not UTF-8 separates words and is counted; marks over letters, soft
 * hyphens and the controls of writing direction vanish and are counted; a name without letters or digits has no
 * pieces. Reading stops at CS_FOLD_PIECES_MAX pieces, CS_FOLD_LETTERS_MAX letters or CS_FOLD_BYTES_MAX bytes, whichever
 * comes first, and says so (`cut`), so a name of a million characters costs no more than one of four thousand.
 *
 * Each letter is written as it is most often romanised; other ways of writing it are forgiven later, when words are
 * compared (term.h). Han letters and syllables of Hangul are pieces of their own, marked as joined to the one before:
 * which of them make a word is decided by who knows words (name.h).
 */
#ifndef CS_SCREEN_FOLD_H
#define CS_SCREEN_FOLD_H

#include "base/span.h"

enum {
	CS_FOLD_PIECES_MAX = 48,
	CS_FOLD_LETTERS_MAX = 512,
	CS_FOLD_BYTES_MAX = 4096,
	CS_FOLD_PIECE_LETTERS_MAX = 64, /* a longer run of letters goes on as the next piece */
};

enum cs_fold_script {
	CS_FOLD_LATIN,
	CS_FOLD_CYRILLIC,
	CS_FOLD_GREEK,
	CS_FOLD_ARABIC,
	CS_FOLD_HEBREW,
	CS_FOLD_HAN,
	CS_FOLD_KANA,
	CS_FOLD_HANGUL,
	CS_FOLD_OTHER,
};

/* What stood around a piece. */
enum cs_fold_mark {
	CS_FOLD_JOINED = 1,   /* nothing stood before it: the same word goes on (Han, Hangul, "SergeiLavrov") */
	CS_FOLD_HYPHEN = 2,   /* a hyphen stood before it */
	CS_FOLD_COMMA = 4,    /* a comma or semicolon stood before it */
	CS_FOLD_BRACKET = 8,  /* it stands in brackets */
	CS_FOLD_DASH = 16,    /* a dash with spaces stood before it */
	CS_FOLD_COLON = 32,   /* a colon stands after it */
	CS_FOLD_DOT = 64,     /* a full stop stands after it */
	CS_FOLD_ELISION = 128 /* an apostrophe after one letter stands after it: d'Abidjan */
};

struct cs_fold_piece {
	uint16_t start; /* in letters[] */
	uint8_t len;
	uint8_t script;    /* enum cs_fold_script */
	uint8_t marks;     /* enum cs_fold_mark */
	uint16_t from, to; /* bytes of the name it was made of */
	uint32_t raw;      /* of Han and Hangul: hash of its signs before they were romanised */
};

/* Words of some scripts are written in Latin letters in more than one common way (fold_run.h): so many. */
enum { CS_FOLD_READINGS = 2 };

struct cs_folded {
	uint8_t piece_n;
	bool other;         /* another reading may give other words */
	bool cut;           /* a limit was met: the rest was not read */
	uint16_t invalid_n; /* bytes that are no UTF-8 */
	uint16_t dropped_n; /* marks, and controls of writing direction */
	uint16_t letter_n;
	struct cs_fold_piece piece[CS_FOLD_PIECES_MAX];
	char letters[CS_FOLD_LETTERS_MAX]; /* a-z and 0-9 */
};

/* cs_fold_as reads a name by one of CS_FOLD_READINGS readings. */
void cs_fold_as(struct cs_span name, unsigned reading, struct cs_folded *out);

/* cs_fold reads a name by the first of them. Pieces and letters beyond those that are counted are not written. */
void cs_fold(struct cs_span name, struct cs_folded *out);

#endif
