/*
 * Files of records as one, by time.
 *
 * Records of one file keep its order, also where their times run backwards; those of equal time come in the order in
 * which the files were opened. A row that cannot be read is told and passed over.
 */
#ifndef CS_ENGINE_FEEDS_H
#define CS_ENGINE_FEEDS_H

#include "base/digest.h"
#include "decode/row.h"

enum { CS_FEEDS_MAX = 64, CS_FEED_WORDS_BYTES = 4096 + CS_ROW_WORDS_BYTES };

struct cs_feeds;

/* Who hears of rows that cannot be read: "tx.csv:17: amount: ...". Lent during the call. */
struct cs_feeds_hearer {
	void (*fault)(void *context, const char *words);
	void *context;
	void (*row)(void *context, uint16_t source, const struct cs_row_fault *fault); /* the same; may be NULL */
};

struct cs_feeds_counts {
	uint64_t record_n;
	uint64_t fault_n;     /* rows that could not be read */
	uint64_t backwards_n; /* records earlier than the one before them in their file */
	uint64_t done_bytes;
	uint64_t all_bytes; /* of the files whose length is known */
};

/* cs_feeds_new makes an empty set; NULL without memory. */
struct cs_feeds *cs_feeds_new(struct cs_feeds_hearer hearer);
void cs_feeds_free(struct cs_feeds *feeds);

/* Who hears that N rows of SOURCE could not be read, between rows of these times (0: none came before them; CS_FEEDS_OPEN:
 * none behind them); called before anything that lies behind the first of them is lent. */
#define CS_FEEDS_OPEN UINT64_MAX
struct cs_feeds_skipper {
	void (*skipped)(void *context, uint16_t source, const uint64_t between_ns[2], uint64_t n);
	void *context;
};

/* cs_feeds_file_ns tells when the open file of SOURCE was changed; 0: that is not known. */
uint64_t cs_feeds_file_ns(const struct cs_feeds *feeds, uint16_t source);

/* cs_feeds_skipper_set names who hears of them; nobody does by default. */
void cs_feeds_skipper_set(struct cs_feeds *feeds, struct cs_feeds_skipper skipper);

/* cs_feeds_open adds the file PATH ("-": standard input) as source SOURCE, read by a copy of PLAN. A file of messages is
 * read at once. CS_E_OPEN, CS_E_MEMORY; CS_E_READ and CS_E_LIMIT of such a file. */
CS_MUST_USE enum cs_error cs_feeds_open(struct cs_feeds *feeds, const char *path, const struct cs_row_plan *plan,
					uint16_t source);

/* Files of one source, one behind the other as if they were one. The paths are lent. */
struct cs_feed_files {
	const char *const *path;
	unsigned n;
	uint16_t source;
};

/* cs_feeds_open_files adds them; their rows carry which file they are of (cs_feeds_mark). As cs_feeds_open for the first of them;
 * of the others errors are told by cs_feeds_first, which goes on with the next. */
CS_MUST_USE enum cs_error cs_feeds_open_files(struct cs_feeds *feeds, const struct cs_feed_files *files,
					      const struct cs_row_plan *plan);

/* One open file. */
struct cs_feed_file {
	const char *name; /* as it is told; lent */
	int descriptor;   /* is closed with it, also when it cannot be added */
	uint32_t mark;    /* what its rows carry; 0: nothing */
	uint16_t source;
};

/* cs_feeds_add adds it, in the place of one that was closed if there is one. CS_E_LIMIT: there is no place. Otherwise as
 * cs_feeds_open. */
CS_MUST_USE enum cs_error cs_feeds_add(struct cs_feeds *feeds, const struct cs_feed_file *file,
				       const struct cs_row_plan *plan);

/* cs_feeds_is_open says whether a file of SOURCE was added and has not come to its end. */
bool cs_feeds_is_open(const struct cs_feeds *feeds, uint16_t source);

/* cs_feeds_close gives back the file of SOURCE, whether or not it has come to its end; nothing when there is none. */
void cs_feeds_close(struct cs_feeds *feeds, uint16_t source);

/* cs_feeds_mark gives what rows of a file carry in their origin, where packets have an offset, so that one file of a folder is
 * told from the others: the first four bytes of the SHA-256 of what it holds. Never 0. */
uint32_t cs_feeds_mark(const struct cs_digest *digest);

/* cs_feeds_file lends the name, without its folder, of the file that is open of ORIGIN's source, if its rows carry this mark; else NULL. */
const char *cs_feeds_file(const struct cs_feeds *feeds, const struct cs_origin *origin);

/* cs_feeds_first lends the earliest record until cs_feeds_take; *OUT is NULL when there is none any more. An error of one
 * file (CS_E_READ; CS_E_SYNTAX, told to the hearer) is returned once, with *SOURCE naming it, and that file is at its
 * end. */
CS_MUST_USE enum cs_error cs_feeds_first(struct cs_feeds *feeds, struct cs_event **out, uint16_t *source);

/* cs_feeds_rows lends the reader of the record lent last, for its cells (cs_rows_cell, cs_rows_part, cs_rows_place), until
 * cs_feeds_take. */
const struct cs_rows *cs_feeds_rows(const struct cs_feeds *feeds);

/* cs_feeds_take passes over the record lent last. */
void cs_feeds_take(struct cs_feeds *feeds);

/* cs_feeds_counts_of tells what was read so far. */
struct cs_feeds_counts cs_feeds_counts_of(const struct cs_feeds *feeds);

#endif
