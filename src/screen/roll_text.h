/*
 * Names of a roll in running text: which run of the words around one of them may be one, and what it scores.
 *
 * A word that stands in few names is the way to them: they are listed by word. Each is laid over the words around, and only the run that
 * it covers is scored, as a name. So the cost is that of the names that have the word, not of all runs of words there are.
 */
#ifndef CS_SCREEN_ROLL_TEXT_H
#define CS_SCREEN_ROLL_TEXT_H

#include "screen/roll.h"

enum {
	CS_ROLL_TEXT_AROUND = 17, /* words that are looked at together */
	CS_ROLL_TEXT_HITS_MAX = 32,
};

/* A word of a text. */
struct cs_roll_text_word {
	struct cs_term term;
	uint32_t from, to; /* bytes of the text */
	uint32_t pair;     /* hash of its letters and those of the word behind it; 0: not known */
	uint16_t weight;   /* what it says there, tenths of a bit; 0: it stands in no name */
	bool ordinary;     /* everybody writes it: it is no sign of a name */
	bool lone;         /* by itself it may be a name: no line may have cut it, and it is no given name */
	bool rare;         /* few names have it */
};

/* Words that stand side by side. */
struct cs_roll_text_query {
	struct cs_span text;
	const struct cs_roll_text_word *word;
	unsigned n, at;                 /* how many, at most CS_ROLL_TEXT_AROUND; the one that names are looked up by */
	uint16_t least, alone;          /* words that agree weigh as much together; one alone */
	const struct cs_roll_query *as; /* lists, line, what is left out; its name is not looked at */
	struct cs_roll_answer *room;    /* lent during the call */
	uint32_t *left;                 /* how much may be done yet, in looks at a number; what is done is taken off */
};

struct cs_roll_text_hit {
	struct cs_roll_hit hit;
	uint8_t first, last; /* words */
};

struct cs_roll_text_answer {
	unsigned hit_n, scored_n;
	bool cut; /* there was more to be done than may be, or more names than are looked at, or hits than there is room for */
	struct cs_roll_text_hit hit[CS_ROLL_TEXT_HITS_MAX];
};

/* cs_roll_text_search finds the names of the roll that have that word of QUERY, and of whose other words enough stand around it. */
void cs_roll_text_search(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_text_query *query,
			 struct cs_roll_text_answer *out);

#endif
