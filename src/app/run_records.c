/*
 * The records that `run` reads: --events RECORD=FOLDER, and one RECORD=- from standard input.
 *
 * Folders are opened by the user that is left once power is given up, since it is he who moves files in them; so he must be allowed to.
 */
#include "app/command.h"
#include "app/run.h"
#include "io/clock.h"
#include "io/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const uint64_t idle_every_ns = 50000000;

/* Whether EVENTS is RECORD=-. */
static bool
is_stdin(const char *events)
{
	return strcmp(strchr(events, '=') + 1, "-") == 0;
}

bool
cs_run_add_events(struct cs_run *run, const char *given)
{
	const char *equals = strchr(given, '=');
	if (run->event_n == CS_LINKS_MAX || !equals || equals == given || !equals[1]) {
		fprintf(stderr,
			"countersign: --events wants RECORD=FOLDER or RECORD=-, and one for each record, not '%s'\n",
			given);
		return false;
	}
	for (unsigned i = 0; is_stdin(given) && i < run->event_n; i++)
		if (is_stdin(run->events[i])) {
			fputs("countersign: standard input can be read once only\n", stderr);
			return false;
		}
	run->folder_n += !is_stdin(given);
	run->events[run->event_n++] = given;
	return true;
}

/* The record that EVENTS names; link_n: the policy has none of that name. */
static unsigned
record_of(const struct cs_policy *policy, const char *events)
{
	size_t len = (size_t)(strchr(events, '=') - events);
	unsigned link = cs_policy_link(policy, (struct cs_span){(const uint8_t *)events, len});
	return link < policy->link_n && policy->link[link].row ? link : policy->link_n;
}

bool
cs_run_is_fed(const struct cs_run *run, const struct cs_policy *policy, unsigned link)
{
	for (unsigned i = 0; i < run->event_n; i++)
		if (record_of(policy, run->events[i]) == link)
			return true;
	return false;
}

/* A file of messages is read whole; what comes by itself has no end to wait for. */
static bool
check_stdin(const struct cs_policy *policy, unsigned link, const char *events)
{
	if (!is_stdin(events) || !cs_row_form_is_whole((enum cs_row_form)policy->link[link].row->form))
		return true;
	fprintf(stderr,
		"countersign: --events %s: only rows (source csv or jsonl) are read from standard input; let files of "
		"messages be put into a folder\n",
		events);
	return false;
}

bool
cs_run_check_events(struct cs_run *run, const struct cs_policy *policy, bool reloading)
{
	for (unsigned i = 0; i < run->event_n; i++) {
		unsigned link = record_of(policy, run->events[i]);
		if (link == policy->link_n) {
			fprintf(stderr, "countersign: --events %s: the policy has no record of that name\n",
				run->events[i]);
			return false;
		}
		if (!check_stdin(policy, link, run->events[i]))
			return false;
		for (unsigned j = 0; j < i; j++)
			if (record_of(policy, run->events[j]) == link) {
				fprintf(stderr, "countersign: --events %s: the record is read already\n",
					run->events[i]);
				return false;
			}
		if (reloading && link != run->event_link[i]) {
			fprintf(stderr,
				"countersign: record %s is watched, and has another place among the links and records "
				"of the policy now; restart to do so\n",
				policy->link[link].name);
			return false;
		}
		run->event_link[i] = link;
	}
	return true;
}

void
cs_run_name_events(struct cs_run *run)
{
	run->name_n = run->source_n;
	for (unsigned i = 0; i < run->event_n; i++)
		run->name[run->name_n++] = strdup(strchr(run->events[i], '=') + 1);
}

static void
say(void *context, const char *words)
{
	(void)context;
	fprintf(stderr, "countersign: %s\n", words);
}

/* Where no journal keeps what was found, it must be out before its file is put away. */
static enum cs_error
flush(void *context)
{
	struct cs_run *run = context;
	return cs_alerts_flush(run->alerts);
}

static int
open_folder(struct cs_run *run, unsigned i)
{
	unsigned name = run->source_n + i;
	struct cs_intake_folder folder = {run->name[name], run->event_link[i], (uint16_t)name};
	enum cs_error error = cs_intake_add(run->intake, &folder);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr,
		"countersign: folder %s: %s; it must be there, be writable by user %s, and be watched by no other "
		"process\n",
		folder.path, cs_file_error_text(error), run->user);
	return CS_EXIT_INPUT;
}

static int
open_stdin(struct cs_run *run, unsigned i)
{
	struct cs_inflow_wish wish = {.link = run->event_link[i], .source = (uint16_t)(run->source_n + i), .say = say};
	enum cs_error error = cs_file_open_read("-", &wish.descriptor);
	if (error == CS_OK) {
		run->inflow = cs_inflow_new(&wish, &run->setup->links);
		error = run->inflow ? CS_OK : CS_E_MEMORY;
	}
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: standard input %s\n", cs_file_error_text(error));
	return CS_EXIT_INPUT;
}

int
cs_run_open_events(struct cs_run *run)
{
	int status = CS_EXIT_RAN;
	struct cs_intake_wish wish = {.links = &run->setup->links, .say = say, .flush = flush, .context = run};
	if (run->folder_n && !(run->intake = cs_intake_new(&wish)))
		return CS_EXIT_INPUT;
	for (unsigned i = 0; status == CS_EXIT_RAN && i < run->event_n; i++)
		status = is_stdin(run->events[i]) ? open_stdin(run, i) : open_folder(run, i);
	return status;
}

bool
cs_run_check_inflow(const struct cs_run *run, const struct cs_setup *setup)
{
	return !run->inflow || cs_inflow_check(run->inflow, &setup->links);
}

/* It does not come again: where nothing else is watched this is the end, and where something is, a failure like an interface's. */
static void
look_at_stdin(struct cs_run *run)
{
	enum cs_inflow_state state = cs_inflow_state_of(run->inflow);
	if (state == CS_INFLOW_OPEN || run->stop)
		return;
	run->stop = true;
	run->failed |= state == CS_INFLOW_FAILED || run->source_n || run->folder_n;
	if (state == CS_INFLOW_ENDED)
		say(run, run->failed ? "standard input has ended while something else is watched; start both again"
				     : "standard input has ended");
}

bool
cs_run_take_records(struct cs_run *run)
{
	bool more = false;
	uint64_t now_ns = cs_clock_wall_ns();
	if (!run->event_n)
		return false;
	/* While there is much to read time passes all the same. */
	if (now_ns >= run->idle_ns + idle_every_ns)
		cs_run_pass_time(run);
	if (run->intake)
		more = cs_intake_some(run->intake, run->pipeline, now_ns);
	if (run->inflow) {
		more |= cs_inflow_some(run->inflow, run->pipeline, now_ns);
		look_at_stdin(run);
	}
	return more;
}

static void
say_stdin(const struct cs_run *run, const char *record)
{
	struct cs_inflow_counts counts = cs_inflow_counts_of(run->inflow);
	fprintf(stderr, "Rows of %s from standard input: %" PRIu64 "; %" PRIu64 " could not be read\n", record,
		counts.row_n, counts.unread_n);
}

static void
say_folder(const struct cs_run *run, unsigned folder, const char *record)
{
	struct cs_intake_counts counts = cs_intake_counts_of(run->intake, folder);
	fprintf(stderr,
		"Files of %s: %" PRIu64 " with %" PRIu64 " row%s; %" PRIu64 " set aside (%" PRIu64
		" read before), %" PRIu64 " row%s could not be read\n",
		record, counts.file_n, counts.row_n, cs_text_plural(counts.row_n), counts.aside_n, counts.twice_n,
		counts.unread_n, cs_text_plural(counts.unread_n));
}

void
cs_run_say_events(const struct cs_run *run)
{
	unsigned folder = 0;
	for (unsigned i = 0; i < run->event_n; i++) {
		const char *record = run->setup->policy->link[run->event_link[i]].name;
		if (is_stdin(run->events[i]))
			say_stdin(run, record);
		else
			say_folder(run, folder++, record);
	}
}
