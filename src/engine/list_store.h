/*
 * The store of lists beside a journal, kept to what is needed: bytes of watch lists and of decisions that no names of the journal were held
 * against, and that nothing goes on with, may go.
 *
 * Needed is what a ROSTER names under which a NAMED still stands, what the newest ROSTER names, what `NAME.last` names, and what was put
 * there, or looked for, within a day: its record may be on its way. When the journal, or a `NAME.last`, cannot be read whole nothing may go.
 */
#ifndef CS_ENGINE_LIST_STORE_H
#define CS_ENGINE_LIST_STORE_H

#include "base/error.h"

#include <stdint.h>

enum { CS_LIST_STORE_FILES_MAX = 1 << 20, CS_LIST_STORE_NAME_BYTES = 256 };

struct cs_list_store;

struct cs_list_store_sum {
	uint64_t kept_n, kept_bytes;
	uint64_t young_n, young_bytes; /* of a day: they stay as well */
	uint64_t gone_n, gone_bytes;   /* that may go, or are gone */
	uint64_t altered_n, missing_n; /* needed, and not these bytes any more, or not there (cs_list_store_prove) */
};

/* cs_list_store_look reads the journal in FOLDER and says what may go at NOW_NS by the clock. CS_E_OPEN: there is no journal, or no store and none is needed;
 * CS_E_FORMAT: the journal is damaged; CS_E_LIMIT: more files than CS_LIST_STORE_FILES_MAX. */
CS_MUST_USE enum cs_error cs_list_store_look(const char *folder, uint64_t now_ns, struct cs_list_store **out);

/* cs_list_store_prove reads each file that is needed once and holds it against its hash; EACH hears of those that fail: CS_E_FORMAT, it is
 * altered; CS_E_OPEN, it is missing; another, it cannot be read. CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_list_store_prove(struct cs_list_store *store,
					      void (*each)(void *context, const char *name, enum cs_error error),
					      void *context);

/* cs_list_store_unread gives the name of a `NAME.last` that cannot be read: nobody knows what it needs, and all stays. NULL: each can. */
const char *cs_list_store_unread(const struct cs_list_store *store);

/* cs_list_store_free takes NULL. */
void cs_list_store_free(struct cs_list_store *store);

/* cs_list_store_sum_of gives the sums. */
struct cs_list_store_sum cs_list_store_sum_of(const struct cs_list_store *store);

/* cs_list_store_each tells NAME and bytes of each file that may go. */
void cs_list_store_each(const struct cs_list_store *store,
			void (*each)(void *context, const char *name, uint64_t bytes), void *context);

/* cs_list_store_remove removes them, but for those that were looked for since; the sums say what went. Errors of the disk. */
CS_MUST_USE enum cs_error cs_list_store_remove(struct cs_list_store *store);

#endif
