/*
 * A date of birth as people and their programs write it: 1970-03-12, 19700312, 12.03.1970, 25/12/1970, 12 Mar 1970, 03/1970, 1970.
 *
 * With points the day comes first. With anything else between numbers, what may be one day or another is told as that, unless the caller knows
 * which comes first; then what can only be the other is none. A day, or a day and a month, of 00 is not known.
 */
#ifndef CS_SCREEN_BORN_H
#define CS_SCREEN_BORN_H

#include "screen/score.h"

enum cs_born_order { CS_BORN_EITHER, CS_BORN_DAY_FIRST, CS_BORN_MONTH_FIRST };

/* UNKNOWN: the first of January 1900, which programs write where none is known. */
enum cs_born { CS_BORN_NONE, CS_BORN_READ, CS_BORN_AMBIGUOUS, CS_BORN_UNKNOWN };

/* cs_born_read reads one date; of CS_BORN_READ FACTS says the days it may mean, else nothing of it is changed. */
enum cs_born cs_born_read(struct cs_span text, enum cs_born_order order, struct cs_score_facts *facts);

#endif
