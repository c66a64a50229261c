/*
 * `countersign explain`: why one alert was told, with the values its conditions had and the events they counted.
 *
 * The input is judged twice by the code that judges live: once to find the alert, once to gather the events. Nothing is
 * remembered between an alert and its explanation but its number.
 */
#include "app/command.h"
#include "app/look_again.h"
#include "app/sources.h"
#include "app/tree.h"
#include "base/hex.h"
#include "io/clock.h"
#include "io/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char cs_cmd_explain_help[] =
	"usage: countersign explain POLICY --alert ID --events [NAME=]FILE... [OPTION]...\n"
	"       countersign explain POLICY --alert ID --journal FOLDER [OPTION]...\n\n"
	"Judges the same input again and tells why the alert ID was told: which conditions held, with their values,\n"
	"thresholds and windows, and the events that were counted. The input is read twice.\n\n"
	"  --alert ID           the alert's number: 32 hex digits, \"id\" in its line of JSON\n"
	"  --events [NAME=]FILE rows of the record NAME, CSV or JSON Lines as the policy says\n"
	"  --capture FILE       a capture that may hold any link of the policy\n"
	"  --link NAME=FILE     a capture of the link NAME only\n"
	"  --journal FOLDER     read a journal instead of files\n"
	"  --journal-key KEY    its key: a file of 32 bytes, or pkcs11:...\n"
	"  --token-key KEY      the key of card tokens: a file of 16 bytes, or pkcs11:...\n"
	"  --quiet              no progress\n\n"
	"exit status: 0 the alert was found, 1 it was not, 2 bad usage or policy, 3 input cannot be read\n";

enum {
	OPTION_ALERT,
	OPTION_EVENTS,
	OPTION_CAPTURE,
	OPTION_LINK,
	OPTION_JOURNAL,
	OPTION_JOURNAL_KEY,
	OPTION_KEY,
	OPTION_QUIET
};

static const struct cs_option options_table[] = {
	[OPTION_ALERT] = {"--alert", true},
	[OPTION_EVENTS] = {"--events", true},
	[OPTION_CAPTURE] = {"--capture", true},
	[OPTION_LINK] = {"--link", true},
	[OPTION_JOURNAL] = {"--journal", true},
	[OPTION_JOURNAL_KEY] = {"--journal-key", true},
	[OPTION_KEY] = {"--token-key", true},
	[OPTION_QUIET] = {"--quiet", false},
	{NULL, false},
};

struct explain {
	const char *policy_path;
	const char *alert; /* NULL: not named */
	uint8_t id[CS_ALERT_ID_BYTES];
	const char *journal_path;
	const char *journal_key;
	struct cs_setup_keys keys;
	bool quiet;
	struct cs_sources wished; /* as on the command line: each pass opens a copy */
	struct cs_sources sources;
	struct cs_setup setup;
	struct cs_tree *tree;
};

static bool
read_id(struct explain *explain, const char *value)
{
	explain->alert = value;
	bool good = strlen(value) == 2 * sizeof explain->id;
	for (size_t i = 0; good && i < sizeof explain->id; i++) {
		int high = cs_hex_digit((uint8_t)value[2 * i]), low = cs_hex_digit((uint8_t)value[2 * i + 1]);
		good = high >= 0 && low >= 0;
		explain->id[i] = (uint8_t)(high * 16 + low);
	}
	if (!good)
		fprintf(stderr,
			"countersign: '%s' is no alert's number; write the 32 hex digits of \"id\" in its line of "
			"JSON\n",
			value);
	return good;
}

/* Standard input can be read once only. */
static bool
add_source(struct explain *explain, enum cs_source_what what, const char *value)
{
	const char *name = strrchr(value, '=');
	if (strcmp(name ? name + 1 : value, "-") == 0) {
		fputs("countersign: explain reads its input twice: write it to a file first\n", stderr);
		return false;
	}
	return cs_sources_add(&explain->wished, what, value);
}

static bool
read_option(struct explain *explain, int option, const char *value)
{
	switch (option) {
	case OPTION_ALERT:
		return read_id(explain, value);
	case OPTION_EVENTS:
		return add_source(explain, CS_SOURCE_EVENTS, value);
	case OPTION_CAPTURE:
		return add_source(explain, CS_SOURCE_CAPTURE, value);
	case OPTION_LINK:
		return add_source(explain, CS_SOURCE_LINK, value);
	case OPTION_JOURNAL:
		explain->journal_path = value;
		return true;
	case OPTION_JOURNAL_KEY:
		explain->journal_key = value;
		return true;
	case OPTION_KEY:
		explain->keys.key = value;
		return true;
	case OPTION_QUIET:
		explain->quiet = true;
		return true;
	case CS_OPTION_PLAIN:
		if (explain->policy_path)
			fprintf(stderr,
				"countersign: one policy is enough, and files of records go behind --events: '%s'\n",
				value);
		return !explain->policy_path && (explain->policy_path = value);
	default:
		return false;
	}
}

static bool
read_options(struct explain *explain, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;)
		if (!read_option(explain, option, value))
			return false;
	if (explain->journal_path && explain->wished.n) {
		fputs("countersign: --journal goes without files and captures\n", stderr);
		return false;
	}
	if (explain->policy_path && explain->alert && (explain->journal_path || explain->wished.n))
		return explain->journal_path || cs_sources_order(&explain->wished);
	fputs("countersign: explain wants a policy, --alert, and what was read then; see countersign explain --help\n",
	      stderr);
	return false;
}

static bool
shows_progress(const struct explain *explain)
{
	return !explain->quiet && cs_terminal_is(STDERR_FILENO);
}

static void
ignore_finding(void *context, const struct cs_finding *finding)
{
	(void)context;
	(void)finding;
}

static void
work(void *context, struct cs_behave *behave)
{
	cs_tree_work(context, behave);
}

/* What a pass looks at: findings first, then decisions. */
static struct cs_detect_sink
sink_of(struct explain *explain, bool first)
{
	return first ? (struct cs_detect_sink){cs_tree_finding, explain->tree}
		     : (struct cs_detect_sink){ignore_finding, NULL};
}

static struct cs_behave_observer
observer_of(struct explain *explain, bool first)
{
	return first ? (struct cs_behave_observer){NULL, NULL}
		     : (struct cs_behave_observer){cs_tree_decision, explain->tree};
}

static int
pass_journal(struct explain *explain, bool first)
{
	struct cs_look_again wish = {
		.folder = explain->journal_path,
		.key = explain->journal_key,
		.policy = explain->setup.policy,
		.observer = observer_of(explain, first),
		.sink = sink_of(explain, first),
		.work = work,
		.work_context = explain->tree,
		.show_progress = shows_progress(explain),
	};
	return cs_look_again_run(&wish);
}

static int
pass_files(struct explain *explain, bool first)
{
	struct cs_detect_sink sink = sink_of(explain, first);
	struct cs_pipeline *pipeline = cs_pipeline_new(&explain->setup.links, &sink);
	if (!pipeline) {
		fputs("countersign: out of memory; lower `keep`, `keys` or `memory` in the policy\n", stderr);
		return CS_EXIT_USAGE;
	}
	struct cs_behave *behave = cs_judge_behave(cs_pipeline_judge(pipeline));
	struct cs_sources *sources = &explain->sources;
	cs_tree_work(explain->tree, behave);
	if (behave)
		cs_behave_observe(behave, observer_of(explain, first));
	*sources = explain->wished;
	sources->started_ns = cs_clock_steady_ns();
	sources->show_progress = shows_progress(explain);
	sources->again = !first;
	int status = cs_sources_open(sources, &explain->setup, pipeline);
	if (status == CS_EXIT_RAN)
		(void)cs_sources_read(sources); /* nobody stops it */
	if (sources->show_progress)
		fputs("\r\033[K", stderr);
	if (status == CS_EXIT_RAN && sources->failed)
		status = CS_EXIT_INPUT;
	cs_sources_close(sources);
	cs_pipeline_free(pipeline);
	return status;
}

static int
say(const struct explain *explain)
{
	char *at = malloc(CS_TREE_TEXT_BYTES);
	if (!at)
		return CS_EXIT_INPUT;
	struct cs_text text = cs_text_over(at, CS_TREE_TEXT_BYTES);
	cs_tree_put(&text, explain->tree);
	bool written = fputs(at, stdout) >= 0 && fflush(stdout) == 0;
	if (text.overflowed)
		fputs("countersign: the explanation is longer than this\n", stderr);
	free(at);
	return written ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

static int
run(struct explain *explain)
{
	for (bool first = true;; first = false) {
		int status = explain->journal_path ? pass_journal(explain, first) : pass_files(explain, first);
		if (status != CS_EXIT_RAN)
			return status;
		if (!first || !cs_tree_found(explain->tree) || !cs_tree_asks(explain->tree))
			break;
	}
	if (cs_tree_found(explain->tree))
		return say(explain);
	fprintf(stderr,
		"countersign: this input does not lead to alert %s under this policy; name all that was read then, in "
		"the "
		"same order, and the same token key\n",
		explain->alert);
	return CS_EXIT_FINDINGS;
}

static int
open_explain(struct explain *explain)
{
	if (!cs_setup_policy(&explain->setup, explain->policy_path))
		return CS_EXIT_USAGE;
	bool ready = explain->journal_path ? cs_setup_forbid_dumps() : cs_setup_links(&explain->setup, &explain->keys);
	if (!ready)
		return CS_EXIT_USAGE;
	struct cs_alert_names names = {explain->setup.policy, explain->wished.path, explain->wished.n};
	explain->tree = cs_tree_new(&names, explain->id);
	return explain->tree ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

int
cs_cmd_explain(int argc, char **argv)
{
	static struct explain explain;
	if (!read_options(&explain, argc, argv))
		return CS_EXIT_USAGE;
	int status = open_explain(&explain);
	if (status == CS_EXIT_RAN)
		status = run(&explain);
	cs_tree_free(explain.tree);
	cs_setup_close(&explain.setup);
	return status;
}
