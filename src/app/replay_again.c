/*
 * The same inputs in the same order through the same judge: whoever holds journal and key can do this years later, on
 * another machine, and must get the same bytes. Where he does not, it says so and exits with 1.
 */
#include "app/replay_again.h"

#include "app/command.h"
#include "app/setup.h"
#include "app/when.h"
#include "engine/rerun.h"
#include "engine/rescreen.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/sandbox.h"
#include "io/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEP_RECORDS = 65536 };

struct work {
	const struct cs_again *again;
	struct cs_setup setup; /* of the other policy */
	struct cs_vault *vault;
	struct cs_alerts *alerts; /* plain words, and all counts */
	struct cs_rerun *rerun;
	int file; /* of lines; -1: none */
	enum cs_error written;
	size_t len;
	char buffer[4 * CS_ALERT_BYTES];
};

static bool
read_number(const char *value, uint64_t *out)
{
	char *end;
	if (value[0] < '0' || value[0] > '9')
		return false;
	unsigned long long number = strtoull(value, &end, 10);
	if (*end != '\0' || number == 0) /* a time begins like a number */
		return false;
	*out = number;
	return true;
}

bool
cs_again_read_from(struct cs_again *again, const char *value)
{
	if (read_number(value, &again->from_seq))
		return true;
	fprintf(stderr, "countersign: --from wants the number of a record, not '%s'\n", value);
	return false;
}

/* The last instant of a day, or of a second. */
static bool
read_time(const char *value, uint64_t *out)
{
	uint64_t length_s = strchr(value, 'T') ? 1 : 86400, begin_ns;
	if (!cs_when_date(value, &begin_ns))
		return false;
	*out = begin_ns + length_s * UINT64_C(1000000000) - 1;
	return true;
}

bool
cs_again_read_until(struct cs_again *again, const char *value)
{
	if (read_number(value, &again->until_seq) || read_time(value, &again->until_ns))
		return true;
	fprintf(stderr, "countersign: --until wants a record's number or a time like 2026-03-02T13:18:00Z, not '%s'\n",
		value);
	return false;
}

static void
flush_lines(struct work *work)
{
	if (work->written == CS_OK)
		work->written = cs_file_write_all(work->file, work->buffer, work->len);
	work->len = 0;
}

static void
take_line(void *context, struct cs_span line)
{
	struct work *work = context;
	if (sizeof work->buffer - work->len < line.len)
		flush_lines(work);
	memcpy(work->buffer + work->len, line.at, line.len);
	work->len += line.len;
}

/* Plain words need the names in force, which may change on the way. */
static void
take_finding(void *context, const struct cs_finding *finding)
{
	struct work *work = context;
	work->alerts->names = *cs_rerun_names(work->rerun);
	cs_alerts_finding(work->alerts, finding);
}

static int
open_output(struct work *work)
{
	work->alerts = calloc(1, sizeof *work->alerts);
	if (!work->alerts)
		return CS_EXIT_INPUT;
	bool plain = !work->again->alerts_path;
	work->alerts->plain = plain;
	work->alerts->descriptor = plain ? STDOUT_FILENO : -1;
	if (plain)
		return CS_EXIT_RAN;
	enum cs_error error = cs_file_open_write(work->again->alerts_path, &work->file);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: alerts file %s %s\n", work->again->alerts_path, cs_error_text(error));
	return CS_EXIT_INPUT;
}

static int
open_journal(struct work *work)
{
	char note[CS_VAULT_NOTE_BYTES];
	struct cs_vault_place place = {work->again->key, work->setup.policy, false, false};
	if (cs_key_vault(&place, note, &work->vault) != CS_OK) {
		fprintf(stderr, "countersign: journal key: %s\n",
			note[0] ? note : "there is none; name it with --journal-key");
		return CS_EXIT_USAGE;
	}
	struct cs_rerun_wish wish = {
		.folder = work->again->folder,
		.vault = work->vault,
		.other = work->setup.policy,
		.sink = {take_finding, work},
		.line = work->file >= 0 ? take_line : NULL,
		.line_context = work,
		.from_seq = work->again->from_seq,
		.until_seq = work->again->until_seq,
		.until_ns = work->again->until_ns,
		.no_snapshot = !work->again->from_seq,
		.follow_only = true,
	};
	enum cs_error error = cs_rerun_open(&wish, &work->rerun);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: journal %s: %s\n", work->again->folder,
		error == CS_E_OPEN ? "there is none" : cs_error_text(error));
	return CS_EXIT_INPUT;
}

static void
show_progress(const struct work *work, uint64_t elapsed_ns)
{
	const struct cs_rerun_counts *counts = cs_rerun_counts_of(work->rerun);
	fprintf(stderr, "\r  %" PRIu64 " records, %" PRIu64 " messages a second\033[K", counts->record_n,
		elapsed_ns ? (uint64_t)((__uint128_t)counts->event_n * 1000000000 / elapsed_ns) : 0);
}

/* Who went on with the journal over damage was told so then; who reads it now is told of it once more, and goes on, too. */
static enum cs_error
pass_over(struct work *work)
{
	fprintf(stderr, "countersign: journal %s: %s\n", work->again->folder, cs_rerun_words(work->rerun));
	return cs_rerun_resume(work->rerun);
}

static enum cs_error
tell_all(struct work *work, uint64_t *elapsed_ns)
{
	uint64_t began_ns = cs_clock_steady_ns();
	bool show = !work->again->quiet && cs_terminal_is(STDERR_FILENO);
	enum cs_error error;
	do {
		error = cs_rerun_some(work->rerun, STEP_RECORDS);
		if (show && error == CS_OK)
			show_progress(work, cs_clock_steady_ns() - began_ns);
		if (error == CS_E_RANGE && cs_rerun_damaged(work->rerun))
			error = pass_over(work);
	} while (error == CS_OK);
	*elapsed_ns = cs_clock_steady_ns() - began_ns;
	if (show)
		fputs("\r\033[K", stderr);
	return error;
}

static void
say_summary(const struct work *work, uint64_t elapsed_ns)
{
	const struct cs_rerun_counts *counts = cs_rerun_counts_of(work->rerun);
	char at[64];
	struct cs_text took = cs_text_over(at, sizeof at);
	cs_text_put_duration(&took, elapsed_ns);
	fprintf(stderr,
		"%" PRIu64 " record%s from record %" PRIu64 " on, %" PRIu64 " message%s, read again in %s: %" PRIu64
		" messages a second\n",
		counts->record_n, cs_text_plural(counts->record_n), counts->from_seq, counts->event_n,
		cs_text_plural(counts->event_n), at,
		elapsed_ns ? (uint64_t)((__uint128_t)counts->event_n * 1000000000 / elapsed_ns) : 0);
	if (work->setup.policy)
		fprintf(stderr, "%" PRIu64 " finding%s under %s; the journal holds %" PRIu64 " under its own policy\n",
			counts->alert_n, cs_text_plural(counts->alert_n), work->again->policy_path,
			cs_rerun_alerts(work->rerun));
	else
		fprintf(stderr,
			"%" PRIu64 " verdict%s: %" PRIu64 " as in the journal, byte for byte; %" PRIu64 " differ\n",
			counts->alert_n, cs_text_plural(counts->alert_n), counts->held_n, counts->differing_n);
	if (work->again->until_seq || work->again->until_ns)
		fprintf(stderr, "state there: %016" PRIx64 "\n",
			cs_rerun_judge(work->rerun) ? cs_judge_hash(cs_rerun_judge(work->rerun)) : 0);
}

static void
say_names(void *context, const char *words)
{
	const struct work *work = context;
	fprintf(stderr, "countersign: journal %s: %s\n", work->again->folder, words);
}

/* Names once more, against the lists of then; an enum cs_exit. Where only a part of the journal is read again, or by another policy, they
 * are not. */
static int
hold_names(struct work *work)
{
	const struct cs_again *again = work->again;
	const struct cs_rescreen_wish wish = {again->folder, work->vault, say_names, work};
	struct cs_rescreen_counts counts;
	if (work->setup.policy || again->from_seq || again->until_seq || again->until_ns)
		return CS_EXIT_RAN;
	enum cs_error error = cs_rescreen_run(&wish, &counts);
	if (error != CS_OK) {
		say_names(work, cs_error_text(error));
		return CS_EXIT_INPUT;
	}
	if (counts.named_n && !again->quiet)
		fprintf(stderr,
			"names of %" PRIu64 " row%s held against their lists again: %" PRIu64
			" as in the journal; %" PRIu64 " differ; of %" PRIu64 " a list is missing, of %" PRIu64
			" the names\n",
			counts.named_n, cs_text_plural(counts.named_n), counts.same_n, counts.differ_n,
			counts.missing_n, counts.unkept_n);
	if (counts.differ_n)
		return CS_EXIT_FINDINGS;
	return counts.missing_n ? CS_EXIT_INPUT : CS_EXIT_RAN;
}

static int
judge(const struct work *work)
{
	const struct cs_rerun_counts *counts = cs_rerun_counts_of(work->rerun);
	for (unsigned i = work->again->fail_on; i < CS_SEVERITY_N; i++)
		if (work->alerts->tally.by_severity[i])
			return CS_EXIT_FINDINGS;
	return counts->differing_n ? CS_EXIT_FINDINGS : CS_EXIT_RAN;
}

static int
run(struct work *work)
{
	uint64_t elapsed_ns = 0;
	enum cs_error error = tell_all(work, &elapsed_ns);
	flush_lines(work);
	enum cs_error plain = cs_alerts_flush(work->alerts);
	const char *words = cs_rerun_words(work->rerun);
	if (words[0])
		fprintf(stderr, "countersign: journal %s: %s\n", work->again->folder, words);
	if (!work->again->quiet)
		say_summary(work, elapsed_ns);
	if (work->written != CS_OK || plain != CS_OK)
		fprintf(stderr, "countersign: alerts %s\n",
			cs_error_text(work->written != CS_OK ? work->written : plain));
	if (error != CS_END || work->written != CS_OK || plain != CS_OK)
		return CS_EXIT_INPUT;
	int names = hold_names(work), verdicts = judge(work);
	return names == CS_EXIT_INPUT ? names : verdicts != CS_EXIT_RAN ? verdicts : names;
}

int
cs_again_run(const struct cs_again *again)
{
	static struct work work;
	work.again = again;
	work.file = -1;
	if (cs_sandbox_no_dumps() != CS_OK || (again->policy_path && !cs_setup_policy(&work.setup, again->policy_path)))
		return CS_EXIT_USAGE;
	int status = open_output(&work);
	if (status == CS_EXIT_RAN)
		status = open_journal(&work);
	if (status == CS_EXIT_RAN)
		status = run(&work);
	cs_rerun_close(work.rerun);
	cs_vault_close(work.vault);
	cs_file_close(work.file);
	free(work.alerts);
	if (work.setup.policy)
		cs_setup_close(&work.setup);
	return status;
}
