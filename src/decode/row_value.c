/*
 * From the cells of a row to the fields of an event: times, texts, cards, money, flags.
 *
 * Digit by digit, no floating point; what does not fit is refused, never rounded. Card numbers and what the plan calls a
 * token leave here as keyed tokens only, and nothing that is said about a cell shows more than six digits of it.
 * Spec: RFC 3339 5.6; ISO 4217 for the decimals of major units; ISO 8859-1 for texts.
 */
#include "base/day.h"
#include "decode/row_parts.h"

enum {
	DIGITS_MAX = 19,
	SHOWN_BYTES = 24,
	SHOWN_DIGITS = 6,
	CARD_DIGITS_MIN = 12, /* ISO/IEC 7812-1 knows no shorter ones in use */
	CARD_DIGITS_MAX = 19,
	TOKEN_HALF_BYTES = 8,
	SECOND_DECIMALS = 9,
};

static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
static const uint64_t second_ns = UINT64_C(1000000000);

void
cs_row_value_put(struct cs_text *text, const uint8_t *at, size_t len)
{
	unsigned digits = 0;
	for (size_t i = 0; i < len && i < SHOWN_BYTES; i++) {
		bool digit = at[i] >= '0' && at[i] <= '9';
		digits += digit;
		if (digit && digits > SHOWN_DIGITS)
			cs_text_put_char(text, '*');
		else
			cs_text_put_char(text, at[i] < ' ' || at[i] > '~' ? '?' : (char)at[i]);
	}
	if (len > SHOWN_BYTES)
		cs_text_put(text, "...");
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
all_digits(const struct cs_row_cell *cell)
{
	for (uint32_t i = 0; i < cell->len; i++)
		if (!is_digit(cell->at[i]))
			return false;
	return cell->len > 0;
}

/* A number of at most DIGITS_MAX digits, with a point if DECIMALS are allowed, as units of 10 to the -DECIMALS. More
 * decimals may only be zeros. */
static bool
read_number(const uint8_t *at, const uint8_t *end, unsigned decimals, uint64_t *out)
{
	uint64_t value = 0;
	const uint8_t *from = at;
	while (at < end && is_digit(*at))
		value = value * 10 + (uint64_t)(*at++ - '0');
	if (at == from || at - from > DIGITS_MAX)
		return false;
	unsigned taken = 0;
	if (at < end && *at == '.' && decimals) {
		uint64_t part = 0;
		bool zeros = true;
		for (from = ++at; at < end && is_digit(*at); at++) {
			if (taken == decimals)
				zeros &= *at == '0';
			else
				part = part * 10 + (uint64_t)(*at - '0'), taken++;
		}
		if (at == from || !zeros || __builtin_mul_overflow(value, powers[taken], &value))
			return false;
		value += part;
	}
	return at == end && !__builtin_mul_overflow(value, powers[decimals - taken], out);
}

/* "2018-04-01T00:00:31"; a space or a small t will do as well. */
static bool
read_clock(const uint8_t *at, uint64_t *out)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";
	unsigned part[6] = {0}, nth = 0;
	for (size_t i = 0; i < sizeof form - 1; i++) {
		bool either = form[i] == 'T' && (at[i] == ' ' || at[i] == 't');
		if (form[i] == 'd' ? !is_digit(at[i]) : at[i] != (uint8_t)form[i] && !either)
			return false;
		nth += form[i] != 'd';
		if (form[i] == 'd')
			part[nth] = part[nth] * 10 + (unsigned)(at[i] - '0');
	}
	uint64_t seconds;
	if (!cs_day_time(part, &seconds))
		return false;
	*out = seconds * second_ns;
	return true;
}

/* "Z", "+02:00"; nothing stands for UTC. */
static bool
read_zone(const uint8_t *at, const uint8_t *end, uint64_t *time_ns)
{
	if (at == end || (end - at == 1 && (*at == 'Z' || *at == 'z')))
		return true;
	if (end - at != 6 || (at[0] != '+' && at[0] != '-') || !is_digit(at[1]) || !is_digit(at[2]) || at[3] != ':' ||
	    !is_digit(at[4]) || !is_digit(at[5]))
		return false;
	uint64_t hours = (uint64_t)(at[1] - '0') * 10 + (uint64_t)(at[2] - '0');
	uint64_t minutes = (uint64_t)(at[4] - '0') * 10 + (uint64_t)(at[5] - '0');
	uint64_t off_ns = (hours * 60 + minutes) * 60 * second_ns;
	if (hours > 23 || minutes > 59 || (at[0] == '+' && off_ns > *time_ns))
		return false;
	*time_ns = at[0] == '+' ? *time_ns - off_ns : *time_ns + off_ns;
	return true;
}

static bool
read_rfc3339(const struct cs_row_cell *cell, uint64_t *out)
{
	enum { CLOCK_LEN = sizeof "2018-04-01T00:00:31" - 1 };
	uint64_t time_ns = 0, part_ns = 0;
	if (cell->len < CLOCK_LEN || !read_clock(cell->at, &time_ns))
		return false;
	const uint8_t *at = cell->at + CLOCK_LEN;
	const uint8_t *end = cell->at + cell->len;
	if (at < end && *at == '.') {
		uint8_t number[DIGITS_MAX + 2] = "0";
		size_t n = 1;
		do
			number[n++] = *at++;
		while (at < end && is_digit(*at) && n < sizeof number);
		if (!read_number(number, number + n, SECOND_DECIMALS, &part_ns))
			return false;
	}
	*out = time_ns + part_ns;
	return read_zone(at, end, out);
}

bool
cs_row_value_time(struct cs_span text, uint64_t *out)
{
	struct cs_row_cell cell = {text.at, (uint32_t)text.len, false};
	return read_rfc3339(&cell, out);
}

/* A day alone is meant to its end. */
static bool
read_day(const struct cs_row_cell *cell, uint64_t *out)
{
	enum { DAY_LEN = sizeof "2018-04-01" - 1 };
	uint8_t clock[] = "2018-04-01T00:00:00";
	if (cell->len != DAY_LEN)
		return read_rfc3339(cell, out);
	memcpy(clock, cell->at, DAY_LEN);
	if (!read_clock(clock, out))
		return false;
	*out += 86400 * second_ns;
	return true;
}

static bool
read_time(const struct cs_row_column *column, const struct cs_row_cell *cell, unsigned decimals, uint64_t *out)
{
	if (column->clock == CS_ROW_RFC3339)
		return read_rfc3339(cell, out);
	if (column->clock == CS_ROW_DAY)
		return read_day(cell, out);
	return read_number(cell->at, cell->at + cell->len, decimals, out);
}

static const char *
take_time(const struct cs_row_column *column, const struct cs_row_cell *cell, struct cs_event *event)
{
	static const struct {
		unsigned decimals; /* of the unit, down to a nanosecond */
		const char *words;
	} clocks[] = {
		[CS_ROW_SECONDS] =
			{9, "is no number of seconds; write 1522540831, with decimals behind a point if need be"},
		[CS_ROW_MILLISECONDS] = {6, "is no number of milliseconds; write 1522540831250"},
		[CS_ROW_NANOSECONDS] = {0, "is no whole number of nanoseconds; write 1522540831250000000"},
		[CS_ROW_RFC3339] = {0, "is no time; write 2018-04-01T00:00:31Z"},
		[CS_ROW_DAY] = {0, "is no day; write 2018-04-01, or a time: 2018-04-01T00:00:31Z"},
	};
	uint64_t time_ns = 0;
	CS_ASSERT(column->clock <= CS_ROW_DAY);
	if (!read_time(column, cell, clocks[column->clock].decimals, &time_ns))
		return clocks[column->clock].words;
	if (__builtin_add_overflow(time_ns, column->since_ns, &event->origin.time_ns))
		return "is later than any time that can be kept; is the unit right?";
	return NULL;
}

/* The next character of UTF-8 as ISO 8859-1; a byte that is no UTF-8 stands for itself, as in files of ISO 8859-1. */
static uint8_t
take_character(const uint8_t **at, const uint8_t *end)
{
	uint8_t first = *(*at)++;
	unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
	if (first >= 0xf8 || (size_t)(end - *at) < more)
		return first;
	for (unsigned i = 0; i < more; i++)
		if (((*at)[i] & 0xc0) != 0x80)
			return first;
	uint8_t latin = first <= 0xc3 && more == 1 ? (uint8_t)(first << 6 | ((*at)[0] & 0x3f)) : '?';
	*at += more;
	return more ? latin : first;
}

/* Characters FIRST to LAST, in ISO 8859-1. */
static size_t
cut_text(const struct cs_row_column *column, const struct cs_row_cell *cell, uint8_t out[CS_SHORT_BYTES])
{
	const uint8_t *at = cell->at;
	const uint8_t *end = at + cell->len;
	unsigned first = column->first ? column->first : 1;
	unsigned last = column->first ? column->last : CS_SHORT_BYTES;
	size_t n = 0;
	for (unsigned i = 1; at < end && i <= last && n < CS_SHORT_BYTES; i++) {
		uint8_t c = take_character(&at, end);
		if (i >= first)
			out[n++] = c;
	}
	while (n && out[n - 1] == ' ')
		n--;
	return n;
}

/* More than 16 characters, blanks at the end aside. */
static bool
is_long(const struct cs_row_cell *cell)
{
	const uint8_t *at = cell->at;
	const uint8_t *end = at + cell->len;
	for (unsigned i = 0; at < end && i < CS_SHORT_BYTES; i++)
		(void)take_character(&at, end);
	while (at < end && *at == ' ')
		at++;
	return at < end;
}

static const char *
take_token(struct cs_rows *rows, const struct cs_row_column *column, const struct cs_row_cell *cell,
	   struct cs_event *event)
{
	char hex[2 * TOKEN_HALF_BYTES + 1];
	struct cs_text text = cs_text_over(hex, sizeof hex);
	struct cs_token token = cs_token_of(rows->plan->key, (struct cs_span){cell->at, cell->len});
	if (!token.half[0] && !token.half[1])
		return "is longer than 255 bytes, too long for an account or a customer";
	cs_text_put_hex(&text, (struct cs_span){(const uint8_t *)token.half, TOKEN_HALF_BYTES});
	cs_event_set_text(event, (enum cs_field)column->field, (struct cs_span){(const uint8_t *)hex, text.len});
	return NULL;
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c);
}

/* WORD, in capitals, stands at AT, whatever the case of what is there, and goes no further. */
static bool
is_word_at(const uint8_t *at, const uint8_t *end, struct cs_span word)
{
	if ((size_t)(end - at) < word.len)
		return false;
	for (size_t i = 0; i < word.len; i++)
		if ((at[i] >= 'a' && at[i] <= 'z' ? at[i] - 'a' + 'A' : at[i]) != word.at[i])
			return false;
	return at + word.len == end || !is_letter(at[word.len]);
}

/* The first of the column's words that stands in the cell; missing when there is none. */
static void
take_word(const struct cs_row_column *column, const struct cs_row_cell *cell, struct cs_event *event)
{
	const uint8_t *end = cell->at + cell->len;
	for (const uint8_t *at = cell->at; at < end; at++) {
		if (!is_letter(*at) || (at > cell->at && is_letter(at[-1])))
			continue;
		for (unsigned i = 0; i < column->value_n; i++) {
			struct cs_span word = cs_span_text(column->value[i]);
			if (!is_word_at(at, end, word))
				continue;
			cs_event_set_text(event, (enum cs_field)column->field, word);
			return;
		}
	}
}

static const char *
take_text(struct cs_rows *rows, const struct cs_row_column *column, const struct cs_row_cell *cell,
	  struct cs_event *event)
{
	uint8_t at[CS_SHORT_BYTES];
	if (column->token)
		return take_token(rows, column, cell, event);
	if (column->value_n) {
		take_word(column, cell, event);
		return NULL;
	}
	size_t n = cut_text(column, cell, at);
	/* Another system may have kept 15 characters and "+" of it; then both are the same. */
	if (column->shorten && is_long(cell)) {
		at[CS_SHORT_BYTES - 1] = '+';
		n = CS_SHORT_BYTES;
	}
	if (memchr(at, 0, n))
		return "holds a byte of zero";
	if (n)
		cs_event_set_text(event, (enum cs_field)column->field, (struct cs_span){at, n});
	return NULL;
}

static const char *
take_card(struct cs_rows *rows, const struct cs_row_cell *cell, struct cs_event *event)
{
	struct cs_span id = {cell->at, cell->len};
	bool digits = cell->len <= CARD_DIGITS_MAX && all_digits(cell);
	uint64_t present = UINT64_C(1) << CS_FIELD_CARD;
	if (digits && cell->len >= CARD_DIGITS_MIN) {
		event->card = cs_card_make(rows->plan->key, id);
		present |= UINT64_C(1) << CS_FIELD_BIN;
	} else {
		event->card.token = digits ? cs_token_make(rows->plan->key, id) : cs_token_of(rows->plan->key, id);
	}
	if (!event->card.token.half[0] && !event->card.token.half[1])
		return "is longer than 255 bytes, too long for a card";
	event->flags |= CS_FLAG_CARD;
	event->present |= present;
	return NULL;
}

/* The currency of the amount in column I, and how many minor units it has; what was looked up last is kept. */
static const char *
find_currency(struct cs_rows *rows, unsigned i)
{
	static const char words[] = "has no currency of ISO 4217 beside it; write EUR or 978";
	const struct cs_row_column *column = &rows->plan->column[i];
	if (!column->currency_name)
		return NULL;
	const struct cs_row_cell *code = &rows->cell[rows->currency_slot[i]];
	if (!code->at || code->len != sizeof rows->currency_code[i] || code->nested)
		return words;
	if (rows->currency[i] && memcmp(rows->currency_code[i], code->at, code->len) == 0)
		return NULL;
	uint16_t currency = cs_currency_by_code((struct cs_span){code->at, code->len});
	if (!currency)
		return words;
	rows->currency[i] = currency;
	memcpy(rows->currency_code[i], code->at, code->len);
	return NULL;
}

static const char *
take_money(struct cs_rows *rows, unsigned i, struct cs_event *event)
{
	const struct cs_row_column *column = &rows->plan->column[i];
	const struct cs_row_cell *cell = &rows->cell[rows->column_slot[i]];
	const char *fault = find_currency(rows, i);
	if (fault)
		return fault;
	bool negative = cell->len && cell->at[0] == '-';
	unsigned decimals = column->minor ? 0 : cs_currency_exponent(rows->currency[i]);
	uint64_t units = 0;
	if (!read_number(cell->at + negative, cell->at + cell->len, decimals, &units) || units > INT64_MAX)
		return column->minor
			       ? "is no whole number of minor units; write 1250 for 12.50 EUR"
			       : "is no amount in major units, or has more decimals than its currency; write 12.50";
	int64_t minor = negative ? -(int64_t)units : (int64_t)units;
	event->money[column->field - CS_MONEY_FIELD_FIRST] = cs_money_of(minor, rows->currency[i]);
	event->present |= UINT64_C(1) << column->field;
	if (column->field == CS_FIELD_AMOUNT && rows->currency[i])
		event->present |= UINT64_C(1) << CS_FIELD_CURRENCY;
	return NULL;
}

static void
take_flag(const struct cs_row_column *column, const struct cs_row_cell *cell, struct cs_event *event)
{
	struct cs_span value = {cell->at, cell->len};
	for (unsigned i = 0; i < column->value_n; i++)
		if (cs_span_is(value, column->value[i]))
			event->flags |= column->flag;
}

static const char *
take(struct cs_rows *rows, unsigned i, struct cs_event *event)
{
	const struct cs_row_column *column = &rows->plan->column[i];
	const struct cs_row_cell *cell = &rows->cell[rows->column_slot[i]];
	if (cell->nested)
		return "is an object or an array, and has to be a string or a number";
	if (column->what == CS_ROW_CELL)
		return NULL;
	if (column->what == CS_ROW_FLAG) {
		take_flag(column, cell, event);
		return NULL;
	}
	if (cell->len == 0)
		return column->what == CS_ROW_TIME && !column->may_lack ? "is empty, and no record is without a time"
									: NULL;
	switch (column->what) {
	case CS_ROW_TIME:
		return take_time(column, cell, event);
	case CS_ROW_CARD:
		return take_card(rows, cell, event);
	case CS_ROW_MONEY:
		return take_money(rows, i, event);
	default:
		return take_text(rows, column, cell, event);
	}
}

bool
cs_row_value_read(struct cs_rows *rows, unsigned i, struct cs_event *event, struct cs_row_fault *fault)
{
	const char *words = take(rows, i, event);
	if (!words)
		return true;
	const struct cs_row_cell *cell = &rows->cell[rows->column_slot[i]];
	struct cs_text text = cs_text_over(fault->words, sizeof fault->words);
	fault->column = rows->plan->column[i].name;
	cs_text_put_char(&text, '"');
	cs_row_value_put(&text, cell->at, cell->nested ? 1 : cell->len);
	cs_text_put(&text, "\" ");
	cs_text_put(&text, words);
	return false;
}
