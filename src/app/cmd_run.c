/*
 * `countersign run`: the pipeline on live interfaces, until SIGTERM.
 *
 * What needs power or another user's keys is opened first: interfaces, keys, the alerts file, the journal's folder. Then
 * power is given up for good; so a reload can change everything but the interfaces. A policy that cannot work never
 * replaces one that does. With a journal nothing is decided at the end: the next start goes on from there.
 */
#include "app/command.h"
#include "app/run.h"
#include "engine/summary.h"
#include "io/clock.h"
#include "io/confine.h"
#include "io/disk.h"
#include "io/file.h"
#include "io/sandbox.h"
#include "io/signals.h"

#include <stdio.h>
#include <stdlib.h>

const char cs_cmd_run_help[] =
	"usage: countersign run POLICY [OPTION]...\n\n"
	"Watches the interfaces that the links of the policy name with tap, and folders of files of records,\n"
	"until SIGTERM or SIGINT.\n"
	"SIGHUP reads the policy again; one that cannot work is refused, and the old one stays.\n"
	"Wants root or CAP_NET_RAW to open the interfaces, and gives it up behind that.\n"
	"With a journal clause in the policy it keeps a journal, and goes on from it when started again.\n\n"
	"  --events RECORD=FOLDER\n"
	"                     take up the files that come into FOLDER as rows of RECORD: each goes to FOLDER/archive,\n"
	"                     or to FOLDER/quarantine with the reason beside it\n"
	"  --events RECORD=-  read rows of RECORD from standard input, as they come; it ends when that does\n"
	"  --alerts FILE|-    append alerts as JSON Lines (else: in plain words on standard output)\n"
	"  --token-key KEY    the key of card tokens: a file of 16 bytes that no one else may read, or pkcs11:...\n"
	"  --previous-key KEY the key of before, while it is being changed\n"
	"  --record FOLDER    keep the journal there, not where the policy says\n"
	"  --journal-key KEY  what it is signed and sealed with: a file of 32 bytes, or pkcs11:...\n"
	"                     (else the policy's, else your own, made at first use)\n"
	"  --limits-only-if-broken\n"
	"                     start with limits and screens alone when rules, lists or profiles are broken\n"
	"  --over-damage      go on behind a damaged middle of the journal\n"
	"  --no-journal       keep none, though the policy has a journal clause\n"
	"  --user NAME        become this user when started as root (nobody)\n"
	"  --quiet            no summary at the end\n\n"
	"exit status: 0 it ran, 2 bad usage or policy, 3 an interface, a file or the journal failed\n";

enum {
	OPTION_EVENTS,
	OPTION_ALERTS,
	OPTION_KEY,
	OPTION_PREVIOUS,
	OPTION_RECORD,
	OPTION_JOURNAL_KEY,
	OPTION_OVER_DAMAGE,
	OPTION_LIMITS_ONLY,
	OPTION_NO_JOURNAL,
	OPTION_USER,
	OPTION_QUIET
};

static const struct cs_option options_table[] = {
	[OPTION_EVENTS] = {"--events", true},
	[OPTION_ALERTS] = {"--alerts", true},
	[OPTION_KEY] = {"--token-key", true},
	[OPTION_PREVIOUS] = {"--previous-key", true},
	[OPTION_RECORD] = {"--record", true},
	[OPTION_JOURNAL_KEY] = {"--journal-key", true},
	[OPTION_OVER_DAMAGE] = {"--over-damage", false},
	[OPTION_LIMITS_ONLY] = {"--limits-only-if-broken", false},
	[OPTION_NO_JOURNAL] = {"--no-journal", false},
	[OPTION_USER] = {"--user", true},
	[OPTION_QUIET] = {"--quiet", false},
	{NULL, false},
};

/* ---- what was asked for ---- */

static bool
read_plain(struct cs_run *run, const char *value)
{
	if (!run->policy_path) {
		run->policy_path = value;
		return true;
	}
	fprintf(stderr, "countersign: one policy is enough: '%s'\n", value);
	return false;
}

static bool
read_option(struct cs_run *run, int option, const char *value)
{
	switch (option) {
	case OPTION_EVENTS:
		return cs_run_add_events(run, value);
	case OPTION_ALERTS:
		run->alerts_path = value;
		return true;
	case OPTION_KEY:
		run->keys.key = value;
		return true;
	case OPTION_PREVIOUS:
		run->keys.previous = value;
		return true;
	case OPTION_RECORD:
		run->record_path = value;
		return true;
	case OPTION_JOURNAL_KEY:
		run->journal_key = value;
		return true;
	case OPTION_OVER_DAMAGE:
		run->over_damage = true;
		return true;
	case OPTION_LIMITS_ONLY:
		run->limits_only = true;
		return true;
	case OPTION_NO_JOURNAL:
		run->no_journal = true;
		return true;
	case OPTION_USER:
		run->user = value;
		return true;
	case OPTION_QUIET:
		run->quiet = true;
		return true;
	case CS_OPTION_PLAIN:
		return read_plain(run, value);
	default:
		return false;
	}
}

static bool
read_options(struct cs_run *run, int argc, char **argv)
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
	if (run->no_journal && run->record_path)
		fputs("countersign: either --record or --no-journal\n", stderr);
	return run->policy_path && !(run->no_journal && run->record_path);
}

static bool
keeps_journal(const struct cs_run *run)
{
	return !run->no_journal && (run->record_path || run->setup->policy->journal.on);
}

/* ---- pipelines ---- */

struct cs_pipeline *
cs_run_new_pipeline(struct cs_run *run, struct cs_setup *setup, struct cs_judge *judge, bool own)
{
	struct cs_pipeline *pipeline = cs_pipeline_new_over(&setup->links, judge, own);
	if (!pipeline) {
		fputs("countersign: out of memory; lower `keep` or `connections` in the policy\n", stderr);
		return NULL;
	}
	for (unsigned i = 0; i < run->source_n; i++) {
		struct cs_source source = {0, true};
		for (unsigned j = 0; j < setup->policy->link_n; j++)
			if (setup->policy->link[j].tap && strcmp(setup->policy->link[j].tap, run->name[i]) == 0)
				source.may_carry |= UINT32_C(1) << j;
		cs_pipeline_source(pipeline, i, source);
	}
	if (run->record.chronicle && setup->policy->journal.raw)
		cs_pipeline_raw(pipeline, cs_chronicle_raw(run->record.chronicle));
	return pipeline;
}

void
cs_run_start_watching(struct cs_run *run, struct cs_pipeline *pipeline, uint64_t time_ns)
{
	for (unsigned i = 0; i < run->source_n; i++)
		cs_pipeline_source_start(pipeline, i, time_ns);
}

/* ---- signals ---- */

static void
take_signal(struct cs_run *run, enum cs_signal signal, bool stalled)
{
	if (signal == CS_SIGNAL_STOP)
		run->stop = true;
	else if (stalled)
		fputs("countersign: no policy is taken while the disk is full; send the signal again\n", stderr);
	else
		cs_run_reload(run);
}

/* The journal asks while it waits for room on a full disk, in the midst of a packet: signals are looked at nowhere else
 * then. */
static bool
gives_up(void *context)
{
	struct cs_run *run = context;
	for (enum cs_signal signal; (signal = cs_signals_next(run->signals)) != CS_SIGNAL_NONE;)
		take_signal(run, signal, true);
	return run->stop;
}

/* ---- opening ---- */

void
cs_run_free_setup(struct cs_setup *setup)
{
	if (setup)
		cs_setup_close(setup);
	free(setup);
}

struct cs_setup *
cs_run_new_setup(const struct cs_run *run, bool limits)
{
	struct cs_setup *setup = calloc(1, sizeof *setup);
	if (setup && (limits ? cs_setup_policy_limits : cs_setup_policy)(setup, run->policy_path))
		return setup;
	cs_run_free_setup(setup);
	return NULL;
}

static struct cs_record_wish
record_wish(struct cs_run *run)
{
	return (struct cs_record_wish){
		.setup = run->setup,
		.folder = run->record_path,
		.key = run->journal_key,
		.over_damage = run->over_damage,
		.strict = true,
		.live = true,
		.quiet = run->quiet,
		.alerts_path = run->alerts_path,
		.alerts_file = run->alerts_file,
		.since_ns = run->since_ns,
		.gives_up = gives_up,
		.gives_up_context = run,
		.alerts = run->alerts,
	};
}

static int
complain_user(const struct cs_run *run, enum cs_error error)
{
	fprintf(stderr, "countersign: cannot become user %s: %s\n", run->user,
		error != CS_E_UNKNOWN ? cs_error_text(error)
		: cs_user_names_root(run->user)
			? "root is refused, so that what reads strangers' bytes never has all rights; "
			  "--user names one without rights (nobody)"
			: "there is no such user");
	return CS_EXIT_USAGE;
}

/* The journal's keys, its places, which root makes for the user it will become, and the caretaker, which becomes that user
 * at once: before there are other keys in memory, since it has a copy of what is there. */
static int
prepare_journal(struct cs_run *run)
{
	struct cs_record_wish wish = record_wish(run);
	struct cs_user user = {0, 0};
	if (!keeps_journal(run))
		return CS_EXIT_RAN;
	enum cs_error error = cs_user_is_root() ? cs_user_named(run->user, &user) : CS_OK;
	if (error != CS_OK)
		return complain_user(run, error);
	int status = cs_record_vault(&wish, &run->record);
	return status == CS_EXIT_RAN ? cs_record_care(&wish, cs_user_is_root() ? &user : NULL, &run->record) : status;
}

static const char *
file_of(void *context, const struct cs_origin *origin)
{
	const struct cs_run *run = context;
	return run->intake ? cs_intake_file(run->intake, origin) : NULL;
}

/* With a journal its outbox delivers to the file, and compares it with what it should hold. */
static int
open_alerts(struct cs_run *run)
{
	run->alerts = calloc(1, sizeof *run->alerts);
	if (!run->alerts)
		return CS_EXIT_INPUT;
	const char *path = run->alerts_path ? run->alerts_path : "-";
	bool outbox = keeps_journal(run) && run->alerts_path;
	enum cs_error error = CS_OK;
	run->alerts->names = (struct cs_alert_names){run->setup->policy, run->name, run->name_n};
	run->alerts->plain = !run->alerts_path;
	run->alerts->file = file_of;
	run->alerts->file_context = run;
	run->alerts->descriptor = -1;
	if (!outbox)
		error = cs_file_open_append(path, &run->alerts->descriptor);
	else if (strcmp(path, "-") != 0)
		error = cs_disk_open(path, CS_DISK_EITHER, &run->alerts_file);
	/* Its folder is out of reach once confined. One that may be written and not read cannot be asked for this. */
	if (error == CS_OK && run->alerts_file && cs_disk_sync_name(path) == CS_E_WRITE)
		error = CS_E_WRITE;
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: alerts file %s %s\n", path, cs_file_error_text(error));
	return CS_EXIT_INPUT;
}

static int
confine(const struct cs_run *run)
{
	const char *places[2 + CS_LINKS_MAX];
	unsigned n = 0;
	bool confined = false;
	if (run->record.folder[0])
		places[n++] = run->record.folder;
	if (run->record.anchor[0])
		places[n++] = run->record.anchor;
	for (unsigned i = run->source_n; i < run->name_n; i++)
		if (strcmp(run->name[i], "-") != 0)
			places[n++] = run->name[i];
	enum cs_error error = cs_confine_writes(places, n, &confined);
	if (error != CS_OK) {
		fprintf(stderr, "countersign: cannot be confined to journal %s and the folders of records: %s\n",
			run->record.folder, cs_error_text(error));
		return CS_EXIT_INPUT;
	}
	if (!confined)
		fputs("countersign: this kernel has no Landlock: system calls are filtered, but not in which folder "
		      "files are "
		      "written\n",
		      stderr);
	return CS_EXIT_RAN;
}

static bool
open_screens(struct cs_run *run)
{
	const struct cs_screens_wish wish = {
		.policy = run->setup->policy,
		.journal = run->record.chronicle ? run->record.folder : NULL,
		.chronicle = run->record.chronicle,
		.live = true,
	};
	return cs_screens_open(&wish, &run->screens);
}

/* The journal is opened between: its threads must inherit the one limit, and need calls that the other one forbids. */
static int
give_up_power(struct cs_run *run)
{
	bool journal = keeps_journal(run);
	struct cs_record_wish wish = record_wish(run);
	enum cs_error error = cs_sandbox_drop(run->user);
	if (error != CS_OK)
		return complain_user(run, error);
	int status = cs_run_open_events(run);
	bool moves = journal || run->intake;
	if (status == CS_EXIT_RAN && moves)
		status = confine(run);
	if (status == CS_EXIT_RAN && journal)
		status = cs_record_open(&wish, &run->record);
	if (status != CS_EXIT_RAN)
		return status;
	if (run->intake && journal)
		cs_intake_keep(run->intake, run->record.chronicle,
			       &(struct cs_intake_journal){run->record.folder, run->record.vault});
	if (!open_screens(run)) /* its thread must be there before calls are forbidden */
		return CS_EXIT_INPUT;
	if (cs_sandbox_close(moves ? CS_SANDBOX_KEEP : CS_SANDBOX_WATCH) == CS_OK)
		return CS_EXIT_RAN;
	fputs("countersign: this kernel has no seccomp, and without it nothing is run\n", stderr);
	return CS_EXIT_INPUT;
}

/* Lists and places, when it is time to look at their files again. */
static void
read_tables(struct cs_run *run)
{
	if (run->tables)
		cs_tables_read(run->tables, cs_pipeline_judge(run->pipeline), cs_clock_wall_ns());
	cs_pipeline_renew_lists(run->pipeline, cs_clock_wall_ns());
}

/* At every start: nobody shall take silence for peace. */
static void
tell_limits_alone(struct cs_run *run)
{
	struct cs_judge *judge = cs_pipeline_judge(run->pipeline);
	const struct cs_behave *behave = cs_judge_behave(judge);
	bool broken = run->setup->policy->limits_only;
	if (!broken && !(behave && cs_behave_counts_of(behave)->limits_only))
		return;
	struct cs_finding finding = {
		.reason = CS_REASON_LIMITS_ALONE,
		.severity = CS_SEVERITY_CRITICAL,
		.verdict = CS_VERDICT_ALLOW,
		.expectation = "limits",
		.decided_ns = run->since_ns,
	};
	struct cs_text text = cs_text_over(finding.detail, sizeof finding.detail);
	cs_text_put(&text,
		    broken ? "the policy is broken, and was started all the same: mend it, and let it be read again"
			   : "there was no memory for the rest: lower `keys` or `memory` in the policy");
	cs_judge_tell(judge, &finding);
}

static int
open_pipeline(struct cs_run *run)
{
	struct cs_chronicle *chronicle = run->record.chronicle;
	cs_record_retokens(&run->record, &run->setup->links);
	struct cs_detect_sink sink = {cs_alerts_finding, run->alerts};
	struct cs_judge *judge = chronicle ? cs_chronicle_judge(chronicle) : cs_judge_new(run->setup->policy, &sink);
	run->pipeline = judge ? cs_run_new_pipeline(run, run->setup, judge, !chronicle) : NULL;
	if (!run->pipeline && !chronicle)
		cs_judge_free(judge);
	if (!run->pipeline || !cs_setup_tables(run->setup->policy, run->setup->ring, true, &run->tables))
		return CS_EXIT_USAGE;
	tell_limits_alone(run);
	cs_screens_begin(&run->screens, run->pipeline, cs_clock_wall_ns());
	cs_screens_say(&run->screens);
	read_tables(run);
	cs_run_start_watching(run, run->pipeline, run->since_ns);
	cs_run_pass_time(run);
	return CS_EXIT_RAN;
}

static int
open_run(struct cs_run *run)
{
	run->setup = cs_run_new_setup(run, run->limits_only);
	if (!run->setup)
		return CS_EXIT_USAGE;
	int status = prepare_journal(run);
	if (status == CS_EXIT_RAN && !cs_setup_links(run->setup, &run->keys))
		status = CS_EXIT_USAGE;
	if (status == CS_EXIT_RAN)
		cs_setup_say_huge();
	if (status == CS_EXIT_RAN && !cs_run_check_events(run, run->setup->policy, false))
		status = CS_EXIT_USAGE;
	if (status == CS_EXIT_RAN)
		status = cs_run_open_sources(run);
	if (status == CS_EXIT_RAN)
		cs_run_name_events(run);
	run->since_ns = cs_clock_wall_ns();
	if (status == CS_EXIT_RAN)
		status = open_alerts(run);
	if (status == CS_EXIT_RAN && cs_signals_open(&run->signals) != CS_OK)
		status = CS_EXIT_INPUT;
	if (status == CS_EXIT_RAN)
		status = give_up_power(run);
	return status == CS_EXIT_RAN ? open_pipeline(run) : status;
}

static void
close_run(struct cs_run *run)
{
	cs_run_leave_coming(run);
	cs_intake_free(run->intake);
	cs_inflow_free(run->inflow);
	cs_tables_free(run->tables);
	cs_screens_close(&run->screens);
	cs_pipeline_free(run->pipeline);
	(void)cs_record_close(&run->record, true);
	cs_run_close_sources(run);
	if (run->alerts)
		cs_file_close(run->alerts->descriptor);
	if (run->alerts_file)
		cs_disk_close(run->alerts_file);
	free(run->alerts);
	cs_file_close(run->signals);
	cs_run_free_setup(run->setup);
}

/* ---- running ---- */

void
cs_run_say_summary(const struct cs_run *run)
{
	static char at[CS_SUMMARY_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_summary summary = {run->setup->policy, run->pipeline, run->alerts, 0, 0, 0};
	cs_summary_put(&text, &summary);
	fputs(at, stderr);
}

static void
fail(struct cs_run *run)
{
	run->failed = true;
	run->stop = true;
}

/* The journal takes no more for now: packets are left where they are, and what the kernel drops of them is a gap. */
static bool
is_stalled(const struct cs_run *run)
{
	return run->record.chronicle && cs_chronicle_state(run->record.chronicle).stalled;
}

static void
take_signals(struct cs_run *run)
{
	for (enum cs_signal signal; (signal = cs_signals_next(run->signals)) != CS_SIGNAL_NONE;)
		take_signal(run, signal, is_stalled(run));
}

/* An alert that cannot be kept, delivered or written must not be lost in silence. */
static void
look_after_outputs(struct cs_run *run)
{
	if (run->record.chronicle && !cs_record_poll(&run->record))
		fail(run);
	if (cs_alerts_flush(run->alerts) == CS_OK)
		return;
	fprintf(stderr, "countersign: alerts %s: an alert that cannot be written must not be lost in silence\n",
		cs_file_error_text(run->alerts->error));
	fail(run);
}

/* With a journal nothing is decided: whoever goes on has the state, and a gap for the time in between. */
static int
finish(struct cs_run *run)
{
	cs_run_leave_coming(run);
	while (!run->failed && !is_stalled(run) && cs_run_take_packets(run))
		look_after_outputs(run);
	if (!run->record.chronicle)
		cs_pipeline_end(run->pipeline);
	else if (!is_stalled(run))
		cs_pipeline_leave(run->pipeline);
	if (cs_alerts_flush(run->alerts) != CS_OK)
		run->failed = true;
	if (!run->quiet)
		cs_run_say_summary(run);
	if (!run->quiet)
		cs_run_say_events(run);
	cs_pipeline_free(run->pipeline); /* its judge is the journal's */
	run->pipeline = NULL;
	int kept = cs_record_close(&run->record, run->quiet);
	return run->failed ? CS_EXIT_INPUT : kept;
}

static int
watch(struct cs_run *run)
{
	unsigned link_n = run->setup->policy->link_n;
	fprintf(stderr, "countersign: watching %u link%s on %u interface%s", link_n, cs_text_plural(link_n),
		run->source_n, cs_text_plural(run->source_n));
	if (run->folder_n)
		fprintf(stderr, " and %u folder%s", run->folder_n, cs_text_plural(run->folder_n));
	if (run->inflow)
		fputs(" and standard input", stderr);
	fputs("\n", stderr);
	while (!run->stop) {
		take_signals(run);
		if (!is_stalled(run))
			cs_run_poll_coming(run);
		cs_run_ask_drops(run);
		look_after_outputs(run);
		bool stalled = is_stalled(run);
		if (!stalled)
			read_tables(run);
		bool more = !run->stop && !stalled && cs_run_take_packets(run);
		more |= !run->stop && !stalled && cs_run_take_records(run);
		if (!run->stop && !more)
			cs_run_wait(run, stalled);
	}
	return finish(run);
}

int
cs_cmd_run(int argc, char **argv)
{
	static struct cs_run run;
	run.signals = -1;
	if (!read_options(&run, argc, argv))
		return CS_EXIT_USAGE;
	int status = open_run(&run);
	if (status == CS_EXIT_RAN)
		status = watch(&run);
	close_run(&run);
	return status;
}
