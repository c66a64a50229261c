/*
 * Past events from a journal. Each policy the journal came under begins with a new judge, so who looks on is named anew
 * before every record: that costs nothing, and no input is missed.
 */
#include "app/look_again.h"

#include "app/command.h"
#include "engine/key.h"
#include "engine/rerun.h"
#include "io/clock.h"

#include <inttypes.h>
#include <stdio.h>

enum { PROGRESS_EVERY_RECORDS = 65536 };

static void
ignore_finding(void *context, const struct cs_finding *finding)
{
	(void)context;
	(void)finding;
}

static int
open_rerun(const struct cs_look_again *wish, const struct cs_vault *vault, struct cs_rerun **out)
{
	struct cs_rerun_wish again = {
		.folder = wish->folder,
		.vault = vault,
		.other = wish->policy,
		.sink = wish->sink.finding ? wish->sink : (struct cs_detect_sink){ignore_finding, NULL},
		.no_snapshot = true,
		.follow_only = true,
	};
	enum cs_error error = cs_rerun_open(&again, out);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: journal %s: %s\n", wish->folder,
		error == CS_E_OPEN ? "there is none" : cs_error_text(error));
	return CS_EXIT_INPUT;
}

static void
observe(const struct cs_look_again *wish, struct cs_rerun *rerun)
{
	struct cs_judge *judge = cs_rerun_judge(rerun);
	struct cs_behave *behave = judge ? cs_judge_behave(judge) : NULL;
	if (wish->work)
		wish->work(wish->work_context, behave);
	if (behave)
		cs_behave_observe(behave, wish->observer);
}

static enum cs_error
tell_all(const struct cs_look_again *wish, struct cs_rerun *rerun)
{
	enum cs_error error = CS_OK;
	for (uint64_t n = 1; error == CS_OK; n++) {
		observe(wish, rerun);
		error = cs_rerun_some(rerun, 1);
		if (n % PROGRESS_EVERY_RECORDS == 0 && wish->show_progress)
			fprintf(stderr, "\r  %" PRIu64 " records\033[K", n);
		if (error != CS_E_RANGE || !cs_rerun_damaged(rerun))
			continue;
		fprintf(stderr, "countersign: journal %s: %s\n", wish->folder, cs_rerun_words(rerun));
		error = cs_rerun_resume(rerun);
	}
	return error;
}

int
cs_look_again_run(const struct cs_look_again *wish)
{
	char note[CS_VAULT_NOTE_BYTES];
	struct cs_vault_place place = {wish->key, wish->policy, false, false};
	struct cs_vault *vault = NULL;
	struct cs_rerun *rerun = NULL;
	if (cs_key_vault(&place, note, &vault) != CS_OK) {
		fprintf(stderr, "countersign: journal key: %s\n",
			note[0] ? note : "there is none; name it with --journal-key");
		return CS_EXIT_USAGE;
	}
	int status = open_rerun(wish, vault, &rerun);
	if (status == CS_EXIT_RAN && tell_all(wish, rerun) != CS_END) {
		fprintf(stderr, "countersign: journal %s: %s\n", wish->folder, cs_rerun_words(rerun));
		status = CS_EXIT_INPUT;
	}
	cs_rerun_close(rerun);
	cs_vault_close(vault);
	return status;
}
