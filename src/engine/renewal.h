/*
 * Watch lists kept up to date: files are looked at when their time has come, and what changed is made into another roster by a thread
 * beside the engine's. Who screens takes the newer roster between two rows by one exchange of a pointer, and gives the older one back;
 * it is freed over there as well.
 *
 * A version comes into force whole or not at all: one that cannot be read to its end, or that lost more entries than it may, leaves the
 * one before in force, and the roster says so.
 */
#ifndef CS_ENGINE_RENEWAL_H
#define CS_ENGINE_RENEWAL_H

#include "engine/roster.h"

struct cs_renewal;

struct cs_renewal_wish {
	const struct cs_policy *policy; /* what it says of lists and screens is copied */
	const char *store;              /* where bytes are kept beside a journal; NULL: nowhere */
};

/* cs_renewal_new reads all lists that a screen of the policy names, and makes the first roster, to be taken. CS_E_MEMORY, CS_E_LIMIT: a path
 * is too long. A list that cannot be read is no error: the roster says so. */
CS_MUST_USE enum cs_error cs_renewal_new(const struct cs_renewal_wish *wish, struct cs_renewal **out);

/* cs_renewal_start begins to look again, on a thread of its own. CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_renewal_start(struct cs_renewal *renewal);

/* cs_renewal_free ends the thread and frees everything, rosters that were given back included. Takes NULL. */
void cs_renewal_free(struct cs_renewal *renewal);

/* cs_renewal_turn begins to make rosters for another policy instead: lists that are read as before go on as they are. While it runs only. */
CS_MUST_USE enum cs_error cs_renewal_turn(struct cs_renewal *renewal, const struct cs_policy *policy);

/* cs_renewal_asked tells the number of the policy it was turned to last; cs_renewal_is_ready says whether a roster for that waits. */
uint64_t cs_renewal_asked(const struct cs_renewal *renewal);
bool cs_renewal_is_ready(const struct cs_renewal *renewal, uint64_t declared);

/* cs_renewal_take gives a newer roster for the policy of that number, if there is one, else NULL; without waiting. Give the one before
 * back. */
struct cs_roster *cs_renewal_take(struct cs_renewal *renewal, uint64_t declared);

/* cs_renewal_give_back gives up a roster; takes NULL. */
void cs_renewal_give_back(struct cs_renewal *renewal, struct cs_roster *roster);

/* cs_renewal_lexicon lends the words that rosters are made with. */
const struct cs_lexicon *cs_renewal_lexicon(const struct cs_renewal *renewal);

#endif
