/*
 * Names and identifiers in running text: remittance information, instructions, addresses.
 *
 * A word that is rare among the names of the lists opens a window of CS_PROSE_REACH words to each side; the names that have it are laid
 * over the words there (roll_text.h). A word costs one look at a table, whatever it says, and only rare ones cost more. A run of letters and
 * digits is looked up as an identifier, exactly. What a line end of a full line cut in two is one word, too.
 *
 * Total and bounded: any bytes are text.
 */
#ifndef CS_SCREEN_PROSE_H
#define CS_SCREEN_PROSE_H

#include "screen/roll_text.h"

enum {
	CS_PROSE_BYTES_MAX = 16384, /* of a text; the rest is not read */
	CS_PROSE_WORDS_MAX = 4096,
	CS_PROSE_REACH = 8,
	CS_PROSE_ORDINARY_SLOTS = 1 << 14,
	CS_PROSE_SEARCHES_MAX = 1024, /* of a text, and as many identifiers */
	CS_PROSE_WORK_MAX = 1 << 17,  /* of a text, in looks at a number: a millisecond or two */
	CS_PROSE_HITS_MAX = 64,
	CS_PROSE_IDS_MAX = 16, /* entries told of one identifier */
	CS_PROSE_SURE = 1000,  /* the score of an identifier */
};

struct cs_prose_hit {
	uint32_t entry, name; /* of the roll; of an identifier `name` says nothing */
	uint16_t score;
	bool identifier;
	uint32_t from, to; /* bytes of the text */
};

/* Words that everybody writes (ordinary.def), by their hashes: open, 0 is free. */
struct cs_prose_ordinary {
	uint32_t slot[CS_PROSE_ORDINARY_SLOTS];
};

/* cs_prose_ordinary_fill makes the table. */
void cs_prose_ordinary_fill(struct cs_prose_ordinary *out);

/* cs_prose_is_ordinary tells whether the word of a hash is one of them; 0 is none. */
bool cs_prose_is_ordinary(const struct cs_prose_ordinary *ordinary, uint32_t hash);

/* What is asked, and of whom. */
struct cs_prose_ask {
	const struct cs_roll *roll;
	struct cs_roll_desk *desk;
	const struct cs_lexicon *lexicon;
	const struct cs_prose_ordinary *ordinary;
	struct cs_roll_query as; /* lists, line, what is left out */
	uint16_t rare;           /* a proper name of this weight, in tenths of a bit, opens a window */
	uint16_t least;          /* the words that agree weigh as much together */
	uint16_t alone;          /* one word of this weight is enough */
};

/* Room to read a text in, and what was found; about 500 kB, one per thread. */
struct cs_prose {
	unsigned hit_n;
	struct cs_prose_hit hit[CS_PROSE_HITS_MAX]; /* in order of place; each entry once for each place */
	bool cut;                                   /* a limit was met: there may be more */
	unsigned word_n, search_n, identify_n;
	uint32_t left; /* how much may be done yet */
	struct cs_roll_text_answer found;
	struct cs_roll_answer room;
	struct cs_name_room name;
	struct cs_roll_text_word word[CS_PROSE_WORDS_MAX];
};

/* cs_prose_read finds what the roll knows in TEXT. */
void cs_prose_read(const struct cs_prose_ask *ask, struct cs_span text, struct cs_prose *out);

#endif
