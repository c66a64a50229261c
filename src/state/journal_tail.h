/*
 * The end of a journal as the last process left it: found, and what was torn cut off.
 */
#ifndef CS_STATE_JOURNAL_TAIL_H
#define CS_STATE_JOURNAL_TAIL_H

#include "state/journal.h"

struct cs_tail {
	struct cs_page_place next; /* where the next page belongs; volume: the last one used, keys included */
	uint8_t id[CS_JOURNAL_ID_BYTES];
	bool known; /* id is that of this journal; false: it is to be begun */
};

/* cs_tail_find examines the last volume of FOLDER. What lies behind its last whole page and was never synced is moved to
 * torn/ and cut off. CS_E_FORMAT: synced pages are damaged; with OVER_DAMAGE the end is behind the last sound page. */
CS_MUST_USE enum cs_error cs_tail_find(const char *folder, bool over_damage, struct cs_journal_found *found,
				       struct cs_tail *out);

#endif
