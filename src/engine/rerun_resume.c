/*
 * Where a re-run cannot go straight on: what was let go of, what was erased, and damage that the journal was gone on with
 * behind. In all three state begins anew at a policy behind it; which alert the next is, is found out there.
 *
 * Invariant: when nobody went on with the journal behind damage, what was told before it stands.
 */
#include "engine/rerun_parts.h"

static void
put_fault(const struct cs_rerun *rerun, enum cs_error error, uint64_t from_seq, struct cs_text *out)
{
	const struct cs_reading_fault *fault = cs_reading_fault_of(rerun->reading);
	cs_text_put(out, "volume ");
	cs_text_put_padded(out, fault->volume, 8);
	cs_text_put(out, ", byte ");
	cs_text_put_u64(out, fault->offset);
	cs_text_put(out, " (record ");
	cs_text_put_u64(out, fault->seq > from_seq ? fault->seq : from_seq);
	cs_text_put(out, "): ");
	cs_text_put(out, fault->error != CS_OK ? cs_error_text(error) : cs_page_fault_text(fault->what));
}

/* Whether the volume in which reading stopped is the last: only there a page may be under way. */
static bool
stopped_in_last(const struct cs_rerun *rerun)
{
	struct cs_shelf shelf;
	uint32_t volume = cs_reading_fault_of(rerun->reading)->volume;
	bool last =
		cs_shelf_list(rerun->wish.folder, &shelf) == CS_OK && shelf.n && shelf.number[shelf.n - 1] == volume;
	cs_shelf_fini(&shelf);
	return last;
}

enum cs_error
cs_rerun_next(struct cs_rerun *rerun, struct cs_record *record)
{
	enum cs_error error = cs_reading_next(rerun->reading, record);
	while (rerun->passing && cs_damage_is(error)) {
		error = cs_reading_skip(rerun->reading);
		if (error == CS_OK)
			error = cs_reading_next(rerun->reading, record);
	}
	if (error == CS_OK)
		rerun->passing = false;
	if (error != CS_E_TRUNCATED || !rerun->wish.follow_only)
		return error;
	if (stopped_in_last(rerun))
		return CS_END;
	/* The page became whole, and another volume was begun, between the two looks; or it never will be whole. */
	return cs_reading_next(rerun->reading, record);
}

enum cs_error
cs_rerun_meet(struct cs_rerun *rerun, enum cs_error error, uint64_t from_seq)
{
	struct cs_text text = cs_text_over(rerun->words, sizeof rerun->words);
	put_fault(rerun, error, from_seq, &text);
	/* Whoever goes on with a journal begins a volume. */
	if (!cs_damage_is(error) || stopped_in_last(rerun))
		return error;
	CS_TRY(cs_damage_look(rerun->wish.folder, from_seq, &rerun->behind));
	if (!rerun->behind.resume_seq)
		return error;
	cs_text_put(&text, "; it was gone on with behind this damage at record ");
	cs_text_put_u64(&text, rerun->behind.resume_seq);
	cs_text_put(&text, ": what lies between is passed over, and state begins anew there");
	rerun->damaged = true;
	return CS_E_RANGE;
}

bool
cs_rerun_damaged(const struct cs_rerun *rerun)
{
	return rerun->damaged;
}

void
cs_rerun_add_words(const struct cs_rerun *rerun, char words[CS_RERUN_WORDS_BYTES])
{
	size_t len = strlen(words);
	struct cs_text text = cs_text_over(words + len, CS_RERUN_WORDS_BYTES - len);
	cs_text_put(&text, len ? "; " : "");
	cs_text_put(&text, rerun->words);
}

/* Where the next policy comes into force, and which alert the next is. */
struct ahead {
	uint64_t begin_seq; /* of its sources, or itself */
	bool found;
	uint64_t alert_n; /* before it */
	uint64_t next_seq;
};

/* Whether the next policy takes anything over of what was before it, CARRIES being so before RECORD. */
static bool
takes_over(const struct cs_record *record, bool carries)
{
	struct cs_carry carry;
	if (record->kind == CS_RECORD_CARRY)
		return !cs_carry_read(record->open, &carry) || cs_carry_takes(&carry);
	return carries && record->kind != CS_RECORD_SOURCES;
}

/* Reads on to the first alert behind the next policy, or to the end. */
static enum cs_error
look_ahead(struct cs_rerun *rerun, struct ahead *ahead)
{
	struct cs_record record;
	struct cs_alert_record alert;
	enum cs_error error;
	bool sources = false, carries = false;
	while ((error = cs_rerun_next(rerun, &record)) == CS_OK) {
		if (record.kind == CS_RECORD_ALERT && cs_alert_record_read(record.open, &alert))
			ahead->alert_n = ahead->found ? alert.ordinal - 1 : alert.ordinal;
		if (record.kind == CS_RECORD_ALERT && ahead->found)
			return CS_OK;
		carries = takes_over(&record, carries);
		/* One that takes over needs what was before it. */
		bool policy = record.kind == CS_RECORD_POLICY && !ahead->found && !carries;
		if ((record.kind == CS_RECORD_SOURCES && !ahead->found) || (policy && !sources))
			ahead->begin_seq = record.seq;
		sources = record.kind == CS_RECORD_SOURCES || (sources && !policy);
		ahead->found = ahead->found || policy;
		if (cs_record_is_input(record.kind) && record.base_ns > rerun->counts.last_ns)
			rerun->counts.last_ns = record.base_ns;
		ahead->next_seq = record.seq + 1;
	}
	return error == CS_END ? CS_OK : error;
}

/* Goes to the process that went on behind the damage just met. On the way there it may be met again. */
static enum cs_error
go_behind(struct cs_rerun *rerun, struct ahead *ahead)
{
	if (rerun->behind.alert_n)
		ahead->alert_n = rerun->behind.alert_n;
	ahead->next_seq = rerun->behind.resume_seq + 1;
	rerun->passing = true;
	return cs_damage_seek(rerun->reading, ahead->next_seq);
}

static enum cs_error
find_policy(struct cs_rerun *rerun, struct ahead *ahead)
{
	enum cs_error error =
		rerun->damaged ? go_behind(rerun, ahead) : cs_reading_seek(rerun->reading, ahead->next_seq);
	if (error == CS_OK)
		error = look_ahead(rerun, ahead);
	while (cs_damage_is(error) && !ahead->found) {
		error = cs_rerun_meet(rerun, error, ahead->next_seq);
		if (error != CS_E_RANGE)
			return error;
		error = go_behind(rerun, ahead);
		if (error == CS_OK)
			error = look_ahead(rerun, ahead);
	}
	return ahead->found && cs_damage_is(error) ? CS_OK : error; /* it is met in its turn */
}

enum cs_error
cs_rerun_resume(struct cs_rerun *rerun)
{
	struct ahead ahead = {.alert_n = rerun->alert_n, .next_seq = rerun->counts.next_seq};
	rerun->words[0] = '\0';
	enum cs_error error = find_policy(rerun, &ahead);
	cs_rerun_drop_policy(rerun);
	rerun->begun = CS_OK;
	rerun->ahead_n = 0;
	rerun->open_at = rerun->open_len;
	rerun->alert_n = rerun->ordinal = ahead.alert_n;
	rerun->counts.next_seq = ahead.found ? ahead.begin_seq : ahead.next_seq;
	if (error != CS_OK || !ahead.found)
		return error == CS_OK ? CS_END : error;
	rerun->words[0] = '\0';
	rerun->passing = true;
	return cs_damage_seek(rerun->reading, ahead.begin_seq);
}
