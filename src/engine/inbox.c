/*
 * Put down first, flushed, and only then removed: so a note is never lost, and its ids keep this process from putting it
 * down again when the file would not go.
 */
#include "engine/inbox.h"

#include "base/text.h"
#include "io/clock.h"
#include "io/disk.h"

static const char ending[] = ".note";

enum { TIME_DIGITS = 20, STEM_BYTES = TIME_DIGITS + 1 + CS_NOTE_ID_BYTES - 1 };

enum cs_error
cs_inbox_drop(const char *folder, const struct cs_note *note)
{
	char name[CS_DISK_NAME_BYTES], draft_name[CS_DISK_NAME_BYTES];
	char path[CS_VOLUME_PATH_BYTES], draft[CS_VOLUME_PATH_BYTES], inbox[CS_VOLUME_PATH_BYTES];
	struct cs_text text = cs_text_over(name, sizeof name), draft_text = cs_text_over(draft_name, sizeof draft_name);
	int file = -1;
	cs_text_put_padded(&text, note->at_ns, TIME_DIGITS);
	cs_text_put_char(&text, '-');
	cs_text_put(&text, note->id);
	cs_text_put(&text, ending);
	cs_text_put(&draft_text, note->id);
	cs_text_put(&draft_text, ".draft");
	CS_TRY(cs_volume_beside(folder, "inbox", name, path));
	CS_TRY(cs_volume_beside(folder, "inbox", draft_name, draft));
	CS_TRY(cs_volume_beside(folder, "inbox", NULL, inbox));
	CS_TRY(cs_disk_open(draft, CS_DISK_CREATE, &file));
	struct cs_span line = cs_note_line(note);
	enum cs_error error = cs_disk_write(file, line.at, line.len, 0);
	if (error == CS_OK)
		error = cs_disk_sync(file);
	cs_disk_close(file);
	if (error == CS_OK)
		error = cs_disk_rename(draft, path);
	if (error != CS_OK)
		return cs_disk_remove(draft) == CS_OK ? error : CS_E_WRITE;
	return cs_disk_sync_folder(inbox);
}

static bool
is_note_name(const char *name)
{
	return strlen(name) == STEM_BYTES + sizeof ending - 1 && strcmp(name + STEM_BYTES, ending) == 0;
}

static void
count_name(void *context, const char *name)
{
	*(uint64_t *)context += is_note_name(name);
}

enum cs_error
cs_inbox_count(const char *folder, uint64_t *out)
{
	char inbox[CS_VOLUME_PATH_BYTES];
	uint64_t n = 0;
	CS_TRY(cs_volume_beside(folder, "inbox", NULL, inbox));
	enum cs_error error = cs_disk_list(inbox, count_name, &n);
	*out = n;
	return error == CS_E_OPEN ? CS_OK : error;
}

/* The first names in order of time. */
struct round {
	unsigned n;
	char name[CS_INBOX_ROUND][CS_DISK_NAME_BYTES];
};

static void
note_name(void *context, const char *name)
{
	struct round *round = context;
	if (is_note_name(name) && round->n < CS_INBOX_ROUND)
		memcpy(round->name[round->n++], name, strlen(name) + 1);
}

static bool
is_known(const struct cs_inbox *inbox, const char *id)
{
	uint64_t n = inbox->put_n < CS_INBOX_KNOWN ? inbox->put_n : CS_INBOX_KNOWN;
	for (uint64_t i = 0; i < n; i++)
		if (strcmp(inbox->id[i], id) == 0)
			return true;
	return false;
}

static enum cs_error
read_note(const char *path, char line[CS_NOTE_BYTES + 1], size_t *len)
{
	int file = -1;
	CS_TRY(cs_disk_open(path, CS_DISK_READ, &file));
	enum cs_error error = cs_disk_read(file, line, CS_NOTE_BYTES + 1, 0, len);
	cs_disk_close(file);
	return error;
}

static enum cs_error
set_aside(const char *folder, const char *name, const char *path)
{
	char torn[CS_VOLUME_PATH_BYTES];
	CS_TRY(cs_volume_beside(folder, "torn", name, torn));
	return cs_disk_rename(path, torn);
}

static enum cs_error
take_one(struct cs_inbox *inbox, const char *folder, const char *name, struct cs_journal *journal)
{
	char path[CS_VOLUME_PATH_BYTES], at[CS_NOTE_BYTES + 1], id[CS_NOTE_ID_BYTES];
	size_t len = 0;
	CS_TRY(cs_volume_beside(folder, "inbox", name, path));
	CS_TRY(read_note(path, at, &len));
	struct cs_span line = {(const uint8_t *)at, len};
	if (!cs_note_read(line, id))
		return set_aside(folder, name, path);
	if (is_known(inbox, id))
		return CS_OK;
	if (!cs_journal_put(journal, CS_RECORD_OPERATOR, cs_clock_wall_ns(), line, (struct cs_span){0}))
		return CS_E_LIMIT;
	memcpy(inbox->id[inbox->put_n++ % CS_INBOX_KNOWN], id, sizeof id);
	return CS_OK;
}

static enum cs_error
clear(const char *folder, const struct round *round)
{
	char path[CS_VOLUME_PATH_BYTES], inbox[CS_VOLUME_PATH_BYTES];
	for (unsigned i = 0; i < round->n; i++) {
		CS_TRY(cs_volume_beside(folder, "inbox", round->name[i], path));
		enum cs_error error = cs_disk_remove(path);
		if (error != CS_OK && error != CS_E_OPEN) /* set aside */
			return error;
	}
	CS_TRY(cs_volume_beside(folder, "inbox", NULL, inbox));
	return cs_disk_sync_folder(inbox);
}

enum cs_error
cs_inbox_take(struct cs_inbox *inbox, const char *folder, struct cs_journal *journal, unsigned *taken)
{
	char path[CS_VOLUME_PATH_BYTES];
	struct round round = {0};
	uint64_t before = inbox->put_n;
	*taken = 0;
	CS_TRY(cs_volume_beside(folder, "inbox", NULL, path));
	enum cs_error error = cs_disk_list(path, note_name, &round);
	if (error == CS_E_OPEN || (error == CS_OK && !round.n))
		return CS_OK;
	CS_TRY(error);
	for (unsigned i = 0; i < round.n; i++)
		CS_TRY(take_one(inbox, folder, round.name[i], journal));
	CS_TRY(cs_journal_flush(journal));
	*taken = (unsigned)(inbox->put_n - before);
	return clear(folder, &round);
}
