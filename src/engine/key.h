/*
 * The secret keys: where they come from, and what is said about them.
 */
#ifndef CS_ENGINE_KEY_H
#define CS_ENGINE_KEY_H

#include "event/token.h"
#include "policy/policy.h"
#include "state/vault.h"

enum { CS_KEY_NOTE_BYTES = 2 * CS_VAULT_NOTE_BYTES };

/* The keys of card tokens, always in memory of cs_key_ring_new: locked, guarded, not dumped. */
struct cs_key_ring {
	struct cs_token_key now;
	struct cs_token_key previous;
	bool has_previous;
};

struct cs_key_wish {
	const char *option_path;     /* --token-key, or NULL; like each of these a file or a "pkcs11:" URI */
	const char *option_previous; /* --previous-key, or NULL */
	const char *policy_path;
	const char *policy_key;      /* `tokens key "FILE"`, relative to the policy, or NULL */
	const char *policy_previous; /* `... previous "FILE"`, or NULL */
	bool strict;                 /* a file that others may read is refused */
};

/* cs_key_ring_new copies keys into memory of their own (NULL: zeros); NULL without memory. */
CS_MUST_USE struct cs_key_ring *cs_key_ring_new(const struct cs_key_ring *from);

/* cs_key_ring_free wipes the keys; takes NULL. */
void cs_key_ring_free(struct cs_key_ring *ring);

/* cs_key_load reads the keys that WISH names, or else the one of this user, made when there is none yet. NOTE
 * (CS_KEY_NOTE_BYTES) says in one line what a person should know, or is empty. CS_E_OPEN, CS_E_READ, CS_E_FORMAT,
 * CS_E_PERMISSION, those of cs_vault_open: NOTE says which file or token and what to do. */
CS_MUST_USE enum cs_error cs_key_load(const struct cs_key_wish *wish, char *note, struct cs_key_ring **out);

/* Where the vault of a journal is looked for: the option, else the policy's `key`, else the user's own. */
struct cs_vault_place {
	const char *option;             /* --journal-key, or NULL */
	const struct cs_policy *policy; /* may be NULL */
	bool create;                    /* made when there is none yet */
	bool strict;                    /* a file that others may read is refused */
};

/* cs_key_vault opens the vault of a journal. NOTE has CS_VAULT_NOTE_BYTES. Errors of cs_vault_open. */
CS_MUST_USE enum cs_error cs_key_vault(const struct cs_vault_place *place, char *note, struct cs_vault **out);

#endif
