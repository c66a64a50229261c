/*
 * Retention, done: survey, decide, put on record, do, look again.
 *
 * Everything that goes was put on record before; a process that ends in between leaves a record of something that was not
 * done yet, never the other way round. What it left half done is finished first.
 */
#include "engine/outbox.h"
#include "engine/rerun.h"
#include "engine/retention.h"
#include "io/clock.h"
#include "state/beginning.h"
#include "state/reading.h"
#include "state/snapshot.h"
#include "state/thinning.h"

#include <stdlib.h>

struct work {
	const struct cs_retention_wish *wish;
	struct cs_pen *pen;
	struct cs_survey survey;
	struct cs_surveyed *volume; /* what is left of the survey's */
	bool *left;
	struct cs_keep_state state;
	struct cs_retention_sum sum;
};

/* ---- what is needed ---- */

/* The oldest snapshot that a restart could use: all records behind it stay. Without one, all do. */
static enum cs_error
ask_snapshots(struct work *work)
{
	struct cs_snapshots list;
	struct cs_text why = cs_text_over(work->sum.needed_by, sizeof work->sum.needed_by);
	uint64_t oldest = 0, policy = UINT64_MAX;
	CS_TRY(cs_snapshot_list(work->wish->folder, &list));
	for (unsigned i = 0; i < list.n; i++) {
		struct cs_snapshot about;
		const char *folder = work->wish->folder;
		if (cs_snapshot_check(folder, work->wish->vault, list.next_seq[i]) != CS_OK ||
		    cs_snapshot_about(folder, work->wish->vault, list.next_seq[i], &about) != CS_OK)
			continue;
		oldest = oldest ? oldest : about.next_seq;
		/* The sources stand before the policy. */
		policy = about.sources_seq < policy ? about.sources_seq : policy;
	}
	work->state.needed_seq = oldest;
	work->state.policy_seq = policy == UINT64_MAX ? 0 : policy;
	cs_text_put(&why,
		    oldest ? "a restart from the oldest snapshot" : "a restart, since there is no sound snapshot");
	return CS_OK;
}

static enum cs_error
ask_sinks(struct work *work)
{
	struct cs_sink sink[CS_SINKS_MAX];
	unsigned n = 0;
	CS_TRY(cs_outbox_sinks(work->wish->folder, sink, &n));
	for (unsigned i = 0; i < n; i++) {
		uint64_t seq = sink[i].sound ? sink[i].next_seq : 0;
		if (seq >= work->state.needed_seq)
			continue;
		struct cs_text why = cs_text_over(work->sum.needed_by, sizeof work->sum.needed_by);
		work->state.needed_seq = seq;
		cs_text_put(&why, "the sink ");
		cs_text_put(&why, sink[i].name);
		cs_text_put(&why, ", which is no further (if it is no more, remove its file in sinks/)");
	}
	return CS_OK;
}

static enum cs_error
look(struct work *work)
{
	struct cs_keep_state *state = &work->state;
	uint64_t wall_ns = cs_clock_wall_ns();
	CS_TRY(cs_survey_make(work->wish->folder, &work->survey));
	work->volume = work->survey.volume;
	work->left = calloc(work->survey.n, sizeof *work->left);
	if (!work->left)
		return CS_E_MEMORY;
	*state = (struct cs_keep_state){
		.now_ns = work->survey.last_ns < wall_ns ? work->survey.last_ns : wall_ns,
		.bytes = work->survey.bytes,
		.n = work->survey.n,
		.volume = work->volume,
		.left = work->left,
	};
	CS_TRY(ask_snapshots(work));
	if (work->wish->dry_run && work->wish->alone) {
		state->all_closed = true;
		state->needed_seq = work->survey.volume[work->survey.n - 1].next_seq;
	}
	return ask_sinks(work);
}

/* ---- removing ---- */

static enum cs_error
remove_forms(const char *folder, uint32_t number)
{
	enum cs_error error = cs_volume_key_destroy(folder, number);
	if (error != CS_OK && error != CS_E_OPEN)
		return error;
	for (int form = CS_VOLUME_PLAIN; form <= CS_VOLUME_THIN; form++) {
		char path[CS_VOLUME_PATH_BYTES];
		CS_TRY(cs_volume_path(folder, number, (enum cs_volume_form)form, path));
		error = cs_disk_remove(path);
		if (error != CS_OK && error != CS_E_OPEN)
			return error;
	}
	return cs_disk_sync_folder(folder);
}

static enum cs_error
read_id(const char *folder, uint32_t number, uint8_t id[CS_JOURNAL_ID_BYTES])
{
	struct cs_reading_wish wish = {folder, NULL, false};
	struct cs_reading *reading;
	struct cs_record record;
	struct cs_journal_head head;
	CS_TRY(cs_reading_open(&wish, &reading));
	enum cs_error error = cs_reading_enter(reading, number);
	if (error == CS_OK)
		error = cs_reading_next(reading, &record);
	if (error == CS_OK && (record.kind != CS_RECORD_HEAD || !cs_journal_head_read(record.open, &head)))
		error = CS_E_FORMAT;
	if (error == CS_OK)
		memcpy(id, head.id, sizeof head.id);
	cs_reading_close(reading);
	return error;
}

static enum cs_error
remove_first(struct work *work)
{
	const struct cs_surveyed *gone = &work->volume[0], *next = &work->volume[1];
	struct cs_beginning beginning = {
		.volume = next->number,
		.page = next->first_page,
		.seq = next->first_seq,
		.previous = next->previous,
		.wall_ns = cs_clock_wall_ns(),
	};
	if (!next->readable)
		return CS_E_FORMAT;
	CS_TRY(read_id(work->wish->folder, next->number, beginning.id));
	struct cs_text reason = cs_text_over(beginning.reason, sizeof beginning.reason);
	cs_text_put(&reason, work->wish->reason);
	CS_TRY(cs_beginning_write(work->wish->folder, work->wish->vault, &beginning));
	CS_TRY(remove_forms(work->wish->folder, gone->number));
	work->sum.removed_n++;
	work->sum.let_go_n += gone->next_seq - gone->first_seq - gone->gone_n;
	return CS_OK;
}

/* What a process that ended in the midst of it left. */
static enum cs_error
finish_leftovers(const char *folder, const struct cs_vault *vault)
{
	struct cs_shelf shelf;
	struct cs_beginning beginning = {0};
	uint8_t key[CS_PUBLIC_KEY_BYTES];
	cs_vault_public(vault, key);
	enum cs_error error = cs_beginning_read(folder, key, &beginning);
	if (error != CS_OK && error != CS_E_OPEN)
		return error;
	error = cs_shelf_list(folder, &shelf);
	for (uint32_t i = 0; error == CS_OK && i < shelf.n; i++) {
		error = shelf.number[i] < beginning.volume ? remove_forms(folder, shelf.number[i])
							   : cs_thinning_finish(folder, shelf.number[i]);
		error = error == CS_E_FORMAT ? CS_OK : error; /* a damaged one is left, and told by the survey */
	}
	cs_shelf_fini(&shelf);
	return error;
}

/* ---- steps ---- */

static void
put_kinds(struct cs_json *json, unsigned classes)
{
	static const char *const names[CS_KEEP_CLASSES] = {"raw", "events", "alerts"};
	cs_json_key(json, "let_go");
	cs_json_array(json);
	for (unsigned i = 0; i < CS_KEEP_CLASSES; i++)
		if (classes >> i & 1)
			cs_json_text(json, names[i]);
	cs_json_end_array(json);
}

static enum cs_error
put_on_record(struct work *work, const struct cs_keep_step *step)
{
	const struct cs_surveyed *volume = &work->volume[step->nth];
	struct cs_note note;
	cs_note_begin(&note, step->what == CS_KEEP_REMOVE ? "remove" : "thin", work->wish->by);
	cs_json_put_text(&note.json, "reason", work->wish->reason);
	cs_json_put_text(&note.json, "because_of", step->by_size ? "size" : "age");
	cs_json_put_u64(&note.json, "volume", volume->number);
	cs_json_put_u64(&note.json, "first_record", volume->first_seq);
	cs_json_put_u64(&note.json, "last_record", volume->next_seq - 1);
	if (step->what == CS_KEEP_THIN)
		put_kinds(&note.json, step->fresh);
	return cs_note_end(&note) ? cs_pen_put(work->pen, &note) : CS_E_LIMIT;
}

/* The row of a volume after a step on it: where it ends and how late it is has not changed. */
static enum cs_error
look_again(struct work *work, uint32_t nth)
{
	struct cs_surveyed *row = &work->volume[nth], now;
	CS_TRY(cs_survey_one(work->wish->folder, row->number, &now));
	now.next_seq = row->next_seq;
	now.to_ns = row->to_ns;
	now.from_ns = row->from_ns;
	work->state.bytes = work->state.bytes - row->bytes + now.bytes;
	*row = now;
	return CS_OK;
}

/* Every page of a volume must be older than all that goes from it may be. */
static uint64_t
oldest_allowed(const struct work *work, const struct cs_keep_step *step)
{
	const struct cs_keep *keep = &work->wish->keep;
	uint64_t age_ns = step->fresh & CS_KEEP_RAW ? keep->raw_ns : 0;
	if (step->by_size)
		return UINT64_MAX;
	if (step->fresh & (CS_KEEP_EVENTS | CS_KEEP_ALERTS) && keep->events_ns > age_ns)
		age_ns = keep->events_ns;
	if (step->fresh & CS_KEEP_ALERTS && keep->alerts_ns > age_ns)
		age_ns = keep->alerts_ns;
	return work->state.now_ns - age_ns;
}

static enum cs_error
thin(struct work *work, const struct cs_keep_step *step)
{
	struct cs_surveyed *volume = &work->volume[step->nth];
	struct cs_thinning thinning = {0};
	struct cs_thinning_wish wish = {
		.folder = work->wish->folder,
		.vault = work->wish->vault,
		.number = volume->number,
		.kinds = cs_retention_kinds(step->classes),
		.before_ns = oldest_allowed(work, step),
		.wall_ns = cs_clock_wall_ns(),
	};
	enum cs_error error = cs_thinning_look(&wish, &thinning);
	if (error == CS_AGAIN) { /* a page in its midst is later than those behind it */
		volume->to_ns = thinning.latest_ns;
		return CS_OK;
	}
	CS_TRY(error);
	CS_TRY(put_on_record(work, step));
	CS_TRY(cs_thinning_run(&wish, &thinning));
	work->sum.thinned_n++;
	work->sum.let_go_n += thinning.gone_n;
	return look_again(work, step->nth);
}

static void
drop_first(struct work *work)
{
	work->state.bytes -= work->volume[0].bytes;
	work->volume++;
	work->left++;
	work->state.volume = work->volume;
	work->state.left = work->left;
	work->state.n--;
}

static enum cs_error
take_step(struct work *work, const struct cs_keep_step *step)
{
	if (step->what == CS_KEEP_PACK) {
		enum cs_error error = cs_volume_pack(work->wish->folder, work->volume[step->nth].number);
		/* Too large to be: it is as small as it gets. */
		if (error == CS_E_RANGE)
			work->volume[step->nth].form = CS_VOLUME_PACKED;
		work->sum.packed_n += error == CS_OK;
		return error == CS_OK ? look_again(work, step->nth) : error == CS_E_RANGE ? CS_OK : error;
	}
	if (step->what == CS_KEEP_THIN)
		return thin(work, step);
	CS_TRY(put_on_record(work, step));
	CS_TRY(remove_first(work));
	drop_first(work);
	return CS_OK;
}

/* What a step would do, about: measured on card traffic. */
static void
pretend_step(struct work *work, const struct cs_keep_step *step)
{
	enum { PACKED_SHARE = 3, RAW_SHARE = 2, HEADS_SHARE = 50 };
	struct cs_surveyed *volume = &work->volume[step->nth];
	uint64_t before = volume->bytes;
	work->sum.packed_n += step->what == CS_KEEP_PACK;
	work->sum.thinned_n += step->what == CS_KEEP_THIN;
	work->sum.removed_n += step->what == CS_KEEP_REMOVE;
	if (step->what == CS_KEEP_REMOVE) {
		drop_first(work);
		return;
	}
	bool events = step->classes & CS_KEEP_EVENTS;
	volume->bytes /= step->what == CS_KEEP_PACK ? PACKED_SHARE : events ? HEADS_SHARE : RAW_SHARE;
	volume->form = step->what == CS_KEEP_PACK ? CS_VOLUME_PACKED : CS_VOLUME_THIN;
	volume->gone_kinds |= cs_retention_kinds(step->classes);
	work->state.bytes -= before - volume->bytes;
}

/* A volume that is damaged or too large to be packed is left, and does not keep the others from being worked on. */
static enum cs_error
leave(struct work *work, uint32_t nth, enum cs_error error)
{
	if (error != CS_E_FORMAT && error != CS_E_LIMIT)
		return error;
	work->left[nth] = true;
	work->sum.left_n++;
	return CS_OK;
}

static enum cs_error
take_steps(struct work *work)
{
	for (;;) {
		struct cs_keep_step step = cs_retention_next(&work->wish->keep, &work->state);
		if (step.what == CS_KEEP_DONE)
			return CS_OK;
		if (work->wish->step)
			work->wish->step(work->wish->context, &step, &work->volume[step.nth]);
		if (work->wish->dry_run) {
			pretend_step(work, &step);
			continue;
		}
		enum cs_error error = take_step(work, &step);
		if (error != CS_OK)
			CS_TRY(leave(work, step.nth, error));
	}
}

enum cs_error
cs_retention_snapshot(const char *folder, const struct cs_vault *vault)
{
	enum { STEP = 65536 };
	struct cs_rerun_wish wish = {.folder = folder, .vault = vault, .follow_only = true};
	struct cs_rerun *rerun;
	CS_TRY(cs_rerun_open(&wish, &rerun));
	enum cs_error error;
	do {
		error = cs_rerun_some(rerun, STEP);
		if (error == CS_E_RANGE)
			error = cs_rerun_resume(rerun);
	} while (error == CS_OK);
	if (error == CS_END && !cs_rerun_judge(rerun))
		error = CS_E_RANGE;
	/* A verdict that differs now is for `replay --journal` to tell, not to be built on. */
	if (error == CS_END)
		error = cs_rerun_counts_of(rerun)->differing_n ? CS_E_FORMAT : cs_rerun_snapshot(rerun);
	cs_rerun_close(rerun);
	return error;
}

/* By their age these would never go, and nobody would know. */
static void
count_ageless(struct work *work)
{
	const struct cs_keep *keep = &work->wish->keep;
	bool by_age = keep->events_ns || keep->raw_ns || keep->alerts_ns;
	for (uint32_t i = 0; by_age && i + 1 < work->state.n; i++)
		if (cs_survey_has_no_age(&work->volume[i]) && !work->sum.ageless_n++)
			work->sum.ageless = work->volume[i].number;
}

static enum cs_error
run(struct work *work)
{
	if (!work->wish->dry_run)
		CS_TRY(finish_leftovers(work->wish->folder, work->wish->vault));
	CS_TRY(look(work));
	work->sum.before_bytes = work->state.bytes;
	work->sum.needed_seq = work->state.needed_seq;
	count_ageless(work);
	bool *left = work->left;
	enum cs_error error = take_steps(work);
	work->sum.after_bytes = work->state.bytes;
	work->sum.hindrance = cs_retention_hindrance(&work->wish->keep, &work->state);
	work->left = left;
	return error;
}

enum cs_error
cs_retention_run(const struct cs_retention_wish *wish, struct cs_pen *pen, struct cs_retention_sum *out)
{
	struct work work = {.wish = wish, .pen = pen};
	enum cs_error error = run(&work);
	cs_survey_fini(&work.survey);
	free(work.left);
	*out = work.sum;
	return error;
}
