/*
 * First the record, then the snapshots, the key last: an erasure that was cut short is seen as not done, and done again.
 */
#include "engine/erasure.h"

#include "state/snapshot.h"

static enum cs_error
path_of(const char *folder, uint32_t number, char out[CS_VOLUME_PATH_BYTES])
{
	char name[CS_DISK_NAME_BYTES];
	struct cs_text text = cs_text_over(name, sizeof name);
	cs_text_put_padded(&text, number, 8);
	cs_text_put(&text, ".erased");
	return cs_volume_beside(folder, "keys", name, out);
}

/* Where the key was, so that whoever misses it need not read all of the journal to know why. */
static enum cs_error
leave_word(const char *folder, uint32_t number, const struct cs_note *note)
{
	char keys[CS_VOLUME_PATH_BYTES], path[CS_VOLUME_PATH_BYTES];
	CS_TRY(cs_volume_beside(folder, "keys", NULL, keys));
	CS_TRY(path_of(folder, number, path));
	return cs_volume_place(keys, path, cs_note_line(note));
}

enum cs_error
cs_erasure_note(const char *folder, uint32_t number, char line[CS_NOTE_BYTES + 1], size_t *len)
{
	char path[CS_VOLUME_PATH_BYTES], id[CS_NOTE_ID_BYTES];
	size_t got = 0;
	int file = -1;
	CS_TRY(path_of(folder, number, path));
	CS_TRY(cs_disk_open(path, CS_DISK_READ, &file));
	enum cs_error error = cs_disk_read(file, line, CS_NOTE_BYTES + 1, 0, &got);
	cs_disk_close(file);
	CS_TRY(error);
	if (!cs_note_read((struct cs_span){(const uint8_t *)line, got}, id))
		return CS_E_FORMAT;
	*len = got;
	return CS_OK;
}

static enum cs_error
put_on_record(const struct cs_erasure_wish *wish, struct cs_pen *pen, const struct cs_surveyed *volume)
{
	struct cs_note note;
	cs_note_begin(&note, "erase", wish->by);
	cs_json_put_text(&note.json, "reason", wish->reason);
	cs_json_put_u64(&note.json, "volume", volume->number);
	cs_json_put_u64(&note.json, "first_record", volume->first_seq);
	cs_json_put_u64(&note.json, "last_record", volume->next_seq - 1);
	if (!cs_note_end(&note))
		return CS_E_LIMIT;
	CS_TRY(cs_pen_put(pen, &note));
	return leave_word(wish->folder, volume->number, &note);
}

/* Whatever was reached behind the first record of VOLUME may hold something of it; of a draft nobody knows what it reached,
 * and nobody writes one meanwhile: who does takes the lock that whoever erases has. */
static enum cs_error
remove_snapshots(const char *folder, const struct cs_surveyed *volume, struct cs_erasure_sum *sum)
{
	struct cs_snapshots list;
	enum cs_error draft = cs_snapshot_destroy_draft(folder);
	if (draft != CS_OK && draft != CS_E_OPEN)
		return draft;
	sum->snapshot_n += draft == CS_OK;
	CS_TRY(cs_snapshot_list(folder, &list));
	for (unsigned i = 0; i < list.n; i++) {
		if (list.next_seq[i] <= volume->first_seq)
			continue;
		enum cs_error error = cs_snapshot_destroy(folder, list.next_seq[i]);
		if (error != CS_OK && error != CS_E_OPEN)
			return error;
		sum->snapshot_n += error == CS_OK;
	}
	return CS_OK;
}

static enum cs_error
erase(const struct cs_erasure_wish *wish, struct cs_pen *pen, const struct cs_surveyed *volume,
      struct cs_erasure_sum *sum)
{
	CS_TRY(put_on_record(wish, pen, volume));
	CS_TRY(remove_snapshots(wish->folder, volume, sum));
	CS_TRY(cs_volume_key_destroy(wish->folder, volume->number));
	if (!sum->volume_n)
		sum->first_seq = volume->first_seq;
	sum->next_seq = volume->next_seq;
	sum->volume_n++;
	return CS_OK;
}

/* What an erasure that was cut short left: files of zeros, keys of a thinning that came to nothing. */
static enum cs_error
finish(const char *folder, uint32_t number)
{
	enum cs_error error = cs_volume_key_destroy(folder, number);
	return error == CS_E_OPEN ? CS_OK : error;
}

static bool
is_meant(const struct cs_erasure_wish *wish, const struct cs_surveyed *volume)
{
	if (wish->volume)
		return volume->number == wish->volume;
	return volume->to_ns && volume->to_ns < wish->before_ns;
}

/* One that cannot be read, or whose records do not tell: by a date it is not chosen, and that must be told. */
static void
count_unknown(const struct cs_surveyed *volume, struct cs_erasure_sum *sum)
{
	if (!cs_survey_has_no_age(volume))
		return;
	if (!sum->unknown_n++)
		sum->unknown = volume->number;
}

static enum cs_error
erase_all(const struct cs_erasure_wish *wish, struct cs_pen *pen, const struct cs_survey *survey,
	  struct cs_erasure_sum *sum)
{
	bool found = false;
	for (uint32_t i = 0; i < survey->n; i++) {
		const struct cs_surveyed *volume = &survey->volume[i];
		bool last = i + 1 == survey->n;
		if (!wish->volume && !last)
			count_unknown(volume, sum);
		if (!is_meant(wish, volume))
			continue;
		found = true;
		if (last && wish->volume)
			return CS_E_PERMISSION;
		sum->already_n += !volume->keyed;
		sum->written = last ? volume->number : 0;
		if (!last)
			CS_TRY(volume->keyed ? erase(wish, pen, volume, sum) : finish(wish->folder, volume->number));
	}
	return found || !wish->volume ? CS_OK : CS_E_OPEN;
}

enum cs_error
cs_erasure_run(const struct cs_erasure_wish *wish, struct cs_pen *pen, struct cs_erasure_sum *out)
{
	struct cs_survey survey;
	*out = (struct cs_erasure_sum){0};
	enum cs_error error = cs_survey_make(wish->folder, &survey);
	if (error == CS_OK)
		error = erase_all(wish, pen, &survey, out);
	cs_survey_fini(&survey);
	return error;
}
