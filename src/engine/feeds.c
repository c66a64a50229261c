/*
 * Files of records, each read through a buffer of its own; each keeps its next record ready, and the earliest goes out.
 *
 * Invariant: every feed is empty, ready, or ended. Feeds are few, so the earliest is found by looking at all of them.
 * Leaves what a row means to decode/row.c.
 */
#include "engine/feeds.h"

#include "io/file.h"

#include <stdlib.h>

enum { BUFFER_BYTES = 1 << 20, WHOLE_BYTES_MAX = 1 << 30 };

enum feed_state { FEED_EMPTY, FEED_READY, FEED_ENDED };

struct feed {
	const char *path;
	struct cs_row_plan plan;
	struct cs_rows *rows;
	uint8_t *buffer;
	struct cs_span whole; /* of a file of messages */
	int descriptor;
	bool last; /* the end of the file was fed */
	enum feed_state state;
	uint64_t last_time_ns;
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

void
cs_feeds_free(struct cs_feeds *feeds)
{
	if (!feeds)
		return;
	for (unsigned i = 0; i < feeds->n; i++) {
		struct feed *feed = &feeds->feed[i];
		cs_file_close(feed->descriptor);
		cs_rows_free(feed->rows);
		if (feed->buffer)
			explicit_bzero(feed->buffer, BUFFER_BYTES); /* it held card numbers */
		free(feed->buffer);
		if (feed->whole.at)
			explicit_bzero((void *)(uintptr_t)feed->whole.at, feed->whole.len);
		cs_file_free(feed->whole);
	}
	free(feeds);
}

static enum cs_error
read_whole(struct cs_feeds *feeds, struct feed *feed)
{
	CS_TRY(cs_file_read(feed->path, WHOLE_BYTES_MAX, &feed->whole));
	feeds->counts.done_bytes += feed->whole.len;
	feed->last = true;
	cs_rows_feed(feed->rows, feed->whole, true);
	return CS_OK;
}

void
cs_feeds_skipper_set(struct cs_feeds *feeds, struct cs_feeds_skipper skipper)
{
	feeds->skipper = skipper;
}

enum cs_error
cs_feeds_open(struct cs_feeds *feeds, const char *path, const struct cs_row_plan *plan, uint16_t source)
{
	CS_ASSERT(feeds->n < CS_FEEDS_MAX);
	struct feed *feed = &feeds->feed[feeds->n++];
	feed->path = path;
	feed->plan = *plan;
	feed->plan.source = source;
	feed->descriptor = -1;
	feed->state = FEED_ENDED;
	CS_TRY(cs_file_open_read(path, &feed->descriptor));
	feeds->counts.all_bytes += cs_file_size(feed->descriptor);
	feed->plan.file_ns = cs_file_changed_ns(feed->descriptor);
	bool whole = cs_row_form_is_whole((enum cs_row_form)plan->form);
	feed->rows = cs_rows_new(&feed->plan);
	feed->buffer = whole ? NULL : malloc(BUFFER_BYTES);
	if (!feed->rows || (!whole && !feed->buffer))
		return CS_E_MEMORY;
	if (whole)
		CS_TRY(read_whole(feeds, feed));
	feed->state = FEED_EMPTY;
	return CS_OK;
}

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
tell_skipped(struct cs_feeds *feeds, const struct feed *feed, uint64_t n, uint64_t to_ns)
{
	const uint64_t between_ns[2] = {feed->last_time_ns, to_ns};
	if (n && feeds->skipper.skipped)
		feeds->skipper.skipped(feeds->skipper.context, feed->plan.source, between_ns, n);
}

/* The next record of FEED, if there is one. */
static enum cs_error
fill(struct cs_feeds *feeds, struct feed *feed)
{
	struct cs_row_fault fault;
	uint64_t fault_n = feeds->counts.fault_n;
	for (;;) {
		enum cs_error error = cs_rows_next(feed->rows, &feed->event, &fault);
		if (error == CS_OK)
			break;
		if (error == CS_AGAIN && !feed->last) {
			error = read_more(feeds, feed);
		} else if (error == CS_E_FORMAT) {
			feeds->counts.fault_n++;
			tell(feeds, feed, &fault);
			continue;
		}
		if (error == CS_OK)
			continue;
		feed->state = FEED_ENDED;
		tell_skipped(feeds, feed, feeds->counts.fault_n - fault_n, feed->last_time_ns);
		if (error == CS_E_SYNTAX)
			tell(feeds, feed, &fault);
		return error == CS_AGAIN ? CS_OK : error;
	}
	feed->state = FEED_READY;
	tell_skipped(feeds, feed, feeds->counts.fault_n - fault_n, feed->event.origin.time_ns);
	feeds->counts.record_n++;
	feeds->counts.backwards_n += feed->event.origin.time_ns < feed->last_time_ns;
	feed->last_time_ns = feed->event.origin.time_ns;
	return CS_OK;
}

enum cs_error
cs_feeds_first(struct cs_feeds *feeds, struct cs_event **out, uint16_t *source)
{
	struct feed *first = NULL;
	for (unsigned i = 0; i < feeds->n; i++) {
		struct feed *feed = &feeds->feed[i];
		enum cs_error error = feed->state == FEED_EMPTY ? fill(feeds, feed) : CS_OK;
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
