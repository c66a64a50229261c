/*
 * What a name has of its own behind it, or before it, on one line: "OCEAN PEARL IMO 9074729", "IVAN PETROV DOB 12.03.1970", "JOHN SMITH
 * PASSPORT NO. AB 123456". A tail begins with a word that says what follows, and a number that can be that; without both nothing is cut but a
 * day, or a sure word for a birth, behind two words or more: these are no evidence, and no words of the name.
 */
#ifndef CS_SCREEN_NAME_TAIL_H
#define CS_SCREEN_NAME_TAIL_H

#include "screen/entry.h"
#include "screen/score.h"

enum { CS_NAME_TAIL_IDS_MAX = 8 };

/* Spans are of the text that was read. */
struct cs_name_tail {
	struct cs_span name;         /* without its tails; empty: nothing else is there */
	uint32_t born_from, born_to; /* as in cs_score_facts; 0: not said, or not clear */
	unsigned id_n;
	struct cs_entry_id id
		[CS_NAME_TAIL_IDS_MAX]; /* of the kind that the label says; where one has spaces in it, several that it may be */
	bool cut; /* words were not looked at, or what may be an identifier was not kept, since there is no room */
};

/* cs_name_tail_read says what is there; false: nothing is, and nothing but `cut` is told. It reads CS_FOLD_BYTES_MAX bytes at most. */
bool cs_name_tail_read(struct cs_span text, struct cs_name_tail *out);

#endif
