/*
 * Sound pages may lie between the damage and the process that went on: their records count, what state they gave does not.
 */
#include "engine/damage.h"

#include "engine/recorder.h"

/* Our own object of JSON: in its only text, the build, a quotation mark would stand behind a backslash. */
static bool
is_over_damage(struct cs_span line)
{
	static const char word[] = "\"over_damage\":true";
	return memmem(line.at, line.len, word, sizeof word - 1) != NULL;
}

/* Reads to that RESUME (CS_END), the end (CS_END), or what cannot be read. */
static enum cs_error
look(struct cs_reading *reading, struct cs_damage_behind *behind)
{
	struct cs_record record;
	struct cs_alert_record alert;
	enum cs_error error;
	while ((error = cs_reading_next(reading, &record)) == CS_OK) {
		if (record.kind == CS_RECORD_ALERT && cs_alert_record_read(record.open, &alert))
			behind->alert_n = alert.ordinal;
		if (record.kind != CS_RECORD_RESUME || !is_over_damage(record.open))
			continue;
		behind->resume_seq = record.seq;
		return CS_END;
	}
	return error;
}

enum cs_error
cs_damage_look(const char *folder, uint64_t from_seq, struct cs_damage_behind *out)
{
	struct cs_reading_wish wish = {folder, NULL, false};
	struct cs_damage_behind behind = {0};
	struct cs_reading *reading;
	CS_TRY(cs_reading_open(&wish, &reading));
	enum cs_error error = cs_damage_seek(reading, from_seq);
	while (error == CS_OK) {
		error = look(reading, &behind);
		if (cs_damage_is(error))
			error = cs_reading_skip(reading);
	}
	cs_reading_close(reading);
	if (error != CS_END)
		return error;
	*out = behind;
	return CS_OK;
}

enum cs_error
cs_damage_seek(struct cs_reading *reading, uint64_t seq)
{
	enum cs_error error = cs_reading_seek(reading, seq);
	/* A volume that cannot be opened is met again by reading on; one whose key does not fit would be read without. */
	return error == CS_E_FORMAT && cs_reading_fault_of(reading)->what != CS_PAGE_SEAL ? CS_OK : error;
}

bool
cs_damage_is_end(const struct cs_reading *reading, const char *folder)
{
	struct cs_shelf shelf;
	uint32_t volume = cs_reading_fault_of(reading)->volume;
	bool last = cs_shelf_list(folder, &shelf) == CS_OK && shelf.n && shelf.number[shelf.n - 1] == volume;
	cs_shelf_fini(&shelf);
	return last;
}

enum cs_error
cs_damage_next(struct cs_reading *reading, const char *folder, struct cs_record *out)
{
	enum cs_error error = cs_reading_next(reading, out);
	if (error == CS_E_TRUNCATED &&
	    !cs_damage_is_end(reading, folder)) /* its volume may have been ended, whole, between the two looks */
		error = cs_reading_next(reading, out);
	return error == CS_E_TRUNCATED && cs_damage_is_end(reading, folder) ? CS_END : error;
}

void
cs_damage_put(struct cs_text *out, const struct cs_reading_fault *fault)
{
	cs_text_put(out, "volume ");
	cs_text_put_padded(out, fault->volume, 8);
	if (fault->what == CS_PAGE_BEGINNING) {
		cs_text_put(out, " begins in the midst of the journal, and no signed `beginning` says that what came "
				 "before was let go of");
		return;
	}
	cs_text_put(out, " is damaged at byte ");
	cs_text_put_u64(out, fault->offset);
}
