/*
 * Blocks are tables: `WORD NAME "title" { clause ... }`, one row a clause; or `WORD TEXT { clause ... }`.
 *
 * To add a block to the language: a file parse_<word>.c with its rows, and one row in parse.c.
 */
#ifndef CS_POLICY_BLOCK_H
#define CS_POLICY_BLOCK_H

#include "policy/reader.h"

enum { CS_CLAUSE_REQUIRED = 1, CS_CLAUSE_REPEATS = 2, CS_CLAUSES_MAX = 32 };

struct cs_clause {
	const char *word;
	const char *form; /* an example, shown in complaints */
	unsigned flags;
	bool (*read)(struct cs_reader *reader, void *block, const struct cs_clause *clause);
	unsigned detail; /* for a handler that serves several rows */
};

/* `by card + terminal`, as written: what the names mean is known later. No name: `by all`. */
struct cs_by {
	bool said;
	unsigned n;
	struct cs_named at[2];
};

struct cs_header {
	struct cs_span name;   /* or the text */
	struct cs_place place; /* of the name */
	const char *title;     /* "" when there is none */
	struct cs_by by;
	const char *owner;   /* "" when not said */
	uint64_t expires_ns; /* 0: never */
};

struct cs_block {
	const char *word;
	const char *form; /* an example of the first line */
	/* Gives the struct to fill, or NULL after a complaint (a limit). */
	void *(*open)(struct cs_reader *reader, const struct cs_header *header);
	/* What can only be said when all clauses were read; may be NULL. */
	void (*close)(struct cs_reader *reader, void *block);
	const struct cs_clause *clause; /* at most CS_CLAUSES_MAX */
	unsigned clause_n;
	const char
		*text; /* what stands in place of a name ("the name of a folder"); NULL: a name, and perhaps a title */
	/* Reads what stands between title and "{"; NULL: nothing does. */
	bool (*tail)(struct cs_reader *reader, struct cs_header *header);
	/* Clauses that begin with no word of the table (`nb_1h = count() ...`): whether one is at hand, and reading it.
	 * NULL: there are none. */
	bool (*is_other)(const struct cs_reader *reader);
	bool (*other)(struct cs_reader *reader, void *block);
};

/* cs_block_read reads one block; the lexeme at hand is the one behind its word. OPENED is the word's place.
 * STARTS says whether a word begins a statement: there the reader picks up after a missing "}". */
void cs_block_read(struct cs_reader *reader, const struct cs_block *block, struct cs_place opened,
		   bool (*starts)(struct cs_span word));

/* cs_block_skip passes over the rest of a statement, its braces included. */
void cs_block_skip(struct cs_reader *reader, bool (*starts)(struct cs_span word));

/* cs_block_by reads what stands behind the word `by`; cs_block_profile_tail is the tail of what may have one. */
bool cs_block_by(struct cs_reader *reader, struct cs_by *out);
bool cs_block_profile_tail(struct cs_reader *reader, struct cs_header *header);

/* cs_block_full complains TEXT ({1}: the name) when a table of the policy is full. Returns NULL. */
void *cs_block_full(struct cs_reader *reader, const struct cs_header *header, const char *text);

extern const struct cs_block cs_parse_link;
extern const struct cs_block cs_parse_excuse;
extern const struct cs_block cs_parse_expect;
extern const struct cs_block cs_parse_watch;
extern const struct cs_block cs_parse_conserve;
extern const struct cs_block cs_parse_statement;
extern const struct cs_block cs_parse_journal;
extern const struct cs_block cs_parse_record;
extern const struct cs_block cs_parse_profile;
extern const struct cs_block cs_parse_calendar;
extern const struct cs_block cs_parse_limit;
extern const struct cs_block cs_parse_rule;
extern const struct cs_block cs_parse_list;
extern const struct cs_block cs_parse_places;
extern const struct cs_block cs_parse_screen;

/* cs_parse_money and cs_parse_score read the rest of their statements; PLACE is the word's. */
bool cs_parse_money(struct cs_reader *reader, struct cs_place place);
bool cs_parse_score(struct cs_reader *reader, struct cs_place place);

#endif
