/*
 * `countersign journal pack`: closed volumes compressed. Nothing is lost by it; reading a packed volume costs its
 * unpacking. The last volume is left alone: it is being written, or the next process looks there for its end.
 */
#include "app/command.h"
#include "app/journal.h"
#include "io/clock.h"
#include "io/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static void
show(const struct cs_survey *survey, uint32_t nth, uint64_t began_ns)
{
	char at[160];
	struct cs_text text = cs_text_over(at, sizeof at);
	uint64_t elapsed_ns = cs_clock_steady_ns() - began_ns;
	cs_text_put(&text, "\r  volume ");
	cs_text_put_u64(&text, nth + 1);
	cs_text_put(&text, " of ");
	cs_text_put_u64(&text, survey->n);
	if (nth) {
		cs_text_put(&text, "  ");
		cs_text_put_duration(&text, elapsed_ns / nth * (survey->n - nth));
		cs_text_put(&text, " left");
	}
	cs_text_put(&text, "\033[K");
	fputs(at, stderr);
}

static enum cs_error
pack_all(const struct cs_journal_call *call, struct cs_survey *survey, uint32_t *packed_n)
{
	bool progress = !call->quiet && cs_terminal_is(STDERR_FILENO);
	uint64_t began_ns = cs_clock_steady_ns();
	enum cs_error error = CS_OK;
	for (uint32_t i = 0; i + 1 < survey->n && error == CS_OK; i++) {
		if (survey->volume[i].form != CS_VOLUME_PLAIN)
			continue;
		if (progress)
			show(survey, i, began_ns);
		error = cs_volume_pack(call->folder, survey->volume[i].number);
		*packed_n += error == CS_OK;
		if (error != CS_E_RANGE)
			continue;
		fprintf(stderr, "countersign: volume %08" PRIu32 " is too large to be packed, and stays as it is\n",
			survey->volume[i].number);
		error = CS_OK;
	}
	if (progress)
		fputs("\r\033[K", stderr);
	return error;
}

static int
pack(const struct cs_journal_call *call)
{
	struct cs_survey survey, after;
	uint32_t packed_n = 0;
	if (!cs_journal_survey(call, &survey)) {
		cs_survey_fini(&survey);
		return CS_EXIT_INPUT;
	}
	enum cs_error error = pack_all(call, &survey, &packed_n);
	bool counted = cs_journal_survey(call, &after);
	if (error == CS_OK && counted && !call->quiet)
		fprintf(stderr,
			"countersign: %" PRIu32 " volume%s packed; the journal had %" PRIu64 " bytes and has %" PRIu64
			"\n",
			packed_n, cs_text_plural(packed_n), survey.bytes, after.bytes);
	cs_survey_fini(&survey);
	cs_survey_fini(&after);
	if (error != CS_OK)
		return cs_journal_say(call, "a volume cannot be packed", error);
	return counted ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

int
cs_journal_pack(const struct cs_journal_call *call)
{
	struct cs_upkeep upkeep;
	if (!cs_journal_upkeep(call, &upkeep))
		return CS_EXIT_INPUT;
	int status = pack(call);
	cs_upkeep_end(&upkeep);
	return status;
}
