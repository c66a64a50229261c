/*
 * `countersign gate`: payment messages wait here until what they claim is borne out.
 *
 * One turn: what came is moved to held/taken/; other records are told, then the messages; time passes; what can be decided is,
 * and put down; when that is durable, files are moved. Time of what others say comes from them; the clock of this machine says
 * when a message was taken that tells no time, and how far the other records are read: both stand in the journal.
 */
#include "app/command.h"
#include "app/gate.h"
#include "base/since.h"
#include "engine/summary.h"
#include "io/clock.h"
#include "io/signals.h"

#include <inttypes.h>
#include <stdio.h>

enum { SOON_MS = 15, LATER_MS = 250, ONCE_MS = 60 };

const char cs_cmd_gate_help[] =
	"usage: countersign gate POLICY --in [NAME=]FOLDER --released FOLDER --held FOLDER --fail hold|release "
	"[OPTION]...\n"
	"       countersign gate release HELD_FILE --by NAME --reason TEXT [--no-wait]\n"
	"       countersign gate reject HELD_FILE --by NAME --reason TEXT [--no-wait]\n\n"
	"Moves each file of payment messages that comes into --in to --released or --held, as the policy says, with\n"
	"FILE.verdict.json beside it. A file whose order may still come waits in held/waiting until then. Held files "
	"are\n"
	"released or rejected (into held/rejected) by the word of two persons, each with one call. All of it is in a "
	"journal.\n"
	"Put files there under a name that ends in .tmp, and rename them. Runs until SIGTERM or SIGINT.\n"
	"SIGHUP reads the policy again; one that cannot work is refused, and the old one stays.\n\n"
	"  --in [NAME=]FOLDER     messages to be let through, as record NAME of the policy says (source mt, or mx)\n"
	"  --events [NAME=]FOLDER files of the record NAME that they are held against: orders; read ones go to "
	"archive/,\n"
	"                         what must be looked at to quarantine/ with the reason beside it\n"
	"  --events [NAME=]FILE   a file that stays where it is: read at the start, and whenever it has changed\n"
	"  --released FOLDER      where messages go that may leave\n"
	"  --held FOLDER          where others go; taken, waiting, requests, approved, answers, rejected are made in "
	"it\n"
	"  --fail hold|release    what a fault leads to: a proof that could lie in what was not seen, a record that\n"
	"                         cannot be read, a message that is not remembered. There is no default\n"
	"  --unasked hold|release what becomes of messages that no expectation asks for (hold)\n"
	"  --one-account          the two persons share one account of this system\n"
	"  --once                 take what is there, and end\n"
	"  --alerts FILE|-        alerts as JSON Lines (standard output)\n"
	"  --record FOLDER        keep the journal there, not where the policy says\n"
	"  --journal-key KEY      what it is signed and sealed with: a file of 32 bytes, or pkcs11:...\n"
	"                         (else the policy's, else your own, made at first use)\n"
	"  --over-damage          go on behind a damaged middle of the journal\n"
	"  --token-key KEY        the key of tokens: a file of 16 bytes, or pkcs11:...\n"
	"  --previous-key KEY     the key of before, while it is being changed\n"
	"  --quiet                no summary\n"
	"  --by NAME, --reason TEXT  who releases or rejects, and why\n"
	"  --no-wait              do not wait for the gate's answer\n\n"
	"exit status: 0 it ran, 1 a file was held or waits (--once), or a request was refused, 2 bad usage or policy,\n"
	"3 a folder, a file or the journal failed: nothing is lost, and nothing was released for that\n";

enum {
	OPTION_IN,
	OPTION_EVENTS,
	OPTION_RELEASED,
	OPTION_HELD,
	OPTION_FAIL,
	OPTION_UNASKED,
	OPTION_ONE_ACCOUNT,
	OPTION_ONCE,
	OPTION_ALERTS,
	OPTION_RECORD,
	OPTION_JOURNAL_KEY,
	OPTION_OVER_DAMAGE,
	OPTION_KEY,
	OPTION_PREVIOUS,
	OPTION_QUIET,
};

static const struct cs_option options_table[] = {
	[OPTION_IN] = {"--in", true},
	[OPTION_EVENTS] = {"--events", true},
	[OPTION_RELEASED] = {"--released", true},
	[OPTION_HELD] = {"--held", true},
	[OPTION_FAIL] = {"--fail", true},
	[OPTION_UNASKED] = {"--unasked", true},
	[OPTION_ONE_ACCOUNT] = {"--one-account", false},
	[OPTION_ONCE] = {"--once", false},
	[OPTION_ALERTS] = {"--alerts", true},
	[OPTION_RECORD] = {"--record", true},
	[OPTION_JOURNAL_KEY] = {"--journal-key", true},
	[OPTION_OVER_DAMAGE] = {"--over-damage", false},
	[OPTION_KEY] = {"--token-key", true},
	[OPTION_PREVIOUS] = {"--previous-key", true},
	[OPTION_QUIET] = {"--quiet", false},
	{NULL, false},
};

/* ---- what was asked for ---- */

static bool
add_source(struct cs_gate *gate, const char *given, bool messages)
{
	if (gate->source_n == CS_GATE_SOURCES_MAX) {
		fprintf(stderr, "countersign: at most %d folders at once\n", CS_GATE_SOURCES_MAX);
		return false;
	}
	gate->source[gate->source_n++] = (struct cs_gate_source){.given = given, .messages = messages};
	return true;
}

static bool
read_choice(const char *option, const char *value, bool *release)
{
	*release = strcmp(value, "release") == 0;
	if (*release || strcmp(value, "hold") == 0)
		return true;
	fprintf(stderr, "countersign: %s wants hold or release, not '%s'\n", option, value);
	return false;
}

static bool
read_plain(struct cs_gate *gate, const char *value)
{
	if (!gate->policy_path) {
		gate->policy_path = value;
		return true;
	}
	fprintf(stderr, "countersign: one policy is enough: '%s'\n", value);
	return false;
}

static bool
set(const char **out, const char *value)
{
	*out = value;
	return true;
}

static bool
raise(bool *out)
{
	*out = true;
	return true;
}

static bool
read_option(struct cs_gate *gate, int option, const char *value)
{
	switch (option) {
	case OPTION_IN:
		return add_source(gate, value, true);
	case OPTION_EVENTS:
		return add_source(gate, value, false);
	case OPTION_RELEASED:
		return set(&gate->released, value);
	case OPTION_HELD:
		return set(&gate->held, value);
	case OPTION_FAIL:
		gate->fail_said = true;
		return read_choice("--fail", value, &gate->fail_release);
	case OPTION_UNASKED:
		return read_choice("--unasked", value, &gate->unasked_release);
	case OPTION_ONE_ACCOUNT:
		return raise(&gate->one_account);
	case OPTION_ONCE:
		return raise(&gate->once);
	case OPTION_ALERTS:
		return set(&gate->alerts_path, value);
	case OPTION_RECORD:
		return set(&gate->record_path, value);
	case OPTION_JOURNAL_KEY:
		return set(&gate->journal_key, value);
	case OPTION_OVER_DAMAGE:
		return raise(&gate->over_damage);
	case OPTION_KEY:
		return set(&gate->keys.key, value);
	case OPTION_PREVIOUS:
		return set(&gate->keys.previous, value);
	case OPTION_QUIET:
		return raise(&gate->quiet);
	case CS_OPTION_PLAIN:
		return read_plain(gate, value);
	default:
		return false;
	}
}

static bool
check_options(const struct cs_gate *gate)
{
	unsigned in_n = 0;
	for (unsigned i = 0; i < gate->source_n; i++)
		in_n += gate->source[i].messages;
	if (gate->policy_path && in_n && gate->released && gate->held && gate->fail_said)
		return true;
	if (gate->policy_path && in_n && gate->released && gate->held)
		fputs("countersign: say what a fault shall lead to: --fail hold keeps messages back, --fail release "
		      "lets "
		      "them go; there is no default\n",
		      stderr);
	else
		fputs("countersign: gate wants a policy, --in, --released and --held; see countersign gate --help\n",
		      stderr);
	return false;
}

static bool
read_options(struct cs_gate *gate, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	gate->alerts_path = "-";
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;)
		if (!read_option(gate, option, value))
			return false;
	return check_options(gate);
}

/* ---- turns ---- */

static void
take_signals(struct cs_gate *gate)
{
	for (enum cs_signal signal; (signal = cs_signals_next(gate->signals)) != CS_SIGNAL_NONE;) {
		if (signal == CS_SIGNAL_STOP)
			gate->stop = true;
		else
			gate->reload = true;
	}
	if (gate->reload && !cs_chronicle_stalled(gate->record.chronicle)) {
		gate->reload = false;
		cs_gate_reload(gate);
	}
	cs_gate_poll_coming(gate);
}

/* What was there at NOW_NS has been told; where something was left, or could not be read, nobody knows. */
static void
pass_time(struct cs_gate *gate, uint64_t now_ns)
{
	for (unsigned i = 0; i < gate->source_n; i++) {
		bool seen = gate->source[i].messages; /* of other records the intake says so */
		for (unsigned k = 0; k < gate->source_n; k++)
			if (gate->source[k].link == gate->source[i].link)
				seen = seen && !gate->source[k].busy && !gate->source[k].failed;
		if (seen)
			cs_pipeline_files_idle(gate->pipeline, gate->source[i].link, now_ns);
	}
	cs_pipeline_idle(gate->pipeline, now_ns);
}

static void
tell_new(struct cs_gate *gate, unsigned from)
{
	for (unsigned i = from; i < gate->file_n && !gate->failed; i++)
		cs_gate_tell_file(gate, gate->file[i]);
}

static void
turn(struct cs_gate *gate)
{
	uint64_t now_ns = cs_clock_wall_ns();
	unsigned before_n = gate->file_n;
	gate->now_ns = now_ns;
	gate->busy = false;
	cs_tables_read(gate->tables, cs_pipeline_judge(gate->pipeline), now_ns);
	cs_pipeline_renew_lists(gate->pipeline, now_ns);
	if (!gate->drains)
		cs_gate_take_messages(gate);
	cs_gate_take_orders(gate);
	tell_new(gate, before_n);
	if (gate->failed)
		return;
	pass_time(gate, now_ns);
	cs_gate_decide(gate);
	if (gate->failed || (gate->written && !cs_gate_flush(gate)))
		return;
	cs_gate_carry(gate);
	if (!gate->failed)
		cs_gate_requests(gate);
	if (!gate->failed)
		cs_gate_keep_from(gate);
}

static void
wait_more(const struct cs_gate *gate)
{
	int descriptors[2] = {gate->signals, gate->watch};
	unsigned n = gate->watch >= 0 ? 2 : 1;
	if (gate->once) /* twice the same is at rest */
		cs_signals_wait(descriptors, 1, ONCE_MS);
	else if (gate->busy)
		cs_signals_wait(descriptors, 1, SOON_MS);
	else
		cs_signals_wait(descriptors, n, LATER_MS);
	cs_folder_watched(gate->watch);
}

static void
say_summary(const struct cs_gate *gate)
{
	static char at[CS_SUMMARY_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_summary summary = {gate->setup->policy, gate->pipeline, gate->alerts, 0, 0, 0};
	const struct cs_gate_counts *counts = &gate->counts;
	cs_summary_put(&text, &summary);
	fputs(at, stderr);
	fprintf(stderr,
		"Gate: %" PRIu64 " file%s taken, %" PRIu64 " released, %" PRIu64 " held, %u wait; %" PRIu64
		" released and %" PRIu64 " rejected by two persons\n",
		counts->taken_n, cs_text_plural(counts->taken_n), counts->released_n, counts->held_n, gate->file_n,
		counts->approved_n, counts->rejected_n);
	cs_gate_say_orders(gate);
	if (counts->latency_n)
		fprintf(stderr, "      from taken to released: %" PRIu64 " us on average, %" PRIu64 " us at most\n",
			counts->latency_ns / counts->latency_n / 1000, counts->latency_most_ns / 1000);
	if (counts->failed_n)
		fprintf(stderr, "WARNING: %" PRIu64 " %s released because of a fault, not proven (--fail release)\n",
			counts->failed_n, counts->failed_n == 1 ? "file was" : "files were");
}

static void
work(struct cs_gate *gate)
{
	bool looked_twice = false;
	if (!gate->quiet)
		fprintf(stderr, "countersign: the gate is open for %u folder%s; a fault %s\n", gate->source_n,
			cs_text_plural(gate->source_n), gate->fail_release ? "RELEASES what is not proven" : "holds");
	while (!gate->stop && !gate->failed) {
		take_signals(gate);
		turn(gate);
		if (!cs_record_poll(&gate->record))
			gate->failed = true;
		if (gate->once && looked_twice && !gate->busy)
			break;
		looked_twice = true;
		if (!gate->stop && !gate->failed)
			wait_more(gate);
	}
	cs_pipeline_leave(gate->pipeline);
	if (!gate->quiet)
		say_summary(gate);
}

int
cs_cmd_gate(int argc, char **argv)
{
	static struct cs_gate gate;
	gate.signals = gate.watch = -1;
	if (argc > 1 && (strcmp(argv[1], "release") == 0 || strcmp(argv[1], "reject") == 0))
		return cs_gate_ask(strcmp(argv[1], "release") == 0, argc - 1, argv + 1);
	if (!read_options(&gate, argc, argv))
		return CS_EXIT_USAGE;
	int status = cs_gate_open(&gate);
	if (status == CS_EXIT_RAN)
		work(&gate);
	if (gate.once && gate.intake && cs_intake_is_stuck(gate.intake)) /* it was said */
		gate.failed = true;
	bool held = gate.once && (gate.counts.held_n || gate.file_n);
	int closed = cs_gate_close(&gate);
	if (status == CS_EXIT_RAN && (gate.failed || closed != CS_EXIT_RAN))
		status = CS_EXIT_INPUT;
	return status == CS_EXIT_RAN && held ? CS_EXIT_FINDINGS : status;
}
