/*
 * Decisions kept: "this party is not that entry", said by somebody, for a reason, until a day; and taken back again.
 *
 * They stand in a file of JSON Lines that only grows. Each line carries the hash of the line before and its own, so that a
 * line that was changed, put in or taken out breaks the chain; then no decision of the file holds. A last line without its
 * end is one whose writing was cut short: it was never acknowledged, and says nothing. Lines cut off at the end leave a chain
 * that is whole: keep the head's hash elsewhere if you must know.
 *
 * A decision is bound to the party (its folded words and what is known of it), to the entry (list and uid) and to the
 * entry's version: when the list says anything else of the entry, the decision holds no more.
 */
#ifndef CS_SCREEN_DECISION_H
#define CS_SCREEN_DECISION_H

#include "base/digest.h"
#include "base/text.h"
#include "screen/name.h"
#include "screen/score.h"

enum {
	CS_DECISION_LINE_MAX = 8192, /* bytes of a line */
	CS_DECISION_TEXT_MAX = 1024, /* bytes of a name, reason, user, list or uid */
	CS_DECISION_ID_BYTES = 16 + 1,
};

/* What is decided upon. */
struct cs_decision_case {
	struct cs_digest party;
	struct cs_span list, uid;
	struct cs_digest version;
};

/* One decision as its line has it. */
struct cs_decision_kept {
	char id[CS_DECISION_ID_BYTES];
	struct cs_decision_case of;
	struct cs_span by, reason, name; /* the party's name, for who reads the file */
	uint64_t at_s, until_s;          /* seconds since 1970; until: 0 is for good */
	uint64_t line;                   /* of the file */
	bool revoked;
};

enum cs_decision_state {
	CS_DECISION_NONE,
	CS_DECISION_HOLDS,
	CS_DECISION_EXPIRED,
	CS_DECISION_CHANGED, /* the entry is another version now */
};

struct cs_decisions;

/* What was found wrong with a file: the line, and why; LINE 0: nothing. */
struct cs_decision_fault {
	uint64_t line;
	const char *why;
	bool torn; /* only the last line, cut short: the others hold */
};

/* cs_decisions_new reads the file's text, which may be empty and is copied. With a fault that is not `torn` it holds no
 * decision. NULL without memory. */
struct cs_decisions *cs_decisions_new(struct cs_span file, struct cs_decision_fault *fault);

/* cs_decisions_free takes NULL. */
void cs_decisions_free(struct cs_decisions *decisions);

/* cs_decisions_broken says whether a line of the file is wrong, so that none of its decisions holds. It takes NULL: there is no file. */
bool cs_decisions_broken(const struct cs_decisions *decisions);

/* cs_decisions_n and cs_decisions_at list them in order of their lines, those revoked too. */
size_t cs_decisions_n(const struct cs_decisions *decisions);
const struct cs_decision_kept *cs_decisions_at(const struct cs_decisions *decisions, size_t i);

/* cs_decisions_ask says whether a decision holds at NOW_S; OUT, which may be NULL, gets the last one of this party and entry. */
enum cs_decision_state cs_decisions_ask(const struct cs_decisions *decisions, const struct cs_decision_case *of,
					uint64_t now_s, const struct cs_decision_kept **out);

/* cs_decisions_next_s gives the second at which the next decision ends after NOW_S, 0: none does. What is decided is the same until then. */
uint64_t cs_decisions_next_s(const struct cs_decisions *decisions, uint64_t now_s);

/* cs_decisions_good tells how many bytes of the file are whole lines: the next one goes there. */
size_t cs_decisions_good(const struct cs_decisions *decisions);

/* cs_decisions_head gives the hash of the last line, zeros of an empty file. */
struct cs_digest cs_decisions_head(const struct cs_decisions *decisions);

/* cs_decisions_line writes the line that comes next, with its end: DECISION, or that the one with its id is revoked, when
 * `revoked`. False: a text is too long, no UTF-8, or empty where it must not be. */
bool cs_decisions_line(const struct cs_decisions *decisions, const struct cs_decision_kept *decision,
		       struct cs_text *out);

/* cs_decision_party gives the hash of a party. */
struct cs_digest cs_decision_party(struct cs_hasher *hasher, const struct cs_lexicon *lexicon, struct cs_span name,
				   const struct cs_score_facts *facts);

#endif
