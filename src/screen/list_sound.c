/*
 * Most lists show by their first entry that somebody can be found on them: names are read until one does, and looked through for markup
 * alone from there on.
 */
#include "screen/list_sound.h"

#include "base/text.h"

#include <stdlib.h>

struct sounding {
	cs_watch_list_taker *take;
	void *context;
	struct cs_lexicon *lexicon;
	struct cs_name_room room;
	bool found; /* an entry by which somebody can be found */
	uint64_t odd_n;
};

bool
cs_list_sound_nothing(const struct cs_lexicon *lexicon, struct cs_span name, struct cs_name_room *room)
{
	struct cs_span variant[CS_NAME_VARIANTS_MAX];
	unsigned n = cs_name_variants(name, variant);
	for (unsigned i = 0; i < n; i++) {
		cs_name_read(lexicon, NULL, variant[i], CS_NAME_ANY, room);
		if (room->name.part_n)
			return false;
	}
	return true;
}

bool
cs_list_sound_odd(struct cs_span name)
{
	bool opened = false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.at[i];
		if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f || (c == '>' && opened))
			return true;
		opened |= c == '<';
	}
	return false;
}

bool
cs_list_sound(const struct cs_watch_list_report *report, uint64_t empty_n, uint64_t odd_n)
{
	return empty_n < report->entry_n && odd_n <= report->name_n / 2;
}

static enum cs_error
look_at(void *context, const struct cs_entry *entry)
{
	struct sounding *sounding = context;
	sounding->found |= entry->id_n > 0;
	for (size_t i = 0; i < entry->name_n; i++) {
		struct cs_span name = entry->name[i].text;
		sounding->odd_n += cs_list_sound_odd(name);
		sounding->found = sounding->found || !cs_list_sound_nothing(sounding->lexicon, name, &sounding->room);
	}
	return sounding->take(sounding->context, entry);
}

static enum cs_error
judge(const struct sounding *sounding, struct cs_watch_list_report *report)
{
	struct cs_text why = cs_text_over(report->lacks, sizeof report->lacks);
	if (cs_list_sound(report, sounding->found ? 0 : report->entry_n, sounding->odd_n))
		return CS_OK;
	if (!sounding->found) {
		cs_text_put(&why, "none of its entries has anything that can be compared or looked up");
		return CS_E_FORMAT;
	}
	cs_text_put_u64(&why, sounding->odd_n);
	cs_text_put(&why, " of its ");
	cs_text_put_u64(&why, report->name_n);
	cs_text_put(&why, " names hold markup or controls, as the text of another kind of file does");
	return CS_E_FORMAT;
}

enum cs_error
cs_list_sound_read(const struct cs_watch_list_source *source, cs_watch_list_taker *take, void *context,
		   struct cs_watch_list_report *report)
{
	struct sounding *sounding = calloc(1, sizeof *sounding);
	enum cs_error error = CS_E_MEMORY;
	memset(report, 0, sizeof *report);
	if (sounding) {
		sounding->take = take;
		sounding->context = context;
		sounding->lexicon = cs_lexicon_new();
	}
	if (sounding && sounding->lexicon)
		error = cs_watch_list_read(source, look_at, sounding, report);
	if (error == CS_OK)
		error = judge(sounding, report);
	if (sounding)
		cs_lexicon_free(sounding->lexicon);
	free(sounding);
	return error;
}
