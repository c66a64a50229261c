/*
 * The inside of a condition: postfix steps, written by parse_condition.c and walked by condition.c.
 */
#ifndef CS_POLICY_CODE_H
#define CS_POLICY_CODE_H

#include "policy/condition.h"

enum cs_step_op {
	CS_STEP_AND,
	CS_STEP_OR,
	CS_STEP_NOT,
	CS_STEP_WORD,     /* approved, cash ... */
	CS_STEP_TEXT,     /* FIELD compare "text" */
	CS_STEP_MONEY,    /* FIELD compare 500 EUR */
	CS_STEP_CURRENCY, /* currency compare EUR */
	CS_STEP_STARTS,   /* FIELD starts "x" */
	CS_STEP_MISSING,  /* FIELD is missing */
};

/* A comparison is the set of orders it accepts. */
enum cs_compare { CS_COMPARE_LESS = 1, CS_COMPARE_EQUAL = 2, CS_COMPARE_GREATER = 4 };

struct cs_step {
	uint8_t op;      /* enum cs_step_op */
	uint8_t compare; /* set of enum cs_compare */
	uint8_t word;    /* row of word.def */
	uint8_t len;     /* of `text`, for `starts` */
	uint8_t field;   /* enum cs_field */
	uint16_t currency;
	struct cs_short text;
	struct cs_money money;
};

struct cs_condition {
	const char *text; /* as written, on one line */
	unsigned n;       /* 1 to CS_CONDITION_NODES_MAX; postfix, leaves exactly one value */
	uint64_t own;     /* bit per field that stands for a name of records' own */
	struct cs_step step[];
};

/* cs_condition_word gives the name of row I of word.def, NULL past the last; for lookup and suggestions. */
const char *cs_condition_word(unsigned i);

/* cs_condition_word_holds asks row I of word.def about EVENT. I must be a row. */
enum cs_truth cs_condition_word_holds(unsigned i, const struct cs_event *event);

/* cs_condition_word_help says what the word means. I must be a row. */
const char *cs_condition_word_help(unsigned i);

#endif
