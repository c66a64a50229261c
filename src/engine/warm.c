/*
 * Where to begin, and the thread. Invariant: while the state is COMING only the thread touches what it works on, else only
 * whoever owns it.
 */
#include "engine/warm.h"

#include "io/worker.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { STEP_RECORDS = 4096, HOLES_MAX = 64 };

/* Inputs of two sources may be told so much out of order. */
static const uint64_t order_ns = UINT64_C(1000000000);

struct cs_warmer {
	const char *folder;
	const struct cs_vault *vault;
	struct cs_worker *worker;
	atomic_uint state; /* enum cs_warmth */
	atomic_bool left;  /* it shall be given up */
	struct cs_policy const *policy;
	struct cs_reigns reigns;
	uint64_t since_ns;
	unsigned hole_n;
	struct cs_carry_from from;
	uint64_t first_seq; /* of the first input there */
	struct cs_rerun *rerun;
	char words[CS_RERUN_WORDS_BYTES];
};

/* ---- where to begin ---- */

/* The first input at or behind record SEQ, by its page's time; in VOLUME, if that is not 0. */
static enum cs_error
first_input(struct cs_warmer *warmer, uint64_t seq, uint32_t volume, struct cs_record *out)
{
	struct cs_reading_wish wish = {warmer->folder, NULL, false};
	struct cs_reading *reading;
	CS_TRY(cs_reading_open(&wish, &reading));
	enum cs_error error = volume ? cs_reading_enter(reading, volume) : cs_reading_seek(reading, seq);
	while (error == CS_OK && (error = cs_reading_next(reading, out)) == CS_OK)
		if (cs_record_is_input(out->kind) && out->kind != CS_RECORD_POLICY)
			break;
	cs_reading_close(reading);
	return error;
}

/* The newest volume that begins no later than the windows do, behind record FLOOR_SEQ; else FLOOR_SEQ itself. */
static enum cs_error
find_volume(struct cs_warmer *warmer, const struct cs_shelf *shelf, uint64_t floor_seq, uint64_t *seq)
{
	struct cs_record record;
	unsigned low = 0, high = shelf->n;
	*seq = floor_seq;
	while (low < high) {
		unsigned mid = low + (high - low) / 2;
		uint64_t first = 0;
		CS_TRY(cs_volume_first(warmer->folder, shelf->number[mid], &first));
		bool before = first <= floor_seq;
		if (!before && first_input(warmer, 0, shelf->number[mid], &record) == CS_OK &&
		    record.base_ns <= warmer->since_ns) {
			before = true;
			*seq = first;
		}
		if (before)
			low = mid + 1;
		else
			high = mid;
	}
	return CS_OK;
}

static const struct cs_reign *
reign_at(const struct cs_warmer *warmer)
{
	const struct cs_reigns *reigns = &warmer->reigns;
	unsigned i = 0;
	while (i + 1 < reigns->n && reigns->at[i].since_ns > warmer->since_ns)
		i++;
	return &reigns->at[i];
}

static enum cs_error
find_begin(struct cs_warmer *warmer)
{
	struct cs_shelf shelf;
	struct cs_record record;
	struct cs_carry_from *from = &warmer->from;
	from->reign = *reign_at(warmer);
	enum cs_error error = cs_shelf_list(warmer->folder, &shelf);
	if (error == CS_OK)
		error = find_volume(warmer, &shelf, from->reign.seq + 1, &from->seq);
	cs_shelf_fini(&shelf);
	CS_TRY(error);
	error = first_input(warmer, from->seq, 0, &record);
	from->ns = error == CS_OK ? record.base_ns + order_ns : 0;
	warmer->first_seq = error == CS_OK ? record.seq : 0;
	if (from->seq == from->reign.seq + 1 && !from->reign.since_ns)
		from->ns = 0;
	return error == CS_END ? CS_OK : error;
}

/* ---- on the way ---- */

static enum cs_error
open_at_from(struct cs_warmer *warmer)
{
	struct cs_rerun_wish wish = {
		.folder = warmer->folder,
		.vault = warmer->vault,
		.other = warmer->policy,
		.tail = warmer->from,
		.follow_only = true,
	};
	cs_rerun_close(warmer->rerun);
	warmer->rerun = NULL;
	return cs_rerun_open(&wish, &warmer->rerun);
}

/* What was let go of cannot be told: all begins again behind it. */
static enum cs_error
go_behind(struct cs_warmer *warmer, enum cs_error why)
{
	struct cs_record record;
	uint64_t seq = cs_rerun_gone(warmer->rerun);
	if (!seq || warmer->hole_n++ == HOLES_MAX)
		return why;
	warmer->from.seq = seq;
	CS_TRY(first_input(warmer, seq, 0, &record));
	warmer->from.ns = record.base_ns + order_ns;
	warmer->first_seq = record.seq;
	return open_at_from(warmer);
}

static enum cs_error
begin(struct cs_warmer *warmer)
{
	CS_TRY(find_begin(warmer));
	return open_at_from(warmer);
}

static enum cs_error
go_on(struct cs_warmer *warmer, uint64_t n)
{
	enum cs_error error = warmer->rerun ? cs_rerun_some(warmer->rerun, n) : begin(warmer);
	if (error == CS_END && !cs_rerun_counts_of(warmer->rerun)->record_n) {
		cs_rerun_close(warmer->rerun); /* the journal did not reach so far yet */
		warmer->rerun = NULL;
	}
	return error == CS_E_RANGE && warmer->rerun ? go_behind(warmer, error) : error;
}

static void
give_up(struct cs_warmer *warmer, enum cs_error error)
{
	struct cs_text text = cs_text_over(warmer->words, sizeof warmer->words);
	const char *words = warmer->rerun ? cs_rerun_words(warmer->rerun) : "";
	cs_text_put(&text, words[0] ? words : cs_error_text(error));
	atomic_store(&warmer->state, CS_WARMTH_FAILED);
}

static enum cs_work
step(void *context)
{
	struct cs_warmer *warmer = context;
	if (atomic_load(&warmer->state) != CS_WARMTH_COMING)
		return CS_WORK_DONE;
	if (atomic_load(&warmer->left)) {
		atomic_store(&warmer->state, CS_WARMTH_NONE);
		return CS_WORK_DONE;
	}
	enum cs_error error = go_on(warmer, STEP_RECORDS);
	if (error == CS_OK)
		return CS_WORK_MORE;
	if (error == CS_END)
		atomic_store(&warmer->state, CS_WARMTH_NEAR);
	else
		give_up(warmer, error);
	return CS_WORK_DONE;
}

/* ---- the owner's side ---- */

enum cs_error
cs_warmer_new(const char *folder, const struct cs_vault *vault, struct cs_warmer **out)
{
	struct cs_warmer *warmer = calloc(1, sizeof *warmer);
	if (!warmer)
		return CS_E_MEMORY;
	warmer->folder = folder;
	warmer->vault = vault;
	enum cs_error error = cs_worker_start(step, warmer, &warmer->worker);
	if (error == CS_OK)
		*out = warmer;
	else
		free(warmer);
	return error;
}

void
cs_warmer_leave(struct cs_warmer *warmer)
{
	atomic_store(&warmer->left, true);
	while (atomic_load(&warmer->state) == CS_WARMTH_COMING)
		cs_worker_yield(warmer->worker);
	atomic_store(&warmer->left, false);
	atomic_store(&warmer->state, CS_WARMTH_NONE);
	cs_rerun_close(warmer->rerun);
	warmer->rerun = NULL;
}

void
cs_warmer_free(struct cs_warmer *warmer)
{
	if (!warmer)
		return;
	cs_warmer_leave(warmer);
	cs_worker_stop(warmer->worker);
	free(warmer);
}

void
cs_warmer_ask(struct cs_warmer *warmer, const struct cs_warmer_wish *wish)
{
	cs_warmer_leave(warmer);
	warmer->policy = wish->policy;
	warmer->reigns = *wish->reigns;
	warmer->since_ns = wish->now_ns > wish->reach_ns ? wish->now_ns - wish->reach_ns : 0;
	warmer->hole_n = 0;
	warmer->words[0] = '\0';
	atomic_store(&warmer->state, CS_WARMTH_COMING);
	cs_worker_wake(warmer->worker);
}

enum cs_warmth
cs_warmer_state(const struct cs_warmer *warmer)
{
	return atomic_load(&warmer->state);
}

/* Who runs the journal again must find what was told here: retention may have taken it meanwhile. */
static enum cs_error
check_still_there(struct cs_warmer *warmer)
{
	struct cs_record record;
	if (!warmer->first_seq)
		return CS_OK;
	CS_TRY(first_input(warmer, warmer->from.seq, 0, &record));
	return record.seq == warmer->first_seq ? CS_OK : CS_E_RANGE;
}

enum cs_error
cs_warmer_end(struct cs_warmer *warmer, struct cs_judge **judge, struct cs_carry_from *from)
{
	enum cs_error error = CS_OK;
	CS_ASSERT(atomic_load(&warmer->state) == CS_WARMTH_NEAR);
	while (error == CS_OK)
		error = go_on(warmer, UINT64_MAX);
	if (error == CS_END && (!warmer->rerun || check_still_there(warmer) != CS_OK))
		error = CS_E_RANGE;
	if (error != CS_END) {
		give_up(warmer, error);
		return error;
	}
	*judge = cs_rerun_judge(warmer->rerun);
	*from = warmer->from;
	return CS_OK;
}

const char *
cs_warmer_words(const struct cs_warmer *warmer)
{
	return warmer->words;
}
