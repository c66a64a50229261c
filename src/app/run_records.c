/*
 * The folders of files of records that `run` watches: --events RECORD=DIR.
 *
 * They are opened by the user that is left once power is given up, since it is he who moves files in them; so he must be allowed to.
 */
#include "app/command.h"
#include "app/run.h"
#include "io/clock.h"
#include "io/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const uint64_t idle_every_ns = 50000000;

bool
cs_run_add_events(struct cs_run *run, const char *given)
{
	const char *equals = strchr(given, '=');
	if (run->event_n == CS_LINKS_MAX || !equals || equals == given || !equals[1]) {
		fprintf(stderr, "countersign: --events wants RECORD=FOLDER, and one for each record, not '%s'\n",
			given);
		return false;
	}
	if (strcmp(equals + 1, "-") == 0) {
		fputs("countersign: run reads no records from standard input: what was read of it could not be found "
		      "again after a restart; let them be written into a folder\n",
		      stderr);
		return false;
	}
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
		for (unsigned j = 0; j < i; j++)
			if (record_of(policy, run->events[j]) == link) {
				fprintf(stderr, "countersign: --events %s: the record has a folder already\n",
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

int
cs_run_open_events(struct cs_run *run)
{
	struct cs_intake_wish wish = {.links = &run->setup->links, .say = say, .flush = flush, .context = run};
	if (!run->event_n)
		return CS_EXIT_RAN;
	run->intake = cs_intake_new(&wish);
	if (!run->intake)
		return CS_EXIT_INPUT;
	for (unsigned i = 0; i < run->event_n; i++) {
		unsigned name = run->source_n + i;
		struct cs_intake_folder folder = {run->name[name], run->event_link[i], (uint16_t)name};
		enum cs_error error = cs_intake_add(run->intake, &folder);
		if (error == CS_OK)
			continue;
		fprintf(stderr,
			"countersign: folder %s %s; it must be there, be writable by user %s, and be watched by no "
			"other "
			"process\n",
			folder.path, cs_file_error_text(error), run->user);
		return CS_EXIT_INPUT;
	}
	return CS_EXIT_RAN;
}

bool
cs_run_take_records(struct cs_run *run)
{
	if (!run->intake)
		return false;
	uint64_t now_ns = cs_clock_wall_ns();
	/* While there is much to read time passes all the same. */
	if (now_ns >= run->idle_ns + idle_every_ns)
		cs_run_pass_time(run);
	return cs_intake_some(run->intake, run->pipeline, now_ns);
}

void
cs_run_say_events(const struct cs_run *run)
{
	for (unsigned i = 0; run->intake && i < run->event_n; i++) {
		struct cs_intake_counts counts = cs_intake_counts_of(run->intake, i);
		fprintf(stderr,
			"Files of %s: %" PRIu64 " with %" PRIu64 " rows; %" PRIu64 " set aside (%" PRIu64
			" read before), %" PRIu64 " rows could not be read\n",
			run->setup->policy->link[run->event_link[i]].name, counts.file_n, counts.row_n, counts.aside_n,
			counts.twice_n, counts.unread_n);
	}
}
