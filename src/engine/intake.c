/*
 * The watch over folders: looking, taking up, reading together, putting away when it is time.
 *
 * Invariant: a folder has one file at hand or none; a file is taken only when none is. Leaves the way of one file to intake_file.c.
 */
#include "engine/intake_parts.h"

#include "io/file.h"

#include <stdlib.h>

enum { ROUND_ROWS = 1024 };

static const uint64_t second_ns = UINT64_C(1000000000);

static struct cs_intake_source *
source_of(struct cs_intake *intake, uint16_t source)
{
	for (unsigned i = 0; i < intake->n; i++)
		if (intake->source[i].folder.source == source)
			return &intake->source[i];
	CS_ASSERT(false);
	return NULL;
}

void
cs_intake_say(const struct cs_intake *intake, const struct cs_intake_source *source, const char *const part[4])
{
	char at[CS_FEED_WORDS_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, source->folder.path);
	for (unsigned i = 0; i < 4; i++)
		cs_text_put(&text, part[i] ? part[i] : "");
	intake->wish.say(intake->wish.context, at);
}

/* ---- what is heard of the files ---- */

static void
hear_words(void *context, const char *words)
{
	(void)context;
	(void)words; /* they stand in the reason beside the file */
}

static void
hear_fault(void *context, uint16_t of, const struct cs_row_fault *fault)
{
	struct cs_intake_source *source = source_of(context, of);
	struct cs_intake_file *file = &source->file;
	file->unread_n++;
	if (file->why == CS_INTAKE_FINE)
		file->why = CS_INTAKE_ROWS;
	if (file->fault_n == CS_INTAKE_FAULTS_MAX)
		return;
	struct cs_intake_fault *kept = &file->fault[file->fault_n++];
	struct cs_text text = cs_text_over(kept->words, sizeof kept->words);
	kept->line = fault->line;
	kept->offset = fault->offset;
	if (fault->column) {
		cs_text_put(&text, fault->column);
		cs_text_put(&text, ": ");
	}
	cs_text_put(&text, fault->words);
}

/* Told with the row behind them, or at the end: whether they were told before is known then. */
static void
hear_skipped(void *context, uint16_t of, const uint64_t between_ns[2], uint64_t n)
{
	struct cs_intake_file *file = &source_of(context, of)->file;
	file->lost = true;
	file->lost_ns[0] = between_ns[0];
	file->lost_ns[1] = between_ns[1];
	file->lost_n = n;
}

/* ---- opening ---- */

struct cs_intake *
cs_intake_new(const struct cs_intake_wish *wish)
{
	struct cs_intake *intake = calloc(1, sizeof *intake);
	if (!intake)
		return NULL;
	intake->wish = *wish;
	intake->feeds = cs_feeds_new((struct cs_feeds_hearer){hear_words, intake, hear_fault});
	if (!intake->feeds) {
		free(intake);
		return NULL;
	}
	cs_feeds_skipper_set(intake->feeds, (struct cs_feeds_skipper){hear_skipped, intake});
	return intake;
}

void
cs_intake_free(struct cs_intake *intake)
{
	if (!intake)
		return;
	cs_feeds_free(intake->feeds);
	for (unsigned i = 0; i < intake->n; i++) {
		cs_intake_seen_close(intake->source[i].seen);
		cs_spool_close(intake->source[i].spool);
	}
	free(intake);
}

enum cs_error
cs_intake_add(struct cs_intake *intake, const struct cs_intake_folder *folder)
{
	CS_ASSERT(intake->n < CS_LINKS_MAX);
	struct cs_intake_source *source = &intake->source[intake->n];
	*source = (struct cs_intake_source){.folder = *folder};
	struct cs_spool_paths paths = {{folder->path}};
	CS_TRY(cs_spool_open(&paths, &source->spool));
	intake->n++;
	return cs_intake_seen_open(source->spool, &source->seen);
}

void
cs_intake_keep(struct cs_intake *intake, struct cs_chronicle *chronicle, const struct cs_intake_journal *journal)
{
	intake->wish.chronicle = chronicle;
	intake->wish.journal = *journal;
}

struct cs_intake_counts
cs_intake_counts_of(const struct cs_intake *intake, unsigned i)
{
	CS_ASSERT(i < intake->n);
	return intake->source[i].counts;
}

/* ---- taking up ---- */

/* An error is said once, until there is none or another one. */
static void
say_error(struct cs_intake *intake, struct cs_intake_source *source, enum cs_intake_deed deed, enum cs_error error)
{
	static const char *const what[CS_INTAKE_DEED_N] = {
		[CS_INTAKE_LOOK] = "the folder cannot be looked into:",
		[CS_INTAKE_LOOK_LEFT] = "its work cannot be looked into:",
		[CS_INTAKE_TAKE] = "a file cannot be moved to work:",
		[CS_INTAKE_NOTE] = "no note can be put beside a file, and it waits in work:",
		[CS_INTAKE_AWAY] = "a file cannot be put away, and that is tried again:",
	};
	const char *const part[4] = {": ", what[deed], " ", cs_file_error_text(error)};
	if (error != source->error[deed] && error != CS_OK)
		cs_intake_say(intake, source, part);
	source->error[deed] = error;
}

/* Without a note beside it nothing of a file may be told: it stays in work, and is found there again. */
static void
begin(struct cs_intake *intake, struct cs_intake_source *source, const char *name, bool left)
{
	enum cs_error error = cs_intake_file_begin(intake, source, name, left);
	say_error(intake, source, CS_INTAKE_NOTE, error);
	if (error == CS_OK)
		return;
	source->left_listed = source->left_done = false;
	source->retry_ns = intake->now_ns + second_ns;
}

/* The same of a note under another policy: the file waits where it is. */
static void
renew(struct cs_intake *intake, struct cs_intake_source *source)
{
	enum cs_error error = cs_intake_file_renew(intake, source);
	say_error(intake, source, CS_INTAKE_NOTE, error);
	if (error != CS_OK)
		source->retry_ns = intake->now_ns + second_ns;
}

/* Takes the next file of the list up; false: there is none. */
static bool
take_next(struct cs_intake *intake, struct cs_intake_source *source)
{
	char placed[CS_SPOOL_PLACED_BYTES];
	const struct cs_spool_file *file;
	while ((file = cs_spool_file(source->spool, source->next)) != NULL) {
		source->next++;
		enum cs_error error = cs_spool_taken_name(source->spool, file->name, placed);
		if (error == CS_OK) /* a note may be there of one of that name that is long gone */
			error = cs_intake_taken_remove(source->spool, placed);
		if (error == CS_OK)
			error = cs_spool_take(source->spool, file->name, placed);
		if (error == CS_E_OPEN) /* somebody took it away */
			continue;
		say_error(intake, source, CS_INTAKE_TAKE, error);
		if (error != CS_OK)
			return false;
		begin(intake, source, placed, false);
		return true;
	}
	return false;
}

/* What a process before left; false: there is nothing any more. One that cannot be looked for is looked for again. */
static bool
take_left(struct cs_intake *intake, struct cs_intake_source *source)
{
	struct cs_spool_counts counts;
	if (!source->left_listed) {
		enum cs_error error = cs_spool_left(source->spool, &counts);
		say_error(intake, source, CS_INTAKE_LOOK_LEFT, error);
		source->left_listed = error == CS_OK;
		source->next = 0;
	}
	if (!source->left_listed) { /* until then nobody knows what is missing */
		source->retry_ns = intake->now_ns + second_ns;
		return true;
	}
	const struct cs_spool_file *file = cs_spool_file(source->spool, source->next);
	if (file) {
		source->next++;
		begin(intake, source, file->name, true);
		return true;
	}
	source->left_done = true;
	source->next = CS_SPOOL_FILES_MAX;
	return false;
}

/* A link, a pipe or a device is no file: it holds no rows that could be missing. A person shall know, once. */
static void
say_strange(struct cs_intake *intake, struct cs_intake_source *source, unsigned n)
{
	if (n && !source->strange)
		cs_intake_say(intake, source,
			      (const char *const[4]){": links, pipes or devices are left where they are, and count for "
						     "nothing; put files there"});
	source->strange = n != 0;
}

/* All folders of its record show nothing that could still be read: silence is silence then. */
static void
settle(struct cs_intake *intake, unsigned link)
{
	uint64_t quiet_ns = intake->now_ns;
	for (unsigned i = 0; i < intake->n; i++) {
		const struct cs_intake_source *source = &intake->source[i];
		if (source->folder.link == link && source->quiet_ns < quiet_ns)
			quiet_ns = source->quiet_ns;
	}
	if (quiet_ns)
		cs_pipeline_files_idle(intake->pipeline, link, quiet_ns);
}

static void
look(struct cs_intake *intake, struct cs_intake_source *source)
{
	struct cs_spool_counts counts;
	enum cs_error error = cs_spool_look(source->spool, &counts);
	source->next = 0;
	source->quiet_ns = 0;
	source->look_ns = intake->now_ns + (intake->wish.look_ns ? intake->wish.look_ns : second_ns);
	say_error(intake, source, CS_INTAKE_LOOK, error);
	if (error != CS_OK)
		return;
	say_strange(intake, source, counts.strange);
	if (counts.ready || counts.restless || counts.beyond || source->late)
		return;
	source->quiet_ns = intake->now_ns;
	settle(intake, source->folder.link);
}

/* A folder without a file at hand: what was left first, then what has come. */
static void
take_up(struct cs_intake *intake, struct cs_intake_source *source)
{
	if (source->state == CS_INTAKE_RENEWING && intake->now_ns >= source->retry_ns)
		renew(intake, source);
	if (source->state != CS_INTAKE_NONE || intake->now_ns < source->retry_ns)
		return;
	if (!source->left_done && take_left(intake, source))
		return;
	if (take_next(intake, source) || intake->now_ns < source->look_ns)
		return;
	look(intake, source);
	(void)take_next(intake, source);
}

/* ---- reading ---- */

/* What ended a file. */
static void
take_error(struct cs_intake *intake, uint16_t of, enum cs_error error)
{
	struct cs_intake_file *file = &source_of(intake, of)->file;
	file->why = error == CS_E_SYNTAX ? CS_INTAKE_COLUMNS : CS_INTAKE_UNREADABLE;
	file->error = error;
}

/* Some rows of all files at hand, in order of time; false: there is none any more. */
static bool
read_some(struct cs_intake *intake)
{
	for (unsigned n = 0; n < ROUND_ROWS; n++) {
		struct cs_event *event = NULL;
		uint16_t of = 0;
		enum cs_error error = cs_feeds_first(intake->feeds, &event, &of);
		if (error != CS_OK) {
			take_error(intake, of, error);
			continue;
		}
		if (!event)
			return false;
		cs_intake_file_row(intake, source_of(intake, event->origin.source), event);
		cs_feeds_take(intake->feeds);
	}
	return true;
}

/* A file that is at its end, or was never begun. */
static void
put_away(struct cs_intake *intake, struct cs_intake_source *source)
{
	uint16_t of = source->folder.source;
	bool waits = source->state == CS_INTAKE_READING ? cs_feeds_is_open(intake->feeds, of)
							: intake->now_ns < source->retry_ns;
	if (source->state == CS_INTAKE_NONE || source->state == CS_INTAKE_RENEWING || waits)
		return;
	cs_feeds_close(intake->feeds, of);
	source->state = CS_INTAKE_FINISHING;
	enum cs_error error = cs_intake_file_finish(intake, source);
	say_error(intake, source, CS_INTAKE_AWAY, error);
	if (error == CS_OK)
		source->state = CS_INTAKE_NONE;
	else
		source->retry_ns = intake->now_ns + second_ns;
}

bool
cs_intake_some(struct cs_intake *intake, struct cs_pipeline *pipeline, uint64_t now_ns)
{
	intake->pipeline = pipeline;
	intake->now_ns = now_ns;
	for (unsigned i = 0; i < intake->n; i++)
		take_up(intake, &intake->source[i]);
	bool more = read_some(intake);
	for (unsigned i = 0; i < intake->n; i++) {
		struct cs_intake_source *source = &intake->source[i];
		put_away(intake, source);
		more |= source->state == CS_INTAKE_NONE && now_ns >= source->retry_ns &&
			cs_spool_file(source->spool, source->next);
	}
	intake->pipeline = NULL;
	return more;
}

void
cs_intake_late(struct cs_intake *intake, unsigned i, bool late)
{
	CS_ASSERT(i < intake->n);
	intake->source[i].late = late;
	if (late)
		intake->source[i].quiet_ns = 0;
}

bool
cs_intake_is_quiet(const struct cs_intake *intake)
{
	bool quiet = true;
	for (unsigned i = 0; i < intake->n; i++)
		quiet &= intake->source[i].quiet_ns != 0;
	return quiet;
}

bool
cs_intake_is_stuck(const struct cs_intake *intake)
{
	for (unsigned i = 0; i < intake->n; i++)
		for (unsigned deed = 0; deed < CS_INTAKE_DEED_N; deed++)
			if (intake->source[i].error[deed] != CS_OK)
				return true;
	return false;
}

/* ---- another policy ---- */

void
cs_intake_pause(struct cs_intake *intake)
{
	for (unsigned i = 0; i < intake->n; i++) {
		struct cs_intake_source *source = &intake->source[i];
		cs_feeds_close(intake->feeds, source->folder.source);
		if (source->state != CS_INTAKE_READING)
			continue;
		if (source->file.done.row_n > source->file.known.row_n)
			source->file.known = source->file.done;
	}
}

void
cs_intake_renew(struct cs_intake *intake, const struct cs_links *links)
{
	intake->wish.links = links;
	for (unsigned i = 0; i < intake->n; i++)
		if (intake->source[i].state == CS_INTAKE_READING || intake->source[i].state == CS_INTAKE_RENEWING)
			renew(intake, &intake->source[i]);
}

const char *
cs_intake_file(const struct cs_intake *intake, const struct cs_origin *origin)
{
	return cs_feeds_file(intake->feeds, origin);
}
