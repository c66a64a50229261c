/*
 * The interfaces of `run`. Packets of several are merged by time: one is handed on when every other interface has shown a
 * later one, or has had LAG to do so.
 */
#include "app/command.h"
#include "app/run.h"
#include "io/clock.h"
#include "io/signals.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUND_PACKETS = 1024, WAIT_MS = 50 };

static const uint64_t lag_ns = 200000000;         /* longer than a tap holds a packet back */
static const uint64_t drops_every_ns = 500000000; /* how often the kernel is asked what it dropped */

static unsigned
find_source(const struct cs_run *run, const char *name)
{
	unsigned i = 0;
	while (i < run->source_n && strcmp(run->name[i], name) != 0)
		i++;
	return i;
}

/* Whether the interface of LINK is open, and lets through every port of it. */
static bool
is_watched(const struct cs_run *run, const struct cs_link *link)
{
	unsigned index = find_source(run, link->tap);
	if (index == run->source_n)
		return false;
	const struct cs_run_source *source = &run->source[index];
	unsigned found = 0;
	for (unsigned i = 0; i < link->port_n; i++)
		for (unsigned j = 0; j < source->port_n; j++)
			found += source->port[j] == link->port[i];
	return !source->port_n || found >= link->port_n;
}

/* Who has written rules about rows of files shall know that they stay silent here. */
static void
say_records(const struct cs_run *run, const struct cs_policy *policy)
{
	for (unsigned i = 0; i < policy->link_n; i++)
		if (policy->link[i].row && !cs_run_is_fed(run, policy, i))
			fprintf(stderr,
				"countersign: record %s is not read (--events %s=FOLDER, or %s=-): what looks at it "
				"says "
				"nothing "
				"here\n",
				policy->link[i].name, policy->link[i].name, policy->link[i].name);
}

bool
cs_run_check_taps(const struct cs_run *run, const struct cs_policy *policy, bool reloading)
{
	unsigned tapped_n = 0;
	for (unsigned i = 0; i < policy->link_n; i++) {
		const struct cs_link *link = &policy->link[i];
		if (link->row)
			continue;
		tapped_n++;
		if (!link->tap) {
			fprintf(stderr, "%s:%u:%u: link %s names no interface; write: tap \"eth1\" port 5001\n",
				policy->path, link->place.line, link->place.column, link->name);
			return false;
		}
		if (!reloading || is_watched(run, link))
			continue;
		fprintf(stderr, "%s:%u:%u: the ports of %s are not watched, and cannot be now; restart to do so\n",
			policy->path, link->place.line, link->place.column, link->tap);
		return false;
	}
	if (tapped_n || run->event_n)
		say_records(run, policy);
	else
		fprintf(stderr,
			"countersign: %s has no link to watch; name the folders of its records: --events NAME=FOLDER, "
			"or NAME=-\n",
			policy->path);
	return tapped_n || run->event_n;
}

/* The ports of all links on an interface; 0 when they are too many for a filter, which then lets all pass. */
static unsigned
list_ports(const struct cs_policy *policy, const char *interface, uint16_t ports[CS_TAP_PORTS_MAX])
{
	unsigned n = 0;
	for (unsigned i = 0; i < policy->link_n; i++) {
		const struct cs_link *link = &policy->link[i];
		if (link->row || strcmp(link->tap, interface) != 0)
			continue;
		if (n + link->port_n > CS_TAP_PORTS_MAX)
			return 0;
		memcpy(&ports[n], link->port, link->port_n * sizeof ports[0]);
		n += link->port_n;
	}
	return n;
}

static int
open_source(struct cs_run *run, const char *name)
{
	unsigned index = run->source_n;
	struct cs_run_source *source = &run->source[index];
	run->name[index] = strdup(name);
	if (!run->name[index])
		return CS_EXIT_INPUT;
	run->source_n++;
	source->port_n = list_ports(run->setup->policy, name, source->port);
	struct cs_tap_settings settings = {
		.interface = name, .ports = source->port, .ports_n = source->port_n, .source = (uint16_t)index};
	enum cs_error error = cs_tap_open(&settings, &source->tap);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	const char *fault = source->tap ? cs_tap_fault(source->tap) : NULL;
	fprintf(stderr, "countersign: interface %s: %s\n", name, fault && fault[0] ? fault : cs_error_text(error));
	return CS_EXIT_INPUT;
}

int
cs_run_open_sources(struct cs_run *run)
{
	const struct cs_policy *policy = run->setup->policy;
	if (!cs_run_check_taps(run, policy, false))
		return CS_EXIT_USAGE;
	for (unsigned i = 0; i < policy->link_n; i++) {
		if (policy->link[i].row || find_source(run, policy->link[i].tap) < run->source_n)
			continue;
		int status = open_source(run, policy->link[i].tap);
		if (status != CS_EXIT_RAN)
			return status;
	}
	return CS_EXIT_RAN;
}

void
cs_run_close_sources(struct cs_run *run)
{
	for (unsigned i = 0; i < run->source_n; i++)
		cs_tap_close(run->source[i].tap);
	for (unsigned i = 0; i < CS_LINKS_MAX; i++)
		free((void *)(uintptr_t)run->name[i]);
	run->source_n = run->name_n = 0;
}

/* Looks for the next packet of every interface that shows none yet. */
static void
fill(struct cs_run *run)
{
	for (unsigned i = 0; i < run->source_n; i++) {
		struct cs_run_source *source = &run->source[i];
		if (source->pending)
			continue;
		enum cs_error error = cs_tap_next(source->tap, &source->packet);
		source->pending = error == CS_OK;
		if (error == CS_OK || error == CS_AGAIN)
			continue;
		fprintf(stderr, "countersign: interface %s: %s\n", run->name[i], cs_tap_fault(source->tap));
		run->failed = true;
		run->stop = true;
	}
}

/* The earliest packet, when no other interface can still show an earlier one; source_n: none. */
static unsigned
pick(const struct cs_run *run)
{
	unsigned best = run->source_n;
	bool all = true;
	for (unsigned i = 0; i < run->source_n; i++) {
		const struct cs_run_source *source = &run->source[i];
		all &= source->pending;
		if (source->pending &&
		    (best == run->source_n || source->packet.time_ns < run->source[best].packet.time_ns))
			best = i;
	}
	if (best == run->source_n || all || run->stop)
		return best;
	return run->source[best].packet.time_ns + lag_ns <= cs_clock_wall_ns() ? best : run->source_n;
}

bool
cs_run_take_packets(struct cs_run *run)
{
	for (unsigned n = 0; n < ROUND_PACKETS; n++) {
		fill(run);
		unsigned index = pick(run);
		if (index == run->source_n)
			return false;
		cs_pipeline_packet(run->pipeline, &run->source[index].packet);
		run->source[index].pending = false;
	}
	return true;
}

void
cs_run_ask_drops(struct cs_run *run)
{
	uint64_t now_ns = cs_clock_wall_ns();
	if (now_ns < run->asked_ns + drops_every_ns)
		return;
	run->asked_ns = now_ns;
	for (unsigned i = 0; i < run->source_n; i++) {
		struct cs_tap_counts counts = cs_tap_counts(run->source[i].tap);
		uint64_t dropped = counts.dropped_by_kernel + counts.dropped_by_interface;
		if (dropped > run->source[i].dropped)
			cs_pipeline_dropped(run->pipeline, i, dropped - run->source[i].dropped, now_ns - lag_ns);
		run->source[i].dropped = dropped;
	}
}

void
cs_run_pass_time(struct cs_run *run)
{
	run->idle_ns = cs_clock_wall_ns();
	for (unsigned i = 0; i < run->source_n; i++)
		if (run->source[i].pending)
			return;
	cs_pipeline_idle(run->pipeline, run->idle_ns - lag_ns);
}

void
cs_run_wait(struct cs_run *run, bool stalled)
{
	int descriptors[CS_LINKS_MAX + 2];
	unsigned n = 0;
	descriptors[n++] = run->signals;
	for (unsigned i = 0; i < run->source_n; i++)
		if (!run->source[i].pending)
			descriptors[n++] = cs_tap_descriptor(run->source[i].tap);
	if (!stalled && run->inflow && cs_inflow_state_of(run->inflow) == CS_INFLOW_OPEN)
		descriptors[n++] = cs_inflow_descriptor(run->inflow);
	if (!stalled)
		cs_run_pass_time(run);
	cs_signals_wait(descriptors, n, WAIT_MS);
}
