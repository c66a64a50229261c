/*
 * Statements of accounts: pages that were read, and the balance each account stands at.
 *
 * Shared by statement.c (rows into pages, pages in their order) and statement_judge.c (what is said of a page).
 */
#ifndef CS_DETECT_STATEMENT_H
#define CS_DETECT_STATEMENT_H

#include "detect/parts.h"
#include "state/key_table.h"

enum {
	CS_SHEET_PAGES = 6,  /* pages of an account that wait to be judged; the oldest is judged early to make room */
	CS_SHEET_JUDGED = 8, /* pages of an account that are remembered, to know copies by */
};

CS_PADDING_NAMED_BEGIN
/* A page: its row, and what its entries came to. */
struct cs_sheet_page {
	bool used;
	bool numbered;
	bool strange; /* entries of another currency, or sums past 64 bits: not added up */
	uint8_t pad[5];
	uint64_t order; /* of arrival */
	uint64_t number;
	uint64_t page;
	uint64_t entry_n; /* it says it has */
	uint64_t seen_n;  /* ... and we saw */
	int64_t credit;   /* minor units */
	int64_t debit;
	uint64_t digest; /* of its balances and entries */
	struct cs_event event;
};

struct cs_sheet_judged {
	uint64_t number;
	uint64_t page;
	uint64_t digest;
	struct cs_money closing;
};

/* What is known of one account. */
struct cs_sheet {
	struct cs_key_head head;
	uint64_t due_ns; /* the next statement is due then; 0: none is */
	uint64_t order;
	uint64_t judged_n;
	bool begun; /* `last` is there */
	uint8_t pad[7];
	struct cs_sheet_page last; /* judged last in the chain */
	struct cs_sheet_page waiting[CS_SHEET_PAGES];
	struct cs_sheet_judged judged[CS_SHEET_JUDGED];
};

/* State is next_ns; the table has its own. */
struct cs_sheets {
	uint64_t next_ns; /* nothing is due before this link is settled as far */
	struct cs_key_table table;
};
CS_PADDING_NAMED_END

/* One page before those that judge it. */
struct cs_leaf {
	struct cs_detect *detect;
	unsigned nth; /* of the statement clauses */
	const struct cs_statement *clause;
	struct cs_sheet *sheet;
	struct cs_sheet_page *page;
};

/* How a page stands to the one judged before it. */
enum cs_sheet_step {
	CS_STEP_FIRST,   /* there is none */
	CS_STEP_FOLLOWS, /* the next page, or the first of the next statement */
	CS_STEP_AHEAD,   /* something is between them */
	CS_STEP_BEHIND,  /* its turn was before */
	CS_STEP_COPY,    /* the same page with the same contents */
	CS_STEP_CHANGED, /* ... with others */
};

/* cs_sheet_step_of tells that of PAGE. */
enum cs_sheet_step cs_sheet_step_of(const struct cs_sheet *sheet, const struct cs_sheet_page *page);

/* cs_sheet_sound says whether PAGE adds up and begins where the one before it ended, with nothing missing. */
bool cs_sheet_sound(const struct cs_sheet *sheet, const struct cs_sheet_page *page);

/* cs_sheet_judge says what is wrong with a page, and makes it the last one of its account. */
void cs_sheet_judge(const struct cs_leaf *leaf);

/* cs_sheet_silent says that no statement came for an account in its time. */
void cs_sheet_silent(const struct cs_leaf *leaf);

#endif
