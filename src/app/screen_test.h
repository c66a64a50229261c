/*
 * Measuring the scorer on pairs of names whose answer is known: the work of `countersign screen --self-test`.
 */
#ifndef CS_APP_SCREEN_TEST_H
#define CS_APP_SCREEN_TEST_H

#include "screen/score.h"

enum { CS_SCREEN_GROUPS_MAX = 200, CS_SCREEN_GROUP_NAME_MAX = 64, CS_SCREEN_SCORES = 1001 };

/* Two names, read and compared; the variants of each ("A (ex-B)") that are most alike. */
struct cs_screener {
	struct cs_lexicon *lexicon;
	struct cs_rarity *rarity;
	struct cs_name_room a, b;
};

/* The pairs of one source, of one class of pair, or of one type. */
struct cs_screen_group {
	char name[CS_SCREEN_GROUP_NAME_MAX];
	uint32_t n[2];                    /* pairs that are no, and yes */
	uint32_t at[2][CS_SCREEN_SCORES]; /* how many of them have each score */
	uint32_t parity_n, parity_near;   /* pairs with OFAC's own score; those within 50 of it */
};

struct cs_screen_test {
	unsigned group_n;
	uint64_t row_n, skipped_n; /* rows; those that say neither yes, no nor OFAC's score */
	uint64_t groups_over;      /* rows that would have begun one group too many */
	struct cs_screen_group group[CS_SCREEN_GROUPS_MAX];
};

/* What a group came to, in thousandths. */
struct cs_screen_figures {
	uint32_t auc, precision, recall, f1, false_alarms;
	uint32_t recall_at_5, best_f1,
		best_line; /* recall where 5 % of the no pairs alert; the line with the best F1 */
};

/* cs_screener_new reads the tables; NULL without memory. */
struct cs_screener *cs_screener_new(void);

/* cs_screener_free takes NULL. */
void cs_screener_free(struct cs_screener *screener);

/* cs_screener_score compares two names; WHY may be NULL. The rooms hold the variants that were most alike. */
uint16_t cs_screener_score(struct cs_screener *screener, struct cs_span a, struct cs_span b, enum cs_name_kind kind,
			   struct cs_score_why *why);

/* cs_screen_kind reads "person", "organisation", "vessel" or "any"; false: it is none of them. */
bool cs_screen_kind(struct cs_span word, enum cs_name_kind *out);

/* cs_screen_test_run scores each row of a table of pairs (tab separated, with a header). With SCORES not NULL each row's id and
 * score is written there. False: COMPLAINT says what is wrong with the table. */
bool cs_screen_test_run(struct cs_screener *screener, struct cs_span table, int *scores, struct cs_screen_test *out,
			const char **complaint);

/* cs_screen_figures_of sums a group up with alerts from LINE on. */
struct cs_screen_figures cs_screen_figures_of(const struct cs_screen_group *group, unsigned line);

#endif
