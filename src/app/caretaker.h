/*
 * The caretaker: a process of low priority beside the one that keeps a journal. Every now and then it does a round of care
 * (engine/care.h) and says what came of it; it ends with the process it was started by, and cannot disturb it.
 */
#ifndef CS_APP_CARETAKER_H
#define CS_APP_CARETAKER_H

#include "engine/care.h"
#include "io/user.h"

struct cs_caretaker {
	int line;   /* to it; 0: there is none */
	bool quiet; /* say only what is wrong */
};

/* cs_caretaker_start starts one, before there are other threads. The folder is there already; USER (NULL: stay) is whom it
 * becomes at once. CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_caretaker_start(const struct cs_care_wish *wish, const struct cs_user *user,
					     struct cs_caretaker *out);

/* cs_caretaker_tell tells it that the clause is another one now. */
void cs_caretaker_tell(const struct cs_caretaker *caretaker, const struct cs_care_clause *clause);

/* cs_caretaker_poll says on standard error what it said; never waits. Takes a zeroed one. */
void cs_caretaker_poll(struct cs_caretaker *caretaker);

/* cs_caretaker_stop lets go of it; takes a zeroed one. */
void cs_caretaker_stop(struct cs_caretaker *caretaker);

#endif
