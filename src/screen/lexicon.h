/*
 * The words that are known: phrases of folded words, and what they are. Read by name.c; made once by cs_lexicon_new.
 */
#ifndef CS_SCREEN_LEXICON_H
#define CS_SCREEN_LEXICON_H

#include "screen/name.h"

enum cs_lexicon_domain { CS_LEXICON_PERSON, CS_LEXICON_ORGANISATION, CS_LEXICON_DOMAINS };

enum { CS_LEXICON_PHRASE_MAX = 14, CS_LEXICON_NOTHING = 255 };

/* A word of a name that is being read. */
struct cs_word {
	const char *letters;
	uint8_t len;
	uint8_t script;
	uint8_t marks;
	uint16_t from, to;
	uint32_t raw;
	uint32_t hash; /* of the letters */
};

struct cs_lexicon_hit {
	uint8_t class; /* enum cs_name_class, or CS_LEXICON_NOTHING */
	uint8_t words; /* how many words of the name it takes */
	uint16_t code;
	uint16_t second; /* another family of given names, 0: none */
};

/* cs_lexicon_find looks for the longest known phrase at the beginning of N words. */
struct cs_lexicon_hit cs_lexicon_find(const struct cs_lexicon *lexicon, enum cs_lexicon_domain domain,
				      const struct cs_word *words, unsigned n);

/* cs_lexicon_expect tells that N words will be looked for: what is known of them is on its way from memory then. */
void cs_lexicon_expect(const struct cs_lexicon *lexicon, const struct cs_word *words, unsigned n);

/* cs_lexicon_words makes words of a folded name: letters alone that stand together are one. At most CAP; gives their number. */
unsigned cs_lexicon_words(struct cs_folded *folded, struct cs_word *out, unsigned cap);

#endif
