/*
 * The inbox of a journal: notes for the one process that writes it, each a file in FOLDER/inbox/.
 *
 * A file appears there whole and durable, or not at all; its name is its time and its id, so that names in order are notes
 * in order. It is removed once its record is durable. A process that ends in between leaves it to the next one: the
 * note may then stand in the journal twice, with one id.
 */
#ifndef CS_ENGINE_INBOX_H
#define CS_ENGINE_INBOX_H

#include "engine/note.h"
#include "state/journal.h"

enum { CS_INBOX_ROUND = 64, CS_INBOX_KNOWN = 256 };

/* cs_inbox_drop leaves NOTE for whoever writes the journal in FOLDER. */
CS_MUST_USE enum cs_error cs_inbox_drop(const char *folder, const struct cs_note *note);

/* cs_inbox_count counts the notes that wait. */
CS_MUST_USE enum cs_error cs_inbox_count(const char *folder, uint64_t *out);

/* What the process that takes notes remembers of those it put down: zeroed at its start. */
struct cs_inbox {
	uint64_t put_n;
	char id[CS_INBOX_KNOWN][CS_NOTE_ID_BYTES];
};

/* cs_inbox_take puts what waits, CS_INBOX_ROUND notes at most, into JOURNAL, makes it durable and removes the files. A file
 * that is no note is set aside in torn/. TAKEN counts the notes put down. */
CS_MUST_USE enum cs_error cs_inbox_take(struct cs_inbox *inbox, const char *folder, struct cs_journal *journal,
					unsigned *taken);

#endif
