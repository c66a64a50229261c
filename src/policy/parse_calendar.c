/*
 * The block `calendar`: which days are free, and when it is night, where the customers are.
 */
#include "base/error.h"
#include "policy/sketch.h"

enum { DAY_N = 7, ZONE_MAX_MINUTES = 14 * 60 };

static const uint64_t day_ns = UINT64_C(86400000000000);
static const char *const days[DAY_N] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
static const struct cs_span nothing = {(const uint8_t *)"", 0};

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	if (sketch && sketch->calendar_n == CS_CALENDARS_MAX)
		return cs_block_full(reader, header,
				     "calendar {1} is one too many: a policy has at most 8; leave one out");
	if (!sketch)
		return NULL;
	struct cs_calendar_clause *calendar = &sketch->calendar[sketch->calendar_n];
	calendar->name = cs_reader_copy(reader, header->name);
	calendar->place = header->place;
	calendar->holiday = sketch->holiday[sketch->calendar_n++];
	return calendar;
}

static const char *
day_name(const void *table, unsigned i)
{
	(void)table;
	return i < DAY_N ? days[i] : NULL;
}

static bool
read_weekend(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_calendar_clause *calendar = block;
	(void)clause;
	do {
		struct cs_lexeme word;
		unsigned day = 0;
		if (!cs_reader_need(reader, CS_LEX_WORD, "a day of the week", &word))
			return false;
		while (day < DAY_N && !cs_span_is(word.text, days[day]))
			day++;
		if (day == DAY_N) {
			cs_complain_unknown(reader->complaints, word.place, "day", word.text,
					    (struct cs_words){day_name, NULL});
			return false;
		}
		calendar->weekend |= (uint8_t)(1U << day);
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

static bool
read_night(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_calendar_clause *calendar = block;
	struct cs_lexeme from, range, to;
	(void)clause;
	if (!cs_reader_need(reader, CS_LEX_CLOCK, "a time of day", &from) ||
	    !cs_reader_need(reader, CS_LEX_RANGE, "\"..\"", &range) ||
	    !cs_reader_need(reader, CS_LEX_CLOCK, "a time of day", &to))
		return false;
	if (from.number == to.number)
		return cs_reader_say(reader, from.place, "this night is over when it begins; write: {2}", nothing);
	calendar->night = true;
	calendar->night_from = (uint16_t)from.number;
	calendar->night_to = (uint16_t)to.number;
	return true;
}

static bool
read_zone(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_calendar_clause *calendar = block;
	struct cs_lexeme clock;
	(void)clause;
	calendar->by_local_time = cs_reader_accept_word(reader, "local");
	if (calendar->by_local_time || cs_reader_accept_word(reader, "utc"))
		return true;
	bool west = cs_reader_accept(reader, CS_LEX_MINUS);
	if (!west && !cs_reader_accept(reader, CS_LEX_PLUS))
		return cs_reader_expected(reader, "utc, local, or how far from UTC");
	if (!cs_reader_need(reader, CS_LEX_CLOCK, "hours and minutes", &clock))
		return false;
	if (clock.number > ZONE_MAX_MINUTES)
		return cs_reader_say(reader, clock.place, "no place is {1} from UTC; write 14:00 at most", clock.text);
	calendar->zone_minutes = west ? -(int32_t)clock.number : (int32_t)clock.number;
	return true;
}

/* 2026-12-25, 2026-12-31..2027-01-01 "names are for people" */
static bool
read_holiday(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_calendar_clause *calendar = block;
	struct cs_sketch *sketch = reader->sketch;
	struct cs_holiday *holidays = sketch->holiday[calendar - sketch->calendar];
	(void)clause;
	do {
		struct cs_lexeme first, last;
		if (!cs_reader_need(reader, CS_LEX_DATE, "a day", &first))
			return false;
		last = first;
		if (cs_reader_accept(reader, CS_LEX_RANGE) && !cs_reader_need(reader, CS_LEX_DATE, "a day", &last))
			return false;
		if (last.number < first.number)
			return cs_reader_say(reader, last.place, "these days end before they begin; write: {2}",
					     nothing);
		if (calendar->holiday_n == CS_HOLIDAYS_MAX)
			return cs_reader_say(reader, first.place, "{1} is one too many: a calendar has at most 64",
					     first.text);
		holidays[calendar->holiday_n++] =
			(struct cs_holiday){(uint32_t)(first.number / day_ns), (uint32_t)(last.number / day_ns)};
		(void)cs_reader_accept(reader, CS_LEX_STRING);
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

static const struct cs_clause clauses[] = {
	{"weekend", "weekend saturday, sunday", 0, read_weekend, 0},
	{"night", "night 22:00..06:00", 0, read_night, 0},
	{"zone", "zone +01:00", 0, read_zone, 0},
	{"holiday", "holiday 2026-12-25..2026-12-26 \"Christmas\", 2027-01-01", CS_CLAUSE_REPEATS, read_holiday, 0},
};

const struct cs_block cs_parse_calendar = {
	"calendar", "calendar bank \"title\" {",
	open,       NULL,
	clauses,    sizeof clauses / sizeof clauses[0],
	NULL,       NULL,
	NULL,       NULL,
};
