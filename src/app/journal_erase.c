/*
 * `countersign journal erase`: says what was made unreadable, and what it does not reach.
 */
#include "app/command.h"
#include "app/journal.h"
#include "engine/erasure.h"

#include <inttypes.h>
#include <stdio.h>

static int
say_error(const struct cs_journal_call *call, enum cs_error error)
{
	if (error == CS_E_OPEN)
		return cs_journal_say(call, "there is no such volume; `journal status` lists them", CS_OK);
	if (error == CS_E_PERMISSION)
		return cs_journal_say(call,
				      "that volume is being written now; wait for the next one to begin, or stop the "
				      "process that writes it",
				      CS_OK);
	return cs_journal_say(call, "not everything could be erased; do it again", error);
}

static void
say_sum(const struct cs_journal_call *call, const struct cs_erasure_sum *sum, bool held)
{
	if (!sum->volume_n) {
		fprintf(stderr, "countersign: nothing to erase%s\n",
			sum->already_n ? ": the keys were destroyed before" : " there");
		return;
	}
	fprintf(stderr,
		"countersign: %u volume%s erased (records %" PRIu64 " to %" PRIu64
		"): what was sealed there cannot be read again, by nobody; %u snapshot%s removed\n",
		sum->volume_n, cs_text_plural(sum->volume_n), sum->first_seq, sum->next_seq - 1, sum->snapshot_n,
		cs_text_plural(sum->snapshot_n));
	fprintf(stderr,
		"countersign: alerts delivered to files and other systems, copies of %s and of its keys are not "
		"reached by this\n",
		call->folder);
	if (held)
		fputs("countersign: the process that writes this journal still remembers what its tables hold, and so "
		      "do "
		      "its next snapshots, until that is displaced or it is restarted\n",
		      stderr);
}

/* What was asked for by its date and stays, quiet or not. */
static bool
say_left(const struct cs_journal_call *call, const struct cs_erasure_sum *sum)
{
	if (sum->unknown_n)
		fprintf(stderr,
			"countersign: journal %s: how old %u volume%s, from volume %" PRIu32
			" on, is not known, so it was NOT erased; `journal status` tells which, --volume N erases\n",
			call->folder, sum->unknown_n, cs_text_plural(sum->unknown_n), sum->unknown);
	if (sum->written)
		fprintf(stderr,
			"countersign: journal %s: volume %" PRIu32
			" is as old, but is being written now, and was NOT erased; do it again when the next one "
			"has begun\n",
			call->folder, sum->written);
	return sum->unknown_n || sum->written;
}

static int
erase(const struct cs_journal_call *call, struct cs_journal_pen *pen)
{
	struct cs_erasure_wish wish = {call->folder, call->by, call->reason, call->volume, call->before_ns};
	struct cs_erasure_sum sum;
	enum cs_error error = cs_erasure_run(&wish, pen->pen, &sum);
	if (error != CS_OK)
		return say_error(call, error);
	if (!call->quiet)
		say_sum(call, &sum, cs_pen_drops(pen->pen));
	return say_left(call, &sum) ? CS_EXIT_INPUT : CS_EXIT_RAN;
}

int
cs_journal_erase(const struct cs_journal_call *call)
{
	struct cs_journal_pen pen;
	struct cs_upkeep upkeep = {-1};
	if (!call->volume == !call->before_ns) {
		fputs("countersign: journal erase wants either --volume N or --before DATE\n", stderr);
		return CS_EXIT_USAGE;
	}
	int status = CS_EXIT_INPUT;
	if (cs_journal_pen(call, NULL, false, &pen) && cs_journal_upkeep(call, &upkeep))
		status = erase(call, &pen);
	cs_upkeep_end(&upkeep);
	return cs_journal_pen_close(&pen) ? status : CS_EXIT_INPUT;
}
