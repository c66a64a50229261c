/*
 * Records: rows of CSV (RFC 4180, with a header line) or JSON Lines, or made of payment messages, as events of kind RECORD.
 *
 * Pure and total: a row that cannot be read is data (line, column, reason), never fatal; a first line without the columns
 * needed is. Numbers are read digit by digit; there is no floating point. Card numbers become tokens here, and so does
 * what the plan calls a token; neither is kept in clear.
 */
#ifndef CS_DECODE_ROW_H
#define CS_DECODE_ROW_H

#include "base/error.h"
#include "event/event.h"

struct cs_mt_keys;

enum { CS_ROW_COLUMNS_MAX = 48, CS_ROW_BYTES_MAX = 65536, CS_ROW_WORDS_BYTES = 160, CS_ROW_FIELD_BYTES = 64 };

enum cs_row_what { CS_ROW_TIME, CS_ROW_TEXT, CS_ROW_CARD, CS_ROW_MONEY, CS_ROW_FLAG, CS_ROW_CELL };
enum cs_row_clock { CS_ROW_SECONDS, CS_ROW_MILLISECONDS, CS_ROW_NANOSECONDS, CS_ROW_RFC3339, CS_ROW_DAY };

/* One column that is read; the same one may be read twice. */
struct cs_row_column {
	const char *name;
	uint8_t what;  /* enum cs_row_what */
	uint8_t field; /* enum cs_field */
	uint8_t clock; /* enum cs_row_clock */
	bool may_lack; /* TIME: an empty cell is no fault */
	bool minor;
	bool token;
	bool shorten; /* TEXT: what is longer than a field ends in "+" */
	uint16_t first;
	uint16_t last;
	uint16_t currency;
	const char *currency_name; /* column that names it; NULL: `currency` */
	uint64_t since_ns;
	uint32_t flag;
	unsigned
		value_n; /* FLAG: set by one of these; TEXT: the first of these words that is there, in capitals; 0: all */
	const char *const *value;
};

/* What a file of rows is. Of messages, rows are made (decode/row_message.h); such a file is fed whole. */
enum cs_row_form {
	CS_ROW_CSV,
	CS_ROW_JSON,
	CS_ROW_MT,        /* SWIFT MT, strictly */
	CS_ROW_STATEMENT, /* statements as banks write them */
	CS_ROW_MX,        /* one ISO 20022 message */
};

/* cs_row_form_is_whole says whether a file of FORM is fed at once. */
static inline bool
cs_row_form_is_whole(enum cs_row_form form)
{
	return form >= CS_ROW_MT;
}

/* Lent for as long as the rows are read. */
struct cs_row_plan {
	uint8_t form; /* enum cs_row_form */
	char separator;
	uint16_t link;
	uint16_t source;  /* of cs_origin */
	bool live;        /* rows come one by one, and the plan may change between them (cs_rows_renew) */
	uint64_t file_ns; /* when the file was changed: the time of messages that tell none */
	const struct cs_token_key *key;
	const struct cs_mt_keys
		*lau; /* MT: keys of local authentication (decode/mt_keys.h); NULL: none are asked for */
	unsigned column_n;
	const struct cs_row_column *column;
};

struct cs_row_fault {
	uint64_t line;                  /* from 1 */
	uint64_t offset;                /* of the line's first byte */
	const char *column;             /* NULL: the row as a whole */
	char words[CS_ROW_WORDS_BYTES]; /* what, and what to write instead */
};

struct cs_rows;

/* cs_rows_new makes a reader; NULL without memory. */
struct cs_rows *cs_rows_new(const struct cs_row_plan *plan);
void cs_rows_free(struct cs_rows *rows);

/* cs_rows_feed lends BYTES, until cs_rows_next has said CS_AGAIN; at the end of the file with no bytes and LAST. A file of
 * messages is fed once, whole, with LAST, and its reader reads no other. */
void cs_rows_feed(struct cs_rows *rows, struct cs_span bytes, bool last);

/* cs_rows_next gives the next event: CS_OK; CS_AGAIN when more bytes are needed, or the end was reached; CS_E_FORMAT with
 * FAULT filled in, after which the next row may be asked for; CS_E_SYNTAX when the header line lacks a column: nothing
 * can be read then. */
CS_MUST_USE enum cs_error cs_rows_next(struct cs_rows *rows, struct cs_event *event, struct cs_row_fault *fault);

/* cs_rows_is_half says, behind CS_AGAIN, whether a row has begun whose end was not fed. */
bool cs_rows_is_half(const struct cs_rows *rows);

/* cs_rows_renew makes a reader that goes on by PLAN, of the same form and separator, where ROWS stands behind CS_AGAIN; both are live. NULL:
 * the header line lacks what PLAN wants, and FAULT says what, or there is no memory, and FAULT stays as it is. */
struct cs_rows *cs_rows_renew(const struct cs_rows *rows, const struct cs_row_plan *plan, struct cs_row_fault *fault);

/* cs_rows_cell lends what the row read last has for column I of the plan, until the next row is asked for. A column that is
 * CS_ROW_CELL is for this alone. */
struct cs_span cs_rows_cell(const struct cs_rows *rows, unsigned i);

/* A field of a message that a cell holds: 59, Cdtr; of CSV and JSON Lines the column. */
enum cs_row_part_what {
	CS_ROW_PART_LINES, /* a party or words, as their lines are */
	CS_ROW_PART_IDENTIFIER, /* one identifier: a BIC, an LEI, a number; in the cell a slash stands before it, as before an account */
};

struct cs_row_part {
	struct cs_span text; /* lent as the cell is; lines are parted by LF or CR LF */
	size_t at;           /* where it begins in the cell */
	uint8_t what;        /* enum cs_row_part_what */
	bool cut;            /* there is more of it in the message */
};

#define CS_ROW_BETWEEN_PARTS "\f" /* parts of a cell are divided by this */

/* What a cell of messages is: a value; parties; words in fields. */
enum cs_row_cell_sort { CS_ROW_SORT_PLAIN, CS_ROW_SORT_PARTY, CS_ROW_SORT_WORDS };

/* cs_row_cell_name names the cells of messages from 0 on; NULL: there are no more. cs_row_cell_sort tells what one is. */
const char *cs_row_cell_name(unsigned nth);
enum cs_row_cell_sort cs_row_cell_sort(const char *name);

/* cs_rows_part gives part NTH of column I of the row read last; false: there are fewer. Cells that hold several fields, or are put together
 * from elements, are read by their parts: a name that goes on from one field to the next is none. */
bool cs_rows_part(const struct cs_rows *rows, unsigned i, unsigned nth, struct cs_row_part *out);

/* Where something stands in what was received. */
struct cs_row_place {
	char field[CS_ROW_FIELD_BYTES]; /* 50K, 59; Cdtr/Nm; the column's name */
	uint32_t line;                  /* of the field, or which of several elements of that name: from 1 */
	uint32_t column;                /* of the line, in characters: from 1 */
	bool placed;                    /* false: of CSV and JSON Lines; the row is known, the byte is not */
	uint64_t offset;                /* byte of the file */
};

/* cs_rows_place tells where byte AT of the cell of column I stood. */
void cs_rows_place(const struct cs_rows *rows, unsigned i, size_t at, struct cs_row_place *out);

/* cs_rows_line tells how many lines were taken. */
uint64_t cs_rows_line(const struct cs_rows *rows);

#endif
