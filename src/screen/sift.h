/*
 * What a roll knows of one field of a message or row: a party, a running text, an identifier. Each entry is told once, by its best
 * name, with the line and column it stands at.
 *
 * One per thread and roll; sifting allocates nothing. Another version of the lists is another roll and another sift.
 */
#ifndef CS_SCREEN_SIFT_H
#define CS_SCREEN_SIFT_H

#include "screen/party.h"
#include "screen/roll.h"

enum {
	CS_SIFT_HITS_MAX = 64,
	CS_SIFT_PARTIES_MAX = 64, /* of one field */
	CS_SIFT_BETWEEN = '\f',   /* what stands between two of them */
};

struct cs_sift;

/* Of two that score the same the former is told. */
enum cs_sift_how { CS_SIFT_IDENTIFIER, CS_SIFT_NAME, CS_SIFT_TEXT };

struct cs_sift_hit {
	uint32_t entry, name; /* of the roll; of an identifier `name` says nothing */
	uint16_t score;
	uint8_t how;                    /* enum cs_sift_how */
	uint8_t role;                   /* of a party: enum cs_party_role */
	struct cs_party_place from, to; /* the first byte of what was found, and the last */
	struct cs_span text;            /* what was looked up, to be explained by the roll; lent until the next call */
};

struct cs_sift_ask {
	uint32_t lists; /* bit per list; 0: all */
	uint16_t line;  /* names are told from here on; 0: CS_SCORE_LINE */
};

struct cs_sift_found {
	unsigned hit_n;  /* in hit[]: scores falling, then entries rising */
	uint32_t over_n; /* entries there was no room for, at least; they score no more than those that are there */
	bool cut;        /* a limit was met: not all of the field was read, or searched */
	struct cs_sift_hit hit[CS_SIFT_HITS_MAX];
};

/* cs_sift_new makes one for ROLL; both outlive it. NULL without memory. */
struct cs_sift *cs_sift_new(const struct cs_roll *roll, const struct cs_lexicon *lexicon);

/* cs_sift_words has it note words that it meets in WORDS, which outlive it, and look for those that are there before. */
void cs_sift_words(struct cs_sift *sift, struct cs_roll_words *words);

/* cs_sift_free takes NULL. */
void cs_sift_free(struct cs_sift *sift);

/* Who leaves hits out, before they are cut to as many as there is room for. Of `from` and `to` nothing may be said yet. */
struct cs_sift_judge {
	bool (*leaves_out)(void *context, const struct cs_sift_hit *hit);
	void *context;
};

/* cs_sift_judge_set names who does from now on; nobody does by default, or when the function is NULL. */
void cs_sift_judge_set(struct cs_sift *sift, struct cs_sift_judge judge);

/* cs_sift_party looks up a party: its names as names, with what it says of birth and country; what else stands in it as text;
 * its account, BIC and identifiers exactly. A field may have several parties. */
void cs_sift_party(struct cs_sift *sift, const struct cs_sift_ask *ask, struct cs_span party,
		   struct cs_sift_found *out);

/* cs_sift_text looks for names and identifiers in running text. There a name must say more: it is told from 560 on, its words are rare
 * enough, and it is no weak alias. */
void cs_sift_text(struct cs_sift *sift, const struct cs_sift_ask *ask, struct cs_span text, struct cs_sift_found *out);

/* cs_sift_id looks an identifier up, whatever its kind. */
void cs_sift_id(struct cs_sift *sift, const struct cs_sift_ask *ask, struct cs_span id, struct cs_sift_found *out);

#endif
