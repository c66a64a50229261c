/*
 * The lock decides between the two ways, and is asked for by opening: who gets it writes. A vault that is not the
 * journal's must not sign in it, so its public key is held against that of the last head before anything is written.
 */
#include "engine/pen.h"

#include "state/reading.h"

#include <stdlib.h>

struct cs_pen {
	const char *folder;
	struct cs_journal *journal; /* NULL: notes go to the inbox */
	struct cs_inbox inbox;
};

static const uint64_t never_ns = UINT64_MAX;

enum cs_error
cs_pen_held(const char *folder, bool *held)
{
	char path[CS_VOLUME_PATH_BYTES];
	struct cs_shelf shelf;
	int file = -1;
	enum cs_error error = cs_shelf_list(folder, &shelf);
	bool any = shelf.n > 0;
	cs_shelf_fini(&shelf);
	CS_TRY(error);
	if (!any)
		return CS_E_OPEN;
	*held = false;
	CS_TRY(cs_volume_beside(folder, NULL, "lock", path));
	error = cs_disk_open(path, CS_DISK_WRITE, &file);
	if (error == CS_E_OPEN)
		return CS_OK;
	CS_TRY(error);
	error = cs_disk_lock(file);
	cs_disk_close(file);
	*held = error == CS_E_PERMISSION;
	return *held ? CS_OK : error;
}

static enum cs_error
refuse(const char *folder, enum cs_error error, const char *why, char *words)
{
	struct cs_text text = cs_text_over(words, CS_PEN_WORDS_BYTES);
	cs_text_put(&text, "journal ");
	cs_text_put(&text, folder);
	cs_text_put(&text, ": ");
	cs_text_put(&text, why);
	return error;
}

/* The head of the newest volume that has one. CS_E_OPEN: none has. */
static enum cs_error
last_key(const char *folder, uint8_t out[CS_PUBLIC_KEY_BYTES])
{
	struct cs_reading_wish wish = {folder, NULL, false};
	struct cs_reading *reading;
	struct cs_shelf shelf;
	struct cs_journal_head head;
	bool known = false;
	CS_TRY(cs_shelf_list(folder, &shelf));
	enum cs_error error = cs_reading_open(&wish, &reading);
	for (uint32_t i = shelf.n; error == CS_OK && i-- > 0 && !known;) {
		struct cs_record record;
		known = cs_reading_enter(reading, shelf.number[i]) == CS_OK &&
			cs_reading_next(reading, &record) == CS_OK && record.kind == CS_RECORD_HEAD &&
			cs_journal_head_read(record.open, &head);
	}
	if (known)
		memcpy(out, head.public_key, CS_PUBLIC_KEY_BYTES);
	if (error == CS_OK)
		cs_reading_close(reading);
	cs_shelf_fini(&shelf);
	return known ? CS_OK : error == CS_OK ? CS_E_OPEN : error;
}

enum cs_error
cs_pen_fits(const char *folder, const struct cs_vault *vault)
{
	uint8_t own[CS_PUBLIC_KEY_BYTES], journals[CS_PUBLIC_KEY_BYTES];
	CS_TRY(last_key(folder, journals));
	cs_vault_public(vault, own);
	return memcmp(own, journals, sizeof own) == 0 ? CS_OK : CS_E_FORMAT;
}

static enum cs_error
check_key(const struct cs_pen_wish *wish, char *words)
{
	enum cs_error error = cs_pen_fits(wish->folder, wish->vault);
	if (error == CS_E_FORMAT)
		return refuse(wish->folder, error, "it is signed under another key; name that one with --journal-key",
			      words);
	return error == CS_OK ? CS_OK : refuse(wish->folder, error, "none of its volumes begins with a head", words);
}

static enum cs_error
open_journal(struct cs_pen *pen, const struct cs_pen_wish *wish, char *words)
{
	struct cs_journal_found found;
	struct cs_journal_wish journal = {
		.folder = wish->folder,
		.vault = wish->vault,
		.build = wish->build,
		.sync = CS_SYNC_GROUP,
		.volume_bytes = UINT64_MAX,
		.volume_ns = never_ns,
		.checkpoint_ns = never_ns, /* one at the end */
	};
	if (!wish->vault)
		return refuse(wish->folder, CS_E_PERMISSION, "its key is needed", words);
	CS_TRY(check_key(wish, words));
	enum cs_error error = cs_journal_open(&journal, &found, &pen->journal);
	if (error == CS_E_FORMAT)
		return refuse(wish->folder, error,
			      "it is damaged, and nothing is put behind damage; `countersign verify` says where",
			      words);
	return error == CS_OK ? CS_OK : refuse(wish->folder, error, cs_error_text(error), words);
}

/* All that waits was put there earlier, and stands before what is to come. */
static enum cs_error
empty_inbox(struct cs_pen *pen, char *words)
{
	enum cs_error error = CS_OK;
	for (uint64_t n = 1; error == CS_OK && n;) {
		unsigned taken = 0;
		error = cs_inbox_take(&pen->inbox, pen->folder, pen->journal, &taken);
		if (error == CS_OK)
			error = cs_inbox_count(pen->folder, &n);
	}
	return error == CS_OK ? CS_OK : refuse(pen->folder, error, "a note in its inbox cannot be taken", words);
}

enum cs_error
cs_pen_open(const struct cs_pen_wish *wish, char *words, struct cs_pen **out)
{
	bool held = false;
	words[0] = '\0';
	enum cs_error error = cs_pen_held(wish->folder, &held);
	if (error != CS_OK)
		return refuse(wish->folder, error,
			      error == CS_E_OPEN ? "there is no journal there" : cs_error_text(error), words);
	struct cs_pen *pen = calloc(1, sizeof *pen);
	if (!pen)
		return CS_E_MEMORY;
	pen->folder = wish->folder;
	if (!held) {
		error = open_journal(pen, wish, words);
		if (error == CS_OK)
			error = empty_inbox(pen, words);
	}
	if (error != CS_OK) {
		enum cs_error closed = cs_pen_close(pen);
		(void)closed; /* the first error counts */
		return error;
	}
	*out = pen;
	return CS_OK;
}

enum cs_error
cs_pen_put(struct cs_pen *pen, const struct cs_note *note)
{
	if (!pen->journal)
		return cs_inbox_drop(pen->folder, note);
	if (!cs_journal_put(pen->journal, CS_RECORD_OPERATOR, note->at_ns, cs_note_line(note), (struct cs_span){0}))
		return CS_E_LIMIT;
	return cs_journal_flush(pen->journal);
}

bool
cs_pen_drops(const struct cs_pen *pen)
{
	return !pen->journal;
}

enum cs_error
cs_pen_close(struct cs_pen *pen)
{
	if (!pen)
		return CS_OK;
	enum cs_error error = cs_journal_close(pen->journal);
	free(pen);
	return error;
}
