/*
 * Files of records, each read through a buffer of its own; each keeps its next record ready, and the earliest goes out.
 *
 * Invariant: every feed is empty, ready, ended, or closed. A feed may go through several files. Feeds are few, so the earliest is found by looking at all of them.
 * Leaves what a row means to decode/row.c.
 */
#include "engine/feeds.h"

#include "io/file.h"
#include "io/spool.h"

#include <stdlib.h>

enum { BUFFER_BYTES = 1 << 20, WHOLE_BYTES_MAX = 1 << 30 };

enum feed_state { FEED_EMPTY, FEED_READY, FEED_ENDED, FEED_CLOSED };

struct feed {
	const char *path;
	const char *const *rest; /* the files behind this one */
	unsigned rest_n;
	uint32_t mark;
	struct cs_row_plan plan;
	struct cs_rows *rows;
	uint8_t *buffer;
	struct cs_span whole; /* of a file of messages */
	int descriptor;
	bool last; /* the end of the file was fed */
	enum feed_state state;
	uint64_t last_time_ns;
	uint64_t skipped_n; /* rows that could not be read since the last that could, and were not told of */
	struct cs_event event;
};

struct cs_feeds {
	struct cs_feeds_hearer hearer;
	struct cs_feeds_skipper skipper;
	struct cs_feeds_counts counts;
	struct feed *first; /* lent */
	unsigned n;
	struct feed feed[CS_FEEDS_MAX];
};

struct cs_feeds *
cs_feeds_new(struct cs_feeds_hearer hearer)
{
	struct cs_feeds *feeds = calloc(1, sizeof *feeds);
	if (feeds)
		feeds->hearer = hearer;
	return feeds;
}

/* Its file, not its place: what it is read by goes, wiped of card numbers. */
static void
close_file(struct feed *feed)
{
	cs_file_close(feed->descriptor);
	cs_rows_free(feed->rows);
	if (feed->buffer)
		explicit_bzero(feed->buffer, BUFFER_BYTES);
	free(feed->buffer);
	if (feed->whole.at)
		explicit_bzero((void *)(uintptr_t)feed->whole.at, feed->whole.len);
	cs_file_free(feed->whole);
	feed->descriptor = -1;
	feed->rows = NULL;
	feed->buffer = NULL;
	feed->whole = (struct cs_span){NULL, 0};
}

void
cs_feeds_free(struct cs_feeds *feeds)
{
	if (!feeds)
		return;
	for (unsigned i = 0; i < feeds->n; i++)
		close_file(&feeds->feed[i]);
	explicit_bzero(feeds, sizeof *feeds);
	free(feeds);
}

void
cs_feeds_skipper_set(struct cs_feeds *feeds, struct cs_feeds_skipper skipper)
{
	feeds->skipper = skipper;
}

static enum cs_error
read_whole(struct cs_feeds *feeds, struct feed *feed)
{
	CS_TRY(cs_file_read_rest(feed->descriptor, WHOLE_BYTES_MAX, &feed->whole));
	feeds->counts.done_bytes += feed->whole.len;
	feed->last = true;
	cs_rows_feed(feed->rows, feed->whole, true);
	return CS_OK;
}

/* FEED, whose descriptor is open, is read from its beginning. */
static enum cs_error
begin_file(struct cs_feeds *feeds, struct feed *feed)
{
	bool whole = cs_row_form_is_whole((enum cs_row_form)feed->plan.form);
	feeds->counts.all_bytes += cs_file_size(feed->descriptor);
	feed->plan.file_ns = cs_file_changed_ns(feed->descriptor);
	feed->last = false;
	feed->rows = cs_rows_new(&feed->plan);
	feed->buffer = whole ? NULL : malloc(BUFFER_BYTES);
	if (!feed->rows || (!whole && !feed->buffer))
		return CS_E_MEMORY;
	if (whole)
		CS_TRY(read_whole(feeds, feed));
	feed->state = FEED_EMPTY;
	return CS_OK;
}

/* A place for a file; NULL: there is none. */
static struct feed *
new_feed(struct cs_feeds *feeds, const struct cs_row_plan *plan, uint16_t source)
{
	unsigned i = 0;
	while (i < feeds->n && feeds->feed[i].state != FEED_CLOSED)
		i++;
	if (i == CS_FEEDS_MAX)
		return NULL;
	feeds->n += i == feeds->n;
	struct feed *feed = &feeds->feed[i];
	*feed = (struct feed){.plan = *plan, .descriptor = -1, .state = FEED_ENDED};
	feed->plan.source = source;
	return feed;
}

enum cs_error
cs_feeds_open(struct cs_feeds *feeds, const char *path, const struct cs_row_plan *plan, uint16_t source)
{
	struct feed *feed = new_feed(feeds, plan, source);
	CS_ASSERT(feed);
	feed->path = path;
	CS_TRY(cs_file_open_read(path, &feed->descriptor));
	return begin_file(feeds, feed);
}

enum cs_error
cs_feeds_add(struct cs_feeds *feeds, const struct cs_feed_file *file, const struct cs_row_plan *plan)
{
	struct feed *feed = new_feed(feeds, plan, file->source);
	if (!feed) {
		cs_file_close(file->descriptor);
		return CS_E_LIMIT;
	}
	feed->path = file->name;
	feed->descriptor = file->descriptor;
	feed->mark = file->mark;
	return begin_file(feeds, feed);
}

static struct feed *
feed_of(struct cs_feeds *feeds, uint16_t source)
{
	for (unsigned i = 0; i < feeds->n; i++)
		if (feeds->feed[i].state != FEED_CLOSED && feeds->feed[i].plan.source == source)
			return &feeds->feed[i];
	return NULL;
}

bool
cs_feeds_is_open(const struct cs_feeds *feeds, uint16_t source)
{
	for (unsigned i = 0; i < feeds->n; i++)
		if (feeds->feed[i].plan.source == source && feeds->feed[i].state < FEED_ENDED)
			return true;
	return false;
}

void
cs_feeds_close(struct cs_feeds *feeds, uint16_t source)
{
	struct feed *feed = feed_of(feeds, source);
	if (!feed)
		return;
	close_file(feed);
	explicit_bzero(&feed->event, sizeof feed->event);
	feeds->first = feeds->first == feed ? NULL : feeds->first;
	feed->state = FEED_CLOSED;
}

/* ---- one behind the other ---- */

uint32_t
cs_feeds_mark(const struct cs_digest *digest)
{
	const uint8_t *at = digest->at;
	uint32_t mark = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
	return mark ? mark : 1;
}

uint64_t
cs_feeds_file_ns(const struct cs_feeds *feeds, uint16_t source)
{
	for (unsigned i = 0; i < feeds->n; i++)
		if (feeds->feed[i].plan.source == source)
			return feeds->feed[i].plan.file_ns;
	return 0;
}

const char *
cs_feeds_file(const struct cs_feeds *feeds, const struct cs_origin *origin)
{
	for (unsigned i = 0; i < feeds->n; i++) {
		const struct feed *feed = &feeds->feed[i];
		const char *slash = feed->path ? strrchr(feed->path, '/') : NULL;
		if (feed->state != FEED_CLOSED && feed->plan.source == origin->source && feed->mark &&
		    feed->mark == origin->offset)
			return slash ? slash + 1 : feed->path;
	}
	return NULL;
}

/* The next of its files, opened and hashed. */
static enum cs_error
open_next(struct cs_feeds *feeds, struct feed *feed)
{
	struct cs_digest digest;
	uint64_t size;
	close_file(feed);
	feed->state = FEED_ENDED;
	feed->path = *feed->rest++;
	feed->rest_n--;
	CS_TRY(cs_file_open_read(feed->path, &feed->descriptor));
	CS_TRY(cs_spool_digest(feed->descriptor, &digest, &size));
	feed->mark = cs_feeds_mark(&digest);
	return begin_file(feeds, feed);
}

enum cs_error
cs_feeds_open_files(struct cs_feeds *feeds, const struct cs_feed_files *files, const struct cs_row_plan *plan)
{
	CS_ASSERT(files->n);
	struct feed *feed = new_feed(feeds, plan, files->source);
	CS_ASSERT(feed);
	feed->rest = files->path;
	feed->rest_n = files->n;
	return open_next(feeds, feed);
}

/* ---- rows ---- */

static void
tell(struct cs_feeds *feeds, const struct feed *feed, const struct cs_row_fault *fault)
{
	char at[CS_FEED_WORDS_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, strcmp(feed->path, "-") == 0 ? "standard input" : feed->path);
	cs_text_put(&text, ":");
	cs_text_put_u64(&text, fault->line);
	cs_text_put(&text, ": ");
	if (fault->column) {
		cs_text_put(&text, fault->column);
		cs_text_put(&text, ": ");
	}
	cs_text_put(&text, fault->words);
	feeds->hearer.fault(feeds->hearer.context, at);
	if (feeds->hearer.row)
		feeds->hearer.row(feeds->hearer.context, feed->plan.source, fault);
}

static enum cs_error
read_more(struct cs_feeds *feeds, struct feed *feed)
{
	size_t got = 0;
	enum cs_error error = cs_file_read_some(feed->descriptor, feed->buffer, BUFFER_BYTES, &got);
	if (error != CS_OK)
		return error;
	feed->last = got == 0;
	feeds->counts.done_bytes += got;
	cs_rows_feed(feed->rows, (struct cs_span){feed->buffer, got}, feed->last);
	return CS_OK;
}

static void
tell_skipped(struct cs_feeds *feeds, struct feed *feed, uint64_t to_ns)
{
	const uint64_t between_ns[2] = {feed->last_time_ns, to_ns};
	if (feed->skipped_n && feeds->skipper.skipped)
		feeds->skipper.skipped(feeds->skipper.context, feed->plan.source, between_ns, feed->skipped_n);
	feed->skipped_n = 0;
}

/* The next record of FEED: CS_OK; CS_AGAIN at the end of its file; or what ended that. */
static enum cs_error
read_record(struct cs_feeds *feeds, struct feed *feed)
{
	for (;;) {
		struct cs_row_fault fault;
		enum cs_error error = cs_rows_next(feed->rows, &feed->event, &fault);
		if (error == CS_E_FORMAT || error == CS_E_SYNTAX)
			tell(feeds, feed, &fault);
		feeds->counts.fault_n += error == CS_E_FORMAT;
		feed->skipped_n += error == CS_E_FORMAT;
		if (error == CS_E_FORMAT)
			continue;
		if (error != CS_AGAIN || feed->last)
			return error;
		CS_TRY(read_more(feeds, feed));
	}
}

static void
take_record(struct cs_feeds *feeds, struct feed *feed)
{
	uint64_t time_ns = feed->event.origin.time_ns;
	feed->state = FEED_READY;
	feed->event.origin.offset = feed->mark;
	tell_skipped(feeds, feed, time_ns);
	feeds->counts.record_n++;
	feeds->counts.backwards_n += time_ns < feed->last_time_ns;
	feed->last_time_ns = time_ns;
}

/* One step of FEED: a record, or the end of its file, or its next file. What an error ends may have held anything. */
static enum cs_error
step(struct cs_feeds *feeds, struct feed *feed)
{
	bool between = feed->state == FEED_ENDED;
	enum cs_error error = between ? open_next(feeds, feed) : read_record(feeds, feed);
	if (error == CS_OK && !between)
		take_record(feeds, feed);
	if (error == CS_OK)
		return CS_OK;
	feed->state = FEED_ENDED;
	feed->skipped_n += error != CS_AGAIN;
	return error == CS_AGAIN ? CS_OK : error;
}

/* The next record of FEED, if there is one. */
static enum cs_error
fill(struct cs_feeds *feeds, struct feed *feed)
{
	enum cs_error error = CS_OK;
	while (error == CS_OK && (feed->state == FEED_EMPTY || (feed->state == FEED_ENDED && feed->rest_n)))
		error = step(feeds, feed);
	if (feed->state == FEED_ENDED && !feed->rest_n)
		tell_skipped(feeds, feed, CS_FEEDS_OPEN);
	return error;
}

enum cs_error
cs_feeds_first(struct cs_feeds *feeds, struct cs_event **out, uint16_t *source)
{
	struct feed *first = NULL;
	for (unsigned i = 0; i < feeds->n; i++) {
		struct feed *feed = &feeds->feed[i];
		enum cs_error error = fill(feeds, feed);
		if (error != CS_OK) {
			*source = feed->plan.source;
			return error;
		}
		if (feed->state == FEED_READY && (!first || feed->event.origin.time_ns < first->event.origin.time_ns))
			first = feed;
	}
	feeds->first = first;
	*out = first ? &first->event : NULL;
	return CS_OK;
}

const struct cs_rows *
cs_feeds_rows(const struct cs_feeds *feeds)
{
	CS_ASSERT(feeds->first && feeds->first->state == FEED_READY);
	return feeds->first->rows;
}

void
cs_feeds_take(struct cs_feeds *feeds)
{
	CS_ASSERT(feeds->first && feeds->first->state == FEED_READY);
	feeds->first->state = FEED_EMPTY;
	feeds->first = NULL;
}

struct cs_feeds_counts
cs_feeds_counts_of(const struct cs_feeds *feeds)
{
	return feeds->counts;
}
