/*
 * What must be there before the first message is taken: policy, keys, folders, journal; and what a process before has left.
 */
#include "app/gate.h"

#include "app/command.h"
#include "io/clock.h"
#include "io/confine.h"
#include "io/disk.h"
#include "io/file.h"
#include "io/sandbox.h"
#include "io/signals.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- folders ---- */

static const struct own {
	const char *name;
	unsigned mode;
} own_folders[] = {
	{"taken", CS_FOLDER_MODE_OWN},    {"waiting", CS_FOLDER_MODE_OWN},  {"requests", CS_FOLDER_MODE_DROP},
	{"approved", CS_FOLDER_MODE_OWN}, {"answers", CS_FOLDER_MODE_OPEN}, {"rejected", CS_FOLDER_MODE_OWN},
	{"events", CS_FOLDER_MODE_OWN},
};

bool
cs_gate_complain_folder(const char *path, enum cs_error error)
{
	fprintf(stderr, "countersign: folder %s: %s\n", path, cs_file_error_text(error));
	return false;
}

/* A rename between two file systems is none. */
static bool
check_same(const struct cs_gate *gate, const char *path)
{
	bool same = false;
	if (strlen(path) >= CS_PATH_BYTES - 64) {
		fprintf(stderr, "countersign: this path is too long: %s\n", path);
		return false;
	}
	enum cs_error error = cs_folder_same(gate->held, path, &same);
	if (error != CS_OK)
		return cs_gate_complain_folder(path, error);
	if (!same)
		fprintf(stderr,
			"countersign: %s and %s must be on one file system, since files are moved between them\n",
			gate->held, path);
	return same;
}

static bool
make_folder(const char *path, unsigned mode)
{
	enum cs_error error = cs_folder_make(path, mode);
	return error == CS_OK || cs_gate_complain_folder(path, error);
}

static bool
open_folders(struct cs_gate *gate)
{
	if (!check_same(gate, gate->held) || !check_same(gate, gate->released))
		return false;
	for (unsigned i = 0; i < sizeof own_folders / sizeof own_folders[0]; i++)
		if (!make_folder(cs_gate_place(gate->held, own_folders[i].name, "", ""), own_folders[i].mode))
			return false;
	for (unsigned i = 0; i < gate->source_n; i++) {
		const struct cs_gate_source *source = &gate->source[i];
		if (source->messages && !check_same(gate, source->path))
			return false;
		if (source->file && !make_folder(source->path, CS_FOLDER_MODE_OWN))
			return false;
	}
	return cs_disk_sync_folder(gate->held) == CS_OK;
}

/* One gate at a time: two would take each other's files. */
static bool
lock_work(const struct cs_gate *gate)
{
	int file = -1;
	const char *path = cs_gate_place(gate->held, "taken", ".lock", "");
	enum cs_error error = cs_disk_open(path, CS_DISK_EITHER, &file);
	if (error == CS_OK)
		error = cs_disk_lock(file); /* as long as this process lives */
	if (error != CS_OK)
		fprintf(stderr, "countersign: %s: %s\n", path,
			error == CS_E_PERMISSION ? "another gate holds files here, or this one may not"
						 : cs_error_text(error));
	return error == CS_OK;
}

/* ---- journal ---- */

/* The journal asks while it waits for room on a full disk: signals are looked at nowhere else then. */
static bool
gives_up(void *context)
{
	struct cs_gate *gate = context;
	for (enum cs_signal signal; (signal = cs_signals_next(gate->signals)) != CS_SIGNAL_NONE;)
		if (signal == CS_SIGNAL_STOP)
			gate->stop = true;
		else
			gate->reload = true; /* when there is room again */
	return gate->stop;
}

/* From here on, and for every thread that the journal starts, files are written below the named folders only. */
static int
confine(const struct cs_gate *gate)
{
	const char *places[CS_GATE_SOURCES_MAX + 4];
	unsigned n = 0;
	bool confined = false;
	for (; n < gate->source_n; n++)
		places[n] = gate->source[n].path;
	places[n++] = gate->released;
	places[n++] = gate->held;
	places[n++] = gate->record.folder;
	places[n++] = gate->record.anchor[0] ? gate->record.anchor : NULL;
	enum cs_error error = cs_confine_writes(places, n, &confined);
	if (error != CS_OK)
		fprintf(stderr, "countersign: cannot be confined to its folders: %s\n", cs_error_text(error));
	else if (!confined)
		fputs("countersign: this kernel has no Landlock: system calls are filtered, but not in which folder "
		      "files are written\n",
		      stderr);
	return error == CS_OK ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

static int
open_record(struct cs_gate *gate)
{
	struct cs_record_wish wish = {
		.setup = gate->setup,
		.folder = gate->record_path,
		.key = gate->journal_key,
		.over_damage = gate->over_damage,
		.live = true,
		.quiet = gate->quiet,
		.alerts_path = gate->alerts_path,
		.alerts_file = gate->alerts_file,
		.alerts = gate->alerts,
		.next = {cs_gate_finding, gate},
		.since_ns = cs_clock_wall_ns(),
		.gives_up = gives_up,
		.gives_up_context = gate,
	};
	int status = cs_record_care(&wish, NULL, &gate->record);
	if (status == CS_EXIT_RAN)
		status = confine(gate);
	if (status == CS_EXIT_RAN)
		status = cs_record_open(&wish, &gate->record);
	return status;
}

static int
open_vault(struct cs_gate *gate)
{
	struct cs_record_wish wish = {.setup = gate->setup, .folder = gate->record_path, .key = gate->journal_key};
	if (gate->record_path || gate->setup->policy->journal.on)
		return cs_record_vault(&wish, &gate->record);
	fputs("countersign: a gate keeps a journal: name its folder with --record, or with a journal clause in the "
	      "policy\n",
	      stderr);
	return CS_EXIT_USAGE;
}

/* The chronicle hands findings on to whom the alerts name; ours is behind that. */
static int
open_alerts(struct cs_gate *gate)
{
	gate->alerts = calloc(1, sizeof *gate->alerts);
	if (!gate->alerts)
		return CS_EXIT_INPUT;
	gate->alerts->names = (struct cs_alert_names){gate->setup->policy, gate->name, gate->source_n};
	gate->alerts->descriptor = -1; /* they leave from the journal */
	if (strcmp(gate->alerts_path, "-") == 0)
		return CS_EXIT_RAN;
	enum cs_error error = cs_disk_open(gate->alerts_path, CS_DISK_EITHER, &gate->alerts_file);
	/* Its folder is out of reach once confined. */
	if (error == CS_OK && cs_disk_sync_name(gate->alerts_path) == CS_E_WRITE)
		error = CS_E_WRITE;
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: alerts file %s %s\n", gate->alerts_path, cs_file_error_text(error));
	return CS_EXIT_INPUT;
}

static bool
open_screens(struct cs_gate *gate)
{
	const struct cs_screens_wish wish = {
		.policy = gate->setup->policy,
		.journal = gate->record.folder,
		.chronicle = gate->record.chronicle,
		.live = true,
	};
	if (!cs_screens_open(&wish, &gate->screens))
		return false;
	cs_screens_begin(&gate->screens, gate->pipeline, cs_clock_wall_ns());
	cs_screens_say(&gate->screens);
	return true;
}

static int
open_pipeline(struct cs_gate *gate)
{
	struct cs_judge *judge = cs_chronicle_judge(gate->record.chronicle);
	cs_record_retokens(&gate->record, &gate->setup->links);
	gate->pipeline = cs_pipeline_new_over(&gate->setup->links, judge, false);
	if (!gate->pipeline) {
		fputs("countersign: out of memory; lower `keep` in the policy\n", stderr);
		return CS_EXIT_USAGE;
	}
	if (!cs_setup_tables(gate->setup->policy, gate->setup->ring, true, &gate->tables))
		return CS_EXIT_USAGE;
	if (!open_screens(gate))
		return CS_EXIT_INPUT;
	cs_tables_read(gate->tables, judge, cs_clock_wall_ns());
	cs_pipeline_idle(gate->pipeline, cs_clock_wall_ns()); /* it is watched: no row moves its time */
	return CS_EXIT_RAN;
}

/* ---- all of it ---- */

static int
open_watch(struct cs_gate *gate)
{
	const char *folder[CS_GATE_SOURCES_MAX + 1];
	for (unsigned i = 0; i < gate->source_n; i++)
		folder[i] = gate->source[i].path;
	char requests[CS_GATE_PATH_BYTES];
	cs_gate_path(requests, gate->held, "requests", "", "");
	folder[gate->source_n] = requests;
	gate->watch = cs_folder_watch(folder, gate->source_n + 1);
	return cs_signals_open(&gate->signals) == CS_OK ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

/* Behind everything that needs more: what reads strangers' bytes may do no more than keep its folders. */
static int
give_up_power(void)
{
	if (cs_sandbox_close(CS_SANDBOX_KEEP) == CS_OK)
		return CS_EXIT_RAN;
	fputs("countersign: this kernel has no seccomp, and without it nothing is run\n", stderr);
	return CS_EXIT_INPUT;
}

int
cs_gate_open(struct cs_gate *gate)
{
	cs_folder_mask();
	gate->hasher = cs_hasher_new();
	if (!gate->hasher || !(gate->setup = cs_gate_new_setup(gate)))
		return CS_EXIT_USAGE;
	if (!cs_gate_has_folders(gate)) /* before a key is made */
		return CS_EXIT_INPUT;
	int status = open_vault(gate);
	if (status == CS_EXIT_RAN && !cs_setup_links(gate->setup, &gate->keys))
		status = CS_EXIT_USAGE;
	if (status == CS_EXIT_RAN)
		status = cs_gate_open_sources(gate);
	if (status != CS_EXIT_RAN)
		return status;
	if (!open_folders(gate) || !lock_work(gate))
		return CS_EXIT_INPUT;
	status = open_alerts(gate);
	if (status == CS_EXIT_RAN)
		status = open_watch(gate);
	if (status == CS_EXIT_RAN)
		status = open_record(gate);
	if (status == CS_EXIT_RAN)
		status = open_pipeline(gate);
	if (status == CS_EXIT_RAN)
		status = cs_gate_open_orders(gate);
	if (status == CS_EXIT_RAN)
		status = give_up_power();
	if (status != CS_EXIT_RAN)
		return status;
	return cs_gate_flush(gate) && cs_gate_find_taken(gate) && cs_gate_recover(gate) ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

bool
cs_gate_flush(struct cs_gate *gate)
{
	enum cs_error error = cs_chronicle_flush(gate->record.chronicle);
	if (error != CS_OK) /* closing it tells why */
		gate->failed = true;
	else
		gate->written = false;
	return error == CS_OK;
}

int
cs_gate_close(struct cs_gate *gate)
{
	while (gate->file_n)
		cs_gate_drop(gate, gate->file_n - 1);
	cs_intake_free(gate->intake);
	cs_tables_free(gate->tables);
	cs_screens_close(&gate->screens);
	cs_pipeline_free(gate->pipeline); /* its judge is the journal's */
	int status = cs_record_close(&gate->record, gate->quiet);
	for (unsigned i = 0; i < gate->source_n; i++)
		cs_spool_close(gate->source[i].spool);
	cs_file_close(gate->signals);
	cs_file_close(gate->watch);
	if (gate->alerts_file)
		cs_disk_close(gate->alerts_file);
	free(gate->alerts);
	cs_hasher_free(gate->hasher);
	cs_gate_leave_coming(gate);
	cs_gate_free_setup(gate->setup);
	return status;
}
