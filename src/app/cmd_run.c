/*
 * `countersign run`: the pipeline on live interfaces, until SIGTERM.
 *
 * Packets of several interfaces are merged by time: one is handed on when every other interface has shown a
 * later one, or has had LAG to do so. Once the interfaces are open, power is given up for good; so a reload
 * can change everything but the interfaces. A policy that cannot work never replaces one that does.
 */
#include "app/command.h"
#include "app/setup.h"
#include "engine/summary.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/sandbox.h"
#include "io/signals.h"
#include "port/tap.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUND_PACKETS = 1024, WAIT_MS = 50 };

static const uint64_t lag_ns = 200000000;         /* longer than a tap holds a packet back */
static const uint64_t drops_every_ns = 500000000; /* how often the kernel is asked what it dropped */

const char cs_cmd_run_help[] =
	"usage: countersign run POLICY [OPTION]...\n\n"
	"Watches the interfaces that the links of the policy name with tap, until SIGTERM or SIGINT.\n"
	"SIGHUP reads the policy again; one that cannot work is refused, and the old one stays.\n"
	"Wants root or CAP_NET_RAW to open the interfaces, and gives it up behind that.\n\n"
	"  --alerts FILE|-    append alerts as JSON Lines (else: in plain words on standard output)\n"
	"  --token-key KEY    the key of card tokens: a file of 16 bytes that no one else may read, or pkcs11:...\n"
	"  --previous-key KEY the key of before, while it is being changed\n"
	"  --user NAME        become this user when started as root (nobody)\n"
	"  --quiet            no summary at the end\n\n"
	"exit status: 0 it ran, 2 bad usage or policy, 3 an interface or a file failed\n";

enum { OPTION_ALERTS, OPTION_KEY, OPTION_PREVIOUS, OPTION_USER, OPTION_QUIET };

static const struct cs_option options_table[] = {
	[OPTION_ALERTS] = {"--alerts", true},         [OPTION_KEY] = {"--token-key", true},
	[OPTION_PREVIOUS] = {"--previous-key", true}, [OPTION_USER] = {"--user", true},
	[OPTION_QUIET] = {"--quiet", false},          {NULL, false},
};

/* One interface: what it watches, and its next packet when one is there. */
struct source {
	struct cs_tap *tap;
	bool pending;
	struct cs_packet packet;
	uint64_t dropped;
	unsigned port_n; /* that the kernel lets through; 0: all */
	uint16_t port[CS_TAP_PORTS_MAX];
};

struct run {
	const char *policy_path;
	const char *alerts_path;
	struct cs_setup_keys keys;
	const char *user;
	bool quiet;
	struct cs_setup *setup;
	struct cs_pipeline *pipeline;
	struct cs_alerts *alerts;
	int signals;
	bool stop;
	bool failed;
	unsigned source_n;
	const char *name[CS_LINKS_MAX]; /* of the interfaces; our own copies */
	struct source source[CS_LINKS_MAX];
	uint64_t asked_ns;
};

static bool
read_option(struct run *run, int option, const char *value)
{
	switch (option) {
	case OPTION_ALERTS:
		run->alerts_path = value;
		return true;
	case OPTION_KEY:
		run->keys.key = value;
		return true;
	case OPTION_PREVIOUS:
		run->keys.previous = value;
		return true;
	case OPTION_USER:
		run->user = value;
		return true;
	case OPTION_QUIET:
		run->quiet = true;
		return true;
	case CS_OPTION_PLAIN:
		if (run->policy_path)
			fprintf(stderr, "countersign: one policy is enough: '%s'\n", value);
		if (run->policy_path)
			return false;
		run->policy_path = value;
		return true;
	default:
		return false;
	}
}

static bool
read_options(struct run *run, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	run->user = "nobody";
	run->keys.strict = true;
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;)
		if (!read_option(run, option, value))
			return false;
	if (!run->policy_path)
		fputs("countersign: run wants a policy; see countersign run --help\n", stderr);
	return run->policy_path;
}

static unsigned
find_source(const struct run *run, const char *name)
{
	unsigned i = 0;
	while (i < run->source_n && strcmp(run->name[i], name) != 0)
		i++;
	return i;
}

/* Whether the interface of LINK is open, and lets through every port of it. */
static bool
is_watched(const struct run *run, const struct cs_link *link)
{
	unsigned index = find_source(run, link->tap);
	if (index == run->source_n)
		return false;
	const struct source *source = &run->source[index];
	unsigned found = 0;
	for (unsigned i = 0; i < link->port_n; i++)
		for (unsigned j = 0; j < source->port_n; j++)
			found += source->port[j] == link->port[i];
	return !source->port_n || found >= link->port_n;
}

/* Every link needs an interface; while RELOADING only what is watched already can be had. */
static bool
check_taps(const struct run *run, const struct cs_policy *policy, bool reloading)
{
	for (unsigned i = 0; i < policy->link_n; i++) {
		const struct cs_link *link = &policy->link[i];
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
	return true;
}

/* The ports of all links on an interface; 0 when they are too many for a filter, which then lets all pass. */
static unsigned
list_ports(const struct cs_policy *policy, const char *interface, uint16_t ports[CS_TAP_PORTS_MAX])
{
	unsigned n = 0;
	for (unsigned i = 0; i < policy->link_n; i++) {
		const struct cs_link *link = &policy->link[i];
		if (strcmp(link->tap, interface) != 0)
			continue;
		if (n + link->port_n > CS_TAP_PORTS_MAX)
			return 0;
		memcpy(&ports[n], link->port, link->port_n * sizeof ports[0]);
		n += link->port_n;
	}
	return n;
}

static int
open_source(struct run *run, const char *name)
{
	unsigned index = run->source_n;
	struct source *source = &run->source[index];
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

static int
open_sources(struct run *run)
{
	const struct cs_policy *policy = run->setup->policy;
	if (!check_taps(run, policy, false))
		return CS_EXIT_USAGE;
	for (unsigned i = 0; i < policy->link_n; i++) {
		if (find_source(run, policy->link[i].tap) < run->source_n)
			continue;
		int status = open_source(run, policy->link[i].tap);
		if (status != CS_EXIT_RAN)
			return status;
	}
	return CS_EXIT_RAN;
}

/* Makes a pipeline for SETUP that watches every interface from now on. */
static struct cs_pipeline *
new_pipeline(struct run *run, struct cs_setup *setup)
{
	struct cs_detect_sink sink = {cs_alerts_finding, run->alerts};
	struct cs_pipeline *pipeline = cs_pipeline_new(&setup->links, &sink);
	uint64_t now_ns = cs_clock_wall_ns();
	if (!pipeline) {
		fputs("countersign: out of memory; lower `keep` or `connections` in the policy\n", stderr);
		return NULL;
	}
	for (unsigned i = 0; i < run->source_n; i++) {
		struct cs_source source = {0, true};
		for (unsigned j = 0; j < setup->policy->link_n; j++)
			if (strcmp(setup->policy->link[j].tap, run->name[i]) == 0)
				source.may_carry |= UINT32_C(1) << j;
		cs_pipeline_source(pipeline, i, source);
		cs_pipeline_source_start(pipeline, i, now_ns);
	}
	return pipeline;
}

static int
open_alerts(struct run *run)
{
	run->alerts = calloc(1, sizeof *run->alerts);
	if (!run->alerts)
		return CS_EXIT_INPUT;
	run->alerts->names = (struct cs_alert_names){run->setup->policy, run->name, run->source_n};
	run->alerts->plain = !run->alerts_path;
	run->alerts->descriptor = -1;
	const char *path = run->alerts_path ? run->alerts_path : "-";
	enum cs_error error = cs_file_open_append(path, &run->alerts->descriptor);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: alerts file %s %s\n", path, cs_file_error_text(error));
	return CS_EXIT_INPUT;
}

static int
give_up_power(const struct run *run)
{
	enum cs_error error = cs_sandbox_no_dumps();
	if (error == CS_OK)
		error = cs_sandbox_drop(run->user);
	if (error != CS_OK) {
		fprintf(stderr, "countersign: cannot become user %s: %s\n", run->user, cs_error_text(error));
		return CS_EXIT_USAGE;
	}
	error = cs_sandbox_close();
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fputs("countersign: this kernel has no seccomp, and without it nothing is run\n", stderr);
	return CS_EXIT_INPUT;
}

static void
free_setup(struct cs_setup *setup)
{
	if (setup)
		cs_setup_close(setup);
	free(setup);
}

static struct cs_setup *
new_setup(const struct run *run)
{
	struct cs_setup *setup = calloc(1, sizeof *setup);
	if (setup && cs_setup_policy(setup, run->policy_path))
		return setup;
	free_setup(setup);
	return NULL;
}

static int
open_run(struct run *run)
{
	run->setup = new_setup(run);
	if (!run->setup || !cs_setup_links(run->setup, &run->keys))
		return CS_EXIT_USAGE;
	int status = open_sources(run);
	if (status == CS_EXIT_RAN)
		status = open_alerts(run);
	if (status == CS_EXIT_RAN && cs_signals_open(&run->signals) != CS_OK)
		status = CS_EXIT_INPUT;
	if (status == CS_EXIT_RAN)
		status = give_up_power(run);
	if (status != CS_EXIT_RAN)
		return status;
	run->pipeline = new_pipeline(run, run->setup);
	return run->pipeline ? CS_EXIT_RAN : CS_EXIT_USAGE;
}

static void
close_run(struct run *run)
{
	cs_pipeline_free(run->pipeline);
	for (unsigned i = 0; i < run->source_n; i++) {
		cs_tap_close(run->source[i].tap);
		free((void *)(uintptr_t)run->name[i]);
	}
	if (run->alerts)
		cs_file_close(run->alerts->descriptor);
	free(run->alerts);
	cs_file_close(run->signals);
	free_setup(run->setup);
}

static void
say_summary(const struct run *run)
{
	static char at[CS_SUMMARY_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_summary summary = {run->setup->policy, run->pipeline, run->alerts, 0, 0, 0};
	cs_summary_put(&text, &summary);
	fputs(at, stderr);
}

/* The old pipeline decides what it can; the new one begins with empty state, and says so. */
static void
swap(struct run *run, struct cs_setup *setup, struct cs_pipeline *pipeline)
{
	cs_pipeline_end(run->pipeline);
	if (!run->quiet)
		say_summary(run);
	cs_pipeline_free(run->pipeline);
	free_setup(run->setup);
	run->setup = setup;
	run->pipeline = pipeline;
	run->alerts->names.policy = setup->policy;
	fprintf(stderr, "countersign: policy %s is in force; all %u links begin anew: what was open is not paired\n",
		run->policy_path, setup->policy->link_n);
}

static void
reload(struct run *run)
{
	struct cs_setup *setup = new_setup(run);
	if (setup && setup->policy->hash == run->setup->policy->hash) {
		fprintf(stderr, "countersign: policy %s has not changed\n", run->policy_path);
		free_setup(setup);
		return;
	}
	struct cs_pipeline *pipeline = NULL;
	if (setup && check_taps(run, setup->policy, true) && cs_setup_links_with(setup, run->setup->ring))
		pipeline = new_pipeline(run, setup);
	if (pipeline) {
		swap(run, setup, pipeline);
		return;
	}
	fprintf(stderr, "countersign: policy %s is refused; the old one stays in force\n", run->policy_path);
	free_setup(setup);
}

static void
take_signals(struct run *run)
{
	for (enum cs_signal signal; (signal = cs_signals_next(run->signals)) != CS_SIGNAL_NONE;) {
		if (signal == CS_SIGNAL_STOP)
			run->stop = true;
		else
			reload(run);
	}
}

/* Looks for the next packet of every interface that shows none yet. */
static void
fill(struct run *run)
{
	for (unsigned i = 0; i < run->source_n; i++) {
		struct source *source = &run->source[i];
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
pick(const struct run *run)
{
	unsigned best = run->source_n;
	bool all = true;
	for (unsigned i = 0; i < run->source_n; i++) {
		const struct source *source = &run->source[i];
		all &= source->pending;
		if (source->pending &&
		    (best == run->source_n || source->packet.time_ns < run->source[best].packet.time_ns))
			best = i;
	}
	if (best == run->source_n || all || run->stop)
		return best;
	return run->source[best].packet.time_ns + lag_ns <= cs_clock_wall_ns() ? best : run->source_n;
}

static bool
take_packets(struct run *run)
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

static void
ask_drops(struct run *run)
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

static void
wait(struct run *run)
{
	int descriptors[CS_LINKS_MAX + 1];
	unsigned n = 0;
	bool pending = false;
	descriptors[n++] = run->signals;
	for (unsigned i = 0; i < run->source_n; i++) {
		pending |= run->source[i].pending;
		if (!run->source[i].pending)
			descriptors[n++] = cs_tap_descriptor(run->source[i].tap);
	}
	if (!pending)
		cs_pipeline_idle(run->pipeline, cs_clock_wall_ns() - lag_ns);
	if (cs_alerts_flush(run->alerts) != CS_OK) {
		fprintf(stderr, "countersign: alerts %s: an alert that cannot be written must not be lost in silence\n",
			cs_file_error_text(run->alerts->error));
		run->failed = true;
		run->stop = true;
	}
	cs_signals_wait(descriptors, n, WAIT_MS);
}

static int
watch(struct run *run)
{
	fprintf(stderr, "countersign: watching %u links on %u interfaces\n", run->setup->policy->link_n, run->source_n);
	while (!run->stop) {
		take_signals(run);
		ask_drops(run);
		if (!take_packets(run) && !run->stop)
			wait(run);
	}
	while (!run->failed && take_packets(run))
		continue;
	cs_pipeline_end(run->pipeline);
	if (cs_alerts_flush(run->alerts) != CS_OK)
		run->failed = true;
	if (!run->quiet)
		say_summary(run);
	return run->failed ? CS_EXIT_INPUT : CS_EXIT_RAN;
}

int
cs_cmd_run(int argc, char **argv)
{
	static struct run run;
	run.signals = -1;
	if (!read_options(&run, argc, argv))
		return CS_EXIT_USAGE;
	int status = open_run(&run);
	if (status == CS_EXIT_RAN)
		status = watch(&run);
	close_run(&run);
	return status;
}
