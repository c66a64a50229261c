/*
 * Files of lists and of decisions, looked at: what is good is taken, what is not leaves the version before.
 *
 * Invariant: bytes are kept in the store before they are taken. What a roster says of a list is what its roll is made of.
 */
#include "engine/renewal_parts.h"

#include "base/hash.h"
#include "io/disk.h"
#include "io/file.h"

#include <stdlib.h>

enum { DECISIONS_BYTES_MAX = 256 << 20 };

static const uint64_t decisions_every_ns = UINT64_C(5000000000);
static const uint64_t retry_ns = CS_RENEWAL_RETRY_S * UINT64_C(1000000000);

/* ---- a list ---- */

void
cs_renewal_put_path(struct cs_text *text, const char *path)
{
	enum { SHOWN = 72 };
	size_t len = strlen(path);
	if (len > SHOWN) {
		cs_text_put(text, "...");
		for (path += len - SHOWN; (*path & 0xC0) == 0x80; path++) {
		}
	}
	cs_text_put(text, path);
	cs_text_put(text, ": ");
}

void
cs_renewal_put_words(struct cs_text *text, const char *words)
{
	static const char cut[] = "...";
	struct cs_span span = cs_span_text(words);
	size_t room = text->cap_bytes - text->len - 1;
	if (span.len <= room) {
		cs_text_put_span(text, span);
		return;
	}
	if (room < sizeof cut - 1)
		return;
	for (span.len = room - (sizeof cut - 1); span.len && (span.at[span.len] & 0xC0) == 0x80; span.len--) {
	}
	cs_text_put_span(text, span);
	cs_text_put(text, cut);
}

void
cs_renewal_say(struct cs_held_list *list, enum cs_roster_what what, const char *path, const char *words)
{
	struct cs_text why = cs_text_over(list->now.why, sizeof list->now.why);
	if (path)
		cs_renewal_put_path(&why, path);
	cs_renewal_put_words(&why, words);
	list->now.what = (uint8_t)what;
}

/* Entries that were in force: a process before may have seen them. */
static uint64_t
entries_before(const struct cs_renewal *renewal, const struct cs_held_list *list)
{
	if (list->now.there)
		return list->now.entry_n;
	return renewal->store ? cs_list_files_noted_n(renewal->store, list->where.name) : 0;
}

static bool
has_shrunk(const struct cs_renewal *renewal, struct cs_held_list *list, uint64_t entry_n)
{
	uint64_t before_n = entries_before(renewal, list);
	if (!cs_list_files_shrunk(&list->where, before_n, entry_n))
		return false;
	char words[CS_ROSTER_WHY_BYTES];
	struct cs_text text = cs_text_over(words, sizeof words);
	cs_text_put(&text, "it has ");
	cs_text_put_counted(&text, entry_n, "entry, and ", "entries, and ");
	cs_text_put_u64(&text, before_n);
	cs_text_put(&text, " were in force: it lost more than `shrink` allows");
	cs_renewal_say(list, CS_ROSTER_SHRUNK, NULL, words);
	return true;
}

/* FILES, which are good, become the version of LIST. */
static void
take(struct cs_held_list *list, struct cs_list_files *files, const struct cs_watch_list_report *report)
{
	struct cs_roster_list *now = &list->now;
	cs_list_files_free(&list->files);
	list->files = *files;
	now->what = CS_ROSTER_TAKEN;
	now->there = true;
	now->why[0] = '\0';
	now->version = report->version;
	now->changed_ns = files->changed_ns;
	now->entry_n = report->entry_n;
	now->bad_n = report->row_bad_n;
	memcpy(now->date, report->date, sizeof now->date);
	if (!cs_watch_list_day(report->format, report->date, &now->dated_s))
		now->dated_s = 0;
	now->file_n = files->n;
	memcpy(now->file, files->digest, files->n * sizeof files->digest[0]);
}

static bool
keep(const struct cs_renewal *renewal, const struct cs_held_list *list, const struct cs_list_files *files)
{
	enum cs_error error = CS_OK;
	for (unsigned i = 0; renewal->store && i < files->n && error == CS_OK; i++)
		error = cs_list_files_keep(renewal->store, &files->digest[i], files->file[i]);
	if (renewal->store && error == CS_OK)
		error = cs_list_files_note(renewal->store, list->where.name, files);
	return error == CS_OK;
}

/* Whether FILES, which are then LIST's, come into force. */
static bool
weigh(const struct cs_renewal *renewal, struct cs_held_list *list, struct cs_list_files *files)
{
	struct cs_watch_list_report *report = calloc(1, sizeof *report);
	enum cs_error error = report ? cs_list_files_count(&list->where, files, report) : CS_E_MEMORY;
	bool good = false;
	files->entry_n = report ? report->entry_n : 0;
	if (error != CS_OK)
		cs_renewal_say(list, CS_ROSTER_UNREADABLE, list->where.path[0],
			       report && report->lacks[0] ? report->lacks : cs_error_text(error));
	else if (has_shrunk(renewal, list, report->entry_n))
		; /* it said so */
	else if (!keep(renewal, list, files))
		cs_renewal_say(list, CS_ROSTER_UNREADABLE, list->where.path[0], "it cannot be kept beside the journal");
	else
		good = true;
	if (good)
		take(list, files, report);
	free(report);
	return good;
}

/* At a start, when its file is not there or broken: what was good before is kept beside the journal. */
static void
take_kept(struct cs_renewal *renewal, struct cs_held_list *list)
{
	struct cs_list_files files;
	char why[CS_ROSTER_WHY_BYTES];
	uint8_t what = list->now.what;
	memcpy(why, list->now.why, sizeof why);
	if (!renewal->store || cs_list_files_noted(renewal->store, list->where.name, renewal->hasher, &files) != CS_OK)
		return;
	if (!weigh(renewal, list, &files)) {
		cs_list_files_free(&files);
		return;
	}
	renewal->rolls = true;
	list->now.what = what;
	memcpy(list->now.why, why, sizeof why);
}

/* A note that cannot be written makes the version seem older after a restart than it is, and never younger. */
static void
note_age(const struct cs_renewal *renewal, struct cs_held_list *list)
{
	if (!renewal->store || list->now.changed_ns == list->before.changed_ns)
		return;
	list->files.changed_ns = list->now.changed_ns;
	enum cs_error error = cs_list_files_note(renewal->store, list->where.name, &list->files);
	(void)error;
}

void
cs_renewal_look_at_list(struct cs_renewal *renewal, struct cs_held_list *list, uint64_t now_ns)
{
	struct cs_list_files files;
	const char *failed = NULL;
	enum cs_error error = cs_list_files_read(&list->where, renewal->hasher, &files, &failed);
	list->next_ns = now_ns + list->where.refresh_ns;
	if (error != CS_OK) {
		cs_renewal_say(list, CS_ROSTER_UNREADABLE, failed, cs_file_error_text(error));
	} else if (list->now.there && cs_list_files_same(&files, &list->files)) {
		list->now.what = CS_ROSTER_SAME;
		list->now.why[0] = '\0';
		list->now.changed_ns = files.changed_ns; /* fetched anew, and the same: it is young again */
		cs_list_files_free(&files);
		note_age(renewal, list);
	} else if (weigh(renewal, list, &files)) {
		renewal->rolls = true;
	} else {
		cs_list_files_free(&files);
	}
	if (!list->now.there)
		take_kept(renewal, list);
	if (!list->now.there)
		list->now.what = CS_ROSTER_MISSING;
	if (list->now.what != CS_ROSTER_SAME && list->now.what != CS_ROSTER_TAKEN) /* it may be mended soon */
		list->next_ns = now_ns + (retry_ns < list->where.refresh_ns ? retry_ns : list->where.refresh_ns);
}

/* ---- decisions ---- */

static enum cs_error
read_decisions(struct cs_renewal *renewal, int file, struct cs_kept_decisions *kept)
{
	struct cs_span bytes = {NULL, 0};
	CS_TRY(cs_file_read_rest(file, DECISIONS_BYTES_MAX, &bytes));
	struct cs_digest digest = cs_digest_of(renewal->hasher, bytes);
	enum cs_error error = renewal->store ? cs_list_files_keep(renewal->store, &digest, bytes) : CS_OK;
	if (error != CS_OK) {
		cs_file_free(bytes);
		return error;
	}
	cs_file_free(kept->bytes);
	kept->bytes = bytes;
	kept->now.digest = digest;
	return CS_OK;
}

/* Of an open file: another when its bytes, its mode, its owner or the file itself may be. */
static uint64_t
state_of(int file)
{
	uint64_t state = cs_hash_mix(cs_file_changed_ns(file), cs_file_touched_ns(file));
	return cs_hash_mix(state, cs_file_size(file)) | 1;
}

static void
have_none(struct cs_renewal *renewal, struct cs_kept_decisions *kept)
{
	cs_file_free(kept->bytes);
	kept->bytes = (struct cs_span){NULL, 0};
	kept->now.digest = cs_digest_of(renewal->hasher, kept->bytes);
}

/* What is in it now, if it is another file than before; *STATE is 0 when there is none: nobody has decided anything yet. It is opened each
 * time: that it may not be read any more shows in nothing else. */
static enum cs_error
look_into(struct cs_renewal *renewal, struct cs_kept_decisions *kept, uint64_t *state)
{
	int file = -1;
	enum cs_error error = cs_disk_open(kept->path, CS_DISK_READ, &file);
	bool none = error == CS_E_OPEN;
	if (error != CS_OK && !none)
		error = cs_file_failed(CS_E_OPEN); /* with its cause */
	*state = error == CS_OK ? state_of(file) : 0;
	if (none)
		have_none(renewal, kept);
	else if (error == CS_OK && (!kept->now.there || *state != kept->state))
		error = read_decisions(renewal, file, kept);
	cs_disk_close(file);
	return none ? CS_OK : error;
}

void
cs_renewal_look_at_decisions(struct cs_renewal *renewal, struct cs_kept_decisions *kept, uint64_t now_ns)
{
	bool first = !kept->next_ns, was_there = kept->now.there;
	struct cs_digest before = kept->now.digest;
	uint64_t state = 0;
	kept->next_ns = now_ns + decisions_every_ns;
	enum cs_error error = look_into(renewal, kept, &state);
	struct cs_text why = cs_text_over(kept->now.why, sizeof kept->now.why);
	kept->now.there = error == CS_OK;
	if (error != CS_OK)
		cs_text_put(&why, cs_file_error_text(error));
	renewal->changed |= first || was_there != kept->now.there || !cs_digest_same(&before, &kept->now.digest);
	kept->state = state;
}
