/*
 * SIGHUP: another policy takes the place of the one in force, as in run_reload.c. One that cannot work never does.
 *
 * What both say alike goes on (engine/carry.h). Where links, records, excuses or expectations differ, what is remembered of messages
 * does not: so no more of them are taken, those that wait are decided under the policy that they were told under, and then the
 * other is taken. No file is released, held or forgotten by the change.
 */
#include "app/gate.h"

#include "io/clock.h"

#include <stdio.h>
#include <stdlib.h>

struct cs_setup *
cs_gate_new_setup(const struct cs_gate *gate)
{
	struct cs_setup *setup = calloc(1, sizeof *setup);
	if (setup && cs_setup_policy(setup, gate->policy_path))
		return setup;
	cs_gate_free_setup(setup);
	return NULL;
}

void
cs_gate_free_setup(struct cs_setup *setup)
{
	if (setup)
		cs_setup_close(setup);
	free(setup);
}

void
cs_gate_leave_coming(struct cs_gate *gate)
{
	gate->drains = false;
	if (!gate->coming)
		return;
	cs_chronicle_leave_warming(gate->record.chronicle);
	cs_screens_stay(&gate->screens, gate->setup->policy);
	cs_gate_free_setup(gate->coming);
	gate->coming = NULL;
}

/* ---- the change ---- */

/* What is made before anything is given up. */
struct change {
	struct cs_judge *judge;
	struct cs_pipeline *pipeline; /* NULL: the one there is goes on */
	struct cs_tables *tables;
	struct cs_carry carry;
};

static bool
make(struct cs_gate *gate, struct change *change)
{
	struct cs_setup *setup = gate->coming;
	struct cs_detect_sink sink = cs_chronicle_sink(gate->record.chronicle);
	change->judge = cs_judge_new(setup->policy, &sink);
	if (change->judge && !change->carry.pairing)
		change->pipeline = cs_pipeline_new_over(&setup->links, change->judge, false);
	bool made = change->judge && (change->carry.pairing || change->pipeline);
	if (!made)
		fputs("countersign: out of memory: while a policy is taken there are two\n", stderr);
	if (made && cs_setup_tables(setup->policy, setup->ring, true, &change->tables))
		return true;
	cs_pipeline_free(change->pipeline);
	cs_judge_free(change->judge);
	return false;
}

/* The judge of before is flushed or finished, the new policy put down, and only then is anything told under it. */
static void
swap(struct cs_gate *gate, struct change *change)
{
	struct cs_setup *setup = gate->coming;
	struct cs_chronicle *chronicle = gate->record.chronicle;
	cs_intake_pause(gate->intake);
	if (change->pipeline)
		cs_pipeline_end(gate->pipeline);
	else
		cs_pipeline_flush(gate->pipeline);
	cs_record_retokens(&gate->record, &setup->links);
	gate->alerts->names.policy = setup->policy;
	cs_chronicle_policy(chronicle, &gate->alerts->names, setup->policy_text, change->judge, &change->carry);
	if (change->pipeline) {
		cs_pipeline_free(gate->pipeline);
		gate->pipeline = change->pipeline;
	} else {
		cs_pipeline_renew(gate->pipeline, &setup->links, change->judge, false);
	}
	cs_screens_swap(&gate->screens, gate->pipeline, cs_clock_wall_ns());
	cs_tables_free(gate->tables);
	gate->tables = change->tables;
	cs_gate_free_setup(gate->setup);
	gate->setup = setup;
	gate->coming = NULL;
	gate->drains = false;
	cs_tables_read(gate->tables, change->judge, cs_clock_wall_ns());
	cs_pipeline_idle(gate->pipeline, cs_clock_wall_ns()); /* it is watched: no row moves its time */
	cs_intake_renew(gate->intake, &setup->links);
}

static void
say_change(const struct cs_gate *gate, const struct change *change)
{
	static char at[65536];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_carry_words words = {gate->setup->policy, "countersign:   ", 0};
	cs_text_put(&text, "countersign: policy ");
	cs_text_put(&text, gate->policy_path);
	cs_text_put(&text, " is in force:\n");
	cs_carry_say(&text, &change->carry, &words);
	fputs(at, stderr);
}

void
cs_gate_poll_coming(struct cs_gate *gate)
{
	static struct change change;
	struct cs_chronicle *chronicle = gate->record.chronicle;
	if (!gate->coming || cs_chronicle_stalled(chronicle) || cs_chronicle_warmth(chronicle) == CS_WARMTH_COMING ||
	    (gate->drains && gate->file_n) || !cs_screens_is_ready(&gate->screens))
		return;
	change = (struct change){.judge = NULL};
	cs_carry_plan(gate->setup->policy, gate->coming->policy, &change.carry);
	if (!make(gate, &change)) {
		fprintf(stderr, "countersign: policy %s is refused; the old one stays in force\n", gate->policy_path);
		cs_gate_leave_coming(gate);
		return;
	}
	swap(gate, &change);
	cs_chronicle_leave_warming(chronicle);
	struct cs_care_clause care = cs_care_clause_of(&gate->setup->policy->journal);
	cs_caretaker_tell(&gate->record.caretaker, &care);
	if (cs_gate_flush(gate))
		say_change(gate, &change);
}

/* ---- asking for it ---- */

static void
await(struct cs_gate *gate, struct cs_setup *setup)
{
	static struct cs_carry carry;
	cs_carry_plan(gate->setup->policy, setup->policy, &carry);
	cs_chronicle_warm(gate->record.chronicle, &carry, setup->policy);
	gate->coming = setup;
	gate->drains = !carry.pairing;
	fprintf(stderr, "countersign: policy %s is good%s\n", gate->policy_path,
		gate->drains ? "; no message is taken until those that wait are decided under the old one" : "");
}

void
cs_gate_reload(struct cs_gate *gate)
{
	struct cs_setup *setup = cs_gate_new_setup(gate);
	cs_gate_leave_coming(gate); /* what was there before is no longer what is wanted, either */
	if (setup && setup->policy->hash == gate->setup->policy->hash) {
		fprintf(stderr, "countersign: policy %s has not changed\n", gate->policy_path);
		cs_gate_free_setup(setup);
		return;
	}
	struct cs_alert_names names = gate->alerts->names;
	if (setup)
		names.policy = setup->policy;
	if (setup && cs_record_may_follow(&gate->record, gate->setup, setup, &names) &&
	    cs_setup_links_with(setup, gate->setup->ring) && cs_gate_keeps_sources(gate, setup)) {
		if (cs_screens_turn(&gate->screens, setup->policy)) {
			await(gate, setup);
			return;
		}
		cs_screens_stay(&gate->screens, gate->setup->policy);
	}
	fprintf(stderr, "countersign: policy %s is refused; the old one stays in force\n", gate->policy_path);
	cs_gate_free_setup(setup);
}
