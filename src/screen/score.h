/*
 * Are these two names one? Evidence for and against, in whole thousandths of a logit, and the reasons.
 *
 * Symmetric, deterministic, without allocation, without floating point. 0 to 1000; the alert line is CS_SCORE_LINE. Above
 * the line the score goes on rising with what agrees, so that a queue has an order. What is left out costs little, what
 * contradicts costs much.
 */
#ifndef CS_SCREEN_SCORE_H
#define CS_SCREEN_SCORE_H

#include "screen/name.h"

enum { CS_SCORE_LINE = 500, CS_SCORE_ROWS_MAX = 2 * CS_NAME_PARTS_MAX, CS_SCORE_NONE = 255 };

enum cs_score_relation {
	CS_SCORE_AGREES,      /* the tokens are alike: `likeness` says how */
	CS_SCORE_GLUED,       /* one word here is two or three there */
	CS_SCORE_SAME_CODE,   /* the same form, trade, place or number in other words */
	CS_SCORE_ACRONYM,     /* the first letters of the other's words */
	CS_SCORE_LEFT_OUT,    /* only one name has it */
	CS_SCORE_CONTRADICTS, /* each name has another */
	CS_SCORE_ORDER,       /* the words stand in another order */
	CS_SCORE_DATE,
	CS_SCORE_COUNTRY,
	CS_SCORE_GENDER,
	CS_SCORE_KIND,        /* a ship and a firm */
	CS_SCORE_RELATIONS,
};

/* One line of the explanation. */
struct cs_score_row {
	uint8_t relation;               /* enum cs_score_relation */
	uint8_t a, a_n;                 /* parts of the first name; a is CS_SCORE_NONE when it has none */
	uint8_t b, b_n;                 /* parts of the second */
	struct cs_token_likeness likeness;
	uint16_t weight;                /* tenths of a bit */
	int32_t contribution;           /* thousandths of a logit */
};

struct cs_score_why {
	uint8_t row_n;
	int32_t base; /* what was there before any row */
	int32_t sum;
	uint16_t score;
	struct cs_score_row row[CS_SCORE_ROWS_MAX];
};

/* What else is known of a party; zero: not known. */
struct cs_score_facts {
	uint32_t born_first, born_last; /* days since 1 January 0001 or any other day, the same for both; or years with `years` */
	uint16_t country;               /* as in event/country.h, 0: not known */
	char gender;                    /* 'm', 'f', 0 */
};

/* cs_score compares two names: 0 to 1000. WHY may be NULL; it is filled for the price of copying. */
uint16_t cs_score(const struct cs_name *a, const struct cs_name *b, struct cs_score_why *why);

/* cs_score_with lets what else is known speak too; either may be NULL. It never makes a match of names that are none. */
uint16_t cs_score_with(const struct cs_score_facts *a, const struct cs_score_facts *b, uint16_t score,
		       struct cs_score_why *why);

/* cs_score_bound is never less than cs_score and costs a tenth: for throwing out what cannot reach the line. */
uint16_t cs_score_bound(const struct cs_name *a, const struct cs_name *b);

/* cs_score_relation_name gives the word for a relation. */
const char *cs_score_relation_name(enum cs_score_relation relation);

#endif
