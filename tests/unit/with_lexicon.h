/*
 * What tests of names read with: the lexicon, and how rare words are where nothing was counted. Behind the file that is tested, whose
 * parameters have the same names.
 */
#ifndef CS_TESTS_WITH_LEXICON_H
#define CS_TESTS_WITH_LEXICON_H

#include "screen/name.h"

static struct cs_lexicon *lexicon;
static struct cs_rarity *rarity;

static int
take_lexicon(void **state)
{
	(void)state;
	lexicon = cs_lexicon_new();
	rarity = cs_rarity_new(0);
	return lexicon && rarity ? 0 : -1;
}

static int
free_lexicon(void **state)
{
	(void)state;
	cs_lexicon_free(lexicon);
	cs_rarity_free(rarity);
	return 0;
}

#endif
