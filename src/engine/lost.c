/*
 * A journal with a hole in it is not a damaged one, and whoever meets the hole should be told at once what it is, how far it
 * reaches and where to go on.
 */
#include "engine/lost.h"

#include "engine/erasure.h"
#include "state/beginning.h"
#include "state/snapshot.h"

static void
put_range(struct cs_text *out, uint64_t from_seq, uint64_t next_seq)
{
	cs_text_put(out, "records ");
	cs_text_put_u64(out, from_seq);
	cs_text_put(out, " to ");
	cs_text_put_u64(out, next_seq - 1);
}

/* Reads to the first page that is there whole, or to the end. */
static void
find_end(struct cs_reading *reading, struct cs_reading_gone *gone)
{
	const struct cs_page *page;
	const uint8_t *plain;
	do {
		*gone = *cs_reading_gone(reading);
	} while (cs_reading_thin(reading) && cs_reading_page(reading, &page, &plain) == CS_OK);
	if (cs_reading_gone(reading)->next_seq > gone->next_seq)
		*gone = *cs_reading_gone(reading);
}

static void
put_snapshot(const char *folder, uint64_t next_seq, struct cs_text *out)
{
	struct cs_snapshots list;
	if (cs_snapshot_list(folder, &list) != CS_OK)
		return;
	for (unsigned i = 0; i < list.n; i++) {
		if (list.next_seq[i] < next_seq)
			continue;
		cs_text_put(out, "; the snapshot before record ");
		cs_text_put_u64(out, list.next_seq[i]);
		cs_text_put(out, " lies behind them, and can be begun at");
		return;
	}
}

void
cs_lost_to_retention(const char *folder, struct cs_reading *reading, uint64_t from_seq, struct cs_text *out)
{
	struct cs_reading_gone gone;
	struct cs_beginning beginning = {0};
	find_end(reading, &gone);
	bool thinned = gone.next_seq > from_seq;
	bool begins = cs_beginning_read(folder, NULL, &beginning) == CS_OK && beginning.seq > from_seq;
	uint64_t next_seq = thinned ? gone.next_seq : begins ? beginning.seq : cs_reading_place(reading).first;
	put_range(out, from_seq, next_seq);
	if (!thinned && !begins) {
		cs_text_put(out, " are not here, and nothing says that they were let go of: somebody cut them off");
		return;
	}
	cs_text_put(out, " were let go of on ");
	cs_text_put_when(out, thinned ? gone.wall_ns : beginning.wall_ns);
	cs_text_put(out, " by retention, and cannot be run again from there");
	put_snapshot(folder, next_seq, out);
}

/* The volume of SEQ, and those behind it without a key; the row of the first, or n. */
static uint32_t
find_volumes(const struct cs_survey *survey, uint64_t seq, uint64_t *next_seq)
{
	uint32_t first = 0;
	while (first < survey->n && survey->volume[first].next_seq <= seq)
		first++;
	for (uint32_t i = first; i < survey->n && !survey->volume[i].keyed; i++)
		*next_seq = survey->volume[i].next_seq;
	return first;
}

void
cs_lost_to_erasure(const char *folder, uint64_t seq, struct cs_text *out)
{
	char line[CS_NOTE_BYTES + 1], when[CS_NOTE_WHEN_BYTES];
	struct cs_survey survey;
	size_t len = 0;
	uint64_t next_seq = seq + 1;
	uint32_t number = 0;
	if (cs_survey_make(folder, &survey) == CS_OK) {
		uint32_t nth = find_volumes(&survey, seq, &next_seq);
		number = nth < survey.n ? survey.volume[nth].number : 0;
	}
	cs_survey_fini(&survey);
	cs_text_put(out, "the personal parts of ");
	put_range(out, seq, next_seq);
	cs_text_put(out, " cannot be read: ");
	if (number && cs_erasure_note(folder, number, line, &len) == CS_OK) {
		cs_note_when((struct cs_span){(const uint8_t *)line, len}, when);
		cs_text_put(out, "their key was destroyed on ");
		cs_text_put(out, when);
	} else {
		cs_text_put(out, "their key is not here");
	}
	put_snapshot(folder, next_seq, out);
}
