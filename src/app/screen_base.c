/*
 * A whole base of customers held against the lists: rows in batches, batches to threads in turn, answers written in order.
 *
 * What is written does not depend on the threads: a batch is rows, and each row's line depends on that row alone. Beside the
 * output stands its state (FILE.state): so many rows are answered by so many bytes. After a kill the output is cut to that
 * and the rows are passed over, so that no customer is lost or stands there twice. Memory: a few batches for each thread.
 */
#include "app/command.h"
#include "app/progress.h"
#include "app/screen_call.h"
#include "app/screen_counts.h"
#include "app/screen_customers.h"
#include "base/glyph.h"
#include "base/since.h"
#include "io/clock.h"
#include "io/disk.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/terminal.h"
#include "io/worker.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	BATCH_ROWS = 256,
	BATCH_BYTES = 1 << 20,                 /* of texts */
	ROW_BYTES_MOST = 2 * CS_ROW_BYTES_MAX, /* what is no UTF-8 grows */
	OUT_BYTES_FIRST = 1 << 16,
	OUT_BYTES_MOST = 1 << 26,
	DEPTH = 4, /* batches for each thread */
	PATH_BYTES = 4096,
	STATE_BYTES = 512,
	HEAD_BYTES = 8192, /* of a list */
	STANDARD_ERROR = 2,
};

static const uint64_t second_ns = 1000000000;

enum batch_state { BATCH_FREE, BATCH_FULL, BATCH_DONE };

struct batch {
	atomic_int state;
	bool failed;
	unsigned n;
	size_t len;
	struct cs_screen_customer row[BATCH_ROWS];
	uint8_t text[BATCH_BYTES + 1];
	char *out;
	size_t out_cap, out_len;
	struct cs_screen_counts counts;
};

struct hand {
	struct cs_screen_looker looker;
	struct cs_worker *worker;
	struct batch *batch; /* DEPTH of them */
	unsigned next;
};

struct base {
	const struct cs_screen_call *call;
	struct cs_screen_lists lists, old;
	struct cs_screen_change change;
	struct cs_decisions *decisions;
	struct cs_screen_way way;
	struct cs_screen_customers *customers;
	struct hand *hand;
	unsigned hand_n;
	int out, report;
	bool out_made, report_made; /* by this run */
	uint64_t out_len, at_s;
	struct cs_screen_counts counts;
	struct cs_digest key; /* what the answers depend on */
	char state_path[PATH_BYTES], new_path[PATH_BYTES];
	uint64_t kept_ns, begun_ns;
};

static int
say(const char *where, const char *what)
{
	(void)fprintf(stderr, "countersign screen: %s: %s\n", where, what);
	return CS_EXIT_INPUT;
}

/* ---- one batch, by a thread ---- */

static void
put_row(struct cs_screen_looker *looker, const struct cs_screen_customer *row, struct cs_text *text)
{
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	cs_json_put_u64(&json, "line", row->line);
	if (row->why[0]) {
		cs_json_put_text(&json, "unread", row->why);
	} else {
		cs_json_put_utf8(&json, "id", row->party.id);
		cs_json_put_utf8(&json, "name", row->party.name);
		if (looker->nothing)
			cs_json_put_text(&json, "unread", cs_screen_look_nothing_words);
		else
			cs_screen_look_json(looker, &json);
	}
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}

/* Appends a row's line, with more room if it takes that. */
static bool
write_row(struct batch *batch, struct cs_screen_looker *looker, const struct cs_screen_customer *row)
{
	for (;;) {
		struct cs_text text = {batch->out, batch->out_cap, batch->out_len, false};
		if (batch->out)
			put_row(looker, row, &text);
		if (batch->out && !text.overflowed) {
			batch->out_len = text.len;
			return true;
		}
		size_t cap = batch->out ? batch->out_cap * 2 : OUT_BYTES_FIRST;
		char *wider = cap <= OUT_BYTES_MOST ? realloc(batch->out, cap) : NULL;
		if (!wider)
			return false;
		batch->out = wider;
		batch->out_cap = cap;
	}
}

static bool
answer_row(struct batch *batch, struct cs_screen_looker *looker, const struct cs_screen_customer *row)
{
	batch->counts.row_n++;
	batch->counts.wrong_n += row->wrong_n;
	if (row->wrong_n && !batch->counts.wrong_line)
		batch->counts.wrong_line = row->line;
	if (row->why[0]) {
		batch->counts.unread_n++;
		return write_row(batch, looker, row);
	}
	cs_screen_look(looker, &row->party);
	if (looker->nothing) {
		batch->counts.unread_n++;
		return write_row(batch, looker, row);
	}
	uint64_t open_n = looker->answer.hit_n + (uint64_t)looker->answer.over_n;
	batch->counts.hit_n += open_n > 0;
	batch->counts.open_n += open_n;
	batch->counts.decided_n += looker->decided_n;
	batch->counts.cut_n += looker->answer.cut;
	return (!open_n && !looker->decided_n && !looker->answer.cut) || write_row(batch, looker, row);
}

static enum cs_work
work(void *context)
{
	struct hand *hand = context;
	struct batch *batch = &hand->batch[hand->next];
	if (atomic_load_explicit(&batch->state, memory_order_acquire) != BATCH_FULL)
		return CS_WORK_DONE;
	batch->out_len = 0;
	batch->counts = (struct cs_screen_counts){0};
	batch->failed = false;
	for (unsigned i = 0; i < batch->n && !batch->failed; i++)
		batch->failed = !answer_row(batch, &hand->looker, &batch->row[i]);
	hand->next = (hand->next + 1) % DEPTH;
	atomic_store_explicit(&batch->state, BATCH_DONE, memory_order_release);
	return CS_WORK_MORE;
}

/* ---- what is kept beside the output ---- */

static void
put_state(const struct base *base, struct cs_text *text)
{
	char key[2 * CS_DIGEST_BYTES + 1];
	struct cs_text hex = cs_text_over(key, sizeof key);
	cs_text_put_hex(&hex, (struct cs_span){base->key.at, CS_DIGEST_BYTES});
	cs_text_put(text, "countersign screen 3 ");
	cs_text_put(text, key);
	cs_text_put_char(text, ' ');
	cs_text_put_u64(text, base->out_len);
	cs_text_put_char(text, ' ');
	cs_text_put_u64(text, base->at_s);
	cs_screen_counts_put(&base->counts, text);
	cs_text_put(text, " end\n");
}

/* Output first, then the state that speaks of it, as one step. */
static enum cs_error
keep_state(struct base *base)
{
	char room[STATE_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	int file = -1;
	put_state(base, &text);
	CS_TRY(cs_disk_sync(base->out));
	CS_TRY(cs_file_open_write(base->new_path, &file));
	enum cs_error error = cs_file_write_all(file, text.at, text.len);
	if (error == CS_OK)
		error = cs_disk_sync(file);
	cs_file_close(file);
	base->kept_ns = cs_clock_steady_ns();
	return error == CS_OK ? cs_disk_rename(base->new_path, base->state_path) : error;
}

/* Reads the state; false: it is none of this run's. */
static bool
take_state(struct base *base, struct cs_span file)
{
	char room[STATE_BYTES] = "", mine[STATE_BYTES];
	struct cs_text text = cs_text_over(mine, sizeof mine);
	size_t head = sizeof "countersign screen 3 " - 1 + (size_t)2 * CS_DIGEST_BYTES;
	put_state(base, &text);
	if (file.len >= sizeof room || file.len <= head || memcmp(file.at, mine, head) != 0)
		return false;
	memcpy(room, file.at, file.len);
	const char *at = room + head;
	return cs_screen_counts_number(&at, &base->out_len) && cs_screen_counts_number(&at, &base->at_s) &&
	       cs_screen_counts_take(&at, &base->counts) && strcmp(at, " end\n") == 0;
}

static void
add_list(struct cs_hasher *hasher, const struct cs_screen_lists *lists)
{
	for (unsigned i = 0; i < lists->n; i++) {
		cs_hasher_add(hasher, lists->list[i].name, sizeof lists->list[i].name);
		cs_hasher_add(hasher, lists->list[i].version.at, CS_DIGEST_BYTES);
	}
}

static bool
make_key(struct base *base)
{
	struct cs_hasher *hasher = cs_hasher_new();
	if (!hasher)
		return false;
	struct cs_digest mark = cs_screen_customers_mark(base->customers, hasher);
	struct cs_digest head = {0};
	if (base->decisions)
		head = cs_decisions_head(base->decisions);
	cs_hasher_begin(hasher);
	add_list(hasher, &base->lists);
	add_list(hasher, &base->old);
	cs_hasher_add(hasher, mark.at, CS_DIGEST_BYTES);
	cs_hasher_add(hasher, head.at, CS_DIGEST_BYTES);
	const uint16_t rest[] = {base->call->line, base->call->exhaustive, (uint16_t)base->call->dates};
	cs_hasher_add(hasher, rest, sizeof rest);
	if (base->call->columns)
		cs_hasher_add(hasher, base->call->columns, strlen(base->call->columns));
	base->key = cs_hasher_end(hasher);
	cs_hasher_free(hasher);
	return true;
}

/* ---- rows in, answers out ---- */

/* What is no UTF-8 is read as ISO 8859-1, of which each byte is a character, and takes two bytes at most. */
static struct cs_span
copy(struct batch *batch, struct cs_span span)
{
	struct cs_text text = cs_text_over((char *)batch->text + batch->len, BATCH_BYTES - batch->len + 1);
	(cs_glyph_is_utf8(span) ? cs_text_put_span : cs_text_put_latin1)(&text, span);
	span = (struct cs_span){batch->text + batch->len, text.len};
	batch->len += text.len;
	return span;
}

/* Fills a batch; CS_END when the file ended before it had a row. */
static enum cs_error
fill(struct base *base, struct batch *batch)
{
	struct cs_screen_customer row;
	batch->n = 0;
	batch->len = 0;
	while (batch->n < BATCH_ROWS && batch->len + ROW_BYTES_MOST <= BATCH_BYTES) {
		enum cs_error error = cs_screen_customers_next(base->customers, &row);
		if (error == CS_END)
			return batch->n ? CS_OK : CS_END;
		if (error != CS_OK) {
			(void)say(base->call->file, row.why[0] ? row.why : cs_file_error_text(error));
			return error;
		}
		row.party.id = copy(batch, row.party.id);
		row.party.name = copy(batch, row.party.name);
		batch->row[batch->n++] = row;
	}
	return CS_OK;
}

static enum cs_error
put_out(struct base *base, const void *at, size_t len)
{
	enum cs_error error = cs_file_write_all(base->out, at, len);
	base->out_len += len;
	return error;
}

static void
draw(const struct base *base)
{
	uint64_t done = 0, all = 0;
	cs_screen_customers_place(base->customers, &done, &all);
	if (!base->call->quiet && all && cs_terminal_is(STANDARD_ERROR))
		cs_progress_draw(done, all, cs_since_minus(cs_clock_steady_ns(), base->begun_ns));
}

/* Waits for a batch that a thread has, and writes what came of it. */
static enum cs_error
settle(struct base *base, struct hand *hand, struct batch *batch)
{
	if (atomic_load(&batch->state) == BATCH_FREE)
		return CS_OK;
	while (atomic_load_explicit(&batch->state, memory_order_acquire) != BATCH_DONE)
		cs_worker_yield(hand->worker);
	atomic_store(&batch->state, BATCH_FREE);
	if (batch->failed)
		return CS_E_MEMORY;
	CS_TRY(put_out(base, batch->out, batch->out_len));
	cs_screen_counts_add(&base->counts, &batch->counts);
	if (cs_clock_steady_ns() - base->kept_ns < second_ns)
		return CS_OK;
	draw(base);
	return keep_state(base);
}

/* Batches go round: the one to be filled next is the oldest that is out. */
static enum cs_error
go_round(struct base *base)
{
	unsigned places = base->hand_n * DEPTH;
	enum cs_error error = CS_OK;
	unsigned i = 0;
	for (; error == CS_OK; i = (i + 1) % places) {
		struct hand *hand = &base->hand[i % base->hand_n];
		struct batch *batch = &hand->batch[i / base->hand_n];
		error = settle(base, hand, batch);
		if (error == CS_OK)
			error = fill(base, batch);
		if (error != CS_OK)
			break;
		atomic_store_explicit(&batch->state, BATCH_FULL, memory_order_release);
		cs_worker_wake(hand->worker);
	}
	for (unsigned n = 0; n < places && error == CS_END; n++, i = (i + 1) % places)
		if (settle(base, &base->hand[i % base->hand_n],
			   &base->hand[i % base->hand_n].batch[i / base->hand_n]) != CS_OK)
			return CS_E_WRITE;
	return error == CS_END ? CS_OK : error;
}

/* Passes over the rows that are answered. */
static enum cs_error
pass_over(struct base *base)
{
	struct cs_screen_customer row;
	for (uint64_t i = 0; i < base->counts.row_n; i++)
		CS_TRY(cs_screen_customers_next(base->customers, &row));
	return CS_OK;
}

static void
put_change(const struct base *base, struct cs_json *json)
{
	cs_json_key(json, "delta");
	cs_json_object(json);
	cs_json_put_u64(json, "new", base->change.new_n);
	cs_json_put_u64(json, "changed", base->change.changed_n);
	cs_json_put_u64(json, "gone", base->change.gone_n);
	cs_json_end_object(json);
}

static enum cs_error
put_head(struct base *base)
{
	static char room[(CS_ROLL_LISTS_MAX + 1) * HEAD_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	struct cs_json json = cs_json_over(&text);
	cs_json_object(&json);
	cs_json_put_when(&json, "screened", base->at_s * second_ns);
	cs_json_put_u64(&json, "score_line", base->way.line ? base->way.line : CS_SCORE_LINE);
	cs_screen_lists_json(&base->lists, base->at_s, &json);
	if (base->call->old_n)
		put_change(base, &json);
	cs_json_end_object(&json);
	cs_text_put_char(&text, '\n');
	return text.overflowed ? CS_E_LIMIT : put_out(base, text.at, text.len);
}

static enum cs_error
put_foot(struct base *base)
{
	static char room[(CS_ROLL_LISTS_MAX + 1) * HEAD_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	struct cs_json json = cs_json_over(&text);
	cs_json_object(&json);
	cs_json_key(&json, "summary");
	cs_json_object(&json);
	cs_screen_counts_json(&base->counts, &json);
	cs_screen_look_wrong_json(&base->way, &json);
	cs_json_end_object(&json);
	cs_json_end_object(&json);
	cs_text_put_char(&text, '\n');
	CS_TRY(put_out(base, text.at, text.len));
	return cs_disk_sync(base->out);
}

/* ---- beginning and end ---- */

static bool
name_files(struct base *base)
{
	struct cs_text state = cs_text_over(base->state_path, PATH_BYTES);
	struct cs_text fresh = cs_text_over(base->new_path, PATH_BYTES);
	cs_text_put(&state, base->call->out);
	cs_text_put(&state, ".state");
	cs_text_put(&fresh, base->call->out);
	cs_text_put(&fresh, ".state.new");
	return !state.overflowed && !fresh.overflowed;
}

static int
open_again(struct base *base, struct cs_span state)
{
	uint64_t size = 0;
	if (!base->call->resume)
		return say(base->state_path,
			   "a run that was killed stands here; --resume goes on, or remove this file");
	if (!take_state(base, state))
		return say(base->state_path, "that run had other lists, customers, decisions or options");
	enum cs_error error = cs_disk_open(base->call->out, CS_DISK_WRITE, &base->out);
	if (error == CS_OK)
		error = cs_disk_size(base->out, &size);
	if (error == CS_OK && size < base->out_len)
		return say(base->call->out, "it is shorter than its state says");
	if (error == CS_OK)
		error = cs_disk_cut(base->out, base->out_len);
	cs_disk_close(base->out);
	if (error == CS_OK)
		error = cs_file_open_append(base->call->out, &base->out);
	if (error == CS_OK)
		error = pass_over(base);
	return error == CS_OK ? CS_EXIT_RAN : say(base->call->out, cs_error_text(error));
}

static int
open_out(struct base *base)
{
	struct cs_span state;
	enum cs_error error = cs_file_read(base->state_path, STATE_BYTES, &state);
	if (error == CS_OK) {
		int status = open_again(base, state);
		cs_file_free(state);
		return status;
	}
	if (error != CS_E_OPEN)
		return say(base->state_path, cs_file_error_text(error));
	error = cs_file_open_write(base->call->out, &base->out);
	base->out_made = error == CS_OK;
	if (error == CS_OK)
		error = put_head(base);
	if (error == CS_OK)
		error = keep_state(base);
	return error == CS_OK ? CS_EXIT_RAN : say(base->call->out, cs_file_error_text(error));
}

/* The report is opened before the work is done, and emptied after it. */
static int
open_report(struct base *base)
{
	struct cs_folder_entry entry;
	const char *path = base->call->report;
	if (!path)
		return CS_EXIT_RAN;
	bool there = cs_folder_look(path, &entry);
	enum cs_error error = cs_file_open_append(path, &base->report);
	base->report_made = error == CS_OK && !there;
	return error == CS_OK ? CS_EXIT_RAN : say(path, cs_file_error_text(error));
}

/* Of a run that failed nothing is left that says nothing: no empty report; and while no row is answered, no output that could be gone on with. */
static void
undo(const struct base *base)
{
	if (base->report_made)
		(void)!cs_disk_remove(base->call->report);
	if (!base->out_made || base->counts.row_n)
		return;
	(void)!cs_disk_remove(base->state_path);
	if (cs_file_size(base->out))
		(void)!cs_disk_remove(base->call->out);
}

static bool
start_hands(struct base *base)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = base->call->thread_n ? base->call->thread_n : cores > 0 ? (unsigned)cores : 1;
	n = n > CS_SCREEN_THREADS_MAX ? CS_SCREEN_THREADS_MAX : n;
	base->hand = calloc(n, sizeof *base->hand);
	for (unsigned i = 0; base->hand && i < n; i++) {
		struct hand *hand = &base->hand[i];
		base->hand_n++;
		hand->batch = calloc(DEPTH, sizeof *hand->batch);
		if (!cs_screen_looker_init(&hand->looker, &base->way) || !hand->batch ||
		    cs_worker_start(work, hand, &hand->worker) != CS_OK)
			return false;
	}
	return base->hand != NULL;
}

static void
stop_hands(struct base *base)
{
	for (unsigned i = 0; i < base->hand_n; i++) {
		struct hand *hand = &base->hand[i];
		cs_worker_stop(hand->worker);
		cs_screen_looker_fini(&hand->looker);
		for (unsigned j = 0; hand->batch && j < DEPTH; j++)
			free(hand->batch[j].out);
		free(hand->batch);
	}
	free(base->hand);
}

static int
open_all(struct base *base)
{
	const struct cs_screen_call *call = base->call;
	const struct cs_screen_told told = cs_screen_call_lists(call), old = {call->old, call->old_n, NULL, 0};
	int status = cs_screen_clash(call);
	if (status == CS_EXIT_RAN)
		status = cs_screen_lists_open(&told, &base->lists);
	if (status == CS_EXIT_RAN && call->old_n)
		status = cs_screen_lists_open(&old, &base->old);
	if (status == CS_EXIT_RAN && call->old_n)
		status = cs_screen_lists_change(&told, &base->lists, &base->old, &base->change);
	if (status == CS_EXIT_RAN)
		status = cs_screen_decisions_open(call->decisions, &base->decisions);
	if (status == CS_EXIT_RAN)
		status = cs_screen_customers_open(call, &base->customers);
	if (status == CS_EXIT_RAN && (!name_files(base) || !make_key(base)))
		status = say(call->out, "out of memory, or too long a path");
	if (status == CS_EXIT_RAN)
		status = open_report(base);
	if (status == CS_EXIT_RAN)
		status = cs_screen_clash(call);
	return status == CS_EXIT_RAN ? open_out(base) : status;
}

static int
screen_all(struct base *base)
{
	base->way = (struct cs_screen_way){.lists = &base->lists,
					   .roll = base->call->old_n ? base->change.roll : base->lists.roll,
					   .decisions = base->decisions,
					   .now_s = base->at_s,
					   .line = base->call->line,
					   .exhaustive = base->call->exhaustive};
	base->begun_ns = cs_clock_steady_ns();
	enum cs_error error = start_hands(base) ? go_round(base) : CS_E_MEMORY;
	stop_hands(base);
	if (error == CS_OK)
		error = put_foot(base);
	if (error != CS_OK)
		return error == CS_E_SYNTAX ? CS_EXIT_USAGE : say(base->call->out, cs_error_text(error));
	error = cs_disk_remove(base->state_path);
	return error == CS_OK ? CS_EXIT_RAN : say(base->state_path, cs_error_text(error));
}

int
cs_screen_base(const struct cs_screen_call *call)
{
	static struct base base;
	base.call = call;
	base.out = base.report = -1;
	base.at_s = call->at_s;
	int status = open_all(&base);
	if (status == CS_EXIT_RAN)
		status = screen_all(&base);
	if (status != CS_EXIT_RAN)
		undo(&base);
	cs_file_close(base.out);
	if (status == CS_EXIT_RAN && call->report)
		status = cs_screen_report(call->out, call->report, base.report);
	cs_file_close(base.report);
	if (status == CS_EXIT_RAN && !call->quiet)
		cs_screen_counts_tell(&base.counts);
	if (status == CS_EXIT_RAN)
		status = cs_screen_look_exit(&base.way, !base.counts.unread_n && !base.counts.cut_n);
	cs_screen_customers_close(base.customers);
	cs_decisions_free(base.decisions);
	cs_roll_free(base.change.roll);
	cs_screen_lists_close(&base.old);
	cs_screen_lists_close(&base.lists);
	return status;
}
