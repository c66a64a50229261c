/*
 * The other records that messages are held against: an intake of the engine, as `run` has one, that is looked at each turn.
 *
 * Leaves to engine/intake.h what becomes of a file, and that none of its rows is lost or told twice.
 */
#include "app/gate.h"

#include "app/command.h"
#include "io/file.h"

#include <inttypes.h>
#include <stdio.h>

enum { ROUNDS_MAX = 64 }; /* of rows in one turn, so that messages and persons have theirs */

static const uint64_t look_ns = 5000000; /* a turn is longer */

static void
say(void *context, const char *words)
{
	(void)context;
	fprintf(stderr, "countersign: %s\n", words);
}

int
cs_gate_open_orders(struct cs_gate *gate)
{
	struct cs_intake_wish wish = {
		.links = &gate->setup->links,
		.chronicle = gate->record.chronicle,
		.journal = {gate->record.folder, gate->record.vault},
		.say = say,
		.look_ns = look_ns,
	};
	gate->intake = cs_intake_new(&wish);
	if (!gate->intake)
		return CS_EXIT_INPUT;
	for (unsigned i = 0; i < gate->source_n; i++) {
		const struct cs_gate_source *source = &gate->source[i];
		struct cs_intake_folder folder = {source->path, source->link, (uint16_t)i};
		enum cs_error error = source->messages ? CS_OK : cs_intake_add(gate->intake, &folder);
		if (error == CS_OK)
			continue;
		fprintf(stderr,
			"countersign: folder %s: %s; it must be there, be writable, and be watched by no other "
			"process\n",
			source->path, cs_file_error_text(error));
		return CS_EXIT_INPUT;
	}
	return CS_EXIT_RAN;
}

void
cs_gate_take_orders(struct cs_gate *gate)
{
	bool more = true;
	cs_gate_copy_files(gate);
	for (unsigned i = 0; more && i < ROUNDS_MAX; i++)
		more = cs_intake_some(gate->intake, gate->pipeline, gate->now_ns);
	cs_pipeline_flush(gate->pipeline);
	gate->busy |= !cs_intake_is_quiet(gate->intake) && !cs_intake_is_stuck(gate->intake);
}

void
cs_gate_say_orders(const struct cs_gate *gate)
{
	struct cs_intake_counts all = {0, 0, 0, 0, 0};
	for (unsigned i = 0, k = 0; gate->intake && i < gate->source_n; i++) {
		if (gate->source[i].messages)
			continue;
		struct cs_intake_counts counts = cs_intake_counts_of(gate->intake, k++);
		all.file_n += counts.file_n;
		all.aside_n += counts.aside_n;
		all.row_n += counts.row_n;
		all.unread_n += counts.unread_n;
	}
	fprintf(stderr,
		"      %" PRIu64 " file%s of other records with %" PRIu64 " row%s, %" PRIu64 " set aside, %" PRIu64
		" row%s could not be read\n",
		all.file_n, cs_text_plural(all.file_n), all.row_n, cs_text_plural(all.row_n), all.aside_n, all.unread_n,
		cs_text_plural(all.unread_n));
}
