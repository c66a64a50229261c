/*
 * The line is written by our own JSON writer, so whatever a person typed is text in it and nothing else. Read back it is
 * held only against what makes it a note: one line of text without control characters that begins with an id.
 */
#include "engine/note.h"

#include "io/clock.h"
#include "io/secret.h"

static const char prefix[] = "{\"id\":\"", before_time[] = "\",\"at\":\"";

static void
draw_id(char out[CS_NOTE_ID_BYTES])
{
	uint8_t random[8];
	struct cs_text text = cs_text_over(out, CS_NOTE_ID_BYTES);
	cs_secret_random(random, sizeof random);
	cs_text_put_hex(&text, (struct cs_span){random, sizeof random});
}

void
cs_note_begin(struct cs_note *note, const char *action, const char *by)
{
	char at[40];
	struct cs_text time = cs_text_over(at, sizeof at);
	note->at_ns = cs_clock_wall_ns();
	cs_text_put_time(&time, note->at_ns);
	draw_id(note->id);
	note->text = cs_text_over(note->at, sizeof note->at);
	note->json = cs_json_over(&note->text);
	cs_json_object(&note->json);
	cs_json_put_text(&note->json, "id", note->id);
	cs_json_put_text(&note->json, "at", at);
	cs_json_put_text(&note->json, "action", action);
	if (by)
		cs_json_put_text(&note->json, "by", by);
}

bool
cs_note_end(struct cs_note *note)
{
	cs_json_end_object(&note->json);
	return !note->text.overflowed;
}

bool
cs_note_read(struct cs_span line, char id[CS_NOTE_ID_BYTES])
{
	size_t id_at = sizeof prefix - 1, end = id_at + CS_NOTE_ID_BYTES - 1;
	if (line.len < end + sizeof before_time + CS_NOTE_WHEN_BYTES || line.len > CS_NOTE_BYTES ||
	    memcmp(line.at, prefix, id_at) != 0)
		return false;
	for (size_t i = id_at; i < end; i++)
		if (!strchr("0123456789ABCDEF", line.at[i]) || !line.at[i])
			return false;
	for (size_t i = 0; i < line.len; i++)
		if (line.at[i] < ' ')
			return false;
	if (memcmp(line.at + end, before_time, sizeof before_time - 1) != 0 || line.at[line.len - 1] != '}')
		return false;
	memcpy(id, line.at + id_at, CS_NOTE_ID_BYTES - 1);
	id[CS_NOTE_ID_BYTES - 1] = '\0';
	return true;
}

void
cs_note_when(struct cs_span line, char out[CS_NOTE_WHEN_BYTES])
{
	size_t at = sizeof prefix - 1 + CS_NOTE_ID_BYTES - 1 + sizeof before_time - 1;
	CS_ASSERT(line.len > at + CS_NOTE_WHEN_BYTES);
	memcpy(out, line.at + at, CS_NOTE_WHEN_BYTES - 1);
	out[CS_NOTE_WHEN_BYTES - 1] = '\0';
	out[10] = ' ';
}
