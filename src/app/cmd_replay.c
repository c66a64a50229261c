/*
 * `countersign replay`: captures through the pipeline, as if they were happening now.
 *
 * Invariant: the alerts depend on the captures, the policy and the key alone, never on the machine or its
 * speed. Leaves the work to the pipeline.
 */
#include "app/command.h"
#include "app/record.h"
#include "app/replay_again.h"
#include "app/sources.h"
#include "engine/retoken_map.h"
#include "engine/summary.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char cs_cmd_replay_help[] =
	"usage: countersign replay POLICY [--capture FILE]... [--link NAME=FILE]... [--events [NAME=]FILE]... "
	"[OPTION]...\n"
	"       countersign replay [POLICY] --journal FOLDER [OPTION]...\n\n"
	"Reads pcap and pcapng captures and files of records, merged by time, and tells what the policy finds in "
	"them.\n"
	"FILE may be - for standard input.\n\n"
	"  --capture FILE       a capture that may hold any link of the policy\n"
	"  --link NAME=FILE     a capture of the link NAME only\n"
	"  --events [NAME=]FILE rows of the record NAME in the form that the policy says; a folder: of all its files\n"
	"  --alerts FILE|-      write alerts as JSON Lines (else: in plain words on standard output)\n"
	"  --fail-on SEVERITY   exit with 1 when a finding is of this severity or above:\n"
	"                       info, low, medium, high, critical\n"
	"  --token-key KEY      the key of card tokens: a file of 16 bytes, or pkcs11:...\n"
	"  --previous-key KEY   the key of before, while it is being changed\n"
	"  --retoken-map FILE   write each card's token under both keys as JSON Lines\n"
	"  --journal FOLDER     read a journal instead of captures: every verdict again, held against the journal's "
	"own.\n"
	"                       With POLICY: what that policy would have said\n"
	"  --from RECORD        with --journal: begin at the newest snapshot before that record\n"
	"  --until RECORD|TIME  with --journal: stop before that record, or behind that time (2026-03-02T13:18:00Z)\n"
	"  --record FOLDER      keep a journal there; the same command goes on with it after a crash\n"
	"  --journal-key KEY    what the journal is signed and sealed with: a file of 32 bytes, or pkcs11:...\n"
	"                       (else the policy's, else your own, made at first use)\n"
	"  --over-damage        go on behind a damaged middle of the journal\n"
	"  --limits-only-if-broken\n"
	"                       of a policy whose rules, lists or profiles have faults, limits and screens all the "
	"same\n"
	"  --quiet              no summary and no progress\n\n"
	"exit status: 0 it ran, 1 a finding of --fail-on, 2 bad usage or policy, 3 input cannot be read\n";

enum {
	OPTION_CAPTURE,
	OPTION_LINK,
	OPTION_EVENTS,
	OPTION_ALERTS,
	OPTION_FAIL_ON,
	OPTION_KEY,
	OPTION_PREVIOUS,
	OPTION_MAP,
	OPTION_JOURNAL,
	OPTION_FROM,
	OPTION_UNTIL,
	OPTION_RECORD,
	OPTION_JOURNAL_KEY,
	OPTION_OVER_DAMAGE,
	OPTION_LIMITS_ONLY,
	OPTION_QUIET
};

static const struct cs_option options_table[] = {
	[OPTION_CAPTURE] = {"--capture", true},
	[OPTION_LINK] = {"--link", true},
	[OPTION_EVENTS] = {"--events", true},
	[OPTION_ALERTS] = {"--alerts", true},
	[OPTION_FAIL_ON] = {"--fail-on", true},
	[OPTION_KEY] = {"--token-key", true},
	[OPTION_PREVIOUS] = {"--previous-key", true},
	[OPTION_MAP] = {"--retoken-map", true},
	[OPTION_JOURNAL] = {"--journal", true},
	[OPTION_FROM] = {"--from", true},
	[OPTION_UNTIL] = {"--until", true},
	[OPTION_RECORD] = {"--record", true},
	[OPTION_JOURNAL_KEY] = {"--journal-key", true},
	[OPTION_OVER_DAMAGE] = {"--over-damage", false},
	[OPTION_LIMITS_ONLY] = {"--limits-only-if-broken", false},
	[OPTION_QUIET] = {"--quiet", false},
	{NULL, false},
};

struct replay {
	const char *policy_path;
	const char *alerts_path; /* NULL: plain words on standard output */
	const char *map_path;    /* NULL: no map of tokens */
	struct cs_again again;   /* its folder is NULL: captures are read */
	const char *record_path; /* NULL: no journal */
	const char *journal_key;
	bool over_damage;
	bool limits_only; /* --limits-only-if-broken */
	struct cs_record_keeping record;
	struct cs_setup_keys keys;
	enum cs_severity fail_on; /* CS_SEVERITY_N: never */
	bool quiet;
	struct cs_sources sources;
	struct cs_setup setup;
	struct cs_pipeline *pipeline;
	struct cs_alerts *alerts;
	struct cs_retoken_map *map;
	bool stopped; /* the journal cannot go on */
	uint64_t started_ns;
};

static bool
read_severity(struct replay *replay, const char *value)
{
	replay->fail_on = cs_severity_by_name(cs_span_text(value));
	if (replay->fail_on != CS_SEVERITY_N)
		return true;
	fprintf(stderr, "countersign: there is no severity '%s'; write info, low, medium, high or critical\n", value);
	return false;
}

static bool
read_plain(struct replay *replay, const char *value)
{
	if (!replay->policy_path) {
		replay->policy_path = value;
		return true;
	}
	fprintf(stderr, "countersign: one policy is enough, and captures go behind --capture: '%s'\n", value);
	return false;
}

static bool
read_option(struct replay *replay, int option, const char *value)
{
	switch (option) {
	case OPTION_CAPTURE:
		return cs_sources_add(&replay->sources, CS_SOURCE_CAPTURE, value);
	case OPTION_LINK:
		return cs_sources_add(&replay->sources, CS_SOURCE_LINK, value);
	case OPTION_EVENTS:
		return cs_sources_add(&replay->sources, CS_SOURCE_EVENTS, value);
	case OPTION_FAIL_ON:
		return read_severity(replay, value);
	case OPTION_ALERTS:
		replay->alerts_path = value;
		return true;
	case OPTION_KEY:
		replay->keys.key = value;
		return true;
	case OPTION_PREVIOUS:
		replay->keys.previous = value;
		return true;
	case OPTION_MAP:
		replay->map_path = value;
		return true;
	case OPTION_JOURNAL:
		replay->again.folder = value;
		return true;
	case OPTION_FROM:
		return cs_again_read_from(&replay->again, value);
	case OPTION_UNTIL:
		return cs_again_read_until(&replay->again, value);
	case OPTION_RECORD:
		replay->record_path = value;
		return true;
	case OPTION_JOURNAL_KEY:
		replay->journal_key = value;
		return true;
	case OPTION_OVER_DAMAGE:
		replay->over_damage = true;
		return true;
	case OPTION_LIMITS_ONLY:
		replay->limits_only = true;
		return true;
	case OPTION_QUIET:
		replay->quiet = true;
		return true;
	case CS_OPTION_PLAIN:
		return read_plain(replay, value);
	default:
		return false;
	}
}

/* A journal is read again without captures, and is not written meanwhile. */
static bool
check_again(struct replay *replay)
{
	struct cs_again *again = &replay->again;
	if (replay->sources.n || replay->record_path || replay->map_path) {
		fputs("countersign: --journal goes without captures, --record and --retoken-map: it reads what was "
		      "recorded\n",
		      stderr);
		return false;
	}
	again->policy_path = replay->policy_path;
	again->alerts_path = replay->alerts_path;
	again->key = replay->journal_key;
	again->fail_on = replay->fail_on;
	again->quiet = replay->quiet;
	return true;
}

static bool
read_options(struct replay *replay, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	replay->fail_on = CS_SEVERITY_N;
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;)
		if (!read_option(replay, option, value))
			return false;
	if (replay->again.folder)
		return check_again(replay);
	if (replay->policy_path && replay->sources.n)
		return cs_sources_order(&replay->sources);
	fputs("countersign: replay wants a policy and at least one capture or file of records; see countersign replay "
	      "--help\n",
	      stderr);
	return false;
}

static const char *
file_of(void *context, const struct cs_origin *origin)
{
	const struct replay *replay = context;
	return replay->sources.feeds ? cs_feeds_file(replay->sources.feeds, origin) : NULL;
}

static int
open_alerts(struct replay *replay)
{
	replay->alerts = calloc(1, sizeof *replay->alerts);
	if (!replay->alerts)
		return CS_EXIT_INPUT;
	replay->alerts->names = (struct cs_alert_names){replay->setup.policy, replay->sources.path, replay->sources.n};
	replay->alerts->plain = !replay->alerts_path;
	replay->alerts->file = file_of;
	replay->alerts->file_context = replay;
	replay->alerts->descriptor = -1;
	if (replay->record_path && replay->alerts_path)
		return CS_EXIT_RAN; /* they leave from the journal */
	const char *path = replay->alerts_path ? replay->alerts_path : "-";
	enum cs_error error = cs_file_open_write(path, &replay->alerts->descriptor);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: alerts file %s %s\n", path, cs_file_error_text(error));
	return CS_EXIT_INPUT;
}

static int
open_map(struct replay *replay)
{
	if (!replay->map_path)
		return CS_EXIT_RAN;
	replay->map = calloc(1, sizeof *replay->map);
	if (!replay->map)
		return CS_EXIT_INPUT;
	replay->map->descriptor = -1;
	if (!cs_links_retoken(&replay->setup.links, (struct cs_retoken_sink){cs_retoken_map_pair, replay->map})) {
		fputs("countersign: --retoken-map wants a previous key; add --previous-key KEY, or in the policy: "
		      "tokens key \"new.key\" previous \"old.key\"\n",
		      stderr);
		return CS_EXIT_USAGE;
	}
	enum cs_error error = cs_file_open_write(replay->map_path, &replay->map->descriptor);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: map of tokens %s %s\n", replay->map_path, cs_error_text(error));
	return CS_EXIT_INPUT;
}

static int
open_record(struct replay *replay)
{
	struct cs_record_wish wish = {
		.setup = &replay->setup,
		.folder = replay->record_path,
		.key = replay->journal_key,
		.over_damage = replay->over_damage,
		.quiet = replay->quiet,
		.alerts_path = replay->alerts_path,
		.alerts = replay->alerts,
	};
	int status = cs_record_vault(&wish, &replay->record);
	if (status == CS_EXIT_RAN && replay->setup.policy->journal.snapshot_ns)
		status = cs_record_care(&wish, NULL, &replay->record);
	if (status == CS_EXIT_RAN)
		status = cs_record_open(&wish, &replay->record);
	/* Without a map of its own the pairs of tokens go into the journal. */
	if (status == CS_EXIT_RAN && !replay->map)
		cs_record_retokens(&replay->record, &replay->setup.links);
	return status;
}

static int
open_pipeline(struct replay *replay)
{
	struct cs_detect_sink sink = {cs_alerts_finding, replay->alerts};
	int status = replay->record_path ? open_record(replay) : CS_EXIT_RAN;
	if (status != CS_EXIT_RAN)
		return status;
	if (replay->record_path)
		replay->pipeline =
			cs_pipeline_new_over(&replay->setup.links, cs_chronicle_judge(replay->record.chronicle), false);
	else
		replay->pipeline = cs_pipeline_new(&replay->setup.links, &sink);
	if (replay->pipeline && replay->record_path && replay->setup.policy->journal.raw)
		cs_pipeline_raw(replay->pipeline, cs_chronicle_raw(replay->record.chronicle));
	if (replay->pipeline)
		return CS_EXIT_RAN;
	fputs("countersign: out of memory; lower `keep` or `connections` in the policy\n", stderr);
	return CS_EXIT_USAGE;
}

static int
open_replay(struct replay *replay)
{
	bool read = replay->limits_only ? cs_setup_policy_limits(&replay->setup, replay->policy_path)
					: cs_setup_policy(&replay->setup, replay->policy_path);
	if (!read || !cs_setup_links(&replay->setup, &replay->keys))
		return CS_EXIT_USAGE;
	if (!cs_sources_name(&replay->sources, replay->setup.policy))
		return CS_EXIT_USAGE;
	if (!replay->quiet)
		cs_setup_say_huge();
	int status = open_alerts(replay);
	if (status == CS_EXIT_RAN)
		status = open_map(replay);
	if (status != CS_EXIT_RAN)
		return status;
	status = open_pipeline(replay);
	replay->sources.chronicle = replay->record.chronicle;
	replay->sources.journal = replay->record.chronicle ? replay->record.folder : NULL;
	return status == CS_EXIT_RAN ? cs_sources_open(&replay->sources, &replay->setup, replay->pipeline) : status;
}

static void
close_replay(struct replay *replay)
{
	cs_sources_close(&replay->sources);
	cs_pipeline_free(replay->pipeline);
	(void)cs_record_close(&replay->record, true);
	if (replay->alerts)
		cs_file_close(replay->alerts->descriptor);
	if (replay->map)
		cs_file_close(replay->map->descriptor);
	free(replay->alerts);
	free(replay->map);
	cs_setup_close(&replay->setup);
}

/* False: the journal cannot go on, or what is read is not what it holds. */
static bool
poll_record(void *context)
{
	struct replay *replay = context;
	struct cs_chronicle *chronicle = replay->record.chronicle;
	if (!chronicle || (cs_record_poll(&replay->record) && !cs_chronicle_differs(chronicle, false)))
		return true;
	replay->stopped = true;
	return false;
}

static void
read_sources(struct replay *replay)
{
	struct cs_sources *sources = &replay->sources;
	replay->started_ns = cs_clock_steady_ns();
	sources->started_ns = replay->started_ns;
	sources->show_progress = !replay->quiet && cs_terminal_is(STDERR_FILENO);
	sources->poll = poll_record;
	sources->poll_context = replay;
	(void)cs_sources_read(sources); /* whether it was stopped, the poll knows */
}

static void
say_summary(const struct replay *replay)
{
	static char at[CS_SUMMARY_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_summary summary = {
		.policy = replay->setup.policy,
		.pipeline = replay->pipeline,
		.alerts = replay->alerts,
		.elapsed_ns = cs_clock_steady_ns() - replay->started_ns,
		.backwards = cs_merge_backwards(replay->sources.merge),
	};
	uint64_t all = 0;
	cs_sources_progress(&replay->sources, &summary.read_bytes, &all);
	cs_summary_put(&text, &summary);
	if (replay->sources.show_progress)
		fputs("\r\033[K", stderr);
	fputs(at, stderr);
	if (replay->map)
		fprintf(stderr, "map of tokens: %" PRIu64 " pair%s, %" PRIu64 " of them perhaps more than once\n",
			replay->map->pairs, cs_text_plural(replay->map->pairs), replay->setup.links.retoken.forgotten);
}

static int
judge(const struct replay *replay, enum cs_error written, enum cs_error mapped)
{
	if (written != CS_OK)
		fprintf(stderr, "countersign: alerts %s\n", cs_file_error_text(written));
	if (mapped != CS_OK)
		fprintf(stderr, "countersign: map of tokens %s\n", cs_file_error_text(mapped));
	if (written != CS_OK || mapped != CS_OK || replay->sources.failed || replay->stopped)
		return CS_EXIT_INPUT;
	for (unsigned i = replay->fail_on; i < CS_SEVERITY_N; i++)
		if (replay->alerts->tally.by_severity[i])
			return CS_EXIT_FINDINGS;
	return CS_EXIT_RAN;
}

/* The journal is closed before anything is judged: an alert that could not be kept or delivered must not go unsaid. */
static int
finish(struct replay *replay)
{
	bool differs = replay->record.chronicle && cs_chronicle_differs(replay->record.chronicle, true);
	enum cs_error written = cs_alerts_flush(replay->alerts);
	enum cs_error mapped = replay->map ? cs_retoken_map_flush(replay->map) : CS_OK;
	if (!replay->quiet)
		say_summary(replay);
	cs_sources_say(&replay->sources);
	cs_pipeline_free(replay->pipeline); /* its judge is the journal's */
	replay->pipeline = NULL;
	int kept = cs_record_close(&replay->record, replay->quiet);
	if (differs) {
		fputs("countersign: the captures (or the token key, or the files of lists and places) are not those "
		      "that "
		      "the journal was made from: what they hold was not judged; name another folder\n",
		      stderr);
		return CS_EXIT_INPUT;
	}
	int status = judge(replay, written, mapped);
	return kept != CS_EXIT_RAN ? kept : status;
}

int
cs_cmd_replay(int argc, char **argv)
{
	static struct replay replay;
	if (!read_options(&replay, argc, argv))
		return CS_EXIT_USAGE;
	if (replay.again.folder)
		return cs_again_run(&replay.again);
	int status = open_replay(&replay);
	if (status == CS_EXIT_RAN) {
		read_sources(&replay);
		status = finish(&replay);
	}
	close_replay(&replay);
	return status;
}
