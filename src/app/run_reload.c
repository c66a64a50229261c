/*
 * SIGHUP: another policy takes the place of the one in force. One that cannot work never does.
 *
 * What both say alike goes on: connections, what is open, profiles (engine/carry.h). Windows that are new are warmed from the
 * journal first, while the old policy goes on. The order is what a journal must show: the old judge is flushed or finished, the
 * new policy is put down, and only then is anything told under it. What cannot change while a journal is kept is refused before
 * anything is given up.
 */
#include "app/lau.h"
#include "app/run.h"
#include "io/clock.h"

#include <stdio.h>

static bool
check_journal(const struct cs_run *run, const struct cs_setup *setup)
{
	struct cs_alert_names names = {setup->policy, run->name, run->name_n};
	return run->no_journal || cs_record_may_follow(&run->record, run->setup, setup, &names);
}

/* Lists and places that go on are told again only when their files have changed. */
static bool
renew_tables(struct cs_run *run, const struct cs_setup *setup)
{
	struct cs_tables *tables;
	if (!cs_setup_tables(setup->policy, setup->ring, true, &tables))
		return false;
	cs_tables_free(run->tables);
	run->tables = tables;
	return true;
}

/* ---- the change ---- */

/* What is made before anything is given up. */
struct change {
	struct cs_setup *setup;
	struct cs_judge *judge;
	struct cs_pipeline *pipeline; /* NULL: the one there is goes on */
	struct cs_carry carry;
};

static void
say_change(const struct cs_run *run, const struct change *change)
{
	static char at[65536];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, "countersign: policy ");
	cs_text_put(&text, run->policy_path);
	cs_text_put(&text, " is in force:\n");
	struct cs_carry_words words = {change->setup->policy, "countersign:   ", 0};
	cs_carry_say(&text, &change->carry, &words);
	fputs(at, stderr);
}

/* Without a journal nothing is warmed: what is new begins now. */
static void
carry_here(struct cs_run *run, struct change *change)
{
	struct cs_carry_judges judges = {cs_pipeline_judge(run->pipeline), NULL, change->judge};
	change->carry.now_ns = cs_clock_wall_ns();
	enum cs_error error = cs_carry_take(&change->carry, &judges);
	CS_ASSERT(error == CS_OK);
}

/* The judge of before decides what it can where its state does not go on; then the new policy is put down, and only then
 * anything is told under it. */
static void
swap(struct cs_run *run, struct change *change)
{
	struct cs_chronicle *chronicle = run->record.chronicle;
	struct cs_setup *setup = change->setup;
	if (run->intake)
		cs_intake_pause(run->intake);
	if (change->pipeline) {
		cs_pipeline_end(run->pipeline);
		if (!run->quiet)
			cs_run_say_summary(run);
	} else {
		cs_pipeline_flush(run->pipeline);
	}
	run->alerts->names.policy = setup->policy;
	if (chronicle)
		cs_chronicle_policy(chronicle, &run->alerts->names, setup->policy_text, change->judge, &change->carry);
	else
		carry_here(run, change);
	if (!change->pipeline) {
		cs_pipeline_renew(run->pipeline, &setup->links, change->judge, !chronicle);
	} else {
		cs_pipeline_free(run->pipeline);
		run->pipeline = change->pipeline;
	}
	cs_screens_swap(&run->screens, run->pipeline, cs_clock_wall_ns());
	cs_run_free_setup(run->setup);
	run->setup = setup;
	cs_tables_read(run->tables, change->judge, cs_clock_wall_ns());
	if (change->pipeline)
		cs_run_start_watching(run, run->pipeline, cs_clock_wall_ns());
	cs_run_pass_time(run);
	if (run->intake)
		cs_intake_renew(run->intake, &setup->links);
	if (run->inflow)
		cs_inflow_renew(run->inflow, &setup->links);
	say_change(run, change);
}

static struct cs_judge *
new_judge(struct cs_run *run, const struct cs_setup *setup)
{
	struct cs_detect_sink sink = {cs_alerts_finding, run->alerts};
	if (run->record.chronicle)
		sink = cs_chronicle_sink(run->record.chronicle);
	struct cs_judge *judge = cs_judge_new(setup->policy, &sink);
	if (!judge)
		fputs("countersign: out of memory: while a policy is taken there are two\n", stderr);
	return judge;
}

/* False: there is no memory for it. */
static bool
take(struct cs_run *run, struct change *change)
{
	change->judge = new_judge(run, change->setup);
	if (!change->judge)
		return false;
	cs_record_retokens(&run->record, &change->setup->links);
	if (!change->carry.pairing)
		change->pipeline = cs_run_new_pipeline(run, change->setup, change->judge, !run->record.chronicle);
	if ((!change->carry.pairing && !change->pipeline) || !renew_tables(run, change->setup)) {
		bool owned = change->pipeline && !run->record.chronicle;
		cs_pipeline_free(change->pipeline);
		if (!owned)
			cs_judge_free(change->judge);
		return false;
	}
	struct cs_care_clause care = cs_care_clause_of(&change->setup->policy->journal);
	swap(run, change);
	cs_caretaker_tell(&run->record.caretaker, &care);
	return true;
}

static void
refuse(struct cs_run *run, struct cs_setup *setup)
{
	fprintf(stderr, "countersign: policy %s is refused; the old one stays in force\n", run->policy_path);
	cs_run_free_setup(setup);
}

static void
take_or_refuse(struct cs_run *run, struct cs_setup *setup)
{
	static struct change change;
	change = (struct change){.setup = setup};
	cs_carry_plan(run->setup->policy, setup->policy, &change.carry);
	if (take(run, &change))
		return;
	cs_screens_stay(&run->screens, run->setup->policy);
	refuse(run, setup);
}

/* ---- warming ---- */

static bool
await_lists(struct cs_run *run, struct cs_setup *setup)
{
	if (cs_screens_is_ready(&run->screens))
		return false;
	run->coming = setup;
	fprintf(stderr, "countersign: policy %s is good; its watch lists are read first\n", run->policy_path);
	return true;
}

static enum cs_warmth
warmth_of(const struct cs_run *run)
{
	return run->record.chronicle ? cs_chronicle_warmth(run->record.chronicle) : CS_WARMTH_NONE;
}

/* Whether there is something to wait for. */
static bool
warm(struct cs_run *run, struct cs_setup *setup)
{
	static struct cs_carry carry;
	struct cs_chronicle *chronicle = run->record.chronicle;
	cs_carry_plan(run->setup->policy, setup->policy, &carry);
	if (chronicle)
		cs_chronicle_warm(chronicle, &carry, setup->policy);
	if (warmth_of(run) == CS_WARMTH_NONE)
		return await_lists(run, setup);
	run->coming = setup;
	fprintf(stderr,
		"countersign: policy %s is good; its new windows are warmed from the journal first, and the old one "
		"stays "
		"in "
		"force until then\n",
		run->policy_path);
	return true;
}

void
cs_run_leave_coming(struct cs_run *run)
{
	if (!run->coming)
		return;
	if (run->record.chronicle)
		cs_chronicle_leave_warming(run->record.chronicle);
	cs_screens_stay(&run->screens, run->setup->policy);
	cs_run_free_setup(run->coming);
	run->coming = NULL;
}

void
cs_run_poll_coming(struct cs_run *run)
{
	struct cs_setup *setup = run->coming;
	enum cs_warmth warmth = setup ? warmth_of(run) : CS_WARMTH_NONE;
	if (!setup || warmth == CS_WARMTH_COMING || !cs_screens_is_ready(&run->screens))
		return;
	if (warmth == CS_WARMTH_FAILED)
		fprintf(stderr, "countersign: nothing could be warmed: %s\n",
			cs_chronicle_warm_words(run->record.chronicle));
	run->coming = NULL;
	take_or_refuse(run, setup);
	if (run->record.chronicle)
		cs_chronicle_leave_warming(run->record.chronicle);
}

/* The policy is the same to the letter; the keys of local authentication, which stand in files beside it, may not be. */
static void
reload_keys(struct cs_run *run, struct cs_setup *setup)
{
	cs_run_leave_coming(run);
	if (!cs_setup_links_with(setup, run->setup->ring)) {
		refuse(run, setup);
		return;
	}
	unsigned n = cs_lau_renew(&run->setup->links, &setup->links);
	if (n)
		fprintf(stderr,
			"countersign: policy %s has not changed; other keys of local authentication are in force, of "
			"%u "
			"record%s\n",
			run->policy_path, n, cs_text_plural(n));
	else
		fprintf(stderr, "countersign: policy %s has not changed\n", run->policy_path);
	cs_run_free_setup(setup);
}

void
cs_run_reload(struct cs_run *run)
{
	struct cs_setup *setup = cs_run_new_setup(run, false);
	if (setup && setup->policy->hash == run->setup->policy->hash) {
		reload_keys(run, setup);
		return;
	}
	if (!setup || !cs_run_check_taps(run, setup->policy, true) || !cs_run_check_events(run, setup->policy, true) ||
	    !check_journal(run, setup) || !cs_setup_links_with(setup, run->setup->ring) ||
	    !cs_run_check_inflow(run, setup)) {
		cs_run_leave_coming(run); /* what was there before is no longer what is wanted, either */
		refuse(run, setup);
		return;
	}
	cs_run_leave_coming(run);
	if (!cs_screens_turn(&run->screens, setup->policy)) {
		cs_screens_stay(&run->screens, run->setup->policy);
		refuse(run, setup);
		return;
	}
	if (!warm(run, setup))
		take_or_refuse(run, setup);
}
