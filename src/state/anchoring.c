/*
 * A line of the anchor must be so even after a crash: it is written behind the checkpoint's own sync, and synced. Whatever
 * went wrong with one, the file is taken up again as by a new process: a torn end stays, and what stood last is written
 * again.
 */
#include "state/anchoring.h"

#include "base/json.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { LINE_BYTES = 1024 };

struct cs_anchoring {
	const char *path; /* the journal's wish's */
	int file;         /* -1: to be opened again */
	char line[LINE_BYTES];
	size_t line_len;
	atomic_bool failed;
};

/* A line that a crash tore stays as it is; the next one must not be put behind it. The last line is written again, since
 * the sync that failed last may have left it readable and nowhere on the disk. */
static enum cs_error
end_line(int file)
{
	char at[LINE_BYTES + 1];
	uint64_t size = 0;
	size_t got = 0;
	CS_TRY(cs_disk_size(file, &size));
	uint64_t from = size < LINE_BYTES ? 0 : size - LINE_BYTES;
	CS_TRY(cs_disk_read(file, at, (size_t)(size - from), from, &got));
	if (got && at[got - 1] != '\n')
		at[got++] = '\n';
	if (!got)
		return CS_OK;
	CS_TRY(cs_disk_write(file, at, got, from));
	return cs_disk_sync(file);
}

/* A file that can only be appended to, which is the best kind. What stands at its end may be torn, or look whole and have
 * missed the disk when a sync failed, and cannot be written again: so there is always a newline in between, and should a
 * line go with the power, the next checkpoint covers what that one said. */
static enum cs_error
open_append(struct cs_anchoring *anchoring)
{
	uint64_t size = 0;
	CS_TRY(cs_disk_open(anchoring->path, CS_DISK_APPEND, &anchoring->file));
	enum cs_error error = cs_disk_sync_name(anchoring->path);
	if (error != CS_OK && error != CS_E_PERMISSION) /* a folder that may not be read */
		return error;
	CS_TRY(cs_disk_size(anchoring->file, &size));
	if (size)
		CS_TRY(cs_disk_write(anchoring->file, "\n", 1, size));
	return cs_disk_sync(anchoring->file);
}

static enum cs_error
open_file(struct cs_anchoring *anchoring)
{
	enum cs_error error = cs_disk_open(anchoring->path, CS_DISK_WRITE, &anchoring->file);
	if (error == CS_E_PERMISSION)
		return open_append(anchoring);
	if (error == CS_E_OPEN)
		error = cs_disk_open(anchoring->path, CS_DISK_CREATE, &anchoring->file);
	/* Not only when it was just made: the process that made it may have died before this. */
	if (error == CS_OK)
		error = cs_disk_sync_name(anchoring->path);
	return error == CS_OK ? end_line(anchoring->file) : error;
}

static void
close_file(struct cs_anchoring *anchoring)
{
	cs_disk_close(anchoring->file);
	anchoring->file = -1;
}

enum cs_error
cs_anchoring_open(const char *path, struct cs_anchoring **out)
{
	struct cs_anchoring *anchoring = calloc(1, sizeof *anchoring);
	if (!anchoring)
		return CS_E_MEMORY;
	anchoring->path = path;
	anchoring->file = -1;
	enum cs_error error = open_file(anchoring);
	if (error != CS_OK) {
		cs_anchoring_close(anchoring);
		return error;
	}
	*out = anchoring;
	return CS_OK;
}

void
cs_anchoring_keep(struct cs_anchoring *anchoring, const struct cs_checkpoint *checkpoint)
{
	struct cs_text text = cs_text_over(anchoring->line, sizeof anchoring->line);
	struct cs_json json = cs_json_over(&text);
	cs_json_object(&json);
	cs_json_key(&json, "journal");
	cs_json_hex(&json, (struct cs_span){checkpoint->id, sizeof checkpoint->id});
	cs_json_put_u64(&json, "page", checkpoint->page);
	cs_json_put_u64(&json, "record", checkpoint->seq);
	cs_json_key(&json, "chain");
	cs_json_hex(&json, (struct cs_span){checkpoint->chain.at, CS_DIGEST_BYTES});
	cs_json_key(&json, "signature");
	cs_json_hex(&json, (struct cs_span){checkpoint->signature, CS_SIGNATURE_BYTES});
	cs_json_end_object(&json);
	cs_text_put_char(&text, '\n');
	anchoring->line_len = text.len;
}

static enum cs_error
add_line(struct cs_anchoring *anchoring)
{
	uint64_t size = 0;
	if (anchoring->file < 0)
		CS_TRY(open_file(anchoring));
	CS_TRY(cs_disk_size(anchoring->file, &size));
	CS_TRY(cs_disk_write(anchoring->file, anchoring->line, anchoring->line_len, size));
	return cs_disk_sync(anchoring->file);
}

void
cs_anchoring_tell(struct cs_anchoring *anchoring)
{
	if (!anchoring->line_len)
		return;
	bool failed = add_line(anchoring) != CS_OK;
	if (failed)
		close_file(anchoring);
	anchoring->line_len = 0;
	atomic_store(&anchoring->failed, failed);
}

bool
cs_anchoring_failed(const struct cs_anchoring *anchoring)
{
	return anchoring && atomic_load(&anchoring->failed);
}

void
cs_anchoring_close(struct cs_anchoring *anchoring)
{
	if (!anchoring)
		return;
	close_file(anchoring);
	free(anchoring);
}
