/*
 * The inside of the reader of rows, for row*.c only.
 *
 * A slot is a column of the file that the plan wants, by name; each row fills the slots, and the plan's columns are read
 * from them.
 */
#ifndef CS_DECODE_ROW_PARTS_H
#define CS_DECODE_ROW_PARTS_H

#include "base/text.h"
#include "decode/row.h"

enum {
	CS_ROW_SLOTS_MAX = 2 * CS_ROW_COLUMNS_MAX, /* a column of money may name one more */
	CS_ROW_CELLS_MAX = 1024,                   /* of the header line, that can be wanted */
	CS_ROW_HINTS = 64,
	CS_ROW_SEEN_BYTES = 96,
	CS_ROW_NO_SLOT = 0xff,
};

/* What a row holds for a slot; lent by the bytes of the row, or by scratch. */
struct cs_row_cell {
	const uint8_t *at;
	uint32_t len;
	bool nested; /* JSON: an object or an array */
};

struct cs_row_slot {
	const char *name;
	size_t len;
};

enum cs_row_cut { CS_ROW_CUT_OK, CS_ROW_CUT_MORE, CS_ROW_CUT_BAD };

struct cs_row_messages;

struct cs_rows {
	const struct cs_row_plan *plan;
	struct cs_row_messages *messages; /* NULL: rows are lines */
	struct cs_span fed;
	size_t at;    /* of fed, taken */
	bool last;    /* nothing will be fed any more */
	bool final;   /* ... and nothing follows the bytes that are cut */
	bool headed;  /* the header line was read, or there is none */
	bool refused; /* ... and lacks a column */
	bool skipping;
	uint64_t line;   /* taken */
	uint64_t offset; /* of the next byte */
	struct cs_row_fault fault;
	uint8_t *header; /* live: the header line as it came; else NULL */
	size_t header_len;

	unsigned slot_n;
	struct cs_row_slot slot[CS_ROW_SLOTS_MAX];
	struct cs_row_cell cell[CS_ROW_SLOTS_MAX];
	uint8_t pieces_of[CS_ROW_SLOTS_MAX]; /* the slot that holds where this one stood; CS_ROW_NO_SLOT: none does */
	uint8_t column_slot[CS_ROW_COLUMNS_MAX];
	uint8_t currency_slot[CS_ROW_COLUMNS_MAX];
	uint64_t power[CS_ROW_COLUMNS_MAX]; /* minor units in a major one, of the currency read last */
	uint16_t currency[CS_ROW_COLUMNS_MAX];
	char currency_code[CS_ROW_COLUMNS_MAX][3];

	uint8_t stop[256];                /* CSV: bytes at which a cell can end */
	unsigned cell_n;                  /* of the header line */
	uint8_t wanted[CS_ROW_CELLS_MAX]; /* slot + 1 */
	unsigned hint[CS_ROW_HINTS];      /* JSON: slot + 1 of the member at this place of the row before */
	bool found[CS_ROW_SLOTS_MAX];     /* in the header line */
	bool twice[CS_ROW_SLOTS_MAX];     /* ... and more than once */
	char seen_at[CS_ROW_SEEN_BYTES];  /* the header line, for people */
	struct cs_text seen;
	size_t scratch_len;
	size_t hold_at; /* held bytes before it are taken */
	size_t hold_len;
	uint8_t scratch[CS_ROW_BYTES_MAX];
	uint8_t hold[CS_ROW_BYTES_MAX];
};

/* cs_row_csv_cut finds the row at the beginning of BYTES and fills the slots. *LEN counts its bytes with the end of the
 * line, also when it is BAD: then WORDS says why. */
enum cs_row_cut cs_row_csv_cut(struct cs_rows *rows, struct cs_span bytes, size_t *len, const char **words);

/* cs_row_json_cut does so for a line with one JSON object. */
enum cs_row_cut cs_row_json_cut(struct cs_rows *rows, struct cs_span bytes, size_t *len, const char **words);

/* cs_row_event makes EVENT of the cells at hand, of the row whose bytes are ROW, at the place FAULT tells. */
enum cs_error cs_row_event(struct cs_rows *rows, struct cs_span row, struct cs_event *event,
			   struct cs_row_fault *fault);

/* cs_row_value_read reads column I of the plan from its slot into EVENT, all zeros before; false with FAULT filled in. */
bool cs_row_value_read(struct cs_rows *rows, unsigned i, struct cs_event *event, struct cs_row_fault *fault);

/* cs_row_value_time reads "2026-03-02T09:15:00+01:00" as nanoseconds since 1970; without a zone it is UTC. */
bool cs_row_value_time(struct cs_span text, uint64_t *out);

/* cs_row_value_put writes the beginning of a cell for people: no control characters, and of its digits the first six. */
void cs_row_value_put(struct cs_text *text, const uint8_t *at, size_t len);

#endif
