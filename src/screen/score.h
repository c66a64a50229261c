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

enum { CS_SCORE_LINE = 500, CS_SCORE_ROWS_MAX = 96 };

/* The kinds of evidence: score.def says what each weighs. */
enum cs_score_evidence {
#define E(symbol, words, person, organisation, vessel) CS_SCORE_##symbol,
#include "screen/score.def"
#undef E
	CS_SCORE_EVIDENCE_N,
};

/* One line of the explanation. */
struct cs_score_row {
	uint8_t evidence;     /* enum cs_score_evidence */
	uint8_t a, a_n;       /* parts of the first name; a_n is 0 when it has none in this */
	uint8_t b, b_n;       /* parts of the second */
	uint8_t edits;        /* quarters of an edit, of words that are not equal */
	uint16_t weight;      /* tenths of a bit, of the words in question */
	int32_t amount;       /* thousandths */
	int32_t contribution; /* thousandths of a logit */
};

struct cs_score_why {
	uint16_t score;
	int32_t sum; /* of all contributions: orders what has the same score */
	unsigned row_n;
	struct cs_score_row row[CS_SCORE_ROWS_MAX];
};

/* What else is known of a party; zero: not known. */
struct cs_score_facts {
	uint32_t born_from, born_to; /* dates as 19700131; a year alone is 19700101 to 19701231 */
	uint16_t country;            /* any numbers, the same on both sides */
	char gender;                 /* 'm' or 'f' */
};

/* cs_score compares two names: 0 to 1000. WHY may be NULL; what is in it beyond CS_SCORE_ROWS_MAX rows is still summed. */
uint16_t cs_score(const struct cs_name *a, const struct cs_name *b, struct cs_score_why *why);

/* cs_score_with lets dates, countries and genders speak too, when both sides tell them; any may be NULL. */
uint16_t cs_score_with(const struct cs_name *a, const struct cs_score_facts *a_facts, const struct cs_name *b,
		       const struct cs_score_facts *b_facts, struct cs_score_why *why);

/* cs_score_sum tells what the words of two names come to; false: that is less than NEED, or no word agrees and the score is 0 whatever
 * else is known. Of most names it is soon known. */
bool cs_score_sum(const struct cs_name *a, const struct cs_name *b, int32_t need, int32_t *sum);

/* cs_score_facts_sum tells what the facts add to that, of names whose weights are in COLUMN (cs_score_column). */
int32_t cs_score_facts_sum(unsigned column, const struct cs_score_facts *a, const struct cs_score_facts *b);

/* cs_score_of makes a score of a sum. */
uint16_t cs_score_of(int32_t sum);

/* cs_score_least_sum is the least sum of contributions that gives SCORE. */
int32_t cs_score_least_sum(uint16_t score);

/* cs_score_hopeless tells, in a tenth of the time that scoring takes, that the words of two names cannot come to the sum NEED; false
 * says nothing. What facts may add is to be taken from NEED. */
bool cs_score_hopeless(const struct cs_name *a, const struct cs_name *b, int32_t need);

/* cs_score_words gives the words for a kind of evidence. */
const char *cs_score_words(enum cs_score_evidence evidence);

#endif
