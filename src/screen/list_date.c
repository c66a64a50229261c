/*
 * Dates of birth as lists write them: 12 Dec 1965, Dec 1965, 1965, circa 1965, 1964 to 1966, 1965-12-12, 12/12/1965, 00/12/1965,
 * dd/mm/1965.
 *
 * A text is numbers, names of months and a few words. What it says is the days it may mean: a month or a year is all its
 * days, "circa" adds a year either way, "to" makes one of two.
 */
#include "base/day.h"
#include "screen/list_parts.h"

enum { PARTS_MAX = 8, YEAR_MIN = 1800, YEAR_MAX = 2200, YEAR = 10000, MONTH = 100, DECEMBER = 12 };

/* A date half read: 0 is what is not said. */
struct half {
	uint32_t number[PARTS_MAX];
	unsigned number_n;
	unsigned month;
};

static unsigned
month_of(struct cs_span word)
{
	static const char names[][4] = {"jan", "feb", "mar", "apr", "may", "jun",
					"jul", "aug", "sep", "oct", "nov", "dec"};
	for (unsigned i = 0; i < DECEMBER; i++)
		if (cs_list_text_starts(word, names[i]))
			return i + 1;
	return 0;
}

static unsigned
days_in(uint32_t year, unsigned month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

static bool
is_year(uint32_t number)
{
	return number >= YEAR_MIN && number <= YEAR_MAX;
}

/* Day, month and year of a half in any of the orders; false: it says no year. */
static bool
resolve(const struct half *half, struct cs_entry_birth *out)
{
	uint32_t year = 0, other[2] = {0, 0};
	unsigned other_n = 0, month = half->month, day = 0;
	bool first = false;
	for (unsigned i = 0; i < half->number_n; i++) {
		if (!year && is_year(half->number[i])) {
			year = half->number[i];
			first = i == 0;
		} else if (other_n < 2) {
			other[other_n++] = half->number[i];
		}
	}
	if (!year)
		return false;
	if (month) {
		day = other_n ? other[0] : 0;
	} else if (other_n == 2) {
		day = first ? other[1] : other[0];
		month = first ? other[0] : other[1];
	} else if (other_n == 1) {
		month = other[0];
	}
	if (month > DECEMBER)
		return false;
	out->from = year * YEAR + (month ? month : 1) * MONTH + 1;
	out->to = year * YEAR + (month ? month : DECEMBER) * MONTH + days_in(year, month ? month : DECEMBER);
	if (month && day > days_in(year, month))
		return false;
	if (month && day)
		out->from = out->to = year * YEAR + month * MONTH + day;
	return true;
}

/* The next run of digits or of letters; 0: no more. */
static struct cs_span
next_word(struct cs_span *rest, bool *digits)
{
	size_t at = 0;
	for (; at < rest->len; at++) {
		uint8_t c = rest->at[at] | 0x20;
		*digits = rest->at[at] >= '0' && rest->at[at] <= '9';
		if (*digits || (c >= 'a' && c <= 'z'))
			break;
	}
	size_t from = at;
	for (; at < rest->len; at++) {
		uint8_t c = rest->at[at] | 0x20;
		bool digit = rest->at[at] >= '0' && rest->at[at] <= '9';
		if (*digits ? !digit : c < 'a' || c > 'z')
			break;
	}
	struct cs_span word = {rest->at + from, at - from};
	*rest = (struct cs_span){rest->at + at, rest->len - at};
	return word;
}

/* A second year begins a second date, unless the first has none yet. */
static bool
begins_second(const struct half *half, uint32_t number)
{
	bool has_year = false;
	for (unsigned i = 0; i < half->number_n; i++)
		has_year = has_year || is_year(half->number[i]);
	return has_year && is_year(number);
}

/* Takes one word into the halves; false: too many numbers. */
static bool
take_word(struct half half[2], unsigned *n, struct cs_span word, bool digits)
{
	uint32_t number = 0;
	if (digits && !cs_list_text_digits(word, &number))
		return false;
	if (digits && *n == 0 && begins_second(&half[0], number))
		*n = 1;
	if (digits) {
		if (half[*n].number_n == PARTS_MAX)
			return false;
		half[*n].number[half[*n].number_n++] = number;
	} else if (cs_list_text_same(word, "to") || cs_list_text_same(word, "and") || cs_list_text_same(word, "or")) {
		*n = half[0].number_n ? 1 : 0;
	} else if (month_of(word)) {
		half[*n].month = month_of(word);
	}
	return true;
}

bool
cs_list_date_read(struct cs_span text, struct cs_entry_birth *out)
{
	enum { TEXT_MAX = 80 };
	struct half half[2] = {0};
	struct cs_span rest = text, word;
	unsigned n = 0;
	bool digits = false, circa = false;
	const uint8_t *time = text.len ? memchr(text.at, 'T', text.len) : NULL;
	if (text.len > TEXT_MAX)
		return false;
	if (time && time > text.at && time[-1] >= '0' && time[-1] <= '9') /* 1965-12-12T00:00:00Z */
		rest.len = (size_t)(time - text.at);
	while ((word = next_word(&rest, &digits)).len) {
		circa = circa ||
			(!digits && (cs_list_text_starts(word, "circa") || cs_list_text_starts(word, "approx") ||
				     cs_list_text_same(word, "c") || cs_list_text_same(word, "ca")));
		if (!take_word(half, &n, word, digits))
			return false;
	}
	struct cs_entry_birth second;
	if (!resolve(&half[0], out))
		return false;
	if (half[1].number_n && resolve(&half[1], &second)) {
		out->from = second.from < out->from ? second.from : out->from;
		out->to = second.to > out->to ? second.to : out->to;
	}
	if (circa) {
		out->from = (out->from / YEAR - 1) * YEAR + MONTH + 1;
		out->to = (out->to / YEAR + 1) * YEAR + DECEMBER * MONTH + 31;
	}
	return true;
}

/* "08/15/2026", as OFAC writes it. */
static bool
month_first(struct cs_span text, struct cs_entry_birth *out)
{
	uint32_t part[3] = {0};
	bool digits = false;
	for (unsigned i = 0; i < 3; i++) {
		struct cs_span word = next_word(&text, &digits);
		if (!word.len || !digits || !cs_list_text_digits(word, &part[i]))
			return false;
	}
	out->from = out->to = part[2] * YEAR + part[0] * MONTH + part[1];
	return part[0] < MONTH && part[1] < MONTH && part[2] <= YEAR_MAX;
}

bool
cs_watch_list_day(enum cs_watch_list_format format, const char *date, uint64_t *seconds)
{
	struct cs_entry_birth day = {0};
	struct cs_span text = cs_span_text(date);
	bool good = format == CS_WATCH_LIST_OFAC_XML ? month_first(text, &day) : cs_list_date_read(text, &day);
	unsigned year = day.from / YEAR, month = day.from / MONTH % MONTH, of_month = day.from % MONTH;
	if (!good || day.from != day.to || !cs_day_is(year, month, of_month))
		return false;
	*seconds = (uint64_t)cs_day_of(year, month, of_month) * UINT64_C(86400);
	return true;
}
