/*
 * Names and identifiers in running text: remittance information, instructions, addresses.
 *
 * A word that is rare among the names of the lists opens a window of CS_PROSE_REACH words to each side; runs of words within it
 * are looked up as names. Words that begin or end such a run stand in a listed name themselves, or right beside the rare word.
 * So the cost grows with the words of the text, whatever it says. A run of letters and digits is looked up as an identifier,
 * exactly. What a line end of a full line cut in two is tried as one, too.
 *
 * Who knows the names is asked through cs_prose_asked, so that this is as pure as the rest. Total and bounded: any bytes are text.
 */
#ifndef CS_SCREEN_PROSE_H
#define CS_SCREEN_PROSE_H

#include "screen/name.h"

enum {
	CS_PROSE_BYTES_MAX = 16384, /* of a text; the rest is not read */
	CS_PROSE_WORDS_MAX = 4096,
	CS_PROSE_REACH = 4,
	CS_PROSE_SEARCHES_MAX = 1024, /* of a text, and as many identifiers */
	CS_PROSE_HITS_MAX = 32,
	CS_PROSE_BEST_MAX = 4, /* entries told of one run of words */
	CS_PROSE_SURE = 1000,  /* the score of an identifier */
};

struct cs_prose_hit {
	uint32_t entry, name; /* numbers of who was asked; of an identifier `name` says nothing */
	uint16_t score;
	bool identifier;
	uint32_t from, to; /* bytes of the text */
};

/* Who knows the names. */
struct cs_prose_asked {
	/* How much a word says among the names that are known, in tenths of a bit; 0: it is in none. */
	uint16_t (*weight)(void *context, const struct cs_term *word);
	/* Fills entry, name and score of the best entries that reach the line; gives how many, at most CAP. */
	unsigned (*search)(void *context, struct cs_span name, struct cs_prose_hit *out, unsigned cap);
	/* Fills entry of those that have this identifier, whatever separators stand in it. */
	unsigned (*identify)(void *context, struct cs_span text, struct cs_prose_hit *out, unsigned cap);
	void *context;
	const struct cs_lexicon *lexicon;
	uint16_t rare;  /* a proper name of this weight opens a window */
	uint16_t least; /* the proper names of a run that is looked up weigh as much together */
	uint16_t alone; /* a word of this weight is looked up by itself */
};

struct cs_prose_word {
	uint32_t from, to;
	uint16_t weight;
	uint8_t class; /* enum cs_name_class */
	bool rare;
};

/* Room to read a text in, and what was found; about 100 kB, one per thread. */
struct cs_prose {
	unsigned hit_n;
	struct cs_prose_hit hit[CS_PROSE_HITS_MAX]; /* in order of place; each entry once for each place */
	bool cut;                                   /* a limit was met: there may be more */
	unsigned word_n, search_n, identify_n;
	struct cs_prose_word word[CS_PROSE_WORDS_MAX];
	struct cs_name_room room;
};

/* cs_prose_read finds what ASKED knows in TEXT. */
void cs_prose_read(const struct cs_prose_asked *asked, struct cs_span text, struct cs_prose *out);

#endif
