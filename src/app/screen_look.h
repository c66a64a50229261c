/*
 * One party held against the lists, with the decisions that were kept; and the answer in JSON. Whoever has several threads has
 * one looker for each.
 */
#ifndef CS_APP_SCREEN_LOOK_H
#define CS_APP_SCREEN_LOOK_H

#include "app/screen_lists.h"
#include "base/json.h"
#include "screen/decision.h"
#include "screen/name.h"
#include "screen/name_tail.h"

/* A customer, or whoever is asked for. */
struct cs_screen_party {
	struct cs_span id, name;
	enum cs_name_kind kind;
	struct cs_score_facts facts;
};

/* What all lookers of a run share. */
struct cs_screen_way {
	const struct cs_screen_lists *lists;
	const struct cs_roll *roll;           /* that of the lists, or of what changed in them */
	const struct cs_decisions *decisions; /* NULL: none are kept */
	uint64_t now_s;
	uint16_t line;
	bool exhaustive;
	bool explain;  /* in JSON, too */
	bool identify; /* a name may be an identifier, and is looked up as one as well */
};

enum {
	CS_SCREEN_SAID_MAX = 16, /* entries that have one identifier */
	CS_SCREEN_OWNERS_MAX = CS_SCREEN_SAID_MAX * (CS_NAME_TAIL_IDS_MAX + 1),
};

/* An entry that has an identifier that stands in the name. */
struct cs_screen_owner {
	uint32_t entry;
	bool met; /* by name, too: the search has counted it */
	struct cs_span id;
};

struct cs_screen_looker {
	const struct cs_screen_way *way;
	struct cs_roll_desk *desk;
	struct cs_hasher *hasher;
	struct cs_roll_query query;
	struct cs_roll_answer answer; /* without what is decided */
	struct cs_score_facts facts;  /* of the party, and what its name says itself */
	unsigned
		said_n; /* so many of the answer's first hits are by an identifier that stands in the name: of them `name` is none, */
	struct cs_span said[CS_ROLL_HITS_MAX]; /* and this is it */
	unsigned owner_n;
	struct cs_screen_owner owner[CS_SCREEN_OWNERS_MAX];
	bool owners_cut;          /* an identifier may have more */
	struct cs_name_room room; /* for names that nothing was found like */
	bool nothing;             /* of the name can be compared: nobody was searched for */
	struct cs_span
		read_name; /* what was looked up beside the whole name: it without what stands behind or before it; or empty */
	uint32_t read_from,
		read_to; /* the date of birth that was read there, as in cs_score_facts; 0: none, or it was told */
	struct cs_screen_party party;
	struct cs_digest hash; /* of the party */
	bool hashed;
	uint32_t decided_n; /* entries left out, of which the first are kept */
	struct {
		struct cs_roll_hit hit;
		const struct cs_decision_kept *decision;
		struct cs_span said; /* as above; empty: it was found by name */
	} decided[CS_ROLL_HITS_MAX];
};

/* cs_screen_looker_init makes one; false without memory. Free with cs_screen_looker_fini either way. */
bool cs_screen_looker_init(struct cs_screen_looker *looker, const struct cs_screen_way *way);
void cs_screen_looker_fini(struct cs_screen_looker *looker);

/* cs_screen_look searches for PARTY, whose spans are kept until the next one: decided entries first go, then hits are cut. Identifiers that
 * stand in its name are looked up exactly. */
void cs_screen_look(struct cs_screen_looker *looker, const struct cs_screen_party *party);

/* cs_screen_look_nothing says whether a name has no word that could be compared, in none of the names that it holds; ROOM is written over. The words
 * for that are cs_screen_look_nothing_words. */
bool cs_screen_look_nothing(const struct cs_lexicon *lexicon, struct cs_span name, struct cs_name_room *room);
extern const char cs_screen_look_nothing_words[];

/* cs_screen_look_said gives the identifier by which a hit of the answer was found; empty: it was by name. */
struct cs_span cs_screen_look_said(const struct cs_screen_looker *looker, const struct cs_roll_hit *hit);

enum { CS_SCREEN_BORN_BYTES = 64 };

/* cs_screen_look_born writes the date of birth that was read in the name: a day, a month, a year, or years. Gives OUT. */
const char *cs_screen_look_born(const struct cs_screen_looker *looker, char out[CS_SCREEN_BORN_BYTES]);

/* cs_screen_look_state asks for the decision on a hit of the answer: it was none, or holds no more. */
enum cs_decision_state cs_screen_look_state(struct cs_screen_looker *looker, const struct cs_roll_hit *hit,
					    const struct cs_decision_kept **out);

/* cs_screen_look_json writes members of an object: what was read in the name, the hits, those decided, and how many there are beyond. */
void cs_screen_look_json(struct cs_screen_looker *looker, struct cs_json *json);

/* cs_screen_look_wrong_json writes what was not to be had: "not_searched" and "stale", names of lists, and "decisions_unread", each if it is so. */
void cs_screen_look_wrong_json(const struct cs_screen_way *way, struct cs_json *json);

/* cs_screen_look_exit is the exit status of a search that went well: not that of success when any of that is so, nor when it was not
 * WHOLE: somebody could not be read, or was not searched whole. */
int cs_screen_look_exit(const struct cs_screen_way *way, bool whole);

/* cs_screen_lists_json writes the member "lists": name, version, age of each at NOW_S. */
void cs_screen_lists_json(const struct cs_screen_lists *lists, uint64_t now_s, struct cs_json *json);

#endif
