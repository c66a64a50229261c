/*
 * Captures and files of records in order of time: packets before records of the same time, else as in port/merge.c and
 * engine/feeds.c.
 *
 * Invariant: what the pipeline is told depends on the files alone. Leaves options and what comes of it to the commands.
 */
#include "app/sources.h"

#include "app/command.h"
#include "app/progress.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/spool.h"

#include <inttypes.h>
#include <stdio.h>

enum { PROGRESS_EVERY = 4096, POLL_EVERY = 256, FAULTS_SAID = 20 };

static const uint64_t progress_every_ns = 200000000;

bool
cs_sources_add(struct cs_sources *sources, enum cs_source_what what, const char *given)
{
	if (sources->n == CS_SOURCES_MAX) {
		fprintf(stderr, "countersign: at most %d captures and files of records at once\n", CS_SOURCES_MAX);
		return false;
	}
	const char *equals = strchr(given, '=');
	if (what == CS_SOURCE_LINK && (!equals || equals == given || !equals[1])) {
		fprintf(stderr, "countersign: --link wants NAME=FILE, not '%s'\n", given);
		return false;
	}
	sources->wish[sources->n] = (struct cs_source_wish){what, given};
	sources->path[sources->n++] = what == CS_SOURCE_LINK ? equals + 1 : given;
	return true;
}

/* The name before "=" if the policy has a link of records of that name; else the whole is a path. */
static unsigned
named_record(const struct cs_policy *policy, const char *given)
{
	const char *equals = strchr(given, '=');
	if (!equals)
		return policy->link_n;
	unsigned link = cs_policy_link(policy, (struct cs_span){(const uint8_t *)given, (size_t)(equals - given)});
	return link < policy->link_n && policy->link[link].row ? link : policy->link_n;
}

bool
cs_sources_order(struct cs_sources *sources)
{
	struct cs_sources from = *sources;
	unsigned from_stdin = 0;
	sources->n = 0;
	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < from.n; i++) {
			if ((from.wish[i].what == CS_SOURCE_EVENTS) != (pass == 1))
				continue;
			sources->wish[sources->n] = from.wish[i];
			sources->path[sources->n++] = from.path[i];
		}
	for (unsigned i = 0; i < sources->n; i++) {
		const char *equals = strrchr(sources->path[i], '=');
		bool records = sources->wish[i].what == CS_SOURCE_EVENTS;
		sources->capture_n += !records;
		from_stdin += strcmp(records && equals ? equals + 1 : sources->path[i], "-") == 0;
	}
	if (from_stdin > 1)
		fputs("countersign: standard input can be read once only\n", stderr);
	return from_stdin <= 1;
}

static void
list_links(const struct cs_policy *policy, bool records)
{
	const char *between = "";
	for (unsigned i = 0; i < policy->link_n; i++) {
		if ((policy->link[i].row != NULL) != records)
			continue;
		fprintf(stderr, "%s %s", between, policy->link[i].name);
		between = ",";
	}
	fputs("\n", stderr);
}

/* Which links a capture may carry. */
static bool
describe_capture(const struct cs_policy *policy, const struct cs_source_wish *wish, struct cs_source *out)
{
	*out = (struct cs_source){UINT32_MAX, false};
	if (wish->what == CS_SOURCE_CAPTURE)
		return true;
	size_t len = (size_t)(strchr(wish->given, '=') - wish->given);
	unsigned link = cs_policy_link(policy, (struct cs_span){(const uint8_t *)wish->given, len});
	if (link < policy->link_n && !policy->link[link].row) {
		*out = (struct cs_source){UINT32_C(1) << link, true};
		return true;
	}
	if (link < policy->link_n)
		fprintf(stderr, "countersign: %.*s is a record; write --events %s; links are", (int)len, wish->given,
			wish->given);
	else
		fprintf(stderr, "countersign: the policy has no link '%.*s'; it has", (int)len, wish->given);
	list_links(policy, false);
	return false;
}

static int
open_capture(struct cs_sources *sources, const struct cs_policy *policy, unsigned index)
{
	struct cs_source source;
	if (!describe_capture(policy, &sources->wish[index], &source))
		return CS_EXIT_USAGE;
	cs_pipeline_source(sources->pipeline, index, source);
	enum cs_error error = cs_capture_open(sources->path[index], (uint16_t)index, &sources->capture[index]);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	const char *fault = sources->capture[index] ? cs_capture_fault(sources->capture[index]) : NULL;
	if (fault && fault[0])
		fprintf(stderr, "countersign: %s\n", fault);
	else
		fprintf(stderr, "countersign: %s: %s\n", sources->path[index], cs_error_text(error));
	return CS_EXIT_INPUT;
}

/* The record a file holds: the one named, or else the only one. */
static bool
find_record(const struct cs_policy *policy, const char *given, unsigned *link, const char **path)
{
	unsigned n = 0;
	*link = named_record(policy, given);
	*path = *link < policy->link_n ? strchr(given, '=') + 1 : given;
	if (*link < policy->link_n)
		return true;
	for (unsigned i = 0; i < policy->link_n; i++) {
		if (!policy->link[i].row)
			continue;
		*link = i;
		n++;
	}
	if (n == 1)
		return true;
	if (!n)
		fprintf(stderr,
			"countersign: the policy has no record, so nobody knows what '%s' holds; write: record tx { "
			"source csv ... }\n",
			given);
	else
		fprintf(stderr,
			"countersign: --events wants NAME=FILE where the policy has more than one record, not "
			"'%s'; it has",
			given);
	if (n)
		list_links(policy, true);
	return false;
}

bool
cs_sources_name(struct cs_sources *sources, const struct cs_policy *policy)
{
	for (unsigned i = sources->capture_n; i < sources->n; i++)
		if (!find_record(policy, sources->wish[i].given, &sources->link[i], &sources->path[i]))
			return false;
	return true;
}

/* All files of a folder, as one source; nothing where there is none. */
static enum cs_error
open_folder(struct cs_sources *sources, const struct cs_row_plan *plan, unsigned index)
{
	struct cs_sources_folder *folder = &sources->folder[index];
	cs_sources_folder_free(folder);
	CS_TRY(cs_sources_folder_list(sources->path[index], folder));
	const struct cs_feed_files files = {folder->path, folder->n, (uint16_t)index};
	return files.n ? cs_feeds_open_files(sources->feeds, &files, plan) : CS_OK;
}

static int
open_events(struct cs_sources *sources, const struct cs_setup *setup, unsigned index)
{
	const struct cs_row_plan *plan = setup->links.leg[sources->link[index]].rows;
	const char *path = sources->path[index];
	bool folder = strcmp(path, "-") != 0 && cs_spool_is_folder(path);
	enum cs_error error =
		folder ? open_folder(sources, plan, index) : cs_feeds_open(sources->feeds, path, plan, (uint16_t)index);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	if (folder && error == CS_E_LIMIT)
		fprintf(stderr, "countersign: %s has more than %d files; read them in parts\n", path,
			CS_SPOOL_FILES_MAX);
	else
		fprintf(stderr, "countersign: %s %s\n", path, cs_file_error_text(error));
	return CS_EXIT_INPUT;
}

static void
say_fault(void *context, const char *words)
{
	struct cs_sources *sources = context;
	if (!sources->again && sources->said_n++ < FAULTS_SAID)
		fprintf(stderr, "%s%s\n", sources->show_progress ? "\r\033[K" : "", words);
}

/* Rows that could not be read may have been anything: what they could have proved is unproven. */
static void
take_skipped(void *context, uint16_t source, const uint64_t between_ns[2], uint64_t n)
{
	struct cs_sources *sources = context;
	cs_pipeline_rows_undated(sources->pipeline, cs_feeds_file_ns(sources->feeds, source));
	cs_pipeline_rows_lost(sources->pipeline, sources->link[source], between_ns[0], between_ns[1], n);
}

bool
cs_sources_tables(const struct cs_policy *policy, const struct cs_key_ring *ring, struct cs_judge *judge)
{
	struct cs_tables *tables;
	if (!cs_setup_tables(policy, ring, false, &tables))
		return false;
	cs_tables_read(tables, judge, 0);
	cs_tables_free(tables);
	return true;
}

/* Of what is read again, all was said before. */
static bool
open_screens(struct cs_sources *sources, const struct cs_setup *setup)
{
	const struct cs_screens_wish wish = {
		.policy = setup->policy,
		.journal = sources->journal,
		.chronicle = sources->chronicle,
		.observer = sources->looks,
	};
	if (!cs_screens_open(&wish, &sources->screens))
		return false;
	cs_screens_begin(&sources->screens, sources->pipeline, 0);
	if (!sources->again)
		cs_screens_say(&sources->screens);
	return true;
}

int
cs_sources_open(struct cs_sources *sources, const struct cs_setup *setup, struct cs_pipeline *pipeline)
{
	if (!cs_sources_name(sources, setup->policy))
		return CS_EXIT_USAGE;
	sources->pipeline = pipeline;
	sources->feeds = cs_feeds_new((struct cs_feeds_hearer){say_fault, sources, NULL});
	int status = sources->feeds ? CS_EXIT_RAN : CS_EXIT_INPUT;
	if (sources->feeds)
		cs_feeds_skipper_set(sources->feeds, (struct cs_feeds_skipper){take_skipped, sources});
	for (unsigned i = 0; status == CS_EXIT_RAN && i < sources->n; i++)
		status = i < sources->capture_n ? open_capture(sources, setup->policy, i)
						: open_events(sources, setup, i);
	if (status == CS_EXIT_RAN && !cs_sources_tables(setup->policy, setup->ring, cs_pipeline_judge(pipeline)))
		status = CS_EXIT_INPUT;
	if (status == CS_EXIT_RAN && !open_screens(sources, setup))
		status = CS_EXIT_INPUT;
	if (status != CS_EXIT_RAN)
		return status;
	sources->merge = cs_merge_new(sources->capture, sources->capture_n);
	return sources->merge ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

void
cs_sources_close(struct cs_sources *sources)
{
	cs_screens_close(&sources->screens);
	cs_merge_free(sources->merge);
	for (unsigned i = 0; i < sources->capture_n; i++)
		cs_capture_close(sources->capture[i]);
	cs_feeds_free(sources->feeds);
	for (unsigned i = 0; i < CS_SOURCES_MAX; i++)
		cs_sources_folder_free(&sources->folder[i]);
	sources->merge = NULL;
	sources->feeds = NULL;
	sources->capture_n = 0;
}

void
cs_sources_progress(const struct cs_sources *sources, uint64_t *done, uint64_t *all)
{
	struct cs_feeds_counts counts = cs_feeds_counts_of(sources->feeds);
	uint64_t done_bytes = counts.done_bytes;
	uint64_t all_bytes = counts.all_bytes;
	for (unsigned i = 0; i < sources->capture_n; i++) {
		uint64_t part_done = 0;
		uint64_t part_all = 0;
		cs_capture_progress(sources->capture[i], &part_done, &part_all);
		done_bytes += part_done;
		all_bytes += part_all;
	}
	*done = done_bytes;
	*all = all_bytes;
}

static void
draw_progress(struct cs_sources *sources)
{
	uint64_t now_ns = cs_clock_steady_ns();
	if (now_ns < sources->shown_ns + progress_every_ns)
		return;
	sources->shown_ns = now_ns;
	uint64_t done = 0, all = 0;
	cs_sources_progress(sources, &done, &all);
	cs_progress_draw(done, all, now_ns - sources->started_ns);
}

/* A source that has shown its last packet settles its links no further. A pipe may end at any time, so
 * beside other sources it never speaks for more than it has shown. */
static void
end_captures(struct cs_sources *sources)
{
	for (unsigned i = 0; sources->capture_n > 1 && i < sources->capture_n; i++) {
		uint64_t done = 0;
		uint64_t all = 0;
		cs_capture_progress(sources->capture[i], &done, &all);
		if (done >= all)
			cs_pipeline_source_end(sources->pipeline, i);
	}
}

static void
say_capture_fault(struct cs_sources *sources, unsigned source, enum cs_error error)
{
	const char *fault = cs_capture_fault(sources->capture[source]);
	bool told = fault && fault[0];
	if (!sources->again)
		fprintf(stderr, "countersign: %s%s%s; what was read before it counts\n",
			told ? "" : sources->path[source], told ? "" : ": ", told ? fault : cs_error_text(error));
	sources->failed = true;
	cs_pipeline_source_end(sources->pipeline, source);
}

/* The next packet of any capture; false when there is none any more. */
static bool
next_packet(struct cs_sources *sources, struct cs_packet *out)
{
	unsigned source = 0;
	for (enum cs_error error; (error = cs_merge_next(sources->merge, out, &source)) != CS_END;) {
		if (error == CS_OK)
			return true;
		say_capture_fault(sources, source, error);
	}
	return false;
}

/* The next record of any file; NULL when there is none any more. */
static struct cs_event *
next_record(struct cs_sources *sources)
{
	struct cs_event *event = NULL;
	uint16_t source = 0;
	for (enum cs_error error; (error = cs_feeds_first(sources->feeds, &event, &source)) != CS_OK;) {
		sources->failed = true;
		if (sources->again)
			continue;
		if (error == CS_E_SYNTAX) /* told already */
			fprintf(stderr, "countersign: %s cannot be read without its columns\n", sources->path[source]);
		else
			fprintf(stderr, "countersign: %s %s; what was read before it counts\n", sources->path[source],
				cs_file_error_text(error));
	}
	return event;
}

static bool
go_on(struct cs_sources *sources, uint64_t n)
{
	if (n % PROGRESS_EVERY == 0 && sources->show_progress)
		draw_progress(sources);
	return n % POLL_EVERY || !sources->poll || sources->poll(sources->poll_context);
}

static void
take_packet(struct cs_sources *sources, const struct cs_packet *packet)
{
	end_captures(sources);
	cs_pipeline_packet(sources->pipeline, packet);
}

static void
take_record(struct cs_sources *sources, struct cs_event *event)
{
	if (sources->record)
		sources->record(sources->record_context, event);
	cs_pipeline_row(sources->pipeline, event, cs_feeds_rows(sources->feeds));
	cs_feeds_take(sources->feeds);
}

bool
cs_sources_read(struct cs_sources *sources)
{
	struct cs_packet packet;
	bool packets = next_packet(sources, &packet);
	struct cs_event *event = next_record(sources);
	for (uint64_t n = 1; packets || event; n++) {
		if (packets && (!event || packet.time_ns <= event->origin.time_ns)) {
			take_packet(sources, &packet);
			packets = next_packet(sources, &packet);
		} else {
			take_record(sources, event);
			event = next_record(sources);
		}
		if (!go_on(sources, n))
			return false;
	}
	cs_pipeline_end(sources->pipeline);
	return true;
}

void
cs_sources_say(const struct cs_sources *sources)
{
	struct cs_feeds_counts counts = cs_feeds_counts_of(sources->feeds);
	if (counts.fault_n)
		fprintf(stderr, "countersign: %" PRIu64 " %s%s\n", counts.fault_n,
			counts.fault_n == 1 ? "row could not be read and does not count"
					    : "rows could not be read and do not count",
			counts.fault_n > FAULTS_SAID ? "; the first 20 are named above" : "");
	if (counts.backwards_n)
		fprintf(stderr, "countersign: %" PRIu64 " %s\n", counts.backwards_n,
			counts.backwards_n == 1 ? "record is earlier than the one before it in its file"
						: "records are earlier than the one before them in their file");
}
