/*
 * The score that OFAC's own search tool would show, for whoever must explain why the two differ. By its public description:
 * the higher of the likeness of the whole strings and of the mean of the best likeness of each word, both by Jaro and
 * Winkler. It knows no scripts but Latin, no contradictions, and the order of words matters to it.
 */
#ifndef CS_SCREEN_OFAC_H
#define CS_SCREEN_OFAC_H

#include "base/span.h"

enum { CS_OFAC_LETTERS_MAX = 120, CS_OFAC_WORDS_MAX = 24 };

/* A name as that tool reads it: words of Latin letters and digits with one space between them. */
struct cs_ofac_name {
	uint8_t len, word_n;
	uint8_t start[CS_OFAC_WORDS_MAX], word_len[CS_OFAC_WORDS_MAX];
	char text[CS_OFAC_LETTERS_MAX];
};

/* cs_ofac_read reads a name; what does not fit is not read. */
void cs_ofac_read(struct cs_span name, struct cs_ofac_name *out);

/* cs_ofac_score gives 0 to 1000. Not symmetric: the words that are asked for are those of QUERY. */
uint16_t cs_ofac_score(const struct cs_ofac_name *query, const struct cs_ofac_name *candidate);

#endif
