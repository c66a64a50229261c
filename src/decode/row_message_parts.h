/*
 * What the readers of rows made of messages share: cells by name, and room for texts of ours. For row_message.c, row_mt.c,
 * row_mt_pay.c and row_mx.c only.
 */
#ifndef CS_DECODE_ROW_MESSAGE_PARTS_H
#define CS_DECODE_ROW_MESSAGE_PARTS_H

#include "base/digest.h"
#include "decode/codes.h"
#include "decode/mx_value.h"
#include "decode/payment.h"
#include "decode/row_message.h"

enum cs_cell {
#define KEY(symbol, name) CS_CELL_KEY_##symbol,
#include "decode/payment.def"
#undef KEY
#define ALERT(symbol, name) CS_CELL_ALERT_##symbol,
#include "decode/payment.def"
#undef ALERT
#define CELL(symbol, name, help) CS_CELL_##symbol,
#include "decode/row_cell.def"
#undef CELL
	CS_CELL_N
};

_Static_assert((int)CS_CELL_ALERT_BALANCE_MISMATCH == (int)CS_PAYMENT_KEY_N, "keys come first, alerts behind them");

enum {
	CS_ROW_STORE_BYTES = 1 << 13, /* texts of ours, of one row */
	CS_ROW_LINES_BYTES = 1 << 16, /* parties and words of one row that are put together or starred */
	CS_ROW_WORDS_MAX = 1 << 14,   /* of free text that holds a card number */
	CS_ROW_PIECES_MAX = 128,      /* of one cell */
	CS_ROW_PIECES_ALL = 12 * CS_ROW_PIECES_MAX,
	CS_ROW_SCALE = 100000, /* of sums, in one unit of their currency */
	CS_BIC_BYTES = 11,
};

/* Where a value stands. */
struct cs_row_source {
	uint32_t at;     /* of the file: its first byte, or, CODED, the tag of its element */
	uint16_t field;  /* MT: the tag; MX: the party, and the group times CS_ROW_GROUP; see row_place.c */
	uint8_t element; /* MT: the option letter, or 0; MX: enum cs_mx_party */
	uint8_t line;    /* that it begins in, or which of several elements it is: from 1 */
	bool coded;
};

/* A run of a cell that stands in the message; or, without a length, where a part begins. Lies behind the cells, in no order of bytes. */
struct cs_row_piece {
	uint32_t at, len; /* of the cell */
	struct cs_row_source source;
	uint8_t what; /* enum cs_row_part_what */
	bool part, cut;
};

struct cs_row_mt;
struct cs_row_mx;

struct cs_row_messages {
	struct cs_rows *rows;
	bool known;               /* every slot has its cell */
	uint8_t slot[CS_CELL_N];  /* of rows; CS_ROW_NO_SLOT: nobody wants it */
	const uint8_t *counted;   /* lines before it are in rows->line */
	struct cs_codes codes;    /* countries and their IBANs */
	struct cs_hasher *hasher; /* for digests */
	struct cs_row_mt *mt;     /* one of the two */
	struct cs_row_mx *mx;
	uint64_t hash; /* of the message */
	uint64_t nth;  /* of the rows it gives behind its first; 0: the message itself */
	uint64_t time_ns;
	size_t store_len;
	char store[CS_ROW_STORE_BYTES];
	size_t lines_len;
	unsigned piece_n;
	struct cs_row_piece piece[CS_ROW_PIECES_ALL];
	uint8_t lines[CS_ROW_LINES_BYTES];
};

/* A cell that is being put together. */
struct cs_row_lines {
	struct cs_row_messages *messages;
	enum cs_cell cell;
	size_t at; /* of lines[] */
	unsigned n;
	struct cs_row_piece *piece, *part; /* its own, and the part at hand */
	bool due;                          /* another part begins with the next line */
	uint8_t what;                      /* of that: enum cs_row_part_what */
};

enum { CS_ROW_GROUP = 64, CS_ROW_TEXTS = 32 };

/* cs_row_party_field numbers the party at SLOT of GROUP, for a cs_row_source. */
uint16_t cs_row_party_field(unsigned slot, unsigned group);

/* Texts of ISO 20022 that are of no party, behind CS_ROW_TEXTS. */
enum cs_row_mx_text {
	CS_ROW_MX_USTRD,
	CS_ROW_MX_ADDITIONAL,
	CS_ROW_MX_INVOICE,
	CS_ROW_MX_INSTRUCTION,
	CS_ROW_MX_NEXT,
	CS_ROW_MX_REGULATORY,
	CS_ROW_MX_ENTRY,
	CS_ROW_MX_TEXT_N,
};

/* cs_row_lines_is_placed says whether a cell has parts with places, cs_row_lines_is_party whether these are parties. */
bool cs_row_lines_is_placed(unsigned cell);
bool cs_row_lines_is_party(unsigned cell);

/* cs_row_lines_begin begins CELL; false: nobody wants it. */
bool cs_row_lines_begin(struct cs_row_messages *messages, enum cs_cell cell, struct cs_row_lines *out);

/* cs_row_lines_part says that the next line begins a part of it. */
void cs_row_lines_part(struct cs_row_lines *lines, enum cs_row_part_what what);

/* cs_row_lines_put adds a line of VALUE, with LEAD before it, which does not stand in the message. VALUE may have lines, unless LEAD says
 * that it is one: then its line ends become blanks. */
void cs_row_lines_put(struct cs_row_lines *lines, const char *lead, struct cs_span value, struct cs_row_source source);

/* cs_row_lines_end fills the cell. */
void cs_row_lines_end(struct cs_row_lines *lines);

/* cs_row_lines_whole notes that CELL, as it is filled, is one part that stands at SOURCE. */
void cs_row_lines_whole(struct cs_row_messages *messages, enum cs_cell cell, struct cs_row_source source);

/* cs_row_lines_cut notes that there is more of CELL, which is wanted, in the message than it has. */
void cs_row_lines_cut(struct cs_row_messages *messages, enum cs_cell cell);

/* cs_row_lines_slots makes room for where the cells stood that are wanted as CS_ROW_CELL. */
void cs_row_lines_slots(struct cs_row_messages *messages);

/* cs_row_message_clear forgets what was put together for the row before. */
static inline void
cs_row_message_clear(struct cs_row_messages *messages)
{
	messages->store_len = messages->lines_len = 0;
	messages->piece_n = 0;
}

/* cs_row_mt_new and cs_row_mx_new make what reads their messages for MESSAGES; NULL without memory. */
struct cs_row_mt *cs_row_mt_new(const struct cs_row_messages *messages);
struct cs_row_mx *cs_row_mx_new(const struct cs_row_messages *messages);
void cs_row_mt_free(struct cs_row_mt *state);
void cs_row_mx_free(struct cs_row_mx *state);

/* cs_row_mt_next and cs_row_mx_next fill the cells of the next row, whose bytes are *ROW: CS_OK; CS_AGAIN: there is none any
 * more; CS_E_FORMAT: a message is refused, and FAULT says why. */
enum cs_error cs_row_mt_next(struct cs_row_messages *messages, struct cs_span *row, struct cs_row_fault *fault);
enum cs_error cs_row_mx_next(struct cs_row_messages *messages, struct cs_span *row, struct cs_row_fault *fault);

/* cs_row_message_refuse fills FAULT for a message that begins at AT, from the first reason of PAYMENT. */
enum cs_error cs_row_message_refuse(struct cs_row_messages *messages, const uint8_t *at,
				    const struct cs_payment *payment, struct cs_row_fault *fault);

/* cs_row_message_wants says whether anybody asks for CELL. */
static inline bool
cs_row_message_wants(const struct cs_row_messages *messages, enum cs_cell cell)
{
	return messages->slot[cell] != CS_ROW_NO_SLOT;
}

/* cs_row_message_set fills a cell with what is lent for as long as the row is at hand. */
static inline void
cs_row_message_set(struct cs_row_messages *messages, enum cs_cell cell, struct cs_span value)
{
	uint8_t slot = messages->slot[cell];
	if (slot != CS_ROW_NO_SLOT)
		messages->rows->cell[slot] = (struct cs_row_cell){value.at, (uint32_t)value.len, false};
}

/* cs_row_message_say fills a cell with static words. */
static inline void
cs_row_message_say(struct cs_row_messages *messages, enum cs_cell cell, const char *words)
{
	cs_row_message_set(messages, cell, cs_span_text(words));
}

/* cs_row_message_begin gives room for a text of ours, which _end puts into a cell. */
struct cs_text cs_row_message_begin(struct cs_row_messages *messages);
void cs_row_message_end(struct cs_row_messages *messages, enum cs_cell cell, const struct cs_text *text);

/* cs_row_message_number fills a cell with a number. */
void cs_row_message_number(struct cs_row_messages *messages, enum cs_cell cell, uint64_t number);

/* cs_row_message_time fills the cells of a time. */
void cs_row_message_time(struct cs_row_messages *messages, uint64_t time_ns);

/* cs_row_message_units fills a cell with VALUE, in hundred thousandths of its currency. */
void cs_row_message_units(struct cs_row_messages *messages, enum cs_cell cell, cs_mx_units value);

/* cs_row_message_bic fills a cell with a BIC of 8 or 11 characters as 11; of any other length: with nothing. */
void cs_row_message_bic(struct cs_row_messages *messages, enum cs_cell cell, struct cs_span bic);

/* cs_row_message_digest fills CS_CELL_DIGEST. */
void cs_row_message_digest(struct cs_row_messages *messages, struct cs_span bytes);

/* cs_row_message_alerts fills the cells of the alerts of PAYMENT. */
void cs_row_message_alerts(struct cs_row_messages *messages, const struct cs_payment *payment);

/* cs_row_message_country gives the country of an IBAN (its check digits being right), of a BIC, and of a national clearing
 * code ("FW026009593", "USABA"); at is NULL: none. */
struct cs_span cs_row_message_iban_country(const struct cs_row_messages *messages, struct cs_span account);
struct cs_span cs_row_message_bic_country(struct cs_span bic);
struct cs_span cs_row_message_clearing_country(const struct cs_row_messages *messages, struct cs_span code);

/* What FATF recommendation 16 wants of the two ends of a customer's payment, as bits: which are there. */
enum cs_row_end {
	CS_ROW_ORDERING_NAME = 1,
	CS_ROW_ORDERING_ACCOUNT = 2,
	CS_ROW_ORDERING_ADDRESS = 4, /* or an identifier, or a BIC */
	CS_ROW_BENEFICIARY_NAME = 8,
	CS_ROW_BENEFICIARY_ACCOUNT = 16,
};

/* cs_row_message_complete fills CS_CELL_COMPLETE and CS_CELL_MISSING. THERE: bits of enum cs_row_end. */
void cs_row_message_complete(struct cs_row_messages *messages, unsigned there);

#endif
