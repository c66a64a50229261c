/*
 * The words of a policy text, one after the other, each with its place.
 *
 * The text must be followed by one NUL byte that is not part of it (cs_arena_text gives that). Nothing is copied:
 * a lexeme lends the text it stands for. White space and comments (# to the end of the line) are passed over.
 */
#ifndef CS_POLICY_LEXER_H
#define CS_POLICY_LEXER_H

#include "base/span.h"
#include "policy/policy.h"

enum cs_lexeme_kind {
	CS_LEX_END,
	CS_LEX_WORD,     /* visa, within, EUR */
	CS_LEX_STRING,   /* "eth1"; UTF-8 on one line, no escapes; `text` is without the quotes */
	CS_LEX_NUMBER,   /* 5001; `number` holds it */
	CS_LEX_DECIMAL,  /* 12.50; `number` holds 1250, `decimals` 2 */
	CS_LEX_DURATION, /* 30s; `number` holds nanoseconds */
	CS_LEX_SIZE,     /* 64MiB; `number` holds bytes */
	CS_LEX_PERCENT,  /* 2.5%; as a decimal: `number` holds 25, `decimals` 1 */
	CS_LEX_DATE,     /* 2027-06-30; `number` holds nanoseconds since 1970, at 00:00 UTC */
	CS_LEX_CLOCK,    /* 22:00; `number` holds minutes */
	CS_LEX_OPEN,     /* { */
	CS_LEX_CLOSE,    /* } */
	CS_LEX_PAREN_OPEN,
	CS_LEX_PAREN_CLOSE,
	CS_LEX_COMMA,
	CS_LEX_DOT,
	CS_LEX_RANGE, /* .. */
	CS_LEX_PLUS,
	CS_LEX_MINUS,
	CS_LEX_STAR,
	CS_LEX_SLASH,
	CS_LEX_EQUAL,
	CS_LEX_UNEQUAL,
	CS_LEX_LESS,
	CS_LEX_AT_MOST,
	CS_LEX_GREATER,
	CS_LEX_AT_LEAST,
	CS_LEX_BAD_STRING, /* no closing quote on its line, or bytes that are not UTF-8 */
	CS_LEX_BAD_NUMBER, /* past what 63 bits hold */
	CS_LEX_BAD_UNIT,   /* 10sec, 5MB */
	CS_LEX_BAD_DATE,   /* 2027-02-30, 25:00 */
	CS_LEX_BAD_BYTE,   /* a character that means nothing here */
	CS_LEX_N
};

struct cs_lexeme {
	enum cs_lexeme_kind kind;
	struct cs_span text;
	struct cs_place place;
	uint64_t number;
	unsigned decimals;
	bool first; /* on its line: where the reader picks up again after a mistake */
};

struct cs_lexer {
	const uint8_t *at;
	const uint8_t *end;     /* *end is readable and NUL */
	const uint8_t *counted; /* columns are counted up to here */
	struct cs_place place;  /* of `counted` */
	bool first;
};

/* cs_lexer_over starts at the first byte of TEXT; TEXT.at[TEXT.len] must be a NUL. A byte order mark is skipped. */
struct cs_lexer cs_lexer_over(struct cs_span text);

/* cs_lexer_next gives the next lexeme; CS_LEX_END for ever once the text is used up. */
struct cs_lexeme cs_lexer_next(struct cs_lexer *lexer);

#endif
