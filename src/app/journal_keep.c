/*
 * `countersign journal keep`: retention, once. From a timer it keeps a journal as the policy says; with --dry-run it
 * tells what it would do.
 */
#include "app/command.h"
#include "app/journal.h"

#include <inttypes.h>
#include <stdio.h>

/* What the policy says, unless it was said on the command line. */
static bool
read_policy(const struct cs_journal_call *call, struct cs_setup *setup, struct cs_keep *keep)
{
	if (!call->policy_path)
		return true;
	if (!cs_setup_policy(setup, call->policy_path))
		return false;
	const struct cs_journal_clause *clause = &setup->policy->journal;
	if (!clause->on) {
		fprintf(stderr, "countersign: policy %s has no journal; say --events, --alerts or --size instead\n",
			call->policy_path);
		return false;
	}
	keep->raw = clause->raw;
	keep->events_ns = keep->events_ns ? keep->events_ns : clause->keep_events_ns;
	keep->raw_ns = keep->raw_ns ? keep->raw_ns : clause->keep_raw_ns;
	keep->alerts_ns = keep->alerts_ns ? keep->alerts_ns : clause->keep_alerts_ns;
	keep->size_bytes = keep->size_bytes ? keep->size_bytes : clause->size_bytes;
	return true;
}

static void
put_classes(struct cs_text *text, unsigned classes)
{
	static const char *const names[CS_KEEP_CLASSES] = {"raw messages", "events", "alerts"};
	bool some = false;
	for (unsigned i = 0; i < CS_KEEP_CLASSES; i++) {
		if (!(classes >> i & 1))
			continue;
		cs_text_put(text, some ? ", " : "");
		cs_text_put(text, names[i]);
		some = true;
	}
}

static void
say_step(void *context, const struct cs_keep_step *step, const struct cs_surveyed *volume)
{
	char at[256];
	struct cs_text text = cs_text_over(at, sizeof at);
	(void)context;
	cs_text_put(&text, "  volume ");
	cs_text_put_padded(&text, volume->number, 8);
	if (step->what == CS_KEEP_PACK) {
		cs_text_put(&text, ": pack");
	} else if (step->what == CS_KEEP_REMOVE) {
		cs_text_put(&text, ": remove");
	} else {
		cs_text_put(&text, ": let go of ");
		put_classes(&text, step->fresh);
	}
	cs_text_put(&text, step->by_size ? " (size)\n" : " (age)\n");
	fputs(at, stderr);
}

static void
say_sum(const struct cs_journal_call *call, const struct cs_retention_sum *sum)
{
	fprintf(stderr,
		"countersign: %s%u volume%s packed, %u thinned, %u removed%s; the journal had %" PRIu64
		" bytes and %s %" PRIu64 "\n",
		call->dry_run ? "would be: " : "", sum->packed_n, cs_text_plural(sum->packed_n), sum->thinned_n,
		sum->removed_n, call->dry_run ? " (sizes are estimates)" : "", sum->before_bytes,
		call->dry_run ? "would have" : "has", sum->after_bytes);
	if (!call->dry_run && (sum->thinned_n || sum->removed_n))
		fprintf(stderr, "countersign: %" PRIu64 " %s let go of\n", sum->let_go_n,
			sum->let_go_n == 1 ? "record was" : "records were");
	fprintf(stderr, "countersign: records from %" PRIu64 " on are needed by %s\n", sum->needed_seq, sum->needed_by);
}

/* What a person must know, quiet or not. */
static void
say_trouble(const struct cs_journal_call *call, const struct cs_retention_sum *sum)
{
	if (sum->left_n)
		fprintf(stderr,
			"countersign: journal %s: %u volumes could not be worked on: they are damaged, larger than 1 "
			"GiB, or "
			"the disk is full; `countersign verify` tells\n",
			call->folder, sum->left_n);
	if (sum->ageless_n)
		fprintf(stderr,
			"countersign: journal %s: how old %u volume%s, from volume %" PRIu32
			" on, is not known, so no age lets go of it; `journal status` tells which, `journal erase "
			"--volume N` "
			"erases\n",
			call->folder, sum->ageless_n, cs_text_plural(sum->ageless_n), sum->ageless);
	if (sum->hindrance[0])
		fprintf(stderr, "countersign: journal %s is still larger than it should be: %s\n", call->folder,
			sum->hindrance);
}

/* Where nobody writes, nobody writes snapshots: one at the end is what lets the rest go. */
static void
make_snapshot(const struct cs_journal_call *call, struct cs_journal_pen *pen)
{
	if (!pen->pen || cs_pen_drops(pen->pen))
		return;
	enum cs_error error = cs_retention_snapshot(call->folder, pen->vault);
	if (error != CS_OK && !call->quiet)
		fprintf(stderr, "countersign: journal %s: no snapshot of its end could be made: %s\n", call->folder,
			error == CS_E_RANGE ? "what led to it is gone already" : cs_error_text(error));
}

/* A dry run opens nothing for writing. */
static bool
open_for(const struct cs_journal_call *call, const struct cs_policy *policy, struct cs_journal_pen *pen, bool *alone)
{
	bool held = false;
	*alone = false;
	if (!call->dry_run)
		return cs_journal_pen(call, policy, true, pen);
	*pen = (struct cs_journal_pen){0};
	if (!cs_journal_vault(call, policy, false, &pen->vault))
		return false;
	enum cs_error error = cs_pen_held(call->folder, &held);
	if (error == CS_OK)
		error = cs_pen_fits(call->folder, pen->vault);
	*alone = !held;
	if (error != CS_OK)
		(void)cs_journal_say(call,
				     error == CS_E_OPEN ? "there is no journal there"
				     : error == CS_E_FORMAT
					     ? "it is signed under another key; name that one with --journal-key"
					     : "it cannot be looked at",
				     error == CS_E_OPEN || error == CS_E_FORMAT ? CS_OK : error);
	return error == CS_OK;
}

static int
keep(const struct cs_journal_call *call, const struct cs_keep *keep, struct cs_journal_pen *pen, bool alone)
{
	char reason[CS_PATH_BYTES + 16];
	struct cs_text text = cs_text_over(reason, sizeof reason);
	cs_text_put(&text, call->reason ? call->reason : call->policy_path ? "policy " : "asked for");
	if (!call->reason && call->policy_path)
		cs_text_put(&text, call->policy_path);
	struct cs_retention_wish wish = {
		.folder = call->folder,
		.vault = pen->vault,
		.reason = reason,
		.by = call->by,
		.keep = *keep,
		.dry_run = call->dry_run,
		.alone = alone,
		.step = call->quiet ? NULL : say_step,
	};
	struct cs_retention_sum sum;
	make_snapshot(call, pen);
	enum cs_error error = cs_retention_run(&wish, pen->pen, &sum);
	if (error != CS_OK)
		return cs_journal_say(call, "not all could be let go of that should", error);
	if (!call->quiet)
		say_sum(call, &sum);
	say_trouble(call, &sum);
	return CS_EXIT_RAN;
}

int
cs_journal_keep(const struct cs_journal_call *call)
{
	static struct cs_setup setup;
	struct cs_keep kept = call->keep;
	struct cs_journal_pen pen;
	int status = CS_EXIT_USAGE;
	bool wanted = call->policy_path || call->keep_said;
	if (!wanted)
		fputs("countersign: journal keep wants --policy, or --events, --raw, --alerts or --size\n", stderr);
	if (wanted && read_policy(call, &setup, &kept)) {
		status = CS_EXIT_INPUT;
		bool alone = false;
		struct cs_upkeep upkeep = {-1};
		if (open_for(call, setup.policy, &pen, &alone) && cs_journal_upkeep(call, &upkeep))
			status = keep(call, &kept, &pen, alone);
		cs_upkeep_end(&upkeep);
		if (!cs_journal_pen_close(&pen))
			status = CS_EXIT_INPUT;
	}
	cs_setup_close(&setup);
	return status;
}
