/*
 * `countersign journal note`: a line of somebody's on record.
 */
#include "app/command.h"
#include "app/journal.h"

#include <stdio.h>

int
cs_journal_note(const struct cs_journal_call *call)
{
	struct cs_journal_pen pen;
	struct cs_note note;
	cs_note_begin(&note, "note", call->by);
	cs_json_put_text(&note.json, "text", call->text);
	if (!cs_note_end(&note)) {
		fprintf(stderr, "countersign: this note is too long; a note has %d bytes at most, its frame included\n",
			CS_NOTE_BYTES);
		return CS_EXIT_USAGE;
	}
	enum cs_error error = CS_E_OPEN;
	bool opened = cs_journal_pen(call, NULL, false, &pen);
	if (opened)
		error = cs_pen_put(pen.pen, &note);
	bool drops = opened && cs_pen_drops(pen.pen);
	bool closed = cs_journal_pen_close(&pen);
	if (opened && error != CS_OK)
		return cs_journal_say(call, "the note cannot be put there", error);
	if (!opened || !closed)
		return CS_EXIT_INPUT;
	if (!call->quiet)
		fprintf(stderr, "countersign: note %s %s\n", note.id,
			drops ? "waits in the inbox for the process that writes this journal" : "is on record");
	return CS_EXIT_RAN;
}
