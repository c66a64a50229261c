/*
 * One round after the other, by one process at a time. What is done here must be safe to be interrupted anywhere, since
 * whoever does it ends with the process it looks after; each piece is a file that appears under its name when it is whole.
 */
#include "engine/care.h"

#include "io/disk.h"
#include "policy/policy.h"
#include "state/journal.h"

/* Every volume that a policy asks for can be packed: it goes past its size by less than a group and a checkpoint. */
_Static_assert(((uint64_t)CS_SEGMENT_MIB_MAX << 20) + (CS_JOURNAL_DRAFTS + 2) * (uint64_t)CS_PAGE_BYTES_MAX <=
		       CS_VOLUME_PACKED_MAX,
	       "a segment fits where volumes are packed");

struct cs_care_clause
cs_care_clause_of(const struct cs_journal_clause *clause)
{
	return (struct cs_care_clause){
		.snapshot_ns = clause->snapshot_ns,
		.keep_events_ns = clause->keep_events_ns,
		.keep_raw_ns = clause->keep_raw_ns,
		.keep_alerts_ns = clause->keep_alerts_ns,
		.size_bytes = clause->size_bytes,
		.raw = clause->raw,
	};
}

enum cs_error
cs_care_lock(const char *folder, int *file)
{
	char path[CS_VOLUME_PATH_BYTES];
	int lock = -1;
	CS_TRY(cs_volume_beside(folder, NULL, "care.lock", path));
	enum cs_error error = cs_disk_open(path, CS_DISK_WRITE, &lock);
	if (error == CS_E_OPEN)
		error = cs_disk_open(path, CS_DISK_CREATE, &lock);
	if (error == CS_OK)
		error = cs_disk_lock(lock);
	if (error != CS_OK) {
		cs_disk_close(lock);
		return error;
	}
	*file = lock;
	return CS_OK;
}

/* The last volume is being written, and the one before it may still be read by whoever delivers alerts. */
static enum cs_error
pack_closed(const char *folder, struct cs_care_report *report)
{
	enum { LEFT_PLAIN = 2 };
	struct cs_shelf shelf;
	enum cs_error error = cs_shelf_list(folder, &shelf);
	for (uint32_t i = 0; error == CS_OK && i + LEFT_PLAIN < shelf.n; i++) {
		error = cs_volume_pack(folder, shelf.number[i]);
		report->packed_n += error == CS_OK;
		report->too_large_n += error == CS_E_RANGE;
		/* Packed already; too large to be, which is told; or no room for it, which whoever writes tells of. */
		if (error == CS_E_OPEN || error == CS_E_RANGE || error == CS_E_LIMIT)
			error = CS_OK;
	}
	cs_shelf_fini(&shelf);
	return error;
}

/* What the policy says is to go, goes; the record of it waits in the inbox of whoever writes. */
static enum cs_error
let_go(const struct cs_care_wish *wish, struct cs_retention_sum *out)
{
	const struct cs_care_clause *clause = &wish->clause;
	char words[CS_PEN_WORDS_BYTES];
	struct cs_pen *pen;
	struct cs_retention_wish retention = {
		.folder = wish->folder,
		.vault = wish->vault,
		.reason = "the policy in force",
		.keep = {clause->keep_events_ns, clause->keep_raw_ns, clause->keep_alerts_ns, clause->size_bytes,
			 clause->raw},
	};
	struct cs_pen_wish pen_wish = {wish->folder, wish->vault, ""};
	if (cs_vault_is_token(wish->vault))
		return CS_E_UNSUPPORTED;
	CS_TRY(cs_pen_open(&pen_wish, words, &pen));
	enum cs_error error = cs_retention_run(&retention, pen, out);
	enum cs_error closed = cs_pen_close(pen);
	return error != CS_OK ? error : closed;
}

enum cs_error
cs_care_round(const struct cs_care_wish *wish, struct cs_care_report *report)
{
	int lock = -1;
	*report = (struct cs_care_report){0};
	CS_TRY(cs_care_lock(wish->folder, &lock));
	if (wish->clause.snapshot_ns) {
		report->walked = true;
		report->snapshot = cs_follower_walk(wish->folder, wish->vault, &report->followed);
	}
	report->packing = pack_closed(wish->folder, report);
	const struct cs_care_clause *clause = &wish->clause;
	report->kept = clause->keep_events_ns || clause->keep_raw_ns || clause->keep_alerts_ns || clause->size_bytes;
	if (report->kept)
		report->retention = let_go(wish, &report->retained);
	cs_disk_close(lock);
	return CS_OK;
}

/* ---- in words ---- */

static void
put_walk(struct cs_text *text, const struct cs_followed *followed)
{
	const struct cs_rerun_counts *counts = &followed->counts;
	cs_text_put(text, "snapshot at record ");
	cs_text_put_u64(text, counts->next_seq);
	cs_text_put(text, ": ");
	cs_text_put_u64(text, counts->record_n);
	cs_text_put(text,
		    counts->from_seq ? " records behind the one before read again in " : " records read again in ");
	cs_text_put_duration(text, followed->rerun_ns);
	cs_text_put(text, ", ");
	cs_text_put_u64(text, counts->held_n);
	cs_text_put(text, " verdicts the same; ");
	cs_text_put_u64(text, followed->state_bytes >> 20);
	cs_text_put(text, " MiB of state ");
	if (counts->from_seq) {
		cs_text_put(text, "loaded in ");
		cs_text_put_duration(text, followed->load_ns);
		cs_text_put(text, ", ");
	}
	cs_text_put(text, "written in ");
	cs_text_put_duration(text, followed->write_ns);
}

void
cs_followed_put(struct cs_text *text, enum cs_error error, const struct cs_followed *followed)
{
	if (error == CS_OK) {
		put_walk(text, followed);
		cs_text_put(text, followed->passed[0] ? "; " : "");
		cs_text_put(text, followed->passed);
		return;
	}
	if (error == CS_END) {
		cs_text_put(text, "nothing came since the newest snapshot");
		return;
	}
	cs_text_put(text, "no snapshot: ");
	cs_text_put(text, followed->words[0] ? followed->words : cs_error_text(error));
	if (followed->counts.differing_n)
		cs_text_put(
			text,
			". The memory, the disk or the program of the process that wrote it was at fault: keep the "
			"journal, look at it with `countersign replay --journal`, and do not trust what that process "
			"says from there on");
}

static void
put_retention(struct cs_text *text, const struct cs_care_report *report)
{
	const struct cs_retention_sum *sum = &report->retained;
	if (report->retention == CS_E_UNSUPPORTED) {
		cs_text_put(text,
			    "; what is too old was kept, since the key is in a token: run `countersign journal keep` "
			    "for it");
		return;
	}
	if (report->retention != CS_OK) {
		cs_text_put(text, "; not all could be let go of that should: ");
		cs_text_put(text, cs_error_text(report->retention));
		return;
	}
	if (sum->thinned_n || sum->removed_n) {
		cs_text_put(text, "; ");
		cs_text_put_counted(text, sum->let_go_n, "record", "records");
		cs_text_put(text, " let go of");
	}
	if (sum->hindrance && sum->hindrance[0]) {
		cs_text_put(text, "; still larger than it should be: ");
		cs_text_put(text, sum->hindrance);
	}
}

void
cs_care_put(struct cs_text *text, const struct cs_care_report *report, bool *fault)
{
	bool kept_badly = report->kept && report->retention != CS_OK;
	*fault = kept_badly || report->packing != CS_OK || (report->snapshot != CS_OK && report->snapshot != CS_END);
	if (report->walked)
		cs_followed_put(text, report->snapshot, &report->followed);
	else
		cs_text_put(text, "no snapshots are wished for");
	if (report->packed_n) {
		cs_text_put(text, "; ");
		cs_text_put_u64(text, report->packed_n);
		cs_text_put(text, report->packed_n == 1 ? " volume packed" : " volumes packed");
	}
	if (report->too_large_n) {
		cs_text_put(text, "; ");
		cs_text_put_u64(text, report->too_large_n);
		cs_text_put(text, report->too_large_n == 1
					  ? " volume is too large to be packed, and stays as it is"
					  : " volumes are too large to be packed, and stay as they are");
	}
	if (report->packing != CS_OK) {
		cs_text_put(text, "; a volume could not be packed: ");
		cs_text_put(text, cs_error_text(report->packing));
	}
	if (report->kept)
		put_retention(text, report);
}
