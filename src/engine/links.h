/*
 * The links of a policy, made ready for work: framing, dialect, decoding plans and card rules of each.
 */
#ifndef CS_ENGINE_LINKS_H
#define CS_ENGINE_LINKS_H

#include "decode/card.h"
#include "decode/frame.h"
#include "decode/row.h"
#include "policy/policy.h"

enum { CS_PATH_BYTES = 4096 };

struct cs_key_ring; /* engine/key.h */

/* One link at work. Constant after cs_links_open, but for its plans, which are a cache. */
struct cs_leg {
	const struct cs_link *link;
	const struct cs_framing *framing;
	const struct cs_dialect *dialect;
	struct cs_iso_plans *plans;
	struct cs_card_rules rules;
	const struct cs_row_plan *rows; /* of records, which have nothing of the above; else NULL */
	struct cs_mt_keys *lau;         /* ... and its keys of local authentication; NULL: none are asked for */
	bool any_host;
	uint8_t host[16]; /* IPv4 as ::ffff:a.b.c.d */
};

struct cs_links {
	const struct cs_policy *policy;
	unsigned n;
	struct cs_leg leg[CS_LINKS_MAX];
	struct cs_retoken retoken; /* shared by all legs; of zeros without a previous key */
	struct cs_arena arena;     /* the dialects; process lifetime */
};

/* cs_links_open makes every link of POLICY ready, with card tokens under the keys of RING, which outlives LINKS. On CS_E_SYNTAX COMPLAINTS says
 * what cannot work and where; LINKS must be closed either way. CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_links_open(struct cs_links *links, const struct cs_policy *policy,
					const struct cs_key_ring *ring, struct cs_complaints *complaints);
void cs_links_close(struct cs_links *links);

/* cs_links_retoken says who gets the pairs of old and new tokens, before the first packet; nobody does until then. False
 * when the ring has no previous key, and so there are none. */
bool cs_links_retoken(struct cs_links *links, struct cs_retoken_sink sink);

/* cs_links_lau gives the keys of local authentication of a link, to be filled before the first row, and *PATH, the file that the
 * policy names; NULL: it wants none. Until they are filled there is no key for anybody. */
struct cs_mt_keys *cs_links_lau(const struct cs_links *links, unsigned link, const char **path);

/* cs_links_bytes is what cs_links_open takes for POLICY. */
size_t cs_links_bytes(const struct cs_policy *policy);

/* cs_links_beside writes PATH as seen from the folder of POLICY_PATH into OUT; absolute paths stay.
 * CS_E_LIMIT when it is longer than CAP_BYTES. */
CS_MUST_USE enum cs_error cs_links_beside(const char *policy_path, const char *path, char *out, size_t cap_bytes);

/* cs_links_dialect_meant gives the shipped dialect whose name is most like NAME; NULL when none is like it. */
const char *cs_links_dialect_meant(const char *name);

#endif
