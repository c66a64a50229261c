/*
 * What `replay` and `run` do alike before the first packet: policy, key, links, and what is said of them.
 */
#ifndef CS_APP_SETUP_H
#define CS_APP_SETUP_H

#include "engine/links.h"

struct cs_setup {
	struct cs_arena arena; /* holds the policy */
	const struct cs_policy *policy;
	struct cs_token_key key;
	struct cs_links links;
};

/* cs_setup_policy reads the policy at PATH into SETUP; false after having said on standard error why not. */
bool cs_setup_policy(struct cs_setup *setup, const char *path);

/* cs_setup_links loads the key (STRICT: refuses one that others may read) and makes the links ready; false
 * after having said why not. */
bool cs_setup_links(struct cs_setup *setup, const char *key_option, bool strict);

/* cs_setup_links_with makes the links ready under a KEY that is known already; false after having said why not. */
bool cs_setup_links_with(struct cs_setup *setup, const struct cs_token_key *key);

/* cs_setup_close gives everything back; takes a zeroed setup. */
void cs_setup_close(struct cs_setup *setup);

#endif
