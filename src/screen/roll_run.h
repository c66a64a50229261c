/*
 * Words of a query that stand side by side, written together: what they are like. See roll_run.c. Read by roll*.c alone.
 */
#ifndef CS_SCREEN_ROLL_RUN_H
#define CS_SCREEN_ROLL_RUN_H

#include "screen/roll_parts.h"

/* Words of a query that stand side by side. */
struct cs_roll_run {
	char letters[CS_TERM_LETTERS_MAX], sound[CS_TERM_LETTERS_MAX * 2];
	unsigned len, sound_len, bones;
	uint8_t script;
};

/* cs_roll_run_near finds words that are like a run of words of a query written together, and forms that have such a run cut
 * otherwise; how many, at most CAP. */
unsigned cs_roll_run_near(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_run *run,
			  struct cs_roll_near *out, unsigned cap);

/* cs_roll_run_term makes the word that a run of words would be. */
void cs_roll_run_term(const struct cs_roll_run *run, struct cs_term *out);

/* Words and forms of the roll that are like words of the query written together. */
struct cs_roll_runs {
	struct cs_roll_near near[CS_ROLL_RUN_NEARS];
	uint32_t set[CS_ROLL_RUN_NEARS]; /* parts that it is like */
	uint8_t term[CS_ROLL_RUN_NEARS]; /* which of terms[] was looked for */
	unsigned n, term_n;
	struct cs_term terms[CS_ROLL_RUN_TERMS];
};

/* cs_roll_find_runs finds them for the query on the desk; ASK is told which parts are like something together. */
void cs_roll_find_runs(const struct cs_roll *roll, struct cs_roll_desk *desk, struct cs_roll_ask *ask,
		       struct cs_roll_runs *out);

#endif
