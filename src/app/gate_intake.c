/*
 * Files of messages, picked up once they have come to rest (io/spool.h).
 *
 * Invariant: a message file is in one folder at any time: it is moved to held/taken/ by one rename, under a name that no
 * other file ever has: ID SOURCE ~ NAME. Leaves reading to gate_rows.c.
 */
#include "app/gate.h"

#include "io/clock.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { TAKE_MAX = 256, ID_DIGITS = CS_GATE_ID_BYTES - 1, SOURCE_DIGITS = 2 };

/* ---- files of messages ---- */

static void
put_hex(struct cs_text *text, uint64_t value, unsigned digits)
{
	while (digits--)
		cs_text_put_char(text, "0123456789abcdef"[value >> 4 * digits & 15]);
}

/* The name in held/taken/: its own end is cut off when it is too long, and nothing in it moves a terminal. */
static void
name_file(struct cs_gate_file *file, const char *name)
{
	struct cs_text id = cs_text_over(file->id, sizeof file->id);
	struct cs_text work = cs_text_over(file->placed, sizeof file->placed);
	size_t len = strnlen(name, CS_GATE_NAME_BYTES - 1);
	put_hex(&id, file->taken_ns, ID_DIGITS);
	for (size_t i = 0; i < len; i++)
		file->name[i] = (uint8_t)name[i] < ' ' || name[i] == 0x7f ? '_' : name[i];
	file->name[len] = '\0';
	cs_text_put(&work, file->id);
	put_hex(&work, file->source, SOURCE_DIGITS);
	cs_text_put(&work, "~");
	cs_text_put(&work, file->name);
	CS_ASSERT(!work.overflowed);
}

static struct cs_gate_file *
add_file(struct cs_gate *gate)
{
	struct cs_gate_file *file = gate->file_n < CS_GATE_FILES_MAX ? calloc(1, sizeof *file) : NULL;
	if (file)
		gate->file[gate->file_n++] = file;
	return file;
}

void
cs_gate_drop(struct cs_gate *gate, unsigned i)
{
	struct cs_gate_file *file = gate->file[i];
	free(file->row);
	cs_gate_told_free(&file->refused);
	cs_gate_told_free(&file->found);
	free(file);
	gate->file_n--;
	for (unsigned k = i; k < gate->file_n; k++)
		gate->file[k] = gate->file[k + 1];
}

/* It is moved under a name of the gate's own; one that cannot be is said, and stays. */
static bool
take_message(struct cs_gate *gate, unsigned nth, const char *name)
{
	char from[CS_GATE_PATH_BYTES];
	struct cs_gate_source *source = &gate->source[nth];
	struct cs_gate_file *file = add_file(gate);
	if (!file) {
		source->busy = true;
		return false;
	}
	uint64_t now_ns = cs_clock_wall_ns();
	gate->last_id = now_ns > gate->last_id ? now_ns : gate->last_id + 1;
	file->taken_ns = gate->last_id;
	file->arrived_ns = cs_clock_steady_ns();
	file->source = nth;
	name_file(file, name);
	cs_gate_path(from, source->path, NULL, name, "");
	enum cs_error error = cs_folder_move(from, cs_gate_place(gate->held, "taken", file->placed, ""));
	if (error == CS_OK)
		return true;
	cs_gate_drop(gate, gate->file_n - 1);
	if (error != CS_E_OPEN) /* else somebody took it away */
		fprintf(stderr, "countersign: %s cannot be taken: %s\n", cs_gate_say(from), cs_file_error_text(error));
	return false;
}

static void
say_strange(struct cs_gate_source *source, unsigned n)
{
	if (n && !source->strange)
		fprintf(stderr,
			"countersign: %s: links, pipes or devices are left where they are, and are no messages; put "
			"files there\n",
			source->path);
	source->strange = n != 0;
}

/* What has come to rest in folder NTH; what has not, or is more than one turn takes, keeps the gate busy. */
static unsigned
look_into(struct cs_gate *gate, unsigned nth)
{
	struct cs_spool_counts counts = {0, 0, 0, 0};
	struct cs_gate_source *source = &gate->source[nth];
	const struct cs_spool_file *file = NULL;
	unsigned taken_n = 0;
	enum cs_error error = cs_spool_look(source->spool, &counts);
	if ((error != CS_OK) != source->failed)
		fprintf(stderr, "countersign: %s %s\n", source->path,
			error == CS_OK ? "can be read again"
				       : cs_file_error_text(error)); /* nothing is decided from what is not seen */
	source->failed = error != CS_OK;
	source->busy = counts.restless || counts.beyond || counts.ready > TAKE_MAX;
	if (error == CS_OK)
		say_strange(source, counts.strange);
	for (unsigned i = 0; i < TAKE_MAX && (file = cs_spool_file(source->spool, i)) != NULL; i++)
		taken_n += take_message(gate, nth, file->name);
	gate->busy |= source->busy || taken_n;
	return taken_n;
}

void
cs_gate_take_messages(struct cs_gate *gate)
{
	uint64_t before_n = gate->counts.taken_n;
	for (unsigned i = 0; i < gate->source_n; i++) {
		unsigned n = gate->source[i].messages ? look_into(gate, i) : 0;
		gate->counts.taken_n += n;
		if (n && cs_disk_sync_folder(gate->source[i].path) != CS_OK)
			gate->failed = true;
	}
	if (gate->counts.taken_n != before_n &&
	    cs_disk_sync_folder(cs_gate_place(gate->held, "taken", "", "")) != CS_OK)
		gate->failed = true;
}

/* ---- what was left in held/taken/ ---- */

static bool
read_hex(const char *at, unsigned digits, uint64_t *out)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < digits; i++) {
		const char *digit = at[i] ? strchr("0123456789abcdef", at[i]) : NULL;
		if (!digit)
			return false;
		value = value << 4 | (uint64_t)(digit - "0123456789abcdef");
	}
	*out = value;
	return true;
}

bool
cs_gate_id_read(const char *id, uint64_t *taken_ns)
{
	return read_hex(id, ID_DIGITS, taken_ns);
}

struct finding {
	struct cs_gate *gate;
	bool faulty;
};

static void
find_one(void *context, const struct cs_folder_entry *entry)
{
	struct finding *finding = context;
	struct cs_gate *gate = finding->gate;
	uint64_t taken_ns = 0, source = 0;
	const char *name = entry->name;
	bool ours = strlen(name) > ID_DIGITS + SOURCE_DIGITS && strlen(name) < CS_GATE_TAKEN_BYTES &&
		    read_hex(name, ID_DIGITS, &taken_ns) && read_hex(name + ID_DIGITS, SOURCE_DIGITS, &source) &&
		    name[ID_DIGITS + SOURCE_DIGITS] == '~';
	struct cs_gate_file *file = ours ? add_file(gate) : NULL;
	if (!file || source >= gate->source_n || !gate->source[source].messages) {
		fprintf(stderr, "countersign: %s/taken/%s: %s\n", gate->held, cs_gate_say(name),
			!ours   ? "no gate put this there"
			: !file ? "there are more files than a gate has at once; move some of them aside"
				: "it is of a folder that is not given with --in, or not in this order");
		finding->faulty = true;
		return;
	}
	file->taken_ns = taken_ns;
	file->source = (unsigned)source;
	name_file(file, name + ID_DIGITS + SOURCE_DIGITS + 1);
	if (taken_ns > gate->last_id)
		gate->last_id = taken_ns;
}

bool
cs_gate_find_taken(struct cs_gate *gate)
{
	struct finding finding = {gate, false};
	enum cs_error error = cs_folder_list(cs_gate_place(gate->held, "taken", "", ""), find_one, &finding);
	if (error != CS_OK)
		fprintf(stderr, "countersign: %s/taken %s\n", gate->held, cs_file_error_text(error));
	return error == CS_OK && !finding.faulty;
}
