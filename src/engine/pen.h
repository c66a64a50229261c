/*
 * A pen: puts notes into a journal that this process does not record. When nobody writes the journal it is opened for
 * that, and whatever waits in its inbox is put down first; when somebody does, the notes go to his inbox.
 */
#ifndef CS_ENGINE_PEN_H
#define CS_ENGINE_PEN_H

#include "engine/inbox.h"

enum { CS_PEN_WORDS_BYTES = CS_VOLUME_PATH_BYTES + 512 };

struct cs_pen_wish {
	const char *folder;
	struct cs_vault *vault; /* the journal's; NULL: good for an inbox only */
	const char *build;      /* told in the journal */
};

struct cs_pen;

/* cs_pen_held says whether a process writes the journal in FOLDER now. CS_E_OPEN: there is no journal;
 * CS_E_PERMISSION: it may not be asked. */
CS_MUST_USE enum cs_error cs_pen_held(const char *folder, bool *held);

/* cs_pen_fits says whether VAULT is the one the journal in FOLDER is signed with. CS_E_FORMAT: it is another's; CS_E_OPEN:
 * the journal has no head that can be read. */
CS_MUST_USE enum cs_error cs_pen_fits(const char *folder, const struct cs_vault *vault);

/* cs_pen_open takes up a pen. CS_E_OPEN: there is no journal; CS_E_FORMAT: it is damaged, or signed under another key:
 * WORDS (CS_PEN_WORDS_BYTES) says what is wrong. */
CS_MUST_USE enum cs_error cs_pen_open(const struct cs_pen_wish *wish, char *words, struct cs_pen **out);

/* cs_pen_put puts NOTE down for good. */
CS_MUST_USE enum cs_error cs_pen_put(struct cs_pen *pen, const struct cs_note *note);

/* cs_pen_drops says whether notes go to the inbox. */
bool cs_pen_drops(const struct cs_pen *pen);

/* cs_pen_close ends it; the first error there was. Takes NULL. */
CS_MUST_USE enum cs_error cs_pen_close(struct cs_pen *pen);

#endif
