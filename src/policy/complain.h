/*
 * Complaints about a policy: what is wrong, and what to write instead.
 *
 * Half of the worth of a language is how it says no. Texts are templates in which {1} stands for a piece of
 * the policy and {2} for an example of our own; pieces are cut at 40 bytes and control characters in them are
 * replaced, so that a hostile policy cannot steer a terminal.
 */
#ifndef CS_POLICY_COMPLAIN_H
#define CS_POLICY_COMPLAIN_H

#include "base/text.h"
#include "policy/policy.h"

/* A run of known words: at(table, i) gives word i, NULL past the last. */
struct cs_words {
	const char *(*at)(const void *table, unsigned i);
	const void *table;
};

/* cs_complain adds a complaint; past CS_COMPLAINTS_MAX it is only counted. In TEXT {1} is PIECE, {2} is EXAMPLE. */
void cs_complain(struct cs_complaints *complaints, struct cs_place place, const char *text, struct cs_span piece,
		 const char *example);

/* cs_complain_unknown says that no WHAT ("field") is called NAME, and names the nearest known word or all of them. */
void cs_complain_unknown(struct cs_complaints *complaints, struct cs_place place, const char *what, struct cs_span name,
			 struct cs_words words);

/* cs_complain_nearest gives the known word most like NAME, NULL when none is like it. */
const char *cs_complain_nearest(struct cs_span name, struct cs_words words);

/* cs_complain_sort brings the complaints into the order of their places. */
void cs_complain_sort(struct cs_complaints *complaints);

/* cs_complain_put writes all as lines `path:line:column: what`, and how many more there were. */
void cs_complain_put(struct cs_text *out, const char *path, const struct cs_complaints *complaints);

#endif
