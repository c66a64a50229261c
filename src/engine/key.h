/*
 * The secret key of card tokens: where it comes from, and what is said about it.
 */
#ifndef CS_ENGINE_KEY_H
#define CS_ENGINE_KEY_H

#include "event/token.h"

#include <stdbool.h>

enum { CS_KEY_NOTE_BYTES = 4096 + 256 };

struct cs_key_wish {
	const char *option_path; /* --token-key, or NULL */
	const char *policy_path;
	const char *policy_key; /* `tokens key "FILE"`, relative to the policy, or NULL */
	bool strict;            /* a key file that others may read is refused */
};

/* cs_key_load reads the key that WISH names, or else the one of this user, made when there is none yet. NOTE
 * (CS_KEY_NOTE_BYTES) says in one line what a person should know, or is empty. CS_E_OPEN, CS_E_READ, CS_E_FORMAT,
 * CS_E_PERMISSION: NOTE says which file and what to do. */
CS_MUST_USE enum cs_error cs_key_load(const struct cs_key_wish *wish, char *note, struct cs_token_key *out);

#endif
