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

struct cs_header {
	struct cs_span name;   /* or the text */
	struct cs_place place; /* of the name */
	const char *title;     /* "" when there is none */
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
};

/* cs_block_read reads one block; the lexeme at hand is the one behind its word. OPENED is the word's place.
 * STARTS says whether a word begins a statement: there the reader picks up after a missing "}". */
void cs_block_read(struct cs_reader *reader, const struct cs_block *block, struct cs_place opened,
		   bool (*starts)(struct cs_span word));

/* cs_block_skip passes over the rest of a statement, its braces included. */
void cs_block_skip(struct cs_reader *reader, bool (*starts)(struct cs_span word));

/* cs_block_full complains TEXT ({1}: the name) when a table of the policy is full. Returns NULL. */
void *cs_block_full(struct cs_reader *reader, const struct cs_header *header, const char *text);

extern const struct cs_block cs_parse_link;
extern const struct cs_block cs_parse_excuse;
extern const struct cs_block cs_parse_expect;
extern const struct cs_block cs_parse_watch;
extern const struct cs_block cs_parse_conserve;
extern const struct cs_block cs_parse_journal;

#endif
