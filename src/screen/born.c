/*
 * See born.h. A date is one to three parts, each a number or the name of a month, which a sign or two stand between; a time of day behind it
 * (HH:MM, or an hour of one digit, and what may follow) is passed over. Unlike list_date.c, where a list's habits are known, nothing is guessed here.
 */
#include "screen/born.h"

#include "screen/gap.h"

#include <limits.h>

enum {
	PARTS_MAX = 3,
	YEAR_MIN = 1800,
	YEAR_MAX = 2200,
	YEAR_DIGITS = 4,
	DAY_DIGITS = 8,
	MONTH_LETTERS_MIN = 3,
	DECEMBER = 12,
	DAYS_MAX = 31,
	HOURS = 24,
	MINUTES = 60,
	GAP_BYTES_MAX = 3, /* of a space */
	NOBODYS = 19000101,
};

struct part {
	unsigned value;  /* of letters the month */
	uint8_t len;     /* 0: there is none */
	bool named;      /* a month by its name */
	bool behind_dot; /* a point stands before it */
};

struct day {
	unsigned year, month, day; /* 0: not known */
};

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(uint8_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static unsigned
month_of(struct cs_span word)
{
	static const char *const names[] = {"january", "february", "march",     "april",   "may",      "june",
					    "july",    "august",   "september", "october", "november", "december"};
	if (word.len == 4 && memcmp("sept",
				    (const char[]){(char)(word.at[0] | 32), (char)(word.at[1] | 32),
						   (char)(word.at[2] | 32), (char)(word.at[3] | 32)},
				    4) == 0)
		return 9;
	for (unsigned i = 0; i < DECEMBER && word.len >= MONTH_LETTERS_MIN; i++) {
		size_t n = 0;
		while (n < word.len && (word.at[n] | 32) == (uint8_t)names[i][n] && names[i][n])
			n++;
		if (n == word.len && (n == MONTH_LETTERS_MIN || !names[i][n]))
			return i + 1;
	}
	return 0;
}

/* How many bytes the space at AT has; 0: there is none. */
static size_t
space_at(struct cs_span text, size_t at)
{
	return at < text.len && text.at[at] == ' ' ? 1 : cs_gap_at(text, at);
}

/* A number of one digit or two at *AT, which is passed over; else one that is too large. */
static unsigned
take_two(struct cs_span text, size_t *at)
{
	unsigned value = 0, n = 0;
	for (; n < 2 && *at < text.len && is_digit(text.at[*at]); n++, ++*at)
		value = value * 10 + (unsigned)(text.at[*at] - '0');
	return n ? value : UINT_MAX;
}

/* "00:00", "00:00:00.000Z", "10:30+01:00", "12:00:00 AM". */
static bool
is_time(struct cs_span text)
{
	size_t at = 0;
	bool hour = take_two(text, &at) < HOURS && at < text.len && text.at[at] == ':';
	size_t minutes = ++at;
	if (!hour || take_two(text, &at) >= MINUTES || at != minutes + 2)
		return false;
	while (at < text.len && (is_digit(text.at[at]) || memchr(":.+-TZ", text.at[at], sizeof ":.+-TZ" - 1)))
		at++;
	size_t space = space_at(text, at);
	if (!space)
		return at == text.len;
	at += space;
	return text.len - at == 2 && ((text.at[at] | 32) == 'a' || (text.at[at] | 32) == 'p') &&
	       (text.at[at + 1] | 32) == 'm';
}

/* "1970-03-12T00:00:00Z", "1970-03-12 00:00": without the time of day, and what stands before it. */
static struct cs_span
without_time(struct cs_span text)
{
	const uint8_t *colon = text.len ? memchr(text.at, ':', text.len) : NULL;
	size_t begin = colon ? (size_t)(colon - text.at) : 0;
	while (begin && is_digit(text.at[begin - 1]))
		begin--;
	if (!begin || !is_time((struct cs_span){text.at + begin, text.len - begin}))
		return text;
	for (size_t n = 1; n <= GAP_BYTES_MAX && n <= begin; n++)
		if (space_at(text, begin - n) == n || (n == 1 && text.at[begin - 1] == 'T'))
			return (struct cs_span){text.at, begin - n};
	return text;
}

/* The part at the front of REST, taken off it with what stands before it; false: it is none. */
static bool
take_part(struct cs_span *rest, bool first, struct part *out)
{
	size_t at = 0, from;
	if (!first && rest->len && memchr("-./, ", rest->at[0], sizeof "-./, " - 1))
		at = 1 + space_at(*rest, 1);
	else if (!first)
		at = cs_gap_at(*rest, 0);
	from = at;
	*out = (struct part){.behind_dot = from && rest->at[0] == '.'};
	bool digits = at < rest->len && is_digit(rest->at[at]);
	while (at < rest->len && (digits ? is_digit(rest->at[at]) : is_letter(rest->at[at])) &&
	       at - from <= DAY_DIGITS + 1)
		at++;
	struct cs_span word = {rest->at + from, at - from};
	if (!word.len || (!first && !from) || word.len > DAY_DIGITS + 1 || (digits && word.len > DAY_DIGITS))
		return false;
	for (size_t i = 0; i < word.len && digits; i++)
		out->value = out->value * 10 + (unsigned)(word.at[i] - '0');
	if (!digits)
		out->value = month_of(word);
	out->named = !digits;
	out->len = (uint8_t)word.len;
	*rest = (struct cs_span){rest->at + at, rest->len - at};
	return digits || out->value;
}

static bool
is_year(const struct part *part)
{
	return !part->named && part->len == YEAR_DIGITS && part->value >= YEAR_MIN && part->value <= YEAR_MAX;
}

static bool
is_small(const struct part *part)
{
	return part->named || (part->len && part->len <= 2);
}

/* Is there such a day, as far as it is known? */
static bool
is_day(const struct day *day)
{
	static const uint8_t days[] = {DAYS_MAX, DAYS_MAX, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return day->month <= DECEMBER && day->day <= days[day->month] && (day->month || !day->day);
}

static enum cs_born
say(const struct day *day, struct cs_score_facts *facts)
{
	if (!is_day(day))
		return CS_BORN_NONE;
	facts->born_from = day->year * 10000 + (day->month ? day->month : 1) * 100 + (day->day ? day->day : 1);
	facts->born_to =
		day->year * 10000 + (day->month ? day->month : DECEMBER) * 100 + (day->day ? day->day : DAYS_MAX);
	return CS_BORN_READ;
}

/* A and B are the day and the month of YEAR, in one order or the other. */
static enum cs_born
say_either(const struct part *a, const struct part *b, unsigned year, enum cs_born_order order,
	   struct cs_score_facts *facts)
{
	const struct day first = {year, b->value, a->value}, second = {year, a->value, b->value};
	if (b->named || b->behind_dot || order == CS_BORN_DAY_FIRST)
		return say(a->named ? &second : &first, facts);
	if (a->named || order == CS_BORN_MONTH_FIRST)
		return say(&second, facts);
	if (is_day(&first) && is_day(&second) && a->value != b->value)
		return CS_BORN_AMBIGUOUS;
	return say(is_day(&first) ? &first : &second, facts);
}

static enum cs_born
say_one(const struct part *part, struct cs_score_facts *facts)
{
	struct day day = {.year = part->value};
	if (is_year(part))
		return say(&day, facts);
	day = (struct day){part->value / 10000, part->value / 100 % 100, part->value % 100};
	bool whole = !part->named && part->len == DAY_DIGITS && day.year >= YEAR_MIN && day.year <= YEAR_MAX;
	return whole ? say(&day, facts) : CS_BORN_NONE;
}

static enum cs_born
say_two(const struct part *part, struct cs_score_facts *facts)
{
	bool first = is_year(&part[0]);
	const struct part *year = &part[!first], *month = &part[first];
	const struct day day = {.year = year->value, .month = month->value};
	return is_year(year) && is_small(month) ? say(&day, facts) : CS_BORN_NONE;
}

static enum cs_born
say_three(const struct part *part, enum cs_born_order order, struct cs_score_facts *facts)
{
	const struct day day = {part[0].value, part[1].value, part[2].value};
	if (!is_small(&part[1]) || part[2].named || (part[0].named && part[1].named))
		return CS_BORN_NONE;
	if (is_year(&part[0]))
		return is_small(&part[2]) ? say(&day, facts) : CS_BORN_NONE;
	bool last = is_small(&part[0]) && is_year(&part[2]);
	return last ? say_either(&part[0], &part[1], part[2].value, order, facts) : CS_BORN_NONE;
}

static enum cs_born
read_parts(struct cs_span text, enum cs_born_order order, struct cs_score_facts *facts)
{
	struct part part[PARTS_MAX] = {0};
	struct cs_span rest = without_time(text);
	unsigned n = 0;
	for (; n < PARTS_MAX && rest.len; n++)
		if (!take_part(&rest, n == 0, &part[n]))
			return CS_BORN_NONE;
	if (rest.len || !n)
		return CS_BORN_NONE;
	if (n == 1)
		return say_one(&part[0], facts);
	return n == 2 ? say_two(part, facts) : say_three(part, order, facts);
}

enum cs_born
cs_born_read(struct cs_span text, enum cs_born_order order, struct cs_score_facts *facts)
{
	struct cs_score_facts read = *facts;
	enum cs_born born = read_parts(text, order, &read);
	if (born == CS_BORN_READ && read.born_from == NOBODYS && read.born_to == NOBODYS)
		return CS_BORN_UNKNOWN;
	if (born == CS_BORN_READ)
		*facts = read;
	return born;
}
