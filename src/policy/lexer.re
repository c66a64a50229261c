/*
 * The lexer: bytes of a policy become words with a place. re2c makes the automaton (see meson.build).
 *
 * Invariant: `at` never passes `end`; the sentinel NUL at `end` is the only byte read beyond the text.
 * A NUL inside the text is an ordinary byte that means nothing. Columns count characters, not bytes, so that
 * an editor jumps to the right place. Bad lexemes are told apart here and put in words by the reader.
 */
#include "policy/lexer.h"

#include "base/day.h"
#include "base/error.h"

struct unit {
	const char *name;
	enum cs_lexeme_kind kind;
	uint64_t one; /* in nanoseconds, or bytes */
};

static const struct unit units[] = {
	{"ms", CS_LEX_DURATION, UINT64_C(1000000)},
	{"s", CS_LEX_DURATION, UINT64_C(1000000000)},
	{"min", CS_LEX_DURATION, UINT64_C(60000000000)},
	{"h", CS_LEX_DURATION, UINT64_C(3600000000000)},
	{"d", CS_LEX_DURATION, UINT64_C(86400000000000)},
	{"KiB", CS_LEX_SIZE, UINT64_C(1) << 10},
	{"MiB", CS_LEX_SIZE, UINT64_C(1) << 20},
	{"GiB", CS_LEX_SIZE, UINT64_C(1) << 30},
};

enum { UNIT_N = sizeof units / sizeof units[0] };

struct cs_lexer
cs_lexer_over(struct cs_span text)
{
	static const uint8_t mark[] = {0xEF, 0xBB, 0xBF};
	CS_ASSERT(text.at[text.len] == 0);
	const uint8_t *at = text.at;
	if (text.len >= sizeof mark && memcmp(at, mark, sizeof mark) == 0)
		at += sizeof mark;
	return (struct cs_lexer){at, text.at + text.len, at, {1, 1}, true};
}

/* Each byte is counted once, whatever the length of the line. */
static struct cs_place
place_of(struct cs_lexer *lexer, const uint8_t *at)
{
	for (; lexer->counted < at; lexer->counted++)
		if ((*lexer->counted & 0xC0) != 0x80)
			lexer->place.column++;
	return lexer->place;
}

static void
start_line(struct cs_lexer *lexer, const uint8_t *at)
{
	lexer->place = (struct cs_place){lexer->place.line + 1, 1};
	lexer->counted = at;
	lexer->first = true;
}

/* Reads the digits of TEXT; a point is passed over and what follows it is counted in DECIMALS. */
static bool
read_digits(struct cs_lexeme *out, size_t *used)
{
	bool fraction = false;
	size_t i = 0;
	for (; i < out->text.len; i++) {
		uint8_t c = out->text.at[i];
		if (c == '.') {
			fraction = true;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		if (out->number > (INT64_MAX - 9) / 10)
			return false;
		out->number = out->number * 10 + (c - '0');
		out->decimals += fraction;
	}
	*used = i;
	return true;
}

/* The number that N digits from AT stand for. */
static unsigned
read_part(const struct cs_lexeme *lexeme, size_t at, size_t n)
{
	unsigned out = 0;
	for (size_t i = at; i < at + n; i++)
		out = out * 10 + (lexeme->text.at[i] - '0');
	return out;
}

static void
read_date(struct cs_lexeme *out)
{
	unsigned year = read_part(out, 0, 4), month = read_part(out, 5, 2), day = read_part(out, 8, 2);
	out->kind = CS_LEX_BAD_DATE;
	if (year > 2199 || !cs_day_is(year, month, day))
		return;
	out->kind = CS_LEX_DATE;
	out->number = (uint64_t)cs_day_of(year, month, day) * UINT64_C(86400000000000);
}

static void
read_clock(struct cs_lexeme *out)
{
	unsigned hours = read_part(out, 0, 2), minutes = read_part(out, 3, 2);
	out->kind = hours < 24 && minutes < 60 ? CS_LEX_CLOCK : CS_LEX_BAD_DATE;
	out->number = hours * 60 + minutes;
}

static void
read_number(struct cs_lexeme *out)
{
	size_t used = 0;
	if (!read_digits(out, &used)) {
		out->kind = CS_LEX_BAD_NUMBER;
		return;
	}
	if (out->kind != CS_LEX_DURATION)
		return;
	struct cs_span unit = {out->text.at + used, out->text.len - used};
	out->kind = CS_LEX_BAD_UNIT;
	for (unsigned i = 0; i < UNIT_N; i++) {
		if (!cs_span_is(unit, units[i].name))
			continue;
		bool fits = !__builtin_mul_overflow(out->number, units[i].one, &out->number);
		out->kind = fits && out->number <= INT64_MAX ? units[i].kind : CS_LEX_BAD_NUMBER;
	}
}

static struct cs_lexeme
finish(struct cs_lexer *lexer, enum cs_lexeme_kind kind, const uint8_t *start, const uint8_t *end)
{
	CS_ASSERT(start <= end && end <= lexer->end);
	struct cs_lexeme out = {.kind = kind, .place = place_of(lexer, start), .first = lexer->first};
	bool quoted = kind == CS_LEX_STRING;
	out.text = (struct cs_span){start + quoted, (size_t)(end - start) - 2 * quoted};
	if (kind == CS_LEX_NUMBER || kind == CS_LEX_DECIMAL || kind == CS_LEX_DURATION || kind == CS_LEX_PERCENT)
		read_number(&out);
	if (kind == CS_LEX_DATE)
		read_date(&out);
	if (kind == CS_LEX_CLOCK)
		read_clock(&out);
	lexer->first = false;
	lexer->at = end;
	return out;
}

struct cs_lexeme
cs_lexer_next(struct cs_lexer *lexer)
{
	const uint8_t *cursor = lexer->at;
	const uint8_t *marker;

	for (;;) {
		const uint8_t *start = cursor;
		/*!re2c
		re2c:define:YYCTYPE = uint8_t;
		re2c:define:YYCURSOR = cursor;
		re2c:define:YYLIMIT = lexer->end;
		re2c:define:YYMARKER = marker;
		re2c:yyfill:enable = 0;
		re2c:eof = 0;

		tail    = [\x80-\xBF];
		utf8    = [\xC2-\xDF] tail
		        | "\xE0" [\xA0-\xBF] tail | [\xE1-\xEC\xEE\xEF] tail{2} | "\xED" [\x80-\x9F] tail
		        | "\xF0" [\x90-\xBF] tail{2} | [\xF1-\xF3] tail{3} | "\xF4" [\x80-\x8F] tail{2};
		printed = [\x20-\x7E] \ ["];
		letter  = [A-Za-z_];
		digit   = [0-9];

		$                               { return finish(lexer, CS_LEX_END, start, start); }
		[ \t\r]+                        { continue; }
		"#" [^\n\x00]*                  { continue; }
		"\n"                            { start_line(lexer, cursor); continue; }
		letter (letter | digit)*        { return finish(lexer, CS_LEX_WORD, start, cursor); }
		["] (printed | utf8)* ["]       { return finish(lexer, CS_LEX_STRING, start, cursor); }
		["] (printed | utf8)*           { return finish(lexer, CS_LEX_BAD_STRING, start, cursor); }
		digit+                          { return finish(lexer, CS_LEX_NUMBER, start, cursor); }
		digit+ "." digit+               { return finish(lexer, CS_LEX_DECIMAL, start, cursor); }
		digit+ ("." digit+)? "%"        { return finish(lexer, CS_LEX_PERCENT, start, cursor); }
		digit{4} "-" digit{2} "-" digit{2} { return finish(lexer, CS_LEX_DATE, start, cursor); }
		digit{2} ":" digit{2}           { return finish(lexer, CS_LEX_CLOCK, start, cursor); }
		digit+ letter (letter | digit)* { return finish(lexer, CS_LEX_DURATION, start, cursor); }
		"{"                             { return finish(lexer, CS_LEX_OPEN, start, cursor); }
		"}"                             { return finish(lexer, CS_LEX_CLOSE, start, cursor); }
		"("                             { return finish(lexer, CS_LEX_PAREN_OPEN, start, cursor); }
		")"                             { return finish(lexer, CS_LEX_PAREN_CLOSE, start, cursor); }
		","                             { return finish(lexer, CS_LEX_COMMA, start, cursor); }
		"."                             { return finish(lexer, CS_LEX_DOT, start, cursor); }
		".."                            { return finish(lexer, CS_LEX_RANGE, start, cursor); }
		"+"                             { return finish(lexer, CS_LEX_PLUS, start, cursor); }
		"-"                             { return finish(lexer, CS_LEX_MINUS, start, cursor); }
		"*"                             { return finish(lexer, CS_LEX_STAR, start, cursor); }
		"/"                             { return finish(lexer, CS_LEX_SLASH, start, cursor); }
		"="                             { return finish(lexer, CS_LEX_EQUAL, start, cursor); }
		"!="                            { return finish(lexer, CS_LEX_UNEQUAL, start, cursor); }
		"<"                             { return finish(lexer, CS_LEX_LESS, start, cursor); }
		"<="                            { return finish(lexer, CS_LEX_AT_MOST, start, cursor); }
		">"                             { return finish(lexer, CS_LEX_GREATER, start, cursor); }
		">="                            { return finish(lexer, CS_LEX_AT_LEAST, start, cursor); }
		utf8                            { return finish(lexer, CS_LEX_BAD_BYTE, start, cursor); }
		*                               { return finish(lexer, CS_LEX_BAD_BYTE, start, cursor); }
		*/
	}
}
