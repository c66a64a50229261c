/*
 * The way of one file: what it is, which of its rows are told already, and where it goes.
 *
 * Invariant: a file is moved on only when all that was told of it is durable; before its first row is told, it is noted beside it since when
 * its rows may be in the journal. So whoever comes next finds each row told, or untold, and never doubts which.
 */
#include "engine/intake_parts.h"

#include "engine/note.h"
#include "io/file.h"
#include "io/secret.h"

static uint64_t
new_id(void)
{
	uint64_t id = 0;
	cs_secret_random(&id, sizeof id);
	return id | 1;
}

static const struct cs_policy *
policy_of(const struct cs_intake *intake)
{
	return intake->wish.links->policy;
}

/* ---- beginning ---- */

static void
set_aside(struct cs_intake_source *source, enum cs_intake_why why, enum cs_error error)
{
	source->file.why = why;
	source->file.error = error;
	source->state = CS_INTAKE_FINISHING;
}

/* Length, time and digest of what is in work now. */
static enum cs_error
identify(const struct cs_intake_source *source, struct cs_intake_file *file, struct cs_digest *digest)
{
	int descriptor = -1;
	CS_TRY(cs_spool_read(source->spool, CS_SPOOL_TAKEN, file->name, &descriptor));
	file->changed_ns = cs_file_changed_ns(descriptor);
	file->touched_ns = cs_file_touched_ns(descriptor);
	enum cs_error error = cs_spool_digest(descriptor, digest, &file->size);
	cs_file_close(descriptor);
	return error;
}

/* A file that nobody has begun with. */
static enum cs_error
note_taken(struct cs_intake *intake, struct cs_intake_source *source, const struct cs_digest *digest)
{
	struct cs_intake_file *file = &source->file;
	struct cs_chronicle *chronicle = intake->wish.chronicle;
	file->taken = (struct cs_intake_taken){
		.id = new_id(),
		.seq = chronicle ? cs_chronicle_state(chronicle).durable_seq : 0,
		.link = source->folder.link,
		.link_n = policy_of(intake)->link_n,
		.digest = *digest,
	};
	return cs_intake_taken_put(source->spool, file->name, &file->taken);
}

/* One that a process before had begun with. */
static enum cs_error
find_place(struct cs_intake *intake, struct cs_intake_source *source, const struct cs_digest *digest)
{
	struct cs_intake_file *file = &source->file;
	if (!cs_digest_same(digest, &file->taken.digest))
		return CS_E_FORMAT;
	if (!intake->wish.chronicle)
		return CS_OK;
	return cs_intake_place_find(&intake->wish.journal, &file->taken, &file->known);
}

/* What stands beside a file that a process before LEFT, or else is put there. */
static enum cs_error
take(struct cs_intake *intake, struct cs_intake_source *source, const struct cs_digest *digest, bool left)
{
	enum cs_error error =
		left ? cs_intake_taken_get(source->spool, source->file.name, &source->file.taken) : CS_E_OPEN;
	if (error == CS_OK)
		error = find_place(intake, source, digest);
	else if (error == CS_E_OPEN)
		return note_taken(intake, source, digest);
	if (error != CS_OK)
		set_aside(source, error == CS_E_FORMAT ? CS_INTAKE_CHANGED : CS_INTAKE_LOST, error);
	return CS_OK;
}

static void
say_known(const struct cs_intake *intake, const struct cs_intake_source *source)
{
	char at[32];
	struct cs_text number = cs_text_over(at, sizeof at);
	cs_text_put_u64(&number, source->file.known.row_n);
	if (source->file.known.row_n)
		cs_intake_say(
			intake, source,
			(const char *const[4]){": ", source->file.name, " is gone on with; rows in the journal: ", at});
}

/* In any folder of record LINK. */
static uint64_t
seen_as(const struct cs_intake *intake, unsigned link, const struct cs_digest *digest)
{
	uint64_t id = 0;
	for (unsigned i = 0; i < intake->n && !id; i++)
		if (intake->source[i].folder.link == link)
			id = cs_intake_seen_as(intake->source[i].seen, digest);
	return id;
}

bool
cs_intake_knows(const struct cs_intake *intake, unsigned link, const struct cs_digest *digest)
{
	return seen_as(intake, link, digest) != 0;
}

enum cs_error
cs_intake_file_begin(struct cs_intake *intake, struct cs_intake_source *source, const char *name, bool left)
{
	struct cs_digest digest;
	struct cs_intake_file *file = &source->file;
	char kept[CS_SPOOL_PLACED_BYTES];
	struct cs_text text = cs_text_over(kept, sizeof kept);
	cs_text_put(&text, name); /* it may be the list's */
	*file = (struct cs_intake_file){0};
	memcpy(file->name, kept, text.len);
	enum cs_error error = identify(source, file, &digest);
	if (error != CS_OK) {
		set_aside(source, CS_INTAKE_UNREADABLE, error);
		return CS_OK;
	}
	CS_TRY(take(intake, source, &digest, left));
	say_known(intake, source);
	uint64_t id = seen_as(intake, source->folder.link, &digest);
	if (id && id != file->taken.id)
		set_aside(source, CS_INTAKE_TWICE, CS_OK);
	if (source->state == CS_INTAKE_NONE)
		cs_intake_file_open(intake, source);
	return CS_OK;
}

enum cs_error
cs_intake_file_renew(struct cs_intake *intake, struct cs_intake_source *source)
{
	struct cs_intake_file *file = &source->file;
	struct cs_chronicle *chronicle = intake->wish.chronicle;
	file->taken.before = file->known;
	file->taken.seq = chronicle ? cs_chronicle_state(chronicle).durable_seq : 0;
	file->taken.link_n = policy_of(intake)->link_n;
	source->state = CS_INTAKE_RENEWING;
	CS_TRY(cs_intake_taken_put(source->spool, file->name, &file->taken));
	cs_intake_file_open(intake, source);
	return CS_OK;
}

void
cs_intake_file_open(struct cs_intake *intake, struct cs_intake_source *source)
{
	struct cs_intake_file *file = &source->file;
	struct cs_feed_file feed = {file->name, -1, cs_feeds_mark(&file->taken.digest), source->folder.source};
	file->done = (struct cs_intake_place){0};
	file->unread_n = 0;
	file->fault_n = 0;
	file->lost = false;
	enum cs_error error = cs_spool_read(source->spool, CS_SPOOL_TAKEN, file->name, &feed.descriptor);
	if (error == CS_OK)
		error = cs_feeds_add(intake->feeds, &feed, intake->wish.links->leg[source->folder.link].rows);
	source->state = CS_INTAKE_READING;
	if (error == CS_OK)
		return;
	cs_feeds_close(intake->feeds, source->folder.source);
	set_aside(source, CS_INTAKE_UNREADABLE, error);
}

/* ---- rows ---- */

/* Whether the row at OFFSET was told before this process, or before the policy changed. */
static bool
is_known(const struct cs_intake_file *file, uint64_t offset)
{
	const struct cs_intake_place *known = &file->known;
	if (!known->row_n || offset > known->offset)
		return false;
	if (offset < known->offset)
		return true;
	return file->done.offset != offset || file->done.same_n < known->same_n;
}

static void
tell_lost(struct cs_intake *intake, struct cs_intake_source *source)
{
	struct cs_intake_file *file = &source->file;
	bool told = file->known.lost && !file->told_n;
	if (file->lost && !told)
		cs_pipeline_rows_lost(intake->pipeline, source->folder.link, file->lost_ns[0], file->lost_ns[1],
				      file->lost_n);
	file->lost = false;
}

void
cs_intake_file_row(struct cs_intake *intake, struct cs_intake_source *source, const struct cs_event *event)
{
	struct cs_intake_file *file = &source->file;
	bool known = is_known(file, event->origin.file_offset);
	cs_intake_place_add(&file->done, event->origin.file_offset);
	if (known) {
		file->lost = false;
		return;
	}
	tell_lost(intake, source);
	cs_pipeline_row(intake->pipeline, event, cs_feeds_rows(intake->feeds));
	file->told_n++;
}

/* ---- its end ---- */

/* The time of change can be set back; that anything was done to it cannot: its bytes are looked at again then. */
static bool
is_unchanged(struct cs_intake_file *file, int descriptor)
{
	uint64_t size, touched_ns = cs_file_touched_ns(descriptor);
	struct cs_digest digest;
	if (cs_file_size(descriptor) != file->size || cs_file_changed_ns(descriptor) != file->changed_ns)
		return false;
	if (touched_ns == file->touched_ns)
		return true;
	if (cs_spool_digest(descriptor, &digest, &size) != CS_OK || !cs_digest_same(&digest, &file->taken.digest))
		return false;
	file->touched_ns = touched_ns;
	return true;
}

/* Somebody who still had it open may have written to it. */
static void
check_unchanged(struct cs_intake_source *source)
{
	struct cs_intake_file *file = &source->file;
	int descriptor = -1;
	if (file->why > CS_INTAKE_COLUMNS ||
	    cs_spool_read(source->spool, CS_SPOOL_TAKEN, file->name, &descriptor) != CS_OK)
		return;
	if (!is_unchanged(file, descriptor))
		file->why = CS_INTAKE_CHANGED;
	cs_file_close(descriptor);
}

static void
put_note(struct cs_intake *intake, struct cs_intake_source *source)
{
	struct cs_note note;
	char hex[2 * CS_DIGEST_BYTES + 1];
	struct cs_intake_file *file = &source->file;
	struct cs_text text = cs_text_over(hex, sizeof hex);
	if (!intake->wish.chronicle || file->known.noted)
		return;
	cs_intake_put_digest(&text, &file->taken.digest);
	cs_note_begin(&note, "file", NULL);
	cs_json_put_text(&note.json, "record", policy_of(intake)->link[source->folder.link].name);
	cs_json_put_latin1(&note.json, "file", cs_span_text(file->name));
	cs_json_put_text(&note.json, "sha256", hex);
	cs_json_put_u64(&note.json, "bytes", file->size);
	cs_json_put_u64(&note.json, "rows", file->done.row_n);
	cs_json_put_u64(&note.json, "unread", file->unread_n);
	cs_json_put_bool(&note.json, "aside", file->why != CS_INTAKE_FINE);
	if (cs_note_end(&note))
		(void)cs_chronicle_note(intake->wish.chronicle, cs_note_line(&note));
}

/* Of a file of which nothing could be read nobody knows what it held. */
static void
lose_all(struct cs_intake_file *file)
{
	file->lost = true;
	file->lost_ns[0] = 0;
	file->lost_ns[1] = CS_FEEDS_OPEN;
	file->lost_n = 1;
}

/* What was lost up to its end, if it is not told yet: putting away may take several attempts. */
static void
tell_lost_at_end(struct cs_intake *intake, struct cs_intake_source *source)
{
	struct cs_intake_file *file = &source->file;
	if (file->ended)
		return;
	if (file->why == CS_INTAKE_TWICE || file->why == CS_INTAKE_LOST)
		file->lost = false;
	else if (file->why >= CS_INTAKE_COLUMNS && !file->lost && !file->done.row_n)
		lose_all(file);
	tell_lost(intake, source);
	file->ended = true;
}

/* All that is to be told of it, once. That it was changed may be seen at a later attempt only. */
static void
tell_end(struct cs_intake *intake, struct cs_intake_source *source)
{
	char words[CS_DETAIL_BYTES];
	struct cs_intake_file *file = &source->file;
	struct cs_text text = cs_text_over(words, sizeof words);
	tell_lost_at_end(intake, source);
	if (file->why != CS_INTAKE_FINE && !file->known.aside) {
		cs_intake_words(&text, source);
		cs_pipeline_file_aside(intake->pipeline, source->folder.link, words);
		cs_intake_say(intake, source, (const char *const[4]){": ", words, NULL, NULL});
		file->known.aside = true;
	}
	cs_pipeline_flush(intake->pipeline);
	put_note(intake, source);
	file->known.noted = true;
}

static void
count(struct cs_intake_source *source)
{
	const struct cs_intake_file *file = &source->file;
	source->counts.file_n++;
	source->counts.aside_n += file->why != CS_INTAKE_FINE;
	source->counts.twice_n += file->why == CS_INTAKE_TWICE;
	source->counts.row_n += file->told_n;
	source->counts.unread_n += file->unread_n;
}

static enum cs_error
move_on(struct cs_intake *intake, struct cs_intake_source *source)
{
	static char at[CS_INTAKE_REASON_BYTES];
	char placed[CS_SPOOL_PLACED_BYTES];
	struct cs_intake_file *file = &source->file;
	bool aside = file->why != CS_INTAKE_FINE;
	struct cs_text text = cs_text_over(at, sizeof at);
	if (aside)
		cs_intake_reason(&text, source, policy_of(intake)->link[source->folder.link].name);
	struct cs_span reason = {(const uint8_t *)at, text.len};
	CS_TRY(cs_spool_finish(source->spool, file->name, aside ? CS_SPOOL_QUARANTINE : CS_SPOOL_ARCHIVE, reason,
			       placed));
	return cs_intake_taken_remove(source->spool, file->name);
}

enum cs_error
cs_intake_file_finish(struct cs_intake *intake, struct cs_intake_source *source)
{
	struct cs_intake_file *file = &source->file;
	check_unchanged(source);
	tell_end(intake, source);
	CS_TRY(intake->wish.chronicle ? cs_chronicle_flush(intake->wish.chronicle)
				      : intake->wish.flush(intake->wish.context));
	if (file->done.row_n && !cs_intake_seen_as(source->seen, &file->taken.digest))
		CS_TRY(cs_intake_seen_add(source->seen, source->spool, &file->taken.digest, file->taken.id));
	enum cs_error error = move_on(intake, source);
	if (error == CS_E_OPEN) /* somebody took it away: there is nothing left to move */
		error = CS_OK;
	if (error == CS_OK)
		count(source);
	return error;
}
