/*
 * A reader of the journal on a worker of its own, so that a slow sink holds up nobody. Positions are noted when a batch was
 * written and synced; whatever came behind the last noted position is compared with the file after a restart.
 *
 * Invariant: the position on the disk never points behind a line that is not durable in the sink.
 */
#include "engine/outbox.h"

#include "base/hash.h"
#include "base/text.h"
#include "engine/damage.h"
#include "engine/recorder.h"
#include "io/clock.h"
#include "io/file.h"
#include "state/reading.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { POSITION_BYTES = 40, POSITION_VERSION = 1, BATCH_RECORDS = 4096, NOTE_BYTES = CS_VOLUME_PATH_BYTES + 512 };

static const uint64_t note_every_ns = 100000000;
static const uint64_t note_idle_every_ns = 60000000000; /* retention waits for a sink to say how far it is */
static const uint32_t position_magic = 0x4f505343;      /* "CSPO" */

struct position {
	uint64_t next_seq; /* the first record not looked at */
	uint64_t offset;   /* where the next line belongs in the file */
	uint64_t alert_n;  /* delivered to this sink so far */
};

struct cs_outbox {
	struct cs_outbox_wish wish;
	struct cs_worker *worker;
	struct cs_reading *reading;
	int file;      /* -1: standard output */
	uint64_t size; /* of the file, as far as it is known */
	struct position here;
	struct position noted;
	uint64_t noted_ns;
	char position_path[CS_VOLUME_PATH_BYTES];
	bool moved;        /* the file is shorter than what was delivered to it */
	uint64_t over_seq; /* damage before it may be gone over */
	bool over_said;    /* that some was */
	bool has_record;   /* one was read that was not durable yet */
	struct cs_record record;
	atomic_ullong delivered;
	atomic_bool stalled;
	_Atomic(enum cs_error) error;
	char words[NOTE_BYTES];
};

static bool
is_standard(const struct cs_outbox *outbox)
{
	return strcmp(outbox->wish.path, "-") == 0;
}

/* ---- the position ---- */

static enum cs_error
name_position(struct cs_outbox *outbox)
{
	char name[CS_DISK_NAME_BYTES];
	struct cs_text text = cs_text_over(name, sizeof name);
	if (is_standard(outbox)) {
		cs_text_put(&text, "standard-output");
	} else {
		uint64_t hash = __builtin_bswap64(cs_hash_bytes(cs_span_text(outbox->wish.path), 0));
		cs_text_put(&text, "file-");
		cs_text_put_hex(&text, (struct cs_span){(const uint8_t *)&hash, sizeof hash});
	}
	return cs_volume_beside(outbox->wish.folder, "sinks", name, outbox->position_path);
}

static void
put_position(uint8_t at[POSITION_BYTES], const struct position *position)
{
	uint8_t *end = cs_pack_u32(cs_pack_u32(at, position_magic), POSITION_VERSION);
	end = cs_pack_u64(cs_pack_u64(end, position->next_seq), position->offset);
	end = cs_pack_u64(end, position->alert_n);
	(void)cs_pack_u64(end, cs_hash_bytes((struct cs_span){at, POSITION_BYTES - 8}, 0));
}

static bool
get_position(struct cs_span bytes, struct position *out)
{
	struct cs_cursor c = cs_cursor_over(bytes);
	bool ours = cs_unpack_u32(&c) == position_magic && cs_unpack_u32(&c) == POSITION_VERSION;
	out->next_seq = cs_unpack_u64(&c);
	out->offset = cs_unpack_u64(&c);
	out->alert_n = cs_unpack_u64(&c);
	uint64_t check = cs_unpack_u64(&c);
	return ours && bytes.len == POSITION_BYTES &&
	       check == cs_hash_bytes((struct cs_span){bytes.at, POSITION_BYTES - 8}, 0);
}

/* CS_E_OPEN: this sink is new. */
static enum cs_error
read_position(const char *path, struct position *out)
{
	uint8_t at[POSITION_BYTES + 1];
	size_t got = 0;
	int file = -1;
	CS_TRY(cs_disk_open(path, CS_DISK_READ, &file));
	enum cs_error error = cs_disk_read(file, at, sizeof at, 0, &got);
	cs_disk_close(file);
	CS_TRY(error);
	return get_position((struct cs_span){at, got}, out) ? CS_OK : CS_E_FORMAT;
}

struct sinks {
	const char *folder;
	struct cs_sink *sink;
	unsigned n;
	bool more;
};

static void
add_sink(void *context, const char *name)
{
	struct sinks *sinks = context;
	char path[CS_VOLUME_PATH_BYTES];
	struct position position = {0};
	if (strcmp(name, "draft") == 0)
		return;
	sinks->more = sinks->n == CS_SINKS_MAX;
	if (sinks->more)
		return;
	struct cs_sink *sink = &sinks->sink[sinks->n++];
	*sink = (struct cs_sink){0};
	memcpy(sink->name, name, strlen(name) + 1);
	sink->sound = cs_volume_beside(sinks->folder, "sinks", name, path) == CS_OK &&
		      read_position(path, &position) == CS_OK;
	sink->next_seq = sink->sound ? position.next_seq : 0;
	sink->alert_n = sink->sound ? position.alert_n : 0;
}

enum cs_error
cs_outbox_sinks(const char *folder, struct cs_sink out[CS_SINKS_MAX], unsigned *n)
{
	char path[CS_VOLUME_PATH_BYTES];
	struct sinks sinks = {folder, out, 0, false};
	CS_TRY(cs_volume_beside(folder, "sinks", NULL, path));
	enum cs_error error = cs_disk_list(path, add_sink, &sinks);
	if (error != CS_OK && error != CS_E_OPEN)
		return error;
	*n = sinks.n;
	return sinks.more ? CS_E_LIMIT : CS_OK;
}

static enum cs_error
write_position(struct cs_outbox *outbox)
{
	char draft[CS_VOLUME_PATH_BYTES], sinks[CS_VOLUME_PATH_BYTES];
	uint8_t at[POSITION_BYTES];
	int file = -1;
	CS_TRY(cs_volume_beside(outbox->wish.folder, "sinks", "draft", draft));
	CS_TRY(cs_volume_beside(outbox->wish.folder, "sinks", NULL, sinks));
	enum cs_error error = cs_disk_remove(draft);
	if (error != CS_OK && error != CS_E_OPEN)
		return error;
	put_position(at, &outbox->here);
	CS_TRY(cs_disk_open(draft, CS_DISK_CREATE, &file));
	error = cs_disk_write(file, at, sizeof at, 0);
	if (error == CS_OK)
		error = cs_disk_sync(file);
	cs_disk_close(file);
	CS_TRY(error);
	CS_TRY(cs_disk_rename(draft, outbox->position_path));
	return cs_disk_sync_folder(sinks);
}

/* Makes the sink durable, then the position. */
static enum cs_error
note(struct cs_outbox *outbox)
{
	if (outbox->here.next_seq == outbox->noted.next_seq)
		return CS_OK;
	if (outbox->file >= 0)
		CS_TRY(cs_disk_sync(outbox->file));
	CS_TRY(write_position(outbox));
	outbox->noted = outbox->here;
	outbox->noted_ns = cs_clock_steady_ns();
	return CS_OK;
}

/* ---- delivery ---- */

static enum cs_error
refuse(struct cs_outbox *outbox, uint64_t offset)
{
	struct cs_text text = cs_text_over(outbox->words, sizeof outbox->words);
	cs_text_put(&text, "alerts file ");
	cs_text_put(&text, outbox->wish.path);
	cs_text_put(&text, ": at byte ");
	cs_text_put_u64(&text, offset);
	cs_text_put(&text,
		    " it does not hold the alert that was delivered there; somebody changed it. Move it away, and the "
		    "alerts from there on are written anew");
	return CS_E_FORMAT;
}

/* Whether the file may take LINE where it belongs: it ends there, or holds it, whole or in part. A zero is in no line: the
 * power went before what was written there reached the disk. */
static enum cs_error
check_place(struct cs_outbox *outbox, struct cs_span line)
{
	uint8_t at[4096];
	size_t done = 0;
	while (done < line.len && outbox->here.offset + done < outbox->size) {
		size_t got = 0, want = line.len - done < sizeof at ? line.len - done : sizeof at;
		CS_TRY(cs_disk_read(outbox->file, at, want, outbox->here.offset + done, &got));
		if (!got)
			break;
		for (size_t i = 0; i < got; i++)
			if (at[i] && at[i] != line.at[done + i])
				return refuse(outbox, outbox->here.offset);
		done += got;
	}
	return CS_OK;
}

static enum cs_error
deliver(struct cs_outbox *outbox, struct cs_span line)
{
	if (outbox->file < 0) {
		CS_TRY(cs_file_write_all(1, line.at, line.len));
	} else {
		/* Written also where it can be read already: a sync that failed may have left it there and nowhere on the
		 * disk. */
		CS_TRY(check_place(outbox, line));
		CS_TRY(cs_disk_write(outbox->file, line.at, line.len, outbox->here.offset));
		if (outbox->size < outbox->here.offset + line.len)
			outbox->size = outbox->here.offset + line.len;
	}
	outbox->here.offset += line.len;
	outbox->here.alert_n++;
	atomic_fetch_add(&outbox->delivered, 1);
	return CS_OK;
}

static void
put_damage(struct cs_outbox *outbox, struct cs_text *text)
{
	cs_text_put(text, "alerts ");
	cs_text_put(text, outbox->wish.path);
	cs_text_put(text, ": journal ");
	cs_text_put(text, outbox->wish.folder);
	cs_text_put(text, ", ");
	cs_damage_put(text, cs_reading_fault_of(outbox->reading));
}

/* Nobody said that this damage is to be gone over. */
static enum cs_error
refuse_damage(struct cs_outbox *outbox, enum cs_error error)
{
	struct cs_text text = cs_text_over(outbox->words, sizeof outbox->words);
	put_damage(outbox, &text);
	cs_text_put(&text, ", and alerts from record ");
	cs_text_put_u64(&text, outbox->here.next_seq);
	cs_text_put(&text, " on wait behind that. Look at it with `countersign verify`, and start again with "
			   "--over-damage to have those delivered that can be read");
	return error;
}

static void
say_over(struct cs_outbox *outbox)
{
	char at[NOTE_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	put_damage(outbox, &text);
	cs_text_put(&text, "; it was gone on with behind that, and so are the alerts: from record ");
	cs_text_put_u64(&text, outbox->here.next_seq);
	cs_text_put(&text, " on those are delivered that can be read");
	if (!outbox->over_said && outbox->wish.say)
		outbox->wish.say(outbox->wish.say_context, at);
	outbox->over_said = true;
}

/* Whether the end of what is there is the page that is being written now; a page of an older volume is not. */
static bool
is_under_way(const struct cs_outbox *outbox)
{
	return cs_reading_fault_of(outbox->reading)->volume >= cs_journal_state_of(outbox->wish.journal).volume;
}

/* Goes behind damage, if the journal was gone on with behind it: by this process, or by one before. */
static enum cs_error
go_over(struct cs_outbox *outbox, enum cs_error error)
{
	uint64_t from_seq = outbox->here.next_seq;
	if (from_seq >= outbox->over_seq) {
		struct cs_damage_behind behind;
		CS_TRY(cs_damage_look(outbox->wish.folder, from_seq, &behind));
		outbox->over_seq = behind.resume_seq;
	}
	if (from_seq >= outbox->over_seq)
		return refuse_damage(outbox, error);
	/* A skip must not end in the page under way: the one that begins this process's volume has to be there first. */
	if (cs_journal_state_of(outbox->wish.journal).durable_seq <= outbox->over_seq)
		return CS_END;
	say_over(outbox);
	return cs_reading_skip(outbox->reading);
}

/* The next record; CS_END: there is none now. */
static enum cs_error
read_record(struct cs_outbox *outbox)
{
	for (;;) {
		enum cs_error error = cs_reading_next(outbox->reading, &outbox->record);
		if (error == CS_E_TRUNCATED && is_under_way(outbox))
			return CS_END;
		/* Its volume may have been ended, whole, between the two looks. */
		if (error == CS_E_TRUNCATED)
			error = cs_reading_next(outbox->reading, &outbox->record);
		if (!cs_damage_is(error))
			return error;
		CS_TRY(go_over(outbox, error));
	}
}

/* At the end of what there is, records that no alert is among were passed, too. */
static void
pass_quiet(struct cs_outbox *outbox)
{
	uint64_t first = cs_reading_place(outbox->reading).first;
	if (outbox->here.next_seq < first)
		outbox->here.next_seq = first;
}

/* The next durable record; CS_END: there is none now. */
static enum cs_error
next_record(struct cs_outbox *outbox)
{
	struct cs_journal_state state = cs_journal_state_of(outbox->wish.journal);
	uint64_t safe = state.safe_seq;
	if (!outbox->has_record) {
		cs_reading_expect(outbox->reading, safe);
		cs_reading_quiet(outbox->reading, state.alert_seq, safe);
		enum cs_error error = read_record(outbox);
		if (error == CS_END)
			pass_quiet(outbox);
		CS_TRY(error);
		outbox->has_record = true;
	}
	return outbox->record.seq < safe ? CS_OK : CS_END;
}

static enum cs_error
deliver_some(struct cs_outbox *outbox, bool *more)
{
	*more = false;
	for (unsigned i = 0; i < BATCH_RECORDS; i++) {
		enum cs_error error = next_record(outbox);
		if (error == CS_END)
			return CS_OK;
		CS_TRY(error);
		if (outbox->record.kind == CS_RECORD_ALERT && !outbox->record.hidden)
			CS_TRY(deliver(outbox, outbox->record.sealed));
		outbox->has_record = false;
		outbox->here.next_seq = outbox->record.seq + 1;
	}
	*more = true;
	return CS_OK;
}

static bool
note_is_due(const struct cs_outbox *outbox)
{
	/* Records without alerts are looked at again quickly enough: what was delivered is worth a note at once. */
	bool told = outbox->here.alert_n != outbox->noted.alert_n;
	return cs_clock_steady_ns() - outbox->noted_ns >= (told ? note_every_ns : note_idle_every_ns);
}

static enum cs_work
work(void *context)
{
	struct cs_outbox *outbox = context;
	bool more = false;
	if (atomic_load(&outbox->error) != CS_OK)
		return CS_WORK_DONE;
	enum cs_error error = deliver_some(outbox, &more);
	if (error == CS_OK && note_is_due(outbox))
		error = note(outbox);
	atomic_store(&outbox->stalled, error == CS_E_LIMIT);
	if (error == CS_E_LIMIT)
		return CS_WORK_LATER;
	if (error != CS_OK) {
		if (!outbox->words[0]) {
			struct cs_text text = cs_text_over(outbox->words, sizeof outbox->words);
			cs_text_put(&text, "alerts ");
			cs_text_put(&text, outbox->wish.path);
			cs_text_put(&text, ": ");
			cs_text_put(&text, cs_error_text(error));
		}
		atomic_store(&outbox->error, error);
	}
	return more ? CS_WORK_MORE : CS_WORK_DONE;
}

/* ---- opening and closing ---- */

static enum cs_error
open_by_path(struct cs_outbox *outbox)
{
	enum cs_error error = cs_disk_open(outbox->wish.path, CS_DISK_WRITE, &outbox->file);
	if (error == CS_E_OPEN)
		error = cs_disk_open(outbox->wish.path, CS_DISK_CREATE, &outbox->file);
	return error;
}

static enum cs_error
open_file(struct cs_outbox *outbox, bool known)
{
	if (is_standard(outbox))
		return CS_OK;
	if (outbox->wish.file)
		outbox->file = outbox->wish.file;
	else
		CS_TRY(open_by_path(outbox));
	/* Not only when it was just made: the process that made it may have died before this. A position that outlives
	 * the file would have its alerts taken for delivered. */
	enum cs_error error = cs_disk_sync_name(outbox->wish.path);
	if (error != CS_OK && error != CS_E_PERMISSION) /* a folder that may be written and not read */
		return error;
	CS_TRY(cs_disk_size(outbox->file, &outbox->size));
	/* A file that was moved away begins anew: what was delivered to the old one is not written again. */
	if (!known || outbox->size < outbox->here.offset)
		outbox->here.offset = outbox->size;
	return CS_OK;
}

static enum cs_error
start(struct cs_outbox *outbox)
{
	CS_TRY(name_position(outbox));
	enum cs_error error = read_position(outbox->position_path, &outbox->here);
	bool known = error == CS_OK;
	if (!known)
		outbox->here = (struct position){.next_seq = outbox->wish.from_seq};
	if (error != CS_OK && error != CS_E_OPEN)
		return error;
	uint64_t offset = outbox->here.offset;
	CS_TRY(open_file(outbox, known));
	outbox->noted = outbox->here;
	outbox->moved = known && outbox->here.offset != offset;
	/* A new sink, or a new file, gets its place noted before its first line, so that a crash in between is seen. */
	if (!known || outbox->moved)
		CS_TRY(write_position(outbox));
	struct cs_reading_wish reading = {outbox->wish.folder, outbox->wish.vault, false};
	CS_TRY(cs_reading_open(&reading, &outbox->reading));
	outbox->over_seq = outbox->wish.over_seq;
	CS_TRY(cs_damage_seek(outbox->reading, outbox->here.next_seq));
	return cs_worker_start(work, outbox, &outbox->worker);
}

static void
free_outbox(struct cs_outbox *outbox)
{
	if (!outbox->wish.file)
		cs_disk_close(outbox->file);
	cs_reading_close(outbox->reading);
	free(outbox);
}

enum cs_error
cs_outbox_open(const struct cs_outbox_wish *wish, struct cs_outbox **out)
{
	struct cs_outbox *outbox = calloc(1, sizeof *outbox);
	if (!outbox)
		return CS_E_MEMORY;
	outbox->wish = *wish;
	outbox->file = -1;
	enum cs_error error = start(outbox);
	if (error != CS_OK) {
		free_outbox(outbox);
		return error;
	}
	*out = outbox;
	return CS_OK;
}

void
cs_outbox_wake(struct cs_outbox *outbox)
{
	cs_worker_wake(outbox->worker);
}

enum cs_error
cs_outbox_close(struct cs_outbox *outbox)
{
	if (!outbox)
		return CS_OK;
	cs_worker_stop(outbox->worker);
	enum cs_error error = cs_outbox_error(outbox);
	bool more = true;
	while (error == CS_OK && more) {
		error = deliver_some(outbox, &more);
		if (error != CS_OK && outbox->words[0] && outbox->wish.say)
			outbox->wish.say(outbox->wish.say_context, outbox->words); /* nobody asks for them any more */
	}
	if (error == CS_OK)
		error = note(outbox);
	free_outbox(outbox);
	return error;
}

enum cs_error
cs_outbox_error(const struct cs_outbox *outbox)
{
	return atomic_load(&outbox->error);
}

const char *
cs_outbox_words(const struct cs_outbox *outbox)
{
	return outbox->words;
}

bool
cs_outbox_stalled(const struct cs_outbox *outbox)
{
	return atomic_load(&outbox->stalled);
}

bool
cs_outbox_moved(const struct cs_outbox *outbox)
{
	return outbox->moved;
}

uint64_t
cs_outbox_delivered(const struct cs_outbox *outbox)
{
	return atomic_load(&outbox->delivered);
}
