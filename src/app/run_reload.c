/*
 * SIGHUP: another policy takes the place of the one in force. One that cannot work never does.
 *
 * The order is what a journal must show: the old judge is finished, the new policy is put down, and only then are its links
 * watched. What cannot change while a journal is kept is refused before anything is given up.
 */
#include "app/run.h"
#include "io/clock.h"

#include <stdio.h>
#include <stdlib.h>

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* All but what the caretaker goes by: keep, size and snapshot. */
static bool
same_journal(const struct cs_journal_clause *a, const struct cs_journal_clause *b)
{
	return a->on == b->on && same_text(a->folder, b->folder) && same_text(a->key, b->key) &&
	       same_text(a->anchor, b->anchor) && a->durability == b->durability && a->durable_ns == b->durable_ns &&
	       a->raw == b->raw && a->segment_bytes == b->segment_bytes && a->segment_ns == b->segment_ns &&
	       a->checkpoint_ns == b->checkpoint_ns;
}

static bool
check_journal(const struct cs_run *run, const struct cs_setup *setup)
{
	const struct cs_journal_clause *clause = &setup->policy->journal;
	struct cs_alert_names names = {setup->policy, run->name, run->source_n};
	if (!run->no_journal && !same_journal(clause, &run->setup->policy->journal)) {
		fprintf(stderr,
			"%s:%u:%u: only keep, size and snapshot of a journal can change while it is kept; restart for "
			"the "
			"rest\n",
			setup->policy->path, clause->place.line, clause->place.column);
		return false;
	}
	if (run->record.chronicle && !cs_chronicle_fits(&names, setup->policy_text)) {
		fprintf(stderr, "countersign: policy %s is too long to be kept in the journal\n", setup->policy->path);
		return false;
	}
	return true;
}

/* What a policy of before was told of its files is told anew: state begins anew. */
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

/* The old pipeline decides what it can; the new one begins with empty state, and says so. JUDGE is NULL without journal. */
static void
swap(struct cs_run *run, struct cs_setup *setup, struct cs_pipeline *pipeline, struct cs_judge *judge)
{
	cs_pipeline_end(run->pipeline);
	if (!run->quiet)
		cs_run_say_summary(run);
	cs_pipeline_free(run->pipeline);
	run->alerts->names.policy = setup->policy;
	if (judge)
		cs_chronicle_policy(run->record.chronicle, &run->alerts->names, setup->policy_text, judge);
	cs_run_free_setup(run->setup);
	run->setup = setup;
	run->pipeline = pipeline;
	cs_tables_read(run->tables, cs_pipeline_judge(pipeline), cs_clock_wall_ns());
	cs_run_start_watching(run, pipeline, cs_clock_wall_ns());
	fprintf(stderr, "countersign: policy %s is in force; all %u links begin anew: what was open is not paired\n",
		run->policy_path, setup->policy->link_n);
}

/* False: there is no memory for it. */
static bool
take(struct cs_run *run, struct cs_setup *setup)
{
	struct cs_judge *judge = NULL;
	if (run->record.chronicle) {
		struct cs_detect_sink sink = cs_chronicle_sink(run->record.chronicle);
		judge = cs_judge_new(setup->policy, &sink);
		if (!judge)
			return false;
		cs_record_retokens(&run->record, &setup->links);
	}
	struct cs_pipeline *pipeline = cs_run_new_pipeline(run, setup, judge);
	if (!pipeline || !renew_tables(run, setup)) {
		cs_pipeline_free(pipeline);
		cs_judge_free(judge);
		return false;
	}
	struct cs_care_clause care = cs_care_clause_of(&setup->policy->journal);
	swap(run, setup, pipeline, judge);
	cs_caretaker_tell(&run->record.caretaker, &care);
	return true;
}

void
cs_run_reload(struct cs_run *run)
{
	struct cs_setup *setup = cs_run_new_setup(run);
	if (setup && setup->policy->hash == run->setup->policy->hash) {
		fprintf(stderr, "countersign: policy %s has not changed\n", run->policy_path);
		cs_run_free_setup(setup);
		return;
	}
	if (setup && cs_run_check_taps(run, setup->policy, true) && check_journal(run, setup) &&
	    cs_setup_links_with(setup, run->setup->ring) && take(run, setup))
		return;
	fprintf(stderr, "countersign: policy %s is refused; the old one stays in force\n", run->policy_path);
	cs_run_free_setup(setup);
}
