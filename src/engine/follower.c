/*
 * The end of a journal that is being written moves on. A snapshot is made where the follower sees the end, or, when it
 * has read for long and the end is still ahead, wherever a page ends: then at least the next walk is shorter.
 *
 * Invariant: a snapshot is written only if every verdict up to it was the journal's own.
 */
#include "engine/follower.h"

#include "io/clock.h"
#include "io/signals.h"
#include "state/snapshot.h"

enum { STEP_RECORDS = 65536, NAP_MS = 10 };

static const uint64_t long_ns = UINT64_C(600) * 1000000000;    /* reading without seeing the end */
static const uint64_t patience_ns = UINT64_C(10) * 1000000000; /* for the record of a verdict that is due */

static enum cs_error
refuse(struct cs_followed *out, enum cs_error error, const char *why)
{
	struct cs_text text = cs_text_over(out->words, sizeof out->words);
	cs_text_put(&text, why);
	return error;
}

/* Let go of, erased, or damage that was gone over: state begins anew behind it. */
static enum cs_error
go_behind(struct cs_rerun *rerun, struct cs_followed *out)
{
	if (cs_rerun_damaged(rerun))
		cs_rerun_add_words(rerun, out->passed);
	return cs_rerun_resume(rerun);
}

/* Tells what is there, up to the end or until DEADLINE_NS; behind that, record by record. */
static enum cs_error
tell(struct cs_rerun *rerun, uint64_t deadline_ns, struct cs_followed *out, bool *at_end)
{
	uint64_t step = cs_clock_steady_ns() < deadline_ns ? STEP_RECORDS : 1;
	enum cs_error error;
	do {
		error = cs_rerun_some(rerun, step);
		if (error == CS_E_RANGE)
			error = go_behind(rerun, out);
	} while (error == CS_OK && step > 1 && !cs_rerun_counts_of(rerun)->differing_n &&
		 cs_clock_steady_ns() < deadline_ns);
	*at_end = error == CS_END;
	return error == CS_END ? CS_OK : error;
}

static enum cs_error
write_there(struct cs_rerun *rerun, struct cs_followed *out)
{
	uint64_t began_ns = cs_clock_steady_ns();
	struct cs_regions regions;
	enum cs_error error = cs_rerun_snapshot(rerun);
	out->write_ns = cs_clock_steady_ns() - began_ns;
	cs_judge_regions(cs_rerun_judge(rerun), &regions);
	out->state_bytes = cs_regions_bytes(&regions);
	if (error == CS_OK || error == CS_AGAIN)
		return error;
	return refuse(out, error, error == CS_E_LIMIT ? "no room for the snapshot" : cs_error_text(error));
}

static enum cs_error
follow(struct cs_rerun *rerun, struct cs_followed *out)
{
	uint64_t began_ns = cs_clock_steady_ns();
	uint64_t waits_since_ns = 0;
	for (;;) {
		bool at_end = false;
		enum cs_error error = tell(rerun, began_ns + long_ns, out, &at_end);
		out->rerun_ns = cs_clock_steady_ns() - began_ns;
		out->counts = *cs_rerun_counts_of(rerun);
		if (error != CS_OK || out->counts.differing_n)
			return refuse(out, error != CS_OK ? error : CS_E_FORMAT, cs_rerun_words(rerun));
		if (out->counts.next_seq == out->counts.from_seq || (at_end && !cs_rerun_judge(rerun)))
			return CS_END;
		error = cs_rerun_judge(rerun) ? write_there(rerun, out) : CS_AGAIN;
		if (error != CS_AGAIN)
			return error;
		if (!at_end)
			continue;
		if (!waits_since_ns)
			waits_since_ns = cs_clock_steady_ns();
		if (cs_clock_steady_ns() - waits_since_ns > patience_ns)
			return refuse(out, CS_E_FORMAT, "a verdict that the last inputs give is not in the journal");
		cs_signals_wait(NULL, 0, NAP_MS);
	}
}

/* Whether the journal ends before record SEQ, and is sound from the beginning of its last volume to there. */
static bool
ends_before(struct cs_reading *reading, const char *folder, uint64_t seq)
{
	const struct cs_page *page;
	const uint8_t *plain;
	struct cs_shelf shelf;
	bool found = false;
	enum cs_error error = cs_shelf_list(folder, &shelf);
	if (error == CS_OK)
		error = shelf.n ? cs_reading_enter(reading, shelf.number[shelf.n - 1]) : CS_E_OPEN;
	cs_shelf_fini(&shelf);
	while (error == CS_OK && (error = cs_reading_page(reading, &page, &plain)) == CS_OK)
		found = true;
	return found && error == CS_END && cs_reading_place(reading).first <= seq;
}

/* Whether snapshot NEXT_SEQ cannot be one of this journal: it lies behind its end, or another page ends where it says that
 * its last one does. So it is when power was lost, and with it pages that were never made durable. */
static bool
is_astray(struct cs_reading *reading, const char *folder, const struct cs_vault *vault, uint64_t next_seq)
{
	const struct cs_page *page;
	const uint8_t *plain;
	struct cs_snapshot about;
	enum cs_error error = next_seq ? cs_reading_seek(reading, next_seq - 1) : CS_E_RANGE;
	if (error == CS_OK)
		error = cs_reading_page(reading, &page, &plain);
	if (error == CS_END)
		return ends_before(reading, folder, next_seq - 1);
	/* What was damaged or let go of says nothing. */
	if (error != CS_OK || page->place.first >= next_seq ||
	    cs_snapshot_about(folder, vault, next_seq, &about) != CS_OK)
		return false;
	struct cs_page_place next = cs_reading_place(reading);
	return next.first != next_seq || !cs_digest_same(&next.previous, &about.chain);
}

/* Whoever walks has the lock of whoever writes snapshots: each that lies there was made of pages that were read before. */
static enum cs_error
remove_astray(const char *folder, const struct cs_vault *vault)
{
	struct cs_reading_wish wish = {folder, NULL, false};
	struct cs_reading *reading;
	struct cs_snapshots list;
	CS_TRY(cs_snapshot_list(folder, &list));
	if (!list.n)
		return CS_OK;
	CS_TRY(cs_reading_open(&wish, &reading));
	enum cs_error error = CS_OK;
	while (error == CS_OK && list.n && is_astray(reading, folder, vault, list.next_seq[list.n - 1]))
		error = cs_snapshot_destroy(folder, list.next_seq[--list.n]);
	cs_reading_close(reading);
	return error;
}

enum cs_error
cs_follower_walk(const char *folder, const struct cs_vault *vault, struct cs_followed *out)
{
	struct cs_rerun_wish wish = {.folder = folder, .vault = vault, .follow_only = true};
	struct cs_rerun *rerun = NULL;
	uint64_t began_ns = cs_clock_steady_ns();
	*out = (struct cs_followed){0};
	CS_TRY(remove_astray(folder, vault));
	CS_TRY(cs_rerun_open(&wish, &rerun));
	out->load_ns = cs_clock_steady_ns() - began_ns;
	enum cs_error error = follow(rerun, out);
	cs_rerun_close(rerun);
	return error;
}
