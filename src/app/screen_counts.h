/*
 * What became of the rows of a base: counted while it is screened, kept beside the output, told at the end.
 */
#ifndef CS_APP_SCREEN_COUNTS_H
#define CS_APP_SCREEN_COUNTS_H

#include "base/json.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct cs_screen_counts {
	uint64_t row_n, unread_n;
	uint64_t wrong_n, wrong_line; /* facts that were not understood, and the line of the first; 0: there is none */
	uint64_t hit_n;               /* customers with hits */
	uint64_t open_n, decided_n;   /* hits */
	uint64_t cut_n;               /* customers who were not searched whole */
};

/* cs_screen_counts_add adds MORE, of rows that come after those of COUNTS. */
void cs_screen_counts_add(struct cs_screen_counts *counts, const struct cs_screen_counts *more);

/* cs_screen_counts_put writes each after a space, and cs_screen_counts_take reads that again from *AT; false: it is none. */
void cs_screen_counts_put(const struct cs_screen_counts *counts, struct cs_text *text);
bool cs_screen_counts_take(const char **at, struct cs_screen_counts *out);

/* cs_screen_counts_number reads one number after a space, and moves *AT behind it; false: there is none. */
bool cs_screen_counts_number(const char **at, uint64_t *out);

/* cs_screen_counts_json writes members of the summary. */
void cs_screen_counts_json(const struct cs_screen_counts *counts, struct cs_json *json);

/* cs_screen_counts_tell says in words how a run ended, in one line or two, to standard error. */
void cs_screen_counts_tell(const struct cs_screen_counts *counts);

#endif
