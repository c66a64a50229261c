/*
 * Whether what was read as a watch list is one that anybody can be found on. Text of another kind of file may have the shape of a list, and
 * whoever searches that gets clean answers of nothing.
 */
#ifndef CS_SCREEN_LIST_SOUND_H
#define CS_SCREEN_LIST_SOUND_H

#include "screen/name.h"
#include "screen/watch_list.h"

/* cs_list_sound_nothing says whether a name has no word that could be compared, in none of the names that it holds; ROOM is written over. */
bool cs_list_sound_nothing(const struct cs_lexicon *lexicon, struct cs_span name, struct cs_name_room *room);

/* cs_list_sound_odd says whether a name holds markup or controls. */
bool cs_list_sound_odd(struct cs_span name);

/* cs_list_sound says whether a list is one, of whose entries EMPTY_N have nothing that can be compared or looked up, and ODD_N names are odd. */
bool cs_list_sound(const struct cs_watch_list_report *report, uint64_t empty_n, uint64_t odd_n);

/* cs_list_sound_read reads as cs_watch_list_read does, and refuses what is no list in that sense: CS_E_FORMAT, and `lacks` of the report says
 * why. What TAKE has got by then is to be thrown away. */
CS_MUST_USE enum cs_error cs_list_sound_read(const struct cs_watch_list_source *source, cs_watch_list_taker *take,
					     void *context, struct cs_watch_list_report *report);

#endif
