/*
 * `countersign backtest`: what the rules and limits of a policy would have said of past events, and how often they were
 * right.
 *
 * The events go through the pipeline and the judge of a replay; this command only looks on. With another policy its judge
 * is told the same inputs, each a moment before, and both decisions about an event are held against each other.
 */
#include "app/command.h"
#include "app/look_again.h"
#include "app/sources.h"
#include "engine/alike.h"
#include "engine/backtest.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FAULTS_SAID = 20 };

const char cs_cmd_backtest_help[] =
	"usage: countersign backtest POLICY --events [NAME=]FILE... [OPTION]...\n"
	"       countersign backtest POLICY --journal FOLDER [OPTION]...\n\n"
	"Judges past events by the policy and tells of each rule and limit how often it fired and how often it\n"
	"was right, by the labels of the records (`fraud when ...`) or of a file; of each screen how many rows and\n"
	"messages it names at its line, and would at some lower and higher ones, against the lists as they are now\n"
	"(of files and captures, not of a journal). FILE may be - for standard input.\n\n"
	"  --events [NAME=]FILE rows of the record NAME in the form that the policy says; a folder: of all its files\n"
	"  --capture FILE       a capture that may hold any link of the policy\n"
	"  --link NAME=FILE     a capture of the link NAME only\n"
	"  --against POLICY     hold another policy against it, over the same events\n"
	"  --labels FILE        CSV with the columns id, fraud and perhaps known (a time)\n"
	"  --json FILE|-        the same as JSON\n"
	"  --journal FOLDER     read a journal instead of files\n"
	"  --journal-key KEY    its key: a file of 32 bytes, or pkcs11:...\n"
	"  --token-key KEY      the key of card tokens: a file of 16 bytes, or pkcs11:...\n"
	"  --quiet              no tables and no progress\n\n"
	"exit status: 0 it ran, 2 bad usage or policy, 3 input cannot be read or output not written\n";

enum {
	OPTION_EVENTS,
	OPTION_CAPTURE,
	OPTION_LINK,
	OPTION_AGAINST,
	OPTION_LABELS,
	OPTION_JSON,
	OPTION_JOURNAL,
	OPTION_JOURNAL_KEY,
	OPTION_KEY,
	OPTION_QUIET
};

static const struct cs_option options_table[] = {
	[OPTION_EVENTS] = {"--events", true},
	[OPTION_CAPTURE] = {"--capture", true},
	[OPTION_LINK] = {"--link", true},
	[OPTION_AGAINST] = {"--against", true},
	[OPTION_LABELS] = {"--labels", true},
	[OPTION_JSON] = {"--json", true},
	[OPTION_JOURNAL] = {"--journal", true},
	[OPTION_JOURNAL_KEY] = {"--journal-key", true},
	[OPTION_KEY] = {"--token-key", true},
	[OPTION_QUIET] = {"--quiet", false},
	{NULL, false},
};

/* One policy at work. */
struct side {
	const char *path; /* NULL: there is no such side */
	struct cs_setup setup;
	struct cs_behave *behave;
	struct cs_backtest counts;
	bool decided; /* about an input that the other side has not decided about */
	struct cs_decision decision;
	enum cs_label label;
};

struct backtest {
	struct side here;
	struct side there;
	const char *labels_path;
	const char *json_path;
	const char *journal_path;
	const char *journal_key;
	struct cs_setup_keys keys;
	bool quiet;
	uint64_t fault_n; /* labels that could not be read */
	uint64_t late_n;  /* labels known too late to be shown to profiles */
	uint64_t finding_n;
	uint64_t delay_ns; /* the least of any aggregate that has one */
	uint32_t labelled; /* links whose records have a label of their own, a bit each */
	struct cs_labels *labels;
	struct cs_sources sources;
	struct cs_pipeline *pipeline;
	struct cs_judge *other_judge;
	struct cs_judge_scribe scribe;
	struct cs_backtest_versus versus;
	uint64_t started_ns;
};

static bool
read_plain(struct backtest *backtest, const char *value)
{
	if (!backtest->here.path) {
		backtest->here.path = value;
		return true;
	}
	fprintf(stderr,
		"countersign: one policy is enough; another goes behind --against, files of records behind --events: "
		"'%s'\n",
		value);
	return false;
}

static bool
read_option(struct backtest *backtest, int option, const char *value)
{
	switch (option) {
	case OPTION_EVENTS:
		return cs_sources_add(&backtest->sources, CS_SOURCE_EVENTS, value);
	case OPTION_CAPTURE:
		return cs_sources_add(&backtest->sources, CS_SOURCE_CAPTURE, value);
	case OPTION_LINK:
		return cs_sources_add(&backtest->sources, CS_SOURCE_LINK, value);
	case OPTION_AGAINST:
		backtest->there.path = value;
		return true;
	case OPTION_LABELS:
		backtest->labels_path = value;
		return true;
	case OPTION_JSON:
		backtest->json_path = value;
		return true;
	case OPTION_JOURNAL:
		backtest->journal_path = value;
		return true;
	case OPTION_JOURNAL_KEY:
		backtest->journal_key = value;
		return true;
	case OPTION_KEY:
		backtest->keys.key = value;
		return true;
	case OPTION_QUIET:
		backtest->quiet = true;
		return true;
	case CS_OPTION_PLAIN:
		return read_plain(backtest, value);
	default:
		return false;
	}
}

/* A journal has been told in an order of its own, by one policy at a time. */
static bool
check_journal(const struct backtest *backtest)
{
	if (!backtest->sources.n && !backtest->there.path)
		return true;
	fputs("countersign: --journal goes without files, captures and --against\n", stderr);
	return false;
}

static bool
read_options(struct backtest *backtest, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;)
		if (!read_option(backtest, option, value))
			return false;
	if (backtest->here.path && backtest->journal_path)
		return check_journal(backtest);
	if (backtest->here.path && backtest->sources.n)
		return cs_sources_order(&backtest->sources);
	fputs("countersign: backtest wants a policy and at least one file of records or capture; see countersign "
	      "backtest "
	      "--help\n",
	      stderr);
	return false;
}

/* --- labels --- */

static void
say_label_fault(void *context, const char *words)
{
	struct backtest *backtest = context;
	if (backtest->fault_n++ < FAULTS_SAID)
		fprintf(stderr, "%s\n", words);
}

static int
open_labels(struct backtest *backtest)
{
	if (!backtest->labels_path)
		return CS_EXIT_RAN;
	struct cs_feeds_hearer hearer = {say_label_fault, backtest, NULL};
	enum cs_error error = cs_labels_read(backtest->labels_path, hearer, &backtest->labels);
	if (backtest->fault_n && error == CS_OK)
		fprintf(stderr, "countersign: %" PRIu64 " %s\n", backtest->fault_n,
			backtest->fault_n == 1 ? "label could not be read and does not count"
					       : "labels could not be read and do not count");
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: labels %s %s\n", backtest->labels_path,
		error == CS_E_SYNTAX ? "cannot be read without the columns id and fraud" : cs_file_error_text(error));
	return CS_EXIT_INPUT;
}

/* Profiles may be shown a label only if it was known by the time the first of them counts the event. */
static void
show_label(struct backtest *backtest, struct cs_event *event)
{
	uint64_t known_ns = 0;
	if (!backtest->labels)
		return;
	enum cs_label label = cs_labels_find(backtest->labels, event, &known_ns);
	if (label == CS_LABEL_NONE) /* its row may say so */
		return;
	bool late = label == CS_LABEL_FRAUD && known_ns > event->origin.time_ns + backtest->delay_ns;
	backtest->late_n += late;
	event->flags &= ~(uint32_t)CS_FLAG_FRAUD;
	if (label == CS_LABEL_FRAUD && !late)
		event->flags |= CS_FLAG_FRAUD;
}

static enum cs_label
label_of(const struct backtest *backtest, const struct cs_event *event)
{
	uint64_t known_ns = 0;
	if (backtest->labels)
		return cs_labels_find(backtest->labels, event, &known_ns);
	if (!(backtest->labelled >> event->link & 1))
		return CS_LABEL_NONE;
	return event->flags & CS_FLAG_FRAUD ? CS_LABEL_FRAUD : CS_LABEL_INNOCENT;
}

/* What the policy says of labels: which records have one, and how long profiles wait for it. */
static void
learn_labels(struct backtest *backtest)
{
	const struct cs_policy *policy = backtest->here.setup.policy;
	for (unsigned i = 0; i < policy->link_n; i++)
		for (unsigned k = 0; policy->link[i].row && k < policy->link[i].row->column_n; k++)
			if (policy->link[i].row->column[k].flag & CS_FLAG_FRAUD)
				backtest->labelled |= UINT32_C(1) << i;
	backtest->delay_ns = UINT64_MAX / 2;
	for (unsigned i = 0; policy->behave && i < policy->behave->profile_n; i++)
		for (unsigned k = 0; k < policy->behave->profile[i].aggregate_n; k++) {
			uint64_t delay_ns = policy->behave->profile[i].aggregate[k].delay_ns;
			if (delay_ns && delay_ns < backtest->delay_ns)
				backtest->delay_ns = delay_ns;
		}
}

/* --- decisions --- */

/* A decision of the other policy about an event that this one did not look at. */
static void
settle(struct backtest *backtest)
{
	struct side *there = &backtest->there;
	if (there->decided)
		cs_backtest_versus_take(&backtest->versus, NULL, &there->decision, there->label);
	there->decided = false;
}

static void
take_there(void *context, const struct cs_decision *decision)
{
	struct backtest *backtest = context;
	settle(backtest);
	backtest->there.label = label_of(backtest, decision->event);
	backtest->there.decision = *decision;
	backtest->there.decided = true;
	cs_backtest_take(&backtest->there.counts, decision, backtest->there.label);
}

static void
take_here(void *context, const struct cs_decision *decision)
{
	struct backtest *backtest = context;
	enum cs_label label = label_of(backtest, decision->event);
	cs_backtest_take(&backtest->here.counts, decision, label);
	if (!backtest->there.path)
		return;
	const struct cs_decision *other = backtest->there.decided ? &backtest->there.decision : NULL;
	cs_backtest_versus_take(&backtest->versus, decision, other, label);
	backtest->there.decided = false;
}

static bool
pass_start(void *context, unsigned link, uint64_t time_ns)
{
	struct backtest *backtest = context;
	cs_judge_start(backtest->other_judge, link, time_ns);
	return true;
}

static bool
pass_gap(void *context, unsigned link, enum cs_direction dir, const struct cs_gap *gap)
{
	struct backtest *backtest = context;
	cs_judge_gap(backtest->other_judge, link, dir, *gap);
	return true;
}

static bool
pass_event(void *context, const struct cs_event *event)
{
	struct backtest *backtest = context;
	settle(backtest);
	cs_judge_event(backtest->other_judge, event);
	return true;
}

static bool
pass_tick(void *context, const struct cs_tick *tick)
{
	struct backtest *backtest = context;
	cs_judge_tick(backtest->other_judge, tick);
	return true;
}

static bool
pass_finish(void *context)
{
	struct backtest *backtest = context;
	cs_judge_finish(backtest->other_judge);
	return true;
}

static void
count_finding(void *context, const struct cs_finding *finding)
{
	uint64_t *n = context;
	(void)finding;
	if (n)
		++*n;
}

/* --- the work --- */

/* What there is to try; with SCREENS false it would be screens alone that are, and they cannot be. */
static bool
has_something(const struct side *side, bool screens)
{
	const struct cs_policy *policy = side->setup.policy;
	const struct cs_behave_policy *behave = policy->behave;
	bool ruled = behave && behave->rule_n + behave->limit_n;
	if (policy->screen_n && !screens)
		fprintf(stderr,
			"countersign: the screens of %s are not tried: that is done over files and captures, and of "
			"one "
			"policy\n",
			side->path);
	if (ruled || (policy->screen_n && screens))
		return true;
	fprintf(stderr, "countersign: %s has no rule%s and no limit, so there is nothing to try\n", side->path,
		screens ? ", no screen" : "");
	return false;
}

static void
take_look(void *context, const struct cs_sentry_look *look)
{
	struct backtest *backtest = context;
	cs_backtest_look(&backtest->here.counts, look, label_of(backtest, look->event));
}

/* The other policy is read, but reads nothing itself: events are made by the first. */
static bool
open_other(struct backtest *backtest)
{
	struct side *there = &backtest->there;
	if (!there->path)
		return true;
	if (!cs_setup_policy(&there->setup, there->path) || !has_something(there, false))
		return false;
	if (!backtest->here.setup.policy->behave) {
		fprintf(stderr,
			"countersign: %s has screens only; --against holds rules and limits against each other\n",
			backtest->here.path);
		return false;
	}
	const struct cs_link *differs = cs_alike_links(backtest->here.setup.policy, there->setup.policy);
	if (!differs) {
		cs_backtest_versus_begin(&backtest->versus, backtest->here.setup.policy, there->setup.policy);
		return true;
	}
	fprintf(stderr,
		"countersign: %s and %s do not read events alike: see %s; write the same links and records in both\n",
		backtest->here.path, there->path, differs->name);
	return false;
}

static bool
look_on(struct side *side, struct cs_judge *judge, struct cs_behave_observer observer)
{
	side->behave = judge ? cs_judge_behave(judge) : NULL;
	side->counts.policy = side->setup.policy;
	if (judge && !side->setup.policy->behave) /* it has screens */
		return true;
	if (!side->behave || cs_behave_counts_of(side->behave)->limits_only) {
		fputs("countersign: out of memory; lower `keys` or `memory` of the profiles\n", stderr);
		return false;
	}
	cs_behave_observe(side->behave, observer);
	cs_behave_terse(side->behave, true); /* findings are only counted */
	return true;
}

static bool
open_judges(struct backtest *backtest)
{
	struct cs_detect_sink counted = {count_finding, &backtest->finding_n};
	struct cs_detect_sink nobody = {count_finding, NULL};
	backtest->pipeline = cs_pipeline_new(&backtest->here.setup.links, &counted);
	struct cs_judge *judge = backtest->pipeline ? cs_pipeline_judge(backtest->pipeline) : NULL;
	if (!look_on(&backtest->here, judge, (struct cs_behave_observer){take_here, backtest}))
		return false;
	if (!backtest->there.path)
		return true;
	backtest->other_judge = cs_judge_new(backtest->there.setup.policy, &nobody);
	backtest->scribe = (struct cs_judge_scribe){.start = pass_start,
						    .gap = pass_gap,
						    .event = pass_event,
						    .tick = pass_tick,
						    .finish = pass_finish,
						    .context = backtest};
	cs_judge_scribe_set(judge, &backtest->scribe);
	return look_on(&backtest->there, backtest->other_judge, (struct cs_behave_observer){take_there, backtest});
}

/* A record on its way to the judges, some events before its turn. */
static void
prepare(void *context, struct cs_event *event)
{
	struct backtest *backtest = context;
	show_label(backtest, event);
	if (backtest->other_judge)
		cs_judge_prepare(backtest->other_judge, event);
}

static int
run_journal(struct backtest *backtest)
{
	struct side *here = &backtest->here;
	if (!cs_setup_policy(&here->setup, here->path) || !has_something(here, false) || !cs_setup_forbid_dumps())
		return CS_EXIT_USAGE;
	int status = open_labels(backtest);
	if (status != CS_EXIT_RAN)
		return status;
	learn_labels(backtest);
	here->counts.policy = here->setup.policy;
	struct cs_look_again wish = {
		.folder = backtest->journal_path,
		.key = backtest->journal_key,
		.policy = here->setup.policy,
		.observer = {take_here, backtest},
		.show_progress = !backtest->quiet && cs_terminal_is(STDERR_FILENO),
	};
	backtest->started_ns = cs_clock_steady_ns();
	return cs_look_again_run(&wish);
}

static int
open_backtest(struct backtest *backtest)
{
	struct side *here = &backtest->here;
	if (!cs_setup_policy(&here->setup, here->path) || !has_something(here, true) || !open_other(backtest) ||
	    !cs_setup_links(&here->setup, &backtest->keys))
		return CS_EXIT_USAGE;
	int status = open_labels(backtest);
	if (status != CS_EXIT_RAN)
		return status;
	learn_labels(backtest);
	if (!open_judges(backtest))
		return CS_EXIT_USAGE;
	if (backtest->other_judge &&
	    !cs_sources_tables(backtest->there.setup.policy, here->setup.ring, backtest->other_judge))
		return CS_EXIT_INPUT;
	backtest->sources.record = prepare;
	backtest->sources.record_context = backtest;
	here->counts.screened = here->setup.policy->screen_n > 0;
	backtest->sources.looks = (struct cs_sentry_observer){take_look, backtest, CS_BACKTEST_LOWER};
	return cs_sources_open(&backtest->sources, &here->setup, backtest->pipeline);
}

static void
read_all(struct backtest *backtest)
{
	struct cs_sources *sources = &backtest->sources;
	backtest->started_ns = cs_clock_steady_ns();
	sources->started_ns = backtest->started_ns;
	sources->show_progress = !backtest->quiet && cs_terminal_is(STDERR_FILENO);
	(void)cs_sources_read(sources); /* nobody stops it */
	settle(backtest);
	if (sources->show_progress)
		fputs("\r\033[K", stderr);
	cs_sources_say(sources);
	if (backtest->late_n)
		fprintf(stderr,
			"countersign: %" PRIu64
			" labels were known later than the shortest delay of the profiles; they "
			"count here, but were not shown to profiles\n",
			backtest->late_n);
}

static void
put_tables(struct cs_text *text, const struct backtest *backtest)
{
	cs_backtest_put(text, &backtest->here.counts);
	if (!backtest->there.path)
		return;
	cs_text_put(text, "\n");
	cs_backtest_put(text, &backtest->there.counts);
	cs_backtest_versus_put(text, &backtest->versus);
}

static void
put_json(struct cs_text *text, const struct backtest *backtest)
{
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	cs_backtest_json(&json, &backtest->here.counts);
	if (backtest->there.path) {
		cs_json_key(&json, "against");
		cs_json_object(&json);
		cs_backtest_json(&json, &backtest->there.counts);
		cs_backtest_versus_json(&json, &backtest->versus);
		cs_json_end_object(&json);
	}
	cs_json_end_object(&json);
	cs_text_put(text, "\n");
}

static bool
write_text(const char *path, const struct cs_text *text)
{
	int descriptor = -1;
	enum cs_error error = text->overflowed ? CS_E_LIMIT : cs_file_open_write(path, &descriptor);
	if (error == CS_OK)
		error = cs_file_write_all(descriptor, text->at, text->len);
	cs_file_close(descriptor);
	if (error != CS_OK)
		fprintf(stderr, "countersign: %s %s\n", path, cs_file_error_text(error));
	return error == CS_OK;
}

/* Tables for people on standard output, unless that is the place of the JSON. */
static bool
report(struct backtest *backtest)
{
	const char *json_path = backtest->json_path;
	char *at = malloc(CS_BACKTEST_TEXT_BYTES);
	if (!at)
		return false;
	struct cs_text text = cs_text_over(at, CS_BACKTEST_TEXT_BYTES);
	bool written = true;
	if (!backtest->quiet && !(json_path && strcmp(json_path, "-") == 0)) {
		uint64_t elapsed_ns = cs_clock_steady_ns() - backtest->started_ns;
		put_tables(&text, backtest);
		written = write_text("-", &text);
		struct cs_text said = cs_text_over(at, CS_BACKTEST_TEXT_BYTES);
		cs_text_put_duration(&said, elapsed_ns);
		fprintf(stderr, "read in %s\n", at);
	}
	text = cs_text_over(at, CS_BACKTEST_TEXT_BYTES);
	if (json_path) {
		put_json(&text, backtest);
		written &= write_text(json_path, &text);
	}
	free(at);
	return written;
}

int
cs_cmd_backtest(int argc, char **argv)
{
	static struct backtest backtest;
	if (!read_options(&backtest, argc, argv))
		return CS_EXIT_USAGE;
	int status = backtest.journal_path ? run_journal(&backtest) : open_backtest(&backtest);
	if (status == CS_EXIT_RAN && !backtest.journal_path)
		read_all(&backtest);
	if (status == CS_EXIT_RAN)
		status = report(&backtest) && !backtest.sources.failed ? CS_EXIT_RAN : CS_EXIT_INPUT;
	cs_sources_close(&backtest.sources);
	cs_pipeline_free(backtest.pipeline);
	cs_judge_free(backtest.other_judge);
	cs_labels_free(backtest.labels);
	cs_setup_close(&backtest.there.setup);
	cs_setup_close(&backtest.here.setup);
	return status;
}
