/*
 * Lists and places that stand in files: read, and told to the judge row by row as inputs of its own.
 *
 * Card numbers become tokens as they are read, and are never kept. A file that cannot be read, or has no row that can,
 * leaves what was told of it before in force. What is in force is the judge's state: after a restart from a journal it
 * is there, and rows that are the same are not told again.
 */
#ifndef CS_ENGINE_TABLES_H
#define CS_ENGINE_TABLES_H

#include "engine/inputs.h"
#include "event/token.h"

struct cs_tables;

struct cs_tables_wish {
	const struct cs_policy *policy;
	const struct cs_token_key *key;
	bool live; /* files grow stale by the wall clock, which is told in findings; and the same rows are told once */
	void (*say)(void *context, const char *words); /* what a person should know, a line */
	void *context;
};

/* cs_tables_new makes one for a policy, which outlives it, as does the key; *OUT is NULL when the policy names no such file.
 * CS_E_MEMORY, CS_E_LIMIT: a path is too long. */
CS_MUST_USE enum cs_error cs_tables_new(const struct cs_tables_wish *wish, struct cs_tables **out);
void cs_tables_free(struct cs_tables *tables);

/* cs_tables_read reads the files whose time has come at NOW_NS and tells JUDGE; takes NULL. */
void cs_tables_read(struct cs_tables *tables, struct cs_judge *judge, uint64_t now_ns);

#endif
