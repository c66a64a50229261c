/*
 * Notes: what somebody did to a journal, or wants to be remembered there, as one line of JSON in an OPERATOR record.
 *
 *   {"id":"3F0A5E1144D28C07","at":"2026-03-02T13:18:00.000000000Z","action":"note","by":"mara","text":"..."}
 *
 * The id is random and tells a note that was put down twice from two notes. What follows `by` is the action's own.
 */
#ifndef CS_ENGINE_NOTE_H
#define CS_ENGINE_NOTE_H

#include "base/error.h"
#include "base/json.h"

enum { CS_NOTE_BYTES = 4096, CS_NOTE_ID_BYTES = 16 + 1 };

struct cs_note {
	uint64_t at_ns;
	char id[CS_NOTE_ID_BYTES];
	struct cs_text text;
	struct cs_json json;
	char at[CS_NOTE_BYTES + 1];
};

/* cs_note_begin starts NOTE, which must not be moved from here on; BY may be NULL: this program did it by itself. Members
 * are added to note->json. */
void cs_note_begin(struct cs_note *note, const char *action, const char *by);

/* cs_note_end ends it; false when it is longer than CS_NOTE_BYTES. */
CS_MUST_USE bool cs_note_end(struct cs_note *note);

/* cs_note_line lends the line of a note that was ended. */
static inline struct cs_span
cs_note_line(const struct cs_note *note)
{
	return (struct cs_span){(const uint8_t *)note->at, note->text.len};
}

/* cs_note_read checks that LINE is a note, and gives its id. */
bool cs_note_read(struct cs_span line, char id[CS_NOTE_ID_BYTES]);

/* cs_note_when gives the day and time of a note that cs_note_read took: "2026-03-02 13:18:00". */
enum { CS_NOTE_WHEN_BYTES = 20 };
void cs_note_when(struct cs_span line, char out[CS_NOTE_WHEN_BYTES]);

#endif
