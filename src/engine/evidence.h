/*
 * Evidence of an alert, collected from a journal into a bundle, and told for people.
 */
#ifndef CS_ENGINE_EVIDENCE_H
#define CS_ENGINE_EVIDENCE_H

#include "engine/bundle.h"

enum { CS_EVIDENCE_TEXT_BYTES = 48 << 20 }; /* hold any bundle as JSON, and any page about one */

struct cs_evidence_wish {
	const char *folder;
	const struct cs_vault *vault;
	uint8_t alert[CS_ALERT_ID_BYTES];
};

/* cs_evidence_collect makes the bundle of an alert; free it with cs_bundle_fini, also after an error. On error WORDS says
 * what is wrong and what to do. CS_E_OPEN: no journal; CS_E_UNKNOWN: no such alert; CS_AGAIN: not signed yet; CS_E_FORMAT:
 * the journal is damaged there; CS_E_PERMISSION: the key to it is not here; CS_E_MEMORY, CS_E_READ. */
CS_MUST_USE enum cs_error cs_evidence_collect(const struct cs_evidence_wish *wish, struct cs_bundle *out,
					      char words[CS_BUNDLE_WORDS_BYTES]);

/* cs_evidence_html writes a page of its own about BUNDLE, to be read or printed: no script, nothing from elsewhere. */
void cs_evidence_html(struct cs_text *text, const struct cs_bundle *bundle);

/* cs_evidence_parts gives what of a policy is about NAME ("rule.often", "approval"): the block itself, then those it names;
 * the whole when there is no such. Gives how many. */
enum { CS_EVIDENCE_PARTS_MAX = 16 };
unsigned cs_evidence_parts(struct cs_span policy, const char *name, struct cs_span part[CS_EVIDENCE_PARTS_MAX]);

#endif
