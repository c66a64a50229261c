/*
 * The inside of the renewal, for renewal.c and renewal_look.c.
 */
#ifndef CS_ENGINE_RENEWAL_PARTS_H
#define CS_ENGINE_RENEWAL_PARTS_H

#include "engine/renewal.h"

#include "io/worker.h"

#include <stdatomic.h>

enum { CS_RENEWAL_RETRY_S = 60 };

/* A roll and who leans on it; only the thread that makes rosters counts. */
struct cs_rolled {
	unsigned roster_n;
	struct cs_roll *roll;
	struct cs_sift *sift;
};

struct cs_made_roster {
	struct cs_roster roster;
	struct cs_rolled *rolled;
};
_Static_assert(offsetof(struct cs_made_roster, roster) == 0, "a roster that is given back is one of these");

struct cs_held_list {
	struct cs_list_where where;
	struct cs_list_files files;   /* of the version that is good */
	struct cs_roster_list now;    /* as the next roster says */
	struct cs_roster_list before; /* as the newest roster does */
	uint64_t next_ns;             /* when it is looked at again, by the steady clock, as below */
};

struct cs_kept_decisions {
	char *path;     /* NULL: this screen has none */
	uint64_t state; /* of its file at the last look; 0: there was none, or it could not be opened */
	struct cs_span bytes;
	struct cs_roster_decided now; /* without its decisions, which are a roster's own */
	uint64_t next_ns;
};

/* What a policy says of lists and decisions. */
struct cs_declared {
	uint64_t number;
	unsigned n;
	struct cs_held_list list[CS_LISTS_MAX];
	unsigned screen_n;
	struct cs_kept_decisions kept[CS_SCREENS_MAX];
};

struct cs_renewal {
	char *store; /* or NULL */
	struct cs_lexicon *lexicon;
	struct cs_roll_words *words; /* that names had so far: the engine's thread notes them */
	struct cs_hasher *hasher;
	struct cs_worker *worker;
	struct cs_declared *declared;
	struct cs_rolled *rolled; /* of the newest roster */
	bool changed;             /* something is to be told: a roster is due */
	bool rolls;               /* ... with another roll */
	bool moved;               /* lists are not in the order of `rolled` any more */
	uint64_t number;          /* of the newest roster */
	uint64_t asked;           /* of the newest declaration; the engine's */
	_Atomic(struct cs_declared *) coming;
	_Atomic(struct cs_made_roster *) ready;
	_Atomic(struct cs_made_roster *) retired;
};

/* cs_renewal_look_at_list reads the files of LIST and takes or refuses what is in them. */
void cs_renewal_look_at_list(struct cs_renewal *renewal, struct cs_held_list *list, uint64_t now_ns);

/* cs_renewal_look_at_decisions does so with a file of decisions, when it is another one. */
void cs_renewal_look_at_decisions(struct cs_renewal *renewal, struct cs_kept_decisions *kept, uint64_t now_ns);

/* cs_renewal_put_path writes PATH, of a long one its end, and a colon; cs_renewal_put_words as much of WORDS as there is room for. Both keep
 * characters whole, and say with "..." that something is missing. */
void cs_renewal_put_path(struct cs_text *text, const char *path);
void cs_renewal_put_words(struct cs_text *text, const char *words);

/* cs_renewal_say notes what is wrong with LIST: WORDS, of the file at PATH (may be NULL). */
void cs_renewal_say(struct cs_held_list *list, enum cs_roster_what what, const char *path, const char *words);

#endif
