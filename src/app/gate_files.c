/*
 * --events NAME=FILE: a file of other records that stays where it is. Its contents are copied into a folder of the gate's own in
 * held/events/, which the intake reads like any other: at the start, unless they were read before, and whenever it has changed.
 *
 * Invariant: until what it holds now is in that folder, its record is not settled by the clock.
 */
#include "app/gate.h"

#include "io/file.h"

#include <stdio.h>

enum { NAME_KEPT = 120, DIGITS = 16 };

/* Another name for other contents: no copy takes the place of one that was not read yet. */
static enum cs_error
copy(struct cs_gate *gate, const struct cs_gate_source *source, struct cs_span bytes)
{
	char sha256[CS_GATE_SHA_BYTES], name[NAME_KEPT + DIGITS + 2], to[CS_GATE_PATH_BYTES];
	struct cs_digest digest = cs_digest_of(gate->hasher, bytes);
	if (cs_intake_knows(gate->intake, source->link, &digest))
		return CS_OK;
	const char *slash = strrchr(source->file, '/');
	const char *last = slash ? slash + 1 : source->file;
	struct cs_text text = cs_text_over(name, sizeof name);
	cs_gate_sha(gate, bytes, sha256);
	cs_text_put_span(&text, (struct cs_span){(const uint8_t *)sha256, DIGITS});
	cs_text_put(&text, "~");
	cs_text_put_span(&text, (struct cs_span){(const uint8_t *)last, strnlen(last, NAME_KEPT)});
	cs_gate_path(to, source->path, NULL, name, ".csv"); /* whatever it ends in: it is whole */
	CS_TRY(cs_folder_write(to, bytes, CS_FOLDER_MODE_FILE));
	return cs_disk_sync_folder(source->path);
}

static enum cs_error
take(struct cs_gate *gate, const struct cs_gate_source *source)
{
	struct cs_span bytes = {NULL, 0};
	CS_TRY(cs_folder_read(source->file, CS_GATE_ORDERS_BYTES_MAX, &bytes, NULL));
	enum cs_error error = copy(gate, source, bytes);
	if (bytes.at)
		explicit_bzero((void *)(uintptr_t)bytes.at, bytes.len);
	cs_file_free(bytes);
	return error;
}

/* A file that two looks found the same is taken; an error is said once. True: it is in its folder as it is now. */
static bool
look_at(struct cs_gate *gate, struct cs_gate_source *source)
{
	struct cs_folder_entry entry = {NULL, false, 0};
	bool there = cs_folder_look(source->file, &entry) && entry.plain, same = entry.state == source->file_state;
	enum cs_error error = there ? CS_OK : CS_E_OPEN;
	source->file_state = entry.state;
	if (there && entry.state == source->copied_state)
		return true;
	if (there && same)
		error = take(gate, source);
	if (error != CS_OK && !source->failed)
		fprintf(stderr, "countersign: %s: %s; until it can be read, nothing is missing in its record\n",
			source->file, there ? cs_file_error_text(error) : "it is not there, or no plain file");
	source->failed = error != CS_OK;
	gate->busy |= error == CS_OK;
	if (!there || !same || error != CS_OK)
		return false;
	source->copied_state = entry.state;
	return true;
}

void
cs_gate_copy_files(struct cs_gate *gate)
{
	for (unsigned i = 0, k = 0; i < gate->source_n; i++) {
		struct cs_gate_source *source = &gate->source[i];
		if (source->messages)
			continue;
		if (source->file)
			cs_intake_late(gate->intake, k, !look_at(gate, source));
		k++;
	}
}
