/*
 * What is picked up. A file is taken when two looks in a row found it the same, so one that is still being written is left
 * alone; names that begin with "." or end in ".tmp" or ".part" are the writer's.
 *
 * Invariant: a message file is in one folder at any time: it is moved to held/taken/ by one rename, under a name that no
 * other file ever has: ID SOURCE ~ NAME. Leaves reading to gate_rows.c.
 */
#include "app/gate.h"

#include "base/hash.h"
#include "io/clock.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { TAKE_MAX = 256, ID_DIGITS = CS_GATE_ID_BYTES - 1, SOURCE_DIGITS = 2 };

/* One look at a folder. */
struct look {
	struct cs_gate *gate;
	unsigned source;
	bool faulty; /* a fault was told */
	unsigned taken_n;
};

/* ---- what has come to rest ---- */

static bool
ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);
	return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* It was there before, and was the same. */
static bool
rests(struct cs_gate_source *source, const struct cs_folder_entry *entry)
{
	uint64_t key = cs_hash_mix(cs_hash_bytes(cs_span_text(entry->name), 0), entry->state);
	if (source->now_n < CS_GATE_SEEN_MAX)
		source->now[source->now_n++] = key;
	return bsearch(&key, source->seen, source->seen_n, sizeof key, by_value) != NULL;
}

static void
turn_page(struct cs_gate_source *source)
{
	uint64_t *now = source->now;
	qsort(now, source->now_n, sizeof *now, by_value);
	source->now = source->seen;
	source->seen = now;
	source->seen_n = source->now_n;
	source->now_n = 0;
}

static bool
is_candidate(const struct cs_folder_entry *entry)
{
	return entry->plain && !ends_in(entry->name, ".tmp") && !ends_in(entry->name, ".part");
}

static void
look_into(struct cs_gate *gate, unsigned nth, void (*each)(void *context, const struct cs_folder_entry *entry))
{
	struct cs_gate_source *source = &gate->source[nth];
	struct look look = {gate, nth, false, 0};
	source->busy = false;
	enum cs_error error = cs_folder_list(source->path, each, &look);
	turn_page(source);
	if ((error != CS_OK) != source->failed)
		fprintf(stderr, "countersign: %s %s\n", source->path,
			error == CS_OK ? "can be read again"
				       : cs_file_error_text(error)); /* nothing is decided from what is not seen */
	source->failed = error != CS_OK;
	gate->busy |= source->busy || look.taken_n;
}

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
	free(file->refused.at);
	free(file->found.at);
	free(file);
	gate->file_n--;
	for (unsigned k = i; k < gate->file_n; k++)
		gate->file[k] = gate->file[k + 1];
}

static void
take_message(void *context, const struct cs_folder_entry *entry)
{
	struct look *look = context;
	struct cs_gate *gate = look->gate;
	struct cs_gate_source *source = &gate->source[look->source];
	if (!is_candidate(entry))
		return;
	if (!rests(source, entry) || look->taken_n == TAKE_MAX) {
		source->busy = true;
		return;
	}
	struct cs_gate_file *file = add_file(gate);
	if (!file) {
		source->busy = true;
		return;
	}
	uint64_t now_ns = cs_clock_wall_ns();
	gate->last_id = now_ns > gate->last_id ? now_ns : gate->last_id + 1;
	file->taken_ns = gate->last_id;
	file->arrived_ns = cs_clock_steady_ns();
	file->source = look->source;
	name_file(file, entry->name);
	char from[CS_GATE_PATH_BYTES];
	struct cs_text text = cs_text_over(from, sizeof from);
	cs_text_put(&text, source->path);
	cs_text_put(&text, "/");
	cs_text_put(&text, entry->name);
	enum cs_error error = text.overflowed
				      ? CS_E_LIMIT
				      : cs_folder_move(from, cs_gate_place(gate->held, "taken", file->placed, ""));
	if (error == CS_OK) {
		look->taken_n++;
		gate->counts.taken_n++;
		return;
	}
	cs_gate_drop(gate, gate->file_n - 1);
	if (error != CS_E_OPEN) /* else somebody took it away */
		fprintf(stderr, "countersign: %s cannot be taken: %s\n", cs_gate_say(from), cs_file_error_text(error));
}

void
cs_gate_take_messages(struct cs_gate *gate)
{
	uint64_t before_n = gate->counts.taken_n;
	for (unsigned i = 0; i < gate->source_n; i++) {
		uint64_t n = gate->counts.taken_n;
		if (!gate->source[i].messages)
			continue;
		look_into(gate, i, take_message);
		if (gate->counts.taken_n != n && cs_disk_sync_folder(gate->source[i].path) != CS_OK)
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

static void
find_one(void *context, const struct cs_folder_entry *entry)
{
	struct look *look = context;
	struct cs_gate *gate = look->gate;
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
		look->faulty = true;
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
	struct look look = {gate, 0, false, 0};
	enum cs_error error = cs_folder_list(cs_gate_place(gate->held, "taken", "", ""), find_one, &look);
	if (error != CS_OK)
		fprintf(stderr, "countersign: %s/taken %s\n", gate->held, cs_file_error_text(error));
	return error == CS_OK && !look.faulty;
}

/* ---- other records ---- */

uint64_t
cs_gate_left_key(const char *record, const char *sha256)
{
	return cs_hash_bytes(cs_span_text(sha256), cs_hash_bytes(cs_span_text(record), 0));
}

/* How many rows of these contents the journal holds already, from a process before. */
static uint64_t
find_left(struct cs_gate *gate, uint64_t key)
{
	for (unsigned i = gate->left_n; i-- > 0;) {
		if (gate->left[i].key != key)
			continue;
		gate->left[i].key = 0; /* the same file again, later, is another */
		return gate->left[i].told_n;
	}
	return 0;
}

static bool
note_orders(struct cs_gate *gate, const struct cs_gate_source *source, const char *name, const char *sha256,
	    uint64_t known_n)
{
	struct cs_note note;
	cs_note_begin(&note, "gate-read", NULL);
	cs_json_put_text(&note.json, "record", gate->setup.policy->link[source->link].name);
	cs_json_put_u64(&note.json, "told", known_n); /* a third process counts on from there */
	cs_gate_put_name(&note.json, "file", name);
	cs_json_put_text(&note.json, "sha256", sha256);
	return cs_gate_note(gate, &note);
}

/* One that stays would be told again. */
static void
put_aside(struct cs_gate *gate, const struct cs_gate_source *source, const char *name, const char *sub)
{
	char with_number[CS_GATE_NAME_BYTES + 24];
	char from[CS_GATE_PATH_BYTES], to[CS_GATE_PATH_BYTES];
	cs_gate_path(from, source->path, NULL, name, "");
	enum cs_error error = CS_E_RANGE;
	for (unsigned i = 0; error == CS_E_RANGE && i < 100000; i++) {
		struct cs_text text = cs_text_over(with_number, sizeof with_number);
		cs_text_put(&text, name);
		cs_text_put(&text, i ? "." : "");
		if (i)
			cs_text_put_u64(&text, i);
		cs_gate_path(to, source->path, sub, with_number, "");
		error = cs_folder_move(from, to);
	}
	if (error == CS_OK || error == CS_E_OPEN)
		return;
	fprintf(stderr, "countersign: %s cannot be put aside: %s\n", cs_gate_say(from), cs_file_error_text(error));
	gate->failed = true;
}

/* What it orders is not known, so nothing is missing while it lies there. */
static void
say_long(struct cs_gate_source *source)
{
	if (!source->long_name)
		fprintf(stderr,
			"countersign: a file in %s has a name of %d bytes or more, and is not read; until it is taken "
			"away "
			"or renamed, no order counts as missing\n",
			source->path, CS_GATE_NAME_BYTES);
	source->long_name = true;
}

/* Told; it is put aside once that is durable. */
static void
take_orders(void *context, const struct cs_folder_entry *entry)
{
	struct look *look = context;
	struct cs_gate *gate = look->gate;
	struct cs_gate_source *source = &gate->source[look->source];
	struct cs_span bytes = {NULL, 0};
	char sha256[CS_GATE_SHA_BYTES];
	if (!is_candidate(entry))
		return;
	if (strlen(entry->name) >= CS_GATE_NAME_BYTES)
		say_long(source);
	if (strlen(entry->name) >= CS_GATE_NAME_BYTES || !rests(source, entry) || gate->failed) {
		source->busy = true;
		return;
	}
	const char *path = cs_gate_place(source->path, NULL, entry->name, "");
	enum cs_error error = cs_folder_read(path, CS_GATE_ORDERS_BYTES_MAX, &bytes, NULL);
	if (error != CS_OK) {
		fprintf(stderr, "countersign: %s %s\n", cs_gate_say(path), cs_file_error_text(error));
		source->busy = true; /* what it says is not known: nothing is missing yet */
		return;
	}
	cs_gate_sha(gate, bytes, sha256);
	const char *record = gate->setup.policy->link[source->link].name;
	uint64_t known_n = find_left(gate, cs_gate_left_key(record, sha256));
	bool told = note_orders(gate, source, entry->name, sha256, known_n) &&
		    cs_gate_tell_orders(gate, source, entry->name, bytes, known_n);
	explicit_bzero((void *)(uintptr_t)bytes.at, bytes.len);
	cs_file_free(bytes);
	look->taken_n++;
	gate->counts.order_files_n++;
	if (!cs_gate_flush(gate)) /* not put aside: the next process tells what is missing */
		return;
	put_aside(gate, source, entry->name, told ? "done" : "refused");
}

void
cs_gate_take_orders(struct cs_gate *gate)
{
	for (unsigned i = 0; i < gate->source_n; i++)
		if (!gate->source[i].messages)
			look_into(gate, i, take_orders);
}
