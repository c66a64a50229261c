/*
 * What `replay` and `run` do alike before the first packet: policy, key, links, and what is said of them.
 */
#ifndef CS_APP_SETUP_H
#define CS_APP_SETUP_H

#include "engine/key.h"
#include "engine/links.h"
#include "engine/tables.h"

struct cs_setup {
	struct cs_arena arena; /* holds the policy */
	const struct cs_policy *policy;
	struct cs_span policy_text;
	struct cs_key_ring *ring;
	struct cs_links links;
};

/* What the command line says of keys. */
struct cs_setup_keys {
	const char *key;      /* --token-key, or NULL */
	const char *previous; /* --previous-key, or NULL */
	bool strict;          /* a file that others may read is refused */
};

/* cs_setup_policy reads the policy at PATH into SETUP; false after having said on standard error why not. */
bool cs_setup_policy(struct cs_setup *setup, const char *path);

/* cs_setup_policy_limits does that, too, and, where the policy is broken, reads its limits alone: SETUP's policy says so then. */
bool cs_setup_policy_limits(struct cs_setup *setup, const char *path);

/* cs_setup_forbid_dumps keeps this process out of core files and debuggers, before the first key is read; false after
 * having said that it cannot. */
bool cs_setup_forbid_dumps(void);

/* cs_setup_links keeps this process out of core files and debuggers, loads the keys and makes the links ready; false
 * after having said why not. */
bool cs_setup_links(struct cs_setup *setup, const struct cs_setup_keys *keys);

/* cs_setup_links_with makes the links ready under a copy of keys that are known already; false after having said why
 * not. */
bool cs_setup_links_with(struct cs_setup *setup, const struct cs_key_ring *ring);

/* cs_setup_tables makes what reads the files of lists and places of POLICY, and says on standard error what is wrong with them; *OUT is
 * NULL when there are none. False after having said why not. */
bool cs_setup_tables(const struct cs_policy *policy, const struct cs_key_ring *ring, bool live, struct cs_tables **out);

/* cs_setup_say_huge says on standard error when large tables do without huge pages, and why. */
void cs_setup_say_huge(void);

/* cs_setup_close gives everything back; takes a zeroed setup. */
void cs_setup_close(struct cs_setup *setup);

#endif
